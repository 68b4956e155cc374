/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoints of drafts: from the first letter to the message that goes out. What is
 * allowed to whom stands in office/drafts.h.
 */
#include "base/cleanup.h"
#include "codec/decimal.h"
#include "console/work/draft_json.h"
#include "console/request_body.h"
#include "record/object.h"

enum {
	LIST_BODIES_MAX = 16 * 1024 * 1024, /* bytes; beyond it a list has no bodies */
	REQUEST_TOKENS_MAX = 1 << 17,
};

static const char *const no_parameters[] = {NULL};

/* ---- what is asked ---- */

struct request {
	char channel[HASH_HEX_LEN + 1];
	int64_t version; /* 0: none given */
	struct view message;
	struct buf reason;
};

static enum status read_channel(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct request *request = context;

	return record_string_read(doc, value, 1, HASH_HEX_LEN, request->channel, err);
}

static enum status read_version(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct request *request = context;

	return record_integer_read(doc, value, 1, INT64_C(1) << 40, &request->version,
	                           err);
}

static enum status read_message(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct request *request = context;

	if (value->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	request->message = json_text(doc, value);
	return STATUS_OK;
}

static enum status read_reason(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct request *request = context;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a text");
	request->reason = BUF_INIT(2 * DRAFT_REASON_MAX);
	json_string_append(doc, value, &request->reason);
	return buf_check(&request->reason, "the reason", err);
}

static const struct record_member of_new[] = {
    {"channel", true, read_channel},
    {"message", true, read_message},
};
static const struct record_member of_edit[] = {
    {"version", true, read_version},
    {"message", true, read_message},
};
static const struct record_member of_version[] = {
    {"version", true, read_version},
};
static const struct record_member of_return[] = {
    {"version", true, read_version},
    {"reason", true, read_reason},
};

static enum status parse(struct api_call *call, const struct record_member *members,
                         size_t count, struct request *ret_request, struct error *err)
{
	struct json_doc *doc = &call->api->doc;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(request_body_scan(call->request->body, REQUEST_TOKENS_MAX, doc, err));
	return record_object_read(doc, json_root(doc), members, count, ret_request, err);
}

#define PARSE(call, members, request, err) \
	parse((call), (members), sizeof(members) / sizeof((members)[0]), (request), (err))

static const char *id_of(const struct api_call *call)
{
	return call->target.segments[2];
}

/* ---- answers ---- */

static enum status reply_draft(struct api_call *call, int http_status, const char *id,
                               struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct draft *draft;

	TRY(drafts_find(call->api->office, id, &draft, err));
	TRY(draft_write(&writer, NULL, call->api, draft, true, err));
	return api_reply_json(call->desk, call->request->id, http_status, &out, err);
}

/* Sent by now? */
static int status_of(struct api_call *call)
{
	const struct draft *draft;

	return drafts_find(call->api->office, id_of(call), &draft, NULL) == STATUS_OK &&
	               draft->state == DRAFT_SENT
	           ? 201
	           : 200;
}

/* A program must be able to tell an older version from other conflicts. */
static void note_version(struct api_call *call, int64_t version)
{
	const struct draft *draft;

	if (drafts_find(call->api->office, id_of(call), &draft, NULL) == STATUS_OK &&
	    draft_is_open(draft) && draft->version != version)
		call->problem.code = "version-conflict";
}

/* What is wrong with which field, for the problem document. */
static void note_problems(struct api_call *call)
{
	struct buf *fields = &call->api->fields;
	struct json_writer writer = json_writer_of(fields);
	const struct draft *draft;

	buf_release(fields);
	*fields = BUF_INIT(1024 * 1024);
	json_writer_array(&writer, NULL);
	if (drafts_find(call->api->office, id_of(call), &draft, NULL) != STATUS_OK ||
	    draft_problems(call->api->office, draft, draft_write_problem, &writer,
	                   NULL) != STATUS_OK)
		return;
	json_writer_end(&writer);
	if (fields->len > 2 && buf_check(fields, "the problems", NULL) == STATUS_OK)
		call->problem.fields = buf_view(fields);
}

/* One problem that the handler knows the field of. */
static void note_field(struct api_call *call, const char *field, const struct error *why)
{
	struct buf *fields = &call->api->fields;
	struct json_writer writer = json_writer_of(fields);

	buf_release(fields);
	*fields = BUF_INIT(4096);
	json_writer_array(&writer, NULL);
	draft_write_problem(&writer, field, why->text);
	json_writer_end(&writer);
	if (buf_check(fields, "the problem", NULL) == STATUS_OK)
		call->problem.fields = buf_view(fields);
}

/* ---- reading ---- */

struct filter {
	bool has_state, has_channel;
	enum draft_state state;
	struct record_channel_id channel;
};

static enum status read_filter(struct api_call *call, struct filter *ret_filter,
                               struct error *err)
{
	static const char *const parameters[] = {"state", "channel", NULL};
	const char *state = target_parameter(&call->target, "state");
	const char *channel = target_parameter(&call->target, "channel");
	struct desk_channel_info info;
	size_t index;

	TRY(target_allow(&call->target, parameters, err));
	ret_filter->has_state = state != NULL;
	if (state != NULL && !draft_state_of(state, &ret_filter->state))
		return error_set(err, STATUS_MALFORMED,
		                 "state: must be editing, approval, returned, sent or "
		                 "discarded");
	if (channel == NULL)
		return STATUS_OK;
	TRY(desk_channel_find(call->desk, view_of_string(channel), &index, err));
	desk_channel(call->desk, index, &info);
	ret_filter->has_channel = true;
	ret_filter->channel = info.id;
	return STATUS_OK;
}

/* Without a state: all that are still open. */
static bool is_wanted(const struct filter *filter, const struct draft *draft)
{
	if (filter->has_channel &&
	    !hash_equal(&filter->channel.hash, &draft->channel.hash))
		return false;
	return filter->has_state ? draft->state == filter->state : draft_is_open(draft);
}

enum status api_get_drafts(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct filter filter = {0};

	TRY(read_filter(call, &filter, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "drafts");
	for (size_t i = drafts_count(call->api->office); i-- > 0;) {
		const struct draft *draft = drafts_nth(call->api->office, i);

		if (is_wanted(&filter, draft))
			TRY(draft_write(&writer, NULL, call->api, draft,
			                out.len < LIST_BODIES_MAX, err));
	}
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_draft(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	return reply_draft(call, 200, id_of(call), err);
}

static enum status reply_check(struct api_call *call, size_t channel,
                               const struct draft_message *message, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct desk_channel_info info;

	desk_channel(call->desk, channel, &info);
	json_writer_object(&writer, NULL);
	draft_write_problems(&writer, "problems", message, call->desk, channel, NULL, 0);
	json_writer_bool(&writer, "approval",
	                 draft_message_asks_approval(message, info.charter));
	draft_write_recipients(&writer, call->desk, channel, message);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_post_draft_check(struct api_call *call, struct error *err)
{
	struct request request = {0};
	struct draft_message message = {0};
	size_t channel;
	enum status status;

	TRY(PARSE(call, of_new, &request, err));
	TRY(desk_channel_find(call->desk, view_of_string(request.channel), &channel,
	                      err));
	status = draft_message_open(request.message, &message, err);
	if (status == STATUS_OK)
		status = reply_check(call, channel, &message, err);
	else
		status = error_context(err, status, "message");
	draft_message_release(&message);
	return status;
}

/* ---- writing ---- */

enum status api_post_drafts(struct api_call *call, struct error *err)
{
	struct request request = {0};
	const struct draft *draft = NULL;
	size_t channel;

	TRY(PARSE(call, of_new, &request, err));
	TRY(desk_channel_find(call->desk, view_of_string(request.channel), &channel,
	                      err));
	TRY(draft_create(call->api->office, &call->who, channel, request.message, &draft,
	                 err));
	return reply_draft(call, 201, draft->id, err);
}

enum status api_post_draft(struct api_call *call, struct error *err)
{
	struct request request = {0};

	TRY(PARSE(call, of_edit, &request, err));
	note_version(call, request.version);
	TRY(draft_edit(call->api->office, &call->who, id_of(call), request.version,
	               request.message, err));
	return reply_draft(call, 200, id_of(call), err);
}

static enum status reply_file(struct api_call *call, const struct draft_file *file,
                              struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&out);
	CLEANUP_BUF struct buf id = BUF_INIT(32);

	buf_printf(&id, "%u", (unsigned)file->id);
	json_writer_object(&writer, NULL);
	json_writer_text(&writer, "id", buf_view(&id));
	json_writer_string(&writer, "name", file->name);
	json_writer_integer(&writer, "size", (int64_t)file->size);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 201, &out, err);
}

enum status api_post_draft_file(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"name", "salted", NULL};
	const char *name = target_parameter(&call->target, "name");
	const struct draft_file *file = NULL;
	uint64_t is_salted = 0;
	struct error why = {0};
	enum status status;

	TRY(target_allow(&call->target, parameters, err));
	if (name == NULL)
		return error_set(err, STATUS_MALFORMED, "name: is missing");
	TRY(target_number(&call->target, "salted", 1, 0, &is_salted, err));
	status = draft_attach(call->api->office, &call->who, id_of(call), name,
	                      call->request->body, is_salted == 1, &file, &why);
	if (status == STATUS_OK)
		return reply_file(call, file, err);
	if (status == STATUS_LIMIT)
		note_field(call, "attachments", &why);
	if (status == STATUS_MALFORMED)
		note_field(call, "name", &why);
	return error_set(err, status, "%s", why.text);
}

enum status api_post_draft_file_remove(struct api_call *call, struct error *err)
{
	uint64_t file;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(decimal_decode(view_of_string(call->target.segments[4]), UINT32_MAX, &file,
	                   err));
	TRY(draft_detach(call->api->office, &call->who, id_of(call), (uint32_t)file,
	                 err));
	return reply_draft(call, 200, id_of(call), err);
}

/* ---- its way ---- */

static bool may_send(const struct api_call *call)
{
	return call->who.door != OFFICE_DOOR_TOKEN ||
	       (call->who.scopes & OFFICE_SCOPE_SEND) != 0;
}

enum status api_post_draft_submit(struct api_call *call, struct error *err)
{
	struct request request = {0};
	enum status status;

	TRY(PARSE(call, of_version, &request, err));
	note_version(call, request.version);
	status = draft_submit(call->api->office, &call->who, id_of(call), request.version,
	                      may_send(call), err);
	if (status == STATUS_MALFORMED)
		note_problems(call);
	TRY(status);
	return reply_draft(call, status_of(call), id_of(call), err);
}

enum status api_post_draft_approve(struct api_call *call, struct error *err)
{
	struct request request = {0};
	enum status status;

	TRY(PARSE(call, of_version, &request, err));
	note_version(call, request.version);
	status = draft_approve(call->api->office, &call->who, id_of(call),
	                       request.version, err);
	if (status == STATUS_MALFORMED)
		note_problems(call);
	if (status == STATUS_UNTRUSTED)
		call->problem.code = "approval-required";
	TRY(status);
	return reply_draft(call, status_of(call), id_of(call), err);
}

enum status api_post_draft_return(struct api_call *call, struct error *err)
{
	struct request request = {0};
	enum status status = PARSE(call, of_return, &request, err);

	if (status == STATUS_OK) {
		note_version(call, request.version);
		status = draft_return(call->api->office, &call->who, id_of(call),
		                      request.version, buf_view(&request.reason), err);
	}
	buf_release(&request.reason);
	TRY(status);
	return reply_draft(call, 200, id_of(call), err);
}

enum status api_post_draft_discard(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	TRY(draft_discard(call->api->office, &call->who, id_of(call), err));
	return reply_draft(call, 200, id_of(call), err);
}
