/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An advisory of our own making, and each of its parts missing or wrong.
 */
#include "formats/csaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

static const char advisory[] =
    "{\"document\":{\"category\":\"csaf_base\",\"csaf_version\":\"2.0\",\"publisher\":{"
    "\"category\":\"vendor\",\"name\":\"N\",\"namespace\":\"https://example.org\"},"
    "\"title\":\"A "
    "title\",\"distribution\":{\"tlp\":{\"label\":\"AMBER\"}},\"tracking\":{"
    "\"id\":\"EX-1\",\"current_release_date\":\"2026-01-01T00:00:00.5Z\","
    "\"initial_release_date\":\"2026-01-01T00:00:00Z\",\"revision_history\":[{\"date\":"
    "\"2026-01-01T00:00:00Z\",\"number\":\"1\",\"summary\":\"S\"}],\"status\":\"final\","
    "\"version\":\"1\"}},\"vulnerabilities\":[{\"scores\":[{\"x\":9.8}]}]}";

static void an_advisory_says_what_it_is(void **state)
{
	struct formats_csaf csaf;

	assert_int_equal(formats_csaf_read(view_of_string(advisory), &csaf, NULL),
	                 STATUS_OK);
	assert_string_equal(csaf.id, "EX-1");
	assert_string_equal(csaf.title, "A title");
	assert_string_equal(csaf.tlp, "AMBER");
}

/* Replaces the first occurrence. */
static void replace(const char *from, const char *to, char ret_text[2048])
{
	const char *at = strstr(advisory, from);

	assert_non_null(at);
	snprintf(ret_text, 2048, "%.*s%s%s", (int)(at - advisory), advisory, to,
	         at + strlen(from));
}

static void each_breach_is_named(void **state)
{
	static const struct {
		const char *from, *to, *word;
	} breaches[] = {
	    {"\"2.0\"", "\"1.2\"", "csaf_version"},
	    {"\"csaf_base\"", "\"\"", "document.category"},
	    {"\"vendor\"", "\"king\"", "publisher.category"},
	    {"\"namespace\"", "\"space\"", "publisher.namespace is missing"},
	    {"\"A title\"", "7", "document.title must be a text"},
	    {"\"AMBER\"", "\"BLUE\"", "tlp.label"},
	    {"{\"tlp\"", "[]}}\"", NULL},
	    {"\"distribution\":{\"tlp\":{\"label\":\"AMBER\"}}", "\"distribution\":7",
	     "document.distribution must be an object"},
	    {"\"distribution\":{\"tlp\":{\"label\":\"AMBER\"}}", "\"distribution\":{}",
	     "document.distribution must not be empty"},
	    {"\"id\":\"EX-1\",", "", "tracking.id is missing"},
	    {"\"EX-1\"", "\" EX-1\"", "tracking.id must not begin or end"},
	    {"\"EX-1\"", "\"EX-1\\u00a0\"", "tracking.id must not begin or end"},
	    {"\"EX-1\"", "\"\\t\"", "tracking.id must not begin or end"},
	    {"\"EX-1\"", "\"EX\\r1\"", "nor have a line break in it"},
	    {"\"EX-1\"", "\"EX\\u20281\"", "nor have a line break in it"},
	    {"2026-01-01T00:00:00.5Z", "yesterday",
	     "current_release_date must be a time"},
	    {"[{\"date\":\"2026-01-01T00:00:00Z\",\"number\":\"1\",\"summary\":\"S\"}]",
	     "[]", "revision_history must not be empty"},
	    {"[{\"date\":\"2026-01-01T00:00:00Z\",\"number\":\"1\",\"summary\":\"S\"}]",
	     "[7]", "revision_history[] must be an object"},
	    {"\"summary\"", "\"s\"", "summary is missing"},
	    {"\"final\"", "\"last\"", "tracking.status"},
	    {"\"version\":\"1\"", "\"version\":1", "tracking.version"},
	    {"[{\"scores\":[{\"x\":9.8}]}]", "{}", "vulnerabilities must be a list"},
	};

	for (size_t i = 0; i < sizeof breaches / sizeof breaches[0]; i++) {
		struct formats_csaf csaf = {.id = "before"};
		struct error err = {0};
		char text[2048];
		enum status status;

		replace(breaches[i].from, breaches[i].to, text);
		status = formats_csaf_read(view_of_string(text), &csaf, &err);
		assert_string_equal(csaf.id, "before");
		if (breaches[i].word == NULL) {
			assert_int_equal(status, STATUS_NOT_FOUND);
			continue;
		}
		assert_int_equal(status, STATUS_MALFORMED);
		if (strstr(err.text, breaches[i].word) == NULL)
			fail_msg("%s does not name %s", err.text, breaches[i].word);
	}
}

/* What is only long keeps the schema: 1,200 bytes of letters with two bytes each. */
static void long_texts_are_cut(void **state)
{
	struct formats_csaf csaf;
	char title[2048] = "\"", text[2048];

	for (size_t i = 0; i < 600; i++)
		memcpy(title + 1 + 2 * i, "\xc3\xa4", 2);
	title[1201] = '"';
	replace("\"A title\"", title, text);
	assert_int_equal(formats_csaf_read(view_of_string(text), &csaf, NULL), STATUS_OK);
	assert_int_equal(strlen(csaf.title), 999);
	assert_memory_equal(csaf.title, title + 1, 996);
	assert_string_equal(csaf.title + 996, "\xe2\x80\xa6");
	title[1001] = '"';
	title[1002] = '\0';
	replace("\"A title\"", title, text);
	assert_int_equal(formats_csaf_read(view_of_string(text), &csaf, NULL), STATUS_OK);
	assert_int_equal(strlen(csaf.title), 1000);
	assert_memory_equal(csaf.title, title + 1, 1000);
}

static void other_files_are_no_advisories(void **state)
{
	static const char *const texts[] = {"",
	                                    "PK\x03\x04",
	                                    "[]",
	                                    "{}",
	                                    "{\"document\":7}",
	                                    "{\"document\":{}}",
	                                    "{\"type\":\"bundle\"}"};
	struct formats_csaf csaf;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(formats_csaf_read(view_of_string(texts[i]), &csaf, NULL),
		                 STATUS_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_advisory_says_what_it_is),
	    cmocka_unit_test(each_breach_is_named),
	    cmocka_unit_test(long_texts_are_cut),
	    cmocka_unit_test(other_files_are_no_advisories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
