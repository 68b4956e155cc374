/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/self/statm, whose second number is the resident pages, and getrusage.
 */
#include "base/usage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int usage_open(void)
{
	return open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

static uint64_t read_resident(int fd)
{
	char text[128];
	ssize_t len = fd >= 0 ? pread(fd, text, sizeof text - 1, 0) : 0;
	char *end;

	if (len <= 0)
		return 0;
	text[len] = '\0';
	(void)strtoull(text, &end, 10);
	return strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t us_of(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

struct usage usage_read(int fd)
{
	struct usage usage = {.resident_len = read_resident(fd)};
	struct rusage spent;

	if (getrusage(RUSAGE_SELF, &spent) == 0)
		usage.cpu_us = us_of(spent.ru_utime) + us_of(spent.ru_stime);
	return usage;
}
