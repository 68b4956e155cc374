/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Undoing escapes of strings that are known to be well formed: what the scan has
 * accepted needs no second judgement, so a broken form here is our own bug.
 */
#include "codec/json_chars.h"

#include <assert.h>

#include "codec/utf8.h"

bool json_chars_hex4(struct view text, uint32_t *ret_value)
{
	uint32_t value = 0;

	if (text.len < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		uint8_t c = text.data[i];
		uint8_t lower = c | 0x20;

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if (lower >= 'a' && lower <= 'f')
			value = value << 4 | (uint32_t)(lower - 'a' + 10);
		else
			return false;
	}
	*ret_value = value;
	return true;
}

/* *rest stands behind "\u". */
static uint32_t take_unicode_escape(struct view *rest)
{
	uint32_t unit = 0, low = 0;
	bool accepted = json_chars_hex4(*rest, &unit);

	assert(accepted);
	*rest = view_from(*rest, 4);
	if (!json_is_high_surrogate(unit))
		return unit;
	assert(rest->len >= 6);
	accepted = json_chars_hex4(view_from(*rest, 2), &low);
	assert(accepted && json_is_low_surrogate(low));
	*rest = view_from(*rest, 6);
	return json_join_surrogates(unit, low);
}

/* *rest stands behind the backslash. */
static uint32_t take_escape(struct view *rest)
{
	uint8_t letter;

	assert(rest->len > 0);
	letter = rest->data[0];
	*rest = view_from(*rest, 1);
	switch (letter) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'u':
		return take_unicode_escape(rest);
	default: /* quote, backslash, slash */
		return letter;
	}
}

bool json_chars_take(struct view *rest, uint32_t *ret_code_point)
{
	size_t len;

	if (rest->len == 0)
		return false;
	if (rest->data[0] == '\\') {
		*rest = view_from(*rest, 1);
		*ret_code_point = take_escape(rest);
		return true;
	}
	len = utf8_decode(*rest, ret_code_point);
	assert(len > 0);
	*rest = view_from(*rest, len);
	return true;
}

int json_chars_compare(struct view a, struct view b)
{
	for (;;) {
		uint32_t from_a = 0, from_b = 0;
		bool more_a = json_chars_take(&a, &from_a);
		bool more_b = json_chars_take(&b, &from_b);

		if (!more_a || !more_b)
			return (int)more_a - (int)more_b;
		if (from_a != from_b)
			return from_a < from_b ? -1 : 1;
	}
}
