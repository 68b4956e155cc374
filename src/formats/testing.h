/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: bodies of kinds, made from the catalogue, and whether two are the same.
 * What fails here ends the test.
 */
#ifndef ALDIS_FORMATS_TESTING_H
#define ALDIS_FORMATS_TESTING_H

#include "formats/drafts.h"
#include "formats/write.h"

/* Appends a body with every field, which keeps the rules of its kind. */
void testing_body_full(const char *kind, size_t seed, struct buf *out);
/* The same with a part of the fields, by chance; *random moves on and is never 0. */
void testing_body_random(const char *kind, uint64_t *random, struct buf *out);

/* Do both say the same? Two ways to write a string count as one. */
void testing_same_body(struct view sent, struct view back);

/* Is there an item for this field, property or type? */
bool testing_is_listed(const struct formats_report *report, const char *what);

/* Reads a document, which must be one. */
void testing_read(struct view text, struct formats_drafts *ret_drafts);
/* Writes one, with this many items reported. */
struct buf testing_write(const struct formats_written *format,
                         const struct formats_message *messages, size_t count,
                         size_t reported);

#endif
