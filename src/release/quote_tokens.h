/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts as sequences of words and signs, the same word by the same number. What case,
 * white space, quotation marks and typography make of a text is gone; where each token
 * stands in it is kept. Source: spec/release.md, Quotes.
 */
#ifndef ALDIS_RELEASE_QUOTE_TOKENS_H
#define ALDIS_RELEASE_QUOTE_TOKENS_H

#include "base/status.h"
#include "base/view.h"

enum {
	RELEASE_WEIGHT_WORD = 2,
	RELEASE_WEIGHT_BARE = 1, /* of a character that is written without spaces */
};

struct release_token {
	uint32_t id; /* from 1 on; 0: no word of the vocabulary */
	uint32_t weight;
	uint32_t sign;     /* of what is no word: the character; else 0 */
	uint32_t from, to; /* in the text, bytes */
};

struct release_folded {
	uint32_t c, from, to;
};

/* Starts all-zero; release it. */
struct release_vocabulary {
	uint32_t seed;
	uint32_t *slots; /* id, 0 when free; slot_count is a power of two */
	size_t slot_count;
	size_t *starts; /* of each id in chars; ids + 1 */
	size_t count, starts_cap;
	uint32_t *chars;
	size_t char_count, chars_cap;
};
void release_vocabulary_release(struct release_vocabulary *vocabulary);

/* Starts with the vocabulary alone, which outlives it; release it. */
struct release_tokens {
	struct release_vocabulary *vocabulary;
	struct release_token *items;
	size_t count;
	/* scratch */
	size_t items_cap;
	struct release_folded *folded;
	size_t folded_count, folded_cap;
	uint32_t *key;
	size_t key_len, key_cap;
	bool may_add;
};
void release_tokens_release(struct release_tokens *tokens);

/* Reads the text, UTF-8, in place of what was there. may_add: its words become words of
 * the vocabulary. NO_MEMORY. */
MUST_USE enum status release_tokens_read(struct release_tokens *tokens, struct view text,
                                         bool may_add, struct error *err);

#endif
