/* SPDX-License-Identifier: Apache-2.0 */
/* Messages by hand: what a pouch brings to a desk that nobody else reaches, in which
 * order it may come, and what it can't do. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "desk/state.h"
#include "record/pouch.h"
#include "store/memory.h"

enum { NORTH, SOUTH, CONTENT_MAX = 1 << 24 };

static struct desk *desk_of(struct world *world, size_t desk)
{
	return world->desks[desk].desk;
}

static const char *name_of(struct world *world, size_t desk)
{
	return world->desks[desk].testing.card.name.text;
}

static void start(struct world *world)
{
	world_init(world, 2, NULL);
	world_pass(world, 2000);
	world->desks[SOUTH].is_cut = true;
}

static struct desk_log_info info_of(struct world *world, size_t desk, size_t log)
{
	struct desk_log_info info;
	desk_log(desk_of(world, desk), 0, log, &info);
	return info;
}

/* Appends the content of one pouch; true when another one is needed. */
static bool fill(struct world *world, size_t from, size_t to,
                 struct desk_pouch_cursor *cursor, struct buf *ret_content)
{
	struct error err;
	bool has_more;
	desk_turn_begin(desk_of(world, from), world->now_ms);
	assert_int_equal(desk_pouch_fill(desk_of(world, from), 0, name_of(world, to),
	                                 cursor, ret_content, &has_more, &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(world, from), &err), STATUS_OK);
	return has_more;
}

static enum status begin(struct world *world, size_t from, size_t to,
                         struct desk_pouch_cursor *ret_cursor, struct error *err)
{
	const struct record_card *card;
	return desk_pouch_begin(desk_of(world, from), 0, name_of(world, to), ret_cursor,
	                        &card, err);
}

/* The first pouch. */
static void make(struct world *world, size_t from, size_t to, struct buf *ret_content)
{
	struct desk_pouch_cursor cursor;
	struct error err;
	assert_int_equal(begin(world, from, to, &cursor, &err), STATUS_OK);
	(void)fill(world, from, to, &cursor, ret_content);
}

static enum status take(struct world *world, size_t from, size_t to,
                        const struct buf *content, struct desk_pouch_taken *ret_taken,
                        struct error *err)
{
	struct error end;
	desk_turn_begin(desk_of(world, to), world->now_ms);
	enum status status = desk_pouch_take(desk_of(world, to), 0, name_of(world, from),
	                                     buf_view(content), ret_taken, err);
	assert_int_equal(desk_turn_end(desk_of(world, to), &end), STATUS_OK);
	world_settle(world);
	return status;
}

static struct desk_pouch_taken take_well(struct world *world, size_t from, size_t to,
                                         const struct buf *content)
{
	struct desk_pouch_taken taken;
	struct error err = {""};
	assert_int_equal(take(world, from, to, content, &taken, &err), STATUS_OK);
	return taken;
}

/* All pouches that there are to be. */
static void carry(struct world *world, size_t from, size_t to)
{
	struct desk_pouch_cursor cursor;
	struct error err;
	bool has_more = true;
	assert_int_equal(begin(world, from, to, &cursor, &err), STATUS_OK);
	for (int i = 0; has_more && i < 100; i++) {
		CLEANUP_BUF struct buf content = BUF_INIT(CONTENT_MAX);
		has_more = fill(world, from, to, &cursor, &content);
		(void)take_well(world, from, to, &content);
	}
	assert_false(has_more);
}

static void carry_both_ways(struct world *world)
{
	for (int i = 0; i < 3; i++) {
		carry(world, NORTH, SOUTH);
		carry(world, SOUTH, NORTH);
	}
}

static void accept(struct world *world, size_t desk)
{
	struct error err;
	desk_turn_begin(desk_of(world, desk), world->now_ms);
	assert_int_equal(desk_accept(desk_of(world, desk), 0, &err), STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(world, desk), &err), STATUS_OK);
	world_settle(world);
}

/* Nobody does anything meanwhile. */
static void wait_days(struct world *world, int days)
{
	world->now_ms += days * INT64_C(24) * 3600 * 1000;
	world_settle(world);
}

