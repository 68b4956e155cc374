/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A neutral witness: it cosigns what extends what it has cosigned before, and would see a
 * fork that its members do not. An honest desk never shows it one.
 */
#ifndef ALDIS_SIM_NEUTRAL_H
#define ALDIS_SIM_NEUTRAL_H

#include "sim/net.h"

struct neutral;

/* NULL: this world has none. */
struct neutral *neutral_new(const struct sim *sim);
void neutral_free(struct neutral *neutral);

/* Appends what a template of a charter says of it: a member and a comma. Nothing for
 * NULL. */
void neutral_append_member(const struct neutral *neutral, struct buf *out);

/* Answers a request that has arrived; true when it has something to say, which is then in
 * status and out. */
int neutral_answer(struct sim *sim, struct neutral *neutral, const struct packet *packet,
                   struct buf *out);

/* So many cosignatures were given. */
uint64_t neutral_count(const struct neutral *neutral);

#endif
