/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Row numbers, contract checks and slicing. Items are walked by their lengths only; what
 * is inside them is nobody's business here.
 */
#include "store/layout.h"

#include <assert.h>
#include <inttypes.h>

#include "codec/reader.h"

enum { CHUNK_SHIFT = 40, TILE_SHIFT = 36, LEVEL_COUNT = STORE_LEVEL_MAX + 1 };

uint64_t store_layout_chunk_id(uint32_t log, uint64_t first)
{
	assert(log <= STORE_LOG_MAX && first <= STORE_INDEX_MAX);
	return (uint64_t)log << CHUNK_SHIFT | first;
}

uint64_t store_layout_chunk_first(uint64_t id)
{
	return id & STORE_INDEX_MAX;
}

uint64_t store_layout_tile_id(uint32_t log, unsigned level, uint64_t index)
{
	assert(log <= STORE_LOG_MAX && level <= STORE_LEVEL_MAX);
	assert(index <= STORE_TILE_INDEX_MAX);
	return ((uint64_t)log * LEVEL_COUNT + level) << TILE_SHIFT | index;
}

enum status store_layout_check_table(enum store_table table, struct error *err)
{
	if ((unsigned)table < STORE_TABLE_COUNT)
		return STATUS_OK;
	return error_set(err, STATUS_BUG, "the store has no table %u", (unsigned)table);
}

enum status store_layout_check_key(enum store_table table, struct view key,
                                   struct error *err)
{
	TRY(store_layout_check_table(table, err));
	if (key.len <= STORE_KEY_MAX)
		return STATUS_OK;
	return error_set(err, STATUS_BUG,
	                 "a key of %zu bytes is longer than the store's %d", key.len,
	                 STORE_KEY_MAX);
}

enum status store_layout_check_log(uint32_t log, struct error *err)
{
	if (log <= STORE_LOG_MAX)
		return STATUS_OK;
	return error_set(err, STATUS_BUG,
	                 "log number %" PRIu32 " is above the limit of %d", log,
	                 STORE_LOG_MAX);
}

enum status store_layout_check_tile(uint32_t log, unsigned level, uint64_t index,
                                    struct error *err)
{
	TRY(store_layout_check_log(log, err));
	if (level <= STORE_LEVEL_MAX && index <= STORE_TILE_INDEX_MAX)
		return STATUS_OK;
	return error_set(err, STATUS_BUG, "there can be no tile %u/%" PRIu64, level,
	                 index);
}

static bool take_item(enum store_chunk_kind kind, struct reader *reader)
{
	struct view item;

	return kind == STORE_CHUNK_ENTRIES ? reader_u16_bytes(reader, &item)
	                                   : reader_u32_bytes(reader, &item);
}

static bool holds_exactly(enum store_chunk_kind kind, struct view data, uint32_t count)
{
	struct reader reader = reader_of(data);

	for (uint32_t i = 0; i < count; i++) {
		if (!take_item(kind, &reader))
			return false;
	}
	return reader_is_done(&reader);
}

static const char *name_of(enum store_chunk_kind kind)
{
	return kind == STORE_CHUNK_ENTRIES ? "entries" : "bodies";
}

enum status store_layout_check_append(enum store_chunk_kind kind, uint32_t log,
                                      uint64_t held, uint64_t first, uint32_t count,
                                      struct view data, struct error *err)
{
	TRY(store_layout_check_log(log, err));
	if (count < 1 || count > STORE_CHUNK_MAX)
		return error_set(err, STATUS_BUG,
		                 "%" PRIu32 " %s can't be appended in one chunk", count,
		                 name_of(kind));
	if (first != held)
		return error_set(err, STATUS_BUG,
		                 "%s from %" PRIu64 " can't follow the %" PRIu64
		                 " that log %" PRIu32 " holds",
		                 name_of(kind), first, held, log);
	if (held > STORE_INDEX_MAX - count)
		return error_set(err, STATUS_BUG, "log %" PRIu32 " is full", log);
	if (!holds_exactly(kind, data, count))
		return error_set(err, STATUS_BUG,
		                 "the bytes to append are not %" PRIu32 " %s", count,
		                 name_of(kind));
	return STATUS_OK;
}

int store_layout_compare(struct view a, struct view b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.data, b.data, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

struct store_layout_bound store_layout_prefix_end(struct view prefix)
{
	struct store_layout_bound bound = {.len = prefix.len};

	assert(prefix.len <= STORE_KEY_MAX);
	if (prefix.len > 0)
		memcpy(bound.bytes, prefix.data, prefix.len);
	while (bound.len > 0 && bound.bytes[bound.len - 1] == UINT8_MAX)
		bound.len--;
	if (bound.len > 0) {
		bound.bytes[bound.len - 1]++;
		return bound;
	}
	/* Nothing but 0xff: longer than any key, so above them all. */
	bound.len = sizeof bound.bytes;
	memset(bound.bytes, UINT8_MAX, bound.len);
	return bound;
}

enum status store_slice_init(struct store_slice *ret_slice, enum store_chunk_kind kind,
                             uint64_t held, uint64_t first, uint64_t count,
                             struct buf *ret, struct error *err)
{
	TRY(buf_check(ret, name_of(kind), err));
	if (first >= held)
		return error_set(err, STATUS_NOT_FOUND,
		                 "the log holds %" PRIu64 " %s, none at %" PRIu64, held,
		                 name_of(kind), first);
	if (count > held - first)
		count = held - first;
	*ret_slice = (struct store_slice){.kind = kind,
	                                  .next = first,
	                                  .end = first + count,
	                                  .len_before = ret->len,
	                                  .ret = ret};
	return STATUS_OK;
}

bool store_slice_is_done(const struct store_slice *slice)
{
	return slice->is_full || slice->next == slice->end;
}

void store_slice_undo(struct store_slice *slice)
{
	slice->ret->len = slice->len_before;
}

enum status store_slice_gap(struct store_slice *slice, struct error *err)
{
	store_slice_undo(slice);
	return error_set(err, STATUS_MALFORMED,
	                 "the database is damaged at %s %" PRIu64
	                 "; restore it or fetch the log again from a member",
	                 name_of(slice->kind), slice->next);
}

/* Walks over whole items that fit the room; their bytes are those in front of the
 * reader's rest. */
static bool walk_fitting(struct store_slice *slice, uint64_t chunk_end, size_t room,
                         struct reader *reader)
{
	size_t len_start = reader->rest.len;

	while (slice->next < slice->end && slice->next < chunk_end) {
		struct reader ahead = *reader;

		if (!take_item(slice->kind, &ahead))
			return false;
		if (len_start - ahead.rest.len > room) {
			slice->is_full = true;
			return true;
		}
		*reader = ahead;
		slice->next++;
		slice->taken++;
	}
	return true;
}

enum status store_slice_take(struct store_slice *slice, uint64_t first, uint64_t count,
                             struct view data, struct error *err)
{
	struct reader reader = reader_of(data);
	struct buf *ret = slice->ret;
	struct view run;
	enum status status;

	if (slice->next < first || slice->next - first >= count)
		return store_slice_gap(slice, err);
	for (uint64_t skip = slice->next - first; skip > 0; skip--) {
		if (!take_item(slice->kind, &reader))
			return store_slice_gap(slice, err);
	}
	run = reader.rest;
	if (!walk_fitting(slice, first + count, ret->max - ret->len, &reader))
		return store_slice_gap(slice, err);
	run.len -= reader.rest.len;
	buf_append_view(ret, run);
	status = buf_check(ret, name_of(slice->kind), err);
	if (status != STATUS_OK)
		store_slice_undo(slice);
	return status;
}
