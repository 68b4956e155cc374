/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519 by libsodium. The expanded secret key lies between guard pages, is not written
 * to swap where the limits allow that, is read-only after it was made, and is wiped when
 * freed.
 */
#include "crypto/ed25519.h"

#include <assert.h>
#include <sodium.h>

static_assert(sizeof(struct ed25519_public) == crypto_sign_PUBLICKEYBYTES, "key size");
static_assert(sizeof(struct ed25519_signature) == crypto_sign_BYTES, "signature size");
static_assert(sizeof(struct ed25519_seed) == crypto_sign_SEEDBYTES, "seed size");

struct ed25519_secret {
	uint8_t key[crypto_sign_SECRETKEYBYTES]; /* the seed, then the public key */
};

enum status ed25519_secret_new(const struct ed25519_seed *seed,
                               struct ed25519_secret **ret_secret, struct error *err)
{
	struct ed25519_secret *secret = sodium_malloc(sizeof *secret);
	struct ed25519_public public;

	if (secret == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "no guarded memory for a secret key");
	(void)crypto_sign_seed_keypair(public.bytes, secret->key, seed->bytes);
	(void)sodium_mprotect_readonly(secret);
	*ret_secret = secret;
	return STATUS_OK;
}

void ed25519_secret_free(struct ed25519_secret *secret)
{
	sodium_free(secret);
}

struct ed25519_public ed25519_secret_public(const struct ed25519_secret *secret)
{
	struct ed25519_public public;

	(void)crypto_sign_ed25519_sk_to_pk(public.bytes, secret->key);
	return public;
}

struct ed25519_signature ed25519_sign(const struct ed25519_secret *secret,
                                      struct view message)
{
	struct ed25519_signature signature;

	(void)crypto_sign_detached(signature.bytes, NULL, message.data, message.len,
	                           secret->key);
	return signature;
}

bool ed25519_verify(const struct ed25519_public *key, struct view message,
                    const struct ed25519_signature *signature)
{
	return crypto_sign_verify_detached(signature->bytes, message.data, message.len,
	                                   key->bytes) == 0;
}
