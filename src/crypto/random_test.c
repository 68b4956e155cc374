/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes fill exactly their place; wiping leaves zeros.
 */
#include "crypto/random.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

static void starting_twice_is_harmless(void **state)
{
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	assert_int_equal(crypto_init(NULL), STATUS_OK);
}

static void random_bytes_differ_and_stay_in_their_place(void **state)
{
	uint8_t a[34] = {0}, b[34] = {0};

	random_bytes(a + 1, 32);
	random_bytes(b + 1, 32);
	assert_memory_not_equal(a + 1, b + 1, 32);
	assert_int_equal(a[0] | a[33] | b[0] | b[33], 0);
	random_bytes(a, 0);
}

static void wiping_leaves_zeros(void **state)
{
	uint8_t bytes[5] = "abcd", zeros[5] = {0};

	crypto_wipe(bytes, sizeof bytes);
	assert_memory_equal(bytes, zeros, sizeof bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(starting_twice_is_harmless),
	    cmocka_unit_test(random_bytes_differ_and_stay_in_their_place),
	    cmocka_unit_test(wiping_leaves_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
