/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments kept beside the log whose entry names them, within the channel's quota. Of
 * each log a short list says which entries lack some: none waits behind another, and what
 * is here is never read again to find out what is not. Source: aldis.md 2.7, 3.1, 8.2.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t attachment_room(const struct channel *channel)
{
	uint64_t kept = 0, quota = channel_charter(channel)->limits.quota_len;
	for (uint32_t m = 0; m < channel->member_count; m++)
		kept += channel->logs[m]->attachment_len;
	return kept < quota ? quota - kept : 0;
}

static void make_key(struct buf *key, const struct log *log, const struct hash *id)
{
	buf_append_u32(key, log->number);
	buf_append_view(key, hash_view(id));
}

static bool note_row(void *context, struct view key, struct view value)
{
	*(bool *)context = true;
	return false;
}

static bool is_kept(struct desk *desk, const struct log *log, const struct hash *id)
{
	CLEANUP_BUF struct buf key = BUF_INIT(64);
	struct error err;
	bool found = false;
	make_key(&key, log, id);
	return desk_did(desk,
	                desk->store.ops->scan(desk->store.self, STORE_ATTACHMENT,
	                                      buf_view(&key), view_of("", 0), note_row,
	                                      &found, &err),
	                &err) &&
	       found;
}

/* Writes one that is not kept so far. */
static enum status keep(struct desk *desk, struct log *log, const struct hash *id,
                        struct view blob, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(64);
	make_key(&key, log, id);
	log->attachment_len += blob.len;
	log->row_is_dirty = true;
	desk_ride(desk);
	return desk->store.ops->put(desk->store.self, STORE_ATTACHMENT, buf_view(&key),
	                            blob, err);
}

static bool fits(struct desk *desk, const struct log *log, uint64_t size)
{
	if (size + RECORD_SALT_LEN <= attachment_room(log->channel))
		return true;
	desk_log_line(desk,
	              "channel %.16s: no room for an attachment: the charter's quota of "
	              "%" PRIu64 " bytes is used up",
	              log->channel->id_hex,
	              channel_charter(log->channel)->limits.quota_len);
	return false;
}

/* Takes it from what peers have staged. */
static bool take_staged(struct desk *desk, struct log *log,
                        const struct record_blob_ref *ref)
{
	struct error err;
	struct view blob;
	for (size_t p = 0; p < desk->peer_count; p++) {
		struct staging *staging = desk->peers[p]->staging;
		if (!staging || !staging_get(staging, log->number, &ref->id, &blob))
			continue;
		/* with another size than the entry gives it can never match */
		if (record_blob_check(blob, ref, NULL) != STATUS_OK ||
		    !fits(desk, log, ref->size) ||
		    !desk_did(desk, keep(desk, log, &ref->id, blob, &err), &err))
			return false;
		staging_drop(staging, log->number, &ref->id);
		return true;
	}
	return false;
}

/* Reads the entry into desk->envelope; false when it demands no attachments. */
static bool read_entry(struct desk *desk, struct log *log, uint64_t index)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	struct error err;
	return desk_did(desk, log_read_entry(desk, log, index, &entry, &err), &err) &&
	       term_judge(desk, log, buf_view(&entry), index, NULL) == STATUS_OK &&
	       desk->envelope.attachment_count > 0;
}

/* Marks attachment nth, and the same blob wherever else the entry in desk->envelope
 * names it. */
static void mark(struct desk *desk, struct lacking *lacking, size_t nth)
{
	const struct record_envelope *envelope = &desk->envelope;
	for (size_t i = 0; i < envelope->attachment_count; i++)
		if (hash_equal(&envelope->attachments[i].id,
		               &envelope->attachments[nth].id))
			lacking->held |= UINT64_C(1) << i;
}

static bool is_held(const struct lacking *lacking, size_t nth)
{
	return (lacking->held >> nth & 1) != 0;
}

/* What of the entry in desk->envelope has come; true when nothing is missing any more. */
static bool look(struct desk *desk, struct log *log, struct lacking *lacking)
{
	const struct record_envelope *envelope = &desk->envelope;
	bool has_all = true;
	for (size_t i = 0; i < envelope->attachment_count; i++) {
		const struct record_blob_ref *ref = &envelope->attachments[i];
		if (!is_held(lacking, i) &&
		    ((!lacking->is_known && is_kept(desk, log, &ref->id)) ||
		     take_staged(desk, log, ref)))
			mark(desk, lacking, i);
		has_all = has_all && is_held(lacking, i);
	}
	lacking->is_known = true;
	return has_all && desk->failed == STATUS_OK;
}

