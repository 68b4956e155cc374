/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part by part, in the order of the data. Charters and cards are those of the cut, and
 * only lines that these vouch for go along.
 */
#include "release/build.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/blob.h"
#include "release/answers.h"
#include "release/data.h"
#include "release/draft.h"
#include "release/frame.h"
#include "tlog/proof_file.h"

struct building {
	struct release_record *record;
	struct release_manifest manifest;
	struct hash digest;
	struct bundle_channel cut; /* the channel as the data shows it */
	struct release_answered answers[RECORD_MEMBERS_MAX]; /* by the record's members */
	struct buf *out;
	struct buf bodies, blob, note;
};

static void append_name(struct building *building, const char *name)
{
	buf_printf(building->out, ",\"%s\":", name);
}

/* Comma before all but the first. */
static void next(struct buf *out, bool *is_first)
{
	if (!*is_first)
		buf_append_byte(out, ',');
	*is_first = false;
}

/* Papers */

static enum status build_charters(struct building *building, struct error *err)
{
	const struct release_record *record = building->record;
	bool is_first = true;

	append_name(building, "charters");
	buf_append_byte(building->out, '[');
	for (size_t i = 0; i < record->channel.charter_count; i++) {
		next(building->out, &is_first);
		release_string_append(building->out, record->source->charter_notes[i]);
		TRY(bundle_channel_add_charter(&building->cut,
		                               record->source->charter_notes[i], err));
		if (hash_equal(&record->channel.charters[i].digest,
		               &building->manifest.charter))
			break;
	}
	buf_append_byte(building->out, ']');
	return STATUS_OK;
}

static bool is_in_charters(const struct bundle_channel *channel,
                           const struct record_card *card)
{
	for (size_t i = 0; i < channel->charter_count; i++) {
		size_t m = record_charter_member(&channel->charters[i], card->name.text);

		if (m != SIZE_MAX &&
		    channel->charters[i].members[m].serial == card->serial)
			return true;
	}
	return false;
}

static enum status build_cards(struct building *building, struct error *err)
{
	const struct bundle_export_source *source = building->record->source;
	struct record_card card;
	bool is_first = true;

	append_name(building, "cards");
	buf_append_byte(building->out, '[');
	for (size_t i = 0; i < source->card_count; i++) {
		TRY(bundle_channel_open_card(&building->cut, source->card_notes[i], &card,
		                             err));
		if (bundle_channel_charter_card(&building->cut, card.name.text) == NULL ||
		    is_in_charters(&building->cut, &card))
			continue;
		next(building->out, &is_first);
		release_string_append(building->out, source->card_notes[i]);
		TRY(bundle_channel_add_card(&building->cut, &card, err));
	}
	buf_append_byte(building->out, ']');
	return bundle_channel_settle(&building->cut, err);
}

/* Ends of logs */

static enum status build_ends(struct building *building, struct error *err)
{
	const struct release_record *record = building->record;
	bool is_first = true;

	append_name(building, "ends");
	buf_append_byte(building->out, '[');
	for (size_t i = 0; i < record->source->log_end_count; i++) {
		if (!release_end_belongs(record, &building->manifest, &building->cut,
		                         building->answers,
		                         &record->channel.endings[i].origin))
			continue;
		next(building->out, &is_first);
		release_string_append(building->out, record->source->log_end_notes[i]);
		TRY(bundle_channel_add_ending(&building->cut,
		                              record->source->log_end_notes[i], err));
	}
	buf_append_byte(building->out, ']');
	return STATUS_OK;
}

/* Logs */

static enum status build_body(struct building *building,
                              const struct release_held_log *held, uint64_t index,
                              struct error *err)
{
	struct release_record *record = building->record;
	enum status status;

	TRY(record_envelope_decode(held->entries[index], &record->doc, &record->envelope,
	                           err));
	if (!record->envelope.has_body) {
		buf_append_string(&building->bodies, "null");
		return STATUS_OK;
	}
	status = release_record_body(record, held, &record->envelope.body, index,
	                             &building->blob, err);
	if (status == STATUS_NOT_FOUND)
		return error_set(err, STATUS_CONFLICT,
		                 "the body of %s#%llu, which is to be shown, is not held",
		                 held->origin.desk.text,
		                 (unsigned long long)(held->offset + index));
	TRY(status);
	release_bytes_append(&building->bodies, buf_view(&building->blob));
	return STATUS_OK;
}

static enum status build_log(struct building *building, const struct release_log *log,
                             struct error *err)
{
	struct buf *out = building->out;
	const struct release_held_log *held =
	    release_record_log(building->record, &log->origin);
	bool is_first_body = true;

