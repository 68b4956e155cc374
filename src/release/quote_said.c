/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One statement: which passages it has as they are, which in parts, and with which it
 * shares pairs of words. Steps are counted, so that the same is left out here and in
 * page/quote.js.
 */
#include "release/quote_parts.h"

#include <stdlib.h>

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
	struct view a = primary(comparison->language), b = primary(statement->language);

	if (a.len == 0 || b.len == 0)
		return true;
	for (size_t i = 0; a.len == b.len && i < a.len; i++)
		if (small(a.data[i]) != small(b.data[i]))
			return false;
	return a.len == b.len;
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

	if (quoted_is_found(quoted, comparison->which) || quoted->is_unordered ||
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

		if (quoted_is_found(quoted, OWN))
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

enum status release_quote_said(struct comparison *comparison, uint32_t number,
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
