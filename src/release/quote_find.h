/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passages of a text that stand in quotation marks, of all kinds in use. Source:
 * spec/release.md, Quotes.
 */
#ifndef ALDIS_RELEASE_QUOTE_FIND_H
#define ALDIS_RELEASE_QUOTE_FIND_H

#include "base/status.h"
#include "base/view.h"

enum {
	RELEASE_ARTICLE_MAX = 1 << 20, /* bytes */
	RELEASE_PASSAGES_MAX = 10000,
	RELEASE_QUOTE_DEPTH_MAX = 4, /* of quotations in quotations */
};

struct release_passage {
	size_t start, end; /* in the text, bytes, without its marks */
	bool is_unclosed;  /* the end of the paragraph is taken for its end */
};

/* Finds them, by where they start; only those with a letter or number.
 * *ret_passages is the caller's to free. MALFORMED: no UTF-8; LIMIT. */
MUST_USE enum status release_quote_find(struct view text,
                                        struct release_passage **ret_passages,
                                        size_t *ret_count, struct error *err);

#endif
