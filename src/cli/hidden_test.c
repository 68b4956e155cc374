/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases that console and page of a release are held to as well.
 */
#include "cli/hidden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cli/print.h"
#include "codec/json.h"

static void every_case_is_shown_as_it_should(void **state)
{
	CLEANUP_BUF struct buf file = BUF_INIT(1 << 16), path = BUF_INIT(4096);
	struct json_doc doc = {0};
	size_t count = 0;

	(void)state;
	buf_printf(&path, "%s/test/hidden_chars.json", getenv("SOURCE_ROOT"));
	buf_append_byte(&path, '\0');
	assert_int_equal(file_read((const char *)path.data, &file, NULL), STATUS_OK);
	assert_int_equal(json_scan(&doc, buf_view(&file), 1000, NULL), STATUS_OK);
	const struct json_token *list = json_root(&doc);
	for (const struct json_token *item = json_first(&doc, list); item != NULL;
	     item = json_next(&doc, list, item), count++) {
		CLEANUP_BUF struct buf text = BUF_INIT(1000), expected = BUF_INIT(1000),
		                       shown = BUF_INIT(1000);
		const struct json_token *first = json_first(&doc, item);

		json_string_append(&doc, first, &text);
		json_string_append(&doc, json_next(&doc, item, first), &expected);
		print_append_escaped(&shown, buf_view(&text));
		if (!view_equal(buf_view(&shown), buf_view(&expected)))
			fail_msg("case %zu: %.*s", count, (int)shown.len,
			         (const char *)shown.data);
	}
	assert_true(count > 30);
	json_release(&doc);
}

static void nothing_that_a_terminal_obeys_stays(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 0xa0; at++)
		assert_int_equal(hidden_is('a', at, 'a'), at < ' ' || at >= 0x7f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_case_is_shown_as_it_should),
	    cmocka_unit_test(nothing_that_a_terminal_obeys_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
