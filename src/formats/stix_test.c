/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles of STIX as strangers write them: bounded, and what has no place is listed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "formats/read.h"
#include "formats/stix_in.h"
#include "formats/stix_map.h"
#include "formats/testing.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

/* ---- what strangers write ---- */

static void read_or_fail(const char *text, struct formats_drafts *stix)
{
	testing_read(view_of_string(text), stix);
}

static bool is_listed(const struct formats_drafts *stix, const char *what)
{
	return testing_is_listed(&stix->report, what);
}

#define BUNDLE(objects) \
	"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[" objects "]}"
#define INCIDENT(id, more)                                                        \
	"{\"type\":\"incident\",\"id\":\"incident--" id "\",\"created\":"         \
	"\"2026-11-20T23:49:00.000Z\",\"modified\":\"2026-11-20T23:49:00.000Z\"," \
	"\"name\":\"N\"" more "}"

static void an_incident_of_another_tool_becomes_one(void **state)
{
	struct formats_drafts stix = {0};
	struct view body;

	read_or_fail(
	    BUNDLE(INCIDENT(
	        "1",
	        ",\"x_score\":9.75,\"object_marking_refs\":[\"marking-definition--"
	        "5e57c739-391a-4eb3-b6be-7d15ca92d5ed\",\"marking-definition--9\"],"
	        "\"extensions\":{\"" STIX_INCIDENT_CORE
	        "\":{\"extension_type\":\"property-extension\",\"determination\":"
	        "\"low-value\",\"investigation_status\":\"closed\",\"criticality\":70,"
	        "\"incident_types\":[\"major\",\"denial-of-service\",\"dos\"],"
	        "\"recoverability\":\"regular\"}}") ","
	                                            "{\"type\":\"malware\",\"id\":"
	                                            "\"malware--1\"},7,"
	                                            "{\"type\":\"ipv4-addr\",\"id\":"
	                                            "\"ipv4-addr--1\",\"value\":\"192.0."
	                                            "2.7\"},"
	                                            "{\"type\":\"relationship\",\"id\":"
	                                            "\"relationship--1\",\"relationship_"
	                                            "type\":"
	                                            "\"related-to\",\"source_ref\":"
	                                            "\"incident--1\",\"target_ref\":"
	                                            "\"ipv4-addr--1\"}"),
	    &stix);
	assert_int_equal(stix.count, 1);
	assert_string_equal(stix.drafts[0].tlp, "RED");
	body = stix.drafts[0].body;
	assert_true(view_find(body, view_of_string("\"severity\":\"high\"")) != SIZE_MAX);
	assert_true(view_find(body, view_of_string("\"incident_type\":\"dos\"")) !=
	            SIZE_MAX);
	assert_true(view_find(body, view_of_string("192.0.2.7")) != SIZE_MAX);
	assert_true(view_find(body, view_of_string("\"reference\":\"incident--1\"")) !=
	            SIZE_MAX);
	assert_true(is_listed(&stix, "x_score"));
	assert_true(is_listed(&stix, "object_marking_refs"));
	assert_true(is_listed(&stix, "determination"));
	assert_true(is_listed(&stix, "investigation_status"));
	assert_true(is_listed(&stix, "recoverability"));
	assert_true(is_listed(&stix, "incident_types"));
	assert_true(is_listed(&stix, "summary"));
	assert_true(is_listed(&stix, "detected"));
	assert_true(is_listed(&stix, "malware"));
	assert_false(is_listed(&stix, "ipv4-addr"));
	assert_false(is_listed(&stix, "relationship"));
	assert_int_equal(stix.report.count, 11);
	formats_drafts_release(&stix);
}

/* STIX had no mark for it before TLP 2.0, so OpenCTI made one. */
static void the_strict_amber_of_opencti_is_one(void **state)
{
	struct formats_drafts stix = {0};

	read_or_fail(
	    BUNDLE(INCIDENT("1", ",\"object_marking_refs\":[\"marking-definition--"
	                         "826578e1-40ad-459f-bc73-ede076f81f37\"]")),
	    &stix);
	assert_string_equal(stix.drafts[0].tlp, "AMBER+STRICT");
	assert_false(is_listed(&stix, "object_marking_refs"));
	formats_drafts_release(&stix);
}

/* Once, by the identity itself or, where the bundle lacks it, by what names it. */
static void that_the_author_stays_behind_is_listed(void **state)
{
	struct formats_drafts stix = {0};

	read_or_fail(BUNDLE(INCIDENT("1", ",\"created_by_ref\":\"identity--1\"")), &stix);
	assert_true(is_listed(&stix, "created_by_ref"));
	formats_drafts_release(&stix);
	stix = (struct formats_drafts){0};
	read_or_fail(
	    BUNDLE(INCIDENT(
	        "1",
	        ",\"created_by_ref\":\"identity--1\"") ","
	                                               "{\"type\":\"identity\",\"id\":"
	                                               "\"identity--1\",\"name\":\"N\"}"),
	    &stix);
	assert_false(is_listed(&stix, "created_by_ref"));
	assert_true(is_listed(&stix, "identity"));
	formats_drafts_release(&stix);
}

