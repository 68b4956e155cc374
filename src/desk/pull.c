/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a peer for what it holds: its own log, what it shows of this desk's log, and any
 * log of which this desk lacks entries that somebody named. So who can't be reached still
 * gets everything, and any member may hand on another's entries: they prove themselves.
 * One request at a time.
 *
 * For each log of a round: checkpoint, then the hashes of what is new (compared with the
 * checkpoint's root before an entry is kept), entries, bodies, attachments; then this
 * desk's own cosignature is carried back. Source: aldis.md 8.1, 8.5.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

enum pull_phase {
	PULL_CHECKPOINT,
	PULL_TILES,
	PULL_PROBE, /* the other history, from its first leaf */
	PULL_ENTRIES,
	PULL_BODIES,
	PULL_BODY, /* one by its id, from a desk that does not serve them packed */
	PULL_ATTACHMENT,
	PULL_CARRY,
	PULL_SHOW, /* the peer waits to be shown its own log */
};

enum {
	OWN_LEAVES_MAX = 8 * 1024 * 1024, /* of a recovery */
	LEAVES_MAX = 2 * 1024 * 1024,
	PROBE_PAUSE_MS = 3600 * 1000, /* after one that found nothing */
	REFUSALS_MAX = 16, /* attachments that a peer has not, asked for in one round */
};

struct pull {
	struct log **logs; /* of this round */
	size_t log_count, log_cap, at;
	enum pull_phase phase;
	struct tlog_checkpoint checkpoint;
	struct buf note;                /* as served, with all lines */
	struct tlog_checkpoint settled; /* the log's newest when the leaves were compared
	                                   with it */
	uint64_t held;                  /* entries of the log, all of this history */
	uint64_t first;                 /* leaf of leaves[0] */
	struct hash *leaves; /* hashes that the checkpoint's root vouches for */
	uint64_t leaf_count;
	size_t leaf_cap;
	struct record_blob_ref wanted; /* PULL_BODY, PULL_ATTACHMENT */
	uint64_t wanted_index;         /* PULL_ATTACHMENT: of which entry */
	size_t wanted_nth;             /* which of its attachments */
	unsigned refusals;             /* of attachments of this log */
	bool in_flight;
	bool failed; /* the peer could not be reached */
};

void pull_free(struct pull *pull)
{
	if (!pull)
		return;
	free(pull->logs);
	free(pull->leaves);
	buf_release(&pull->note);
	free(pull);
}

void pull_soon(struct desk *desk, struct peer *peer)
{
	peer->asks_soon = true;
	if (peer->poll_ms > desk->now_ms && peer->poll_failures == 0)
		peer->poll_ms = desk->now_ms;
}

static bool is_wanted(const struct peer *peer, const struct channel *channel,
                      const struct log *log)
{
	if (channel->members[log->member].is_ended && log->lacking_count == 0 &&
	    log->body_count == log->tree.size)
		return false;
	if (log->is_own || channel->members[log->member].peer == peer)
		return true;
	return log->claim_count > 0 || log->lacking_count > 0;
}

static void collect_logs(struct desk *desk, struct peer *peer, struct pull *pull)
{
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		if (!channel->is_open || !channel_has_peer(channel, peer))
			continue;
		for (uint32_t m = 0; m < channel->member_count; m++)
			if (is_wanted(peer, channel, channel->logs[m]) &&
			    desk_grow(desk, &pull->logs, &pull->log_cap, pull->log_count,
			              sizeof *pull->logs))
				pull->logs[pull->log_count++] = channel->logs[m];
	}
	peer->asks_soon = false;
}

static void begin(struct desk *desk, struct peer *peer)
{
	struct error err;
	struct pull *pull = calloc(1, sizeof *pull);
	if (!pull) {
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return;
	}
	pull->note = BUF_INIT(TLOG_NOTE_MAX);
	peer->pull = pull;
	collect_logs(desk, peer, pull);
}

static void end(struct desk *desk, struct peer *peer)
{
	int64_t interval = desk->options.poll_ms;
	bool failed = peer->pull->failed;
	pull_free(peer->pull);
	peer->pull = NULL;
	peer->poll_failures = failed ? peer->poll_failures + 1 : 0;
	if (failed) {
		int64_t backoff = desk_backoff_ms(desk, peer->poll_failures);
		interval = backoff < interval ? backoff : interval;
	} else if (peer->asks_soon) {
		interval = 1000; /* wanted again meanwhile: soon, but never in a loop */
	}
	peer->poll_ms = desk->now_ms + interval +
	                (int64_t)desk_jitter(desk, (uint64_t)interval / 8 + 1);
}

