/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads either the whole item or nothing: the cursor moves last.
 */
#include "codec/reader.h"

static bool read_big_endian(struct reader *reader, size_t len, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (reader->rest.len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		value = value << 8 | reader->rest.data[i];
	reader->rest = view_from(reader->rest, len);
	*ret_value = value;
	return true;
}

bool reader_u8(struct reader *reader, uint8_t *ret_value)
{
	uint64_t value;

	if (!read_big_endian(reader, 1, &value))
		return false;
	*ret_value = (uint8_t)value;
	return true;
}

bool reader_u16(struct reader *reader, uint16_t *ret_value)
{
	uint64_t value;

	if (!read_big_endian(reader, 2, &value))
		return false;
	*ret_value = (uint16_t)value;
	return true;
}

bool reader_u32(struct reader *reader, uint32_t *ret_value)
{
	uint64_t value;

	if (!read_big_endian(reader, 4, &value))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

bool reader_u64(struct reader *reader, uint64_t *ret_value)
{
	return read_big_endian(reader, 8, ret_value);
}

bool reader_bytes(struct reader *reader, size_t len, struct view *ret_bytes)
{
	if (reader->rest.len < len)
		return false;
	*ret_bytes = view_of(reader->rest.data, len);
	if (len > 0)
		reader->rest = view_from(reader->rest, len);
	return true;
}

/* A length of len_len bytes, then that many bytes. */
static bool read_counted(struct reader *reader, size_t len_len, struct view *ret_bytes)
{
	struct reader ahead = *reader;
	uint64_t len;

	if (!read_big_endian(&ahead, len_len, &len) ||
	    !reader_bytes(&ahead, len, ret_bytes))
		return false;
	*reader = ahead;
	return true;
}

bool reader_u16_bytes(struct reader *reader, struct view *ret_bytes)
{
	return read_counted(reader, 2, ret_bytes);
}

bool reader_u32_bytes(struct reader *reader, struct view *ret_bytes)
{
	return read_counted(reader, 4, ret_bytes);
}
