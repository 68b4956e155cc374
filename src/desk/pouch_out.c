/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes into a pouch: receipts for the reader's log, one checkpoint of the own log,
 * the entries up to it with their bodies, and attachments that the reader has not stated
 * to hold. Each as the request that the link would have sent (feed.c); but nobody
 * answers, so a pouch begins behind the last receipt and passes over no change of keys.
 * Source: spec/pouch.md.
 */
#include "desk/state.h"

#include <inttypes.h>

#include "record/pouch.h"

enum {
	ROOM = 6 * 1024 * 1024,      /* a pouch with so much in it is full */
	BLOBS_MAX = 4 * 1024 * 1024, /* bodies in one request, as over the link */
	ENTRY_REACH_MAX = 32 * 256,  /* entries in one pouch */
	BODY_OVERHEAD = RECORD_SALT_LEN + 4,
};

struct filling {
	struct desk *desk;
	struct channel *channel;
	uint32_t m; /* for whom */
	struct log *log;
	struct desk_pouch_cursor *cursor;
	struct buf *out;
};

static bool is_full(const struct filling *filling)
{
	return filling->out->len >= ROOM;
}

/* ---- receipts for its logs */

static enum status append_receipt(struct filling *filling, struct log *log,
                                  struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_add_checkpoint add = {.old_size = log->cosigned_size};
	size_t begun;
	TRY(log_append_cosigned(filling->desk, log, log->cosigned_size, &note, err));
	TRY(buf_check(&note, "a checkpoint", err));
	add.note = buf_view(&note);
	begun = record_pouch_begin(filling->out, RECORD_POUCH_CHECKPOINT);
	tlog_add_checkpoint_append(filling->out, &add);
	record_pouch_end(filling->out, begun);
	return STATUS_OK;
}

static bool is_log_of(const struct filling *filling, uint32_t m)
{
	const struct channel *channel = filling->channel;
	return channel->members[m].peer == channel->members[filling->m].peer;
}

static enum status append_receipts(struct filling *filling, struct error *err)
{
	const struct channel *channel = filling->channel;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (is_log_of(filling, m) && !channel->members[m].is_ended &&
		    channel->logs[m]->cosigned_size > 0)
			TRY(append_receipt(filling, channel->logs[m], err));
	return STATUS_OK;
}

/* ---- entries */

struct reach {
	struct desk *desk;
	uint64_t end;
	size_t len;
};

/* Ends the walk where a pouch is full, and behind a change of keys: its reader learns the
 * new key from what the old one signed. */
static enum status measure(void *context, uint64_t index, struct view entry,
                           struct error *err)
{
	struct reach *reach = context;
	struct desk *desk = reach->desk;
	bool is_change = false;
	reach->len += entry.len;
	if (record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) ==
	    STATUS_OK) {
		is_change = strcmp(desk->envelope.kind, "key.change") == 0;
		if (desk->envelope.has_body)
			reach->len += desk->envelope.body.size + BODY_OVERHEAD;
	}
	if (reach->len > ROOM)
		return STATUS_CLOSED;
	reach->end = index + 1;
	return is_change ? STATUS_CLOSED : STATUS_OK;
}

static enum status choose_checkpoint(struct filling *filling, struct buf *ret_note,
                                     struct tlog_checkpoint *ret_checkpoint,
                                     struct error *err)
{
	struct desk *desk = filling->desk;
	struct log *log = filling->log;
	uint64_t from = filling->cursor->entries, end = log->newest.size;
	struct reach reach = {.desk = desk, .end = from};
	if (end - from > ENTRY_REACH_MAX)
		end = from + ENTRY_REACH_MAX;
	TRY(log_walk(desk, log, from, end, measure, &reach, err));
	TRY(feed_find_checkpoint(desk, log, from + 1, reach.end, ret_note, err));
	return log_open_checkpoint(log, buf_view(ret_note), ret_checkpoint, err);
}

