/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths from what is typed.
 */
#include "cli/message_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void titles_are_percent_encoded(void **state)
{
	CLEANUP_BUF struct buf path = BUF_INIT(1024);

	assert_int_equal(
	    message_path_append(&path, "North & S/h?", "north.example#12", NULL),
	    STATUS_OK);
	assert_true(view_equal_string(
	    buf_view(&path),
	    "/api/channels/North%20%26%20S%2Fh%3F/messages/north.example/12"));
}

static void ids_of_another_form_are_refused(void **state)
{
	static const char *const bad[] = {"",
	                                  "12",
	                                  "north.example",
	                                  "north.example#",
	                                  "north.example#-1",
	                                  "north.example#01",
	                                  "#1"};
	CLEANUP_BUF struct buf path = BUF_INIT(1024);

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(message_path_append(&path, "c", bad[i], NULL),
		                 STATUS_MALFORMED);
	assert_int_equal(path.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(titles_are_percent_encoded),
	    cmocka_unit_test(ids_of_another_form_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
