/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One form for each proof: what the scanner accepts in several ways (white space,
 * escapes, order of members) is refused here in all but one.
 */
#include "bundle/proof_form.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "bundle/proof.h"
#include "codec/base64.h"
#include "codec/time_text.h"

/* Is the JSON written as this program writes it? */

struct form {
	const struct json_doc *doc;
	struct view rest;    /* of the text */
	struct buf *scratch; /* a string, written again */
};

static bool form_eat(struct form *form, struct view expected)
{
	if (!view_has_prefix(form->rest, expected))
		return false;
	form->rest = view_from(form->rest, expected.len);
	return true;
}

static bool form_eat_byte(struct form *form, char byte)
{
	return form_eat(form, view_of(&byte, 1));
}

static bool form_eat_string(struct form *form, const struct json_token *token)
{
	if (!token->escaped)
		return form_eat(form, json_text(form->doc, token));
	CLEANUP_BUF struct buf plain = BUF_INIT(PROOF_LEN_MAX);
	buf_clear(form->scratch);
	json_string_append(form->doc, token, &plain);
	json_append_string(form->scratch, buf_view(&plain));
	return plain.failed == STATUS_OK && form_eat(form, buf_view(form->scratch));
}

/* Nested at most JSON_DEPTH_MAX deep: the scanner saw to it. */
static bool form_eat_value(struct form *form, const struct json_token *token)
{
	bool is_object = token->type == JSON_OBJECT, is_name = is_object;
	const struct json_doc *doc = form->doc;

	if (token->type == JSON_STRING)
		return form_eat_string(form, token);
	if (token->type != JSON_OBJECT && token->type != JSON_ARRAY)
		return form_eat(form, json_text(doc, token));
	if (!form_eat_byte(form, is_object ? '{' : '['))
		return false;
	for (const struct json_token *child = json_first(doc, token); child != NULL;) {
		if (!form_eat_value(form, child))
			return false;
		child = json_next(doc, token, child);
		if (child != NULL && !form_eat_byte(form, is_name ? ':' : ','))
			return false;
		is_name = is_object && !is_name;
	}
	return form_eat_byte(form, is_object ? '}' : ']');
}

static enum status check_form(const struct json_doc *doc, struct error *err)
{
	CLEANUP_BUF struct buf scratch = BUF_INIT(PROOF_LEN_MAX);
	struct form form = {.doc = doc, .rest = doc->text, .scratch = &scratch};

	if (!form_eat_value(&form, json_root(doc)) || form.rest.len > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the JSON is not in its one form: white space or an "
		                 "escape too many");
	return STATUS_OK;
}

/* Reading */

enum status proof_cursor_of(const struct json_doc *doc, const struct json_token *object,
                            struct proof_cursor *ret_cursor, struct error *err)
{
	if (object->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "there must be an object");
	*ret_cursor = (struct proof_cursor){
	    .doc = doc, .object = object, .at = json_first(doc, object)};
	return STATUS_OK;
}

enum status proof_open(struct view file, const char *type, struct json_doc *doc,
                       struct proof_cursor *ret_cursor, struct error *err)
{
	uint64_t version = 0;
	struct view line;

	if (file.len > PROOF_LEN_MAX)
		return error_set(err, STATUS_LIMIT, "a proof has at most %d bytes",
		                 PROOF_LEN_MAX);
	if (!view_take_line(&file, &line) || !view_equal_string(line, type))
		return error_set(err, STATUS_MALFORMED, "the first line is not %s", type);
	if (!view_take_line(&file, &line) || file.len > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "a proof has two lines and nothing behind; this is cut "
		                 "or lengthened");
	TRY(json_scan(doc, line, JSON_TOKENS_MAX, err));
	TRY(check_form(doc, err));
	TRY(proof_cursor_of(doc, json_root(doc), ret_cursor, err));
	TRY(proof_take_number(ret_cursor, "aldis", &version, err));
	if (version != 1)
		return error_set(err, STATUS_MALFORMED, "it is of another version");
	return STATUS_OK;
}

bool proof_has(const struct proof_cursor *cursor, const char *name)
{
	return cursor->at != NULL && json_string_is(cursor->doc, cursor->at, name);
}

