/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one pass over a text that decides whether it is JSON as Aldis allows it, and notes
 * where each value lies. A peer chooses the text, so the work is bounded by its length:
 * depth by a maximum (which also bounds the recursion here), tokens by the caller,
 * and the search for duplicate names by sorting where an object is large. It knows
 * nothing of what the values mean.
 */
#include "codec/json.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/json_chars.h"
#include "codec/utf8.h"

enum {
	FIRST_TOKENS = 64,
	PAIRWISE_MAX = 16, /* members compared each with each; more are sorted */
	INTEGER_DIGITS_MAX = 16,
};

static const int64_t integer_max = ((int64_t)1 << 53) - 1;

struct scan {
	const uint8_t *at, *end;
	struct json_doc *doc;
	uint32_t tokens_max;
	uint32_t depth, depth_max;
	bool takes_numbers; /* of every form */
	struct error *err;
};

/* What may stand in a string as it is: 1, all ASCII but controls, quote, backslash. */
static const uint8_t plain[256] = {
    [0x20 ... 0x21] = 1,
    [0x23 ... 0x5b] = 1,
    [0x5d ... 0x7f] = 1,
};

static enum status refuse(const struct scan *s, const char *rule)
{
	return error_set(s->err, STATUS_MALFORMED, "JSON: %s, at byte %zu", rule,
	                 (size_t)(s->at - s->doc->text.data));
}

static int peek(const struct scan *s)
{
	return s->at < s->end ? *s->at : -1;
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

static enum status grow(struct scan *s)
{
	struct json_doc *doc = s->doc;
	uint32_t cap = doc->cap == 0 ? FIRST_TOKENS : doc->cap * 2;
	struct json_token *tokens;

	tokens = reallocarray(doc->tokens, cap, sizeof *tokens);
	if (tokens == NULL)
		return error_set(s->err, STATUS_NO_MEMORY, "not enough memory for JSON");
	doc->tokens = tokens;
	doc->cap = cap;
	return STATUS_OK;
}

/* Adds a token that starts where the scan stands. */
static enum status push(struct scan *s, enum json_type type, uint32_t *ret_index)
{
	struct json_doc *doc = s->doc;

	if (doc->count >= s->tokens_max)
		return error_set(s->err, STATUS_LIMIT, "JSON of more than %u values",
		                 s->tokens_max);
	if (doc->count == doc->cap)
		TRY(grow(s));
	*ret_index = doc->count++;
	doc->tokens[*ret_index] = (struct json_token){
	    .type = (uint8_t)type,
	    .start = (uint32_t)(s->at - doc->text.data),
	    .next = doc->count,
	};
	return STATUS_OK;
}

/* Completes a token that ends where the scan stands. */
static void finish(struct scan *s, uint32_t index)
{
	struct json_token *token = &s->doc->tokens[index];

	token->len = (uint32_t)(s->at - s->doc->text.data) - token->start;
	token->next = s->doc->count;
}

/* The scan stands on the 'u' of an escape. */
static enum status scan_unicode_escape(struct scan *s)
{
	struct view rest = view_of(s->at + 1, (size_t)(s->end - s->at - 1));
	uint32_t unit, low;

	if (!json_chars_hex4(rest, &unit))
		return refuse(s, "an escape without four hex digits");
	if (unit == 0)
		return refuse(s, "U+0000 is not allowed");
	if (json_is_low_surrogate(unit))
		return refuse(s, "a lone surrogate");
	if (!json_is_high_surrogate(unit)) {
		s->at += 5;
		return STATUS_OK;
	}
	if (rest.len < 10 || rest.data[4] != '\\' || rest.data[5] != 'u' ||
	    !json_chars_hex4(view_from(rest, 6), &low) || !json_is_low_surrogate(low))
		return refuse(s, "a lone surrogate");
	s->at += 11;
	return STATUS_OK;
}

/* The scan stands on a backslash. */
static enum status scan_escape(struct scan *s)
{
	s->at++;
	switch (peek(s)) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		s->at++;
		return STATUS_OK;
	case 'u':
		return scan_unicode_escape(s);
	default:
		return refuse(s, "an unknown escape");
	}
}

