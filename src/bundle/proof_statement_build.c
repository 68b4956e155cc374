/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects what a proof of a record statement is made of: the statement, the signed
 * checkpoints of the logs it names, and the agreements, which stand in each member's log
 * behind what the statement covers.
 */
#include "bundle/proof.h"
#include "bundle/proof_statement.h"
#include "bundle/proof_verify.h"

#include <stdlib.h>

#include "base/cleanup.h"

struct building {
	const struct proof_source *source;
	struct proof_channel channel;
	const struct record_charter *charter; /* the last one */
	struct record_message_id stated;
	struct proof_statement statement;
	struct json_doc doc;
	struct record_envelope envelope;
	struct buf *out;
};

struct node_reader {
	const struct proof_source *source;
	const char *desk;
};

static enum status read_node(void *context, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	const struct node_reader *reader = context;

	return reader->source->node(reader->source->self, reader->desk, level, index,
	                            ret_node, err);
}

/* "id", "entry", "inclusion", "checkpoint" of an entry, without braces. */
static enum status append_shown(struct building *building,
                                const struct record_message_id *id, struct view entry,
                                struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	const struct proof_source *source = building->source;
	struct node_reader reader = {.source = source, .desk = id->desk.text};
	struct proof_checkpoint checkpoint;
	char text[RECORD_MESSAGE_ID_MAX + 1];
	struct tlog_proof proof;

	record_message_id_encode(id, text);
	enum status status =
	    source->checkpoint(source->self, id->desk.text, id->index + 1, &note, err);
	if (status == STATUS_NOT_FOUND)
		return error_set(err, STATUS_CONFLICT,
		                 "no signed checkpoint with %s in it is held yet", text);
	TRY(status);
	TRY(proof_checkpoint_open(&building->channel, building->charter, id->desk.text,
	                          buf_view(&note), &checkpoint, err));
	TRY(tlog_proof_inclusion(id->index, checkpoint.tree.size, read_node, &reader,
	                         &proof, err));
	buf_printf(building->out, "\"id\":\"%s\",\"entry\":", text);
	proof_append_base64(building->out, entry);
	buf_append_string(building->out, ",\"inclusion\":");
	proof_append_hashes(building->out, proof.hashes, proof.count);
	buf_append_string(building->out, ",\"checkpoint\":");
	return proof_checkpoint_append(&building->channel, building->charter,
	                               id->desk.text, buf_view(&note), building->out,
	                               err);
}

static enum status append_statement(struct building *building, struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX),
	                       blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	const struct proof_source *source = building->source;
	const struct record_message_id *id = &building->stated;

	TRY(source->entry(source->self, id->desk.text, id->index, &entry, err));
	TRY(record_envelope_decode(buf_view(&entry), &building->doc, &building->envelope,
	                           err));
	if (strcmp(building->envelope.kind, "record.statement") != 0)
		return error_set(err, STATUS_CONFLICT,
		                 "the message is no record.statement");
	TRY(source->body(source->self, id->desk.text, id->index, &blob, err));
	if (blob.len < RECORD_SALT_LEN)
		return error_set(err, STATUS_MALFORMED, "the body is cut");
	TRY(proof_statement_read(record_blob_content(buf_view(&blob)), building->charter,
	                         &building->doc, &building->statement, err));
	buf_append_string(building->out, ",\"statement\":{");
	TRY(append_shown(building, id, buf_view(&entry), err));
	buf_append_string(building->out, ",\"blob\":");
	proof_append_base64(building->out, buf_view(&blob));
	buf_append_string(building->out, "}");
	return STATUS_OK;
}

static enum status append_logs(struct building *building, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	const struct proof_source *source = building->source;

	buf_append_string(building->out, ",\"logs\":[");
	for (size_t i = 0; i < building->statement.log_count; i++) {
		const struct record_seen *log = &building->statement.logs[i];
		enum status status;

		buf_clear(&note);
		status = source->checkpoint(source->self, log->desk.text, log->size,
		                            &note, err);
		if (status == STATUS_NOT_FOUND)
			return error_set(err, STATUS_CONFLICT,
			                 "no checkpoint of %s with %llu entries is held",
			                 log->desk.text, (unsigned long long)log->size);
		TRY(status);
		buf_append_string(building->out,
		                  i > 0 ? ",{\"checkpoint\":" : "{\"checkpoint\":");
		TRY(proof_checkpoint_append(&building->channel, building->charter,
		                            log->desk.text, buf_view(&note),
		                            building->out, err));
		buf_append_string(building->out, "}");
	}
	buf_append_string(building->out, "]");
	return STATUS_OK;
}

