/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receiving side of the link: add-checkpoint, add-entries, add-blobs. What a member
 * signed is kept whether it makes sense or not; what it did not sign, or contradicts what
 * it signed before, changes nothing. Sources: c2sp.org/tlog-mirror, aldis.md 2.8, 3.1, 8.
 */
#include "desk/state.h"

#include <inttypes.h>

enum {
	REUPLOAD_MAX = 8 * 256,      /* entries sent again that are put up with */
	LACKING_LOOK_MAX = 32 * 256, /* entries looked at for bodies that are missing */
};

static bool find_staged(struct desk *desk, const struct log *log, const struct hash *id,
                        struct view *ret_blob, struct staging **ret_staging)
{
	const struct peer *owner = log->channel->members[log->member].peer;
	if (owner && (*ret_staging = owner->staging) &&
	    staging_get(*ret_staging, log->number, id, ret_blob))
		return true;
	for (size_t p = 0; p < desk->peer_count; p++) {
		*ret_staging = desk->peers[p]->staging;
		if (*ret_staging && staging_get(*ret_staging, log->number, id, ret_blob))
			return true;
	}
	return false;
}

bool mirror_accept_body(struct desk *desk, struct log *log, struct view blob)
{
	if (!term_take_body(desk, log, log->body_count, blob))
		return false;
	if (blob.len >= RECORD_SALT_LEN)
		signal_take_body(desk, log, log->body_count, record_blob_content(blob));
	log_append_body(desk, log, blob);
	return true;
}

/* Appends the body of the next entry without one, if it has none or it is at hand. */
static bool take_body(struct desk *desk, struct log *log, bool is_wellformed,
                      const struct record_envelope *envelope)
{
	struct staging *staging;
	struct view blob;
	if (!is_wellformed || !envelope->has_body) {
		log_append_body(desk, log, view_of("", 0));
		return true;
	}
	if (!find_staged(desk, log, &envelope->body.id, &blob, &staging) ||
	    blob.len != envelope->body.size + RECORD_SALT_LEN)
		return false;
	struct hash id = envelope->body.id;
	if (!mirror_accept_body(desk, log, blob))
		return false;
	staging_drop(staging, log->number, &id);
	return true;
}

static bool judge(struct desk *desk, const struct log *log, struct view entry,
                  uint64_t index, struct error *err)
{
	return term_judge(desk, log, entry, index, err) == STATUS_OK;
}

/* An own entry came back in a recovery: what it named must not be named smaller again. */
static void recall_named(struct channel *channel, const struct record_envelope *envelope)
{
	for (size_t i = 0; i < envelope->seen_count; i++) {
		size_t m = channel_member(channel, envelope->seen[i].desk.text);
		if (m == SIZE_MAX || envelope->seen[i].size <= channel->members[m].offset)
			continue;
		uint64_t size = envelope->seen[i].size - channel->members[m].offset;
		if (channel->members[m].named_size < size)
			channel->members[m].named_size = size;
	}
	channel_own_log(channel)->row_is_dirty = true;
}

void mirror_save_entry(struct desk *desk, struct log *log, struct view entry,
                       const struct hash *leaf)
{
	uint64_t index = log->tree.size;
	const struct record_envelope *envelope = &desk->envelope;
	if (index < log->base) { /* whoever hands it on: it is not for this desk */
		log_append_withheld(desk, log, leaf);
		return;
	}
	bool is_wellformed = judge(desk, log, entry, index, NULL);
	uint8_t salt[RECORD_SALT_LEN];
	memcpy(salt, envelope->salt, sizeof salt);
	log_append(desk, log, entry, leaf);
	if (log->is_own && is_wellformed) {
		recall_named(log->channel, envelope);
		signal_take_own(desk, log->channel, envelope);
		watch_note_own(desk, log->channel, envelope->kind, index);
	}
	desk->counters.entries_in++;
	if (is_wellformed)
		term_note(log, envelope, index);
	else
		desk->counters.malformed++;
	if (is_wellformed && envelope->attachment_count > 0)
		attachment_note(desk, log, index);
	if (is_wellformed && strcmp(envelope->kind, "check") == 0)
		watch_note_check(desk, log, envelope->sent_s);
	if (is_wellformed)
		evidence_check_seen(desk, log, envelope);
	if (log->body_count == index)
		(void)take_body(desk, log, is_wellformed, envelope);
	/* from here on the envelope may be another one */
	if (is_wellformed && log->is_own)
		outbox_forget(desk, log->channel, salt, log_id_index(log, index));
}

