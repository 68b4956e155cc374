/* SPDX-License-Identifier: Apache-2.0 */
#include "record/public_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "record/card.h"

static void hosts_ports_and_paths_are_taken(void **state)
{
	assert_true(record_public_url_check("https://witness.example"));
	assert_true(record_public_url_check("http://127.0.0.1:8080/"));
	assert_true(record_public_url_check("https://[::1]:1/a/b~c%20d"));
}

static void what_is_no_base_is_refused(void **state)
{
	static const char *const bad[] = {
	    "",           "x",           "ftp://a",    "HTTP://a",     "http:/a",
	    "http://",    "https:///a",  "http://a b", "http://a\r\n", "http://u@a",
	    "http://a/?", "http://a/#b", "http://a\\", "http://\"a\"", "http://\xc3\xa9",
	    " http://a"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(record_public_url_check(bad[i]));
}

static void the_longest_is_as_long_as_a_cards(void **state)
{
	char url[RECORD_URL_LEN_MAX + 2] = "http://";

	memset(url + 7, 'a', RECORD_URL_LEN_MAX - 7);
	url[RECORD_URL_LEN_MAX] = '\0';
	assert_true(record_public_url_check(url));
	url[RECORD_URL_LEN_MAX] = 'a';
	url[RECORD_URL_LEN_MAX + 1] = '\0';
	assert_false(record_public_url_check(url));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hosts_ports_and_paths_are_taken),
	    cmocka_unit_test(what_is_no_base_is_refused),
	    cmocka_unit_test(the_longest_is_as_long_as_a_cards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
