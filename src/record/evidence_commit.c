/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and comparing commitments.
 */
#include "record/evidence_commit.h"

#include "record/object.h"

enum { BODY_TOKENS_MAX = 1 << 16 };

enum status record_evidence_make(const uint8_t salt[RECORD_SALT_LEN], struct view content,
                                 struct buf *ret_blob, struct hash *ret_hash,
                                 struct error *err)
{
	size_t start = ret_blob->len;

	if (content.len > RECORD_EVIDENCE_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "evidence has at most %d bytes; commit to its parts",
		                 RECORD_EVIDENCE_MAX);
	record_blob_append(ret_blob, salt, content);
	TRY(buf_check(ret_blob, "the evidence", err));
	*ret_hash = sha256(view_from(buf_view(ret_blob), start));
	return STATUS_OK;
}

static enum status scan_object(struct view json, struct json_doc *doc,
                               const struct json_token **ret_root, struct error *err)
{
	TRY(json_scan(doc, json, BODY_TOKENS_MAX, err));
	*ret_root = json_root(doc);
	if ((*ret_root)->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "the body must be an object");
	return STATUS_OK;
}

enum status record_evidence_body_append(struct view said, const struct hash *hash,
                                        struct json_doc *doc, struct buf *out,
                                        struct error *err)
{
	const struct json_token *root;
	char hex[HASH_HEX_LEN + 1];

	TRY(scan_object(said, doc, &root, err));
	if (json_member(doc, root, "hash") != NULL)
		return error_set(err, STATUS_MALFORMED,
		                 "hash: is filled in from the file, leave it out");
	hash_hex(hash, hex);
	buf_printf(out, "{\"hash\":\"%s\"%s", hex, root->count > 0 ? "," : "");
	buf_append_view(out, view_from(json_text(doc, root), 1));
	return buf_check(out, "the body", err);
}

enum status record_evidence_body_hash(struct view body, struct json_doc *doc,
                                      struct hash *ret_hash, struct error *err)
{
	const struct json_token *root, *value;

	TRY(scan_object(body, doc, &root, err));
	value = json_member(doc, root, "hash");
	if (value == NULL)
		return error_set(err, STATUS_MALFORMED, "hash: is missing");
	return record_hex_hash_read(doc, value, ret_hash, err);
}

bool record_evidence_is_opened_by(const struct hash *committed,
                                  const struct record_envelope *open)
{
	for (size_t i = 0; i < open->attachment_count; i++)
		if (hash_equal(&open->attachments[i].id, committed))
			return true;
	return false;
}
