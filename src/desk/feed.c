/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushing the own log to another member: add-checkpoint and add-blobs side by side, then
 * add-entries, whose answer is the receipt; attachments follow. One round at a time for
 * each member, so a slow one delays nobody else. Every request may be sent twice without
 * harm. Sources: c2sp.org/tlog-mirror, aldis.md 7.2, 8.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/decimal.h"

enum {
	ROUND_ENTRIES_MAX = 32 * 256, /* as tlog-mirror advises for one request */
	DETOURS_MAX = 8,              /* answers 409 and the like in one round */
	RECEIPT_LINES_MAX = 8,        /* lines of an answer that are looked at */
};

static const char octets[] = "application/octet-stream";

struct target_search {
	struct buf *ret_note;
	uint64_t limit;
	bool found;
};

static bool consider_target(void *context, struct view key, struct view value)
{
	struct target_search *search = context;
	struct reader reader = reader_of(view_from(key, 4));
	uint64_t size;
	if (!reader_u64(&reader, &size) || (search->found && size > search->limit))
		return false;
	buf_clear(search->ret_note);
	buf_append_view(search->ret_note, value);
	search->found = true;
	return size < search->limit;
}

enum status feed_find_checkpoint(struct desk *desk, const struct log *log, uint64_t from,
                                 uint64_t limit, struct buf *ret_note, struct error *err)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(16), first = BUF_INIT(16);
	struct target_search search = {.ret_note = ret_note, .limit = limit};
	buf_append_u32(&prefix, log->number);
	buf_append_u32(&first, log->number);
	buf_append_u64(&first, from);
	TRY(desk->store.ops->scan(desk->store.self, STORE_CHECKPOINT, buf_view(&prefix),
	                          buf_view(&first), consider_target, &search, err));
	if (!search.found)
		return error_set(err, STATUS_NOT_FOUND, "no such checkpoint");
	return STATUS_OK;
}

/* Far behind: the last kept checkpoint within a round's reach, or the first one beyond.
 */
static enum status find_target(struct desk *desk, struct log *log, struct feed *feed,
                               struct error *err)
{
	bool takes_first = feed->takes_small || feed->key == FEED_KEY_STEPS;
	uint64_t beyond =
	    feed->next_entry > feed->pending_size ? feed->next_entry : feed->pending_size;
	if (beyond <= feed->acked_size)
		beyond = feed->acked_size + 1;
	return feed_find_checkpoint(
	    desk, log, beyond, takes_first ? 0 : feed->next_entry + ROUND_ENTRIES_MAX,
	    &feed->target_note, err);
}

/* A member learns the new key from the entry that names it, so it first gets the last
 * checkpoint that the old one signed; also when it once had it and lost it again. One
 * that may not see the entry has the new card from the charter by which it joined. */
static bool target_change(struct desk *desk, struct log *log, uint32_t m,
                          struct feed *feed)
{
	if (feed->key == FEED_KEY_STEPS ||
	    (feed->acked_size >= log->change_size && feed->key == FEED_KEY_KNOWN) ||
	    log->change_size >= log->newest.size ||
	    log->change_size <= term_base(log, m) || /* it may not see that entry */
	    log_checkpoint_at(desk, log, log->change_size, &feed->target_note, NULL) !=
	        STATUS_OK ||
	    log_open_checkpoint(log, buf_view(&feed->target_note), &feed->target, NULL) !=
	        STATUS_OK)
		return false;
	if (feed->pending_size > feed->target.size)
		feed->pending_size = 0; /* it will say */
	if (feed->next_entry > feed->target.size)
		feed->next_entry = feed->blobs_sent = feed->target.size;
	return true;
}

static enum status choose_target(struct desk *desk, struct log *log, uint32_t m,
                                 struct feed *feed, struct error *err)
{
	buf_clear(&feed->target_note);
	if (target_change(desk, log, m, feed))
		return STATUS_OK;
	buf_clear(&feed->target_note);
	bool is_far = log->newest.size > feed->next_entry + ROUND_ENTRIES_MAX ||
	              feed->takes_small || feed->key == FEED_KEY_STEPS;
	if (is_far && find_target(desk, log, feed, NULL) == STATUS_OK)
		return log_open_checkpoint(log, buf_view(&feed->target_note),
		                           &feed->target, err);
	buf_clear(&feed->target_note);
	buf_append_view(&feed->target_note, buf_view(&log->newest_note));
	feed->target = log->newest;
	return buf_check(&feed->target_note, "a checkpoint", err);
}

