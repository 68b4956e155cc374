/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One log as this desk holds it: appending entries and bodies, its tree and tiles, its
 * row in the store, its checkpoints and receipts. Knows nothing of who may do what. A
 * full tile of each level is stored once; of the right edge, level 0 is hashed again from
 * the entries at load, the levels above are stored as partial tiles.
 */
#include "desk/state.h"

#include <assert.h>
#include <inttypes.h>

enum { ROW_VERSION = 2, TERMS_MAX = 4096, TILE_HEIGHT = 8 };

static void key_u32(struct buf *key, uint32_t number)
{
	buf_clear(key);
	buf_append_u32(key, number);
}

struct log *log_new(struct channel *channel, uint32_t member, uint32_t number,
                    uint32_t generation)
{
	struct log *log = calloc(1, sizeof *log);
	if (!log)
		return NULL;
	const struct record_card *card = channel->members[member].card;
	struct record_origin origin = {
	    .desk = card->name, .channel = channel->id, .generation = generation};
	record_origin_encode(&origin, log->origin);
	struct hash hash = sha256(view_of_string(log->origin));
	hash_hex(&hash, log->origin_hash);
	log->number = number;
	log->channel = channel;
	log->member = member;
	log->is_own = member == channel->own; /* not one that has ended */
	log->chunk = BUF_INIT(STORE_CHUNK_MAX * (TLOG_ENTRY_MAX + 2));
	log->body_chunk = BUF_INIT((size_t)STORE_CHUNK_MAX * (RECORD_BODY_MAX + 20));
	log->newest_note = BUF_INIT(TLOG_NOTE_MAX);
	log->cosigned_root = tlog_empty_root();
	log->end = log->awaited = UINT64_MAX;
	tlog_tree_init(&log->tree);
	log->newest.root = tlog_empty_root();
	memcpy(log->newest.origin, log->origin, strlen(log->origin) + 1);
	return log;
}

void log_free(struct log *log)
{
	if (!log)
		return;
	for (unsigned level = 0; level < DESK_TILE_LEVELS; level++)
		free(log->edges[level].hashes);
	free(log->other.hashes);
	buf_release(&log->chunk);
	buf_release(&log->body_chunk);
	buf_release(&log->newest_note);
	key_ring_release(&log->keys);
	free(log->cuts);
	free(log->claims);
	free(log->named);
	free(log->terms);
	free(log->unanswered);
	free(log);
}

static enum status slot_prepare(struct tile_slot *slot, struct error *err)
{
	if (!slot->hashes)
		slot->hashes = malloc(2 * TLOG_TILE_WIDTH * sizeof *slot->hashes);
	if (!slot->hashes)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a tile");
	return STATUS_OK;
}

/* Where the nodes of a height within a tile stand behind its hashes. */
static size_t inner_offset(unsigned height)
{
	return 2 * TLOG_TILE_WIDTH - (2 * TLOG_TILE_WIDTH >> height);
}

/* The nodes that the hash taken in last has completed. */
static void complete_inner(struct tile_slot *edge)
{
	for (unsigned height = 1;
	     edge->count % (1U << height) == 0 && height <= TILE_HEIGHT; height++) {
		size_t at = (edge->count >> height) - 1;
		const struct hash *below =
		    edge->hashes + inner_offset(height - 1) + 2 * at;
		edge->hashes[inner_offset(height) + at] =
		    tlog_node_hash(below, below + 1);
	}
}

/* Takes the next hash of an edge tile. */
static void edge_take(struct tile_slot *edge, const struct hash *hash)
{
	edge->hashes[edge->count++] = *hash;
	complete_inner(edge);
}

struct hash log_leaf(const struct log *log, uint64_t index, struct view entry)
{
	struct hash leaf;
	if (index >= log->base || entry.len != sizeof leaf)
		return tlog_leaf_hash(entry);
	memcpy(leaf.bytes, entry.data, sizeof leaf);
	return leaf;
}

void log_append_withheld(struct desk *desk, struct log *log, const struct hash *leaf)
{
	log_append(desk, log, hash_view(leaf), leaf);
	log_append_body(desk, log, view_of("", 0));
}