/* A walk over held entries, each judged; the function says whether to go on. */
struct judged_walk {
	struct desk *desk;
	struct log *log;
	bool (*fn)(struct desk *, struct log *, bool, uint64_t, void *);
	void *context;
};

static enum status judge_next(void *context, uint64_t index, struct view entry,
                              struct error *err)
{
	struct judged_walk *walk = context;
	bool is_wellformed = judge(walk->desk, walk->log, entry, index, NULL);
	return walk->fn(walk->desk, walk->log, is_wellformed, index, walk->context)
	           ? STATUS_OK
	           : STATUS_CLOSED;
}

static enum status
walk_entries(struct desk *desk, struct log *log, uint64_t first, uint64_t end,
             bool (*fn)(struct desk *, struct log *, bool, uint64_t, void *),
             void *context, struct error *err)
{
	struct judged_walk walk = {desk, log, fn, context};
	return log_walk(desk, log, first, end, judge_next, &walk, err);
}

static bool take_next_body(struct desk *desk, struct log *log, bool is_wellformed,
                           uint64_t index, void *context)
{
	return take_body(desk, log, is_wellformed, &desk->envelope);
}

void mirror_take_bodies(struct desk *desk, struct log *log)
{
	struct error err;
	uint64_t before = log->body_count;
	desk_fail(desk,
	          walk_entries(desk, log, log->body_count, log->tree.size, take_next_body,
	                       NULL, &err),
	          &err);
	if (log->body_count > before)
		desk_ride(desk);
}

struct pack {
	struct reader reader;
	uint64_t next; /* the entry whose body it gives next */
};

static bool take_packed_body(struct desk *desk, struct log *log, bool is_wellformed,
                             uint64_t index, void *context)
{
	struct pack *pack = context;
	const struct record_envelope *envelope = &desk->envelope;
	struct view blob = {0};
	for (; pack->next <= index; pack->next++)
		if (!reader_u32_bytes(&pack->reader, &blob))
			blob = (struct view){0};
	if (!is_wellformed || !envelope->has_body ||
	    record_blob_check(blob, &envelope->body, NULL) != STATUS_OK)
		return take_body(desk, log, is_wellformed, envelope);
	return mirror_accept_body(desk, log, blob);
}

void mirror_take_packed(struct desk *desk, struct log *log, uint64_t first,
                        struct view packed)
{
	struct pack pack = {.reader = reader_of(packed), .next = first};
	struct error err;
	uint64_t before = log->body_count, end = first + TLOG_TILE_WIDTH;
	if (end > log->tree.size)
		end = log->tree.size;
	desk_fail(desk,
	          walk_entries(desk, log, before, end, take_packed_body, &pack, &err),
	          &err);
	if (log->body_count > before)
		desk_ride(desk);
}

struct missing {
	struct hash *ids;
	size_t cap, count;
};

static bool note_missing(struct desk *desk, struct log *log, bool is_wellformed,
                         uint64_t index, void *context)
{
	struct missing *missing = context;
	struct staging *staging;
	struct view blob;
	const struct record_envelope *envelope = &desk->envelope;
	if (!is_wellformed || !envelope->has_body ||
	    find_staged(desk, log, &envelope->body.id, &blob, &staging))
		return true;
	missing->ids[missing->count++] = envelope->body.id;
	return missing->count < missing->cap;
}

enum status mirror_missing_bodies(struct desk *desk, struct log *log, uint64_t size,
                                  struct hash *ret_ids, size_t cap, size_t *ret_count,
                                  struct error *err)
{
	struct missing missing = {.ids = ret_ids, .cap = cap};
	if (size > log->tree.size)
		size = log->tree.size;
	if (size > log->body_count + LACKING_LOOK_MAX)
		size = log->body_count + LACKING_LOOK_MAX;
	TRY(walk_entries(desk, log, log->body_count, size, note_missing, &missing, err));
	*ret_count = missing.count;
	return STATUS_OK;
}