static struct staged_call *feed_call(struct desk *desk, struct channel *channel,
                                     uint32_t m, enum call_kind kind, const char *path)
{
	struct staged_call *call =
	    desk_stage_call(desk, kind, channel->members[m].peer, DESK_POST, octets);
	if (!call)
		return NULL;
	call->call.channel = channel;
	call->call.member = m;
	call->call.log = channel_own_log(channel);
	snprintf(call->path, sizeof call->path, "%s", path);
	channel->members[m].feed.in_flight++;
	return call;
}

static void send_checkpoint(struct desk *desk, struct channel *channel, uint32_t m)
{
	struct feed *feed = &channel->members[m].feed;
	struct tlog_add_checkpoint add = {.old_size = feed->pending_size,
	                                  .note = buf_view(&feed->target_note)};
	struct error err;
	if (!desk_did(desk,
	              log_proof(desk, channel_own_log(channel), feed->pending_size,
	                        feed->target.size, &add.proof, &err),
	              &err))
		return;
	struct staged_call *call =
	    feed_call(desk, channel, m, CALL_FEED_CHECKPOINT, "/add-checkpoint");
	if (!call)
		return;
	call->type = "text/plain; charset=utf-8";
	tlog_add_checkpoint_append(&call->body, &add);
}

/* Appends bodies from blobs_sent on, up to 4 MiB, and moves blobs_sent. */
static enum status fill_bodies(struct desk *desk, struct log *log, struct feed *feed,
                               struct buf *out, struct error *err)
{
	while (feed->blobs_sent < feed->target.size &&
	       out->len < DESK_ENTRIES_REQUEST_MAX) {
		uint64_t wanted = feed->target.size - feed->blobs_sent, count = 0;
		struct buf *packed = &desk->scratch2;
		struct view blob;
		buf_clear(packed);
		TRY(desk->store.ops->read_bodies(
		    desk->store.self, log->number, feed->blobs_sent,
		    wanted < STORE_CHUNK_MAX ? wanted : STORE_CHUNK_MAX, packed, &count,
		    err));
		struct reader reader = reader_of(buf_view(packed));
		while (reader_u32_bytes(&reader, &blob)) {
			if (out->len > DESK_ENTRIES_REQUEST_MAX - RECORD_BODY_MAX - 1024)
				return STATUS_OK;
			if (blob.len > 0)
				record_add_blobs_append_blob(out, blob);
			feed->blobs_sent++;
		}
	}
	return STATUS_OK;
}

/* Entries may follow up to the last whole package whose bodies were offered; a first one
 * is begun when there is none. */
static void set_window(struct feed *feed)
{
	uint64_t reached = feed->blobs_sent;
	if (reached < feed->target.size)
		reached -= reached % TLOG_TILE_WIDTH;
	if (reached <= feed->next_entry)
		reached = feed->next_entry - feed->next_entry % TLOG_TILE_WIDTH +
		          TLOG_TILE_WIDTH;
	feed->window_end = reached < feed->target.size ? reached : feed->target.size;
}

static void send_bodies(struct desk *desk, struct channel *channel, uint32_t m)
{
	struct feed *feed = &channel->members[m].feed;
	struct log *log = channel_own_log(channel);
	struct error err;
	struct buf body = BUF_INIT(2 * DESK_ENTRIES_REQUEST_MAX);
	record_add_blobs_append_origin(&body, view_of_string(log->origin));
	size_t empty_len = body.len;
	bool ok = desk_did(desk, fill_bodies(desk, log, feed, &body, &err), &err);
	struct staged_call *call =
	    ok && body.len > empty_len
	        ? feed_call(desk, channel, m, CALL_FEED_BLOBS, "/add-blobs")
	        : NULL;
	if (call)
		call->body = buf_take(&body);
	buf_release(&body);
	set_window(feed);
}

