/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part of a pouch, which is a file: lines in plain text that say from whom and for whom
 * it is and which part of which pouch, a blank line, and its share of the sealed bytes.
 * Knows nothing of what is sealed. Source: spec/pouch.md.
 */
#ifndef ALDIS_POUCH_PART_H
#define ALDIS_POUCH_PART_H

#include "base/buf.h"
#include "crypto/keyfile.h"
#include "record/name.h"

enum {
	POUCH_SIZE_MAX = 18 * 1024 * 1024, /* sealed bytes of one pouch */
	POUCH_PART_SIZE_MIN = 4096,
	POUCH_PART_COUNT_MAX = POUCH_SIZE_MAX / POUCH_PART_SIZE_MIN,
	POUCH_PART_HEAD_MAX = 1024,
	POUCH_PART_FILE_MAX = POUCH_PART_HEAD_MAX + POUCH_SIZE_MAX,
};

/* What the first lines of every part of a pouch say; bound to what is sealed. */
struct pouch_address {
	struct record_name from, to;
	struct record_channel_id channel;
	struct x25519_public box; /* the reader's key that it is sealed to */
};

struct pouch_part {
	struct pouch_address address;
	struct hash pouch;      /* SHA-256 of all sealed bytes: names the pouch */
	uint32_t size;          /* of all sealed bytes */
	uint32_t number, count; /* this part, from 1, of so many */
	struct view bytes;      /* of this part; borrowed */
};

/* Appends the first lines alone: what the sealed content is bound to. */
void pouch_address_append(struct buf *out, const struct pouch_address *address);

/* Appends what stands before the bytes: all lines and the empty one. */
void pouch_part_append_head(struct buf *out, const struct pouch_part *part);
/* Appends the whole file. */
void pouch_part_append(struct buf *out, const struct pouch_part *part);

/* Does this file begin as a part does? */
bool pouch_part_is_one(struct view file);
/* MALFORMED: no part, cut short, or changed since it was written. */
MUST_USE enum status pouch_part_parse(struct view file, struct pouch_part *ret_part,
                                      struct error *err);

/* Do both say the same of their pouch: address, digest, size, number of parts? */
bool pouch_part_is_same(const struct pouch_part *a, const struct pouch_part *b);

/* Into how many parts of at most part_size bytes (at least POUCH_PART_SIZE_MIN) so many
 * bytes go, and which of them are in part `number`. */
uint32_t pouch_part_count(size_t size, size_t part_size);
struct view pouch_part_share(struct view whole, size_t part_size, uint32_t number);

#endif
