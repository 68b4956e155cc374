/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to the HTTP server: the life of its connections. evhttp takes what it is given
 * and waits for ever; the guard decides who may stay, how long, and how many. It knows
 * connections, not what is asked on them.
 *
 * A connection's evhttp objects are evhttp's; they are ended only by making evhttp
 * believe in a timeout (http_guard_drop), never freed from outside.
 */
#ifndef ALDIS_LINK_HTTP_GUARD_H
#define ALDIS_LINK_HTTP_GUARD_H

#include <event2/bufferevent.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <sys/queue.h>

#include "link/http_server.h"

/* In the order in which they are given up when there are too many. */
enum http_phase {
	HTTP_HANDSHAKE, /* nobody yet */
	HTTP_WAITING,   /* between requests */
	HTTP_READING,   /* a request began */
	HTTP_SERVING,   /* with the handler, or its answer under way */
	HTTP_STREAMING, /* an answer that goes on */
	HTTP_REFUSED,   /* was never welcome */
};

struct http_guard;

struct http_connection {
	struct http_guard *guard;
	struct bufferevent *bev;         /* evhttp's */
	struct evhttp_connection *evcon; /* evhttp's; NULL until it is adopted */
	SSL *tls;                        /* of bev; NULL: plain */
	enum http_phase phase;
	bool is_dropped;
	bool has_key;
	struct ed25519_public key; /* shown and proven, when has_key */
	uint32_t peer_number;      /* when has_key */
	const char *refusal;       /* why the handshake failed, where we know */
	struct evbuffer_cb_entry *input_watch;
	struct event timer;         /* the deadline of the phase */
	struct event adopt;         /* runs once, right after evhttp took it */
	struct event settle;        /* runs once, right after the handshake */
	struct evhttp_request *req; /* the one being served, or NULL */
	void *request;              /* the server's own, or NULL */
	size_t held;                /* bytes that came in of the request under way */
	TAILQ_ENTRY(http_connection) next;
};

enum http_topic {
	HTTP_TOPIC_REFUSED,
	HTTP_TOPIC_LIMIT,
	HTTP_TOPIC_SLOW,
	HTTP_TOPIC_COUNT
};

struct http_guard {
	struct event_base *base;
	struct link_server_options options; /* without zeros */
	struct link_server_handler handler;
	/* The connection is about to be freed: forget it. */
	void (*gone)(void *server, struct http_connection *connection);
	void *server;
	struct link_tls_trust trust;
	SSL_CTX *tls;
	TAILQ_HEAD(, http_connection) connections; /* oldest first */
	unsigned count;
	size_t held; /* of all connections */
	bool is_closing;
	uint64_t said_ns[HTTP_TOPIC_COUNT]; /* when the last line was written; 0: never */
	unsigned unsaid[HTTP_TOPIC_COUNT];
	uint64_t accepted, happened[HTTP_TOPIC_COUNT]; /* counted */
};

/* Sets up an all-zero guard whose base, options, handler, gone and server are set. */
MUST_USE enum status http_guard_init(struct http_guard *guard, struct error *err);
/* After evhttp was freed. */
void http_guard_release(struct http_guard *guard);

/* For evhttp_set_bevcb; the argument is the guard. Never NULL: evhttp would then serve
 * plaintext to anybody. */
struct bufferevent *http_guard_accept(struct event_base *base, void *guard);

/* The connection, or NULL when the guard has not seen it. */
struct http_connection *http_guard_find(struct http_guard *guard,
                                        struct evhttp_connection *evcon);

/* Who is at the other end, by the table as it is now; NULL: nobody we know. */
const struct link_peer *http_guard_peer(const struct http_connection *connection);

/* The address at the other end as text; empty: not known. */
const char *http_guard_remote(const struct http_connection *connection);

/* A request reached the server (or its stream comes to an end); its answer began to go on
 * without end; its answer is written. */
void http_guard_serving(struct http_connection *connection, struct evhttp_request *req);
void http_guard_streaming(struct http_connection *connection);
void http_guard_answered(struct http_connection *connection);

/* Closes the connection soon, without another byte of it being looked at. */
void http_guard_drop(struct http_connection *connection);

/* Drops those whose key is no longer in the table. */
void http_guard_drop_strangers(struct http_guard *guard);

/* Counts it; and a line for the log, once a minute and topic. */
void http_guard_say(struct http_guard *guard, enum http_topic topic, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

#endif
