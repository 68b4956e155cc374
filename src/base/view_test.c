/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed bytes: lines, searching, copying into strings.
 */
#include "base/view.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static void lines_are_cut_one_by_one(void **state)
{
	struct view rest = view_of_string("a\n\nbc\nend"), line;

	assert_true(view_take_line(&rest, &line));
	assert_true(view_equal_string(line, "a"));
	assert_true(view_take_line(&rest, &line));
	assert_true(view_equal_string(line, ""));
	assert_true(view_take_line(&rest, &line));
	assert_true(view_equal_string(line, "bc"));
	assert_false(view_take_line(&rest, &line));
	assert_true(view_equal_string(rest, "end"));
	assert_true(view_equal_string(line, "bc"));
}

static void nothing_has_no_line(void **state)
{
	struct view rest = {0}, line;

	assert_false(view_take_line(&rest, &line));
}

static void the_first_and_the_last_occurrence_are_found(void **state)
{
	struct view text = view_of_string("ab-ab-b");

	assert_int_equal(view_find(text, view_of_string("ab")), 0);
	assert_int_equal(view_find_last(text, view_of_string("ab")), 3);
	assert_int_equal(view_find_last(text, view_of_string("b")), 6);
	assert_true(view_find(text, view_of_string("abc")) == SIZE_MAX);
	assert_true(view_find_last(text, view_of_string("abc")) == SIZE_MAX);
	assert_true(view_find(text, view_of_string("ab-ab-b-")) == SIZE_MAX);
	assert_true(view_find_last(text, view_of_string("ab-ab-b-")) == SIZE_MAX);
	assert_true(view_find((struct view){0}, view_of_string("a")) == SIZE_MAX);
	assert_true(view_find_last((struct view){0}, view_of_string("a")) == SIZE_MAX);
	assert_int_equal(view_find_last(text, text), 0);
}

static void a_string_is_copied_only_when_it_fits_with_its_end(void **state)
{
	char string[4] = "xxx";

	assert_true(view_copy_string(view_of_string("abc"), string, sizeof string));
	assert_string_equal(string, "abc");
	assert_false(view_copy_string(view_of_string("abcd"), string, sizeof string));
	assert_string_equal(string, "");
	assert_false(view_copy_string(view_of("a\0b", 3), string, sizeof string));
	assert_string_equal(string, "");
	assert_true(view_copy_string((struct view){0}, string, sizeof string));
	assert_string_equal(string, "");
	assert_false(view_copy_string((struct view){0}, string, 0));
}

static void equality_and_prefixes_go_by_bytes(void **state)
{
	struct view empty = {0}, text = view_of("a\0b", 3);

	assert_true(view_equal(empty, view_of("x", 0)));
	assert_false(view_equal(text, view_of("a\0c", 3)));
	assert_false(view_equal(text, view_of("a\0", 2)));
	assert_true(view_has_prefix(text, view_of("a\0", 2)));
	assert_true(view_has_prefix(text, empty));
	assert_false(view_has_prefix(view_of("a", 1), text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_cut_one_by_one),
	    cmocka_unit_test(nothing_has_no_line),
	    cmocka_unit_test(the_first_and_the_last_occurrence_are_found),
	    cmocka_unit_test(a_string_is_copied_only_when_it_fits_with_its_end),
	    cmocka_unit_test(equality_and_prefixes_go_by_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
