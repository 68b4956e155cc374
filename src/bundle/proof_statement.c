/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Record statement: what one member said of the record without showing it (from when to
 * when, how many entries, the root of each log), that the logs' owners signed these
 * roots, and which members agreed. Source: spec/record.md (Proofs).
 */
#include "bundle/proof_statement.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/proof.h"
#include "bundle/proof_verify.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/object.h"

/* The body of a record.statement */

static enum status read_log(const struct json_doc *doc, const struct json_token *value,
                            struct record_seen *ret_log, struct error *err)
{
	const struct json_token *desk = json_member(doc, value, "desk"),
	                        *size = json_member(doc, value, "size"),
	                        *root = json_member(doc, value, "root");

	TRY(record_name_decode(json_raw(doc, desk), &ret_log->desk, err));
	ret_log->size = (uint64_t)json_integer(doc, size);
	return base64_decode_exact(json_raw(doc, root), ret_log->root.bytes,
	                           sizeof ret_log->root.bytes, err);
}

/* Each log once, none of a stranger. */
static enum status check_logs(const struct proof_statement *statement,
                              const struct record_charter *charter, struct error *err)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < statement->log_count; i++) {
		const char *desk = statement->logs[i].desk.text;

		if (record_charter_member(charter, desk) == SIZE_MAX)
			return error_set(err, STATUS_CONFLICT, "%s is not a member",
			                 desk);
		for (size_t j = 0; j < i; j++)
			if (strcmp(statement->logs[j].desk.text, desk) == 0)
				return error_set(err, STATUS_CONFLICT,
				                 "the statement names the log of %s "
				                 "twice",
				                 desk);
		sum += statement->logs[i].size;
	}
	if (statement->entry_count > sum)
		return error_set(err, STATUS_CONFLICT,
		                 "the statement counts more entries than the logs that "
		                 "it names have");
	if (statement->from_s > statement->to_s)
		return error_set(err, STATUS_CONFLICT,
		                 "the statement ends before it begins");
	return STATUS_OK;
}

enum status proof_statement_read(struct view body, const struct record_charter *charter,
                                 struct json_doc *doc, struct proof_statement *ret_read,
                                 struct error *err)
{
	const struct record_kind *kind =
	    record_kind_find(view_of_string("record.statement"));
	struct proof_statement read = {0};

	TRY(record_kind_check_body(kind, body, doc, err));
	const struct json_token *root = json_root(doc),
	                        *logs = json_member(doc, root, "logs");
	TRY(record_time_read(doc, json_member(doc, root, "from"), &read.from_s, err));
	TRY(record_time_read(doc, json_member(doc, root, "to"), &read.to_s, err));
	read.entry_count = (uint64_t)json_integer(doc, json_member(doc, root, "entries"));
	for (const struct json_token *item = json_first(doc, logs); item != NULL;
	     item = json_next(doc, logs, item)) {
		if (read.log_count == RECORD_MEMBERS_MAX)
			return error_set(err, STATUS_LIMIT, "it names too many logs");
		TRY(read_log(doc, item, &read.logs[read.log_count++], err));
	}
	TRY(check_logs(&read, charter, err));
	*ret_read = read;
	return STATUS_OK;
}

/* An entry that is shown by itself */

struct shown {
	struct record_message_id id;
	struct buf entry;
	struct proof_checkpoint checkpoint;
	struct record_envelope envelope;
};

static void shown_release(struct shown *shown)
{
	buf_release(&shown->entry);
	record_envelope_release(&shown->envelope);
}

struct reading {
	struct proof_channel channel;
	const struct record_charter *charter; /* the last one */
	const struct bundle_trust *trust;
	struct bundle_result *result;
	struct json_doc doc, scratch;
	struct proof_statement statement;
	struct shown stated;
};

/* Entry, inclusion, checkpoint; well-formed, of this kind. */
static enum status take_shown(struct reading *reading, struct proof_cursor *cursor,
                              const char *kind, struct shown *shown, struct error *err)
{
	struct tlog_proof proof;

	shown->entry = BUF_INIT(TLOG_ENTRY_MAX);
	TRY(proof_take_message(cursor, "id", &shown->id, err));
	TRY(proof_take_bytes(cursor, "entry", &shown->entry, err));
	TRY(proof_take_hashes(cursor, "inclusion", proof.hashes, TLOG_PROOF_MAX,
	                      &proof.count, err));
	TRY(proof_checkpoint_take(cursor, "checkpoint", &reading->channel,
	                          reading->charter, shown->id.desk.text,
	                          &shown->checkpoint, err));
	struct hash leaf = tlog_leaf_hash(buf_view(&shown->entry));
	TRY(tlog_proof_verify_inclusion(&proof, shown->id.index,
	                                shown->checkpoint.tree.size, &leaf,
	                                &shown->checkpoint.tree.root, err));
	TRY(record_envelope_decode(buf_view(&shown->entry), &reading->scratch,
	                           &shown->envelope, err));
	TRY(record_envelope_check(&shown->envelope, reading->charter, shown->id.desk.text,
	                          shown->id.index, err));
	if (strcmp(shown->envelope.kind, kind) != 0)
		return error_set(err, STATUS_CONFLICT, "the entry is no %s", kind);
	return proof_channel_rely(&reading->channel, shown->id.desk.text, reading->trust,
	                          reading->result, err);
}

