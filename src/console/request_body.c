/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading small JSON bodies, each with a table of its members.
 */
#include "console/request_body.h"

#include "record/object.h"
#include "record/root_note.h"

enum { BODY_TOKENS_MAX = 64 };

enum status request_body_scan(struct view body, size_t tokens_max, struct json_doc *doc,
                              struct error *err)
{
	if (body.len == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the request needs a body, a JSON object");
	TRY(json_scan(doc, body, tokens_max, err));
	if (json_root(doc)->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED,
		                 "the request's body must be a JSON object");
	return STATUS_OK;
}

static enum status read_card(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct request_trust *trust = context;

	if (value->type != JSON_STRING || value->len == 0)
		return error_set(err, STATUS_MALFORMED, "must be a card's text");
	trust->card = BUF_INIT(RECORD_NOTE_MAX);
	json_string_append(doc, value, &trust->card);
	return buf_check(&trust->card, "the card", err);
}

static enum status read_compared(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct request_trust *trust = context;

	if (value->type != JSON_TRUE && value->type != JSON_FALSE)
		return error_set(err, STATUS_MALFORMED, "must be true or false");
	trust->is_compared = value->type == JSON_TRUE;
	return STATUS_OK;
}

enum status request_trust_parse(struct view body, struct json_doc *doc,
                                struct request_trust *ret_trust, struct error *err)
{
	static const struct record_member members[] = {
	    {"card", true, read_card},
	    {"compared", false, read_compared},
	};

	TRY(request_body_scan(body, BODY_TOKENS_MAX, doc, err));
	return record_object_read(doc, json_root(doc), members, 2, ret_trust, err);
}

static enum status read_path(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	char *path = context;

	TRY(record_string_read(doc, value, 2, REQUEST_PATH_MAX, path, err));
	if (path[0] != '/')
		return error_set(err, STATUS_MALFORMED, "must be an absolute path");
	return STATUS_OK;
}

enum status request_backup_parse(struct view body, struct json_doc *doc,
                                 char ret_path[REQUEST_PATH_MAX + 1], struct error *err)
{
	static const struct record_member members[] = {{"path", true, read_path}};

	TRY(request_body_scan(body, BODY_TOKENS_MAX, doc, err));
	return record_object_read(doc, json_root(doc), members, 1, ret_path, err);
}
