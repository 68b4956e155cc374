/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signer, desk and front as one: started together over a wiring of socket pairs, ended
 * together, because each ends when a socket to another one does. Knows nothing of when
 * they should run.
 */
#ifndef ALDIS_DAEMON_PROCESS_SET_H
#define ALDIS_DAEMON_PROCESS_SET_H

#include "daemon/process.h"

enum process_kind { PROCESS_SIGNER, PROCESS_DESK, PROCESS_FRONT, PROCESS_COUNT };

/* Why a set has ended; of several reasons the last in this list. */
enum process_end {
	PROCESS_END_STOPPED, /* they were told to stop */
	PROCESS_END_FAILED,  /* one of them could not go on */
	PROCESS_END_DIED,    /* one of them was killed or crashed */
	PROCESS_END_FATAL,   /* one of them said that a person must act */
};

/* What a process does; it returns its exit status. Tests have their own. */
struct process_plan {
	const char *name;
	int (*run)(const struct process_context *context);
};

struct process_set {
	const struct process_plan *plans; /* PROCESS_COUNT, by enum process_kind */
	pid_t pids[PROCESS_COUNT];        /* 0: not running */
	int controls[PROCESS_COUNT];      /* -1: closed */
	enum process_end end;             /* of those that have ended */
};

void process_set_init(struct process_set *set, const struct process_plan *plans);
/* Starts all. `common` gives folder, ports and is_restart; `lock` stays open in each. On
 * failure some may run: stop, reap, kill. */
MUST_USE enum status process_set_start(struct process_set *set,
                                       const struct process_context *common, int lock,
                                       struct error *err);
/* Takes note of those that have ended (and says so on the log when they were not told
 * to); true when any has. Never waits. */
bool process_set_reap(struct process_set *set, bool is_told_to_stop);
bool process_set_is_running(const struct process_set *set);
/* Tells the front to end; the others follow. */
void process_set_stop(struct process_set *set);
/* Kills what still runs. */
void process_set_kill(struct process_set *set);

#endif
