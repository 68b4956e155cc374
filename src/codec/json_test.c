/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading scanned documents, and writing strings that are read back.
 */
#include "codec/json.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/cleanup.h"

#define CLEANUP_JSON __attribute__((cleanup(json_release)))

static void scan(struct json_doc *doc, const char *text)
{
	struct error err = {0};

	if (json_scan(doc, view_of_string(text), 1000, &err) != STATUS_OK)
		fail_msg("%s: %s", text, err.text);
}

static void members_are_found_by_name(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	const struct json_token *root, *inner;

	scan(&doc, "{\"a\":{\"b\":1,\"d\":2},\"\\u0062\":[\"d\",5],\"c\":\"x\"}");
	root = json_root(&doc);
	assert_int_equal(root->type, JSON_OBJECT);
	assert_int_equal(root->count, 3);
	inner = json_member(&doc, root, "a");
	assert_int_equal(json_integer(&doc, json_member(&doc, inner, "d")), 2);
	assert_null(json_member(&doc, inner, "c"));
	assert_null(json_member(&doc, root, "d"));
	assert_int_equal(json_member(&doc, root, "b")->type, JSON_ARRAY);
	assert_true(json_string_is(&doc, json_member(&doc, root, "c"), "x"));
}

static void a_value_is_not_taken_for_a_name(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	const struct json_token *root;

	scan(&doc, "{\"a\":\"b\",\"b\":5,\"c\":\"d\"}");
	root = json_root(&doc);
	assert_int_equal(json_integer(&doc, json_member(&doc, root, "b")), 5);
	assert_null(json_member(&doc, root, "d"));
}

static void elements_and_members_are_walked(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	const struct json_token *root, *child;
	static const char *const expected[] = {"1", "[2,[3]]", "\"4\"", "{\"5\":{}}"};
	size_t i = 0;

	scan(&doc, " [ 1,[2,[3]] ,\"4\", {\"5\":{}} ]");
	root = json_root(&doc);
	for (child = json_first(&doc, root); child != NULL;
	     child = json_next(&doc, root, child))
		assert_true(view_equal_string(json_text(&doc, child), expected[i++]));
	assert_int_equal(i, 4);
	assert_int_equal(root->next, doc.count);

	scan(&doc, "{\"a\":[1,2],\"b\":{}}");
	root = json_root(&doc);
	child = json_first(&doc, root);
	assert_true(json_string_is(&doc, child, "a"));
	child = json_next(&doc, root, child);
	assert_int_equal(child->count, 2);
	child = json_next(&doc, root, child);
	assert_true(json_string_is(&doc, child, "b"));
	child = json_next(&doc, root, child);
	assert_null(json_first(&doc, child));
	assert_null(json_next(&doc, root, child));
}

static void a_token_gives_its_bytes_with_and_without_quotes(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	const struct json_token *root, *value;

	scan(&doc, "{ \"k\" : \"\\n\" , \"n\": null }");
	root = json_root(&doc);
	value = json_member(&doc, root, "k");
	assert_true(view_equal_string(json_raw(&doc, value), "\\n"));
	assert_true(view_equal_string(json_text(&doc, value), "\"\\n\""));
	assert_true(value->escaped);
	value = json_member(&doc, root, "n");
	assert_true(view_equal_string(json_raw(&doc, value), "null"));
	assert_true(view_equal_string(json_text(&doc, value), "null"));
	assert_true(view_equal_string(json_text(&doc, root),
	                              "{ \"k\" : \"\\n\" , \"n\": null }"));
}

static void strings_are_compared_unescaped(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};

	scan(&doc, "\"\\u0061\\u00e9\\ud83d\\ude00\"");
	assert_true(json_string_is(&doc, json_root(&doc), "aé😀"));
	assert_false(json_string_is(&doc, json_root(&doc), "aé"));
	assert_false(json_string_is(&doc, json_root(&doc), "aé😀b"));
	assert_false(json_string_is(&doc, json_root(&doc), "aé😁"));
	assert_false(json_string_is(&doc, json_root(&doc), "a\xff\xff"));
	scan(&doc, "\"ab\"");
	assert_true(json_string_is(&doc, json_root(&doc), "ab"));
	assert_false(json_string_is(&doc, json_root(&doc), "a"));
	scan(&doc, "1");
	assert_false(json_string_is(&doc, json_root(&doc), "1"));
}

