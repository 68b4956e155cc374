/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers to a message, from the register's index. What a desk shows is borrowed until
 * the next call on it, so each answer is written before the next is read.
 */
#include "console/reading/replies.h"

#include "base/cleanup.h"
#include "console/answer.h"
#include "record/evidence_commit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	BODY_TOKENS_MAX = 1 << 16,
	REPLIES_MAX = 1000,
	BODIES_LEN_MAX = 8 * 1024 * 1024, /* of a list; beyond it bodies are left out */
};

static const struct record_reply *find(struct record_proposals *proposals,
                                       const struct record_message_id *id,
                                       size_t *ret_count)
{
	struct record_replies *replies = record_proposals_replies(proposals);

	return record_replies_to(replies, record_replies_find(replies, id->desk.text),
	                         id->index, ret_count);
}

static bool is_one_of(const char *kind, const char *const *kinds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

/* Does the body of this `answer` or `response` decline? */
static enum status read_refusal(struct desk *desk, size_t channel,
                                const struct record_message_id *id,
                                enum replies_stage *ret_stage, struct error *err)
{
	struct json_doc doc = {0};
	struct desk_message message;

	TRY(desk_message_read(desk, channel, id, &message, err));
	if (!message.is_malformed &&
	    json_scan(&doc, message.body, BODY_TOKENS_MAX, NULL) == STATUS_OK) {
		bool is_answer = strcmp(message.envelope->kind, "answer") == 0;
		const struct json_token *said =
		    json_member(&doc, json_root(&doc), is_answer ? "answer" : "position");

		if (said != NULL && said->type == JSON_STRING &&
		    json_string_is(&doc, said, "declined"))
			*ret_stage = REPLIES_REFUSED;
	}
	json_release(&doc);
	return STATUS_OK;
}

/* Does it answer what its kind is made for, by the catalogue? A measure, say, does not:
 * it may name any message. */
static bool is_made_to_answer(const struct record_kind *kind)
{
	return !kind->answers_person && kind->answers != NULL;
}

enum status replies_stage_of(struct desk *desk, size_t channel,
                             struct record_proposals *proposals,
                             const struct record_message_id *id, const char *member,
                             bool is_puzzled, enum replies_stage *ret_stage,
                             struct error *err)
{
	static const char *const others[] = {"cancel", "translation"};
	static const char *const refusals[] = {"pledge.decline", "consultation.decline",
	                                       "release.refuse"};
	static const char *const choices[] = {"answer", "response"};
	struct record_replies *replies = record_proposals_replies(proposals);
	const struct record_reply *reply, *last = NULL;
	struct record_message_id entry;
	size_t count;

	*ret_stage = REPLIES_NONE;
	reply =
	    record_replies_by(replies, record_replies_find(replies, id->desk.text),
	                      id->index, record_replies_find(replies, member), &count);
	for (size_t i = 0; i < count; i++) {
		const char *kind = reply[i].kind->name;

		if (reply[i].kind->is_automatic || is_one_of(kind, others, COUNT(others)))
			continue;
		if (strcmp(kind, "holding") == 0)
			*ret_stage = REPLIES_HELD;
		else if (strcmp(kind, "ack") == 0)
			last = is_puzzled ? NULL : last;
		else if (!is_puzzled || is_made_to_answer(reply[i].kind))
			last = &reply[i];
	}
	if (last == NULL)
		return STATUS_OK;
	*ret_stage = is_one_of(last->kind->name, refusals, COUNT(refusals))
	                 ? REPLIES_REFUSED
	                 : REPLIES_ANSWERED;
	if (!is_one_of(last->kind->name, choices, COUNT(choices)))
		return STATUS_OK;
	entry = record_replies_id(replies, last->desk, last->index);
	return read_refusal(desk, channel, &entry, ret_stage, err);
}

/* ---- evidence ---- */

/* The hash that a message commits to; false when it is no commitment. */
static enum status read_commitment(struct desk *desk, size_t channel,
                                   const struct record_message_id *id, bool *ret_is_one,
                                   struct hash *ret_hash, struct error *err)
{
	struct json_doc doc = {0};
	struct desk_message message;

	*ret_is_one = false;
	TRY(desk_message_read(desk, channel, id, &message, err));
	if (message.is_malformed ||
	    strcmp(message.envelope->kind, "evidence.commit") != 0)
		return STATUS_OK;
	*ret_is_one =
	    record_evidence_body_hash(message.body, &doc, ret_hash, NULL) == STATUS_OK;
	json_release(&doc);
	return STATUS_OK;
}

/* Attachments follow their message: is this one here yet? */
static bool is_held(struct desk *desk, size_t channel, const struct record_message_id *id,
                    const struct hash *blob)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);

	return desk_blob(desk, channel, id, blob, &whole, NULL) == STATUS_OK;
}

