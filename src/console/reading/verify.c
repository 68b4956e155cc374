/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of jobs, of which the first runs. The outcome of a channel's check is written to
 * the store; a check that was cut short by the end of the process has none.
 */
#include "console/reading/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "console/api_call.h"
#include "office/verified.h"

enum {
	JOBS_MAX = 256,
	ANNOUNCE_MS = 500, /* how often progress is told */
	OUTCOME_MAX = 128 * 1024,
};

static const char *const no_parameters[] = {NULL};

static void release_job(struct verify_job *job)
{
	desk_checker_free(job->checker);
	*job = (struct verify_job){0};
}

void verify_release(struct verify_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		release_job(&list->items[i]);
	free(list->items);
	*list = (struct verify_list){0};
}

static struct verify_job *find_job(struct verify_list *list, const char *channel)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].channel, channel) == 0)
			return &list->items[i];
	return NULL;
}

/* The job of this channel, new or running. */
static enum status add_job(struct verify_list *list, const char *channel, int64_t now_ms,
                           struct verify_job **ret_job, struct error *err)
{
	struct verify_job *job = find_job(list, channel), *grown;

	if (job != NULL) {
		*ret_job = job;
		return STATUS_OK;
	}
	if (list->count == JOBS_MAX)
		return error_set(err, STATUS_AGAIN, "too many checks are waiting");
	if (list->count == list->cap) {
		grown = reallocarray(list->items, list->cap + 8, sizeof *grown);
		if (grown == NULL)
			return error_set(err, STATUS_NO_MEMORY,
			                 "out of memory for a check");
		list->items = grown;
		list->cap += 8;
	}
	job = &list->items[list->count++];
	*job = (struct verify_job){.started_s = now_ms / 1000};
	snprintf(job->channel, sizeof job->channel, "%s", channel);
	*ret_job = job;
	return STATUS_OK;
}

/* ---- what is said of one ---- */

static void write_findings(struct json_writer *writer,
                           const struct desk_checker_view *view)
{
	json_writer_array(writer, "findings");
	for (size_t i = 0; i < view->finding_count; i++)
		json_writer_text(writer, NULL, view_of_string(view->findings[i].text));
	if (view->has_more_findings)
		json_writer_string(writer, NULL, "and more");
	json_writer_end(writer);
}

/* ended_s 0: it runs. */
static void write_job(struct json_writer *writer, const char *name,
                      const struct verify_job *job, int64_t ended_s)
{
	struct desk_checker_view view = {0};
	const char *state = "running";

	if (job->checker != NULL)
		desk_checker_look(job->checker, &view);
	if (ended_s > 0)
		state = view.finding_count > 0 ? "broken" : "sound";
	json_writer_object(writer, name);
	json_writer_string(writer, "state", state);
	json_writer_integer(writer, "done", (int64_t)view.done);
	json_writer_integer(writer, "total", (int64_t)view.total);
	json_writer_time(writer, "started", job->started_s);
	json_writer_time_or_never(writer, "ended", ended_s);
	json_writer_integer(writer, "bodies", (int64_t)view.result.bodies);
	json_writer_integer(writer, "attachments", (int64_t)view.result.attachments);
	json_writer_integer(writer, "checkpoints", (int64_t)view.result.checkpoints);
	json_writer_integer(writer, "cosignatures", (int64_t)view.result.cosignatures);
	write_findings(writer, &view);
	json_writer_end(writer);
}

static void write_never(struct json_writer *writer, const char *name)
{
	json_writer_object(writer, name);
	json_writer_string(writer, "state", "never");
	json_writer_integer(writer, "done", 0);
	json_writer_integer(writer, "total", 0);
	json_writer_string(writer, "started", "never");
	json_writer_string(writer, "ended", "never");
	json_writer_array(writer, "findings");
	json_writer_end(writer);
	json_writer_end(writer);
}

enum status verify_write(struct json_writer *writer, const char *name, struct api *api,
                         const char *channel, struct error *err)
{
	CLEANUP_BUF struct buf outcome = BUF_INIT(OUTCOME_MAX);
	const struct verify_job *job = find_job(&api->verifies, channel);
	enum status status;

	if (job != NULL) {
		write_job(writer, name, job, 0);
		return STATUS_OK;
	}
	status = office_verified_get(api->office, channel, &outcome, err);
	if (status == STATUS_OK)
		json_writer_raw(writer, name, buf_view(&outcome));
	else if (status == STATUS_NOT_FOUND)
		write_never(writer, name);
	else
		return status;
	return STATUS_OK;
}

/* ---- running ---- */

static void announce(struct api *api, const struct verify_job *job, const char *state)
{
	struct desk_checker_view view;
	char members[256];

	desk_checker_look(job->checker, &view);
	snprintf(members, sizeof members,
	         "\"channel\":\"%s\",\"done\":%llu,\"total\":%llu,\"state\":\"%s\"",
	         job->channel, (unsigned long long)view.done,
	         (unsigned long long)view.total, state);
	desk_announce(api->desk, "verify", members);
}

static enum status begin(struct api *api, struct verify_job *job, struct error *err)
{
	size_t channel = SIZE_MAX;

