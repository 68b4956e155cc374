/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generated catalogue and the check of bodies against it.
 */
#include "record/kinds.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"

#define INCIDENT                                                               \
	"{\"language\":\"en\",\"title\":\"t\",\"summary\":\"s\",\"detected\":" \
	"\"2026-11-20T23:49:00+02:00\""
#define HEX "abababababababababababababababababababababababababababababababab"

static enum status check(const char *kind, const char *body, struct error *err)
{
	struct json_doc doc = {0};
	const struct record_kind *found = record_kind_find(view_of_string(kind));
	enum status status;

	assert_non_null(found);
	status = record_kind_check_body(found, view_of_string(body), &doc, err);
	json_release(&doc);
	return status;
}

static void the_catalogue_is_there_in_order(void **state)
{
	assert_int_equal(record_kind_count, 45);
	for (size_t i = 0; i < record_kind_count; i++) {
		assert_true(i == 0 ||
		            strcmp(record_kinds[i - 1].name, record_kinds[i].name) < 0);
		assert_ptr_equal(record_kind_find(view_of_string(record_kinds[i].name)),
		                 &record_kinds[i]);
	}
	assert_null(record_kind_find(view_of_string("chec")));
	assert_null(record_kind_find(view_of_string("checks")));
	assert_null(record_kind_find(view_of_string("")));
	assert_true(record_kind_find(view_of_string("check"))->body_optional);
	assert_true(record_kind_find(view_of_string("check"))->is_automatic);
	assert_true(record_kind_find(view_of_string("ack"))->needs_re);
	assert_false(record_kind_find(view_of_string("text"))->needs_re);
}

static const struct record_kind *kind_of(const char *name)
{
	return record_kind_find(view_of_string(name));
}

static void kinds_say_what_they_answer(void **state)
{
	struct error err;

	assert_true(record_kind_answers(kind_of("answer"), kind_of("query")));
	assert_false(record_kind_answers(kind_of("answer"), kind_of("pledge.offer")));
	assert_true(record_kind_answers(kind_of("ack"), kind_of("drill")));
	assert_false(record_kind_answers(kind_of("ack"), kind_of("check")));
	assert_true(record_kind_answers(kind_of("text"), kind_of("check")));
	assert_false(record_kind_answers(kind_of("open"), kind_of("open")));
	assert_int_equal(
	    record_kind_check_answers(kind_of("drill.answer"), kind_of("drill"), &err),
	    STATUS_OK);
	assert_int_equal(
	    record_kind_check_answers(kind_of("incident.close"), kind_of("text"), &err),
	    STATUS_MALFORMED);
	assert_string_equal(err.text, "re: incident.close must name a message of kind "
	                              "incident, incident.update, not text");
	assert_int_equal(
	    record_kind_check_answers(kind_of("holding"), kind_of("check"), &err),
	    STATUS_MALFORMED);
	assert_string_equal(err.text, "re: holding is about what a person writes, and "
	                              "check is written by the desk");
	assert_int_equal(
	    record_kind_check_answers(kind_of("key.change"), kind_of("text"), &err),
	    STATUS_MALFORMED);
	assert_string_equal(err.text, "re: key.change names no other message");
}

/* What starts a duty is written by a person, and something can meet it. */
static void duties_can_be_met(void **state)
{
	for (size_t i = 0; i < record_kind_count; i++) {
		const struct record_kind *kind = &record_kinds[i];
		size_t answer = 0;

		if (!kind->starts_duty)
			continue;
		assert_false(kind->is_automatic);
		while (answer < record_kind_count &&
		       !(record_kinds[answer].meets_duty &&
		         record_kind_answers(&record_kinds[answer], kind)))
			answer++;
		assert_true(answer < record_kind_count);
	}
	assert_false(kind_of("open")->meets_duty);
	assert_false(kind_of("receipt")->meets_duty);
	assert_false(kind_of("check.missed")->meets_duty);
	assert_true(kind_of("check")->meets_duty);
}

