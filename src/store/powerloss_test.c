/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk that loses power, and SQLite on it: what commit acknowledged is there after
 * any cut, whole turns and nothing else. The same run with syncs left out must lose, or
 * this test could not fail.
 */
#include "store/powerloss.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "store/sqlite.h"

/* ---- the disk alone */

static void write_text(struct powerloss *disk, const char *name, uint64_t offset,
                       const char *text)
{
	struct error err;

	assert_int_equal(powerloss_write(disk, name, offset, view_of_string(text), &err),
	                 STATUS_OK);
}

static void sync_file(struct powerloss *disk, const char *name)
{
	struct error err;

	assert_int_equal(powerloss_sync(disk, name, &err), STATUS_OK);
}

/* NULL for a file that must not be there. */
static void expect_text(struct powerloss *disk, const char *name, const char *text)
{
	CLEANUP_BUF struct buf got = BUF_INIT(1 << 20);
	struct error err;

	assert_int_equal(powerloss_read(disk, name, &got, &err),
	                 text == NULL ? STATUS_NOT_FOUND : STATUS_OK);
	if (text != NULL)
		assert_true(view_equal_string(buf_view(&got), text));
}

static void what_was_not_synced_is_lost_or_not(void **state)
{
	struct powerloss *disk = powerloss_new(1);

	assert_non_null(disk);
	write_text(disk, "guard", 0, "one");
	expect_text(disk, "guard", "one");
	powerloss_restart(disk, POWERLOSS_NONE);
	expect_text(disk, "guard", NULL);
	write_text(disk, "guard", 0, "one");
	sync_file(disk, "guard");
	write_text(disk, "guard", 0, "two, longer");
	powerloss_restart(disk, POWERLOSS_NONE);
	expect_text(disk, "guard", "one");
	write_text(disk, "guard", 0, "two, longer");
	powerloss_restart(disk, POWERLOSS_ALL);
	expect_text(disk, "guard", "two, longer");
	powerloss_restart(disk, POWERLOSS_NONE);
	expect_text(disk, "guard", "two, longer");
	powerloss_free(disk);
}

static void after_the_cut_everything_fails(void **state)
{
	CLEANUP_BUF struct buf got = BUF_INIT(100);
	struct powerloss *disk = powerloss_new(1);
	struct view bytes = view_of_string("bytes");
	struct error err;

	powerloss_cut_after(disk, 2);
	assert_int_equal(powerloss_write(disk, "a", 0, bytes, &err), STATUS_OK);
	assert_int_equal(powerloss_sync(disk, "a", &err), STATUS_OK);
	assert_false(powerloss_is_cut(disk));
	assert_int_equal(powerloss_write(disk, "a", 9, bytes, &err), STATUS_SYSTEM);
	assert_true(powerloss_is_cut(disk));
	assert_int_equal(powerloss_sync(disk, "a", &err), STATUS_SYSTEM);
	assert_int_equal(powerloss_read(disk, "a", &got, &err), STATUS_SYSTEM);
	assert_int_equal(powerloss_operation_count(disk), 2);
	powerloss_restart(disk, POWERLOSS_NONE);
	expect_text(disk, "a", "bytes");
	powerloss_free(disk);
}

enum { SECTORS = 16, SECTOR_LEN = 512 };

/* Which of the rewritten sectors survive, as bits. */
static unsigned surviving_sectors(uint64_t seed)
{
	CLEANUP_BUF struct buf got = BUF_INIT(SECTORS * SECTOR_LEN);
	struct powerloss *disk = powerloss_new(seed);
	uint8_t bytes[SECTORS * SECTOR_LEN];
	unsigned survivors = 0;
	struct error err;

	memset(bytes, 'a', sizeof bytes);
	assert_int_equal(
	    powerloss_write(disk, "f", 0, view_of(bytes, sizeof bytes), &err), STATUS_OK);
	sync_file(disk, "f");
	memset(bytes, 'b', sizeof bytes);
	assert_int_equal(
	    powerloss_write(disk, "f", 0, view_of(bytes, sizeof bytes), &err), STATUS_OK);
	powerloss_restart(disk, POWERLOSS_SOME);
	assert_int_equal(powerloss_read(disk, "f", &got, &err), STATUS_OK);
	assert_int_equal(got.len, sizeof bytes);
	for (size_t i = 0; i < SECTORS; i++) {
		for (size_t j = 1; j < SECTOR_LEN; j++)
			assert_int_equal(got.data[i * SECTOR_LEN],
			                 got.data[i * SECTOR_LEN + j]);
		survivors |= (unsigned)(got.data[i * SECTOR_LEN] == 'b') << i;
	}
	powerloss_free(disk);
	return survivors;
}

