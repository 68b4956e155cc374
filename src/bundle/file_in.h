/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the files of an export: below one open folder, plain files only, each once,
 * hashed as it is read. A file is bad when its bytes are not those of the hash that is
 * expected; that is told before anything else that is wrong with it.
 */
#ifndef ALDIS_BUNDLE_FILE_IN_H
#define ALDIS_BUNDLE_FILE_IN_H

#include "base/buf.h"
#include "crypto/hash.h"

/* Opens a plain file below the folder, without following a link at its name: NOT_FOUND
 * when it is missing, MALFORMED when it is something else than a plain file. */
MUST_USE enum status bundle_file_open(int folder, const char *path, int *ret_fd,
                                      struct error *err);

/* Replaces the content of buf by the whole file. LIMIT when it has more than buf->max
 * bytes. */
MUST_USE enum status bundle_file_read(int folder, const char *path, struct buf *content,
                                      struct error *err);

/* A file that is read piece by piece. Start all-zero but for `window`. */
struct bundle_file {
	int fd; /* valid while the file is open */
	bool is_open;
	bool is_whole; /* all of it is in the window, and its hash was found good */
	struct sha256_stream stream;
	struct hash expected;
	struct buf window; /* what was read and not yet left behind; kept between files */
	size_t at;         /* in window */
	uint64_t byte_count; /* read so far */
};

MUST_USE enum status bundle_file_begin(struct bundle_file *file, int folder,
                                       const char *path, const struct hash *expected,
                                       struct error *err);
/* The same for a file that was read and hashed already: takes the content, and leaves the
 * window of before in its place. Both have the same maximum. */
void bundle_file_begin_whole(struct bundle_file *file, struct buf *content);
/* The next len bytes, borrowed until the next call. MALFORMED when the file ends before.
 */
MUST_USE enum status bundle_file_next(struct bundle_file *file, size_t len,
                                      struct view *ret_bytes, struct error *err);
/* Reads to the end and closes. MALFORMED when the hash is not the expected one, or when
 * bytes were left; else `status`, what the reading came to so far. */
MUST_USE enum status bundle_file_end(struct bundle_file *file, enum status status,
                                     struct error *err);
/* Closes, whatever state it is in, and frees the window. */
void bundle_file_release(struct bundle_file *file);

/* The sentence for a file whose bytes are not the listed ones. */
MUST_USE enum status bundle_file_is_changed(struct error *err);

#endif
