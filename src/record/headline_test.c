/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headlines: which field speaks, and how long.
 */
#include "record/headline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void expect(const char *body, const char *headline)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_doc doc = {0};

	record_headline_append(view_of_string(body), &doc, &out);
	buf_append_byte(&out, '\0');
	assert_string_equal((const char *)out.data, headline);
	json_release(&doc);
}

static void the_title_speaks_before_the_text(void **state)
{
	expect("{\"text\":\"long\",\"title\":\"short\"}", "short");
	expect("{\"language\":\"en\",\"text\":\"Hello\"}", "Hello");
	expect("{\"question\":\"Who?\"}", "Who?");
	expect("{\"title\":\"  \\n\\t\",\"summary\":\"s\"}", "s");
}

static void only_the_first_line_that_says_something_is_shown(void **state)
{
	expect("{\"text\":\"\\n\\r\\n  one \\ntwo\"}", "one");
	expect("{\"text\":\"one\\rtwo\"}", "one");
}

static void long_lines_are_cut_between_characters(void **state)
{
	CLEANUP_BUF struct buf body = BUF_INIT(4096), wanted = BUF_INIT(4096);

	buf_append_string(&body, "{\"text\":\"");
	for (int i = 0; i < RECORD_HEADLINE_MAX; i++)
		buf_append_string(&body, "م");
	for (int i = 0; i < RECORD_HEADLINE_MAX - 1; i++)
		buf_append_string(&wanted, "م");
	buf_append_string(&wanted, "…");
	buf_append_byte(&wanted, '\0');
	{
		CLEANUP_BUF struct buf whole = BUF_INIT(4096), text = BUF_INIT(4096);

		buf_append_view(&whole, buf_view(&body));
		buf_append_string(&whole, "\"}");
		buf_append_byte(&whole, '\0');
		buf_append_view(&text, view_from(buf_view(&body), 9));
		buf_append_byte(&text, '\0');
		expect((const char *)whole.data, (const char *)text.data);
	}
	buf_append_string(&body, "م\"}");
	buf_append_byte(&body, '\0');
	expect((const char *)body.data, (const char *)wanted.data);
}

static void what_says_nothing_has_no_headline(void **state)
{
	expect("", "");
	expect("{}", "");
	expect("[\"title\"]", "");
	expect("{\"title\":7,\"codebook\":\"x\",\"number\":1}", "");
	expect("{\"title\":", "");
	expect("\"title\"", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_title_speaks_before_the_text),
	    cmocka_unit_test(only_the_first_line_that_says_something_is_shown),
	    cmocka_unit_test(long_lines_are_cut_between_characters),
	    cmocka_unit_test(what_says_nothing_has_no_headline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
