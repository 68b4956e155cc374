/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs every promise on an empty store of its own; what a test leaves behind is closed
 * and cleaned whatever happened.
 */
#include "store/suite.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "store/suite_parts.h"

struct fixture {
	const struct store_suite *suite;
	struct store store;
};

struct store *store_suite_store(void **state)
{
	return &((struct fixture *)*state)->store;
}

void store_suite_expect(enum status got, enum status wanted, const struct error *err)
{
	if (got == wanted)
		return;
	fail_msg("%s instead of %s (%s)", status_name(got), status_name(wanted),
	         got == STATUS_OK ? "" : err->text);
}

void store_suite_put(struct store *s, enum store_table table, const char *key,
                     const char *value)
{
	struct error err;

	store_suite_expect(
	    s->ops->put(s->self, table, view_of_string(key), view_of_string(value), &err),
	    STATUS_OK, &err);
}

void store_suite_commit(struct store *s)
{
	struct error err;

	store_suite_expect(s->ops->commit(s->self, &err), STATUS_OK, &err);
}

void store_suite_expect_row(struct store *s, enum store_table table, const char *key,
                            const char *value)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1000);
	struct error err;

	store_suite_expect(s->ops->get(s->self, table, view_of_string(key), &got, &err),
	                   STATUS_OK, &err);
	assert_true(view_equal_string(buf_view(&got), value));
}

void store_suite_expect_absent(struct store *s, enum store_table table, const char *key)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1000);
	struct error err;

	store_suite_expect(s->ops->get(s->self, table, view_of_string(key), &got, &err),
	                   STATUS_NOT_FOUND, &err);
}

void store_suite_expect_count(struct store *s, uint32_t log, uint64_t entries,
                              uint64_t bodies)
{
	uint64_t got_entries, got_bodies;
	struct error err;

	store_suite_expect(s->ops->count(s->self, log, &got_entries, &got_bodies, &err),
	                   STATUS_OK, &err);
	assert_int_equal(got_entries, entries);
	assert_int_equal(got_bodies, bodies);
}

static int set_up(void **state)
{
	struct fixture *fixture = *state;

	fixture->store = (struct store){0};
	fixture->suite->open(fixture->suite->context, &fixture->store);
	return fixture->store.ops == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	if (fixture->store.ops != NULL)
		fixture->store.ops->close(fixture->store.self);
	fixture->suite->clean(fixture->suite->context);
	return 0;
}

static size_t add_promises(const struct store_promise *promises, struct fixture *fixture,
                           struct CMUnitTest *ret_tests)
{
	size_t count = 0;

	for (; promises[count].test != NULL; count++)
		ret_tests[count] = (struct CMUnitTest){.name = promises[count].name,
		                                       .test_func = promises[count].test,
		                                       .setup_func = set_up,
		                                       .teardown_func = tear_down,
		                                       .initial_state = fixture};
	return count;
}

int store_suite_run(const struct store_suite *suite)
{
	enum { TESTS_MAX = 100 };
	struct fixture fixture = {.suite = suite};
	struct CMUnitTest tests[TESTS_MAX];
	size_t count = add_promises(store_suite_rows, &fixture, tests);

	count += add_promises(store_suite_logs, &fixture, tests + count);
	return _cmocka_run_group_tests(suite->name, tests, count, NULL, NULL);
}
