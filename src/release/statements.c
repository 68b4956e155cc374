/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies are walked by the catalogue. While they are, views hold offsets into the bytes,
 * which may still move.
 */
#include "release/statements.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "record/array.h"
#include "record/envelope.h"
#include "release/reader.h"

enum { BODY_TOKENS_MAX = 1 << 18, FIELD_MAX = 512 };

static const char *const cover_label[] = {"Cover text", "Teks pengantar", "نص تمهيدي"};

struct telling {
	struct release_statements *statements;
	struct json_doc doc;
	struct record_envelope envelope;
	struct buf text;
	struct view message, desk; /* of the message at hand, as offsets */
};

/* Where one is in a body. */
struct place {
	const char *path; /* of the field */
	const char *const *label;
	struct view language; /* as offset */
};

void release_statements_release(struct release_statements *statements)
{
	free(statements->items);
	free(statements->bytes);
	*statements = (struct release_statements){0};
}

/* As an offset; settle makes it a pointer. */
static enum status keep(struct release_statements *statements, struct view text,
                        struct view *ret_kept, struct error *err)
{
	TRY(record_array_reserve(&statements->bytes, &statements->bytes_cap,
	                         statements->byte_count + text.len + 1, 1, err));
	if (text.len > 0)
		memcpy(statements->bytes + statements->byte_count, text.data, text.len);
	*ret_kept = view_of((const uint8_t *)statements->byte_count, text.len);
	statements->byte_count += text.len;
	return STATUS_OK;
}

static struct view settled(const struct release_statements *statements, struct view kept)
{
	return view_of(statements->bytes + (size_t)kept.data, kept.len);
}

static void settle(struct release_statements *statements)
{
	for (size_t i = 0; i < statements->count; i++) {
		struct release_statement *item = &statements->items[i];

		item->message = settled(statements, item->message);
		item->desk = settled(statements, item->desk);
		item->field = settled(statements, item->field);
		item->language = settled(statements, item->language);
		item->text = settled(statements, item->text);
	}
}

static enum status say(struct telling *telling, const struct place *place,
                       struct view text, struct error *err)
{
	struct release_statements *statements = telling->statements;
	struct release_statement item = {.message = telling->message,
	                                 .desk = telling->desk,
	                                 .label = place->label,
	                                 .language = place->language};

	TRY(keep(statements, view_of_string(place->path), &item.field, err));
	TRY(keep(statements, text, &item.text, err));
	TRY(record_array_reserve(&statements->items, &statements->items_cap,
	                         statements->count + 1, sizeof item, err));
	statements->items[statements->count++] = item;
	return STATUS_OK;
}

static enum status say_string(struct telling *telling, const struct place *place,
                              const struct json_token *value, struct error *err)
{
	buf_clear(&telling->text);
	json_string_append(&telling->doc, value, &telling->text);
	TRY(buf_check(&telling->text, "a text", err));
	return say(telling, place, buf_view(&telling->text), err);
}

/* The language that an object says it is in, else that around it. */
static enum status find_language(struct telling *telling,
                                 const struct record_field *fields, size_t count,
                                 const struct json_token *object,
                                 struct view *ret_language, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].type != RECORD_FIELD_LANGUAGE)
			continue;
		const struct json_token *value =
		    json_member(&telling->doc, object, fields[i].name);
		if (value == NULL || value->type != JSON_STRING)
			return STATUS_OK;
		buf_clear(&telling->text);
		json_string_append(&telling->doc, value, &telling->text);
		TRY(buf_check(&telling->text, "a language", err));
		return keep(telling->statements, buf_view(&telling->text), ret_language,
		            err);
	}
	return STATUS_OK;
}

static enum status say_object(struct telling *telling, const struct record_field *fields,
                              size_t count, const struct json_token *object,
                              const struct place *around, struct error *err);

static enum status say_value(struct telling *telling, const struct record_field *field,
                             const struct json_token *value, const struct place *place,
                             struct error *err);

static enum status say_list(struct telling *telling, const struct record_field *field,
                            const struct json_token *list, const struct place *place,
                            struct error *err)
{
	char path[FIELD_MAX];
	size_t nth = 0;

	for (const struct json_token *item = json_first(&telling->doc, list);
	     item != NULL; item = json_next(&telling->doc, list, item)) {
		struct place within = *place;

		(void)snprintf(path, sizeof path, "%s[%zu]", place->path, nth++);
		within.path = path;
		TRY(say_value(telling, &field->fields[0], item, &within, err));
	}
	return STATUS_OK;
}

