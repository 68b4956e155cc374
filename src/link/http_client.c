/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds or makes the pool of a peer, or public server, for each call. Finished calls are
 * told from an event of their own, so that the callback never runs inside libcurl or
 * inside link_client_call.
 */
#include "link/http_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/client_pool.h"
#include "record/public_url.h"

enum { PUBLIC_POOLS_MAX = 64, PUBLIC_QUEUE_MAX = 64 };

/* What sentences call a public server. */
static const char public_name[] = "the server";

struct link_client {
	struct event_base *base;
	struct link_client_options options, public_options;
	link_client_done *done;
	void *context;
	LIST_HEAD(, client_pool) pools;
	struct client_calls finished;
	struct event deliver;
	struct link_peers_watch watch;
};

static void on_finished(void *context, struct client_call *call)
{
	struct link_client *client = context;

	TAILQ_INSERT_TAIL(&client->finished, call, next);
	event_active(&client->deliver, EV_TIMEOUT, 0);
}

static void on_deliver(evutil_socket_t fd, short what, void *context)
{
	struct link_client *client = context;
	struct client_call *call;

	while ((call = TAILQ_FIRST(&client->finished)) != NULL) {
		TAILQ_REMOVE(&client->finished, call, next);
		call->result.call = call->id;
		if (call->result.outcome == STATUS_OK) {
			call->result.type = view_of_string(call->type);
			call->result.body = buf_view(&call->answer);
		}
		client->done(client->context, &call->result);
		client_call_free(call);
	}
}

static struct client_pool *new_pool(struct link_client *client,
                                    const struct link_peer *peer, bool is_public)
{
	struct client_pool *pool = calloc(1, sizeof *pool);

	if (pool == NULL)
		return NULL;
	pool->base = client->base;
	pool->options = is_public ? &client->public_options : &client->options;
	pool->finished = on_finished;
	pool->context = client;
	pool->is_public = is_public;
	pool->peer = *peer;
	if (!client_pool_init(pool)) {
		free(pool);
		return NULL;
	}
	LIST_INSERT_HEAD(&client->pools, pool, next);
	return pool;
}

static struct client_pool *pool_of(struct link_client *client,
                                   const struct link_peer *peer)
{
	struct client_pool *pool;

	LIST_FOREACH(pool, &client->pools, next)
	{
		if (!pool->is_public && pool->peer.number == peer->number)
			return pool;
	}
	return new_pool(client, peer, false);
}

static void close_pool(struct client_pool *pool, enum status outcome,
                       const char *sentence)
{
	client_pool_release(pool, outcome, sentence);
	LIST_REMOVE(pool, next);
	free(pool);
}

/* Makes room for the pool of one more public server; false when all are at work. */
static bool trim_public(struct link_client *client)
{
	struct client_pool *pool, *idle = NULL;
	size_t count = 0;

	LIST_FOREACH(pool, &client->pools, next)
	{
		count += pool->is_public;
		if (pool->is_public && client_pool_is_idle(pool))
			idle = pool; /* the last one found was made first */
	}
	if (count < PUBLIC_POOLS_MAX)
		return true;
	if (idle != NULL)
		close_pool(idle, STATUS_CLOSED, "another server is asked");
	return idle != NULL;
}

static struct client_pool *public_pool_of(struct link_client *client, const char *url)
{
	struct link_peer server = {.url_count = 1};
	struct client_pool *pool;

	LIST_FOREACH(pool, &client->pools, next)
	{
		if (pool->is_public && strcmp(pool->peer.urls[0], url) == 0)
			return pool;
	}
	if (!trim_public(client))
		return NULL;
	(void)snprintf(server.name, sizeof server.name, "%s", public_name);
	(void)snprintf(server.urls[0], sizeof server.urls[0], "%s", url);
	(void)snprintf(server.proxy, sizeof server.proxy, "%s",
	               client->options.public_proxy != NULL ? client->options.public_proxy
	                                                    : "");
	return new_pool(client, &server, true);
}

