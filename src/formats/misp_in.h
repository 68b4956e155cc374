/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of MISP as drafts of messages: an event is one message, its courses of action
 * and reports are others that answer it. The document is a stranger's: its size, depth
 * and references are bounded or checked, each draft keeps the rules of its kind, and
 * whatever has no place in a message is listed. Source: spec/formats.md.
 */
#ifndef ALDIS_FORMATS_MISP_IN_H
#define ALDIS_FORMATS_MISP_IN_H

#include "formats/drafts.h"

enum { FORMATS_MISP_ATTRIBUTES_MAX = 100000, FORMATS_MISP_EVENTS_MAX = 100000 };

/* Is it one, by its outside: {"Event":…}, a list of such, {"response":…} around them, or
 * the event itself? */
bool formats_misp_is(const struct json_doc *doc);

/* Reads what formats_drafts_scan scanned. language: of all texts, for MISP names none.
 * LIMIT: more events, or attributes, objects and reports in all of them, than above. */
MUST_USE enum status formats_misp_read(struct formats_drafts *drafts,
                                       const char *language, struct error *err);

#endif