/* "evidence" of one opening: does it attach what was committed to? Only of the message
 * itself it is looked up whether the blob is here. */
static enum status write_opening(struct json_writer *writer, struct desk *desk,
                                 size_t channel, const struct record_message_id *commit,
                                 const struct record_message_id *open, bool is_itself,
                                 struct error *err)
{
	struct desk_message message;
	struct hash committed;
	bool is_commitment, matches;

	TRY(read_commitment(desk, channel, commit, &is_commitment, &committed, err));
	TRY(desk_message_read(desk, channel, open, &message, err));
	matches = is_commitment && !message.is_malformed &&
	          record_evidence_is_opened_by(&committed, message.envelope);
	json_writer_object(writer, "evidence");
	answer_write_id(writer, "commit", commit);
	answer_write_id(writer, "open", open);
	json_writer_bool(writer, "matches", matches);
	if (is_itself && matches)
		json_writer_bool(writer, "held",
		                 is_held(desk, channel, open, &committed));
	json_writer_end(writer);
	return STATUS_OK;
}

/* Where the message itself opens evidence. */
static enum status write_own_opening(struct json_writer *writer, struct desk *desk,
                                     size_t channel, const struct record_message_id *id,
                                     struct error *err)
{
	struct desk_message message;
	struct record_message_id commit;

	TRY(desk_message_read(desk, channel, id, &message, err));
	if (message.is_malformed || !message.envelope->has_re ||
	    strcmp(message.envelope->kind, "evidence.open") != 0)
		return STATUS_OK;
	commit = message.envelope->re;
	if (desk_message_read(desk, channel, &commit, &message, NULL) != STATUS_OK)
		return STATUS_OK;
	return write_opening(writer, desk, channel, &commit, id, true, err);
}

/* ---- the list ---- */

static enum status write_reply(struct json_writer *writer, struct desk *desk,
                               size_t channel, const struct record_message_id *to,
                               const struct record_message_id *id,
                               const struct record_reply *reply, struct error *err)
{
	struct desk_message message;

	json_writer_object(writer, NULL);
	answer_write_id(writer, "id", id);
	json_writer_string(writer, "kind", reply->kind->name);
	json_writer_string(writer, "author", id->desk.text);
	json_writer_time(writer, "sent", reply->sent_s);
	if (writer->out->len < BODIES_LEN_MAX) {
		TRY(desk_message_read(desk, channel, id, &message, err));
		if (!message.is_malformed && message.body.len > 0)
			json_writer_raw(writer, "body", message.body);
	}
	if (strcmp(reply->kind->name, "evidence.open") == 0)
		TRY(write_opening(writer, desk, channel, to, id, false, err));
	json_writer_end(writer);
	return STATUS_OK;
}

enum status replies_write(struct json_writer *writer, struct desk *desk, size_t channel,
                          struct record_proposals *proposals,
                          const struct record_message_id *id, struct error *err)
{
	struct record_replies *replies = record_proposals_replies(proposals);
	const struct record_reply *reply;
	size_t count, written = 0;

	TRY(write_own_opening(writer, desk, channel, id, err));
	reply = find(proposals, id, &count);
	json_writer_array(writer, "replies");
	for (size_t i = 0; i < count && written < REPLIES_MAX; i++) {
		struct record_message_id from =
		    record_replies_id(replies, reply[i].desk, reply[i].index);

		if (reply[i].kind->is_automatic)
			continue;
		TRY(write_reply(writer, desk, channel, id, &from, &reply[i], err));
		written++;
	}
	json_writer_end(writer);
	return STATUS_OK;
}
