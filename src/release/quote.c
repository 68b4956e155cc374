/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the statements finds what is as released and, by pairs of words, which
 * few statements are worth an alignment with the rest; these are read once more. Work is
 * counted beforehand, so that the same is left out here and in page/quote.js.
 */
#include "release/quote.h"

#include <stdlib.h>

#include "record/array.h"
#include "release/quote_chars.h"
#include "release/quote_pattern.h"

enum {
	PAIR_PASSAGES_MAX = 64, /* a pair of words in more passages leads to none */
	CANDIDATES = 4,         /* statements that a passage is aligned with */
	CELLS_MAX = 1 << 24,    /* of one alignment */
	WORK_MAX = 1 << 28,     /* cells of all alignments */
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
	struct view language; /* primary; empty: any */
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

static enum status list_add(struct list *list, uint32_t item, struct error *err)
{
	TRY(record_array_reserve(&list->items, &list->cap, list->count + 1, sizeof item,
	                         err));
	list->items[list->count++] = item;
	return STATUS_OK;
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

/* Passages, read */

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

static struct view text_of(const struct comparison *comparison,
                           const struct release_passage *passage)
{
	return view_of(comparison->article.data + passage->start,
	               passage->end - passage->start);
}

static enum status read_quoted(struct comparison *comparison, struct quoted *quoted,
                               struct error *err)
{
	struct release_tokens *tokens = &comparison->tokens;

	TRY(release_tokens_read(tokens, text_of(comparison, &quoted->passage), true,
	                        err));
	quoted->count = without_trailing(tokens->items, tokens->count);
	quoted->tokens = calloc(quoted->count + 1, sizeof *quoted->tokens);
	quoted->parts = calloc(quoted->count + 1, sizeof *quoted->parts);
	if (quoted->tokens == NULL || quoted->parts == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for an "
		                 "article");
	memcpy(quoted->tokens, tokens->items, quoted->count * sizeof *quoted->tokens);
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

static enum status read_article(struct comparison *comparison, struct error *err)
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

/* A statement, read */

/* The part of a tag before its first '-'. */
static struct view primary(struct view tag)
{
	size_t len = 0;

	while (len < tag.len && tag.data[len] != '-')
		len++;
	return view_of(tag.data, len);
}

static uint8_t small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool is_own_language(const struct comparison *comparison,
                            const struct release_statement *statement)
{
	struct view a = comparison->language, b = primary(statement->language);

	if (a.len == 0 || b.len == 0)
		return true;
	for (size_t i = 0; a.len == b.len && i < a.len; i++)
		if (small(a.data[i]) != small(b.data[i]))
			return false;
	return a.len == b.len;
}

static bool is_found(const struct quoted *quoted, int which)
{
	return quoted->whole[which].statement != NULL;
}

/* from, to: tokens of the statement at hand, both within. True when it is the first. */
static bool note(const struct comparison *comparison, struct found *found, size_t from,
                 size_t to)
{
	const struct release_statement *statement = comparison->statement;
	const struct release_token *tokens = comparison->tokens.items;

	if (found->statement == NULL) {
		found->statement = found->last = statement;
		found->released = view_of(statement->text.data + tokens[from].from,
		                          tokens[to].to - tokens[from].from);
		return true;
	}
	if (!view_equal(found->last->message, statement->message)) {
		found->last = statement;
		found->more++;
	}
	return false;
}

static enum status take_pattern(void *context, uint32_t number, size_t last,
                                struct error *err)
{
	struct comparison *comparison = context;
	struct pattern *pattern = &comparison->patterns[number - 1];

