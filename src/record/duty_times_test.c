/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The earliest time of each entry, compared with looking at every cosignature.
 */
#include "record/duty_times.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

enum { SIZES = 40, ROUNDS = 200, POINTS = 60 };

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static void add(struct record_duty_times *times, uint64_t size, int64_t time_s,
                uint64_t expected_from)
{
	uint64_t from = UINT64_MAX;

	assert_true(record_duty_times_matter(times, size, time_s));
	assert_int_equal(record_duty_times_add(times, size, time_s, &from, NULL),
	                 STATUS_OK);
	assert_int_equal(from, expected_from);
}

static void larger_tree_shows_every_entry_below(void **state)
{
	struct record_duty_times times = {0};

	(void)state;
	assert_int_equal(record_duty_times_of(&times, 0), 0);
	add(&times, 3, 100, 0);
	add(&times, 5, 200, 3);
	assert_int_equal(record_duty_times_of(&times, 2), 100);
	assert_int_equal(record_duty_times_of(&times, 3), 200);
	assert_int_equal(record_duty_times_of(&times, 5), 0);
	record_duty_times_release(&times);
}

static void later_cosignature_of_a_smaller_tree_does_not_matter(void **state)
{
	struct record_duty_times times = {0};

	(void)state;
	add(&times, 5, 200, 0);
	assert_false(record_duty_times_matter(&times, 5, 200));
	assert_false(record_duty_times_matter(&times, 4, 300));
	assert_false(record_duty_times_matter(&times, 0, 1));
	assert_true(record_duty_times_matter(&times, 4, 199));
	record_duty_times_release(&times);
}

static void
earlier_cosignature_of_a_larger_tree_takes_the_place_of_smaller_ones(void **state)
{
	struct record_duty_times times = {0};

	(void)state;
	add(&times, 2, 50, 0);
	add(&times, 4, 200, 2);
	add(&times, 6, 300, 4);
	add(&times, 8, 100, 2);
	assert_int_equal(times.count, 2);
	assert_int_equal(record_duty_times_of(&times, 1), 50);
	assert_int_equal(record_duty_times_of(&times, 3), 100);
	record_duty_times_release(&times);
}

static void any_order_gives_the_least_time(void **state)
{
	uint64_t seed = 20261121;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct record_duty_times times = {0};
		int64_t least[SIZES] = {0};

		for (int i = 0; i < POINTS; i++) {
			uint64_t size = next_random(&seed) % SIZES + 1, from;
			int64_t time_s = next_random(&seed) % 100 + 1;

			for (uint64_t j = 0; j < size; j++)
				if (least[j] == 0 || time_s < least[j])
					least[j] = time_s;
			if (record_duty_times_matter(&times, size, time_s))
				assert_int_equal(record_duty_times_add(
				                     &times, size, time_s, &from, NULL),
				                 STATUS_OK);
			for (uint64_t j = 0; j < SIZES; j++)
				assert_int_equal(record_duty_times_of(&times, j),
				                 least[j]);
		}
		record_duty_times_release(&times);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(larger_tree_shows_every_entry_below),
	    cmocka_unit_test(later_cosignature_of_a_smaller_tree_does_not_matter),
	    cmocka_unit_test(
	        earlier_cosignature_of_a_larger_tree_takes_the_place_of_smaller_ones),
	    cmocka_unit_test(any_order_gives_the_least_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
