/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console's door: who gets in, who may do what, and that what was refused is in the
 * audit.
 */
#include "console/api_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "office/operators.h"
#include "office/rows.h"
#include "office/sessions.h"
#include "office/throttle.h"
#include "office/tokens.h"
#include "office/totp.h"

enum { HASHES_MAX = 8 };

/* A password that waits to be hashed or checked. */
struct hashing {
	uint64_t ticket;
	bool is_check;
	char password[300], hash[200];
};

struct person {
	const char *name;
	char password[64];
	struct totp_secret secret;
	char session[SESSION_TOKEN_LEN + 1];
};

struct fixture {
	struct world world;
	struct api *api;
	struct hashing hashing[HASHES_MAX];
	size_t hashing_count;
	uint64_t next_request;
	struct json_doc doc; /* of the last answer */
};

static struct desk *desk_of(struct fixture *f)
{
	return f->world.desks[0].desk;
}

/* Takes it like the worker thread: the result comes in a later turn. */
static enum status note_hashing(void *self, uint64_t ticket, bool is_check,
                                const char *password, const char *hash, struct error *err)
{
	struct fixture *f = self;
	struct hashing *hashing;

	if (f->hashing_count == HASHES_MAX)
		return error_set(err, STATUS_AGAIN, "too many passwords wait");
	hashing = &f->hashing[f->hashing_count++];
	hashing->ticket = ticket;
	hashing->is_check = is_check;
	snprintf(hashing->password, sizeof hashing->password, "%s", password);
	snprintf(hashing->hash, sizeof hashing->hash, "%s", hash);
	return STATUS_OK;
}

static void open_api(struct fixture *f)
{
	const struct api_host host = {
	    .version = "1.2.3", .hash_password = note_hashing, .self = f};

	assert_int_equal(api_new(desk_of(f), &host, &f->api, NULL), STATUS_OK);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	world_init(&f->world, 2, NULL);
	open_api(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	api_free(f->api);
	json_release(&f->doc);
	world_release(&f->world);
	free(f);
	return 0;
}

static void scan_answer(struct fixture *f)
{
	f->doc.count = 0;
	if (strstr(f->world.reply.type, "json") != NULL &&
	    strstr(f->world.reply.type, "ndjson") == NULL && f->world.reply.status != 0)
		assert_int_equal(json_scan(&f->doc, buf_view(&f->world.reply.body),
		                           JSON_TOKENS_MAX, NULL),
		                 STATUS_OK);
}

static int take(struct fixture *f, struct desk_request *request)
{
	request->id = ++f->next_request;
	f->world.reply.status = 0;
	desk_turn_begin(desk_of(f), f->world.now_ms);
	api_take_request(f->api, request, f->world.now_ms);
	api_serve_waiting(f->api, f->world.now_ms);
	assert_int_equal(desk_turn_end(desk_of(f), NULL), STATUS_OK);
	scan_answer(f);
	return f->world.reply.status;
}

/* The oldest password is through; returns the status of the answer this led to, 0: none.
 */
static int hash_one(struct fixture *f)
{
	struct hashing hashing = f->hashing[0];
	char hash[400];
	bool is_good;

	assert_true(f->hashing_count > 0);
	memmove(f->hashing, f->hashing + 1, --f->hashing_count * sizeof hashing);
	snprintf(hash, sizeof hash, "fake$%.100s", hashing.password);
	is_good = !hashing.is_check || strcmp(hash, hashing.hash) == 0;
	f->world.reply.status = 0;
	desk_turn_begin(desk_of(f), f->world.now_ms);
	api_take_password(f->api, hashing.ticket, is_good, hashing.is_check ? "" : hash,
	                  f->world.now_ms);
	api_serve_waiting(f->api, f->world.now_ms);
	assert_int_equal(desk_turn_end(desk_of(f), NULL), STATUS_OK);
	scan_answer(f);
	return f->world.reply.status;
}

/* Until there is an answer. */
static int settle(struct fixture *f, int status)
{
	while (status == 0 && f->hashing_count > 0)
		status = hash_one(f);
	return status;
}

static int ask(struct fixture *f, enum desk_method method, const char *path)
{
	return take(f, &(struct desk_request){.method = method,
	                                      .is_console = true,
	                                      .remote = view_of_string("192.0.2.9"),
	                                      .path = view_of_string(path),
	                                      .body = view_of_string("{}")});
}

/* At the local socket. */
static int local(struct fixture *f, enum desk_method method, const char *path,
                 const char *body)
{
	return settle(f, take(f, &(struct desk_request){.method = method,
	                                                .path = view_of_string(path),
	                                                .body = view_of_string(body)}));
}

static int as(struct fixture *f, const struct person *person, enum desk_method method,
              const char *path, const char *body)
{
	return settle(
	    f, take(f, &(struct desk_request){.method = method,
	                                      .is_console = true,
	                                      .session = view_of_string(person->session),
	                                      .remote = view_of_string("192.0.2.9"),
	                                      .path = view_of_string(path),
	                                      .body = view_of_string(body)}));
}

static int with_token(struct fixture *f, const char *token, enum desk_method method,
                      const char *path)
{
	return take(f, &(struct desk_request){.method = method,
	                                      .is_console = true,
	                                      .bearer = view_of_string(token),
	                                      .path = view_of_string(path),
	                                      .body = view_of_string("{}")});
}

static void answer_text(const struct fixture *f, const char *name, char *ret_text,
                        size_t cap)
{
	const struct json_token *value = json_member(&f->doc, json_root(&f->doc), name);

	assert_non_null(value);
	assert_true(json_string_copy(&f->doc, value, ret_text, cap));
}

static bool answer_has(const struct fixture *f, const char *text)
{
	return view_find(buf_view(&f->world.reply.body), view_of_string(text)) !=
	       SIZE_MAX;
}

/* Does one of the newest rows hold all these texts (second may be NULL)? */
static bool is_noted(const struct fixture *f, const char *first, const char *second)
{
	uint64_t count = office_audit_head(f->api->office).count;
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);

	for (uint64_t i = count; i-- > 0;) {
		assert_int_equal(office_audit_line(f->api->office, i, &line, NULL),
		                 STATUS_OK);
		if (view_find(buf_view(&line), view_of_string(first)) != SIZE_MAX &&
		    (second == NULL ||
		     view_find(buf_view(&line), view_of_string(second)) != SIZE_MAX))
			return true;
	}
	return false;
}

