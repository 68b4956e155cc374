/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a charter: whatever differs between two charters shows.
 */
#include "cli/charter_words.h"

#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/testing.h"

struct fixture {
	struct testing_desk desks[3];
	struct record_charter before, after;
	struct buf changes;
};

static void charter_make(struct fixture *fixture, size_t desk_count,
                         const char *template_json, struct record_charter *ret_charter)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	testing_charter_text(fixture->desks, desk_count, template_json, &text);
	record_charter_release(ret_charter);
	assert_int_equal(record_charter_decode(buf_view(&text), ret_charter, NULL),
	                 STATUS_OK);
}

static int setup(void **state)
{
	static const char *const names[] = {"north.example", "south.example",
	                                    "west.example"};
	struct fixture *fixture = calloc(1, sizeof *fixture);

	for (size_t i = 0; i < 3; i++)
		testing_desk_init(&fixture->desks[i], names[i], NULL);
	charter_make(fixture, 2, "{\"title\":\"A\"}", &fixture->before);
	fixture->changes = BUF_INIT(RECORD_NOTE_MAX);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < 3; i++)
		testing_desk_release(&fixture->desks[i]);
	record_charter_release(&fixture->before);
	record_charter_release(&fixture->after);
	buf_release(&fixture->changes);
	free(fixture);
	return 0;
}

static bool holds(const struct buf *text, const char *part)
{
	return view_find(buf_view(text), view_of_string(part)) != SIZE_MAX;
}

static void all_that_is_agreed_has_its_line(void **state)
{
	static const char *const lines[] = {
	    "Title: A\n",
	    "Member south.example, root 33530 29655 ",
	    "Card of north.example: serial 1, keys ",
	    "Lines: technical, operational and political\n",
	    "Languages: en\n",
	    "People may send: all kinds\n",
	    "Duty: every 1 h each desk writes check by itself (grace 10 min)\n",
	    "Duty: who gets incident owes ack within 24 h\n",
	    "Holding replies move no deadline\n",
	    "Clocks may differ by 5 min\n",
	    "Witnesses: none\n",
	    " (the default one of this version)\n",
	    "Release: joint: all must consent\n",
	    "Proofs of silence may be shown to anyone\n",
	    "A second person must approve: nothing\n",
	    "Bodies are kept for ever\n",
	};
	struct fixture *fixture = *state;

	charter_words_append(&fixture->before, &fixture->changes);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (!holds(&fixture->changes, lines[i]))
			fail_msg("lacks: %s", lines[i]);
}

static void equal_charters_have_no_changes(void **state)
{
	struct fixture *fixture = *state;

	charter_make(fixture, 2, "{\"title\":\"A\"}", &fixture->after);
	charter_words_append_changes(&fixture->before, &fixture->after,
	                             &fixture->changes);
	assert_int_equal(fixture->changes.len, 0);
}

/* Each setting by itself: seen, and nothing else with it. */
static void every_change_shows(void **state)
{
	static const struct {
		const char *setting, *line;
	} changes[] = {
	    {"\"lines\":[\"technical\"]", "+ Lines: technical\n"},
	    {"\"languages\":[\"en\",\"id\"]", "+ Languages: en and id\n"},
	    {"\"duties\":[]", "- Duty: every 1 h each desk"},
	    {"\"kinds\":{\"allowed\":[\"incident\",\"ack\"]}",
	     "+ People may send: incident and ack\n"},
	    {"\"release\":\"confidential\"", "+ Release: confidential"},
	    {"\"holding\":{\"within\":\"PT90M\",\"times\":1}",
	     "+ A holding reply moves a deadline once, by at most 90 min\n"},
	    {"\"witnesses\":\"quorum none\\n\"", "+ Witnesses: quorum none\n"},
	    {"\"codebooks\":null", "+ Codebook: none\n"},
	    {"\"keep\":\"PT45S\"", "+ Bodies are kept 45 s\n"},
	    {"\"approval\":\"all\"",
	     "+ A second person must approve: all that people send, but ack\n"},
	    {"\"approval\":[\"incident\",\"text\"]",
	     "+ A second person must approve: incident and text\n"},
	    {"\"proofs\":\"members\"", "+ Proofs of silence may be shown to members\n"},
	    {"\"limits\":{\"skew\":\"PT1M\",\"body\":262144,\"attachment\":8388608,"
	     "\"attachments\":64,\"quota\":1073741824}",
	     "+ Clocks may differ by 1 min\n"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		char template_json[300];

		(void)snprintf(template_json, sizeof template_json,
		               "{\"title\":\"A\",%s}", changes[i].setting);
		charter_make(fixture, 2, template_json, &fixture->after);
		buf_clear(&fixture->changes);
		charter_words_append_changes(&fixture->before, &fixture->after,
		                             &fixture->changes);
		if (!holds(&fixture->changes, changes[i].line))
			fail_msg("%s does not show", changes[i].setting);
		assert_false(holds(&fixture->changes, "Title"));
	}
}

static void members_that_come_show(void **state)
{
	struct fixture *fixture = *state;

	charter_make(fixture, 3, "{\"title\":\"A\"}", &fixture->after);
	charter_words_append_changes(&fixture->before, &fixture->after,
	                             &fixture->changes);
	assert_true(holds(&fixture->changes, "+ Member west.example, root "));
	assert_false(holds(&fixture->changes, "- "));
}

static void other_keys_on_a_card_show(void **state)
{
	struct fixture *fixture = *state;

	charter_make(fixture, 2, "{\"title\":\"A\"}", &fixture->after);
	fixture->after.members[1].keys[RECORD_ROLE_BOX].bytes[0] ^= 1;
	charter_words_append_changes(&fixture->before, &fixture->after,
	                             &fixture->changes);
	assert_true(holds(&fixture->changes, "+ Card of south.example: serial 1, keys"));
}

/* The same duty once more is a change too. */
static void a_line_that_stands_twice_shows(void **state)
{
	struct fixture *fixture = *state;

	charter_make(fixture, 2, "{\"title\":\"A\"}", &fixture->after);
	fixture->after.duties[2] = fixture->after.duties[1];
	fixture->after.duty_count = 3;
	charter_words_append_changes(&fixture->before, &fixture->after,
	                             &fixture->changes);
	assert_true(
	    view_equal_string(buf_view(&fixture->changes),
	                      "+ Duty: who gets incident owes ack within 24 h\n"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(all_that_is_agreed_has_its_line),
	    TEST(equal_charters_have_no_changes),
	    TEST(every_change_shows),
	    TEST(members_that_come_show),
	    TEST(other_keys_on_a_card_show),
	    TEST(a_line_that_stands_twice_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