/* Who countersigned the checkpoint of what is shown: "a.example (at T), …". */
static void say_holders(const struct reading *reading, const struct shown *shown,
                        const char *what)
{
	CLEANUP_BUF struct buf names = BUF_INIT(1 << 20);
	char id[RECORD_MESSAGE_ID_MAX + 1], time[TIME_TEXT_LEN + 1];

	record_message_id_encode(&shown->id, id);
	for (size_t i = 0; i < reading->charter->member_count; i++) {
		if (shown->checkpoint.mirror_s[i] == 0)
			continue;
		time_text_encode((int64_t)shown->checkpoint.mirror_s[i], time);
		buf_printf(&names, "%s%s (at %s)", names.len > 0 ? ", " : "",
		           reading->charter->members[i].name.text, time);
	}
	if (names.len == 0)
		buf_append_string(&names, "nobody else as far as this file shows");
	bundle_say(reading->result, "%s %s was held by %.*s", what, id, (int)names.len,
	           (const char *)names.data);
}

static void say_log(const struct reading *reading, const struct record_seen *log)
{
	CLEANUP_BUF struct buf root = BUF_INIT(100);

	base64_append(&root, hash_view(&log->root));
	bundle_say(reading->result, "%s has signed %llu entries of its log, root %.*s",
	           log->desk.text, (unsigned long long)log->size, (int)root.len,
	           (const char *)root.data);
}

static void say_statement(const struct reading *reading)
{
	const struct proof_statement *it = &reading->statement;
	char from[TIME_TEXT_LEN + 1], to[TIME_TEXT_LEN + 1],
	    id[RECORD_MESSAGE_ID_MAX + 1];

	time_text_encode(it->from_s, from);
	time_text_encode(it->to_s, to);
	record_message_id_encode(&reading->stated.id, id);
	bundle_say(
	    reading->result,
	    "%s states (%s): the record of the channel '%s' from %s to %s has %llu "
	    "entries",
	    reading->stated.id.desk.text, id, reading->charter->title, from, to,
	    (unsigned long long)it->entry_count);
}

static enum status take_statement(struct reading *reading, struct proof_cursor *outer,
                                  struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	const struct json_token *object;
	struct proof_cursor cursor;
	struct shown *shown = &reading->stated;

	TRY(proof_take(outer, "statement", JSON_OBJECT, &object, err));
	TRY(proof_cursor_of(outer->doc, object, &cursor, err));
	TRY(take_shown(reading, &cursor, "record.statement", shown, err));
	TRY(proof_take_bytes(&cursor, "blob", &blob, err));
	TRY(proof_end(&cursor, err));
	TRY(record_blob_check(buf_view(&blob), &shown->envelope.body, err));
	TRY(proof_statement_read(record_blob_content(buf_view(&blob)), reading->charter,
	                         &reading->scratch, &reading->statement, err));
	say_statement(reading);
	return STATUS_OK;
}

/* The logs' own signatures over the stated sizes and roots, in the statement's order. */
static enum status take_logs(struct reading *reading, struct proof_cursor *outer,
                             struct error *err)
{
	const struct proof_statement *statement = &reading->statement;
	const struct json_doc *doc = outer->doc;
	const struct json_token *list, *item;
	struct proof_checkpoint checkpoint;
	size_t i = 0;

	TRY(proof_take(outer, "logs", JSON_ARRAY, &list, err));
	if (list->count != statement->log_count)
		return error_set(err, STATUS_CONFLICT,
		                 "there are not as many checkpoints as logs stated");
	for (item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item), i++) {
		const struct record_seen *log = &statement->logs[i];
		struct proof_cursor cursor;

		TRY(proof_cursor_of(doc, item, &cursor, err));
		TRY(proof_checkpoint_take(&cursor, "checkpoint", &reading->channel,
		                          reading->charter, log->desk.text, &checkpoint,
		                          err));
		TRY(proof_end(&cursor, err));
		if (checkpoint.tree.size != log->size ||
		    !hash_equal(&checkpoint.tree.root, &log->root))
			return error_set(err, STATUS_CONFLICT,
			                 "%s has signed another root than the statement "
			                 "names",
			                 log->desk.text);
		TRY(proof_channel_rely(&reading->channel, log->desk.text, reading->trust,
		                       reading->result, err));
		say_log(reading, log);
	}
	return STATUS_OK;
}