/* ---- people */

static void take_issued(struct fixture *f, struct person *person)
{
	char secret[200];

	answer_text(f, "password", person->password, sizeof person->password);
	answer_text(f, "totp_secret", secret, sizeof secret);
	assert_int_equal(totp_secret_parse(view_of_string(secret), &person->secret, NULL),
	                 STATUS_OK);
}

static struct person add(struct fixture *f, const char *name, const char *roles)
{
	struct person person = {.name = name};
	char body[200];

	snprintf(body, sizeof body, "{\"name\":\"%s\",\"roles\":[%s]}", name, roles);
	assert_int_equal(local(f, DESK_POST, "/api/operators", body), 201);
	take_issued(f, &person);
	return person;
}

static int try_login_from(struct fixture *f, const char *name, const char *password,
                          const char *code, const char *remote)
{
	char body[500];

	snprintf(body, sizeof body,
	         "{\"name\":\"%s\",\"password\":\"%s\",\"code\":\"%s\"}", name, password,
	         code);
	return settle(
	    f, take(f, &(struct desk_request){.method = DESK_POST,
	                                      .is_console = true,
	                                      .remote = view_of_string(remote),
	                                      .path = view_of_string("/api/session"),
	                                      .body = view_of_string(body)}));
}

static int try_login(struct fixture *f, const char *name, const char *password,
                     const char *code)
{
	return try_login_from(f, name, password, code, "192.0.2.9");
}

/* With a code that was not used yet: time goes on a step. */
static int login(struct fixture *f, struct person *person)
{
	char code[TOTP_DIGITS + 1];
	int status;

	f->world.now_ms += TOTP_STEP_S * 1000;
	totp_code(&person->secret, f->world.now_ms / 1000, code);
	status = try_login(f, person->name, person->password, code);
	if (status == 201)
		snprintf(person->session, sizeof person->session, "%.64s",
		         f->world.reply.session);
	return status;
}

static int change_password(struct fixture *f, struct person *person, const char *password)
{
	char body[300];
	int status;

	snprintf(body, sizeof body, "{\"password\":\"%s\",\"new_password\":\"%s\"}",
	         person->password, password);
	status = as(f, person, DESK_POST, "/api/session/password", body);
	if (status == 200)
		snprintf(person->password, sizeof person->password, "%s", password);
	return status;
}

/* Added, logged in, with a password of one's own. */
static struct person settle_in(struct fixture *f, const char *name, const char *roles)
{
	struct person person = add(f, name, roles);

	assert_int_equal(login(f, &person), 201);
	assert_int_equal(change_password(f, &person, "correct horse battery"), 200);
	return person;
}

/* ---- without a login */

static void nobody_sees_anything_without_a_login(void **state)
{
	static const char *const paths[] = {"/api/status", "/api/channels", "/log/x",
	                                    "/api/events"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(f, DESK_GET, paths[i]), 401);
		assert_true(answer_has(f, "\"code\":\"login-required\""));
		assert_true(is_noted(f, "\"what\":\"refused\"", paths[i]));
	}
	assert_int_equal(ask(f, DESK_POST, "/api/check"), 401);
	assert_int_equal(ask(f, DESK_POST, "/api/backup"), 401);
}

