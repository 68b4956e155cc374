/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacing, parting, folding. The scenes are ours, but what stands in the values came
 * from programs: lengths are checked.
 */
#include "cli/demo_words.h"

#include <stdio.h>

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

static const char *find(const struct demo_values *values, struct view name)
{
	for (size_t i = 0; i < values->count; i++)
		if (view_equal_string(name, values->values[i].name))
			return values->values[i].text;
	return NULL;
}

enum status demo_values_set(struct demo_values *values, const char *name,
                            struct view text, struct error *err)
{
	size_t i = 0;

	while (i < values->count && strcmp(values->values[i].name, name) != 0)
		i++;
	if (i == DEMO_VALUES_MAX)
		return error_set(err, STATUS_LIMIT, "too many values");
	if (!view_copy_string(text, values->values[i].text, DEMO_VALUE_LEN) ||
	    !view_copy_string(view_of_string(name), values->values[i].name,
	                      sizeof values->values[i].name))
		return error_set(err, STATUS_LIMIT, "the value of $%s is too long", name);
	if (i == values->count)
		values->count++;
	return STATUS_OK;
}

enum status demo_values_expand(const struct demo_values *values, const char *text,
                               struct buf *out, struct error *err)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, "$"), len = 0;
		const char *value;

		buf_append(out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		text++;
		while (is_name(text[len]))
			len++;
		value = find(values, view_of(text, len));
		if (value == NULL)
			return error_set(err, STATUS_NOT_FOUND, "$%.*s has no value",
			                 (int)len, text);
		buf_append_string(out, value);
		text += len;
	}
	return buf_check(out, "a command", err);
}

/* Copies the word that begins at text[at] to ret_text; returns where it ends. */
static size_t take_word(struct view line, size_t at, char *ret_text, size_t *used)
{
	bool is_quoted = false;

	for (; at < line.len && (is_quoted || line.data[at] != ' '); at++) {
		if (line.data[at] == '\'')
			is_quoted = !is_quoted;
		else
			ret_text[(*used)++] = (char)line.data[at];
	}
	ret_text[(*used)++] = '\0';
	return at;
}

enum status demo_words_split(struct view line, struct demo_words *ret_words,
                             struct error *err)
{
	struct demo_words *words = ret_words;
	size_t used = 0;

	*words = (struct demo_words){0};
	if (line.len + DEMO_WORDS_MAX + 1 > sizeof words->text)
		return error_set(err, STATUS_LIMIT, "a command is too long");
	for (size_t at = 0; at < line.len;) {
		const char *word = words->text + used;

		if (line.data[at] == ' ') {
			at++;
			continue;
		}
		if (words->count == DEMO_WORDS_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "a command has too many words");
		at = take_word(line, at, words->text, &used);
		words->words[words->count++] = word;
	}
	if (words->count > 1 && strcmp(words->words[words->count - 1], "&") == 0) {
		words->is_daemon = true;
		words->words[--words->count] = NULL;
	}
	if (words->count > 2 && strcmp(words->words[words->count - 2], ">") == 0) {
		words->into = words->words[words->count - 1];
		words->count -= 2;
		words->words[words->count] = NULL;
	}
	if (words->count == 0)
		return error_set(err, STATUS_MALFORMED, "a command without a word");
	return STATUS_OK;
}

static bool is_break(struct view rest)
{
	return view_has_prefix(rest, view_of_string(" --")) ||
	       view_has_prefix(rest, view_of_string(" > "));
}

/* Where an option or an output begins, outside of quotes, last within the width. */
static size_t find_break(struct view line, size_t width)
{
	size_t found = 0;
	bool is_quoted = false;

	for (size_t at = 0; at + 2 < line.len && at <= width; at++) {
		if (line.data[at] == '\'')
			is_quoted = !is_quoted;
		if (!is_quoted && at > 8 && is_break(view_from(line, at)))
			found = at;
	}
	return found;
}

void demo_words_fold(struct view line, size_t width, struct buf *out)
{
	static const char next[] = "    ";

	while (line.len > width) {
		size_t at = find_break(line, width - 2);

		if (at == 0)
			break;
		buf_append(out, line.data, at);
		buf_printf(out, " \\\n%s", next);
		line = view_of(line.data + at + 1, line.len - at - 1);
	}
	buf_append_view(out, line);
}
