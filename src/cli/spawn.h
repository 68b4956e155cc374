/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting programs for the demonstration: `aldis` itself and small ones of the system
 * with their output caught, and daemons that end with us.
 */
#ifndef ALDIS_CLI_SPAWN_H
#define ALDIS_CLI_SPAWN_H

#include <sys/types.h>

#include "base/buf.h"

/* The path of the program beside this one: "aldis", "aldisd". */
MUST_USE enum status spawn_path(const char *program, char *ret_path, size_t cap,
                                struct error *err);

struct spawn_io {
	struct view input; /* what the program reads */
	struct buf *output, *errors;
	int exit_status;
};

/* Runs a program with these arguments (its name first, NULL-terminated) to its end and
 * appends what it prints to io's buffers. "aldis" is the one beside this program; others
 * are looked for in PATH. SYSTEM when it could not be run or was killed. */
MUST_USE enum status spawn_program(const char *const *arguments, struct spawn_io *io,
                                   struct error *err);

/* Starts `aldisd folder`, its output appended to log_path; it gets SIGTERM when this
 * process ends. */
MUST_USE enum status spawn_daemon(const char *folder, const char *log_path,
                                  pid_t *ret_pid, struct error *err);

/* The first half of spawn_stop, so that several end at the same time. */
void spawn_tell_to_stop(pid_t pid);

/* Ends a daemon started by spawn_daemon and waits for its end; nothing for pid 0. */
void spawn_stop(pid_t pid);

/* Runs a program of PATH that is nobody's child any more; whether it can is not waited
 * for. */
void spawn_detached(const char *const *arguments);

/* Has it ended by itself? */
bool spawn_has_ended(pid_t pid);

#endif
