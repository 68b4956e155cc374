/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsodium's generator and its wipe; OpenSSL starts by itself. The generator in user
 * space is taken: a stream cipher seeded by the kernel, for two salts a message would
 * cost two system calls.
 */
#include "crypto/random.h"

#include <sodium.h>

enum status crypto_init(struct error *err)
{
	(void)randombytes_set_implementation(&randombytes_internal_implementation);
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
