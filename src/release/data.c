/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One form: the scanner accepts white space, escapes and orders; here all but one are
 * refused, so that no byte of the data can change without being noticed.
 */
#include "release/data.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/utf8.h"

static void append_unit(struct buf *out, uint32_t unit)
{
	buf_printf(out, "\\u%04X", (unsigned)unit);
}

static void append_code_point(struct buf *out, uint32_t code_point)
{
	if (code_point < 0x10000) {
		append_unit(out, code_point);
		return;
	}
	append_unit(out, 0xd800 + ((code_point - 0x10000) >> 10));
	append_unit(out, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
}

void release_string_append(struct buf *out, struct view text)
{
	CLEANUP_BUF struct buf escaped = BUF_INIT(out->max);
	size_t copied = 0;

	json_append_string(&escaped, text);
	if (escaped.failed != STATUS_OK)
		out->failed = escaped.failed;
	for (size_t i = 0, len; i < escaped.len; i += len) {
		uint8_t c = escaped.data[i];
		uint32_t code_point = c;

		len = 1;
		if (c < 0x80 && c != '<')
			continue;
		if (c >= 0x80)
			len = utf8_decode(view_from(buf_view(&escaped), i), &code_point);
		buf_append(out, escaped.data + copied, i - copied);
		append_code_point(out, code_point);
		if (len == 0)
			len = 1;
		copied = i + len;
	}
	buf_append(out, escaped.data + copied, escaped.len - copied);
}

void release_bytes_append(struct buf *out, struct view bytes)
{
	buf_append_byte(out, '"');
	base64_append(out, bytes);
	buf_append_byte(out, '"');
}

/* The one form */

struct form {
	const struct json_doc *doc;
	struct view rest;
	struct buf plain, again; /* scratch, for strings with escapes */
};

static bool eat(struct form *form, struct view expected)
{
	if (!view_has_prefix(form->rest, expected))
		return false;
	form->rest = view_from(form->rest, expected.len);
	return true;
}

static bool eat_byte(struct form *form, char byte)
{
	return eat(form, view_of(&byte, 1));
}

static bool eat_string(struct form *form, const struct json_token *token)
{
	if (!token->escaped)
		return eat(form, json_text(form->doc, token));
	buf_clear(&form->plain);
	buf_clear(&form->again);
	json_string_append(form->doc, token, &form->plain);
	release_string_append(&form->again, buf_view(&form->plain));
	return form->plain.failed == STATUS_OK && form->again.failed == STATUS_OK &&
	       eat(form, buf_view(&form->again));
}

/* Nested at most JSON_DEPTH_MAX deep: the scanner saw to it. */
static bool eat_value(struct form *form, const struct json_token *token)
{
	bool is_object = token->type == JSON_OBJECT, is_name = is_object;

	if (token->type == JSON_STRING)
		return eat_string(form, token);
	if (!is_object && token->type != JSON_ARRAY)
		return eat(form, json_text(form->doc, token));
	if (!eat_byte(form, is_object ? '{' : '['))
		return false;
	for (const struct json_token *child = json_first(form->doc, token);
	     child != NULL;) {
		if (!eat_value(form, child))
			return false;
		child = json_next(form->doc, token, child);
		if (child != NULL && !eat_byte(form, is_name ? ':' : ','))
			return false;
		is_name = is_object && !is_name;
	}
	return eat_byte(form, is_object ? '}' : ']');
}

static bool has_form(const struct json_doc *doc)
{
	struct form form = {.doc = doc,
	                    .rest = doc->text,
	                    .plain = BUF_INIT(doc->text.len + 1),
	                    .again = BUF_INIT(doc->text.len + 1)};
	bool is_good = eat_value(&form, json_root(doc)) && form.rest.len == 0;

	buf_release(&form.plain);
	buf_release(&form.again);
	return is_good;
}

static bool is_plain(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] >= 0x80 || text.data[i] == '<')
			return false;
	return true;
}

/* Members */

static bool take(const struct json_doc *doc, const struct json_token *object,
                 const struct json_token **at, const char *name, enum json_type type,
                 const struct json_token **ret_value)
{
	if (*at == NULL || !json_string_is(doc, *at, name))
		return false;
	*ret_value = json_next(doc, object, *at);
	*at = json_next(doc, object, *ret_value);
	return (*ret_value)->type == type;
}

static bool has_only(const struct json_doc *doc, const struct json_token *list,
                     bool may_be_null)
{
	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item))
		if (item->type != JSON_STRING &&
		    !(may_be_null && item->type == JSON_NULL))
			return false;
	return true;
}

/* Names are ids in hex. */
static bool has_ids(const struct json_doc *doc, const struct json_token *object)
{
	const struct json_token *name = json_first(doc, object);
	uint8_t id[32];

	while (name != NULL) {
		if (hex_decode_exact(json_raw(doc, name), id, sizeof id, NULL) !=
		    STATUS_OK)
			return false;
		name = json_next(doc, object, json_next(doc, object, name));
	}
	return true;
}