static enum status fill_packages(struct desk *desk, struct log *log, struct feed *feed,
                                 struct buf *out, struct error *err)
{
	struct log_reader nodes = {desk, log};
	uint64_t at = feed->next_entry;
	while (at < feed->window_end && out->len < DESK_ENTRIES_REQUEST_MAX) {
		uint64_t base = at - at % TLOG_TILE_WIDTH, end = base + TLOG_TILE_WIDTH,
		         count = 0;
		struct tlog_proof proof;
		CLEANUP_BUF struct buf bundle =
		    BUF_INIT(TLOG_TILE_WIDTH * (TLOG_ENTRY_MAX + 2));
		if (end > feed->target.size)
			end = feed->target.size;
		TRY(desk->store.ops->read_entries(desk->store.self, log->number, at,
		                                  end - at, &bundle, &count, err));
		if (count != end - at)
			return error_set(err, STATUS_MALFORMED,
			                 "the store lacks entries of %s", log->origin);
		if (at > feed->next_entry &&
		    out->len + bundle.len > DESK_ENTRIES_REQUEST_MAX)
			return STATUS_OK; /* in the next request */
		TRY(tlog_proof_subtree(base, end, feed->target.size, log_read_node,
		                       &nodes, &proof, err));
		tlog_add_entries_append_package(out, buf_view(&bundle), &proof);
		at = end;
	}
	return STATUS_OK;
}

static void send_entries(struct desk *desk, struct channel *channel, uint32_t m)
{
	struct feed *feed = &channel->members[m].feed;
	struct log *log = channel_own_log(channel);
	struct error err;
	struct staged_call *call =
	    feed_call(desk, channel, m, CALL_FEED_ENTRIES, "/add-entries");
	if (!call)
		return;
	tlog_add_entries_append_header(&call->body, view_of_string(log->origin),
	                               feed->next_entry, feed->target.size,
	                               view_of(feed->ticket, feed->ticket_len));
	desk_fail(desk, fill_packages(desk, log, feed, &call->body, &err), &err);
}

/* The next attachments that the member may lack, about 4 MiB of them. */
static enum status fill_attachments(struct desk *desk, struct channel *channel,
                                    struct feed *feed, struct buf *out, struct error *err)
{
	struct log *log = channel_own_log(channel);
	while (feed->attached_next < channel->attached_entry_count &&
	       channel->attached_entries[feed->attached_next] < feed->acked_size &&
	       out->len < DESK_ENTRIES_REQUEST_MAX / 2) {
		uint64_t index = channel->attached_entries[feed->attached_next++];
		CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
		TRY(log_read_entry(desk, log, index, &entry, err));
		TRY(record_envelope_decode(buf_view(&entry), &desk->doc, &desk->envelope,
		                           err));
		for (size_t i = 0; i < desk->envelope.attachment_count; i++) {
			CLEANUP_BUF struct buf key = BUF_INIT(64),
			                       blob =
			                           BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
			buf_append_u32(&key, log->number);
			buf_append_view(&key,
			                hash_view(&desk->envelope.attachments[i].id));
			TRY(desk->store.ops->get(desk->store.self, STORE_ATTACHMENT,
			                         buf_view(&key), &blob, err));
			if (out->len + blob.len > 16 * 1024 * 1024)
				return STATUS_OK; /* the member asks for the rest itself
				                   */
			record_add_blobs_append_blob(out, buf_view(&blob));
		}
	}
	return STATUS_OK;
}

static bool send_attachments(struct desk *desk, struct channel *channel, uint32_t m)
{
	struct feed *feed = &channel->members[m].feed;
	struct log *log = channel_own_log(channel);
	struct error err;
	if (feed->attached_next >= channel->attached_entry_count ||
	    channel->attached_entries[feed->attached_next] >= feed->acked_size)
		return false;
	struct staged_call *call =
	    feed_call(desk, channel, m, CALL_FEED_ATTACHMENTS, "/add-blobs");
	if (!call)
		return false;
	record_add_blobs_append_origin(&call->body, view_of_string(log->origin));
	desk_fail(desk, fill_attachments(desk, channel, feed, &call->body, &err), &err);
	return true;
}

/* What the member may not see is left out. */
static void skip_withheld(struct log *log, uint32_t m, struct feed *feed)
{
	uint64_t base = term_base(log, m);
	if (feed->next_entry < base)
		feed->next_entry = base;
	if (feed->blobs_sent < base)
		feed->blobs_sent = base;
}

