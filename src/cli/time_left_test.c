/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths of time in words. */
#include "cli/time_left.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

static void words_are(int64_t seconds, const char *expected)
{
	char words[TIME_LEFT_LEN + 1];

	time_left_words(seconds, words);
	assert_string_equal(words, expected);
}

static void two_largest_parts_are_said_rounded_down(void **state)
{
	(void)state;
	words_are(0, "0 s");
	words_are(59, "59 s");
	words_are(60, "1 min");
	words_are(3599, "59 min");
	words_are(3600, "1 h");
	words_are(3600 + 125, "1 h 2 min");
	words_are(86400, "1 day");
	words_are(3 * 86400 + 4 * 3600 + 3599, "3 days 4 h");
	words_are(-5, "0 s");
	words_are(INT64_MAX, "106751991167300 days 15 h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_largest_parts_are_said_rounded_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
