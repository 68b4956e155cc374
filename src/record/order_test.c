/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The joint order: the same for every order of arrival, never changed between entries
 * already placed, and cheap.
 */
#include "record/order.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

static const char *const names[] = {"east.example", "north.example", "south.example",
                                    "west.example"};

enum { LOGS = 4, ENTRIES_MAX = 8, SEEN_MAX = 4 };

struct entry {
	int64_t sent_ms;
	struct record_order_seen seen[SEEN_MAX];
	size_t seen_count;
};

struct record_logs {
	struct entry entries[LOGS][ENTRIES_MAX];
	size_t counts[LOGS];
};

/* A small generator of our own, so that a seed gives the same logs everywhere. */
static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static struct record_order *order_new(size_t logs)
{
	struct record_order *order = NULL;

	assert_int_equal(record_order_new(names, logs, &order, NULL), STATUS_OK);
	return order;
}

static void add(struct record_order *order, uint32_t log, int64_t sent_ms,
                const struct record_order_seen *seen, size_t seen_count)
{
	assert_int_equal(record_order_add(order, log, sent_ms, seen, seen_count, NULL),
	                 STATUS_OK);
}

static void item_is(const struct record_order *order, size_t position, uint32_t log,
                    uint64_t index, int64_t rank, bool arrived_late)
{
	size_t count;
	const struct record_order_item *items = record_order_items(order, &count);

	assert_true(position < count);
	assert_int_equal(items[position].log, log);
	assert_int_equal(items[position].index, index);
	assert_int_equal(items[position].rank, rank);
	assert_int_equal(items[position].arrived_late, arrived_late);
}

static void ranks_follow_the_rule(void **state)
{
	struct record_order *order = order_new(2);
	struct record_order_seen seen = {.log = 0, .size = 2};

	add(order, 0, 1000, NULL, 0);
	add(order, 0, 500, NULL, 0); /* a clock that went back */
	add(order, 1, 100, &seen, 1);
	add(order, 1, 5000, NULL, 0);
	item_is(order, 0, 0, 0, 1000, false);
	item_is(order, 1, 0, 1, 1001, false);
	item_is(order, 2, 1, 0, 1002, false);
	item_is(order, 3, 1, 1, 5000, false);
	record_order_free(order);
}

static void the_rank_of_an_entry_is_known_once_it_is_placed(void **state)
{
	struct record_order *order = order_new(2);
	struct record_order_seen seen = {.log = 0, .size = 1};
	int64_t rank = 77;

	add(order, 1, 900, &seen, 1);
	assert_false(record_order_rank(order, 1, 0, &rank));
	assert_false(record_order_rank(order, 1, 1, &rank));
	assert_int_equal(rank, 77);
	add(order, 0, 1000, NULL, 0);
	assert_true(record_order_rank(order, 1, 0, &rank));
	assert_int_equal(rank, 1001);
	record_order_free(order);
}

static void equal_ranks_go_by_name(void **state)
{
	struct record_order *order = order_new(3);

	add(order, 2, 1000, NULL, 0);
	add(order, 0, 1000, NULL, 0);
	add(order, 1, 1000, NULL, 0);
	item_is(order, 0, 0, 0, 1000, false);
	item_is(order, 1, 1, 0, 1000, false);
	item_is(order, 2, 2, 0, 1000, false);
	record_order_free(order);
}

static void a_late_entry_is_inserted_and_marked(void **state)
{
	struct record_order *order = order_new(2);
	size_t count;

	add(order, 0, 1000, NULL, 0);
	add(order, 0, 3000, NULL, 0);
	(void)record_order_items(order, &count);
	add(order, 1, 2000, NULL, 0);
	(void)record_order_items(order, &count);
	assert_int_equal(count, 3);
	item_is(order, 1, 1, 0, 2000, true);
	item_is(order, 2, 0, 1, 3000, false);
	record_order_free(order);
}

static void what_names_the_unknown_waits_with_all_behind_it(void **state)
{
	struct record_order *order = order_new(2);
	struct record_order_seen seen = {.log = 0, .size = 2};
	size_t count;

	add(order, 1, 1000, &seen, 1);
	add(order, 1, 1001, NULL, 0);
	(void)record_order_items(order, &count);
	assert_int_equal(count, 0);
	assert_int_equal(record_order_waiting(order, 1), 2);
	add(order, 0, 900, NULL, 0);
	assert_int_equal(record_order_waiting(order, 1), 2);
	add(order, 0, 2000, NULL, 0);
	assert_int_equal(record_order_waiting(order, 1), 0);
	(void)record_order_items(order, &count);
	assert_int_equal(count, 4);
	item_is(order, 2, 1, 0, 2001, false);
	item_is(order, 3, 1, 1, 2002, false);
	record_order_free(order);
}