/* Level 0 of the edge: hashes of the entries behind the last full tile. */
static enum status load_edge_leaves(struct desk *desk, struct log *log, uint64_t size,
                                    struct error *err)
{
	struct tile_slot *edge = &log->edges[0];
	uint64_t first = size - size % TLOG_TILE_WIDTH;
	edge->index = first / TLOG_TILE_WIDTH;
	edge->count = 0;
	if (first == size)
		return STATUS_OK;
	TRY(slot_prepare(edge, err));
	CLEANUP_BUF struct buf bundle = BUF_INIT(TLOG_TILE_WIDTH * (TLOG_ENTRY_MAX + 2));
	uint64_t count = 0;
	TRY(desk->store.ops->read_entries(desk->store.self, log->number, first,
	                                  size - first, &bundle, &count, err));
	struct reader reader = reader_of(buf_view(&bundle));
	struct view entry;
	while (edge->count < TLOG_TILE_WIDTH && tlog_bundle_next(&reader, &entry)) {
		struct hash leaf = log_leaf(log, first + edge->count, entry);
		edge_take(edge, &leaf);
	}
	if (first + edge->count != size)
		return error_set(err, STATUS_MALFORMED, "the store lacks entries of %s",
		                 log->origin);
	return STATUS_OK;
}

static enum status load_edge(struct desk *desk, struct log *log, unsigned level,
                             uint64_t size, struct error *err)
{
	struct tile_slot *edge = &log->edges[level];
	uint64_t count = tlog_tile_level_size(size, level);
	edge->index = count / TLOG_TILE_WIDTH;
	edge->count = 0;
	size_t width = count % TLOG_TILE_WIDTH;
	if (width == 0)
		return STATUS_OK;
	TRY(slot_prepare(edge, err));
	CLEANUP_BUF struct buf hashes = BUF_INIT(TLOG_TILE_WIDTH * sizeof(struct hash));
	TRY(desk->store.ops->get_tile(desk->store.self, log->number, level, edge->index,
	                              &hashes, err));
	if (hashes.len < width * sizeof(struct hash))
		return error_set(err, STATUS_MALFORMED,
		                 "a tile of %s is cut short in the store", log->origin);
	for (size_t i = 0; i < width; i++) {
		struct hash hash;
		memcpy(hash.bytes, hashes.data + i * sizeof hash, sizeof hash);
		edge_take(edge, &hash);
	}
	return STATUS_OK;
}

/* What version 1 did not have. */
static bool load_terms(struct desk *desk, struct log *log, struct reader *reader)
{
	uint16_t count;
	if (!reader_u16(reader, &log->flags) || !reader_u64(reader, &log->base) ||
	    !reader_u64(reader, &log->end) || !reader_u64(reader, &log->change_size) ||
	    !reader_u16(reader, &count) || count > TERMS_MAX)
		return false;
	for (uint16_t i = 0; i < count; i++) {
		struct term term;
		if (!reader_u64(reader, &term.first) ||
		    !reader_u32(reader, &term.charter) ||
		    term.charter >= log->channel->agreement_count ||
		    !desk_grow(desk, &log->terms, &log->term_cap, log->term_count,
		               sizeof *log->terms))
			return false;
		log->terms[log->term_count++] = term;
	}
	return true;
}

static enum status load_row(struct desk *desk, struct log *log, struct view row,
                            struct error *err)
{
	struct reader reader = reader_of(row);
	uint8_t version;
	struct view origin, root;
	uint64_t value;
	uint16_t count;
	bool ok = reader_u8(&reader, &version) && version >= 1 &&
	          version <= ROW_VERSION && reader_u16_bytes(&reader, &origin) &&
	          view_equal_string(origin, log->origin) &&
	          reader_u64(&reader, &log->cosigned_size) &&
	          reader_bytes(&reader, 32, &root);
	if (ok)
		memcpy(log->cosigned_root.bytes, root.data, 32);
	ok = ok && reader_u64(&reader, &value);
	log->cosigned_time_s = ok ? (int64_t)value : 0;
	for (unsigned i = 0; ok && i < DESK_CHECKS_KEPT; i++) {
		ok = reader_u64(&reader, &value);
		log->checks_s[i] = (int64_t)value;
	}
	ok = ok && reader_u64(&reader, &value);
	log->missed_until_s = ok ? (int64_t)value : 0;
	ok = ok && reader_u64(&reader, &log->attachment_len) &&
	     reader_u16(&reader, &count);
	for (uint16_t i = 0; ok && i < count; i++) {
		uint64_t named, recorded;
		ok = reader_u64(&reader, &named) && reader_u64(&reader, &recorded) &&
		     i < log->channel->member_count;
		if (ok) {
			log->channel->members[i].named_size = named;
			log->channel->members[i].feed.recorded_count = recorded;
		}
	}
	ok = ok && reader_u16(&reader, &log->lacking_count) &&
	     log->lacking_count <= DESK_LACKING_MAX;
	for (uint16_t i = 0; ok && i < log->lacking_count; i++)
		ok = reader_u64(&reader, &log->lacking[i].index);
	log->tries_lacking = true;
	ok = ok && (version == 1 || load_terms(desk, log, &reader));
	if (!ok || !reader_is_done(&reader))
		return error_set(err, STATUS_MALFORMED,
		                 "the store's row of log %s is damaged", log->origin);
	return STATUS_OK;
}

