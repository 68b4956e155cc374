/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON. The writer remembers for each open object or array how it closes and
 * whether a comma is due.
 */
#include "codec/json_writer.h"

#include <assert.h>

#include "codec/json.h"
#include "codec/time_text.h"
#include "codec/utf8.h"

static void start_value(struct json_writer *writer, const char *name)
{
	if (writer->has_items[writer->depth])
		buf_append_byte(writer->out, ',');
	writer->has_items[writer->depth] = true;
	if (name != NULL) {
		buf_append_byte(writer->out, '"');
		buf_append_string(writer->out, name);
		buf_append_string(writer->out, "\":");
	}
}

static void open_level(struct json_writer *writer, const char *name, char opener,
                       char closer)
{
	assert(writer->depth < JSON_WRITER_DEPTH_MAX);
	start_value(writer, name);
	buf_append_byte(writer->out, (uint8_t)opener);
	writer->closers[writer->depth++] = closer;
	writer->has_items[writer->depth] = false;
}

void json_writer_object(struct json_writer *writer, const char *name)
{
	open_level(writer, name, '{', '}');
}

void json_writer_array(struct json_writer *writer, const char *name)
{
	open_level(writer, name, '[', ']');
}

void json_writer_end(struct json_writer *writer)
{
	assert(writer->depth > 0);
	buf_append_byte(writer->out, (uint8_t)writer->closers[--writer->depth]);
}

void json_writer_string(struct json_writer *writer, const char *name, const char *value)
{
	json_writer_text(writer, name, view_of_string(value));
}

/* The slow way, for text that is not what it should be. */
static void append_mended(struct buf *out, struct view text)
{
	buf_append_byte(out, '"');
	while (text.len > 0) {
		uint32_t code_point;
		size_t len = utf8_decode(text, &code_point);

		if (len == 0 || code_point < 0x20 || code_point == '"' ||
		    code_point == '\\') {
			buf_append_byte(out, '?');
			len = 1;
		} else {
			buf_append(out, text.data, len);
		}
		text = view_from(text, len);
	}
	buf_append_byte(out, '"');
}

void json_writer_text(struct json_writer *writer, const char *name, struct view value)
{
	start_value(writer, name);
	if (utf8_check(value) &&
	    (value.len == 0 || memchr(value.data, 0, value.len) == NULL))
		json_append_string(writer->out, value);
	else
		append_mended(writer->out, value);
}

void json_writer_integer(struct json_writer *writer, const char *name, int64_t value)
{
	start_value(writer, name);
	buf_printf(writer->out, "%lld", (long long)value);
}

void json_writer_bool(struct json_writer *writer, const char *name, bool value)
{
	start_value(writer, name);
	buf_append_string(writer->out, value ? "true" : "false");
}

void json_writer_null(struct json_writer *writer, const char *name)
{
	start_value(writer, name);
	buf_append_string(writer->out, "null");
}

void json_writer_time(struct json_writer *writer, const char *name, int64_t time_s)
{
	char text[TIME_TEXT_LEN + 1];

	time_text_encode(time_s, text);
	json_writer_string(writer, name, text);
}

void json_writer_time_or_never(struct json_writer *writer, const char *name,
                               int64_t time_s)
{
	if (time_s == 0)
		json_writer_string(writer, name, "never");
	else
		json_writer_time(writer, name, time_s);
}

void json_writer_raw(struct json_writer *writer, const char *name, struct view json)
{
	start_value(writer, name);
	buf_append_view(writer->out, json);
}
