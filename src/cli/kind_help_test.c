/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The help of every kind says what the catalogue does.
 */
#include "cli/kind_help.h"

#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"

enum { PAGE_MAX = 1 << 20 };

static void append_page(const char *kind, const char *language, struct buf *out)
{
	kind_help_append(record_kind_find(view_of_string(kind)), language, out);
	buf_append_byte(out, '\0');
	assert_int_equal(out->failed, STATUS_OK);
}

static void a_page_has_fields_limits_and_rules(void **state)
{
	CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);

	append_page("record.statement", "en", &page);
	assert_string_equal(
	    (const char *)page.data,
	    "record.statement  Statement of the record\n"
	    "Says without content from when to when the record runs, how many entries it "
	    "has, and its roots.\n\n"
	    "It may name another message (re): one of any kind.\n"
	    "It can start a duty.\n"
	    "It can meet a duty.\n\n"
	    "aldis send CHANNEL record.statement [--re ID] --body FILE\n"
	    "aldis send CHANNEL record.statement --template > FILE\n\n"
	    "Fields of the body, * required:\n"
	    "  from                 *  From (time, such as 2026-11-20T23:49:00Z)\n"
	    "  to                   *  To (time, such as 2026-11-20T23:49:00Z)\n"
	    "  entries              *  Number of entries (whole number, 0 to "
	    "9007199254740991)\n"
	    "  logs                 *  Logs (list of 1 to 200: object)\n"
	    "    desk               *  Desk (name of a desk)\n"
	    "    size               *  Size (whole number, 0 to 9007199254740991)\n"
	    "    root               *  Root (base64 of 32 to 32 bytes)\n");
}

static void a_page_is_in_the_language_asked_for(void **state)
{
	CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);

	append_page("answer", "id_ID.UTF-8", &page);
	assert_non_null(strstr((const char *)page.data,
	                       "Harus menyebut pesan lain (re): query, incident, "
	                       "incident.update, signal, text.\n"));
	assert_non_null(
	    strstr((const char *)page.data, "      looking: Sedang diperiksa\n"));
	assert_non_null(strstr((const char *)page.data, "(salah satu dari …)"));
}

static void an_automatic_kind_is_not_to_be_sent(void **state)
{
	CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);

	append_page("receipt", "en", &page);
	assert_non_null(strstr((const char *)page.data, "The desk writes it by itself"));
	assert_null(strstr((const char *)page.data, "aldis send"));
}

static void nothing_is_left_to_fill_in(void **state)
{
	for (size_t i = 0; i < record_kind_count; i++) {
		for (size_t l = 0; l < record_kinds_language_count; l++) {
			CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);

			append_page(record_kinds[i].name, record_kinds_languages[l],
			            &page);
			assert_null(strchr((const char *)page.data, '{'));
			assert_non_null(
			    strstr((const char *)page.data, record_kinds[i].help[l]));
		}
	}
}

static void the_list_names_all_kinds(void **state)
{
	CLEANUP_BUF struct buf page = BUF_INIT(PAGE_MAX);

	kind_help_append_list("id", &page);
	buf_append_byte(&page, '\0');
	for (size_t i = 0; i < record_kind_count; i++)
		assert_non_null(strstr((const char *)page.data, record_kinds[i].name));
	assert_non_null(strstr((const char *)page.data, "Pertanyaan"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_has_fields_limits_and_rules),
	    cmocka_unit_test(a_page_is_in_the_language_asked_for),
	    cmocka_unit_test(an_automatic_kind_is_not_to_be_sent),
	    cmocka_unit_test(nothing_is_left_to_fill_in),
	    cmocka_unit_test(the_list_names_all_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
