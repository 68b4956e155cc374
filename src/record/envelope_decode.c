/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading envelopes that others wrote. This is the hot path: one token walk over a scan
 * that is reused; arrays keep their memory from one envelope to the next.
 */
#include "record/envelope.h"

#include <stdlib.h>

#include "record/object.h"

enum {
	TO_MAX = RECORD_MEMBERS_MAX,
	SEEN_MAX = RECORD_MEMBERS_MAX,
	TOKENS_MAX = 4096, /* more than an envelope within its limits can need */
};

static enum status read_kind(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_envelope *envelope = context;

	TRY(record_string_read(doc, value, 1, RECORD_KIND_LEN_MAX, envelope->kind, err));
	if (!record_word_check(view_of_string(envelope->kind), RECORD_KIND_LEN_MAX))
		return error_set(err, STATUS_MALFORMED, "has not the form of a kind");
	return STATUS_OK;
}

static enum status read_desk(const struct json_doc *doc, const struct json_token *value,
                             struct record_name *ret_name, struct error *err)
{
	TRY(record_string_read(doc, value, RECORD_NAME_MIN, RECORD_NAME_MAX,
	                       ret_name->text, err));
	if (!record_name_check(view_of_string(ret_name->text)))
		return error_set(err, STATUS_MALFORMED,
		                 "has not the form of a desk's name");
	return STATUS_OK;
}

/* Room for count elements in an array that decoding owns and keeps. */
static enum status array_reserve(void **array, size_t *cap, size_t count, size_t size,
                                 struct error *err)
{
	void *grown;

	if (count <= *cap)
		return STATUS_OK;
	grown = reallocarray(*array, count, size);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the envelope");
	*array = grown;
	*cap = count;
	return STATUS_OK;
}

static enum status read_to(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct record_envelope *envelope = context;

	TRY(record_array_check(value, 1, TO_MAX, err));
	TRY(array_reserve((void **)&envelope->to, &envelope->to_cap, value->count,
	                  sizeof *envelope->to, err));
	for (const struct json_token *desk = json_first(doc, value); desk != NULL;
	     desk = json_next(doc, value, desk)) {
		struct record_name *name = &envelope->to[envelope->to_count];

		TRY(read_desk(doc, desk, name, err));
		for (size_t i = 0; i < envelope->to_count; i++)
			if (strcmp(envelope->to[i].text, name->text) == 0)
				return error_set(err, STATUS_MALFORMED,
				                 "names a desk twice");
		envelope->to_count++;
	}
	return STATUS_OK;
}

static enum status read_line(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_envelope *envelope = context;

	TRY(record_string_read(doc, value, 1, sizeof envelope->line - 1, envelope->line,
	                       err));
	if (!record_word_check(view_of_string(envelope->line), sizeof envelope->line - 1))
		return error_set(err, STATUS_MALFORMED, "has not the form of a line");
	return STATUS_OK;
}

static enum status read_sent(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_envelope *envelope = context;

	return record_time_read(doc, value, &envelope->sent_s, err);
}

static enum status read_salt(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_envelope *envelope = context;

	return record_base64_read(doc, value, envelope->salt, RECORD_SALT_LEN, err);
}

static enum status read_re(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct record_envelope *envelope = context;
	char text[RECORD_MESSAGE_ID_MAX + 1];

	TRY(record_string_read(doc, value, 1, RECORD_MESSAGE_ID_MAX, text, err));
	TRY(record_message_id_decode(view_of_string(text), &envelope->re, err));
	envelope->has_re = true;
	return STATUS_OK;
}

static enum status read_tlp(const struct json_doc *doc, const struct json_token *value,
                            void *context, struct error *err)
{
	static const char *const labels[] = {"RED", "AMBER+STRICT", "AMBER", "GREEN",
	                                     "CLEAR"};
	struct record_envelope *envelope = context;

	TRY(record_string_read(doc, value, 1, sizeof envelope->tlp - 1, envelope->tlp,
	                       err));
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		if (strcmp(envelope->tlp, labels[i]) == 0)
			return STATUS_OK;
	return error_set(err, STATUS_MALFORMED,
	                 "must be RED, AMBER+STRICT, AMBER, GREEN or CLEAR");
}

static enum status read_seen_size(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct record_seen *seen = context;
	int64_t size;

	TRY(record_integer_read(doc, value, 1, INT64_MAX, &size, err));
	seen->size = (uint64_t)size;
	return STATUS_OK;
}

static enum status read_seen_root(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct record_seen *seen = context;

	return record_base64_read(doc, value, seen->root.bytes, sizeof seen->root.bytes,
	                          err);
}