static enum status load_newest(struct desk *desk, struct log *log, struct error *err)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(16), key = BUF_INIT(64);
	buf_append_u32(&prefix, log->number);
	buf_clear(&log->newest_note);
	enum status status =
	    desk->store.ops->last(desk->store.self, STORE_CHECKPOINT, buf_view(&prefix),
	                          &key, &log->newest_note, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	return log_open_checkpoint(log, buf_view(&log->newest_note), &log->newest, err);
}

/* One row of a checkpoint that is not of the history held. */
static bool forget_row(void *context, struct view key, struct view value)
{
	struct desk *desk = context;
	struct error err;
	uint8_t copy[STORE_KEY_MAX];
	memcpy(copy, key.data, key.len);
	return desk_did(desk,
	                desk->store.ops->remove(desk->store.self, STORE_CHECKPOINT,
	                                        view_of(copy, key.len), &err),
	                &err);
}

struct foreign {
	struct desk *desk;
	struct log *log;
};

static bool forget_foreign_row(void *context, struct view key, struct view value)
{
	struct foreign *foreign = context;
	struct tlog_checkpoint checkpoint;
	struct hash root;
	if (log_open_checkpoint(foreign->log, value, &checkpoint, NULL) != STATUS_OK)
		return true;
	if (checkpoint.size > foreign->log->tree.size)
		return false;
	return log_root_at(foreign->desk, foreign->log, checkpoint.size, &root, NULL) !=
	           STATUS_OK ||
	       hash_equal(&root, &checkpoint.root) ||
	       forget_row(foreign->desk, key, value);
}

void log_forget_foreign(struct desk *desk, struct log *log)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(16);
	struct foreign foreign = {desk, log};
	struct error err;
	buf_append_u32(&prefix, log->number);
	(void)desk_did(desk,
	               desk->store.ops->scan(desk->store.self, STORE_CHECKPOINT,
	                                     buf_view(&prefix), view_of("", 0),
	                                     forget_foreign_row, &foreign, &err),
	               &err);
	desk_ride(desk);
}

void log_forget_pending(struct desk *desk, struct log *log)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(16), from = BUF_INIT(16);
	struct error err;
	buf_append_u32(&prefix, log->number);
	buf_append_u32(&from, log->number);
	buf_append_u64(&from, log->tree.size + 1);
	log->newest.size = 0;
	log->newest.root = tlog_empty_root();
	if (desk_did(desk,
	             desk->store.ops->scan(desk->store.self, STORE_CHECKPOINT,
	                                   buf_view(&prefix), buf_view(&from), forget_row,
	                                   desk, &err),
	             &err))
		desk_fail(desk, load_newest(desk, log, &err), &err);
	desk_ride(desk);
}

bool log_append_bare_note(const struct tlog_vkey *key, struct view note, struct buf *out)
{
	struct tlog_note parsed;
	struct tlog_note_line line;
	if (tlog_note_parse(note, &parsed, NULL) != STATUS_OK ||
	    tlog_note_find(&parsed, key, &line, NULL) != STATUS_OK)
		return false;
	buf_append_view(out, parsed.text);
	buf_append_byte(out, '\n');
	tlog_note_append_line(out, key, view_of(line.signature, line.signature_len));
	return true;
}

