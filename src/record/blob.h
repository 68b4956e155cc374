/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Salted blobs and the list form in which they travel. Source: aldis.md 2.7, 8.2, 8.3.
 */
#ifndef ALDIS_RECORD_BLOB_H
#define ALDIS_RECORD_BLOB_H

#include "codec/reader.h"
#include "record/envelope.h"

/* Appends salt and content: the whole blob. Its id is sha256 of those bytes. */
void record_blob_append(struct buf *out, const uint8_t salt[RECORD_SALT_LEN],
                        struct view content);
/* The content behind the salt; blob.len must be at least 16. */
struct view record_blob_content(struct view blob);

/* Does the blob have this id and size? MALFORMED when not. */
MUST_USE enum status
record_blob_check(struct view blob, const struct record_blob_ref *ref, struct error *err);

/* add-blobs body: u16 length and origin, then u32 length and blob, repeated. */
void record_add_blobs_append_origin(struct buf *out, struct view origin);
void record_add_blobs_append_blob(struct buf *out, struct view blob);
struct record_add_blobs {
	struct view origin;
	struct reader blobs;
};
MUST_USE enum status record_add_blobs_parse(struct view body,
                                            struct record_add_blobs *ret_request,
                                            struct error *err);
/* Next blob: CLOSED at the end; MALFORMED when cut or outside 16 bytes to 8 MiB. */
MUST_USE enum status record_add_blobs_next(struct record_add_blobs *request,
                                           struct view *ret_blob, struct error *err);

/* The answer 424: hex ids, one a line, at most 1,000. */
#define RECORD_TYPE_BLOBS "text/x.aldis.blobs"
enum { RECORD_MISSING_BLOBS_MAX = 1000 };
MUST_USE enum status record_missing_blobs_parse(struct view body, struct hash *ret_ids,
                                                size_t cap, size_t *ret_count,
                                                struct error *err);
void record_missing_blobs_append(struct buf *out, const struct hash *id);

#endif