static enum status append_checkpoint(struct filling *filling, struct view note,
                                     uint64_t size, struct error *err)
{
	struct tlog_add_checkpoint add = {.old_size = filling->cursor->entries,
	                                  .note = note};
	size_t begun;
	TRY(log_proof(filling->desk, filling->log, add.old_size, size, &add.proof, err));
	begun = record_pouch_begin(filling->out, RECORD_POUCH_CHECKPOINT);
	tlog_add_checkpoint_append(filling->out, &add);
	record_pouch_end(filling->out, begun);
	return STATUS_OK;
}

/* The entries from `at` to the end of their tile, or of the tree. */
static enum status append_package(struct filling *filling, uint64_t at, uint64_t size,
                                  uint64_t *ret_end, struct error *err)
{
	CLEANUP_BUF struct buf bundle = BUF_INIT(TLOG_TILE_WIDTH * (TLOG_ENTRY_MAX + 2));
	struct desk *desk = filling->desk;
	struct log_reader nodes = {desk, filling->log};
	uint64_t base = at - at % TLOG_TILE_WIDTH, end = base + TLOG_TILE_WIDTH,
	         count = 0;
	struct tlog_proof proof;
	size_t begun;
	if (end > size)
		end = size;
	TRY(desk->store.ops->read_entries(desk->store.self, filling->log->number, at,
	                                  end - at, &bundle, &count, err));
	if (count != end - at)
		return error_set(err, STATUS_MALFORMED, "the store lacks entries of %s",
		                 filling->log->origin);
	TRY(tlog_proof_subtree(base, end, size, log_read_node, &nodes, &proof, err));
	begun = record_pouch_begin(filling->out, RECORD_POUCH_ENTRIES);
	tlog_add_entries_append_header(filling->out, view_of_string(filling->log->origin),
	                               at, size, view_of("", 0));
	tlog_add_entries_append_package(filling->out, buf_view(&bundle), &proof);
	record_pouch_end(filling->out, begun);
	*ret_end = end;
	return STATUS_OK;
}

static enum status append_entries(struct filling *filling, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_checkpoint checkpoint;
	TRY(choose_checkpoint(filling, &note, &checkpoint, err));
	TRY(append_checkpoint(filling, buf_view(&note), checkpoint.size, err));
	while (filling->cursor->entries < checkpoint.size)
		TRY(append_package(filling, filling->cursor->entries, checkpoint.size,
		                   &filling->cursor->entries, err));
	return STATUS_OK;
}

/* ---- bodies */

/* Bodies in one request, and how far they reach. */
static enum status append_some_bodies(struct filling *filling, struct error *err)
{
	struct desk *desk = filling->desk;
	struct buf *packed = &desk->scratch2;
	uint64_t wanted = filling->cursor->entries - filling->cursor->bodies, count = 0;
	size_t before = filling->out->len;
	struct view blob;
	buf_clear(packed);
	TRY(desk->store.ops->read_bodies(
	    desk->store.self, filling->log->number, filling->cursor->bodies,
	    wanted < STORE_CHUNK_MAX ? wanted : STORE_CHUNK_MAX, packed, &count, err));
	struct reader reader = reader_of(buf_view(packed));
	size_t begun = record_pouch_begin(filling->out, RECORD_POUCH_BLOBS);
	record_add_blobs_append_origin(filling->out,
	                               view_of_string(filling->log->origin));
	while (filling->out->len - before < BLOBS_MAX &&
	       reader_u32_bytes(&reader, &blob)) {
		if (blob.len > 0)
			record_add_blobs_append_blob(filling->out, blob);
		filling->cursor->bodies++;
	}
	record_pouch_end(filling->out, begun);
	return STATUS_OK;
}

static enum status append_bodies(struct filling *filling, struct error *err)
{
	while (filling->cursor->bodies < filling->cursor->entries && !is_full(filling))
		TRY(append_some_bodies(filling, err));
	return STATUS_OK;
}

/* ---- attachments */

/* Own entries whose attachments the reader has stated to hold. */
struct stated {
	struct desk *desk;
	const struct log *own;
	uint64_t *indexes; /* owned */
	size_t count, cap;
};