static void by_pouches_alone_both_hold_the_same(void **state)
{
	struct world world;
	start(&world);
	for (int i = 0; i < 300; i++)
		world_say(&world, NORTH, "beyond a tile");
	world_say(&world, SOUTH, "from the other side");
	wait_days(&world, 31);
	assert_false(world_agrees(&world));
	carry_both_ways(&world);
	world_crash(&world, SOUTH);
	accept(&world, SOUTH);
	carry_both_ways(&world);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_pouch_fits_whatever_is_held_of_it(void **state)
{
	CLEANUP_BUF struct buf one = BUF_INIT(CONTENT_MAX), two = BUF_INIT(CONTENT_MAX),
	                       three = BUF_INIT(CONTENT_MAX);
	struct world world;
	start(&world);
	world_say(&world, NORTH, "first");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &one);
	for (int i = 0; i < 5; i++)
		world_say(&world, NORTH, "second");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &two);
	for (int i = 0; i < 300; i++)
		world_say(&world, NORTH, "third");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &three);
	struct desk_pouch_taken taken = take_well(&world, NORTH, SOUTH, &one);
	assert_int_equal(taken.held, taken.held_before + 1);
	taken = take_well(&world, NORTH, SOUTH, &two);
	assert_int_equal(taken.held, taken.held_before + 5);
	taken = take_well(&world, NORTH, SOUTH, &three);
	assert_int_equal(taken.held, taken.held_before + 300);
	assert_false(taken.is_early);
	assert_int_equal(taken.lacking, 0);
	assert_int_equal(info_of(&world, SOUTH, NORTH).cosigned_size, taken.held);
	world_release(&world);
}

static void an_old_one_and_one_twice_change_nothing(void **state)
{
	CLEANUP_BUF struct buf old = BUF_INIT(CONTENT_MAX), now = BUF_INIT(CONTENT_MAX);
	struct world world;
	start(&world);
	world_say(&world, NORTH, "first");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &old);
	world_say(&world, NORTH, "second");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &now);
	(void)take_well(&world, NORTH, SOUTH, &now);
	uint64_t size = info_of(&world, SOUTH, NORTH).cosigned_size;
	for (int i = 0; i < 3; i++) {
		struct desk_pouch_taken taken =
		    take_well(&world, NORTH, SOUTH, i == 1 ? &now : &old);
		assert_int_equal(taken.held, taken.held_before);
		assert_false(taken.is_early);
		wait_days(&world, 21);
	}
	assert_int_equal(info_of(&world, SOUTH, NORTH).cosigned_size, size);
	world_release(&world);
}

static void what_comes_too_early_changes_nothing(void **state)
{
	CLEANUP_BUF struct buf first = BUF_INIT(CONTENT_MAX),
	                       next = BUF_INIT(CONTENT_MAX);
	CLEANUP_BUF struct buf empty = BUF_INIT(64);
	struct desk_pouch_taken taken;
	struct world world;
	start(&world);
	struct store_memory_snapshot *old =
	    store_memory_snapshot(&world.desks[SOUTH].store);
	world_say(&world, NORTH, "first");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &first);
	(void)take_well(&world, NORTH, SOUTH, &first);
	carry(&world, SOUTH, NORTH);
	world_say(&world, NORTH, "second");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &next);
	world_stop(&world, SOUTH);
	store_memory_restore(&world.desks[SOUTH].store, old);
	store_memory_snapshot_free(old);
	world_start(&world, SOUTH);
	taken = take_well(&world, NORTH, SOUTH, &next);
	assert_true(taken.is_early);
	assert_int_equal(taken.begins, taken.held + 1);
	assert_int_equal(taken.held, taken.held_before);
	record_pouch_append_head(&empty, taken.held + 1); /* without entries, too */
	assert_true(take_well(&world, NORTH, SOUTH, &empty).is_early);
	taken = take_well(&world, NORTH, SOUTH, &first);
	assert_int_equal(taken.held, taken.held_before + 1);
	taken = take_well(&world, NORTH, SOUTH, &next);
	assert_false(taken.is_early);
	world_release(&world);
}

