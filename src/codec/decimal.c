/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one shortest form of a whole number, bounded before it can overflow.
 */
#include "codec/decimal.h"

enum status decimal_decode(struct view text, uint64_t max, uint64_t *ret_value,
                           struct error *err)
{
	uint64_t value = 0;

	if (text.len == 0)
		return error_set(err, STATUS_MALFORMED, "a number is missing");
	if (text.len > 1 && text.data[0] == '0')
		return error_set(err, STATUS_MALFORMED, "a number with a leading zero");
	for (size_t i = 0; i < text.len; i++) {
		uint8_t digit = (uint8_t)(text.data[i] - '0');

		if (digit > 9)
			return error_set(err, STATUS_MALFORMED, "not a whole number");
		if (digit > max || value > (max - digit) / 10)
			return error_set(err, STATUS_MALFORMED, "a number above %llu",
			                 (unsigned long long)max);
		value = value * 10 + digit;
	}
	*ret_value = value;
	return STATUS_OK;
}
