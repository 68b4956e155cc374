/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorted rows of key and value in memory, shared cheaply: a second map of the same rows
 * costs one counter, and a change copies only the path to it. So a transaction, its
 * rollback and a snapshot are each a map. A treap whose priorities are hashes of the
 * keys: the same rows always make the same tree. One thread.
 */
#ifndef ALDIS_STORE_MAP_H
#define ALDIS_STORE_MAP_H

#include "base/status.h"
#include "base/view.h"

struct store_map_row;

/* All zero is the empty map. */
struct store_map {
	struct store_map_node *root;
};

/* Another map of the same rows, to be released by itself. */
struct store_map store_map_share(const struct store_map *map);
void store_map_release(struct store_map *map);

/* Adds or replaces; only NO_MEMORY can go wrong, and leaves the map as it was. */
MUST_USE enum status store_map_put(struct store_map *map, struct view key,
                                   struct view value, struct error *err);
/* NOT_FOUND or NO_MEMORY leave the map as it was. */
MUST_USE enum status store_map_remove(struct store_map *map, struct view key,
                                      struct error *err);

/* Rows by their place, NULL when there is none; borrowed until the map changes. */
const struct store_map_row *store_map_at(const struct store_map *map, struct view key);
/* The first row with a key >= key. */
const struct store_map_row *store_map_from(const struct store_map *map, struct view key);
/* The first row with a key > key. */
const struct store_map_row *store_map_after(const struct store_map *map, struct view key);
/* The last row with a key < key. */
const struct store_map_row *store_map_before(const struct store_map *map,
                                             struct view key);

struct view store_map_key(const struct store_map_row *row);
struct view store_map_value(const struct store_map_row *row);

/* Keeps a row alive beyond changes of its map, until it is dropped. */
void store_map_row_keep(const struct store_map_row *row);
void store_map_row_drop(const struct store_map_row *row);

#endif
