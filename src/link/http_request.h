/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to the HTTP server: is what evhttp understood a request that we take? Each
 * check answers 0 or the HTTP status to refuse with.
 */
#ifndef ALDIS_LINK_HTTP_REQUEST_H
#define ALDIS_LINK_HTTP_REQUEST_H

#include <event2/http.h>

#include "base/buf.h"
#include "link/http_server.h"

/* Method, path and headers, by what the options say is taken. HEAD is a GET. */
int http_request_check(struct evhttp_request *req,
                       const struct link_server_options *options,
                       enum link_method *ret_method);

/* The body where it lies, or unpacked into plain; at most body_max bytes. */
int http_request_body(struct evhttp_request *req, size_t body_max, struct buf *plain,
                      struct view *ret_body);

/* What a status to refuse with means. */
const char *http_request_title(int status);

#endif