static void what_does_not_exist_is_noted(void **state)
{
	static const char *const paths[] = {
	    "/api/nothing", "/api/../store.db", "//api",      "/api/%2e%2e/x",
	    "/api/\\..\\x", "/api/status/%00",  "/x?secret=1"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_int_equal(ask(f, DESK_GET, paths[i]), 404);
	assert_true(is_noted(f, "\"what\":\"unknown\"", "/api/nothing"));
	assert_true(is_noted(f, "\"what\":\"unknown\"", "/api/../store.db"));
	assert_true(is_noted(f, "\"from\":\"192.0.2.9\"", NULL));
	assert_false(is_noted(f, "secret=1", NULL));
}

static void the_local_socket_has_all_rights(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    take(f, &(struct desk_request){.method = DESK_POST,
	                                   .path = view_of_string("/api/check")}),
	    200);
	assert_true(is_noted(f, "\"who\":\"local\",\"door\":\"local\"",
	                     "\"what\":\"store.check\""));
	assert_int_equal(
	    take(f, &(struct desk_request){.path = view_of_string("/api/nothing")}), 404);
	assert_false(is_noted(f, "/api/nothing", NULL));
}

/* ---- logging in */

static void one_time_password_code_and_then_an_own_password(void **state)
{
	struct fixture *f = *state;
	struct person ada = add(f, "ada", "\"administrator\"");

	assert_true(is_noted(f, "\"what\":\"operator.add\"", "\"subject\":\"ada\""));
	assert_int_equal(login(f, &ada), 201);
	assert_int_equal(strlen(ada.session), SESSION_TOKEN_LEN);
	assert_true(answer_has(f, "\"must_change\":true"));
	assert_int_equal(as(f, &ada, DESK_GET, "/api/session", ""), 200);
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 403);
	assert_true(answer_has(f, "password-change-required"));
	assert_int_equal(change_password(f, &ada, "too short"), 400);
	assert_true(answer_has(f, "\"field\":\"body.new_password\""));
	assert_int_equal(change_password(f, &ada, ada.password), 400);
	assert_int_equal(change_password(f, &ada, "aaaaaaaaaaaaaaa"), 400);
	assert_int_equal(change_password(f, &ada, "correct horse battery"), 200);
	assert_true(answer_has(f, "\"must_change\":false"));
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
	assert_int_equal(login(f, &ada), 201);
	assert_true(answer_has(f, "\"must_change\":false"));
	assert_true(is_noted(f, "\"what\":\"login\"", "\"who\":\"ada\""));
	assert_true(is_noted(f, "\"what\":\"password.change\"", NULL));
}

static void causes_of_a_refusal_are_told_to_the_audit_only(void **state)
{
	static const char words[] = "the name, the password or the code is not right";
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	char code[TOTP_DIGITS + 1];

	totp_code(&ada.secret, f->world.now_ms / 1000, code); /* of the login before */
	assert_int_equal(try_login(f, "ada", ada.password, code), 401);
	assert_true(answer_has(f, words));
	assert_true(is_noted(f, "used before", "\"subject\":\"ada\""));
	f->world.now_ms += TOTP_STEP_S * 1000;
	totp_code(&ada.secret, f->world.now_ms / 1000, code);
	assert_int_equal(try_login(f, "ada", "wrong password", code), 401);
	assert_true(answer_has(f, words));
	assert_true(is_noted(f, "\"why\":\"wrong password\"", "login.refused"));
	assert_int_equal(try_login(f, "s3cret-pw", "whatever", code), 401);
	assert_true(answer_has(f, words));
	assert_true(is_noted(f, "\"why\":\"unknown name\"", "\"subject\":\"\""));
	assert_false(is_noted(f, "s3cret-pw", NULL));
	code[0] = code[0] == '0' ? '1' : '0';
	assert_int_equal(try_login(f, "ada", ada.password, code), 401);
	assert_true(answer_has(f, words));
	assert_true(is_noted(f, "\"why\":\"wrong code\"", NULL));
	assert_false(is_noted(f, ada.password, NULL));
}

static void malformed_logins_are_refused(void **state)
{
	static const char *const bodies[] = {
	    "",
	    "{}",
	    "[]",
	    "{\"name\":\"ada\",\"password\":\"x\"}",
	    "{\"name\":\"ada\",\"password\":\"x\",\"code\":123456}",
	    "{\"name\":\"ada\",\"password\":\"x\",\"code\":\"1\",\"more\":1}",
	    "{\"name\":\"ada\",\"password\":\"\",\"code\":\"123456\"}",
	    "{\"name\":\"ada\",\"password\":\"x\",\"code\":\"1234567890123456\"}",
	};
	struct fixture *f = *state;
	char large[2000];

	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		assert_int_equal(
		    take(f, &(struct desk_request){.method = DESK_POST,
		                                   .is_console = true,
		                                   .path = view_of_string("/api/session"),
		                                   .body = view_of_string(bodies[i])}),
		    400);
	memset(large, 'x', sizeof large);
	large[300] = '\0';
	assert_int_equal(try_login(f, "ada", large, "123456"), 400);
	assert_int_equal(f->hashing_count, 0);
}

