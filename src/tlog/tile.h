/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2SP tlog-tiles: the names of tiles and entry bundles, and which of them a tree of a
 * given size has. Height 8: a full tile holds 256 hashes. Source: c2sp.org/tlog-tiles.
 */
#ifndef ALDIS_TLOG_TILE_H
#define ALDIS_TLOG_TILE_H

#include "base/buf.h"
#include "tlog/tree.h"

enum { TLOG_TILE_WIDTH = 256, TLOG_TILE_LEVEL_MAX = 63, TLOG_TILE_PATH_MAX = 64 };

struct tlog_tile {
	bool is_entries; /* an entry bundle, level 0 */
	uint8_t level;   /* of hash tiles: 0 to 63 */
	uint64_t index;  /* N */
	uint16_t width;  /* 1 to 256; 256 is a full tile */
};

/* "tile/0/x001/234.p/7" or "tile/entries/000"; ret_path holds TLOG_TILE_PATH_MAX bytes.
 */
void tlog_tile_path(const struct tlog_tile *tile, char ret_path[TLOG_TILE_PATH_MAX]);
/* Parses exactly such a path (no leading slash). */
MUST_USE enum status tlog_tile_parse(struct view path, struct tlog_tile *ret_tile,
                                     struct error *err);
/* Just the N part, "x001/x234/067", and its inverse; used for packed blobs too. */
void tlog_tile_index_append(struct buf *out, uint64_t index);
MUST_USE enum status tlog_tile_index_parse(struct view text, uint64_t *ret_index,
                                           struct error *err);

/* How many hashes level `level` has in a tree of size: floor(size / 256^level). */
uint64_t tlog_tile_level_size(uint64_t size, unsigned level);
/* Width of tile `index` at `level` in a tree of size: 0 when there is none, at most 256.
 */
uint16_t tlog_tile_width(uint64_t size, unsigned level, uint64_t index);

/* Hash `row` up a run of count = 2^height consecutive hashes of one tile, count <= 256.
 */
struct hash tlog_tile_subtree(const struct hash *hashes, size_t count);

/* Which tile holds node (level, index) of the tree, and which rows of it: [first,
 * first+count). The width is given as that of a full tile. */
void tlog_tile_of_node(unsigned level, uint64_t index, struct tlog_tile *ret_tile,
                       size_t *ret_first, size_t *ret_count);

#endif