static void on_peers_changed(void *context)
{
	struct link_client *client = context;
	struct client_pool *pool = LIST_FIRST(&client->pools);

	while (pool != NULL) {
		struct client_pool *following = LIST_NEXT(pool, next);
		const struct link_peer *peer =
		    link_peers_by_name(client->options.peers, pool->peer.name);

		if (pool->is_public) {
			pool = following;
			continue;
		}
		if (peer == NULL)
			close_pool(pool, STATUS_NOT_FOUND,
			           "it is no longer one of our peers");
		else if (!client_pool_update(pool, peer))
			close_pool(pool, STATUS_CLOSED, "it has no URL any more");
		pool = following;
	}
}

static void fail(struct link_client *client, struct client_call *call,
                 enum status outcome, const char *peer, const char *sentence)
{
	client_call_fail(call, outcome, peer, sentence);
	on_finished(client, call);
}

static void route(struct link_client *client, struct client_call *call, const char *name)
{
	const struct link_peer *peer = link_peers_by_name(client->options.peers, name);
	struct client_pool *pool;

	if (peer == NULL) {
		fail(client, call, STATUS_NOT_FOUND, name, "not one of our peers");
		return;
	}
	if (peer->url_count == 0) {
		fail(client, call, STATUS_CLOSED, name,
		     "it has no URL: it can only come to us, or be reached by pouch");
		return;
	}
	pool = pool_of(client, peer);
	if (pool == NULL)
		fail(client, call, STATUS_NO_MEMORY, name,
		     "no memory for its connections");
	else if (!client_pool_add(pool, call))
		fail(client, call, STATUS_LIMIT, name,
		     "too many requests to it are waiting");
}

static void route_public(struct link_client *client, struct client_call *call,
                         const char *url)
{
	struct client_pool *pool;

	if (!record_public_url_check(url)) {
		fail(client, call, STATUS_MALFORMED, public_name,
		     "its URL is not one of http or https that can be used");
		return;
	}
	pool = public_pool_of(client, url);
	if (pool == NULL || !client_pool_add(pool, call))
		fail(client, call, STATUS_LIMIT, public_name,
		     "too many servers, or requests to this one, are waited for");
}

enum status link_client_call(struct link_client *client, const struct link_call *wanted,
                             struct buf *take_body, struct error *err)
{
	struct client_call *call = client_call_new(wanted, take_body);

	if (call == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a request to %s",
		                 wanted->peer != NULL ? wanted->peer : wanted->url);
	if (wanted->peer != NULL)
		route(client, call, wanted->peer);
	else
		route_public(client, call, wanted->url);
	return STATUS_OK;
}

static unsigned number_or(unsigned value, unsigned otherwise)
{
	return value != 0 ? value : otherwise;
}

enum status link_client_open(struct event_base *base,
                             const struct link_client_options *options,
                             link_client_done *done, void *context,
                             struct link_client **ret_client, struct error *err)
{
	struct link_client *client = calloc(1, sizeof *client);

	if (client == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "no memory for the link's client");
	client->base = base;
	client->options = *options;
	client->options.connect_ms = number_or(options->connect_ms, 10 * 1000);
	client->options.total_ms = number_or(options->total_ms, 60 * 1000);
	client->options.idle_s = number_or(options->idle_s, 60);
	client->options.requests_per_peer = number_or(options->requests_per_peer, 4);
	client->options.queue_max = number_or(options->queue_max, 1024);
	client->public_options = client->options;
	client->public_options.total_ms = number_or(options->public_total_ms, 30 * 1000);
	client->public_options.queue_max = PUBLIC_QUEUE_MAX;
	client->done = done;
	client->context = context;
	LIST_INIT(&client->pools);
	TAILQ_INIT(&client->finished);
	event_assign(&client->deliver, base, -1, 0, on_deliver, client);
	client->watch =
	    (struct link_peers_watch){.changed = on_peers_changed, .context = client};
	link_peers_add_watch(options->peers, &client->watch);
	*ret_client = client;
	return STATUS_OK;
}

void link_client_close(struct link_client *client)
{
	struct client_pool *pool;
	struct client_call *call;

	if (client == NULL)
		return;
	link_peers_remove_watch(client->options.peers, &client->watch);
	while ((pool = LIST_FIRST(&client->pools)) != NULL)
		close_pool(pool, STATUS_CLOSED, "the desk stops");
	while ((call = TAILQ_FIRST(&client->finished)) != NULL) {
		TAILQ_REMOVE(&client->finished, call, next);
		client_call_free(call);
	}
	(void)event_del(&client->deliver);
	free(client);
}
