/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a book. The languages come first, wherever they stand in the file, because
 * every text stands in a list by language. All strings go into one block that can't be
 * too small: unescaped and with its NUL, none is longer than in the file with its quotes.
 */
#include <stdlib.h>

#include "record/codebook_parts.h"
#include "record/object.h"

enum {
	TOKENS_MAX = 1 << 17,
	VERSION_MAX = 1000000,
	SECTORS_MAX = 100,
	GROUPS_MAX = 100,
	SIGNALS_MAX = 2000,
	LABEL_POINTS_MAX = 100,
	TEXT_POINTS_MAX = 500,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum status read_label(const struct json_doc *doc, const struct json_token *value,
                              struct record_codebook *book, const char ***ret_list,
                              struct error *err)
{
	static const struct record_signal no_parameters = {0};

	TRY(codebook_read_texts(doc, value, book, LABEL_POINTS_MAX, ret_list, err));
	return codebook_check_slots(book, &no_parameters, *ret_list, err);
}

/* ---- head */

static enum status read_id(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct record_codebook *book = context;

	return codebook_read_word(doc, value, book, &book->id, err);
}

static enum status read_version(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct record_codebook *book = context;

	return record_integer_read(doc, value, 1, VERSION_MAX, &book->version, err);
}

static enum status read_languages(const struct json_doc *doc,
                                  struct record_codebook *book, struct error *err)
{
	const struct json_token *root = json_root(doc), *value;
	enum status status;

	if (root->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	value = json_member(doc, root, "languages");
	if (value == NULL)
		return error_set(err, STATUS_MALFORMED, "languages is missing");
	status = record_languages_read(doc, value, book->languages, &book->language_count,
	                               err);
	if (status != STATUS_OK)
		return error_context(err, status, "languages");
	for (size_t i = 0; i < book->language_count; i++)
		if (strcmp(book->languages[i], "en") == 0)
			return STATUS_OK;
	return error_set(err, STATUS_MALFORMED, "languages: en is missing");
}

/* Read before all else. */
static enum status pass_languages(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	return STATUS_OK;
}

static enum status read_title(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct record_codebook *book = context;

	return read_label(doc, value, book, &book->titles, err);
}

/* ---- sectors */

struct sector_reader {
	struct record_codebook *book;
	struct codebook_sector *sector;
};

static enum status read_sector_value(const struct json_doc *doc,
                                     const struct json_token *value, void *context,
                                     struct error *err)
{
	struct sector_reader *reader = context;
	const struct record_codebook *book = reader->book;

	TRY(codebook_read_word(doc, value, reader->book, &reader->sector->word, err));
	for (size_t i = 0; i < book->sector_count; i++)
		if (strcmp(book->sectors[i].word, reader->sector->word) == 0)
			return error_set(err, STATUS_MALFORMED, "stands there twice");
	return STATUS_OK;
}

static enum status read_sector_label(const struct json_doc *doc,
                                     const struct json_token *value, void *context,
                                     struct error *err)
{
	struct sector_reader *reader = context;

	return read_label(doc, value, reader->book, &reader->sector->labels, err);
}

static enum status read_sectors(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	static const struct record_member members[] = {
	    {"value", true, read_sector_value},
	    {"label", true, read_sector_label},
	};
	struct record_codebook *book = context;

	TRY(record_array_check(value, 1, SECTORS_MAX, err));
	book->sectors = calloc(value->count, sizeof *book->sectors);
	if (book->sectors == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the codebook");
	for (const struct json_token *one = json_first(doc, value); one != NULL;
	     one = json_next(doc, value, one)) {
		struct sector_reader reader = {book, &book->sectors[book->sector_count]};

		TRY(record_object_read(doc, one, members, COUNT(members), &reader, err));
		book->sector_count++;
	}
	return STATUS_OK;
}

/* ---- groups */

struct group_reader {
	struct record_codebook *book;
	struct record_signal_group *group;
};

static enum status read_group_first(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct group_reader *reader = context;

	return record_integer_read(doc, value, 1, RECORD_SIGNAL_NUMBER_MAX,
	                           &reader->group->first, err);
}

static enum status read_group_last(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct group_reader *reader = context;

	return record_integer_read(doc, value, 1, RECORD_SIGNAL_NUMBER_MAX,
	                           &reader->group->last, err);
}

static enum status read_group_label(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct group_reader *reader = context;

	return read_label(doc, value, reader->book, &reader->group->labels, err);
}

static enum status read_groups(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"first", true, read_group_first},
	    {"last", true, read_group_last},
	    {"label", true, read_group_label},
	};
	struct record_codebook *book = context;
	int64_t before = 0;

