/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon as a whole: opens the folder, takes its lock, starts signer, desk and front,
 * starts them again when one dies, and stops them when told. It holds no key and reads no
 * byte from outside.
 */
#ifndef ALDIS_DAEMON_SUPERVISOR_H
#define ALDIS_DAEMON_SUPERVISOR_H

#include "daemon/process_set.h"

/* Runs the desk in this folder until SIGTERM or SIGINT. Returns the exit status of
 * aldisd: 0 stopped, 3 could not (the sentence is on stderr). The caller has one thread
 * and no children. */
int supervisor_run(const char *folder);

/* The same with other processes; for tests. */
int supervisor_run_plans(const char *folder, const struct process_plan *plans);

#endif
