/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two states of shared maps: the committed one and the one that is being written.
 * Chunks and tiles are rows too, under their row number in big-endian bytes; a chunk's
 * value is its count (u32) and its items.
 */
#include "store/memory.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/reader.h"
#include "store/layout.h"
#include "store/map.h"

enum {
	MAP_ENTRIES = STORE_TABLE_COUNT,
	MAP_BODIES,
	MAP_TILES,
	MAP_COUNT,
	ID_LEN = 8,
	COUNT_LEN = 4,
};

struct state {
	struct store_map maps[MAP_COUNT];
};

struct memory {
	struct state committed;
	struct state current;
};

struct store_memory_snapshot {
	struct state state;
};

struct id_key {
	uint8_t bytes[ID_LEN];
};

/* Makes *to the same as *from, which may share rows with it. */
static void state_set(struct state *to, const struct state *from)
{
	for (size_t i = 0; i < MAP_COUNT; i++) {
		struct store_map shared = store_map_share(&from->maps[i]);

		store_map_release(&to->maps[i]);
		to->maps[i] = shared;
	}
}

static void state_release(struct state *state)
{
	for (size_t i = 0; i < MAP_COUNT; i++)
		store_map_release(&state->maps[i]);
}

static struct id_key id_key(uint64_t id)
{
	struct id_key key;

	for (size_t i = 0; i < ID_LEN; i++)
		key.bytes[i] = (uint8_t)(id >> 8 * (ID_LEN - 1 - i));
	return key;
}

static struct view id_view(const struct id_key *key)
{
	return view_of(key->bytes, sizeof key->bytes);
}

static enum status memory_commit(void *store, struct error *err)
{
	struct memory *memory = store;

	state_set(&memory->committed, &memory->current);
	return STATUS_OK;
}

static void memory_rollback(void *store)
{
	struct memory *memory = store;

	state_set(&memory->current, &memory->committed);
}

static enum status memory_put(void *store, enum store_table table, struct view key,
                              struct view value, struct error *err)
{
	struct memory *memory = store;

	TRY(store_layout_check_key(table, key, err));
	return store_map_put(&memory->current.maps[table], key, value, err);
}

static enum status set_buf(struct buf *ret, struct view content, struct error *err)
{
	buf_clear(ret);
	buf_append_view(ret, content);
	return buf_check(ret, "a row of the store", err);
}

static enum status get_row(const struct store_map *map, struct view key, struct buf *ret,
                           struct error *err)
{
	const struct store_map_row *row = store_map_at(map, key);

	if (row == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no such row");
	return set_buf(ret, store_map_value(row), err);
}

static enum status memory_get(void *store, enum store_table table, struct view key,
                              struct buf *ret_value, struct error *err)
{
	struct memory *memory = store;

	TRY(store_layout_check_key(table, key, err));
	return get_row(&memory->current.maps[table], key, ret_value, err);
}

static enum status memory_remove(void *store, enum store_table table, struct view key,
                                 struct error *err)
{
	struct memory *memory = store;

	TRY(store_layout_check_key(table, key, err));
	return store_map_remove(&memory->current.maps[table], key, err);
}

static enum status memory_scan(void *store, enum store_table table, struct view prefix,
                               struct view from, store_row *row, void *context,
                               struct error *err)
{
	struct memory *memory = store;
	const struct store_map_row *at, *next;
	bool goes_on = true;

	TRY(store_layout_check_key(table, prefix, err));
	TRY(store_layout_check_key(table, from, err));
	if (store_layout_compare(from, prefix) < 0)
		from = prefix;
	at = store_map_from(&memory->current.maps[table], from);
	while (goes_on && at != NULL && view_has_prefix(store_map_key(at), prefix)) {
		/* The callback may write: the row must live on, the next is sought anew.
		 */
		store_map_row_keep(at);
		goes_on = row(context, store_map_key(at), store_map_value(at));
		next = store_map_after(&memory->current.maps[table], store_map_key(at));
		store_map_row_drop(at);
		at = next;
	}
	return STATUS_OK;
}

static enum status memory_last(void *store, enum store_table table, struct view prefix,
                               struct buf *ret_key, struct buf *ret_value,
                               struct error *err)
{
	struct memory *memory = store;
	const struct store_map_row *row;
	struct store_layout_bound end;