static enum status note_stated(void *context, uint64_t index, struct view entry,
                               struct error *err)
{
	struct stated *stated = context;
	struct desk *desk = stated->desk;
	uint64_t offset = log_id_index(stated->own, 0);
	if (record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) !=
	        STATUS_OK ||
	    strcmp(desk->envelope.kind, "attachment.held") != 0 ||
	    !desk->envelope.has_re || desk->envelope.re.index < offset ||
	    strcmp(desk->envelope.re.desk.text, desk->card.name.text) != 0)
		return STATUS_OK;
	if (!desk_grow(desk, &stated->indexes, &stated->cap, stated->count,
	               sizeof *stated->indexes))
		return error_set(err, STATUS_NO_MEMORY, "no memory for a pouch");
	stated->indexes[stated->count++] = desk->envelope.re.index - offset;
	return STATUS_OK;
}

static int compare_indexes(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return (left > right) - (left < right);
}

static enum status gather_stated(const struct filling *filling, struct stated *stated,
                                 struct error *err)
{
	for (uint32_t m = 0; m < filling->channel->member_count; m++) {
		struct log *log = filling->channel->logs[m];
		if (is_log_of(filling, m) && log->base != UINT64_MAX)
			TRY(log_walk(filling->desk, log, log->base, log_shown_size(log),
			             note_stated, stated, err));
	}
	if (stated->count > 0)
		qsort(stated->indexes, stated->count, sizeof *stated->indexes,
		      compare_indexes);
	return STATUS_OK;
}

static bool is_stated(const struct stated *stated, uint64_t index)
{
	return stated->count > 0 && bsearch(&index, stated->indexes, stated->count,
	                                    sizeof index, compare_indexes) != NULL;
}

struct attaching {
	struct filling *filling;
	struct stated stated;
};

static enum status append_attachment(struct filling *filling, const struct hash *id,
                                     struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(64),
	                       blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
	struct desk *desk = filling->desk;
	size_t begun;
	buf_append_u32(&key, filling->log->number);
	buf_append_view(&key, hash_view(id));
	TRY(desk->store.ops->get(desk->store.self, STORE_ATTACHMENT, buf_view(&key),
	                         &blob, err));
	begun = record_pouch_begin(filling->out, RECORD_POUCH_BLOBS);
	record_add_blobs_append_origin(filling->out,
	                               view_of_string(filling->log->origin));
	record_add_blobs_append_blob(filling->out, buf_view(&blob));
	record_pouch_end(filling->out, begun);
	return STATUS_OK;
}

static enum status attach_next(void *context, uint64_t index, struct view entry,
                               struct error *err)
{
	struct attaching *attaching = context;
	struct filling *filling = attaching->filling;
	struct desk *desk = filling->desk;
	if (index > filling->cursor->attached)
		filling->cursor->nth = 0;
	filling->cursor->attached = index;
	if (record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) ==
	        STATUS_OK &&
	    desk->envelope.attachment_count > 0 && !is_stated(&attaching->stated, index))
		for (; filling->cursor->nth < desk->envelope.attachment_count;
		     filling->cursor->nth++) {
			if (is_full(filling))
				return STATUS_CLOSED;
			TRY(append_attachment(
			    filling, &desk->envelope.attachments[filling->cursor->nth].id,
			    err));
		}
	filling->cursor->attached = index + 1;
	filling->cursor->nth = 0;
	return STATUS_OK;
}

static enum status append_attachments(struct filling *filling, struct error *err)
{
	struct attaching attaching = {
	    .filling = filling, .stated = {.desk = filling->desk, .own = filling->log}};
	enum status status = gather_stated(filling, &attaching.stated, err);
	if (status == STATUS_OK)
		status = log_walk(filling->desk, filling->log, filling->cursor->attached,
		                  filling->cursor->entries, attach_next, &attaching, err);
	free(attaching.stated.indexes);
	return status;
}

/* ---- all of it */