static void texts_come_in_the_language_or_in_english(void **state)
{
	const char *const *label = kind_of("query")->label;

	assert_string_equal(record_kinds_languages[0], "en");
	assert_string_equal(record_kinds_text(label, "en"), "Question");
	assert_string_equal(record_kinds_text(label, "id"), "Pertanyaan");
	assert_string_equal(record_kinds_text(label, "id_ID.UTF-8"), "Pertanyaan");
	assert_string_equal(record_kinds_text(label, "id-ID"), "Pertanyaan");
	assert_string_equal(record_kinds_text(label, "ar-EG"), "سؤال");
	assert_string_equal(record_kinds_text(label, "i"), "Question");
	assert_string_equal(record_kinds_text(label, "idx"), "Question");
	assert_string_equal(record_kinds_text(label, "fr"), "Question");
	assert_string_equal(record_kinds_text(label, ""), "Question");
}

static void good_bodies_pass(void **state)
{
	static const struct {
		const char *kind, *body;
	} good[] = {
	    {"open", "{\"charter\":\"" HEX "\"}"},
	    {"open", "{\"charter\":\"" HEX "\",\"log_end\":\"" HEX "\"}"},
	    {"text", "{\"language\":\"id\",\"text\":\"Selamat pagi\"}"},
	    {"text",
	     "{ \"text\" : \"\\u00e9\", \"language\":\"zh-Hans\",\"subject\":\"s\" }"},
	    {"incident", INCIDENT "}"},
	    {"incident",
	     INCIDENT ",\"started\":\"2026-11-20T20:00:00Z\",\"severity\":\"high\","
	              "\"category\":\"information-operation\",\"confidence\":100,"
	              "\"sectors\":[\"energy\"],\"countries\":[\"ID\",\"DE\"],"
	              "\"observables\":[{\"type\":\"ip\",\"value\":\"192.0.2.1\"}],"
	              "\"source_address_space\":[\"192.0.2.0/24\"],\"stage\":\"early\","
	              "\"action_requested\":\"a\",\"reply_by\":\"2026-11-21T00:00:00Z\","
	              "\"reference\":\"N-1\"}"},
	    {"incident",
	     INCIDENT ",\"operation\":{\"techniques\":[\"T0023\",\"T0023.001\"],"
	              "\"platforms\":[\"a\"],\"domains\":[\"news.example.org\"],"
	              "\"networks\":0,\"accounts\":0},\"determination\":"
	              "\"failed-attempt\",\"source_reliability\":\"B\","
	              "\"supersedes\":\"north.example#3\",\"services\":[\"s\"],"
	              "\"detected_fidelity\":\"hour\",\"ended_fidelity\":\"day\","
	              "\"source_address_space\":[\"2001:db8::/32\"]}"},
	    {"incident",
	     INCIDENT ",\"incident_type\":\"phishing\",\"observables\":[{\"value\":"
	              "\"2001:db8::1\",\"type\":\"ip\"},{\"type\":\"prefix\",\"value\":"
	              "\"192.0.2.0/24\"},{\"type\":\"domain\",\"value\":\"example.org\"},"
	              "{\"type\":\"hash\",\"value\":\"" HEX "\"},{\"type\":\"url\","
	              "\"value\":\"hxxp://x\"},{\"type\":\"other\",\"value\":\"?\"}]}"},
	    {"incident.update", "{\"language\":\"en\",\"summary\":\"s\"}"},
	    {"incident.close", "{\"language\":\"en\",\"outcome\":\"resolved\"}"},
	    {"query", "{\"language\":\"en\",\"question\":\"q\"}"},
	    {"answer", "{\"answer\":\"looking\"}"},
	    {"holding", "{\"until\":\"2026-11-20T23:49:00Z\"}"},
	    {"signal", "{\"codebook\":\"" HEX "\",\"number\":9999,\"parameters\":[{"
	               "\"name\":\"n\",\"value\":\"v\"}]}"},
	    {"signal.unknown", "{\"codebook\":\"" HEX "\",\"number\":1}"},
	    {"charter.amend",
	     "{\"charter\":\"" HEX "\",\"previous\":\"" HEX "\",\"parts\":[{\"text\":"
	     "\"t\"},{\"from\":0,\"len\":9}],\"signatures\":\"s\"}"},
	    {"key.change", "{\"note\":\"n\"}"},
	    {"overdue", "{\"of\":\"north.example#3\",\"by\":\"south.example\","
	                "\"deadline\":\"2026-11-20T23:49:00Z\"}"},
	    {"equivocation",
	     "{\"origin\":\"o\",\"small\":\"s\",\"big\":\"b\",\"other_root\":"
	     "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"proof\":[]}"},
	    {"pledge.offer",
	     "{\"language\":\"en\",\"title\":\"t\",\"text\":\"t\",\"translations\":[{"
	     "\"language\":\"id\",\"text\":\"t\"}],\"reciprocal\":true}"},
	    {"leave", "{}"},
	    {"ack", "{\"understood\":true}"},
	    {"ack", "{\"understood\":false,\"paraphrase\":\"p\",\"language\":\"en\"}"},
	    {"check", "{}"},
	    {"check", "{\"witness\":[\"line\"]}"},
	    {"check.missed",
	     "{\"desk\":\"south.example\",\"period_start\":\"2026-11-20T23:00:00Z\"}"},
	    {"receipt", "{\"of\":\"north.example#3\",\"from\":\"south.example\","
	                "\"checkpoint\":\"c\",\"line\":\"l\"}"},
	    {"attachment.held", "{\"of\":\"north.example#3\"}"},
	};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct error err = {{0}};

		if (check(good[i].kind, good[i].body, &err) != STATUS_OK)
			fail_msg("%s: %s", good[i].body, err.text);
	}
}

