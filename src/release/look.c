/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The charters that count are those up to the manifest's, as in the file that will be
 * built.
 */
#include "release/look.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/blob.h"

void release_look_release(struct release_look *look)
{
	release_manifest_release(&look->manifest);
	*look = (struct release_look){0};
}

struct looking {
	struct release_record *record;
	struct release_look *look;
	struct bundle_channel cut;
	struct release_terms terms;
	struct buf body;
};

static enum status open_cut(struct looking *looking, struct error *err)
{
	const struct release_record *record = looking->record;

	for (size_t i = 0; i < record->channel.charter_count; i++) {
		TRY(bundle_channel_add_charter(&looking->cut,
		                               record->source->charter_notes[i], err));
		if (hash_equal(&record->channel.charters[i].digest,
		               &looking->look->manifest.charter))
			break;
	}
	TRY(bundle_channel_settle(&looking->cut, err));
	looking->terms.channel = &looking->cut;
	for (size_t i = 0; i < record->channel.ending_count; i++)
		if (release_end_belongs(record, &looking->look->manifest, &looking->cut,
		                        looking->look->answers,
		                        &record->channel.endings[i].origin))
			TRY(bundle_channel_add_ending(
			    &looking->cut, record->source->log_end_notes[i], err));
	return STATUS_OK;
}

/* Of a shown entry only this matters: is it an amendment, and which, or `leave`? */
static enum status take_moving(struct looking *looking,
                               const struct release_held_log *held, uint64_t index,
                               enum release_mode mode, struct error *err)
{
	struct release_record *record = looking->record;
	struct record_envelope *envelope = &record->envelope;
	struct view content = view_of("", 0);

	if (record_envelope_decode(held->entries[index], &record->doc, envelope, NULL) !=
	    STATUS_OK) {
		release_terms_entry(&looking->terms, mode, NULL, content, &record->doc);
		return STATUS_OK;
	}
	if (mode == RELEASE_FULL && envelope->has_body &&
	    strcmp(envelope->kind, "charter.amend") == 0) {
		TRY(release_record_body(record, held, &envelope->body, index,
		                        &looking->body, err));
		content = record_blob_content(buf_view(&looking->body));
	}
	release_terms_entry(&looking->terms, mode, envelope, content, &record->doc);
	return STATUS_OK;
}

static enum status take_log(struct looking *looking, const struct release_log *log,
                            struct error *err)
{
	struct release_record *record = looking->record;
	const char *desk = log->origin.desk.text;
	const struct release_held_log *held = release_record_log(record, &log->origin);
	const struct bundle_member *member = bundle_channel_member(&looking->cut, desk);

	if (member == NULL)
		return error_set(err, STATUS_CONFLICT,
		                 "%s was no member under the manifest's charter", desk);
	release_terms_log(&looking->terms, member, held->offset);
	for (uint64_t i = 0; i < log->size; i++) {
		enum release_mode mode = (enum release_mode)log->modes[i];

		if (mode != RELEASE_WITHHELD && i >= held->source->base &&
		    (release_entry_may_have(held->entries[i], "charter.amend") ||
		     release_entry_may_have(held->entries[i], "leave")))
			TRY(take_moving(looking, held, i, mode, err));
		else
			release_terms_entry(&looking->terms, mode, NULL, view_of("", 0),
			                    &record->doc);
	}
	release_terms_log_end(&looking->terms, &log->origin);
	return STATUS_OK;
}

static void take_answers(struct looking *looking)
{
	const struct bundle_channel *channel = &looking->record->channel;
	enum release_answer answers[RECORD_MEMBERS_MAX] = {RELEASE_NO_ANSWER};
	struct release_look *look = looking->look;

	for (size_t i = 0; i < channel->member_count; i++) {
		const struct bundle_member *member =
		    bundle_channel_member(&looking->cut, channel->members[i].name.text);

		if (member == NULL)
			continue;
		size_t nth = (size_t)(member - looking->cut.members);
		answers[nth] = look->answers[i].answer;
		look->is_asked[i] = release_terms_asks(&looking->terms, nth);
	}
	look->grade =
	    release_terms_grade(&looking->terms, &looking->look->manifest, answers);
}

static enum status look_at(struct looking *looking, struct view text, struct error *err)
{
	struct release_look *look = looking->look;

	look->digest = sha256(text);
	TRY(release_manifest_decode(text, &look->manifest, err));
	TRY(release_draft_check(looking->record, &look->manifest, err));
	TRY(release_answers_find(looking->record, &look->digest, look->manifest.by.text,
	                         look->answers, err));
	TRY(open_cut(looking, err));
	for (size_t i = 0; i < look->manifest.log_count; i++)
		TRY(take_log(looking, &look->manifest.logs[i], err));
	TRY(release_terms_check_ends(&looking->terms, err));
	take_answers(looking);
	return STATUS_OK;
}

enum status release_look_at(struct release_record *record, struct view text,
                            struct release_look *ret_look, struct error *err)
{
	struct looking looking = {
	    .record = record, .look = ret_look, .body = BUF_INIT(BUNDLE_BODY_LEN_MAX)};
	enum status status = look_at(&looking, text, err);

	bundle_channel_release(&looking.cut);
	buf_release(&looking.body);
	return status;
}

/* May it? */

/* Also that the ends of logs would be accepted, by what the manifest shows of who left.
 */
static enum status check_manifest(struct release_record *record, struct view text,
                                  struct release_manifest *ret_manifest,
                                  struct error *err)
{
	struct release_look *look = calloc(1, sizeof *look);
	enum status status;

	if (look == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	status = release_look_at(record, text, look, err);
	*ret_manifest = look->manifest;
	free(look);
	return status;
}

/* The first answer of a desk to a manifest counts: is there none of this one yet? */
static enum status check_first(struct release_record *record, const struct hash *digest,
                               const char *by, struct error *err)
{
	struct release_answered answers[RECORD_MEMBERS_MAX];
	const char *own = record->source->exporter;

	TRY(release_answers_find(record, digest, by, answers, err));
	for (size_t i = 0; i < record->channel.member_count; i++)
		if (strcmp(record->channel.members[i].name.text, own) == 0 &&
		    answers[i].answer != RELEASE_NO_ANSWER)
			return error_set(err, STATUS_CONFLICT,
			                 "this desk has answered to this manifest before "
			                 "(%s#%llu), and the first answer counts",
			                 own, (unsigned long long)answers[i].index);
	return STATUS_OK;
}

enum status release_request_check(struct release_record *record, struct view text,
                                  struct hash *ret_digest, struct error *err)
{
	struct release_manifest manifest = {0};
	enum status status = check_manifest(record, text, &manifest, err);

	*ret_digest = sha256(text);
	if (status == STATUS_OK &&
	    strcmp(manifest.by.text, record->source->exporter) != 0)
		status = error_set(err, STATUS_CONFLICT,
		                   "the manifest was drafted by %s, which has to ask",
		                   manifest.by.text);
	release_manifest_release(&manifest);
	TRY(status);
	return check_first(record, ret_digest, record->source->exporter, err);
}

enum status release_answer_check(struct release_record *record,
                                 const struct record_message_id *request, bool is_consent,
                                 struct hash *ret_digest, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);
	struct release_manifest manifest = {0};
	enum status status = STATUS_OK;

	TRY(release_request_read(record, request, ret_digest, is_consent ? &text : NULL,
	                         err));
	if (is_consent)
		status = check_manifest(record, buf_view(&text), &manifest, err);
	release_manifest_release(&manifest);
	TRY(status);
	return check_first(record, ret_digest, request->desk.text, err);
}
