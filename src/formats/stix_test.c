/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every field of every kind in the table goes out and comes back; what a stranger writes
 * is bounded, and what has no place is listed.
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
#include "formats/stix_out.h"
#include "record/kinds.h"

static const char channel[] = "0123456789abcdef";
enum { TEXT_MAX = 64 * 1024 * 1024 };

/* ---- bodies with every field ---- */

static void write_value(struct json_writer *writer, const char *name,
                        const struct record_field *field, size_t seed);

static void write_list(struct json_writer *writer, const char *name,
                       const struct record_field *field, size_t seed)
{
	size_t count = field->max < 3 ? (size_t)field->max : 3;

	json_writer_array(writer, name);
	for (size_t i = 0; i < count; i++)
		write_value(writer, NULL, &field->fields[0], seed + i);
	json_writer_end(writer);
}

static void write_observables(struct json_writer *writer)
{
	static const char *const values[][2] = {
	    {"ip", "192.0.2.1"},
	    {"other", "a thing"},
	    {"ip", "2001:db8::1"},
	    {"prefix", "198.51.100.0/24"},
	    {"prefix", "2001:db8::/32"},
	    {"domain", "mail.example.org"},
	    {"url", "https://example.org/\\\"x\""},
	    {"hash", "d41d8cd98f00b204e9800998ecf8427e"},
	    {"email", "a@example.org"},
	    {"file", "run.exe"},
	    {"account", "root"},
	    {"ip", "192.0.2.1"},
	};

	json_writer_array(writer, "observables");
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "type", values[i][0]);
		json_writer_string(writer, "value", values[i][1]);
		if (i % 2 == 0)
			json_writer_string(writer, "note", "seen \"twice\"");
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_fields(struct json_writer *writer, const struct record_field *fields,
                         size_t count, size_t seed)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(fields[i].name, "observables") == 0)
			write_observables(writer);
		else
			write_value(writer, fields[i].name, &fields[i], seed + i);
	}
}

static void write_value(struct json_writer *writer, const char *name,
                        const struct record_field *field, size_t seed)
{
	static const char *const plain[] = {
	    [RECORD_FIELD_LANGUAGE] = "zh-Hans",
	    [RECORD_FIELD_TIME] = "2026-11-20T23:49:00Z",
	    [RECORD_FIELD_MESSAGE] = "north.example#4",
	    [RECORD_FIELD_DESK] = "north.example",
	    [RECORD_FIELD_COUNTRY] = "ID",
	    [RECORD_FIELD_PREFIX] = "192.0.2.0/24",
	    [RECORD_FIELD_DOMAIN] = "www.example.org",
	    [RECORD_FIELD_TECHNIQUE] = "T0023.001",
	};
	char text[64];

	switch (field->type) {
	case RECORD_FIELD_TEXT:
		snprintf(text, sizeof text, "Teks \"%zu\"\n\xc3\xa9", seed);
		json_writer_string(writer, name, text);
		return;
	case RECORD_FIELD_INTEGER:
		json_writer_integer(writer, name, field->min + (int64_t)(seed % 50));
		return;
	case RECORD_FIELD_BOOLEAN:
		json_writer_bool(writer, name, true);
		return;
	case RECORD_FIELD_CHOICE:
		json_writer_string(writer, name,
		                   field->choices[seed % field->choice_count].value);
		return;
	case RECORD_FIELD_OBJECT:
		json_writer_object(writer, name);
		write_fields(writer, field->fields, field->field_count, seed);
		json_writer_end(writer);
		return;
	case RECORD_FIELD_LIST:
		write_list(writer, name, field, seed);
		return;
	default:
		json_writer_string(writer, name, plain[field->type]);
		return;
	}
}

static void write_body(const char *kind, size_t seed, struct buf *out)
{
	const struct record_kind *record = record_kind_find(view_of_string(kind));
	struct json_writer writer = json_writer_of(out);
	struct json_doc doc = {0};
	struct error err = {0};

	json_writer_object(&writer, NULL);
	write_fields(&writer, record->fields, record->field_count, seed);
	json_writer_end(&writer);
	if (record_kind_check_body(record, buf_view(out), &doc, &err) != STATUS_OK)
		fail_msg("%s: %s", kind, err.text);
	json_release(&doc);
}

