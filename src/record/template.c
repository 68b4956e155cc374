/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the table of a kind as the check of a body does, and writes what would pass it.
 */
#include "record/template.h"

#include "base/cleanup.h"
#include "codec/base64.h"
#include "record/object.h"

enum { PLACEHOLDER_MAX = 1024 };

static void append_indent(struct buf *out, unsigned depth)
{
	buf_append_byte(out, '\n');
	for (unsigned i = 0; i < depth; i++)
		buf_append(out, "  ", 2);
}

static int64_t character_count(const char *text)
{
	int64_t count = 0;

	for (; *text != '\0'; text++)
		count += ((uint8_t)*text & 0xc0) != 0x80;
	return count;
}

/* The label, or as many 'x' as it takes where that is too long or too short. */
static void append_text(const struct record_field *field, const char *language,
                        struct buf *out)
{
	const char *label = record_kinds_text(field->label, language);
	int64_t count = character_count(label) + 2;
	CLEANUP_BUF struct buf text = BUF_INIT(PLACEHOLDER_MAX);

	if (count >= field->min && count <= field->max)
		buf_printf(&text, "<%s>", label);
	else
		for (int64_t i = 0; i == 0 || i < field->min; i++)
			buf_append_byte(&text, 'x');
	json_append_string(out, buf_view(&text));
}

static void append_base64(const struct record_field *field, struct buf *out)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT((size_t)field->max);
	uint8_t *zeros;

	buf_append_byte(out, '"');
	zeros = field->min > 0 ? buf_extend(&bytes, (size_t)field->min) : NULL;
	if (zeros != NULL)
		memset(zeros, 0, (size_t)field->min);
	base64_append(out, buf_view(&bytes));
	buf_append_byte(out, '"');
}

static const char *language_tag(const char *language)
{
	return record_language_check(view_of_string(language)) ? language : "en";
}

/* Examples of the types whose values have a form of their own. */
static const char *const examples[] = {
    [RECORD_FIELD_TIME] = "2026-01-31T00:00:00Z",
    [RECORD_FIELD_HASH] =
        "0000000000000000000000000000000000000000000000000000000000000000",
    [RECORD_FIELD_DESK] = "south.example",
    [RECORD_FIELD_MESSAGE] = "south.example#1",
    [RECORD_FIELD_COUNTRY] = "ZZ",
    [RECORD_FIELD_ADDRESS] = "192.0.2.1",
    [RECORD_FIELD_PREFIX] = "192.0.2.0/24",
    [RECORD_FIELD_DOMAIN] = "www.example.org",
    [RECORD_FIELD_TECHNIQUE] = "T0000",
    [RECORD_FIELD_DURATION] = "PT1H",
    [RECORD_FIELD_DIGEST] = "00000000000000000000000000000000",
};

static void append_object(const struct record_field *fields, size_t count,
                          const char *language, unsigned depth, struct buf *out);
static void append_list(const struct record_field *field, const char *language,
                        unsigned depth, struct buf *out);

static void append_value(const struct record_field *field, const char *language,
                         unsigned depth, struct buf *out)
{
	switch (field->type) {
	case RECORD_FIELD_TEXT:
		append_text(field, language, out);
		break;
	case RECORD_FIELD_LANGUAGE:
		json_append_string(out, view_of_string(language_tag(language)));
		break;
	case RECORD_FIELD_INTEGER:
		buf_printf(out, "%lld", (long long)field->min);
		break;
	case RECORD_FIELD_BOOLEAN:
		buf_append_string(out, "false");
		break;
	case RECORD_FIELD_CHOICE:
		json_append_string(out, view_of_string(field->choices[0].value));
		break;
	case RECORD_FIELD_BASE64:
		append_base64(field, out);
		break;
	case RECORD_FIELD_OBJECT:
		append_object(field->fields, field->field_count, language, depth, out);
		break;
	case RECORD_FIELD_LIST:
		append_list(field, language, depth, out);
		break;
	case RECORD_FIELD_TIME:
	case RECORD_FIELD_HASH:
	case RECORD_FIELD_DESK:
	case RECORD_FIELD_MESSAGE:
	case RECORD_FIELD_COUNTRY:
	case RECORD_FIELD_ADDRESS:
	case RECORD_FIELD_PREFIX:
	case RECORD_FIELD_DOMAIN:
	case RECORD_FIELD_TECHNIQUE:
	case RECORD_FIELD_DURATION:
	case RECORD_FIELD_DIGEST:
		json_append_string(out, view_of_string(examples[field->type]));
		break;
	}
}

static void append_list(const struct record_field *field, const char *language,
                        unsigned depth, struct buf *out)
{
	buf_append_byte(out, '[');
	for (int64_t i = 0; i < field->max && (i == 0 || i < field->min); i++) {
		if (i > 0)
			buf_append(out, ", ", 2);
		append_value(&field->fields[0], language, depth, out);
	}
	buf_append_byte(out, ']');
}

/* The form that the first choice, which stands in the skeleton, asks of this text. */
static struct record_field as_asked(const struct record_field *fields, size_t count,
                                    const struct record_field *field)
{
	struct record_field asked = *field;

	for (size_t i = 0; field->by != NULL && i < count; i++)
		if (strcmp(fields[i].name, field->by) == 0)
			asked.type = fields[i].choices[0].form;
	return asked;
}

/* The fields that are required, or those that are not. */
static size_t append_members(const struct record_field *fields, size_t count,
                             bool required, size_t done, const char *language,
                             unsigned depth, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		struct record_field field = as_asked(fields, count, &fields[i]);

		if (field.required != required)
			continue;
		if (done++ > 0)
			buf_append_byte(out, ',');
		append_indent(out, depth + 1);
		json_append_string(out, view_of_string(field.name));
		buf_append(out, ": ", 2);
		append_value(&field, language, depth + 1, out);
	}
	return done;
}

static void append_object(const struct record_field *fields, size_t count,
                          const char *language, unsigned depth, struct buf *out)
{
	size_t done;

	buf_append_byte(out, '{');
	done = append_members(fields, count, true, 0, language, depth, out);
	done = append_members(fields, count, false, done, language, depth, out);
	if (done > 0)
		append_indent(out, depth);
	buf_append_byte(out, '}');
}

void record_template_append(const struct record_kind *kind, const char *language,
                            struct buf *out)
{
	append_object(kind->fields, kind->field_count, language, 0, out);
	buf_append_byte(out, '\n');
}