	pattern->stamp = comparison->stamp;
	for (size_t i = 0; i < pattern->whole.count; i++) {
		struct quoted *quoted = &comparison->quoted[pattern->whole.items[i]];

		(void)note(comparison, &quoted->whole[comparison->which],
		           last + 1 - quoted->count, last);
	}
	for (size_t i = 0; i < pattern->last.count; i++)
		TRY(list_add(&comparison->asked, pattern->last.items[i], err));
	return STATUS_OK;
}

/* The first place of the part from one on, going up or down to the other; SIZE_MAX. */
static size_t find_part(struct comparison *comparison, const struct quoted *quoted,
                        const struct part *part, size_t from, size_t to)
{
	const struct release_token *said = comparison->tokens.items;
	const struct release_token *sought = quoted->tokens + part->from;

	for (size_t at = from;; at += from <= to ? 1 : (size_t)-1) {
		size_t same = 0;

		while (same < part->count && said[at + same].id == sought[same].id)
			same++;
		if (same == part->count)
			return at;
		comparison->steps -= (int64_t)same + 1;
		if (comparison->steps < 0 || at == to)
			return SIZE_MAX;
	}
}

/* Where the parts stand, each behind the one before: the first end, and from there
 * backwards the nearest. False when they don't. */
static bool find_in_order(struct comparison *comparison, struct quoted *quoted,
                          size_t *places)
{
	size_t from = 0, count = comparison->tokens.count;

	for (size_t i = 0; i < quoted->part_count; i++) {
		const struct part *part = &quoted->parts[i];

		places[i] =
		    from + part->count <= count
		        ? find_part(comparison, quoted, part, from, count - part->count)
		        : SIZE_MAX;
		quoted->is_unordered |= comparison->steps < 0;
		if (places[i] == SIZE_MAX)
			return false;
		from = places[i] + part->count;
	}
	for (size_t i = quoted->part_count - 1; i > 0; i--) {
		const struct part *part = &quoted->parts[i - 1];
		size_t nearest = find_part(comparison, quoted, part,
		                           places[i] - part->count, places[i - 1]);

		if (nearest == SIZE_MAX) /* no steps are left */
			return !(quoted->is_unordered = true);
		places[i - 1] = nearest;
	}
	return true;
}

static bool has_all_parts(const struct comparison *comparison,
                          const struct quoted *quoted)
{
	for (size_t i = 0; i < quoted->part_count; i++)
		if (comparison->patterns[quoted->parts[i].pattern - 1].stamp !=
		    comparison->stamp)
			return false;
	return true;
}

static enum status take_parts(struct comparison *comparison, struct quoted *quoted,
                              struct error *err)
{
	struct found *found = &quoted->cut[comparison->which];
	size_t last = quoted->part_count - 1;

	if (is_found(quoted, comparison->which) || quoted->is_unordered ||
	    !has_all_parts(comparison, quoted))
		return STATUS_OK;
	size_t *places = calloc(quoted->part_count, sizeof *places);
	if (places == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for an "
		                 "article");
	if (find_in_order(comparison, quoted, places) &&
	    note(comparison, found, places[0],
	         places[last] + quoted->parts[last].count - 1)) {
		found->places = places;
		return STATUS_OK;
	}
	free(places);
	return STATUS_OK;
}

/* Which passages the statement at hand shares pairs of words with */

static enum status take_seed(struct comparison *comparison, struct seed *seed,
                             size_t word, struct error *err)
{
	for (size_t i = 0; i < seed->passages.count; i++) {
		uint32_t index = seed->passages.items[i];
		struct quoted *quoted = &comparison->quoted[index];

		if (is_found(quoted, OWN))
			continue;
		if (quoted->stamp != comparison->stamp) {
			quoted->stamp = comparison->stamp;
			quoted->shared = 0;
			quoted->first_word = word - 1;
			TRY(list_add(&comparison->touched, index, err));
		}
		quoted->last_word = word;
		quoted->shared += seed->stamps.items[i] != comparison->stamp;
		seed->stamps.items[i] = comparison->stamp;
	}
	return STATUS_OK;
}

/* Keeps the statement among the few that share most; of equals the first. */
static void keep_candidate(struct quoted *quoted, uint32_t statement, size_t word_count)
{
	size_t reach = 2 * quoted->word_count, place = 0;
	size_t from = quoted->first_word > reach ? quoted->first_word - reach : 0;
	size_t to = quoted->last_word + reach < word_count ? quoted->last_word + reach
	                                                   : word_count - 1;

	while (place < quoted->candidate_count &&
	       quoted->candidates[place].shared >= quoted->shared)
		place++;
	if (place == CANDIDATES)
		return;
	if (quoted->candidate_count < CANDIDATES)
		quoted->candidate_count++;
	memmove(&quoted->candidates[place + 1], &quoted->candidates[place],
	        (quoted->candidate_count - place - 1) * sizeof quoted->candidates[0]);
	quoted->candidates[place] =
	    (struct candidate){statement, quoted->shared, from, to};
}

static enum status collect(struct comparison *comparison, uint32_t statement,
                           struct error *err)
{
	const struct release_tokens *tokens = &comparison->tokens;
	uint32_t before = 0;
	size_t words = 0;