static void offer(struct desk *desk, struct channel *channel, uint32_t m)
{
	struct feed *feed = &channel->members[m].feed;
	feed->stage = FEED_OFFER;
	feed->has_failed = false;
	skip_withheld(channel_own_log(channel), m, feed); /* whatever it asks for */
	if (feed->blobs_sent < feed->next_entry && feed->next_entry < feed->target.size)
		feed->blobs_sent = feed->next_entry;
	if (feed->takes_small) /* entries first: then it takes each body at once */
		feed->blobs_sent = feed->target.size;
	if (feed->pending_size < feed->target.size)
		send_checkpoint(desk, channel, m);
	set_window(feed);
	if (feed->blobs_sent < feed->window_end)
		send_bodies(desk, channel, m);
}

static void begin_round(struct desk *desk, struct channel *channel, uint32_t m)
{
	struct feed *feed = &channel->members[m].feed;
	struct error err;
	skip_withheld(channel_own_log(channel), m, feed);
	if (!desk_did(desk, choose_target(desk, channel_own_log(channel), m, feed, &err),
	              &err))
		return;
	offer(desk, channel, m);
}

static void fail_round(struct desk *desk, struct feed *feed)
{
	feed->failures++;
	feed->detours = 0;
	feed->stage = FEED_IDLE;
	feed->retry_ms = desk->now_ms + desk_backoff_ms(desk, feed->failures);
	feed->blobs_sent = feed->next_entry; /* what was staged there may be gone */
}

void feed_step(struct desk *desk, struct channel *channel, uint32_t m)
{
	struct feed *feed = &channel->members[m].feed;
	const struct log *log = channel_own_log(channel);
	if (channel->state != DESK_LOG_READY || feed->in_flight > 0 ||
	    desk->now_ms < feed->retry_ms || log->newest_note.len == 0 ||
	    log->newest.size <= term_base(log, m))
		return;
	if (feed->stage == FEED_OFFER && feed->acked_size >= feed->target.size &&
	    feed->key == FEED_KEY_KNOWN)
		feed->stage = FEED_IDLE; /* the receipt came another way */
	if (feed->stage == FEED_IDLE) {
		if (feed->acked_size < log->newest.size)
			begin_round(desk, channel, m);
		else if (!send_attachments(desk, channel, m))
			return;
	}
	/* what is offered may need no call at all, or only more bodies */
	while (feed->stage == FEED_OFFER && feed->in_flight == 0 &&
	       desk->failed == STATUS_OK) {
		if (feed->blobs_sent < feed->window_end) {
			send_bodies(desk, channel, m);
			continue;
		}
		if (feed->next_entry > feed->target.size) {
			fail_round(desk, feed); /* a receipt for more came another way */
			return;
		}
		feed->stage = FEED_ENTRIES;
		send_entries(desk, channel, m);
	}
}

int64_t feed_wake_ms(const struct desk *desk, const struct channel *channel, uint32_t m)
{
	const struct feed *feed = &channel->members[m].feed;
	const struct log *log = channel_own_log(channel);
	if (channel->state != DESK_LOG_READY || feed->in_flight > 0 ||
	    log->newest.size <= term_base(log, m))
		return INT64_MAX;
	bool has_work =
	    feed->acked_size < log->newest.size || feed->stage != FEED_IDLE ||
	    (feed->attached_next < channel->attached_entry_count &&
	     channel->attached_entries[feed->attached_next] < feed->acked_size);
	return has_work ? feed->retry_ms : INT64_MAX;
}

static void detour(struct desk *desk, struct feed *feed)
{
	feed->stage = FEED_IDLE;
	if (++feed->detours > DETOURS_MAX)
		fail_round(desk, feed);
}

static void take_checkpoint_answer(struct desk *desk, struct channel *channel, uint32_t m,
                                   const struct desk_answer *answer)
{
	struct feed *feed = &channel->members[m].feed;
	uint64_t size;
	struct view body = answer->body, line;
	if (answer->http_status == 200) {
		feed->pending_size = feed->target.size;
		if (feed->key == FEED_KEY_CHANGE &&
		    feed->target.size != channel_own_log(channel)->change_size)
			feed->key = FEED_KEY_KNOWN;
	} else if (answer->http_status == 409 && view_take_line(&body, &line) &&
	           decimal_decode(line, INT64_MAX, &size, NULL) == STATUS_OK) {
		if (size > channel_own_log(channel)->newest.size) {
			start_doubt(desk, channel, m);
			feed->has_failed = true;
			return;
		}
		feed->pending_size = size;
		if (feed->next_entry > size) /* it has lost what was not yet cosigned */
			feed->next_entry = feed->blobs_sent = size;
		if (size > feed->target.size) {
			feed->has_failed = true;
			feed->key = FEED_KEY_KNOWN;
		} else if (++feed->detours > DETOURS_MAX)
			feed->has_failed = true;
	} else {
		feed->has_failed = true;
		if (answer->http_status == 403) /* the next round: in another way */
			feed->key =
			    feed->key == FEED_KEY_STEPS ? FEED_KEY_KNOWN : feed->key + 1;
		if (answer->http_status == 422) /* it holds another history of this log */
			start_doubt(desk, channel, m);
	}
}

