/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/password.h"

#include <sodium.h>
#include <string.h>

_Static_assert(PASSWORD_HASH_MAX + 1 == crypto_pwhash_STRBYTES, "libsodium's length");

enum status password_hash(const char *password, char ret_hash[PASSWORD_HASH_MAX + 1],
                          struct error *err)
{
	if (crypto_pwhash_str_alg(
	        ret_hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
	        crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory to hash a password");
	return STATUS_OK;
}

bool password_is(const char *password, const char *hash)
{
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