	TRY(record_array_check(value, 1, GROUPS_MAX, err));
	book->groups = calloc(value->count, sizeof *book->groups);
	if (book->groups == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the codebook");
	for (const struct json_token *one = json_first(doc, value); one != NULL;
	     one = json_next(doc, value, one)) {
		struct record_signal_group *group = &book->groups[book->group_count];
		struct group_reader reader = {book, group};

		TRY(record_object_read(doc, one, members, COUNT(members), &reader, err));
		if (group->first <= before || group->last < group->first)
			return error_set(err, STATUS_MALFORMED,
			                 "must be in order and must not overlap");
		before = group->last;
		book->group_count++;
	}
	return STATUS_OK;
}

/* ---- signals */

struct signal_reader {
	struct record_codebook *book;
	struct record_signal *signal;
};

static enum status read_number(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct signal_reader *reader = context;

	return record_integer_read(doc, value, 1, RECORD_SIGNAL_NUMBER_MAX,
	                           &reader->signal->number, err);
}

static enum status read_parameter_name(const struct json_doc *doc,
                                       const struct json_token *value, void *context,
                                       struct error *err)
{
	struct signal_reader *reader = context;
	struct record_signal *signal = reader->signal;
	char name[RECORD_PARAMETER_NAME_MAX + 1];

	TRY(record_string_read(doc, value, 1, RECORD_PARAMETER_NAME_MAX, name, err));
	if (!codebook_parameter_name_check(view_of_string(name)))
		return error_set(err, STATUS_MALFORMED, "must be a lower-case word");
	if (codebook_parameter_index(signal, view_of_string(name)) <
	    signal->parameter_count)
		return error_set(err, STATUS_MALFORMED, "%s stands there twice", name);
	signal->parameters[signal->parameter_count].name =
	    codebook_keep_string(reader->book, doc, value);
	return STATUS_OK;
}

static enum status read_parameter_type(const struct json_doc *doc,
                                       const struct json_token *value, void *context,
                                       struct error *err)
{
	struct signal_reader *reader = context;
	struct record_signal *signal = reader->signal;

	for (int type = RECORD_PARAMETER_TIME; type <= RECORD_PARAMETER_REFERENCE; type++)
		if (value->type == JSON_STRING &&
		    json_string_is(
		        doc, value,
		        record_parameter_type_name((enum record_parameter_type)type))) {
			signal->parameters[signal->parameter_count].type =
			    (enum record_parameter_type)type;
			return STATUS_OK;
		}
	return error_set(err, STATUS_MALFORMED, "is no type of a parameter");
}

static enum status read_parameters(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	static const struct record_member members[] = {
	    {"name", true, read_parameter_name},
	    {"type", true, read_parameter_type},
	};
	struct signal_reader *reader = context;

	TRY(record_array_check(value, 0, RECORD_SIGNAL_PARAMETERS_MAX, err));
	for (const struct json_token *one = json_first(doc, value); one != NULL;
	     one = json_next(doc, value, one)) {
		TRY(record_object_read(doc, one, members, COUNT(members), reader, err));
		reader->signal->parameter_count++;
	}
	return STATUS_OK;
}

static enum status read_signal_texts(const struct json_doc *doc,
                                     const struct json_token *value, void *context,
                                     struct error *err)
{
	struct signal_reader *reader = context;