/* The scan stands on a byte that is neither plain nor a quote. */
static enum status scan_special(struct scan *s, bool *escaped)
{
	uint32_t code_point;
	size_t len;

	if (*s->at == '\\') {
		*escaped = true;
		return scan_escape(s);
	}
	if (*s->at < 0x20)
		return refuse(s, "a control character in a string");
	len = utf8_decode(view_of(s->at, (size_t)(s->end - s->at)), &code_point);
	if (len == 0)
		return refuse(s, "not UTF-8");
	s->at += len;
	return STATUS_OK;
}

/* Does one of eight bytes need a closer look? The usual word tricks: a byte is zero, or
 * below n, if taking that away borrows into its top bit. May say yes for a byte behind
 * one that does; never no for one that does. */
static bool has_special(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101U, tops = ones * 0x80;
	uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');

	return ((word | (word - ones * 0x20) | (quote - ones) | (backslash - ones)) &
	        tops) != 0;
}

static void skip_plain(struct scan *s)
{
	uint64_t word;

	while (s->end - s->at >= (ptrdiff_t)sizeof word) {
		memcpy(&word, s->at, sizeof word);
		if (has_special(word))
			break;
		s->at += sizeof word;
	}
	while (s->at < s->end && plain[*s->at])
		s->at++;
}

/* The scan stands on the opening quote. */
static enum status scan_string(struct scan *s)
{
	bool escaped = false;
	uint32_t index;

	s->at++;
	TRY(push(s, JSON_STRING, &index));
	for (;;) {
		skip_plain(s);
		if (s->at == s->end)
			return refuse(s, "a string without end");
		if (*s->at == '"')
			break;
		TRY(scan_special(s, &escaped));
	}
	finish(s, index);
	s->doc->tokens[index].escaped = escaped;
	s->at++;
	return STATUS_OK;
}

/* Digits without leading zero; -0 has a value that is also written 0. */
static bool is_shortest(const uint8_t *start, const uint8_t *digits, const uint8_t *end)
{
	return *digits != '0' || (digits == start && end - digits == 1);
}

static enum status scan_integer(struct scan *s)
{
	const uint8_t *start = s->at, *digits;
	int64_t value = 0;
	uint32_t index;

	TRY(push(s, JSON_INTEGER, &index));
	if (*s->at == '-')
		s->at++;
	digits = s->at;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9') {
		if (s->at - digits == INTEGER_DIGITS_MAX)
			return refuse(s, "a number beyond 2^53-1");
		value = value * 10 + (*s->at++ - '0');
	}
	if (s->at == digits)
		return refuse(s, "a number without digits");
	if (!is_shortest(start, digits, s->at))
		return refuse(s, "a number not in its shortest form");
	if (value > integer_max)
		return refuse(s, "a number beyond 2^53-1");
	if (peek(s) == '.' || peek(s) == 'e' || peek(s) == 'E')
		return refuse(s, "a number that is not whole");
	finish(s, index);
	return STATUS_OK;
}

static size_t skip_digits(struct scan *s)
{
	const uint8_t *start = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - start);
}

/* Fraction and exponent, behind the digits. */
static enum status skip_number_rest(struct scan *s)
{
	if (peek(s) == '.') {
		s->at++;
		if (skip_digits(s) == 0)
			return refuse(s, "a number without digits behind the point");
	}
	if (peek(s) != 'e' && peek(s) != 'E')
		return STATUS_OK;
	s->at++;
	if (peek(s) == '+' || peek(s) == '-')
		s->at++;
	return skip_digits(s) > 0 ? STATUS_OK
	                          : refuse(s, "a number without digits in its exponent");
}

