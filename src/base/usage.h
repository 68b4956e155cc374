/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this process uses of the machine: memory that is resident, time on a processor.
 */
#ifndef ALDIS_BASE_USAGE_H
#define ALDIS_BASE_USAGE_H

#include <stdint.h>

struct usage {
	uint64_t resident_len; /* bytes; 0: not known */
	uint64_t cpu_us;
};

/* Opens once what is read again and again, so that a process which may open no file later
 * can still look; -1 where there is no /proc. To be closed by the caller, in the process
 * that opened it. */
int usage_open(void);
/* fd as from usage_open. */
struct usage usage_read(int fd);

#endif