static void of_several_versions_the_newest_counts(void **state)
{
	struct formats_drafts stix = {0};

	read_or_fail(BUNDLE("{\"type\":\"incident\",\"id\":\"incident--1\",\"modified\":"
	                    "\"2026-11-20T23:49:00.000Z\",\"created\":"
	                    "\"2026-11-20T23:49:00.000Z\",\"name\":\"old\"},"
	                    "{\"type\":\"incident\",\"id\":\"incident--1\",\"modified\":"
	                    "\"2026-11-21T23:49:00.000Z\",\"created\":"
	                    "\"2026-11-20T23:49:00.000Z\",\"name\":\"new\"}"),
	             &stix);
	assert_int_equal(stix.count, 1);
	assert_true(view_find(stix.drafts[0].body, view_of_string("new")) != SIZE_MAX);
	assert_true(is_listed(&stix, "incident"));
	formats_drafts_release(&stix);
}

/* Two notes about one another: both come, one answers the other. */
static void a_cycle_ends(void **state)
{
	struct formats_drafts stix = {0};

	read_or_fail(
	    BUNDLE("{\"type\":\"note\",\"id\":\"note--1\",\"content\":\"a\","
	           "\"object_refs\":[\"note--2\"]},"
	           "{\"type\":\"note\",\"id\":\"note--2\",\"content\":\"b\","
	           "\"object_refs\":[\"note--1\"]},"
	           "{\"type\":\"note\",\"id\":\"note--3\",\"content\":\"c\","
	           "\"object_refs\":[\"note--3\"]},"
	           "{\"type\":\"language-content\",\"id\":\"language-content--1\","
	           "\"object_ref\":\"language-content--1\",\"contents\":{\"id\":{"
	           "\"content\":\"x\"}}}"),
	    &stix);
	assert_int_equal(stix.count, 3);
	for (size_t i = 0; i < stix.count; i++)
		assert_true(stix.drafts[i].re == FORMATS_NO_DRAFT ||
		            stix.drafts[i].re < i);
	assert_true(is_listed(&stix, "language-content"));
	formats_drafts_release(&stix);
}

static void what_is_no_bundle_is_refused(void **state)
{
	static const char *const texts[] = {
	    "",
	    "[]",
	    "7",
	    "{}",
	    "{\"type\":\"Bundle\"}",
	    "{\"type\":\"bundle\",\"objects\":{}}",
	    "{\"type\":\"bundle\",\"type\":\"bundle\"}",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct formats_drafts stix = {0};
		struct error err = {0};

		assert_int_equal(
		    formats_read(view_of_string(texts[i]), "en", &stix, &err),
		    STATUS_MALFORMED);
		assert_true(err.text[0] != '\0');
		formats_drafts_release(&stix);
	}
}

/* Wrong types everywhere: nothing is sent that breaks its kind. */
static void wrong_types_are_listed(void **state)
{
	static const char *const values[] = {"7",  "7.5",   "null",       "[]",
	                                     "{}", "[[1]]", "{\"a\":{}}", "true"};
	static const char *const names[] = {
	    "name",     "description",         "lang",     "confidence",
	    "created",  "extensions",          "content",  "object_refs",
	    "abstract", "object_marking_refs", "contents", "external_references",
	    "revoked"};

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
			struct formats_drafts stix = {0};
			char text[1024];

			snprintf(
			    text, sizeof text,
			    BUNDLE("{\"type\":\"incident\",\"id\":\"incident--1\",\"%s\":"
			           "%s},"
			           "{\"type\":\"note\",\"id\":\"note--1\",\"%s\":%s},"
			           "{\"type\":\"language-content\",\"id\":\"l--1\","
			           "\"object_ref\":\"note--1\",\"%s\":%s}"),
			    names[k], values[i], names[k], values[i], names[k],
			    values[i]);
			read_or_fail(text, &stix);
			assert_int_equal(stix.count, 0);
			assert_true(stix.report.count >= 3);
			formats_drafts_release(&stix);
		}
	}
}

static struct buf many(size_t count)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	buf_append_string(&text, "{\"type\":\"bundle\",\"objects\":[");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text,
		           "%s{\"type\":\"note\",\"id\":\"note--%zu\",\"content\":\"c\","
		           "\"object_refs\":[\"note--%zu\"]}",
		           i > 0 ? "," : "", i, i + 1);
	buf_append_string(&text, "]}");
	return text;
}

