/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an entry stands in its log: under which charter, before or behind its author's
 * `leave`. What follows from it is the same for everyone who reads the log from its
 * beginning, a desk as well as who verifies a file. Pure. Source: aldis.md 6.1, 6.4;
 * spec/record.md, Charters over time in the record.
 */
#ifndef ALDIS_RECORD_TERM_H
#define ALDIS_RECORD_TERM_H

#include "record/envelope.h"

/* Is the decoded entry well-formed under the charter that governs it? end is the first
 * index behind the author's `leave`, UINT64_MAX while it has not left. MALFORMED. */
MUST_USE enum status record_term_check(const struct record_envelope *envelope,
                                       const struct record_charter *charter,
                                       const char *author, uint64_t index, uint64_t end,
                                       struct error *err);

/* What the body of a `charter.amend` does in a log that `charter` governs: nothing, as it
 * is none or replaces another charter, or it names the next one. doc is scratch. */
bool record_term_next(const struct record_charter *charter, struct view body,
                      struct json_doc *doc, struct hash *ret_next);

#endif
