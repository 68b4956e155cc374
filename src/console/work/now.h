/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What needs somebody, as JSON: for the page Now, and for the picture that goes with a
 * handover.
 */
#ifndef ALDIS_CONSOLE_WORK_NOW_H
#define ALDIS_CONSOLE_WORK_NOW_H

#include "console/api_call.h"
#include "office/alarms.h"

/* "duties" and "duties_total", "failed", "unread_total". */
MUST_USE enum status now_write_needs(struct json_writer *writer, struct api_call *call,
                                     const struct needs *needs, struct error *err);
/* "approvals": drafts that wait for a second person, without their bodies. */
MUST_USE enum status now_write_approvals(struct json_writer *writer, struct api *api,
                                         struct error *err);
/* "alarms", the oldest first. */
void now_write_alarms(struct json_writer *writer, struct api *api,
                      const struct alarm *alarms, size_t count);
/* "peers": every other member of every channel. */
void now_write_peers(struct json_writer *writer, struct desk *desk, int64_t now_s);

/* Appends the snapshot of a handover: all of these, as one object. */
MUST_USE enum status now_write_snapshot(struct api_call *call, struct buf *out,
                                        struct error *err);

#endif
