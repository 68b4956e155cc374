/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of endpoints, the way of a request through it, and the requests that wait.
 */
#include "console/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "console/accounts/account_body.h"
#include "console/answer.h"
#include "console/api_call.h"

/* What a request may bring; its handler looks at what there is. */
enum { TAKES_QUERY = 1, TAKES_BODY = 2 };

struct route {
	enum desk_method method;
	const char *path; /* '*' stands for any one part */
	unsigned may;     /* enum access_may */
	api_handler *handle;
	const char *act; /* what the audit calls it once it is done; NULL: nothing to
	                    note, or the handler notes it */
	unsigned takes;  /* TAKES_… beside its path */
};

static const struct route routes[] = {
    {DESK_GET, "api/status", MAY_READ, api_get_status, NULL, 0},
    {DESK_GET, "api/card", MAY_READ, api_get_card, NULL, 0},
    {DESK_GET, "api/cards", MAY_READ, api_get_cards, NULL, 0},
    {DESK_POST, "api/cards", MAY_ADMIN, api_post_cards, "card.trust", TAKES_BODY},
    {DESK_GET, "api/channels", MAY_READ, api_get_channels, NULL, 0},
    {DESK_POST, "api/channels", MAY_ADMIN, api_post_channels, "channel.join", TAKES_BODY},
    {DESK_GET, "api/channels/*", MAY_READ, api_get_channel, NULL, 0},
    {DESK_GET, "api/channels/*/rosters", MAY_READ, api_get_rosters, NULL, 0},
    {DESK_GET, "api/kinds", MAY_READ, api_get_kinds, NULL, 0},
    {DESK_GET, "api/codebooks/*", MAY_READ, api_get_codebook, NULL, 0},
    {DESK_GET, "api/pledges", MAY_READ, api_get_all_pledges, NULL, TAKES_QUERY},
    {DESK_GET, "api/pledge-texts", MAY_READ, api_get_pledge_texts, NULL, 0},
    {DESK_GET, "api/incidents", MAY_READ, api_get_incidents, NULL, TAKES_QUERY},
    {DESK_GET, "api/channels/*/incidents/*/*", MAY_READ, api_get_incident, NULL, 0},
    {DESK_GET, "api/channels/*/charters", MAY_READ, api_get_charters, NULL, 0},
    {DESK_GET, "api/channels/*/papers", MAY_READ, api_get_papers, "export.record", 0},
    {DESK_GET, "api/channels/*/log-end", MAY_READ, api_get_log_end, NULL, 0},
    {DESK_GET, "api/channels/*/messages", MAY_READ, api_get_messages, NULL, TAKES_QUERY},
    {DESK_POST, "api/channels/*/messages", MAY_SEND, api_post_messages, "message.send",
     TAKES_QUERY | TAKES_BODY},
    {DESK_POST, "api/channels/*/attachments", MAY_SEND, api_post_attachments,
     "attachment.put", TAKES_QUERY | TAKES_BODY},
    {DESK_GET, "api/channels/*/messages/*/*", MAY_READ, api_get_message, NULL,
     TAKES_QUERY},
    {DESK_POST, "api/channels/*/opened", MAY_WATCH, api_post_opened, NULL, TAKES_BODY},
    {DESK_GET, "api/channels/*/duties", MAY_READ, api_get_duties, NULL, TAKES_QUERY},
    {DESK_GET, "api/channels/*/pledges", MAY_READ, api_get_pledges, NULL, TAKES_QUERY},
    {DESK_GET, "api/channels/*/consultations", MAY_READ, api_get_consultations, NULL,
     TAKES_QUERY},
    {DESK_GET, "api/channels/*/messages/*/*/receipt", MAY_READ, api_get_receipt,
     "export.receipt", TAKES_QUERY},
    {DESK_GET, "api/channels/*/messages/*/*/blobs/*", MAY_READ, api_get_blob,
     "export.attachment", 0},
    {DESK_GET, "api/channels/*/messages/*/*/blobs/*/content", MAY_READ,
     api_get_blob_content, "export.attachment", 0},
    {DESK_GET, "api/channels/*/silence/*/*", MAY_READ, api_get_silence, "export.silence",
     TAKES_QUERY},
    {DESK_GET, "api/channels/*/statement", MAY_READ, api_get_statement, NULL,
     TAKES_QUERY},
    {DESK_GET, "api/channels/*/statement/*/*", MAY_READ, api_get_statement_proof,
     "export.statement", 0},
    {DESK_GET, "api/channels/*/record", MAY_READ, api_get_record, NULL, 0},
    {DESK_GET, "api/channels/*/verify", MAY_READ, api_get_verify, NULL, 0},
    {DESK_POST, "api/channels/*/verify", MAY_PEOPLE, api_post_verify, "record.verify", 0},
    {DESK_GET, "api/channels/*/releases", MAY_READ, api_get_releases, NULL, TAKES_QUERY},
    {DESK_POST, "api/channels/*/releases", MAY_RELEASE, api_post_release, NULL,
     TAKES_BODY},
    {DESK_POST, "api/channels/*/releases/draft", MAY_DRAFT, api_post_release_draft, NULL,
     TAKES_BODY},
    {DESK_GET, "api/channels/*/releases/*/*", MAY_READ, api_get_release, NULL, 0},
    {DESK_GET, "api/channels/*/releases/*/*/file", MAY_SEND, api_get_release_file, NULL,
     TAKES_QUERY},
    {DESK_POST, "api/channels/*/releases/*/*/answer", MAY_RELEASE,
     api_post_release_answer, NULL, TAKES_BODY},
    {DESK_POST, "api/channels/*/pouches/*", MAY_SEND, api_post_pouch, "pouch.out",
     TAKES_QUERY},
    {DESK_POST, "api/channels/*/accept", MAY_ADMIN, api_post_accept, "log.accept", 0},
    {DESK_GET, "api/pouches", MAY_READ, api_get_pouches, NULL, 0},
    {DESK_POST, "api/pouches", MAY_SEND, api_post_pouch_part, "pouch.in", TAKES_BODY},
    {DESK_GET, "api/evidence/*", MAY_READ, api_get_evidence, NULL, 0},
    {DESK_GET, "api/evidence/*/proof", MAY_READ, api_get_evidence_proof,
     "export.evidence", 0},
    {DESK_GET, "api/now", MAY_READ, api_get_now, NULL, 0},
    {DESK_GET, "api/alarms", MAY_READ, api_get_alarms, NULL, 0},
    {DESK_POST, "api/alarms/*/take", MAY_WATCH, api_post_alarm_take, NULL, 0},
    {DESK_POST, "api/alarms/*/mute", MAY_WATCH, api_post_alarm_mute, NULL, TAKES_BODY},
    {DESK_POST, "api/alarms/*/unmute", MAY_WATCH, api_post_alarm_unmute, NULL, 0},
    {DESK_GET, "api/notes", MAY_READ, api_get_notes, NULL, 0},
    {DESK_POST, "api/notes", MAY_WATCH, api_post_notes, NULL, TAKES_BODY},
    {DESK_GET, "api/handovers", MAY_READ, api_get_handovers, NULL, TAKES_QUERY},
    {DESK_POST, "api/handovers", MAY_WATCH, api_post_handovers, NULL, TAKES_BODY},
    {DESK_GET, "api/handovers/*", MAY_READ, api_get_handover, NULL, 0},
    {DESK_POST, "api/handovers/*/accept", MAY_WATCH, api_post_handover_accept, NULL,
     TAKES_BODY},
    {DESK_POST, "api/handovers/*/withdraw", MAY_WATCH, api_post_handover_withdraw, NULL,
     0},
    {DESK_GET, "api/drafts", MAY_READ, api_get_drafts, NULL, TAKES_QUERY},
    {DESK_POST, "api/drafts", MAY_DRAFT, api_post_drafts, NULL, TAKES_BODY},
    {DESK_POST, "api/drafts/check", MAY_DRAFT, api_post_draft_check, NULL, TAKES_BODY},
    {DESK_GET, "api/drafts/*", MAY_READ, api_get_draft, NULL, 0},
    {DESK_POST, "api/drafts/*", MAY_DRAFT, api_post_draft, NULL, TAKES_BODY},
    {DESK_GET, "api/drafts/*/release", MAY_READ, api_get_draft_release, NULL, 0},
    {DESK_POST, "api/drafts/*/attachments", MAY_DRAFT, api_post_draft_file, NULL,
     TAKES_QUERY | TAKES_BODY},
    {DESK_POST, "api/drafts/*/attachments/*/remove", MAY_DRAFT,
     api_post_draft_file_remove, NULL, 0},
    {DESK_POST, "api/drafts/*/submit", MAY_DRAFT, api_post_draft_submit, NULL,
     TAKES_BODY},
    {DESK_POST, "api/drafts/*/approve", MAY_OFFICER, api_post_draft_approve, NULL,
     TAKES_BODY},
    {DESK_POST, "api/drafts/*/return", MAY_OFFICER, api_post_draft_return, NULL,
     TAKES_BODY},
    {DESK_POST, "api/drafts/*/discard", MAY_DRAFT, api_post_draft_discard, NULL, 0},
    {DESK_POST, "api/key-change", MAY_ADMIN, api_post_key_change, "key.change",
     TAKES_BODY},
    {DESK_POST, "api/check", MAY_ADMIN, api_post_check, "store.check", 0},
    {DESK_POST, "api/backup", MAY_LOCAL, api_post_backup, "store.backup", TAKES_BODY},
    {DESK_POST, "api/recover", MAY_ADMIN, api_post_recover, "log.recover", 0},
    {DESK_POST, "api/clock", MAY_ADMIN, api_post_clock, "clock.accept", 0},
    {DESK_GET, "api/events", MAY_READ, api_get_events, NULL, 0},
    {DESK_GET, "api/alerts", MAY_ADMIN, api_get_alerts, NULL, 0},
    {DESK_POST, "api/alerts", MAY_ADMIN, api_post_alerts, NULL, TAKES_BODY},
    {DESK_POST, "api/alerts/test", MAY_ADMIN, api_post_alerts_test, "alerts.test", 0},
    {DESK_GET, "api/session", MAY_SELF, api_get_session, NULL, 0},
    {DESK_POST, "api/session", MAY_NOBODY_YET, api_post_session, NULL, TAKES_BODY},
    {DESK_POST, "api/session/end", MAY_SELF, api_post_session_end, NULL, 0},
    {DESK_POST, "api/session/password", MAY_SELF, api_post_session_password, NULL,
     TAKES_BODY},
    {DESK_GET, "api/operators", MAY_PEOPLE, api_get_operators, NULL, 0},
    {DESK_POST, "api/operators", MAY_ADMIN, api_post_operators, NULL, TAKES_BODY},
    {DESK_POST, "api/operators/*", MAY_ADMIN, api_post_operator, NULL, TAKES_BODY},
    {DESK_POST, "api/operators/*/reset", MAY_ADMIN, api_post_operator_reset, NULL, 0},
    {DESK_GET, "api/tokens", MAY_ADMIN, api_get_tokens, NULL, 0},
    {DESK_POST, "api/tokens", MAY_ADMIN, api_post_tokens, NULL, TAKES_BODY},
    {DESK_POST, "api/tokens/*/revoke", MAY_ADMIN, api_post_token_revoke, NULL, 0},
    {DESK_GET, "api/audit", MAY_AUDIT, api_get_audit, NULL, TAKES_QUERY},
    {DESK_GET, "api/audit/export", MAY_AUDIT, api_get_audit_export, NULL, TAKES_QUERY},
    {DESK_POST, "api/audit/verify", MAY_AUDIT, api_post_audit_verify, NULL, 0},
    {DESK_GET, "metrics", MAY_READ, api_get_metrics, NULL, 0},
    {DESK_GET, "-/healthy", MAY_NOBODY_YET, api_get_healthy, NULL, 0},
    {DESK_GET, "-/ready", MAY_NOBODY_YET, api_get_ready, NULL, 0},
};

