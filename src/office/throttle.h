/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slows guessing down: behind some free tries each further one doubles the time until the
 * next counts, up to THROTTLE_MS_MAX. An address has few free ones; a name has many, for
 * the people behind it try from elsewhere than who guesses, and must not be locked out by
 * that. Kept in memory only, in bounded space.
 */
#ifndef ALDIS_OFFICE_THROTTLE_H
#define ALDIS_OFFICE_THROTTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	THROTTLE_FREE_FROM = 5,  /* of an address */
	THROTTLE_FREE_NAME = 50, /* of a name */
	THROTTLE_MS_MAX = 60 * 1000,
	THROTTLE_FORGET_MS = 3600 * 1000, /* since the last failure */
	THROTTLE_ENTRIES_MAX = 1024,
	THROTTLE_KEY_MAX = 79,
};

struct throttle_entry {
	char key[THROTTLE_KEY_MAX + 1];
	unsigned failures;
	int64_t last_ms;
};

struct throttle {
	struct throttle_entry *entries; /* made at the first failure */
	size_t count;
};

/* How long this key has to wait from now on; 0: not. Longer keys are cut. */
int64_t throttle_wait_ms(const struct throttle *throttle, const char *key, unsigned free,
                         int64_t now_ms);
/* A try begins: it counts as a failure until throttle_clear says otherwise, so that many
 * at once are no way around. */
void throttle_count(struct throttle *throttle, const char *key, int64_t now_ms);
void throttle_clear(struct throttle *throttle, const char *key);
void throttle_release(struct throttle *throttle);

#endif
