/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 6962 Merkle trees, incrementally: a frontier of at most 64 hashes takes leaves and
 * gives roots in O(log n). The nodes of perfect subtrees are what proofs are made from;
 * whoever keeps them hands a reader to tlog/proof.h. Node (level, index) is the root of
 * leaves [index·2^level, (index+1)·2^level).
 */
#ifndef ALDIS_TLOG_TREE_H
#define ALDIS_TLOG_TREE_H

#include "base/status.h"
#include "crypto/hash.h"

struct tlog_tree {
	uint64_t size;            /* leaves */
	struct hash frontier[64]; /* roots of the perfect subtrees, largest first */
	unsigned frontier_count;  /* = number of one bits in size */
};

struct hash tlog_leaf_hash(struct view entry);
struct hash tlog_node_hash(const struct hash *left, const struct hash *right);
/* SHA-256 of nothing. */
struct hash tlog_empty_root(void);

void tlog_tree_init(struct tlog_tree *tree);
/* Called for each perfect subtree that an append completes, level 0 (the leaf) first. */
typedef void tlog_node_sink(void *context, unsigned level, uint64_t index,
                            const struct hash *node);
/* Appends one leaf; sink may be NULL. size must be below 2^63. */
void tlog_tree_append(struct tlog_tree *tree, const struct hash *leaf,
                      tlog_node_sink *sink, void *context);
struct hash tlog_tree_root(const struct tlog_tree *tree);

/* Reads the stored node (level, index): NOT_FOUND when it is not held. */
typedef enum status tlog_node_reader(void *context, unsigned level, uint64_t index,
                                     struct hash *ret_node, struct error *err);

/* Rebuilds the frontier of a tree of this size from stored nodes. */
MUST_USE enum status tlog_tree_load(struct tlog_tree *ret_tree, uint64_t size,
                                    tlog_node_reader *read, void *context,
                                    struct error *err);

/* Root of leaves [start, end), with start a multiple of the smallest power of two >=
 * end-start (start 0 always is): composed from stored nodes. */
MUST_USE enum status tlog_subtree_root(uint64_t start, uint64_t end,
                                       tlog_node_reader *read, void *context,
                                       struct hash *ret_root, struct error *err);

#endif
