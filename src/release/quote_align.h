/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a quotation and a statement have in common, word by word, and how they differ.
 * Source: spec/release.md, Quotes.
 */
#ifndef ALDIS_RELEASE_QUOTE_ALIGN_H
#define ALDIS_RELEASE_QUOTE_ALIGN_H

#include "release/quote_tokens.h"

struct release_quoted_word {
	uint32_t id, weight;
	uint32_t at;      /* among the tokens */
	bool is_omission; /* something is left out behind it */
};

/* The words among the tokens; *ret_words is the caller's to free. */
MUST_USE enum status release_quote_words(const struct release_token *tokens, size_t count,
                                         struct release_quoted_word **ret_words,
                                         size_t *ret_count, struct error *err);

struct release_match {
	uint32_t quoted, said; /* indexes of tokens of the same word */
};

/* An alignment of all words of a quotation with a stretch of a statement. */
struct release_alignment {
	int score;                     /* words of both less those of one alone */
	uint32_t weight;               /* of the words of both */
	struct release_match *matches; /* owned, in order */
	size_t count;
};

/* The best one. ret_alignment starts all-zero; its matches are the caller's to free. */
MUST_USE enum status
release_quote_align(const struct release_quoted_word *quoted, size_t quoted_count,
                    const struct release_quoted_word *said, size_t said_count,
                    struct release_alignment *ret_alignment, struct error *err);

enum release_quote_op {
	RELEASE_QUOTE_SAME,
	RELEASE_QUOTE_REMOVED, /* the statement has it, the quotation has not */
	RELEASE_QUOTE_ADDED,
};
struct release_difference {
	enum release_quote_op op;
	struct view text; /* of the quotation when added, else of the statement */
};

/* A text with its tokens. */
struct release_quote_side {
	struct view text;
	const struct release_token *tokens;
	size_t count;
};
/* The difference by at least one match; *ret_ops is the caller's to free. The texts of
 * one side, one behind the other, read as that side does. */
MUST_USE enum status release_quote_difference(const struct release_quote_side *quoted,
                                              const struct release_quote_side *said,
                                              const struct release_match *matches,
                                              size_t match_count,
                                              struct release_difference **ret_ops,
                                              size_t *ret_count, struct error *err);

#endif
