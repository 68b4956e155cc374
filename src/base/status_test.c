/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences of errors: context, errno, cutting, and no sentence at all.
 */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void a_sentence_is_written_and_the_status_returned(void **state)
{
	struct error err;

	assert_int_equal(error_set(&err, STATUS_LIMIT, "%d of %d", 3, 2), STATUS_LIMIT);
	assert_string_equal(err.text, "3 of 2");
	assert_int_equal(error_set(NULL, STATUS_BUG, "nobody reads"), STATUS_BUG);
}

static void context_goes_in_front(void **state)
{
	struct error err;

	(void)error_set(&err, STATUS_MALFORMED, "a comma is missing");
	assert_int_equal(error_context(&err, STATUS_MALFORMED, "card of %s", "north"),
	                 STATUS_MALFORMED);
	assert_string_equal(err.text, "card of north: a comma is missing");
	assert_int_equal(error_context(NULL, STATUS_CLOSED, "x"), STATUS_CLOSED);
	assert_int_equal(error_context(&err, STATUS_OK, "x"), STATUS_OK);
	assert_string_equal(err.text, "card of north: a comma is missing");
}

static void a_sentence_may_be_part_of_the_next(void **state)
{
	struct error err;

	(void)error_set(&err, STATUS_SYSTEM, "inner");
	(void)error_set(&err, STATUS_SYSTEM, "outer (%s)", err.text);
	assert_string_equal(err.text, "outer (inner)");
}

static void errno_is_said_in_words(void **state)
{
	struct error err;

	errno = ENOENT;
	assert_int_equal(error_set_errno(&err, "can't open %s", "x"), STATUS_SYSTEM);
	assert_string_equal(err.text, "can't open x: No such file or directory");
}

static void a_long_sentence_is_cut(void **state)
{
	struct error err;
	char words[1000];

	memset(words, 'x', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	(void)error_set(&err, STATUS_SYSTEM, "%s", words);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	(void)error_context(&err, STATUS_SYSTEM, "%s", "front");
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_memory_equal(err.text, "front: xxx", 10);
}

static void every_status_has_a_name_and_an_unknown_one_is_a_bug(void **state)
{
	for (int a = STATUS_OK; a <= STATUS_BUG; a++) {
		for (int b = STATUS_OK; b < a; b++)
			assert_string_not_equal(status_name((enum status)a),
			                        status_name((enum status)b));
	}
	assert_string_equal(status_name((enum status)77), "bug");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sentence_is_written_and_the_status_returned),
	    cmocka_unit_test(context_goes_in_front),
	    cmocka_unit_test(a_sentence_may_be_part_of_the_next),
	    cmocka_unit_test(errno_is_said_in_words),
	    cmocka_unit_test(a_long_sentence_is_cut),
	    cmocka_unit_test(every_status_has_a_name_and_an_unknown_one_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
