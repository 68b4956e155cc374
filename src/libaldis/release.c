/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release: verified, then read into what programs hold.
 */
#include "release/verify.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "libaldis/result.h"
#include "release/frame.h"
#include "release/reader.h"

/* Reading */

static enum status read_messages(struct release_reader *reader,
                                 struct libaldis_messages *messages, struct error *err)
{
	struct release_shown shown;

	for (size_t i = 0; i < reader->count; i++) {
		TRY(release_reader_get(reader, i, &shown, err));
		struct libaldis_new_message message = {.desk =
		                                           shown.log->origin.desk.text,
		                                       .index = shown.index,
		                                       .is_full = shown.is_full,
		                                       .is_proven = true,
		                                       .entry = shown.entry,
		                                       .body = shown.content};
		TRY(libaldis_messages_add(messages, &message, err));
	}
	return STATUS_OK;
}

static enum status read_attachments(const struct release_reader *reader,
                                    struct libaldis_messages *messages, struct error *err)
{
	CLEANUP_BUF struct buf content = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);

	for (size_t i = 0; i < reader->manifest.attachment_count; i++) {
		buf_clear(&content);
		TRY(release_reader_attachment(reader, i, &content, err));
		TRY(libaldis_messages_add_file(messages, &reader->manifest.attachments[i],
		                               buf_view(&content), err));
	}
	return STATUS_OK;
}

static struct libaldis_log log_of(const struct release_log *log)
{
	struct libaldis_log told = {.checkpoint.size = log->size};
	char origin[RECORD_ORIGIN_MAX + 1];

	record_origin_encode(&log->origin, origin);
	memcpy(told.checkpoint.origin, origin, sizeof origin);
	memcpy(told.checkpoint.root, log->root.bytes, sizeof told.checkpoint.root);
	told.numbers[ALDIS_LOG_FIRST] = log->first;
	for (uint64_t i = 0; i < log->size; i++) {
		told.numbers[ALDIS_LOG_FULL] += log->modes[i] == RELEASE_FULL;
		told.numbers[ALDIS_LOG_ENVELOPES] += log->modes[i] == RELEASE_ENVELOPE;
		told.numbers[ALDIS_LOG_WITHHELD] += log->modes[i] == RELEASE_WITHHELD;
	}
	return told;
}

static enum status read_logs(const struct release_manifest *manifest,
                             struct aldis_result *result, struct error *err)
{
	result->logs = calloc(manifest->log_count, sizeof *result->logs);
	if (result->logs == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	for (size_t i = 0; i < manifest->log_count; i++)
		result->logs[i] = log_of(&manifest->logs[i]);
	result->log_count = manifest->log_count;
	return STATUS_OK;
}

/* Texts of JSON have no NUL inside. */
static enum status end_texts(struct release_manifest *manifest, struct error *err)
{
	struct buf *texts[] = {&manifest->title, &manifest->cover[0],
	                       &manifest->cover[1]};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (texts[i]->len == 0)
			continue;
		texts[i]->max = SIZE_MAX;
		buf_append_byte(texts[i], '\0');
		TRY(buf_check(texts[i], "a text of the manifest", err));
	}
	return STATUS_OK;
}

static enum status read_all(struct release_reader *reader, struct aldis_result *result,
                            struct error *err)
{
	struct libaldis_release *release = result->release;

	TRY(read_messages(reader, &result->messages, err));
	TRY(read_attachments(reader, &result->messages, err));
	TRY(read_logs(&reader->manifest, result, err));
	release->manifest = reader->manifest;
	reader->manifest = (struct release_manifest){0};
	hash_hex(&release->manifest.channel.hash, release->channel);
	hash_hex(&release->manifest.charter, release->charter);
	return end_texts(&release->manifest, err);
}

static enum status read_release(struct view file, struct aldis_result *result,
                                struct error *err)
{
	struct release_reader reader = {0};
	struct release_frame_found found;
	enum status status = release_frame_split(file, &found, err);

	if (status == STATUS_OK)
		status = release_reader_open(found.data, &reader, err);
	if (status == STATUS_OK)
		status = read_all(&reader, result, err);
	release_reader_release(&reader);
	/* It was verified: what can't be read then is a fault of ours. */
	return status == STATUS_OK || status == STATUS_NO_MEMORY ? status : STATUS_BUG;
}

static void name_hashes(struct libaldis_release *release)
{
	const struct hash none = {{0}};

	if (!hash_equal(&release->result.digest, &none))
		hash_hex(&release->result.digest, release->digest);
	if (release->result.page_version != NULL)
		hash_hex(&release->result.page, release->page);
}

enum status libaldis_release_verify(struct view file, const struct bundle_trust *trust,
                                    struct aldis_result *result, struct error *err)
{
	struct libaldis_release *release = calloc(1, sizeof *release);

