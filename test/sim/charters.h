/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agreements of a world over its time. In a long world not all members are there from
 * the beginning, one may leave, the charter is amended and keys change. The texts go from
 * hand to hand outside the network, signed one by one; a draft that somebody will not
 * sign must never be in force.
 */
#ifndef ALDIS_SIM_CHARTERS_H
#define ALDIS_SIM_CHARTERS_H

#include "sim/host.h"

/* Drafts the first charter among the founders, signed by all; gives hosts their cards. */
void charters_make_first(struct sim *sim);
/* Puts what will be amended, left and changed on the agenda. */
void charters_begin(struct sim *sim);
void charters_release(struct sim *sim);
/* Hands the host's desk, within a turn, what its people hold: the charters in force and,
 * with signers (one bit a member), the draft with their lines. */
void charters_hand_over(struct host *host, uint64_t signers);
/* The first time that a desk enters the channel. */
void charters_enter(struct host *host);
/* Hands the desk, within a turn, the card in use of every other member: a backup may be
 * older than several changes of keys. */
void charters_meet(struct host *host);
/* Hands in the change of keys that is wanted, within a turn. */
void charters_rekey(struct host *host);
/* In a look at the desk: what a crash has prevented is done again. */
void charters_look(struct host *host);
/* Takes a fresh card with the desk's first keys. */
void charters_give_card(struct host *host);
/* A member of the charter that all have signed last. */
bool charters_has_member(const struct sim *sim, size_t member);
/* The number of the first charter that has this member; SIZE_MAX: none yet. */
size_t charters_since(const struct sim *sim, size_t member);
/* Of the charter with this digest; SIZE_MAX when not all have signed such a one. */
size_t charters_find(struct sim *sim, const struct hash *digest);

#endif
