/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an entry stands: under which charter, before or behind `leave`.
 */
#include "record/term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/amendment.h"
#include "record/testing.h"

struct fixture {
	struct testing_desk desks[2];
	struct buf note;
	struct record_charter charter;
	struct json_doc doc;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct tlog_note note;

	testing_desk_init(&f->desks[0], "north.example", NULL);
	testing_desk_init(&f->desks[1], "south.example", NULL);
	f->note = BUF_INIT(RECORD_NOTE_MAX);
	testing_charter_note(f->desks, 2, NULL, &f->note);
	assert_int_equal(tlog_note_parse(buf_view(&f->note), &note, NULL), STATUS_OK);
	assert_int_equal(record_charter_decode(note.text, &f->charter, NULL), STATUS_OK);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	testing_desk_release(&f->desks[0]);
	testing_desk_release(&f->desks[1]);
	buf_release(&f->note);
	record_charter_release(&f->charter);
	json_release(&f->doc);
	free(f);
	return 0;
}

static void what_stands_behind_leave_is_malformed(void **state)
{
	struct fixture *f = *state;
	struct record_envelope leave = {.kind = "leave"};
	struct error err = {0};

	assert_int_equal(
	    record_term_check(&leave, &f->charter, "south.example", 7, UINT64_MAX, &err),
	    STATUS_OK);
	assert_int_equal(
	    record_term_check(&leave, &f->charter, "south.example", 7, 8, &err),
	    STATUS_OK);
	assert_int_equal(
	    record_term_check(&leave, &f->charter, "south.example", 8, 8, &err),
	    STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "south.example had left"));
}

static void what_the_charter_refuses_is_malformed(void **state)
{
	struct fixture *f = *state;
	struct record_envelope text = {.kind = "open"};

	assert_int_equal(
	    record_term_check(&text, &f->charter, "south.example", 3, UINT64_MAX, NULL),
	    STATUS_MALFORMED);
}

static void body_of(const struct hash *charter, const struct hash *previous,
                    struct buf *out)
{
	char next[HASH_HEX_LEN + 1], before[HASH_HEX_LEN + 1];

	hash_hex(charter, next);
	hash_hex(previous, before);
	buf_printf(out,
	           "{\"charter\":\"%s\",\"previous\":\"%s\",\"parts\":[{\"from\":0,"
	           "\"len\":1}],\"signatures\":\"\"}",
	           next, before);
}

static void an_amendment_moves_on_from_its_own_charter_alone(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf right = BUF_INIT(1024), wrong = BUF_INIT(1024);
	struct hash next = sha256(view_of_string("next")), named = {0};

	body_of(&next, &f->charter.digest, &right);
	body_of(&next, &next, &wrong);
	assert_true(record_term_next(&f->charter, buf_view(&right), &f->doc, &named));
	assert_true(hash_equal(&named, &next));
	assert_false(record_term_next(&f->charter, buf_view(&wrong), &f->doc, &named));
	for (size_t len = 0; len < right.len; len++)
		assert_false(record_term_next(&f->charter, view_of(right.data, len),
		                              &f->doc, &named));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_stands_behind_leave_is_malformed, setup,
	                                    teardown),
	    cmocka_unit_test_setup_teardown(what_the_charter_refuses_is_malformed, setup,
	                                    teardown),
	    cmocka_unit_test_setup_teardown(
	        an_amendment_moves_on_from_its_own_charter_alone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
