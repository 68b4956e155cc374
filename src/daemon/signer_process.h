/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's process: keys, guard, one socket to the desk, nothing else.
 */
#ifndef ALDIS_DAEMON_SIGNER_PROCESS_H
#define ALDIS_DAEMON_SIGNER_PROCESS_H

#include "daemon/process.h"

/* Runs until the desk's socket or the supervisor's ends; returns the exit status. */
int signer_process_run(const struct process_context *context);

#endif
