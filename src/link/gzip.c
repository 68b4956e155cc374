/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zlib's fastest level: what is packed here is sent once, and JSON shrinks to a fifth
 * even so.
 */
#include "link/gzip.h"

#include <strings.h>
#include <zlib.h>

enum { GZIP_ONLY = 16, MEMORY_LEVEL = 8 };

static enum status pack(z_stream *stream, struct buf *out, struct error *err)
{
	size_t start = out->len;
	size_t bound = deflateBound(stream, stream->avail_in);
	uint8_t *space = bound <= UINT32_MAX ? buf_extend(out, bound) : NULL;

	if (space == NULL)
		return error_set(err, STATUS_LIMIT, "no room for a packed body");
	stream->next_out = space;
	stream->avail_out = (unsigned)bound;
	if (deflate(stream, Z_FINISH) != Z_STREAM_END)
		return error_set(err, STATUS_BUG, "zlib needs more room than it said");
	out->len = start + stream->total_out;
	return STATUS_OK;
}

enum status link_gzip(struct view plain, struct buf *out, struct error *err)
{
	z_stream stream = {0};
	enum status status;

	if (plain.len > UINT32_MAX)
		return error_set(err, STATUS_LIMIT, "a body is too large to be packed");
	if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + GZIP_ONLY,
	                 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return error_set(err, STATUS_NO_MEMORY, "no memory to pack a body");
	stream.next_in = (unsigned char *)plain.data;
	stream.avail_in = (unsigned)plain.len;
	status = pack(&stream, out, err);
	(void)deflateEnd(&stream);
	return status;
}

/* The weight behind "gzip" of "gzip;q=0.5": is it more than nothing? */
static bool has_weight(const char *parameters, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		if ((parameters[i] == 'q' || parameters[i] == 'Q') &&
		    parameters[i + 1] == '=')
			return strcspn(parameters + i + 2, "123456789") < len - i - 2;
	return true;
}

bool link_accepts_gzip(const char *accept_encoding)
{
	const char *item = accept_encoding;

	while (item != NULL && *item != '\0') {
		size_t len, name_len;

		item += strspn(item, " \t,");
		len = strcspn(item, ",");
		name_len = strcspn(item, ",; \t");
		if (name_len == 4 && strncasecmp(item, "gzip", 4) == 0)
			return has_weight(item + name_len, len - name_len);
		item += len;
	}
	return false;
}