static void next_log(struct pull *pull)
{
	pull->at++;
	pull->phase = PULL_CHECKPOINT;
	pull->leaf_count = 0;
	pull->wanted_index = pull->wanted_nth = 0;
	pull->refusals = 0;
}

static struct staged_call *ask(struct desk *desk, struct peer *peer, const char *path)
{
	struct staged_call *call = desk_stage_call(desk, CALL_PULL, peer, DESK_GET, "");
	if (!call)
		return NULL;
	snprintf(call->path, sizeof call->path, "%s", path);
	call->answer_max = 72 * 1024 * 1024;
	call->call.log = peer->pull->logs[peer->pull->at];
	call->call.channel = call->call.log->channel;
	peer->pull->in_flight = true;
	return call;
}

/* "/log/<hash>/" for the peer's own log, "/mirror/<hash>/" for others. */
static void log_path(const struct peer *peer, const struct log *log, char *ret_path,
                     size_t cap, const char *rest)
{
	bool is_peers = log->channel->members[log->member].peer == peer;
	snprintf(ret_path, cap, "/%s/%s/%s", is_peers ? "log" : "mirror",
	         log->origin_hash, rest);
}

static void ask_tile(struct desk *desk, struct peer *peer, bool is_entries,
                     uint64_t index)
{
	struct pull *pull = peer->pull;
	struct tlog_tile tile = {.is_entries = is_entries,
	                         .index = index,
	                         .width =
	                             tlog_tile_width(pull->checkpoint.size, 0, index)};
	char name[TLOG_TILE_PATH_MAX], path[256];
	tlog_tile_path(&tile, name);
	log_path(peer, pull->logs[pull->at], path, sizeof path, name);
	(void)ask(desk, peer, path);
}

static void ask_packed(struct desk *desk, struct peer *peer, uint64_t index)
{
	struct pull *pull = peer->pull;
	uint16_t width = tlog_tile_width(pull->checkpoint.size, 0, index);
	CLEANUP_BUF struct buf name = BUF_INIT(128);
	char path[256];
	buf_append_string(&name, "blobs/");
	tlog_tile_index_append(&name, index);
	if (width < TLOG_TILE_WIDTH)
		buf_printf(&name, ".p/%u", width);
	buf_append_byte(&name, 0);
	log_path(peer, pull->logs[pull->at], path, sizeof path, (const char *)name.data);
	(void)ask(desk, peer, path);
}

static void ask_blob(struct desk *desk, struct peer *peer, uint64_t index)
{
	struct pull *pull = peer->pull;
	char hex[HASH_HEX_LEN + 1], path[256];
	hash_hex(&pull->wanted.id, hex);
	snprintf(path, sizeof path, "/blob/%s/%s?entry=%" PRIu64,
	         pull->logs[pull->at]->origin_hash, hex, index);
	(void)ask(desk, peer, path);
}

/* The own log grows from outside only in a recovery. */
static bool may_grow(const struct log *log)
{
	return !log->is_own ||
	       (log->channel->state != DESK_LOG_READY && log->channel->recovering);
}

static bool post_checkpoint(struct desk *desk, struct peer *peer, uint64_t size,
                            struct view note, uint64_t carried_size)
{
	struct log *log = peer->pull->logs[peer->pull->at];
	struct tlog_add_checkpoint add = {.old_size = size, .note = note};
	struct staged_call *call = desk_stage_call(desk, CALL_CARRY, peer, DESK_POST,
	                                           "text/plain; charset=utf-8");
	if (!call)
		return false;
	snprintf(call->path, sizeof call->path, "/add-checkpoint");
	tlog_add_checkpoint_append(&call->body, &add);
	call->call.log = log;
	call->call.channel = log->channel;
	call->call.size = carried_size;
	peer->pull->in_flight = true;
	return true;
}

/* What this desk last saw of the peer's log, bare: so the peer knows that it is no
 * receipt. */
static bool show(struct desk *desk, struct peer *peer)
{
	const struct log *log = peer->pull->logs[peer->pull->at];
	return log->newest_note.len > 0 &&
	       post_checkpoint(desk, peer, log->newest.size, buf_view(&log->newest_note),
	                       0);
}

