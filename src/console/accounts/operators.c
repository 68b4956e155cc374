/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of operators, adding and changing them, new passwords and secrets. A password
 * made here is shown once, in the answer, and must be changed at the first login.
 */
#include "office/operators.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base32.h"
#include "console/accounts/account_body.h"
#include "console/api_call.h"
#include "crypto/random.h"
#include "office/fields.h"
#include "office/sessions.h"

enum { LIST_MAX = 1 << 20, ANSWER_MAX = 8192, NOTE_MAX = 1024 };

enum status api_get_operators(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(LIST_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, parameters, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "operators");
	for (size_t i = 0; i < office_operator_count(call->api->office); i++)
		operator_write(&writer, NULL, office_operator_at(call->api->office, i));
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

/* ---- new password and secret */

struct issue {
	uint64_t request;
	struct office_principal who;
	bool is_new;
	struct office_operator person; /* as it is to be; is_new false: only its name */
	char password[ONE_TIME_LEN + 1];
	struct totp_secret secret;
};

static void write_issued(struct json_writer *writer, struct buf *out, struct api *api,
                         const struct issue *issue)
{
	const struct totp_secret *secret = &issue->secret;

	json_writer_object(writer, NULL);
	operator_write(writer, "operator", &issue->person);
	json_writer_string(writer, "password", issue->password);
	json_writer_raw(writer, "totp_secret", view_of_string("\""));
	base32_append(out, view_of(secret->bytes, secret->len));
	buf_append_byte(out, '"');
	json_writer_raw(writer, "otpauth", view_of_string("\""));
	totp_uri_append(out, secret, api_own_name(api), issue->person.name);
	buf_append_byte(out, '"');
	json_writer_end(writer);
}

static enum status reply_issued(struct api *api, const struct issue *issue,
                                struct error *err)
{
	struct buf out = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	enum status status;

	write_issued(&writer, &out, api, issue);
	status = api_reply_json(api->desk, issue->request, 201, &out, err);
	if (out.data != NULL)
		crypto_wipe(out.data, out.len);
	buf_release(&out);
	return status;
}

static enum status note(struct api *api, const struct office_principal *who,
                        const char *what, const char *name, struct view data,
                        struct error *err)
{
	return office_audit(
	    api->office,
	    &(struct office_act){.who = who, .what = what, .subject = name, .data = data},
	    err);
}

static enum status note_roles(struct api *api, const struct office_principal *who,
                              const char *what, const struct office_operator *person,
                              struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(NOTE_MAX);
	struct json_writer writer = json_writer_of(&data);

	json_writer_object(&writer, NULL);
	office_write_roles(&writer, "roles", person->roles);
	json_writer_end(&writer);
	return note(api, who, what, person->name, buf_view(&data), err);
}

/* What is there may have changed while the password was hashed. */
static enum status settle(struct api *api, struct issue *issue, struct error *err)
{
	const struct office_operator *held =
	    office_operator_find(api->office, issue->person.name);

	if (issue->is_new && held != NULL)
		return error_set(err, STATUS_CONFLICT, "there is an operator %s already",
		                 held->name);
	if (!issue->is_new) {
		if (held == NULL)
			return error_set(err, STATUS_NOT_FOUND,
			                 "there is no such operator");
		issue->person = *held;
	}
	return STATUS_OK;
}

static enum status take_issue(struct api *api, struct issue *issue, const char *hash,
                              struct error *err)
{
	struct office_operator *person = &issue->person;

	TRY(settle(api, issue, err));
	if (strlen(hash) == 0 || strlen(hash) > OPERATOR_HASH_MAX)
		return error_set(err, STATUS_BUG, "the password could not be hashed");
	snprintf(person->hash, sizeof person->hash, "%s", hash);
	person->secret = issue->secret;
	person->totp_step = 0;
	person->must_change = true;
	TRY(office_operator_put(api->office, person, err));
	TRY(office_sessions_end_of(api->office, person->name, NULL, err));
	TRY(note_roles(api, &issue->who,
	               issue->is_new ? "operator.add" : "operator.reset", person, err));
	return reply_issued(api, issue, err);
}

static void password_hashed(struct api *api, void *context, bool is_good,
                            const char *hash, int64_t now_ms)
{
	struct issue *issue = context;
	struct error err = {0};
	enum status status = office_begin_turn(api->office, now_ms, &err);

	if (status == STATUS_OK)
		status = take_issue(api, issue, is_good ? hash : "", &err);
	if (status != STATUS_OK)
		api_reply_problem(api->desk, issue->request, status,
		                  &(struct api_problem){0}, &err);
	crypto_wipe(issue, sizeof *issue);
}

static enum status issue_password(struct api_call *call,
                                  const struct office_operator *person, bool is_new,
                                  struct error *err)
{
	struct issue *issue = calloc(1, sizeof *issue);
	char password[ONE_TIME_LEN + 1];
	enum status status;

	if (issue == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for a password");
	issue->request = call->request->id;
	issue->who = call->who;
	issue->is_new = is_new;
	issue->person = *person;
	operator_one_time_password(password);
	memcpy(issue->password, password, sizeof issue->password);
	operator_new_secret(&issue->secret);
	status = passwords_hash(call->api, password, password_hashed, issue, err);
	crypto_wipe(password, sizeof password);
	return status;
}

enum status api_post_operators(struct api_call *call, struct error *err)
{
	struct office_operator person = {.created_s = call->now_ms / 1000};
	struct operator_body body;

	TRY(operator_body_parse(call->request->body, true, &call->api->doc, &body, err));
	if (office_operator_find(call->api->office, body.name) != NULL)
		return error_set(err, STATUS_CONFLICT, "there is an operator %s already",
		                 body.name);
	memcpy(person.name, body.name, sizeof person.name);
	memcpy(person.full_name, body.full_name, sizeof person.full_name);
	person.roles = body.roles;
	return issue_password(call, &person, true, err);
}

/* ---- one of them */

static enum status find(const struct api_call *call,
                        const struct office_operator **ret_operator, struct error *err)
{
	*ret_operator = office_operator_find(call->api->office, call->target.segments[2]);
	if (*ret_operator == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no such operator");
	return STATUS_OK;
}

enum status api_post_operator_reset(struct api_call *call, struct error *err)
{
	const struct office_operator *person = NULL;

	TRY(find(call, &person, err));
	return issue_password(call, person, false, err);
}

/* Nobody takes away the chair that one sits on. */
static enum status check_own(const struct api_call *call,
                             const struct office_operator *changed, struct error *err)
{
	if (call->who.door != OFFICE_DOOR_CONSOLE ||
	    strcmp(call->who.name, changed->name) != 0)
		return STATUS_OK;
	if (changed->is_disabled || (changed->roles & OFFICE_ADMINISTRATOR) == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "another administrator has to do that to you");
	return STATUS_OK;
}

static enum status note_change(struct api_call *call, const struct operator_body *body,
                               const char *name, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(NOTE_MAX);
	struct json_writer writer = json_writer_of(&data);

	json_writer_object(&writer, NULL);
	if (body->has_full_name)
		json_writer_string(&writer, "full_name", body->full_name);
	if (body->has_roles)
		office_write_roles(&writer, "roles", body->roles);
	if (body->has_disabled)
		json_writer_bool(&writer, "disabled", body->is_disabled);
	json_writer_end(&writer);
	return note(call->api, &call->who, "operator.change", name, buf_view(&data), err);
}

static void apply(struct office_operator *person, const struct operator_body *body)
{
	if (body->has_full_name)
		memcpy(person->full_name, body->full_name, sizeof person->full_name);
	if (body->has_roles)
		person->roles = body->roles;
	if (body->has_disabled)
		person->is_disabled = body->is_disabled;
}

enum status api_post_operator(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct office_operator *held = NULL;
	struct office_operator changed;
	struct operator_body body;

	TRY(find(call, &held, err));
	TRY(operator_body_parse(call->request->body, false, &call->api->doc, &body, err));
	changed = *held;
	apply(&changed, &body);
	TRY(check_own(call, &changed, err));
	TRY(office_operator_put(call->api->office, &changed, err));
	if (changed.is_disabled)
		TRY(office_sessions_end_of(call->api->office, changed.name, NULL, err));
	TRY(note_change(call, &body, changed.name, err));
	operator_write(&writer, NULL, &changed);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
