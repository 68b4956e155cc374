/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times as TAXII writes them, "2026-11-20T23:49:00.000000Z", and as STIX may: with no
 * fraction or one of up to nine digits, of which six count. Source: TAXII 2.1, 2.
 */
#ifndef ALDIS_TAXII_TIME_H
#define ALDIS_TAXII_TIME_H

#include "base/status.h"
#include "base/view.h"

enum { TAXII_TIME_LEN = 27, TAXII_SECOND_US = 1000000 };

/* Microseconds since 1970. */
void taxii_time_encode(int64_t time_us, char ret_text[TAXII_TIME_LEN + 1]);
MUST_USE enum status taxii_time_decode(struct view text, int64_t *ret_us,
                                       struct error *err);

#endif
