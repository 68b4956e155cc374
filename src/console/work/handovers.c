/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notes of the watch, and its handover.
 */
#include "office/handovers.h"

#include "base/cleanup.h"
#include "codec/decimal.h"
#include "console/work/now.h"
#include "console/request_body.h"
#include "office/notes.h"
#include "record/object.h"

enum { BODY_TOKENS_MAX = 16, PAGE_LEN = 20 };

static const char *const no_parameters[] = {NULL};

/* ---- notes ---- */

static enum status reply_notes(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct notes notes = {0};
	enum status status = notes_read(call->api->office, &notes, err);

	json_writer_object(&writer, NULL);
	json_writer_text(&writer, "text", buf_view(&notes.text));
	json_writer_integer(&writer, "version", notes.version);
	json_writer_string(&writer, "by", notes.by);
	json_writer_time_or_never(&writer, "time", notes.time_s);
	json_writer_end(&writer);
	buf_release(&notes.text);
	TRY(status);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_notes(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	return reply_notes(call, err);
}

/* Texts of a request; release them. */
struct texts {
	struct buf text, notes, note;
	int64_t version;
	char to[OFFICE_NAME_MAX + 1];
};

static void texts_release(struct texts *texts)
{
	buf_release(&texts->text);
	buf_release(&texts->notes);
	buf_release(&texts->note);
}

static enum status read_into(const struct json_doc *doc, const struct json_token *value,
                             struct buf *ret_text, struct error *err)
{
	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a text");
	*ret_text = BUF_INIT(HANDOVER_NOTES_MAX);
	json_string_append(doc, value, ret_text);
	return buf_check(ret_text, "the text", err);
}

static enum status read_text(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	return read_into(doc, value, &((struct texts *)context)->text, err);
}

static enum status read_notes(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	return read_into(doc, value, &((struct texts *)context)->notes, err);
}

static enum status read_note(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	return read_into(doc, value, &((struct texts *)context)->note, err);
}

static enum status read_version(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct texts *texts = context;

	return record_integer_read(doc, value, 0, INT64_C(1) << 40, &texts->version, err);
}

static enum status read_to(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct texts *texts = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, texts->to, err);
}

static enum status parse(struct api_call *call, const struct record_member *members,
                         size_t count, struct texts *texts, struct error *err)
{
	struct json_doc *doc = &call->api->doc;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(request_body_scan(call->request->body, BODY_TOKENS_MAX, doc, err));
	return record_object_read(doc, json_root(doc), members, count, texts, err);
}

enum status api_post_notes(struct api_call *call, struct error *err)
{
	static const struct record_member members[] = {
	    {"version", true, read_version},
	    {"text", true, read_text},
	};
	struct texts texts = {0};
	enum status status = parse(call, members, 2, &texts, err);

	if (status == STATUS_OK)
		status = notes_write(call->api->office, &call->who, texts.version,
		                     buf_view(&texts.text), err);
	if (status == STATUS_CONFLICT)
		call->problem.code = "version-conflict";
	texts_release(&texts);
	TRY(status);
	return reply_notes(call, err);
}

/* ---- handovers ---- */

static enum status write_text(struct json_writer *writer, struct office *office,
                              const struct handover *handover, const char *what,
                              struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(HANDOVER_SNAPSHOT_MAX);

	TRY(handover_text(office, handover, what, &text, err));
	if (strcmp(what, "snapshot") != 0)
		json_writer_text(writer, what, buf_view(&text));
	else
		json_writer_raw(writer, what,
		                text.len == 0 ? view_of_string("{}") : buf_view(&text));
	return STATUS_OK;
}

static enum status write_handover(struct json_writer *writer, struct office *office,
                                  const struct handover *handover, struct error *err)
{
	json_writer_object(writer, NULL);
	json_writer_string(writer, "id", handover->id);
	json_writer_string(writer, "by", handover->by);
	json_writer_string(writer, "to", handover->to);
	json_writer_time(writer, "time", handover->time_s);
	json_writer_string(writer, "state", handover_state_word(handover->state));
	if (handover->state == HANDOVER_ACCEPTED)
		json_writer_time(writer, "accepted", handover->ended_s);
	if (handover->state == HANDOVER_WITHDRAWN)
		json_writer_time(writer, "withdrawn", handover->ended_s);
	TRY(write_text(writer, office, handover, "notes", err));
	if (handover->state == HANDOVER_ACCEPTED)
		TRY(write_text(writer, office, handover, "note", err));
	TRY(write_text(writer, office, handover, "snapshot", err));
	json_writer_end(writer);
	return STATUS_OK;
}

static enum status reply_handover(struct api_call *call, int http_status, const char *id,
                                  struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct handover *handover = handovers_find(call->api->office, id);

	if (handover == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no handover '%.24s'",
		                 id);
	TRY(write_handover(&writer, call->api->office, handover, err));
	return api_reply_json(call->desk, call->request->id, http_status, &out, err);
}

/* The newest first; the cursor is how many are older. */
enum status api_get_handovers(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"cursor", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	CLEANUP_BUF struct buf next = BUF_INIT(32);
	struct json_writer writer = json_writer_of(&out);
	struct office *office = call->api->office;
	uint64_t at;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "cursor", UINT32_MAX, handovers_count(office),
	                  &at, err));
	if (at > handovers_count(office))
		at = handovers_count(office);
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "handovers");
	for (size_t i = 0; i < PAGE_LEN && at > 0; i++, at--)
		TRY(write_handover(&writer, office, handovers_nth(office, (size_t)at - 1),
		                   err));
	json_writer_end(&writer);
	buf_printf(&next, "%llu", (unsigned long long)at);
	if (at > 0)
		json_writer_text(&writer, "next", buf_view(&next));
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_handover(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	return reply_handover(call, 200, call->target.segments[2], err);
}

static enum status offer(struct api_call *call, const struct texts *texts,
                         const struct handover **ret_handover, struct error *err)
{
	CLEANUP_BUF struct buf snapshot = BUF_INIT(HANDOVER_SNAPSHOT_MAX);

	TRY(now_write_snapshot(call, &snapshot, err));
	return handover_offer(call->api->office, &call->who, texts->to,
	                      buf_view(&texts->notes), buf_view(&snapshot), ret_handover,
	                      err);
}

enum status api_post_handovers(struct api_call *call, struct error *err)
{
	static const struct record_member members[] = {
	    {"to", true, read_to},
	    {"notes", true, read_notes},
	};
	const struct handover *handover = NULL;
	struct texts texts = {0};
	enum status status = parse(call, members, 2, &texts, err);

	if (status == STATUS_OK)
		status = offer(call, &texts, &handover, err);
	texts_release(&texts);
	TRY(status);
	return reply_handover(call, 201, handover->id, err);
}

enum status api_post_handover_accept(struct api_call *call, struct error *err)
{
	static const struct record_member members[] = {{"note", false, read_note}};
	struct texts texts = {0};
	enum status status = STATUS_OK;

	if (call->request->body.len > 0)
		status = parse(call, members, 1, &texts, err);
	if (status == STATUS_OK)
		status =
		    handover_accept(call->api->office, &call->who,
		                    call->target.segments[2], buf_view(&texts.note), err);
	texts_release(&texts);
	TRY(status);
	return reply_handover(call, 200, call->target.segments[2], err);
}

enum status api_post_handover_withdraw(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	TRY(handover_withdraw(call->api->office, &call->who, call->target.segments[2],
	                      err));
	return reply_handover(call, 200, call->target.segments[2], err);
}