static enum status take_agreement(struct reading *reading, struct proof_cursor *cursor,
                                  bool has_agreed[RECORD_MEMBERS_MAX], struct error *err)
{
	const struct record_message_id *stated = &reading->stated.id;
	struct shown shown = {0};
	enum status status = take_shown(reading, cursor, "record.agree", &shown, err);
	char sent[TIME_TEXT_LEN + 1], id[RECORD_MESSAGE_ID_MAX + 1];

	if (status == STATUS_OK) {
		size_t member =
		    record_charter_member(reading->charter, shown.id.desk.text);
		const struct record_message_id *re = &shown.envelope.re;

		if (re->index != stated->index ||
		    strcmp(re->desk.text, stated->desk.text) != 0)
			status = error_set(err, STATUS_CONFLICT,
			                   "an agreement is to another message");
		else if (strcmp(shown.id.desk.text, stated->desk.text) == 0 ||
		         has_agreed[member])
			status = error_set(err, STATUS_CONFLICT,
			                   "%s agrees twice, or with itself",
			                   shown.id.desk.text);
		else
			has_agreed[member] = true;
	}
	if (status == STATUS_OK) {
		record_message_id_encode(&shown.id, id);
		time_text_encode(shown.envelope.sent_s, sent);
		bundle_say(reading->result, "%s agrees (%s, sent %s)", shown.id.desk.text,
		           id, sent);
		say_holders(reading, &shown, "the agreement");
	}
	shown_release(&shown);
	return status == STATUS_OK ? proof_end(cursor, err) : status;
}

static void say_rest(const struct reading *reading,
                     const bool has_agreed[RECORD_MEMBERS_MAX])
{
	for (size_t i = 0; i < reading->charter->member_count; i++) {
		const char *name = reading->charter->members[i].name.text;

		if (!has_agreed[i] && strcmp(name, reading->stated.id.desk.text) != 0)
			bundle_say(reading->result, "no agreement of %s is in this file",
			           name);
	}
	bundle_say(
	    reading->result,
	    "how many entries there are and from when to when is what they state; "
	    "the file holds none of these entries, so it does not show what was said "
	    "nor that no other record exists");
}

static enum status take_agreements(struct reading *reading, struct proof_cursor *outer,
                                   struct error *err)
{
	bool has_agreed[RECORD_MEMBERS_MAX] = {false};
	const struct json_doc *doc = outer->doc;
	const struct json_token *list;
	struct proof_cursor cursor;

	TRY(proof_take(outer, "agreements", JSON_ARRAY, &list, err));
	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		TRY(proof_cursor_of(doc, item, &cursor, err));
		TRY(take_agreement(reading, &cursor, has_agreed, err));
	}
	say_rest(reading, has_agreed);
	return STATUS_OK;
}

static enum status read_proof(struct view file, struct reading *reading,
                              struct error *err)
{
	struct proof_cursor cursor;

	TRY(proof_open(file, PROOF_TYPE_STATEMENT, &reading->doc, &cursor, err));
	TRY(proof_channel_take(&cursor, &reading->channel, err));
	reading->charter = &reading->channel.charters[reading->channel.charter_count - 1];
	TRY(take_statement(reading, &cursor, err));
	TRY(take_logs(reading, &cursor, err));
	say_holders(reading, &reading->stated, "the statement");
	TRY(take_agreements(reading, &cursor, err));
	return proof_end(&cursor, err);
}

enum status proof_statement_verify(struct view proof, const struct bundle_trust *trust,
                                   struct bundle_result *ret_result, struct error *err)
{
	CLEANUP_FREE struct reading *reading = calloc(1, sizeof *reading);
	struct error why = {0};

	if (reading == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a proof");
	ret_result->kind = BUNDLE_STATEMENT;
	reading->trust = trust;
	reading->result = ret_result;
	enum status status = read_proof(proof, reading, &why);
	status = bundle_result_close(ret_result, status, "", &why);
	if (status != STATUS_OK && err != NULL)
		*err = why;
	proof_channel_release(&reading->channel);
	shown_release(&reading->stated);
	json_release(&reading->doc);
	json_release(&reading->scratch);
	return status;
}