static void sectors_survive_by_seed(void **state)
{
	unsigned differences = 0;

	for (uint64_t seed = 0; seed < 20; seed++) {
		assert_int_equal(surviving_sectors(seed), surviving_sectors(seed));
		differences |= surviving_sectors(seed) ^ surviving_sectors(seed + 1);
	}
	assert_int_equal(differences, (1 << SECTORS) - 1);
}

static void a_full_disk_refuses_to_grow(void **state)
{
	struct powerloss *disk = powerloss_new(1);
	struct error err;

	powerloss_limit(disk, 10);
	write_text(disk, "a", 0, "12345");
	assert_int_equal(powerloss_write(disk, "b", 0, view_of_string("123456"), &err),
	                 STATUS_SYSTEM);
	assert_non_null(strstr(err.text, "full"));
	write_text(disk, "a", 0, "54321");
	powerloss_free(disk);
}

/* ---- SQLite on it: turns that each write rows of every kind */

enum { TURNS_MAX = 20000, LOG = 1, DISK_COUNT = 250, CUTS_PER_DISK = 6 };

static uint32_t hash_of(uint32_t value)
{
	value = (value ^ value >> 16) * 0x45d9f3b;
	value = (value ^ value >> 16) * 0x45d9f3b;
	return value ^ value >> 16;
}

/* Turns count from 1; how many entries one appends. */
static uint32_t turn_count(uint32_t turn)
{
	return 1 + hash_of(turn) % 20;
}

static uint64_t entries_until(uint32_t turn)
{
	uint64_t sum = 0;

	for (uint32_t i = 1; i <= turn; i++)
		sum += turn_count(i);
	return sum;
}

static void fill_chunk(struct buf *out, uint32_t turn, bool is_body)
{
	for (uint32_t i = 0; i < turn_count(turn); i++) {
		uint32_t len = hash_of(turn * 100 + i) % (is_body ? 700 : 300);

		if (is_body)
			buf_append_u32(out, len);
		else
			buf_append_u16(out, (uint16_t)len);
		memset(buf_extend(out, len), (int)turn + is_body, len);
	}
}

static enum status write_turn(struct store *s, uint32_t turn, struct error *err)
{
	CLEANUP_BUF struct buf entries = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf bodies = BUF_INIT(1 << 20);
	uint64_t first = entries_until(turn - 1);
	struct view number = view_of(&turn, sizeof turn);

	fill_chunk(&entries, turn, false);
	fill_chunk(&bodies, turn, true);
	TRY(s->ops->append_entries(s->self, LOG, first, turn_count(turn),
	                           buf_view(&entries), err));
	TRY(s->ops->append_bodies(s->self, LOG, first, turn_count(turn),
	                          buf_view(&bodies), err));
	TRY(s->ops->put_tile(s->self, LOG, 0, first / 256, buf_view(&entries), err));
	TRY(s->ops->put(s->self, STORE_RECEIPT, number, number, err));
	return s->ops->put(s->self, STORE_META, view_of_string("turn"), number, err);
}

/* What a run did to the rows it was told are safe. */
struct outcome {
	unsigned cuts, lost, corrupt;
};

/* The turn the database stands at, after checking that it holds this turn and all before,
 * whole, and nothing of a later one; false when it does not. */