static void entries_that_wait_for_each_other_wait_for_ever(void **state)
{
	struct record_order *order = order_new(3);
	struct record_order_seen of_0 = {.log = 0, .size = 1},
	                         of_1 = {.log = 1, .size = 1};
	size_t count;

	add(order, 0, 1, &of_1, 1);
	add(order, 1, 1, &of_0, 1);
	add(order, 2, 1, NULL, 0);
	(void)record_order_items(order, &count);
	assert_int_equal(count, 1);
	assert_int_equal(record_order_waiting(order, 0), 1);
	record_order_free(order);
}

static void a_member_may_join(void **state)
{
	struct record_order *order = order_new(1);
	uint32_t log;

	assert_int_equal(record_order_add_log(order, "zed.example", &log, NULL),
	                 STATUS_OK);
	assert_int_equal(log, 1);
	add(order, log, 5, NULL, 0);
	item_is(order, 0, 1, 0, 5, false);
	record_order_free(order);
}

/* Logs as desks make them: each entry names only what already exists. */
static void logs_make(struct record_logs *logs, uint64_t seed, size_t log_count,
                      size_t per_log)
{
	size_t left = log_count * per_log;

	memset(logs, 0, sizeof *logs);
	while (left > 0) {
		uint32_t log = next_random(&seed) % (uint32_t)log_count;
		struct entry *entry;

		if (logs->counts[log] == per_log)
			continue;
		entry = &logs->entries[log][logs->counts[log]];
		entry->sent_ms = 1000 + next_random(&seed) % 6 * 1000;
		for (uint32_t other = 0; other < log_count; other++)
			if (other != log && logs->counts[other] > 0 &&
			    next_random(&seed) % 3 == 0)
				entry->seen[entry->seen_count++] =
				    (struct record_order_seen){
				        .log = other,
				        .size =
				            1 + next_random(&seed) % logs->counts[other]};
		logs->counts[log]++;
		left--;
	}
}

static void entry_add(struct record_order *order, const struct record_logs *logs,
                      uint32_t log, size_t index)
{
	const struct entry *entry = &logs->entries[log][index];

	add(order, log, entry->sent_ms, entry->seen, entry->seen_count);
}

static void same_order(const struct record_order *a, const struct record_order *b)
{
	size_t count_a, count_b;
	const struct record_order_item *items_a = record_order_items(a, &count_a);
	const struct record_order_item *items_b = record_order_items(b, &count_b);

	assert_int_equal(count_a, count_b);
	for (size_t i = 0; i < count_a; i++) {
		assert_int_equal(items_a[i].log, items_b[i].log);
		assert_int_equal(items_a[i].index, items_b[i].index);
		assert_int_equal(items_a[i].rank, items_b[i].rank);
	}
}

/* Walks every interleaving of three logs: left[i] entries of log i are still to come. */
static size_t interleave(const struct record_logs *logs, size_t left[3],
                         uint32_t *choices, size_t depth,
                         const struct record_order *expected)
{
	size_t tried = 0;

	for (uint32_t log = 0; log < 3; log++) {
		if (left[log] == 0)
			continue;
		left[log]--;
		choices[depth] = log;
		tried += interleave(logs, left, choices, depth + 1, expected);
		left[log]++;
	}
	if (left[0] + left[1] + left[2] == 0) {
		struct record_order *order = order_new(3);
		size_t given[3] = {0};

		for (size_t i = 0; i < depth; i++)
			entry_add(order, logs, choices[i], given[choices[i]]++);
		same_order(order, expected);
		record_order_free(order);
		return 1;
	}
	return tried;
}

/* Both in one second: the name alone would put the successor in between. */
static void a_successor_stands_behind_the_log_before(void **state)
{
	struct record_order *order = order_new(2);
	struct record_order_seen before = {.log = 0, .size = 3};
	uint32_t successor;

	assert_int_equal(record_order_add_log(order, names[0], &successor, NULL),
	                 STATUS_OK);
	add(order, successor, 1000, &before, 1);
	add(order, successor, 1000, NULL, 0);
	add(order, 1, 1000, NULL, 0);
	for (int i = 0; i < 3; i++)
		add(order, 0, 1000, NULL, 0);
	item_is(order, 0, 0, 0, 1000, false);
	item_is(order, 1, 1, 0, 1000, false);
	item_is(order, 2, 0, 1, 1001, false);
	item_is(order, 3, 0, 2, 1002, false);
	item_is(order, 4, successor, 0, 1003, false);
	item_is(order, 5, successor, 1, 1004, false);
	record_order_free(order);
}

