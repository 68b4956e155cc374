/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guessing: free tries, growing waits, forgetting, and that strangers can't fill memory.
 */
#include "office/throttle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { FREE = 5 };

static void count_times(struct throttle *throttle, const char *key, int times,
                        int64_t now_ms)
{
	for (int i = 0; i < times; i++)
		throttle_count(throttle, key, now_ms);
}

static void the_wait_doubles_up_to_a_minute(void **state)
{
	static const int64_t expected[] = {1000,  2000,  4000,  8000,
	                                   16000, 32000, 60000, 60000};
	struct throttle throttle = {0};

	assert_int_equal(throttle_wait_ms(&throttle, "a", FREE, 1000), 0);
	count_times(&throttle, "a", FREE - 1, 1000);
	assert_int_equal(throttle_wait_ms(&throttle, "a", FREE, 1000), 0);
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		count_times(&throttle, "a", 1, 1000);
		assert_int_equal(throttle_wait_ms(&throttle, "a", FREE, 1000),
		                 expected[i]);
	}
	assert_int_equal(throttle_wait_ms(&throttle, "a", FREE, 60999), 1);
	assert_int_equal(throttle_wait_ms(&throttle, "a", FREE, 61000), 0);
	assert_int_equal(throttle_wait_ms(&throttle, "b", FREE, 1000), 0);
	throttle_release(&throttle);
}

static void success_and_time_make_it_forget(void **state)
{
	struct throttle throttle = {0};

	count_times(&throttle, "a", 9, 1000);
	count_times(&throttle, "b", 9, 1000);
	throttle_clear(&throttle, "a");
	throttle_clear(&throttle, "never seen");
	assert_int_equal(throttle_wait_ms(&throttle, "a", FREE, 1000), 0);
	assert_true(throttle_wait_ms(&throttle, "b", FREE, 1000) > 0);
	count_times(&throttle, "b", 1, 2000 + THROTTLE_FORGET_MS);
	assert_int_equal(
	    throttle_wait_ms(&throttle, "b", FREE, 2000 + THROTTLE_FORGET_MS), 0);
	/* a clock that was set back keeps nobody out */
	count_times(&throttle, "c", 9, 1000000);
	assert_int_equal(throttle_wait_ms(&throttle, "c", FREE, 10), 0);
	throttle_release(&throttle);
}

static void the_table_is_bounded_and_drops_the_stalest(void **state)
{
	struct throttle throttle = {0};
	char key[200];

	count_times(&throttle, "first", 9, 1000);
	count_times(&throttle, "second", 9, 2000);
	for (int i = 0; i < THROTTLE_ENTRIES_MAX - 1; i++) {
		snprintf(key, sizeof key, "%d", i);
		throttle_count(&throttle, key, 3000);
	}
	assert_int_equal(throttle.count, THROTTLE_ENTRIES_MAX);
	assert_int_equal(throttle_wait_ms(&throttle, "first", FREE, 3000), 0);
	assert_true(throttle_wait_ms(&throttle, "second", FREE, 3000) > 0);
	memset(key, 'x', sizeof key);
	key[sizeof key - 1] = '\0';
	count_times(&throttle, key, 9, 4000);
	assert_true(throttle_wait_ms(&throttle, key, FREE, 4000) > 0);
	throttle_release(&throttle);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_wait_doubles_up_to_a_minute),
	    cmocka_unit_test(success_and_time_make_it_forget),
	    cmocka_unit_test(the_table_is_bounded_and_drops_the_stalest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
