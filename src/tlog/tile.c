/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and coordinates only: no tile is read or written here.
 */
#include "tlog/tile.h"

#include "codec/decimal.h"

#include <assert.h>
#include <stdio.h>

enum {
	HEIGHT = 8,          /* levels of the tree in one tile */
	INDEX_GROUPS = 7,    /* 2^64 has 20 decimal digits */
	INDEX_PATH_MAX = 34, /* six groups "x000/", one "000", NUL */
};

/* Writes "x001/x234/067" and returns its length. */
static size_t write_index(uint64_t index, char ret_text[INDEX_PATH_MAX])
{
	unsigned groups[INDEX_GROUPS];
	size_t count = 0, len = 0;
	do {
		groups[count++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index > 0);
	while (count > 0) {
		count--;
		len += (size_t)snprintf(ret_text + len, INDEX_PATH_MAX - len,
		                        count > 0 ? "x%03u/" : "%03u", groups[count]);
	}
	return len;
}

void tlog_tile_index_append(struct buf *out, uint64_t index)
{
	char text[INDEX_PATH_MAX];
	buf_append(out, text, write_index(index, text));
}

void tlog_tile_path(const struct tlog_tile *tile, char ret_path[TLOG_TILE_PATH_MAX])
{
	assert(tile->width >= 1 && tile->width <= TLOG_TILE_WIDTH);
	assert(tile->level <= TLOG_TILE_LEVEL_MAX);
	char index[INDEX_PATH_MAX];
	size_t index_len = write_index(tile->index, index);
	int len;
	if (tile->is_entries)
		len = snprintf(ret_path, TLOG_TILE_PATH_MAX, "tile/entries/%.*s",
		               (int)index_len, index);
	else
		len = snprintf(ret_path, TLOG_TILE_PATH_MAX, "tile/%u/%.*s", tile->level,
		               (int)index_len, index);
	if (tile->width < TLOG_TILE_WIDTH)
		(void)snprintf(ret_path + len, TLOG_TILE_PATH_MAX - (size_t)len, ".p/%u",
		               tile->width);
}

static enum status refuse(struct error *err)
{
	return error_set(err, STATUS_MALFORMED, "not the path of a tile");
}

/* The part before the next '/', which is dropped; all of it without one. */
static struct view take_segment(struct view *rest)
{
	size_t end = view_find(*rest, view_of("/", 1));
	struct view segment = *rest;
	if (end == SIZE_MAX) {
		*rest = view_from(*rest, rest->len);
		return segment;
	}
	segment.len = end;
	*rest = view_from(*rest, end + 1);
	return segment;
}

static bool parse_group(struct view group, unsigned *ret_value)
{
	unsigned value = 0;
	if (group.len != 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (group.data[i] < '0' || group.data[i] > '9')
			return false;
		value = value * 10 + (unsigned)(group.data[i] - '0');
	}
	*ret_value = value;
	return true;
}

enum status tlog_tile_index_parse(struct view text, uint64_t *ret_index,
                                  struct error *err)
{
	uint64_t index = 0;
	struct view rest = text;
	for (bool is_last = false; !is_last;) {
		unsigned value;
		struct view group = take_segment(&rest);
		is_last = group.len == 0 || group.data[0] != 'x';
		if (!parse_group(is_last ? group : view_from(group, 1), &value))
			return refuse(err);
		index = index * 1000 + value;
	}
	/* Empty leading groups, an overflow, bytes behind the last group: all show here.
	 */
	char canonical[INDEX_PATH_MAX];
	size_t len = write_index(index, canonical);
	if (!view_equal(text, view_of(canonical, len)))
		return refuse(err);
	*ret_index = index;
	return STATUS_OK;
}

static enum status parse_level(struct view text, struct tlog_tile *tile,
                               struct error *err)
{
	uint64_t level;
	tile->is_entries = view_equal_string(text, "entries");
	if (tile->is_entries)
		return STATUS_OK;
	if (decimal_decode(text, TLOG_TILE_LEVEL_MAX, &level, NULL) != STATUS_OK)
		return refuse(err);
	tile->level = (uint8_t)level;
	return STATUS_OK;
}

/* Cuts ".p/<W>" off the end of *path. */
static enum status parse_width(struct view *path, struct tlog_tile *tile,
                               struct error *err)
{
	size_t mark = view_find(*path, view_of_string(".p/"));
	uint64_t width;
	tile->width = TLOG_TILE_WIDTH;
	if (mark == SIZE_MAX)
		return STATUS_OK;
	if (decimal_decode(view_from(*path, mark + 3), TLOG_TILE_WIDTH - 1, &width,
	                   NULL) != STATUS_OK ||
	    width == 0)
		return refuse(err);
	tile->width = (uint16_t)width;
	path->len = mark;
	return STATUS_OK;
}

enum status tlog_tile_parse(struct view path, struct tlog_tile *ret_tile,
                            struct error *err)
{
	struct tlog_tile tile = {0};
	struct view rest = path;
	if (path.len >= TLOG_TILE_PATH_MAX)
		return refuse(err);
	if (!view_equal_string(take_segment(&rest), "tile"))
		return refuse(err);
	TRY(parse_level(take_segment(&rest), &tile, err));
	TRY(parse_width(&rest, &tile, err));
	TRY(tlog_tile_index_parse(rest, &tile.index, err));
	*ret_tile = tile;
	return STATUS_OK;
}

uint64_t tlog_tile_level_size(uint64_t size, unsigned level)
{
	return level >= 64 / HEIGHT ? 0 : size >> (HEIGHT * level);
}

uint16_t tlog_tile_width(uint64_t size, unsigned level, uint64_t index)
{
	uint64_t hashes = tlog_tile_level_size(size, level);
	uint64_t full = hashes / TLOG_TILE_WIDTH;
	if (index < full)
		return TLOG_TILE_WIDTH;
	return index == full ? (uint16_t)(hashes % TLOG_TILE_WIDTH) : 0;
}

struct hash tlog_tile_subtree(const struct hash *hashes, size_t count)
{
	assert(count >= 1 && count <= TLOG_TILE_WIDTH && (count & (count - 1)) == 0);
	struct hash row[TLOG_TILE_WIDTH / 2];
	if (count == 1)
		return hashes[0];
	for (size_t i = 0; i < count / 2; i++)
		row[i] = tlog_node_hash(&hashes[2 * i], &hashes[2 * i + 1]);
	for (size_t width = count / 4; width > 0; width /= 2)
		for (size_t i = 0; i < width; i++)
			row[i] = tlog_node_hash(&row[2 * i], &row[2 * i + 1]);
	return row[0];
}

void tlog_tile_of_node(unsigned level, uint64_t index, struct tlog_tile *ret_tile,
                       size_t *ret_first, size_t *ret_count)
{
	assert(level < 64);
	unsigned height = level % HEIGHT; /* above the tile's own hashes */
	uint64_t nodes = TLOG_TILE_WIDTH >> height;
	*ret_tile = (struct tlog_tile){.level = (uint8_t)(level / HEIGHT),
	                               .index = index / nodes,
	                               .width = TLOG_TILE_WIDTH};
	*ret_first = (size_t)(index % nodes) << height;
	*ret_count = (size_t)1 << height;
}
