/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases: what belongs to one, and whose word counts.
 */
#include "record/incidents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct record_card members[] = {{.name = {"north.example"}},
                                       {.name = {"south.example"}}};
static const struct record_charter charter = {.members = members, .member_count = 2};

enum { NORTH, SOUTH, NOBODY };

struct fixture {
	struct record_replies *replies;
	struct record_incidents *incidents;
	struct record_thread thread;
	int64_t now_s;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	uint32_t desk;

	assert_int_equal(record_replies_new(&f->replies, NULL), STATUS_OK);
	assert_int_equal(record_incidents_new(&f->incidents, NULL), STATUS_OK);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(
		    record_replies_desk(f->replies, members[i].name.text, &desk, NULL),
		    STATUS_OK);
	f->now_s = 1000;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	record_thread_release(&f->thread);
	record_incidents_free(f->incidents);
	record_replies_free(f->replies);
	free(f);
	return 0;
}

static uint64_t add(struct fixture *f, uint32_t author, const char *kind,
                    uint32_t re_desk, uint64_t re_index, const char *body)
{
	uint64_t index = record_replies_given(f->replies, author);
	struct record_envelope envelope = {.sent_s = f->now_s++};

	strcpy(envelope.kind, kind);
	if (re_desk != NOBODY) {
		envelope.has_re = true;
		envelope.re.desk = members[re_desk].name;
		envelope.re.index = re_index;
	}
	assert_int_equal(
	    record_replies_add(f->replies, author, &envelope, &charter, NULL), STATUS_OK);
	assert_int_equal(record_incidents_add(f->incidents, f->replies, author, index,
	                                      &envelope, view_of_string(body), NULL),
	                 STATUS_OK);
	return index;
}

static struct record_incident get(struct fixture *f, size_t nth)
{
	struct record_incident incident;

	assert_true(nth < record_incidents_count(f->incidents));
	assert_int_equal(record_incidents_get(f->incidents, f->replies, nth, &incident,
	                                      &f->thread, NULL),
	                 STATUS_OK);
	return incident;
}

#define FIRST                                                                         \
	"{\"language\":\"en\",\"title\":\"Phishing\",\"summary\":\"s\",\"detected\":" \
	"\"2026-11-20T23:49:00+02:00\",\"stage\":\"early\",\"severity\":\"low\"}"

static void a_case_is_its_reports_and_all_that_answers(void **state)
{
	struct fixture *f = *state;
	struct record_incident it;

	(void)add(f, NORTH, "incident", NOBODY, 0, FIRST);
	(void)add(f, SOUTH, "ack", NORTH, 0, "{}");
	(void)add(f, SOUTH, "receipt", NORTH, 0, "");
	(void)add(f, NORTH, "text", NOBODY, 0, "{}");
	it = get(f, 0);
	assert_string_equal(it.title, "Phishing");
	assert_string_equal(it.stage, "early");
	assert_string_equal(it.severity, "low");
	assert_int_equal(it.detected_s, 1795211340);
	assert_int_equal(it.started_s, 0);
	assert_false(it.is_closed);
	assert_int_equal(it.message_count, 2);
	assert_int_equal(it.last_sent_s, 1001);
	assert_int_equal(f->thread.count, 3);
	assert_int_equal(record_incidents_count(f->incidents), 1);
}

static void the_authors_newest_word_counts(void **state)
{
	struct fixture *f = *state;
	struct record_incident it;

	(void)add(f, NORTH, "incident", NOBODY, 0, FIRST);
	(void)add(f, NORTH, "incident.update", NORTH, 0,
	          "{\"severity\":\"high\",\"stage\":\"update\",\"started\":"
	          "\"2026-11-20T20:00:00Z\"}");
	(void)add(f, SOUTH, "incident.update", NORTH, 1,
	          "{\"title\":\"A trifle\",\"severity\":\"critical\"}");
	(void)add(f, SOUTH, "incident.close", NORTH, 0,
	          "{\"outcome\":\"no-further-action\"}");
	it = get(f, 0);
	assert_string_equal(it.title, "Phishing");
	assert_string_equal(it.severity, "high");
	assert_int_equal(it.started_s, 1795204800);
	assert_false(it.is_closed);
	assert_int_equal(it.message_count, 4);
	(void)add(f, NORTH, "incident.close", SOUTH, 0, "{\"outcome\":\"resolved\"}");
	it = get(f, 0);
	assert_true(it.is_closed);
	assert_string_equal(it.outcome, "resolved");
	(void)add(f, NORTH, "incident.update", NORTH, 1, "{\"stage\":\"final\"}");
	it = get(f, 0);
	assert_false(it.is_closed);
	assert_null(it.outcome);
}