/* The pouch's reader among the members, by its newest place. */
static enum status find_reader(const struct channel *channel, const char *name,
                               uint32_t *ret_m, struct error *err)
{
	size_t m = channel_member(channel, name);
	if (m == SIZE_MAX || m == channel->own)
		return error_set(err, STATUS_NOT_FOUND,
		                 "%s is no other member of this channel", name);
	if (!channel->members[m].peer)
		return error_set(err, STATUS_CONFLICT,
		                 "the card of %s is not trusted here", name);
	if (channel->members[m].is_gone)
		return error_set(err, STATUS_CONFLICT, "%s is no member any more", name);
	*ret_m = (uint32_t)m;
	return STATUS_OK;
}

static enum status check_may_leave(const struct channel *channel, struct error *err)
{
	if (!channel->is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the channel's charter is not signed by all yet");
	if (channel->state == DESK_LOG_FROZEN)
		return error_set(err, STATUS_CONFLICT, "%s", channel->why);
	if (channel->state == DESK_LOG_WAITING)
		return error_set(
		    err, STATUS_AGAIN,
		    "after its start this desk waits for a member to show what it last "
		    "saw of it. If none can be reached, and neither database nor machine "
		    "was put back to an older state, say so with --accept");
	return STATUS_OK;
}

enum status desk_pouch_begin(struct desk *desk, size_t channel, const char *member,
                             struct desk_pouch_cursor *ret_cursor,
                             const struct record_card **ret_card, struct error *err)
{
	const struct channel *it = desk->channels[channel];
	uint32_t m;
	TRY(check_may_leave(it, err));
	TRY(find_reader(it, member, &m, err));
	uint64_t base = term_base(channel_own_log(it), m),
	         acked = it->members[m].feed.acked_size;
	if (base == UINT64_MAX)
		return error_set(err, STATUS_AGAIN,
		                 "this desk has written nothing yet that %s may see",
		                 member);
	*ret_cursor = (struct desk_pouch_cursor){.entries = acked > base ? acked : base,
	                                         .bodies = acked > base ? acked : base,
	                                         .attached = base};
	*ret_card = &it->members[m].peer->card;
	return STATUS_OK;
}

static bool is_sound(const struct desk_pouch_cursor *cursor,
                     const struct filling *filling)
{
	uint64_t base = term_base(filling->log, filling->m);
	return cursor->entries <= filling->log->newest.size &&
	       cursor->bodies <= cursor->entries && cursor->attached <= cursor->entries &&
	       cursor->bodies >= base && cursor->attached >= base &&
	       cursor->nth <= RECORD_ATTACHMENTS_MAX;
}

enum status desk_pouch_fill(struct desk *desk, size_t channel, const char *member,
                            struct desk_pouch_cursor *cursor, struct buf *ret_content,
                            bool *ret_more, struct error *err)
{
	struct channel *it = desk->channels[channel];
	struct filling filling = {
	    .desk = desk, .channel = it, .cursor = cursor, .out = ret_content};
	TRY(check_may_leave(it, err));
	TRY(find_reader(it, member, &filling.m, err));
	filling.log = channel_own_log(it);
	if (!is_sound(cursor, &filling))
		return error_set(err, STATUS_MALFORMED,
		                 "there is no such place in the log");
	TRY(log_flush(desk, filling.log, err));
	/* what waits for its bodies may hold less than all entries before */
	bool has_bodies = cursor->bodies < cursor->entries;
	record_pouch_append_head(ret_content,
	                         has_bodies ? cursor->bodies + 1 : cursor->entries);
	TRY(append_receipts(&filling, err));
	if (!has_bodies && cursor->entries < filling.log->newest.size)
		TRY(append_entries(&filling, err));
	TRY(append_bodies(&filling, err));
	if (cursor->bodies == filling.log->newest.size)
		TRY(append_attachments(&filling, err));
	*ret_more = cursor->attached < filling.log->newest.size;
	return buf_check(ret_content, "the content of a pouch", err);
}
