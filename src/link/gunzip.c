/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zlib unpacks straight into the buffer, in steps, so that memory follows what really
 * comes out and stops at the buffer's maximum.
 */
#include "link/gunzip.h"

#include <zlib.h>

enum { STEP_LEN = 128 * 1024, GZIP_ONLY = 16 };

/* Unpacks at most one step. One byte beyond the maximum goes to `over`: a stream that
 * ends exactly there is fine, one that fills it is too long. */
static int step(z_stream *stream, struct buf *out, bool *ret_is_over)
{
	size_t room = out->max - out->len;
	size_t len = room < STEP_LEN ? room : STEP_LEN;
	uint8_t over;
	uint8_t *space = len > 0 ? buf_extend(out, len) : &over;
	int result;

	if (space == NULL)
		return Z_MEM_ERROR;
	stream->next_out = space;
	stream->avail_out = len > 0 ? (unsigned)len : 1;
	result = inflate(stream, Z_NO_FLUSH);
	if (len > 0)
		out->len -= stream->avail_out;
	else
		*ret_is_over = stream->avail_out == 0;
	return result;
}

static enum status unpack(z_stream *stream, struct buf *out, struct error *err)
{
	bool is_over = false;
	int result;

	do {
		result = step(stream, out, &is_over);
	} while (result == Z_OK && !is_over);
	if (is_over)
		return error_set(err, STATUS_LIMIT,
		                 "the body is larger than %zu bytes after gzip",
		                 out->max);
	if (result == Z_MEM_ERROR)
		return error_set(err, STATUS_NO_MEMORY, "no memory to unpack a body");
	if (result != Z_STREAM_END)
		return error_set(err, STATUS_MALFORMED, "the body is not whole gzip");
	if (stream->avail_in > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "bytes follow the end of the gzip body");
	return STATUS_OK;
}

enum status link_gunzip(struct view packed, struct buf *out, struct error *err)
{
	z_stream stream = {0};
	enum status status;

	if (packed.len > UINT32_MAX)
		return error_set(err, STATUS_LIMIT, "the packed body is too large");
	if (inflateInit2(&stream, MAX_WBITS + GZIP_ONLY) != Z_OK)
		return error_set(err, STATUS_NO_MEMORY, "no memory to unpack a body");
	stream.next_in = (unsigned char *)packed.data;
	stream.avail_in = (unsigned)packed.len;
	status = unpack(&stream, out, err);
	(void)inflateEnd(&stream);
	return status;
}
