/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front's process: all that touches the network, in and out, and the local API's
 * socket. It holds the link key and no other, and opens no file after its start but those
 * of the system by which libraries find names and CAs.
 */
#ifndef ALDIS_DAEMON_FRONT_PROCESS_H
#define ALDIS_DAEMON_FRONT_PROCESS_H

#include "daemon/process.h"

/* Runs until the desk's socket or the supervisor's ends; returns the exit status. */
int front_process_run(const struct process_context *context);

#endif