void mirror_try_cosign(struct desk *desk, struct log *log, uint64_t size)
{
	if (log->is_own || log->newest_note.len == 0 || log->tree.size < size ||
	    log->body_count < size || (log->guard.is_known && log->guard.size > size) ||
	    size <= log->cosigned_size || (log->base > 0 && size <= log->base))
		return;
	log->wants_cosign = true;
	log->cosign_size = size;
	/* what was cosigned before a crash is made again with its time, byte for byte */
	log->cosign_time_s =
	    log->guard.is_known && log->guard.size == size ? 0 : desk->now_ms / 1000;
	desk->must_commit = true;
}

static struct log *find_log(struct desk *desk, struct view origin,
                            const struct peer *peer)
{
	struct log *log = log_by_origin(desk, origin);
	return log && channel_has_peer(log->channel, peer) &&
	               !log->channel->members[log->member].is_ended
	           ? log
	           : NULL;
}

/* Of the own log, one that the store lacks (an older backup was put back): the receipts
 * over it stand on it. */
static void keep_own_checkpoint(struct desk *desk, struct log *log, struct view note,
                                const struct tlog_checkpoint *checkpoint)
{
	CLEANUP_BUF struct buf canonical = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_checkpoint signed_one;
	struct error err;
	struct hash root;
	enum status status =
	    log_checkpoint_at(desk, log, checkpoint->size, &canonical, &err);
	if (status == STATUS_OK || checkpoint->size > log->tree.size ||
	    log_open_checkpoint(log, note, &signed_one, NULL) != STATUS_OK ||
	    !desk_did(desk, log_root_at(desk, log, checkpoint->size, &root, &err),
	              &err) ||
	    !hash_equal(&root, &checkpoint->root))
		return;
	buf_clear(&canonical);
	(void)log_append_own_line(log, note, &canonical);
	log_keep_checkpoint(desk, log, checkpoint, buf_view(&canonical));
}

/* Is it the newest that the owner signed, or one of what is held? */
static bool is_of_history(struct desk *desk, struct log *log,
                          const struct tlog_checkpoint *checkpoint)
{
	struct hash root = log->newest.root;
	struct error err;
	if (checkpoint->size != log->newest.size &&
	    (checkpoint->size > log->tree.size ||
	     !desk_did(desk, log_root_at(desk, log, checkpoint->size, &root, &err),
	               &err)))
		return false;
	return hash_equal(&root, &checkpoint->root);
}

/* Which member's mirror key a signature line names; SIZE_MAX: none. */
static size_t find_mirror(const struct channel *channel, struct view whole)
{
	static const char suffix[] = "/mirror";
	struct tlog_note_line line;
	char name[RECORD_NAME_MAX + sizeof suffix];
	if (tlog_note_line_parse(whole, &line, NULL) != STATUS_OK ||
	    !view_copy_string(line.name, name, sizeof name) || !strstr(name, suffix))
		return SIZE_MAX;
	*strstr(name, suffix) = '\0';
	size_t m = channel_member(channel, name);
	if (m == SIZE_MAX ||
	    !key_ring_find(&channel->members[m].mirror_keys, line.name, line.id))
		return SIZE_MAX;
	return m;
}

/* A receipt of one member for the log of another, if it is new. */
static void keep_receipt(struct desk *desk, struct log *log, uint32_t m, struct view text,
                         uint64_t size, struct view line)
{
	CLEANUP_BUF struct buf held = BUF_INIT(1 << 14);
	const char *name = log->channel->members[m].name.text;
	struct error err;
	uint64_t found, time_s;
	if (size > 0 &&
	    log_find_receipt(desk, log, name, size - 1, &found, &held, NULL) ==
	        STATUS_OK &&
	    found == size)
		return;
	if (!key_ring_verify_line(&log->channel->members[m].mirror_keys, text, line,
	                          &time_s))
		return;
	desk_fail(desk,
	          log_put_receipt(desk, log, name, size, (int64_t)time_s, line, &err),
	          &err);
	desk_ride(desk);
}

