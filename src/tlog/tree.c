/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frontier is a stack of perfect subtrees whose sizes are the one bits of the tree's
 * size, so an append is a binary increment: O(1) hashes on average.
 */
#include "tlog/tree.h"

#include <assert.h>

enum { LEAF_PREFIX = 0x00, NODE_PREFIX = 0x01 };

struct hash tlog_leaf_hash(struct view entry)
{
	return sha256_prefixed(LEAF_PREFIX, entry, view_of("", 0));
}

struct hash tlog_node_hash(const struct hash *left, const struct hash *right)
{
	return sha256_prefixed(NODE_PREFIX, hash_view(left), hash_view(right));
}

struct hash tlog_empty_root(void)
{
	return sha256(view_of("", 0));
}

void tlog_tree_init(struct tlog_tree *tree)
{
	tree->size = 0;
	tree->frontier_count = 0;
}

void tlog_tree_append(struct tlog_tree *tree, const struct hash *leaf,
                      tlog_node_sink *sink, void *context)
{
	assert(tree->size < (uint64_t)1 << 63);
	struct hash node = *leaf;
	unsigned level = 0;
	uint64_t index = tree->size;
	if (sink)
		sink(context, level, index, &node);
	while (index & 1) {
		tree->frontier_count--;
		node = tlog_node_hash(&tree->frontier[tree->frontier_count], &node);
		level++;
		index >>= 1;
		if (sink)
			sink(context, level, index, &node);
	}
	tree->frontier[tree->frontier_count++] = node;
	tree->size++;
}

/* The root over perfect subtrees of falling size, largest first; count is not 0. */
static struct hash fold(const struct hash *roots, unsigned count)
{
	struct hash root = roots[count - 1];
	for (unsigned i = count - 1; i > 0; i--)
		root = tlog_node_hash(&roots[i - 1], &root);
	return root;
}

struct hash tlog_tree_root(const struct tlog_tree *tree)
{
	if (tree->size == 0)
		return tlog_empty_root();
	return fold(tree->frontier, tree->frontier_count);
}

/* Reads the roots of the perfect subtrees that leaves [start, end) consist of. */
static enum status read_perfect(uint64_t start, uint64_t end, tlog_node_reader *read,
                                void *context, struct hash ret_roots[64],
                                unsigned *ret_count, struct error *err)
{
	unsigned count = 0;
	while (start < end) {
		unsigned level = 63 - (unsigned)__builtin_clzll(end - start);
		TRY(read(context, level, start >> level, &ret_roots[count], err));
		count++;
		start += (uint64_t)1 << level;
	}
	*ret_count = count;
	return STATUS_OK;
}

enum status tlog_tree_load(struct tlog_tree *ret_tree, uint64_t size,
                           tlog_node_reader *read, void *context, struct error *err)
{
	struct tlog_tree tree = {.size = size};
	TRY(read_perfect(0, size, read, context, tree.frontier, &tree.frontier_count,
	                 err));
	*ret_tree = tree;
	return STATUS_OK;
}

enum status tlog_subtree_root(uint64_t start, uint64_t end, tlog_node_reader *read,
                              void *context, struct hash *ret_root, struct error *err)
{
	struct hash roots[64];
	unsigned count;
	if (start > end)
		return error_set(err, STATUS_MALFORMED,
		                 "a range of leaves ends before its start");
	TRY(read_perfect(start, end, read, context, roots, &count, err));
	*ret_root = count == 0 ? tlog_empty_root() : fold(roots, count);
	return STATUS_OK;
}
