/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators, sessions and tokens in the store: order and bounds, what outlives a crash,
 * and rows that were damaged or made by somebody else.
 */
#include "office/operators.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "base/cleanup.h"
#include "office/rows.h"
#include "office/sessions.h"
#include "office/tokens.h"

struct fixture {
	struct world world;
	struct office *office;
};

static enum status try_open(struct fixture *f, struct error *err)
{
	office_free(f->office);
	f->office = NULL;
	return office_open(f->world.desks[0].desk, f->world.now_ms, &f->office, err);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	world_init(&f->world, 2, NULL);
	assert_int_equal(try_open(f, NULL), STATUS_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	office_free(f->office);
	world_release(&f->world);
	free(f);
	return 0;
}

static struct office_operator make_operator(const char *name)
{
	struct office_operator person = {.full_name = "Somebody \"quoted\"",
	                                 .roles = OFFICE_WATCH | OFFICE_AUDITOR,
	                                 .created_s = 1700000000,
	                                 .hash = "$argon2id$…"};

	snprintf(person.name, sizeof person.name, "%s", name);
	operator_new_secret(&person.secret);
	return person;
}

static enum status put(struct fixture *f, const char *name)
{
	struct office_operator person = make_operator(name);

	return office_operator_put(f->office, &person, NULL);
}

static void commit(struct fixture *f)
{
	desk_turn_begin(f->world.desks[0].desk, f->world.now_ms);
	assert_int_equal(desk_turn_end(f->world.desks[0].desk, NULL), STATUS_OK);
}

static void crash(struct fixture *f)
{
	office_free(f->office);
	f->office = NULL;
	world_crash(&f->world, 0);
	assert_int_equal(try_open(f, NULL), STATUS_OK);
}

/* ---- operators */

static void operators_are_listed_by_name(void **state)
{
	static const char *const names[] = {"carl", "ada", "bob", "ada.b", "zoe", "ada"};
	static const char *const sorted[] = {"ada", "ada.b", "bob", "carl", "zoe"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 6; i++)
		assert_int_equal(put(f, names[i]), STATUS_OK);
	assert_int_equal(office_operator_count(f->office), 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(office_operator_at(f->office, i)->name, sorted[i]);
	assert_non_null(office_operator_find(f->office, "bob"));
	assert_null(office_operator_find(f->office, "bo"));
	assert_null(office_operator_find(f->office, ""));
}

static void an_operator_comes_back_whole(void **state)
{
	struct fixture *f = *state;
	struct office_operator person = make_operator("ada");
	const struct office_operator *held;

	person.is_disabled = person.must_change = true;
	person.totp_step = 58000000;
	assert_int_equal(office_operator_put(f->office, &person, NULL), STATUS_OK);
	assert_int_equal(put(f, "bob"), STATUS_OK);
	commit(f);
	assert_int_equal(office_operator_seen(f->office, "bob", 7, NULL), STATUS_OK);
	crash(f);
	held = office_operator_find(f->office, "ada");
	assert_non_null(held);
	assert_string_equal(held->full_name, person.full_name);
	assert_string_equal(held->hash, person.hash);
	assert_int_equal(held->roles, person.roles);
	assert_int_equal(held->created_s, person.created_s);
	assert_int_equal(held->totp_step, person.totp_step);
	assert_true(held->is_disabled && held->must_change);
	assert_int_equal(held->secret.len, TOTP_SECRET_LEN);
	assert_memory_equal(held->secret.bytes, person.secret.bytes, TOTP_SECRET_LEN);
	assert_int_equal(office_operator_find(f->office, "bob")->last_login_s, 0);
}

static void there_are_bounds(void **state)
{
	struct fixture *f = *state;
	char name[20];

	for (int i = 0; i < OPERATORS_MAX; i++) {
		snprintf(name, sizeof name, "o%d", i);
		assert_int_equal(put(f, name), STATUS_OK);
	}
	assert_int_equal(put(f, "more"), STATUS_LIMIT);
	assert_int_equal(put(f, "o7"), STATUS_OK);
}

static void one_time_passwords_differ_and_can_be_read_out(void **state)
{
	char first[ONE_TIME_LEN + 1], second[ONE_TIME_LEN + 1];

	operator_one_time_password(first);
	operator_one_time_password(second);
	assert_string_not_equal(first, second);
	assert_int_equal(strlen(first), ONE_TIME_LEN);
	assert_int_equal(first[5], '-');
	assert_null(strpbrk(first, "0o1lI"));
}

/* ---- damage */

static void damaged_rows_keep_the_desk_from_opening(void **state)
{
	static const char *const rows[][2] = {
	    {"office/operator/x", ""},
	    {"office/operator/x", "{\"name\":\"x\"}"},
	    {"office/operator/x", "[]"},
	    {"office/session/00",
	     "{\"name\":\"ada\",\"created\":\"2026-11-20T23:49:00Z\","
	     "\"seen\":\"2026-11-20T23:49:00Z\"}"},
	    {"office/session/x", "{}"},
	    {"office/token/x", "{\"id\":\"x\"}"},
	};
	struct fixture *f = *state;
	struct error err;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(
		    office_put(f->office, rows[i][0], view_of_string(rows[i][1]), &err),
		    STATUS_OK);
		assert_int_equal(try_open(f, &err), STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "what the desk's people keep"));
		world_crash(&f->world, 0); /* nothing of it was committed */
		assert_int_equal(try_open(f, &err), STATUS_OK);
	}
}

