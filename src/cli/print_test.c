/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing that a terminal obeys gets out.
 */
#include "cli/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "codec/json.h"

/* What a printer writes into a file, as a string the caller frees. */
struct caught {
	char *text;
	size_t len;
	FILE *file;
};

static FILE *catch_begin(struct caught *caught)
{
	*caught = (struct caught){0};
	caught->file = open_memstream(&caught->text, &caught->len);
	assert_non_null(caught->file);
	return caught->file;
}

static void catch_end(struct caught *caught, const char *expected)
{
	assert_int_equal(fclose(caught->file), 0);
	assert_string_equal(caught->text, expected);
	free(caught->text);
}

static void assert_escaped(const char *text, const char *expected)
{
	struct caught caught;

	print_escaped(catch_begin(&caught), view_of_string(text));
	catch_end(&caught, expected);
}

static void controls_are_shown_as_escapes(void **state)
{
	assert_escaped("\033[2Jx", "\\u{1b}[2Jx");
	assert_escaped("a\r\n\tb\x7f", "a\\u{d}\\u{a}\\u{9}b\\u{7f}");
	assert_escaped("\xc2\x9b"
	               "31m",
	               "\\u{9b}31m");
	assert_escaped("\xc2\x80\xc2\x9f\xc2\xa0", "\\u{80}\\u{9f}\xc2\xa0");
}

static void isolates_of_signals_stay_in_pairs(void **state)
{
	static const char *const cases[][2] = {
	    {"a \xe2\x81\xa6"
	     "1\xe2\x81\xa9 b",
	     "a \xe2\x81\xa6"
	     "1\xe2\x81\xa9 b"},
	    {"\xe2\x81\xa6"
	     "1",
	     "\xe2\x81\xa6"
	     "1\xe2\x81\xa9"},
	    {"\xe2\x81\xa9", "\\u{2069}"},
	    {"\xe2\x81\xa6\xe2\x81\xa6\xe2\x81\xa9", "\xe2\x81\xa6\\u{2066}\xe2\x81\xa9"},
	    {"\xe2\x80\xae\033\n", "\\u{202e}\\u{1b}\\u{a}"},
	    {"\xe2\x81", "\\xe2\\x81"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(256);

		print_append_isolated(&out, view_of_string(cases[i][0]));
		assert_true(view_equal_string(buf_view(&out), cases[i][1]));
	}
}

static void bidirectional_controls_are_shown_as_escapes(void **state)
{
	assert_escaped("\xe2\x80\xae"
	               "gpj.exe",
	               "\\u{202e}gpj.exe");
	assert_escaped("\xe2\x81\xa6x\xe2\x81\xa9", "\\u{2066}x\\u{2069}");
	assert_escaped("\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", "\\u{61c}\\u{200e}\\u{200f}");
	assert_escaped("\xe2\x80\xa8\xef\xbb\xbf", "\\u{2028}\\u{feff}");
}

static void letters_of_every_language_stay(void **state)
{
	static const char text[] = "Привет, مرحبا, 你好, s\xc3\xa9nsible – “ok”";

	assert_escaped(text, text);
}

static void broken_utf8_is_shown_byte_by_byte(void **state)
{
	assert_escaped("a\xff\xc3"
	               "b\xe2\x80",
	               "a\\xff\\xc3b\\xe2\\x80");
}

static void newlines_stay_where_lines_are_indented(void **state)
{
	struct caught caught;

	print_indented(catch_begin(&caught), view_of_string("a\nb\033"), 2);
	catch_end(&caught, "a\n  b\\u{1b}");
}

static void json_stays_the_same_json(void **state)
{
	static const char json[] =
	    "{\"a\":\"x\xe2\x80\xaey\xc2\x9b\x7f\xc3\xa9\xf3\xa0\x81\x81\"}";
	struct json_doc before = {0}, after = {0};
	CLEANUP_BUF struct buf a = BUF_INIT(100), b = BUF_INIT(100);
	struct caught caught;

	print_json(catch_begin(&caught), view_of_string(json));
	assert_int_equal(fclose(caught.file), 0);
	assert_string_equal(
	    caught.text, "{\"a\":\"x\\u202ey\\u009b\\u007f\xc3\xa9\\udb40\\udc41\"}\n");
	assert_int_equal(json_scan(&before, view_of_string(json), 9, NULL), STATUS_OK);
	assert_int_equal(json_scan(&after, view_of(caught.text, caught.len), 9, NULL),
	                 STATUS_OK);
	json_string_append(&before, json_root(&before) + 2, &a);
	json_string_append(&after, json_root(&after) + 2, &b);
	assert_true(view_equal(buf_view(&a), buf_view(&b)));
	json_release(&before);
	json_release(&after);
	free(caught.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(controls_are_shown_as_escapes),
	    cmocka_unit_test(isolates_of_signals_stay_in_pairs),
	    cmocka_unit_test(bidirectional_controls_are_shown_as_escapes),
	    cmocka_unit_test(letters_of_every_language_stay),
	    cmocka_unit_test(broken_utf8_is_shown_byte_by_byte),
	    cmocka_unit_test(newlines_stay_where_lines_are_indented),
	    cmocka_unit_test(json_stays_the_same_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