static void bad_bodies_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *kind, *body, *sentence;
	} bad[] = {
	    {"text", "[]", "body: must be an object"},
	    {"text", "{\"text\":\"x\"}", "language: is missing"},
	    {"text", "{\"language\":\"en\",\"text\":\"x\",\"more\":1}",
	     "body: has a field that is not in the catalogue"},
	    {"text", "{\"language\":\"en\",\"text\":\"\"}",
	     "text: must have 1 to 100000 characters, has 0"},
	    {"text", "{\"language\":\"en\",\"text\":1}", "text: must be a text"},
	    {"text", "{\"language\":\"englisch!\",\"text\":\"x\"}",
	     "language: must be a language tag such as en or zh-Hans"},
	    {"open", "{\"charter\":\"AB\"}", "charter: must be 64 lower-case hex digits"},
	    {"incident", INCIDENT ",\"severity\":\"medium-high\"}",
	     "severity: must be one of low, medium, high, critical"},
	    {"incident", INCIDENT ",\"incident_type\":\"gossip\"}",
	     "incident_type: must be one of spam, harmful-speech, violence, "
	     "infected-system, c2-server, malware-distribution, malware-configuration, "
	     "scanner, sniffing, social-engineering, ids-alert, brute-force, exploit, "
	     "privileged-account-compromise, …"},
	    {"incident", INCIDENT ",\"severity\":1}",
	     "severity: must be one of low, medium, high, critical"},
	    {"incident", INCIDENT ",\"confidence\":101}", "confidence: must be 0 to 100"},
	    {"incident", INCIDENT ",\"confidence\":\"5\"}",
	     "confidence: must be a number"},
	    {"incident", INCIDENT ",\"ended\":\"yesterday\"}",
	     "ended: must be a time such as 2026-11-20T23:49:00Z"},
	    {"incident", INCIDENT ",\"sectors\":[]}",
	     "sectors: must have 1 to 50 elements, has 0"},
	    {"incident", INCIDENT ",\"sectors\":[\"energy\",7]}",
	     "sectors[1]: must be a text"},
	    {"incident", INCIDENT ",\"countries\":[\"IDN\"]}",
	     "countries[0]: must be a country such as ID"},
	    {"incident",
	     INCIDENT
	     ",\"observables\":[{\"type\":\"url\",\"value\":\"v\"},{\"value\":\"v\"}]}",
	     "observables[1].type: is missing"},
	    {"incident",
	     INCIDENT ",\"observables\":[{\"type\":\"mac\",\"value\":\"v\"}]}",
	     "observables[0].type: must be one of ip, prefix, domain, url, hash, email, "
	     "file, account, other"},
	    {"incident", INCIDENT ",\"operation\":{\"accounts\":-1}}",
	     "operation.accounts: must be 0 to 1000000000"},
	    {"incident", INCIDENT ",\"operation\":{\"techniques\":[\"T23\"]}}",
	     "operation.techniques[0]: must be a DISARM technique such as T0023 or "
	     "T0023.001"},
	    {"incident", INCIDENT ",\"operation\":{\"domains\":[\"Example.org\"]}}",
	     "operation.domains[0]: must be a domain in lower case such as "
	     "mail.example.org"},
	    {"incident", INCIDENT ",\"source_address_space\":[\"192.0.2.1/24\"]}",
	     "source_address_space[0]: must be an address prefix such as 192.0.2.0/24"},
	    {"incident", INCIDENT ",\"source_reliability\":\"G\"}",
	     "source_reliability: must be one of A, B, C, D, E, F"},
	    {"consultation.request",
	     "{\"language\":\"en\",\"subject\":\"s\",\"length\":\"1 hour\"}",
	     "length: must be a duration such as PT1H30M"},
	    {"equivocation",
	     "{\"origin\":\"o\",\"small\":\"s\",\"big\":\"b\",\"other_root\":"
	     "\"AAAA\",\"proof\":[]}",
	     "other_root: must have 32 to 32 bytes"},
	    {"signal", "{\"codebook\":\"" HEX "\",\"number\":0}",
	     "number: must be 1 to 9999"},
	    {"answer", "{\"answer\":\"maybe\"}",
	     "answer: must be one of yes, no, looking, declined"},
	    {"incident",
	     INCIDENT ",\"observables\":[{\"type\":\"ip\",\"value\":\"192.0.2.256\"}]}",
	     "observables[0].value: must be an IP address such as 192.0.2.1"},
	    {"incident",
	     INCIDENT ",\"observables\":[{\"value\":\"ab\",\"type\":\"hash\"}]}",
	     "observables[0].value: must be an MD5, SHA-1 or SHA-2 digest in lower-case "
	     "hex"},
	    {"query",
	     "{\"language\":\"en\",\"question\":\"q\",\"observables\":[{\"type\":"
	     "\"domain\",\"value\":\"a b\"}]}",
	     "observables[0].value: must be a domain in lower case such as "
	     "mail.example.org"},
	    {"incident", INCIDENT ",\"observables\":[[]]}",
	     "observables[0]: must be an object"},
	    {"ack", "{\"understood\":\"yes\"}", "understood: must be true or false"},
	    {"check.missed", "{\"desk\":\"S\",\"period_start\":\"2026-11-20T23:00:00Z\"}",
	     "desk: must be a desk's name"},
	    {"attachment.held", "{\"of\":\"north.example\"}",
	     "of: must be a message id such as north.example#12"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct error err = {{0}};

		assert_int_equal(check(bad[i].kind, bad[i].body, &err), STATUS_MALFORMED);
		assert_string_equal(err.text, bad[i].sentence);
	}
}

