/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printing what others wrote. Nothing that a terminal would obey, nothing that turns the
 * direction of text and nothing that can't be seen gets out as it is: that (hidden.h) and
 * broken UTF-8 are shown as escapes.
 */
#ifndef ALDIS_CLI_PRINT_H
#define ALDIS_CLI_PRINT_H

#include <stdio.h>

#include "base/buf.h"

/* Appends the text with everything dangerous, newlines too, as "\u{1b}" or "\x80". */
void print_append_escaped(struct buf *out, struct view text);
void print_escaped(FILE *file, struct view text);
/* As print_escaped, but newlines stay and what follows them is indented by this many
 * blanks. */
void print_indented(FILE *file, struct view text, int indent);

/* As print_escaped, for the text of a signal, in which U+2066 and U+2069 keep the values
 * apart in what is written from right to left: these stay, each pair closed within the
 * text and none within another. */
void print_append_isolated(struct buf *out, struct view text);

/* Prints well-formed JSON so that a terminal can't be harmed: dangerous code points,
 * which can only stand within strings, become \uXXXX. It stays the same JSON. */
void print_json(FILE *file, struct view json);

/* A line of a table: the cells escaped and padded to width columns; the last is not
 * padded. */
struct print_cell {
	const char *text;
	int width;
};
void print_row(FILE *file, const struct print_cell *cells, size_t count);

#endif
