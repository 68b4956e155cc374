/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks: units and direction.
 */
#include "base/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <time.h>

static void utc_is_in_milliseconds(void **state)
{
	int64_t before_s = (int64_t)time(NULL);
	int64_t now_ms = clock_utc_ms();

	/* time() may lag behind by a tick. */
	assert_true(now_ms / 1000 >= before_s);
	assert_true(now_ms / 1000 <= (int64_t)time(NULL) + 1);
}

static void monotonic_time_never_falls(void **state)
{
	uint64_t last_ns = clock_monotonic_ns();

	for (int i = 0; i < 1000; i++) {
		uint64_t now_ns = clock_monotonic_ns();

		assert_true(now_ns >= last_ns);
		last_ns = now_ns;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(utc_is_in_milliseconds),
	    cmocka_unit_test(monotonic_time_never_falls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
