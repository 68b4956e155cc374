/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forms of short texts: what passes, and what is close to it and does not.
 */
#include "record/form.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

typedef bool check_fn(struct view text);

static void check_all(check_fn *check, const char *const *texts, bool expected)
{
	for (; *texts != NULL; texts++)
		if (check(view_of_string(*texts)) != expected)
			fail_msg("'%s'", *texts);
	assert_false(check(view_of("", 0)));
	assert_false(check(view_of(NULL, 0)));
}

static void countries_are_two_capital_letters(void **state)
{
	static const char *const good[] = {"ID", "DE", "ZZ", NULL};
	static const char *const bad[] = {"I", "id", "Id", "IDN", "I1", " ID", NULL};

	check_all(record_country_check, good, true);
	check_all(record_country_check, bad, false);
}

static void prefixes_are_in_their_shortest_form(void **state)
{
	static const char *const good[] = {
	    "192.0.2.0/24",  "0.0.0.0/0", "192.0.2.7/32",       "128.0.0.0/1", "::/0",
	    "2001:db8::/32", "::1/128",   "2001:db8:8000::/33", NULL};
	static const char *const bad[] = {
	    "192.0.2.0",       "192.0.2.0/",         "192.0.2.0/33", "192.0.2.0/024",
	    "192.0.2.1/24",    "192.0.2/24",         "/24",          "192.0.2.0/24/24",
	    "192.0.2.0/-1",    "192.0.2.0/24 ",      "::/129",       "2001:DB8::/32",
	    "2001:db8:0::/32", "2001:db8:8000::/32", "::1/0",        "192.000.2.0/24",
	    "2001:db8::/32%1", "1.1.1.1/4294967328", "a/8",          NULL};

	check_all(record_prefix_check, good, true);
	check_all(record_prefix_check, bad, false);
	assert_false(record_prefix_check(view_of("192.0.2.0\0/24", 13)));
}

static void domains_are_lower_case_labels(void **state)
{
	static const char *const good[] = {"example.org",        "a.b",
	                                   "_dmarc.example.org", "xn--e1afmkfd.xn--p1ai",
	                                   "1.2-3.example",      NULL};
	static const char *const bad[] = {
	    "example", "Example.org", ".example.org", "example.org.", "a..b", "-a.org",
	    "a-.org",  "a b.org",     "ä.org",        "192.0.2.1",    ".",    NULL};

	check_all(record_domain_check, good, true);
	check_all(record_domain_check, bad, false);
}

static void domains_have_limits(void **state)
{
	char text[300];

	memset(text, 'a', sizeof text);
	text[63] = '.';
	assert_true(record_domain_check(view_of(text, 65)));
	text[63] = 'a';
	text[64] = '.';
	assert_false(record_domain_check(view_of(text, 66)));
	memset(text, 'a', sizeof text);
	for (size_t i = 1; i < sizeof text; i += 2)
		text[i] = '.';
	assert_true(record_domain_check(view_of(text, 253)));
	text[252] = 'a';
	assert_false(record_domain_check(view_of(text, 255)));
}

static void techniques_are_those_of_disarm(void **state)
{
	static const char *const good[] = {"T0023", "T0023.001", "T9999", NULL};
	static const char *const bad[] = {
	    "T023", "t0023",     "T00233",    "T0023.", "T0023.1", "T0023.0001",
	    "TA01", "T0023-001", "T0023.00a", "T 023",  NULL};

	check_all(record_technique_check, good, true);
	check_all(record_technique_check, bad, false);
}

static void durations_have_hours_minutes_seconds(void **state)
{
	static const char *const good[] = {"PT1H", "PT90M", "PT1H30M5S", NULL};
	static const char *const bad[] = {"1H", "PT", "P1D", "PT1M1H", "PT-1H", NULL};

	check_all(record_duration_check, good, true);
	check_all(record_duration_check, bad, false);
}

static void addresses_are_in_their_shortest_form(void **state)
{
	static const char *const good[] = {"192.0.2.1", "0.0.0.0", "2001:db8::1",
	                                   "::", NULL};
	static const char *const bad[] = {
	    "192.0.2",      "192.0.2.256", "192.0.02.1", "2001:DB8::1", "2001:db8:0::1",
	    "192.0.2.1/32", "::1%lo",      " ::1",       "example.org", NULL};

	check_all(record_address_check, good, true);
	check_all(record_address_check, bad, false);
}

static void digests_have_the_length_of_a_known_hash(void **state)
{
	char text[200];

	memset(text, 'a', sizeof text);
	for (size_t len = 0; len < sizeof text; len++)
		assert_int_equal(record_digest_check(view_of(text, len)),
		                 len == 32 || len == 40 || len == 64 || len == 96 ||
		                     len == 128);
	text[31] = 'g';
	assert_false(record_digest_check(view_of(text, 32)));
	text[31] = 'A';
	assert_false(record_digest_check(view_of(text, 32)));
	text[31] = '9';
	assert_true(record_digest_check(view_of(text, 32)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(countries_are_two_capital_letters),
	    cmocka_unit_test(prefixes_are_in_their_shortest_form),
	    cmocka_unit_test(domains_are_lower_case_labels),
	    cmocka_unit_test(domains_have_limits),
	    cmocka_unit_test(techniques_are_those_of_disarm),
	    cmocka_unit_test(durations_have_hours_minutes_seconds),
	    cmocka_unit_test(addresses_are_in_their_shortest_form),
	    cmocka_unit_test(digests_have_the_length_of_a_known_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
