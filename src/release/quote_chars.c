/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds by category, and the table of exceptions: page/quote.js has the same.
 */
#include "release/quote_chars.h"

#include <assert.h>
#include <utf8proc.h>

struct range {
	uint32_t first, last;
};

static const struct range bare[] = {
    {0x0e00, 0x0eff}, {0x1000, 0x109f}, {0x1780, 0x17ff}, {0x2e80, 0x2fdf},
    {0x3005, 0x3007}, {0x3021, 0x3029}, {0x3041, 0x30ff}, {0x31f0, 0x31ff},
    {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xf900, 0xfaff}, {0x20000, 0x3fffd}};
static const struct range loose[] = {{0x0600, 0x06ff}, {0x0750, 0x077f}, {0x08a0, 0x08ff},
                                     {0x1100, 0x11ff}, {0xac00, 0xd7a3}, {0xfb50, 0xfdff},
                                     {0xfe70, 0xfeff}};
static const uint32_t doubles[] = {'"',    0x00ab, 0x00bb, 0x201c, 0x201d, 0x201e,
                                   0x201f, 0x2e42, 0x275d, 0x275e, 0x300c, 0x300d,
                                   0x300e, 0x300f, 0x301d, 0x301e, 0x301f, 0x05f4};
static const uint32_t singles[] = {'\'',   '`',    0x00b4, 0x2018, 0x2019, 0x201a,
                                   0x201b, 0x2032, 0x2039, 0x203a, 0x275b, 0x275c,
                                   0x02b9, 0x02bb, 0x02bc, 0x02bd, 0x055a, 0x05f3};
static const struct range ignored[] = {{0x034f, 0x034f}, {0x0640, 0x0640},
                                       {0x180b, 0x180d}, {0x180f, 0x180f},
                                       {0xfe00, 0xfe0f}, {0xe0100, 0xe01ef}};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_within(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static bool is_among(const uint32_t *list, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == c)
			return true;
	return false;
}

static bool is_single(uint32_t c)
{
	if (c > 0x275c || (c < 0xb4 && c != '\'' && c != '`'))
		return false;
	return is_among(singles, COUNT(singles), c);
}

static utf8proc_category_t category_of(uint32_t c)
{
	return utf8proc_category((utf8proc_int32_t)c);
}

static enum release_char letter_kind(uint32_t c, enum release_char kind)
{
	if (is_single(c))
		return RELEASE_CHAR_OTHER;
	return c >= bare[0].first && is_within(bare, COUNT(bare), c) ? RELEASE_CHAR_BARE
	                                                             : kind;
}

static enum release_char ascii_kind(uint32_t c)
{
	if (c <= ' ' || c == 0x7f)
		return RELEASE_CHAR_WHITE;
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		return RELEASE_CHAR_LETTER;
	return c >= '0' && c <= '9' ? RELEASE_CHAR_NUMBER : RELEASE_CHAR_OTHER;
}

enum release_char release_char_kind(uint32_t c)
{
	if (c < 0x80)
		return ascii_kind(c);
	switch (category_of(c)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
		return RELEASE_CHAR_WHITE;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return RELEASE_CHAR_MARK;
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
		return letter_kind(c, RELEASE_CHAR_LETTER);
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return letter_kind(c, RELEASE_CHAR_NUMBER);
	default:
		return RELEASE_CHAR_OTHER;
	}
}

bool release_char_is_loose(uint32_t c)
{
	return is_within(loose, COUNT(loose), c);
}

bool release_char_is_in_word(uint32_t c)
{
	enum release_char kind = release_char_kind(c);

	return kind == RELEASE_CHAR_LETTER || kind == RELEASE_CHAR_MARK ||
	       kind == RELEASE_CHAR_NUMBER;
}

bool release_char_is_format(uint32_t c)
{
	return c >= 0x80 && category_of(c) == UTF8PROC_CATEGORY_CF;
}

bool release_char_is_close(uint32_t c)
{
	return category_of(c) == UTF8PROC_CATEGORY_PE;
}

bool release_char_is_lower(uint32_t c)
{
	return category_of(c) == UTF8PROC_CATEGORY_LL;
}

int release_char_class(uint32_t c)
{
	return utf8proc_get_property((utf8proc_int32_t)c)->combining_class;
}

static uint32_t plain(uint32_t c)
{
	if (release_char_kind(c) == RELEASE_CHAR_WHITE)
		return RELEASE_CHAR_SPACE;
	if (is_among(doubles, COUNT(doubles), c))
		return RELEASE_CHAR_DOUBLE;
	if (is_single(c))
		return RELEASE_CHAR_SINGLE;
	if (c == 0x2212 || category_of(c) == UTF8PROC_CATEGORY_PD)
		return RELEASE_CHAR_DASH;
	return c;
}

/* One character of a decomposition. */
static size_t fold_part(uint32_t c, uint32_t *ret_fold)
{
	if (release_char_is_format(c) || is_within(ignored, COUNT(ignored), c))
		return 0;
	c = (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
	if (c == 0x00df) { /* sharp s */
		ret_fold[0] = ret_fold[1] = 's';
		return 2;
	}
	if (c == 0x03c2) /* final sigma */
		c = 0x03c3;
	else if (c == 0x0131) /* dotless i */
		c = 'i';
	ret_fold[0] = plain(c);
	return 1;
}

size_t release_char_fold(uint32_t c, uint32_t ret_fold[RELEASE_CHAR_FOLD_MAX])
{
	utf8proc_int32_t parts[RELEASE_CHAR_FOLD_MAX / 2];
	size_t count = 0;
	int class = 0;

	if (is_single(c)) {
		ret_fold[0] = RELEASE_CHAR_SINGLE;
		return 1;
	}
	utf8proc_ssize_t len =
	    utf8proc_decompose_char((utf8proc_int32_t)c, parts, COUNT(parts),
	                            UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &class);
	assert(len >= 0 && (size_t)len <= COUNT(parts)); /* Unicode has 18 at most */
	for (utf8proc_ssize_t i = 0; i < len; i++)
		count += fold_part((uint32_t)parts[i], ret_fold + count);
	return count;
}
