/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to the HTTP client: the calls to one peer, or one public server, and the
 * connections they go over. One libcurl multi handle each is one pool: closing it closes
 * them all, and no peer or server can use up what another needs.
 */
#ifndef ALDIS_LINK_CLIENT_POOL_H
#define ALDIS_LINK_CLIENT_POOL_H

#include <curl/curl.h>
#include <sys/queue.h>

#include "link/curl_loop.h"
#include "link/http_client.h"

struct client_call {
	uint64_t id;
	struct client_pool *pool; /* NULL: not with one (yet, or any more) */
	enum link_method method;
	char *path;
	struct curl_slist *headers;
	struct buf body;
	struct buf answer;
	size_t answer_headers_len;
	CURL *easy; /* NULL: not under way */
	char details[CURL_ERROR_SIZE];
	char url[RECORD_URL_LEN_MAX + 1]; /* of the attempt under way, without path */
	size_t tried;                     /* URLs tried so far */
	size_t first_url;                 /* index of the one tried first */
	bool is_too_long;
	uint64_t deadline_ns;
	struct link_answer result;
	char type[128];
	TAILQ_ENTRY(client_call) next;
};
TAILQ_HEAD(client_calls, client_call);

/* A call out of what is wanted; NULL without memory, then the body is not taken. */
struct client_call *client_call_new(const struct link_call *wanted,
                                    struct buf *take_body);
void client_call_free(struct client_call *call);
/* Sets the outcome and the sentence "<peer>: <sentence>". */
void client_call_fail(struct client_call *call, enum status outcome, const char *peer,
                      const char *sentence);

enum { CLIENT_SPARES_MAX = 4 };

struct client_pool {
	struct event_base *base;
	const struct link_client_options *options; /* without zeros; borrowed */
	/* The call has its result and leaves the pool; called from within libcurl's
	 * callbacks and from all functions below. */
	void (*finished)(void *context, struct client_call *call);
	void *context;
	bool is_public;        /* `peer` is a public server: one URL, no keys */
	struct link_peer peer; /* our copy: the table may change */
	struct curl_loop loop;
	CURL *spares[CLIENT_SPARES_MAX]; /* set up for the peer, to be used again */
	size_t spare_count;
	size_t good_url; /* index of the one that answered last */
	struct client_calls waiting, running;
	unsigned waiting_count, running_count;
	LIST_ENTRY(client_pool) next;
};

/* Sets up an all-zero pool whose base, options, finished, context and peer are set; false
 * without memory. */
bool client_pool_init(struct client_pool *pool);

/* Starts the call, or lets it wait for its turn; false when too many wait already. */
bool client_pool_add(struct client_pool *pool, struct client_call *call);

/* The peer as it is now. New keys or another way end what is under way and close every
 * connection; what waits goes on over new ones. False: no URL any more (or no memory);
 * the pool must be released. */
bool client_pool_update(struct client_pool *pool, const struct link_peer *peer);

/* Has it nothing to do now? */
bool client_pool_is_idle(const struct client_pool *pool);

/* Ends all calls with this outcome and closes every connection. */
void client_pool_release(struct client_pool *pool, enum status outcome,
                         const char *sentence);

#endif