/* This desk's cosignature, for the log's owner or whoever handed the entries on. */
static bool carry(struct desk *desk, struct peer *peer)
{
	struct pull *pull = peer->pull;
	struct log *log = pull->logs[pull->at];
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX), line = BUF_INIT(1 << 14);
	uint64_t size = log->cosigned_size, found;
	if (log->is_own || size == 0 || log->carried_size >= size ||
	    log_checkpoint_at(desk, log, size, &note, NULL) != STATUS_OK ||
	    log_find_receipt(desk, log, desk->card.name.text, size - 1, &found, &line,
	                     NULL) ||
	    found != size)
		return false;
	buf_append_view(&note, buf_view(&line));
	return post_checkpoint(desk, peer, size, buf_view(&note), size);
}

/* The checkpoint is sound: keep it, whoever served it. */
static void keep_checkpoint(struct desk *desk, struct pull *pull, struct log *log)
{
	CLEANUP_BUF struct buf bare = BUF_INIT(TLOG_NOTE_MAX);
	if (log_append_own_line(log, buf_view(&pull->note), &bare))
		log_keep_checkpoint(desk, log, &pull->checkpoint, buf_view(&bare));
}

/* Entries and bodies up to the checkpoint are here. */
static void finish_log(struct desk *desk, struct pull *pull)
{
	struct log *log = pull->logs[pull->at];
	uint64_t size = log->newest.size;
	if (log->is_own) {
		if (may_grow(log))
			start_recovered(desk, log->channel);
		return;
	}
	mirror_harvest(desk, log, buf_view(&pull->note));
	if (log->tree.size < size || log->body_count < size) {
		/* its owner promised more; what others hand on counts until that comes */
		keep_checkpoint(desk, pull, log);
		size = pull->checkpoint.size;
	}
	mirror_try_cosign(desk, log, size);
}

/* What is withheld from this desk enters its copy as hashes. */
static void take_withheld(struct desk *desk, struct pull *pull, struct log *log)
{
	uint64_t end =
	    log->base < pull->checkpoint.size ? log->base : pull->checkpoint.size;
	while (log->tree.size < end && desk->failed == STATUS_OK)
		log_append_withheld(desk, log,
		                    &pull->leaves[log->tree.size - pull->first]);
}

/* Another peer has meanwhile shown another history up to here, or handed over entries:
 * these leaves were not compared with those. */
static bool is_overtaken(const struct pull *pull, const struct log *log)
{
	return log->tree.size != pull->held ||
	       (log->newest.size <= pull->checkpoint.size &&
	        (log->newest.size != pull->settled.size ||
	         !hash_equal(&log->newest.root, &pull->settled.root)));
}

/* Takes the step that is due; false when the log is done. */
static bool step(struct desk *desk, struct peer *peer)
{
	struct pull *pull = peer->pull;
	struct log *log = pull->logs[pull->at];
	char path[256];
	switch (pull->phase) {
	case PULL_CHECKPOINT:
		log_path(peer, log, path, sizeof path, "checkpoint");
		(void)ask(desk, peer, path);
		return true;
	case PULL_TILES:
	case PULL_PROBE:
		ask_tile(desk, peer, false,
		         (pull->first + pull->leaf_count) / TLOG_TILE_WIDTH);
		return true;
	case PULL_ENTRIES:
		if (log->base == UINT64_MAX)
			return false;
		if (is_overtaken(pull, log))
			return false;
		take_withheld(desk, pull, log);
		pull->held = log->tree.size;
		if (log->tree.size < pull->checkpoint.size &&
		    log->awaited == UINT64_MAX) {
			ask_tile(desk, peer, true, log->tree.size / TLOG_TILE_WIDTH);
			return true;
		}
		pull->phase = PULL_BODIES;
		return step(desk, peer);
	case PULL_BODIES:
		if (log->body_count < log->tree.size &&
		    log->body_count < pull->checkpoint.size) {
			ask_packed(desk, peer, log->body_count / TLOG_TILE_WIDTH);
			return true;
		}
		if (log->tree.size < pull->checkpoint.size) {
			pull->phase = PULL_ENTRIES; /* what governs them is known now */
			return step(desk, peer);
		}
		finish_log(desk, pull);
		pull->phase = PULL_ATTACHMENT;
		return step(desk, peer);
	case PULL_BODY:
		ask_blob(desk, peer, log->body_count);
		return true;
	case PULL_ATTACHMENT:
		if (pull->refusals < REFUSALS_MAX &&
		    attachment_next(desk, log, &pull->wanted_index, &pull->wanted_nth,
		                    &pull->wanted)) {
			ask_blob(desk, peer, pull->wanted_index);
			return true;
		}
		pull->phase = PULL_CARRY;
		return step(desk, peer);
	case PULL_CARRY:
		return carry(desk, peer);
	case PULL_SHOW:
		return show(desk, peer);
	}
	return false;
}