	comparison->touched.count = 0;
	for (size_t i = 0; i < tokens->count; i++) {
		uint32_t id = tokens->items[i].id, pair = 0;

		if (tokens->items[i].weight == 0)
			continue;
		if (id != 0 && before != 0)
			pair = release_pairs_find(&comparison->pairs, before, id);
		before = id;
		words++;
		if (pair != 0 &&
		    comparison->seeds[pair - 1].passages.count <= PAIR_PASSAGES_MAX)
			TRY(take_seed(comparison, &comparison->seeds[pair - 1], words - 1,
			              err));
	}
	for (size_t i = 0; i < comparison->touched.count; i++)
		keep_candidate(&comparison->quoted[comparison->touched.items[i]],
		               statement, words);
	return STATUS_OK;
}

static enum status read_statement(struct comparison *comparison, uint32_t number,
                                  struct error *err)
{
	struct release_tokens *tokens = &comparison->tokens;

	comparison->statement = &comparison->statements[number];
	comparison->stamp = number + 1;
	comparison->which =
	    is_own_language(comparison, comparison->statement) ? OWN : FOREIGN;
	comparison->asked.count = 0;
	TRY(release_tokens_read(tokens, comparison->statement->text, false, err));
	TRY(release_patterns_scan(&comparison->automaton, tokens->items, tokens->count,
	                          comparison->stamp, take_pattern, comparison, err));
	for (size_t i = 0; i < comparison->asked.count; i++)
		TRY(take_parts(comparison,
		               &comparison->quoted[comparison->asked.items[i]], err));
	return comparison->which == OWN ? collect(comparison, number, err) : STATUS_OK;
}

/* Alignments */

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

		if (is_found(quoted, OWN))
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
	const struct release_quote_side left = {text_of(comparison, &quoted->passage),
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

/* The answer */

static void answer(struct quoted *quoted, struct release_quote *ret_quote)
{
	const struct found *found =
	    is_found(quoted, OWN) ? &quoted->whole[OWN] : &quoted->cut[OWN];
	const struct found *elsewhere =
	    is_found(quoted, FOREIGN) ? &quoted->whole[FOREIGN] : &quoted->cut[FOREIGN];

	*ret_quote = (struct release_quote){.passage = quoted->passage};
	if (found->statement != NULL) {
		ret_quote->verdict = RELEASE_AS_RELEASED;
		ret_quote->statement = found->statement;
		ret_quote->released = found->released;
		ret_quote->more = found->more;
		ret_quote->is_abridged = !is_found(quoted, OWN) && quoted->part_count > 1;
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
	TRY(read_article(comparison, err));
	if (comparison->quoted_count == 0)
		return STATUS_OK;
	for (uint32_t i = 0; i < comparison->statement_count; i++)
		TRY(read_statement(comparison, i, err));
	TRY(plan(comparison, err));
	if (comparison->job_count > 0)
		qsort(comparison->jobs, comparison->job_count, sizeof *comparison->jobs,
		      compare_jobs);
	for (size_t next = 0; next < comparison->job_count;)
		TRY(run_jobs(comparison, &next, err));
	return STATUS_OK;
}

enum status release_quotes_check(struct view article, const char *language,
                                 const struct release_statement *statements, size_t count,
                                 struct release_quotes *ret_quotes, struct error *err)
{
	struct comparison comparison = {.article = article,
	                                .language = primary(view_of_string(language)),
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
