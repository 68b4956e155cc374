/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8: every code point there and back, every kind of wrong form.
 */
#include "codec/utf8.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static void every_code_point_comes_back_and_surrogates_do_not(void **state)
{
	for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
		uint8_t bytes[4];
		size_t len = utf8_encode(code_point, bytes);
		uint32_t back = 0;
		bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;

		if (utf8_decode(view_of(bytes, len), &back) != (surrogate ? 0 : len) ||
		    (!surrogate && back != code_point))
			fail_msg("U+%04X", code_point);
		if (utf8_decode(view_of(bytes, len - 1), &back) != 0)
			fail_msg("cut: U+%04X", code_point);
	}
}

static void only_the_first_code_point_is_decoded(void **state)
{
	uint32_t code_point = 0;

	assert_int_equal(utf8_decode(view_of_string("éx"), &code_point), 2);
	assert_int_equal(code_point, 0xe9);
	assert_int_equal(utf8_decode((struct view){0}, &code_point), 0);
	assert_int_equal(code_point, 0xe9);
}

static void wrong_forms_are_refused(void **state)
{
	static const char *const wrong[] = {
	    "\x80",
	    "\xbf",
	    "\xc0\x80",
	    "\xc1\xbf",
	    "\xc3",
	    "\xc3\x28",
	    "\xe0\x80\x80",
	    "\xe0\x9f\xbf",
	    "\xe2\x82",
	    "\xe2\x28\xa1",
	    "\xe2\x82\x28",
	    "\xed\xa0\x80",
	    "\xed\xbf\xbf",
	    "\xf0\x8f\xbf\xbf",
	    "\xf0\x90\x80",
	    "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80",
	    "\xf8\x88\x80\x80\x80",
	    "\xfe",
	    "\xff",
	};
	char text[40];

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_false(utf8_check(view_of_string(wrong[i])));
		/* At every place of a word of eight, and behind it. */
		for (size_t place = 0; place < 20; place++) {
			memset(text, 'a', sizeof text);
			memcpy(text + place, wrong[i], strlen(wrong[i]));
			assert_false(utf8_check(view_of(text, sizeof text)));
			assert_false(utf8_check(view_of(text, place + strlen(wrong[i]))));
		}
	}
}

static void right_texts_are_accepted(void **state)
{
	assert_true(utf8_check((struct view){0}));
	assert_true(utf8_check(view_of_string("plain, and longer than a word")));
	assert_true(utf8_check(view_of_string("é漢😀")));
	assert_true(utf8_check(view_of_string("12345678é2345678漢2345678😀")));
	assert_true(utf8_check(view_of("a\0b", 3)));
	assert_true(utf8_check(view_of_string("\xef\xbf\xbf")));
}

static void white_space_is_unicodes(void **state)
{
	size_t count = 0;

	for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++)
		count += utf8_is_space(code_point);
	assert_int_equal(count, 25); /* PropList.txt: White_Space */
	assert_true(utf8_is_space(' '));
	assert_true(utf8_is_space(0x0d));
	assert_true(utf8_is_space(0xa0));
	assert_true(utf8_is_space(0x3000));
	assert_false(utf8_is_space(0x0e));
	assert_false(utf8_is_space(0x200b));
	assert_false(utf8_is_space(0x180e));
	assert_false(utf8_is_space(0xfeff));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_code_point_comes_back_and_surrogates_do_not),
	    cmocka_unit_test(only_the_first_code_point_is_decoded),
	    cmocka_unit_test(wrong_forms_are_refused),
	    cmocka_unit_test(right_texts_are_accepted),
	    cmocka_unit_test(white_space_is_unicodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
