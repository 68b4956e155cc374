/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords of people, kept as Argon2id hashes. Slow and hungry on purpose (64 MiB, a
 * tenth of a second): never to be called where somebody waits for a turn.
 */
#ifndef ALDIS_CRYPTO_PASSWORD_H
#define ALDIS_CRYPTO_PASSWORD_H

#include <stdbool.h>

#include "base/status.h"

enum { PASSWORD_MAX = 1023, PASSWORD_HASH_MAX = 127 }; /* bytes, without the NUL */

/* "$argon2id$v=19$m=65536,…" with a new salt. */
MUST_USE enum status password_hash(const char *password,
                                   char ret_hash[PASSWORD_HASH_MAX + 1],
                                   struct error *err);
/* True when the hash, of whatever strength, is of this password. */
bool password_is(const char *password, const char *hash);

#endif
