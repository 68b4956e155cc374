/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing what is to be sent: one table of members, one pass. Automatic kinds are refused
 * here, since only the desk itself writes them.
 */
#include "console/work/submission.h"

#include <stdlib.h>

#include "record/object.h"

/* The list and the row that is being filled. */
struct line_context {
	struct submission_list *list;
	struct submission *item;
};

/* Room for one more element; LIMIT beyond max. */
static enum status grow(void *array_pointer, size_t *cap, size_t count, size_t size,
                        size_t max, struct error *err)
{
	void **array = array_pointer;
	size_t wanted = *cap == 0 ? 16 : *cap * 2;
	void *bigger;

	if (count >= max)
		return error_set(err, STATUS_LIMIT,
		                 "more than %zu in one request; send fewer at a time",
		                 max);
	if (count < *cap)
		return STATUS_OK;
	bigger = reallocarray(*array, wanted, size);
	if (bigger == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the request");
	*array = bigger;
	*cap = wanted;
	return STATUS_OK;
}

static enum status read_kind(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct line_context *line = context;
	char name[RECORD_KIND_LEN_MAX + 1];

	TRY(record_string_read(doc, value, 1, RECORD_KIND_LEN_MAX, name, err));
	line->item->kind = record_kind_find(view_of_string(name));
	if (line->item->kind == NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "not in the catalogue of kinds; `aldis help kinds` "
		                 "lists them");
	if (line->item->kind->is_automatic)
		return error_set(err, STATUS_MALFORMED,
		                 "%s is written by the desk itself, never by a person",
		                 line->item->kind->name);
	return STATUS_OK;
}

static enum status read_to(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct line_context *line = context;
	struct submission_list *list = line->list;

	TRY(record_array_check(value, 1, RECORD_MEMBERS_MAX, err));
	line->item->to_first = (uint32_t)list->name_count;
	for (const struct json_token *name = json_first(doc, value); name != NULL;
	     name = json_next(doc, value, name)) {
		char text[RECORD_NAME_MAX + 1];

		TRY(grow(&list->names, &list->name_cap, list->name_count,
		         sizeof *list->names, SUBMISSION_POOL_MAX, err));
		TRY(record_string_read(doc, name, RECORD_NAME_MIN, RECORD_NAME_MAX, text,
		                       err));
		TRY(record_name_decode(view_of_string(text),
		                       &list->names[list->name_count], err));
		list->name_count++;
		line->item->to_count++;
	}
	return STATUS_OK;
}

static enum status read_line(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct line_context *line = context;

	return record_string_read(doc, value, 1, sizeof line->item->line - 1,
	                          line->item->line, err);
}

static enum status read_tlp(const struct json_doc *doc, const struct json_token *value,
                            void *context, struct error *err)
{
	static const char *const marks[] = {"RED", "AMBER+STRICT", "AMBER", "GREEN",
	                                    "CLEAR"};
	struct line_context *line = context;

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (json_string_is(doc, value, marks[i])) {
			line->item->tlp = marks[i];
			return STATUS_OK;
		}
	}
	return error_set(err, STATUS_MALFORMED,
	                 "must be one of RED, AMBER+STRICT, AMBER, GREEN, CLEAR");
}

static enum status read_re(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct line_context *line = context;
	char text[RECORD_MESSAGE_ID_MAX + 1];

	TRY(record_string_read(doc, value, 1, RECORD_MESSAGE_ID_MAX, text, err));
	line->item->has_re = true;
	return record_message_id_decode(view_of_string(text), &line->item->re, err);
}

