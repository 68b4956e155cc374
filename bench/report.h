/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How figures are shown: a table for people, or one JSON object a line.
 */
#ifndef ALDIS_BENCH_REPORT_H
#define ALDIS_BENCH_REPORT_H

#include <math.h>
#include <stdbool.h>

/* ratio: how many times the floor's cost it is, also where value is a rate. NAN: none. */
struct report_line {
	const char *name;
	double value;
	const char *unit;
	double floor, ratio;
	const char *goal; /* in words; shown in the table only */
};

void report_begin(bool is_json);
void report_line(bool is_json, const struct report_line *line);

#endif