/* Receipts that came with a checkpoint: lines of members other than the log's owner. */
void mirror_harvest(struct desk *desk, struct log *log, struct view note)
{
	struct tlog_note parsed;
	struct tlog_checkpoint checkpoint;
	struct channel *channel = log->channel;
	bool is_seen[RECORD_MEMBERS_MAX] = {false};
	if (tlog_note_parse(note, &parsed, NULL) != STATUS_OK || parsed.line_count < 2 ||
	    tlog_checkpoint_decode(parsed.text, &checkpoint, NULL) != STATUS_OK)
		return;
	if (log->is_own)
		keep_own_checkpoint(desk, log, note, &checkpoint);
	else if (!is_of_history(desk, log, &checkpoint))
		return;
	struct view rest = parsed.lines, whole;
	while (view_take_line(&rest, &whole)) {
		size_t m = find_mirror(channel, whole);
		if (m == SIZE_MAX || m == log->member || m == channel->own || is_seen[m])
			continue;
		is_seen[m] = true;
		if (log->is_own)
			feed_take_receipt(desk, channel, (uint32_t)m, parsed.text, whole);
		else
			keep_receipt(desk, log, (uint32_t)m, parsed.text, checkpoint.size,
			             whole);
	}
	if (!log->is_own)
		witness_line_harvest(desk, log, &parsed, &checkpoint);
}

static void reply_size(struct desk *desk, uint64_t request, uint64_t size)
{
	struct staged_reply *reply = desk_stage_reply(desk, request, 409, TLOG_TYPE_SIZE);
	desk->counters.stale_sizes++;
	if (reply)
		buf_printf(&reply->body, "%" PRIu64 "\n", size);
}

static void refuse(struct desk *desk, uint64_t request, int status, const char *why)
{
	desk->counters.refused++;
	desk_reply_text(desk, request, status, why);
}

static void take_checkpoint(struct desk *desk, uint64_t request, struct log *log,
                            const struct tlog_add_checkpoint *add,
                            const struct tlog_checkpoint *checkpoint)
{
	CLEANUP_BUF struct buf canonical = BUF_INIT(TLOG_NOTE_MAX);
	const struct tlog_checkpoint *known = &log->newest;
	(void)log_append_own_line(log, add->note, &canonical);
	if (checkpoint->size == known->size &&
	    !hash_equal(&checkpoint->root, &known->root) && log->newest_note.len > 0) {
		evidence_keep(desk, log, buf_view(&canonical),
		              buf_view(&log->newest_note), &known->root,
		              &(struct tlog_proof){0});
		refuse(desk, request, 422,
		       "two checkpoints of one size with different roots");
		return;
	}
	if (checkpoint->size <= log->tree.size)
		(void)evidence_compare(desk, log, checkpoint, buf_view(&canonical));
	if (add->old_size != known->size) {
		reply_size(desk, request, known->size);
		return;
	}
	if (tlog_proof_verify_consistency(&add->proof, known->size, &known->root,
	                                  checkpoint->size, &checkpoint->root,
	                                  NULL) != STATUS_OK) {
		refuse(desk, request, 422, "the consistency proof does not hold");
		return;
	}
	if (checkpoint->size > known->size || log->newest_note.len == 0)
		log_keep_checkpoint(desk, log, checkpoint, buf_view(&canonical));
	mirror_harvest(desk, log, add->note);
	desk_reply_text(desk, request, 200, "");
}

/* A member shows this desk its own log, and perhaps carries receipts back. */
static void take_own_checkpoint(struct desk *desk, uint64_t request, struct peer *peer,
                                struct log *log, struct view note,
                                const struct tlog_checkpoint *checkpoint)
{
	struct channel *channel = log->channel;
	struct tlog_note parsed;
	/* a receipt that is carried back may be older than what the member knows by now;
	   only a bare checkpoint is the newest that it knows */
	bool is_bare =
	    tlog_note_parse(note, &parsed, NULL) == STATUS_OK && parsed.line_count == 1;
	start_take_shown(desk, channel, checkpoint, peer->card.name.text);
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (is_bare && channel->members[m].peer == peer &&
		    channel->members[m].show.in_flight == 0)
			channel->members[m].show.state = SHOW_DONE;
	mirror_harvest(desk, log, note);
	desk_reply_text(desk, request, 200, "");
}