	TRY(store_layout_check_key(table, prefix, err));
	end = store_layout_prefix_end(prefix);
	row = store_map_before(&memory->current.maps[table], view_of(end.bytes, end.len));
	if (row == NULL || !view_has_prefix(store_map_key(row), prefix))
		return error_set(err, STATUS_NOT_FOUND, "there is no such row");
	TRY(set_buf(ret_key, store_map_key(row), err));
	return set_buf(ret_value, store_map_value(row), err);
}

struct chunk {
	uint64_t first;
	uint32_t count;
	struct view data;
};

static struct chunk chunk_of(const struct store_map_row *row)
{
	struct reader key = reader_of(store_map_key(row));
	struct reader value = reader_of(store_map_value(row));
	struct chunk chunk = {0};
	uint64_t id = 0;
	bool is_whole;

	/* Rows of these maps are written below only. */
	is_whole = reader_u64(&key, &id) && reader_u32(&value, &chunk.count);
	assert(is_whole);
	chunk.first = store_layout_chunk_first(id);
	chunk.data = value.rest;
	return chunk;
}

static struct store_map *map_of(struct memory *memory, enum store_chunk_kind kind)
{
	return &memory->current
	            .maps[kind == STORE_CHUNK_ENTRIES ? MAP_ENTRIES : MAP_BODIES];
}

/* The chunk of this log that begins last, but not after `index`; NULL when none. */
static const struct store_map_row *chunk_until(const struct store_map *map, uint32_t log,
                                               uint64_t index)
{
	struct id_key lowest = id_key(store_layout_chunk_id(log, 0));
	struct id_key above = id_key(store_layout_chunk_id(log, index) + 1);
	const struct store_map_row *row = store_map_before(map, id_view(&above));

	if (row == NULL || store_layout_compare(store_map_key(row), id_view(&lowest)) < 0)
		return NULL;
	return row;
}

static uint64_t held_by(const struct store_map *map, uint32_t log)
{
	const struct store_map_row *row = chunk_until(map, log, STORE_INDEX_MAX);
	struct chunk chunk;

	if (row == NULL)
		return 0;
	chunk = chunk_of(row);
	return chunk.first + chunk.count;
}

static enum status append(struct memory *memory, enum store_chunk_kind kind, uint32_t log,
                          uint64_t first, uint32_t count, struct view data,
                          struct error *err)
{
	struct store_map *map = map_of(memory, kind);
	CLEANUP_BUF struct buf value = BUF_INIT(SIZE_MAX);
	struct id_key key;

	TRY(store_layout_check_log(log, err));
	TRY(store_layout_check_append(kind, log, held_by(map, log), first, count, data,
	                              err));
	key = id_key(store_layout_chunk_id(log, first));
	buf_append_u32(&value, count);
	buf_append_view(&value, data);
	TRY(buf_check(&value, "a chunk", err));
	return store_map_put(map, id_view(&key), buf_view(&value), err);
}

static enum status read_chunks(struct memory *memory, enum store_chunk_kind kind,
                               uint32_t log, uint64_t first, uint64_t count,
                               struct buf *ret, uint64_t *ret_count, struct error *err)
{
	const struct store_map *map = map_of(memory, kind);
	const struct store_map_row *row;
	struct store_slice slice;