static void others_are_answered_while_a_password_is_checked(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	struct desk_request request = {
	    .method = DESK_POST,
	    .is_console = true,
	    .path = view_of_string("/api/session"),
	    .body = view_of_string(
	        "{\"name\":\"bob\",\"password\":\"x\",\"code\":\"123456\"}")};

	assert_int_equal(take(f, &request), 0);
	assert_int_equal(f->hashing_count, 1); /* also of somebody unknown */
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
	assert_int_equal(f->hashing_count, 1);
	assert_int_equal(hash_one(f), 401);
}

static void too_many_logins_at_once_are_told_to_come_back(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	struct desk_request request = {
	    .method = DESK_POST,
	    .is_console = true,
	    .path = view_of_string("/api/session"),
	    .body = view_of_string(
	        "{\"name\":\"bob\",\"password\":\"x\",\"code\":\"123456\"}")};
	char from[20];

	for (int i = 0; i < HASHES_MAX; i++) {
		snprintf(from, sizeof from, "192.0.2.%d", i);
		request.remote = view_of_string(from);
		assert_int_equal(take(f, &request), 0);
	}
	assert_int_equal(take(f, &request), 503);
	assert_int_equal(f->hashing_count, HASHES_MAX);
	while (f->hashing_count > 0)
		assert_int_equal(hash_one(f), 401);
	assert_int_equal(login(f, &ada), 201);
}

static void a_reset_while_a_password_is_checked_wins(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	struct hashing checked;
	char body[300], code[TOTP_DIGITS + 1];

	f->world.now_ms += TOTP_STEP_S * 1000;
	totp_code(&ada.secret, f->world.now_ms / 1000, code);
	snprintf(body, sizeof body,
	         "{\"name\":\"ada\",\"password\":\"%s\",\"code\":\"%s\"}", ada.password,
	         code);
	assert_int_equal(
	    take(f, &(struct desk_request){.method = DESK_POST,
	                                   .is_console = true,
	                                   .path = view_of_string("/api/session"),
	                                   .body = view_of_string(body)}),
	    0);
	checked = f->hashing[0];
	f->hashing_count = 0;
	assert_int_equal(local(f, DESK_POST, "/api/operators/ada/reset", ""), 201);
	f->hashing[0] = checked;
	f->hashing_count = 1;
	assert_int_equal(hash_one(f), 401);
	assert_true(is_noted(f, "the password was changed meanwhile", NULL));
}

static void guessing_gets_slower(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");

	for (int i = 0; i < THROTTLE_FREE_FROM; i++)
		assert_int_equal(try_login(f, "ada", "guess", "123456"), 401);
	assert_int_equal(try_login(f, "ada", "guess", "123456"), 429);
	assert_int_equal(f->world.reply.retry_after_s, 1);
	assert_int_equal(f->hashing_count, 0);
	assert_int_equal(try_login(f, "bob", "guess", "123456"), 429);
	/* others are not kept out */
	assert_int_equal(try_login_from(f, "ada", "guess", "1", "192.0.2.77"), 401);
	assert_true(is_noted(f, "too many tries", "\"subject\":\"ada\""));
	f->world.now_ms += 1000;
	assert_int_equal(try_login(f, "ada", "guess", "123456"), 401);
	assert_int_equal(try_login(f, "ada", "guess", "123456"), 429);
	assert_int_equal(f->world.reply.retry_after_s, 2);
	assert_int_equal(login(f, &ada), 201); /* half a minute later */
	assert_int_equal(try_login(f, "ada", "guess", "123456"), 401);
}

static void guessing_a_name_from_everywhere_gets_slower_too(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	char from[40];

	for (int i = 0; i < THROTTLE_FREE_NAME; i++) {
		snprintf(from, sizeof from, "192.0.2.%d", i);
		assert_int_equal(try_login_from(f, "ada", "guess", "123456", from), 401);
	}
	assert_int_equal(try_login_from(f, "ada", "guess", "1", "198.51.100.1"), 429);
	assert_int_equal(login(f, &ada), 201); /* half a minute later */
}

/* ---- sessions */

static void forged_cookies_are_refused_and_noted(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	struct person forger = ada;

	forger.session[10] = forger.session[10] == 'a' ? 'b' : 'a';
	assert_int_equal(as(f, &forger, DESK_GET, "/api/status", ""), 401);
	assert_true(is_noted(f, "\"what\":\"refused\"", "never was one like it"));
	forger.session[10] = '\0';
	assert_int_equal(as(f, &forger, DESK_GET, "/api/status", ""), 401);
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
}

