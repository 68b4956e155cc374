/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base32: the vectors of RFC 4648, what people type, and what is refused.
 */
#include "codec/base32.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/cleanup.h"

static const char *const vectors[][2] = {
    {"", ""},
    {"f", "MY"},
    {"fo", "MZXQ"},
    {"foo", "MZXW6"},
    {"foob", "MZXW6YQ"},
    {"fooba", "MZXW6YTB"},
    {"foobar", "MZXW6YTBOI"},
};

static void known_answers_hold_both_ways(void **state)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(100);
		uint8_t bytes[16];
		size_t len;

		base32_append(&text, view_of_string(vectors[i][0]));
		assert_true(view_equal_string(buf_view(&text), vectors[i][1]));
		assert_int_equal(base32_decode(buf_view(&text), bytes, 16, &len, NULL),
		                 STATUS_OK);
		assert_true(
		    view_equal(view_of(bytes, len), view_of_string(vectors[i][0])));
	}
}

static void people_may_type_it_in_groups(void **state)
{
	uint8_t bytes[6];
	size_t len;

	assert_int_equal(
	    base32_decode(view_of_string("mzxw 6ytb-OI======"), bytes, 6, &len, NULL),
	    STATUS_OK);
	assert_true(view_equal_string(view_of(bytes, len), "foobar"));
}

static void other_forms_are_refused(void **state)
{
	static const char *const bad[] = {"M",        "MZX", "MZXW6Y", "MZ",
	                                  "M1======", "M0",  "MY=A",   "MÄ"};
	uint8_t bytes[16];
	size_t len = 77;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    base32_decode(view_of_string(bad[i]), bytes, 16, &len, NULL),
		    STATUS_MALFORMED);
	assert_int_equal(
	    base32_decode(view_of_string("MZXW6YTBOI"), bytes, 5, &len, NULL),
	    STATUS_LIMIT);
	assert_int_equal(len, 77);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_answers_hold_both_ways),
	    cmocka_unit_test(people_may_type_it_in_groups),
	    cmocka_unit_test(other_forms_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
