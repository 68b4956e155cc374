/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every storage does alike: where a chunk or a tile stands (one integer, so that
 * rows lie in log order and appending never slows), which calls break the contract of
 * desk/ports.h, and how a run of entries is cut out of chunks. Pure; knows no storage.
 */
#ifndef ALDIS_STORE_LAYOUT_H
#define ALDIS_STORE_LAYOUT_H

#include "desk/ports.h"

/* The two kinds of chunks, by the bytes of the length in front of each item. */
enum store_chunk_kind { STORE_CHUNK_ENTRIES = 2, STORE_CHUNK_BODIES = 4 };

enum { STORE_LEVEL_MAX = 7 };
#define STORE_TILE_INDEX_MAX ((UINT64_C(1) << 36) - 1)

/* Row number of the chunk whose first item is `first`: log << 40 | first. Both must be
 * in range. */
uint64_t store_layout_chunk_id(uint32_t log, uint64_t first);
/* Index of the first item of the chunk in that row. */
uint64_t store_layout_chunk_first(uint64_t id);
/* (log * 8 + level) << 36 | index; all must be in range. */
uint64_t store_layout_tile_id(uint32_t log, unsigned level, uint64_t index);

/* The contract's limits; BUG with a sentence when the caller breaks them. */
MUST_USE enum status store_layout_check_table(enum store_table table, struct error *err);
MUST_USE enum status store_layout_check_key(enum store_table table, struct view key,
                                            struct error *err);
MUST_USE enum status store_layout_check_log(uint32_t log, struct error *err);
MUST_USE enum status store_layout_check_tile(uint32_t log, unsigned level, uint64_t index,
                                             struct error *err);
/* May these items stand behind the `held` ones that are there? */
MUST_USE enum status store_layout_check_append(enum store_chunk_kind kind, uint32_t log,
                                               uint64_t held, uint64_t first,
                                               uint32_t count, struct view data,
                                               struct error *err);

/* The order of keys in every storage: by bytes, a prefix before what it begins. */
int store_layout_compare(struct view a, struct view b);

/* A key that is greater than all keys with this prefix and smaller than any other key
 * behind them. */
struct store_layout_bound {
	uint8_t bytes[STORE_KEY_MAX + 1];
	size_t len;
};
struct store_layout_bound store_layout_prefix_end(struct view prefix);

/*
 * A run of items on its way out of the chunks that hold it. Hand it the chunks in order
 * until it is done; it takes whole items while they fit the buffer's maximum. When a
 * call fails, the buffer is as long as it was at the start.
 */
struct store_slice {
	enum store_chunk_kind kind;
	uint64_t next, end; /* item indices */
	uint64_t taken;
	size_t len_before;
	bool is_full;
	struct buf *ret;
};

/* NOT_FOUND when `first` is not below `held`; the run ends at `held` at the latest. */
MUST_USE enum status store_slice_init(struct store_slice *ret_slice,
                                      enum store_chunk_kind kind, uint64_t held,
                                      uint64_t first, uint64_t count, struct buf *ret,
                                      struct error *err);
bool store_slice_is_done(const struct store_slice *slice);
/* MALFORMED when the chunk does not hold what its row says, or does not hold the item
 * that comes next. */
MUST_USE enum status store_slice_take(struct store_slice *slice, uint64_t first,
                                      uint64_t count, struct view data,
                                      struct error *err);
/* Gives the buffer its length back, for a storage that failed between two chunks. */
void store_slice_undo(struct store_slice *slice);
/* For a storage that found no further chunk: MALFORMED, as the run is not done. */
MUST_USE enum status store_slice_gap(struct store_slice *slice, struct error *err);

#endif
