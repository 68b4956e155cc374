/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the last check of each channel's store found, kept so that it is still known after
 * the next start. Knows no checks.
 */
#ifndef ALDIS_OFFICE_VERIFIED_H
#define ALDIS_OFFICE_VERIFIED_H

#include "office/office.h"

/* json is an object; it replaces the one before. channel: its id in hex. */
MUST_USE enum status office_verified_put(struct office *office, const char *channel,
                                         struct view json, struct error *err);
/* The object replaces what the buffer held. NOT_FOUND: never checked, or the row can't be
 * read any more. */
MUST_USE enum status office_verified_get(struct office *office, const char *channel,
                                         struct buf *ret_json, struct error *err);

#endif