enum status log_load(struct desk *desk, struct log *log, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(16), row = BUF_INIT(1 << 16);
	key_u32(&key, log->number);
	TRY(desk->store.ops->get(desk->store.self, STORE_LOG, buf_view(&key), &row, err));
	TRY(load_row(desk, log, buf_view(&row), err));
	uint64_t size = 0;
	TRY(desk->store.ops->count(desk->store.self, log->number, &size, &log->body_count,
	                           err));
	TRY(load_edge_leaves(desk, log, size, err));
	for (unsigned level = 1; level < DESK_TILE_LEVELS; level++)
		TRY(load_edge(desk, log, level, size, err));
	struct log_reader reader = {desk, log};
	log->tree.size = size; /* the reader judges by it what is held */
	log->start_size = size;
	TRY(tlog_tree_load(&log->tree, size, log_read_node, &reader, err));
	TRY(load_newest(desk, log, err));
	if (log->cosigned_size > size)
		return error_set(err, STATUS_MALFORMED,
		                 "the store lacks entries of %s that were cosigned",
		                 log->origin);
	return term_load(desk, log, err);
}

enum status log_write_row(struct desk *desk, struct log *log, struct error *err)
{
	struct buf *row = &desk->scratch;
	buf_clear(row);
	buf_append_byte(row, ROW_VERSION);
	buf_append_u16(row, (uint16_t)strlen(log->origin));
	buf_append_string(row, log->origin);
	buf_append_u64(row, log->cosigned_size);
	buf_append(row, log->cosigned_root.bytes, 32);
	buf_append_u64(row, (uint64_t)log->cosigned_time_s);
	for (unsigned i = 0; i < DESK_CHECKS_KEPT; i++)
		buf_append_u64(row, (uint64_t)log->checks_s[i]);
	buf_append_u64(row, (uint64_t)log->missed_until_s);
	buf_append_u64(row, log->attachment_len);
	size_t members = log->is_own ? log->channel->member_count : 0;
	buf_append_u16(row, (uint16_t)members);
	for (size_t i = 0; i < members; i++) {
		buf_append_u64(row, log->channel->members[i].named_size);
		buf_append_u64(row, log->channel->members[i].feed.recorded_count);
	}
	buf_append_u16(row, log->lacking_count);
	for (size_t i = 0; i < log->lacking_count; i++)
		buf_append_u64(row, log->lacking[i].index);
	buf_append_u16(row, log->flags);
	buf_append_u64(row, log->base);
	buf_append_u64(row, log->end);
	buf_append_u64(row, log->change_size);
	buf_append_u16(row, (uint16_t)log->term_count);
	for (size_t i = 0; i < log->term_count; i++) {
		buf_append_u64(row, log->terms[i].first);
		buf_append_u32(row, log->terms[i].charter);
	}
	TRY(buf_check(row, "the row of a log", err));
	CLEANUP_BUF struct buf key = BUF_INIT(16);
	key_u32(&key, log->number);
	log->row_is_dirty = false;
	return desk->store.ops->put(desk->store.self, STORE_LOG, buf_view(&key),
	                            buf_view(row), err);
}

struct log *log_by_origin(struct desk *desk, struct view origin)
{
	for (size_t i = 0; i < desk->log_count; i++)
		if (view_equal_string(origin, desk->logs[i]->origin))
			return desk->logs[i];
	return NULL;
}

struct log *log_by_hash(struct desk *desk, struct view origin_hash_hex)
{
	for (size_t i = 0; i < desk->log_count; i++)
		if (view_equal_string(origin_hash_hex, desk->logs[i]->origin_hash))
			return desk->logs[i];
	return NULL;
}

uint64_t log_shown_size(const struct log *log)
{
	uint64_t size = log->is_own ? log->newest.size : log->cosigned_size;
	/* a recovery has the checkpoint of the own log before it has the entries */
	return size < log->body_count ? size : log->body_count;
}

static void put_tile(struct desk *desk, struct log *log, unsigned level)
{
	struct tile_slot *edge = &log->edges[level];
	struct error err;
	edge->is_dirty = false;
	desk_did(desk,
	         desk->store.ops->put_tile(
	             desk->store.self, log->number, level, edge->index,
	             view_of(edge->hashes, edge->count * sizeof(struct hash)), &err),
	         &err);
}

