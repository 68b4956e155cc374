/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What falls into which bucket.
 */
#include "base/histogram.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_bound_belongs_to_its_bucket(void **state)
{
	struct histogram histogram = {0};

	histogram_add(&histogram, 0);
	histogram_add(&histogram, 100 * 1000);
	histogram_add(&histogram, 100 * 1000 + 1);
	assert_int_equal(histogram.counts[0], 2);
	assert_int_equal(histogram.counts[1], 1);
	assert_int_equal(histogram.sum_ns, 200 * 1000 + 1);
}

static void what_is_longer_than_all_bounds_counts_at_the_end(void **state)
{
	struct histogram histogram = {0};

	histogram_add(&histogram, histogram_bounds_ns[HISTOGRAM_BOUNDS - 1]);
	histogram_add(&histogram, histogram_bounds_ns[HISTOGRAM_BOUNDS - 1] + 1);
	assert_int_equal(histogram.counts[HISTOGRAM_BOUNDS - 1], 1);
	assert_int_equal(histogram.counts[HISTOGRAM_BOUNDS], 1);
}

static void bounds_ascend(void **state)
{
	for (size_t i = 1; i < HISTOGRAM_BOUNDS; i++)
		assert_true(histogram_bounds_ns[i] > histogram_bounds_ns[i - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bound_belongs_to_its_bucket),
	    cmocka_unit_test(what_is_longer_than_all_bounds_counts_at_the_end),
	    cmocka_unit_test(bounds_ascend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