	if (release == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	result->release = release;
	enum status status = release_verify_file(file, trust, &release->result, err);
	result->found = release->result.bundle;
	release->result.bundle = (struct bundle_result){0};
	TRY(status);
	name_hashes(release);
	result->found.entry_count = release->result.full_count +
	                            release->result.envelope_count +
	                            release->result.withheld_count;
	result->found.withheld_count = release->result.withheld_count;
	result->found.byte_count = file.len;
	result->found.file_count = 1;
	if (!result->found.is_consistent)
		return STATUS_OK;
	TRY(read_release(file, result, err));
	result->found.log_count = release->manifest.log_count;
	result->found.attachment_count = release->manifest.attachment_count;
	return STATUS_OK;
}

void libaldis_release_free(struct libaldis_release *release)
{
	if (release == NULL)
		return;
	release_result_release(&release->result);
	release_manifest_release(&release->manifest);
	free(release);
}

/* Accessors */

static const struct libaldis_release *shown(const struct aldis_result *result)
{
	return result->found.is_consistent ? result->release : NULL;
}

PUBLIC enum aldis_release_grade aldis_release_grade(const struct aldis_result *result)
{
	if (shown(result) == NULL)
		return ALDIS_RELEASE_NONE;
	switch (result->release->result.grade) {
	case RELEASE_ONE_SIDED:
		return ALDIS_RELEASE_ONE_SIDED;
	case RELEASE_BY_ORIGINATOR:
		return ALDIS_RELEASE_BY_ORIGINATOR;
	case RELEASE_JOINT:
		return ALDIS_RELEASE_JOINT;
	}
	return ALDIS_RELEASE_NONE;
}

static const char *unless_empty(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static const char *text_of(const struct buf *text)
{
	return text->len > 0 ? (const char *)text->data : NULL;
}

static const char *manifest_text(const struct libaldis_release *release,
                                 enum aldis_release_text which)
{
	const struct release_manifest *manifest = &release->manifest;

	switch (which) {
	case ALDIS_RELEASE_TITLE:
		return text_of(&manifest->title);
	case ALDIS_RELEASE_COVER_EN:
		return text_of(&manifest->cover[0]);
	case ALDIS_RELEASE_COVER_ID:
		return text_of(&manifest->cover[1]);
	case ALDIS_RELEASE_BY:
		return manifest->by.text;
	case ALDIS_RELEASE_RULE:
		return release_rule_name(manifest->rule);
	case ALDIS_RELEASE_CHANNEL:
		return release->channel;
	case ALDIS_RELEASE_CHARTER:
		return release->charter;
	case ALDIS_RELEASE_CODE:
	case ALDIS_RELEASE_MANIFEST:
	case ALDIS_RELEASE_PAGE_VERSION:
	case ALDIS_RELEASE_PAGE_HASH:
		break;
	}
	return NULL;
}

PUBLIC const char *aldis_release_text(const struct aldis_result *result,
                                      enum aldis_release_text which)
{
	const struct libaldis_release *release = result->release;

	if (release == NULL)
		return NULL;
	if (which == ALDIS_RELEASE_CODE)
		return unless_empty(release->result.code);
	if (which == ALDIS_RELEASE_MANIFEST)
		return unless_empty(release->digest);
	if (which == ALDIS_RELEASE_PAGE_VERSION)
		return release->result.page_version;
	if (which == ALDIS_RELEASE_PAGE_HASH)
		return unless_empty(release->page);
	return shown(result) != NULL ? manifest_text(release, which) : NULL;
}

PUBLIC int64_t aldis_release_made(const struct aldis_result *result)
{
	return shown(result) != NULL ? result->release->manifest.made_s : 0;
}

PUBLIC size_t aldis_release_answer_count(const struct aldis_result *result)
{
	return shown(result) != NULL ? result->release->result.reply_count : 0;
}

static const struct release_reply *find_reply(const struct aldis_result *result,
                                              size_t index)
{
	if (index >= aldis_release_answer_count(result))
		return NULL;
	return &result->release->result.replies[index];
}

PUBLIC const char *aldis_release_answer_desk(const struct aldis_result *result,
                                             size_t index)
{
	const struct release_reply *reply = find_reply(result, index);

	return reply != NULL ? reply->desk.text : NULL;
}

PUBLIC enum aldis_release_answer aldis_release_answer(const struct aldis_result *result,
                                                      size_t index)
{
	const struct release_reply *reply = find_reply(result, index);

	if (reply == NULL)
		return ALDIS_RELEASE_NO_ANSWER;
	switch (reply->answer) {
	case RELEASE_NO_ANSWER:
		return ALDIS_RELEASE_NO_ANSWER;
	case RELEASE_CONSENT:
		return ALDIS_RELEASE_CONSENT;
	case RELEASE_REFUSAL:
		return ALDIS_RELEASE_REFUSAL;
	}
	return ALDIS_RELEASE_NO_ANSWER;
}

PUBLIC int64_t aldis_release_answer_sent(const struct aldis_result *result, size_t index)
{
	const struct release_reply *reply = find_reply(result, index);

	return reply != NULL ? reply->sent_s : 0;
}
