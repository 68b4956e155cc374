/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of a floor: a child process on a core of its own, reached over two
 * kept-open TLS 1.3 connections on loopback, with the link's own TLS settings and nothing
 * of HTTP. A request is answered by one function of the benchmark's.
 */
#ifndef ALDIS_BENCH_TLS_PEER_H
#define ALDIS_BENCH_TLS_PEER_H

#include "bench/machine.h"
#include "link/tls_identity.h"

enum { TLS_PEER_LINES = 2, TLS_PEER_MESSAGE_MAX = 16 << 20 };

/* In the child: answers one request; a failure ends it. */
typedef enum status tls_peer_answer(void *context, struct view request,
                                    struct buf *answer, struct error *err);

/* Starts all-zero; tls_peer_stop ends it. */
struct tls_peer {
	pid_t pid;
	struct link_tls_identity *identity;
	SSL_CTX *context;
	SSL *lines[TLS_PEER_LINES];
	struct buf out;
};

MUST_USE enum status tls_peer_start(struct tls_peer *peer, int core,
                                    tls_peer_answer *answer, void *context,
                                    struct error *err);
MUST_USE enum status tls_peer_send(struct tls_peer *peer, unsigned line,
                                   struct view request, struct error *err);
/* Waits for the next answer on this line; replaces what the buffer holds. */
MUST_USE enum status tls_peer_receive(struct tls_peer *peer, unsigned line,
                                      struct buf *ret_answer, struct error *err);
void tls_peer_stop(struct tls_peer *peer);

#endif
