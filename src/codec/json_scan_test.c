/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scan accepts and refuses: the tables in test/vectors/json, read from there,
 * each also cut short at every byte. Beyond the tables: limits and the cost of hostile
 * texts, counted and not timed where that is possible.
 */
#include "codec/json.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cleanup.h"
#include "base/file.h"

#define CLEANUP_JSON __attribute__((cleanup(json_release)))

/* Undoes %XX. */
static void decode_line(struct view line, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < line.len; i++) {
		uint8_t byte = line.data[i];

		if (byte == '%') {
			unsigned int value;
			char digits[3] = {(char)line.data[i + 1], (char)line.data[i + 2]};

			assert_int_equal(sscanf(digits, "%2x", &value), 1);
			byte = (uint8_t)value;
			i += 2;
		}
		buf_append_byte(out, byte);
	}
}

/* A heap block of exactly the text's size, so that a read beyond it shows. */
static enum status scan_exact(struct json_doc *doc, struct view text, struct error *err)
{
	CLEANUP_FREE uint8_t *copy = malloc(text.len == 0 ? 1 : text.len);
	enum status status;

	assert_non_null(copy);
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	status = json_scan(doc, view_of(copy, text.len), JSON_TOKENS_MAX, err);
	if (status != STATUS_OK)
		assert_int_equal(doc->count, 0);
	return status;
}

/* Shorter texts are mostly refused; whatever happens, nothing is read behind the end. */
static void scan_every_truncation(struct json_doc *doc, struct view text)
{
	for (size_t len = 0; len < text.len; len++)
		(void)scan_exact(doc, view_of(text.data, len), NULL);
}

static void load(const char *name, struct buf *table)
{
	char path[1000];

	(void)snprintf(path, sizeof path, "%s/test/vectors/json/%s", SOURCE_ROOT, name);
	assert_int_equal(file_read(path, table, NULL), STATUS_OK);
}

static void everything_in_the_table_of_accepted_texts_is_accepted(void **state)
{
	CLEANUP_BUF struct buf table = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 16);
	CLEANUP_JSON struct json_doc doc = {0};
	struct view rest, line;
	size_t failures = 0, cases = 0;

	load("accept.txt", &table);
	rest = buf_view(&table);
	while (view_take_line(&rest, &line)) {
		struct error err;

		if (line.len > 0 && line.data[0] == '#')
			continue;
		cases++;
		decode_line(line, &text);
		if (scan_exact(&doc, buf_view(&text), &err) != STATUS_OK) {
			print_error("%.*s: %s\n", (int)line.len, (const char *)line.data,
			            err.text);
			failures++;
		}
		scan_every_truncation(&doc, buf_view(&text));
	}
	assert_int_equal(failures, 0);
	assert_true(cases > 70);
}

static void everything_in_the_table_of_refused_texts_is_refused_by_its_rule(void **state)
{
	CLEANUP_BUF struct buf table = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 16);
	CLEANUP_JSON struct json_doc doc = {0};
	struct view rest, line;
	size_t failures = 0, cases = 0;

	load("refuse.txt", &table);
	rest = buf_view(&table);
	while (view_take_line(&rest, &line)) {
		struct error err = {0};
		char rule[100];
		size_t bar;

		if (line.len > 0 && line.data[0] == '#')
			continue;
		cases++;
		bar = view_find(line, view_of_string("|"));
		assert_true(bar != SIZE_MAX);
		assert_true(view_copy_string(view_of(line.data, bar), rule, sizeof rule));
		decode_line(view_from(line, bar + 1), &text);
		if (scan_exact(&doc, buf_view(&text), &err) != STATUS_MALFORMED ||
		    strstr(err.text, rule) == NULL) {
			print_error("%.*s: %s\n", (int)line.len, (const char *)line.data,
			            err.text);
			failures++;
		}
		scan_every_truncation(&doc, buf_view(&text));
	}
	assert_int_equal(failures, 0);
	assert_true(cases > 180);
}

static void an_error_names_the_byte_and_shows_none(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	struct error err;

	assert_int_equal(
	    json_scan(&doc, view_of_string("{\"secret\":\"\\q\"}"), 100, &err),
	    STATUS_MALFORMED);
	assert_string_equal(err.text, "JSON: an unknown escape, at byte 12");
}

static void an_empty_view_is_an_empty_text(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};

	assert_int_equal(json_scan(&doc, (struct view){0}, 100, NULL), STATUS_MALFORMED);
}

