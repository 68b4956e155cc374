/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything is kept, since a world lasts days: a root for every size, a line for every
 * signature.
 */
#include "sim/past.h"

#include <stdlib.h>

#include "sim/sim.h"

void past_add_leaf(struct past *past, const struct hash *leaf)
{
	uint64_t at = past->tree.size;
	past->leaves = sim_grow(past->leaves, &past->leaf_cap, at, sizeof *past->leaves);
	past->roots = sim_grow(past->roots, &past->root_cap, at, sizeof *past->roots);
	past->leaves[at] = *leaf;
	tlog_tree_append(&past->tree, leaf, NULL, NULL);
	past->roots[at] = tlog_tree_root(&past->tree);
}

struct hash past_root(const struct past *past, uint64_t size)
{
	return size == 0 ? tlog_empty_root() : past->roots[size - 1];
}

void past_cut(struct past *past, uint64_t size)
{
	size_t kept = 0;
	if (size >= past->tree.size)
		return;
	tlog_tree_init(&past->tree);
	for (uint64_t i = 0; i < size; i++)
		tlog_tree_append(&past->tree, &past->leaves[i], NULL, NULL);
	while (past->term_count > 0 && past->terms[past->term_count - 1].first >= size)
		past->term_count--;
	if (past->end > size)
		past->end = UINT64_MAX;
	for (size_t i = 0; i < past->made_count; i++)
		if (past->made[i].size <= size)
			past->made[kept++] = past->made[i];
	past->made_count = kept;
}

void past_note(struct past *past, const struct past_signature *signature)
{
	past->made =
	    sim_grow(past->made, &past->made_cap, past->made_count, sizeof *past->made);
	past->made[past->made_count++] = *signature;
}

const struct past_signature *past_find(const struct past *past, uint64_t size,
                                       int64_t time_s)
{
	for (size_t i = past->made_count; i-- > 0;)
		if (past->made[i].size == size && past->made[i].time_s == time_s)
			return &past->made[i];
	return NULL;
}

bool past_has_made(const struct past *past, const struct ed25519_signature *signature)
{
	for (size_t i = past->made_count; i-- > 0;)
		if (memcmp(&past->made[i].signature, signature, sizeof *signature) == 0)
			return true;
	return false;
}

uint64_t past_size(const struct past *past)
{
	return past->tree.size;
}

void past_release(struct past *past)
{
	free(past->leaves);
	free(past->roots);
	free(past->made);
	*past = (struct past){0};
}