static enum status read_seen(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"size", true, read_seen_size},
	    {"root", true, read_seen_root},
	};
	struct record_envelope *envelope = context;
	const struct json_token *log;

	if (value->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	if (value->count < 1 || value->count > SEEN_MAX)
		return error_set(err, STATUS_MALFORMED, "must name 1 to %d logs",
		                 SEEN_MAX);
	TRY(array_reserve((void **)&envelope->seen, &envelope->seen_cap, value->count,
	                  sizeof *envelope->seen, err));
	for (const struct json_token *name = json_first(doc, value); name != NULL;
	     name = json_next(doc, value, log)) {
		struct record_seen *seen = &envelope->seen[envelope->seen_count];

		log = json_next(doc, value, name);
		TRY(read_desk(doc, name, &seen->desk, err));
		TRY(record_object_read(doc, log, members, 2, seen, err));
		envelope->seen_count++;
	}
	return STATUS_OK;
}

static enum status read_blob_id(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct record_blob_ref *ref = context;

	return record_hex_hash_read(doc, value, &ref->id, err);
}

static enum status read_blob_size(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct record_blob_ref *ref = context;
	int64_t size;

	TRY(record_integer_read(
	    doc, value, 0, RECORD_ATTACHMENT_BLOB_MAX - RECORD_SALT_LEN, &size, err));
	ref->size = (uint64_t)size;
	return STATUS_OK;
}

static enum status read_blob(const struct json_doc *doc, const struct json_token *value,
                             struct record_blob_ref *ret_ref, struct error *err)
{
	static const struct record_member members[] = {
	    {"blob", true, read_blob_id},
	    {"size", true, read_blob_size},
	};

	return record_object_read(doc, value, members, 2, ret_ref, err);
}

static enum status read_body(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct record_envelope *envelope = context;

	TRY(read_blob(doc, value, &envelope->body, err));
	if (envelope->body.size > RECORD_BODY_MAX)
		return error_set(err, STATUS_MALFORMED, "must have at most %d bytes",
		                 RECORD_BODY_MAX);
	envelope->has_body = true;
	return STATUS_OK;
}

static enum status read_attachments(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct record_envelope *envelope = context;

	TRY(record_array_check(value, 1, RECORD_ATTACHMENTS_MAX, err));
	TRY(array_reserve((void **)&envelope->attachments, &envelope->attachment_cap,
	                  value->count, sizeof *envelope->attachments, err));
	for (const struct json_token *blob = json_first(doc, value); blob != NULL;
	     blob = json_next(doc, value, blob))
		TRY(read_blob(doc, blob,
		              &envelope->attachments[envelope->attachment_count++], err));
	return STATUS_OK;
}

/* Empty, but with the memory it has. */
static void envelope_clear(struct record_envelope *envelope)
{
	envelope->kind[0] = '\0';
	envelope->line[0] = '\0';
	envelope->tlp[0] = '\0';
	envelope->sent_s = 0;
	envelope->has_re = false;
	envelope->has_body = false;
	envelope->to_count = 0;
	envelope->seen_count = 0;
	envelope->attachment_count = 0;
}

enum status record_envelope_decode(struct view entry, struct json_doc *doc,
                                   struct record_envelope *ret_envelope,
                                   struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read},
	    {"kind", true, read_kind},
	    {"to", false, read_to},
	    {"line", false, read_line},
	    {"sent", true, read_sent},
	    {"salt", true, read_salt},
	    {"re", false, read_re},
	    {"tlp", false, read_tlp},
	    {"seen", false, read_seen},
	    {"body", false, read_body},
	    {"attachments", false, read_attachments},
	};
	enum status status;

	envelope_clear(ret_envelope);
	if (entry.len > TLOG_ENTRY_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "an envelope has at most %d bytes", TLOG_ENTRY_MAX);
	status = json_scan(doc, entry, TOKENS_MAX, err);
	if (status == STATUS_OK)
		status = record_object_read(doc, json_root(doc), members,
		                            sizeof members / sizeof members[0],
		                            ret_envelope, err);
	if (status == STATUS_LIMIT)
		status = STATUS_MALFORMED;
	return status == STATUS_OK ? status : error_context(err, status, "envelope");
}

void record_envelope_release(struct record_envelope *envelope)
{
	if (envelope->to_cap > 0)
		free(envelope->to);
	if (envelope->seen_cap > 0)
		free(envelope->seen);
	if (envelope->attachment_cap > 0)
		free(envelope->attachments);
	*envelope = (struct record_envelope){0};
}