static void a_session_ends(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");

	assert_int_equal(as(f, &ada, DESK_POST, "/api/session/end", "{}"), 200);
	assert_true(f->world.reply.has_session);
	assert_string_equal(f->world.reply.session, "");
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 401);
	assert_true(is_noted(f, "\"what\":\"logout\"", "\"who\":\"ada\""));
	/* unused */
	assert_int_equal(login(f, &ada), 201);
	f->world.now_ms += (SESSION_IDLE_S - 1) * 1000;
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
	f->world.now_ms += SESSION_IDLE_S * 1000;
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 401);
	/* after half a day, however busy */
	assert_int_equal(login(f, &ada), 201);
	for (int i = 0; i < 12 * 2 - 1; i++) {
		f->world.now_ms += 1800 * 1000;
		assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
	}
	f->world.now_ms += 1800 * 1000;
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 401);
}

static void restart(struct fixture *f)
{
	api_free(f->api);
	world_crash(&f->world, 0);
	open_api(f);
}

static void sessions_and_people_outlive_a_crash(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	char token[TOKEN_LEN + 1];

	assert_int_equal(local(f, DESK_POST, "/api/tokens",
	                       "{\"name\":\"feed\",\"scopes\":[\"read\"]}"),
	                 201);
	answer_text(f, "token", token, sizeof token);
	restart(f);
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
	assert_int_equal(with_token(f, token, DESK_GET, "/api/status"), 200);
	f->world.now_ms += (int64_t)SESSION_IDLE_S * 1000;
	restart(f);
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 401);
	assert_int_equal(login(f, &ada), 201);
}

static void an_own_new_password_ends_the_other_sessions(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\""), other = ada;

	assert_int_equal(login(f, &ada), 201);
	assert_int_equal(as(f, &other, DESK_GET, "/api/status", ""), 200);
	assert_int_equal(change_password(f, &ada, "another long password"), 200);
	assert_int_equal(as(f, &other, DESK_GET, "/api/status", ""), 401);
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
	snprintf(other.session, sizeof other.session, "%s", ada.session);
	assert_int_equal(change_password(f, &other, "a third long password"), 403);
	assert_true(is_noted(f, "password.refused", "\"subject\":\"ada\""));
}

static void too_many_sessions_push_the_oldest_out(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\""), first = ada;

	for (int i = 0; i < SESSIONS_OF_ONE_MAX; i++)
		assert_int_equal(login(f, &ada), 201);
	assert_int_equal(as(f, &first, DESK_GET, "/api/status", ""), 401);
	assert_int_equal(as(f, &ada, DESK_GET, "/api/status", ""), 200);
}

/* ---- rights */

static void roles_bound_what_one_may_do(void **state)
{
	static const struct {
		enum desk_method method;
		const char *path;
		bool may_watch, may_officer, may_administrator, may_auditor;
	} cases[] = {
	    {DESK_GET, "/api/status", true, true, true, true},
	    {DESK_GET, "/api/operators", true, true, true, true},
	    {DESK_POST, "/api/channels/0/messages", true, true, false, false},
	    {DESK_POST, "/api/channels/0/attachments", true, true, false, false},
	    {DESK_POST, "/api/operators", false, false, true, false},
	    {DESK_POST, "/api/operators/watch", false, false, true, false},
	    {DESK_POST, "/api/operators/nobody/reset", false, false, true, false},
	    {DESK_GET, "/api/tokens", false, false, true, false},
	    {DESK_POST, "/api/tokens", false, false, true, false},
	    {DESK_GET, "/api/audit", false, false, true, true},
	    {DESK_GET, "/api/audit/export", false, false, true, true},
	    {DESK_POST, "/api/audit/verify", false, false, true, true},
	    {DESK_POST, "/api/cards", false, false, true, false},
	    {DESK_POST, "/api/recover", false, false, true, false},
	    {DESK_POST, "/api/backup", false, false, false, false},
	};
	struct fixture *f = *state;
	const struct person people[] = {
	    settle_in(f, "watch", "\"watch\""),
	    settle_in(f, "officer", "\"officer\""),
	    settle_in(f, "admin", "\"administrator\""),
	    settle_in(f, "auditor", "\"auditor\""),
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const bool may[] = {cases[i].may_watch, cases[i].may_officer,
		                    cases[i].may_administrator, cases[i].may_auditor};

		for (size_t p = 0; p < 4; p++) {
			int status = as(f, &people[p], cases[i].method, cases[i].path,
			                cases[i].method == DESK_POST ? "{}" : "");
			bool is_refused =
			    status == 403 && answer_has(f, "\"code\":\"not-allowed\"");

			if (is_refused == may[p])
				fail_msg("%s on %s: %d", people[p].name, cases[i].path,
				         status);
		}
	}
	assert_true(is_noted(f, "\"who\":\"auditor\"", "\"path\":\"/api/recover\""));
}

static void another_sites_page_can_do_nothing(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"administrator\"");
	struct desk_request request = {.method = DESK_POST,
	                               .is_console = true,
	                               .is_cross_site = true,
	                               .session = view_of_string(ada.session),
	                               .path = view_of_string("/api/check"),
	                               .body = view_of_string("{}")};

	assert_int_equal(take(f, &request), 403);
	assert_true(answer_has(f, "\"code\":\"cross-site\""));
	assert_true(is_noted(f, "another site", "\"who\":\"ada\""));
	request.path = view_of_string("/api/session");
	assert_int_equal(take(f, &request), 403);
}

