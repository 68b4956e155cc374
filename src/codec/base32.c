/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Five bits a character, through a small accumulator.
 */
#include "codec/base32.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void base32_append(struct buf *out, struct view bytes)
{
	unsigned held = 0, bits = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		held = (held << 8 | bytes.data[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			buf_append_byte(out, (uint8_t)digits[held >> (bits - 5) & 31]);
	}
	if (bits > 0)
		buf_append_byte(out, (uint8_t)digits[held << (5 - bits) & 31]);
}

static int value_of(uint8_t digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a';
	if (digit >= '2' && digit <= '7')
		return digit - '2' + 26;
	return -1;
}

/* The text without the padding at its end. */
static struct view without_padding(struct view text)
{
	while (text.len > 0 && text.data[text.len - 1] == '=')
		text.len--;
	return text;
}

enum status base32_decode(struct view text, uint8_t *ret_bytes, size_t max,
                          size_t *ret_len, struct error *err)
{
	unsigned held = 0, bits = 0;
	size_t len = 0, count = 0;

	text = without_padding(text);
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.data[i]);

		if (text.data[i] == ' ' || text.data[i] == '-')
			continue;
		if (value < 0)
			return error_set(err, STATUS_MALFORMED,
			                 "base32 has only letters and the digits 2 to 7");
		held = (held << 5 | (unsigned)value) & 0xfff;
		bits += 5;
		count++;
		if (bits < 8)
			continue;
		if (len == max)
			return error_set(err, STATUS_LIMIT,
			                 "the base32 is longer than %zu bytes", max);
		bits -= 8;
		ret_bytes[len++] = (uint8_t)(held >> bits);
	}
	if (count % 8 == 1 || count % 8 == 3 || count % 8 == 6)
		return error_set(err, STATUS_MALFORMED, "the base32 is cut off");
	if ((held & ((1U << bits) - 1)) != 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the base32 does not end with whole bytes");
	*ret_len = len;
	return STATUS_OK;
}
