/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which messages of the others somebody at this desk has opened: ranges of indexes for
 * each desk of a channel, in one row. Knows nothing of what is a message; who marks may
 * let a range cover what nobody reads, so that few ranges are needed.
 */
#ifndef ALDIS_OFFICE_OPENED_H
#define ALDIS_OFFICE_OPENED_H

#include "office/office.h"

enum { OPENED_RANGES_MAX = 20000 }; /* of one desk in one channel */

/* Marks the indexes from first on, below end. LIMIT: too many single ones; mark all up to
 * one of them instead. */
MUST_USE enum status opened_mark(struct office *office,
                                 const struct record_channel_id *channel,
                                 const char *desk, uint64_t first, uint64_t end,
                                 struct error *err);
bool opened_has(const struct office *office, const struct record_channel_id *channel,
                const char *desk, uint64_t index);

#endif