/* Unescaped, so that two ways to write one string are the same. */
static bool same_value(const struct json_doc *a, const struct json_token *x,
                       const struct json_doc *b, const struct json_token *y)
{
	const struct json_token *left = json_first(a, x), *right = json_first(b, y);

	if (x->type != y->type || x->count != y->count)
		return false;
	if (x->type == JSON_STRING) {
		CLEANUP_BUF struct buf one = BUF_INIT(TEXT_MAX), two = BUF_INIT(TEXT_MAX);

		json_string_append(a, x, &one);
		json_string_append(b, y, &two);
		return view_equal(buf_view(&one), buf_view(&two));
	}
	if (x->type != JSON_ARRAY && x->type != JSON_OBJECT)
		return view_equal(json_raw(a, x), json_raw(b, y));
	for (; left != NULL; left = json_next(a, x, left)) {
		if (x->type == JSON_OBJECT) {
			char name[64];

			assert_true(json_string_copy(a, left, name, sizeof name));
			right = json_member(b, y, name);
			left = json_next(a, x, left);
		}
		if (right == NULL || !same_value(a, left, b, right))
			return false;
		right = json_next(b, y, right);
	}
	return true;
}

static void assert_same_body(struct view sent, struct view back)
{
	struct json_doc a = {0}, b = {0};

	assert_int_equal(json_scan(&a, sent, JSON_TOKENS_MAX, NULL), STATUS_OK);
	assert_int_equal(json_scan(&b, back, JSON_TOKENS_MAX, NULL), STATUS_OK);
	if (!same_value(&a, json_root(&a), &b, json_root(&b)))
		fail_msg("sent %.*s\nback %.*s", (int)sent.len, sent.data, (int)back.len,
		         back.data);
	json_release(&a);
	json_release(&b);
}

static struct buf write_bundle(const struct formats_message *messages, size_t count,
                               size_t reported)
{
	struct buf bundle = BUF_INIT(TEXT_MAX);
	struct formats_report report = {0};
	struct error err = {0};

	if (formats_stix_write(channel, messages, count, &bundle, &report, &err) !=
	    STATUS_OK)
		fail_msg("%s", err.text);
	if (report.count != reported)
		fail_msg("%zu reported, the first for: %s", report.count,
		         report.count == 0
		             ? ""
		             : formats_report_text(&report, report.items[0].why));
	formats_report_release(&report);
	return bundle;
}

static const char *const re_of[] = {"", "n#0", "n#1", "n#1", "n#2", "n#3"};

/* Each kind of the table, each answering another. */
static void every_field_comes_back(void **state)
{
	static const char *const ids[] = {"n#0", "n#1", "n#2", "n#3", "n#4", "n#5"};

	for (size_t seed = 0; seed < 60; seed++) {
		struct formats_message messages[6];
		struct buf bodies[6], bundle;
		struct formats_drafts stix = {0};
		struct error err = {0};

		for (size_t i = 0; i < stix_kind_count; i++) {
			bodies[i] = BUF_INIT(TEXT_MAX);
			write_body(stix_kinds[i].kind, seed + i, &bodies[i]);
			messages[i] = (struct formats_message){
			    .id = ids[i],
			    .author = "n",
			    .kind = stix_kinds[i].kind,
			    .sent = "2026-11-20T23:49:00Z",
			    .tlp = i % 2 == 0 ? "AMBER+STRICT" : "",
			    .re = re_of[i],
			    .body = buf_view(&bodies[i]),
			};
		}
		bundle = write_bundle(messages, 6, 0);
		if (formats_read(buf_view(&bundle), "en", &stix, &err) != STATUS_OK)
			fail_msg("%s", err.text);
		assert_int_equal(stix.count, 6);
		for (size_t i = 0; i < 6; i++) {
			assert_string_equal(stix.drafts[i].kind, messages[i].kind);
			assert_same_body(messages[i].body, stix.drafts[i].body);
			assert_int_equal(stix.drafts[i].re,
			                 re_of[i][0] == '\0'
			                     ? FORMATS_NO_DRAFT
			                     : (size_t)(re_of[i][2] - '0'));
			if (i % 2 == 0)
				assert_string_equal(stix.drafts[i].tlp, "AMBER+STRICT");
			else
				assert_null(stix.drafts[i].tlp);
			buf_release(&bodies[i]);
		}
		/* The author alone. */
		for (size_t i = 0; i < stix.report.count; i++)
			assert_string_equal(
			    formats_report_text(&stix.report, stix.report.items[i].what),
			    "identity");
		buf_release(&bundle);
		formats_drafts_release(&stix);
	}
}