static void note_problem(void *context, const char *field, const char *why)
{
	buf_printf(context, "[%s|%.12s]", field, why);
}

static void a_form_is_told_all_its_problems(void **state)
{
	static const struct {
		const char *kind, *body, *problems;
	} cases[] = {
	    {"text", "{\"language\":\"en\",\"text\":\"x\"}", ""},
	    {"text", "{}", "[language|is missing][text|is missing]"},
	    {"text", "{\"language\":7,\"text\":\"\",\"colour\":1,\"size\":2}",
	     "[language|must be a la][text|must have 1 ][|has a field ]"},
	    {"query",
	     "{\"language\":\"en\",\"question\":\"x\",\"observables\":[{\"type\":\"x\"}]"
	     "}",
	     "[observables[0].type|must be one ]"},
	    {"text", "[]", "[|must be an o]"},
	    {"text", "{", "[|"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(4096);
		struct json_doc doc = {0};

		record_kind_body_problems(record_kind_find(view_of_string(cases[i].kind)),
		                          view_of_string(cases[i].body), &doc,
		                          note_problem, &out);
		buf_append_byte(&out, '\0');
		if (strncmp((const char *)out.data, cases[i].problems,
		            strlen(cases[i].problems)) != 0 ||
		    (cases[i].problems[0] == '\0' && out.len > 1))
			fail_msg("%s: %s", cases[i].body, (const char *)out.data);
		json_release(&doc);
	}
}

static void broken_json_and_a_missing_error_are_fine(void **state)
{
	assert_int_equal(check("text", "{\"language\":", NULL), STATUS_MALFORMED);
	assert_int_equal(check("text", "", NULL), STATUS_MALFORMED);
	assert_int_equal(check("text", "{\"language\":\"en\",\"language\":\"en\"}", NULL),
	                 STATUS_MALFORMED);
	assert_int_equal(check("text", "{\"text\":\"x\"}", NULL), STATUS_MALFORMED);
}

static void lengths_count_characters_not_bytes(void **state)
{
	CLEANUP_BUF struct buf body = BUF_INIT(1 << 20);

	buf_append_string(&body, "{\"language\":\"ar\",\"text\":\"");
	for (size_t i = 0; i < 100000; i++)
		buf_append_string(&body, "ش");
	buf_append(&body, "\"}", 3);
	assert_int_equal(check("text", (const char *)body.data, NULL), STATUS_OK);
	body.len -= 3;
	buf_append(&body, "x\"}", 4);
	assert_int_equal(check("text", (const char *)body.data, NULL), STATUS_MALFORMED);
}

/* Types that the first catalogue does not use yet. */
static void base64_counts_bytes(void **state)
{
	static const struct record_field fields[] = {
	    {.name = "b", .type = RECORD_FIELD_BASE64, .min = 2, .max = 3},
	};
	static const struct record_kind kind = {
	    .name = "sample", .has_body = true, .fields = fields, .field_count = 1};
	static const struct {
		const char *body;
		enum status status;
	} cases[] = {
	    {"{\"b\":\"AQE=\"}", STATUS_OK},
	    {"{\"b\":\"AQEB\"}", STATUS_OK},
	    {"{\"b\":\"AQ==\"}", STATUS_MALFORMED},
	    {"{\"b\":\"AQEBAQ==\"}", STATUS_MALFORMED},
	    {"{\"b\":\"AQF=\"}", STATUS_MALFORMED},
	    {"{\"b\":true}", STATUS_MALFORMED},
	    {"{\"b\":\"\"}", STATUS_MALFORMED},
	};
	struct json_doc doc = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(record_kind_check_body(
		                     &kind, view_of_string(cases[i].body), &doc, NULL),
		                 cases[i].status);
	json_release(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_catalogue_is_there_in_order),
	    cmocka_unit_test(kinds_say_what_they_answer),
	    cmocka_unit_test(duties_can_be_met),
	    cmocka_unit_test(texts_come_in_the_language_or_in_english),
	    cmocka_unit_test(good_bodies_pass),
	    cmocka_unit_test(bad_bodies_are_refused_with_their_place),
	    cmocka_unit_test(a_form_is_told_all_its_problems),
	    cmocka_unit_test(broken_json_and_a_missing_error_are_fine),
	    cmocka_unit_test(lengths_count_characters_not_bytes),
	    cmocka_unit_test(base64_counts_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
