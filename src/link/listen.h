/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets that listen: TCP on a numeric address, or a path for this user alone.
 */
#ifndef ALDIS_LINK_LISTEN_H
#define ALDIS_LINK_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

/* Listens on "127.0.0.1:8600" or "[::1]:0" (0: any free port, told in ret_port). The
 * socket is non-blocking and close-on-exec; what it accepts has TCP_NODELAY. MALFORMED:
 * no such address; CONFLICT: somebody else listens there. The caller closes. */
MUST_USE enum status link_listen_tcp(const char *address, int *ret_fd, uint16_t *ret_port,
                                     struct error *err);

/* Listens on a path, made with this mode and no other at any moment. A socket left by a
 * dead process is replaced; CONFLICT when somebody listens there. */
MUST_USE enum status link_listen_path(const char *path, mode_t mode, int *ret_fd,
                                      struct error *err);

/* Is the process at the other end run by the same user as this one, or by root? */
bool link_peer_is_allowed(int fd);

#endif
