/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single fields of a frame, each checked on its own.
 */
#include "daemon/ipc_read.h"

bool ipc_take_string(struct reader *reader, size_t max, const char **ret_string)
{
	struct view bytes;

	if (!reader_u16_bytes(reader, &bytes) || bytes.len == 0 || bytes.len - 1 > max ||
	    memchr(bytes.data, '\0', bytes.len) != bytes.data + bytes.len - 1)
		return false;
	*ret_string = (const char *)bytes.data;
	return true;
}

bool ipc_take_text(struct reader *reader, char *ret_text, size_t cap)
{
	const char *string;

	if (!ipc_take_string(reader, cap - 1, &string))
		return false;
	memcpy(ret_text, string, strlen(string) + 1);
	return true;
}

bool ipc_take_u8(struct reader *reader, uint8_t max, uint8_t *ret_value)
{
	return reader_u8(reader, ret_value) && *ret_value <= max;
}

bool ipc_take_u16(struct reader *reader, uint16_t max, uint16_t *ret_value)
{
	return reader_u16(reader, ret_value) && *ret_value <= max;
}

bool ipc_take_bool(struct reader *reader, bool *ret_value)
{
	uint8_t value;

	if (!ipc_take_u8(reader, 1, &value))
		return false;
	*ret_value = value == 1;
	return true;
}

bool ipc_take_hash(struct reader *reader, struct hash *ret_hash)
{
	struct view bytes;

	if (!reader_bytes(reader, sizeof ret_hash->bytes, &bytes))
		return false;
	memcpy(ret_hash->bytes, bytes.data, sizeof ret_hash->bytes);
	return true;
}

bool ipc_take_time(struct reader *reader, int64_t *ret_time_s)
{
	uint64_t value;

	if (!reader_u64(reader, &value) || value > INT64_MAX)
		return false;
	*ret_time_s = (int64_t)value;
	return true;
}

enum status ipc_take_end(const struct reader *reader, bool is_good, const char *what,
                         struct error *err)
{
	if (!is_good || !reader_is_done(reader))
		return error_set(err, STATUS_MALFORMED,
		                 "another process sent a broken %s", what);
	return STATUS_OK;
}