static enum status read_body(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct line_context *line = context;

	if (value->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	line->item->body = json_text(doc, value);
	return STATUS_OK;
}

static enum status read_blob(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_blob_ref *ref = context;

	return record_hex_hash_read(doc, value, &ref->id, err);
}

static enum status read_size(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_blob_ref *ref = context;
	int64_t size;

	TRY(record_integer_read(doc, value, 0, RECORD_ATTACHMENT_BLOB_MAX, &size, err));
	ref->size = (uint64_t)size;
	return STATUS_OK;
}

static enum status read_attachments(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	static const struct record_member members[] = {
	    {"blob", true, read_blob},
	    {"size", true, read_size},
	};
	struct line_context *line = context;
	struct submission_list *list = line->list;

	TRY(record_array_check(value, 0, RECORD_ATTACHMENTS_MAX, err));
	line->item->attachment_first = (uint32_t)list->attachment_count;
	for (const struct json_token *one = json_first(doc, value); one != NULL;
	     one = json_next(doc, value, one)) {
		TRY(grow(&list->attachments, &list->attachment_cap,
		         list->attachment_count, sizeof *list->attachments,
		         SUBMISSION_POOL_MAX, err));
		TRY(record_object_read(doc, one, members, 2,
		                       &list->attachments[list->attachment_count], err));
		list->attachment_count++;
		line->item->attachment_count++;
	}
	return STATUS_OK;
}

/* What the catalogue says of the whole message. */
static enum status check_kind(struct submission_list *list, const struct submission *item,
                              struct error *err)
{
	const struct record_kind *kind = item->kind;

	if (kind->needs_re && !item->has_re)
		return error_set(err, STATUS_MALFORMED,
		                 "re is missing: %s must name the message it is about",
		                 kind->name);
	if (item->body.len == 0) {
		if (kind->has_body && !kind->body_optional)
			return error_set(err, STATUS_MALFORMED,
			                 "body is missing: %s has one; `aldis help %s` "
			                 "lists its fields",
			                 kind->name, kind->name);
		return STATUS_OK;
	}
	if (!kind->has_body && !kind->body_optional)
		return error_set(err, STATUS_MALFORMED, "body: %s has none", kind->name);
	if (item->body.len > RECORD_BODY_MAX)
		return error_set(err, STATUS_LIMIT, "body: larger than %d bytes",
		                 RECORD_BODY_MAX);
	return record_kind_check_body(kind, item->body, &list->body_doc, err);
}

static enum status parse_message(struct submission_list *list, struct view text,
                                 struct error *err)
{
	static const struct record_member members[] = {
	    {"kind", true, read_kind},
	    {"to", false, read_to},
	    {"line", false, read_line},
	    {"tlp", false, read_tlp},
	    {"re", false, read_re},
	    {"body", false, read_body},
	    {"attachments", false, read_attachments},
	};
	struct line_context line = {.list = list};

	TRY(grow(&list->items, &list->cap, list->count, sizeof *list->items,
	         SUBMISSION_LINES_MAX, err));
	TRY(json_scan(&list->doc, text, JSON_TOKENS_MAX, err));
	line.item = &list->items[list->count];
	*line.item = (struct submission){0};
	TRY(record_object_read(&list->doc, json_root(&list->doc), members,
	                       sizeof members / sizeof members[0], &line, err));
	TRY(check_kind(list, line.item, err));
	list->count++;
	return STATUS_OK;
}

static void empty_list(struct submission_list *list)
{
	list->count = 0;
	list->name_count = 0;
	list->attachment_count = 0;
}

enum status submission_parse_one(struct submission_list *list, struct view text,
                                 struct error *err)
{
	empty_list(list);
	if (text.len > SUBMISSION_BODY_MAX)
		return error_set(err, STATUS_LIMIT, "the request is larger than %d bytes",
		                 SUBMISSION_BODY_MAX);
	return parse_message(list, text, err);
}

/* Cuts the next line, which need not end in a newline. */
static bool take_line(struct view *rest, struct view *ret_line)
{
	if (rest->len == 0)
		return false;
	if (!view_take_line(rest, ret_line)) {
		*ret_line = *rest;
		*rest = view_from(*rest, rest->len);
	}
	if (ret_line->len > 0 && ret_line->data[ret_line->len - 1] == '\r')
		ret_line->len--;
	return true;
}

enum status submission_parse_lines(struct submission_list *list, struct view text,
                                   size_t *ret_line, struct error *err)
{
	struct view line;
	size_t number = 0;

	empty_list(list);
	*ret_line = 0;
	if (text.len > SUBMISSION_BODY_MAX)
		return error_set(err, STATUS_LIMIT, "the request is larger than %d bytes",
		                 SUBMISSION_BODY_MAX);
	while (take_line(&text, &line)) {
		enum status status;

		number++;
		if (line.len == 0)
			continue;
		status = parse_message(list, line, err);
		if (status != STATUS_OK) {
			*ret_line = number;
			return error_context(err, status, "line %zu", number);
		}
		list->items[list->count - 1].line_number = number;
	}
	if (list->count == 0)
		return error_set(err, STATUS_MALFORMED, "the request holds no message");
	return STATUS_OK;
}

static void release_arrays(struct submission_list *list)
{
	free(list->items);
	free(list->names);
	free(list->attachments);
	list->items = NULL;
	list->names = NULL;
	list->attachments = NULL;
	list->cap = list->name_cap = list->attachment_cap = 0;
	empty_list(list);
}

void submission_shrink(struct submission_list *list)
{
	if (list->cap > SUBMISSION_KEPT || list->name_cap > SUBMISSION_KEPT ||
	    list->attachment_cap > SUBMISSION_KEPT)
		release_arrays(list);
	if (list->doc.cap > SUBMISSION_KEPT * 8)
		json_release(&list->doc);
	if (list->body_doc.cap > SUBMISSION_KEPT * 8)
		json_release(&list->body_doc);
}

void submission_release(struct submission_list *list)
{
	release_arrays(list);
	json_release(&list->doc);
	json_release(&list->body_doc);
}
