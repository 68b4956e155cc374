/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words and texts of a book while it is read: copied, checked character by
 * character, and their slots, the parameters in braces, found.
 */
#include <assert.h>

#include "codec/utf8.h"
#include "record/codebook_parts.h"
#include "record/object.h"

enum { WORD_MAX = 40 /* bytes of an id, of a sector's word */ };

const char *codebook_keep_string(struct record_codebook *book, const struct json_doc *doc,
                                 const struct json_token *value)
{
	char *string = book->strings + book->strings_len;
	bool fits =
	    json_string_copy(doc, value, string, book->strings_cap - book->strings_len);

	assert(fits);
	book->strings_len += strlen(string) + 1;
	return string;
}

/* Room for one text in every language. */
static const char **take_list(struct record_codebook *book)
{
	const char **list = book->lists + book->list_len;

	assert(book->language_count <= book->list_cap - book->list_len);
	book->list_len += book->language_count;
	return list;
}

enum status codebook_read_word(const struct json_doc *doc, const struct json_token *value,
                               struct record_codebook *book, const char **ret_word,
                               struct error *err)
{
	char word[WORD_MAX + 1];

	TRY(record_string_read(doc, value, 1, WORD_MAX, word, err));
	if (!record_word_check(view_of_string(word), WORD_MAX))
		return error_set(err, STATUS_MALFORMED, "must be a lower-case word");
	*ret_word = codebook_keep_string(book, doc, value);
	return STATUS_OK;
}

bool codebook_parameter_name_check(struct view name)
{
	if (name.len < 1 || name.len > RECORD_PARAMETER_NAME_MAX || name.data[0] < 'a' ||
	    name.data[0] > 'z')
		return false;
	for (size_t i = 1; i < name.len; i++) {
		uint8_t byte = name.data[i];

		if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') &&
		    byte != '_')
			return false;
	}
	return true;
}

/* Controls, separators of lines, and what turns the direction of text. */
static bool is_control(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f) ||
	       code_point == 0x061c || code_point == 0x200e || code_point == 0x200f ||
	       (code_point >= 0x2028 && code_point <= 0x202e) ||
	       (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xfeff;
}

static enum status check_characters(struct view text, size_t points_max,
                                    struct error *err)
{
	size_t points = 0;

	while (text.len > 0) {
		uint32_t code_point;
		size_t len = utf8_decode(text, &code_point);

		assert(len > 0); /* the scan took nothing but UTF-8 */
		if (is_control(code_point))
			return error_set(err, STATUS_MALFORMED,
			                 "holds a control character");
		points++;
		text = view_from(text, len);
	}
	if (points < 1 || points > points_max)
		return error_set(err, STATUS_MALFORMED,
		                 "must have 1 to %zu characters, has %zu", points_max,
		                 points);
	return STATUS_OK;
}

static size_t language_find(const struct record_codebook *book,
                            const struct json_doc *doc, const struct json_token *name)
{
	size_t i = 0;

	while (i < book->language_count && !json_string_is(doc, name, book->languages[i]))
		i++;
	return i;
}

static enum status read_text(const struct json_doc *doc, const struct json_token *name,
                             const struct json_token *value, struct record_codebook *book,
                             size_t points_max, const char **list, struct error *err)
{
	size_t language = language_find(book, doc, name);
	enum status status;

	if (language == book->language_count)
		return error_set(err, STATUS_MALFORMED,
		                 "has a language that the book does not name");
	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "%s: must be a string",
		                 book->languages[language]);
	list[language] = codebook_keep_string(book, doc, value);
	status = check_characters(view_of_string(list[language]), points_max, err);
	if (status != STATUS_OK)
		return error_context(err, status, "%s", book->languages[language]);
	return STATUS_OK;
}

enum status codebook_read_texts(const struct json_doc *doc,
                                const struct json_token *value,
                                struct record_codebook *book, size_t points_max,
                                const char ***ret_list, struct error *err)
{
	const char **list;

	if (value->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED,
		                 "must be an object of texts by language");
	list = take_list(book);
	for (const struct json_token *name = json_first(doc, value); name != NULL;) {
		const struct json_token *text = json_next(doc, value, name);

		TRY(read_text(doc, name, text, book, points_max, list, err));
		name = json_next(doc, value, text);
	}
	for (size_t i = 0; i < book->language_count; i++)
		if (list[i] == NULL)
			return error_set(err, STATUS_MALFORMED,
			                 "has no text in the language %s",
			                 book->languages[i]);
	*ret_list = list;
	return STATUS_OK;
}

bool codebook_text_next(struct view *rest, struct view *ret_before, struct view *ret_name)
{
	size_t open = view_find(*rest, view_of_string("{"));
	size_t before_len = open == SIZE_MAX ? rest->len : open;
	size_t name_len;

	*ret_before = view_of(rest->data, before_len);
	*ret_name = view_of("", 0);
	if (rest->len == 0 || view_find(*ret_before, view_of_string("}")) != SIZE_MAX)
		return false;
	if (open == SIZE_MAX) {
		*rest = view_from(*rest, rest->len);
		return true;
	}
	name_len = view_find(view_from(*rest, open + 1), view_of_string("}"));
	if (name_len == SIZE_MAX || name_len == 0)
		return false;
	*ret_name = view_of(rest->data + open + 1, name_len);
	*rest = view_from(*rest, open + 1 + name_len + 1);
	return true;
}

size_t codebook_parameter_index(const struct record_signal *signal, struct view name)
{
	size_t i = 0;

	while (i < signal->parameter_count &&
	       !view_equal_string(name, signal->parameters[i].name))
		i++;
	return i;
}

static enum status check_slots(const struct record_signal *signal, const char *text,
                               struct error *err)
{
	bool is_named[RECORD_SIGNAL_PARAMETERS_MAX + 1] = {false};
	struct view rest = view_of_string(text), before, name;

	while (codebook_text_next(&rest, &before, &name)) {
		size_t i = codebook_parameter_index(signal, name);

		if (name.len > 0 && i == signal->parameter_count)
			return error_set(err, STATUS_MALFORMED,
			                 "names a parameter that the signal lacks");
		is_named[i] = true;
	}
	if (rest.len > 0)
		return error_set(err, STATUS_MALFORMED, "has a stray brace");
	for (size_t i = 0; i < signal->parameter_count; i++)
		if (!is_named[i])
			return error_set(err, STATUS_MALFORMED,
			                 "lacks the parameter {%s}",
			                 signal->parameters[i].name);
	return STATUS_OK;
}

enum status codebook_check_slots(const struct record_codebook *book,
                                 const struct record_signal *signal,
                                 const char *const *texts, struct error *err)
{
	for (size_t i = 0; i < book->language_count; i++) {
		enum status status = check_slots(signal, texts[i], err);

		if (status != STATUS_OK)
			return error_context(err, status, "%s", book->languages[i]);
	}
	return STATUS_OK;
}
