/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marking messages of the others as opened: single ones, or all up to a position.
 */
#include "base/cleanup.h"
#include "console/api_call.h"
#include "console/request_body.h"
#include "office/briefs.h"
#include "record/object.h"

enum { IDS_MAX = 1000, BODY_TOKENS_MAX = 2 * IDS_MAX };

struct marking {
	const struct json_token *ids; /* or NULL */
	bool has_through;
	int64_t through;
};

static enum status read_messages(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct marking *marking = context;

	marking->ids = value;
	return record_array_check(value, 1, IDS_MAX, err);
}

static enum status read_through(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct marking *marking = context;

	marking->has_through = true;
	return record_integer_read(doc, value, 0, STORE_INDEX_MAX, &marking->through,
	                           err);
}

static enum status parse(struct view body, struct json_doc *doc, struct marking *marking,
                         struct error *err)
{
	static const struct record_member members[] = {
	    {"messages", false, read_messages},
	    {"through", false, read_through},
	};

	TRY(request_body_scan(body, BODY_TOKENS_MAX, doc, err));
	TRY(record_object_read(doc, json_root(doc), members, 2, marking, err));
	if ((marking->ids != NULL) == marking->has_through)
		return error_set(err, STATUS_MALFORMED,
		                 "give either messages or through");
	return STATUS_OK;
}

static enum status mark_one(struct api_call *call, struct channel_briefs *briefs,
                            const struct json_doc *doc, const struct json_token *token,
                            size_t *ret_count, struct error *err)
{
	char text[RECORD_MESSAGE_ID_MAX + 1];
	struct record_message_id id;

	TRY(record_string_read(doc, token, 1, RECORD_MESSAGE_ID_MAX, text, err));
	TRY(record_message_id_decode(view_of_string(text), &id, err));
	if (briefs_find_id(briefs, &id, NULL) == NULL)
		return error_set(err, STATUS_NOT_FOUND, "%s is not in this channel",
		                 text);
	if (call == NULL)
		return STATUS_OK;
	return briefs_mark(call->api->office, briefs, &id, ret_count, err);
}

/* Looks at all before it marks one. */
static enum status mark_ids(struct api_call *call, struct channel_briefs *briefs,
                            const struct json_doc *doc, const struct json_token *ids,
                            size_t *ret_count, struct error *err)
{
	struct api_call *const passes[] = {NULL, call};

	for (size_t i = 0; i < 2; i++)
		for (const struct json_token *token = json_first(doc, ids); token != NULL;
		     token = json_next(doc, ids, token)) {
			enum status status =
			    mark_one(passes[i], briefs, doc, token, ret_count, err);

			if (status != STATUS_OK)
				return error_context(err, status, "messages");
		}
	return STATUS_OK;
}

/* In the joint order the entries of one log keep their order: what stands up to the
 * position is the beginning of each log. */
static enum status mark_through(struct api_call *call, size_t channel,
                                struct channel_briefs *briefs, uint64_t through,
                                size_t *ret_count, struct error *err)
{
	uint64_t ends[RECORD_MEMBERS_MAX] = {0}, total;
	struct desk_place place;

	TRY(desk_place_count(call->desk, channel, &total, err));
	for (uint64_t at = 0; at < total && at <= through; at++)
		if (desk_place(call->desk, channel, at, &place))
			ends[place.log] = place.index + 1;
	for (size_t log = 0; log < briefs_log_count(briefs); log++)
		TRY(briefs_mark_through(call->api->office, briefs, log, ends[log],
		                        ret_count, err));
	return STATUS_OK;
}

static enum status note(struct api_call *call, size_t channel, size_t count,
                        const struct marking *marking, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(256), event = BUF_INIT(256);
	struct desk_channel_info info;
	struct office_act act = {.who = &call->who, .what = "message.opened"};

	desk_channel(call->desk, channel, &info);
	buf_printf(&data, "{\"count\":%zu", count);
	if (marking->has_through)
		buf_printf(&data, ",\"through\":%lld", (long long)marking->through);
	buf_append_byte(&data, '}');
	act.channel = info.id_hex;
	act.subject = call->target.segments[2];
	act.data = buf_view(&data);
	buf_printf(&event, "\"channel\":\"%s\"", info.id_hex);
	buf_append_byte(&event, '\0');
	TRY(buf_check(&event, "the event", err));
	TRY(office_audit(call->api->office, &act, err));
	desk_announce(call->desk, "opened", (const char *)event.data);
	return STATUS_OK;
}

static enum status reply(struct api_call *call, size_t count, uint64_t unread,
                         struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(256);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "opened", (int64_t)count);
	json_writer_integer(&writer, "unread", (int64_t)unread);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_post_opened(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	struct marking marking = {0};
	struct channel_briefs *briefs = NULL;
	size_t channel, count = 0;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(parse(call->request->body, &call->api->doc, &marking, err));
	TRY(briefs_open(call->api->office, channel, &briefs, err));
	if (marking.has_through)
		TRY(mark_through(call, channel, briefs, (uint64_t)marking.through, &count,
		                 err));
	else
		TRY(mark_ids(call, briefs, &call->api->doc, marking.ids, &count, err));
	if (count > 0)
		TRY(note(call, channel, count, &marking, err));
	return reply(call, count, briefs_unread_count(briefs), err);
}