/* A chain through all of them, each behind the one that it answers. */
static void a_hundred_thousand_objects_are_read_and_no_more(void **state)
{
	struct buf text = many(FORMATS_STIX_OBJECTS_MAX);
	struct formats_drafts stix = {0};

	assert_int_equal(formats_read(buf_view(&text), "en", &stix, NULL), STATUS_OK);
	assert_int_equal(stix.count, FORMATS_STIX_OBJECTS_MAX);
	for (size_t i = 1; i < stix.count; i++)
		assert_int_equal(stix.drafts[i].re, i - 1);
	formats_drafts_release(&stix);
	buf_release(&text);
	text = many(FORMATS_STIX_OBJECTS_MAX + 1);
	assert_int_equal(formats_read(buf_view(&text), "en", &stix, NULL), STATUS_LIMIT);
	formats_drafts_release(&stix);
	buf_release(&text);
}

static void huge_strings_and_deep_nesting_are_refused(void **state)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct formats_drafts stix = {0};

	buf_append_string(&text,
	                  "{\"type\":\"bundle\",\"objects\":[{\"type\":\"note\",\"id\":"
	                  "\"note--1\",\"content\":\"");
	for (size_t i = 0; i < 1000000; i++)
		buf_append_string(&text, "0123456789");
	buf_append_string(&text, "\"}]}");
	assert_int_equal(formats_read(buf_view(&text), "en", &stix, NULL), STATUS_OK);
	assert_int_equal(stix.count, 0);
	assert_true(is_listed(&stix, "note"));
	formats_drafts_release(&stix);
	buf_clear(&text);
	for (size_t i = 0; i < 100000; i++)
		buf_append_byte(&text, '[');
	assert_int_equal(formats_read(buf_view(&text), "en", &stix, NULL),
	                 STATUS_MALFORMED);
	formats_drafts_release(&stix);
	buf_release(&text);
}

/* ---- what is written ---- */

static struct buf written(const char *body)
{
	const struct formats_message message = {.id = "n#0",
	                                        .author = "n",
	                                        .kind = "incident",
	                                        .sent = "2026-11-20T23:49:00Z",
	                                        .tlp = "",
	                                        .re = "",
	                                        .body = view_of_string(body)};

	return testing_write(formats_written_find("stix"), &message, 1, 0);
}

/* An event's times are UTC, and it does not end before it starts. */
static void times_that_stix_refuses_stay_in_our_extension(void **state)
{
	static const struct {
		const char *started, *ended;
		bool has_event;
	} times[] = {
	    {"2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z", true},
	    {"2026-11-20T00:00:00Z", "2026-11-20T00:00:00.5Z", true},
	    {"2026-11-20T00:00:00.5Z", "2026-11-20T00:00:00Z", false},
	    {"2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z", false},
	    {"2026-11-19T00:00:00+07:00", "2026-11-20T00:00:00Z", false},
	    {"2026-11-19T00:00:00Z", "2026-11-20t00:00:00z", false},
	};
	char body[512];

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct formats_drafts back = {0};
		struct buf text;
		size_t at;

		snprintf(body, sizeof body,
		         "{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\","
		         "\"detected\":\"2026-11-20T23:49:00Z\",\"started\":\"%s\","
		         "\"started_fidelity\":\"day\",\"ended\":\"%s\"}",
		         times[i].started, times[i].ended);
		text = written(body);
		at = view_find(buf_view(&text), view_of_string("\"event_refs\""));
		assert_int_equal(at != SIZE_MAX, times[i].has_event);
		testing_read(buf_view(&text), &back);
		testing_same_body(view_of_string(body), back.drafts[0].body);
		formats_drafts_release(&back);
		buf_release(&text);
	}
}

static void a_confirmed_incident_is_called_so(void **state)
{
	struct buf text =
	    written("{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\","
	            "\"detected\":\"2026-11-20T23:49:00Z\","
	            "\"determination\":\"confirmed\"}");

	assert_true(view_find(buf_view(&text),
	                      view_of_string("\"determination\":\"confirmed\"")) !=
	            SIZE_MAX);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_incident_of_another_tool_becomes_one),
	    cmocka_unit_test(the_strict_amber_of_opencti_is_one),
	    cmocka_unit_test(that_the_author_stays_behind_is_listed),
	    cmocka_unit_test(of_several_versions_the_newest_counts),
	    cmocka_unit_test(a_cycle_ends),
	    cmocka_unit_test(what_is_no_bundle_is_refused),
	    cmocka_unit_test(wrong_types_are_listed),
	    cmocka_unit_test(a_hundred_thousand_objects_are_read_and_no_more),
	    cmocka_unit_test(huge_strings_and_deep_nesting_are_refused),
	    cmocka_unit_test(times_that_stix_refuses_stay_in_our_extension),
	    cmocka_unit_test(a_confirmed_incident_is_called_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
