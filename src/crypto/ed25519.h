/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519 (RFC 8032), from libsodium: deterministic signatures; verification refuses
 * non-canonical and small-order keys. Secret keys live in guarded, locked memory and are
 * wiped.
 */
#ifndef ALDIS_CRYPTO_ED25519_H
#define ALDIS_CRYPTO_ED25519_H

#include "base/status.h"
#include "base/view.h"

struct ed25519_public {
	uint8_t bytes[32];
};

struct ed25519_signature {
	uint8_t bytes[64];
};

struct ed25519_seed { /* plain bytes: wipe with crypto_wipe */
	uint8_t bytes[32];
};

struct ed25519_secret; /* guarded memory */

/* A new key from a seed; NO_MEMORY when no locked memory is to be had. The caller frees.
 */
MUST_USE enum status ed25519_secret_new(const struct ed25519_seed *seed,
                                        struct ed25519_secret **ret_secret,
                                        struct error *err);
void ed25519_secret_free(struct ed25519_secret *secret);
struct ed25519_public ed25519_secret_public(const struct ed25519_secret *secret);
struct ed25519_signature ed25519_sign(const struct ed25519_secret *secret,
                                      struct view message);

MUST_USE bool ed25519_verify(const struct ed25519_public *key, struct view message,
                             const struct ed25519_signature *signature);

#endif