static void take_info(struct desk *desk, struct channel *channel, uint32_t m,
                      const struct desk_answer *answer)
{
	struct feed *feed = &channel->members[m].feed;
	struct tlog_mirror_info info;
	uint64_t before = feed->next_entry;
	if (tlog_mirror_info_parse(answer->body, &info, NULL) != STATUS_OK) {
		fail_round(desk, feed);
		return;
	}
	if (info.pending_size > channel_own_log(channel)->newest.size) {
		start_doubt(desk, channel, m);
		fail_round(desk, feed);
		return;
	}
	feed->ticket_len = info.ticket_len;
	memcpy(feed->ticket, info.ticket, info.ticket_len);
	feed->pending_size = info.pending_size;
	feed->next_entry =
	    info.next_entry < feed->target.size ? info.next_entry : feed->target.size;
	if (answer->http_status == 202 && feed->next_entry > before) {
		feed->stage = FEED_OFFER;
		if (feed->blobs_sent < feed->next_entry)
			feed->blobs_sent = feed->next_entry;
		set_window(feed);
		return;
	}
	feed->blobs_sent = feed->next_entry;
	detour(desk, feed);
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

/* Looks for the lowest own entry whose body is among the ids, which are sorted. */
struct body_search {
	struct desk *desk;
	const struct hash *ids;
	size_t id_count;
	uint64_t index;
	bool has_found;
};

static enum status compare_body(void *context, uint64_t index, struct view entry,
                                struct error *err)
{
	struct body_search *search = context;
	struct desk *desk = search->desk;
	if (record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) !=
	        STATUS_OK ||
	    !desk->envelope.has_body)
		return STATUS_OK;
	search->has_found =
	    bsearch(&desk->envelope.body.id, search->ids, search->id_count,
	            sizeof *search->ids, compare_ids) != NULL;
	search->index = index;
	return search->has_found ? STATUS_CLOSED : STATUS_OK;
}

static enum status first_missing(struct desk *desk, struct log *log, uint32_t m,
                                 const struct hash *ids, size_t id_count,
                                 uint64_t *ret_index, struct error *err)
{
	const struct feed *feed = &log->channel->members[m].feed;
	uint64_t base = term_base(log, m);
	struct body_search search = {.desk = desk, .ids = ids, .id_count = id_count};
	TRY(log_walk(desk, log, base > feed->acked_size ? base : feed->acked_size,
	             feed->target.size, compare_body, &search, err));
	if (!search.has_found)
		return error_set(err, STATUS_NOT_FOUND,
		                 "a member asks for bodies of no entry");
	*ret_index = search.index;
	return STATUS_OK;
}

/* False when there are none. */
static bool sort_ids(struct hash *ids, size_t count)
{
	qsort(ids, count, sizeof *ids, compare_ids);
	return count > 0;
}

static void take_missing(struct desk *desk, struct channel *channel, uint32_t m,
                         const struct desk_answer *answer)
{
	struct feed *feed = &channel->members[m].feed;
	struct hash ids[RECORD_MISSING_BLOBS_MAX];
	size_t count = 0;
	uint64_t index = 0;
	if (++feed->detours > DETOURS_MAX ||
	    record_missing_blobs_parse(answer->body, ids, RECORD_MISSING_BLOBS_MAX,
	                               &count, NULL) ||
	    !sort_ids(ids, count) ||
	    first_missing(desk, channel_own_log(channel), m, ids, count, &index, NULL)) {
		fail_round(desk, feed);
		return;
	}
	feed->next_entry = feed->target.size;
	feed->blobs_sent = index;
	feed->window_end = feed->target.size;
	feed->stage = FEED_OFFER;
}

