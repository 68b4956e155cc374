/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All words come from the catalogue; here stands only how they are laid out.
 */
#include "cli/kind_help.h"

#include <stdio.h>

#include "base/cleanup.h"

enum { NAME_WIDTH = 22, TYPE_MAX = 8192 };

static const char *word(enum record_word which, const char *language)
{
	return record_kinds_text(record_kinds_words[which], language);
}

/* Appends the phrase with what stands in for one of its places. */
static void append_filled(struct buf *out, const char *phrase, const char *place,
                          struct view value)
{
	const char *found = strstr(phrase, place);

	if (found == NULL) {
		buf_append_string(out, phrase);
		return;
	}
	buf_append(out, phrase, (size_t)(found - phrase));
	buf_append_view(out, value);
	buf_append_string(out, found + strlen(place));
}

/* Puts a value into what has been appended since `start`. */
static void fill(struct buf *out, size_t start, const char *place, struct view value)
{
	CLEANUP_BUF struct buf phrase = BUF_INIT(TYPE_MAX);

	buf_append_view(&phrase, view_from(buf_view(out), start));
	buf_append_byte(&phrase, '\0');
	if (phrase.len == 0)
		return;
	out->len = start;
	append_filled(out, (const char *)phrase.data, place, value);
}

static void fill_number(struct buf *out, size_t start, const char *place, int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lld", (long long)number);
	fill(out, start, place, view_of_string(text));
}

static void append_type(const struct record_field *field, const char *language,
                        struct buf *out)
{
	CLEANUP_BUF struct buf inner = BUF_INIT(TYPE_MAX);
	size_t start = out->len;

	buf_append_string(out,
	                  record_kinds_text(record_kinds_types[field->type], language));
	fill_number(out, start, "{min}", field->min);
	fill_number(out, start, "{max}", field->max);
	/* they follow one by one, with their labels */
	fill(out, start, "{choices}", view_of_string("…"));
	if (field->type != RECORD_FIELD_LIST)
		return;
	append_type(&field->fields[0], language, &inner);
	fill(out, start, "{of}", buf_view(&inner));
}

/* Two spaces a level. */
static void append_indent(struct buf *out, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		buf_append(out, "  ", 2);
}

static void append_choices(const struct record_field *field, const char *language,
                           unsigned depth, struct buf *out)
{
	for (size_t i = 0; i < field->choice_count; i++) {
		append_indent(out, depth);
		buf_printf(out, "%s: %s", field->choices[i].value,
		           record_kinds_text(field->choices[i].label, language));
		if (field->choices[i].form != RECORD_FIELD_TEXT)
			buf_printf(
			    out, " (%s)",
			    record_kinds_text(record_kinds_types[field->choices[i].form],
			                      language));
		buf_append_byte(out, '\n');
	}
}

static void append_fields(const struct record_field *fields, size_t count,
                          const char *language, unsigned depth, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct record_field *inner = &fields[i];
		int width = NAME_WIDTH - 2 * (int)depth;

		append_indent(out, depth);
		buf_printf(out, "%-*s %s  ", width > 0 ? width : 0, fields[i].name,
		           fields[i].required ? "*" : " ");
		buf_printf(out, "%s (", record_kinds_text(fields[i].label, language));
		append_type(&fields[i], language, out);
		buf_append(out, ")\n", 2);
		while (inner->type == RECORD_FIELD_LIST)
			inner = &inner->fields[0];
		append_choices(inner, language, depth + 2, out);
		if (inner->type == RECORD_FIELD_OBJECT)
			append_fields(inner->fields, inner->field_count, language,
			              depth + 1, out);
	}
}

static void append_answers(const struct record_kind *kind, const char *language,
                           struct buf *out)
{
	CLEANUP_BUF struct buf kinds = BUF_INIT(TYPE_MAX);
	enum record_word sentence = kind->needs_re   ? RECORD_WORD_RE_REQUIRED
	                            : kind->takes_re ? RECORD_WORD_RE_OPTIONAL
	                                             : RECORD_WORD_RE_NONE;

	for (size_t i = 0; kind->answers != NULL && kind->answers[i] != NULL; i++)
		buf_printf(&kinds, "%s%s", i > 0 ? ", " : "", kind->answers[i]);
	if (kind->answers == NULL)
		buf_append_string(&kinds,
		                  word(kind->answers_person ? RECORD_WORD_KINDS_PERSON
		                                            : RECORD_WORD_KINDS_ANY,
		                       language));
	append_filled(out, word(sentence, language), "{kinds}", buf_view(&kinds));
	buf_append_byte(out, '\n');
}

static void append_sentence(bool applies, enum record_word which, const char *language,
                            struct buf *out)
{
	if (applies)
		buf_printf(out, "%s\n", word(which, language));
}

static void append_usage(const struct record_kind *kind, struct buf *out)
{
	const char *body = !kind->has_body       ? ""
	                   : kind->body_optional ? " [--body FILE]"
	                                         : " --body FILE";

	buf_printf(out, "\naldis send CHANNEL %s%s%s\n", kind->name,
	           kind->needs_re   ? " --re ID"
	           : kind->takes_re ? " [--re ID]"
	                            : "",
	           body);
	if (kind->has_body)
		buf_printf(out, "aldis send CHANNEL %s --template > FILE\n", kind->name);
}

void kind_help_append(const struct record_kind *kind, const char *language,
                      struct buf *out)
{
	buf_printf(out, "%s  %s\n", kind->name, record_kinds_text(kind->label, language));
	buf_printf(out, "%s\n\n", record_kinds_text(kind->help, language));
	append_sentence(kind->is_automatic, RECORD_WORD_AUTOMATIC, language, out);
	append_answers(kind, language, out);
	append_sentence(kind->starts_duty, RECORD_WORD_STARTS, language, out);
	append_sentence(kind->meets_duty, RECORD_WORD_MEETS, language, out);
	append_sentence(kind->always_allowed, RECORD_WORD_ALWAYS, language, out);
	append_sentence(!kind->has_body, RECORD_WORD_NO_BODY, language, out);
	append_sentence(kind->body_optional, RECORD_WORD_BODY_OPTIONAL, language, out);
	if (!kind->is_automatic)
		append_usage(kind, out);
	if (kind->field_count == 0)
		return;
	buf_printf(out, "\n%s\n", word(RECORD_WORD_FIELDS, language));
	append_fields(kind->fields, kind->field_count, language, 1, out);
}

void kind_help_append_list(const char *language, struct buf *out)
{
	for (size_t i = 0; i < record_kind_count; i++)
		buf_printf(out, "%-*s %s %s\n", NAME_WIDTH, record_kinds[i].name,
		           record_kinds[i].is_automatic ? "-" : " ",
		           record_kinds_text(record_kinds[i].label, language));
	buf_printf(out, "\n- %s\n", word(RECORD_WORD_AUTOMATIC, language));
}
