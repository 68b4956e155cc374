/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The choice, applied to a record.
 */
#include "release/draft.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/blob.h"
#include "record/term.h"
#include "release/answers.h"

struct drafting {
	struct release_record *record;
	const struct release_choice *choice;
	struct release_manifest *manifest;
	struct buf body;
	char **wishes;  /* by the record's logs: of each entry that is named, its mode */
	bool *is_found; /* of the attachments to be opened */
	size_t shown_count;
};

/* Opens those attachments of a full entry that were asked for. */
static enum status open_attachments(struct drafting *drafting,
                                    const struct release_held_log *log, struct error *err)
{
	const struct record_envelope *envelope = &drafting->record->envelope;
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);

	for (size_t i = 0; i < envelope->attachment_count; i++)
		for (size_t j = 0; j < drafting->choice->attachment_count; j++) {
			const struct record_blob_ref *ref = &envelope->attachments[i];

			if (drafting->is_found[j] ||
			    !hash_equal(&ref->id, &drafting->choice->attachments[j]))
				continue;
			TRY(release_record_attachment(drafting->record, log, ref, &blob,
			                              err));
			drafting->is_found[j] = true;
		}
	return STATUS_OK;
}

/* The first entry of a successor that is no `open` naming the end of the log before,
 * which nobody would accept in full. Its body, if it has one, has been read. */
static bool is_odd_open(struct drafting *drafting, const struct release_held_log *log,
                        uint64_t index)
{
	struct release_record *record = drafting->record;
	struct record_origin before = log->origin;

	if (index > 0 || --before.generation == 0)
		return false;
	return strcmp(record->envelope.kind, "open") != 0 || !record->envelope.has_body ||
	       !release_open_names(
	           record_blob_content(buf_view(&drafting->body)), &record->doc,
	           &bundle_channel_ending(&record->channel, &before)->end.digest);
}

static enum status choose(struct drafting *drafting, const struct release_held_log *log,
                          uint64_t index, char *ret_mode, struct error *err)
{
	struct release_record *record = drafting->record;
	const struct release_choice *choice = drafting->choice;
	char wish = drafting->wishes[log - record->logs][index];
	char mode = wish != 0             ? wish
	            : choice->others != 0 ? (char)choice->others
	                                  : RELEASE_FULL;
	enum status status;

	*ret_mode = RELEASE_WITHHELD;
	if (index < log->source->base || mode == RELEASE_WITHHELD)
		return STATUS_OK;
	status = record_envelope_decode(log->entries[index], &record->doc,
	                                &record->envelope, NULL);
	if (status == STATUS_MALFORMED || status == STATUS_LIMIT) {
		/* It has no time: only who names it shows it. */
		if (wish != 0)
			*ret_mode = RELEASE_ENVELOPE;
		return STATUS_OK;
	}
	TRY(status);
	if (record->envelope.sent_s < choice->since_s ||
	    record->envelope.sent_s > choice->until_s)
		return STATUS_OK;
	*ret_mode = RELEASE_ENVELOPE;
	if (mode == RELEASE_ENVELOPE)
		return STATUS_OK;
	if (record->envelope.has_body) {
		status = release_record_body(record, log, &record->envelope.body, index,
		                             &drafting->body, err);
		if (status == STATUS_NOT_FOUND)
			return STATUS_OK;
		TRY(status);
	}
	if (is_odd_open(drafting, log, index))
		return STATUS_OK;
	*ret_mode = RELEASE_FULL;
	return open_attachments(drafting, log, err);
}

