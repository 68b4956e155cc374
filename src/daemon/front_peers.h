/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts the peers that the desk names into the link's table.
 */
#ifndef ALDIS_DAEMON_FRONT_PEERS_H
#define ALDIS_DAEMON_FRONT_PEERS_H

#include "link/peers.h"

/* Replaces the table by these. A peer that the link can't use, with a URL of another
 * kind, is left out and said on the log: it must not cut off the others. `list` is used
 * up. */
MUST_USE enum status front_peers_replace(struct link_peers *peers, struct link_peer *list,
                                         size_t count, struct error *err);

#endif
