/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The channel that a proof is about: its charters in force one after the other, and its
 * members' cards. For this folder only.
 */
#ifndef ALDIS_BUNDLE_PROOF_CHANNEL_H
#define ALDIS_BUNDLE_PROOF_CHANNEL_H

#include "bundle/proof.h"
#include "bundle/proof_form.h"
#include "bundle/result.h"
#include "record/charter.h"

enum { PROOF_CHARTERS_MAX = 64, PROOF_CARDS_MAX = 64 };

struct proof_channel {
	struct record_channel_id id;
	struct record_charter *charters; /* owned; in force one after the other */
	size_t charter_count;
	struct record_card *cards; /* owned; beside those in the charters */
	size_t card_count;
};

/* Takes the members "channel", "charters" and "cards". Every charter is signed by all who
 * must, each replaces the one before; the cards are newer ones of members. ret_channel
 * starts all-zero; release it whatever happens. */
MUST_USE enum status proof_channel_take(struct proof_cursor *cursor,
                                        struct proof_channel *ret_channel,
                                        struct error *err);
void proof_channel_release(struct proof_channel *channel);
/* Appends the same members, with at most the first charter_count charters, and reads them
 * into ret_channel, likewise. */
MUST_USE enum status proof_channel_append(const struct proof_source *source,
                                          size_t charter_count,
                                          struct proof_channel *ret_channel,
                                          struct buf *out, struct error *err);

/* The charter with this digest, or NULL. */
const struct record_charter *proof_channel_charter(const struct proof_channel *channel,
                                                   const struct hash *digest);
/* The newest card of a desk, or NULL. */
const struct record_card *proof_channel_card(const struct proof_channel *channel,
                                             const char *desk);
/* Walks all cards of a desk, those of the charters first; *at starts at 0. NULL at the
 * end. */
const struct record_card *proof_channel_next_card(const struct proof_channel *channel,
                                                  const char *desk, size_t *at);
/* The origin of a member's first log. */
void proof_channel_origin(const struct proof_channel *channel, const char *desk,
                          char ret_origin[RECORD_ORIGIN_MAX + 1]);

/* Adds the desk to those whose signatures were relied on. */
MUST_USE enum status proof_channel_rely(const struct proof_channel *channel,
                                        const char *desk,
                                        const struct bundle_trust *trust,
                                        struct bundle_result *result, struct error *err);
/* "whoever", "the witnesses that its charter names", "members of the channel". */
const char *proof_shown_to(const struct record_charter *charter);

#endif
