/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says that the desk listens, and where: on the log, to the service manager, and in the
 * file `listening` of the folder (its link's address, then its witness's, then its
 * console's, a line each, empty where there is none). With port 0 in desk.conf this is
 * how to find the real one.
 */
#ifndef ALDIS_DAEMON_ANNOUNCE_H
#define ALDIS_DAEMON_ANNOUNCE_H

#include "daemon/process.h"

void announce_ready(const struct folder *folder, const struct process_ports *ports);
/* Takes the file and the local API's socket away; only who holds the lock may. */
void announce_stopped(const struct folder *folder);

/* The configured address with the real port; empty when ports say that it is not bound.
 */
enum { ANNOUNCE_ADDRESS_MAX = 312 };
void announce_address(const char *configured, uint16_t port,
                      char ret_address[ANNOUNCE_ADDRESS_MAX]);

#endif
