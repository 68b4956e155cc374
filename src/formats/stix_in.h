/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A STIX 2.1 bundle as drafts of messages. The bundle is a stranger's: its size, depth
 * and references are bounded or checked, each draft keeps the rules of its kind, and
 * whatever has no place in a message is listed. Source: spec/formats.md.
 */
#ifndef ALDIS_FORMATS_STIX_IN_H
#define ALDIS_FORMATS_STIX_IN_H

#include "formats/drafts.h"

enum { FORMATS_STIX_OBJECTS_MAX = 100000 };

/* Is it one, by its outside? */
bool formats_stix_is(const struct json_doc *doc);

/* Reads what formats_drafts_scan scanned. language: of texts that name none. MALFORMED:
 * no bundle of STIX; LIMIT: too large. */
MUST_USE enum status formats_stix_read(struct formats_drafts *drafts,
                                       const char *language, struct error *err);

#endif
