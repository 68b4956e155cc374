/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one key has signed about one log, kept beside the desk that did it: the leaves,
 * the root at every size, every signature. Whatever the key signs later must be of the
 * same history.
 */
#ifndef ALDIS_SIM_PAST_H
#define ALDIS_SIM_PAST_H

#include "desk/ports.h"
#include "tlog/tree.h"

struct past_signature {
	uint64_t size;
	int64_t time_s; /* 0: of a checkpoint */
	uint32_t key;   /* serial of the card whose key it is */
	struct ed25519_signature signature;
};

/* From an entry on, another charter governs. */
struct past_term {
	uint64_t first;
	size_t charter; /* its number among the world's */
};

enum { PAST_TERMS_MAX = 8 };

struct past {
	struct tlog_tree tree;
	struct hash *leaves; /* tree.size of them */
	struct hash *roots;  /* of sizes 1 to tree.size */
	size_t leaf_cap, root_cap;
	struct past_term terms[PAST_TERMS_MAX];
	size_t term_count;
	uint64_t end; /* size with its `leave`; UINT64_MAX: none */
	struct past_signature *made;
	size_t made_count, made_cap;
};

void past_add_leaf(struct past *past, const struct hash *leaf);
struct hash past_root(const struct past *past, uint64_t size);
/* Forgets what lies beyond a size. */
void past_cut(struct past *past, uint64_t size);
void past_note(struct past *past, const struct past_signature *signature);
/* The newest signature of this size and time; NULL when there is none. */
const struct past_signature *past_find(const struct past *past, uint64_t size,
                                       int64_t time_s);
bool past_has_made(const struct past *past, const struct ed25519_signature *signature);
/* The largest size signed; 0 when none. */
uint64_t past_size(const struct past *past);
void past_release(struct past *past);

#endif
