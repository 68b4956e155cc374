/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that wait until a password was hashed or checked, which takes longer than a
 * turn may. Knows who to tell, not what the password is for.
 */
#ifndef ALDIS_CONSOLE_ACCOUNTS_PASSWORDS_H
#define ALDIS_CONSOLE_ACCOUNTS_PASSWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct api;

enum { PASSWORDS_MAX = 16 };

/* Called in a later turn. is_good: the password is the one, or `hash` (of a new one) was
 * made. `context` is as given, and freed after the call. */
typedef void password_done(struct api *api, void *context, bool is_good, const char *hash,
                           int64_t now_ms);

struct password_wait {
	uint64_t ticket; /* 0: free */
	password_done *done;
	void *context;
};

struct password_list {
	struct password_wait waits[PASSWORDS_MAX];
	uint64_t last_ticket;
};

/* Asks for the hash of a password, or whether it is the one of `hash`. Takes over context
 * (of malloc, or NULL), also on failure. AGAIN: too many wait, or nobody here can do it.
 */
MUST_USE enum status passwords_hash(struct api *api, const char *password,
                                    password_done *done, void *context,
                                    struct error *err);
MUST_USE enum status passwords_check(struct api *api, const char *password,
                                     const char *hash, password_done *done, void *context,
                                     struct error *err);
void passwords_release(struct password_list *list);

#endif
