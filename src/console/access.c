/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rights, by door.
 */
#include "console/access.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "console/api_call.h"
#include "office/operators.h"
#include "office/sessions.h"
#include "office/tokens.h"

enum { NOTED_PATH_MAX = 200, NOTED_DATA_MAX = 4096 };

static void name_local(struct office_principal *who)
{
	who->door = OFFICE_DOOR_LOCAL;
	who->roles = OFFICE_ROLES_ALL;
	who->scopes = OFFICE_SCOPES_ALL;
	snprintf(who->name, sizeof who->name, "local");
}

static void take_session(struct api_call *call)
{
	struct office_principal *who = &call->who;
	const struct office_operator *person;
	const struct office_session *session = NULL;

	call->login_why = "nobody is logged in";
	if (call->request->session.len == 0)
		return;
	call->login_why = "the session is over, or there never was one like it";
	if (office_session_use(call->api->office, call->request->session, &session,
	                       NULL) != STATUS_OK)
		return;
	person = office_operator_find(call->api->office, session->name);
	if (person == NULL || person->is_disabled)
		return;
	memcpy(who->name, person->name, sizeof who->name);
	who->roles = person->roles;
	call->has_session = true;
	call->session = session->id;
	call->session_created_s = session->created_s;
	call->must_change = person->must_change;
}

static void take_token(struct api_call *call)
{
	struct office_principal *who = &call->who;
	const struct office_token *token = NULL;

	who->door = OFFICE_DOOR_TOKEN;
	call->login_why = "the token is unknown, revoked or over";
	if (office_token_use(call->api->office, call->request->bearer, &token, NULL) !=
	    STATUS_OK)
		return;
	snprintf(who->name, sizeof who->name, "token:%s", token->id);
	who->scopes = token->scopes;
}

void access_identify(struct api_call *call)
{
	struct office_principal *who = &call->who;

	*who = (struct office_principal){.door = OFFICE_DOOR_CONSOLE};
	if (!call->request->is_console) {
		name_local(who);
		return;
	}
	(void)view_copy_string(call->request->remote, who->remote, sizeof who->remote);
	if (call->request->bearer.len > 0)
		take_token(call);
	else
		take_session(call);
}

static enum status refuse(struct api_call *call, int http_status, const char *code,
                          const char *why, struct error *err)
{
	call->problem.http_status = http_status;
	call->problem.code = code;
	call->is_refused = true;
	return error_set(err, STATUS_UNTRUSTED, "%s", why);
}

/* Pages ask whether somebody is logged in when they are opened: nothing to note. */
static enum status refuse_stranger(struct api_call *call, unsigned may, struct error *err)
{
	enum status status = refuse(call, 401, "login-required", call->login_why, err);

	call->is_refused = (may & MAY_SELF) == 0 || call->request->session.len > 0 ||
	                   call->request->bearer.len > 0;
	return status;
}

static bool is_allowed(const struct office_principal *who, unsigned may)
{
	if (who->door == OFFICE_DOOR_TOKEN)
		return (who->scopes << ACCESS_SCOPE_SHIFT & may) != 0;
	return (may & MAY_SELF) != 0 || (who->roles & may) != 0;
}

enum status access_check(struct api_call *call, unsigned may, struct error *err)
{
	const struct office_principal *who = &call->who;

	if (who->door == OFFICE_DOOR_LOCAL)
		return STATUS_OK;
	if (call->request->is_cross_site && call->request->method != DESK_GET)
		return refuse(call, 403, "cross-site",
		              "this was sent by a page of another site", err);
	if ((may & MAY_NOBODY_YET) != 0)
		return STATUS_OK;
	if (who->name[0] == '\0')
		return refuse_stranger(call, may, err);
	if (call->must_change && (may & MAY_SELF) == 0)
		return refuse(call, 403, "password-change-required",
		              "the password has to be changed first", err);
	if (!is_allowed(who, may))
		return refuse(call, 403, "not-allowed",
		              who->door == OFFICE_DOOR_TOKEN
		                  ? "this token may not do that"
		                  : "your roles do not let you do that",
		              err);
	return STATUS_OK;
}

bool access_may(const struct api_call *call, unsigned may)
{
	const struct office_principal *who = &call->who;

	return who->door == OFFICE_DOOR_LOCAL ||
	       (who->name[0] != '\0' && !call->must_change && is_allowed(who, may));
}

enum status access_note_done(struct api_call *call, const char *act, struct error *err)
{
	struct desk_channel_info channel = {.id_hex = ""};
	size_t index;

	if (call->target.segment_count > 2 &&
	    strcmp(call->target.segments[1], "channels") == 0 &&
	    api_call_channel(call, &index, NULL) == STATUS_OK)
		desk_channel(call->desk, index, &channel);
	return office_audit(
	    call->api->office,
	    &(struct office_act){.who = &call->who,
	                         .what = act,
	                         .subject = call->subject,
	                         .channel = channel.id_hex[0] ? channel.id_hex : NULL},
	    err);
}

static struct view noted_path(struct view path)
{
	const uint8_t *query = path.len > 0 ? memchr(path.data, '?', path.len) : NULL;

	if (query != NULL)
		path.len = (size_t)(query - path.data);
	if (path.len > NOTED_PATH_MAX)
		path.len = NOTED_PATH_MAX;
	return path;
}

enum status access_note_refused(struct api_call *call, const char *what, const char *why,
                                struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(NOTED_DATA_MAX);
	struct json_writer writer = json_writer_of(&data);
	bool is_get = call->request->method == DESK_GET;

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "method", is_get ? "GET" : "POST");
	json_writer_text(&writer, "path", noted_path(call->request->path));
	json_writer_string(&writer, "why", why);
	json_writer_end(&writer);
	return office_audit_junk(call->api->office,
	                         &(struct office_act){.who = &call->who,
	                                              .what = what,
	                                              .data = buf_view(&data)},
	                         err);
}
