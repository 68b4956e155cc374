/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two whole desks in this process, on their own SQLite files, joined by nothing but
 * memory: each call of one is a request to the other in its next turn. For growing large
 * records fast and for measuring a desk without processes and network.
 */
#ifndef ALDIS_BENCH_PAIR_H
#define ALDIS_BENCH_PAIR_H

#include "bench/party.h"

struct packet;

struct pair_side {
	struct pair *pair;
	struct party party;
	struct packet *inbox; /* owned; what its next turn takes */
	size_t inbox_count, inbox_cap;
};

/* Starts all-zero; pair_release frees what there is. */
struct pair {
	struct pair_side north, south;
	enum status failed;
};

/* Opens the desks of a folder that party_make_two has made with ports 0, and lets them
 * speak until both may write. */
MUST_USE enum status pair_open(struct pair *pair, const char *folder, struct error *err);
/* The same for a new folder, grown to this many entries of north's log. */
MUST_USE enum status pair_make(struct pair *pair, const char *folder, uint64_t entries,
                               struct error *err);
void pair_release(struct pair *pair);

/* One turn of north with `count` new messages. */
MUST_USE enum status pair_submit(struct pair *pair, size_t count, struct error *err);
/* Turns of both until nothing is under way and south has cosigned all of north's log. */
MUST_USE enum status pair_settle(struct pair *pair, struct error *err);

/* Entries of north's log; those that south has cosigned. */
uint64_t pair_size(const struct pair *pair);
uint64_t pair_cosigned(const struct pair *pair);

#endif
