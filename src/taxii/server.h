/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shelf on the network: HTTP over link/http_server.h, until a signal ends it. It
 * writes nothing, so whenever it ends, nothing is half done.
 */
#ifndef ALDIS_TAXII_SERVER_H
#define ALDIS_TAXII_SERVER_H

#include <openssl/ssl.h>

#include "taxii/answer.h"

struct taxii_server_options {
	const char *address; /* "127.0.0.1:8650", "[::1]:0" */
	SSL_CTX *tls;        /* NULL: plain HTTP */
	/* Once it listens; and a line now and then. Both must be set. */
	void (*ready)(void *context, uint16_t port);
	void (*log)(void *context, const char *line);
	void *context;
};

/* Serves until SIGTERM, SIGINT or SIGHUP. The process must ignore SIGPIPE. CONFLICT: the
 * address is taken; MALFORMED: it is none. */
MUST_USE enum status taxii_server_run(const struct taxii_shelf *shelf,
                                      const struct taxii_server_options *options,
                                      struct error *err);

#endif
