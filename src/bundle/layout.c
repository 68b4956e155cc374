/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names and the order of the files of an export, for its writer and its reader alike.
 */
#include "bundle/layout.h"

#include <stdarg.h>
#include <stdio.h>

#include <assert.h>

__attribute__((format(printf, 1, 2))) static struct bundle_path
make_path(const char *format, ...)
{
	struct bundle_path path;
	va_list arguments;

	va_start(arguments, format);
	int len = vsnprintf(path.text, sizeof path.text, format, arguments);
	va_end(arguments);
	assert(len > 0 && (size_t)len < sizeof path.text);
	return path;
}

struct bundle_path bundle_path_amendment(size_t number)
{
	return make_path("amendments/%zu.note", number);
}

struct bundle_path bundle_path_log_end(size_t number)
{
	return make_path("log-ends/%zu.note", number);
}

struct bundle_path bundle_path_older_card(size_t number)
{
	return make_path("older-cards/%zu.note", number);
}

struct bundle_path bundle_path_card(const char *desk)
{
	return make_path("cards/%s.note", desk);
}

struct bundle_path bundle_path_join(const char *folder, const char *name)
{
	return make_path("%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);
}

struct bundle_path bundle_path_tile(const struct tlog_tile *tile)
{
	char name[TLOG_TILE_PATH_MAX];

	tlog_tile_path(tile, name);
	return make_path("%s", name);
}

struct bundle_path bundle_path_blobs(const struct tlog_tile *entries)
{
	char name[TLOG_TILE_PATH_MAX];

	assert(entries->is_entries);
	tlog_tile_path(entries, name);
	return make_path("blobs/%s", name + strlen("tile/entries/"));
}

struct bundle_path bundle_path_attachment(const struct hash *id)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(id, hex);
	return make_path("attachments/%s", hex);
}

void bundle_log_folder(const char *origin, char ret_hex[HASH_HEX_LEN + 1])
{
	struct hash hash = sha256(view_of_string(origin));

	hash_hex(&hash, ret_hex);
}

uint64_t bundle_entries_count(uint64_t size)
{
	return size / TLOG_TILE_WIDTH + (size % TLOG_TILE_WIDTH != 0);
}

struct tlog_tile bundle_entries_tile(uint64_t size, uint64_t index)
{
	return (struct tlog_tile){
	    .is_entries = true,
	    .index = index,
	    .width = tlog_tile_width(size, 0, index),
	};
}

size_t bundle_tiles_behind(uint64_t size, uint64_t index,
                           struct tlog_tile ret_tiles[BUNDLE_TILE_LEVELS])
{
	uint64_t end = (index + 1) * TLOG_TILE_WIDTH;
	size_t count = 0;

	assert(size <= BUNDLE_SIZE_MAX);
	for (unsigned level = 0; level < BUNDLE_TILE_LEVELS; level++) {
		unsigned shift =
		    8 * (level + 1); /* leaves below a full tile, as a power */
		struct tlog_tile tile = {.level = (uint8_t)level};

		if (end <= size && end % (UINT64_C(1) << shift) == 0) {
			tile.index = (end >> shift) - 1;
			tile.width = TLOG_TILE_WIDTH;
		} else if (end >= size) {
			tile.index = size >> shift;
			tile.width = tlog_tile_width(size, level, tile.index);
		}
		if (tile.width > 0)
			ret_tiles[count++] = tile;
	}
	return count;
}
