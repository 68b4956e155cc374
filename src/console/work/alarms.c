/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of alarms, and what a person does about one.
 */
#include "base/cleanup.h"
#include "console/work/now.h"
#include "console/request_body.h"
#include "record/object.h"

enum { BODY_TOKENS_MAX = 16 };

static const char *const no_parameters[] = {NULL};

static enum status reply_alarms(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct alarm *alarms;
	size_t count;

	TRY(alarms_open(call->api->office, &alarms, &count, NULL, err));
	json_writer_object(&writer, NULL);
	now_write_alarms(&writer, call->api, alarms, count);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_alarms(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	return reply_alarms(call, err);
}

static const char *id_of(const struct api_call *call)
{
	return call->target.segments[2];
}

enum status api_post_alarm_take(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	TRY(alarm_take(call->api->office, &call->who, id_of(call), err));
	return reply_alarms(call, err);
}

static enum status read_minutes(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	return record_integer_read(doc, value, 1, ALARM_MUTE_MINUTES_MAX, context, err);
}

enum status api_post_alarm_mute(struct api_call *call, struct error *err)
{
	static const struct record_member members[] = {{"minutes", true, read_minutes}};
	struct json_doc *doc = &call->api->doc;
	int64_t minutes = 0;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(request_body_scan(call->request->body, BODY_TOKENS_MAX, doc, err));
	TRY(record_object_read(doc, json_root(doc), members, 1, &minutes, err));
	TRY(alarm_mute(call->api->office, &call->who, id_of(call), minutes, err));
	return reply_alarms(call, err);
}

enum status api_post_alarm_unmute(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	TRY(alarm_unmute(call->api->office, &call->who, id_of(call), err));
	return reply_alarms(call, err);
}
