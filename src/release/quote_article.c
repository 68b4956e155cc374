/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passages as what is looked for. Without what trails they are looked for as they are;
 * cut at their omissions, by the part that says most.
 */
#include "release/quote_parts.h"

#include <stdlib.h>

#include "release/quote_chars.h"

static bool is_trailing(uint32_t sign)
{
	return sign == ',' || sign == '.' || sign == 0x3001 || sign == 0x3002 ||
	       sign == 0x060c || sign == 0x06d4 || sign == 0x0964;
}

static size_t without_trailing(const struct release_token *tokens, size_t count)
{
	while (count > 0 && is_trailing(tokens[count - 1].sign))
		count--;
	return count;
}

static uint32_t weight_of(const struct release_token *tokens, size_t count)
{
	uint32_t weight = 0;

	for (size_t i = 0; i < count; i++)
		weight += tokens[i].weight;
	return weight;
}

static void cut_parts(struct quoted *quoted)
{
	for (size_t from = 0, end; from < quoted->count; from = end + 1) {
		for (end = from; end < quoted->count &&
		                 quoted->tokens[end].sign != RELEASE_CHAR_OMISSION;
		     end++)
			continue;
		size_t count = without_trailing(quoted->tokens + from, end - from);
		if (count == 0)
			continue;
		quoted->parts[quoted->part_count++] =
		    (struct part){.from = from,
		                  .count = count,
		                  .weight = weight_of(quoted->tokens + from, count)};
	}
	if (quoted->part_count == 1)
		quoted->is_cut = quoted->parts[0].count != quoted->count;
	else
		quoted->is_cut = quoted->part_count > 1 &&
		                 quoted->weight >= SHORT_WEIGHT &&
		                 quoted->weight >= 2 * RELEASE_WEIGHT_WORD *
		                                       (uint32_t)quoted->part_count;
}

static enum status read_quoted(struct comparison *comparison, struct quoted *quoted,
                               struct error *err)
{
	struct release_tokens *tokens = &comparison->tokens;

	TRY(release_tokens_read(tokens, quoted_text(comparison, &quoted->passage), true,
	                        err));
	quoted->count = without_trailing(tokens->items, tokens->count);
	quoted->tokens = calloc(quoted->count + 1, sizeof *quoted->tokens);
	quoted->parts = calloc(quoted->count + 1, sizeof *quoted->parts);
	if (quoted->tokens == NULL || quoted->parts == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for an "
		                 "article");
	/* Without a token in the article before there is no list of them at all. */
	if (quoted->count > 0)
		memcpy(quoted->tokens, tokens->items,
		       quoted->count * sizeof *quoted->tokens);
	quoted->weight = weight_of(quoted->tokens, quoted->count);
	cut_parts(quoted);
	return release_quote_words(quoted->tokens, quoted->count, &quoted->words,
	                           &quoted->word_count, err);
}

static enum status add_pattern(struct comparison *comparison,
                               const struct release_token *tokens, size_t count,
                               uint32_t *ret_pattern, struct error *err)
{
	TRY(release_patterns_add(&comparison->automaton, tokens, count, ret_pattern,
	                         err));
	if (*ret_pattern <= comparison->pattern_count)
		return STATUS_OK;
	TRY(record_array_reserve(&comparison->patterns, &comparison->patterns_cap,
	                         *ret_pattern, sizeof *comparison->patterns, err));
	comparison->patterns[comparison->pattern_count++] = (struct pattern){0};
	return STATUS_OK;
}

/* The parts, of which the one that says most is waited for. */
static enum status add_parts(struct comparison *comparison, uint32_t index,
                             struct error *err)
{
	struct quoted *quoted = &comparison->quoted[index];
	const struct part *heaviest = &quoted->parts[0];

	for (size_t i = 0; i < quoted->part_count; i++) {
		struct part *part = &quoted->parts[i];

		TRY(add_pattern(comparison, quoted->tokens + part->from, part->count,
		                &part->pattern, err));
		if (part->weight > heaviest->weight)
			heaviest = part;
	}
	return list_add(&comparison->patterns[heaviest->pattern - 1].last, index, err);
}

static enum status add_seed(struct comparison *comparison, uint32_t index, uint32_t left,
                            uint32_t right, struct error *err)
{
	uint32_t pair;

	TRY(release_pairs_add(&comparison->pairs, left, right, &pair, err));
	if (pair > comparison->seed_count) {
		TRY(record_array_reserve(&comparison->seeds, &comparison->seeds_cap, pair,
		                         sizeof *comparison->seeds, err));
		comparison->seeds[comparison->seed_count++] = (struct seed){0};
	}
	struct seed *seed = &comparison->seeds[pair - 1];
	size_t count = seed->passages.count;
	if ((count > 0 && seed->passages.items[count - 1] == index) ||
	    count > PAIR_PASSAGES_MAX)
		return STATUS_OK;
	TRY(list_add(&seed->passages, index, err));
	return list_add(&seed->stamps, 0, err);
}

static enum status prepare(struct comparison *comparison, uint32_t index,
                           struct error *err)
{
	struct quoted *quoted = &comparison->quoted[index];
	uint32_t pattern;

	TRY(read_quoted(comparison, quoted, err));
	TRY(add_pattern(comparison, quoted->tokens, quoted->count, &pattern, err));
	TRY(list_add(&comparison->patterns[pattern - 1].whole, index, err));
	if (quoted->is_cut)
		TRY(add_parts(comparison, index, err));
	if (quoted->weight < SHORT_WEIGHT)
		return STATUS_OK;
	for (size_t i = 1; i < quoted->word_count; i++)
		if (!quoted->words[i - 1].is_omission)
			TRY(add_seed(comparison, index, quoted->words[i - 1].id,
			             quoted->words[i].id, err));
	return STATUS_OK;
}

enum status release_quote_article(struct comparison *comparison, struct error *err)
{
	struct release_passage *passages;
	size_t count;

	TRY(release_quote_find(comparison->article, &passages, &count, err));
	comparison->quoted = calloc(count + 1, sizeof *comparison->quoted);
	if (comparison->quoted == NULL) {
		free(passages);
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for an "
		                 "article");
	}
	comparison->quoted_count = count;
	for (size_t i = 0; i < count; i++)
		comparison->quoted[i].passage = passages[i];
	free(passages);
	for (size_t i = 0; i < count; i++)
		TRY(prepare(comparison, (uint32_t)i, err));
	return release_patterns_close(&comparison->automaton, err);
}