/* A number of any form that is no integer of ours. */
static enum status scan_number(struct scan *s)
{
	const uint8_t *digits;
	uint32_t index;

	TRY(push(s, JSON_NUMBER, &index));
	if (*s->at == '-')
		s->at++;
	digits = s->at;
	if (skip_digits(s) == 0)
		return refuse(s, "a number without digits");
	if (*digits == '0' && s->at - digits > 1)
		return refuse(s, "a number with a zero in front");
	TRY(skip_number_rest(s));
	finish(s, index);
	return STATUS_OK;
}

/* Is what stands here a number that scan_integer takes? */
static bool is_integer(const struct scan *s)
{
	const uint8_t *at = s->at + (*s->at == '-'), *digits = at;

	while (at < s->end && *at >= '0' && *at <= '9')
		at++;
	if (at < s->end && (*at == '.' || *at == 'e' || *at == 'E'))
		return false;
	/* Fifteen digits are always below 2^53. */
	return at > digits && at - digits < INTEGER_DIGITS_MAX &&
	       is_shortest(s->at, digits, at);
}

static enum status scan_word(struct scan *s, const char *word, enum json_type type)
{
	struct view expected = view_of_string(word);
	uint32_t index;

	if (!view_has_prefix(view_of(s->at, (size_t)(s->end - s->at)), expected))
		return refuse(s, "an unknown word");
	TRY(push(s, type, &index));
	s->at += expected.len;
	finish(s, index);
	return STATUS_OK;
}

static bool names_equal(const struct json_doc *doc, const struct json_token *a,
                        const struct json_token *b)
{
	const uint8_t *text = doc->text.data;

	if (a->escaped || b->escaped)
		return json_chars_compare(json_raw(doc, a), json_raw(doc, b)) == 0;
	return a->len == b->len && memcmp(text + a->start, text + b->start, a->len) == 0;
}

/* Is the name at index taken by a member before it? */
static bool is_name_taken(const struct json_doc *doc, uint32_t object, uint32_t index)
{
	const struct json_token *tokens = doc->tokens;

	for (uint32_t i = object + 1; i < index; i = tokens[i + 1].next) {
		if (names_equal(doc, &tokens[i], &tokens[index]))
			return true;
	}
	return false;
}

static int compare_names(const void *a, const void *b, void *doc_of_both)
{
	const struct json_doc *doc = doc_of_both;
	const struct json_token *name_a = &doc->tokens[*(const uint32_t *)a];
	const struct json_token *name_b = &doc->tokens[*(const uint32_t *)b];
	struct view text_a = json_raw(doc, name_a), text_b = json_raw(doc, name_b);
	size_t common = text_a.len < text_b.len ? text_a.len : text_b.len;
	int order;

	if (name_a->escaped || name_b->escaped)
		return json_chars_compare(text_a, text_b);
	order = memcmp(text_a.data, text_b.data, common);
	return order != 0 ? order : (text_a.len > text_b.len) - (text_a.len < text_b.len);
}

/* For an object with many members, once it is complete. */
static enum status check_names_sorted(struct scan *s, uint32_t object)
{
	struct json_doc *doc = s->doc;
	uint32_t count = doc->tokens[object].count;
	CLEANUP_FREE uint32_t *names = reallocarray(NULL, count, sizeof *names);
	uint32_t at = object + 1;

	if (names == NULL)
		return error_set(s->err, STATUS_NO_MEMORY, "not enough memory for JSON");
	for (uint32_t i = 0; i < count; i++) {
		names[i] = at;
		at = doc->tokens[at + 1].next;
	}
	qsort_r(names, count, sizeof *names, compare_names, doc);
	for (uint32_t i = 1; i < count; i++) {
		if (compare_names(&names[i - 1], &names[i], doc) == 0)
			return refuse(s, "an object with a name twice");
	}
	return STATUS_OK;
}

