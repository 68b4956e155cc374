/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commas, nesting, and text that is not what it should be.
 */
#include "codec/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "codec/json.h"

#define assert_written(out, expected)                                     \
	do {                                                              \
		buf_append_byte(out, '\0');                               \
		assert_string_equal((const char *)(out)->data, expected); \
	} while (0)

static void objects_and_arrays_get_their_commas(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "a", "x\"y");
	json_writer_array(&writer, "b");
	json_writer_integer(&writer, NULL, -5);
	json_writer_object(&writer, NULL);
	json_writer_end(&writer);
	json_writer_bool(&writer, NULL, true);
	json_writer_end(&writer);
	json_writer_null(&writer, "c");
	json_writer_raw(&writer, "d", view_of_string("[1,2]"));
	json_writer_end(&writer);
	assert_written(&out, "{\"a\":\"x\\\"y\",\"b\":[-5,{},true],\"c\":null,"
	                     "\"d\":[1,2]}");
}

static void times_are_utc_and_zero_is_never(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&out);

	json_writer_array(&writer, NULL);
	json_writer_time(&writer, NULL, 1795218540);
	json_writer_time_or_never(&writer, NULL, 0);
	json_writer_time_or_never(&writer, NULL, 1795218540);
	json_writer_end(&writer);
	assert_written(&out,
	               "[\"2026-11-20T23:49:00Z\",\"never\",\"2026-11-20T23:49:00Z\"]");
}

static void broken_text_still_makes_json(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&out);
	static const char broken[] = "a\xff\"\0\n\xc3\xa9\xe2\x80";
	struct json_doc doc = {0};

	json_writer_array(&writer, NULL);
	json_writer_text(&writer, NULL, view_of(broken, sizeof broken - 1));
	json_writer_text(&writer, NULL, view_of(NULL, 0));
	json_writer_end(&writer);
	assert_int_equal(json_scan(&doc, buf_view(&out), 10, NULL), STATUS_OK);
	json_release(&doc);
	assert_written(&out, "[\"a????\xc3\xa9??\",\"\"]");
}

static void what_does_not_fit_shows_at_the_check(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(8);
	struct json_writer writer = json_writer_of(&out);
	struct error err;

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "name", "value");
	json_writer_end(&writer);
	assert_int_equal(buf_check(&out, "the answer", &err), STATUS_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(objects_and_arrays_get_their_commas),
	    cmocka_unit_test(times_are_utc_and_zero_is_never),
	    cmocka_unit_test(broken_text_still_makes_json),
	    cmocka_unit_test(what_does_not_fit_shows_at_the_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