static void add_checkpoint(struct desk *desk, const struct desk_request *request,
                           struct peer *peer)
{
	struct tlog_add_checkpoint add;
	struct tlog_checkpoint checkpoint;
	struct tlog_note note;
	const struct tlog_vkey *key;
	struct view rest, origin;
	if (tlog_add_checkpoint_parse(request->body, &add, NULL) != STATUS_OK ||
	    tlog_note_parse(add.note, &note, NULL) != STATUS_OK) {
		refuse(desk, request->id, 400, "not an add-checkpoint request");
		return;
	}
	rest = note.text;
	struct log *log =
	    view_take_line(&rest, &origin) ? find_log(desk, origin, peer) : NULL;
	if (!log) {
		refuse(desk, request->id, 404, "no such log here");
		return;
	}
	if (log_verify_note(log, &note, &key, NULL) != STATUS_OK) {
		refuse(desk, request->id, 403, "not signed by the log's key");
		return;
	}
	if (tlog_checkpoint_decode(note.text, &checkpoint, NULL) != STATUS_OK ||
	    add.old_size > checkpoint.size) {
		refuse(desk, request->id, 400, "not a checkpoint, or older than `old`");
		return;
	}
	if (!log_key_counts(log, key, checkpoint.size)) {
		refuse(desk, request->id, 403, "signed by a key that was replaced");
		return;
	}
	if (!tlog_checkpoint_check_empty(&checkpoint))
		refuse(desk, request->id, 422, "an empty tree has one root");
	else if (log->is_own)
		take_own_checkpoint(desk, request->id, peer, log, add.note, &checkpoint);
	else
		take_checkpoint(desk, request->id, log, &add, &checkpoint);
}

static void reply_info(struct desk *desk, uint64_t request, int status,
                       const struct log *log)
{
	struct tlog_mirror_info info = {.pending_size = log->newest.size,
	                                .next_entry = log->tree.size};
	struct staged_reply *reply =
	    desk_stage_reply(desk, request, status, TLOG_TYPE_MIRROR_INFO);
	if (status == 409)
		desk->counters.stale_sizes++;
	if (reply)
		tlog_mirror_info_append(&reply->body, &info);
}

/* The root of the package's subtree: what is held of it, and its entries behind. */
static enum status package_node(struct desk *desk, struct log *log,
                                const struct tlog_package *package,
                                struct hash *ret_leaves, struct hash *ret_node,
                                struct error *err)
{
	uint64_t base = package->start - package->start % TLOG_TILE_WIDTH;
	struct tlog_tree tree;
	struct view entry;
	size_t held = (size_t)(package->start - base), at = held;
	if (held > 0) {
		CLEANUP_BUF struct buf hashes =
		    BUF_INIT(TLOG_TILE_WIDTH * sizeof(struct hash));
		TRY(log_read_tile(desk, log, 0, base / TLOG_TILE_WIDTH, (unsigned)held,
		                  &hashes, err));
		memcpy(ret_leaves, hashes.data, hashes.len);
	}
	struct reader reader = reader_of(package->entries);
	while (at < TLOG_TILE_WIDTH && tlog_bundle_next(&reader, &entry))
		ret_leaves[at++] = tlog_leaf_hash(entry);
	if (base + at != package->end)
		return error_set(err, STATUS_MALFORMED, "the package is cut short");
	tlog_tree_init(&tree);
	for (size_t i = 0; i < at; i++)
		tlog_tree_append(&tree, &ret_leaves[i], NULL, NULL);
	*ret_node = tlog_tree_root(&tree);
	return STATUS_OK;
}

static enum status take_package(struct desk *desk, struct log *log,
                                const struct tlog_package *package, struct error *err)
{
	struct hash leaves[TLOG_TILE_WIDTH], node;
	uint64_t base = package->start - package->start % TLOG_TILE_WIDTH;
	struct view entry;
	TRY(package_node(desk, log, package, leaves, &node, err));
	TRY(tlog_proof_verify_subtree(&package->proof, base, package->end,
	                              log->newest.size, &node, &log->newest.root, err));
	struct reader reader = reader_of(package->entries);
	for (uint64_t index = package->start; tlog_bundle_next(&reader, &entry);
	     index++) {
		if (index < log->tree.size || log->awaited != UINT64_MAX)
			continue;
		if (!term_may_begin(desk, log, entry, index))
			return error_set(err, STATUS_MALFORMED,
			                 "more is withheld than may be");
		mirror_save_entry(desk, log, entry, &leaves[index - base]);
	}
	return STATUS_OK;
}

