/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to peers: libcurl on the event loop. One pool of kept-open connections a peer,
 * at most four requests at a time on it, more wait their turn; URLs are tried in order,
 * the one that answered last first. A peer is known by its pinned link keys alone; a
 * server with another key gets no request. It knows nothing of what is asked.
 * Source: aldis.md 8.4, 8.6.
 *
 * Besides, requests to public servers by URL, http or https: those show a certificate
 * that the system's CAs vouch for, are never shown our link key, and have pools of their
 * own, so that a slow one delays neither peers nor other servers.
 *
 * libcurl silently sends a POST again when a kept connection died before the first byte
 * of an answer: every request must be one that may come twice.
 *
 * The process must ignore SIGPIPE and have called curl_global_init. One thread.
 */
#ifndef ALDIS_LINK_HTTP_CLIENT_H
#define ALDIS_LINK_HTTP_CLIENT_H

#include <event2/event.h>

#include "base/buf.h"
#include "link/http_server.h"
#include "link/peers.h"
#include "link/tls_identity.h"

/* 0 takes the default in brackets. */
struct link_client_options {
	const struct link_tls_identity *identity; /* borrowed */
	struct link_peers *peers;                 /* borrowed */
	unsigned connect_ms;        /* until TLS is up, for each URL [10 s] */
	unsigned total_ms;          /* a whole request, all URLs together [60 s] */
	unsigned idle_s;            /* connections are not used again after [60 s] */
	unsigned requests_per_peer; /* at a time [4] */
	unsigned queue_max;         /* waiting requests a peer [1024] */
	/* of public servers */
	const char *public_proxy; /* as a peer's; NULL or "": none; borrowed */
	const char *ca_file;      /* NULL: the CAs that the system trusts; borrowed */
	unsigned public_total_ms; /* a whole request [30 s] */
};

/* The headers webhook-id, webhook-timestamp and webhook-signature. */
struct link_webhook {
	const char *id; /* NULL: none of them */
	int64_t time_s;
	const char *signature; /* NULL: not this one */
};

struct link_call {
	uint64_t id;      /* the caller's, comes back with the answer */
	const char *peer; /* NULL: a public server */
	const char *url; /* of a public server, "http://…" or "https://…"; the path is
	                    put behind */
	enum link_method method;
	const char *path;  /* "/add-entries", may have a query */
	const char *type;  /* Content-Type of the body, or NULL */
	size_t answer_max; /* bytes; a longer answer is an error */
	struct link_webhook webhook;
};

/* Borrowed for the call of link_client_done. */
struct link_answer {
	uint64_t call;
	/* OK: an HTTP answer came, whatever its status. CLOSED: unreachable, or cut off.
	 * UNTRUSTED: they showed a key or certificate that is not theirs, or refused
	 * ours. AGAIN: no
	 * answer in time. LIMIT: the answer, or the queue, is too long. NOT_FOUND: no
	 * such peer. MALFORMED: not HTTP. */
	enum status outcome;
	int http_status;
	struct view type, body;
	unsigned retry_after_s; /* 0: none asked for */
	struct error err;       /* for the duty officer, when outcome is not OK */
};

/* Exactly once for each call, from the event loop, never from within link_client_call. It
 * may make further calls, but not close the client. */
typedef void link_client_done(void *context, const struct link_answer *answer);

struct link_client;

MUST_USE enum status link_client_open(struct event_base *base,
                                      const struct link_client_options *options,
                                      link_client_done *done, void *context,
                                      struct link_client **ret_client, struct error *err);

/* Starts a request or lets it wait. `take_body` is taken (NULL: none); everything else is
 * copied. Failures come through the callback, but for NO_MEMORY here: then nothing was
 * taken or started. */
MUST_USE enum status link_client_call(struct link_client *client,
                                      const struct link_call *call, struct buf *take_body,
                                      struct error *err);

/* Ends everything; answers that are still out do not come any more. NULL is fine. */
void link_client_close(struct link_client *client);

#endif
