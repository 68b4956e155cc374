/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a result, for the checks of this folder: statements, desks, and the trusted
 * cards that anchor them.
 */
#ifndef ALDIS_BUNDLE_RESULT_H
#define ALDIS_BUNDLE_RESULT_H

#include "bundle/verify.h"

/* Cards, read from their notes. */
struct bundle_trust {
	struct record_card *cards; /* owned */
	size_t count;
};
MUST_USE enum status bundle_trust_read(struct bundle_trust *trust,
                                       const struct bundle_verify_options *options,
                                       struct error *err);
/* Adds a card; takes nothing over. */
MUST_USE enum status bundle_trust_add(struct bundle_trust *trust,
                                      const struct record_card *card, struct error *err);
/* The card of this desk, or NULL. */
const struct record_card *bundle_trust_find(const struct bundle_trust *trust,
                                            const char *desk);
void bundle_trust_release(struct bundle_trust *trust);

/* Adds one statement. Memory that runs out is told at the end by bundle_result_close. */
void bundle_say(struct bundle_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds the desk of a card. UNTRUSTED when a trusted card of this name has another root.
 */
MUST_USE enum status bundle_result_add_desk(struct bundle_result *result,
                                            const struct record_card *card,
                                            const struct bundle_trust *trust,
                                            struct error *err);

/*
 * Turns what a check came to into the answer: OK is yes; what a wrong file can cause is
 * no, with `err` as the reason and `file` as the place; what is not the file's fault is
 * returned.
 */
MUST_USE enum status bundle_result_close(struct bundle_result *result, enum status status,
                                         const char *file, struct error *err);

#endif
