/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every process of a desk is given when it starts, and what it may tell the
 * supervisor: by its exit status, the front once by a report that it listens, and where a
 * watchdog wants it desk and front by beats. Nobody
 * sends signals to stop them: each ends when a socket to another one does.
 */
#ifndef ALDIS_DAEMON_PROCESS_H
#define ALDIS_DAEMON_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "folder/folder.h"

/* Exit statuses of the three processes. Anything else, as death by a signal, is an
 * accident: they are started again. */
enum {
	PROCESS_EXIT_STOP = 0,
	PROCESS_EXIT_FATAL = 3, /* a person must act first */
	PROCESS_EXIT_AGAIN = 4, /* try again: a failing disk, another process gone */
};

/* Ports that the front listens on; 0: not (yet). */
struct process_ports {
	uint16_t link, witness, console;
};

struct process_context {
	const struct folder *folder;
	bool is_restart;            /* they have run well before */
	struct process_ports ports; /* the front: those it had then, to have them again */
	int beat_ms;                /* desk and front: how often to beat; 0: never */
	int control;             /* its end: the supervisor wants this process to stop */
	int signer, desk, front; /* sockets to these processes; -1: none */
};

/* What the process must do with a failure that it can't go on after: the exit status. */
int process_exit_status(enum status status);

/* To be called first in a new process: dies with its parent, no signal of a terminal
 * stops it, and no descriptor but these and stdio stays open. CLOSED: the parent is
 * gone. */
MUST_USE enum status process_begin(const char *name, pid_t parent, const int *kept,
                                   size_t kept_count, struct error *err);

/* The report of the front, and what the supervisor makes of it. */
MUST_USE enum status process_report(int control, const struct process_ports *ports,
                                    struct error *err);
/* AGAIN: nothing was said yet; CLOSED: the process is gone. */
MUST_USE enum status process_read_report(int control, struct process_ports *ret_ports,
                                         struct error *err);

/* "I live": to be called every beat_ms, by the front after its report. With is_busy: the
 * next one may take long. Never waits; a supervisor that does not listen is no harm. */
void process_beat(const struct process_context *context, bool is_busy);
/* What has come of that. AGAIN: nothing; CLOSED: the process is gone. */
MUST_USE enum status process_read_beat(int control, bool *ret_is_busy, struct error *err);

#endif
