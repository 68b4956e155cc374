/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the demonstration: what is replaced, parted and folded.
 */
#include "cli/demo_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

static struct demo_values some_values(void)
{
	struct demo_values values = {.count = 0};

	assert_int_equal(
	    demo_values_set(&values, "offer", view_of_string("north.example#3"), NULL),
	    STATUS_OK);
	assert_int_equal(demo_values_set(&values, "now", view_of_string("noon"), NULL),
	                 STATUS_OK);
	return values;
}

static void assert_split(const char *line, struct demo_words *words)
{
	assert_int_equal(demo_words_split(view_of_string(line), words, NULL), STATUS_OK);
}

static void names_are_replaced(void **state)
{
	struct demo_values values = some_values();
	CLEANUP_BUF struct buf out = BUF_INIT(1000);

	assert_int_equal(demo_values_expand(&values, "a $offer, {$now}", &out, NULL),
	                 STATUS_OK);
	assert_true(view_equal_string(buf_view(&out), "a north.example#3, {noon}"));
}

static void the_last_value_of_a_name_counts(void **state)
{
	struct demo_values values = some_values();
	CLEANUP_BUF struct buf out = BUF_INIT(1000);

	assert_int_equal(demo_values_set(&values, "now", view_of_string("night"), NULL),
	                 STATUS_OK);
	assert_int_equal(values.count, 2);
	assert_int_equal(demo_values_expand(&values, "$now", &out, NULL), STATUS_OK);
	assert_true(view_equal_string(buf_view(&out), "night"));
}

static void an_unknown_name_is_an_error(void **state)
{
	struct demo_values values = some_values();
	CLEANUP_BUF struct buf out = BUF_INIT(1000);

	assert_int_equal(demo_values_expand(&values, "$offers", &out, NULL),
	                 STATUS_NOT_FOUND);
}

static void too_long_a_value_is_refused(void **state)
{
	struct demo_values values = some_values();
	char text[DEMO_VALUE_LEN + 1];

	memset(text, 'x', sizeof text);
	assert_int_equal(
	    demo_values_set(&values, "long", view_of(text, sizeof text), NULL),
	    STATUS_LIMIT);
	assert_int_equal(values.count, 2);
}

static void a_line_is_parted_into_words(void **state)
{
	struct demo_words words;

	assert_split("aldis -d  north ack 'two words' --wait 60", &words);
	assert_int_equal(words.count, 7);
	assert_string_equal(words.words[0], "aldis");
	assert_string_equal(words.words[2], "north");
	assert_string_equal(words.words[4], "two words");
	assert_string_equal(words.words[6], "60");
	assert_null(words.words[7]);
	assert_null(words.into);
	assert_false(words.is_daemon);
}

static void where_output_goes_is_no_word(void **state)
{
	struct demo_words words;

	assert_split("aldis pledges > a.json", &words);
	assert_int_equal(words.count, 2);
	assert_null(words.words[2]);
	assert_string_equal(words.into, "a.json");
	assert_split("aldisd north &", &words);
	assert_int_equal(words.count, 2);
	assert_true(words.is_daemon);
}

static void what_has_no_or_too_many_words_is_refused(void **state)
{
	struct demo_words words;
	char many[5000];

	assert_int_equal(demo_words_split(view_of_string("  "), &words, NULL),
	                 STATUS_MALFORMED);
	for (size_t i = 0; i < sizeof many; i++)
		many[i] = i % 2 == 0 ? 'a' : ' ';
	assert_int_equal(demo_words_split(view_of(many, 200), &words, NULL),
	                 STATUS_LIMIT);
	assert_int_equal(demo_words_split(view_of(many, sizeof many), &words, NULL),
	                 STATUS_LIMIT);
}

static void a_long_line_is_folded_before_options(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);

	demo_words_fold(view_of_string("aldis send it --body 'a --b' --wait 60 > f"), 24,
	                &out);
	assert_true(view_equal_string(buf_view(&out), "aldis send it \\\n"
	                                              "    --body 'a --b' \\\n"
	                                              "    --wait 60 > f"));
}

static void a_line_that_fits_or_has_no_option_stays(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);

	demo_words_fold(view_of_string("aldis -d a --once"), 24, &out);
	demo_words_fold(view_of_string("cp one two three four five six"), 24, &out);
	assert_true(view_equal_string(buf_view(&out),
	                              "aldis -d a --oncecp one two three four five six"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_replaced),
	    cmocka_unit_test(the_last_value_of_a_name_counts),
	    cmocka_unit_test(an_unknown_name_is_an_error),
	    cmocka_unit_test(too_long_a_value_is_refused),
	    cmocka_unit_test(a_line_is_parted_into_words),
	    cmocka_unit_test(where_output_goes_is_no_word),
	    cmocka_unit_test(what_has_no_or_too_many_words_is_refused),
	    cmocka_unit_test(a_long_line_is_folded_before_options),
	    cmocka_unit_test(a_line_that_fits_or_has_no_option_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
