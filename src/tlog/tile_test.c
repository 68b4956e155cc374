/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths (case 12), the tile set of a tree (case 13), a foreign log (case 14), and nodes
 * found again in tiles.
 */
#include "tlog/tile.h"

#include "tlog/bundle.h"
#include "tlog/checkpoint.h"
#include "tlog/proof.h"
#include "tlog/tlog_testing.h"

static void assert_path(struct tlog_tile tile, const char *path)
{
	char made[TLOG_TILE_PATH_MAX];
	struct tlog_tile parsed;
	tlog_tile_path(&tile, made);
	assert_string_equal(made, path);
	assert_int_equal(tlog_tile_parse(view_of_string(path), &parsed, NULL), STATUS_OK);
	assert_int_equal(parsed.is_entries, tile.is_entries);
	assert_int_equal(parsed.level, tile.level);
	assert_int_equal(parsed.index, tile.index);
	assert_int_equal(parsed.width, tile.width);
}

static void paths_are_the_published_ones(void **state)
{
	assert_path((struct tlog_tile){false, 0, 0, 256}, "tile/0/000");
	assert_path((struct tlog_tile){false, 0, 0, 255}, "tile/0/000.p/255");
	assert_path((struct tlog_tile){true, 0, 1, 1}, "tile/entries/001.p/1");
	assert_path((struct tlog_tile){false, 15, 455667, 256}, "tile/15/x455/667");
	assert_path((struct tlog_tile){false, 15, 123456789, 41},
	            "tile/15/x123/x456/789.p/41");
	assert_path((struct tlog_tile){true, 0, 1234067, 256},
	            "tile/entries/x001/x234/067");
	assert_path((struct tlog_tile){false, 63, UINT64_MAX, 9},
	            "tile/63/x018/x446/x744/x073/x709/x551/615.p/9");
	assert_path((struct tlog_tile){false, 1, 1000, 256}, "tile/1/x001/000");
}

static void other_paths_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "tile",
	    "tile/",
	    "tile/0",
	    "tile/0/",
	    "/tile/0/000",
	    "tile/00/000",
	    "tile/64/000",
	    "tile/-1/000",
	    "tile/entries",
	    "tile/Entries/000",
	    "tile/0/0",
	    "tile/0/0000",
	    "tile/0/00a",
	    "tile/0/x000",
	    "tile/0/x000/001",
	    "tile/0/001/000",
	    "tile/0/x001",
	    "tile/0/x001/",
	    "tile/0/X001/000",
	    "tile/0/000/",
	    "tile/0//000",
	    "tile/0/000.p",
	    "tile/0/000.p/",
	    "tile/0/000.p/0",
	    "tile/0/000.p/256",
	    "tile/0/000.p/01",
	    "tile/0/000.p/+1",
	    "tile/0/000.p/1/",
	    "tile/0/000.p/1.p/1",
	    "tile/0/000.P/1",
	    "tile/0/000 ",
	    "tile/0/../000",
	    "tile/0/x018/x446/x744/x073/x709/x551/616",
	    "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
	    "tile/0/x001/x000/x000/x000/x000/x000/x000/x000/x000/x000/x000/000",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct tlog_tile tile;
		if (tlog_tile_parse(view_of_string(bad[i]), &tile, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("taken: %s", bad[i]);
	}
	struct tlog_tile tile;
	assert_int_equal(tlog_tile_parse(view_of("tile/0/000", 11), &tile, NULL),
	                 STATUS_MALFORMED);
}

static void index_path_and_its_inverse_agree(void **state)
{
	static const uint64_t indices[] = {0,      1,       999,     1000,      1001,
	                                   999999, 1000000, 1234067, UINT64_MAX};
	for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(100);
		uint64_t index;
		tlog_tile_index_append(&text, indices[i]);
		assert_int_equal(tlog_tile_index_parse(buf_view(&text), &index, NULL),
		                 STATUS_OK);
		assert_int_equal(index, indices[i]);
	}
}

/* Case 13: what is served for size 70000, by name and width. */
static void tile_set_of_70000(void **state)
{
	static const struct {
		unsigned level, full;
		const char *partial;
	} expected[] = {
	    {0, 273, "tile/0/273.p/112"},
	    {1, 1, "tile/1/001.p/17"},
	    {2, 0, "tile/2/000.p/1"},
	    {3, 0, NULL},
	};
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		unsigned level = expected[i].level;
		uint64_t index = 0;
		while (tlog_tile_width(70000, level, index) == 256)
			index++;
		assert_int_equal(index, expected[i].full);
		struct tlog_tile tile = {.level = (uint8_t)level, .index = index};
		tile.width = tlog_tile_width(70000, level, index);
		assert_int_equal(tile.width > 0, expected[i].partial != NULL);
		if (expected[i].partial)
			assert_path(tile, expected[i].partial);
		assert_int_equal(tlog_tile_width(70000, level, index + 1), 0);
	}
}