static void edge_append(struct desk *desk, struct log *log, unsigned level,
                        const struct hash *hash)
{
	struct tile_slot *edge = &log->edges[level];
	struct error err;
	assert(level < DESK_TILE_LEVELS);
	if (!desk_did(desk, slot_prepare(edge, &err), &err))
		return;
	edge_take(edge, hash);
	edge->is_dirty = true;
	if (edge->count < TLOG_TILE_WIDTH)
		return;
	put_tile(desk, log, level);
	struct hash root = edge->hashes[inner_offset(TILE_HEIGHT)];
	edge->index++;
	edge->count = 0;
	edge_append(desk, log, level + 1, &root);
}

static void flush_entries(struct desk *desk, struct log *log)
{
	struct error err;
	if (log->chunk_count == 0)
		return;
	desk_did(desk,
	         desk->store.ops->append_entries(
	             desk->store.self, log->number, log->tree.size - log->chunk_count,
	             log->chunk_count, buf_view(&log->chunk), &err),
	         &err);
	buf_clear(&log->chunk);
	log->chunk_count = 0;
}

static void flush_bodies(struct desk *desk, struct log *log)
{
	struct error err;
	if (log->body_chunk_count == 0)
		return;
	desk_did(desk,
	         desk->store.ops->append_bodies(desk->store.self, log->number,
	                                        log->body_count - log->body_chunk_count,
	                                        log->body_chunk_count,
	                                        buf_view(&log->body_chunk), &err),
	         &err);
	buf_clear(&log->body_chunk);
	log->body_chunk_count = 0;
}

void log_append(struct desk *desk, struct log *log, struct view entry,
                const struct hash *leaf)
{
	tlog_bundle_append(&log->chunk, entry);
	tlog_tree_append(&log->tree, leaf, NULL, NULL);
	edge_append(desk, log, 0, leaf);
	desk_ride(desk);
	if (++log->chunk_count == STORE_CHUNK_MAX || log->chunk.len > 1024 * 1024)
		flush_entries(desk, log);
}

void log_append_body(struct desk *desk, struct log *log, struct view blob)
{
	buf_append_u32(&log->body_chunk, (uint32_t)blob.len);
	buf_append_view(&log->body_chunk, blob);
	log->body_count++;
	if (++log->body_chunk_count == STORE_CHUNK_MAX ||
	    log->body_chunk.len > 1024 * 1024)
		flush_bodies(desk, log);
}

enum status log_flush(struct desk *desk, struct log *log, struct error *err)
{
	flush_entries(desk, log);
	flush_bodies(desk, log);
	for (unsigned level = 1; level < DESK_TILE_LEVELS; level++)
		if (log->edges[level].is_dirty && log->edges[level].count > 0)
			put_tile(desk, log, level);
	if (desk->failed != STATUS_OK) {
		*err = desk->failure;
		return desk->failed;
	}
	return STATUS_OK;
}

/* The hashes of a tile, at least `needed` of them; borrowed until the next call. */
static enum status tile_hashes(struct desk *desk, struct log *log, unsigned level,
                               uint64_t index, unsigned needed,
                               const struct hash **ret_hashes, struct error *err)
{
	if (level >= DESK_TILE_LEVELS)
		return error_set(err, STATUS_NOT_FOUND, "no tile of that level");
	struct tile_slot *edge = &log->edges[level];
	if (edge->hashes && edge->index == index && edge->count >= needed) {
		*ret_hashes = edge->hashes;
		return STATUS_OK;
	}
	if (index >= tlog_tile_level_size(log->tree.size, level) / TLOG_TILE_WIDTH)
		return error_set(err, STATUS_NOT_FOUND, "%s has no such tile",
		                 log->origin);
	struct tile_slot *other = &log->other;
	uint64_t mark = index * DESK_TILE_LEVELS + level;
	if (other->count == 0 || other->index != mark) {
		TRY(slot_prepare(other, err));
		other->count = 0;
		struct buf *bytes = &desk->scratch2;
		buf_clear(bytes);
		TRY(desk->store.ops->get_tile(desk->store.self, log->number, level, index,
		                              bytes, err));
		if (bytes->len != TLOG_TILE_WIDTH * sizeof(struct hash))
			return error_set(err, STATUS_MALFORMED,
			                 "a tile of %s is damaged in the store",
			                 log->origin);
		memcpy(other->hashes, bytes->data, bytes->len);
		other->index = mark;
		other->count = TLOG_TILE_WIDTH;
	}
	*ret_hashes = other->hashes;
	return STATUS_OK;
}