static void strings_are_unescaped(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);
	CLEANUP_JSON struct json_doc doc = {0};

	scan(&doc, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00df\\u20ac\\uD834\\uDD1Eé\"");
	json_string_append(&doc, json_root(&doc), &out);
	assert_true(view_equal_string(buf_view(&out), "\"\\/\b\f\n\r\tA\xc3\x9f"
	                                              "\xe2\x82\xac\xf0\x9d\x84\x9eé"));
	assert_int_equal(json_string_length(&doc, json_root(&doc)), 13);
	buf_clear(&out);
	scan(&doc, "\"plain é\"");
	json_string_append(&doc, json_root(&doc), &out);
	assert_true(view_equal_string(buf_view(&out), "plain é"));
	assert_int_equal(json_string_length(&doc, json_root(&doc)), 7);
}

static void strings_are_copied_only_when_they_fit(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	char string[4];

	scan(&doc, "\"abc\"");
	assert_true(json_string_copy(&doc, json_root(&doc), string, 4));
	assert_string_equal(string, "abc");
	assert_false(json_string_copy(&doc, json_root(&doc), string, 3));
	assert_string_equal(string, "");
	scan(&doc, "\"\\u00e9a\"");
	assert_true(json_string_copy(&doc, json_root(&doc), string, 4));
	assert_string_equal(string, "éa");
	assert_false(json_string_copy(&doc, json_root(&doc), string, 3));
	assert_string_equal(string, "");
	assert_false(json_string_copy(&doc, json_root(&doc), string, 1));
	assert_false(json_string_copy(&doc, json_root(&doc), string, 0));
	scan(&doc, "7");
	assert_false(json_string_copy(&doc, json_root(&doc), string, 4));
}

static void integers_keep_their_value(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};

	scan(&doc, "9007199254740991");
	assert_true(json_integer(&doc, json_root(&doc)) == 9007199254740991);
	scan(&doc, "-9007199254740991");
	assert_true(json_integer(&doc, json_root(&doc)) == -9007199254740991);
	scan(&doc, "0");
	assert_true(json_integer(&doc, json_root(&doc)) == 0);
}

static void written_strings_escape_what_they_must(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);

	json_append_string(&out, view_of_string("a\"\\/\b\f\n\r\t\x01\x1f\x7fé"));
	assert_true(view_equal_string(
	    buf_view(&out), "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\xc3\xa9\""));
	buf_clear(&out);
	json_append_string(&out, (struct view){0});
	assert_true(view_equal_string(buf_view(&out), "\"\""));
}

static void what_is_written_is_read_back(void **state)
{
	char all[0x7f];

	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)(i + 1);
	for (size_t start = 0; start < sizeof all; start++) {
		CLEANUP_BUF struct buf out = BUF_INIT(2000), back = BUF_INIT(2000);
		CLEANUP_JSON struct json_doc doc = {0};
		struct view text = view_of(all + start, sizeof all - start);

		json_append_string(&out, text);
		assert_int_equal(json_scan(&doc, buf_view(&out), 10, NULL), STATUS_OK);
		json_string_append(&doc, json_root(&doc), &back);
		assert_true(view_equal(buf_view(&back), text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members_are_found_by_name),
	    cmocka_unit_test(a_value_is_not_taken_for_a_name),
	    cmocka_unit_test(elements_and_members_are_walked),
	    cmocka_unit_test(a_token_gives_its_bytes_with_and_without_quotes),
	    cmocka_unit_test(strings_are_compared_unescaped),
	    cmocka_unit_test(strings_are_unescaped),
	    cmocka_unit_test(strings_are_copied_only_when_they_fit),
	    cmocka_unit_test(integers_keep_their_value),
	    cmocka_unit_test(written_strings_escape_what_they_must),
	    cmocka_unit_test(what_is_written_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
