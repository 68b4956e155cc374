/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of endpoints, the way of a request through it, and the requests that wait.
 */
#include "console/api.h"

#include <assert.h>
#include <stdlib.h>

#include "console/answer.h"
#include "console/api_call.h"

struct route {
	enum desk_method method;
	const char *path; /* '*' stands for any one part */
	api_handler *handle;
};

static const struct route routes[] = {
    {DESK_GET, "api/status", api_get_status},
    {DESK_GET, "api/card", api_get_card},
    {DESK_GET, "api/cards", api_get_cards},
    {DESK_POST, "api/cards", api_post_cards},
    {DESK_GET, "api/channels", api_get_channels},
    {DESK_POST, "api/channels", api_post_channels},
    {DESK_GET, "api/channels/*", api_get_channel},
    {DESK_GET, "api/channels/*/charters", api_get_charters},
    {DESK_GET, "api/channels/*/papers", api_get_papers},
    {DESK_GET, "api/channels/*/log-end", api_get_log_end},
    {DESK_GET, "api/channels/*/messages", api_get_messages},
    {DESK_POST, "api/channels/*/messages", api_post_messages},
    {DESK_POST, "api/channels/*/attachments", api_post_attachments},
    {DESK_GET, "api/channels/*/messages/*/*", api_get_message},
    {DESK_GET, "api/channels/*/duties", api_get_duties},
    {DESK_GET, "api/channels/*/pledges", api_get_pledges},
    {DESK_GET, "api/channels/*/consultations", api_get_consultations},
    {DESK_GET, "api/channels/*/messages/*/*/receipt", api_get_receipt},
    {DESK_GET, "api/channels/*/messages/*/*/blobs/*", api_get_blob},
    {DESK_GET, "api/channels/*/silence/*/*", api_get_silence},
    {DESK_GET, "api/channels/*/statement", api_get_statement},
    {DESK_GET, "api/channels/*/statement/*/*", api_get_statement_proof},
    {DESK_GET, "api/evidence/*", api_get_evidence},
    {DESK_GET, "api/evidence/*/proof", api_get_evidence_proof},
    {DESK_POST, "api/key-change", api_post_key_change},
    {DESK_POST, "api/check", api_post_check},
    {DESK_POST, "api/backup", api_post_backup},
    {DESK_POST, "api/recover", api_post_recover},
    {DESK_POST, "api/clock", api_post_clock},
    {DESK_GET, "api/events", api_get_events},
};

enum status api_new(struct desk *desk, const struct api_host *host, struct api **ret_api,
                    struct error *err)
{
	struct api *api = calloc(1, sizeof *api);

	if (api == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the API");
	api->desk = desk;
	api->host = *host;
	*ret_api = api;
	return STATUS_OK;
}

void api_free(struct api *api)
{
	if (api == NULL)
		return;
	submission_release(&api->submissions);
	json_release(&api->doc);
	waiting_release(&api->waiting);
	register_release(&api->registers);
	passwords_release(&api->passwords);
	free(api);
}

static bool path_matches(const char *path, const struct target *target)
{
	for (size_t i = 0; i < target->segment_count; i++) {
		size_t len = strcspn(path, "/");
		bool is_any = len == 1 && path[0] == '*';

		if (len == 0)
			return false;
		if (!is_any &&
		    !view_equal_string(view_of(path, len), target->segments[i]))
			return false;
		path += len;
		path += *path == '/';
	}
	return *path == '\0';
}

static enum status route_find(const struct target *target, enum desk_method method,
                              api_handler **ret_handler, struct error *err)
{
	bool is_path_known = false;

	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (!path_matches(routes[i].path, target))
			continue;
		is_path_known = true;
		if (routes[i].method == method) {
			*ret_handler = routes[i].handle;
			return STATUS_OK;
		}
	}
	if (is_path_known)
		return error_set(err, STATUS_NOT_FOUND,
		                 "this path does not know the request's method");
	return error_set(err, STATUS_NOT_FOUND, "the API has no such path");
}

static bool is_read_path(struct view path)
{
	static const char *const prefixes[] = {"/log/", "/mirror/", "/blob/"};

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (view_has_prefix(path, view_of_string(prefixes[i])))
			return true;
	return false;
}

static enum status handle(struct api_call *call, struct error *err)
{
	api_handler *handler = NULL;

	if (call->request->peer != NULL || call->request->is_witness)
		return error_set(err, STATUS_UNTRUSTED,
		                 "only the desk's own people may use the API");
	if (call->request->is_console)
		return error_set(err, STATUS_UNTRUSTED,
		                 "nobody can log in to this desk yet");
	if (is_read_path(call->request->path))
		return api_get_read_path(call, err);
	TRY(target_parse(call->request->path, &call->target, err));
	TRY(route_find(&call->target, call->request->method, &handler, err));
	return handler(call, err);
}

void api_take_request(struct api *api, const struct desk_request *request, int64_t now_ms)
{
	struct api_call call = {
	    .api = api, .desk = api->desk, .request = request, .now_ms = now_ms};
	struct error err = {0};
	enum status status = handle(&call, &err);

	if (status != STATUS_OK)
		api_reply_problem(api->desk, request->id, status, &call.problem, &err);
}

/* Answers one that need not wait longer, with what is there. */
static void answer_waiting(struct api *api, const struct waiting *item)
{
	struct error err = {0};
	size_t channel;
	enum status status = waiting_channel(item, api->desk, &channel, &err);

	if (status == STATUS_OK && item->what == WAITING_MESSAGE)
		status = answer_message(api, item->request, channel, &item->first, &err);
	else if (status == STATUS_OK)
		status = answer_submitted(api->desk, item->request, channel, item, &err);
	if (status != STATUS_OK)
		api_reply_problem(api->desk, item->request, status,
		                  &(struct api_problem){0}, &err);
}

void api_serve_waiting(struct api *api, int64_t now_ms)
{
	struct waiting_list *list = &api->waiting;
	uint64_t generation = desk_generation(api->desk);
	bool is_changed = generation != list->generation;

	for (size_t i = list->count; i-- > 0;) {
		const struct waiting *item = &list->items[i];
		bool is_over = item->until_ms <= now_ms;

		if (!is_over && !(is_changed && waiting_is_ready(item, api->desk)))
			continue;
		answer_waiting(api, item);
		waiting_remove(list, i);
	}
	list->generation = generation;
}

bool api_is_due(const struct api *api)
{
	return api->waiting.count > 0 &&
	       desk_generation(api->desk) != api->waiting.generation;
}

int64_t api_wake_ms(const struct api *api)
{
	return waiting_wake_ms(&api->waiting);
}