static enum status draft_log(struct drafting *drafting,
                             const struct release_held_log *held, struct error *err)
{
	struct release_log *log =
	    &drafting->manifest->logs[drafting->manifest->log_count++];

	*log = (struct release_log){.origin = held->origin,
	                            .offset = held->offset,
	                            .size = held->checkpoint.size,
	                            .root = held->checkpoint.root,
	                            .first = held->checkpoint.size,
	                            .modes = calloc(held->checkpoint.size + 1, 1)};
	if (log->modes == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for modes");
	for (uint64_t i = 0; i < log->size; i++) {
		TRY(choose(drafting, held, i, &log->modes[i], err));
		if (log->modes[i] == RELEASE_WITHHELD)
			continue;
		if (log->first == log->size)
			log->first = i;
		drafting->shown_count++;
	}
	return STATUS_OK;
}

static enum status wish(struct drafting *drafting, const struct release_ids *ids,
                        enum release_mode mode, struct error *err)
{
	const struct release_record *record = drafting->record;

	for (size_t i = 0; i < ids->count; i++) {
		const struct record_message_id *id = &ids->ids[i];
		uint64_t index;
		const struct release_held_log *log =
		    release_record_find(record, id, &index);

		if (log == NULL)
			return error_set(err, STATUS_NOT_FOUND,
			                 "there is no %s#%llu in this channel",
			                 id->desk.text, (unsigned long long)id->index);
		drafting->wishes[log - record->logs][index] = (char)mode;
	}
	return STATUS_OK;
}

static enum status read_wishes(struct drafting *drafting, struct error *err)
{
	const struct release_record *record = drafting->record;
	const struct release_choice *choice = drafting->choice;

	drafting->wishes = calloc(record->log_count + 1, sizeof *drafting->wishes);
	if (drafting->wishes == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a draft");
	for (size_t i = 0; i < record->log_count; i++) {
		drafting->wishes[i] = calloc(record->logs[i].checkpoint.size + 1, 1);
		if (drafting->wishes[i] == NULL)
			return error_set(err, STATUS_NO_MEMORY,
			                 "not enough memory for a draft");
	}
	TRY(wish(drafting, &choice->full, RELEASE_FULL, err));
	TRY(wish(drafting, &choice->envelope, RELEASE_ENVELOPE, err));
	return wish(drafting, &choice->withheld, RELEASE_WITHHELD, err);
}

static void free_wishes(struct drafting *drafting)
{
	for (size_t i = 0; drafting->wishes != NULL && i < drafting->record->log_count;
	     i++)
		free(drafting->wishes[i]);
	free(drafting->wishes);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

static enum status take_attachments(struct drafting *drafting, struct error *err)
{
	const struct release_choice *choice = drafting->choice;
	struct release_manifest *manifest = drafting->manifest;
	char hex[HASH_HEX_LEN + 1];

	manifest->attachments =
	    calloc(choice->attachment_count + 1, sizeof *manifest->attachments);
	if (manifest->attachments == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for attachments");
	for (size_t i = 0; i < choice->attachment_count; i++) {
		hash_hex(&choice->attachments[i], hex);
		if (!drafting->is_found[i])
			return error_set(err, STATUS_NOT_FOUND,
			                 "no message that is shown in full has the "
			                 "attachment %s",
			                 hex);
		if (!release_manifest_opens(manifest, &choice->attachments[i]))
			manifest->attachments[manifest->attachment_count++] =
			    choice->attachments[i];
	}
	qsort(manifest->attachments, manifest->attachment_count,
	      sizeof *manifest->attachments, by_bytes);
	return STATUS_OK;
}

static void draft_head(struct drafting *drafting)
{
	const struct release_record *record = drafting->record;
	const struct record_charter *charter = bundle_channel_charter(&record->channel);
	struct release_manifest *manifest = drafting->manifest;

	manifest->channel.hash = record->channel.charters[0].digest;
	manifest->charter = charter->digest;
	manifest->rule = charter->release;
	manifest->made_s = drafting->choice->now_s;
	(void)view_copy_string(view_of_string(record->source->exporter),
	                       manifest->by.text, sizeof manifest->by.text);
	manifest->title = BUF_INIT(sizeof charter->title);
	buf_append_string(&manifest->title, charter->title);
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++) {
		manifest->cover[i] = BUF_INIT(RELEASE_COVER_MAX);
		buf_append_view(&manifest->cover[i], drafting->choice->cover[i]);
	}
}

static enum status draft_all(struct drafting *drafting, struct error *err)
{
	struct release_record *record = drafting->record;
	struct release_manifest *manifest = drafting->manifest;

	TRY(read_wishes(drafting, err));
	draft_head(drafting);
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++)
		TRY(buf_check(&manifest->cover[i], "the cover text", err));
	manifest->logs = calloc(record->log_count + 1, sizeof *manifest->logs);
	drafting->is_found = calloc(drafting->choice->attachment_count + 1, 1);
	if (manifest->logs == NULL || drafting->is_found == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a draft");
	for (size_t i = 0; i < record->log_count; i++)
		TRY(draft_log(drafting, &record->logs[i], err));
	if (drafting->shown_count == 0)
		return error_set(err, STATUS_CONFLICT, "nothing would be shown");
	return take_attachments(drafting, err);
}

enum status release_draft(struct release_record *record,
                          const struct release_choice *choice,
                          struct release_manifest *ret_manifest, struct error *err)
{
	struct drafting drafting = {.record = record,
	                            .choice = choice,
	                            .manifest = ret_manifest,
	                            .body = BUF_INIT(BUNDLE_BODY_LEN_MAX)};
	enum status status = draft_all(&drafting, err);

	free_wishes(&drafting);
	free(drafting.is_found);
	buf_release(&drafting.body);
	return status;
}

/* Follows the amendments of one log up to its cut, as far as they are held; *charter is
 * the one under which it began. */
static enum status follow_log(struct release_record *record,
                              const struct release_held_log *held, uint64_t size,
                              struct buf *body, size_t *charter, struct error *err)
{
	const struct bundle_channel *channel = &record->channel;
	const struct record_envelope *envelope = &record->envelope;
	struct hash next;

	for (uint64_t i = held->source->base; i < size; i++) {
		if (!release_entry_may_have(held->entries[i], "charter.amend") ||
		    record_envelope_decode(held->entries[i], &record->doc,
		                           &record->envelope, NULL) != STATUS_OK ||
		    strcmp(envelope->kind, "charter.amend") != 0 || !envelope->has_body)
			continue;
		enum status status =
		    release_record_body(record, held, &envelope->body, i, body, err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		if (*charter + 1 < channel->charter_count &&
		    record_term_next(&channel->charters[*charter],
		                     record_blob_content(buf_view(body)), &record->doc,
		                     &next) &&
		    hash_equal(&next, &channel->charters[*charter + 1].digest))
			++*charter;
	}
	return STATUS_OK;
}

/* The same for a log of the manifest, behind those of its desk that ended before it. */
static enum status follow_desk(struct release_record *record,
                               const struct release_log *log, struct buf *body,
                               size_t *ret_charter, struct error *err)
{
	const struct release_held_log *last = release_record_log(record, &log->origin);

	*ret_charter = last->member->since;
	for (const struct release_held_log *held = record->logs; held < last; held++)
		if (held->member == last->member)
			TRY(follow_log(record, held, held->checkpoint.size, body,
			               ret_charter, err));
	return follow_log(record, last, log->size, body, ret_charter, err);
}

/* Under an older charter than that of the cut, others would seem to have to consent. */
static enum status check_cut(struct release_record *record,
                             const struct release_manifest *manifest, size_t charter,
                             struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(BUNDLE_BODY_LEN_MAX);

	for (size_t i = 0; i < manifest->log_count; i++) {
		const struct release_log *log = &manifest->logs[i];
		size_t reached;

		TRY(follow_desk(record, log, &body, &reached, err));
		if (reached > charter)
			return error_set(err, STATUS_CONFLICT,
			                 "%s had gone on to a later charter at the cut "
			                 "than the one that the manifest names",
			                 log->origin.desk.text);
	}
	return STATUS_OK;
}

static enum status check_log(const struct release_record *record,
                             const struct release_manifest *manifest,
                             const struct release_log *log, struct error *err)
{
	const struct release_held_log *held = release_record_log(record, &log->origin);
	const char *desk = log->origin.desk.text;

	if (held == NULL || held->checkpoint.size < log->size)
		return error_set(err, STATUS_CONFLICT,
		                 "not all of the log of %s that the manifest names is "
		                 "held here yet",
		                 desk);
	struct hash root = release_record_root(held, log->size);
	if (!hash_equal(&root, &log->root))
		return error_set(err, STATUS_CONFLICT,
		                 "the log of %s has another root here than the manifest "
		                 "says",
		                 desk);
	if (log->size < held->checkpoint.size && release_manifest_goes_on(manifest, log))
		return error_set(
		    err, STATUS_CONFLICT,
		    "the manifest names a log of %s and one that follows it, "
		    "and not all of the first",
		    desk);
	return STATUS_OK;
}

enum status release_draft_check(struct release_record *record,
                                const struct release_manifest *manifest,
                                struct error *err)
{
	const struct bundle_channel *channel = &record->channel;
	size_t charter = SIZE_MAX;

	if (!hash_equal(&manifest->channel.hash, &channel->charters[0].digest))
		return error_set(err, STATUS_CONFLICT,
		                 "the manifest is that of another channel");
	for (size_t i = 0; i < channel->charter_count; i++)
		if (hash_equal(&manifest->charter, &channel->charters[i].digest))
			charter = i;
	if (charter == SIZE_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "the charter that the manifest names is not known here");
	if (channel->charters[charter].release != manifest->rule ||
	    !view_equal_string(buf_view(&manifest->title),
	                       channel->charters[charter].title))
		return error_set(
		    err, STATUS_CONFLICT,
		    "the charter that the manifest names has another rule or "
		    "title");
	for (size_t i = 0; i < manifest->log_count; i++)
		TRY(check_log(record, manifest, &manifest->logs[i], err));
	return check_cut(record, manifest, charter, err);
}
