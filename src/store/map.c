/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A treap with shared nodes. A node that more than one parent or map holds is never
 * changed but copied first (own_node), and copying goes from the root down, so whatever
 * is reached through owned nodes only belongs to this map alone.
 */
#include "store/map.h"

#include <stdlib.h>

#include "store/layout.h"

struct store_map_row {
	unsigned refs;
	uint32_t key_len;
	size_t value_len;
	uint8_t bytes[]; /* key, value */
};

struct store_map_node {
	unsigned refs;
	uint32_t priority;
	struct store_map_node *left, *right;
	struct store_map_row *row;
};

struct view store_map_key(const struct store_map_row *row)
{
	return view_of(row->bytes, row->key_len);
}

struct view store_map_value(const struct store_map_row *row)
{
	return view_of(row->bytes + row->key_len, row->value_len);
}

/* The counter is bookkeeping of the map; to readers a row is constant. */
void store_map_row_keep(const struct store_map_row *row)
{
	((struct store_map_row *)row)->refs++;
}

void store_map_row_drop(const struct store_map_row *row)
{
	struct store_map_row *owned = (struct store_map_row *)row;

	if (--owned->refs == 0)
		free(owned);
}

static struct store_map_row *row_new(struct view key, struct view value)
{
	struct store_map_row *row = malloc(sizeof *row + key.len + value.len);

	if (row == NULL)
		return NULL;
	row->refs = 1;
	row->key_len = (uint32_t)key.len;
	row->value_len = value.len;
	if (key.len > 0)
		memcpy(row->bytes, key.data, key.len);
	if (value.len > 0)
		memcpy(row->bytes + key.len, value.data, value.len);
	return row;
}

/* FNV-1a, then a mix, as keys are often counters and every bit must matter. */
static uint32_t priority_of(struct view key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ key.data[i]) * UINT64_C(0x100000001b3);
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(hash >> 32);
}

static int compare_to_node(struct view key, const struct store_map_node *node)
{
	return store_layout_compare(key, store_map_key(node->row));
}

static struct store_map_node *node_share(struct store_map_node *node)
{
	if (node != NULL)
		node->refs++;
	return node;
}

static void node_drop(struct store_map_node *node)
{
	if (node == NULL || --node->refs > 0)
		return;
	node_drop(node->left);
	node_drop(node->right);
	store_map_row_drop(node->row);
	free(node);
}

/* Makes *slot a node that only this map holds. */
static bool own_node(struct store_map_node **slot)
{
	struct store_map_node *shared = *slot;
	struct store_map_node *copy;

	if (shared->refs == 1)
		return true;
	copy = malloc(sizeof *copy);
	if (copy == NULL)
		return false;
	*copy = *shared;
	copy->refs = 1;
	(void)node_share(copy->left);
	(void)node_share(copy->right);
	store_map_row_keep(copy->row);
	shared->refs--;
	*slot = copy;
	return true;
}

static void rotate_left_child_up(struct store_map_node **slot)
{
	struct store_map_node *top = *slot;
	struct store_map_node *child = top->left;

	top->left = child->right;
	child->right = top;
	*slot = child;
}

static void rotate_right_child_up(struct store_map_node **slot)
{
	struct store_map_node *top = *slot;
	struct store_map_node *child = top->right;

	top->right = child->left;
	child->left = top;
	*slot = child;
}

static bool insert_leaf(struct store_map_node **slot, struct store_map_row *row)
{
	struct store_map_node *leaf = malloc(sizeof *leaf);

	if (leaf == NULL)
		return false;
	store_map_row_keep(row);
	*leaf = (struct store_map_node){
	    .refs = 1, .priority = priority_of(store_map_key(row)), .row = row};
	*slot = leaf;
	return true;
}

static bool insert(struct store_map_node **slot, struct store_map_row *row)
{
	int order;

	if (*slot == NULL)
		return insert_leaf(slot, row);
	if (!own_node(slot))
		return false;
	order = compare_to_node(store_map_key(row), *slot);
	if (order == 0) {
		store_map_row_drop((*slot)->row);
		store_map_row_keep(row);
		(*slot)->row = row;
		return true;
	}
	if (!insert(order < 0 ? &(*slot)->left : &(*slot)->right, row))
		return false;
	if (order < 0 && (*slot)->left->priority > (*slot)->priority)
		rotate_left_child_up(slot);
	else if (order > 0 && (*slot)->right->priority > (*slot)->priority)
		rotate_right_child_up(slot);
	return true;
}

enum status store_map_put(struct store_map *map, struct view key, struct view value,
                          struct error *err)
{
	struct store_map_row *row = row_new(key, value);
	bool is_done;

	if (row == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a row");
	is_done = insert(&map->root, row);
	store_map_row_drop(row);
	if (!is_done)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a row");
	return STATUS_OK;
}

/* Rotates the owned node down until one side is free, then unlinks it. */
static bool unlink_node(struct store_map_node **slot)
{
	struct store_map_node *node = *slot;

	while (node->left != NULL && node->right != NULL) {
		bool is_left = node->left->priority > node->right->priority;

		if (!own_node(is_left ? &node->left : &node->right))
			return false;
		if (is_left)
			rotate_left_child_up(slot);
		else
			rotate_right_child_up(slot);
		slot = is_left ? &(*slot)->right : &(*slot)->left;
	}
	*slot = node->left != NULL ? node->left : node->right;
	node->left = NULL;
	node->right = NULL;
	node_drop(node);
	return true;
}

enum status store_map_remove(struct store_map *map, struct view key, struct error *err)
{
	struct store_map_node **slot = &map->root;

	if (store_map_at(map, key) == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no such row");
	while (own_node(slot)) {
		int order = compare_to_node(key, *slot);

		if (order == 0 && unlink_node(slot))
			return STATUS_OK;
		if (order == 0)
			break;
		slot = order < 0 ? &(*slot)->left : &(*slot)->right;
	}
	return error_set(err, STATUS_NO_MEMORY, "not enough memory to remove a row");
}

struct store_map store_map_share(const struct store_map *map)
{
	return (struct store_map){.root = node_share(map->root)};
}

void store_map_release(struct store_map *map)
{
	node_drop(map->root);
	map->root = NULL;
}

const struct store_map_row *store_map_at(const struct store_map *map, struct view key)
{
	const struct store_map_row *row = store_map_from(map, key);

	return row != NULL && view_equal(store_map_key(row), key) ? row : NULL;
}

const struct store_map_row *store_map_from(const struct store_map *map, struct view key)
{
	const struct store_map_row *best = NULL;

	for (const struct store_map_node *node = map->root; node != NULL;) {
		bool is_candidate = compare_to_node(key, node) <= 0;

		if (is_candidate)
			best = node->row;
		node = is_candidate ? node->left : node->right;
	}
	return best;
}

const struct store_map_row *store_map_after(const struct store_map *map, struct view key)
{
	const struct store_map_row *best = NULL;

	for (const struct store_map_node *node = map->root; node != NULL;) {
		bool is_candidate = compare_to_node(key, node) < 0;

		if (is_candidate)
			best = node->row;
		node = is_candidate ? node->left : node->right;
	}
	return best;
}

const struct store_map_row *store_map_before(const struct store_map *map, struct view key)
{
	const struct store_map_row *best = NULL;

	for (const struct store_map_node *node = map->root; node != NULL;) {
		bool is_candidate = compare_to_node(key, node) > 0;

		if (is_candidate)
			best = node->row;
		node = is_candidate ? node->right : node->left;
	}
	return best;
}
