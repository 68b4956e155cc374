/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seed of pairs keeps strangers from choosing what collides.
 */
#include "release/quote_pattern.h"

#include <stdlib.h>

#include "crypto/random.h"
#include "record/array.h"

enum { SLOTS_FIRST = 1 << 12 };

void release_pairs_release(struct release_pairs *pairs)
{
	free(pairs->slots);
	*pairs = (struct release_pairs){0};
}

static struct release_pair *slot_of(const struct release_pairs *pairs, uint32_t left,
                                    uint32_t right)
{
	uint32_t hash = ((left ^ pairs->seed) * 0x9e3779b1u + right) * 0x85ebca6bu;
	size_t mask = pairs->slot_count - 1, at = (hash ^ hash >> 15) & mask;

	while (pairs->slots[at].number != 0 &&
	       (pairs->slots[at].left != left || pairs->slots[at].right != right))
		at = (at + 1) & mask;
	return &pairs->slots[at];
}

uint32_t release_pairs_find(const struct release_pairs *pairs, uint32_t left,
                            uint32_t right)
{
	return pairs->slot_count == 0 ? 0 : slot_of(pairs, left, right)->number;
}

static enum status add_slots(struct release_pairs *pairs, struct error *err)
{
	struct release_pairs more = *pairs;

	more.slot_count = pairs->slot_count == 0 ? SLOTS_FIRST : 2 * pairs->slot_count;
	more.slots = calloc(more.slot_count, sizeof *more.slots);
	if (more.slots == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for words");
	if (pairs->slot_count == 0)
		random_bytes(&more.seed, sizeof more.seed);
	for (size_t i = 0; i < pairs->slot_count; i++)
		if (pairs->slots[i].number != 0)
			*slot_of(&more, pairs->slots[i].left, pairs->slots[i].right) =
			    pairs->slots[i];
	free(pairs->slots);
	*pairs = more;
	return STATUS_OK;
}

enum status release_pairs_add(struct release_pairs *pairs, uint32_t left, uint32_t right,
                              uint32_t *ret_number, struct error *err)
{
	if (2 * ((size_t)pairs->count + 1) > pairs->slot_count)
		TRY(add_slots(pairs, err));
	struct release_pair *slot = slot_of(pairs, left, right);
	if (slot->number == 0)
		*slot = (struct release_pair){left, right, ++pairs->count};
	*ret_number = slot->number;
	return STATUS_OK;
}

/* Patterns */

void release_patterns_release(struct release_patterns *patterns)
{
	release_pairs_release(&patterns->steps);
	free(patterns->nodes);
	*patterns = (struct release_patterns){0};
}

static enum status add_node(struct release_patterns *patterns, struct release_node node,
                            struct error *err)
{
	TRY(record_array_reserve(&patterns->nodes, &patterns->nodes_cap,
	                         patterns->node_count + 1, sizeof node, err));
	patterns->nodes[patterns->node_count++] = node;
	return STATUS_OK;
}

enum status release_patterns_add(struct release_patterns *patterns,
                                 const struct release_token *tokens, size_t count,
                                 uint32_t *ret_pattern, struct error *err)
{
	uint32_t at = 0, next;

	if (patterns->node_count == 0)
		TRY(add_node(patterns, (struct release_node){0}, err));
	for (size_t i = 0; i < count; i++) {
		TRY(release_pairs_add(&patterns->steps, at, tokens[i].id, &next, err));
		if (next == patterns->node_count)
			TRY(add_node(
			    patterns,
			    (struct release_node){.parent = at,
			                          .id = tokens[i].id,
			                          .depth = patterns->nodes[at].depth + 1},
			    err));
		at = next;
	}
	if (patterns->nodes[at].pattern == 0)
		patterns->nodes[at].pattern = ++patterns->count;
	*ret_pattern = patterns->nodes[at].pattern;
	return STATUS_OK;
}

static uint32_t step(const struct release_patterns *patterns, uint32_t node, uint32_t id)
{
	for (;;) {
		uint32_t next = release_pairs_find(&patterns->steps, node, id);

		if (next != 0 || node == 0)
			return next;
		node = patterns->nodes[node].fail;
	}
}

/* The nodes by depth, so that what a fail leads to is done before; a counting sort. */
static enum status order_nodes(const struct release_patterns *patterns,
                               uint32_t **ret_order, struct error *err)
{
	size_t count = patterns->node_count;
	uint32_t *starts = calloc(count + 1, sizeof *starts);
	uint32_t *order = calloc(count, sizeof *order);

	if (starts == NULL || order == NULL) {
		free(starts);
		free(order);
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for words");
	}
	for (size_t i = 0; i < count; i++)
		starts[patterns->nodes[i].depth + 1]++;
	for (size_t i = 1; i <= count; i++)
		starts[i] += starts[i - 1];
	for (size_t i = 0; i < count; i++)
		order[starts[patterns->nodes[i].depth]++] = (uint32_t)i;
	free(starts);
	*ret_order = order;
	return STATUS_OK;
}

enum status release_patterns_close(struct release_patterns *patterns, struct error *err)
{
	struct release_node *nodes = patterns->nodes;
	uint32_t *order = NULL;

	if (patterns->node_count == 0)
		return STATUS_OK;
	TRY(order_nodes(patterns, &order, err));
	for (size_t i = 1; i < patterns->node_count; i++) {
		struct release_node *node = &nodes[order[i]];

		node->fail = node->parent == 0
		                 ? 0
		                 : step(patterns, nodes[node->parent].fail, node->id);
		node->end = node->pattern != 0 ? order[i] : nodes[node->fail].end;
	}
	free(order);
	return STATUS_OK;
}

enum status release_patterns_scan(struct release_patterns *patterns,
                                  const struct release_token *tokens, size_t count,
                                  uint32_t stamp, release_pattern_found *found,
                                  void *context, struct error *err)
{
	struct release_node *nodes = patterns->nodes;
	uint32_t at = 0;

	if (patterns->node_count == 0)
		return STATUS_OK;
	for (size_t i = 0; i < count; i++) {
		at = tokens[i].id == 0 ? 0 : step(patterns, at, tokens[i].id);
		for (uint32_t end = nodes[at].end; end != 0 && nodes[end].stamp != stamp;
		     end = nodes[nodes[end].fail].end) {
			nodes[end].stamp = stamp;
			TRY(found(context, nodes[end].pattern, i, err));
		}
	}
	return STATUS_OK;
}
