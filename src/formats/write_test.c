/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds of every format that is written and read: each field of each kind comes
 * back, what has no place is listed, the same messages give the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <cmocka.h>

#include "formats/testing.h"

enum { TEXT_MAX = 1 << 24, KIND_COUNT = 6, FULL_ROUNDS = 60, RANDOM_ROUNDS = 300 };

static const char *const kinds[KIND_COUNT] = {"incident",       "incident.update",
                                              "incident.close", "assessment",
                                              "measure",        "translation"};
static const char *const ids[KIND_COUNT] = {"n#0", "n#1", "n#2", "n#3", "n#4", "n#5"};
/* Each answers another. */
static const char *const re_of[KIND_COUNT] = {"", "n#0", "n#1", "n#1", "n#2", "n#3"};

static struct formats_message message_of(size_t index, struct view body)
{
	return (struct formats_message){
	    .id = ids[index],
	    .author = "n",
	    .kind = kinds[index],
	    .sent = "2026-11-20T23:49:00Z",
	    .tlp = index % 2 == 0 ? "AMBER+STRICT" : "",
	    .re = re_of[index],
	    .body = body,
	};
}

/* Only that the author is another one is listed. */
static void check_report(const struct formats_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const char *what = formats_report_text(report, report->items[i].what);

		if (strcmp(what, "identity") != 0 && strcmp(what, "Orgc") != 0)
			fail_msg("%s: %s", what,
			         formats_report_text(report, report->items[i].why));
	}
}

static void check_drafts(const struct formats_drafts *drafts,
                         const struct formats_message *messages)
{
	assert_int_equal(drafts->count, KIND_COUNT);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct formats_draft *draft = &drafts->drafts[i];

		assert_string_equal(draft->kind, messages[i].kind);
		testing_same_body(messages[i].body, draft->body);
		assert_int_equal(draft->re, re_of[i][0] == '\0'
		                                ? FORMATS_NO_DRAFT
		                                : (size_t)(re_of[i][2] - '0'));
		if (messages[i].tlp[0] != '\0')
			assert_string_equal(draft->tlp, messages[i].tlp);
		else
			assert_null(draft->tlp);
	}
	check_report(&drafts->report);
}

/* random: NULL for bodies with every field. */
static void go_round(const struct formats_written *format, size_t seed, uint64_t *random)
{
	struct formats_message messages[KIND_COUNT];
	struct buf bodies[KIND_COUNT], document;
	struct formats_drafts drafts = {0};

	for (size_t i = 0; i < KIND_COUNT; i++) {
		bodies[i] = BUF_INIT(TEXT_MAX);
		if (random == NULL)
			testing_body_full(kinds[i], seed + i, &bodies[i]);
		else
			testing_body_random(kinds[i], random, &bodies[i]);
		messages[i] = message_of(i, buf_view(&bodies[i]));
	}
	document = testing_write(format, messages, KIND_COUNT, 0);
	testing_read(buf_view(&document), &drafts);
	check_drafts(&drafts, messages);
	for (size_t i = 0; i < KIND_COUNT; i++)
		buf_release(&bodies[i]);
	buf_release(&document);
	formats_drafts_release(&drafts);
}

static void every_field_comes_back(void **state)
{
	for (size_t f = 0; f < formats_written_count; f++) {
		for (size_t seed = 0; seed < FULL_ROUNDS; seed++)
			go_round(&formats_written[f], seed, NULL);
	}
}

/* ALDIS_TEST_SEED repeats a run. */
static void any_fields_come_back(void **state)
{
	const char *given = getenv("ALDIS_TEST_SEED");
	uint64_t seed = 0, random;

	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	else
		assert_int_equal(getrandom(&seed, sizeof seed, 0), sizeof seed);
	print_message("ALDIS_TEST_SEED=%llu\n", (unsigned long long)seed);
	for (size_t f = 0; f < formats_written_count; f++) {
		random = seed | 1;
		for (size_t i = 0; i < RANDOM_ROUNDS; i++)
			go_round(&formats_written[f], 0, &random);
	}
}

static void the_fewest_fields_come_back(void **state)
{
	static const char *const bodies[KIND_COUNT] = {
	    "{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\",\"detected\":"
	    "\"2026-11-20T23:49:00Z\"}",
	    "{\"language\":\"en\",\"summary\":\"S\"}",
	    "{\"language\":\"en\",\"outcome\":\"resolved\"}",
	    "{\"language\":\"en\",\"text\":\"S\"}",
	    "{\"measure\":\"sanctions\",\"language\":\"en\",\"text\":\"S\"}",
	    "{\"language\":\"id\",\"text\":\"S\",\"translator\":\"x\"}",
	};
	struct formats_message messages[KIND_COUNT];

	for (size_t i = 0; i < KIND_COUNT; i++)
		messages[i] = message_of(i, view_of_string(bodies[i]));
	for (size_t f = 0; f < formats_written_count; f++) {
		const struct formats_written *format = &formats_written[f];
		struct formats_drafts drafts = {0};
		struct buf document = testing_write(format, messages, KIND_COUNT, 0);
		struct buf again = testing_write(format, messages, KIND_COUNT, 0);

		assert_true(view_equal(buf_view(&document), buf_view(&again)));
		testing_read(buf_view(&document), &drafts);
		check_drafts(&drafts, messages);
		buf_release(&document);
		buf_release(&again);
		formats_drafts_release(&drafts);
	}
}

static void what_has_no_place_is_listed(void **state)
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

	for (size_t f = 0; f < formats_written_count; f++) {
		struct buf document = testing_write(&formats_written[f], messages, 3, 6);

		buf_release(&document);
	}
}

static void a_format_is_found_by_its_name(void **state)
{
	assert_string_equal(formats_written_find("misp")->name, "misp");
	assert_null(formats_written_find("MISP"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_field_comes_back),
	    cmocka_unit_test(any_fields_come_back),
	    cmocka_unit_test(the_fewest_fields_come_back),
	    cmocka_unit_test(what_has_no_place_is_listed),
	    cmocka_unit_test(a_format_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
