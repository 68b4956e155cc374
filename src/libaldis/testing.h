/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: pouches between the desks of a channel in memory, over
 * bundle/testing.h. What fails here ends the test.
 */
#ifndef ALDIS_LIBALDIS_TESTING_H
#define ALDIS_LIBALDIS_TESTING_H

#include "bundle/testing.h"
#include "pouch/pouch.h"

struct testing_pouch {
	struct testing_channel *channel; /* sealed; borrowed */
	size_t from, to;                 /* desks */
	size_t successor;                /* a later log of `from`; 0: its first */
	uint64_t held;                   /* entries that the reader has already */
	bool has_no_receipt, has_no_blobs;
	/* May change the content before it is sealed. */
	void (*falsify)(struct buf *content);
};

/* Appends the content: the reader's receipt, the checkpoint, entries, bodies. */
void testing_pouch_content(const struct testing_pouch *pouch, struct buf *out);
struct pouch_address testing_pouch_address(const struct testing_pouch *pouch);
/* Appends the whole, sealed to the reader's testing box key. */
void testing_pouch_seal(const struct testing_pouch *pouch, struct buf *out);
/* Appends one part, as a file. */
void testing_pouch_part(const struct testing_pouch *pouch, struct view whole,
                        size_t part_size, uint32_t number, struct buf *out);

#endif