void feed_take_receipt(struct desk *desk, struct channel *channel, uint32_t m,
                       struct view text, struct view line)
{
	struct feed *feed = &channel->members[m].feed;
	struct log *log = channel_own_log(channel);
	const char *name = channel->members[m].name.text;
	struct tlog_checkpoint checkpoint;
	struct hash root;
	uint64_t time_s;
	struct error err;
	if (tlog_checkpoint_decode(text, &checkpoint, NULL) ||
	    checkpoint.size <= feed->acked_size || checkpoint.size > log->tree.size ||
	    !key_ring_verify_line(&channel->members[m].mirror_keys, text, line,
	                          &time_s) ||
	    log_root_at(desk, log, checkpoint.size, &root, NULL) ||
	    !hash_equal(&root, &checkpoint.root))
		return;
	if (!desk_did(desk,
	              log_put_receipt(desk, log, name, checkpoint.size, (int64_t)time_s,
	                              line, &err),
	              &err))
		return;
	feed->acked_size = checkpoint.size;
	feed->acked_time_s = (int64_t)time_s;
	if (feed->next_entry < checkpoint.size)
		feed->next_entry = checkpoint.size;
	if (feed->pending_size < checkpoint.size)
		feed->pending_size = checkpoint.size;
	if (feed->blobs_sent < checkpoint.size)
		feed->blobs_sent = checkpoint.size;
	desk->must_commit = true;
	desk->counters.receipts_in++;
	desk->generation++;
	desk_event(desk, "receipt",
	           "\"channel\":\"%s\",\"from\":\"%s\",\"size\":%" PRIu64,
	           channel->id_hex, name, checkpoint.size);
}

/* Takes the lines of the answer; the one of the member is the receipt. */
static void take_lines(struct desk *desk, struct channel *channel, uint32_t m,
                       const struct desk_answer *answer)
{
	struct feed *feed = &channel->members[m].feed;
	struct view rest = answer->body, line, text = buf_view(&feed->target_note);
	size_t end = view_find(text, view_of_string("\n\n"));
	uint64_t before = feed->acked_size;
	if (end != SIZE_MAX)
		text.len = end + 1;
	for (int i = 0; i < RECEIPT_LINES_MAX && view_take_line(&rest, &line); i++)
		feed_take_receipt(desk, channel, m, text, line);
	feed->stage = FEED_IDLE;
	if (feed->acked_size <= before && feed->acked_size < feed->target.size) {
		fail_round(desk, feed);
		return;
	}
	feed->failures = 0;
	feed->detours = 0;
	feed->takes_small = false;
	if (feed->acked_size >= channel_own_log(channel)->change_size)
		feed->key = FEED_KEY_KNOWN;
}

static void take_entries_answer(struct desk *desk, struct channel *channel, uint32_t m,
                                const struct desk_answer *answer)
{
	struct feed *feed = &channel->members[m].feed;
	if (answer->http_status == 200)
		take_lines(desk, channel, m, answer);
	else if (answer->http_status == 409 || answer->http_status == 202)
		take_info(desk, channel, m, answer);
	else if (answer->http_status == 424)
		take_missing(desk, channel, m, answer);
	else {
		if (answer->http_status == 422) /* it has lost the pending checkpoint */
			feed->pending_size = feed->acked_size;
		fail_round(desk, feed);
	}
}

void feed_take_answer(struct desk *desk, const struct call *call,
                      const struct desk_answer *answer)
{
	struct channel *channel = call->channel;
	struct feed *feed = &channel->members[call->member].feed;
	bool came = answer->outcome == STATUS_OK;
	feed->in_flight--;
	if (call->kind == CALL_FEED_ATTACHMENTS) {
		if (!came) /* the member asks for them itself when it is back */
			feed->retry_ms = desk->now_ms + desk_backoff_ms(desk, 1);
		return;
	}
	if (feed->stage == FEED_IDLE)
		return;
	if (call->kind == CALL_FEED_ENTRIES && came) {
		take_entries_answer(desk, channel, call->member, answer);
		return;
	}
	if (!came)
		feed->has_failed = true;
	else if (call->kind == CALL_FEED_CHECKPOINT)
		take_checkpoint_answer(desk, channel, call->member, answer);
	else if (answer->http_status == 507)
		feed->has_failed = feed->takes_small = true;
	else if (answer->http_status != 200)
		feed->has_failed = true;
	if (feed->in_flight > 0 || feed->stage == FEED_IDLE)
		return;
	if (feed->has_failed)
		fail_round(desk, feed);
	else if (feed->pending_size < feed->target.size)
		offer(desk, channel,
		      call->member); /* again, from the size that it named */
}