void pull_step(struct desk *desk, struct peer *peer)
{
	if (!peer->pull) {
		if (desk->now_ms < peer->poll_ms)
			return;
		begin(desk, peer);
	}
	while (peer->pull && !peer->pull->in_flight && desk->failed == STATUS_OK) {
		struct pull *pull = peer->pull;
		if (pull->failed || pull->at == pull->log_count)
			end(desk, peer);
		else if (!step(desk, peer))
			next_log(pull);
	}
}

static void take_checkpoint(struct desk *desk, struct pull *pull, struct log *log,
                            const struct desk_answer *answer)
{
	pull->phase = answer->http_status == 503 ? PULL_SHOW : PULL_ATTACHMENT;
	if (answer->http_status != 200)
		return;
	if (log_open_shown(log, answer->body, &pull->checkpoint, NULL) != STATUS_OK) {
		next_log(pull);
		return;
	}
	buf_clear(&pull->note);
	buf_append_view(&pull->note, answer->body);
	if (!log->is_own && pull->checkpoint.size <= log->tree.size &&
	    !evidence_compare(desk, log, &pull->checkpoint, answer->body)) {
		next_log(pull);
		return;
	}
	if (log->is_own)
		mirror_harvest(desk, log, answer->body);
	if (log->is_own)
		start_take_shown(desk, log->channel, &pull->checkpoint, "a member");
	if (!may_grow(log))
		return;
	if (pull->checkpoint.size > log->tree.size) {
		pull->phase = PULL_TILES;
		pull->first = log->tree.size;
		pull->leaf_count = 0;
	} else if (pull->checkpoint.size > log->body_count ||
	           pull->checkpoint.size > log->cosigned_size) {
		pull->phase = PULL_BODIES;
	} else {
		mirror_harvest(desk, log, answer->body);
	}
}

/* The root of what is held and the new leaves behind it; of the leaves alone in a probe.
 */
static struct hash root_with_leaves(const struct pull *pull, const struct log *log,
                                    bool probes)
{
	struct tlog_tree tree = log->tree;
	if (probes)
		tlog_tree_init(&tree);
	for (uint64_t i = 0; i < pull->leaf_count; i++)
		tlog_tree_append(&tree, &pull->leaves[i], NULL, NULL);
	return tlog_tree_root(&tree);
}

/* A reader of nodes over the leaves of a probe. */
static enum status probe_node(void *context, unsigned level, uint64_t index,
                              struct hash *ret_node, struct error *err)
{
	const struct pull *pull = context;
	uint64_t first = index << level, end = (index + 1) << level;
	struct tlog_tree tree;
	if (end > pull->leaf_count)
		return error_set(err, STATUS_NOT_FOUND, "no such node");
	tlog_tree_init(&tree);
	for (uint64_t i = first; i < end; i++)
		tlog_tree_append(&tree, &pull->leaves[i], NULL, NULL);
	*ret_node = tlog_tree_root(&tree);
	return STATUS_OK;
}

/* All leaves of the other history are here and are what its owner signed: at the size of
 * the own newest checkpoint it has another root, or there is no fork. */
static void judge_probe(struct desk *desk, struct pull *pull, struct log *log)
{
	CLEANUP_BUF struct buf held_note = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_proof proof;
	struct hash other, held;
	uint64_t size;
	struct error err;
	struct hash root = root_with_leaves(pull, log, true);
	if (!hash_equal(&root, &pull->checkpoint.root) ||
	    !evidence_find_held(desk, log, 1, &size, &held_note) ||
	    size > pull->checkpoint.size)
		return; /* the peer served something that nobody signed */
	if (!desk_did(desk, log_root_at(desk, log, size, &held, &err), &err) ||
	    tlog_subtree_root(0, size, probe_node, pull, &other, NULL) != STATUS_OK ||
	    hash_equal(&other, &held) ||
	    tlog_proof_consistency(size, pull->checkpoint.size, probe_node, pull, &proof,
	                           NULL) != STATUS_OK)
		return;
	evidence_keep(desk, log, buf_view(&held_note), buf_view(&pull->note), &other,
	              &proof);
	log->claim_count = 0;
}