static void widths_at_the_edges(void **state)
{
	assert_int_equal(tlog_tile_width(256, 0, 0), 256);
	assert_int_equal(tlog_tile_width(256, 0, 1), 0);
	assert_int_equal(tlog_tile_width(256, 1, 0), 1);
	assert_int_equal(tlog_tile_width(65536, 1, 0), 256);
	assert_int_equal(tlog_tile_width(65536, 2, 0), 1);
	assert_int_equal(tlog_tile_width(0, 0, 0), 0);
	assert_int_equal(tlog_tile_level_size(INT64_MAX, 7), 127);
	assert_int_equal(tlog_tile_level_size(INT64_MAX, 8), 0);
	assert_int_equal(tlog_tile_level_size(INT64_MAX, 63), 0);
}

static void runs_hash_up_to_their_subtree(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, 256);
	for (unsigned level = 0; level <= 8; level++) {
		struct hash node = tlog_tile_subtree(tree.nodes[0], (size_t)1 << level);
		assert_true(hash_equal(&node, &tree.nodes[level][0]));
	}
	test_tree_release(&tree);
}

/* Every stored node can be computed from the tile that tlog_tile_of_node names. */
static void nodes_are_found_in_their_tiles(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, 70000);
	for (unsigned level = 0; level < TEST_LEVELS; level++)
		for (uint64_t i = 0; i < tree.counts[level]; i += 1 + i / 16) {
			struct tlog_tile tile;
			size_t first, count;
			tlog_tile_of_node(level, i, &tile, &first, &count);
			assert_false(tile.is_entries);
			assert_in_range(first + count, 1, 256);
			assert_true(tlog_tile_width(70000, tile.level, tile.index) >=
			            first + count);
			const struct hash *row =
			    &tree.nodes[8 * tile.level][256 * tile.index + first];
			struct hash node = tlog_tile_subtree(row, count);
			assert_true(hash_equal(&node, &tree.nodes[level][i]));
		}
	test_tree_release(&tree);
}

/* Case 14: the log in Tessera's test data. */
static const char tessera_vkey[] =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

static struct tlog_checkpoint open_tessera_checkpoint(const char *name)
{
	CLEANUP_BUF struct buf note = test_load_foreign(name);
	struct tlog_vkey key;
	struct tlog_checkpoint checkpoint;
	assert_int_equal(tlog_vkey_decode(view_of_string(tessera_vkey), &key, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_checkpoint_open(buf_view(&note), &key, &checkpoint, NULL),
	                 STATUS_OK);
	assert_true(tlog_checkpoint_check_empty(&checkpoint));
	return checkpoint;
}

static void tessera_log_is_read_and_consistent(void **state)
{
	struct tlog_checkpoint last = open_tessera_checkpoint("tessera-log/checkpoint");
	assert_int_equal(last.size, 15);
	CLEANUP_BUF struct buf three =
	    test_load_foreign("tessera-log/tile/entries/000.p/3");
	static const char expected[] = "\0\3one\0\3two\0\5three";
	test_assert_view_equal(buf_view(&three), view_of(expected, sizeof expected - 1));
	CLEANUP_BUF struct buf bundle =
	    test_load_foreign("tessera-log/tile/entries/000.p/15");
	CLEANUP_BUF struct buf tile = test_load_foreign("tessera-log/tile/0/000.p/15");
	assert_int_equal(tlog_bundle_check(buf_view(&bundle), 15, NULL), STATUS_OK);

	struct test_tree tree = {0};
	struct reader reader = reader_of(buf_view(&bundle));
	struct view entry;
	tlog_tree_init(&tree.tree);
	for (unsigned n = 0; n <= 15; n++) {
		char name[64];
		(void)snprintf(name, sizeof name, "tessera-log/checkpoint.%u", n);
		struct tlog_checkpoint checkpoint = open_tessera_checkpoint(name);
		struct hash root = tlog_tree_root(&tree.tree);
		assert_int_equal(checkpoint.size, n);
		assert_true(hash_equal(&checkpoint.root, &root));
		if (tlog_bundle_next(&reader, &entry))
			test_tree_add(&tree, entry);
	}
	test_assert_view_equal(buf_view(&tile), view_of(tree.nodes[0], 15 * 32));
	for (unsigned n = 0; n <= 15; n++) {
		struct tlog_proof proof;
		struct hash old_root;
		assert_int_equal(
		    tlog_subtree_root(0, n, test_tree_read, &tree, &old_root, NULL),
		    STATUS_OK);
		assert_int_equal(
		    tlog_proof_consistency(n, 15, test_tree_read, &tree, &proof, NULL),
		    STATUS_OK);
		assert_int_equal(tlog_proof_verify_consistency(&proof, n, &old_root, 15,
		                                               &last.root, NULL),
		                 STATUS_OK);
	}
	test_tree_release(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_the_published_ones),
	    cmocka_unit_test(other_paths_are_refused),
	    cmocka_unit_test(index_path_and_its_inverse_agree),
	    cmocka_unit_test(tile_set_of_70000),
	    cmocka_unit_test(widths_at_the_edges),
	    cmocka_unit_test(runs_hash_up_to_their_subtree),
	    cmocka_unit_test(nodes_are_found_in_their_tiles),
	    cmocka_unit_test(tessera_log_is_read_and_consistent),
	};
	return cmocka_run_group_tests(tests, test_setup, NULL);
}
