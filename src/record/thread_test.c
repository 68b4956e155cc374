/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads: all that answers, each once, whatever circles the answers go in.
 */
#include "record/thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct record_card members[] = {{.name = {"north.example"}},
                                       {.name = {"south.example"}}};
static const struct record_charter charter = {.members = members, .member_count = 2};

enum { NORTH, SOUTH };

struct fixture {
	struct record_replies *replies;
	struct record_thread thread;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	uint32_t desk;

	assert_int_equal(record_replies_new(&f->replies, NULL), STATUS_OK);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(
		    record_replies_desk(f->replies, members[i].name.text, &desk, NULL),
		    STATUS_OK);
		assert_int_equal(desk, i);
	}
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	record_thread_release(&f->thread);
	record_replies_free(f->replies);
	free(f);
	return 0;
}

/* re_desk UINT32_MAX: names none. */
static void add(struct fixture *f, uint32_t author, const char *kind, uint32_t re_desk,
                uint64_t re_index, uint64_t others_seen)
{
	struct record_seen seen = {.desk = members[1 - author].name, .size = others_seen};
	struct record_envelope envelope = {
	    .sent_s = 1000, .seen = &seen, .seen_count = others_seen > 0};

	strcpy(envelope.kind, kind);
	if (re_desk != UINT32_MAX) {
		envelope.has_re = true;
		envelope.re.desk = members[re_desk].name;
		envelope.re.index = re_index;
	}
	assert_int_equal(
	    record_replies_add(f->replies, author, &envelope, &charter, NULL), STATUS_OK);
}

static void all_that_answers_is_in_once_and_in_order(void **state)
{
	struct fixture *f = *state;

	add(f, NORTH, "incident", UINT32_MAX, 0, 0);   /* north 0 */
	add(f, NORTH, "text", UINT32_MAX, 0, 0);       /* north 1: another matter */
	add(f, SOUTH, "ack", NORTH, 0, 2);             /* south 0 */
	add(f, SOUTH, "response", NORTH, 0, 2);        /* south 1 */
	add(f, NORTH, "ack", SOUTH, 1, 2);             /* north 2 */
	add(f, NORTH, "incident.update", NORTH, 0, 2); /* north 3 */
	assert_int_equal(record_thread_add(&f->thread, f->replies, NORTH, 0, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(record_thread_add(&f->thread, f->replies, NORTH, 0, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(f->thread.count, 5);
	assert_false(record_thread_has(&f->thread, NORTH, 1));
	assert_true(record_thread_has(&f->thread, NORTH, 3));
	record_thread_sort(&f->thread, f->replies);
	assert_int_equal(f->thread.items[0].desk, NORTH);
	assert_int_equal(f->thread.items[1].desk, SOUTH);
	assert_int_equal(f->thread.items[4].desk, NORTH);
	assert_int_equal(f->thread.items[4].index, 3);
	record_thread_clear(&f->thread);
	assert_false(record_thread_has(&f->thread, NORTH, 0));
	assert_int_equal(record_thread_add(&f->thread, f->replies, SOUTH, 1, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(f->thread.count, 2);
	assert_int_equal(record_thread_add(&f->thread, f->replies, SOUTH, 2, NULL, NULL),
	                 STATUS_NOT_FOUND);
}

/* An id can be foretold, so answers may go in circles. */
static void a_circle_ends(void **state)
{
	struct fixture *f = *state;

	add(f, NORTH, "text", SOUTH, 0, 0);
	add(f, SOUTH, "text", NORTH, 0, 0);
	add(f, SOUTH, "text", SOUTH, 1, 0);
	assert_int_equal(record_thread_add(&f->thread, f->replies, NORTH, 0, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(f->thread.count, 2);
}

static bool is_text(const struct record_reply *reply)
{
	return strcmp(reply->kind->name, "text") == 0;
}

static void what_is_not_wanted_leads_nowhere(void **state)
{
	struct fixture *f = *state;

	add(f, NORTH, "text", UINT32_MAX, 0, 0);
	add(f, SOUTH, "ack", NORTH, 0, 1);
	add(f, SOUTH, "text", NORTH, 0, 1);
	add(f, NORTH, "text", SOUTH, 0, 3);
	assert_int_equal(
	    record_thread_add(&f->thread, f->replies, NORTH, 0, is_text, NULL),
	    STATUS_OK);
	assert_int_equal(f->thread.count, 2);
	assert_true(record_thread_has(&f->thread, SOUTH, 1));
}

/* A thread that was made before the index grew takes what came since. */
static void a_thread_grows_with_the_index(void **state)
{
	struct fixture *f = *state;

	add(f, NORTH, "text", UINT32_MAX, 0, 0);
	assert_int_equal(record_thread_add(&f->thread, f->replies, NORTH, 0, NULL, NULL),
	                 STATUS_OK);
	record_thread_clear(&f->thread);
	for (int i = 0; i < 1000; i++)
		add(f, SOUTH, "text", NORTH, 0, 1);
	assert_int_equal(record_thread_add(&f->thread, f->replies, NORTH, 0, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(f->thread.count, 1001);
	record_thread_sort(&f->thread, f->replies);
	assert_int_equal(f->thread.items[1000].index, 999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(all_that_answers_is_in_once_and_in_order,
	                                    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_circle_ends, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_not_wanted_leads_nowhere, set_up,
	                                    tear_down),
	    cmocka_unit_test_setup_teardown(a_thread_grows_with_the_index, set_up,
	                                    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
