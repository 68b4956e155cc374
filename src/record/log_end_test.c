/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a log: written, signed, read back, refused when it is anyone else's word.
 */
#include "record/log_end.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/testing.h"

enum { DESKS = 3 };

#define CHANNEL "abababababababababababababababababababababababababababababababab"

struct fixture {
	struct testing_desk desks[DESKS];
	struct record_charter charter;
	struct record_log_end end;
	struct buf text;
	struct error err;
};

static int setup(void **state)
{
	static const char *const names[DESKS] = {"north.example", "south.example",
	                                         "west.example"};
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct fixture *fixture = calloc(1, sizeof *fixture);

	for (size_t i = 0; i < DESKS; i++)
		testing_desk_init(&fixture->desks[i], names[i], NULL);
	testing_charter_text(fixture->desks, DESKS, NULL, &text);
	assert_int_equal(record_charter_decode(buf_view(&text), &fixture->charter, NULL),
	                 STATUS_OK);
	fixture->end = (struct record_log_end){
	    .origin = "south.example/" CHANNEL,
	    .size = 812,
	    .root = sha256(view_of_string("root")),
	    .date_s = 1795304940,
	};
	fixture->text = BUF_INIT(RECORD_NOTE_MAX);
	assert_int_equal(record_log_end_append_text(&fixture->end, &fixture->text, NULL),
	                 STATUS_OK);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < DESKS; i++)
		testing_desk_release(&fixture->desks[i]);
	record_charter_release(&fixture->charter);
	buf_release(&fixture->text);
	free(fixture);
	return 0;
}

static void note_signed_by(const struct fixture *fixture, const size_t *signers,
                           size_t count, struct buf *out)
{
	buf_append_view(out, buf_view(&fixture->text));
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < count; i++)
		testing_charter_sign(&fixture->desks[signers[i]],
		                     buf_view(&fixture->text), out);
}

static void an_end_is_read_as_it_was_written(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct hash digest = sha256(buf_view(&fixture->text));
	struct record_log_end end;
	bool is_signed[RECORD_MEMBERS_MAX];

	note_signed_by(fixture, (size_t[]){2, 1}, 2, &note);
	assert_int_equal(record_log_end_open(buf_view(&note), &fixture->charter, &end,
	                                     is_signed, &fixture->err),
	                 STATUS_OK);
	assert_string_equal(end.origin, fixture->end.origin);
	assert_int_equal(end.size, 812);
	assert_true(hash_equal(&end.root, &fixture->end.root));
	assert_int_equal(end.date_s, 1795304940);
	assert_true(hash_equal(&end.digest, &digest));
	assert_true(!is_signed[0] && is_signed[1] && is_signed[2]);
}

static void the_desk_itself_must_have_signed(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_log_end end;
	bool is_signed[RECORD_MEMBERS_MAX];

	note_signed_by(fixture, (size_t[]){0, 2}, 2, &note);
	assert_int_equal(record_log_end_open(buf_view(&note), &fixture->charter, &end,
	                                     is_signed, NULL),
	                 STATUS_UNTRUSTED);
}

static void a_forged_line_is_untrusted(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_log_end end;
	bool is_signed[RECORD_MEMBERS_MAX];

	note_signed_by(fixture, (size_t[]){1}, 1, &note);
	testing_charter_sign(&fixture->desks[0], view_of_string("another text\n"), &note);
	assert_int_equal(record_log_end_open(buf_view(&note), &fixture->charter, &end,
	                                     is_signed, NULL),
	                 STATUS_UNTRUSTED);
}

static void the_end_of_a_strangers_log_is_a_conflict(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_log_end end;
	bool is_signed[RECORD_MEMBERS_MAX];

	strcpy(fixture->end.origin, "east.example/" CHANNEL "/2");
	buf_clear(&fixture->text);
	assert_int_equal(record_log_end_append_text(&fixture->end, &fixture->text, NULL),
	                 STATUS_OK);
	note_signed_by(fixture, (size_t[]){0, 1, 2}, 3, &note);
	assert_int_equal(record_log_end_open(buf_view(&note), &fixture->charter, &end,
	                                     is_signed, NULL),
	                 STATUS_CONFLICT);
}

static void no_bit_of_it_can_be_changed(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_log_end end;
	bool is_signed[RECORD_MEMBERS_MAX];

	note_signed_by(fixture, (size_t[]){1}, 1, &note);
	for (size_t i = 0; i < note.len; i++) {
		enum status status;

		assert_int_not_equal(record_log_end_open(view_of(note.data, i),
		                                         &fixture->charter, &end,
		                                         is_signed, NULL),
		                     STATUS_OK);
		note.data[i] ^= 1;
		status = record_log_end_open(buf_view(&note), &fixture->charter, &end,
		                             is_signed, NULL);
		note.data[i] ^= 1;
		if (status == STATUS_OK)
			fail_msg("accepted with byte %zu changed", i);
	}
}

static void texts_that_break_the_form_are_refused(void **state)
{
	static const char *const texts[] = {
	    "{\"aldis\":1,\"origin\":\"south.example/" CHANNEL "\",\"size\":1,\"root\":"
	    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
	    "{\"aldis\":1,\"origin\":\"south.example\",\"size\":1,\"root\":"
	    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"date\":"
	    "\"2026-11-20T23:49:00Z\"}",
	    "{\"aldis\":1,\"origin\":\"south.example/" CHANNEL "\",\"size\":-1,\"root\":"
	    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"date\":"
	    "\"2026-11-20T23:49:00Z\"}",
	    "{\"aldis\":1,\"origin\":\"south.example/" CHANNEL "\",\"size\":1,\"root\":"
	    "\"AAAA\",\"date\":\"2026-11-20T23:49:00Z\"}",
	    "{\"aldis\":1,\"origin\":\"south.example/" CHANNEL "\",\"size\":1,\"root\":"
	    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"date\":"
	    "\"2026-11-20T23:49:00Z\",\"more\":1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char text[500];
		struct record_log_end end;

		(void)snprintf(text, sizeof text, "aldis.log-end/1\n%s\n", texts[i]);
		if (record_log_end_decode(view_of_string(text), &end, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("accepted: %s", texts[i]);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_end_is_read_as_it_was_written),
	    TEST(the_desk_itself_must_have_signed),
	    TEST(a_forged_line_is_untrusted),
	    TEST(the_end_of_a_strangers_log_is_a_conflict),
	    TEST(no_bit_of_it_can_be_changed),
	    TEST(texts_that_break_the_form_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
