/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key holder: signs checkpoints that it builds itself from origin, size and root, and
 * cosignature messages, and only what extends its guard; opens the keys of pouches. Knows
 * nothing of messages, peers or the database. Pure but for the guard; the daemon runs it
 * in a process of its own, the simulator calls it directly. Source: aldis.md 1.6, 7.
 */
#ifndef ALDIS_SIGNER_SIGNER_H
#define ALDIS_SIGNER_SIGNER_H

#include "signer/guard.h"

struct signer_config {
	const char *desk; /* name */
	/* Taken over, like the guard, also on failure; witness may be NULL. */
	struct ed25519_secret *log, *mirror, *witness;
	bool has_box; /* then its seed, of the box key, is copied */
	struct ed25519_seed box;
	/* Taken over; NULL when the file could not be read: the guard then starts empty
	 * and the desk relies on its members. */
	struct guard *guard;
	/* Its own clock, UTC milliseconds, and how far it may jump against the monotonic
	 * clock, or a wanted time may lie from it, before it stops signing cosignatures.
	 */
	int64_t (*now_ms)(void *clock);
	int64_t (*monotonic_ms)(void *clock);
	void *clock;
	int64_t jump_limit_ms;
};

struct signer_core;
MUST_USE enum status signer_core_new(const struct signer_config *config,
                                     struct signer_core **ret_core, struct error *err);
void signer_core_free(struct signer_core *core);
/* The operations of desk/ports.h on a core in the same process; self is the core. Beside
 * the statuses named there an item may get MALFORMED (an origin that its key is not for,
 * a tree that can't be) and NOT_FOUND (no such key; time_s 0 for what the guard does not
 * hold). After a clock jump every item gets AGAIN until the operator's word. */
extern const struct signer_ops signer_core_ops;
/* Syncs the guard when it is dirty; to be called at least once a second. A failure ends
 * the process. */
MUST_USE enum status signer_core_sync(struct signer_core *core, struct error *err);
/* The operator's word that the clock is right again after a jump. */
void signer_core_accept_clock(struct signer_core *core);

#endif
