/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inclusion, consistency and subtree proofs: made from stored nodes, verified from
 * nothing. RFC 6962, RFC 9162; subtrees as in draft-ietf-plants-merkle-tree-certs
 * section 4.
 */
#ifndef ALDIS_TLOG_PROOF_H
#define ALDIS_TLOG_PROOF_H

#include "base/buf.h"
#include "tlog/tree.h"

enum { TLOG_PROOF_MAX = 63 };

struct tlog_proof {
	struct hash hashes[TLOG_PROOF_MAX];
	size_t count;
};

/* Proof that leaf `index` is in the tree of `size` (index < size). */
MUST_USE enum status tlog_proof_inclusion(uint64_t index, uint64_t size,
                                          tlog_node_reader *read, void *context,
                                          struct tlog_proof *ret_proof,
                                          struct error *err);
MUST_USE enum status tlog_proof_verify_inclusion(const struct tlog_proof *proof,
                                                 uint64_t index, uint64_t size,
                                                 const struct hash *leaf,
                                                 const struct hash *root,
                                                 struct error *err);

/* Proof that the tree of old_size is a prefix of the tree of size; empty when old_size is
 * 0 or equal to size. Verification of old_size 0 demands an empty proof, equal sizes
 * equal roots. */
MUST_USE enum status tlog_proof_consistency(uint64_t old_size, uint64_t size,
                                            tlog_node_reader *read, void *context,
                                            struct tlog_proof *ret_proof,
                                            struct error *err);
MUST_USE enum status tlog_proof_verify_consistency(const struct tlog_proof *proof,
                                                   uint64_t old_size,
                                                   const struct hash *old_root,
                                                   uint64_t size, const struct hash *root,
                                                   struct error *err);

/* Is [start, end) a subtree of a tree: start < end, start a multiple of the smallest
 * power of two that is at least end-start? */
bool tlog_subtree_check(uint64_t start, uint64_t end);
/* Proof that `node` is the root of leaves [start, end) in the tree of size. */
MUST_USE enum status tlog_proof_subtree(uint64_t start, uint64_t end, uint64_t size,
                                        tlog_node_reader *read, void *context,
                                        struct tlog_proof *ret_proof, struct error *err);
MUST_USE enum status tlog_proof_verify_subtree(const struct tlog_proof *proof,
                                               uint64_t start, uint64_t end,
                                               uint64_t size, const struct hash *node,
                                               const struct hash *root,
                                               struct error *err);
/* verify: UNTRUSTED when the proof does not hold, MALFORMED when the question makes no
 * sense. */

/* The hashes as base64 lines and the blank line behind them, as in tlog-proof files and
 * in add-checkpoint. take moves *rest behind the blank line; MALFORMED (with *rest as it
 * was) for a line that is no hash, more than TLOG_PROOF_MAX of them, or no blank line. */
void tlog_proof_append_lines(struct buf *out, const struct tlog_proof *proof);
MUST_USE enum status
tlog_proof_take_lines(struct view *rest, struct tlog_proof *ret_proof, struct error *err);

#endif
