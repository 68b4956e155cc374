/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many measurements of one thing, and what is said of them.
 */
#ifndef ALDIS_BENCH_SAMPLE_H
#define ALDIS_BENCH_SAMPLE_H

#include <stddef.h>

enum { SAMPLE_MAX = 100000 };

/* Starts all-zero; release it. */
struct sample {
	double *values; /* owned */
	size_t count, cap;
};

/* Values above SAMPLE_MAX of them are dropped. Ends the process without memory. */
void sample_add(struct sample *sample, double value);
/* The value below which `part` (0 to 1) of them lie; 0 when there are none. Sorts. */
double sample_quantile(struct sample *sample, double part);
double sample_median(struct sample *sample);
double sample_mean(const struct sample *sample);
void sample_release(struct sample *sample);

#endif