	return codebook_read_texts(doc, value, reader->book, TEXT_POINTS_MAX,
	                           &reader->signal->texts, err);
}

static enum status read_signal(const struct json_doc *doc, const struct json_token *value,
                               struct record_codebook *book, struct error *err)
{
	static const struct record_member members[] = {
	    {"number", true, read_number},
	    {"parameters", true, read_parameters},
	    {"text", true, read_signal_texts},
	};
	struct record_signal *signal = &book->signals[book->signal_count];
	struct signal_reader reader = {book, signal};

	signal->book = book;
	TRY(record_object_read(doc, value, members, COUNT(members), &reader, err));
	return codebook_check_slots(book, signal, signal->texts, err);
}

static enum status read_signals(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct record_codebook *book = context;

	TRY(record_array_check(value, 1, SIGNALS_MAX, err));
	book->signals = calloc(value->count, sizeof *book->signals);
	if (book->signals == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the codebook");
	for (const struct json_token *one = json_first(doc, value); one != NULL;
	     one = json_next(doc, value, one)) {
		const struct record_signal *signal = &book->signals[book->signal_count];
		enum status status = read_signal(doc, one, book, err);

		if (status != STATUS_OK)
			return error_context(err, status, "signal %lld",
			                     (long long)signal->number);
		if (book->signal_count > 0 && signal[-1].number >= signal->number)
			return error_set(err, STATUS_MALFORMED,
			                 "must stand in the order of their numbers");
		book->signal_count++;
	}
	return STATUS_OK;
}

/* ---- the whole */

static enum status assign_groups(struct record_codebook *book, struct error *err)
{
	size_t group = 0;

	for (size_t i = 0; i < book->signal_count; i++) {
		struct record_signal *signal = &book->signals[i];

		while (group < book->group_count &&
		       book->groups[group].last < signal->number)
			group++;
		if (group == book->group_count ||
		    book->groups[group].first > signal->number)
			return error_set(err, STATUS_MALFORMED,
			                 "signal %lld belongs to no group",
			                 (long long)signal->number);
		signal->group = group;
	}
	return STATUS_OK;
}

static enum status read_book(const struct json_doc *doc, struct record_codebook *book,
                             struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read}, {"id", true, read_id},
	    {"version", true, read_version},      {"languages", true, pass_languages},
	    {"title", true, read_title},          {"sectors", true, read_sectors},
	    {"groups", true, read_groups},        {"signals", true, read_signals},
	};

	book->strings_cap = doc->text.len + 1;
	book->strings = malloc(book->strings_cap);
	/* a text is two tokens, its language and itself; the last list may be cut short
	 */
	book->list_cap = doc->count + CODEBOOK_LANGUAGES_MAX;
	book->lists = calloc(book->list_cap, sizeof *book->lists);
	if (book->strings == NULL || book->lists == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the codebook");
	TRY(read_languages(doc, book, err));
	TRY(record_object_read(doc, json_root(doc), members, COUNT(members), book, err));
	return assign_groups(book, err);
}

enum status record_codebook_decode(struct view json, struct record_codebook **ret_book,
                                   struct error *err)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct record_codebook *book;
	enum status status;

	if (json.len > RECORD_CODEBOOK_MAX)
		return error_set(err, STATUS_LIMIT, "a codebook has at most %d bytes",
		                 RECORD_CODEBOOK_MAX);
	book = calloc(1, sizeof *book);
	if (book == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the codebook");
	book->digest = sha256(json);
	status = json_scan(&doc, json, TOKENS_MAX, err);
	if (status == STATUS_OK)
		status = read_book(&doc, book, err);
	if (status != STATUS_OK) {
		record_codebook_free(book);
		return error_context(err, status, "codebook");
	}
	*ret_book = book;
	return STATUS_OK;
}
