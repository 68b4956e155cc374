/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of a channel as one STIX 2.1 bundle. The same messages give the same bytes:
 * ids are made of names, times are those of the messages. Source: spec/formats.md.
 */
#ifndef ALDIS_FORMATS_STIX_OUT_H
#define ALDIS_FORMATS_STIX_OUT_H

#include "formats/message.h"
#include "formats/report.h"

/* Does an object of STIX stand for the kind? */
bool formats_stix_takes(struct view kind);

/* Appends the bundle. What has no place in it goes into the report, a line each. channel:
 * its id in hex. MALFORMED when a body is not JSON. */
MUST_USE enum status formats_stix_write(const char *channel,
                                        const struct formats_message *messages,
                                        size_t count, struct buf *out,
                                        struct formats_report *report, struct error *err);

#endif
