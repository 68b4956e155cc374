/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges of opened messages: joined, kept, and refused when the store holds nonsense.
 */
#include "office/opened.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "office/rows.h"

#define ROW "office/opened/%s/south.example"

struct fixture {
	struct world world;
	struct office *office;
	struct record_channel_id channel;
	char key[OFFICE_KEY_MAX];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct desk_channel_info info;

	world_init(&f->world, 2, NULL);
	desk_channel(f->world.desks[0].desk, 0, &info);
	f->channel = info.id;
	snprintf(f->key, sizeof f->key, ROW, info.id_hex);
	assert_int_equal(
	    office_open(f->world.desks[0].desk, f->world.now_ms, &f->office, NULL),
	    STATUS_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	office_free(f->office);
	world_release(&f->world);
	free(f);
	return 0;
}

static void mark(struct fixture *f, uint64_t first, uint64_t end)
{
	desk_turn_begin(f->world.desks[0].desk, f->world.now_ms);
	assert_int_equal(
	    opened_mark(f->office, &f->channel, "south.example", first, end, NULL),
	    STATUS_OK);
	assert_int_equal(desk_turn_end(f->world.desks[0].desk, NULL), STATUS_OK);
}

static bool has(const struct fixture *f, uint64_t index)
{
	return opened_has(f->office, &f->channel, "south.example", index);
}

static void expect_row(struct fixture *f, const char *expected)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);

	assert_int_equal(office_get(f->office, f->key, &row, NULL), STATUS_OK);
	buf_append_byte(&row, '\0');
	assert_string_equal((const char *)row.data, expected);
}

static void ranges_join_where_they_touch(void **state)
{
	struct fixture *f = *state;

	mark(f, 5, 6);
	mark(f, 10, 12);
	mark(f, 1, 2);
	expect_row(f, "[[1,2],[5,6],[10,12]]");
	mark(f, 2, 5);
	expect_row(f, "[[1,6],[10,12]]");
	mark(f, 3, 4);
	expect_row(f, "[[1,6],[10,12]]");
	mark(f, 0, 11);
	expect_row(f, "[[0,12]]");
	mark(f, 7, 7);
	expect_row(f, "[[0,12]]");
}

static void exactly_what_was_marked_is_opened(void **state)
{
	struct fixture *f = *state;

	mark(f, 3, 5);
	mark(f, 8, 9);
	for (uint64_t i = 0; i < 12; i++)
		assert_int_equal(has(f, i), i == 3 || i == 4 || i == 8);
	assert_false(opened_has(f->office, &f->channel, "west.example", 3));
}

/* Against a plain list of marks. */
static void many_marks_in_any_order_are_kept(void **state)
{
	struct fixture *f = *state;
	bool plain[200] = {false};
	uint32_t seed = 7;

	for (int i = 0; i < 120; i++) {
		uint64_t first, end;

		seed = seed * 1664525 + 1013904223;
		first = (seed >> 16) % 190;
		end = first + 1 + (seed >> 8) % 9;
		mark(f, first, end);
		for (uint64_t at = first; at < end; at++)
			plain[at] = true;
		for (uint64_t at = 0; at < 200; at++)
			assert_int_equal(has(f, at), plain[at]);
	}
	office_free(f->office);
	world_crash(&f->world, 0);
	assert_int_equal(
	    office_open(f->world.desks[0].desk, f->world.now_ms, &f->office, NULL),
	    STATUS_OK);
	for (uint64_t at = 0; at < 200; at++)
		assert_int_equal(has(f, at), plain[at]);
}

static void a_damaged_row_is_not_taken(void **state)
{
	static const char *const rows[] = {
	    "",        "{}",       "[1]",       "[[1]]",       "[[2,1]]",
	    "[[1,1]]", "[[-1,2]]", "[[1,2,3]]", "[[1,\"2\"]]", "[[0,1099511627777]]",
	    "[[0,1]"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct office *again = NULL;

		assert_int_equal(
		    office_put(f->office, f->key, view_of_string(rows[i]), NULL),
		    STATUS_OK);
		if (office_open(f->world.desks[0].desk, f->world.now_ms, &again, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("accepted: %s", rows[i]);
	}
}

int main(void)
{
#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    WITH_OFFICE(ranges_join_where_they_touch),
	    WITH_OFFICE(exactly_what_was_marked_is_opened),
	    WITH_OFFICE(many_marks_in_any_order_are_kept),
	    WITH_OFFICE(a_damaged_row_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
