/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in is deterministic and of one key and one message, as a signature is.
 */
#include "sim/stand_in.h"

#include <string.h>

#include "crypto/ed25519.h"
#include "crypto/hash.h"

static bool is_standing_in; /* one world runs at a time */

void stand_in_activate(bool is_active)
{
	is_standing_in = is_active;
}

static struct ed25519_signature make(const struct ed25519_public *key,
                                     struct view message)
{
	struct ed25519_signature signature = {{0}};
	struct hash digest = sha256_2(view_of(key->bytes, sizeof key->bytes), message);
	memcpy(signature.bytes, digest.bytes, sizeof digest.bytes);
	return signature;
}

struct ed25519_signature __real_ed25519_sign(const struct ed25519_secret *secret,
                                             struct view message);
struct ed25519_signature __wrap_ed25519_sign(const struct ed25519_secret *secret,
                                             struct view message);
struct ed25519_signature __wrap_ed25519_sign(const struct ed25519_secret *secret,
                                             struct view message)
{
	if (!is_standing_in)
		return __real_ed25519_sign(secret, message);
	struct ed25519_public key = ed25519_secret_public(secret);
	return make(&key, message);
}

bool __real_ed25519_verify(const struct ed25519_public *key, struct view message,
                           const struct ed25519_signature *signature);
bool __wrap_ed25519_verify(const struct ed25519_public *key, struct view message,
                           const struct ed25519_signature *signature);
bool __wrap_ed25519_verify(const struct ed25519_public *key, struct view message,
                           const struct ed25519_signature *signature)
{
	if (!is_standing_in)
		return __real_ed25519_verify(key, message, signature);
	struct ed25519_signature made = make(key, message);
	return memcmp(&made, signature, sizeof made) == 0;
}
