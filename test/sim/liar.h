/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member without rules: it holds its desk's keys and signs what it likes. Its own log
 * is a tree (the others would not take anything else), but what stands in it is nonsense,
 * back-dated or names what never was; beside it forges, replays, floods, forks and
 * answers at random. One lie at a time, so that its honest part works often enough to be
 * believed.
 */
#ifndef ALDIS_SIM_LIAR_H
#define ALDIS_SIM_LIAR_H

#include "sim/net.h"

struct liar;

struct liar *liar_new(struct host *host);
void liar_free(struct liar *liar);
/* A call came in. */
void liar_take(struct liar *liar, struct packet *packet);
/* The answer to its own call. */
void liar_hear(struct liar *liar, const struct packet *packet);
/* Does the next mischief; an agenda_act on the host. */
void liar_act(struct sim *sim, void *host, uint64_t number);

#endif