static void state_held(struct desk *desk, struct log *log, uint64_t index)
{
	struct record_message_id id = {.index = log_id_index(log, index)};
	char of[RECORD_MESSAGE_ID_MAX + 1], body[256];
	if (log->is_own)
		return;
	id.desk = log->channel->members[log->member].name;
	record_message_id_encode(&id, of);
	int len = snprintf(body, sizeof body, "{\"of\":\"%s\"}", of);
	(void)compose_automatic(desk, log->channel, "attachment.held", &id,
	                        view_of(body, (size_t)len));
}

void attachment_note(struct desk *desk, struct log *log, uint64_t index)
{
	if (log->lacking_count == DESK_LACKING_MAX) {
		desk_log_line(desk,
		              "log %s: the attachments of entry %" PRIu64
		              " are waited for no longer",
		              log->origin, log->lacking[0].index);
		memmove(&log->lacking[0], &log->lacking[1],
		        --log->lacking_count * sizeof log->lacking[0]);
	}
	log->lacking[log->lacking_count++] = (struct lacking){.index = index};
	log->tries_lacking = true;
	log->row_is_dirty = true;
}

/* Up to which size the log's attachments matter. */
static uint64_t settled_size(const struct log *log)
{
	return log->is_own ? log->tree.size : log->cosigned_size;
}

void attachment_settle(struct desk *desk, struct log *log)
{
	uint64_t stored = log->attachment_len;
	uint16_t kept = 0;
	if (!log->tries_lacking)
		return;
	log->tries_lacking = false;
	for (uint16_t i = 0; i < log->lacking_count; i++) {
		struct lacking it = log->lacking[i];
		bool is_due = it.index < settled_size(log) && desk->failed == STATUS_OK;
		if (is_due && log->attachment_len != stored)
			it.is_known = false; /* it may name what another one just got */
		if (is_due &&
		    (!read_entry(desk, log, it.index) || look(desk, log, &it))) {
			log->row_is_dirty = true;
			state_held(desk, log, it.index);
			continue;
		}
		log->lacking[kept++] = it;
	}
	log->lacking_count = kept;
}

bool attachment_next(struct desk *desk, struct log *log, uint64_t *index, size_t *nth,
                     struct record_blob_ref *ret_ref)
{
	uint64_t room = attachment_room(log->channel);
	for (uint16_t i = 0; i < log->lacking_count; i++) {
		struct lacking *lacking = &log->lacking[i];
		if (lacking->index < *index || lacking->index >= settled_size(log) ||
		    !read_entry(desk, log, lacking->index))
			continue;
		(void)look(desk, log, lacking);
		for (size_t k = lacking->index == *index ? *nth : 0;
		     k < desk->envelope.attachment_count; k++)
			if (!is_held(lacking, k) &&
			    desk->envelope.attachments[k].size + RECORD_SALT_LEN <=
			        room) {
				*index = lacking->index;
				*nth = k;
				*ret_ref = desk->envelope.attachments[k];
				return true;
			}
	}
	return false;
}

bool attachment_take(struct desk *desk, struct log *log,
                     const struct record_blob_ref *ref, struct view blob)
{
	struct error err;
	if (record_blob_check(blob, ref, NULL) != STATUS_OK)
		return false;
	if (!is_kept(desk, log, &ref->id) &&
	    (!fits(desk, log, ref->size) ||
	     !desk_did(desk, keep(desk, log, &ref->id, blob, &err), &err)))
		return false;
	for (uint16_t i = 0; i < log->lacking_count; i++)
		log->lacking[i].is_known = false;
	log->tries_lacking = true;
	return true;
}

static enum status check_own(struct desk *desk, struct channel *channel,
                             const struct record_blob_ref *refs, size_t count,
                             struct error *err)
{
	const struct log *log = channel_own_log(channel);
	uint64_t room = attachment_room(channel);
	struct view blob;
	for (size_t i = 0; i < count; i++) {
		if (!staging_get(channel->own_staging, 0, &refs[i].id, &blob)) {
			if (is_kept(desk, log, &refs[i].id))
				continue;
			return error_set(err, STATUS_NOT_FOUND,
			                 "an attachment is not here (any more): upload "
			                 "it again");
		}
		TRY(record_blob_check(blob, &refs[i], err));
		if (blob.len > room)
			return error_set(err, STATUS_LIMIT,
			                 "the attachments of this channel have used up "
			                 "the charter's quota");
		room -= blob.len;
	}
	return STATUS_OK;
}

enum status attachment_keep_own(struct desk *desk, struct channel *channel,
                                const struct record_blob_ref *refs, size_t count,
                                struct error *err)
{
	struct view blob;
	TRY(check_own(desk, channel, refs, count, err));
	for (size_t i = 0; i < count; i++) {
		if (!staging_get(channel->own_staging, 0, &refs[i].id, &blob))
			continue;
		TRY(keep(desk, channel_own_log(channel), &refs[i].id, blob, err));
		staging_drop(channel->own_staging, 0, &refs[i].id);
		desk->must_commit = true;
	}
	return STATUS_OK;
}
