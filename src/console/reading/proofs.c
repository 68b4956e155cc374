/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs as files: of silence, of equivocation, of a record statement. What they are made
 * of comes from the desk, by the logs' own indices.
 */
#include "base/cleanup.h"
#include "bundle/proof.h"
#include "codec/decimal.h"
#include "console/api_call.h"

static const char text_type[] = "text/plain; charset=utf-8";

/* The record of one channel, as proofs are made from it. */
struct record {
	struct desk *desk;
	size_t channel;
};

static bool read_charter(void *self, size_t nth, struct view *ret_note)
{
	const struct record *record = self;
	struct desk_charter_info info;

	if (!desk_charter(record->desk, record->channel, nth, &info) || !info.is_in_force)
		return false;
	*ret_note = info.note;
	return true;
}

static bool read_card(void *self, const char *desk, struct view *ret_note)
{
	const struct record *record = self;

	if (strcmp(desk_card(record->desk)->name.text, desk) == 0) {
		*ret_note = desk_card_note(record->desk);
		return true;
	}
	for (size_t i = 0; i < desk_peer_count(record->desk); i++) {
		struct desk_peer peer = desk_peer_view(record->desk, i);

		if (strcmp(peer.card->name.text, desk) != 0)
			continue;
		*ret_note = peer.card_note;
		return true;
	}
	return false;
}

/* The first log of the desk. */
static enum status find_log(const struct record *record, const char *desk,
                            size_t *ret_log, struct error *err)
{
	struct desk_channel_info channel;
	struct desk_log_info log;

	desk_channel(record->desk, record->channel, &channel);
	for (size_t i = 0; i < channel.log_count; i++) {
		desk_log(record->desk, record->channel, i, &log);
		if (strcmp(log.desk, desk) != 0)
			continue;
		*ret_log = i;
		return STATUS_OK;
	}
	return error_set(err, STATUS_NOT_FOUND, "%s is not a member of this channel",
	                 desk);
}

static uint64_t read_size(void *self, const char *desk)
{
	const struct record *record = self;
	size_t log;

	if (find_log(record, desk, &log, NULL) != STATUS_OK)
		return 0;
	return desk_part_size(record->desk, record->channel, log);
}

static enum status read_entry(void *self, const char *desk, uint64_t index,
                              struct buf *ret_entry, struct error *err)
{
	const struct record *record = self;
	size_t log;

	TRY(find_log(record, desk, &log, err));
	return desk_part_entry(record->desk, record->channel, log, index, ret_entry, err);
}

static enum status read_body(void *self, const char *desk, uint64_t index,
                             struct buf *ret_blob, struct error *err)
{
	const struct record *record = self;
	size_t log;

	TRY(find_log(record, desk, &log, err));
	return desk_part_body(record->desk, record->channel, log, index, ret_blob, err);
}

static enum status read_checkpoint(void *self, const char *desk, uint64_t at_least,
                                   struct buf *ret_note, struct error *err)
{
	const struct record *record = self;
	size_t log;

	TRY(find_log(record, desk, &log, err));
	return desk_part_checkpoint(record->desk, record->channel, log, at_least,
	                            ret_note, err);
}

static enum status read_node(void *self, const char *desk, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	const struct record *record = self;
	size_t log;

	TRY(find_log(record, desk, &log, err));
	return desk_part_node(record->desk, record->channel, log, level, index, ret_node,
	                      err);
}

static struct proof_source source_of(struct record *record)
{
	return (struct proof_source){.self = record,
	                             .charter_note = read_charter,
	                             .card_note = read_card,
	                             .log_size = read_size,
	                             .entry = read_entry,
	                             .body = read_body,
	                             .checkpoint = read_checkpoint,
	                             .node = read_node};
}

/* What one log says is all that its desk said only while it has no successor. */
static enum status check_whole(const struct record *record, struct error *err)
{
	struct desk_channel_info channel;
	struct desk_log_info log;

	desk_channel(record->desk, record->channel, &channel);
	if (!channel.is_open)
		return error_set(err, STATUS_CONFLICT, "the channel is not open yet");
	for (size_t i = 0; i < channel.log_count; i++) {
		desk_log(record->desk, record->channel, i, &log);
		if (log.is_ended)
			return error_set(err, STATUS_CONFLICT,
			                 "the log of %s was ended and has a successor; "
			                 "proofs over both are not made yet",
			                 log.desk);
	}
	return STATUS_OK;
}