static enum status say_value(struct telling *telling, const struct record_field *field,
                             const struct json_token *value, const struct place *place,
                             struct error *err)
{
	char path[FIELD_MAX];
	struct place within = *place;

	if (field->type == RECORD_FIELD_TEXT && value->type == JSON_STRING)
		return say_string(telling, place, value, err);
	if (field->type == RECORD_FIELD_LIST && value->type == JSON_ARRAY)
		return say_list(telling, field, value, place, err);
	if (field->type != RECORD_FIELD_OBJECT || value->type != JSON_OBJECT)
		return STATUS_OK;
	(void)snprintf(path, sizeof path, "%s.", place->path);
	within.path = path;
	return say_object(telling, field->fields, field->field_count, value, &within,
	                  err);
}

static enum status say_object(struct telling *telling, const struct record_field *fields,
                              size_t count, const struct json_token *object,
                              const struct place *around, struct error *err)
{
	char path[FIELD_MAX];
	struct place place = *around;

	TRY(find_language(telling, fields, count, object, &place.language, err));
	for (size_t i = 0; i < count; i++) {
		const struct json_token *value =
		    json_member(&telling->doc, object, fields[i].name);

		if (value == NULL)
			continue;
		(void)snprintf(path, sizeof path, "%s%s", around->path, fields[i].name);
		place.path = path;
		place.label = fields[i].label;
		TRY(say_value(telling, &fields[i], value, &place, err));
	}
	return STATUS_OK;
}

static enum status name_message(struct telling *telling,
                                const struct release_shown *shown, struct error *err)
{
	const char *desk = shown->log->origin.desk.text;
	char id[RECORD_NAME_MAX + 32];

	(void)snprintf(id, sizeof id, "%s#%llu", desk, (unsigned long long)shown->index);
	TRY(keep(telling->statements, view_of_string(id), &telling->message, err));
	telling->desk = view_of(telling->message.data, strlen(desk));
	return STATUS_OK;
}

static enum status say_message(struct telling *telling, const struct release_shown *shown,
                               struct error *err)
{
	const struct place body = {.path = ""};
	enum status status;

	if (!shown->is_full || !shown->has_body)
		return STATUS_OK;
	TRY(record_envelope_decode(shown->entry, &telling->doc, &telling->envelope, err));
	const struct record_kind *kind =
	    record_kind_find(view_of_string(telling->envelope.kind));
	if (kind == NULL || kind->is_automatic)
		return STATUS_OK;
	status = json_scan(&telling->doc, shown->content, BODY_TOKENS_MAX, NULL);
	if (status == STATUS_NO_MEMORY)
		return error_set(err, status, "not enough memory for a body");
	/* a body that no desk can read says nothing */
	if (status != STATUS_OK || json_root(&telling->doc)->type != JSON_OBJECT)
		return STATUS_OK;
	TRY(name_message(telling, shown, err));
	return say_object(telling, kind->fields, kind->field_count,
	                  json_root(&telling->doc), &body, err);
}

static enum status say_cover(struct telling *telling,
                             const struct release_manifest *manifest, struct error *err)
{
	telling->message = view_of(NULL, 0);
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++) {
		struct place place = {.path = "cover", .label = cover_label};

		if (manifest->cover[i].len == 0)
			continue;
		TRY(keep(telling->statements, view_of_string(manifest->by.text),
		         &telling->desk, err));
		TRY(keep(telling->statements, view_of_string(release_languages[i]),
		         &place.language, err));
		TRY(say(telling, &place, buf_view(&manifest->cover[i]), err));
	}
	return STATUS_OK;
}

static enum status say_all(struct telling *telling, struct release_reader *reader,
                           struct error *err)
{
	struct release_shown shown;

	for (size_t i = 0; i < reader->count; i++) {
		TRY(release_reader_get(reader, i, &shown, err));
		TRY(say_message(telling, &shown, err));
	}
	return say_cover(telling, &reader->manifest, err);
}

enum status release_statements_read(struct view data,
                                    struct release_statements *ret_statements,
                                    struct error *err)
{
	struct telling telling = {.statements = ret_statements,
	                          .text = BUF_INIT(RECORD_BODY_MAX)};
	struct release_reader reader = {0};
	enum status status = release_reader_open(data, &reader, err);

	if (status == STATUS_OK)
		status = say_all(&telling, &reader, err);
	if (status == STATUS_OK)
		settle(ret_statements);
	else
		release_statements_release(ret_statements);
	release_reader_release(&reader);
	json_release(&telling.doc);
	record_envelope_release(&telling.envelope);
	buf_release(&telling.text);
	return status;
}
