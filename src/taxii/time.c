/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole seconds are codec/time_text.h's.
 */
#include "taxii/time.h"

#include <stdio.h>

#include "codec/time_text.h"

enum { SECONDS_LEN = 19, FRACTION_MAX = 9, MICRO_DIGITS = 6 };

void taxii_time_encode(int64_t time_us, char ret_text[TAXII_TIME_LEN + 1])
{
	char seconds[TIME_TEXT_LEN + 1];

	time_text_encode(time_us / TAXII_SECOND_US, seconds);
	(void)snprintf(ret_text, TAXII_TIME_LEN + 1, "%.*s.%06uZ", SECONDS_LEN, seconds,
	               (unsigned)(time_us % TAXII_SECOND_US));
}

/* ".5" to ".123456789" */
static bool read_fraction(struct view text, int64_t *ret_us)
{
	int64_t us = 0;

	if (text.len < 2 || text.len > FRACTION_MAX + 1 || text.data[0] != '.')
		return false;
	for (size_t i = 1; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	for (size_t i = 1; i <= MICRO_DIGITS; i++)
		us = us * 10 + (i < text.len ? text.data[i] - '0' : 0);
	*ret_us = us;
	return true;
}

enum status taxii_time_decode(struct view text, int64_t *ret_us, struct error *err)
{
	char whole[TIME_TEXT_LEN + 1];
	int64_t seconds, us = 0;

	if (text.len < TIME_TEXT_LEN || text.data[text.len - 1] != 'Z' ||
	    (text.len > TIME_TEXT_LEN &&
	     !read_fraction(view_of(text.data + SECONDS_LEN, text.len - SECONDS_LEN - 1),
	                    &us)))
		return error_set(err, STATUS_MALFORMED,
		                 "not a time as in 2026-11-20T23:49:00.000000Z");
	memcpy(whole, text.data, SECONDS_LEN);
	whole[SECONDS_LEN] = 'Z';
	TRY(time_text_decode(view_of(whole, TIME_TEXT_LEN), &seconds, err));
	*ret_us = seconds * TAXII_SECOND_US + us;
	return STATUS_OK;
}
