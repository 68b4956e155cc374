/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of this folder share: a store of nodes in memory, vectors from files,
 * hashes from hex. Only tests include it.
 */
#ifndef ALDIS_TLOG_TLOG_TESTING_H
#define ALDIS_TLOG_TLOG_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "tlog/tree.h"

#define TEST_UNUSED __attribute__((unused))

enum { TEST_LEVELS = 20, TEST_FILE_MAX = 1 << 20 };

/* A tree that keeps all its nodes: nodes[level][index]. Start all-zero. */
struct test_tree {
	struct tlog_tree tree;
	struct hash *nodes[TEST_LEVELS];
	size_t counts[TEST_LEVELS];
};

static inline void test_tree_sink(void *context, unsigned level, uint64_t index,
                                  const struct hash *node)
{
	struct test_tree *tree = context;
	size_t count = tree->counts[level];
	assert_true(level < TEST_LEVELS);
	assert_int_equal(index, count);
	if ((count & (count - 1)) == 0) {
		size_t cap = count == 0 ? 1 : 2 * count;
		tree->nodes[level] =
		    reallocarray(tree->nodes[level], cap, sizeof(struct hash));
		assert_non_null(tree->nodes[level]);
	}
	tree->nodes[level][count] = *node;
	tree->counts[level]++;
}

static inline enum status test_tree_read(void *context, unsigned level, uint64_t index,
                                         struct hash *ret_node, struct error *err)
{
	struct test_tree *tree = context;
	if (level >= TEST_LEVELS || index >= tree->counts[level])
		return error_set(err, STATUS_NOT_FOUND, "node not held");
	*ret_node = tree->nodes[level][index];
	return STATUS_OK;
}

static inline void test_tree_add(struct test_tree *tree, struct view entry)
{
	struct hash leaf = tlog_leaf_hash(entry);
	tlog_tree_append(&tree->tree, &leaf, test_tree_sink, tree);
}

static inline void test_tree_release(struct test_tree *tree)
{
	for (size_t i = 0; i < TEST_LEVELS; i++)
		free(tree->nodes[i]);
}

/* Entry i is the single byte i. */
static inline void test_tree_fill(struct test_tree *tree, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t byte = (uint8_t)i;
		test_tree_add(tree, view_of(&byte, 1));
	}
}

/* MTH as RFC 6962 defines it, recursively, over leaf hashes: the slow truth. */
static inline struct hash test_mth(const struct hash *leaves, size_t count)
{
	if (count == 0)
		return sha256(view_of("", 0));
	if (count == 1)
		return leaves[0];
	size_t split = 1;
	while (2 * split < count)
		split *= 2;
	struct hash left = test_mth(leaves, split);
	struct hash right = test_mth(leaves + split, count - split);
	return sha256_prefixed(1, hash_view(&left), hash_view(&right));
}

static inline struct hash test_hash_of_hex(const char *hex)
{
	struct hash hash;
	assert_int_equal(
	    hex_decode_exact(view_of_string(hex), hash.bytes, sizeof hash.bytes, NULL),
	    STATUS_OK);
	return hash;
}

static inline void test_assert_hash_hex(const struct hash *hash, const char *hex)
{
	char text[HASH_HEX_LEN + 1];
	hash_hex(hash, text);
	assert_string_equal(text, hex);
}

/* The source root comes from the build. */
static inline void test_path(char ret_path[4096], const char *folder, const char *name)
{
	const char *root = getenv("SOURCE_ROOT");
	assert_non_null(root);
	int len = snprintf(ret_path, 4096, "%s/%s/%s", root, folder, name);
	assert_in_range(len, 1, 4095);
}

/* A file of our own vectors, which must be there. The caller releases. */
static inline struct buf test_load_own(const char *name)
{
	char path[4096];
	struct buf content = BUF_INIT(TEST_FILE_MAX);
	test_path(path, "test/vectors/own", name);
	assert_int_equal(file_read(path, &content, NULL), STATUS_OK);
	return content;
}

/* Data of other projects, beside the source tree: skips the test when it is absent. */
static inline struct buf test_load_foreign(const char *name)
{
	char path[4096];
	struct buf content = BUF_INIT(TEST_FILE_MAX);
	test_path(path, "../shared/vectors/foreign", name);
	if (file_read(path, &content, NULL) != STATUS_OK) {
		buf_release(&content);
		print_message("skipped: ../shared/vectors/foreign/%s is not here\n",
		              name);
		skip();
	}
	return content;
}

/* A string of cosig_vectors.json. The caller releases. */
static inline struct buf test_load_cosig(const char *name)
{
	CLEANUP_BUF struct buf file = test_load_own("cosig_vectors.json");
	struct json_doc doc = {0};
	struct buf string = BUF_INIT(TEST_FILE_MAX);
	assert_int_equal(json_scan(&doc, buf_view(&file), 100, NULL), STATUS_OK);
	const struct json_token *token = json_member(&doc, json_root(&doc), name);
	assert_non_null(token);
	json_string_append(&doc, token, &string);
	json_release(&doc);
	assert_int_equal(string.failed, STATUS_OK);
	return string;
}

/* The same, from hex. */
static inline struct buf test_load_cosig_bytes(const char *name)
{
	CLEANUP_BUF struct buf hex = test_load_cosig(name);
	struct buf bytes = BUF_INIT(TEST_FILE_MAX);
	size_t len = hex.len / 2;
	assert_int_equal(
	    hex_decode_exact(buf_view(&hex), buf_extend(&bytes, len), len, NULL),
	    STATUS_OK);
	return bytes;
}

static inline void test_assert_view_equal(struct view a, struct view b)
{
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
}

static inline int test_setup(void **state TEST_UNUSED)
{
	return crypto_init(NULL) == STATUS_OK ? 0 : -1;
}

#endif