static void the_fewest_fields_come_back(void **state)
{
	static const char *const bodies[] = {
	    "{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\",\"detected\":"
	    "\"2026-11-20T23:49:00Z\"}",
	    "{\"language\":\"en\",\"summary\":\"S\"}",
	    "{\"language\":\"en\",\"outcome\":\"resolved\"}",
	    "{\"language\":\"en\",\"text\":\"S\"}",
	    "{\"measure\":\"sanctions\",\"language\":\"en\",\"text\":\"S\"}",
	    "{\"language\":\"id\",\"text\":\"S\",\"translator\":\"x\"}",
	};
	static const char *const ids[] = {"n#0", "n#1", "n#2", "n#3", "n#4", "n#5"};
	struct formats_message messages[6];
	struct formats_drafts stix = {0};
	struct buf bundle, again;

	for (size_t i = 0; i < 6; i++)
		messages[i] = (struct formats_message){.id = ids[i],
		                                       .author = "n",
		                                       .kind = stix_kinds[i].kind,
		                                       .sent = "2026-11-20T23:49:00Z",
		                                       .tlp = "",
		                                       .re = re_of[i],
		                                       .body = view_of_string(bodies[i])};
	bundle = write_bundle(messages, 6, 0);
	again = write_bundle(messages, 6, 0);
	assert_true(view_equal(buf_view(&bundle), buf_view(&again)));
	assert_int_equal(formats_read(buf_view(&bundle), "en", &stix, NULL), STATUS_OK);
	assert_int_equal(stix.count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_same_body(messages[i].body, stix.drafts[i].body);
	buf_release(&bundle);
	buf_release(&again);
	formats_drafts_release(&stix);
}

static void what_stix_has_no_place_for_is_listed(void **state)
{
	const struct formats_message messages[] = {
	    {.id = "n#0",
	     .author = "n",
	     .kind = "text",
	     .sent = "2026-11-20T23:49:00Z",
	     .tlp = "",
	     .re = "",
	     .body = view_of_string("{}")},
	    {.id = "n#1",
	     .author = "n",
	     .kind = "assessment",
	     .sent = "2026-11-20T23:49:00Z",
	     .tlp = "",
	     .re = "n#0",
	     .body = view_of_string("{\"language\":\"en\",\"text\":\"S\"}"),
	     .attachment_count = 1,
	     .has_line = true,
	     .has_to = true},
	    {.id = "n#2",
	     .author = "n",
	     .kind = "translation",
	     .sent = "2026-11-20T23:49:00Z",
	     .tlp = "",
	     .re = "n#0",
	     .body = view_of_string("{\"language\":\"id\",\"text\":\"S\"}")},
	};
	struct buf bundle = write_bundle(messages, 3, 6);

	buf_release(&bundle);
}

/* ---- what strangers write ---- */

static void read_or_fail(const char *text, struct formats_drafts *stix)
{
	struct error err = {0};

	if (formats_read(view_of_string(text), "en", stix, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static bool is_listed(const struct formats_drafts *stix, const char *what)
{
	for (size_t i = 0; i < stix->report.count; i++) {
		if (strcmp(formats_report_text(&stix->report, stix->report.items[i].what),
		           what) == 0)
			return true;
	}
	return false;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_field_comes_back),
	    cmocka_unit_test(the_fewest_fields_come_back),
	    cmocka_unit_test(what_stix_has_no_place_for_is_listed),
	    cmocka_unit_test(an_incident_of_another_tool_becomes_one),
	    cmocka_unit_test(of_several_versions_the_newest_counts),
	    cmocka_unit_test(a_cycle_ends),
	    cmocka_unit_test(what_is_no_bundle_is_refused),
	    cmocka_unit_test(wrong_types_are_listed),
	    cmocka_unit_test(a_hundred_thousand_objects_are_read_and_no_more),
	    cmocka_unit_test(huge_strings_and_deep_nesting_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