static void a_refused_write_ends_the_desk(void **state)
{
	struct fixture *f = *state;
	char key[STORE_KEY_MAX + 20];
	struct error err;

	memset(key, 'k', sizeof key);
	key[sizeof key - 1] = '\0';
	desk_turn_begin(f->world.desks[0].desk, f->world.now_ms);
	assert_int_not_equal(office_put(f->office, key, view_of_string("x"), &err),
	                     STATUS_OK);
	assert_int_not_equal(desk_turn_end(f->world.desks[0].desk, &err), STATUS_OK);
	crash(f);
}

/* ---- sessions */

static enum status use(struct fixture *f, const char *token)
{
	const struct office_session *session;

	return office_session_use(f->office, view_of_string(token), &session, NULL);
}

static void only_a_hash_of_the_token_is_kept(void **state)
{
	struct fixture *f = *state;
	char token[SESSION_TOKEN_LEN + 1], key[100], hex[HASH_HEX_LEN + 1];
	CLEANUP_BUF struct buf row = BUF_INIT(1000);
	struct hash id;

	assert_int_equal(office_session_open(f->office, "ada", token, NULL), STATUS_OK);
	id = sha256(view_of_string(token));
	hash_hex(&id, hex);
	snprintf(key, sizeof key, "office/session/%s", hex);
	assert_int_equal(office_get(f->office, key, &row, NULL), STATUS_OK);
	assert_int_equal(view_find(buf_view(&row), view_of_string(token)), SIZE_MAX);
	assert_int_equal(use(f, token), STATUS_OK);
	assert_int_equal(use(f, hex), STATUS_NOT_FOUND);
	assert_int_equal(use(f, ""), STATUS_NOT_FOUND);
}

static void a_session_in_use_lives_on_across_crashes(void **state)
{
	struct fixture *f = *state;
	char token[SESSION_TOKEN_LEN + 1];

	assert_int_equal(office_session_open(f->office, "ada", token, NULL), STATUS_OK);
	for (int i = 0; i < 3; i++) {
		f->world.now_ms += (int64_t)(SESSION_IDLE_S - SESSION_NOTE_S) * 1000;
		assert_int_equal(office_begin_turn(f->office, f->world.now_ms, NULL),
		                 STATUS_OK);
		assert_int_equal(use(f, token), STATUS_OK);
		commit(f);
		crash(f);
	}
	assert_int_equal(use(f, token), STATUS_OK);
}

