/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least HTTP client for a desk's local API: one kept-open connection to its Unix
 * socket, requests and answers apart from each other, no header read but the length.
 */
#ifndef ALDIS_BENCH_LOCAL_HTTP_H
#define ALDIS_BENCH_LOCAL_HTTP_H

#include "base/buf.h"

/* Starts with fd -1; release it. */
struct local_http {
	int fd;
	struct buf in, out;
};

#define LOCAL_HTTP_INIT       \
	((struct local_http){ \
	    .fd = -1, .in = BUF_INIT(64 << 20), .out = BUF_INIT(64 << 20)})

/* CLOSED when nobody listens. */
MUST_USE enum status local_http_open(struct local_http *http, const char *socket_path,
                                     struct error *err);
/* Sends a whole request; type NULL: a GET. */
MUST_USE enum status local_http_send(struct local_http *http, const char *path,
                                     const char *type, struct view body,
                                     struct error *err);
/* Waits for the answer; its body is borrowed until the next call. */
MUST_USE enum status local_http_receive(struct local_http *http, int *ret_status,
                                        struct view *ret_body, struct error *err);
/* Both. UNTRUSTED when the status is not 2xx: the sentence holds what was answered. */
MUST_USE enum status local_http_call(struct local_http *http, const char *path,
                                     const char *type, struct view body,
                                     struct view *ret_body, struct error *err);
void local_http_release(struct local_http *http);

#endif
