/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass with a short stack of what is open. Many marks both open and close, and some
 * are apostrophes: what stands beside a mark tells.
 */
#include "release/quote_find.h"

#include <stdlib.h>

#include "codec/utf8.h"
#include "record/array.h"
#include "release/quote_chars.h"

struct spot {
	uint32_t c, at;
};

struct opened {
	uint32_t mark;
	size_t start;
	size_t weak_end; /* an end that may be an apostrophe; 0: none */
};

struct finder {
	struct spot *spots; /* owned: what is seen of the text */
	size_t count, spots_cap;
	struct opened open[RELEASE_QUOTE_DEPTH_MAX];
	size_t depth;
	struct release_passage *found; /* owned; as indexes of spots */
	size_t found_count, found_cap;
};

/* What can open, and what closes it. */
static const struct {
	uint32_t mark, closers[4];
} marks[] = {
    {'"', {'"', 0x201d, 0x201c}},
    {0x201c, {0x201d, '"', 0x201c}},
    {0x201f, {0x201d, '"', 0x201c}},
    {0x201e, {0x201c, 0x201d, 0x201f, '"'}},
    {0x2e42, {0x201c, 0x201d, 0x201f, '"'}},
    {0x201d, {0x201d, '"'}},
    {0x275d, {0x275e}},
    {0x00ab, {0x00bb}},
    {0x00bb, {0x00ab, 0x00bb}},
    {0x2039, {0x203a}},
    {0x203a, {0x2039, 0x203a}},
    {0x2018, {0x2019, '\''}},
    {0x201b, {0x2019, '\''}},
    {0x201a, {0x2018, 0x2019, '\'', 0x201b}},
    {'\'', {'\'', 0x2019}},
    {0x275b, {0x275c}},
    {0x300c, {0x300d}},
    {0x300e, {0x300f}},
    {0x301d, {0x301e, 0x301f}},
    {0xfe41, {0xfe42}},
    {0xfe43, {0xfe44}},
    {0xff62, {0xff63}},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool can_close(uint32_t opening, uint32_t mark)
{
	for (size_t i = 0; i < COUNT(marks); i++)
		if (marks[i].mark == opening)
			for (size_t j = 0; j < COUNT(marks[i].closers); j++)
				if (marks[i].closers[j] == mark)
					return true;
	return false;
}

static bool can_open(uint32_t mark)
{
	for (size_t i = 0; i < COUNT(marks); i++)
		if (marks[i].mark == mark)
			return true;
	return false;
}

static bool always_closes(uint32_t c)
{
	return c == 0x275e || c == 0x275c || c == 0x300d || c == 0x300f || c == 0x301e ||
	       c == 0x301f || c == 0xfe42 || c == 0xfe44 || c == 0xff63;
}

static bool always_opens(uint32_t c)
{
	return c == 0x201e || c == 0x2e42 || c == 0x275d || c == 0x275b || c == 0x300c ||
	       c == 0x300e || c == 0x301d || c == 0xfe41 || c == 0xfe43 || c == 0xff62;
}

/* Single marks that close the innermost quotation alone. */
static bool is_single(uint32_t c)
{
	return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x201b;
}

/* Opening marks that may be apostrophes. */
static bool is_lone(uint32_t c)
{
	return c == '\'' || c == 0x2018 || c == 0x201b || c == 0x201a;
}

/* What stands where; indexes of spots, of which -1 is before the text */

static uint32_t spot_at(const struct finder *finder, size_t i)
{
	return i < finder->count ? finder->spots[i].c : RELEASE_CHAR_SPACE;
}

static bool is_white(const struct finder *finder, size_t i)
{
	return release_char_kind(spot_at(finder, i)) == RELEASE_CHAR_WHITE;
}

static bool is_letter(const struct finder *finder, size_t i)
{
	uint32_t c = spot_at(finder, i);

	return release_char_is_in_word(c) || release_char_kind(c) == RELEASE_CHAR_BARE;
}

static bool is_tight(const struct finder *finder, size_t i)
{
	uint32_t c = spot_at(finder, i);

	return release_char_is_in_word(c) && !release_char_is_loose(c);
}

static bool is_stop(const struct finder *finder, size_t i)
{
	static const uint32_t stops[] = {',',    ';',    ':',    '!',    '?',    0x3001,
	                                 0x3002, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff01,
	                                 0xff1f, 0x060c, 0x061b, 0x061f, 0x06d4};
	uint32_t c = spot_at(finder, i), next = spot_at(finder, i + 1);

	if (c == '.')
		return next != '.' && next != RELEASE_CHAR_OMISSION;
	for (size_t k = 0; k < COUNT(stops); k++)
		if (stops[k] == c)
			return true;
	return release_char_is_close(c);
}

static bool may_open(const struct finder *finder, size_t i)
{
	return !is_white(finder, i + 1) && !is_stop(finder, i + 1) &&
	       !is_tight(finder, i - 1);
}

static bool may_close(const struct finder *finder, size_t i)
{
	return !is_white(finder, i - 1) && !is_tight(finder, i + 1);
}

/* Of double marks: behind the end of a sentence a blank may be lacking. */
static bool may_end(const struct finder *finder, size_t i)
{
	uint32_t before = spot_at(finder, i - 1);

	return may_close(finder, i) || before == ',' || before == '.' || before == '!' ||
	       before == '?' || before == RELEASE_CHAR_OMISSION;
}

/* Opening and closing */

static enum status add(struct finder *finder, size_t start, size_t end, bool is_unclosed,
                       struct error *err)
{
	if (finder->found_count == RELEASE_PASSAGES_MAX)
		return error_set(err, STATUS_LIMIT, "more than %d quotations",
		                 RELEASE_PASSAGES_MAX);
	TRY(record_array_reserve(&finder->found, &finder->found_cap,
	                         finder->found_count + 1, sizeof *finder->found, err));
	finder->found[finder->found_count++] =
	    (struct release_passage){start, end, is_unclosed};
	return STATUS_OK;
}

/* Gives up the innermost one, whose end is lacking. */
static enum status drop(struct finder *finder, size_t end, struct error *err)
{
	struct opened opened = finder->open[--finder->depth];

	if (opened.weak_end != 0)
		return add(finder, opened.start, opened.weak_end, false, err);
	return is_lone(opened.mark) ? STATUS_OK
	                            : add(finder, opened.start, end, true, err);
}

static enum status push(struct finder *finder, uint32_t mark, size_t i, struct error *err)
{
	struct opened *top = &finder->open[finder->depth > 0 ? finder->depth - 1 : 0];

	if (finder->depth > 0 && top->weak_end != 0 && is_lone(mark))
		TRY(drop(finder, i, err));
	if (finder->depth < RELEASE_QUOTE_DEPTH_MAX)
		finder->open[finder->depth++] =
		    (struct opened){.mark = mark, .start = i + 1};
	return STATUS_OK;
}

static enum status close_at(struct finder *finder, const struct opened *opened, size_t i,
                            struct error *err)
{
	while (&finder->open[finder->depth - 1] != opened)
		TRY(drop(finder, i, err));
	finder->depth--;
	return add(finder, opened->start, i, false, err);
}

/* The innermost one that this mark can close, or NULL. */
static struct opened *opened_for(struct finder *finder, uint32_t mark)
{
	for (size_t k = finder->depth; k > 0; k--) {
		if (can_close(finder->open[k - 1].mark, mark))
			return &finder->open[k - 1];
		if (is_single(mark))
			return NULL;
	}
	return NULL;
}

/* "dogs' tails": perhaps no end. */
static bool is_weak(const struct finder *finder, size_t i)
{
	uint32_t before = spot_at(finder, i - 1);
	size_t next = i + 1;

	if ((before != 's' && before != 'S') || !is_white(finder, next))
		return false;
	while (next < finder->count && is_white(finder, next))
		next++;
	return next < finder->count && release_char_is_lower(spot_at(finder, next));
}

static enum status close_single(struct finder *finder, struct opened *opened, size_t i,
                                struct error *err)
{
	if (!may_close(finder, i))
		return STATUS_OK;
	if (!is_weak(finder, i))
		return close_at(finder, opened, i, err);
	if (opened->weak_end == 0)
		opened->weak_end = i;
	return STATUS_OK;
}

static enum status straight(struct finder *finder, size_t i, struct error *err)
{
	const struct opened *opened = opened_for(finder, '"');
	bool opens = may_open(finder, i), closes = may_end(finder, i);

	if (is_tight(finder, i - 1) && is_tight(finder, i + 1))
		return STATUS_OK;
	if (opens && !closes)
		return push(finder, '"', i, err);
	if (opened != NULL)
		return close_at(finder, opened, i, err);
	return opens || (!closes && !is_white(finder, i + 1)) ? push(finder, '"', i, err)
	                                                      : STATUS_OK;
}

static enum status apostrophe(struct finder *finder, uint32_t mark, size_t i,
                              struct error *err)
{
	struct opened *opened = opened_for(finder, mark);

	if (is_tight(finder, i - 1) && is_tight(finder, i + 1))
		return STATUS_OK;
	if (mark == '\'' && may_open(finder, i) &&
	    (!may_close(finder, i) || opened == NULL))
		return push(finder, mark, i, err);
	return opened != NULL ? close_single(finder, opened, i, err) : STATUS_OK;
}

/* U+2018, U+201B; U+201C, U+201F: they open, and close what began with a low one. */
static enum status high(struct finder *finder, uint32_t mark, size_t i, struct error *err)
{
	struct opened *opened = opened_for(finder, mark);
	bool opens = may_open(finder, i), closes = may_end(finder, i);

	if (is_single(mark)) {
		if (opened != NULL && may_close(finder, i))
			return close_single(finder, opened, i, err);
		return opens ? push(finder, mark, i, err) : STATUS_OK;
	}
	if (opened != NULL && closes &&
	    (!opens || (opened->mark != 0x201c && opened->mark != 0x201f)))
		return close_at(finder, opened, i, err);
	return opens || !closes ? push(finder, mark, i, err) : STATUS_OK;
}

static enum status other(struct finder *finder, uint32_t mark, size_t i,
                         struct error *err)
{
	const struct opened *opened = opened_for(finder, mark);
	bool opens = may_open(finder, i), closes = may_end(finder, i);

	if (always_closes(mark))
		return opened != NULL ? close_at(finder, opened, i, err) : STATUS_OK;
	if (always_opens(mark))
		return push(finder, mark, i, err);
	if (mark == 0x201a)
		return opens ? push(finder, mark, i, err) : STATUS_OK;
	if (opened != NULL)
		return close_at(finder, opened, i, err);
	if (mark == 0x00ab || mark == 0x2039)
		return opens || !closes ? push(finder, mark, i, err) : STATUS_OK;
	return opens && !closes ? push(finder, mark, i, err) : STATUS_OK;
}

static enum status take_mark(struct finder *finder, size_t i, struct error *err)
{
	uint32_t c = spot_at(finder, i);

	if (c == '"')
		return straight(finder, i, err);
	if (c == '\'' || c == 0x2019)
		return apostrophe(finder, c, i, err);
	if (c == 0x2018 || c == 0x201b || c == 0x201c || c == 0x201f)
		return high(finder, c, i, err);
	if (can_open(c) || always_closes(c))
		return other(finder, c, i, err);
	return STATUS_OK;
}

/* Lines and paragraphs */

static bool is_guillemet(uint32_t c)
{
	return c == 0x00ab || c == 0x00bb;
}

/* Does the paragraph that begins here say that this quotation goes on? */
static bool goes_on(const struct finder *finder, uint32_t mark, size_t i)
{
	uint32_t c = spot_at(finder, i);

	if (mark == '"')
		return c == mark && !is_white(finder, i + 1);
	return c == mark || (is_guillemet(mark) && is_guillemet(c));
}

/* A line or a paragraph begins at *i, which moves behind the marks that say that
 * quotations go on. */
static enum status begin_line(struct finder *finder, size_t *i, bool is_paragraph,
                              struct error *err)
{
	size_t next = *i, end = *i, kept = 0;

	while (kept < finder->depth && goes_on(finder, finder->open[kept].mark, next)) {
		kept++;
		do
			next++;
		while (next < finder->count && is_white(finder, next) &&
		       spot_at(finder, next) != '\n');
	}
	if (is_paragraph) {
		while (end > 0 && is_white(finder, end - 1))
			end--;
		while (finder->depth > kept)
			TRY(drop(finder, end, err));
	}
	*i = next;
	return STATUS_OK;
}

/* Takes what is white from *i on. */
static enum status take_white(struct finder *finder, size_t *i, struct error *err)
{
	unsigned lines = 0;
	bool is_paragraph = false;

	for (; *i < finder->count && is_white(finder, *i); ++*i) {
		uint32_t c = spot_at(finder, *i);

		lines += c == '\n' || (c == '\r' && spot_at(finder, *i + 1) != '\n');
		is_paragraph |= c == 0x2029;
	}
	is_paragraph |= lines > 1;
	return is_paragraph || lines > 0 ? begin_line(finder, i, is_paragraph, err)
	                                 : STATUS_OK;
}

static enum status find_all(struct finder *finder, struct error *err)
{
	size_t i = 0;

	while (i < finder->count) {
		if (is_white(finder, i))
			TRY(take_white(finder, &i, err));
		else
			TRY(take_mark(finder, i++, err));
	}
	return begin_line(finder, &i, true, err);
}

static enum status read_spots(struct finder *finder, struct view text, struct error *err)
{
	uint32_t c;

	for (size_t at = 0, len; at < text.len; at += len) {
		len = utf8_decode(view_from(text, at), &c);
		if (len == 0)
			return error_set(err, STATUS_MALFORMED,
			                 "the text is not UTF-8, at byte %zu", at);
		if (release_char_is_format(c))
			continue;
		TRY(record_array_reserve(&finder->spots, &finder->spots_cap,
		                         finder->count + 2, sizeof *finder->spots, err));
		c = c == 0xff02 ? '"' : c == 0xff07 ? '\'' : c;
		finder->spots[finder->count++] = (struct spot){c, (uint32_t)at};
	}
	return STATUS_OK;
}

static bool has_word(const struct finder *finder, const struct release_passage *passage)
{
	for (size_t i = passage->start; i < passage->end; i++)
		if (is_letter(finder, i) &&
		    release_char_kind(spot_at(finder, i)) != RELEASE_CHAR_MARK)
			return true;
	return false;
}

static int compare_passages(const void *a, const void *b)
{
	const struct release_passage *left = a, *right = b;

	return left->start < right->start ? -1 : 1; /* no two at one place */
}

/* Keeps those with a word, as places in the text. */
static void keep_passages(struct finder *finder, size_t text_len)
{
	size_t kept = 0;

	if (finder->found_count > 0)
		qsort(finder->found, finder->found_count, sizeof *finder->found,
		      compare_passages);
	for (size_t i = 0; i < finder->found_count; i++) {
		struct release_passage passage = finder->found[i];

		if (!has_word(finder, &passage))
			continue;
		passage.start = finder->spots[passage.start].at;
		passage.end = passage.end < finder->count ? finder->spots[passage.end].at
		                                          : text_len;
		finder->found[kept++] = passage;
	}
	finder->found_count = kept;
}

enum status release_quote_find(struct view text, struct release_passage **ret_passages,
                               size_t *ret_count, struct error *err)
{
	struct finder finder = {0};

	if (text.len > RELEASE_ARTICLE_MAX)
		return error_set(err, STATUS_LIMIT, "a text of more than %d bytes",
		                 RELEASE_ARTICLE_MAX);
	enum status status = read_spots(&finder, text, err);
	if (status == STATUS_OK)
		status = find_all(&finder, err);
	if (status == STATUS_OK) {
		keep_passages(&finder, text.len);
		*ret_passages = finder.found;
		*ret_count = finder.found_count;
		finder.found = NULL;
	}
	free(finder.found);
	free(finder.spots);
	return status;
}
