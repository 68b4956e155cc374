/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store in memory, for tests and the simulator: nothing outlives the process, but it
 * crashes as a disk does: what was committed stays, the rest is gone. A snapshot costs a
 * few counters, so a simulated machine can be set back to any earlier day. Store and
 * snapshots of one family belong to one thread.
 */
#ifndef ALDIS_STORE_MEMORY_H
#define ALDIS_STORE_MEMORY_H

#include "desk/ports.h"

/* An empty store; ended by its own close operation. */
MUST_USE enum status store_memory_new(struct store *ret_store, struct error *err);

/* The process dies: what was not committed is gone. The store goes on in use, as the one
 * the next process opens. */
void store_memory_crash(struct store *store);

/* The last committed state, kept; NULL without memory. The store may change or close
 * afterwards. */
struct store_memory_snapshot *store_memory_snapshot(const struct store *store);
void store_memory_snapshot_free(struct store_memory_snapshot *snapshot);

/* Sets the store back to a snapshot, of this store or another; what it held is gone. The
 * snapshot stays usable. */
void store_memory_restore(struct store *store,
                          const struct store_memory_snapshot *snapshot);

#endif
