/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs as bytes. Whether one is wanted, held or allowed is the desk's business.
 */
#include "record/blob.h"

#include <assert.h>

#include "codec/base64.h"

void record_blob_append(struct buf *out, const uint8_t salt[RECORD_SALT_LEN],
                        struct view content)
{
	buf_append(out, salt, RECORD_SALT_LEN);
	buf_append_view(out, content);
}

struct view record_blob_content(struct view blob)
{
	assert(blob.len >= RECORD_SALT_LEN);
	return view_from(blob, RECORD_SALT_LEN);
}

enum status record_blob_check(struct view blob, const struct record_blob_ref *ref,
                              struct error *err)
{
	struct hash id;

	if (blob.len < RECORD_SALT_LEN || blob.len - RECORD_SALT_LEN != ref->size)
		return error_set(err, STATUS_MALFORMED,
		                 "the blob has another size than its entry says");
	id = sha256(blob);
	if (!hash_equal(&id, &ref->id))
		return error_set(err, STATUS_MALFORMED,
		                 "the blob has another hash than its entry says");
	return STATUS_OK;
}

void record_add_blobs_append_origin(struct buf *out, struct view origin)
{
	assert(origin.len <= RECORD_ORIGIN_MAX);
	buf_append_u16(out, (uint16_t)origin.len);
	buf_append_view(out, origin);
}

void record_add_blobs_append_blob(struct buf *out, struct view blob)
{
	assert(blob.len >= RECORD_SALT_LEN && blob.len <= RECORD_ATTACHMENT_BLOB_MAX);
	buf_append_u32(out, (uint32_t)blob.len);
	buf_append_view(out, blob);
}

enum status record_add_blobs_parse(struct view body, struct record_add_blobs *ret_request,
                                   struct error *err)
{
	struct reader reader = reader_of(body);
	struct view origin;

	if (!reader_u16_bytes(&reader, &origin))
		return error_set(err, STATUS_MALFORMED,
		                 "the add-blobs request is cut within its origin");
	if (origin.len == 0 || origin.len > TLOG_NAME_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "the origin of the add-blobs request must have 1 to %d "
		                 "bytes",
		                 TLOG_NAME_MAX);
	ret_request->origin = origin;
	ret_request->blobs = reader;
	return STATUS_OK;
}

enum status record_add_blobs_next(struct record_add_blobs *request, struct view *ret_blob,
                                  struct error *err)
{
	struct view blob;

	if (reader_is_done(&request->blobs))
		return STATUS_CLOSED;
	if (!reader_u32_bytes(&request->blobs, &blob))
		return error_set(err, STATUS_MALFORMED,
		                 "the add-blobs request is cut within a blob");
	if (blob.len < RECORD_SALT_LEN || blob.len > RECORD_ATTACHMENT_BLOB_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "a blob must have %d bytes to 8 MiB", RECORD_SALT_LEN);
	*ret_blob = blob;
	return STATUS_OK;
}

enum status record_missing_blobs_parse(struct view body, struct hash *ret_ids, size_t cap,
                                       size_t *ret_count, struct error *err)
{
	struct view rest = body;
	size_t count = 0;

	while (rest.len > 0) {
		struct view line;

		if (!view_take_line(&rest, &line))
			return error_set(err, STATUS_MALFORMED,
			                 "the list of missing blobs is cut");
		if (count == cap || count == RECORD_MISSING_BLOBS_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "the list of missing blobs is too long");
		TRY(hex_decode_exact(line, ret_ids[count].bytes, 32, err));
		count++;
	}
	*ret_count = count;
	return STATUS_OK;
}

void record_missing_blobs_append(struct buf *out, const struct hash *id)
{
	hex_append(out, hash_view(id));
	buf_append_byte(out, '\n');
}
