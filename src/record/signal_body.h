/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a `signal` held against the codebooks that its charter names. Source:
 * spec/codebooks/README.md.
 */
#ifndef ALDIS_RECORD_SIGNAL_BODY_H
#define ALDIS_RECORD_SIGNAL_BODY_H

#include "record/charter.h"
#include "record/codebook.h"

/* Which signal a body names. */
struct record_signal_name {
	struct hash codebook;
	int64_t number;
};

/* body is that of a well-formed `signal`, scanned into doc. ret_name is set unless it is
 * not (MALFORMED). NOT_FOUND: the charter does not name the book, this program does not
 * have it, or it does not have the number. MALFORMED names the parameter and the rule. */
MUST_USE enum status record_signal_body_check(const struct record_charter *charter,
                                              const struct json_doc *doc,
                                              const struct json_token *body,
                                              struct record_signal_name *ret_name,
                                              struct error *err);

/* The body of a message of this kind that is about to be sent, well-formed for its kind:
 * OK when it is no signal. MALFORMED for everything that others could not read. doc is
 * scratch, reused. */
MUST_USE enum status record_signal_draft_check(const struct record_charter *charter,
                                               const char *kind, struct view body,
                                               struct json_doc *doc, struct error *err);

#endif
