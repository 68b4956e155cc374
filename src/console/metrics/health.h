/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May the desk write? What /-/ready and the metrics both ask.
 */
#ifndef ALDIS_CONSOLE_METRICS_HEALTH_H
#define ALDIS_CONSOLE_METRICS_HEALTH_H

#include "desk/desk.h"

/* The own log in use of an open channel in which this desk still is; false: there is
 * none, so nothing is missed when it can't be written to. */
bool health_own_log(const struct desk *desk, size_t channel,
                    struct desk_log_info *ret_log);

static inline bool health_may_write(const struct desk_log_info *own)
{
	return own->state == DESK_LOG_READY && own->why_code == DESK_WHY_NOTHING;
}

/* "waiting", "ready", "frozen". */
const char *health_state_word(enum desk_log_state state);

/* How many channels this desk should be able to write to, and how many it can't. */
struct health {
	size_t channels, blocked;
};
struct health health_of(const struct desk *desk);

#endif
