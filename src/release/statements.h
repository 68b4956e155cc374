/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said in a release: each text of each message that is shown in full, field by
 * field, and the cover. For data that was verified. Source: spec/release.md, Quotes.
 */
#ifndef ALDIS_RELEASE_STATEMENTS_H
#define ALDIS_RELEASE_STATEMENTS_H

#include "release/manifest.h"

struct release_statement {
	struct view message; /* "north.example#12"; empty: the cover */
	struct view desk;
	struct view field;        /* "summary", "translations[0].text", "cover" */
	const char *const *label; /* of the field, for record_kinds_text */
	struct view language;     /* a tag, or empty when the message does not say */
	struct view text;
};

/* Starts all-zero; release it. */
struct release_statements {
	struct release_statement *items; /* messages in the joint order, then the cover */
	size_t count;
	/* owned */
	size_t items_cap;
	uint8_t *bytes;
	size_t byte_count, bytes_cap;
};
void release_statements_release(struct release_statements *statements);

/* MALFORMED: this can't be data that was verified. NO_MEMORY. */
MUST_USE enum status release_statements_read(struct view data,
                                             struct release_statements *ret_statements,
                                             struct error *err);

#endif
