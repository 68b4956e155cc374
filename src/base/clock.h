/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two clocks of the machine. Rules never call these: they are handed the time.
 */
#ifndef ALDIS_BASE_CLOCK_H
#define ALDIS_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z, legal time. */
int64_t clock_utc_ms(void);

/* Nanoseconds that only grow, for durations. */
uint64_t clock_monotonic_ns(void);

#endif