/* They are looked at in the turns after a start or a change, each soon. */
static void let_alarms_be_computed(struct fixture *f)
{
	for (int i = 0; i < 10 && office_wake_ms(f->office) < f->world.now_ms + 60000;
	     i++) {
		f->world.now_ms = office_wake_ms(f->office);
		assert_int_equal(office_begin_turn(f->office, f->world.now_ms, NULL),
		                 STATUS_OK);
		commit(f);
	}
}

static void the_office_wakes_to_end_sessions_and_forgets_their_rows(void **state)
{
	struct fixture *f = *state;
	char token[SESSION_TOKEN_LEN + 1];
	CLEANUP_BUF struct buf key = BUF_INIT(300), row = BUF_INIT(1000);
	int64_t opened_ms = f->world.now_ms;

	assert_int_equal(office_session_open(f->office, "ada", token, NULL), STATUS_OK);
	let_alarms_be_computed(f);
	assert_int_equal(office_wake_ms(f->office),
	                 (opened_ms / 1000 + SESSION_IDLE_S) * 1000);
	f->world.now_ms = office_wake_ms(f->office);
	assert_int_equal(office_begin_turn(f->office, f->world.now_ms, NULL), STATUS_OK);
	assert_int_equal(office_last(f->office, "office/session/", &key, &row, NULL),
	                 STATUS_NOT_FOUND);
	assert_true(office_wake_ms(f->office) == INT64_MAX);
}

static void a_clock_set_back_does_not_lengthen_a_session(void **state)
{
	struct fixture *f = *state;
	char token[SESSION_TOKEN_LEN + 1];

	assert_int_equal(office_session_open(f->office, "ada", token, NULL), STATUS_OK);
	assert_int_equal(office_begin_turn(f->office, f->world.now_ms - 60000, NULL),
	                 STATUS_OK);
	assert_int_equal(use(f, token), STATUS_OK);
	assert_int_equal(
	    office_begin_turn(f->office, f->world.now_ms - 86400 * 1000, NULL),
	    STATUS_OK);
	assert_int_equal(use(f, token), STATUS_NOT_FOUND);
}

/* ---- tokens */

static void tokens_keep_their_order_and_come_back(void **state)
{
	struct fixture *f = *state;
	char token[3][TOKEN_LEN + 1], id[3][TOKEN_ID_LEN + 1];
	const struct office_token *held;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(office_token_add(f->office, "x", "ada", 1u << i, 0,
		                                  token[i], id[i], NULL),
		                 STATUS_OK);
		assert_int_equal(strlen(token[i]), TOKEN_LEN);
		f->world.now_ms += 1000;
		assert_int_equal(office_begin_turn(f->office, f->world.now_ms, NULL),
		                 STATUS_OK);
	}
	assert_int_equal(office_token_revoke(f->office, id[1], NULL), STATUS_OK);
	commit(f);
	crash(f);
	assert_int_equal(office_token_count(f->office), 3);
	for (size_t i = 0; i < 3; i++) {
		held = office_token_at(f->office, i);
		assert_string_equal(held->id, id[i]);
		assert_int_equal(held->scopes, 1u << i);
		assert_int_equal(
		    office_token_use(f->office, view_of_string(token[i]), &held, NULL),
		    i == 1 ? STATUS_NOT_FOUND : STATUS_OK);
	}
}

int main(void)
{
#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
	    WITH_OFFICE(operators_are_listed_by_name),
	    WITH_OFFICE(an_operator_comes_back_whole),
	    WITH_OFFICE(there_are_bounds),
	    cmocka_unit_test(one_time_passwords_differ_and_can_be_read_out),
	    WITH_OFFICE(damaged_rows_keep_the_desk_from_opening),
	    WITH_OFFICE(a_refused_write_ends_the_desk),
	    WITH_OFFICE(only_a_hash_of_the_token_is_kept),
	    WITH_OFFICE(a_session_in_use_lives_on_across_crashes),
	    WITH_OFFICE(the_office_wakes_to_end_sessions_and_forgets_their_rows),
	    WITH_OFFICE(a_clock_set_back_does_not_lengthen_a_session),
	    WITH_OFFICE(tokens_keep_their_order_and_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