enum status api_new(struct desk *desk, const struct api_host *host, struct api **ret_api,
                    struct error *err)
{
	struct api *api = calloc(1, sizeof *api);
	enum status status;

	if (api == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the API");
	api->desk = desk;
	api->host = *host;
	status = office_open(desk, 0, &api->office, err);
	if (status != STATUS_OK) {
		api_free(api);
		return status;
	}
	*ret_api = api;
	return STATUS_OK;
}

void api_free(struct api *api)
{
	if (api == NULL)
		return;
	submission_release(&api->submissions);
	json_release(&api->doc);
	titles_release(&api->titles);
	buf_release(&api->fields);
	waiting_release(&api->waiting);
	register_release(&api->registers);
	passwords_release(&api->passwords);
	audit_check_release(&api->audit_check);
	verify_release(&api->verifies);
	aside_list_release(&api->aside);
	office_free(api->office);
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
                              const struct route **ret_route, struct error *err)
{
	bool is_path_known = false;

	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (!path_matches(routes[i].path, target))
			continue;
		is_path_known = true;
		if (routes[i].method == method) {
			*ret_route = &routes[i];
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

static enum status find(struct api_call *call, const struct route **ret_route,
                        struct error *err)
{
	TRY(target_parse(call->request->path, &call->target, err));
	return route_find(&call->target, call->request->method, ret_route, err);
}

/* At the console's door everything unknown is noted: browsers of the desk's people don't
 * ask for it. What can't be a path there is none, too. */
static enum status find_or_note(struct api_call *call, const struct route **ret_route,
                                struct error *err)
{
	struct error why = {0};
	enum status status = find(call, ret_route, &why);

	if (status == STATUS_OK)
		return status;
	if (call->who.door == OFFICE_DOOR_LOCAL)
		return error_set(err, status, "%s", why.text);
	TRY(access_note_refused(call, "unknown", why.text, err));
	return error_set(err, STATUS_NOT_FOUND, "%s", why.text);
}

/* Unless the handler knows better: the message that the path names, or its last part. */
static void name_subject(struct api_call *call)
{
	const struct target *target = &call->target;
	size_t last = target->segment_count - 1;

	if (target->segment_count > 5 && strcmp(target->segments[1], "channels") == 0)
		snprintf(call->subject, sizeof call->subject, "%.200s#%.20s",
		         target->segments[4], target->segments[5]);
	else if (target->segment_count > 2)
		snprintf(call->subject, sizeof call->subject, "%s",
		         target->segments[last]);
}

/* A misspelt wish must not pass for none. */
static enum status check_takes(struct api_call *call, unsigned takes, struct error *err)
{
	static const char *const no_parameters[] = {NULL};

	if ((takes & TAKES_QUERY) == 0)
		TRY(target_allow(&call->target, no_parameters, err));
	if ((takes & TAKES_BODY) == 0)
		TRY(empty_body_parse(call->request->body, &call->api->doc, err));
	return STATUS_OK;
}

static enum status run(struct api_call *call, const struct route *route,
                       struct error *err)
{
	enum status status;

	name_subject(call);
	TRY(access_check(call, route->may, err));
	TRY(check_takes(call, route->takes, err));
	status = route->handle(call, err);
	if (status == STATUS_OK && route->act != NULL)
		return access_note_done(call, route->act, err);
	return status;
}

static enum status handle(struct api_call *call, struct error *err)
{
	static const struct route read_path = {DESK_GET,          "",   MAY_LOCAL,
	                                       api_get_read_path, NULL, 0};
	const struct route *route = &read_path;
	struct error why = {0};
	enum status status;

	if (call->request->peer != NULL || call->request->is_witness)
		return error_set(err, STATUS_UNTRUSTED,
		                 "only the desk's own people may use the API");
	access_identify(call);
	if (!is_read_path(call->request->path))
		TRY(find_or_note(call, &route, err));
	status = run(call, route, err);
	if (status == STATUS_OK || !call->is_refused)
		return status;
	return access_note_refused(call, "refused", err->text, &why) == STATUS_OK
	           ? status
	           : error_set(err, STATUS_SYSTEM, "%s", why.text);
}

void api_take_request(struct api *api, const struct desk_request *request, int64_t now_ms)
{
	struct api_call call = {
	    .api = api, .desk = api->desk, .request = request, .now_ms = now_ms};
	struct error err = {0};
	enum status status = office_begin_turn(api->office, now_ms, &err);

	if (status == STATUS_OK)
		status = handle(&call, &err);
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

	/* A store that fails ends the desk at the turn's end, which says so. */
	if (office_begin_turn(api->office, now_ms, NULL) != STATUS_OK)
		return;
	for (size_t i = list->count; i-- > 0;) {
		const struct waiting *item = &list->items[i];
		bool is_over = item->until_ms <= now_ms;

		if (!is_over && !(is_changed && waiting_is_ready(item, api->desk)))
			continue;
		answer_waiting(api, item);
		waiting_remove(list, i);
	}
	list->generation = generation;
	audit_check_step(api);
	verify_step(api, now_ms);
}

bool api_is_due(const struct api *api)
{
	return api->audit_check.count > 0 || api->verifies.count > 0 ||
	       (api->waiting.count > 0 &&
	        desk_generation(api->desk) != api->waiting.generation);
}

int64_t api_wake_ms(const struct api *api)
{
	int64_t waiting_ms = waiting_wake_ms(&api->waiting);
	int64_t office_ms = office_wake_ms(api->office);

	return waiting_ms < office_ms ? waiting_ms : office_ms;
}
