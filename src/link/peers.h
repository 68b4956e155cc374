/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desks this one talks to: their link keys, URLs and the way there. The table is
 * replaced as a whole at run time; whoever holds connections watches it and closes those
 * whose key is gone.
 */
#ifndef ALDIS_LINK_PEERS_H
#define ALDIS_LINK_PEERS_H

#include "crypto/ed25519.h"
#include "record/card.h"

enum { LINK_KEYS_MAX = 2 };

struct link_peer {
	char name[RECORD_NAME_MAX + 1];
	struct ed25519_public keys[LINK_KEYS_MAX]; /* the present one, then the next */
	size_t key_count;
	char urls[RECORD_URLS_MAX][RECORD_URL_LEN_MAX + 1]; /* "https://…", in order */
	size_t url_count; /* 0: it can only come to us */
	char proxy[RECORD_URL_LEN_MAX +
	           1];   /* "", "http://…", "socks5://…", "socks5h://…" */
	uint32_t number; /* set by the table: stays with the name, never used twice */
};

struct link_peers;

MUST_USE enum status link_peers_new(struct link_peers **ret_peers, struct error *err);
void link_peers_free(struct link_peers *peers);

/* Replaces the whole table by copies of these and tells the watchers. MALFORMED: a peer
 * without name or key, a URL that is not https, a proxy of another kind. CONFLICT: a name
 * or a key stands twice. On failure the old table stays. */
MUST_USE enum status link_peers_replace(struct link_peers *peers,
                                        const struct link_peer *list, size_t count,
                                        struct error *err);

/* Borrowed until the next replacement; NULL when there is none. */
const struct link_peer *link_peers_by_key(const struct link_peers *peers,
                                          const struct ed25519_public *key);
const struct link_peer *link_peers_by_name(const struct link_peers *peers,
                                           const char *name);

/* Called after each replacement. The watch is part of the watcher and must be removed
 * before that goes. */
struct link_peers_watch {
	void (*changed)(void *context);
	void *context;
	struct link_peers_watch *next;
};
void link_peers_add_watch(struct link_peers *peers, struct link_peers_watch *watch);
void link_peers_remove_watch(struct link_peers *peers, struct link_peers_watch *watch);

#endif