enum status proof_take(struct proof_cursor *cursor, const char *name, enum json_type type,
                       const struct json_token **ret_value, struct error *err)
{
	if (!proof_has(cursor, name))
		return error_set(err, STATUS_MALFORMED, "the member %s is not there",
		                 name);
	*ret_value = json_next(cursor->doc, cursor->object, cursor->at);
	cursor->at = json_next(cursor->doc, cursor->object, *ret_value);
	if ((*ret_value)->type != type)
		return error_set(err, STATUS_MALFORMED, "%s is of another type", name);
	return STATUS_OK;
}

enum status proof_end(const struct proof_cursor *cursor, struct error *err)
{
	if (cursor->at != NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "there is a member where none belongs");
	return STATUS_OK;
}

enum status proof_take_number(struct proof_cursor *cursor, const char *name,
                              uint64_t *ret_value, struct error *err)
{
	const struct json_token *value;

	TRY(proof_take(cursor, name, JSON_INTEGER, &value, err));
	int64_t number = json_integer(cursor->doc, value);
	if (number < 0)
		return error_set(err, STATUS_MALFORMED, "%s is below 0", name);
	*ret_value = (uint64_t)number;
	return STATUS_OK;
}

enum status proof_take_desk(struct proof_cursor *cursor, const char *name,
                            struct record_name *ret_desk, struct error *err)
{
	const struct json_token *value;

	TRY(proof_take(cursor, name, JSON_STRING, &value, err));
	return record_name_decode(json_raw(cursor->doc, value), ret_desk, err);
}

enum status proof_take_message(struct proof_cursor *cursor, const char *name,
                               struct record_message_id *ret_id, struct error *err)
{
	const struct json_token *value;

	TRY(proof_take(cursor, name, JSON_STRING, &value, err));
	return record_message_id_decode(json_raw(cursor->doc, value), ret_id, err);
}

enum status proof_bytes_append(const struct json_doc *doc, const struct json_token *value,
                               struct buf *out, struct error *err)
{
	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "bytes must be base64");
	TRY(base64_decode(json_raw(doc, value), out, err));
	return buf_check(out, "what is in base64", err);
}

enum status proof_take_bytes(struct proof_cursor *cursor, const char *name,
                             struct buf *out, struct error *err)
{
	const struct json_token *value;

	TRY(proof_take(cursor, name, JSON_STRING, &value, err));
	return proof_bytes_append(cursor->doc, value, out, err);
}

enum status proof_take_text(struct proof_cursor *cursor, const char *name,
                            struct buf *out, struct error *err)
{
	const struct json_token *value;

	TRY(proof_take(cursor, name, JSON_STRING, &value, err));
	json_string_append(cursor->doc, value, out);
	return buf_check(out, name, err);
}

enum status proof_take_hashes(struct proof_cursor *cursor, const char *name,
                              struct hash *ret_hashes, size_t cap, size_t *ret_count,
                              struct error *err)
{
	const struct json_token *list;
	const struct json_doc *doc = cursor->doc;
	size_t count = 0;

	TRY(proof_take(cursor, name, JSON_ARRAY, &list, err));
	if (list->count > cap)
		return error_set(err, STATUS_LIMIT, "%s has too many hashes", name);
	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		struct hash *hash = &ret_hashes[count++];

		if (item->type != JSON_STRING)
			return error_set(err, STATUS_MALFORMED, "a hash must be base64");
		TRY(base64_decode_exact(json_raw(doc, item), hash->bytes,
		                        sizeof hash->bytes, err));
	}
	*ret_count = count;
	return STATUS_OK;
}

/* Writing */

void proof_append_type(struct buf *out, const char *type)
{
	buf_append_string(out, type);
	buf_append_string(out, "\n{\"aldis\":1");
}

void proof_append_base64(struct buf *out, struct view bytes)
{
	buf_append_byte(out, '"');
	base64_append(out, bytes);
	buf_append_byte(out, '"');
}

void proof_append_hashes(struct buf *out, const struct hash *hashes, size_t count)
{
	buf_append_byte(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_append_byte(out, ',');
		proof_append_base64(out, hash_view(&hashes[i]));
	}
	buf_append_byte(out, ']');
}

void proof_append_time(struct buf *out, int64_t time_s)
{
	char text[TIME_TEXT_LEN + 1];

	time_text_encode(time_s, text);
	buf_printf(out, "\"%s\"", text);
}
