/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/random.h"

static int setup(void **state)
{
	return crypto_init(NULL) == STATUS_OK ? 0 : -1;
}

static void a_hash_is_of_its_password_alone(void **state)
{
	char hash[PASSWORD_HASH_MAX + 1], other[PASSWORD_HASH_MAX + 1];
	struct error err;

	assert_int_equal(password_hash("correct horse", hash, &err), STATUS_OK);
	assert_int_equal(password_hash("correct horse", other, &err), STATUS_OK);
	assert_string_not_equal(hash, other);
	assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
	assert_true(password_is("correct horse", hash));
	assert_false(password_is("correct horsf", hash));
	assert_false(password_is("", hash));
	hash[strlen(hash) - 1] ^= 1;
	assert_false(password_is("correct horse", hash));
}

/* Made by the reference implementation's command: argon2 somesalt -id -t 2 -m 16 -p 1. */
static void the_reference_implementation_agrees(void **state)
{
	static const char hash[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
	                           "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

	assert_true(password_is("password", hash));
	assert_false(password_is("passwort", hash));
}

static void what_is_no_hash_is_of_no_password(void **state)
{
	static const char *const hashes[] = {"", "$", "$argon2id$", "x", "$7$abc"};

	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		assert_false(password_is("", hashes[i]));
		assert_false(password_is("x", hashes[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_hash_is_of_its_password_alone),
	    cmocka_unit_test(the_reference_implementation_agrees),
	    cmocka_unit_test(what_is_no_hash_is_of_no_password),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