static enum status scan_value(struct scan *s);

/* Name, colon, value. */
static enum status scan_member(struct scan *s, uint32_t object)
{
	uint32_t name = s->doc->count;

	if (peek(s) != '"')
		return refuse(s, "a member without a name");
	TRY(scan_string(s));
	if (++s->doc->tokens[object].count <= PAIRWISE_MAX &&
	    is_name_taken(s->doc, object, name))
		return refuse(s, "an object with a name twice");
	skip_space(s);
	if (peek(s) != ':')
		return refuse(s, "a name without a colon");
	s->at++;
	return scan_value(s);
}

static enum status scan_element(struct scan *s, uint32_t array)
{
	s->doc->tokens[array].count++;
	return scan_value(s);
}

/* An object or array; the scan stands on its bracket. */
static enum status scan_container(struct scan *s, enum json_type type, uint8_t close)
{
	uint32_t index;

	if (++s->depth > s->depth_max)
		return refuse(s, "nested too deep");
	TRY(push(s, type, &index));
	s->at++;
	skip_space(s);
	while (peek(s) != close) {
		if (s->doc->tokens[index].count > 0) {
			if (peek(s) != ',')
				return refuse(s,
				              "a comma or a closing bracket is missing");
			s->at++;
			skip_space(s);
		}
		TRY(type == JSON_OBJECT ? scan_member(s, index) : scan_element(s, index));
		skip_space(s);
	}
	s->at++;
	s->depth--;
	finish(s, index);
	if (type == JSON_OBJECT && s->doc->tokens[index].count > PAIRWISE_MAX)
		return check_names_sorted(s, index);
	return STATUS_OK;
}

static enum status scan_value(struct scan *s)
{
	skip_space(s);
	switch (peek(s)) {
	case '{':
		return scan_container(s, JSON_OBJECT, '}');
	case '[':
		return scan_container(s, JSON_ARRAY, ']');
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true", JSON_TRUE);
	case 'f':
		return scan_word(s, "false", JSON_FALSE);
	case 'n':
		return scan_word(s, "null", JSON_NULL);
	case '-':
	case '0' ... '9':
		return !s->takes_numbers || is_integer(s) ? scan_integer(s)
		                                          : scan_number(s);
	default:
		return refuse(s, "a value is missing");
	}
}

static enum status scan_text(struct scan *s)
{
	TRY(scan_value(s));
	skip_space(s);
	return s->at == s->end ? STATUS_OK : refuse(s, "something behind the value");
}

static enum status scan_document(struct scan *s, struct view text)
{
	enum status status;

	s->at = text.data;
	s->end = view_from(text, text.len).data;
	s->doc->text = text;
	s->doc->count = 0;
	if (text.len > UINT32_MAX)
		return error_set(s->err, STATUS_LIMIT, "JSON of more than 4 GiB");
	status = scan_text(s);
	if (status != STATUS_OK)
		s->doc->count = 0;
	return status;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

enum status json_scan(struct json_doc *doc, struct view text, uint32_t tokens_max,
                      struct error *err)
{
	struct scan s = {
	    .doc = doc,
	    .tokens_max = smaller(tokens_max, JSON_TOKENS_MAX),
	    .depth_max = JSON_DEPTH_MAX,
	    .err = err,
	};

	return scan_document(&s, text);
}

enum status json_scan_foreign(struct json_doc *doc, struct view text, uint32_t tokens_max,
                              struct error *err)
{
	struct scan s = {
	    .doc = doc,
	    .tokens_max = smaller(tokens_max, JSON_FOREIGN_TOKENS_MAX),
	    .depth_max = JSON_FOREIGN_DEPTH_MAX,
	    .takes_numbers = true,
	    .err = err,
	};

	return scan_document(&s, text);
}

void json_release(struct json_doc *doc)
{
	free(doc->tokens);
	*doc = (struct json_doc){0};
}