/* Takes the packages; how far it came is in *ret_reached. 0: go on, else the status to
 * answer. */
static int take_packages(struct desk *desk, struct log *log, struct tlog_add_entries *add,
                         uint64_t *ret_reached)
{
	uint64_t at = add->start;
	while (at < add->end) {
		struct tlog_package package;
		enum status status = tlog_add_entries_next(add, at, &package, NULL);
		if (status == STATUS_CLOSED)
			break;
		if (status != STATUS_OK)
			return 400;
		if (package.end > log->tree.size &&
		    take_package(desk, log, &package, NULL) != STATUS_OK)
			return 422;
		at = package.end;
		if (log->awaited != UINT64_MAX)
			break;
	}
	*ret_reached = at;
	return at == add->start && add->start < add->end ? 400 : 0;
}

static void reply_missing(struct desk *desk, uint64_t request, struct log *log)
{
	struct hash ids[RECORD_MISSING_BLOBS_MAX];
	size_t count = 0;
	struct error err;
	if (!desk_did(desk,
	              mirror_missing_bodies(desk, log, log->newest.size, ids,
	                                    RECORD_MISSING_BLOBS_MAX, &count, &err),
	              &err))
		return;
	struct staged_reply *reply =
	    desk_stage_reply(desk, request, 424, RECORD_TYPE_BLOBS);
	for (size_t i = 0; reply && i < count; i++)
		record_missing_blobs_append(&reply->body, &ids[i]);
}

/* The same cosignature again, with a fresh time. */
static void cosign_again(struct desk *desk, uint64_t request, struct log *log)
{
	struct staged_reply *reply = desk_stage_reply(desk, request, 503, NULL);
	if (!reply)
		return;
	reply->cosign_log = log;
	reply->cosign_size = log->cosigned_size;
	if (log->wants_cosign) /* something newer is being cosigned in this turn anyway */
		return;
	log->wants_cosign = true;
	log->cosign_size = log->cosigned_size;
	log->cosign_time_s = desk->now_ms / 1000;
}

/* All entries are here: a cosignature, or what keeps it from being made. */
static void complete(struct desk *desk, uint64_t request, struct log *log,
                     const struct peer *peer)
{
	if (log->body_count < log->newest.size)
		mirror_take_bodies(desk, log);
	if (log->body_count < log->newest.size) {
		reply_missing(desk, request, log);
		return;
	}
	mirror_try_cosign(desk, log, log->newest.size);
	if (!log->wants_cosign && log->newest.size == log->cosigned_size) {
		cosign_again(desk, request, log);
		return;
	}
	struct staged_reply *reply = desk_stage_reply(desk, request, 503, NULL);
	if (!reply)
		return;
	reply->cosign_log = log;
	reply->cosign_size = log->newest.size;
	if (peer == log->channel->members[log->member].peer)
		log->carried_size = log->newest.size;
}

/* Does the owner begin where this desk became a member, or show all? (aldis.md 6.4) */
static bool begins_history(struct desk *desk, const struct tlog_add_entries *add)
{
	struct tlog_add_entries from = *add;
	struct tlog_package package;
	struct view entry;
	if (add->start == 0)
		return true;
	if (add->start >= add->end ||
	    tlog_add_entries_next(&from, add->start, &package, NULL) != STATUS_OK)
		return false;
	struct reader reader = reader_of(package.entries);
	return tlog_bundle_next(&reader, &entry) &&
	       record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) ==
	           STATUS_OK &&
	       strcmp(desk->envelope.kind, "charter.amend") == 0;
}

