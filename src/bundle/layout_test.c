/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files a log has, and their names. Figures: c2sp.org/tlog-tiles.
 */
#include "bundle/layout.h"

#include "bundle/testing.h"

struct figures {
	size_t bundles, tiles[BUNDLE_TILE_LEVELS], partial[BUNDLE_TILE_LEVELS];
	uint64_t next[BUNDLE_TILE_LEVELS];
};

/* Walks the files of a log, each tile in order of its index within its level. */
static struct figures count_files(uint64_t size)
{
	struct figures figures = {0};

	for (uint64_t i = 0; i < bundle_entries_count(size); i++) {
		struct tlog_tile tiles[BUNDLE_TILE_LEVELS];
		size_t count = bundle_tiles_behind(size, i, tiles);

		figures.bundles++;
		assert_in_range(count, 1, BUNDLE_TILE_LEVELS);
		assert_int_equal(tiles[0].level, 0);
		for (size_t j = 0; j < count; j++) {
			unsigned level = tiles[j].level;

			assert_int_equal(tiles[j].index, figures.next[level]++);
			assert_int_equal(tiles[j].width,
			                 tlog_tile_width(size, level, tiles[j].index));
			figures.tiles[level]++;
			figures.partial[level] += tiles[j].width < TLOG_TILE_WIDTH;
		}
	}
	return figures;
}

static void a_log_of_70000_has_551_files_of_tiles(void **state TEST_UNUSED)
{
	struct figures figures = count_files(70000);

	assert_int_equal(figures.bundles, 274);
	assert_int_equal(figures.tiles[0], 274);
	assert_int_equal(figures.partial[0], 1);
	assert_int_equal(figures.tiles[1], 2);
	assert_int_equal(figures.partial[1], 1);
	assert_int_equal(figures.tiles[2], 1);
	assert_int_equal(figures.partial[2], 1);
	assert_int_equal(figures.tiles[3], 0);
}

static void every_size_has_the_tiles_of_every_level(void **state TEST_UNUSED)
{
	static const uint64_t sizes[] = {0,   1,   2,     255,   256,   257,   511,
	                                 512, 513, 65535, 65536, 65537, 131072};

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct figures figures = count_files(sizes[i]);

		for (unsigned level = 0; level < BUNDLE_TILE_LEVELS; level++) {
			uint64_t hashes = tlog_tile_level_size(sizes[i], level);

			assert_int_equal(figures.tiles[level], (hashes + 255) / 256);
		}
	}
}

static void the_last_bundle_of_a_huge_log_ends_its_edge(void **state TEST_UNUSED)
{
	struct tlog_tile tiles[BUNDLE_TILE_LEVELS];
	uint64_t last = bundle_entries_count(BUNDLE_SIZE_MAX) - 1;

	assert_int_equal(bundle_tiles_behind(BUNDLE_SIZE_MAX, last, tiles), 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(tiles[i].width, 255);
}

static void names_are_those_of_the_specification(void **state TEST_UNUSED)
{
	struct tlog_tile bundle = {.is_entries = true, .index = 1234067, .width = 256};
	struct tlog_tile partial = {.is_entries = true, .index = 1, .width = 44};
	struct tlog_tile tile = {.level = 1, .index = 0, .width = 3};
	struct hash id = sha256(view_of_string("x"));

	assert_string_equal(bundle_path_tile(&bundle).text, "tile/entries/x001/x234/067");
	assert_string_equal(bundle_path_blobs(&bundle).text, "blobs/x001/x234/067");
	assert_string_equal(bundle_path_blobs(&partial).text, "blobs/001.p/44");
	assert_string_equal(bundle_path_tile(&tile).text, "tile/1/000.p/3");
	assert_string_equal(bundle_path_card("north.example").text,
	                    "cards/north.example.note");
	assert_string_equal(bundle_path_join("", "manifest").text, "manifest");
	assert_string_equal(bundle_path_join("a", "b").text, "a/b");
	assert_int_equal(strlen(bundle_path_attachment(&id).text), 12 + 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_log_of_70000_has_551_files_of_tiles),
	    cmocka_unit_test(every_size_has_the_tiles_of_every_level),
	    cmocka_unit_test(the_last_bundle_of_a_huge_log_ends_its_edge),
	    cmocka_unit_test(names_are_those_of_the_specification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
