/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers, found by walking the logs.
 */
#include "release/answers.h"

#include "base/cleanup.h"
#include "record/blob.h"
#include "record/object.h"
#include "release/manifest.h"

enum release_answer release_answer_of(const char *kind, const char *author,
                                      const char *by)
{
	if (strcmp(kind, "release.refuse") == 0)
		return RELEASE_REFUSAL;
	if (strcmp(kind, "release.consent") == 0 ||
	    (strcmp(kind, "release.request") == 0 && strcmp(author, by) == 0))
		return RELEASE_CONSENT;
	return RELEASE_NO_ANSWER;
}

static enum status read_digest(struct view content, const char *name,
                               struct json_doc *doc, struct hash *ret_digest,
                               struct error *err)
{
	const struct json_token *value = NULL;

	TRY(json_scan(doc, content, JSON_TOKENS_MAX, err));
	if (json_root(doc)->type == JSON_OBJECT)
		value = json_member(doc, json_root(doc), name);
	if (value == NULL || value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "it names no %s", name);
	return record_hex_hash_read(doc, value, ret_digest, err);
}

enum status release_answer_digest(struct view content, struct json_doc *doc,
                                  struct hash *ret_digest, struct error *err)
{
	return read_digest(content, "manifest", doc, ret_digest, err);
}

bool release_open_names(struct view content, struct json_doc *doc, const struct hash *end)
{
	struct hash named;

	return read_digest(content, "log_end", doc, &named, NULL) == STATUS_OK &&
	       hash_equal(&named, end);
}

/* Whose body is not held or breaks its form answers nothing. */
static enum status take_answer(struct release_record *record,
                               const struct release_held_log *log, uint64_t index,
                               const struct hash *digest, enum release_answer answer,
                               struct release_answered *ret_answer, struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(BUNDLE_BODY_LEN_MAX);
	struct hash named;
	enum status status =
	    release_record_body(record, log, &record->envelope.body, index, &blob, err);

	if (status == STATUS_NOT_FOUND || status == STATUS_MALFORMED)
		return STATUS_OK;
	TRY(status);
	if (release_answer_digest(record_blob_content(buf_view(&blob)), &record->doc,
	                          &named, NULL) == STATUS_OK &&
	    hash_equal(&named, digest))
		*ret_answer =
		    (struct release_answered){.answer = answer,
		                              .index = log->offset + index,
		                              .log = log,
		                              .sent_s = record->envelope.sent_s};
	return STATUS_OK;
}

static enum status find_in(struct release_record *record,
                           const struct release_held_log *log, const struct hash *digest,
                           const char *by, struct release_answered *ret_answer,
                           struct error *err)
{
	const char *author = log->origin.desk.text;

	for (uint64_t i = log->source->base; i < log->checkpoint.size; i++) {
		struct record_envelope *envelope = &record->envelope;
		enum release_answer answer;

		/* Spares decoding what can't be one. */
		if (!release_entry_may_have(log->entries[i], "release.") ||
		    record_envelope_decode(log->entries[i], &record->doc, envelope,
		                           NULL) != STATUS_OK)
			continue;
		answer = release_answer_of(envelope->kind, author, by);
		if (answer == RELEASE_NO_ANSWER || !envelope->has_body)
			continue;
		TRY(take_answer(record, log, i, digest, answer, ret_answer, err));
		if (ret_answer->answer != RELEASE_NO_ANSWER)
			return STATUS_OK;
	}
	return STATUS_OK;
}

enum status release_answers_find(struct release_record *record, const struct hash *digest,
                                 const char *by,
                                 struct release_answered ret_answers[RECORD_MEMBERS_MAX],
                                 struct error *err)
{
	for (size_t i = 0; i < RECORD_MEMBERS_MAX; i++)
		ret_answers[i] = (struct release_answered){0};
	for (size_t i = 0; i < record->log_count; i++) {
		const struct release_held_log *log = &record->logs[i];
		size_t member = (size_t)(log->member - record->channel.members);

		if (ret_answers[member].answer == RELEASE_NO_ANSWER)
			TRY(find_in(record, log, digest, by, &ret_answers[member], err));
	}
	return STATUS_OK;
}

/* Ends of logs */

/* Is it a log of the same desk behind this one? */
static bool is_behind(const struct record_origin *log, const struct record_origin *origin)
{
	return log->generation > origin->generation &&
	       strcmp(log->desk.text, origin->desk.text) == 0;
}

bool release_end_belongs(const struct release_record *record,
                         const struct release_manifest *manifest,
                         const struct bundle_channel *cut,
                         const struct release_answered *answers,
                         const struct record_origin *origin)
{
	const struct release_held_log *held = release_record_log(record, origin);
	const struct release_log *own = release_manifest_log(manifest, origin);

	if (bundle_channel_member(cut, origin->desk.text) == NULL)
		return false;
	for (size_t i = 0; i < manifest->log_count; i++)
		if (is_behind(&manifest->logs[i].origin, origin))
			return true;
	for (size_t i = 0; i < record->channel.member_count; i++)
		if (answers[i].log != NULL && is_behind(&answers[i].log->origin, origin))
			return true;
	return own != NULL && held != NULL && own->size == held->checkpoint.size;
}

/* Requests */

static enum status read_manifest(struct release_record *record,
                                 const struct release_held_log *log,
                                 const struct hash *digest, struct buf *ret_text,
                                 struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);

	for (size_t i = 0; i < record->envelope.attachment_count; i++) {
		enum status status = release_record_attachment(
		    record, log, &record->envelope.attachments[i], &blob, err);

		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		struct view content = record_blob_content(buf_view(&blob));
		struct hash hash = sha256(content);
		if (!hash_equal(&hash, digest))
			continue;
		buf_append_view(ret_text, content);
		return buf_check(ret_text, "the manifest", err);
	}
	return error_set(
	    err, STATUS_NOT_FOUND,
	    "the request carries no manifest of the digest that it names, or "
	    "its attachment is not here yet");
}

enum status release_request_read(struct release_record *record,
                                 const struct record_message_id *id,
                                 struct hash *ret_digest, struct buf *ret_text,
                                 struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(BUNDLE_BODY_LEN_MAX);
	uint64_t index;
	const struct release_held_log *log = release_record_find(record, id, &index);

	if (log == NULL || index < log->source->base)
		return error_set(err, STATUS_NOT_FOUND, "there is no %s#%llu here",
		                 id->desk.text, (unsigned long long)id->index);
	TRY(record_envelope_decode(log->entries[index], &record->doc, &record->envelope,
	                           err));
	if (strcmp(record->envelope.kind, "release.request") != 0 ||
	    !record->envelope.has_body)
		return error_set(err, STATUS_CONFLICT, "%s#%llu asks for no release",
		                 id->desk.text, (unsigned long long)id->index);
	TRY(release_record_body(record, log, &record->envelope.body, index, &blob, err));
	TRY(release_answer_digest(record_blob_content(buf_view(&blob)), &record->doc,
	                          ret_digest, err));
	return ret_text == NULL ? STATUS_OK
	                        : read_manifest(record, log, ret_digest, ret_text, err);
}