	TRY(store_layout_check_log(log, err));
	TRY(store_slice_init(&slice, kind, held_by(map, log), first, count, ret, err));
	row = chunk_until(map, log, first);
	while (!store_slice_is_done(&slice)) {
		struct chunk chunk;

		if (row == NULL)
			return store_slice_gap(&slice, err);
		chunk = chunk_of(row);
		TRY(store_slice_take(&slice, chunk.first, chunk.count, chunk.data, err));
		row = store_map_after(map, store_map_key(row));
	}
	*ret_count = slice.taken;
	return STATUS_OK;
}

static enum status memory_append_entries(void *store, uint32_t log, uint64_t first,
                                         uint32_t count, struct view bundle,
                                         struct error *err)
{
	return append(store, STORE_CHUNK_ENTRIES, log, first, count, bundle, err);
}

static enum status memory_append_bodies(void *store, uint32_t log, uint64_t first,
                                        uint32_t count, struct view packed,
                                        struct error *err)
{
	return append(store, STORE_CHUNK_BODIES, log, first, count, packed, err);
}

static enum status memory_count(void *store, uint32_t log, uint64_t *ret_entries,
                                uint64_t *ret_bodies, struct error *err)
{
	TRY(store_layout_check_log(log, err));
	*ret_entries = held_by(map_of(store, STORE_CHUNK_ENTRIES), log);
	*ret_bodies = held_by(map_of(store, STORE_CHUNK_BODIES), log);
	return STATUS_OK;
}

static enum status memory_read_entries(void *store, uint32_t log, uint64_t first,
                                       uint64_t count, struct buf *ret,
                                       uint64_t *ret_count, struct error *err)
{
	return read_chunks(store, STORE_CHUNK_ENTRIES, log, first, count, ret, ret_count,
	                   err);
}

static enum status memory_read_bodies(void *store, uint32_t log, uint64_t first,
                                      uint64_t count, struct buf *ret,
                                      uint64_t *ret_count, struct error *err)
{
	return read_chunks(store, STORE_CHUNK_BODIES, log, first, count, ret, ret_count,
	                   err);
}

static enum status memory_put_tile(void *store, uint32_t log, unsigned level,
                                   uint64_t index, struct view hashes, struct error *err)
{
	struct memory *memory = store;
	struct id_key key;

	TRY(store_layout_check_tile(log, level, index, err));
	key = id_key(store_layout_tile_id(log, level, index));
	return store_map_put(&memory->current.maps[MAP_TILES], id_view(&key), hashes,
	                     err);
}

static enum status memory_get_tile(void *store, uint32_t log, unsigned level,
                                   uint64_t index, struct buf *ret_hashes,
                                   struct error *err)
{
	struct memory *memory = store;
	struct id_key key;

	TRY(store_layout_check_tile(log, level, index, err));
	key = id_key(store_layout_tile_id(log, level, index));
	return get_row(&memory->current.maps[MAP_TILES], id_view(&key), ret_hashes, err);
}

static enum status memory_backup(void *store, const char *path, struct error *err)
{
	return error_set(err, STATUS_NOT_FOUND,
	                 "a store in memory has no files to copy to %s", path);
}

static void memory_close(void *store)
{
	struct memory *memory = store;

	if (memory == NULL)
		return;
	state_release(&memory->current);
	state_release(&memory->committed);
	free(memory);
}

static const struct store_ops memory_ops = {
    .commit = memory_commit,
    .rollback = memory_rollback,
    .put = memory_put,
    .get = memory_get,
    .remove = memory_remove,
    .scan = memory_scan,
    .last = memory_last,
    .append_entries = memory_append_entries,
    .append_bodies = memory_append_bodies,
    .count = memory_count,
    .read_entries = memory_read_entries,
    .read_bodies = memory_read_bodies,
    .put_tile = memory_put_tile,
    .get_tile = memory_get_tile,
    .backup = memory_backup,
    .close = memory_close,
};

static struct memory *memory_of(const struct store *store)
{
	assert(store->ops == &memory_ops);
	return store->self;
}

enum status store_memory_new(struct store *ret_store, struct error *err)
{
	struct memory *memory = calloc(1, sizeof *memory);

	if (memory == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a store");
	*ret_store = (struct store){.ops = &memory_ops, .self = memory};
	return STATUS_OK;
}

void store_memory_crash(struct store *store)
{
	memory_rollback(memory_of(store));
}

struct store_memory_snapshot *store_memory_snapshot(const struct store *store)
{
	struct store_memory_snapshot *snapshot = calloc(1, sizeof *snapshot);

	if (snapshot != NULL)
		state_set(&snapshot->state, &memory_of(store)->committed);
	return snapshot;
}

void store_memory_snapshot_free(struct store_memory_snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	state_release(&snapshot->state);
	free(snapshot);
}

void store_memory_restore(struct store *store,
                          const struct store_memory_snapshot *snapshot)
{
	struct memory *memory = memory_of(store);

	state_set(&memory->committed, &snapshot->state);
	state_set(&memory->current, &snapshot->state);
}