static bool read_turn(struct store *s, uint32_t *ret_turn)
{
	CLEANUP_BUF struct buf row = BUF_INIT(sizeof *ret_turn);
	CLEANUP_BUF struct buf got = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf wanted = BUF_INIT(1 << 20);
	uint64_t entries, bodies, count;
	uint32_t turn = 0, next;
	struct error err;

	if (store_sqlite_integrity(s, &err) != STATUS_OK ||
	    s->ops->count(s->self, LOG, &entries, &bodies, &err) != STATUS_OK)
		return false;
	if (s->ops->get(s->self, STORE_META, view_of_string("turn"), &row, &err) ==
	    STATUS_OK)
		memcpy(&turn, row.data, sizeof turn);
	*ret_turn = turn;
	if (entries != entries_until(turn) || bodies != entries)
		return false;
	next = turn + 1;
	if (s->ops->get(s->self, STORE_RECEIPT, view_of(&next, sizeof next), &row,
	                &err) != STATUS_NOT_FOUND)
		return false;
	if (turn == 0)
		return true;
	fill_chunk(&wanted, turn, true);
	return s->ops->get(s->self, STORE_RECEIPT, view_of(&turn, sizeof turn), &row,
	                   &err) == STATUS_OK &&
	       s->ops->read_bodies(s->self, LOG, entries_until(turn - 1),
	                           turn_count(turn), &got, &count, &err) == STATUS_OK &&
	       view_equal(buf_view(&got), buf_view(&wanted));
}

/* Opens and writes turns until the power is cut; the last turn acknowledged. None is
 * after an operation failed, if only one of a checkpoint. */
static uint32_t write_until_cut(const struct powerloss *disk,
                                const struct store_sqlite_options *options, uint32_t turn)
{
	struct store s;
	struct error err;

	if (store_sqlite_open_with(options, &s, &err) != STATUS_OK)
		return turn;
	while (turn < TURNS_MAX && write_turn(&s, turn + 1, &err) == STATUS_OK &&
	       s.ops->commit(s.self, &err) == STATUS_OK) {
		assert_false(powerloss_is_cut(disk));
		turn++;
	}
	assert_true(turn < TURNS_MAX);
	s.ops->close(s.self);
	return turn;
}

/* One cut and the look at what is left; false when the disk is of no further use. */
static bool cut_once(struct powerloss *disk, const struct store_sqlite_options *options,
                     uint32_t random, uint32_t *turn, struct outcome *outcome)
{
	uint32_t acknowledged, found;
	struct store s;
	struct error err;
	bool is_whole;

	/* Mostly short runs; some until behind a checkpoint. */
	powerloss_cut_after(disk, random % (random >> 16 & 3 ? 40 : 2500));
	acknowledged = write_until_cut(disk, options, *turn);
	assert_true(powerloss_is_cut(disk));
	powerloss_restart(
	    disk, (enum powerloss_survivor)(random >> 20 & 3 ? 2 : random >> 24 & 1));
	outcome->cuts++;
	if (store_sqlite_open_with(options, &s, &err) != STATUS_OK) {
		outcome->corrupt++;
		return false;
	}
	is_whole = read_turn(&s, &found);
	s.ops->close(s.self);
	outcome->corrupt += !is_whole || found > acknowledged + 1;
	outcome->lost += is_whole && found < acknowledged;
	*turn = found;
	return is_whole;
}

static struct outcome run_cuts(bool is_weakened)
{
	struct outcome outcome = {0};

	for (uint32_t seed = 0; seed < DISK_COUNT; seed++) {
		struct powerloss *disk = powerloss_new(seed);
		struct store_sqlite_options options = {.path = "/desk/desk.db",
		                                       .vfs = powerloss_vfs(disk),
		                                       .is_weakened = is_weakened};
		uint32_t turn = 0;
		bool goes_on = true;

		for (uint32_t i = 0; goes_on && i < CUTS_PER_DISK; i++)
			goes_on = cut_once(disk, &options, hash_of(seed * 50 + i + 1),
			                   &turn, &outcome);
		powerloss_free(disk);
	}
	return outcome;
}

static void no_acknowledged_turn_is_lost(void **state)
{
	struct outcome outcome = run_cuts(false);

	print_message("%u cuts, %u lost, %u corrupt\n", outcome.cuts, outcome.lost,
	              outcome.corrupt);
	assert_int_equal(outcome.lost, 0);
	assert_int_equal(outcome.corrupt, 0);
	assert_int_equal(outcome.cuts, DISK_COUNT * CUTS_PER_DISK);
}

static void weakened_syncs_lose_acknowledged_turns(void **state)
{
	struct outcome outcome = run_cuts(true);

	print_message("weakened: %u cuts, %u lost, %u corrupt\n", outcome.cuts,
	              outcome.lost, outcome.corrupt);
	assert_true(outcome.lost > 100);
	assert_int_equal(outcome.corrupt, 0);
}

