/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secret seeds on disk, one file a key, mode 0600: one line "aldis.key/1 <role> <name>"
 * and one with the base64 seed; under a passphrase the second line is "argon2id <base64
 * of salt, nonce and secretbox>". Every role's key is such a seed; box keys are X25519.
 */
#ifndef ALDIS_CRYPTO_KEYFILE_H
#define ALDIS_CRYPTO_KEYFILE_H

#include "crypto/ed25519.h"

/* Writes a new file; CONFLICT when it exists. passphrase NULL: not encrypted. */
MUST_USE enum status keyfile_write(const char *path, const char *role, const char *name,
                                   const struct ed25519_seed *seed,
                                   const char *passphrase, struct error *err);

/* Reads a seed. UNTRUSTED when the passphrase is missing or wrong, MALFORMED when role or
 * name differ or the form is broken, SYSTEM when others may read the file. */
MUST_USE enum status keyfile_read(const char *path, const char *role, const char *name,
                                  const char *passphrase, struct ed25519_seed *ret_seed,
                                  struct error *err);

/* Is the file encrypted? */
MUST_USE enum status keyfile_is_encrypted(const char *path, bool *ret_encrypted,
                                          struct error *err);

struct x25519_public {
	uint8_t bytes[32];
};

/* The public half of an X25519 seed (the box key). */
struct x25519_public x25519_public_of(const struct ed25519_seed *seed);

#endif