static bool take_log(const struct json_doc *doc, const struct json_token *log,
                     struct release_data_log *ret_log)
{
	if (log->type != JSON_OBJECT)
		return false;
	const struct json_token *at = json_first(doc, log);
	return take(doc, log, &at, "origin", JSON_STRING, &ret_log->origin) &&
	       take(doc, log, &at, "checkpoint", JSON_STRING, &ret_log->checkpoint) &&
	       take(doc, log, &at, "entries", JSON_ARRAY, &ret_log->entries) &&
	       at == NULL && has_only(doc, ret_log->entries, false);
}

static bool take_answer(const struct json_doc *doc, const struct json_token *answer,
                        struct release_data_answer *ret_answer)
{
	if (answer->type != JSON_OBJECT)
		return false;
	const struct json_token *at = json_first(doc, answer);
	return take(doc, answer, &at, "desk", JSON_STRING, &ret_answer->desk) &&
	       take(doc, answer, &at, "entry", JSON_STRING, &ret_answer->entry) &&
	       take(doc, answer, &at, "body", JSON_STRING, &ret_answer->body) &&
	       take(doc, answer, &at, "proof", JSON_STRING, &ret_answer->proof) &&
	       at == NULL;
}

static bool take_all(struct release_data *data)
{
	const struct json_doc *doc = &data->doc;
	const struct json_token *root = json_root(doc), *version;

	if (root->type != JSON_OBJECT)
		return false;
	const struct json_token *at = json_first(doc, root);
	return take(doc, root, &at, "aldis", JSON_INTEGER, &version) &&
	       json_integer(doc, version) == 1 &&
	       take(doc, root, &at, "manifest", JSON_STRING, &data->manifest) &&
	       take(doc, root, &at, "charters", JSON_ARRAY, &data->charters) &&
	       take(doc, root, &at, "cards", JSON_ARRAY, &data->cards) &&
	       take(doc, root, &at, "ends", JSON_ARRAY, &data->ends) &&
	       take(doc, root, &at, "logs", JSON_ARRAY, &data->logs) &&
	       take(doc, root, &at, "bodies", JSON_ARRAY, &data->bodies) &&
	       take(doc, root, &at, "attachments", JSON_OBJECT, &data->attachments) &&
	       take(doc, root, &at, "answers", JSON_ARRAY, &data->answers) &&
	       at == NULL && has_only(doc, data->charters, false) &&
	       has_only(doc, data->cards, false) && has_only(doc, data->ends, false) &&
	       has_only(doc, data->attachments, false) && has_ids(doc, data->attachments);
}

static bool check_lists(const struct release_data *data)
{
	const struct json_doc *doc = &data->doc;
	struct release_data_answer answer;
	struct release_data_log log;
	const struct json_token *item;

	for (item = json_first(doc, data->logs); item != NULL;
	     item = json_next(doc, data->logs, item))
		if (!take_log(doc, item, &log))
			return false;
	for (item = json_first(doc, data->bodies); item != NULL;
	     item = json_next(doc, data->bodies, item))
		if (item->type != JSON_ARRAY || !has_only(doc, item, true))
			return false;
	for (item = json_first(doc, data->answers); item != NULL;
	     item = json_next(doc, data->answers, item))
		if (!take_answer(doc, item, &answer))
			return false;
	return true;
}

enum status release_data_read(struct view text, struct release_data *ret_data,
                              struct error *err)
{
	if (text.len > RELEASE_DATA_MAX || !is_plain(text))
		return error_set(err, STATUS_MALFORMED,
		                 "the data is too large, or has a character that must be "
		                 "escaped");
	TRY(json_scan(&ret_data->doc, text, JSON_TOKENS_MAX, err));
	if (!has_form(&ret_data->doc))
		return error_set(err, STATUS_MALFORMED,
		                 "the data is not in its one form: white space or an "
		                 "escape too many");
	if (!take_all(ret_data) || !check_lists(ret_data))
		return error_set(err, STATUS_MALFORMED,
		                 "the data has not the members that it must have");
	return STATUS_OK;
}

void release_data_release(struct release_data *data)
{
	json_release(&data->doc);
	*data = (struct release_data){0};
}

struct release_data_log release_data_log(const struct release_data *data,
                                         const struct json_token *log)
{
	struct release_data_log found = {0};

	(void)take_log(&data->doc, log, &found);
	return found;
}

struct release_data_answer release_data_answer(const struct release_data *data,
                                               const struct json_token *answer)
{
	struct release_data_answer found = {0};

	(void)take_answer(&data->doc, answer, &found);
	return found;
}
