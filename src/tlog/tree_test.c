/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roots against vectors and against the recursive definition; the frontier rebuilt from
 * stored nodes at every size.
 */
#include "tlog/tlog_testing.h"

static void hash_prefixes_separate_leaves_from_nodes(void **state)
{
	struct hash empty = tlog_empty_root();
	struct hash leaf = tlog_leaf_hash(view_of("", 0));
	test_assert_hash_hex(
	    &empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	test_assert_hash_hex(
	    &leaf, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	struct hash node = tlog_node_hash(&empty, &leaf);
	struct hash expected = sha256_prefixed(1, hash_view(&empty), hash_view(&leaf));
	assert_true(hash_equal(&node, &expected));
}

/* Case 4: entries "", "a", "bc". */
static void three_leaf_root_is_the_published_one(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_add(&tree, view_of("", 0));
	test_tree_add(&tree, view_of_string("a"));
	test_tree_add(&tree, view_of_string("bc"));
	struct hash root = tlog_tree_root(&tree.tree);
	test_assert_hash_hex(
	    &root, "2e9547978b8da560ecaaf07ab189d6799ecc53cd2f56c2f01866d01f70b78a4f");
	CLEANUP_BUF struct buf tile = test_load_own("tree/tile/0/000.p/3");
	test_assert_view_equal(buf_view(&tile),
	                       view_of(tree.nodes[0], 3 * sizeof(struct hash)));
	test_tree_release(&tree);
}

/* The 8 leaves of RFC 6962's reference implementation. */
static const char *const reference_leaves[8] = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
};

static void append_vector_leaf(struct tlog_tree *tree, bool is_reference, uint64_t index)
{
	uint8_t bytes[32];
	size_t len;
	if (is_reference) {
		struct view hex = view_of_string(reference_leaves[index]);
		len = hex.len / 2;
		assert_int_equal(hex_decode_exact(hex, bytes, len, NULL), STATUS_OK);
	} else {
		len = (size_t)snprintf((char *)bytes, sizeof bytes, "%llu",
		                       (unsigned long long)index);
	}
	struct hash leaf = tlog_leaf_hash(view_of(bytes, len));
	tlog_tree_append(tree, &leaf, NULL, NULL);
}

/* Case 9: roots.tsv, sizes rising within each set. */
static void roots_match_the_vectors(void **state)
{
	CLEANUP_BUF struct buf file = test_load_own("roots.tsv");
	struct view rest = buf_view(&file), line;
	struct tlog_tree tree;
	char last_set[16] = "";
	int checked = 0;
	while (view_take_line(&rest, &line)) {
		char set[16], hex[65], text[128];
		unsigned long long size;
		assert_true(view_copy_string(line, text, sizeof text));
		if (text[0] == '#')
			continue;
		assert_int_equal(sscanf(text, "%15s %llu %64s", set, &size, hex), 3);
		if (strcmp(set, last_set) != 0)
			tlog_tree_init(&tree);
		strcpy(last_set, set);
		while (tree.size < size)
			append_vector_leaf(&tree, strcmp(set, "ct8") == 0, tree.size);
		struct hash root = tlog_tree_root(&tree);
		test_assert_hash_hex(&root, hex);
		checked++;
	}
	assert_int_equal(checked, 23);
}

static void roots_equal_the_recursive_definition(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	for (unsigned n = 0; n <= 300; n++) {
		struct hash root = tlog_tree_root(&tree.tree);
		struct hash truth = test_mth(tree.nodes[0], n);
		assert_true(hash_equal(&root, &truth));
		assert_int_equal(tree.tree.frontier_count, __builtin_popcount(n));
		test_tree_fill(&tree, 1);
	}
	test_tree_release(&tree);
}

static void sink_gets_every_perfect_subtree_once(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, 300);
	for (unsigned level = 0; level < TEST_LEVELS; level++) {
		assert_int_equal(tree.counts[level], 300 >> level);
		for (size_t i = 0; i < tree.counts[level]; i++) {
			struct hash truth =
			    test_mth(tree.nodes[0] + (i << level), (size_t)1 << level);
			assert_true(hash_equal(&tree.nodes[level][i], &truth));
		}
	}
	test_tree_release(&tree);
}

static void loaded_tree_continues_like_the_first(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, 200);
	for (unsigned size = 0; size < 200; size++) {
		struct tlog_tree loaded;
		assert_int_equal(
		    tlog_tree_load(&loaded, size, test_tree_read, &tree, NULL),
		    STATUS_OK);
		for (unsigned i = size; i < 200; i++)
			tlog_tree_append(&loaded, &tree.nodes[0][i], NULL, NULL);
		struct hash root = tlog_tree_root(&loaded);
		struct hash expected = tlog_tree_root(&tree.tree);
		assert_true(hash_equal(&root, &expected));
	}
	test_tree_release(&tree);
}

static void loading_what_is_not_held_fails(void **state)
{
	struct test_tree tree = {0};
	struct tlog_tree loaded;
	struct hash root;
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, 5);
	assert_int_equal(tlog_tree_load(&loaded, 6, test_tree_read, &tree, NULL),
	                 STATUS_NOT_FOUND);
	assert_int_equal(tlog_subtree_root(4, 6, test_tree_read, &tree, &root, NULL),
	                 STATUS_NOT_FOUND);
	assert_int_equal(tlog_subtree_root(3, 2, test_tree_read, &tree, &root, NULL),
	                 STATUS_MALFORMED);
	test_tree_release(&tree);
}

static void subtree_roots_equal_the_recursive_definition(void **state)
{
	struct test_tree tree = {0};
	tlog_tree_init(&tree.tree);
	test_tree_fill(&tree, 130);
	for (unsigned end = 0; end <= 130; end++)
		for (unsigned width = 0, align = 1; width <= end; width++) {
			while (align < width)
				align *= 2;
			unsigned start = end - width;
			if (start % align != 0)
				continue;
			struct hash root, truth = test_mth(tree.nodes[0] + start, width);
			assert_int_equal(tlog_subtree_root(start, end, test_tree_read,
			                                   &tree, &root, NULL),
			                 STATUS_OK);
			assert_true(hash_equal(&root, &truth));
		}
	test_tree_release(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hash_prefixes_separate_leaves_from_nodes),
	    cmocka_unit_test(three_leaf_root_is_the_published_one),
	    cmocka_unit_test(roots_match_the_vectors),
	    cmocka_unit_test(roots_equal_the_recursive_definition),
	    cmocka_unit_test(sink_gets_every_perfect_subtree_once),
	    cmocka_unit_test(loaded_tree_continues_like_the_first),
	    cmocka_unit_test(loading_what_is_not_held_fails),
	    cmocka_unit_test(subtree_roots_equal_the_recursive_definition),
	};
	return cmocka_run_group_tests(tests, test_setup, NULL);
}
