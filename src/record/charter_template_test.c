/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel can be drafted from every template that comes with Aldis, and it says what
 * the template's page promises.
 */
#include "record/charter_template.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/codebook.h"
#include "record/kinds.h"
#include "record/testing.h"

struct fixture {
	struct testing_desk desks[2];
	struct record_charter charter;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	testing_desk_init(&fixture->desks[0], "north.example", NULL);
	testing_desk_init(&fixture->desks[1], "south.example", NULL);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	record_charter_release(&fixture->charter);
	for (size_t i = 0; i < 2; i++)
		testing_desk_release(&fixture->desks[i]);
	free(fixture);
	return 0;
}

static const struct record_charter *draft(struct fixture *fixture,
                                          const struct record_charter_template *template)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card cards[2] = {fixture->desks[0].card, fixture->desks[1].card};
	struct view notes[2] = {buf_view(&fixture->desks[0].note),
	                        buf_view(&fixture->desks[1].note)};
	struct record_charter_draft parts = {
	    .cards = cards,
	    .card_notes = notes,
	    .card_count = 2,
	    .date_s = 1795218540,
	    .template_json = template->json,
	};
	struct error err = {0};

	if (record_charter_draft(&parts, &text, &err) != STATUS_OK)
		fail_msg("%s: %s", template->name, err.text);
	record_charter_release(&fixture->charter);
	assert_int_equal(record_charter_decode(buf_view(&text), &fixture->charter, NULL),
	                 STATUS_OK);
	return &fixture->charter;
}

/* Within what time a message of this kind must be answered; 0: it need not be. */
static int64_t within_s(const struct record_charter *charter, const char *on)
{
	for (size_t i = 0; i < charter->duty_count; i++)
		if (strcmp(charter->duties[i].on, on) == 0)
			return charter->duties[i].within_s;
	return 0;
}

static void every_template_makes_a_charter(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(record_charter_template_count, 3);
	for (size_t i = 0; i < record_charter_template_count; i++) {
		const struct record_charter *charter =
		    draft(fixture, &record_charter_templates[i]);

		assert_true(charter->has_holding);
		assert_true(charter->duty_count > 0);
		assert_string_equal(charter->duties[0].owe[0], "check");
		assert_true(within_s(charter, "incident") > 0);
		assert_true(within_s(charter, "query") > 0);
	}
}

static void states_agree_on_signals_and_consultations(void **state)
{
	const struct record_charter *charter =
	    draft(*state, record_charter_template_find("states"));

	assert_int_equal(charter->line_count, 3);
	assert_int_equal(charter->codebook_count, 1);
	assert_true(hash_equal(&charter->codebooks[0], &record_codebook_default_digest));
	assert_int_equal(within_s(charter, "signal"), 3600);
	assert_int_equal(within_s(charter, "consultation.request"), 48 * 3600);
	assert_int_equal(charter->proofs, RECORD_PROOFS_MEMBERS);
	assert_int_equal(charter->release, RECORD_RELEASE_JOINT);
}

static void a_vendor_is_asked_for_no_pledge(void **state)
{
	const struct record_charter *charter =
	    draft(*state, record_charter_template_find("vendor"));

	assert_false(record_charter_allows(
	    charter, record_kind_find(view_of_string("pledge.offer"))));
	assert_true(
	    record_charter_allows(charter, record_kind_find(view_of_string("incident"))));
	assert_true(
	    record_charter_allows(charter, record_kind_find(view_of_string("leave"))));
	assert_int_equal(within_s(charter, "incident"), 72 * 3600);
	assert_int_equal(charter->codebook_count, 0);
}

static void bodies_of_certs_are_kept_for_five_years(void **state)
{
	const struct record_charter *charter =
	    draft(*state, record_charter_template_find("certs"));

	assert_int_equal(charter->keep_s, (int64_t)5 * 365 * 24 * 3600);
	assert_int_equal(charter->release, RECORD_RELEASE_ORIGINATOR);
}

static void an_unknown_name_is_none(void **state)
{
	(void)state;
	assert_null(record_charter_template_find("state"));
	assert_null(record_charter_template_find(""));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_template_makes_a_charter),
	    TEST(states_agree_on_signals_and_consultations),
	    TEST(a_vendor_is_asked_for_no_pledge),
	    TEST(bodies_of_certs_are_kept_for_five_years),
	    cmocka_unit_test(an_unknown_name_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
