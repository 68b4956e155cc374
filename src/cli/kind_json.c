/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Member by member from the table. Texts stand in all languages, so that the reader
 * chooses.
 */
#include "cli/kind_json.h"

#include "codec/json_writer.h"

static void write_texts(struct json_writer *writer, const char *name,
                        const char *const *texts)
{
	json_writer_object(writer, name);
	for (size_t i = 0; i < record_kinds_language_count; i++)
		json_writer_string(writer, record_kinds_languages[i], texts[i]);
	json_writer_end(writer);
}

static void write_choices(struct json_writer *writer, const struct record_field *field)
{
	json_writer_array(writer, "choices");
	for (size_t i = 0; i < field->choice_count; i++) {
		const struct record_choice *choice = &field->choices[i];

		json_writer_object(writer, NULL);
		json_writer_string(writer, "value", choice->value);
		write_texts(writer, "label", choice->label);
		if (choice->form != RECORD_FIELD_TEXT)
			json_writer_string(writer, "form",
			                   record_kinds_type_names[choice->form]);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static bool has_limits(enum record_field_type type)
{
	return type == RECORD_FIELD_TEXT || type == RECORD_FIELD_INTEGER ||
	       type == RECORD_FIELD_BASE64 || type == RECORD_FIELD_LIST;
}

static void write_fields(struct json_writer *writer, const struct record_field *fields,
                         size_t count);

/* What a value holds; the element of a list has nothing else. */
static void write_type(struct json_writer *writer, const struct record_field *field)
{
	json_writer_string(writer, "type", record_kinds_type_names[field->type]);
	if (has_limits(field->type)) {
		json_writer_integer(writer, "min", field->min);
		json_writer_integer(writer, "max", field->max);
	}
	if (field->by != NULL)
		json_writer_string(writer, "by", field->by);
	if (field->type == RECORD_FIELD_CHOICE)
		write_choices(writer, field);
	if (field->type == RECORD_FIELD_OBJECT)
		write_fields(writer, field->fields, field->field_count);
	if (field->type != RECORD_FIELD_LIST)
		return;
	json_writer_object(writer, "of");
	write_type(writer, &field->fields[0]);
	json_writer_end(writer);
}

static void write_fields(struct json_writer *writer, const struct record_field *fields,
                         size_t count)
{
	json_writer_array(writer, "fields");
	for (size_t i = 0; i < count; i++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "name", fields[i].name);
		json_writer_bool(writer, "required", fields[i].required);
		write_texts(writer, "label", fields[i].label);
		write_type(writer, &fields[i]);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_answers(struct json_writer *writer, const struct record_kind *kind)
{
	if (kind->answers == NULL) {
		json_writer_string(writer, "answers",
		                   kind->answers_person ? "person" : "any");
		return;
	}
	json_writer_array(writer, "answers");
	for (size_t i = 0; kind->answers[i] != NULL; i++)
		json_writer_string(writer, NULL, kind->answers[i]);
	json_writer_end(writer);
}

static const char *demand(bool is_possible, bool is_needed)
{
	return is_needed ? "required" : is_possible ? "optional" : "none";
}

/* Members of the open object. */
static void write_kind(struct json_writer *writer, const struct record_kind *kind)
{
	json_writer_string(writer, "name", kind->name);
	json_writer_bool(writer, "automatic", kind->is_automatic);
	json_writer_string(
	    writer, "body",
	    demand(kind->has_body, kind->has_body && !kind->body_optional));
	json_writer_string(writer, "re", demand(kind->takes_re, kind->needs_re));
	write_answers(writer, kind);
	json_writer_bool(writer, "starts", kind->starts_duty);
	json_writer_bool(writer, "meets", kind->meets_duty);
	json_writer_bool(writer, "always", kind->always_allowed);
	write_texts(writer, "label", kind->label);
}

void kind_json_append(const struct record_kind *kind, struct buf *out)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_object(&writer, NULL);
	write_kind(&writer, kind);
	write_texts(&writer, "help", kind->help);
	write_fields(&writer, kind->fields, kind->field_count);
	json_writer_end(&writer);
}

void kind_json_append_list(struct buf *out)
{
	struct json_writer writer = json_writer_of(out);

	json_writer_array(&writer, NULL);
	for (size_t i = 0; i < record_kind_count; i++) {
		json_writer_object(&writer, NULL);
		write_kind(&writer, &record_kinds[i]);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
}