/* ---- operators */

static void nobody_passes_for_the_desk_itself(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = {"local", "desk"};
	char body[100];

	for (size_t i = 0; i < 2; i++) {
		snprintf(body, sizeof body, "{\"name\":\"%s\",\"roles\":[\"watch\"]}",
		         names[i]);
		assert_int_equal(local(f, DESK_POST, "/api/operators", body), 400);
		assert_true(answer_has(f, "the desk itself"));
	}
	assert_int_equal(office_operator_count(f->api->office), 0);
}

static void who_is_disabled_is_out_at_once(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"administrator\"");
	struct person bob = settle_in(f, "bob", "\"watch\"");

	assert_int_equal(
	    as(f, &ada, DESK_POST, "/api/operators/bob", "{\"disabled\":true}"), 200);
	assert_int_equal(as(f, &bob, DESK_GET, "/api/status", ""), 401);
	assert_int_equal(login(f, &bob), 401);
	assert_true(is_noted(f, "\"why\":\"disabled\"", "\"subject\":\"bob\""));
	assert_int_equal(
	    as(f, &ada, DESK_POST, "/api/operators/bob", "{\"disabled\":false}"), 200);
	assert_int_equal(as(f, &bob, DESK_GET, "/api/status", ""), 401);
	assert_int_equal(login(f, &bob), 201);
	/* roles count from the next request on */
	assert_int_equal(as(f, &bob, DESK_GET, "/api/audit", ""), 403);
	assert_int_equal(as(f, &ada, DESK_POST, "/api/operators/bob",
	                    "{\"roles\":[\"auditor\"],\"full_name\":\"Bob B.\"}"),
	                 200);
	assert_int_equal(as(f, &bob, DESK_GET, "/api/audit", ""), 200);
	assert_true(is_noted(f, "\"what\":\"operator.change\"", "Bob B."));
}

static void a_reset_gives_a_new_password_and_secret(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"administrator\"");
	struct person bob = settle_in(f, "bob", "\"watch\""), old = bob;

	assert_int_equal(as(f, &ada, DESK_POST, "/api/operators/bob/reset", "{}"), 201);
	take_issued(f, &bob);
	assert_int_equal(as(f, &old, DESK_GET, "/api/status", ""), 401);
	assert_int_equal(login(f, &old), 401);
	assert_int_equal(login(f, &bob), 201);
	assert_true(answer_has(f, "\"must_change\":true"));
	assert_false(is_noted(f, bob.password, NULL));
}

static void nobody_locks_oneself_out(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"administrator\"");

	assert_int_equal(
	    as(f, &ada, DESK_POST, "/api/operators/ada", "{\"disabled\":true}"), 409);
	assert_int_equal(
	    as(f, &ada, DESK_POST, "/api/operators/ada", "{\"roles\":[\"watch\"]}"), 409);
	assert_int_equal(
	    local(f, DESK_POST, "/api/operators/ada", "{\"roles\":[\"watch\"]}"), 200);
}

