/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The earliest time at which each entry of a log is known to have stood in it, from
 * cosignatures over its checkpoints: one of size n shows every entry below n. Kept are
 * only those that are the earliest for some entry: sizes and times both rise. Knows
 * nothing of who cosigned.
 */
#ifndef ALDIS_RECORD_DUTY_TIMES_H
#define ALDIS_RECORD_DUTY_TIMES_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_duty_time {
	uint64_t size;
	int64_t time_s;
};

/* Starts all-zero. */
struct record_duty_times {
	struct record_duty_time *points; /* owned */
	size_t count, cap;
};

/* The earliest time of the entry; 0: none is known. */
int64_t record_duty_times_of(const struct record_duty_times *times, uint64_t index);
/* Would a cosignature of this size and time (above 0) make an entry known earlier? */
bool record_duty_times_matter(const struct record_duty_times *times, uint64_t size,
                              int64_t time_s);
/* Adds one that matters. The entries from *ret_from up to size have a new time. */
MUST_USE enum status record_duty_times_add(struct record_duty_times *times, uint64_t size,
                                           int64_t time_s, uint64_t *ret_from,
                                           struct error *err);
void record_duty_times_release(struct record_duty_times *times);

#endif
