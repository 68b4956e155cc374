/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing: from a draft to an entry at the end of the own log, or, while the log may not
 * grow, to the outbox (outbox.c). Bodies and attachments become salted blobs here.
 * Source: aldis.md 2.4, 2.5, 2.7, 7.4.
 */
#include "desk/state.h"

#include <assert.h>

#include "record/signal_body.h"

/* The logs that grew since the own entry before, as far as this desk cosigned them. */
static bool collect_seen(struct desk *desk, struct channel *channel,
                         struct record_envelope *envelope)
{
	size_t count = 0;
	for (uint32_t m = 0; m < channel->member_count; m++) {
		const struct log *log = channel->logs[m];
		if (m == channel->own || channel->members[m].is_ended ||
		    log->cosigned_size <= channel->members[m].named_size)
			continue;
		if (!desk_grow(desk, &desk->seen, &desk->seen_cap, count,
		               sizeof *desk->seen))
			return false;
		desk->seen[count++] =
		    (struct record_seen){.desk = channel->members[m].name,
		                         .size = log_id_index(log, log->cosigned_size),
		                         .root = log->cosigned_root};
	}
	envelope->seen = count ? desk->seen : NULL;
	envelope->seen_count = count;
	return true;
}

static void note_named(struct channel *channel)
{
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own && !channel->members[m].is_ended)
			channel->members[m].named_size = channel->logs[m]->cosigned_size;
}

enum status compose_append(struct desk *desk, struct channel *channel,
                           struct record_envelope *envelope, struct view blob,
                           uint64_t *ret_index, struct error *err)
{
	struct log *log = channel_own_log(channel);
	struct buf *entry = &desk->scratch;
	envelope->sent_s = desk->now_ms / 1000;
	if (!collect_seen(desk, channel, envelope))
		return error_set(err, STATUS_NO_MEMORY, "no memory");
	buf_clear(entry);
	TRY(record_envelope_append(envelope, entry, err));
	struct hash leaf = tlog_leaf_hash(buf_view(entry));
	uint64_t index = log->tree.size;
	log_append(desk, log, buf_view(entry), &leaf);
	log_append_body(desk, log, blob);
	if (envelope->seen_count > 0) {
		note_named(channel);
		log->row_is_dirty = true;
	}
	if (strcmp(envelope->kind, "check") == 0)
		watch_note_check(desk, log, envelope->sent_s);
	watch_note_own(desk, channel, envelope->kind, index);
	term_note(log, envelope, index);
	if (envelope->attachment_count > 0 &&
	    desk_grow(desk, &channel->attached_entries, &channel->attached_entry_cap,
	              channel->attached_entry_count, sizeof *channel->attached_entries))
		channel->attached_entries[channel->attached_entry_count++] = index;
	log->unsigned_bytes += entry->len;
	if ((log->change_size == log->tree.size ||
	     log->unsigned_bytes > DESK_CHECKPOINT_BYTES) &&
	    desk_grow(desk, &log->cuts, &log->cut_cap, log->cut_count,
	              sizeof *log->cuts)) {
		log->cuts[log->cut_count++] = log->tree.size;
		log->unsigned_bytes = 0;
	}
	*ret_index = log_id_index(log, index);
	desk->counters.entries_out++;
	desk->must_commit = true;
	desk->generation++;
	return STATUS_OK;
}

