/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a scanned document, and writing strings. The scan is in json_scan.c; here the
 * form of the text is taken as proven.
 */
#include "codec/json.h"

#include <assert.h>

#include "codec/json_chars.h"
#include "codec/utf8.h"

const struct json_token *json_root(const struct json_doc *doc)
{
	assert(doc->count > 0);
	return &doc->tokens[0];
}

const struct json_token *json_first(const struct json_doc *doc,
                                    const struct json_token *parent)
{
	if (parent->count == 0)
		return NULL;
	return parent + 1;
}

const struct json_token *json_next(const struct json_doc *doc,
                                   const struct json_token *parent,
                                   const struct json_token *child)
{
	if (child->next >= parent->next)
		return NULL;
	return &doc->tokens[child->next];
}

const struct json_token *json_member(const struct json_doc *doc,
                                     const struct json_token *object, const char *name)
{
	const struct json_token *child;

	assert(object->type == JSON_OBJECT);
	for (child = json_first(doc, object); child != NULL;
	     child = json_next(doc, object, child + 1)) {
		if (json_string_is(doc, child, name))
			return child + 1;
	}
	return NULL;
}

struct view json_raw(const struct json_doc *doc, const struct json_token *token)
{
	return view_of(doc->text.data + token->start, token->len);
}

struct view json_text(const struct json_doc *doc, const struct json_token *token)
{
	struct view raw = json_raw(doc, token);

	return token->type == JSON_STRING ? view_of(raw.data - 1, raw.len + 2) : raw;
}

bool json_string_is(const struct json_doc *doc, const struct json_token *token,
                    const char *string)
{
	struct view wanted = view_of_string(string);
	struct view rest = json_raw(doc, token);

	if (token->type != JSON_STRING)
		return false;
	if (!token->escaped)
		return view_equal(rest, wanted);
	while (rest.len > 0 && wanted.len > 0) {
		uint32_t code_point, wanted_code_point;
		size_t len = utf8_decode(wanted, &wanted_code_point);

		(void)json_chars_take(&rest, &code_point);
		if (len == 0 || code_point != wanted_code_point)
			return false;
		wanted = view_from(wanted, len);
	}
	return rest.len == 0 && wanted.len == 0;
}

void json_string_append(const struct json_doc *doc, const struct json_token *token,
                        struct buf *out)
{
	struct view rest = json_raw(doc, token);
	uint32_t code_point;

	assert(token->type == JSON_STRING);
	if (!token->escaped) {
		buf_append_view(out, rest);
		return;
	}
	while (json_chars_take(&rest, &code_point)) {
		uint8_t bytes[4];

		buf_append(out, bytes, utf8_encode(code_point, bytes));
	}
}

bool json_string_copy(const struct json_doc *doc, const struct json_token *token,
                      char *ret_string, size_t cap)
{
	struct view rest = json_raw(doc, token);
	uint32_t code_point;
	size_t used = 0;

	if (cap > 0)
		ret_string[0] = '\0';
	if (token->type != JSON_STRING)
		return false;
	if (!token->escaped)
		return view_copy_string(rest, ret_string, cap);
	while (json_chars_take(&rest, &code_point)) {
		uint8_t bytes[4];
		size_t len = utf8_encode(code_point, bytes);

		if (cap - used <= len) {
			ret_string[0] = '\0';
			return false;
		}
		memcpy(ret_string + used, bytes, len);
		used += len;
	}
	ret_string[used] = '\0';
	return true;
}

int64_t json_integer(const struct json_doc *doc, const struct json_token *token)
{
	struct view digits = json_raw(doc, token);
	bool negative = digits.data[0] == '-';
	int64_t value = 0;

	assert(token->type == JSON_INTEGER);
	for (size_t i = negative ? 1 : 0; i < digits.len; i++)
		value = value * 10 + (digits.data[i] - '0');
	return negative ? -value : value;
}

size_t json_string_length(const struct json_doc *doc, const struct json_token *token)
{
	struct view rest = json_raw(doc, token);
	uint32_t code_point;
	size_t length = 0;

	assert(token->type == JSON_STRING);
	if (!token->escaped) { /* every byte but those that continue a character */
		for (size_t i = 0; i < rest.len; i++)
			length += (rest.data[i] & 0xc0) != 0x80;
		return length;
	}
	while (json_chars_take(&rest, &code_point))
		length++;
	return length;
}

/* The letter of the short escape of a character, or 0. */
static char short_escape(uint8_t c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

static void append_escape(struct buf *out, uint8_t c)
{
	static const char digits[] = "0123456789ABCDEF";
	char letter = short_escape(c);
	char text[6] = {'\\', letter, '0', '0', digits[c >> 4], digits[c & 15]};

	if (letter == 0)
		text[1] = 'u';
	buf_append(out, text, letter != 0 ? 2 : sizeof text);
}

void json_append_string(struct buf *out, struct view text)
{
	size_t copied = 0;

	buf_append_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_append(out, text.data + copied, i - copied);
		append_escape(out, c);
		copied = i + 1;
	}
	if (text.len > copied)
		buf_append(out, text.data + copied, text.len - copied);
	buf_append_byte(out, '"');
}
