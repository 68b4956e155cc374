/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread from outside: questions in, results out, and an end at any moment.
 */
#include "daemon/password_worker.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/random.h"

enum { PATIENCE_MS = 60000 };

static int setup(void **state)
{
	struct password_worker *worker;

	if (crypto_init(NULL) != STATUS_OK ||
	    password_worker_new(&worker, NULL) != STATUS_OK)
		return -1;
	*state = worker;
	return 0;
}

static int teardown(void **state)
{
	password_worker_free(*state);
	return 0;
}

static struct password_result next(struct password_worker *worker)
{
	struct pollfd fd = {.fd = password_worker_fd(worker), .events = POLLIN};
	struct password_result result;

	while (!password_worker_take(worker, &result))
		assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	return result;
}

static void ask(struct password_worker *worker, uint64_t ticket, bool is_check,
                const char *password, const char *hash)
{
	struct error err;

	assert_int_equal(
	    password_worker_ask(worker, ticket, is_check, password, hash, &err),
	    STATUS_OK);
}

static void a_hash_made_here_is_recognised_here(void **state)
{
	struct password_worker *worker = *state;
	struct password_result made, checked;

	ask(worker, 1, false, "secret", "");
	made = next(worker);
	assert_int_equal(made.ticket, 1);
	assert_true(made.is_good);
	ask(worker, 2, true, "secret", made.hash);
	ask(worker, 3, true, "secres", made.hash);
	checked = next(worker);
	assert_int_equal(checked.ticket, 2);
	assert_true(checked.is_good);
	assert_string_equal(checked.hash, "");
	checked = next(worker);
	assert_int_equal(checked.ticket, 3);
	assert_false(checked.is_good);
	assert_false(password_worker_take(worker, &checked));
}

static void nothing_to_read_when_nothing_is_ready(void **state)
{
	struct password_worker *worker = *state;
	struct pollfd fd = {.fd = password_worker_fd(worker), .events = POLLIN};
	struct password_result result;

	assert_int_equal(poll(&fd, 1, 0), 0);
	ask(worker, 1, true, "x", "no hash");
	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	assert_true(password_worker_take(worker, &result));
	assert_false(result.is_good);
	assert_false(password_worker_take(worker, &result));
	assert_int_equal(poll(&fd, 1, 0), 0);
}

/* Results that nobody takes keep their slots: the ninth finds none, whatever the thread
 * has done meanwhile. */
static void the_ninth_is_refused_and_none_is_lost(void **state)
{
	struct password_worker *worker = *state;
	struct error err;

	for (uint64_t i = 1; i <= PASSWORD_WORKER_QUEUE; i++)
		ask(worker, i, true, "x", "no hash");
	assert_int_equal(password_worker_ask(worker, 9, true, "x", "no hash", &err),
	                 STATUS_AGAIN);
	for (uint64_t i = 1; i <= PASSWORD_WORKER_QUEUE; i++)
		assert_int_equal(next(worker).ticket, i);
	ask(worker, 10, true, "x", "no hash");
	assert_int_equal(next(worker).ticket, 10);
}

static void what_is_too_long_is_refused(void **state)
{
	struct password_worker *worker = *state;
	char text[PASSWORD_MAX + 2];
	struct error err;

	memset(text, 'x', sizeof text);
	text[PASSWORD_MAX + 1] = '\0';
	assert_int_equal(password_worker_ask(worker, 1, false, text, "", &err),
	                 STATUS_LIMIT);
	assert_int_equal(password_worker_ask(worker, 1, true, "x", text, &err),
	                 STATUS_LIMIT);
	text[PASSWORD_MAX] = '\0';
	ask(worker, 1, true, text, "no hash");
	assert_int_equal(next(worker).ticket, 1);
}

/* The teardown is the test: it ends in the middle of a hash, with others waiting. */
static void it_may_end_at_any_moment(void **state)
{
	for (uint64_t i = 1; i <= PASSWORD_WORKER_QUEUE; i++)
		ask(*state, i, false, "secret", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_hash_made_here_is_recognised_here, setup,
	                                    teardown),
	    cmocka_unit_test_setup_teardown(nothing_to_read_when_nothing_is_ready, setup,
	                                    teardown),
	    cmocka_unit_test_setup_teardown(the_ninth_is_refused_and_none_is_lost, setup,
	                                    teardown),
	    cmocka_unit_test_setup_teardown(what_is_too_long_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(it_may_end_at_any_moment, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
