/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines are flushed at once: they come from several processes, one after the other.
 */
#include "bench/report.h"

#include <stdio.h>

enum { NUMBER_LEN = 32 };

/* Four digits that mean something, and none that do not. */
static void number(double value, const char *none, char ret_text[NUMBER_LEN])
{
	int decimals = fabs(value) >= 1000  ? 0
	               : fabs(value) >= 100 ? 1
	               : fabs(value) >= 1   ? 2
	                                    : 4;

	if (isnan(value))
		(void)snprintf(ret_text, NUMBER_LEN, "%s", none);
	else
		(void)snprintf(ret_text, NUMBER_LEN, "%.*f", decimals, value);
}

void report_begin(bool is_json)
{
	if (!is_json)
		printf("%-24s %12s %-11s %12s %8s  %s\n", "", "value", "unit", "floor",
		       "ratio", "goal");
	(void)fflush(stdout);
}

void report_line(bool is_json, const struct report_line *line)
{
	const char *none = is_json ? "null" : "";
	char value[NUMBER_LEN], floor[NUMBER_LEN], ratio[NUMBER_LEN];

	number(line->value, none, value);
	number(line->floor, none, floor);
	number(line->ratio, none, ratio);
	if (is_json)
		printf("{\"name\":\"%s\",\"value\":%s,\"unit\":\"%s\",\"floor\":%s,"
		       "\"ratio\":%s}\n",
		       line->name, value, line->unit, floor, ratio);
	else
		printf("%-24s %12s %-11s %12s %8s  %s\n", line->name, value, line->unit,
		       floor, ratio, line->goal != NULL ? line->goal : "");
	(void)fflush(stdout);
}