static void every_interleaving_gives_the_same_order(void **state)
{
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct record_logs logs;
		struct record_order *expected = order_new(3);
		size_t left[3] = {3, 3, 3};
		uint32_t choices[9];

		logs_make(&logs, seed, 3, 3);
		for (uint32_t log = 0; log < 3; log++)
			for (size_t i = 0; i < 3; i++)
				entry_add(expected, &logs, log, i);
		assert_int_equal(interleave(&logs, left, choices, 0, expected), 1680);
		record_order_free(expected);
	}
}

struct placed {
	uint32_t log;
	uint64_t index;
};

/* Is what was placed before still there in the same sequence? */
static void still_in_sequence(const struct record_order *order,
                              const struct placed *before, size_t before_count)
{
	size_t count, found = 0;
	const struct record_order_item *items = record_order_items(order, &count);

	for (size_t i = 0; i < count && found < before_count; i++)
		if (items[i].log == before[found].log &&
		    items[i].index == before[found].index)
			found++;
	assert_int_equal(found, before_count);
}

static void two_placed_entries_never_change_places(void **state)
{
	for (uint64_t seed = 1; seed <= 500; seed++) {
		struct record_logs logs;
		struct record_order *order = order_new(LOGS);
		struct placed before[LOGS * ENTRIES_MAX];
		size_t given[LOGS] = {0}, before_count = 0;
		uint64_t random = seed;

		logs_make(&logs, seed, LOGS, ENTRIES_MAX);
		for (size_t done = 0; done < LOGS * ENTRIES_MAX;) {
			uint32_t log = next_random(&random) % LOGS;
			const struct record_order_item *items;

			if (given[log] == ENTRIES_MAX)
				continue;
			entry_add(order, &logs, log, given[log]++);
			done++;
			still_in_sequence(order, before, before_count);
			items = record_order_items(order, &before_count);
			for (size_t i = 0; i < before_count; i++)
				before[i] = (struct placed){items[i].log, items[i].index};
		}
		assert_int_equal(before_count, LOGS * ENTRIES_MAX);
		record_order_free(order);
	}
}

/* Looked at only at the end, or after every entry: the same order; only marks differ. */
static void looking_changes_no_place(void **state)
{
	struct record_logs logs;
	struct record_order *watched = order_new(LOGS), *quiet = order_new(LOGS);
	size_t count_a, count_b;
	const struct record_order_item *a, *b;

	logs_make(&logs, 42, LOGS, ENTRIES_MAX);
	for (uint32_t log = LOGS; log-- > 0;)
		for (size_t i = 0; i < ENTRIES_MAX; i++) {
			entry_add(watched, &logs, log, i);
			(void)record_order_items(watched, &count_a);
			entry_add(quiet, &logs, log, i);
		}
	a = record_order_items(watched, &count_a);
	b = record_order_items(quiet, &count_b);
	assert_int_equal(count_a, count_b);
	for (size_t i = 0; i < count_a; i++) {
		assert_int_equal(a[i].log, b[i].log);
		assert_int_equal(a[i].index, b[i].index);
		assert_false(b[i].arrived_late);
	}
	record_order_free(watched);
	record_order_free(quiet);
}

/* A member that sends times of long ago by the thousand must not stop the desk: with a
 * move of the array for each, this would take minutes. */
static void a_hundred_thousand_old_entries_are_cheap(void **state)
{
	struct record_order *order = order_new(2);
	size_t count;

	for (int64_t i = 0; i < 300000; i++)
		add(order, 0, INT64_C(1000000000) + i, NULL, 0);
	for (int64_t i = 0; i < 100000; i++)
		add(order, 1, 1, NULL, 0);
	(void)record_order_items(order, &count);
	assert_int_equal(count, 400000);
	item_is(order, 0, 1, 0, 1, false);
	item_is(order, 99999, 1, 99999, 100000, false);
	item_is(order, 100000, 0, 0, 1000000000, false);
	record_order_free(order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ranks_follow_the_rule),
	    cmocka_unit_test(the_rank_of_an_entry_is_known_once_it_is_placed),
	    cmocka_unit_test(equal_ranks_go_by_name),
	    cmocka_unit_test(a_late_entry_is_inserted_and_marked),
	    cmocka_unit_test(what_names_the_unknown_waits_with_all_behind_it),
	    cmocka_unit_test(entries_that_wait_for_each_other_wait_for_ever),
	    cmocka_unit_test(a_member_may_join),
	    cmocka_unit_test(a_successor_stands_behind_the_log_before),
	    cmocka_unit_test(every_interleaving_gives_the_same_order),
	    cmocka_unit_test(two_placed_entries_never_change_places),
	    cmocka_unit_test(looking_changes_no_place),
	    cmocka_unit_test(a_hundred_thousand_old_entries_are_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
