/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking for many sequences of words in a text at once, in one pass however they overlap
 * (Aho and Corasick); and numbers for pairs of numbers. Knows nothing of texts.
 */
#ifndef ALDIS_RELEASE_QUOTE_PATTERN_H
#define ALDIS_RELEASE_QUOTE_PATTERN_H

#include "release/quote_tokens.h"

struct release_pair {
	uint32_t left, right, number;
};

/* Starts all-zero; release it. */
struct release_pairs {
	uint32_t seed;
	struct release_pair *slots; /* number 0: free */
	size_t slot_count;
	uint32_t count;
};
void release_pairs_release(struct release_pairs *pairs);
/* The number of a pair, from 1 on; 0 when it has none. */
uint32_t release_pairs_find(const struct release_pairs *pairs, uint32_t left,
                            uint32_t right);
/* The same, and gives it the next one when it has none. NO_MEMORY. */
MUST_USE enum status release_pairs_add(struct release_pairs *pairs, uint32_t left,
                                       uint32_t right, uint32_t *ret_number,
                                       struct error *err);

/* Where sequences end; node 0 is the start of all. */
struct release_node {
	uint32_t parent, id; /* of the way to it */
	uint32_t depth;
	uint32_t fail;    /* the longest shorter end that is a node */
	uint32_t end;     /* the nearest of it and its fails that is a pattern, or 0 */
	uint32_t pattern; /* number, from 1 on, of the pattern that ends here; or 0 */
	uint32_t stamp;
};

/* Starts all-zero; release it. */
struct release_patterns {
	struct release_pairs steps; /* of a node and an id: the node behind them */
	struct release_node *nodes;
	size_t node_count, nodes_cap;
	uint32_t count;
};
void release_patterns_release(struct release_patterns *patterns);
/* Adds the words of these tokens (not none); the same words are the same pattern. Before
 * closing only. */
MUST_USE enum status release_patterns_add(struct release_patterns *patterns,
                                          const struct release_token *tokens,
                                          size_t count, uint32_t *ret_pattern,
                                          struct error *err);
MUST_USE enum status release_patterns_close(struct release_patterns *patterns,
                                            struct error *err);

/* Called once for each pattern that is there, with the index of the last token of its
 * first place. */
typedef enum status release_pattern_found(void *context, uint32_t pattern, size_t last,
                                          struct error *err);
/* stamp: another one than 0 and than in all calls before. */
MUST_USE enum status release_patterns_scan(struct release_patterns *patterns,
                                           const struct release_token *tokens,
                                           size_t count, uint32_t stamp,
                                           release_pattern_found *found, void *context,
                                           struct error *err);

#endif
