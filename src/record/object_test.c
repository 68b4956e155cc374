/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table reader and the forms it checks.
 */
#include "record/object.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

struct sample {
	int64_t a, b;
};

static enum status read_a(const struct json_doc *doc, const struct json_token *value,
                          void *context, struct error *err)
{
	struct sample *sample = context;

	return record_integer_read(doc, value, 0, 9, &sample->a, err);
}

static enum status read_b(const struct json_doc *doc, const struct json_token *value,
                          void *context, struct error *err)
{
	struct sample *sample = context;

	return record_duration_read(doc, value, &sample->b, err);
}

static enum status read(const char *text, struct sample *sample, struct error *err)
{
	static const struct record_member members[] = {{"a", true, read_a},
	                                               {"b", false, read_b}};
	struct json_doc doc = {0};
	enum status status;

	assert_int_equal(json_scan(&doc, view_of_string(text), 100, NULL), STATUS_OK);
	status = record_object_read(&doc, json_root(&doc), members, 2, sample, err);
	json_release(&doc);
	return status;
}

static void members_are_read_in_any_order(void **state)
{
	struct sample sample = {0};
	struct error err;

	assert_int_equal(read("{\"b\":\"PT1M\",\"a\":3}", &sample, &err), STATUS_OK);
	assert_int_equal(sample.a, 3);
	assert_int_equal(sample.b, 60);
	assert_int_equal(read("{\"\\u0061\":4}", &sample, &err), STATUS_OK);
	assert_int_equal(sample.a, 4);
}

static void sentences_name_the_member_and_never_the_bytes(void **state)
{
	struct sample sample;
	struct error err;

	assert_int_equal(read("{\"b\":\"PT1M\"}", &sample, &err), STATUS_MALFORMED);
	assert_string_equal(err.text, "a is missing");
	assert_int_equal(read("{\"a\":10}", &sample, &err), STATUS_MALFORMED);
	assert_string_equal(err.text, "a: must be 0 to 9");
	assert_int_equal(read("{\"a\":1,\"evil\":1}", &sample, &err), STATUS_MALFORMED);
	assert_string_equal(err.text, "has an unknown member, evil");
	assert_int_equal(read("{\"a\":1,\"ev\\nil\":1}", &sample, &err),
	                 STATUS_MALFORMED);
	assert_string_equal(err.text, "has an unknown member");
	assert_int_equal(read("[]", &sample, &err), STATUS_MALFORMED);
}

static void language_tags_have_their_form(void **state)
{
	static const char *const good[] = {"en", "id", "zh-Hans", "sr-Latn-RS", "es-419"};
	static const char *const bad[] = {
	    "",    "e",     "1n",        "en-",    "-en",
	    "e n", "en_US", "abcdefghi", "en--US", "abcdefgh-abcdefgh"};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(record_language_check(view_of_string(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(record_language_check(view_of_string(bad[i])));
}

static void words_have_their_form(void **state)
{
	assert_true(record_word_check(view_of_string("check.missed"), 40));
	assert_true(record_word_check(view_of_string("a"), 1));
	assert_false(record_word_check(view_of_string("ab"), 1));
	assert_false(record_word_check(view_of_string(""), 40));
	assert_false(record_word_check(view_of_string("9a"), 40));
	assert_false(record_word_check(view_of_string("a\"b"), 40));
	assert_false(record_word_check(view_of_string("aB"), 40));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members_are_read_in_any_order),
	    cmocka_unit_test(sentences_name_the_member_and_never_the_bytes),
	    cmocka_unit_test(language_tags_have_their_form),
	    cmocka_unit_test(words_have_their_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
