/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server-sent events as bytes. The streams themselves are tried with the whole daemon.
 */
#include "daemon/subscribers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void expect_event(const char *text, const char *expected)
{
	CLEANUP_BUF struct buf event = BUF_INIT(4096);

	subscribers_encode(&event, view_of_string(text));
	buf_append_byte(&event, '\0');
	assert_string_equal((char *)event.data, expected);
}

static void an_event_is_one_data_line(void **unused)
{
	expect_event("{\"a\":1}", "data: {\"a\":1}\n\n");
	expect_event("", "data: \n\n");
}

static void a_newline_can_not_end_an_event_early(void **unused)
{
	expect_event("a\n\nb\n", "data: a\ndata: \ndata: b\n\n");
}

static void the_one_who_leaves_is_taken_off_the_list(void **unused)
{
	struct subscribers subscribers = {
	    .list = {{.request = 11}, {.request = 12}, {.request = 13}}, .count = 3};

	subscribers_remove(&subscribers, 11);
	assert_int_equal(subscribers.count, 2);
	subscribers_remove(&subscribers, 99);
	assert_int_equal(subscribers.count, 2);
	subscribers_remove(&subscribers, 12);
	subscribers_remove(&subscribers, 13);
	assert_int_equal(subscribers.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_is_one_data_line),
	    cmocka_unit_test(a_newline_can_not_end_an_event_early),
	    cmocka_unit_test(the_one_who_leaves_is_taken_off_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
