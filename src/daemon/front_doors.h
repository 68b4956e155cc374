/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the front listens: for peers, on the local socket, as an open witness, and for
 * the console's browsers, each as desk.conf wants it. Knows nothing of requests but which
 * door one came in by.
 */
#ifndef ALDIS_DAEMON_FRONT_DOORS_H
#define ALDIS_DAEMON_FRONT_DOORS_H

#include "daemon/process.h"
#include "link/http_server.h"

/* The top byte of the ids of requests. */
enum front_door {
	FRONT_DOOR_LOCAL = 1,
	FRONT_DOOR_LINK,
	FRONT_DOOR_WITNESS,
	FRONT_DOOR_CONSOLE,
	FRONT_DOOR_COUNT
};

struct front_doors {
	struct link_server *servers[FRONT_DOOR_COUNT]; /* NULL: not open */
};

/* What the doors stand on; all borrowed. */
struct front_ground {
	const struct process_context *context;
	struct event_base *base;
	const struct link_tls_identity *identity;
	struct link_peers *peers;
	const struct link_server_handler *handler;
};

/* Opens all that are configured, on the ports of before where context names them. On
 * failure some are open; the caller closes. */
MUST_USE enum status front_doors_open(struct front_doors *doors,
                                      const struct front_ground *ground,
                                      struct process_ports *ret_ports, struct error *err);
void front_doors_close(struct front_doors *doors);

/* By which a request came, and whose server it is; NULL when no such door is open. */
enum front_door front_door_of(uint64_t request);
struct link_server *front_doors_server(const struct front_doors *doors, uint64_t request);

#endif
