/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table with open addressing over the hashes of the notes, at most half full.
 */
#include "record/card_set.h"

#include <stdlib.h>

#include "record/array.h"

enum { FIRST_SLOTS = 64 };

struct record_card_opened {
	struct hash note;
	struct record_card card;
};

void record_card_set_release(struct record_card_set *set)
{
	free(set->opened);
	free(set->slots);
	*set = (struct record_card_set){0};
}

/* The slot of this hash, or the empty one where it belongs. */
static uint32_t *find(const struct record_card_set *set, const struct hash *hash)
{
	size_t at;

	memcpy(&at, hash->bytes, sizeof at);
	for (;; at++) {
		uint32_t *slot = &set->slots[at & (set->slot_count - 1)];

		if (*slot == 0 || hash_equal(&set->opened[*slot - 1].note, hash))
			return slot;
	}
}

static enum status make_room(struct record_card_set *set, struct error *err)
{
	TRY(record_array_reserve(&set->opened, &set->cap, set->count + 1,
	                         sizeof *set->opened, err));
	if (2 * set->count < set->slot_count)
		return STATUS_OK;
	size_t slot_count = set->slot_count == 0 ? FIRST_SLOTS : 2 * set->slot_count;
	uint32_t *slots = calloc(slot_count, sizeof *slots);
	if (slots == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for cards");
	free(set->slots);
	set->slots = slots;
	set->slot_count = slot_count;
	for (size_t i = 0; i < set->count; i++)
		*find(set, &set->opened[i].note) = (uint32_t)i + 1;
	return STATUS_OK;
}

enum status record_card_set_open(struct record_card_set *set, struct view note,
                                 struct record_card *ret_card, struct error *err)
{
	struct hash hash;
	struct tlog_note parsed;

	if (set == NULL)
		return record_card_open(note, ret_card, err);
	hash = sha256(note);
	TRY(make_room(set, err));
	uint32_t *slot = find(set, &hash);
	if (*slot == 0) {
		struct record_card_opened *opened = &set->opened[set->count];

		TRY(tlog_note_parse(note, &parsed, err));
		TRY(tlog_weight_add(&set->weight, &parsed, err));
		TRY(record_card_open(note, &opened->card, err));
		opened->note = hash;
		*slot = (uint32_t)++set->count;
	}
	*ret_card = set->opened[*slot - 1].card;
	return STATUS_OK;
}
