/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in and out, and changing one's password. A password is checked outside of the
 * turn; what is decided afterwards is decided on what stands then. All causes of a
 * refused login have the same words and take the same time; the audit knows the cause.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "console/accounts/account_body.h"
#include "console/api_call.h"
#include "crypto/random.h"
#include "office/sessions.h"
#include "office/throttle.h"

enum { ANSWER_MAX = 4096, NOTE_MAX = 1024 };

/* ---- answers */

static void write_session(struct json_writer *writer, struct api *api,
                          const struct office_operator *person, int64_t created_s)
{
	json_writer_object(writer, NULL);
	operator_write(writer, "operator", person);
	json_writer_string(writer, "desk", api_own_name(api));
	json_writer_time(writer, "expires", created_s + SESSION_S);
	json_writer_bool(writer, "must_change", person->must_change);
	json_writer_end(writer);
}

/* token NULL: the cookie stays. */
static enum status reply_session(struct api *api, uint64_t request, int http_status,
                                 const struct office_operator *person, int64_t created_s,
                                 const char *token, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	write_session(&writer, api, person, created_s);
	TRY(buf_check(&out, "the answer", err));
	desk_reply_with(api->desk,
	                &(struct desk_reply){.request = request,
	                                     .status = http_status,
	                                     .type = "application/json",
	                                     .body = buf_view(&out),
	                                     .session = token,
	                                     .session_s = token != NULL ? SESSION_S : 0});
	return STATUS_OK;
}

static void announce(struct api *api, const char *name)
{
	char members[OFFICE_NAME_MAX + 16];

	snprintf(members, sizeof members, "\"name\":\"%s\"", name);
	desk_announce(api->desk, "session", members);
}

/* ---- throttle: by name and by address */

struct throttle_keys {
	char name[THROTTLE_KEY_MAX + 1], from[THROTTLE_KEY_MAX + 1];
};

static struct throttle_keys keys_of(const char *name, const char *remote)
{
	struct throttle_keys keys;

	snprintf(keys.name, sizeof keys.name, "name:%s", name);
	snprintf(keys.from, sizeof keys.from, "from:%s", remote);
	return keys;
}

static int64_t wait_ms_of(struct api *api, const struct throttle_keys *keys,
                          int64_t now_ms)
{
	struct throttle *throttle = office_throttle(api->office);
	int64_t by_name_ms =
	    throttle_wait_ms(throttle, keys->name, THROTTLE_FREE_NAME, now_ms);
	int64_t by_from_ms =
	    throttle_wait_ms(throttle, keys->from, THROTTLE_FREE_FROM, now_ms);

	return by_name_ms > by_from_ms ? by_name_ms : by_from_ms;
}

static void count_try(struct api *api, const struct throttle_keys *keys, int64_t now_ms)
{
	throttle_count(office_throttle(api->office), keys->name, now_ms);
	throttle_count(office_throttle(api->office), keys->from, now_ms);
}

static void clear_tries(struct api *api, const struct throttle_keys *keys)
{
	throttle_clear(office_throttle(api->office), keys->name);
	throttle_clear(office_throttle(api->office), keys->from);
}

static enum status note_refused(struct api *api, const struct office_principal *who,
                                const char *what, const char *name, const char *why,
                                struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(NOTE_MAX);
	struct json_writer writer = json_writer_of(&data);
	bool is_known = office_operator_find(api->office, name) != NULL;

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "why", why);
	json_writer_end(&writer);
	/* What is no name here may be a password in the wrong field. */
	return office_audit_junk(api->office,
	                         &(struct office_act){.who = who,
	                                              .what = what,
	                                              .subject = is_known ? name : NULL,
	                                              .data = buf_view(&data)},
	                         err);
}

