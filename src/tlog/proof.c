/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One maker and one verifier serve all three kinds: an inclusion proof is the subtree
 * proof of [index, index+1), a consistency proof that of [0, old_size). The order of
 * hashes is the same in RFC 6962, RFC 9162 and the subtree draft.
 */
#include "tlog/proof.h"

#include "codec/base64.h"

#include <assert.h>

/* The largest power of two below n; n is at least 2. */
static uint64_t split_of(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

bool tlog_subtree_check(uint64_t start, uint64_t end)
{
	if (start >= end)
		return false;
	uint64_t width = end - start;
	if (width > (uint64_t)1 << 63)
		return start == 0;
	uint64_t ceiling = width == 1 ? 1 : 2 * split_of(width); /* at most 2^63 */
	return (start & (ceiling - 1)) == 0;
}

static enum status check_question(uint64_t start, uint64_t end, uint64_t size,
                                  struct error *err)
{
	if (end > size)
		return error_set(err, STATUS_MALFORMED,
		                 "leaf %llu is asked for in a tree of %llu",
		                 (unsigned long long)end - 1, (unsigned long long)size);
	if (!tlog_subtree_check(start, end))
		return error_set(err, STATUS_MALFORMED,
		                 "leaves %llu to %llu are no subtree",
		                 (unsigned long long)start, (unsigned long long)end);
	return STATUS_OK;
}

/* A path from the root to the subtree collects what hangs beside it. */
struct walk {
	tlog_node_reader *read;
	void *context;
	struct hash hashes[TLOG_PROOF_MAX]; /* the root's child first */
	size_t count;
};

static enum status walk_add(struct walk *walk, uint64_t start, uint64_t end,
                            struct error *err)
{
	if (walk->count == TLOG_PROOF_MAX)
		return error_set(err, STATUS_LIMIT, "a proof needs more than %d hashes",
		                 TLOG_PROOF_MAX);
	TRY(tlog_subtree_root(start, end, walk->read, walk->context,
	                      &walk->hashes[walk->count], err));
	walk->count++;
	return STATUS_OK;
}

/* SUBTREE_SUBPROOF of the draft, from the root down. */
static enum status walk_down(struct walk *walk, uint64_t start, uint64_t end,
                             uint64_t size, struct error *err)
{
	uint64_t low = 0, high = size;
	bool is_whole = true; /* the verifier knows the root of what is left */
	while (low != start || high != end) {
		uint64_t middle = low + split_of(high - low);
		if (end <= middle) {
			TRY(walk_add(walk, middle, high, err));
			high = middle;
			continue;
		}
		TRY(walk_add(walk, low, middle, err));
		low = middle;
		if (start < middle) {
			start = middle;
			is_whole = false;
		}
	}
	return is_whole ? STATUS_OK : walk_add(walk, low, high, err);
}

enum status tlog_proof_subtree(uint64_t start, uint64_t end, uint64_t size,
                               tlog_node_reader *read, void *context,
                               struct tlog_proof *ret_proof, struct error *err)
{
	struct walk walk = {.read = read, .context = context};
	TRY(check_question(start, end, size, err));
	TRY(walk_down(&walk, start, end, size, err));
	for (size_t i = 0; i < walk.count; i++)
		ret_proof->hashes[i] = walk.hashes[walk.count - 1 - i];
	ret_proof->count = walk.count;
	return STATUS_OK;
}

enum status tlog_proof_inclusion(uint64_t index, uint64_t size, tlog_node_reader *read,
                                 void *context, struct tlog_proof *ret_proof,
                                 struct error *err)
{
	return tlog_proof_subtree(index, index + 1, size, read, context, ret_proof, err);
}

enum status tlog_proof_consistency(uint64_t old_size, uint64_t size,
                                   tlog_node_reader *read, void *context,
                                   struct tlog_proof *ret_proof, struct error *err)
{
	if (old_size == 0) {
		ret_proof->count = 0;
		return STATUS_OK;
	}
	return tlog_proof_subtree(0, old_size, size, read, context, ret_proof, err);
}

static enum status refuse(struct error *err)
{
	return error_set(err, STATUS_UNTRUSTED, "the Merkle proof does not hold");
}

/* Where the verifier stands: the first and last node of the subtree and the last of the
 * tree, as indices at one level. */
struct climb {
	uint64_t first, last, tree_last;
};

static void climb_up(struct climb *climb)
{
	climb->first >>= 1;
	climb->last >>= 1;
	climb->tree_last >>= 1;
}

/* Up to the root of the largest perfect subtree at the subtree's right edge. */
static void climb_start(struct climb *climb)
{
	bool is_edge = climb->last == climb->tree_last;
	while (climb->first != climb->last && (is_edge || (climb->last & 1)))
		climb_up(climb);
}

/* MTC draft section 4.4: recomputes the subtree's root and the tree's. */
static bool climb_check(struct climb climb, const struct tlog_proof *proof,
                        const struct hash *node, const struct hash *root)
{
	climb_start(&climb);
	size_t next = 0;
	struct hash subtree_root = *node;
	if (climb.first != climb.last) {
		if (proof->count == 0)
			return false;
		subtree_root = proof->hashes[next++];
	}
	struct hash tree_root = subtree_root;
	for (; next < proof->count; next++) {
		const struct hash *hash = &proof->hashes[next];
		if (climb.tree_last == 0)
			return false;
		if ((climb.last & 1) || climb.last == climb.tree_last) {
			if (climb.first < climb.last)
				subtree_root = tlog_node_hash(hash, &subtree_root);
			tree_root = tlog_node_hash(hash, &tree_root);
			while (!(climb.last & 1))
				climb_up(&climb);
		} else {
			tree_root = tlog_node_hash(&tree_root, hash);
		}
		climb_up(&climb);
	}
	return climb.tree_last == 0 && hash_equal(&subtree_root, node) &&
	       hash_equal(&tree_root, root);
}

enum status tlog_proof_verify_subtree(const struct tlog_proof *proof, uint64_t start,
                                      uint64_t end, uint64_t size,
                                      const struct hash *node, const struct hash *root,
                                      struct error *err)
{
	assert(proof->count <= TLOG_PROOF_MAX);
	TRY(check_question(start, end, size, err));
	struct climb climb = {.first = start, .last = end - 1, .tree_last = size - 1};
	return climb_check(climb, proof, node, root) ? STATUS_OK : refuse(err);
}

enum status tlog_proof_verify_inclusion(const struct tlog_proof *proof, uint64_t index,
                                        uint64_t size, const struct hash *leaf,
                                        const struct hash *root, struct error *err)
{
	return tlog_proof_verify_subtree(proof, index, index + 1, size, leaf, root, err);
}

enum status tlog_proof_verify_consistency(const struct tlog_proof *proof,
                                          uint64_t old_size, const struct hash *old_root,
                                          uint64_t size, const struct hash *root,
                                          struct error *err)
{
	if (old_size > 0)
		return tlog_proof_verify_subtree(proof, 0, old_size, size, old_root, root,
		                                 err);
	if (proof->count > 0 || (size == 0 && !hash_equal(old_root, root)))
		return refuse(err);
	return STATUS_OK;
}

void tlog_proof_append_lines(struct buf *out, const struct tlog_proof *proof)
{
	for (size_t i = 0; i < proof->count; i++) {
		base64_append(out, hash_view(&proof->hashes[i]));
		buf_append_byte(out, '\n');
	}
	buf_append_byte(out, '\n');
}

enum status tlog_proof_take_lines(struct view *rest, struct tlog_proof *ret_proof,
                                  struct error *err)
{
	struct hash hashes[TLOG_PROOF_MAX];
	struct view unread = *rest, line;
	size_t count = 0;
	while (view_take_line(&unread, &line)) {
		if (line.len == 0) {
			memcpy(ret_proof->hashes, hashes, count * sizeof hashes[0]);
			ret_proof->count = count;
			*rest = unread;
			return STATUS_OK;
		}
		if (count == TLOG_PROOF_MAX)
			return error_set(err, STATUS_MALFORMED,
			                 "a proof has more than %d hashes",
			                 TLOG_PROOF_MAX);
		TRY(base64_decode_exact(line, hashes[count].bytes,
		                        sizeof hashes[count].bytes, err));
		count++;
	}
	return error_set(err, STATUS_MALFORMED, "no blank line ends the proof");
}
