/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP/1.1 server, in three kinds: for peers (TLS 1.3, known by their link keys), for
 * the local API (a socket path, for this user and root), and open (plain HTTP or HTTPS: a
 * witness, a console on loopback, TAXII). Built on libevent's evhttp, whose weaknesses
 * end here: what reaches the handler is a whole, bounded request of somebody who may ask.
 * It knows nothing of what is asked. Source: aldis.md 8.4, 8.6.
 *
 * The process must ignore SIGPIPE, and take libevent's own messages
 * (event_set_log_callback) or they go to stderr. One thread; all calls from the event
 * loop's.
 */
#ifndef ALDIS_LINK_HTTP_SERVER_H
#define ALDIS_LINK_HTTP_SERVER_H

#include <event2/event.h>

#include "base/view.h"
#include "link/peers.h"
#include "link/tls_identity.h"

/* The last two only where all methods are taken. */
enum link_method { LINK_GET, LINK_POST, LINK_DELETE, LINK_OTHER };

enum link_server_kind {
	LINK_SERVER_PEERS, /* mutual TLS; each request has a peer */
	LINK_SERVER_LOCAL, /* a socket path; the same user, or root */
	LINK_SERVER_OPEN, /* HTTP, or TLS without client keys: anybody who can reach it */
};

/* Everything is borrowed for the call of the handler. */
struct link_request {
	uint64_t id; /* for the reply; not 0, not used twice */
	const char
	    *peer; /* whose key was shown, as the table says now; NULL: not PEERS */
	enum link_method method;
	struct view path; /* begins with '/', printable ASCII; a query may follow */
	struct view type; /* Content-Type, or empty */
	struct view idempotency_key; /* header Idempotency-Key, or empty */
	bool is_head;        /* GET without its body: what is replied is cut down to its
	                        headers */
	struct view body;    /* un-gzipped, at most body_max */
	const char *remote;  /* the client's address; empty: not known */
	const void *headers; /* for link_request_header */
};

/* The first header of this name, or NULL. */
const char *link_request_header(const struct link_request *request, const char *name);

struct link_header {
	const char *name, *value;
};

struct link_reply {
	int status;       /* HTTP */
	const char *type; /* Content-Type, or NULL */
	struct view body;
	unsigned retry_after_s;            /* 0: no header */
	const struct link_header *headers; /* further ones */
	size_t header_count;
};

struct link_server_handler {
	/* A request. Exactly one link_server_reply, or one link_server_stream_start and
	 * later link_server_stream_end, must follow, now or later. */
	void (*request)(void *context, const struct link_request *request);
	/* The reader of a stream is gone or was too slow; its id is no longer valid. May
	 * be NULL where no streams are started. */
	void (*stream_closed)(void *context, uint64_t request);
	/* One line for the log, rate-limited, without newline. May be NULL. */
	void (*log)(void *context, const char *line);
	void *context;
};

/* 0 takes the default in brackets. */
struct link_server_options {
	enum link_server_kind kind;
	const char *address; /* "127.0.0.1:8600", "[::1]:0"; LOCAL: a path; OPEN: or a
	                        path, for this user and its group */
	const struct link_tls_identity *identity; /* PEERS only; borrowed */
	struct link_peers *peers;                 /* PEERS only; borrowed */
	SSL_CTX *tls;    /* OPEN only, as link_tls_public_context makes it; NULL: plain */
	uint8_t id_tag;  /* top byte of the ids: tells servers apart */
	size_t body_max; /* bytes, raw and unpacked [20 MiB; OPEN 128 KiB] */
	unsigned connections_max;      /* [1024; OPEN 32] */
	unsigned connections_per_peer; /* [8] */
	unsigned requests_per_peer;    /* at a time, more get 429 [4]; not for LOCAL */
	unsigned handshake_ms;         /* until the first request may begin [10 s] */
	unsigned request_ms;           /* a whole request with its answer [60 s] */
	unsigned read_ms; /* until the whole request is here; it then has request_ms for
	                     its answer [one request_ms for both] */
	size_t held_max;  /* bytes of all requests that are still coming in [no limit] */
	bool has_head;    /* HEAD is taken */
	bool has_all_methods; /* all others are handed over too, instead of 405 */
	/* Writes the body of what the server refuses by itself, and its type [RFC 9457].
	 */
	void (*refusal)(int status, const char *why, struct buf *ret_body);
	const char *refusal_type;
	size_t gzip_min; /* bytes from which text is packed for those who accept it [is
	                    not] */
	const struct link_header *headers; /* of each answer, first; borrowed */
	size_t header_count;
	unsigned idle_ms;  /* between requests [180 s]; more than clients keep */
	size_t stream_max; /* bytes a stream's reader may be behind [1 MiB] */
};

struct link_server;

/* Listens and serves until closed. CONFLICT: the address is taken. */
MUST_USE enum status link_server_open(struct event_base *base,
                                      const struct link_server_options *options,
                                      const struct link_server_handler *handler,
                                      struct link_server **ret_server, struct error *err);

/* The port it listens on; 0 for a path. */
uint16_t link_server_port(const struct link_server *server);

/* How many connections are open. */
unsigned link_server_connection_count(const struct link_server *server);

enum { LINK_STATUS_CLASSES = 6 };

/* For metrics, since it was opened. */
struct link_server_figures {
	uint64_t connections;                  /* open now */
	uint64_t accepted;                     /* connections */
	uint64_t refused;                      /* of them: a wrong key or user */
	uint64_t limited;                      /* beyond what there is room for */
	uint64_t slow;                         /* cut off in the middle of a request */
	uint64_t answers[LINK_STATUS_CLASSES]; /* by the first digit of their status */
};
struct link_server_figures link_server_figures(const struct link_server *server);

/* Answers a request; everything is copied. That the client is gone, or the id unknown, is
 * no error. */
void link_server_reply(struct link_server *server, uint64_t request,
                       const struct link_reply *reply);

/* Answers with 200 and a body that goes on (server-sent events). A quiet stream should
 * carry a comment now and then, so that both ends notice a dead connection. A reader more
 * than stream_max behind is cut off. */
void link_server_stream_start(struct link_server *server, uint64_t request,
                              const char *type);
void link_server_stream_chunk(struct link_server *server, uint64_t request,
                              struct view bytes);
void link_server_stream_end(struct link_server *server, uint64_t request);

/* Closes everything at once; no callback comes any more. Not from within the handler.
 * NULL is fine. */
void link_server_close(struct link_server *server);

#endif
