/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First all characters are folded and marks put in their canonical order, then tokens are
 * cut. The vocabulary's seed keeps strangers from choosing words that collide.
 */
#include "release/quote_tokens.h"

#include <stdlib.h>

#include "codec/utf8.h"
#include "crypto/random.h"
#include "record/array.h"
#include "release/quote_chars.h"

enum { SLOTS_FIRST = 1 << 12, DOT = '.' };

/* The vocabulary */

void release_vocabulary_release(struct release_vocabulary *vocabulary)
{
	free(vocabulary->slots);
	free(vocabulary->starts);
	free(vocabulary->chars);
	*vocabulary = (struct release_vocabulary){0};
}

static size_t slot_of(const struct release_vocabulary *vocabulary, const uint32_t *key,
                      size_t len)
{
	uint32_t hash = vocabulary->seed;

	for (size_t i = 0; i < len; i++)
		hash = ((hash ^ key[i]) + (hash >> 15)) * 0x9e3779b1u;
	return (hash ^ hash >> 16) & (vocabulary->slot_count - 1);
}

static bool holds(const struct release_vocabulary *vocabulary, uint32_t id,
                  const uint32_t *key, size_t len)
{
	size_t start = vocabulary->starts[id - 1];

	return vocabulary->starts[id] - start == len &&
	       memcmp(vocabulary->chars + start, key, len * sizeof *key) == 0;
}

/* Twice as many slots, or the first. */
static enum status add_slots(struct release_vocabulary *vocabulary, struct error *err)
{
	size_t mask =
	    (vocabulary->slot_count == 0 ? SLOTS_FIRST : 2 * vocabulary->slot_count) - 1;
	uint32_t *slots = calloc(mask + 1, sizeof *slots);

	if (slots == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for words");
	if (vocabulary->slot_count == 0)
		random_bytes(&vocabulary->seed, sizeof vocabulary->seed);
	free(vocabulary->slots);
	vocabulary->slots = slots;
	vocabulary->slot_count = mask + 1;
	for (uint32_t id = 1; id <= vocabulary->count; id++) {
		size_t start = vocabulary->starts[id - 1];
		size_t at = slot_of(vocabulary, vocabulary->chars + start,
		                    vocabulary->starts[id] - start);

		while (slots[at] != 0)
			at = (at + 1) & mask;
		slots[at] = id;
	}
	return STATUS_OK;
}

static enum status add_word(struct release_vocabulary *vocabulary, const uint32_t *key,
                            size_t len, uint32_t *ret_id, struct error *err)
{
	TRY(record_array_reserve(&vocabulary->starts, &vocabulary->starts_cap,
	                         vocabulary->count + 2, sizeof *vocabulary->starts, err));
	TRY(record_array_reserve(&vocabulary->chars, &vocabulary->chars_cap,
	                         vocabulary->char_count + len, sizeof *vocabulary->chars,
	                         err));
	memcpy(vocabulary->chars + vocabulary->char_count, key, len * sizeof *key);
	vocabulary->starts[vocabulary->count] = vocabulary->char_count;
	vocabulary->char_count += len;
	vocabulary->starts[++vocabulary->count] = vocabulary->char_count;
	*ret_id = (uint32_t)vocabulary->count;
	return STATUS_OK;
}

static enum status find_word(struct release_vocabulary *vocabulary, const uint32_t *key,
                             size_t len, bool may_add, uint32_t *ret_id,
                             struct error *err)
{
	if (2 * (vocabulary->count + 1) > vocabulary->slot_count && may_add)
		TRY(add_slots(vocabulary, err));
	*ret_id = 0;
	if (vocabulary->slot_count == 0)
		return STATUS_OK;
	size_t mask = vocabulary->slot_count - 1, at = slot_of(vocabulary, key, len);
	for (; vocabulary->slots[at] != 0; at = (at + 1) & mask) {
		if (holds(vocabulary, vocabulary->slots[at], key, len)) {
			*ret_id = vocabulary->slots[at];
			return STATUS_OK;
		}
	}
	if (!may_add)
		return STATUS_OK;
	TRY(add_word(vocabulary, key, len, ret_id, err));
	vocabulary->slots[at] = *ret_id;
	return STATUS_OK;
}

/* Folding */

static enum status put_folded(struct release_tokens *tokens, uint32_t c, size_t from,
                              size_t to, struct error *err)
{
	/* the dot that small letters of an I with a dot keep */
	if (c == 0x307 && tokens->folded_count > 0 &&
	    tokens->folded[tokens->folded_count - 1].c == 'i')
		return STATUS_OK;
	TRY(record_array_reserve(&tokens->folded, &tokens->folded_cap,
	                         tokens->folded_count + 1, sizeof *tokens->folded, err));
	tokens->folded[tokens->folded_count++] =
	    (struct release_folded){c, (uint32_t)from, (uint32_t)to};
	return STATUS_OK;
}

struct ranked_mark {
	int class;
	size_t place;
	uint32_t c;
};

static int compare_marks(const void *a, const void *b)
{
	const struct ranked_mark *left = a, *right = b;

	if (left->class != right->class)
		return left->class < right->class ? -1 : 1;
	return left->place < right->place ? -1 : 1;
}

/* Marks of which none has class 0. Where they stand in the text stays in its order. */
static enum status sort_marks(struct release_folded *marks, size_t count,
                              struct error *err)
{
	struct ranked_mark *ranked = calloc(count, sizeof *ranked);

