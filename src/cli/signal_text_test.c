/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages with signals, as the API gives them, read in several languages.
 */
#include "cli/signal_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define SINCE "[{\"name\":\"since\",\"value\":\"2026-11-20T23:49:00Z\"}]"

/* The text, or "" when there is none; the caller frees. */
static char *text_of(const char *kind, int number, const char *parameters,
                     const char *language, size_t points_max)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_doc doc = {0};
	char json[1024], hex[HASH_HEX_LEN + 1];
	bool has_text;

	hash_hex(&record_codebook_default_digest, hex);
	(void)snprintf(json, sizeof json,
	               "{\"kind\":\"%s\",\"body\":{\"codebook\":\"%s\",\"number\":%d,"
	               "\"parameters\":%s}}",
	               kind, hex, number, parameters);
	assert_int_equal(json_scan(&doc, view_of_string(json), 1000, NULL), STATUS_OK);
	has_text = signal_text_append(&doc, json_root(&doc), language, points_max, &out);
	assert_int_equal(has_text, out.len > 0);
	json_release(&doc);
	buf_append_byte(&out, '\0');
	return strdup((const char *)out.data);
}

static void check(const char *kind, int number, const char *parameters,
                  const char *language, size_t points_max, const char *expected)
{
	char *text = text_of(kind, number, parameters, language, points_max);

	assert_string_equal(text, expected);
	free(text);
}

static void a_signal_is_read_in_ones_own_language(void **state)
{
	check("signal", 105, SINCE, "en", 1000,
	      "Our desk has been in operation again since 2026-11-20 23:49:00 UTC.");
	check("signal", 105, SINCE, "id-ID", 1000,
	      "Pos komunikasi kami telah beroperasi kembali sejak 2026-11-20 23:49:00 "
	      "UTC.");
	check("signal", 105, SINCE, "xx", 1000,
	      "Our desk has been in operation again since 2026-11-20 23:49:00 UTC.");
}

static void a_cut_text_closes_what_it_opened(void **state)
{
	check("signal", 105, SINCE, "zh", 10, "我方联络站自 202…");
	check("signal", 103, SINCE, "ar", 25,
	      "لم نتلق منكم شيئًا منذ \xe2\x81\xa6"
	      "2\xe2\x81\xa9…");
}

static void what_cant_be_read_has_no_text(void **state)
{
	check("text", 105, SINCE, "en", 1000, "");
	check("signal", 199, SINCE, "en", 1000, "");
	check("signal", 105, "[]", "en", 1000, "");
	check("signal", 105, "[{\"name\":\"since\",\"value\":\"\\u202e\"}]", "en", 1000,
	      "");
	check("signal", 105, "1", "en", 1000, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signal_is_read_in_ones_own_language),
	    cmocka_unit_test(a_cut_text_closes_what_it_opened),
	    cmocka_unit_test(what_cant_be_read_has_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
