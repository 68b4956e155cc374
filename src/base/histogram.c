/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounds in steps of 1, 2.5 and 5: the flushes of disks lie in their middle.
 */
#include "base/histogram.h"

#define US(us) (UINT64_C(1000) * (us))

const uint64_t histogram_bounds_ns[HISTOGRAM_BOUNDS] = {
    US(100),     US(250),     US(500),     US(1000),    US(2500),   US(5000),
    US(10000),   US(25000),   US(50000),   US(100000),  US(250000), US(500000),
    US(1000000), US(2500000), US(5000000), US(10000000)};

void histogram_add(struct histogram *histogram, uint64_t duration_ns)
{
	size_t at = 0;

	while (at < HISTOGRAM_BOUNDS && duration_ns > histogram_bounds_ns[at])
		at++;
	histogram->counts[at]++;
	histogram->sum_ns += duration_ns;
}