/* Refuses a try that comes too early. */
static enum status check_throttle(struct api_call *call, const char *what,
                                  const char *name, struct error *err)
{
	struct throttle_keys keys = keys_of(name, call->who.remote);
	int64_t wait_ms = wait_ms_of(call->api, &keys, call->now_ms);

	if (wait_ms == 0)
		return STATUS_OK;
	TRY(note_refused(call->api, &call->who, what, name, "too many tries", err));
	call->problem.http_status = 429;
	call->problem.code = "too-many-tries";
	call->problem.retry_after_s = (unsigned)((wait_ms + 999) / 1000);
	return error_set(err, STATUS_AGAIN, "too many tries have failed: wait %u seconds",
	                 call->problem.retry_after_s);
}

/* ---- login */

struct login {
	uint64_t request;
	struct office_principal who; /* still without a name */
	char name[OFFICE_NAME_MAX + 1];
	char code[LOGIN_CODE_MAX + 1];
	char hash[OPERATOR_HASH_MAX + 1]; /* that the password was held against */
	bool has_session;                 /* that this login replaces */
	struct hash session;
};

/* NULL: may log in; *ret_step is then the step of the code. */
static const char *login_fault(const struct office_operator *person,
                               const struct login *login, bool is_good, int64_t now_s,
                               int64_t *ret_step)
{
	if (person == NULL)
		return "unknown name";
	if (!is_good)
		return "wrong password";
	if (strcmp(person->hash, login->hash) != 0)
		return "the password was changed meanwhile";
	if (person->is_disabled)
		return "disabled";
	if (totp_check(&person->secret, login->code, now_s, person->totp_step, ret_step))
		return NULL;
	return totp_check(&person->secret, login->code, now_s, -1, ret_step)
	           ? "a code that was used before"
	           : "wrong code";
}

static enum status refuse_login(struct api *api, const struct login *login,
                                const char *why, struct api_problem *problem,
                                struct error *err)
{
	TRY(note_refused(api, &login->who, "login.refused", login->name, why, err));
	problem->http_status = 401;
	problem->code = "login-failed";
	return error_set(err, STATUS_UNTRUSTED,
	                 "the name, the password or the code is not right");
}

static enum status begin_session(struct api *api, const struct login *login, int64_t step,
                                 int64_t now_ms, struct error *err)
{
	struct throttle_keys keys = keys_of(login->name, login->who.remote);
	struct office_principal who = login->who;
	char token[SESSION_TOKEN_LEN + 1];
	enum status status;

	snprintf(who.name, sizeof who.name, "%s", login->name);
	clear_tries(api, &keys);
	if (login->has_session)
		TRY(office_session_end(api->office, &login->session, err));
	TRY(office_operator_seen(api->office, login->name, step, err));
	TRY(office_audit(
	    api->office,
	    &(struct office_act){.who = &who, .what = "login", .subject = login->name},
	    err));
	TRY(office_session_open(api->office, login->name, token, err));
	announce(api, login->name);
	status = reply_session(api, login->request, 201,
	                       office_operator_find(api->office, login->name),
	                       now_ms / 1000, token, err);
	crypto_wipe(token, sizeof token);
	return status;
}

static void login_checked(struct api *api, void *context, bool is_good, const char *hash,
                          int64_t now_ms)
{
	const struct login *login = context;
	struct api_problem problem = {0};
	struct error err = {0};
	const char *why;
	int64_t step = 0;
	enum status status = office_begin_turn(api->office, now_ms, &err);

	if (status == STATUS_OK) {
		why = login_fault(office_operator_find(api->office, login->name), login,
		                  is_good, now_ms / 1000, &step);
		status = why == NULL ? begin_session(api, login, step, now_ms, &err)
		                     : refuse_login(api, login, why, &problem, &err);
	}
	if (status != STATUS_OK)
		api_reply_problem(api->desk, login->request, status, &problem, &err);
}

/* Someone unknown costs as much as someone known. */
static enum status check_login(struct api_call *call, const struct login_body *body,
                               struct error *err)
{
	const struct office_operator *person =
	    office_operator_find(call->api->office, body->name);
	struct login *login = calloc(1, sizeof *login);