	buf_clear(&building->note);
	TRY(release_record_checkpoint(building->record, &building->cut, held, log->size,
	                              &building->note, err));
	buf_append_string(out, "{\"origin\":");
	release_string_append(out, view_of_string(held->source->origin));
	buf_append_string(out, ",\"checkpoint\":");
	release_string_append(out, buf_view(&building->note));
	buf_append_string(out, ",\"entries\":[");
	buf_append_byte(&building->bodies, '[');
	for (uint64_t i = 0; i < log->size; i++) {
		buf_append_string(out, i > 0 ? "," : "");
		if (log->modes[i] != RELEASE_WITHHELD && i < held->source->base)
			return error_set(err, STATUS_CONFLICT,
			                 "%s#%llu, which is to be shown, is not held",
			                 log->origin.desk.text,
			                 (unsigned long long)(held->offset + i));
		release_bytes_append(out, log->modes[i] == RELEASE_WITHHELD
		                              ? hash_view(&held->leaves[i])
		                              : held->entries[i]);
		if (log->modes[i] != RELEASE_FULL)
			continue;
		next(&building->bodies, &is_first_body);
		TRY(build_body(building, held, i, err));
	}
	buf_append_string(out, "]}");
	buf_append_byte(&building->bodies, ']');
	return STATUS_OK;
}

static enum status build_logs(struct building *building, struct error *err)
{
	append_name(building, "logs");
	buf_append_byte(building->out, '[');
	for (size_t i = 0; i < building->manifest.log_count; i++) {
		buf_append_string(building->out, i > 0 ? "," : "");
		buf_append_string(&building->bodies, i > 0 ? "," : "");
		TRY(build_log(building, &building->manifest.logs[i], err));
	}
	buf_append_byte(building->out, ']');
	TRY(buf_check(&building->bodies, "the bodies", err));
	append_name(building, "bodies");
	buf_append_byte(building->out, '[');
	buf_append_view(building->out, buf_view(&building->bodies));
	buf_append_byte(building->out, ']');
	return STATUS_OK;
}

/* Attachments */

/* Through which log an attachment is fetched: the first entry in full that names it. */
struct opening {
	const struct release_held_log *log;
	struct record_blob_ref ref;
};

static enum status find_in_entry(struct building *building,
                                 const struct release_held_log *held, struct view entry,
                                 struct opening *openings, struct error *err)
{
	struct release_record *record = building->record;
	const struct record_envelope *envelope = &record->envelope;

	if (!release_entry_may_have(entry, "attachments"))
		return STATUS_OK;
	TRY(record_envelope_decode(entry, &record->doc, &record->envelope, err));
	for (size_t i = 0; i < envelope->attachment_count; i++) {
		const struct record_blob_ref *ref = &envelope->attachments[i];
		size_t place = release_manifest_attachment(&building->manifest, &ref->id);

		if (place != SIZE_MAX && openings[place].log == NULL)
			openings[place] = (struct opening){.log = held, .ref = *ref};
	}
	return STATUS_OK;
}

static enum status find_attachments(struct building *building, struct opening *openings,
                                    struct error *err)
{
	for (size_t i = 0; i < building->manifest.log_count; i++) {
		const struct release_log *log = &building->manifest.logs[i];
		const struct release_held_log *held =
		    release_record_log(building->record, &log->origin);

		for (uint64_t j = 0; j < log->size; j++)
			if (log->modes[j] == RELEASE_FULL)
				TRY(find_in_entry(building, held, held->entries[j],
				                  openings, err));
	}
	return STATUS_OK;
}

static enum status build_attachment(struct building *building,
                                    const struct opening *opening, const char *hex,
                                    struct error *err)
{
	if (opening->log == NULL)
		return error_set(err, STATUS_CONFLICT,
		                 "no entry in full names the attachment %s", hex);
	TRY(release_record_attachment(building->record, opening->log, &opening->ref,
	                              &building->blob, err));
	buf_printf(building->out, "\"%s\":", hex);
	release_bytes_append(building->out, buf_view(&building->blob));
	return STATUS_OK;
}

static enum status build_attachments(struct building *building, struct error *err)
{
	const struct release_manifest *manifest = &building->manifest;
	CLEANUP_FREE struct opening *openings =
	    calloc(manifest->attachment_count + 1, sizeof *openings);
	char hex[HASH_HEX_LEN + 1];
	bool is_first = true;

