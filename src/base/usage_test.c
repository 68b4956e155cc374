/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This process, looked at.
 */
#include "base/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void memory_that_is_touched_is_resident(void **state)
{
	enum { MORE = 8 << 20 };
	int fd = usage_open();
	struct usage before = usage_read(fd), after;
	char *more = malloc(MORE);

	assert_non_null(more);
	memset(more, 1, MORE);
	after = usage_read(fd);
	assert_true(before.resident_len > 0);
	assert_true(after.resident_len >= before.resident_len + MORE / 2);
	assert_true(after.cpu_us >= before.cpu_us);
	free(more);
	(void)close(fd);
}

static void without_the_file_memory_is_unknown(void **state)
{
	assert_int_equal(usage_read(-1).resident_len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_that_is_touched_is_resident),
	    cmocka_unit_test(without_the_file_memory_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