static bool agrees(const struct building *building)
{
	const struct record_envelope *envelope = &building->envelope;

	return strcmp(envelope->kind, "record.agree") == 0 && envelope->has_re &&
	       envelope->re.index == building->stated.index &&
	       strcmp(envelope->re.desk.text, building->stated.desk.text) == 0;
}

/* The size of a member's log that the statement covers: what agrees stands behind. */
static uint64_t stated_size(const struct building *building, const char *desk)
{
	for (size_t i = 0; i < building->statement.log_count; i++)
		if (strcmp(building->statement.logs[i].desk.text, desk) == 0)
			return building->statement.logs[i].size;
	return 0;
}

/* The first agreement in a member's log; index is that of the log's end when there is
 * none. */
static enum status find_agreement(struct building *building, const char *desk,
                                  struct record_message_id *ret_id, struct buf *ret_entry,
                                  bool *ret_is_found, struct error *err)
{
	const struct proof_source *source = building->source;
	uint64_t size = source->log_size(source->self, desk);

	*ret_is_found = false;
	for (uint64_t i = stated_size(building, desk); i < size; i++) {
		buf_clear(ret_entry);
		TRY(source->entry(source->self, desk, i, ret_entry, err));
		if (record_envelope_decode(buf_view(ret_entry), &building->doc,
		                           &building->envelope, NULL) != STATUS_OK ||
		    record_envelope_check(&building->envelope, building->charter, desk, i,
		                          NULL) != STATUS_OK ||
		    !agrees(building))
			continue;
		*ret_id = (struct record_message_id){.index = i};
		memcpy(ret_id->desk.text, desk, strlen(desk) + 1);
		*ret_is_found = true;
		return STATUS_OK;
	}
	return STATUS_OK;
}

static enum status append_agreements(struct building *building, struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	const struct record_charter *charter = building->charter;
	bool has_any = false, is_found;
	struct record_message_id id;

	buf_append_string(building->out, ",\"agreements\":[");
	for (size_t i = 0; i < charter->member_count; i++) {
		const char *desk = charter->members[i].name.text;

		if (strcmp(desk, building->stated.desk.text) == 0)
			continue;
		TRY(find_agreement(building, desk, &id, &entry, &is_found, err));
		if (!is_found)
			continue;
		buf_append_string(building->out, has_any ? ",{" : "{");
		TRY(append_shown(building, &id, buf_view(&entry), err));
		buf_append_string(building->out, "}");
		has_any = true;
	}
	buf_append_string(building->out, "]}\n");
	return STATUS_OK;
}

static enum status build(struct building *building, struct error *err)
{
	proof_append_type(building->out, PROOF_TYPE_STATEMENT);
	TRY(proof_channel_append(building->source, PROOF_CHARTERS_MAX, &building->channel,
	                         building->out, err));
	building->charter =
	    &building->channel.charters[building->channel.charter_count - 1];
	TRY(append_statement(building, err));
	TRY(append_logs(building, err));
	TRY(append_agreements(building, err));
	TRY(buf_check(building->out, "the proof", err));
	return proof_check_made(proof_statement_verify, buf_view(building->out), err);
}

enum status proof_statement_build(const struct proof_source *source,
                                  const struct record_message_id *statement,
                                  struct buf *out, struct error *err)
{
	CLEANUP_FREE struct building *building = calloc(1, sizeof *building);
	CLEANUP_BUF struct buf proof = BUF_INIT(PROOF_LEN_MAX);

	if (building == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a proof");
	building->source = source;
	building->stated = *statement;
	building->out = &proof;
	enum status status = build(building, err);
	proof_channel_release(&building->channel);
	json_release(&building->doc);
	record_envelope_release(&building->envelope);
	TRY(status);
	buf_append_view(out, buf_view(&proof));
	return buf_check(out, "the proof", err);
}