enum status log_read_node(void *log_reader, unsigned level, uint64_t index,
                          struct hash *ret_node, struct error *err)
{
	struct log_reader *reader = log_reader;
	struct tlog_tile tile;
	size_t first, count;
	const struct hash *hashes;
	tlog_tile_of_node(level, index, &tile, &first, &count);
	TRY(tile_hashes(reader->desk, reader->log, tile.level, tile.index,
	                (unsigned)(first + count), &hashes, err));
	if (hashes == reader->log->edges[tile.level].hashes) {
		unsigned height = level % TILE_HEIGHT;
		*ret_node = hashes[inner_offset(height) + (first >> height)];
	} else {
		*ret_node = tlog_tile_subtree(hashes + first, count);
	}
	return STATUS_OK;
}

enum status log_root_at(struct desk *desk, struct log *log, uint64_t size,
                        struct hash *ret_root, struct error *err)
{
	struct log_reader reader = {desk, log};
	if (size > log->tree.size)
		return error_set(err, STATUS_NOT_FOUND, "%s is not held so far",
		                 log->origin);
	if (size == log->tree.size) {
		*ret_root = tlog_tree_root(&log->tree);
		return STATUS_OK;
	}
	if (size == 0) {
		*ret_root = tlog_empty_root();
		return STATUS_OK;
	}
	return tlog_subtree_root(0, size, log_read_node, &reader, ret_root, err);
}

enum status log_proof(struct desk *desk, struct log *log, uint64_t old_size,
                      uint64_t size, struct tlog_proof *ret_proof, struct error *err)
{
	struct log_reader reader = {desk, log};
	return tlog_proof_consistency(old_size, size, log_read_node, &reader, ret_proof,
	                              err);
}

enum status log_read_tile(struct desk *desk, struct log *log, unsigned level,
                          uint64_t index, unsigned width, struct buf *out,
                          struct error *err)
{
	const struct hash *hashes;
	TRY(tile_hashes(desk, log, level, index, width, &hashes, err));
	buf_append(out, hashes, width * sizeof *hashes);
	return STATUS_OK;
}

/* One chunk of a walk. */
static enum status walk_chunk(struct view bundle, uint64_t first, log_entry_fn *fn,
                              void *context, uint64_t *ret_next, struct error *err)
{
	struct reader reader = reader_of(bundle);
	struct view entry;
	*ret_next = first;
	while (tlog_bundle_next(&reader, &entry)) {
		TRY(fn(context, *ret_next, entry, err));
		++*ret_next;
	}
	return STATUS_OK;
}

enum status log_walk(struct desk *desk, struct log *log, uint64_t first, uint64_t end,
                     log_entry_fn *fn, void *context, struct error *err)
{
	CLEANUP_BUF struct buf bundle = BUF_INIT(STORE_CHUNK_MAX * (TLOG_ENTRY_MAX + 2));
	TRY(log_flush(desk, log, err));
	while (first < end) {
		uint64_t wanted =
		    end - first < STORE_CHUNK_MAX ? end - first : STORE_CHUNK_MAX;
		uint64_t count = 0, next;
		buf_clear(&bundle);
		TRY(desk->store.ops->read_entries(desk->store.self, log->number, first,
		                                  wanted, &bundle, &count, err));
		enum status status =
		    walk_chunk(buf_view(&bundle), first, fn, context, &next, err);
		if (status == STATUS_CLOSED)
			return STATUS_OK;
		TRY(status);
		if (next == first || next != first + count)
			return error_set(err, STATUS_MALFORMED,
			                 "the store lacks entries of %s", log->origin);
		first = next;
	}
	return STATUS_OK;
}

enum status log_read_entry(struct desk *desk, struct log *log, uint64_t index,
                           struct buf *out, struct error *err)
{
	uint64_t count = 0;
	CLEANUP_BUF struct buf bundle = BUF_INIT(TLOG_ENTRY_MAX + 2);
	TRY(log_flush(desk, log, err));
	TRY(desk->store.ops->read_entries(desk->store.self, log->number, index, 1,
	                                  &bundle, &count, err));
	struct reader reader = reader_of(buf_view(&bundle));
	struct view entry;
	if (!tlog_bundle_next(&reader, &entry))
		return error_set(err, STATUS_NOT_FOUND, "no entry %" PRIu64 " in %s",
		                 index, log->origin);
	buf_append_view(out, entry);
	return buf_check(out, "an entry", err);
}

