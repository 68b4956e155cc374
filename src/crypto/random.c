/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsodium's generator and its wipe; OpenSSL starts by itself. The generator in user
 * space is taken: a stream cipher seeded by the kernel, for two salts a message would
 * cost two system calls. After a fork it refuses to go on until it is seeded anew.
 */
#include "crypto/random.h"

#include <pthread.h>
#include <sodium.h>

/* The generator refuses to go on in a child until it is seeded anew there. */
static void start_in_child(void)
{
	randombytes_stir();
}

static void watch_forks(void)
{
	(void)pthread_atfork(NULL, NULL, start_in_child);
}

enum status crypto_init(struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, watch_forks);
	(void)randombytes_set_implementation(&randombytes_internal_implementation);
	if (sodium_init() < 0)
		return error_set(err, STATUS_SYSTEM, "libsodium does not start");
	randombytes_stir();
	return STATUS_OK;
}

enum status crypto_init_verifier(struct error *err)
{
	if (sodium_init() < 0)
		return error_set(err, STATUS_SYSTEM, "libsodium does not start");
	return STATUS_OK;
}

void random_bytes(void *ret_bytes, size_t len)
{
	randombytes_buf(ret_bytes, len);
}

void crypto_wipe(void *bytes, size_t len)
{
	sodium_memzero(bytes, len);
}