	if (openings == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for attachments");
	TRY(find_attachments(building, openings, err));
	append_name(building, "attachments");
	buf_append_byte(building->out, '{');
	for (size_t i = 0; i < manifest->attachment_count; i++) {
		hash_hex(&manifest->attachments[i], hex);
		next(building->out, &is_first);
		TRY(build_attachment(building, &openings[i], hex, err));
	}
	buf_append_byte(building->out, '}');
	return STATUS_OK;
}

/* Answers */

static enum status build_answer(struct building *building,
                                const struct release_answered *answered,
                                struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(TLOG_NOTE_MAX * 2);
	const struct release_held_log *held = answered->log;
	uint64_t index = answered->index - held->offset;
	struct tlog_proof_file proof = {.index = index};
	struct release_record *record = building->record;
	struct buf *out = building->out;

	buf_clear(&building->note);
	TRY(release_record_checkpoint(record, &building->cut, held, held->checkpoint.size,
	                              &building->note, err));
	TRY(release_record_proof(held, index, &proof.proof, err));
	proof.checkpoint = buf_view(&building->note);
	tlog_proof_file_append(&file, &proof);
	TRY(buf_check(&file, "a proof", err));
	TRY(record_envelope_decode(held->entries[index], &record->doc, &record->envelope,
	                           err));
	TRY(release_record_body(record, held, &record->envelope.body, index,
	                        &building->blob, err));
	buf_append_string(out, "{\"desk\":");
	release_string_append(out, view_of_string(held->origin.desk.text));
	buf_append_string(out, ",\"entry\":");
	release_bytes_append(out, held->entries[index]);
	buf_append_string(out, ",\"body\":");
	release_bytes_append(out, buf_view(&building->blob));
	buf_append_string(out, ",\"proof\":");
	release_string_append(out, buf_view(&file));
	buf_append_byte(out, '}');
	return STATUS_OK;
}

static int by_name(const void *a, const void *b)
{
	const struct release_answered *const *x = a, *const *y = b;

	return strcmp((*x)->log->origin.desk.text, (*y)->log->origin.desk.text);
}

static enum status build_answers(struct building *building, struct error *err)
{
	const struct bundle_channel *channel = &building->record->channel;
	const struct release_answered *answers[RECORD_MEMBERS_MAX];
	size_t count = 0;
	bool is_first = true;

	for (size_t i = 0; i < channel->member_count; i++)
		if (building->answers[i].answer != RELEASE_NO_ANSWER &&
		    bundle_channel_member(&building->cut,
		                          channel->members[i].name.text) != NULL)
			answers[count++] = &building->answers[i];
	qsort(answers, count, sizeof(struct release_answered *), by_name);
	append_name(building, "answers");
	buf_append_byte(building->out, '[');
	for (size_t i = 0; i < count; i++) {
		next(building->out, &is_first);
		TRY(build_answer(building, answers[i], err));
	}
	buf_append_string(building->out, "]}");
	return STATUS_OK;
}

/* All */

static enum status build(struct building *building, struct view manifest_text,
                         struct error *err)
{
	building->digest = sha256(manifest_text);
	TRY(release_manifest_decode(manifest_text, &building->manifest, err));
	TRY(release_draft_check(building->record, &building->manifest, err));
	TRY(release_answers_find(building->record, &building->digest,
	                         building->manifest.by.text, building->answers, err));
	buf_append_string(building->out, "{\"aldis\":1,\"manifest\":");
	release_string_append(building->out, manifest_text);
	TRY(build_charters(building, err));
	TRY(build_cards(building, err));
	TRY(build_ends(building, err));
	TRY(build_logs(building, err));
	TRY(build_attachments(building, err));
	TRY(build_answers(building, err));
	return buf_check(building->out, "the release", err);
}

static enum status build_apart(struct release_record *record, struct view manifest_text,
                               struct buf *out, struct error *err)
{
	struct building building = {.record = record,
	                            .out = out,
	                            .bodies = BUF_INIT(RELEASE_DATA_MAX),
	                            .blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX),
	                            .note = BUF_INIT(TLOG_NOTE_MAX)};
	enum status status = build(&building, manifest_text, err);

	release_manifest_release(&building.manifest);
	bundle_channel_release(&building.cut);
	buf_release(&building.bodies);
	buf_release(&building.blob);
	buf_release(&building.note);
	return status;
}

/* Nothing leaves that would not be accepted. */
static enum status accept(enum status status, const struct release_result *result,
                          struct error *err)
{
	if (status == STATUS_OK && !result->bundle.is_consistent)
		return error_set(err, STATUS_CONFLICT, "%s: %s", result->code,
		                 result->bundle.why.text);
	return status;
}

enum status release_build_data(struct release_record *record, struct view manifest_text,
                               struct buf *out, enum release_grade *ret_grade,
                               struct error *err)
{
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	size_t start = out->len;
	enum status status;

	TRY(build_apart(record, manifest_text, out, err));
	status =
	    release_verify_data(view_from(buf_view(out), start), &none, &result, err);
	status = accept(status, &result, err);
	*ret_grade = result.grade;
	release_result_release(&result);
	return status;
}

enum status release_build_file(struct release_record *record, struct view manifest_text,
                               const struct bundle_trust *trust, struct buf *out,
                               struct release_result *ret_result, struct error *err)
{
	size_t start = out->len;

	buf_append_view(out, release_page_head);
	TRY(build_apart(record, manifest_text, out, err));
	buf_append_view(out, release_page_tail);
	TRY(buf_check(out, "the release", err));
	return accept(
	    release_verify_file(view_from(buf_view(out), start), trust, ret_result, err),
	    ret_result, err);
}
