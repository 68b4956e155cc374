/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locals that own something carry one of these, so that every way out releases it.
 * Each expects an all-zero (or NULL, or -1) start.
 */
#ifndef ALDIS_BASE_CLEANUP_H
#define ALDIS_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

static inline void cleanup_free(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}

static inline void cleanup_fd(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define CLEANUP_FREE __attribute__((cleanup(cleanup_free)))
#define CLEANUP_FD __attribute__((cleanup(cleanup_fd)))
#define CLEANUP_BUF __attribute__((cleanup(buf_release)))

#endif