	if (login == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for a login");
	login->request = call->request->id;
	login->who = call->who;
	memset(login->who.name, 0, sizeof login->who.name);
	login->who.roles = 0;
	login->has_session = call->has_session;
	login->session = call->session;
	memcpy(login->name, body->name, sizeof login->name);
	memcpy(login->code, body->code, sizeof login->code);
	if (person == NULL)
		return passwords_hash(call->api, body->password, login_checked, login,
		                      err);
	memcpy(login->hash, person->hash, sizeof login->hash);
	return passwords_check(call->api, body->password, person->hash, login_checked,
	                       login, err);
}

static enum status take_login(struct api_call *call, const struct login_body *body,
                              struct error *err)
{
	struct throttle_keys keys = keys_of(body->name, call->who.remote);

	TRY(check_throttle(call, "login.refused", body->name, err));
	TRY(check_login(call, body, err));
	count_try(call->api, &keys, call->now_ms);
	return STATUS_OK;
}

enum status api_post_session(struct api_call *call, struct error *err)
{
	struct login_body body = {.name = ""};
	enum status status;

	if (call->who.door != OFFICE_DOOR_CONSOLE)
		return error_set(err, STATUS_CONFLICT,
		                 "only people at the console log in");
	status = login_body_parse(call->request->body, &call->api->doc, &body, err);
	if (status == STATUS_OK)
		status = take_login(call, &body, err);
	crypto_wipe(&body, sizeof body);
	return status;
}

/* ---- the session */

static enum status own_operator(const struct api_call *call,
                                const struct office_operator **ret_operator,
                                struct error *err)
{
	if (!call->has_session)
		return error_set(err, STATUS_NOT_FOUND, "there is no session here");
	*ret_operator = office_operator_find(call->api->office, call->who.name);
	return STATUS_OK;
}

enum status api_get_session(struct api_call *call, struct error *err)
{
	const struct office_operator *person = NULL;

	TRY(own_operator(call, &person, err));
	return reply_session(call->api, call->request->id, 200, person,
	                     call->session_created_s, NULL, err);
}

enum status api_post_session_end(struct api_call *call, struct error *err)
{
	const struct office_operator *person = NULL;

	TRY(own_operator(call, &person, err));
	TRY(office_session_end(call->api->office, &call->session, err));
	TRY(office_audit(call->api->office,
	                 &(struct office_act){.who = &call->who,
	                                      .what = "logout",
	                                      .subject = call->who.name},
	                 err));
	announce(call->api, call->who.name);
	desk_reply_with(call->desk,
	                &(struct desk_reply){.request = call->request->id,
	                                     .status = 200,
	                                     .type = "application/json",
	                                     .body = view_of_string("{\"ended\":true}"),
	                                     .session = ""});
	return STATUS_OK;
}

/* ---- the password */

struct change {
	uint64_t request;
	struct office_principal who;
	struct hash session;
	int64_t session_created_s;
	char hash[OPERATOR_HASH_MAX + 1];
	char new_password[PASSWORD_MAX + 1];
};

/* The one whose password it is, unless something was decided about it meanwhile. */
static enum status changing_operator(struct api *api, const struct change *change,
                                     const struct office_operator **ret_operator,
                                     struct error *err)
{
	const struct office_operator *person =
	    office_operator_find(api->office, change->who.name);