static void add_entries(struct desk *desk, const struct desk_request *request,
                        struct peer *peer)
{
	struct tlog_add_entries add;
	uint64_t reached = 0;
	if (tlog_add_entries_parse(request->body, &add, NULL) != STATUS_OK) {
		refuse(desk, request->id, 400, "not an add-entries request");
		return;
	}
	struct log *log = find_log(desk, add.origin, peer);
	if (!log || log->is_own) {
		refuse(desk, request->id, 404, "no such log here");
		return;
	}
	if (log->newest_note.len == 0) {
		refuse(desk, request->id, 422, "add a checkpoint first");
		return;
	}
	bool asks_again =
	    add.start == add.end && add.end == log->cosigned_size && add.end > 0;
	if (asks_again && log->cosigned_size < log->newest.size) {
		cosign_again(desk, request->id, log);
		return;
	}
	if (log->base == UINT64_MAX && log->channel->members[log->member].peer != peer) {
		refuse(desk, request->id, 404, "its owner has yet to show this log");
		return;
	}
	if (log->base == UINT64_MAX && add.end == log->newest.size &&
	    begins_history(desk, &add)) {
		term_take_base(desk, log, add.start);
		pull_soon(desk, peer); /* for the hashes of what is withheld */
	}
	if (log->base == UINT64_MAX || add.end != log->newest.size ||
	    add.start > log->tree.size || log->tree.size - add.start > REUPLOAD_MAX) {
		reply_info(desk, request->id, 409, log);
		return;
	}
	if (log->awaited != UINT64_MAX)
		mirror_take_bodies(desk, log);
	int refused = take_packages(desk, log, &add, &reached);
	evidence_settle(desk, log);
	if (refused != 0)
		refuse(desk, request->id, refused,
		       refused == 422 ? "a package's proof does not hold"
		                      : "a package is cut short");
	else if (log->awaited != UINT64_MAX) {
		desk->must_commit = true;
		reply_missing(desk, request->id, log);
	} else if (log->tree.size < log->newest.size) {
		desk->must_commit = true;
		reply_info(desk, request->id, 202, log);
	} else
		complete(desk, request->id, log, peer);
}

static enum status stage_blobs(struct desk *desk, struct peer *peer,
                               const struct log *log, struct record_add_blobs *add,
                               struct view body, struct error *err)
{
	struct view blob;
	enum status status;
	uint64_t room = attachment_room(log->channel);
	TRY(staging_begin(peer->staging, body, desk->now_ms, err));
	while ((status = record_add_blobs_next(add, &blob, err)) == STATUS_OK) {
		if (blob.len > RECORD_BODY_MAX + RECORD_SALT_LEN && blob.len > room)
			return STATUS_LIMIT; /* no body can be so large */
		struct hash id = sha256(blob);
		TRY(staging_put(peer->staging, log->number, &id,
		                (size_t)(blob.data - body.data), blob.len, err));
	}
	return status == STATUS_CLOSED ? STATUS_OK : status;
}

static void add_blobs(struct desk *desk, const struct desk_request *request,
                      struct peer *peer)
{
	struct record_add_blobs add;
	struct error err;
	if (record_add_blobs_parse(request->body, &add, NULL) != STATUS_OK) {
		refuse(desk, request->id, 400, "not an add-blobs request");
		return;
	}
	struct log *log = find_log(desk, add.origin, peer);
	if (!log || log->is_own) {
		refuse(desk, request->id, 404, "no such log here");
		return;
	}
	if (!peer->staging && !(peer->staging = staging_new())) {
		refuse(desk, request->id, 507, "no room for blobs");
		return;
	}
	switch (stage_blobs(desk, peer, log, &add, request->body, &err)) {
	case STATUS_OK:
		if (log->body_count < log->tree.size)
			mirror_take_bodies(desk, log);
		log->tries_lacking = true;
		desk_reply_text(desk, request->id, 200, "");
		break;
	case STATUS_MALFORMED:
		refuse(desk, request->id, 400,
		       "a blob is cut short or has no allowed size");
		break;
	default:
		refuse(desk, request->id, 507,
		       "too many blobs wait for the entries that name them");
	}
}

void mirror_take_request(struct desk *desk, const struct desk_request *request,
                         struct peer *peer)
{
	if (view_equal_string(request->path, "/add-checkpoint"))
		add_checkpoint(desk, request, peer);
	else if (view_equal_string(request->path, "/add-entries"))
		add_entries(desk, request, peer);
	else if (view_equal_string(request->path, "/add-blobs"))
		add_blobs(desk, request, peer);
	else
		refuse(desk, request->id, 404, "no such path");
}