	if (ranked == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a text");
	for (size_t i = 0; i < count; i++)
		ranked[i] =
		    (struct ranked_mark){release_char_class(marks[i].c), i, marks[i].c};
	qsort(ranked, count, sizeof *ranked, compare_marks);
	for (size_t i = 0; i < count; i++)
		marks[i].c = ranked[i].c;
	free(ranked);
	return STATUS_OK;
}

static enum status sort_all_marks(struct release_tokens *tokens, struct error *err)
{
	struct release_folded *folded = tokens->folded;

	for (size_t i = 0, end; i < tokens->folded_count; i = end + 1) {
		bool is_sorted = true;

		for (end = i; end < tokens->folded_count && folded[end].c >= 0x300 &&
		              release_char_class(folded[end].c) != 0;
		     end++)
			is_sorted &= end == i || release_char_class(folded[end - 1].c) <=
			                             release_char_class(folded[end].c);
		if (!is_sorted)
			TRY(sort_marks(folded + i, end - i, err));
	}
	return STATUS_OK;
}

static enum status fold_next(struct release_tokens *tokens, struct view text, size_t *at,
                             struct error *err)
{
	uint32_t fold[RELEASE_CHAR_FOLD_MAX], c;
	size_t len = utf8_decode(view_from(text, *at), &c), from = *at;

	if (len == 0) {
		len = 1;
		c = 0xfffd;
	}
	*at += len;
	if (c < 0x80) {
		if (c < 0x20 || c == 0x7f)
			c = RELEASE_CHAR_SPACE;
		else if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		else if (c == '`')
			c = RELEASE_CHAR_SINGLE;
		return put_folded(tokens, c, from, *at, err);
	}
	size_t count = release_char_fold(c, fold);
	for (size_t i = 0; i < count; i++)
		TRY(put_folded(tokens, fold[i], from, *at, err));
	return STATUS_OK;
}

/* Cutting */

static uint32_t char_at(const struct release_tokens *tokens, size_t at)
{
	return at < tokens->folded_count ? tokens->folded[at].c : RELEASE_CHAR_SPACE;
}

static bool is_letter_at(const struct release_tokens *tokens, size_t at)
{
	return release_char_kind(char_at(tokens, at)) == RELEASE_CHAR_LETTER;
}

static enum status add_to_key(struct release_tokens *tokens, uint32_t c,
                              struct error *err)
{
	TRY(record_array_reserve(&tokens->key, &tokens->key_cap, tokens->key_len + 1,
	                         sizeof *tokens->key, err));
	tokens->key[tokens->key_len++] = c;
	return STATUS_OK;
}

/* The token of the key, from the first to before the end of the folded characters. */
static enum status put_token(struct release_tokens *tokens, size_t first, size_t end,
                             uint32_t weight, uint32_t sign, struct error *err)
{
	struct release_token token = {.weight = weight,
	                              .sign = sign,
	                              .from = tokens->folded[first].from,
	                              .to = tokens->folded[end - 1].to};

	TRY(find_word(tokens->vocabulary, tokens->key, tokens->key_len, tokens->may_add,
	              &token.id, err));
	TRY(record_array_reserve(&tokens->items, &tokens->items_cap, tokens->count + 1,
	                         sizeof *tokens->items, err));
	tokens->items[tokens->count++] = token;
	return STATUS_OK;
}

/* "[…]" and "(…)" are one token. */
static void join_omission(struct release_tokens *tokens, uint32_t opening)
{
	struct release_token *last = tokens->items + tokens->count - 1;

	if (tokens->count < 3 || last[-1].sign != RELEASE_CHAR_OMISSION ||
	    last[-2].sign != opening)
		return;
	last[-2].id = last[-1].id;
	last[-2].sign = RELEASE_CHAR_OMISSION;
	last[-2].to = last[0].to;
	tokens->count -= 2;
}

static enum status put_sign(struct release_tokens *tokens, size_t first, size_t end,
                            uint32_t c, struct error *err)
{
	TRY(add_to_key(tokens, c, err));
	TRY(put_token(tokens, first, end, 0, c, err));
	if (c == ']' || c == ')')
		join_omission(tokens, c == ']' ? '[' : '(');
	return STATUS_OK;
}

static enum status take_bare(struct release_tokens *tokens, size_t *at, struct error *err)
{
	size_t first = *at;