static void a_report_may_replace_one_of_its_author(void **state)
{
	struct fixture *f = *state;
	struct record_incident it;
	size_t nth;

	(void)add(f, NORTH, "incident", NOBODY, 0, FIRST);
	(void)add(f, SOUTH, "ack", NORTH, 0, "{}");
	(void)add(f, NORTH, "incident", NOBODY, 0,
	          "{\"title\":\"Worse\",\"supersedes\":\"north.example#0\"}");
	(void)add(f, NORTH, "incident", NOBODY, 0,
	          "{\"severity\":\"critical\",\"supersedes\":\"north.example#1\"}");
	(void)add(f, SOUTH, "response", NORTH, 2, "{}");
	assert_int_equal(record_incidents_count(f->incidents), 1);
	it = get(f, 0);
	assert_int_equal(it.index, 0);
	assert_string_equal(it.title, "Worse");
	assert_string_equal(it.severity, "critical");
	assert_int_equal(it.message_count, 5);
	for (uint64_t i = 0; i < 3; i++) {
		assert_int_equal(
		    record_incidents_find(f->incidents, NORTH, i, &nth, NULL), STATUS_OK);
		assert_int_equal(nth, 0);
	}
	assert_int_equal(record_incidents_find(f->incidents, SOUTH, 0, &nth, NULL),
	                 STATUS_NOT_FOUND);
	assert_false(it.is_cancelled);
	(void)add(f, NORTH, "cancel", NORTH, 2, "{}");
	assert_true(get(f, 0).is_cancelled);
}

/* Nor may a report replace what is not there yet, or itself. */
static void nobody_replaces_what_others_reported(void **state)
{
	struct fixture *f = *state;

	(void)add(f, NORTH, "incident", NOBODY, 0, FIRST);
	(void)add(f, SOUTH, "incident", NOBODY, 0,
	          "{\"title\":\"Mine\",\"supersedes\":\"north.example#0\"}");
	(void)add(f, NORTH, "incident", NOBODY, 0,
	          "{\"title\":\"Own\",\"supersedes\":\"north.example#1\"}");
	(void)add(f, NORTH, "incident", NOBODY, 0,
	          "{\"title\":\"Far\",\"supersedes\":\"north.example#999999\"}");
	assert_int_equal(record_incidents_count(f->incidents), 4);
	assert_string_equal(get(f, 0).title, "Phishing");
	assert_int_equal(get(f, 0).message_count, 1);
}

/* A report in answer to another is in both cases, and names only its own. */
static void a_report_in_answer_is_a_case_of_its_own(void **state)
{
	struct fixture *f = *state;

	(void)add(f, NORTH, "incident", NOBODY, 0, FIRST);
	(void)add(f, NORTH, "incident", NORTH, 0, "{\"title\":\"Second\"}");
	(void)add(f, NORTH, "incident.close", NORTH, 1, "{\"outcome\":\"resolved\"}");
	assert_int_equal(record_incidents_count(f->incidents), 2);
	assert_string_equal(get(f, 0).title, "Phishing");
	assert_false(get(f, 0).is_closed);
	assert_int_equal(get(f, 0).message_count, 3);
	assert_true(get(f, 1).is_closed);
	assert_int_equal(get(f, 1).message_count, 2);
}

static void what_can_t_be_read_is_passed_over(void **state)
{
	struct fixture *f = *state;

	(void)add(f, NORTH, "incident", NOBODY, 0, "[]");
	(void)add(f, NORTH, "incident", NOBODY, 0, "{");
	(void)add(f, NORTH, "incident", NOBODY, 0, "");
	(void)add(f, NORTH, "incident", NOBODY, 0,
	          "{\"title\":7,\"stage\":\"unheard\",\"detected\":\"noon\","
	          "\"supersedes\":\"nonsense\"}");
	assert_int_equal(record_incidents_count(f->incidents), 1);
	assert_string_equal(get(f, 0).title, "");
	assert_null(get(f, 0).stage);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(a_case_is_its_reports_and_all_that_answers),
	    TEST(the_authors_newest_word_counts),
	    TEST(a_report_may_replace_one_of_its_author),
	    TEST(nobody_replaces_what_others_reported),
	    TEST(a_report_in_answer_is_a_case_of_its_own),
	    TEST(what_can_t_be_read_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
