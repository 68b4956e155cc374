/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 and hex by table. The decoder looks at whole groups of four; padding is allowed
 * only in the last one, and the bits that padding leaves over must be zero.
 */
#include "codec/base64.h"

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char hex_digits[] = "0123456789abcdef";

/* Value of a digit plus one; 0 for what is none. */
static const uint8_t base64_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,
    ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
    ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
    ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
    ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
    ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
    ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
    ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
    ['/'] = 64,
};

void base64_append(struct buf *out, struct view bytes)
{
	while (bytes.len > 0) {
		size_t len = bytes.len < 3 ? bytes.len : 3;
		uint32_t group = (uint32_t)bytes.data[0] << 16;
		char text[4];

		group |= len > 1 ? (uint32_t)bytes.data[1] << 8 : 0;
		group |= len > 2 ? bytes.data[2] : 0;
		text[0] = base64_digits[group >> 18];
		text[1] = base64_digits[group >> 12 & 63];
		text[2] = len > 1 ? base64_digits[group >> 6 & 63] : '=';
		text[3] = len > 2 ? base64_digits[group & 63] : '=';
		buf_append(out, text, sizeof text);
		bytes = view_from(bytes, len);
	}
}

/* How many bytes a text of this shape stands for; its characters are checked later. */
static bool decoded_len(struct view text, size_t *ret_len)
{
	size_t padding = 0;

	if (text.len % 4 != 0)
		return false;
	if (text.len > 0 && text.data[text.len - 1] == '=')
		padding = text.data[text.len - 2] == '=' ? 2 : 1;
	*ret_len = text.len / 4 * 3 - padding;
	return true;
}

/* The 24 bits of a group that holds len (1 to 3) bytes; false for a foreign character. */
static bool read_group(const uint8_t *text, size_t len, uint32_t *ret_group)
{
	uint32_t group = 0;

	for (size_t i = 0; i < len + 1; i++) {
		uint8_t value = base64_values[text[i]];

		if (value == 0)
			return false;
		group |= (uint32_t)(value - 1) << (18 - 6 * i);
	}
	*ret_group = group;
	return true;
}

static bool is_canonical(struct view text, size_t len)
{
	uint32_t group = 0;
	size_t last = 3;

	for (size_t done = 0; done < len; done += 3) {
		last = len - done < 3 ? len - done : 3;
		if (!read_group(text.data + done / 3 * 4, last, &group))
			return false;
	}
	return (group & (0xffffffU >> (8 * last))) == 0;
}

/* Decodes what is_canonical has accepted. */
static void decode(struct view text, uint8_t *ret_bytes, size_t len)
{
	for (size_t done = 0; done < len; done += 3) {
		size_t part = len - done < 3 ? len - done : 3;
		uint32_t group = 0;

		(void)read_group(text.data + done / 3 * 4, part, &group);
		for (size_t i = 0; i < part; i++)
			ret_bytes[done + i] = (uint8_t)(group >> (16 - 8 * i));
	}
}

static enum status not_base64(struct error *err)
{
	return error_set(err, STATUS_MALFORMED, "not base64 in its one canonical form");
}

enum status base64_decode(struct view text, struct buf *out, struct error *err)
{
	size_t len;
	uint8_t *bytes;

	if (!decoded_len(text, &len) || !is_canonical(text, len))
		return not_base64(err);
	bytes = buf_extend(out, len);
	if (bytes == NULL)
		return buf_check(out, "the decoded base64", err);
	decode(text, bytes, len);
	return STATUS_OK;
}

enum status base64_decode_exact(struct view text, uint8_t *ret_bytes, size_t len,
                                struct error *err)
{
	size_t found;

	if (!decoded_len(text, &found))
		return not_base64(err);
	if (found != len)
		return error_set(err, STATUS_MALFORMED,
		                 "base64 of %zu bytes where %zu belong", found, len);
	if (!is_canonical(text, len))
		return not_base64(err);
	decode(text, ret_bytes, len);
	return STATUS_OK;
}

void hex_append(struct buf *out, struct view bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		char text[2] = {hex_digits[bytes.data[i] >> 4],
		                hex_digits[bytes.data[i] & 15]};

		buf_append(out, text, sizeof text);
	}
}

/* Value of a digit plus one; 0 for what is none. */
static const uint8_t hex_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
    ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

enum status hex_decode_exact(struct view text, uint8_t *ret_bytes, size_t len,
                             struct error *err)
{
	if (text.len % 2 != 0 || text.len / 2 != len)
		return error_set(err, STATUS_MALFORMED,
		                 "%zu characters of hex where 2 times %zu belong",
		                 text.len, len);
	bool is_hex = true;
	for (size_t i = 0; i < text.len; i++)
		is_hex &= hex_values[text.data[i]] != 0;
	if (!is_hex)
		return error_set(err, STATUS_MALFORMED, "not lower-case hex");
	for (size_t i = 0; i < len; i++)
		ret_bytes[i] = (uint8_t)((hex_values[text.data[2 * i]] - 1) << 4 |
		                         (hex_values[text.data[2 * i + 1]] - 1));
	return STATUS_OK;
}