static void more_tokens_than_allowed_are_a_limit(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	struct view text = view_of_string("[1,{\"a\":2}]");

	assert_int_equal(json_scan(&doc, text, 5, NULL), STATUS_OK);
	assert_int_equal(doc.count, 5);
	assert_int_equal(json_scan(&doc, text, 4, NULL), STATUS_LIMIT);
	assert_int_equal(doc.count, 0);
	assert_int_equal(json_scan(&doc, text, 0, NULL), STATUS_LIMIT);
}

static void the_largest_document_is_bounded_whatever_the_caller_allows(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(3 * JSON_TOKENS_MAX);
	CLEANUP_JSON struct json_doc doc = {0};

	buf_append_string(&text, "[0");
	for (int i = 2; i < JSON_TOKENS_MAX; i++)
		buf_append_string(&text, ",0");
	buf_append_string(&text, "]");
	assert_int_equal(json_scan(&doc, buf_view(&text), UINT32_MAX, NULL), STATUS_OK);
	text.len--;
	buf_append_string(&text, ",0]");
	assert_int_equal(json_scan(&doc, buf_view(&text), UINT32_MAX, NULL),
	                 STATUS_LIMIT);
}

static void a_reused_document_allocates_nothing(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	const struct json_token *tokens;

	assert_int_equal(json_scan(&doc, view_of_string("[1,2,{\"a\":[]}]"), 100, NULL),
	                 STATUS_OK);
	tokens = doc.tokens;
	assert_int_equal(json_scan(&doc, view_of_string("{\"a\":1,\"a\":2}"), 100, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(json_scan(&doc, view_of_string("{\"a\":\"b\"}"), 100, NULL),
	                 STATUS_OK);
	assert_ptr_equal(doc.tokens, tokens);
	assert_int_equal(doc.count, 3);
}

/* Members from 0 to count-1, each printed by the format; the last one again if asked. */
static void append_object(struct buf *text, int count, const char *format, bool twice)
{
	char member[200];

	buf_append_byte(text, '{');
	for (int i = 0; i < count; i++) {
		(void)snprintf(member, sizeof member, format, i);
		buf_append_string(text, i == 0 ? "" : ",");
		buf_append_string(text, member);
	}
	if (twice) {
		buf_append_byte(text, ',');
		buf_append_string(text, member);
	}
	buf_append_byte(text, '}');
}

static void duplicates_are_found_at_every_size(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	CLEANUP_JSON struct json_doc doc = {0};
	static const char *const formats[] = {"\"%d\":[{}]", "\"\\u0061%d\":{\"1\":2}",
	                                      "\"%08d\":1"};

	for (size_t f = 0; f < 3; f++) {
		for (int count = 1; count < 100; count++) {
			buf_clear(&text);
			append_object(&text, count, formats[f], false);
			assert_int_equal(json_scan(&doc, buf_view(&text), 10000, NULL),
			                 STATUS_OK);
			assert_int_equal(json_root(&doc)->count, count);
			buf_clear(&text);
			append_object(&text, count, formats[f], true);
			assert_int_equal(json_scan(&doc, buf_view(&text), 10000, NULL),
			                 STATUS_MALFORMED);
		}
	}
}

/* The quickest of five scans of an object of so many members. */
static uint64_t scan_ns(int count, const char *format)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 17);
	CLEANUP_JSON struct json_doc doc = {0};
	uint64_t best_ns = UINT64_MAX;

	append_object(&text, count, format, false);
	assert_int_equal(buf_check(&text, "it", NULL), STATUS_OK);
	assert_true(text.len > 50000 / 8);
	for (int i = 0; i < 5; i++) {
		uint64_t start_ns = clock_monotonic_ns(), took_ns;

		assert_int_equal(json_scan(&doc, buf_view(&text), JSON_TOKENS_MAX, NULL),
		                 STATUS_OK);
		took_ns = clock_monotonic_ns() - start_ns;
		if (took_ns < best_ns)
			best_ns = took_ns;
	}
	return best_ns;
}

/* It is 5 ms on an idle machine; a quadratic search takes hundreds. Where all is slow, as
 * under memcheck, eight times the members may take some eight times as long, not 64
 * times.
 */