	do
		TRY(add_to_key(tokens, char_at(tokens, (*at)++), err));
	while (release_char_kind(char_at(tokens, *at)) == RELEASE_CHAR_MARK);
	return put_token(tokens, first, *at, RELEASE_WEIGHT_BARE, 0, err);
}

static bool goes_on(const struct release_tokens *tokens, size_t at)
{
	uint32_t c = char_at(tokens, at);

	return release_char_is_in_word(c) ||
	       (c == RELEASE_CHAR_SINGLE &&
	        release_char_is_in_word(char_at(tokens, at + 1)));
}

static enum status take_word(struct release_tokens *tokens, size_t first, size_t *at,
                             struct error *err)
{
	while (goes_on(tokens, *at))
		TRY(add_to_key(tokens, char_at(tokens, (*at)++), err));
	return put_token(tokens, first, *at, RELEASE_WEIGHT_WORD, 0, err);
}

/* Three dots or more, with or without blanks between them, are an omission. */
static enum status take_dots(struct release_tokens *tokens, size_t *at, struct error *err)
{
	size_t first = *at, last = first, dots = 1;

	for (size_t i = first + 1; i < tokens->folded_count; i++) {
		uint32_t c = char_at(tokens, i);

		if (c != DOT && c != RELEASE_CHAR_SPACE)
			break;
		if (c == DOT) {
			dots++;
			last = i;
		}
	}
	*at = dots < 3 ? first + 1 : last + 1;
	return put_sign(tokens, first, *at, dots < 3 ? DOT : RELEASE_CHAR_OMISSION, err);
}

/* "[T]he": a letter that was set large or small. */
static bool is_bracketed(const struct release_tokens *tokens, size_t at)
{
	return char_at(tokens, at) == '[' && is_letter_at(tokens, at + 1) &&
	       char_at(tokens, at + 2) == ']' &&
	       release_char_is_in_word(char_at(tokens, at + 3));
}

static enum status take(struct release_tokens *tokens, size_t *at, struct error *err)
{
	size_t first = *at;
	uint32_t c = char_at(tokens, first);

	tokens->key_len = 0;
	if (c == RELEASE_CHAR_SPACE || c == RELEASE_CHAR_DOUBLE ||
	    c == RELEASE_CHAR_SINGLE) {
		++*at;
		return STATUS_OK;
	}
	if (release_char_kind(c) == RELEASE_CHAR_BARE)
		return take_bare(tokens, at, err);
	if (release_char_is_in_word(c))
		return take_word(tokens, first, at, err);
	if (is_bracketed(tokens, first)) {
		TRY(add_to_key(tokens, char_at(tokens, first + 1), err));
		*at += 3;
		return take_word(tokens, first, at, err);
	}
	if (c == DOT)
		return take_dots(tokens, at, err);
	do
		++*at;
	while (c == RELEASE_CHAR_DASH && char_at(tokens, *at) == RELEASE_CHAR_DASH);
	return put_sign(tokens, first, *at, c, err);
}

enum status release_tokens_read(struct release_tokens *tokens, struct view text,
                                bool may_add, struct error *err)
{
	tokens->count = tokens->folded_count = 0;
	tokens->may_add = may_add;
	for (size_t at = 0; at < text.len;)
		TRY(fold_next(tokens, text, &at, err));
	TRY(sort_all_marks(tokens, err));
	for (size_t at = 0; at < tokens->folded_count;)
		TRY(take(tokens, &at, err));
	return STATUS_OK;
}

void release_tokens_release(struct release_tokens *tokens)
{
	free(tokens->items);
	free(tokens->folded);
	free(tokens->key);
	*tokens = (struct release_tokens){0};
}
