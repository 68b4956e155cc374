/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's clocks, as whole numbers. Neither can fail on Linux.
 */
#include "base/clock.h"

#include <time.h>

int64_t clock_utc_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t clock_monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}
