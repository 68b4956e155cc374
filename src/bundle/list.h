/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of an export's files, in the order in which they are read (bundle/layout.h):
 * lines of a SHA-256 in hex, two blanks, the path. That is what `sha256sum --check files`
 * understands. Its own hash stands in the manifest. Source: spec/record.md, Export.
 */
#ifndef ALDIS_BUNDLE_LIST_H
#define ALDIS_BUNDLE_LIST_H

#include <stdio.h>

#include "bundle/file_in.h"
#include "bundle/layout.h"

/* Appends one line. */
void bundle_list_append(struct buf *out, const struct hash *hash, const char *path);
/* Reads one line, with its newline. */
MUST_USE enum status bundle_list_line_decode(struct view line, struct hash *ret_hash,
                                             struct bundle_path *ret_path,
                                             struct error *err);

/* The list while it is read. Start all-zero; release it after success or failure. */
struct bundle_list {
	int folder; /* borrowed */
	FILE *stream;
	struct sha256_stream read; /* hash of the lines read so far */
	bool is_hashing;
	struct hash hash;    /* of the whole list */
	uint64_t line_count; /* read so far */
	bool has_next;
	struct hash next_hash;
	struct bundle_path next;
	struct buf names; /* uint64_t of each path's hash, sorted by bundle_list_end */
};

/* Opens the list of the folder and checks that it has this hash. */
MUST_USE enum status bundle_list_open(struct bundle_list *list, int folder,
                                      const struct hash *hash, struct error *err);
/* Is this the next path? False at the end too. */
bool bundle_list_is_next(const struct bundle_list *list, const char *path);
/* Moves behind the next line, which must be of this path, and gives its hash. MALFORMED
 * when the list goes on otherwise. */
MUST_USE enum status bundle_list_take(struct bundle_list *list, const char *path,
                                      struct hash *ret_hash, struct error *err);
/* Nothing must be left, and all that was read must be what was hashed at first. */
MUST_USE enum status bundle_list_end(struct bundle_list *list, uint64_t line_count,
                                     struct error *err);
/* After bundle_list_end: was this path listed? */
bool bundle_list_has(const struct bundle_list *list, const char *path);
void bundle_list_release(struct bundle_list *list);

#endif
