/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells a service manager how it stands, by the protocol of sd_notify(3), without its
 * library.
 */
#ifndef ALDIS_DAEMON_NOTIFY_H
#define ALDIS_DAEMON_NOTIFY_H

#include <stdint.h>

#include "base/status.h"

/* Sends `state` ("READY=1") to the socket of this address, as in $NOTIFY_SOCKET; does
 * nothing when address is NULL or empty. */
MUST_USE enum status notify_send(const char *address, const char *state,
                                 struct error *err);

/* How often the service manager wants to hear WATCHDOG=1, by the values of $WATCHDOG_USEC
 * and $WATCHDOG_PID (either may be NULL); 0: not at all, or not from this process. */
int64_t notify_watchdog_ms(const char *usec, const char *pid, int64_t own_pid);

#endif
