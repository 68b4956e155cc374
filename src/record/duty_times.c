/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sorted array. Cosignatures mostly come in the order of their sizes, so that nearly
 * all work is at its end.
 */
#include "record/duty_times.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "record/array.h"

/* The first point that is larger than the index, or the count. */
static size_t find_above(const struct record_duty_times *times, uint64_t index)
{
	size_t low = 0, high = times->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (times->points[middle].size <= index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t record_duty_times_of(const struct record_duty_times *times, uint64_t index)
{
	size_t place = find_above(times, index);

	return place < times->count ? times->points[place].time_s : 0;
}

bool record_duty_times_matter(const struct record_duty_times *times, uint64_t size,
                              int64_t time_s)
{
	int64_t known_s;

	if (size == 0)
		return false;
	known_s = record_duty_times_of(times, size - 1);
	return known_s == 0 || time_s < known_s;
}

enum status record_duty_times_add(struct record_duty_times *times, uint64_t size,
                                  int64_t time_s, uint64_t *ret_from, struct error *err)
{
	size_t end = find_above(times, size), first = end;

	assert(record_duty_times_matter(times, size, time_s));
	TRY(record_array_reserve(&times->points, &times->cap, times->count + 1,
	                         sizeof *times->points, err));
	/* smaller ones that are not earlier say nothing any more */
	while (first > 0 && times->points[first - 1].time_s >= time_s)
		first--;
	memmove(times->points + first + 1, times->points + end,
	        (times->count - end) * sizeof *times->points);
	times->count = times->count - (end - first) + 1;
	times->points[first] = (struct record_duty_time){size, time_s};
	*ret_from = first > 0 ? times->points[first - 1].size : 0;
	return STATUS_OK;
}

void record_duty_times_release(struct record_duty_times *times)
{
	free(times->points);
	*times = (struct record_duty_times){0};
}
