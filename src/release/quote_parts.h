/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Within the comparison of quotations: what is known of each passage, and its three
 * steps. For quote*.c alone.
 */
#ifndef ALDIS_RELEASE_QUOTE_PARTS_H
#define ALDIS_RELEASE_QUOTE_PARTS_H

#include "record/array.h"
#include "release/quote.h"
#include "release/quote_pattern.h"

enum {
	CANDIDATES = 4,         /* statements that a passage is aligned with */
	PAIR_PASSAGES_MAX = 64, /* a pair of words in more passages leads to none */
	STEPS_MAX = 1 << 27,    /* of looking for parts in order */
	SHORT_WEIGHT =
	    3 * RELEASE_WEIGHT_WORD, /* what weighs less is found as it is only */
};

/* The first statement that has something, and in how many more messages it is. */
struct found {
	const struct release_statement *statement, *last;
	struct view released;
	uint64_t more;
	size_t *places; /* owned; of parts, in the first statement */
};

enum { OWN, FOREIGN, LANGUAGES }; /* language of a statement */

struct part {
	size_t from, count; /* of the tokens */
	uint32_t weight, pattern;
};

struct candidate {
	uint32_t statement, shared;
	size_t from, to; /* words of the statement, both within */
};

struct quoted {
	struct release_passage passage;
	struct release_token *tokens; /* owned; without what is trailing */
	size_t count;
	uint32_t weight;
	struct release_quoted_word *words; /* owned */
	size_t word_count;
	struct part *parts; /* owned; between omissions */
	size_t part_count;
	bool is_cut; /* its parts are looked for, too */
	struct found whole[LANGUAGES], cut[LANGUAGES];
	struct candidate candidates[CANDIDATES];
	size_t candidate_count;
	bool is_unordered, is_uncompared;
	/* in the statement at hand */
	uint32_t stamp, shared;
	size_t first_word, last_word;
	/* the best alignment */
	const struct release_statement *best;
	int score;
	struct view best_released;
	struct release_difference *difference; /* owned */
	size_t difference_count;
};

/* A list of passages, by their index. */
struct list {
	uint32_t *items;
	size_t count, cap;
};

struct pattern {
	struct list whole, last; /* passages that it is; of which it is the rarest part */
	uint32_t stamp;
};

/* The passages that have a pair of words. */
struct seed {
	struct list passages, stamps;
};

struct job {
	uint32_t statement, quoted;
	size_t from, to;
	bool is_cut; /* to tell what was left out */
};

struct comparison {
	struct view article;
	struct view language; /* empty: any */
	const struct release_statement *statements;
	size_t statement_count;
	struct release_vocabulary vocabulary;
	struct release_tokens tokens; /* of the statement at hand */
	struct release_patterns automaton;
	struct release_pairs pairs;
	struct quoted *quoted;
	size_t quoted_count;
	struct pattern *patterns;
	size_t patterns_cap, pattern_count;
	struct seed *seeds;
	size_t seeds_cap, seed_count;
	struct list asked, touched;
	struct job *jobs;
	size_t job_count, jobs_cap;
	int64_t steps;
	/* the statement at hand */
	const struct release_statement *statement;
	uint32_t stamp;
	int which;
};

MUST_USE static inline enum status list_add(struct list *list, uint32_t item,
                                            struct error *err)
{
	TRY(record_array_reserve(&list->items, &list->cap, list->count + 1, sizeof item,
	                         err));
	list->items[list->count++] = item;
	return STATUS_OK;
}

static inline struct view quoted_text(const struct comparison *comparison,
                                      const struct release_passage *passage)
{
	return view_of(comparison->article.data + passage->start,
	               passage->end - passage->start);
}

static inline bool quoted_is_found(const struct quoted *quoted, int which)
{
	return quoted->whole[which].statement != NULL;
}

/* Finds the passages of the article and what to look for: tokens, parts, pairs. */
MUST_USE enum status release_quote_article(struct comparison *comparison,
                                           struct error *err);
/* Looks for all of it in one statement; statements come in their order, each once. */
MUST_USE enum status release_quote_said(struct comparison *comparison, uint32_t number,
                                        struct error *err);
/* Aligns what was not found with its candidates, and tells what was left out. */
MUST_USE enum status release_quote_altered(struct comparison *comparison,
                                           struct error *err);

#endif
