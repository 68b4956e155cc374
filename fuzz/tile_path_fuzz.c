/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tile paths: what parses is written back as the same bytes.
 */
#include "tlog/tile.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_index(struct view text)
{
	uint64_t index;
	CLEANUP_BUF struct buf again = BUF_INIT(TLOG_TILE_PATH_MAX);
	if (tlog_tile_index_parse(text, &index, NULL) != STATUS_OK)
		return;
	tlog_tile_index_append(&again, index);
	assert(view_equal(buf_view(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view text = view_of(data, len);
	struct tlog_tile tile;
	char path[TLOG_TILE_PATH_MAX];
	check_index(text);
	if (tlog_tile_parse(text, &tile, NULL) != STATUS_OK)
		return 0;
	tlog_tile_path(&tile, path);
	assert(view_equal_string(text, path));
	return 0;
}
