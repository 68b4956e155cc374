/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8, with a fast way past ASCII. Overlong forms and surrogates are refused by the
 * value that comes out, not by a list of forbidden bytes.
 */
#include "codec/utf8.h"

/* Bytes of ASCII at the start, eight at a time. */
static size_t ascii_len(struct view text)
{
	size_t at = 0;
	uint64_t word;

	while (text.len - at >= sizeof word) {
		memcpy(&word, text.data + at, sizeof word);
		if ((word & 0x8080808080808080U) != 0)
			break;
		at += sizeof word;
	}
	while (at < text.len && text.data[at] < 0x80)
		at++;
	return at;
}

bool utf8_check(struct view text)
{
	for (;;) {
		size_t ascii = ascii_len(text);
		uint32_t code_point;
		size_t len;

		if (ascii == text.len)
			return true;
		text = view_from(text, ascii);
		len = utf8_decode(text, &code_point);
		if (len == 0)
			return false;
		text = view_from(text, len);
	}
}

/* Reads the len - 1 bytes that continue a code point whose first byte held `bits`. */
static size_t decode_tail(struct view text, size_t len, uint32_t bits, uint32_t smallest,
                          uint32_t *ret_code_point)
{
	if (text.len < len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
		bits = bits << 6 | (text.data[i] & 0x3f);
	}
	if (bits < smallest || bits > 0x10ffff || (bits >= 0xd800 && bits <= 0xdfff))
		return 0;
	*ret_code_point = bits;
	return len;
}

size_t utf8_decode(struct view text, uint32_t *ret_code_point)
{
	uint8_t first;

	if (text.len == 0)
		return 0;
	first = text.data[0];
	if (first < 0x80) {
		*ret_code_point = first;
		return 1;
	}
	if ((first & 0xe0) == 0xc0)
		return decode_tail(text, 2, first & 0x1f, 0x80, ret_code_point);
	if ((first & 0xf0) == 0xe0)
		return decode_tail(text, 3, first & 0x0f, 0x800, ret_code_point);
	if ((first & 0xf8) == 0xf0)
		return decode_tail(text, 4, first & 0x07, 0x10000, ret_code_point);
	return 0;
}

size_t utf8_encode(uint32_t code_point, uint8_t ret_bytes[4])
{
	static const uint8_t first_bits[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = code_point < 0x80      ? 1
	             : code_point < 0x800   ? 2
	             : code_point < 0x10000 ? 3
	                                    : 4;

	for (size_t i = len - 1; i > 0; i--) {
		ret_bytes[i] = (uint8_t)(0x80 | (code_point & 0x3f));
		code_point >>= 6;
	}
	ret_bytes[0] = (uint8_t)(first_bits[len] | code_point);
	return len;
}

bool utf8_is_space(uint32_t code_point)
{
	if ((code_point >= 0x09 && code_point <= 0x0d) ||
	    (code_point >= 0x2000 && code_point <= 0x200a))
		return true;
	switch (code_point) {
	case 0x20:
	case 0x85:
	case 0xa0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return true;
	default:
		return false;
	}
}