/* Builds the body blob in scratch2 and names it in the envelope. */
static enum status make_body(struct desk *desk, struct view json,
                             struct record_envelope *envelope, struct view *ret_blob,
                             struct error *err)
{
	*ret_blob = view_of("", 0);
	envelope->has_body = json.len > 0;
	if (json.len == 0)
		return STATUS_OK;
	if (json.len > RECORD_BODY_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the body is larger than 256 KiB: attach it instead");
	uint8_t salt[RECORD_SALT_LEN];
	struct buf *blob = &desk->scratch2;
	desk_random(desk, salt, sizeof salt);
	buf_clear(blob);
	record_blob_append(blob, salt, json);
	TRY(buf_check(blob, "the body", err));
	envelope->body.id = sha256(buf_view(blob));
	envelope->body.size = json.len;
	*ret_blob = buf_view(blob);
	return STATUS_OK;
}

static enum status compose(struct desk *desk, struct channel *channel, const char *kind,
                           const struct record_message_id *re, struct view body_json,
                           struct error *err)
{
	struct record_envelope envelope = {0};
	struct view blob;
	uint64_t index;
	const struct record_kind *known = record_kind_find(view_of_string(kind));
	assert(known && strlen(kind) < sizeof envelope.kind);
	memcpy(envelope.kind, kind, strlen(kind) + 1);
	desk_random(desk, envelope.salt, sizeof envelope.salt);
	if (re) {
		envelope.has_re = true;
		envelope.re = *re;
	}
	if (body_json.len > 0)
		TRY(record_kind_check_body(known, body_json, &desk->body_doc, err));
	TRY(make_body(desk, body_json, &envelope, &blob, err));
	return compose_append(desk, channel, &envelope, blob, &index, err);
}

enum status compose_automatic(struct desk *desk, struct channel *channel,
                              const char *kind, const struct record_message_id *re,
                              struct view body_json)
{
	struct error err;
	if (channel_own_log(channel)->end != UINT64_MAX)
		return STATUS_CLOSED; /* `leave` is the last entry of a log */
	enum status status = compose(desk, channel, kind, re, body_json, &err);
	desk_fail(desk, status, &err);
	return status;
}

enum status desk_put_salted(struct desk *desk, size_t channel, struct view blob,
                            struct record_blob_ref *ret_ref, struct error *err)
{
	struct channel *it = desk->channels[channel];
	if (blob.len < RECORD_SALT_LEN || blob.len > RECORD_ATTACHMENT_BLOB_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a salted attachment has 16 bytes at least and 8 MiB at "
		                 "most");
	ret_ref->id = sha256(blob);
	ret_ref->size = blob.len - RECORD_SALT_LEN;
	staging_expire(it->own_staging, desk->now_ms);
	TRY(staging_begin(it->own_staging, blob, desk->now_ms, err));
	return staging_put(it->own_staging, 0, &ret_ref->id, 0, blob.len, err);
}

enum status desk_put_attachment(struct desk *desk, size_t channel, struct view content,
                                struct record_blob_ref *ret_ref, struct error *err)
{
	if (content.len > RECORD_ATTACHMENT_BLOB_MAX - RECORD_SALT_LEN)
		return error_set(
		    err, STATUS_LIMIT,
		    "an attachment may have 8 MiB at most: send it in parts");
	uint8_t salt[RECORD_SALT_LEN];
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
	desk_random(desk, salt, sizeof salt);
	record_blob_append(&blob, salt, content);
	TRY(buf_check(&blob, "the attachment", err));
	return desk_put_salted(desk, channel, buf_view(&blob), ret_ref, err);
}

static enum status fill_envelope(struct channel *channel, const struct desk_draft *draft,
                                 struct record_envelope *envelope, struct error *err)
{
	const char *line =
	    draft->line ? draft->line : log_charter(channel_own_log(channel))->lines[0];
	const char *tlp = draft->tlp ? draft->tlp : "";
	if (strlen(draft->kind) >= sizeof envelope->kind ||
	    strlen(line) >= sizeof envelope->line || strlen(tlp) >= sizeof envelope->tlp)
		return error_set(err, STATUS_MALFORMED, "kind, line or TLP is too long");
	memcpy(envelope->kind, draft->kind, strlen(draft->kind) + 1);
	memcpy(envelope->line, line, strlen(line) + 1);
	memcpy(envelope->tlp, tlp, strlen(tlp) + 1);
	envelope->to = (struct record_name *)draft->to;
	envelope->to_count = draft->to_count;
	envelope->attachments = (struct record_blob_ref *)draft->attachments;
	envelope->attachment_count = draft->attachment_count;
	envelope->has_re = draft->re != NULL;
	if (draft->re)
		envelope->re = *draft->re;
	return STATUS_OK;
}

static enum status check_kind(const struct desk_draft *draft, struct desk *desk,
                              struct error *err)
{
	const struct record_kind *kind = record_kind_find(view_of_string(draft->kind));
	if (!kind)
		return error_set(
		    err, STATUS_MALFORMED,
		    "there is no such kind of message: 'aldis help' lists them");
	if (kind->is_automatic)
		return error_set(err, STATUS_MALFORMED,
		                 "%s is written by the desk itself", kind->name);
	if (draft->body.len == 0 || draft->is_checked)
		return STATUS_OK; /* whether one is needed, record_envelope_check says */
	return record_kind_check_body(kind, draft->body, &desk->body_doc, err);
}

enum status desk_check_approval(const struct desk *desk, size_t channel,
                                const struct record_kind *kind, struct error *err)
{
	const struct channel *it = desk->channels[channel];
	if (!it->is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the charter is not yet signed by all");
	if (record_charter_asks_approval(log_charter(channel_own_log(it)), kind))
		return error_set(err, STATUS_UNTRUSTED,
		                 "the charter asks that a second person approves each %s "
		                 "before it goes out: write it as a draft in the console "
		                 "and submit it; a release officer who did not write it "
		                 "approves it there",
		                 kind->name);
	return STATUS_OK;
}

enum status desk_submit(struct desk *desk, size_t channel, const struct desk_draft *draft,
                        struct record_message_id *ret_id, struct error *err)
{
	struct channel *it = desk->channels[channel];
	struct record_envelope envelope = {0};
	struct view blob;
	if (!it->is_open)
		return error_set(
		    err, STATUS_AGAIN,
		    "the charter is not yet signed by all: collect the signatures first");
	if (channel_own_log(it)->end != UINT64_MAX)
		return error_set(err, STATUS_CLOSED, "this desk has left the channel");
	TRY(check_kind(draft, desk, err));
	if (!draft->is_approved)
		TRY(desk_check_approval(
		    desk, channel, record_kind_find(view_of_string(draft->kind)), err));
	TRY(record_signal_draft_check(log_charter(channel_own_log(it)), draft->kind,
	                              draft->body, &desk->body_doc, err));
	TRY(fill_envelope(it, draft, &envelope, err));
	if (draft->re)
		TRY(desk_check_re(desk, channel,
		                  record_kind_find(view_of_string(draft->kind)),
		                  draft->re, err));
	desk_random(desk, envelope.salt, sizeof envelope.salt);
	TRY(make_body(desk, draft->body, &envelope, &blob, err));
	uint64_t size = channel_own_log(it)->tree.size;
	TRY(record_envelope_check(&envelope, log_charter(channel_own_log(it)),
	                          desk->card.name.text, size ? size : 1, err));
	TRY(attachment_keep_own(desk, it, draft->attachments, draft->attachment_count,
	                        err));
	ret_id->desk = desk->card.name;
	ret_id->index = DESK_QUEUED_INDEX;
	if (it->state != DESK_LOG_READY || it->outbox_first < it->outbox_next)
		return outbox_put(desk, it, &envelope, blob, err);
	return compose_append(desk, it, &envelope, blob, &ret_id->index, err);
}

static enum status submission_key(const struct channel *channel, struct view key,
                                  struct buf *out, struct error *err)
{
	if (key.len == 0 || key.len > 128)
		return error_set(err, STATUS_MALFORMED,
		                 "an idempotency key has 1 to 128 characters");
	buf_append_view(out, hash_view(&channel->id.hash));
	buf_append_view(out, key);
	return buf_check(out, "the idempotency key", err);
}

enum status desk_submission_find(struct desk *desk, size_t channel, struct view key,
                                 const struct hash *digest, uint64_t *ret_first,
                                 uint64_t *ret_count, struct error *err)
{
	CLEANUP_BUF struct buf row_key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(64);
	TRY(submission_key(desk->channels[channel], key, &row_key, err));
	TRY(desk->store.ops->get(desk->store.self, STORE_SUBMISSION, buf_view(&row_key),
	                         &row, err));
	struct reader reader = reader_of(buf_view(&row));
	struct view known;
	uint64_t first, count;
	if (!reader_bytes(&reader, 32, &known) || !reader_u64(&reader, &first) ||
	    !reader_u64(&reader, &count))
		return error_set(err, STATUS_MALFORMED,
		                 "a submission is damaged in the store");
	if (!view_equal(known, hash_view(digest)))
		return error_set(err, STATUS_CONFLICT,
		                 "this idempotency key was used for another message");
	*ret_first = first;
	*ret_count = count;
	if (first != DESK_QUEUED_INDEX)
		return STATUS_OK;
	return outbox_find_sent(desk, desk->channels[channel], reader, ret_first, err);
}

enum status desk_submission_note(struct desk *desk, size_t channel, struct view key,
                                 const struct hash *digest, uint64_t first,
                                 uint64_t count, struct error *err)
{
	CLEANUP_BUF struct buf row_key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(64);
	TRY(submission_key(desk->channels[channel], key, &row_key, err));
	buf_append_view(&row, hash_view(digest));
	buf_append_u64(&row, first);
	buf_append_u64(&row, count);
	if (first == DESK_QUEUED_INDEX)
		buf_append_u64(&row, desk->channels[channel]->outbox_next - count);
	desk->must_commit = true;
	return desk->store.ops->put(desk->store.self, STORE_SUBMISSION,
	                            buf_view(&row_key), buf_view(&row), err);
}
