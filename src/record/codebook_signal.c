/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signal as sent: its parameters checked against the book, and its text put together
 * in the reader's language.
 */
#include "base/cleanup.h"
#include "record/codebook_parts.h"

/* U+2066 and U+2069: what is between them keeps its own direction. */
#define ISOLATE_BEGIN "\xe2\x81\xa6"
#define ISOLATE_END "\xe2\x81\xa9"

/* Unescaped values by index of the signal's parameters. */
struct values {
	char texts[RECORD_SIGNAL_PARAMETERS_MAX][RECORD_PARAMETER_VALUE_MAX + 1];
	bool given[RECORD_SIGNAL_PARAMETERS_MAX];
};

/* Which parameter a {name, value} is about. A name is shown only if it is a plain word,
 * because a peer may have written it. */
static enum status find_parameter(const struct record_signal *signal,
                                  const struct json_doc *doc,
                                  const struct json_token *element, size_t *ret_index,
                                  struct error *err)
{
	char name[RECORD_PARAMETER_NAME_MAX + 1];
	const struct json_token *token;

	if (element->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED,
		                 "parameters: must be a list of objects");
	token = json_member(doc, element, "name");
	if (token == NULL || token->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "parameters: one has no name");
	if (!json_string_copy(doc, token, name, sizeof name) ||
	    !codebook_parameter_name_check(view_of_string(name)))
		return error_set(err, STATUS_MALFORMED,
		                 "parameters: one has a name that is not a lower-case "
		                 "word");
	*ret_index = codebook_parameter_index(signal, view_of_string(name));
	if (*ret_index == signal->parameter_count)
		return error_set(err, STATUS_MALFORMED,
		                 "parameter %s: signal %lld does not have it", name,
		                 (long long)signal->number);
	return STATUS_OK;
}

static enum status read_value(const struct record_signal *signal,
                              const struct json_doc *doc,
                              const struct json_token *element, struct values *values,
                              struct error *err)
{
	const struct record_signal_parameter *parameter;
	const struct json_token *token;
	size_t i = 0;

	TRY(find_parameter(signal, doc, element, &i, err));
	parameter = &signal->parameters[i];
	if (values->given[i])
		return error_set(err, STATUS_MALFORMED, "parameter %s: is given twice",
		                 parameter->name);
	token = json_member(doc, element, "value");
	if (token == NULL || token->type != JSON_STRING ||
	    !json_string_copy(doc, token, values->texts[i], sizeof values->texts[i]) ||
	    !codebook_value_check(signal->book, parameter->type,
	                          view_of_string(values->texts[i])))
		return error_set(err, STATUS_MALFORMED, "parameter %s: must be %s",
		                 parameter->name,
		                 record_parameter_type_rule(parameter->type));
	values->given[i] = true;
	return STATUS_OK;
}

static enum status read_values(const struct record_signal *signal,
                               const struct json_doc *doc,
                               const struct json_token *parameters,
                               struct values *ret_values, struct error *err)
{
	*ret_values = (struct values){0};
	if (parameters != NULL && parameters->type != JSON_ARRAY)
		return error_set(err, STATUS_MALFORMED, "parameters: must be a list");
	if (parameters != NULL)
		for (const struct json_token *element = json_first(doc, parameters);
		     element != NULL; element = json_next(doc, parameters, element))
			TRY(read_value(signal, doc, element, ret_values, err));
	for (size_t i = 0; i < signal->parameter_count; i++)
		if (!ret_values->given[i])
			return error_set(
			    err, STATUS_MALFORMED, "parameter %s: is missing; it is %s",
			    signal->parameters[i].name,
			    record_parameter_type_rule(signal->parameters[i].type));
	return STATUS_OK;
}

enum status record_signal_check(const struct record_signal *signal,
                                const struct json_doc *doc,
                                const struct json_token *parameters, struct error *err)
{
	struct values values;

	return read_values(signal, doc, parameters, &values, err);
}

static bool is_right_to_left(const char *language)
{
	static const char *const tags[] = {"ar", "ckb", "dv", "fa", "he",
	                                   "ps", "sd",  "ug", "ur", "yi"};
	struct view primary = view_of(language, strcspn(language, "-"));

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		if (view_equal_string(primary, tags[i]))
			return true;
	return false;
}

enum status record_signal_render(const struct record_codebook *book,
                                 const struct record_signal *signal,
                                 const struct json_doc *doc,
                                 const struct json_token *parameters,
                                 const char *language, struct buf *out, struct error *err)
{
	size_t language_index = record_codebook_language_index(book, language);
	bool isolates = is_right_to_left(book->languages[language_index]);
	struct view rest = view_of_string(signal->texts[language_index]);
	struct view before, name;
	struct values values;

	TRY(read_values(signal, doc, parameters, &values, err));
	while (codebook_text_next(&rest, &before, &name)) {
		size_t i = codebook_parameter_index(signal, name);

		buf_append_view(out, before);
		if (i == signal->parameter_count)
			continue;
		buf_append_string(out, isolates ? ISOLATE_BEGIN : "");
		codebook_value_append(book, signal->parameters[i].type,
		                      view_of_string(values.texts[i]), language_index,
		                      out);
		buf_append_string(out, isolates ? ISOLATE_END : "");
	}
	return buf_check(out, "the signal's text", err);
}