	if (job->channel[0] != '\0')
		TRY(desk_channel_find(api->desk, view_of_string(job->channel), &channel,
		                      err));
	return desk_checker_new(api->desk, channel, &job->checker, err);
}

static enum status reply_result(struct api *api, uint64_t request,
                                const struct desk_checker_view *view, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&out);
	const struct desk_check_result *result = &view->result;

	if (view->finding_count > 0)
		return error_set(err, STATUS_MALFORMED, "%s", view->findings[0].text);
	json_writer_object(&writer, NULL);
	json_writer_bool(&writer, "ok", true);
	json_writer_integer(&writer, "logs", (int64_t)result->logs);
	json_writer_integer(&writer, "entries", (int64_t)result->entries);
	json_writer_integer(&writer, "bodies", (int64_t)result->bodies);
	json_writer_integer(&writer, "attachments", (int64_t)result->attachments);
	json_writer_integer(&writer, "checkpoints", (int64_t)result->checkpoints);
	json_writer_integer(&writer, "cosignatures", (int64_t)result->cosignatures);
	json_writer_end(&writer);
	return api_reply_json(api->desk, request, 200, &out, err);
}

static void answer_requests(struct api *api, const struct verify_job *job)
{
	struct desk_checker_view view;

	desk_checker_look(job->checker, &view);
	for (size_t i = 0; i < job->request_count; i++) {
		struct error err = {0};
		enum status status = reply_result(api, job->requests[i], &view, &err);

		if (status != STATUS_OK)
			api_reply_problem(api->desk, job->requests[i], status,
			                  &(struct api_problem){0}, &err);
	}
}

static void refuse_requests(struct api *api, const struct verify_job *job,
                            enum status status, const struct error *err)
{
	for (size_t i = 0; i < job->request_count; i++)
		api_reply_problem(api->desk, job->requests[i], status,
		                  &(struct api_problem){0}, err);
}

/* Of a channel: durable with this turn. A failed write ends the turn by itself. */
static void end_job(struct api *api, const struct verify_job *job, int64_t now_ms)
{
	CLEANUP_BUF struct buf outcome = BUF_INIT(OUTCOME_MAX);
	struct json_writer writer = json_writer_of(&outcome);
	struct desk_checker_view view;

	desk_checker_look(job->checker, &view);
	write_job(&writer, NULL, job, now_ms / 1000);
	if (job->channel[0] != '\0' &&
	    buf_check(&outcome, "the outcome", NULL) == STATUS_OK &&
	    office_verified_put(api->office, job->channel, buf_view(&outcome), NULL) !=
	        STATUS_OK)
		return;
	announce(api, job, view.finding_count > 0 ? "broken" : "sound");
	answer_requests(api, job);
}

static void drop_first(struct verify_list *list)
{
	release_job(&list->items[0]);
	list->count--;
	memmove(&list->items[0], &list->items[1], list->count * sizeof list->items[0]);
}

void verify_step(struct api *api, int64_t now_ms)
{
	struct verify_list *list = &api->verifies;
	struct verify_job *job = list->items;
	struct error err = {0};
	enum status status = STATUS_OK;

	if (list->count == 0)
		return;
	if (job->checker == NULL)
		status = begin(api, job, &err);
	if (status != STATUS_OK) {
		refuse_requests(api, job, status, &err);
		drop_first(list);
		return;
	}
	if (!desk_checker_step(job->checker)) {
		end_job(api, job, now_ms);
		drop_first(list);
	} else if (now_ms - job->announced_ms >= ANNOUNCE_MS) {
		job->announced_ms = now_ms;
		announce(api, job, "running");
	}
}

/* ---- requests ---- */

enum status api_post_check(struct api_call *call, struct error *err)
{
	struct verify_job *job;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(add_job(&call->api->verifies, "", call->now_ms, &job, err));
	if (job->request_count == VERIFY_REQUESTS_MAX)
		return error_set(err, STATUS_AGAIN,
		                 "too many requests wait for the check that runs");
	job->requests[job->request_count++] = call->request->id;
	return STATUS_OK;
}

static enum status reply_verify(struct api_call *call, int http_status,
                                const char *channel, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(verify_write(&writer, NULL, call->api, channel, err));
	return api_reply_json(call->desk, call->request->id, http_status, &out, err);
}

static enum status read_channel(struct api_call *call, struct desk_channel_info *ret_info,
                                struct error *err)
{
	size_t channel;

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(api_call_channel(call, &channel, err));
	desk_channel(call->desk, channel, ret_info);
	return STATUS_OK;
}

enum status api_get_verify(struct api_call *call, struct error *err)
{
	struct desk_channel_info info;

	TRY(read_channel(call, &info, err));
	return reply_verify(call, 200, info.id_hex, err);
}

enum status api_post_verify(struct api_call *call, struct error *err)
{
	struct desk_channel_info info;
	struct verify_job *job;

	TRY(read_channel(call, &info, err));
	TRY(add_job(&call->api->verifies, info.id_hex, call->now_ms, &job, err));
	return reply_verify(call, 202, info.id_hex, err);
}
