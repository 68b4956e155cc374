/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of answers: found by what they answer and by author, in an order that does
 * not depend on who was mentioned first.
 */
#include "record/replies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct record_card members[] = {
    {.name = {"south.example"}}, {.name = {"north.example"}}, {.name = {"east.example"}}};
static const struct record_charter charter = {.members = members, .member_count = 3};

static uint32_t desk(struct record_replies *replies, const char *name)
{
	uint32_t number;

	assert_int_equal(record_replies_desk(replies, name, &number, NULL), STATUS_OK);
	return number;
}

static void add(struct record_replies *replies, const char *author, const char *kind,
                const char *re_desk, uint64_t re_index, uint64_t north_seen)
{
	struct record_seen seen = {.desk = {"north.example"}, .size = north_seen};
	struct record_envelope envelope = {.sent_s = 1000,
	                                   .has_re = re_desk != NULL,
	                                   .re.index = re_index,
	                                   .seen = &seen,
	                                   .seen_count = north_seen > 0};

	strcpy(envelope.kind, kind);
	if (re_desk != NULL)
		strcpy(envelope.re.desk.text, re_desk);
	assert_int_equal(
	    record_replies_add(replies, desk(replies, author), &envelope, &charter, NULL),
	    STATUS_OK);
}

static struct record_replies *replies_new(void)
{
	struct record_replies *replies = NULL;

	assert_int_equal(record_replies_new(&replies, NULL), STATUS_OK);
	return replies;
}

static void answers_stand_by_author_and_index(void **state)
{
	struct record_replies *replies = replies_new();
	const struct record_reply *found;
	uint32_t north = desk(replies, "north.example"), south, east;
	size_t count;

	add(replies, "south.example", "ack", "north.example", 7, 0);
	add(replies, "south.example", "text", "north.example", 8, 0);
	add(replies, "south.example", "answer", "north.example", 7, 0);
	add(replies, "east.example", "ack", "north.example", 7, 0);
	south = desk(replies, "south.example");
	east = desk(replies, "east.example");
	found = record_replies_to(replies, north, 7, &count);
	assert_int_equal(count, 3);
	assert_int_equal(found[0].desk, east);
	assert_int_equal(found[1].desk, south);
	assert_int_equal(found[1].index, 0);
	assert_string_equal(found[2].kind->name, "answer");
	found = record_replies_by(replies, north, 7, south, &count);
	assert_int_equal(count, 2);
	assert_int_equal(found[1].index, 2);
	assert_null(record_replies_by(replies, north, 7, north, &count));
	assert_int_equal(count, 0);
	assert_null(record_replies_by(replies, north, 7, UINT32_MAX, &count));
	assert_null(record_replies_to(replies, UINT32_MAX, 7, &count));
	assert_int_equal(count, 0);
	/* A name in front of the others moves their places, not their answers. */
	(void)desk(replies, "alpha.example");
	found = record_replies_to(replies, north, 7, &count);
	assert_int_equal(count, 3);
	assert_int_equal(found[0].desk, east);
	record_replies_free(replies);
}

static void what_is_no_answer_is_not_found(void **state)
{
	struct record_replies *replies = replies_new();
	uint32_t south = desk(replies, "south.example");
	size_t count;

	add(replies, "south.example", "nonsense", "north.example", 7, 0);
	add(replies, "south.example", "text", NULL, 0, 0);
	assert_int_equal(record_replies_add(replies, south, NULL, &charter, NULL),
	                 STATUS_OK);
	assert_int_equal(record_replies_given(replies, south), 3);
	(void)record_replies_to(replies, desk(replies, "north.example"), 7, &count);
	assert_int_equal(count, 0);
	record_replies_free(replies);
}

static void the_joint_order_tells_before_from_behind(void **state)
{
	struct record_replies *replies = replies_new();
	uint32_t north = desk(replies, "north.example"),
	         south = desk(replies, "south.example");

	add(replies, "south.example", "text", NULL, 0, 1);
	assert_false(record_replies_is_placed(replies, south, 0));
	assert_false(record_replies_is_before(replies, north, 0, south, 0));
	add(replies, "north.example", "text", NULL, 0, 0);
	assert_true(record_replies_is_placed(replies, south, 0));
	assert_true(record_replies_is_before(replies, north, 0, south, 0));
	assert_false(record_replies_is_before(replies, south, 0, north, 0));
	record_replies_free(replies);
}

/* What strangers are named in `re` costs no more than it should. */
static void a_flood_of_names_is_bearable(void **state)
{
	struct record_replies *replies = replies_new();
	char name[64];

	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "x%d.example", (i * 7919) % 20000);
		add(replies, "south.example", "text", name, 1, 0);
	}
	assert_int_not_equal(record_replies_find(replies, "x19999.example"), UINT32_MAX);
	assert_int_equal(record_replies_find(replies, "x20000.example"), UINT32_MAX);
	record_replies_free(replies);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_stand_by_author_and_index),
	    cmocka_unit_test(what_is_no_answer_is_not_found),
	    cmocka_unit_test(the_joint_order_tells_before_from_behind),
	    cmocka_unit_test(a_flood_of_names_is_bearable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
