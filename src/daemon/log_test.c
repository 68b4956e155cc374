/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines are one line each, whatever is said.
 */
#include "daemon/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void expect_line(const char *text, const char *expected)
{
	CLEANUP_BUF struct buf line = BUF_INIT(4096);

	log_encode(&line, 1800000000042, 17, "front", LOG_LEVEL_WARNING, text);
	buf_append_byte(&line, '\0');
	assert_string_equal((char *)line.data, expected);
}

static void a_line_has_priority_time_and_process(void **unused)
{
	expect_line("all is well",
	            "<28>1 2027-01-15T08:00:00.042Z - aldisd 17 front - all is well\n");
}

static void control_characters_and_broken_text_become_blanks(void **unused)
{
	expect_line("a\nb\tc\x7f"
	            "d\xffg\xc2\x85h é",
	            "<28>1 2027-01-15T08:00:00.042Z - aldisd 17 front - a b c d g h é\n");
}

static void a_long_text_is_cut(void **unused)
{
	CLEANUP_BUF struct buf line = BUF_INIT(4096);
	char text[3000];

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	log_encode(&line, 0, 17, "front", LOG_LEVEL_ERROR, text);
	assert_true(line.len < 1200);
	assert_int_equal(line.data[line.len - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_has_priority_time_and_process),
	    cmocka_unit_test(control_characters_and_broken_text_become_blanks),
	    cmocka_unit_test(a_long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
