/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things lie in an export, and in which order its list names them: the order in
 * which a reader needs them, so that a reader never looks back. Names only; nothing is
 * opened here. Source: spec/record.md, Export.
 *
 * Of one log, whose folder is the hash of its origin: checkpoint, policy, then for each
 * entry bundle: tile/entries/<N>, tile/0/<N>, the tiles of higher levels that this
 * bundle completes (behind the last bundle also the partial ones of the right edge),
 * blobs/<N>, the attachments that its entries are the first to name.
 */
#ifndef ALDIS_BUNDLE_LAYOUT_H
#define ALDIS_BUNDLE_LAYOUT_H

#include "record/envelope.h"
#include "tlog/tile.h"

#define BUNDLE_MANIFEST "manifest"
#define BUNDLE_LIST "files"
#define BUNDLE_CHARTER "charter.note"

enum {
	BUNDLE_PATH_MAX = 256,  /* with NUL */
	BUNDLE_TILE_LEVELS = 6, /* of a log of at most BUNDLE_SIZE_MAX entries */
	BUNDLE_TILE_LEN_MAX = TLOG_TILE_WIDTH * 32,
	BUNDLE_ENTRIES_LEN_MAX = TLOG_TILE_WIDTH * (2 + TLOG_ENTRY_MAX),
	BUNDLE_BODY_LEN_MAX = RECORD_SALT_LEN + RECORD_BODY_MAX,
	BUNDLE_BLOBS_LEN_MAX = TLOG_TILE_WIDTH * (4 + BUNDLE_BODY_LEN_MAX),
};
/* Entries of one log in an export. */
#define BUNDLE_SIZE_MAX ((UINT64_C(1) << 48) - 1)

struct bundle_path {
	char text[BUNDLE_PATH_MAX];
};

/* "amendments/<number>.note", "log-ends/<number>.note" and "older-cards/<number>.note",
 * each from 1 on. */
struct bundle_path bundle_path_amendment(size_t number);
struct bundle_path bundle_path_log_end(size_t number);
struct bundle_path bundle_path_older_card(size_t number);
/* "cards/<desk>.note" */
struct bundle_path bundle_path_card(const char *desk);
/* "<folder>/<name>", or the name alone when folder is empty. */
struct bundle_path bundle_path_join(const char *folder, const char *name);

/* Names within a log's folder. */
struct bundle_path bundle_path_tile(const struct tlog_tile *tile);
/* "blobs/<N>[.p/<W>]" beside the entry bundle of this width. */
struct bundle_path bundle_path_blobs(const struct tlog_tile *entries);
struct bundle_path bundle_path_attachment(const struct hash *id);

/* The folder of a log: SHA-256 of its origin in hex. */
void bundle_log_folder(const char *origin, char ret_hex[HASH_HEX_LEN + 1]);

/* How many entry bundles a log of this size has, and bundle `index` of them. */
uint64_t bundle_entries_count(uint64_t size);
struct tlog_tile bundle_entries_tile(uint64_t size, uint64_t index);

/* The hash tiles that follow entry bundle `index`, at most one of each level, the lowest
 * first; returns how many. */
size_t bundle_tiles_behind(uint64_t size, uint64_t index,
                           struct tlog_tile ret_tiles[BUNDLE_TILE_LEVELS]);

#endif
