/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing by doubling, up to the maximum. The first append that can't be done sets
 * `failed`; from then on every append is ignored, so that no hole can come about.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUF_FIRST_CAP = 64 };

static size_t next_cap(const struct buf *buf, size_t needed)
{
	size_t cap = buf->cap < BUF_FIRST_CAP ? BUF_FIRST_CAP : buf->cap;

	while (cap < needed && cap <= SIZE_MAX / 2)
		cap *= 2;
	if (cap < needed || cap > buf->max)
		cap = buf->max;
	return cap;
}

static bool make_room(struct buf *buf, size_t len)
{
	size_t cap;
	uint8_t *data;

	if (buf->failed != STATUS_OK)
		return false;
	if (buf->len > buf->max || len > buf->max - buf->len) {
		buf->failed = STATUS_LIMIT;
		return false;
	}
	if (buf->data != NULL && len <= buf->cap - buf->len)
		return true;
	cap = next_cap(buf, buf->len + len);
	data = realloc(buf->data, cap == 0 ? 1 : cap);
	if (data == NULL) {
		buf->failed = STATUS_NO_MEMORY;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

uint8_t *buf_extend(struct buf *buf, size_t len)
{
	uint8_t *space;

	if (!make_room(buf, len))
		return NULL;
	space = buf->data + buf->len;
	buf->len += len;
	return space;
}

void buf_append(struct buf *buf, const void *data, size_t len)
{
	uint8_t *space;

	if (len == 0)
		return;
	space = buf_extend(buf, len);
	if (space != NULL)
		memcpy(space, data, len);
}

void buf_append_view(struct buf *buf, struct view view)
{
	buf_append(buf, view.data, view.len);
}

void buf_append_string(struct buf *buf, const char *string)
{
	buf_append(buf, string, strlen(string));
}

void buf_append_byte(struct buf *buf, uint8_t byte)
{
	buf_append(buf, &byte, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	char *text;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0) {
		if (buf->failed == STATUS_OK)
			buf->failed = STATUS_NO_MEMORY;
		return;
	}
	buf_append(buf, text, (size_t)len);
	free(text);
}

static void append_big_endian(struct buf *buf, uint64_t value, size_t len)
{
	uint8_t *space = buf_extend(buf, len);

	if (space == NULL)
		return;
	for (size_t i = 0; i < len; i++)
		space[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

void buf_append_u16(struct buf *buf, uint16_t value)
{
	append_big_endian(buf, value, 2);
}

void buf_append_u32(struct buf *buf, uint32_t value)
{
	append_big_endian(buf, value, 4);
}

void buf_append_u64(struct buf *buf, uint64_t value)
{
	append_big_endian(buf, value, 8);
}

enum status buf_check(const struct buf *buf, const char *what, struct error *err)
{
	if (buf->failed == STATUS_OK)
		return STATUS_OK;
	if (buf->failed == STATUS_LIMIT)
		return error_set(err, STATUS_LIMIT,
		                 "%s is larger than the %zu bytes allowed", what,
		                 buf->max);
	return error_set(err, buf->failed, "not enough memory for %s", what);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = STATUS_OK;
}

void buf_consume(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	if (len == 0)
		return;
	buf->len -= len;
	memmove(buf->data, buf->data + len, buf->len);
}

struct buf buf_take(struct buf *buf)
{
	struct buf taken = *buf;

	*buf = BUF_INIT(taken.max);
	return taken;
}

void buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = BUF_INIT(buf->max);
}
