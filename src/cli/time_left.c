/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rounded down, so that nobody is told of more time than there is.
 */
#include "cli/time_left.h"

#include <inttypes.h>
#include <stdio.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* "5 h 20 min", without the second part when it is 0. */
static void print_two(char *words, int64_t first, const char *first_unit, int64_t second,
                      const char *second_unit)
{
	if (second == 0)
		(void)snprintf(words, TIME_LEFT_LEN + 1, "%" PRId64 " %s", first,
		               first_unit);
	else
		(void)snprintf(words, TIME_LEFT_LEN + 1, "%" PRId64 " %s %" PRId64 " %s",
		               first, first_unit, second, second_unit);
}

void time_left_words(int64_t seconds, char ret_words[TIME_LEFT_LEN + 1])
{
	int64_t left = seconds < 0 ? 0 : seconds;

	if (left >= DAY)
		print_two(ret_words, left / DAY, left / DAY == 1 ? "day" : "days",
		          left % DAY / HOUR, "h");
	else if (left >= HOUR)
		print_two(ret_words, left / HOUR, "h", left % HOUR / MINUTE, "min");
	else if (left >= MINUTE)
		print_two(ret_words, left / MINUTE, "min", 0, "");
	else
		print_two(ret_words, left, "s", 0, "");
}
