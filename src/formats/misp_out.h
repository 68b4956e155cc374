/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of a channel as events of MISP, one for each message; what answers extends.
 * The same messages give the same bytes: UUIDs are made of names, times are those of the
 * messages. Source: spec/formats.md; draft-dulaunoy-misp-core-format.
 */
#ifndef ALDIS_FORMATS_MISP_OUT_H
#define ALDIS_FORMATS_MISP_OUT_H

#include "formats/message.h"
#include "formats/report.h"

/* Does anything of MISP stand for the kind? */
bool formats_misp_takes(struct view kind);

/* Appends {"response":[{"Event":…},…]}. What has no place in it goes into the report, a
 * line each. channel: its id in hex. MALFORMED when a body is not JSON. */
MUST_USE enum status formats_misp_write(const char *channel,
                                        const struct formats_message *messages,
                                        size_t count, struct buf *out,
                                        struct formats_report *report, struct error *err);

#endif
