/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alignments. How much work they are is counted beforehand, passage by passage, so that
 * the same is left out here and in page/quote.js; then each statement is read once.
 */
#include "release/quote_parts.h"

#include <stdlib.h>

enum {
	CELLS_MAX = 1 << 24, /* of one alignment */
	WORK_MAX = 1 << 28,  /* of all */
};

static enum status add_job(struct comparison *comparison, struct job job,
                           struct error *err)
{
	TRY(record_array_reserve(&comparison->jobs, &comparison->jobs_cap,
	                         comparison->job_count + 1, sizeof job, err));
	comparison->jobs[comparison->job_count++] = job;
	return STATUS_OK;
}

static enum status plan_alignments(struct comparison *comparison, uint32_t index,
                                   int64_t *work, struct error *err)
{
	struct quoted *quoted = &comparison->quoted[index];

	for (size_t i = 0; i < quoted->candidate_count; i++) {
		const struct candidate *candidate = &quoted->candidates[i];
		int64_t cells = (int64_t)quoted->word_count *
		                (int64_t)(candidate->to - candidate->from + 1);

		if (cells > CELLS_MAX || cells > *work) {
			quoted->is_uncompared = true;
			continue;
		}
		*work -= cells;
		TRY(add_job(comparison,
		            (struct job){.statement = candidate->statement,
		                         .quoted = index,
		                         .from = candidate->from,
		                         .to = candidate->to},
		            err));
	}
	return STATUS_OK;
}

static enum status plan(struct comparison *comparison, struct error *err)
{
	int64_t work = WORK_MAX;

	for (uint32_t i = 0; i < comparison->quoted_count; i++) {
		struct quoted *quoted = &comparison->quoted[i];
		const struct found *cut = &quoted->cut[OWN];

		if (quoted_is_found(quoted, OWN))
			continue;
		if (cut->statement != NULL) {
			if (quoted->part_count > 1)
				TRY(add_job(
				    comparison,
				    (struct job){.statement =
				                     (uint32_t)(cut->statement -
				                                comparison->statements),
				                 .quoted = i,
				                 .is_cut = true},
				    err));
		} else if (quoted->is_unordered) {
			quoted->is_uncompared = true;
		} else {
			TRY(plan_alignments(comparison, i, &work, err));
		}
	}
	return STATUS_OK;
}

static int compare_jobs(const void *a, const void *b)
{
	const struct job *left = a, *right = b;

	if (left->statement != right->statement)
		return left->statement < right->statement ? -1 : 1;
	return left->quoted < right->quoted ? -1 : 1;
}

static enum status set_difference(struct comparison *comparison, struct quoted *quoted,
                                  const struct release_match *matches, size_t count,
                                  struct error *err)
{
	const struct release_quote_side left = {quoted_text(comparison, &quoted->passage),
	                                        quoted->tokens, quoted->count};
	const struct release_quote_side right = {comparison->statement->text,
	                                         comparison->tokens.items,
	                                         comparison->tokens.count};

	free(quoted->difference);
	quoted->difference = NULL;
	return release_quote_difference(&left, &right, matches, count,
	                                &quoted->difference, &quoted->difference_count,
	                                err);
}

/* What was left out between parts that are as released. */
static enum status tell_omitted(struct comparison *comparison, struct quoted *quoted,
                                struct error *err)
{
	struct release_match *matches = calloc(quoted->count, sizeof *matches);
	size_t count = 0;

	if (matches == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for an "
		                 "article");
	for (size_t i = 0; i < quoted->part_count; i++)
		for (size_t j = 0; j < quoted->parts[i].count; j++) {
			size_t at = quoted->parts[i].from + j;

			if (quoted->tokens[at].weight > 0)
				matches[count++] = (struct release_match){
				    (uint32_t)at,
				    (uint32_t)(quoted->cut[OWN].places[i] + j)};
		}
	enum status status = set_difference(comparison, quoted, matches, count, err);
	free(matches);
	return status;
}

static enum status keep_best(struct comparison *comparison, struct quoted *quoted,
                             const struct release_alignment *alignment, struct error *err)
{
	const struct release_token *tokens = comparison->tokens.items;

	if (alignment->score < 1 || alignment->weight < SHORT_WEIGHT ||
	    (quoted->best != NULL && alignment->score <= quoted->score))
		return STATUS_OK;
	size_t from = tokens[alignment->matches[0].said].from;
	size_t to = tokens[alignment->matches[alignment->count - 1].said].to;
	quoted->best = comparison->statement;
	quoted->score = alignment->score;
	quoted->best_released =
	    view_of(comparison->statement->text.data + from, to - from);
	return set_difference(comparison, quoted, alignment->matches, alignment->count,
	                      err);
}

static enum status run_job(struct comparison *comparison, const struct job *job,
                           const struct release_quoted_word *words, struct error *err)
{
	struct quoted *quoted = &comparison->quoted[job->quoted];
	struct release_alignment alignment = {0};

	if (job->is_cut)
		return tell_omitted(comparison, quoted, err);
	enum status status =
	    release_quote_align(quoted->words, quoted->word_count, words + job->from,
	                        job->to - job->from + 1, &alignment, err);
	if (status == STATUS_OK)
		status = keep_best(comparison, quoted, &alignment, err);
	free(alignment.matches);
	return status;
}

/* The jobs of one statement; *next moves behind them. */
static enum status run_jobs(struct comparison *comparison, size_t *next,
                            struct error *err)
{
	uint32_t number = comparison->jobs[*next].statement;
	struct release_tokens *tokens = &comparison->tokens;
	struct release_quoted_word *words;
	size_t count;
	enum status status = STATUS_OK;

	comparison->statement = &comparison->statements[number];
	TRY(release_tokens_read(tokens, comparison->statement->text, false, err));
	TRY(release_quote_words(tokens->items, tokens->count, &words, &count, err));
	while (*next < comparison->job_count &&
	       comparison->jobs[*next].statement == number && status == STATUS_OK)
		status = run_job(comparison, &comparison->jobs[(*next)++], words, err);
	free(words);
	return status;
}

enum status release_quote_altered(struct comparison *comparison, struct error *err)
{
	TRY(plan(comparison, err));
	if (comparison->job_count > 0)
		qsort(comparison->jobs, comparison->job_count, sizeof *comparison->jobs,
		      compare_jobs);
	for (size_t next = 0; next < comparison->job_count;)
		TRY(run_jobs(comparison, &next, err));
	return STATUS_OK;
}
