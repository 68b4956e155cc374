/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One piece of work at a time in a process of its own: a fork of the desk process that
 * has its memory as it was, but no descriptor except a socket to it, and neither store
 * nor network. What it reads it asks for over the socket, path by path, as the command
 * line does; so nothing of the store is opened twice. Bounded in time and memory.
 */
#ifndef ALDIS_DAEMON_ASIDE_H
#define ALDIS_DAEMON_ASIDE_H

#include <sys/types.h>

#include "console/aside.h"
#include "daemon/ipc.h"

enum {
	ASIDE_TIME_MAX_S = 120,
	ASIDE_FETCH_MAX = 60 << 20, /* bytes of one answer to it */
};
#define ASIDE_MEMORY_MAX (UINT64_C(2) << 30) /* beyond what the desk has */

struct aside {
	struct ipc ipc;
	struct buf said; /* what was handed over, until the next one begins */
	pid_t pid;       /* 0: nothing runs, and nothing is left to be reaped */
	bool is_running;
	int64_t until_ms;
};

struct aside_result {
	enum status status; /* AGAIN: it was broken off */
	struct view result; /* borrowed until the next one begins */
	struct error why;
};

void aside_init(struct aside *aside);
/* Ends what runs. */
void aside_release(struct aside *aside);

/* AGAIN: something runs; SYSTEM: no process can be made. */
MUST_USE enum status aside_begin(struct aside *aside, aside_run *run, void *context,
                                 int64_t now_ms, struct error *err);
/* -1: nothing runs. To be waited for: readable, and writable while something is queued.
 */
int aside_fd(const struct aside *aside);
size_t aside_queued(const struct aside *aside);
/* When it is broken off; INT64_MAX: nothing runs. */
int64_t aside_wake_ms(const struct aside *aside);
/* Answers what it asks for, through fetch, without waiting. True: it has ended. */
bool aside_serve(struct aside *aside, bundle_fetch *fetch, void *fetch_context,
                 int64_t now_ms, struct aside_result *ret_result);

#endif
