/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of one pouch, kept in memory until all are there. The rules are those by
 * which a desk keeps parts (office/pouches.c), without its room for many pouches. Source:
 * spec/pouch.md, Reading one.
 */
#ifndef ALDIS_POUCH_JOIN_H
#define ALDIS_POUCH_JOIN_H

#include "pouch/part.h"

/* Starts all-zero; release it. */
struct pouch_join {
	struct pouch_part head; /* of the part that came first; count 0: none yet */
	struct buf *parts;      /* owned: head.count of them; NULL when whole */
	bool *is_held;          /* owned: by number, from 1 */
	uint32_t held_count;
	size_t byte_count; /* of those held */
	struct buf whole;  /* once all are held */
};

/*
 * Takes a part; one of the same number takes its place. CONFLICT: of another pouch, or it
 * says something else of this one than those held; nothing changed. MALFORMED: those held
 * do not make the pouch that they name, one was swapped; all are dropped. NO_MEMORY: as
 * it was.
 */
MUST_USE enum status pouch_join_add(struct pouch_join *join,
                                    const struct pouch_part *part, struct error *err);
/* Is this part held? Numbers count from 1. */
bool pouch_join_has(const struct pouch_join *join, uint32_t number);
/* The sealed bytes, of the size and digest that the head names; empty while a part is
 * missing. */
struct view pouch_join_whole(const struct pouch_join *join);
void pouch_join_release(struct pouch_join *join);

#endif
