/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting the programs of this build, for the demonstration: `aldis` itself with its
 * output caught, and daemons that end with us.
 */
#ifndef ALDIS_CLI_SPAWN_H
#define ALDIS_CLI_SPAWN_H

#include <sys/types.h>

#include "base/buf.h"

enum { SPAWN_ARGUMENTS_MAX = 32 };

/* The path of the program beside this one: "aldis", "aldisd". */
MUST_USE enum status spawn_path(const char *program, char *ret_path, size_t cap,
                                struct error *err);

/* Runs `aldis` with these arguments (NULL-terminated) to its end; appends what it prints
 * to standard output. SYSTEM when it could not be run or was killed. */
MUST_USE enum status spawn_aldis(const char *const *arguments, struct buf *ret_output,
                                 int *ret_exit, struct error *err);

/* Starts `aldisd folder`, its output appended to log_path; it gets SIGTERM when this
 * process ends. */
MUST_USE enum status spawn_daemon(const char *folder, const char *log_path,
                                  pid_t *ret_pid, struct error *err);

/* The first half of spawn_stop, so that several end at the same time. */
void spawn_tell_to_stop(pid_t pid);

/* Ends a daemon started by spawn_daemon and waits for its end; nothing for pid 0. */
void spawn_stop(pid_t pid);

/* Has it ended by itself? */
bool spawn_has_ended(pid_t pid);

#endif
