/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where alerts go, how sending goes, and a test of it. Passwords and secrets go in and
 * never come out; but for a secret that was made here, once.
 */
#include "office/alerts.h"

#include "base/cleanup.h"
#include "console/api_call.h"
#include "console/request_body.h"
#include "crypto/random.h"

enum { BODY_TOKENS_MAX = 200, ANSWER_MAX = 64 * 1024 };

static const char *const no_parameters[] = {NULL};

/* made: the webhook's new secret; NULL: it is not told. */
static enum status reply_alerts(struct api_call *call, int http_status, const char *made,
                                struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	alert_settings_write(&writer, office_alerts_settings(call->api->office), false);
	if (made != NULL)
		json_writer_string(&writer, "webhook_secret", made);
	office_alerts_write_state(&writer, "state", call->api->office);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, http_status, &out, err);
}

enum status api_get_alerts(struct api_call *call, struct error *err)
{
	TRY(target_allow(&call->target, no_parameters, err));
	return reply_alerts(call, 200, NULL, err);
}

/* What is wrong with which field, for the form. */
static void note_problem(struct api_call *call, const struct alert_problem *problem)
{
	struct buf *fields = &call->api->fields;
	struct json_writer writer = json_writer_of(fields);

	if (problem->field[0] == '\0')
		return;
	buf_release(fields);
	*fields = BUF_INIT(4096);
	json_writer_array(&writer, NULL);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "field", problem->field);
	json_writer_string(&writer, "why", problem->why.text);
	json_writer_end(&writer);
	json_writer_end(&writer);
	if (buf_check(fields, "the problem", NULL) == STATUS_OK)
		call->problem.fields = buf_view(fields);
}

static enum status note_change(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&data);

	json_writer_object(&writer, NULL);
	alert_settings_write(&writer, office_alerts_settings(call->api->office), false);
	json_writer_end(&writer);
	return office_audit(call->api->office,
	                    &(struct office_act){.who = &call->who,
	                                         .what = "alerts.change",
	                                         .data = buf_view(&data)},
	                    err);
}

/* ret_made: a secret was asked for and made. */
static enum status set_alerts(struct office *office, struct alert_settings *settings,
                              bool *ret_made, struct error *err)
{
	*ret_made = settings->webhook.wants_secret;
	if (*ret_made)
		webhook_secret_make(settings->webhook.secret);
	settings->webhook.wants_secret = false;
	return office_alerts_set(office, settings, err);
}

enum status api_post_alerts(struct api_call *call, struct error *err)
{
	struct office *office = call->api->office;
	struct json_doc *doc = &call->api->doc;
	struct alert_settings settings = {0};
	struct alert_problem problem = {0};
	enum status status;
	bool is_made = false;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(request_body_scan(call->request->body, BODY_TOKENS_MAX, doc, err));
	status = alert_settings_read(doc, json_root(doc), office_alerts_settings(office),
	                             &settings, &problem, err);
	if (status == STATUS_OK)
		status = set_alerts(office, &settings, &is_made, err);
	else
		note_problem(call, &problem);
	crypto_wipe(&settings, sizeof settings);
	TRY(status);
	TRY(note_change(call, err));
	return reply_alerts(
	    call, 200, is_made ? office_alerts_settings(office)->webhook.secret : NULL,
	    err);
}

enum status api_post_alerts_test(struct api_call *call, struct error *err)
{
	size_t count;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(office_alerts_test(call->api->office, &count, err));
	if (count == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "there is neither an address nor a webhook to send to");
	return reply_alerts(call, 202, NULL, err);
}

bool api_take_answer(struct api *api, const struct desk_answer *answer, int64_t now_ms)
{
	if (!desk_end_outside(api->desk, answer->call))
		return false;
	/* A store that fails ends the desk at the turn's end, which says so. */
	if (office_begin_turn(api->office, now_ms, NULL) == STATUS_OK)
		(void)!office_alerts_take_answer(api->office, answer, NULL);
	return true;
}