/* What is held and the new leaves behind it. */
struct grown {
	struct desk *desk;
	struct log *log;
	const struct pull *pull;
};

static enum status grown_node(void *context, unsigned level, uint64_t index,
                              struct hash *ret_node, struct error *err)
{
	struct grown *grown = context;
	const struct pull *pull = grown->pull;
	struct log_reader held = {grown->desk, grown->log};
	struct hash left, right;
	if ((index + 1) << level <= pull->first)
		return log_read_node(&held, level, index, ret_node, err);
	if (level == 0 && index - pull->first < pull->leaf_count) {
		*ret_node = pull->leaves[index - pull->first];
		return STATUS_OK;
	}
	if (level == 0)
		return error_set(err, STATUS_NOT_FOUND, "no such node");
	TRY(grown_node(context, level - 1, 2 * index, &left, err));
	TRY(grown_node(context, level - 1, 2 * index + 1, &right, err));
	*ret_node = tlog_node_hash(&left, &right);
	return STATUS_OK;
}

/* A checkpoint beyond what was held must be of the history that comes now. */
static void compare_pending(struct desk *desk, struct pull *pull, struct log *log)
{
	struct grown grown = {desk, log, pull};
	struct tlog_proof proof;
	struct hash root;
	struct error err;
	uint64_t size = log->newest.size;
	if (log->is_own || size <= pull->first || size > pull->checkpoint.size)
		return;
	if (!desk_did(desk, tlog_subtree_root(0, size, grown_node, &grown, &root, &err),
	              &err) ||
	    hash_equal(&root, &log->newest.root) ||
	    !desk_did(desk,
	              tlog_proof_consistency(size, pull->checkpoint.size, grown_node,
	                                     &grown, &proof, &err),
	              &err))
		return;
	evidence_keep(desk, log, buf_view(&log->newest_note), buf_view(&pull->note),
	              &root, &proof);
	log_forget_pending(desk, log);
}

static void take_tile(struct desk *desk, struct peer *peer, struct log *log,
                      const struct desk_answer *answer)
{
	struct pull *pull = peer->pull;
	bool probes = pull->phase == PULL_PROBE;
	uint64_t at = pull->first + pull->leaf_count;
	uint64_t base = at - at % TLOG_TILE_WIDTH;
	uint16_t width =
	    tlog_tile_width(pull->checkpoint.size, 0, base / TLOG_TILE_WIDTH);
	if (answer->http_status != 200 ||
	    answer->body.len != width * sizeof(struct hash) ||
	    pull->leaf_count + width > (log->is_own ? OWN_LEAVES_MAX : LEAVES_MAX)) {
		next_log(pull);
		return;
	}
	for (uint64_t i = at - base; i < width; i++) {
		if (!desk_grow(desk, &pull->leaves, &pull->leaf_cap, pull->leaf_count,
		               sizeof *pull->leaves))
			return;
		memcpy(pull->leaves[pull->leaf_count++].bytes, answer->body.data + i * 32,
		       32);
	}
	if (pull->first + pull->leaf_count < pull->checkpoint.size)
		return;
	if (probes) {
		judge_probe(desk, pull, log);
		peer->probe_ms = desk->now_ms + PROBE_PAUSE_MS;
		next_log(pull);
		return;
	}
	if (log->tree.size != pull->first) { /* it grew from elsewhere meanwhile */
		next_log(pull);
		return;
	}
	struct hash root = root_with_leaves(pull, log, false);
	if (hash_equal(&root, &pull->checkpoint.root)) {
		compare_pending(desk, pull, log);
		if (pull->checkpoint.size > log->newest.size)
			keep_checkpoint(desk, pull, log);
		pull->settled = log->newest;
		pull->held = log->tree.size;
		pull->phase = PULL_ENTRIES;
	} else if (log->is_own || log->is_equivocating || pull->first == 0 ||
	           desk->now_ms < peer->probe_ms) {
		next_log(pull);
	} else { /* a fork, or a peer that serves nonsense: look at its whole history */
		pull->phase = PULL_PROBE;
		pull->first = 0;
		pull->leaf_count = 0;
	}
}