/* The pouch may be as old as it likes: it does not say what was signed last. */
static void a_pouch_shows_nothing_of_the_own_log(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(CONTENT_MAX);
	struct desk_pouch_cursor cursor;
	struct world world;
	struct error err;
	start(&world);
	world_say(&world, NORTH, "from far");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &content);
	world_crash(&world, SOUTH);
	world_pass(&world, 120 * 1000);
	(void)take_well(&world, NORTH, SOUTH, &content);
	world_pass(&world, 120 * 1000);
	assert_int_equal(info_of(&world, SOUTH, SOUTH).state, DESK_LOG_WAITING);
	assert_int_equal(begin(&world, SOUTH, NORTH, &cursor, &err), STATUS_AGAIN);
	accept(&world, SOUTH);
	assert_int_equal(info_of(&world, SOUTH, SOUTH).state, DESK_LOG_READY);
	carry_both_ways(&world);
	assert_true(world_agrees(&world));
	world_release(&world);
}

/* The bare checkpoint, with which a member shows over the link, neither. */
static void a_bare_checkpoint_in_a_pouch_shows_nothing_either(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(CONTENT_MAX);
	struct world world;
	start(&world);
	struct log *own = desk_of(&world, SOUTH)->channels[0]->logs[SOUTH];
	struct tlog_add_checkpoint add = {.old_size = own->newest.size,
	                                  .note = buf_view(&own->newest_note)};
	record_pouch_append_head(&content, 0);
	size_t begun = record_pouch_begin(&content, RECORD_POUCH_CHECKPOINT);
	tlog_add_checkpoint_append(&content, &add);
	record_pouch_end(&content, begun);
	world_crash(&world, SOUTH);
	(void)take_well(&world, NORTH, SOUTH, &content);
	world_pass(&world, 120 * 1000);
	assert_int_equal(info_of(&world, SOUTH, SOUTH).state, DESK_LOG_WAITING);
	world_release(&world);
}

static void who_was_put_back_freezes_when_a_pouch_knows_more(void **state)
{
	struct world world;
	struct error err;
	start(&world);
	struct store_memory_snapshot *old =
	    store_memory_snapshot(&world.desks[SOUTH].store);
	world_say(&world, SOUTH, "soon forgotten");
	world_settle(&world);
	carry(&world, SOUTH, NORTH);
	world_stop(&world, SOUTH);
	store_memory_restore(&world.desks[SOUTH].store, old);
	store_memory_snapshot_free(old);
	world_forget_guard(&world, SOUTH);
	world_start(&world, SOUTH);
	assert_int_equal(info_of(&world, SOUTH, SOUTH).state, DESK_LOG_WAITING);
	carry(&world, NORTH, SOUTH);
	assert_int_equal(info_of(&world, SOUTH, SOUTH).state, DESK_LOG_FROZEN);
	desk_turn_begin(desk_of(&world, SOUTH), world.now_ms);
	assert_int_equal(desk_accept(desk_of(&world, SOUTH), 0, &err), STATUS_CONFLICT);
	assert_int_equal(desk_turn_end(desk_of(&world, SOUTH), &err), STATUS_OK);
	world_release(&world);
}

static void another_history_is_refused(void **state)
{
	CLEANUP_BUF struct buf one = BUF_INIT(CONTENT_MAX), other = BUF_INIT(CONTENT_MAX);
	struct world world, twin;
	struct desk_pouch_taken taken;
	struct error err;
	start(&world);
	start(&twin);
	world_say(&world, NORTH, "this is what was said");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &one);
	(void)take_well(&world, NORTH, SOUTH, &one);
	world_say(&twin, NORTH, "no, this");
	world_say(&twin, NORTH, "and more");
	world_settle(&twin);
	make(&twin, NORTH, SOUTH, &other);
	struct desk_log_info before = info_of(&world, SOUTH, NORTH);
	assert_int_equal(take(&world, NORTH, SOUTH, &other, &taken, &err),
	                 STATUS_UNTRUSTED);
	struct desk_log_info after = info_of(&world, SOUTH, NORTH);
	assert_int_equal(before.entry_count, after.entry_count);
	assert_int_equal(before.cosigned_size, after.cosigned_size);
	world_release(&world);
	world_release(&twin);
}

