/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table is sorted by name, its keys by their bytes: a server looks a key up at every
 * request.
 */
#include "link/peers.h"

#include <assert.h>
#include <stdlib.h>

struct key_row {
	struct ed25519_public key;
	size_t peer; /* index in list */
};

struct table {
	struct link_peer *list;
	size_t count;
	struct key_row *keys;
	size_t key_count;
};

struct link_peers {
	struct table table;
	uint32_t next_number;
	struct link_peers_watch *watches;
};

static void table_release(struct table *table)
{
	free(table->list);
	free(table->keys);
	*table = (struct table){0};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct link_peer *)a)->name,
	              ((const struct link_peer *)b)->name);
}

static int by_key(const void *a, const void *b)
{
	return memcmp(&((const struct key_row *)a)->key,
	              &((const struct key_row *)b)->key, sizeof(struct ed25519_public));
}

enum status link_peers_new(struct link_peers **ret_peers, struct error *err)
{
	struct link_peers *peers = calloc(1, sizeof *peers);

	if (peers == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the peers");
	peers->next_number = 1;
	*ret_peers = peers;
	return STATUS_OK;
}

void link_peers_free(struct link_peers *peers)
{
	if (peers == NULL)
		return;
	assert(peers->watches == NULL);
	table_release(&peers->table);
	free(peers);
}

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_printable(const char *url)
{
	for (; *url != '\0'; url++)
		if (*url <= ' ' || *url > '~')
			return false;
	return true;
}

static enum status check_peer(const struct link_peer *peer, struct error *err)
{
	if (!record_name_check(view_of_string(peer->name)))
		return error_set(err, STATUS_MALFORMED, "a peer has no proper name");
	if (peer->key_count == 0 || peer->key_count > LINK_KEYS_MAX ||
	    peer->url_count > RECORD_URLS_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "%s needs one or two link keys and at most %d URLs",
		                 peer->name, RECORD_URLS_MAX);
	for (size_t i = 0; i < peer->url_count; i++)
		if (!starts_with(peer->urls[i], "https://") ||
		    !is_printable(peer->urls[i]))
			return error_set(err, STATUS_MALFORMED,
			                 "URL %zu of %s does not begin with https://",
			                 i + 1, peer->name);
	if (peer->proxy[0] != '\0' && ((!starts_with(peer->proxy, "http://") &&
	                                !starts_with(peer->proxy, "socks5://") &&
	                                !starts_with(peer->proxy, "socks5h://")) ||
	                               !is_printable(peer->proxy)))
		return error_set(
		    err, STATUS_MALFORMED,
		    "the proxy for %s is not http://, socks5:// or socks5h://",
		    peer->name);
	return STATUS_OK;
}

static enum status index_keys(struct table *table, struct error *err)
{
	table->keys = calloc(table->count * LINK_KEYS_MAX + 1, sizeof *table->keys);
	if (table->keys == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the peers' keys");
	for (size_t i = 0; i < table->count; i++)
		for (size_t k = 0; k < table->list[i].key_count; k++)
			table->keys[table->key_count++] =
			    (struct key_row){.key = table->list[i].keys[k], .peer = i};
	qsort(table->keys, table->key_count, sizeof *table->keys, by_key);
	for (size_t i = 1; i < table->key_count; i++)
		if (by_key(&table->keys[i - 1], &table->keys[i]) == 0)
			return error_set(err, STATUS_CONFLICT,
			                 "%s and %s show the same link key",
			                 table->list[table->keys[i - 1].peer].name,
			                 table->list[table->keys[i].peer].name);
	return STATUS_OK;
}

static enum status build(struct table *table, const struct link_peer *list, size_t count,
                         struct error *err)
{
	table->list = calloc(count + 1, sizeof *table->list);
	if (table->list == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for %zu peers", count);
	for (size_t i = 0; i < count; i++) {
		TRY(check_peer(&list[i], err));
		table->list[i] = list[i];
	}
	table->count = count;
	qsort(table->list, count, sizeof *table->list, by_name);
	for (size_t i = 1; i < count; i++)
		if (by_name(&table->list[i - 1], &table->list[i]) == 0)
			return error_set(err, STATUS_CONFLICT,
			                 "%s stands twice among the peers",
			                 table->list[i].name);
	return index_keys(table, err);
}

static void set_numbers(struct link_peers *peers, struct table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct link_peer *old =
		    link_peers_by_name(peers, table->list[i].name);

		table->list[i].number = old != NULL ? old->number : peers->next_number++;
	}
}

enum status link_peers_replace(struct link_peers *peers, const struct link_peer *list,
                               size_t count, struct error *err)
{
	struct table fresh = {0};
	enum status status = build(&fresh, list, count, err);

	if (status != STATUS_OK) {
		table_release(&fresh);
		return status;
	}
	set_numbers(peers, &fresh);
	table_release(&peers->table);
	peers->table = fresh;
	for (struct link_peers_watch *w = peers->watches; w != NULL; w = w->next)
		w->changed(w->context);
	return STATUS_OK;
}

const struct link_peer *link_peers_by_key(const struct link_peers *peers,
                                          const struct ed25519_public *key)
{
	const struct table *table = &peers->table;
	struct key_row wanted = {.key = *key};
	const struct key_row *row;

	if (table->key_count == 0)
		return NULL;
	row = bsearch(&wanted, table->keys, table->key_count, sizeof wanted, by_key);
	return row == NULL ? NULL : &table->list[row->peer];
}

static int name_order(const void *name, const void *peer)
{
	return strcmp(name, ((const struct link_peer *)peer)->name);
}

const struct link_peer *link_peers_by_name(const struct link_peers *peers,
                                           const char *name)
{
	const struct table *table = &peers->table;

	if (table->count == 0)
		return NULL;
	return bsearch(name, table->list, table->count, sizeof *table->list, name_order);
}

void link_peers_add_watch(struct link_peers *peers, struct link_peers_watch *watch)
{
	watch->next = peers->watches;
	peers->watches = watch;
}

void link_peers_remove_watch(struct link_peers *peers, struct link_peers_watch *watch)
{
	struct link_peers_watch **at = &peers->watches;

	while (*at != NULL && *at != watch)
		at = &(*at)->next;
	if (*at == watch)
		*at = watch->next;
}
