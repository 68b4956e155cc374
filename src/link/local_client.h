/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request to the daemon over the socket in the desk's folder, for the command line.
 * It blocks until the answer is there.
 *
 * The process must ignore SIGPIPE and have called curl_global_init.
 */
#ifndef ALDIS_LINK_LOCAL_CLIENT_H
#define ALDIS_LINK_LOCAL_CLIENT_H

#include <stdio.h>

#include "base/buf.h"
#include "link/http_server.h"

struct link_local_request {
	const char *socket_path;
	enum link_method method;
	const char *path;            /* "/channels?…" */
	const char *type;            /* Content-Type of the body, or NULL */
	const char *idempotency_key; /* or NULL */
	struct view body;            /* of a POST */
	FILE *body_file;   /* instead of body, from where it stands to its end */
	unsigned total_ms; /* 0: no limit (streams) */
	/* Where a 2xx answer's body goes as it comes; false ends the call. NULL: to
	 * ret_answer. */
	bool (*sink)(void *context, struct view part);
	void *sink_context;
};

struct link_local_answer {
	int http_status;
	unsigned retry_after_s; /* 0: none asked for */
	char type[128];         /* Content-Type */
	struct buf body;        /* its max, set by the caller, is the bound */
};

/* OK: an HTTP answer came, whatever its status, or the sink ended the call. NOT_FOUND: no
 * daemon is running. UNTRUSTED: this user may not use it. CLOSED: it went away in the
 * middle; the request may be repeated with the same idempotency key. LIMIT: the answer is
 * too long. AGAIN: no answer in time. */
MUST_USE enum status link_local_call(const struct link_local_request *request,
                                     struct link_local_answer *ret_answer,
                                     struct error *err);

#endif
