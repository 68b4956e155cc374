/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desk's process: the rules, the store and the local API; sockets to the front and to
 * the signer. It never touches the network or a key.
 */
#ifndef ALDIS_DAEMON_DESK_PROCESS_H
#define ALDIS_DAEMON_DESK_PROCESS_H

#include "daemon/process.h"

/* Runs until the front's socket, the signer's or the supervisor's ends; returns the exit
 * status. */
int desk_process_run(const struct process_context *context);

#endif