static void keys_may_change_on_the_way(void **state)
{
	struct world world;
	struct error err;
	start(&world);
	for (int i = 0; i < 2; i++) {
		CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
		world_new_keys(&world, NORTH, &note);
		desk_turn_begin(desk_of(&world, NORTH), world.now_ms);
		assert_int_equal(
		    desk_key_change(desk_of(&world, NORTH), buf_view(&note), &err),
		    STATUS_OK);
		assert_int_equal(desk_turn_end(desk_of(&world, NORTH), &err), STATUS_OK);
		world_turn(&world, NORTH);
		world_switch_keys(&world, NORTH);
		accept(&world, NORTH);
		world_say(&world, NORTH, "under newer keys");
		world_pass(&world, 60000);
	}
	carry_both_ways(&world);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_stranger_and_a_broken_content_are_refused(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(CONTENT_MAX);
	struct desk_pouch_taken taken;
	struct world world;
	struct error err;
	start(&world);
	world_say(&world, NORTH, "whole");
	world_settle(&world);
	make(&world, NORTH, SOUTH, &content);
	desk_turn_begin(desk_of(&world, SOUTH), world.now_ms);
	assert_int_equal(desk_pouch_take(desk_of(&world, SOUTH), 0, "west.example",
	                                 buf_view(&content), &taken, &err),
	                 STATUS_NOT_FOUND);
	assert_int_equal(desk_turn_end(desk_of(&world, SOUTH), &err), STATUS_OK);
	uint64_t before = info_of(&world, SOUTH, NORTH).entry_count;
	content.len -= 1;
	assert_int_equal(take(&world, NORTH, SOUTH, &content, &taken, &err),
	                 STATUS_MALFORMED);
	content.len += 1;
	/* as if south had made it: then all in it is of somebody else */
	desk_turn_begin(desk_of(&world, NORTH), world.now_ms);
	assert_int_equal(desk_pouch_take(desk_of(&world, NORTH), 0, "south.example",
	                                 buf_view(&content), &taken, &err),
	                 STATUS_MALFORMED);
	assert_int_equal(desk_turn_end(desk_of(&world, NORTH), &err), STATUS_OK);
	assert_int_equal(info_of(&world, SOUTH, NORTH).entry_count, before);
	world_release(&world);
}

static void a_cursor_that_points_nowhere_is_refused(void **state)
{
	CLEANUP_BUF struct buf content = BUF_INIT(CONTENT_MAX);
	struct desk_pouch_cursor cursors[] = {
	    {.entries = 999}, {.bodies = 1}, {.attached = 1}, {.nth = 1000}};
	struct world world;
	struct error err;
	bool has_more;
	start(&world);
	for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++)
		assert_int_equal(desk_pouch_fill(desk_of(&world, NORTH), 0,
		                                 "south.example", &cursors[i], &content,
		                                 &has_more, &err),
		                 STATUS_MALFORMED);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_pouches_alone_both_hold_the_same),
	    cmocka_unit_test(a_pouch_fits_whatever_is_held_of_it),
	    cmocka_unit_test(an_old_one_and_one_twice_change_nothing),
	    cmocka_unit_test(what_comes_too_early_changes_nothing),
	    cmocka_unit_test(a_pouch_shows_nothing_of_the_own_log),
	    cmocka_unit_test(a_bare_checkpoint_in_a_pouch_shows_nothing_either),
	    cmocka_unit_test(who_was_put_back_freezes_when_a_pouch_knows_more),
	    cmocka_unit_test(another_history_is_refused),
	    cmocka_unit_test(keys_may_change_on_the_way),
	    cmocka_unit_test(a_stranger_and_a_broken_content_are_refused),
	    cmocka_unit_test(a_cursor_that_points_nowhere_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
