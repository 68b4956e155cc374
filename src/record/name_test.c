/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names, origins and message ids: one form each.
 */
#include "record/name.h"

#include <stdarg.h>
#include <stdio.h>
#include <setjmp.h>

#include <cmocka.h>

static void names_keep_their_form(void **state)
{
	static const char *const good[] = {"abc", "north.example", "a-b.c-9", "1a2",
	                                   "a--b"};
	static const char *const bad[] = {"",     "ab",   ".abc",  "abc.",  "-abc",
	                                  "abc-", "a..b", "Abc",   "a_b.c", "a b",
	                                  "a/b",  "a#b",  "nörth", "a\nb",  "abc\x7f"};
	char text[RECORD_NAME_MAX + 2];

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(record_name_check(view_of_string(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(record_name_check(view_of_string(bad[i])));
	assert_false(record_name_check(view_of("ab\0c", 4)));
	memset(text, 'a', sizeof text);
	assert_true(record_name_check(view_of(text, RECORD_NAME_MAX)));
	assert_false(record_name_check(view_of(text, RECORD_NAME_MAX + 1)));
}

static struct record_origin sample_origin(uint32_t generation)
{
	struct record_origin origin = {.generation = generation};

	strcpy(origin.desk.text, "north.example");
	memset(origin.channel.hash.bytes, 0xab, 32);
	return origin;
}

static void origins_come_back_from_their_text(void **state)
{
	static const uint32_t generations[] = {1, 2, 17, UINT32_MAX};

	for (size_t i = 0; i < 4; i++) {
		struct record_origin origin = sample_origin(generations[i]);
		struct record_origin back;
		char text[RECORD_ORIGIN_MAX + 1], again[RECORD_ORIGIN_MAX + 1];

		record_origin_encode(&origin, text);
		assert_int_equal(record_origin_decode(view_of_string(text), &back, NULL),
		                 STATUS_OK);
		record_origin_encode(&back, again);
		assert_string_equal(text, again);
		assert_int_equal(back.generation, generations[i]);
	}
}

static void broken_origins_are_refused(void **state)
{
	struct record_origin origin = sample_origin(2), back;
	char text[RECORD_ORIGIN_MAX + 8];
	static const char *const tails[] = {"/1",          "/0", "/",   "/02",
	                                    "/4294967296", "x",  "/2/3"};
	size_t base_len;

	record_origin_encode(&origin, text);
	for (size_t len = 0; len < strlen(text); len++)
		if (len != strlen(text) - 2)
			assert_int_equal(
			    record_origin_decode(view_of(text, len), &back, NULL),
			    STATUS_MALFORMED);
	base_len = strlen(text) - 2;
	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		strcpy(text + base_len, tails[i]);
		assert_int_equal(record_origin_decode(view_of_string(text), &back, NULL),
		                 STATUS_MALFORMED);
	}
	text[20] = 'A';
	text[base_len] = '\0';
	assert_int_equal(record_origin_decode(view_of_string(text), &back, NULL),
	                 STATUS_MALFORMED);
}

static void message_ids_have_one_form(void **state)
{
	static const char *const bad[] = {"north.example",
	                                  "north.example#",
	                                  "#1",
	                                  "north.example#01",
	                                  "no#1",
	                                  "north.example#1 ",
	                                  "north.example#18446744073709551616",
	                                  "north.example#-1"};
	struct record_message_id id;
	char text[RECORD_MESSAGE_ID_MAX + 1];

	assert_int_equal(
	    record_message_id_decode(view_of_string("north.example#12"), &id, NULL),
	    STATUS_OK);
	assert_string_equal(id.desk.text, "north.example");
	assert_int_equal(id.index, 12);
	memset(id.desk.text, 'z', RECORD_NAME_MAX);
	id.desk.text[RECORD_NAME_MAX] = '\0';
	id.index = UINT64_MAX;
	record_message_id_encode(&id, text);
	assert_int_equal(strlen(text), RECORD_MESSAGE_ID_MAX);
	assert_int_equal(record_message_id_decode(view_of_string(text), &id, NULL),
	                 STATUS_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    record_message_id_decode(view_of_string(bad[i]), &id, NULL),
		    STATUS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_keep_their_form),
	    cmocka_unit_test(origins_come_back_from_their_text),
	    cmocka_unit_test(broken_origins_are_refused),
	    cmocka_unit_test(message_ids_have_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
