/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escaping, code point by code point.
 */
#include "cli/print.h"

#include <stdlib.h>

#include "codec/utf8.h"

enum { PRINT_MAX = 64 * 1024 * 1024 };

static bool is_dangerous(uint32_t code_point)
{
	if (code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f))
		return true;
	if (code_point == 0x061c || code_point == 0x200e || code_point == 0x200f)
		return true;
	if (code_point >= 0x202a && code_point <= 0x202e)
		return true;
	if (code_point >= 0x2066 && code_point <= 0x2069)
		return true;
	return code_point == 0x2028 || code_point == 0x2029 || code_point == 0xfeff;
}

/* Appends one code point, or one broken byte; returns how many bytes it took. */
static size_t append_one(struct buf *out, struct view text)
{
	uint32_t code_point;
	size_t len = utf8_decode(text, &code_point);

	if (len == 0) {
		buf_printf(out, "\\x%02x", text.data[0]);
		return 1;
	}
	if (is_dangerous(code_point))
		buf_printf(out, "\\u{%x}", code_point);
	else
		buf_append(out, text.data, len);
	return len;
}

void print_append_escaped(struct buf *out, struct view text)
{
	while (text.len > 0)
		text = view_from(text, append_one(out, text));
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

	while (text.len > 0) {
		if (text.data[0] != '\n') {
			text = view_from(text, append_one(&out, text));
			continue;
		}
		buf_printf(&out, "\n%*s", indent, "");
		text = view_from(text, 1);
	}
	put(file, &out);
}

/* U+2066 and U+2069 are this long, and nothing else begins with their bytes. */
static const char isolate_begin[] = "\xe2\x81\xa6", isolate_end[] = "\xe2\x81\xa9";

void print_append_isolated(struct buf *out, struct view text)
{
	bool is_open = false;

	while (text.len > 0) {
		struct view mark = view_of_string(is_open ? isolate_end : isolate_begin);

		if (view_has_prefix(text, mark)) {
			buf_append_view(out, mark);
			text = view_from(text, mark.len);
			is_open = !is_open;
		} else {
			text = view_from(text, append_one(out, text));
		}
	}
	buf_append_string(out, is_open ? isolate_end : "");
}

void print_json(FILE *file, struct view json)
{
	struct buf out = BUF_INIT(PRINT_MAX);

	while (json.len > 0) {
		uint32_t code_point;
		size_t len = utf8_decode(json, &code_point);

		if (len == 0) {
			buf_append_byte(&out, '?');
			len = 1;
		} else if (code_point != '\n' && is_dangerous(code_point)) {
			buf_printf(&out, "\\u%04x", code_point);
		} else {
			buf_append(&out, json.data, len);
		}
		json = view_from(json, len);
	}
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