static void take_bundle(struct desk *desk, struct pull *pull, struct log *log,
                        const struct desk_answer *answer)
{
	uint64_t index = log->tree.size - log->tree.size % TLOG_TILE_WIDTH;
	struct reader reader = reader_of(answer->body);
	struct view entry;
	uint64_t before = log->tree.size;
	bool is_good = answer->http_status == 200 && !is_overtaken(pull, log);
	while (is_good && tlog_bundle_next(&reader, &entry)) {
		uint64_t at = index++;
		if (at < log->tree.size)
			continue;
		struct hash leaf = tlog_leaf_hash(entry);
		if (at < pull->first || at - pull->first >= pull->leaf_count ||
		    !hash_equal(&leaf, &pull->leaves[at - pull->first]) ||
		    !term_may_begin(desk, log, entry, at))
			break;
		if (log->awaited == UINT64_MAX)
			mirror_save_entry(desk, log, entry, &leaf);
	}
	if (is_good)
		pull->held = log->tree.size;
	evidence_settle(desk, log);
	if (log->tree.size == before)
		next_log(pull);
}

/* Does this blob belong to the next entry without a body? Appends it when it does. */
static bool offer_body(struct desk *desk, struct log *log, struct view blob)
{
	struct hash missing;
	size_t count = 0;
	struct error err;
	uint64_t index = log->body_count;
	mirror_take_bodies(desk, log);
	if (log->body_count > index)
		return true;
	if (!desk_did(
	        desk,
	        mirror_missing_bodies(desk, log, index + 1, &missing, 1, &count, &err),
	        &err) ||
	    count == 0 || blob.len == 0)
		return false;
	struct hash id = sha256(blob);
	if (!hash_equal(&id, &missing) ||
	    blob.len != desk->envelope.body.size + RECORD_SALT_LEN)
		return false;
	if (!mirror_accept_body(desk, log, blob))
		return false;
	desk_ride(desk);
	return true;
}

static void take_packed(struct desk *desk, struct pull *pull, struct log *log,
                        const struct desk_answer *answer)
{
	uint64_t before = log->body_count;
	if (answer->http_status == 200)
		mirror_take_packed(desk, log, before - before % TLOG_TILE_WIDTH,
		                   answer->body);
	if (log->body_count > before || log->body_count >= log->tree.size)
		return;
	size_t count = 0;
	struct error err;
	if (!desk_did(desk,
	              mirror_missing_bodies(desk, log, before + 1, &pull->wanted.id, 1,
	                                    &count, &err),
	              &err) ||
	    count == 0) {
		next_log(pull);
		return;
	}
	pull->phase = PULL_BODY;
}

static void take_body(struct desk *desk, struct pull *pull, struct log *log,
                      const struct desk_answer *answer)
{
	if (answer->http_status != 200 || !offer_body(desk, log, answer->body))
		next_log(pull);
	else
		pull->phase = PULL_BODIES;
}

static void take_attachment(struct desk *desk, struct pull *pull, struct log *log,
                            const struct desk_answer *answer)
{
	pull->wanted_nth++;
	if (answer->http_status != 200 ||
	    !attachment_take(desk, log, &pull->wanted, answer->body))
		pull->refusals++; /* another member may have it */
}

void pull_take_answer(struct desk *desk, const struct call *call,
                      const struct desk_answer *answer)
{
	struct pull *pull = call->peer->pull;
	struct log *log = call->log;
	if (!pull)
		return;
	pull->in_flight = false;
	if (answer->outcome != STATUS_OK) {
		pull->failed = true;
		return;
	}
	if (call->kind == CALL_CARRY) {
		if (answer->http_status == 200 && log->carried_size < call->size)
			log->carried_size = call->size;
		next_log(pull);
		return;
	}
	switch (pull->phase) {
	case PULL_CHECKPOINT:
		take_checkpoint(desk, pull, log, answer);
		break;
	case PULL_TILES:
	case PULL_PROBE:
		take_tile(desk, call->peer, log, answer);
		break;
	case PULL_ENTRIES:
		take_bundle(desk, pull, log, answer);
		break;
	case PULL_BODIES:
		take_packed(desk, pull, log, answer);
		break;
	case PULL_BODY:
		take_body(desk, pull, log, answer);
		break;
	case PULL_ATTACHMENT:
		take_attachment(desk, pull, log, answer);
		break;
	case PULL_CARRY:
	case PULL_SHOW:
		break;
	}
}
