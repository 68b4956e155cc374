/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust and backup bodies.
 */
#include "console/request_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum status parse_trust(const char *text, bool *ret_compared, size_t *ret_len)
{
	struct request_trust trust = {0};
	struct json_doc doc = {0};
	enum status status =
	    request_trust_parse(view_of_string(text), &doc, &trust, NULL);

	*ret_compared = trust.is_compared;
	*ret_len = trust.card.len;
	buf_release(&trust.card);
	json_release(&doc);
	return status;
}

static void trust_wants_a_card_and_may_say_compared(void **state)
{
	bool is_compared;
	size_t len;

	assert_int_equal(
	    parse_trust("{\"card\":\"a\\nb\",\"compared\":true}", &is_compared, &len),
	    STATUS_OK);
	assert_true(is_compared);
	assert_int_equal(len, 3);
	assert_int_equal(parse_trust("{\"card\":\"a\"}", &is_compared, &len), STATUS_OK);
	assert_false(is_compared);
	assert_int_equal(parse_trust("{\"compared\":true}", &is_compared, &len),
	                 STATUS_MALFORMED);
	assert_int_equal(parse_trust("{\"card\":\"\"}", &is_compared, &len),
	                 STATUS_MALFORMED);
	assert_int_equal(parse_trust("{\"card\":1}", &is_compared, &len),
	                 STATUS_MALFORMED);
	assert_int_equal(
	    parse_trust("{\"card\":\"a\",\"compared\":\"yes\"}", &is_compared, &len),
	    STATUS_MALFORMED);
	assert_int_equal(parse_trust("{\"card\":\"a\",\"x\":1}", &is_compared, &len),
	                 STATUS_MALFORMED);
	assert_int_equal(parse_trust("{\"card\":\"a\"", &is_compared, &len),
	                 STATUS_MALFORMED);
}

static void backup_wants_an_absolute_path(void **state)
{
	struct json_doc doc = {0};
	char path[REQUEST_PATH_MAX + 1];

	assert_int_equal(
	    request_backup_parse(view_of_string("{\"path\":\"/b/c\"}"), &doc, path, NULL),
	    STATUS_OK);
	assert_string_equal(path, "/b/c");
	assert_int_equal(
	    request_backup_parse(view_of_string("{\"path\":\"b\"}"), &doc, path, NULL),
	    STATUS_MALFORMED);
	assert_int_equal(request_backup_parse(view_of_string("{}"), &doc, path, NULL),
	                 STATUS_MALFORMED);
	json_release(&doc);
}

static void what_is_no_object_is_told_so(void **state)
{
	static const char *const bodies[] = {"", "[]", "null", "1"};
	struct json_doc doc = {0};
	struct error err;

	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		assert_int_equal(
		    request_body_scan(view_of_string(bodies[i]), 16, &doc, &err),
		    STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "body"));
	}
	assert_int_equal(request_body_scan(view_of_string("{}"), 16, &doc, &err),
	                 STATUS_OK);
	json_release(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trust_wants_a_card_and_may_say_compared),
	    cmocka_unit_test(backup_wants_an_absolute_path),
	    cmocka_unit_test(what_is_no_object_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
