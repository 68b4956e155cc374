/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of cards: each text is verified and counted once, and no more than may be.
 */
#include "record/card_set.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "record/testing.h"

enum { DESKS = 100, LINES = 4 }; /* the lines of a card: root, log, mirror, link */

static void each_text_is_counted_once(void **state)
{
	struct record_card_set set = {0};
	struct testing_desk desks[DESKS];
	struct record_card card;
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < DESKS; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "d%zu.example", i);
		testing_desk_init(&desks[i], name, NULL);
	}
	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < DESKS; i++) {
			assert_int_equal(record_card_set_open(
			                     &set, buf_view(&desks[i].note), &card, &err),
			                 STATUS_OK);
			assert_memory_equal(&card, &desks[i].card, sizeof card);
		}
	assert_int_equal(set.count, DESKS);
	assert_int_equal(set.weight.lines, DESKS * LINES);
	for (size_t i = 0; i < DESKS; i++)
		testing_desk_release(&desks[i]);
	record_card_set_release(&set);
}

static void one_that_does_not_verify_is_not_kept(void **state)
{
	struct record_card_set set = {0};
	struct testing_desk desk;
	struct record_card card = {.serial = 7};
	struct error err = {0};

	(void)state;
	testing_desk_init(&desk, "north.example", NULL);
	size_t at = view_find(buf_view(&desk.note), view_of_string("\"en\""));
	desk.note.data[at + 1] = 'x';
	for (size_t round = 0; round < 2; round++)
		assert_int_equal(
		    record_card_set_open(&set, buf_view(&desk.note), &card, &err),
		    STATUS_UNTRUSTED);
	assert_int_equal(set.count, 0);
	assert_int_equal(card.serial, 7);
	testing_desk_release(&desk);
	record_card_set_release(&set);
}

static void more_than_may_be_is_refused(void **state)
{
	struct record_card_set set = {.weight.lines_max = 2 * LINES - 1};
	struct testing_desk north, south;
	struct record_card card;
	struct error err = {0};

	(void)state;
	testing_desk_init(&north, "north.example", NULL);
	testing_desk_init(&south, "south.example", NULL);
	assert_int_equal(record_card_set_open(&set, buf_view(&north.note), &card, &err),
	                 STATUS_OK);
	assert_int_equal(record_card_set_open(&set, buf_view(&south.note), &card, &err),
	                 STATUS_LIMIT);
	record_card_set_release(&set);
	set.weight.bytes_max = LINES * 100;
	assert_int_equal(record_card_set_open(&set, buf_view(&north.note), &card, &err),
	                 STATUS_LIMIT);
	testing_desk_release(&north);
	testing_desk_release(&south);
	record_card_set_release(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_text_is_counted_once),
	    cmocka_unit_test(one_that_does_not_verify_is_not_kept),
	    cmocka_unit_test(more_than_may_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
