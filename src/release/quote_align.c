/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of scores, of which two rows are kept, and one byte for each cell that tells
 * the way back. Of equal ways the same as in page/quote.js is taken.
 */
#include "release/quote_align.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "record/array.h"
#include "release/quote_chars.h"

enum way { WAY_BOTH = 1, WAY_QUOTED = 2, WAY_SAID = 3 };

enum status release_quote_words(const struct release_token *tokens, size_t count,
                                struct release_quoted_word **ret_words, size_t *ret_count,
                                struct error *err)
{
	struct release_quoted_word *words = calloc(count + 1, sizeof *words);
	size_t found = 0;

	if (words == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for words");
	for (size_t i = 0; i < count; i++) {
		if (tokens[i].weight > 0)
			words[found++] =
			    (struct release_quoted_word){.id = tokens[i].id,
			                                 .weight = tokens[i].weight,
			                                 .at = (uint32_t)i};
		else if (tokens[i].sign == RELEASE_CHAR_OMISSION && found > 0)
			words[found - 1].is_omission = true;
	}
	if (found > 0)
		words[found - 1].is_omission = false;
	*ret_words = words;
	*ret_count = found;
	return STATUS_OK;
}

struct table {
	size_t width;
	uint8_t *ways;
	int *above, *row;
};

static void fill_row(struct table *table, size_t i,
                     const struct release_quoted_word *quoted,
                     const struct release_quoted_word *said)
{
	uint8_t *ways = table->ways + i * table->width;
	int skip = quoted->is_omission ? 0 : 1;

	table->row[0] = -(int)i;
	ways[0] = WAY_QUOTED;
	for (size_t j = 1; j < table->width; j++) {
		int best = table->above[j] - 1;

		ways[j] = WAY_QUOTED;
		if (table->row[j - 1] - skip > best) {
			best = table->row[j - 1] - skip;
			ways[j] = WAY_SAID;
		}
		if (said[j - 1].id == quoted->id && table->above[j - 1] + 1 >= best) {
			best = table->above[j - 1] + 1;
			ways[j] = WAY_BOTH;
		}
		table->row[j] = best;
	}
}

/* From the end of the best row back to its beginning. */
static void walk_back(const struct table *table, const struct release_quoted_word *quoted,
                      size_t quoted_count, const struct release_quoted_word *said,
                      size_t end, struct release_alignment *ret_alignment)
{
	struct release_match *matches = ret_alignment->matches;
	size_t count = 0;

	for (size_t i = quoted_count, j = end; i > 0;) {
		uint8_t way = table->ways[i * table->width + j];

		if (way == WAY_BOTH) {
			matches[count++] =
			    (struct release_match){quoted[i - 1].at, said[j - 1].at};
			ret_alignment->weight += quoted[i - 1].weight;
		}
		i -= way != WAY_SAID;
		j -= way != WAY_QUOTED;
	}
	for (size_t i = 0; i < count / 2; i++) {
		struct release_match match = matches[i];

		matches[i] = matches[count - 1 - i];
		matches[count - 1 - i] = match;
	}
	ret_alignment->count = count;
}

enum status release_quote_align(const struct release_quoted_word *quoted,
                                size_t quoted_count,
                                const struct release_quoted_word *said, size_t said_count,
                                struct release_alignment *ret_alignment,
                                struct error *err)
{
	struct table table = {.width = said_count + 1};
	CLEANUP_FREE uint8_t *ways = calloc(quoted_count + 1, table.width);
	CLEANUP_FREE int *rows = calloc(2 * table.width, sizeof *rows);
	size_t end = 0;

