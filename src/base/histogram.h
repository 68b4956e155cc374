/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long something took, many times: counts in fixed buckets, from a tenth of a
 * millisecond to ten seconds, and the sum. Adding costs a few comparisons.
 */
#ifndef ALDIS_BASE_HISTOGRAM_H
#define ALDIS_BASE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_BOUNDS = 16 };

/* Upper bounds, ascending; what is longer than the last one counts in the bucket behind
 * it. */
extern const uint64_t histogram_bounds_ns[HISTOGRAM_BOUNDS];

struct histogram { /* starts all-zero */
	uint64_t counts[HISTOGRAM_BOUNDS + 1];
	uint64_t sum_ns;
};

void histogram_add(struct histogram *histogram, uint64_t duration_ns);

#endif