static void a_full_disk_stops_the_store_and_keeps_what_was_committed(void **state)
{
	struct powerloss *disk = powerloss_new(3);
	const struct store_sqlite_options options = {.path = "/desk/desk.db",
	                                             .vfs = powerloss_vfs(disk)};
	enum status status = STATUS_OK;
	uint32_t turn = 0, found;
	struct store s;
	struct error err;

	assert_int_equal(store_sqlite_open_with(&options, &s, &err), STATUS_OK);
	powerloss_limit(disk, 3 << 20);
	while (status == STATUS_OK) {
		status = write_turn(&s, turn + 1, &err);
		if (status == STATUS_OK)
			status = s.ops->commit(s.self, &err);
		turn += status == STATUS_OK;
	}
	assert_int_equal(status, STATUS_SYSTEM);
	assert_non_null(strstr(err.text, "full"));
	powerloss_limit(disk, UINT64_MAX);
	assert_int_equal(write_turn(&s, turn + 1, &err), STATUS_SYSTEM);
	assert_int_equal(s.ops->commit(s.self, &err), STATUS_SYSTEM);
	s.ops->rollback(s.self);
	s.ops->close(s.self);
	powerloss_restart(disk, POWERLOSS_NONE);
	assert_int_equal(store_sqlite_open_with(&options, &s, &err), STATUS_OK);
	assert_true(read_turn(&s, &found));
	assert_int_equal(found, turn);
	assert_true(turn > 10);
	s.ops->close(s.self);
	powerloss_free(disk);
}

/* Cuts at each operation of opening and of the first turns, so that each of them fails
 * once. */
static void a_failing_operation_never_looks_like_success(void **state)
{
	for (uint64_t at = 0; at < 150; at++) {
		struct powerloss *disk = powerloss_new(at);
		const struct store_sqlite_options options = {.path = "/desk/desk.db",
		                                             .vfs = powerloss_vfs(disk)};
		uint32_t acknowledged, found;
		struct store s;
		struct error err;

		powerloss_cut_after(disk, at);
		acknowledged = write_until_cut(disk, &options, 0);
		powerloss_restart(disk, POWERLOSS_ALL);
		assert_int_equal(store_sqlite_open_with(&options, &s, &err), STATUS_OK);
		assert_true(read_turn(&s, &found));
		assert_in_range(found, acknowledged, acknowledged + 1);
		s.ops->close(s.self);
		powerloss_free(disk);
	}
}

static void two_disks_lose_power_apart(void **state)
{
	struct powerloss *first = powerloss_new(1);
	struct powerloss *second = powerloss_new(2);
	const struct store_sqlite_options first_options = {.path = "/desk/desk.db",
	                                                   .vfs = powerloss_vfs(first)};
	const struct store_sqlite_options second_options = {.path = "/desk/desk.db",
	                                                    .vfs = powerloss_vfs(second)};
	struct store s;
	struct error err;
	uint32_t turn;

	assert_int_equal(store_sqlite_open_with(&second_options, &s, &err), STATUS_OK);
	powerloss_cut_after(first, 100);
	turn = write_until_cut(first, &first_options, 0);
	assert_true(turn > 0);
	assert_int_equal(write_turn(&s, 1, &err), STATUS_OK);
	assert_int_equal(s.ops->commit(s.self, &err), STATUS_OK);
	assert_true(read_turn(&s, &turn));
	assert_int_equal(turn, 1);
	s.ops->close(s.self);
	powerloss_free(first);
	powerloss_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_not_synced_is_lost_or_not),
	    cmocka_unit_test(after_the_cut_everything_fails),
	    cmocka_unit_test(sectors_survive_by_seed),
	    cmocka_unit_test(a_full_disk_refuses_to_grow),
	    cmocka_unit_test(no_acknowledged_turn_is_lost),
	    cmocka_unit_test(weakened_syncs_lose_acknowledged_turns),
	    cmocka_unit_test(a_full_disk_stops_the_store_and_keeps_what_was_committed),
	    cmocka_unit_test(a_failing_operation_never_looks_like_success),
	    cmocka_unit_test(two_disks_lose_power_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