	if (person == NULL || person->is_disabled ||
	    strcmp(person->hash, change->hash) != 0)
		return error_set(err, STATUS_CONFLICT,
		                 "the password was changed meanwhile");
	*ret_operator = person;
	return STATUS_OK;
}

static enum status set_password(struct api *api, const struct change *change,
                                const char *hash, struct error *err)
{
	const struct office_operator *person = NULL;
	struct office_operator changed;

	TRY(changing_operator(api, change, &person, err));
	if (strlen(hash) == 0 || strlen(hash) > OPERATOR_HASH_MAX)
		return error_set(err, STATUS_BUG, "the password could not be hashed");
	changed = *person;
	changed.must_change = false;
	snprintf(changed.hash, sizeof changed.hash, "%s", hash);
	TRY(office_operator_put(api->office, &changed, err));
	TRY(office_sessions_end_of(api->office, changed.name, &change->session, err));
	TRY(office_audit(api->office,
	                 &(struct office_act){.who = &change->who,
	                                      .what = "password.change",
	                                      .subject = changed.name},
	                 err));
	return reply_session(api, change->request, 200, &changed,
	                     change->session_created_s, NULL, err);
}

static void new_password_hashed(struct api *api, void *context, bool is_good,
                                const char *hash, int64_t now_ms)
{
	struct change *change = context;
	struct error err = {0};
	enum status status = office_begin_turn(api->office, now_ms, &err);

	if (status == STATUS_OK)
		status = set_password(api, change, is_good ? hash : "", &err);
	if (status != STATUS_OK)
		api_reply_problem(api->desk, change->request, status,
		                  &(struct api_problem){0}, &err);
	crypto_wipe(change, sizeof *change);
}

static enum status hash_new_password(struct api *api, const struct change *change,
                                     struct error *err)
{
	struct throttle_keys keys = keys_of(change->who.name, change->who.remote);
	struct change *next = malloc(sizeof *next);
	char password[PASSWORD_MAX + 1];
	enum status status;

	if (next == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for a password");
	clear_tries(api, &keys);
	*next = *change;
	memcpy(password, change->new_password, sizeof password);
	crypto_wipe(next->new_password, sizeof next->new_password);
	status = passwords_hash(api, password, new_password_hashed, next, err);
	crypto_wipe(password, sizeof password);
	return status;
}

static enum status refuse_change(struct api *api, const struct change *change,
                                 struct api_problem *problem, struct error *err)
{
	TRY(note_refused(api, &change->who, "password.refused", change->who.name,
	                 "wrong password", err));
	problem->code = "wrong-password";
	return error_set(err, STATUS_UNTRUSTED,
	                 "the password used until now is not right");
}

static void old_password_checked(struct api *api, void *context, bool is_good,
                                 const char *hash, int64_t now_ms)
{
	struct change *change = context;
	struct api_problem problem = {0};
	struct error err = {0};
	enum status status = office_begin_turn(api->office, now_ms, &err);

	if (status == STATUS_OK)
		status = is_good ? hash_new_password(api, change, &err)
		                 : refuse_change(api, change, &problem, &err);
	if (status != STATUS_OK)
		api_reply_problem(api->desk, change->request, status, &problem, &err);
	crypto_wipe(change, sizeof *change);
}

static enum status check_old_password(struct api_call *call,
                                      const struct office_operator *person,
                                      const struct password_body *body, struct error *err)
{
	struct change *change = calloc(1, sizeof *change);

	if (change == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for a password");
	change->request = call->request->id;
	change->who = call->who;
	change->session = call->session;
	change->session_created_s = call->session_created_s;
	memcpy(change->hash, person->hash, sizeof change->hash);
	memcpy(change->new_password, body->new_password, sizeof change->new_password);
	return passwords_check(call->api, body->password, person->hash,
	                       old_password_checked, change, err);
}

static enum status take_password(struct api_call *call, const struct password_body *body,
                                 struct error *err)
{
	struct throttle_keys keys = keys_of(call->who.name, call->who.remote);
	const struct office_operator *person = NULL;
	const char *fault = password_fault(body->new_password, body->password);

	TRY(own_operator(call, &person, err));
	if (fault != NULL) {
		snprintf(call->fields, sizeof call->fields,
		         "[{\"field\":\"body.new_password\",\"why\":\"%s\"}]", fault);
		call->problem.fields = view_of_string(call->fields);
		return error_set(err, STATUS_MALFORMED, "the new password %s", fault);
	}
	TRY(check_throttle(call, "password.refused", call->who.name, err));
	TRY(check_old_password(call, person, body, err));
	count_try(call->api, &keys, call->now_ms);
	return STATUS_OK;
}

enum status api_post_session_password(struct api_call *call, struct error *err)
{
	struct password_body body = {.password = ""};
	enum status status =
	    password_body_parse(call->request->body, &call->api->doc, &body, err);

	if (status == STATUS_OK)
		status = take_password(call, &body, err);
	crypto_wipe(&body, sizeof body);
	return status;
}
