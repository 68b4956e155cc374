/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to the HTTP server: the socket it listens on, given to evhttp, with a pause
 * when connections can't be taken.
 */
#ifndef ALDIS_LINK_HTTP_LISTENER_H
#define ALDIS_LINK_HTTP_LISTENER_H

#include "link/http_guard.h"

struct http_listener {
	struct http_guard *guard;     /* base, options, log */
	struct evconnlistener *inner; /* evhttp's, once bound; NULL: not open */
	struct event resume;          /* always pending while open */
	bool is_paused;
	uint16_t port; /* 0: a path */
	char *path;    /* to remove at the end, or NULL */
};

/* Binds the address of the guard's options and lets http accept from it. An all-zero
 * listener but for the guard. */
MUST_USE enum status http_listener_open(struct http_listener *listener,
                                        struct evhttp *http, struct error *err);

/* Before http is freed, which closes the socket. Safe on every half-open state. */
void http_listener_close(struct http_listener *listener);

#endif
