/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escaping, code point by code point.
 */
#include "cli/print.h"

#include <stdlib.h>

#include "cli/hidden.h"
#include "codec/utf8.h"

enum { PRINT_MAX = 64 * 1024 * 1024 };

/* A text, read one code point after the other. */
struct reading {
	struct view rest;
	uint32_t before; /* 0: nothing, or a broken byte */
	uint32_t at;     /* 0, with len 0: a broken byte */
	size_t len;
	bool is_hidden;
};

static bool read_next(struct reading *reading)
{
	uint32_t after = 0;

	if (reading->rest.len == 0)
		return false;
	reading->len = utf8_decode(reading->rest, &reading->at);
	if (reading->len == 0)
		reading->at = 0;
	else
		(void)utf8_decode(view_from(reading->rest, reading->len), &after);
	reading->is_hidden = hidden_is(reading->before, reading->at, after);
	return true;
}

static void go_on(struct reading *reading)
{
	reading->before = reading->at;
	reading->rest = view_from(reading->rest, reading->len > 0 ? reading->len : 1);
}

/* Appends the code point, or broken byte, at hand. */
static void append_one(struct buf *out, const struct reading *reading)
{
	if (reading->len == 0)
		buf_printf(out, "\\x%02x", reading->rest.data[0]);
	else if (reading->is_hidden)
		buf_printf(out, "\\u{%x}", reading->at);
	else
		buf_append(out, reading->rest.data, reading->len);
}

void print_append_escaped(struct buf *out, struct view text)
{
	for (struct reading reading = {text}; read_next(&reading); go_on(&reading))
		append_one(out, &reading);
}

static void put(FILE *file, struct buf *text)
{
	(void)fwrite(text->data, 1, text->len, file);
	buf_release(text);
}

void print_escaped(FILE *file, struct view text)
{
	struct buf out = BUF_INIT(PRINT_MAX);

	print_append_escaped(&out, text);
	put(file, &out);
}

void print_indented(FILE *file, struct view text, int indent)
{
	struct buf out = BUF_INIT(PRINT_MAX);

	for (struct reading reading = {text}; read_next(&reading); go_on(&reading))
		if (reading.at == '\n')
			buf_printf(&out, "\n%*s", indent, "");
		else
			append_one(&out, &reading);
	put(file, &out);
}

/* U+2066 and U+2069 are this long, and nothing else begins with their bytes. */
static const char isolate_begin[] = "\xe2\x81\xa6", isolate_end[] = "\xe2\x81\xa9";

void print_append_isolated(struct buf *out, struct view text)
{
	bool is_open = false;

	for (struct reading reading = {text}; read_next(&reading); go_on(&reading)) {
		struct view mark = view_of_string(is_open ? isolate_end : isolate_begin);

		if (view_has_prefix(reading.rest, mark)) {
			buf_append_view(out, mark);
			is_open = !is_open;
		} else {
			append_one(out, &reading);
		}
	}
	buf_append_string(out, is_open ? isolate_end : "");
}

/* As JSON escapes it, by a pair beyond four digits. */
static void append_unit(struct buf *out, uint32_t code_point)
{
	if (code_point < 0x10000)
		buf_printf(out, "\\u%04x", code_point);
	else
		buf_printf(out, "\\u%04x\\u%04x", 0xd800 + ((code_point - 0x10000) >> 10),
		           0xdc00 + ((code_point - 0x10000) & 0x3ff));
}

void print_json(FILE *file, struct view json)
{
	struct buf out = BUF_INIT(PRINT_MAX);

	for (struct reading reading = {json}; read_next(&reading); go_on(&reading))
		if (reading.len == 0)
			buf_append_byte(&out, '?');
		else if (reading.at != '\n' && reading.is_hidden)
			append_unit(&out, reading.at);
		else
			append_one(&out, &reading);
	put(file, &out);
	fputc('\n', file);
}

/* Columns as far as a terminal shows one for each code point. */
static size_t count_columns(struct view text)
{
	size_t columns = 0;

	for (size_t i = 0; i < text.len; i++)
		columns += (text.data[i] & 0xc0) != 0x80;
	return columns;
}

void print_row(FILE *file, const struct print_cell *cells, size_t count)
{
	struct buf out = BUF_INIT(PRINT_MAX);

	for (size_t i = 0; i < count; i++) {
		size_t start = out.len, columns;

		print_append_escaped(&out, view_of_string(cells[i].text));
		if (i + 1 == count)
			break;
		columns = count_columns(view_of(out.data + start, out.len - start));
		for (; columns < (size_t)cells[i].width; columns++)
			buf_append_byte(&out, ' ');
		buf_append_string(&out, "  ");
	}
	buf_append_byte(&out, '\n');
	put(file, &out);
}
