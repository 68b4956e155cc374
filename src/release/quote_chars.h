/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters as quotations are compared by: their kinds, and what is left of one when
 * case, form and typography don't count. Unicode's tables are those of utf8proc. Source:
 * spec/release.md, Quotes.
 */
#ifndef ALDIS_RELEASE_QUOTE_CHARS_H
#define ALDIS_RELEASE_QUOTE_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum release_char {
	RELEASE_CHAR_WHITE,
	RELEASE_CHAR_LETTER,
	RELEASE_CHAR_MARK,
	RELEASE_CHAR_NUMBER,
	RELEASE_CHAR_BARE, /* a letter of a script that is written without spaces */
	RELEASE_CHAR_OTHER,
};

enum {
	RELEASE_CHAR_SPACE = ' ',
	RELEASE_CHAR_DOUBLE = '"', /* any double quotation mark, when folded */
	RELEASE_CHAR_SINGLE = '\'',
	RELEASE_CHAR_DASH = '-',
	RELEASE_CHAR_OMISSION = 0x2026,
	RELEASE_CHAR_FOLD_MAX = 40,
};

enum release_char release_char_kind(uint32_t c);
/* Between letters of these, quotation marks stand without a space. */
bool release_char_is_loose(uint32_t c);
/* Letters, numbers and their marks, but not BARE ones. */
bool release_char_is_in_word(uint32_t c);
/* Category Cf: nothing is seen of it. */
bool release_char_is_format(uint32_t c);
/* An end of brackets; a small letter. */
bool release_char_is_close(uint32_t c);
bool release_char_is_lower(uint32_t c);
/* Canonical combining class. */
int release_char_class(uint32_t c);

/* What is compared of it: none to RELEASE_CHAR_FOLD_MAX characters. */
size_t release_char_fold(uint32_t c, uint32_t ret_fold[RELEASE_CHAR_FOLD_MAX]);

#endif
