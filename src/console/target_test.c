/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request targets: cutting, decoding, limits.
 */
#include "console/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static enum status parse(const char *text, struct target *target)
{
	return target_parse(view_of_string(text), target, NULL);
}

static void parts_and_parameters_are_cut_and_decoded(void **state)
{
	struct target target;
	uint64_t limit;

	assert_int_equal(parse("/api/channels/North%20%26%20South/messages?limit=10&kind="
	                       "a%2Eb&q=x+y&&",
	                       &target),
	                 STATUS_OK);
	assert_int_equal(target.segment_count, 4);
	assert_string_equal(target.segments[2], "North & South");
	assert_string_equal(target_parameter(&target, "kind"), "a.b");
	assert_string_equal(target_parameter(&target, "q"), "x y");
	assert_null(target_parameter(&target, "from"));
	assert_int_equal(target_number(&target, "limit", 100, 7, &limit, NULL),
	                 STATUS_OK);
	assert_int_equal(limit, 10);
	assert_int_equal(target_number(&target, "from", 100, 7, &limit, NULL), STATUS_OK);
	assert_int_equal(limit, 7);
}

static void bad_targets_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",         "api",    "//api",    "/api//status", "/api/%",    "/api/%4",
	    "/api/%4g", "/a%00b", "/a?b=%00", "/a?b=%zz",     "/a?b=1&b=2"};
	struct target target;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(parse(bad[i], &target), STATUS_MALFORMED);
}

static void a_percent_sign_at_the_very_end_reads_nothing_behind(void **state)
{
	struct target target;

	assert_int_equal(target_parse(view_of("/a%41", 3), &target, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(target_parse(view_of("/a%41", 4), &target, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(target_parse(view_of("/a%41", 5), &target, NULL), STATUS_OK);
	assert_string_equal(target.segments[0], "aA");
}

static void too_many_or_too_long_parts_are_over_the_limit(void **state)
{
	char text[1024] = "/";
	struct target target;

	assert_int_equal(parse("/1/2/3/4/5/6/7/8/9", &target), STATUS_OK);
	assert_int_equal(parse("/1/2/3/4/5/6/7/8/9/10", &target), STATUS_LIMIT);
	assert_int_equal(parse("/a?1=&2=&3=&4=&5=&6=&7=&8=&9=&a=&b=&c=", &target),
	                 STATUS_OK);
	assert_int_equal(parse("/a?1=&2=&3=&4=&5=&6=&7=&8=&9=&a=&b=&c=&d=", &target),
	                 STATUS_LIMIT);
	memset(text + 1, 'x', TARGET_SEGMENT_LEN_MAX);
	assert_int_equal(parse(text, &target), STATUS_OK);
	text[1 + TARGET_SEGMENT_LEN_MAX] = 'x';
	assert_int_equal(parse(text, &target), STATUS_LIMIT);
}

static void numbers_and_unknown_parameters_are_checked(void **state)
{
	static const char *const allowed[] = {"limit", NULL};
	struct target target;
	uint64_t value = 0;

	assert_int_equal(parse("/a?limit=101&form=1", &target), STATUS_OK);
	assert_int_equal(target_number(&target, "limit", 100, 0, &value, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(target_number(&target, "limit", 101, 0, &value, NULL),
	                 STATUS_OK);
	assert_int_equal(target_allow(&target, allowed, NULL), STATUS_MALFORMED);
	assert_int_equal(parse("/a?limit=-1", &target), STATUS_OK);
	assert_int_equal(target_allow(&target, allowed, NULL), STATUS_OK);
	assert_int_equal(target_number(&target, "limit", 100, 0, &value, NULL),
	                 STATUS_MALFORMED);
}

static void a_page_holds_at_least_one(void **state)
{
	struct target target;
	size_t limit = 0;

	assert_int_equal(parse("/a?limit=0", &target), STATUS_OK);
	assert_int_equal(target_limit(&target, 100, 7, &limit, NULL), STATUS_MALFORMED);
	assert_int_equal(parse("/a?limit=100", &target), STATUS_OK);
	assert_int_equal(target_limit(&target, 100, 7, &limit, NULL), STATUS_OK);
	assert_int_equal(limit, 100);
	assert_int_equal(target_limit(&target, 99, 7, &limit, NULL), STATUS_MALFORMED);
	assert_int_equal(parse("/a", &target), STATUS_OK);
	assert_int_equal(target_limit(&target, 100, 7, &limit, NULL), STATUS_OK);
	assert_int_equal(limit, 7);
}

static void what_is_refused_is_named(void **state)
{
	static const char *const none[] = {NULL};
	struct target target;
	struct error err = {0};
	const char *desk = "";

	assert_int_equal(parse("/a?by=North", &target), STATUS_OK);
	assert_int_equal(target_desk(&target, "by", &desk, &err), STATUS_MALFORMED);
	assert_memory_equal(err.text, "by: ", 4);
	assert_int_equal(target_desk(&target, "to", &desk, &err), STATUS_OK);
	assert_null(desk);
	assert_int_equal(target_allow(&target, none, &err), STATUS_MALFORMED);
	assert_string_equal(err.text,
	                    "the query has a parameter that is not known here: by");
	assert_int_equal(parse("/a?%1bx=1", &target), STATUS_OK);
	assert_int_equal(target_allow(&target, none, &err), STATUS_MALFORMED);
	assert_string_equal(err.text, "the query has a parameter that is not known here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_and_parameters_are_cut_and_decoded),
	    cmocka_unit_test(bad_targets_are_refused),
	    cmocka_unit_test(a_percent_sign_at_the_very_end_reads_nothing_behind),
	    cmocka_unit_test(too_many_or_too_long_parts_are_over_the_limit),
	    cmocka_unit_test(numbers_and_unknown_parameters_are_checked),
	    cmocka_unit_test(a_page_holds_at_least_one),
	    cmocka_unit_test(what_is_refused_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
