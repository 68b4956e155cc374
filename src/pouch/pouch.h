/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed bytes of a pouch: a key sealed to the reader, and the content under that
 * key, bound to the address. Source: spec/pouch.md.
 */
#ifndef ALDIS_POUCH_POUCH_H
#define ALDIS_POUCH_POUCH_H

#include "crypto/box.h"
#include "pouch/part.h"

enum {
	POUCH_CONTENT_MAX =
	    POUCH_SIZE_MAX - (int)sizeof(struct box_sealed_key) - BOX_OVERHEAD
};

/* Appends the sealed bytes. UNTRUSTED: the address's box key is none; LIMIT: too much. */
MUST_USE enum status pouch_seal(const struct pouch_address *address, struct view content,
                                struct buf *ret_whole, struct error *err);

/* The key in front, for who holds the box key. MALFORMED: too short for a pouch. */
MUST_USE enum status
pouch_sealed_key(struct view whole, struct box_sealed_key *ret_sealed, struct error *err);
/* Appends the content. UNTRUSTED: it was not sealed with this key for this address. */
MUST_USE enum status pouch_open(const struct pouch_address *address, struct view whole,
                                const struct box_key *key, struct buf *ret_content,
                                struct error *err);

#endif
