/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a body to its signal.
 */
#include "record/signal_body.h"

#include "record/object.h"

enum { BODY_TOKENS_MAX = 1 << 12 };

static bool is_adopted(const struct record_charter *charter, const struct hash *codebook)
{
	for (size_t i = 0; i < charter->codebook_count; i++)
		if (hash_equal(&charter->codebooks[i], codebook))
			return true;
	return false;
}

static enum status read_name(const struct json_doc *doc, const struct json_token *body,
                             struct record_signal_name *ret_name, struct error *err)
{
	const struct json_token *codebook = NULL, *number = NULL;

	if (body->type == JSON_OBJECT) {
		codebook = json_member(doc, body, "codebook");
		number = json_member(doc, body, "number");
	}
	if (codebook == NULL || number == NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "a signal names its codebook and its number");
	TRY(record_hex_hash_read(doc, codebook, &ret_name->codebook, err));
	return record_integer_read(doc, number, 1, RECORD_SIGNAL_NUMBER_MAX,
	                           &ret_name->number, err);
}

static enum status find_signal(const struct record_charter *charter,
                               const struct record_signal_name *name,
                               const struct record_signal **ret_signal, struct error *err)
{
	const struct record_codebook *book;

	if (!is_adopted(charter, &name->codebook))
		return error_set(
		    err, STATUS_NOT_FOUND,
		    "codebook: it is not among those that the charter names");
	book = record_codebook_builtin(&name->codebook);
	if (book == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "codebook: this version of aldis does not have it");
	*ret_signal = record_codebook_find(book, name->number);
	if (*ret_signal == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "number: the codebook %s has no signal %lld",
		                 record_codebook_id(book), (long long)name->number);
	return STATUS_OK;
}

enum status record_signal_body_check(const struct record_charter *charter,
                                     const struct json_doc *doc,
                                     const struct json_token *body,
                                     struct record_signal_name *ret_name,
                                     struct error *err)
{
	const struct record_signal *signal = NULL;

	TRY(read_name(doc, body, ret_name, err));
	TRY(find_signal(charter, ret_name, &signal, err));
	return record_signal_check(signal, doc, json_member(doc, body, "parameters"),
	                           err);
}

enum status record_signal_draft_check(const struct record_charter *charter,
                                      const char *kind, struct view body,
                                      struct json_doc *doc, struct error *err)
{
	struct record_signal_name name;
	enum status status;

	if (strcmp(kind, "signal") != 0 || body.len == 0)
		return STATUS_OK;
	TRY(json_scan(doc, body, BODY_TOKENS_MAX, err));
	status = record_signal_body_check(charter, doc, json_root(doc), &name, err);
	return status == STATUS_NOT_FOUND ? STATUS_MALFORMED : status;
}
