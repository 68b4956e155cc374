/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotations in an article, compared with released statements. Says what stands in the
 * record, nothing about truth. Knows nothing of releases. Source: spec/release.md,
 * Quotes; page/quote.js gives the same answers.
 */
#ifndef ALDIS_RELEASE_QUOTE_H
#define ALDIS_RELEASE_QUOTE_H

#include "release/quote_align.h"
#include "release/quote_find.h"
#include "release/statements.h"

enum release_verdict {
	RELEASE_NOT_IN_RECORD,
	RELEASE_ALTERED,
	RELEASE_AS_RELEASED,
};
/* "not-in-record", "altered", "as-released" */
const char *release_verdict_name(enum release_verdict verdict);

struct release_quote {
	struct release_passage passage;
	enum release_verdict verdict;
	/* Of AS_RELEASED and ALTERED: */
	const struct release_statement *statement;
	struct view released; /* the stretch of it */
	uint64_t more;        /* other messages that have it as released, too */
	bool is_abridged;     /* as released, but for what the quotation says it omits */
	/* Of ALTERED, and when abridged. */
	struct release_difference *difference; /* owned */
	size_t difference_count;
	/* NOT_IN_RECORD, but there was more than could be searched for altered words. */
	bool is_uncompared;
	/* Of ALTERED and NOT_IN_RECORD: one in another language has it as released. */
	const struct release_statement *elsewhere;
};

/* Starts all-zero; release it. */
struct release_quotes {
	struct release_quote *items; /* by where they start */
	size_t count;
	size_t altered_count, missing_count;
};
void release_quotes_release(struct release_quotes *quotes);

/* Compares the quotations of an article in this language ("": in any). Statements and
 * article are borrowed for the life of the result. MALFORMED: no UTF-8; LIMIT: too much
 * text or too many quotations; NO_MEMORY. */
MUST_USE enum status release_quotes_check(struct view article, const char *language,
                                          const struct release_statement *statements,
                                          size_t count, struct release_quotes *ret_quotes,
                                          struct error *err);

#endif
