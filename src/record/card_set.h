/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards that were verified, each text once: charters repeat those of the charters before
 * them. Knows nothing of who may have which card.
 */
#ifndef ALDIS_RECORD_CARD_SET_H
#define ALDIS_RECORD_CARD_SET_H

#include "record/card.h"

/* Starts all-zero, but for the maxima of its weight; release it. */
struct record_card_set {
	struct record_card_opened *opened; /* owned, as all here */
	size_t count, cap;
	uint32_t *slots; /* by the hash of the note: 1 + its place, 0 for none */
	size_t slot_count;
	struct tlog_weight weight; /* of the cards, and of what else is counted in */
};
void record_card_set_release(struct record_card_set *set);

/* As record_card_open, for a text that is new here, which is counted in before: LIMIT
 * when that is too much. set NULL: the same as record_card_open. */
MUST_USE enum status record_card_set_open(struct record_card_set *set, struct view note,
                                          struct record_card *ret_card,
                                          struct error *err);

#endif