static void what_is_no_operator_is_refused(void **state)
{
	static const char *const bodies[] = {
	    "{}",
	    "{\"name\":\"ada\"}",
	    "{\"name\":\"Ada\",\"roles\":[\"watch\"]}",
	    "{\"name\":\"a da\",\"roles\":[\"watch\"]}",
	    "{\"name\":\"\",\"roles\":[\"watch\"]}",
	    "{\"name\":\"a23456789012345678901234567890123\",\"roles\":[\"watch\"]}",
	    "{\"name\":\"ada\",\"roles\":[]}",
	    "{\"name\":\"ada\",\"roles\":[\"king\"]}",
	    "{\"name\":\"ada\",\"roles\":[\"watch\",\"watch\"]}",
	    "{\"name\":\"ada\",\"roles\":[\"watch\"],\"disabled\":true}",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		assert_int_equal(local(f, DESK_POST, "/api/operators", bodies[i]), 400);
	(void)add(f, "ada", "\"watch\"");
	assert_int_equal(local(f, DESK_POST, "/api/operators",
	                       "{\"name\":\"ada\",\"roles\":[\"watch\"]}"),
	                 409);
	assert_int_equal(local(f, DESK_POST, "/api/operators/eve", "{}"), 404);
	assert_int_equal(local(f, DESK_GET, "/api/operators", ""), 200);
	assert_false(answer_has(f, "hash"));
	assert_false(answer_has(f, "secret"));
}

/* ---- tokens */

static void tokens_do_what_their_scopes_say(void **state)
{
	struct fixture *f = *state;
	char reader[TOKEN_LEN + 1], sender[TOKEN_LEN + 1], id[TOKEN_ID_LEN + 1],
	    path[100];

	assert_int_equal(local(f, DESK_POST, "/api/tokens",
	                       "{\"name\":\"siem\",\"scopes\":[\"read\"],"
	                       "\"until\":\"2099-01-01T00:00:00Z\"}"),
	                 201);
	answer_text(f, "token", reader, sizeof reader);
	answer_text(f, "id", id, sizeof id);
	assert_int_equal(local(f, DESK_POST, "/api/tokens",
	                       "{\"name\":\"bot\",\"scopes\":[\"send\"]}"),
	                 201);
	answer_text(f, "token", sender, sizeof sender);
	assert_int_equal(with_token(f, reader, DESK_GET, "/api/status"), 200);
	assert_int_equal(with_token(f, reader, DESK_POST, "/api/channels/0/messages"),
	                 403);
	assert_true(is_noted(f, "\"door\":\"token\"", id));
	assert_int_equal(with_token(f, reader, DESK_GET, "/api/operators"), 403);
	assert_int_equal(with_token(f, reader, DESK_GET, "/api/session"), 403);
	assert_int_equal(with_token(f, reader, DESK_GET, "/api/audit"), 403);
	assert_int_equal(with_token(f, sender, DESK_GET, "/api/status"), 403);
	assert_int_not_equal(with_token(f, sender, DESK_POST, "/api/channels/0/messages"),
	                     403);
	assert_int_equal(local(f, DESK_GET, "/api/tokens", ""), 200);
	assert_true(answer_has(f, "\"name\":\"siem\""));
	assert_false(answer_has(f, reader));
	snprintf(path, sizeof path, "/api/tokens/%s/revoke", id);
	assert_int_equal(local(f, DESK_POST, path, ""), 200);
	assert_int_equal(local(f, DESK_POST, path, ""), 409);
	assert_int_equal(with_token(f, reader, DESK_GET, "/api/status"), 401);
	assert_int_equal(with_token(f, "aldis_00000000_00", DESK_GET, "/api/status"),
	                 401);
	assert_true(is_noted(f, "the token is unknown, revoked or over", NULL));
	assert_false(is_noted(f, reader, NULL));
}

static void a_token_ends_at_its_time(void **state)
{
	struct fixture *f = *state;
	char token[TOKEN_LEN + 1], body[200], until[TIME_TEXT_LEN + 1];

	time_text_encode(f->world.now_ms / 1000 + 60, until);
	snprintf(body, sizeof body,
	         "{\"name\":\"x\",\"scopes\":[\"read\"],\"until\":\"%s\"}", until);
	assert_int_equal(local(f, DESK_POST, "/api/tokens", body), 201);
	answer_text(f, "token", token, sizeof token);
	assert_int_equal(with_token(f, token, DESK_GET, "/api/status"), 200);
	f->world.now_ms += 60000;
	assert_int_equal(with_token(f, token, DESK_GET, "/api/status"), 401);
	assert_int_equal(local(f, DESK_POST, "/api/tokens", body), 400);
}

/* ---- the audit */

static void the_audit_is_read_in_pages_and_searched(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"auditor\"");
	char next[24], path[100];
	size_t pages = 0;

	for (int i = 0; i < 25; i++)
		assert_int_equal(local(f, DESK_POST, "/api/check", ""), 200);
	snprintf(path, sizeof path, "/api/audit?limit=10");
	for (;; pages++) {
		assert_int_equal(as(f, &ada, DESK_GET, path, ""), 200);
		if (json_member(&f->doc, json_root(&f->doc), "next") == NULL)
			break;
		answer_text(f, "next", next, sizeof next);
		snprintf(path, sizeof path, "/api/audit?limit=10&cursor=%s", next);
	}
	assert_int_equal(pages, 2); /* 25 and four of settling in */
	assert_int_equal(as(f, &ada, DESK_GET, "/api/audit?what=operator.", ""), 200);
	assert_true(answer_has(f, "\"what\":\"operator.add\""));
	assert_false(answer_has(f, "store.check"));
	assert_int_equal(as(f, &ada, DESK_GET, "/api/audit?who=ada&what=login", ""), 200);
	assert_true(answer_has(f, "\"what\":\"login\""));
	assert_false(answer_has(f, "\"who\":\"local\""));
	assert_int_equal(as(f, &ada, DESK_GET, "/api/audit?q=PASSWORD.CHANGE", ""), 200);
	assert_true(answer_has(f, "\"what\":\"password.change\""));
	assert_int_equal(
	    as(f, &ada, DESK_GET, "/api/audit?until=2001-01-01T00:00:00Z", ""), 200);
	assert_true(answer_has(f, "\"entries\":[]"));
	assert_int_equal(as(f, &ada, DESK_GET, "/api/audit?since=yesterday", ""), 400);
	assert_int_equal(as(f, &ada, DESK_GET, "/api/audit?limit=5000", ""), 400);
}