	ret_alignment->matches = calloc(quoted_count + 1, sizeof *ret_alignment->matches);
	if (ways == NULL || rows == NULL || ret_alignment->matches == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for words");
	table.ways = ways;
	table.above = rows;
	table.row = rows + table.width;
	for (size_t i = 1; i <= quoted_count; i++) {
		int *above = table.above;

		fill_row(&table, i, &quoted[i - 1], said);
		table.above = table.row;
		table.row = above;
	}
	for (size_t j = 1; j < table.width; j++)
		if (table.above[j] > table.above[end])
			end = j;
	ret_alignment->score = table.above[end];
	walk_back(&table, quoted, quoted_count, said, end, ret_alignment);
	return STATUS_OK;
}

/* The difference */

struct op {
	enum release_quote_op op;
	size_t from, to; /* tokens of its side */
};

struct differing {
	const struct release_quote_side *quoted, *said;
	struct op *ops;
	size_t count, cap;
};

static enum status put(struct differing *differing, enum release_quote_op op, size_t from,
                       size_t to, struct error *err)
{
	struct op *last =
	    differing->count > 0 ? &differing->ops[differing->count - 1] : NULL;

	if (from >= to)
		return STATUS_OK;
	if (last != NULL && last->op == op && last->to == from) {
		last->to = to;
		return STATUS_OK;
	}
	TRY(record_array_reserve(&differing->ops, &differing->cap, differing->count + 1,
	                         sizeof *differing->ops, err));
	differing->ops[differing->count++] = (struct op){op, from, to};
	return STATUS_OK;
}

struct stretch {
	size_t from, to;
};

static bool is_same(const struct differing *differing, size_t quoted, size_t said,
                    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (differing->quoted->tokens[quoted + i].id !=
		    differing->said->tokens[said + i].id)
			return false;
	return true;
}

static enum status put_between(struct differing *differing, struct stretch quoted,
                               struct stretch said, struct error *err)
{
	if (quoted.to - quoted.from == said.to - said.from &&
	    is_same(differing, quoted.from, said.from, said.to - said.from))
		return put(differing, RELEASE_QUOTE_SAME, said.from, said.to, err);
	TRY(put(differing, RELEASE_QUOTE_REMOVED, said.from, said.to, err));
	return put(differing, RELEASE_QUOTE_ADDED, quoted.from, quoted.to, err);
}

static bool are_signs(const struct differing *differing, size_t from, size_t count)
{
	for (size_t i = from; i < from + count; i++)
		if (differing->quoted->tokens[i].weight > 0)
			return false;
	return true;
}

static bool ends_sentence(uint32_t sign)
{
	static const uint32_t ends[] = {'.', '!', '?', 0x3002, 0x061f, 0x06d4, 0x0964};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (sign == ends[i])
			return true;
	return false;
}

static bool breaks_off(uint32_t sign)
{
	return sign == RELEASE_CHAR_OMISSION || sign == '[' || sign == ']';
}

/* How many tokens of the statement, from one end of what both have outwards (step 1 or
 * -1), stand where the quotation has others: as many words as it has up to an omission
 * or bracket ("[sic]" stands for nothing), but no more than the sentence has. */
static size_t count_instead(const struct differing *differing, struct release_match match,
                            int step)
{
	const struct release_quote_side *quoted = differing->quoted,
	                                *said = differing->said;
	size_t words = 0, count = 0;

	/* Below 0 is beyond all. */
	for (size_t i = match.quoted + (size_t)step;
	     i < quoted->count && !breaks_off(quoted->tokens[i].sign); i += (size_t)step)
		words += quoted->tokens[i].weight > 0;
	for (size_t n = 1; words > 0; n++) {
		size_t i = match.said + (size_t)step * n;

		if (i >= said->count || ends_sentence(said->tokens[i].sign))
			break;
		if (said->tokens[i].weight == 0)
			continue;
		words--;
		count = n;
	}
	return count;
}

static enum status put_all(struct differing *differing,
                           const struct release_match *matches, size_t count,
                           struct error *err)
{
	struct release_match first = matches[0], last = matches[count - 1];
	size_t head = first.quoted, tail = differing->quoted->count - last.quoted - 1;
	/* at the ends signs that both have, or what stands there instead */
	size_t before = head <= first.said && are_signs(differing, 0, head) &&
	                        is_same(differing, 0, first.said - head, head)
	                    ? head
	                    : count_instead(differing, first, -1);
	size_t after = last.said + 1 + tail <= differing->said->count &&
	                       are_signs(differing, last.quoted + 1, tail) &&
	                       is_same(differing, last.quoted + 1, last.said + 1, tail)
	                   ? tail
	                   : count_instead(differing, last, 1);

	TRY(put_between(differing, (struct stretch){0, head},
	                (struct stretch){first.said - before, first.said}, err));
	for (size_t i = 0; i < count; i++) {
		TRY(put(differing, RELEASE_QUOTE_SAME, matches[i].said,
		        matches[i].said + 1, err));
		if (i + 1 < count)
			TRY(put_between(
			    differing,
			    (struct stretch){matches[i].quoted + 1,
			                     matches[i + 1].quoted},
			    (struct stretch){matches[i].said + 1, matches[i + 1].said},
			    err));
	}
	return put_between(differing,
	                   (struct stretch){last.quoted + 1, last.quoted + 1 + tail},
	                   (struct stretch){last.said + 1, last.said + 1 + after}, err);
}

/* With what stands behind it up to the next token, unless it is the last. */
static struct view text_of(const struct differing *differing, const struct op *op)
{
	const struct release_quote_side *side =
	    op->op == RELEASE_QUOTE_ADDED ? differing->quoted : differing->said;
	bool is_last =
	    op + 1 == differing->ops + differing->count || op->to == side->count;
	size_t from = side->tokens[op->from].from;
	size_t to = is_last ? side->tokens[op->to - 1].to : side->tokens[op->to].from;

	return view_of(side->text.data + from, to - from);
}

enum status release_quote_difference(const struct release_quote_side *quoted,
                                     const struct release_quote_side *said,
                                     const struct release_match *matches,
                                     size_t match_count,
                                     struct release_difference **ret_ops,
                                     size_t *ret_count, struct error *err)
{
	struct differing differing = {.quoted = quoted, .said = said};
	struct release_difference *ops = NULL;

	assert(match_count > 0);
	enum status status = put_all(&differing, matches, match_count, err);
	if (status == STATUS_OK)
		ops = calloc(differing.count, sizeof *ops);
	if (status == STATUS_OK && ops == NULL)
		status = error_set(err, STATUS_NO_MEMORY, "not enough memory for words");
	if (status == STATUS_OK) {
		for (size_t i = 0; i < differing.count; i++)
			ops[i] = (struct release_difference){
			    differing.ops[i].op, text_of(&differing, &differing.ops[i])};
		*ret_ops = ops;
		*ret_count = differing.count;
	}
	free(differing.ops);
	return status;
}
