/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole numbers: the one form, and the bound at its very edge.
 */
#include "codec/decimal.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static bool decodes(const char *text, uint64_t max, uint64_t *ret_value)
{
	return decimal_decode(view_of_string(text), max, ret_value, NULL) == STATUS_OK;
}

static void the_shortest_form_is_read(void **state)
{
	uint64_t value = 1;

	assert_true(decodes("0", 0, &value));
	assert_true(value == 0);
	assert_true(decodes("1234567890", UINT64_MAX, &value));
	assert_true(value == 1234567890);
	assert_true(decodes("18446744073709551615", UINT64_MAX, &value));
	assert_true(value == UINT64_MAX);
	assert_true(decodes("9223372036854775807", INT64_MAX, &value));
	assert_true(value == INT64_MAX);
}

static void what_is_above_the_maximum_is_refused(void **state)
{
	uint64_t value = 77;

	assert_false(decodes("18446744073709551616", UINT64_MAX, &value));
	assert_false(decodes("18446744073709551620", UINT64_MAX, &value));
	assert_false(decodes("100000000000000000000", UINT64_MAX, &value));
	assert_false(decodes("9223372036854775808", INT64_MAX, &value));
	assert_false(decodes("1", 0, &value));
	assert_false(decodes("10", 9, &value));
	assert_false(decodes("256", 255, &value));
	assert_true(value == 77);
	assert_true(decodes("255", 255, &value));
}

static void no_other_form_is_read(void **state)
{
	static const char *const wrong[] = {"",    "00", "01", "+1",      "-1",  "-0",
	                                    " 1",  "1 ", "1.", "1a",      "0x1", "a",
	                                    "1\n", "/",  ":",  "\xd9\xa1"};
	uint64_t value;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(decodes(wrong[i], UINT64_MAX, &value));
	assert_int_equal(decimal_decode(view_of("1\0", 2), 100, &value, NULL),
	                 STATUS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_shortest_form_is_read),
	    cmocka_unit_test(what_is_above_the_maximum_is_refused),
	    cmocka_unit_test(no_other_form_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
