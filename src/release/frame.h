/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that every release of a version is, but for its data: file = head, data, tail.
 * Knows nothing of the data. The built-in page is made by tools/gen_release_page.py from
 * the folder page, those that were published before stand in spec/release-pages.txt.
 * Source: spec/release.md, File; aldis.md 9.4.
 */
#ifndef ALDIS_RELEASE_FRAME_H
#define ALDIS_RELEASE_FRAME_H

#include "base/buf.h"
#include "crypto/hash.h"

enum {
	RELEASE_FRAME_GLANCE = 4096,                 /* bytes */
	RELEASE_FILE_MAX = (512 + 16) * 1024 * 1024, /* bytes: data and page */
};

extern const struct view release_page_head, release_page_tail;

/* A page that was published, by what tells it. */
struct release_page {
	const char *version;
	size_t head_len, tail_len;
	struct hash hash; /* of head and tail, one behind the other */
};
extern const struct release_page release_pages[];
extern const size_t release_page_count;

/* The page that this program writes. */
struct release_page release_page_own(void);

struct release_frame_found {
	struct view data;    /* borrowed from the file */
	const char *version; /* of the page; static */
	struct hash hash;    /* of the page */
};

/* Takes a release file apart. MALFORMED: what is around the data is no page of a known
 * version. */
MUST_USE enum status release_frame_split(struct view file,
                                         struct release_frame_found *ret_found,
                                         struct error *err);
/* Does it look like a release file, or any other page? Its beginning is enough
 * (RELEASE_FRAME_GLANCE bytes). A page that was tampered with is still one. */
bool release_frame_is_one(struct view file);

/* Appends the file: head, data, tail. Whether the data is any good is for
 * release/verify.h to say. LIMIT, NO_MEMORY: of out. */
MUST_USE enum status release_file_append(struct view data, struct buf *out);

#endif
