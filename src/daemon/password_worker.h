/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that hashes passwords, one at a time, so that no turn waits for it. The only
 * thread of the daemon: it touches nothing but the slots in here, and those only under
 * one lock. Passwords lie in locked memory, which no fork of the process sees, and are
 * wiped as soon as they were hashed.
 */
#ifndef ALDIS_DAEMON_PASSWORD_WORKER_H
#define ALDIS_DAEMON_PASSWORD_WORKER_H

#include <stdint.h>

#include "crypto/password.h"

enum { PASSWORD_WORKER_QUEUE = 8 };

struct password_worker;

struct password_result {
	uint64_t ticket;
	bool is_good; /* the password is the one, or a hash was made */
	char hash[PASSWORD_HASH_MAX + 1];
};

MUST_USE enum status password_worker_new(struct password_worker **ret_worker,
                                         struct error *err);
/* Waits for what is being hashed now, wipes the rest. NULL is fine. */
void password_worker_free(struct password_worker *worker);

/* Queues a password to be hashed, or (is_check) held against a hash. Both are copied.
 * AGAIN: the queue is full; LIMIT: it is too long. */
MUST_USE enum status password_worker_ask(struct password_worker *worker, uint64_t ticket,
                                         bool is_check, const char *password,
                                         const char *hash, struct error *err);
/* Readable while results wait. */
int password_worker_fd(const struct password_worker *worker);
/* The next result; false: none is ready. */
bool password_worker_take(struct password_worker *worker,
                          struct password_result *ret_result);

#endif
