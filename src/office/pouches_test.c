/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts that lie here: kept over a start, put together, replaced, and never too many.
 */
#include "office/pouches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "office/rows.h"

enum { WHOLE_LEN = 10000, LARGE_LEN = 16 * 1024 * 1024 };

struct fixture {
	struct world world;
	struct office *office;
	uint8_t whole[WHOLE_LEN];
};

static struct desk *desk_of(struct fixture *f)
{
	return f->world.desks[0].desk;
}

static void open_office(struct fixture *f)
{
	assert_int_equal(office_open(desk_of(f), f->world.now_ms, &f->office, NULL),
	                 STATUS_OK);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	world_init(&f->world, 2, NULL);
	open_office(f);
	for (size_t i = 0; i < WHOLE_LEN; i++)
		f->whole[i] = (uint8_t)(i % 251);
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

static struct pouch_part part_of(struct view whole, uint32_t number)
{
	struct pouch_part part = {.pouch = sha256(whole),
	                          .size = (uint32_t)whole.len,
	                          .number = number,
	                          .count =
	                              pouch_part_count(whole.len, POUCH_PART_SIZE_MIN)};

	part.bytes = pouch_part_share(whole, POUCH_PART_SIZE_MIN, number);
	(void)snprintf(part.address.from.text, sizeof part.address.from.text,
	               "south.example");
	(void)snprintf(part.address.to.text, sizeof part.address.to.text,
	               "north.example");
	return part;
}

static enum status keep(struct fixture *f, const struct pouch_part *part,
                        struct pouch_kept *ret_kept)
{
	enum status status;

	desk_turn_begin(desk_of(f), ++f->world.now_ms);
	status = pouches_keep(f->office, part, f->world.now_ms, ret_kept, NULL);
	assert_int_equal(desk_turn_end(desk_of(f), NULL), STATUS_OK);
	return status;
}

static size_t count_rows(struct fixture *f)
{
	struct pouch_kept kept[POUCHES_KEPT_MAX];
	size_t count;

	assert_int_equal(pouches_list(f->office, kept, &count, NULL), STATUS_OK);
	return count;
}

static void parts_in_any_order_make_the_whole(void **state)
{
	static const uint32_t order[] = {3, 1, 3, 2};
	static const uint32_t held[] = {1, 2, 2, 3};
	CLEANUP_BUF struct buf joined = BUF_INIT(POUCH_SIZE_MAX);
	struct fixture *f = *state;
	struct pouch_kept kept;

	for (size_t i = 0; i < 4; i++) {
		struct pouch_part part = part_of(view_of(f->whole, WHOLE_LEN), order[i]);

		assert_int_equal(keep(f, &part, &kept), STATUS_OK);
		assert_int_equal(kept.held, held[i]);
		office_free(f->office);
		world_crash(&f->world, 0);
		open_office(f);
	}
	assert_int_equal(kept.count, 3);
	assert_int_equal(pouches_join(f->office, &kept, &joined, NULL), STATUS_OK);
	assert_true(view_equal(buf_view(&joined), view_of(f->whole, WHOLE_LEN)));
	assert_string_equal(kept.address.from.text, "south.example");
	assert_int_equal(pouches_drop(f->office, &kept.pouch, NULL), STATUS_OK);
	assert_int_equal(count_rows(f), 0);
}

static void a_swapped_part_shows_at_the_end_and_can_be_replaced(void **state)
{
	CLEANUP_BUF struct buf joined = BUF_INIT(POUCH_SIZE_MAX);
	struct fixture *f = *state;
	struct view whole = view_of(f->whole, WHOLE_LEN);
	struct pouch_kept kept;
	struct error err;

	for (uint32_t n = 1; n <= 3; n++) {
		struct pouch_part part = part_of(whole, n);

		if (n == 1) /* bytes of another one */
			part.bytes = pouch_part_share(whole, POUCH_PART_SIZE_MIN, 2);
		assert_int_equal(keep(f, &part, &kept), STATUS_OK);
	}
	assert_int_equal(pouches_join(f->office, &kept, &joined, &err), STATUS_MALFORMED);
	struct pouch_part part = part_of(whole, 1);
	assert_int_equal(keep(f, &part, &kept), STATUS_OK);
	buf_clear(&joined);
	assert_int_equal(pouches_join(f->office, &kept, &joined, &err), STATUS_OK);
}

static void a_part_that_says_something_else_is_refused(void **state)
{
	struct fixture *f = *state;
	struct pouch_part part = part_of(view_of(f->whole, WHOLE_LEN), 1), other;
	struct pouch_kept kept;

	assert_int_equal(keep(f, &part, &kept), STATUS_OK);
	other = part;
	other.count = 2;
	assert_int_equal(keep(f, &other, &kept), STATUS_MALFORMED);
	other = part;
	other.address.channel.hash.bytes[0] = 1;
	assert_int_equal(keep(f, &other, &kept), STATUS_MALFORMED);
	assert_int_equal(count_rows(f), 1);
}

/* Of 64 parts every other one: more gaps than are told. Then all but one. */
static void gaps_say_what_lacks(void **state)
{
	struct fixture *f = *state;
	size_t len = (size_t)64 * POUCH_PART_SIZE_MIN + 2 * POUCH_PART_SIZE_MIN;
	uint8_t *bytes = calloc(1, len);
	struct view whole = view_of(bytes, len);
	struct pouch_kept kept, listed[POUCHES_KEPT_MAX];
	size_t count;

	for (uint32_t n = 1; n <= 65; n += 2) {
		struct pouch_part part = part_of(whole, n);

		assert_int_equal(keep(f, &part, &kept), STATUS_OK);
	}
	assert_int_equal(kept.held, 33);
	assert_int_equal(kept.gap_count, POUCHES_GAPS_MAX);
	assert_int_equal(kept.gaps[31].first, 64);
	assert_int_equal(kept.gaps[31].last, 64);
	for (uint32_t n = 4; n <= 64; n += 2) {
		struct pouch_part part = part_of(whole, n);

		assert_int_equal(keep(f, &part, &kept), STATUS_OK);
	}
	assert_int_equal(pouches_list(f->office, listed, &count, NULL), STATUS_OK);
	assert_int_equal(count, 1);
	assert_int_equal(listed[0].came_ms, f->world.now_ms);
	assert_int_equal(listed[0].gap_count, 2);
	assert_int_equal(listed[0].gaps[0].first, 2);
	assert_int_equal(listed[0].gaps[0].last, 2);
	assert_int_equal(listed[0].gaps[1].first, 66);
	free(bytes);
}

/* The one to which nothing came for the longest time goes. */
static void what_lies_longest_makes_room(void **state)
{
	struct fixture *f = *state;
	struct pouch_part first = part_of(view_of(f->whole, WHOLE_LEN), 1), other = first;
	struct pouch_kept kept;

	assert_int_equal(keep(f, &first, &kept), STATUS_OK);
	for (uint32_t i = 0; i < POUCHES_KEPT_MAX; i++) {
		memcpy(other.pouch.bytes, &i, sizeof i);
		assert_int_equal(keep(f, &other, &kept), STATUS_OK);
	}
	assert_int_equal(count_rows(f), POUCHES_KEPT_MAX);
	first.number = 2;
	first.bytes =
	    pouch_part_share(view_of(f->whole, WHOLE_LEN), POUCH_PART_SIZE_MIN, 2);
	assert_int_equal(keep(f, &first, &kept), STATUS_OK);
	assert_int_equal(kept.held, 1); /* part 1 of it went */
}

static void bytes_are_bounded_too(void **state)
{
	struct fixture *f = *state;
	uint8_t *large = calloc(1, LARGE_LEN);
	struct pouch_part part = part_of(view_of(f->whole, WHOLE_LEN), 1);
	struct pouch_kept kept;

	part.size = LARGE_LEN;
	part.bytes = view_of(large, LARGE_LEN);
	for (uint8_t i = 0; i < 10; i++) {
		part.pouch.bytes[0] = i;
		assert_int_equal(keep(f, &part, &kept), STATUS_OK);
	}
	assert_int_equal(count_rows(f), POUCHES_BYTES_MAX / LARGE_LEN);
	free(large);
}

static void a_damaged_row_is_no_pouch(void **state)
{
	struct fixture *f = *state;
	struct pouch_kept kept[POUCHES_KEPT_MAX];
	size_t count;

	desk_turn_begin(desk_of(f), f->world.now_ms);
	assert_int_equal(office_put(f->office, "office/pouch/00",
	                            view_of_string("0123456789abcdefaldis.pouch/1\n"),
	                            NULL),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(f), NULL), STATUS_OK);
	assert_int_equal(pouches_list(f->office, kept, &count, NULL), STATUS_MALFORMED);
}

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_OFFICE(parts_in_any_order_make_the_whole),
	    WITH_OFFICE(a_swapped_part_shows_at_the_end_and_can_be_replaced),
	    WITH_OFFICE(a_part_that_says_something_else_is_refused),
	    WITH_OFFICE(gaps_say_what_lacks),
	    WITH_OFFICE(what_lies_longest_makes_room),
	    WITH_OFFICE(bytes_are_bounded_too),
	    WITH_OFFICE(a_damaged_row_is_no_pouch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