static void hostile_members_do_not_take_quadratic_time(void **state)
{
	static const char *const formats[] = {"\"%d\":1",
	                                      "\"\\u0061\\u0061\\u0061\\u0061%d\":1"};
	static const int counts[] = {7200, 2000};

	for (size_t f = 0; f < 2; f++) {
		uint64_t best_ns = scan_ns(counts[f], formats[f]);

		assert_true(best_ns < 50 * 1000 * 1000 ||
		            best_ns < 24 * scan_ns(counts[f] / 8, formats[f]));
	}
}

/* All 256 bytes at each place of a string that spans three steps of eight. */
static void every_byte_at_every_place_of_a_string_is_judged_alike(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};

	for (int byte = 0; byte < 256; byte++) {
		bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';

		for (size_t place = 0; place < 24; place++) {
			char text[] = "\"aaaaaaaaaaaaaaaaaaaaaaaa\"";

			text[1 + place] = (char)byte;
			assert_int_equal(scan_exact(&doc, view_of(text, sizeof text - 1),
			                            NULL) == STATUS_OK,
			                 plain);
		}
	}
}

/* Documents of others: more numbers, more depth, all other rules as ever. */
static void foreign_documents_may_hold_numbers_of_every_form(void **state)
{
	static const char *const good[] = {
	    "9.8",  "-0",        "1e9", "-1.5E+10", "0.0", "9007199254740993",
	    "1E-2", "[0,-7,12]",
	};
	static const char *const bad[] = {
	    "01",          "1.",   ".5",  "1e",    "1e+",   "-",
	    "+1",          "0x1",  "NaN", "1.5.5", "-01.5", "{\"a\":1,\"a\":2}",
	    "\"\\u0000\"", "[1,]",
	};
	CLEANUP_JSON struct json_doc doc = {0};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(
		    json_scan_foreign(&doc, view_of_string(good[i]), 100, NULL),
		    STATUS_OK);
	assert_int_equal(json_scan_foreign(&doc, view_of_string("[7,7.0]"), 100, NULL),
	                 STATUS_OK);
	assert_int_equal(doc.tokens[1].type, JSON_INTEGER);
	assert_int_equal(doc.tokens[2].type, JSON_NUMBER);
	assert_true(view_equal_string(json_raw(&doc, &doc.tokens[2]), "7.0"));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    json_scan_foreign(&doc, view_of_string(bad[i]), 100, NULL),
		    STATUS_MALFORMED);
}

static void foreign_documents_are_bounded_too(void **state)
{
	CLEANUP_JSON struct json_doc doc = {0};
	char text[2 * JSON_FOREIGN_DEPTH_MAX + 2];

	memset(text, '[', JSON_FOREIGN_DEPTH_MAX);
	memset(text + JSON_FOREIGN_DEPTH_MAX, ']', JSON_FOREIGN_DEPTH_MAX);
	assert_int_equal(json_scan_foreign(
	                     &doc, view_of(text, 2 * JSON_FOREIGN_DEPTH_MAX), 1000, NULL),
	                 STATUS_OK);
	memset(text, '[', JSON_FOREIGN_DEPTH_MAX + 1);
	memset(text + JSON_FOREIGN_DEPTH_MAX + 1, ']', JSON_FOREIGN_DEPTH_MAX + 1);
	assert_int_equal(json_scan_foreign(&doc, view_of(text, sizeof text), 1000, NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(json_scan_foreign(&doc, view_of_string("[1,2]"), 2, NULL),
	                 STATUS_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_in_the_table_of_accepted_texts_is_accepted),
	    cmocka_unit_test(
	        everything_in_the_table_of_refused_texts_is_refused_by_its_rule),
	    cmocka_unit_test(an_error_names_the_byte_and_shows_none),
	    cmocka_unit_test(an_empty_view_is_an_empty_text),
	    cmocka_unit_test(more_tokens_than_allowed_are_a_limit),
	    cmocka_unit_test(the_largest_document_is_bounded_whatever_the_caller_allows),
	    cmocka_unit_test(a_reused_document_allocates_nothing),
	    cmocka_unit_test(duplicates_are_found_at_every_size),
	    cmocka_unit_test(hostile_members_do_not_take_quadratic_time),
	    cmocka_unit_test(every_byte_at_every_place_of_a_string_is_judged_alike),
	    cmocka_unit_test(foreign_documents_may_hold_numbers_of_every_form),
	    cmocka_unit_test(foreign_documents_are_bounded_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
