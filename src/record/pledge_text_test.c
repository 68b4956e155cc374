/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shipped pledges: each is a valid body, and every translation has every paragraph.
 */
#include "record/pledge_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "record/kinds.h"

enum { PARAGRAPHS = 6, LANGUAGES = 6 };

static const char *const languages[LANGUAGES] = {"id", "ru", "fr", "es", "zh", "ar"};

static void each_is_a_body_of_an_offer(void **state)
{
	const struct record_kind *offer =
	    record_kind_find(view_of_string("pledge.offer"));
	struct json_doc doc = {0};
	struct error err = {0};

	assert_non_null(offer);
	assert_int_equal(record_pledge_text_count, 2);
	for (size_t i = 0; i < record_pledge_text_count; i++)
		if (record_kind_check_body(offer, record_pledge_texts[i].body, &doc,
		                           &err) != STATUS_OK)
			fail_msg("%s: %s", record_pledge_texts[i].name, err.text);
	json_release(&doc);
}

/* Lines "1. …" to "6. …" and nothing else. */
static void has_all_paragraphs(const struct json_doc *doc,
                               const struct json_token *object)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	struct view rest, line;
	unsigned count = 0;

	json_string_append(doc, json_member(doc, object, "text"), &text);
	buf_append_byte(&text, '\n');
	for (rest = buf_view(&text); view_take_line(&rest, &line);) {
		char number[8];

		snprintf(number, sizeof number, "%u. ", ++count);
		assert_true(view_has_prefix(line, view_of_string(number)));
		assert_true(line.len > 40);
	}
	assert_int_equal(count, PARAGRAPHS);
}

static void every_language_has_every_paragraph(void **state)
{
	struct json_doc doc = {0};

	for (size_t i = 0; i < record_pledge_text_count; i++) {
		const struct json_token *root, *list, *one;
		size_t count = 0;

		assert_int_equal(json_scan(&doc, record_pledge_texts[i].body, 1000, NULL),
		                 STATUS_OK);
		root = json_root(&doc);
		assert_true(
		    json_string_is(&doc, json_member(&doc, root, "language"), "en"));
		has_all_paragraphs(&doc, root);
		list = json_member(&doc, root, "translations");
		for (one = json_first(&doc, list); one != NULL;
		     one = json_next(&doc, list, one)) {
			assert_true(count < LANGUAGES);
			assert_true(json_string_is(&doc,
			                           json_member(&doc, one, "language"),
			                           languages[count++]));
			has_all_paragraphs(&doc, one);
		}
		assert_int_equal(count, LANGUAGES);
	}
	json_release(&doc);
}

static void they_are_found_by_name(void **state)
{
	assert_non_null(record_pledge_text_find("non-interference"));
	assert_non_null(record_pledge_text_find("no-first-use"));
	assert_null(record_pledge_text_find("no-first"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_is_a_body_of_an_offer),
	    cmocka_unit_test(every_language_has_every_paragraph),
	    cmocka_unit_test(they_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