enum status log_read_body(struct desk *desk, struct log *log, uint64_t index,
                          struct buf *out, struct error *err)
{
	uint64_t count = 0;
	CLEANUP_BUF struct buf packed = BUF_INIT(RECORD_BODY_MAX + 64);
	TRY(log_flush(desk, log, err));
	TRY(desk->store.ops->read_bodies(desk->store.self, log->number, index, 1, &packed,
	                                 &count, err));
	struct reader reader = reader_of(buf_view(&packed));
	struct view blob;
	if (!reader_u32_bytes(&reader, &blob))
		return error_set(err, STATUS_NOT_FOUND, "no body %" PRIu64 " in %s",
		                 index, log->origin);
	buf_append_view(out, blob);
	return buf_check(out, "a body", err);
}

static void checkpoint_key(struct buf *key, const struct log *log, uint64_t size)
{
	buf_append_u32(key, log->number);
	buf_append_u64(key, size);
}

void log_keep_checkpoint(struct desk *desk, struct log *log,
                         const struct tlog_checkpoint *checkpoint, struct view note)
{
	struct error err;
	CLEANUP_BUF struct buf key = BUF_INIT(16);
	checkpoint_key(&key, log, checkpoint->size);
	desk_did(desk,
	         desk->store.ops->put(desk->store.self, STORE_CHECKPOINT, buf_view(&key),
	                              note, &err),
	         &err);
	desk_ride(desk);
	if (checkpoint->size < log->newest.size)
		return;
	log->newest = *checkpoint;
	if (note.data == log->newest_note.data)
		return;
	buf_clear(&log->newest_note);
	buf_append_view(&log->newest_note, note);
}

enum status log_checkpoint_at(struct desk *desk, struct log *log, uint64_t size,
                              struct buf *ret_note, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(16);
	checkpoint_key(&key, log, size);
	return desk->store.ops->get(desk->store.self, STORE_CHECKPOINT, buf_view(&key),
	                            ret_note, err);
}

static void receipt_key(struct buf *key, const struct log *log, const char *member)
{
	buf_append_u32(key, log->number);
	buf_append_string(key, member);
	buf_append_byte(key, 0);
}

enum status log_put_receipt(struct desk *desk, struct log *log, const char *member,
                            uint64_t size, int64_t time_s, struct view line,
                            struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), value = BUF_INIT(1 << 14);
	receipt_key(&key, log, member);
	buf_append_u64(&key, size);
	buf_append_u64(&value, (uint64_t)time_s);
	buf_append_view(&value, line);
	if (line.len == 0 || line.data[line.len - 1] != '\n')
		buf_append_byte(&value, '\n');
	TRY(buf_check(&value, "a receipt", err));
	return desk->store.ops->put(desk->store.self, STORE_RECEIPT, buf_view(&key),
	                            buf_view(&value), err);
}

struct receipt_search {
	uint64_t size;
	struct buf *line;
	bool found;
};

static bool take_receipt_row(void *context, struct view key, struct view value)
{
	struct receipt_search *search = context;
	struct reader reader =
	    reader_of(view_from(key, key.len >= 8 ? key.len - 8 : key.len));
	search->found = value.len > 8 && reader_u64(&reader, &search->size);
	if (search->found)
		buf_append_view(search->line, view_from(value, 8));
	return false;
}

enum status log_find_receipt(struct desk *desk, struct log *log, const char *member,
                             uint64_t index, uint64_t *ret_size, struct buf *ret_line,
                             struct error *err)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(STORE_KEY_MAX),
	                       from = BUF_INIT(STORE_KEY_MAX);
	receipt_key(&prefix, log, member);
	receipt_key(&from, log, member);
	buf_append_u64(&from, index + 1);
	struct receipt_search search = {.line = ret_line};
	TRY(desk->store.ops->scan(desk->store.self, STORE_RECEIPT, buf_view(&prefix),
	                          buf_view(&from), take_receipt_row, &search, err));
	if (!search.found)
		return error_set(err, STATUS_NOT_FOUND, "no receipt by %s for it yet",
		                 member);
	*ret_size = search.size;
	return buf_check(ret_line, "a receipt", err);
}