static enum status reply_proof(struct api_call *call, const struct buf *proof,
                               struct error *err)
{
	TRY(buf_check(proof, "the answer", err));
	desk_reply(call->desk, call->request->id, 200, text_type, buf_view(proof));
	return STATUS_OK;
}

/* Whose silence the proof is about. */
static bool read_debtor(const struct buf *proof, char ret_desk[RECORD_NAME_MAX + 1])
{
	static const char mark[] = "\"debtor\":\"";
	size_t at = view_find(buf_view(proof), view_of_string(mark));

	if (at == SIZE_MAX)
		return false;
	struct view rest = view_from(buf_view(proof), at + strlen(mark));
	size_t len = view_find(rest, view_of_string("\""));
	return len != SIZE_MAX &&
	       view_copy_string(view_of(rest.data, len), ret_desk, RECORD_NAME_MAX + 1);
}

/* By the creditor's word alone: from now on witnesses may say more. */
static void ask_witnesses(const struct record *record, const struct buf *proof)
{
	char debtor[RECORD_NAME_MAX + 1];
	size_t log;

	if (view_find(buf_view(proof), view_of_string("\"grade\":\"creditor\"")) !=
	        SIZE_MAX &&
	    read_debtor(proof, debtor) &&
	    find_log(record, debtor, &log, NULL) == STATUS_OK)
		desk_ask_witnesses(record->desk, record->channel, log);
}

enum status api_get_silence(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"debtor", NULL};
	CLEANUP_BUF struct buf proof = BUF_INIT(API_ANSWER_MAX);
	struct record record = {.desk = call->desk};
	struct proof_source source = source_of(&record);
	struct proof_silence_request request = {.now_s = call->now_ms / 1000};

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &record.channel, err));
	TRY(api_call_message(call, &request.question, err));
	TRY(target_desk(&call->target, "debtor", &request.debtor, err));
	TRY(check_whole(&record, err));
	TRY(proof_silence_build(&source, &request, &proof, err));
	ask_witnesses(&record, &proof);
	return reply_proof(call, &proof, err);
}

enum status api_get_statement_proof(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	CLEANUP_BUF struct buf proof = BUF_INIT(API_ANSWER_MAX);
	struct record record = {.desk = call->desk};
	struct proof_source source = source_of(&record);
	struct record_message_id statement;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &record.channel, err));
	TRY(api_call_message(call, &statement, err));
	TRY(check_whole(&record, err));
	TRY(proof_statement_build(&source, &statement, &proof, err));
	return reply_proof(call, &proof, err);
}

/* The channel of the log that the evidence is about. */
static enum status find_channel(struct api_call *call, struct view evidence,
                                size_t *ret_channel, struct error *err)
{
	char text[RECORD_ORIGIN_MAX + 1], id[HASH_HEX_LEN + 1];
	struct json_doc *doc = &call->api->doc;
	struct record_origin origin;

	TRY(json_scan(doc, evidence, JSON_TOKENS_MAX, err));
	const struct json_token *named = json_member(doc, json_root(doc), "origin");
	if (named == NULL || !json_string_copy(doc, named, text, sizeof text))
		return error_set(err, STATUS_MALFORMED, "the evidence names no log");
	TRY(record_origin_decode(view_of_string(text), &origin, err));
	hash_hex(&origin.channel.hash, id);
	return desk_channel_find(call->desk, view_of_string(id), ret_channel, err);
}

enum status api_get_evidence_proof(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	CLEANUP_BUF struct buf proof = BUF_INIT(API_ANSWER_MAX),
	                       evidence = BUF_INIT(API_ANSWER_MAX);
	struct record record = {.desk = call->desk};
	struct proof_source source = source_of(&record);
	uint64_t nth;

	TRY(target_allow(&call->target, parameters, err));
	TRY(decimal_decode(view_of_string(call->target.segments[2]), SIZE_MAX, &nth,
	                   err));
	TRY(desk_evidence(call->desk, (size_t)nth, &evidence, err));
	TRY(find_channel(call, buf_view(&evidence), &record.channel, err));
	TRY(proof_equivocation_build(&source, buf_view(&evidence), &proof, err));
	return reply_proof(call, &proof, err);
}
