/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the statements finds what is as released and, by pairs of words, which
 * few statements are worth an alignment with the rest; these are read once more.
 */
#include "release/quote.h"

#include <stdlib.h>

#include "release/quote_parts.h"

const char *release_verdict_name(enum release_verdict verdict)
{
	static const char *const names[] = {"not-in-record", "altered", "as-released"};

	return names[verdict];
}

void release_quotes_release(struct release_quotes *quotes)
{
	for (size_t i = 0; i < quotes->count; i++)
		free(quotes->items[i].difference);
	free(quotes->items);
	*quotes = (struct release_quotes){0};
}

static void quoted_free(struct quoted *quoted)
{
	free(quoted->tokens);
	free(quoted->words);
	free(quoted->parts);
	free(quoted->cut[OWN].places);
	free(quoted->cut[FOREIGN].places);
	free(quoted->difference);
}

static void comparison_release(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->quoted_count; i++)
		quoted_free(&comparison->quoted[i]);
	for (size_t i = 0; i < comparison->pattern_count; i++) {
		free(comparison->patterns[i].whole.items);
		free(comparison->patterns[i].last.items);
	}
	for (size_t i = 0; i < comparison->seed_count; i++) {
		free(comparison->seeds[i].passages.items);
		free(comparison->seeds[i].stamps.items);
	}
	free(comparison->quoted);
	free(comparison->patterns);
	free(comparison->seeds);
	free(comparison->asked.items);
	free(comparison->touched.items);
	free(comparison->jobs);
	release_tokens_release(&comparison->tokens);
	release_vocabulary_release(&comparison->vocabulary);
	release_patterns_release(&comparison->automaton);
	release_pairs_release(&comparison->pairs);
}

static void answer(struct quoted *quoted, struct release_quote *ret_quote)
{
	const struct found *found =
	    quoted_is_found(quoted, OWN) ? &quoted->whole[OWN] : &quoted->cut[OWN];
	const struct found *elsewhere = quoted_is_found(quoted, FOREIGN)
	                                    ? &quoted->whole[FOREIGN]
	                                    : &quoted->cut[FOREIGN];

	*ret_quote = (struct release_quote){.passage = quoted->passage};
	if (found->statement != NULL) {
		ret_quote->verdict = RELEASE_AS_RELEASED;
		ret_quote->statement = found->statement;
		ret_quote->released = found->released;
		ret_quote->more = found->more;
		ret_quote->is_abridged =
		    !quoted_is_found(quoted, OWN) && quoted->part_count > 1;
	} else {
		ret_quote->elsewhere = elsewhere->statement;
		ret_quote->is_uncompared = quoted->is_uncompared && quoted->best == NULL;
	}
	if (found->statement == NULL && quoted->best != NULL) {
		ret_quote->verdict = RELEASE_ALTERED;
		ret_quote->statement = quoted->best;
		ret_quote->released = quoted->best_released;
	}
	ret_quote->difference = quoted->difference;
	ret_quote->difference_count = quoted->difference_count;
	quoted->difference = NULL;
}

static enum status give_answers(struct comparison *comparison,
                                struct release_quotes *ret_quotes, struct error *err)
{
	ret_quotes->items =
	    calloc(comparison->quoted_count + 1, sizeof *ret_quotes->items);
	if (ret_quotes->items == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for an "
		                 "article");
	ret_quotes->count = comparison->quoted_count;
	for (size_t i = 0; i < comparison->quoted_count; i++) {
		answer(&comparison->quoted[i], &ret_quotes->items[i]);
		ret_quotes->altered_count +=
		    ret_quotes->items[i].verdict == RELEASE_ALTERED;
		ret_quotes->missing_count +=
		    ret_quotes->items[i].verdict == RELEASE_NOT_IN_RECORD;
	}
	return STATUS_OK;
}

static enum status compare(struct comparison *comparison, struct error *err)
{
	comparison->tokens.vocabulary = &comparison->vocabulary;
	comparison->steps = STEPS_MAX;
	TRY(release_quote_article(comparison, err));
	if (comparison->quoted_count == 0)
		return STATUS_OK;
	for (uint32_t i = 0; i < comparison->statement_count; i++)
		TRY(release_quote_said(comparison, i, err));
	return release_quote_altered(comparison, err);
}

enum status release_quotes_check(struct view article, const char *language,
                                 const struct release_statement *statements, size_t count,
                                 struct release_quotes *ret_quotes, struct error *err)
{
	struct comparison comparison = {.article = article,
	                                .language = view_of_string(language),
	                                .statements = statements,
	                                .statement_count = count};
	enum status status;

	if (count >= UINT32_MAX)
		return error_set(err, STATUS_LIMIT, "too many statements");
	status = compare(&comparison, err);
	if (status == STATUS_OK)
		status = give_answers(&comparison, ret_quotes, err);
	comparison_release(&comparison);
	return status;
}