static void sending_is_noted_with_the_message_and_its_channel(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"watch\"");
	struct desk_channel_info info;
	char path[200], channel[100];

	desk_channel(desk_of(f), 0, &info);
	snprintf(path, sizeof path, "/api/channels/%.8s/messages", info.id_hex);
	snprintf(channel, sizeof channel, "\"channel\":\"%s\"", info.id_hex);
	assert_int_equal(
	    take(f,
	         &(struct desk_request){
	             .method = DESK_POST,
	             .is_console = true,
	             .type = view_of_string("application/json"),
	             .session = view_of_string(ada.session),
	             .path = view_of_string(path),
	             .body = view_of_string("{\"kind\":\"text\",\"body\":{"
	                                    "\"language\":\"en\",\"text\":\"Hush\"}}")}),
	    201);
	assert_true(is_noted(f, "\"what\":\"message.send\",\"subject\":\"north.example#",
	                     channel));
	assert_false(is_noted(f, "Hush", NULL));
}

static void an_export_verifies_by_itself_and_is_noted(void **state)
{
	struct fixture *f = *state;
	struct person ada = settle_in(f, "ada", "\"auditor\"");
	struct audit_chain chain = {0};
	struct view rest, line;

	assert_int_equal(as(f, &ada, DESK_GET, "/api/audit/export", ""), 200);
	assert_string_equal(f->world.reply.file_name, "audit.ndjson");
	rest = buf_view(&f->world.reply.body);
	while (view_take_line(&rest, &line))
		assert_int_equal(audit_chain_take(&chain, line, NULL), STATUS_OK);
	assert_int_equal(rest.len, 0);
	assert_true(chain.next >= 3);
	json_release(&chain.doc);
	assert_true(is_noted(f, "\"what\":\"export.audit\"", "\"who\":\"ada\""));
}

/* Turns until the chain was followed. */
static int verify(struct fixture *f)
{
	int status = local(f, DESK_POST, "/api/audit/verify", "");

	for (int i = 0; i < 20 && status == 0; i++) {
		assert_true(api_is_due(f->api));
		desk_turn_begin(desk_of(f), f->world.now_ms);
		api_serve_waiting(f->api, f->world.now_ms);
		assert_int_equal(desk_turn_end(desk_of(f), NULL), STATUS_OK);
		status = f->world.reply.status;
	}
	assert_false(api_is_due(f->api));
	return status;
}

static void the_chain_is_followed_in_slices_and_damage_found(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 500; i++)
		assert_int_equal(local(f, DESK_POST, "/api/check", ""), 200);
	assert_int_equal(verify(f), 200);
	assert_true(answer_has(f, "\"ok\":true,\"count\":501"));
	assert_int_equal(office_put(f->api->office, "office/audit/0000000000000100",
	                            view_of_string("{}"), NULL),
	                 STATUS_OK);
	assert_int_equal(verify(f), 200);
	assert_true(answer_has(f, "\"ok\":false"));
	assert_true(answer_has(f, "row 256 of the audit"));
}

int main(void)
{
#define WITH_API(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
	    WITH_API(nobody_sees_anything_without_a_login),
	    WITH_API(what_does_not_exist_is_noted),
	    WITH_API(the_local_socket_has_all_rights),
	    WITH_API(one_time_password_code_and_then_an_own_password),
	    WITH_API(causes_of_a_refusal_are_told_to_the_audit_only),
	    WITH_API(malformed_logins_are_refused),
	    WITH_API(others_are_answered_while_a_password_is_checked),
	    WITH_API(too_many_logins_at_once_are_told_to_come_back),
	    WITH_API(a_reset_while_a_password_is_checked_wins),
	    WITH_API(guessing_gets_slower),
	    WITH_API(guessing_a_name_from_everywhere_gets_slower_too),
	    WITH_API(forged_cookies_are_refused_and_noted),
	    WITH_API(a_session_ends),
	    WITH_API(sessions_and_people_outlive_a_crash),
	    WITH_API(an_own_new_password_ends_the_other_sessions),
	    WITH_API(too_many_sessions_push_the_oldest_out),
	    WITH_API(roles_bound_what_one_may_do),
	    WITH_API(another_sites_page_can_do_nothing),
	    WITH_API(nobody_passes_for_the_desk_itself),
	    WITH_API(who_is_disabled_is_out_at_once),
	    WITH_API(a_reset_gives_a_new_password_and_secret),
	    WITH_API(nobody_locks_oneself_out),
	    WITH_API(what_is_no_operator_is_refused),
	    WITH_API(tokens_do_what_their_scopes_say),
	    WITH_API(a_token_ends_at_its_time),
	    WITH_API(the_audit_is_read_in_pages_and_searched),
	    WITH_API(sending_is_noted_with_the_message_and_its_channel),
	    WITH_API(an_export_verifies_by_itself_and_is_noted),
	    WITH_API(the_chain_is_followed_in_slices_and_damage_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
