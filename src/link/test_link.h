/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the link share: identities made of one byte, a server that records,
 * and raw clients that speak TLS by hand in a thread of their own while the loop runs.
 * Threads only collect; the test's own thread judges.
 */
#ifndef ALDIS_LINK_TEST_LINK_H
#define ALDIS_LINK_TEST_LINK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "crypto/random.h"
#include "link/http_server.h"
#include "link/peers.h"
#include "link/tls_identity.h"

/* ---- identities and peers */

static inline struct link_tls_identity *identity_of(uint8_t byte)
{
	struct ed25519_seed seed;
	struct link_tls_identity *identity = NULL;

	memset(seed.bytes, byte, sizeof seed.bytes);
	assert_int_equal(link_tls_identity_new(&seed, &identity, NULL), STATUS_OK);
	return identity;
}

static inline struct ed25519_public key_of_byte(uint8_t byte)
{
	struct link_tls_identity *identity = identity_of(byte);
	struct ed25519_public key = link_tls_identity_key(identity);

	link_tls_identity_free(identity);
	return key;
}

static inline struct link_peer peer_of(const char *name, uint8_t key)
{
	struct link_peer peer = {.key_count = 1, .keys = {key_of_byte(key)}};

	(void)snprintf(peer.name, sizeof peer.name, "%s", name);
	return peer;
}

static inline bool accept_any(void *context, SSL *ssl, const struct ed25519_public *key)
{
	return key != NULL;
}

static const struct link_tls_trust any_key = {.accept = accept_any};

static inline SSL_CTX *client_context(uint8_t key)
{
	struct link_tls_identity *identity = identity_of(key);
	SSL_CTX *tls = NULL;

	assert_int_equal(link_tls_client_context(identity, &any_key, &tls, NULL),
	                 STATUS_OK);
	link_tls_identity_free(identity); /* the context holds key and certificate */
	return tls;
}

/* ---- a server that records */

enum { HELD_MAX = 16, NORTH_KEY = 1, SOUTH_KEY = 2, EAST_KEY = 3, STRANGER_KEY = 9 };

/* /echo answers with the body, /hold not before release_held, /stream begins a stream,
 * anything else 200 and the length of the body. */
struct bench {
	struct event_base *base;
	struct link_peers *peers;
	struct link_tls_identity *identity; /* north, the server */
	struct link_server *server;
	unsigned requests;
	uint64_t held[HELD_MAX];
	size_t held_count;
	uint64_t stream;
	unsigned streams_closed;
	char peer[128], path[256], type[64], key[64];
	enum link_method method;
	size_t body_len;
	bool is_expecting; /* header Expect seen */
	char last_log[512];
	unsigned logs;
};

static inline void bench_reply(struct bench *bench, uint64_t id, int status,
                               struct view body)
{
	link_server_reply(
	    bench->server, id,
	    &(struct link_reply){.status = status, .type = "text/plain", .body = body});
}

static inline void bench_on_request(void *context, const struct link_request *request)
{
	struct bench *bench = context;
	char text[64];

	bench->requests++;
	bench->method = request->method;
	bench->body_len = request->body.len;
	bench->is_expecting |= link_request_header(request, "Expect") != NULL;
	(void)snprintf(bench->peer, sizeof bench->peer, "%s",
	               request->peer != NULL ? request->peer : "");
	(void)view_copy_string(request->path, bench->path, sizeof bench->path);
	(void)view_copy_string(request->type, bench->type, sizeof bench->type);
	(void)view_copy_string(request->idempotency_key, bench->key, sizeof bench->key);
	if (strcmp(bench->path, "/hold") == 0 && bench->held_count < HELD_MAX) {
		bench->held[bench->held_count++] = request->id;
	} else if (strcmp(bench->path, "/stream") == 0) {
		bench->stream = request->id;
		link_server_stream_start(bench->server, request->id, "text/event-stream");
	} else if (strcmp(bench->path, "/echo") == 0) {
		bench_reply(bench, request->id, 200, request->body);
	} else {
		(void)snprintf(text, sizeof text, "%zu", request->body.len);
		bench_reply(bench, request->id, 200, view_of_string(text));
	}
}

static inline void bench_on_stream_closed(void *context, uint64_t id)
{
	struct bench *bench = context;

	if (id == bench->stream)
		bench->streams_closed++;
}

static inline void bench_on_log(void *context, const char *line)
{
	struct bench *bench = context;

	bench->logs++;
	(void)snprintf(bench->last_log, sizeof bench->last_log, "%s", line);
}

/* Opens north's server with these options (kind and limits); peers are south and east. */
static inline void bench_open(struct bench *bench, struct link_server_options options)
{
	struct link_peer list[2] = {peer_of("south.example", SOUTH_KEY),
	                            peer_of("east.example", EAST_KEY)};
	struct link_server_handler handler = {.request = bench_on_request,
	                                      .stream_closed = bench_on_stream_closed,
	                                      .log = bench_on_log,
	                                      .context = bench};
	struct error err = {""};

	*bench = (struct bench){0};
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	bench->base = event_base_new();
	assert_non_null(bench->base);
	bench->identity = identity_of(NORTH_KEY);
	assert_int_equal(link_peers_new(&bench->peers, NULL), STATUS_OK);
	assert_int_equal(link_peers_replace(bench->peers, list, 2, NULL), STATUS_OK);
	if (options.address == NULL)
		options.address = "127.0.0.1:0";
	options.identity = bench->identity;
	options.peers = bench->peers;
	if (link_server_open(bench->base, &options, &handler, &bench->server, &err) !=
	    STATUS_OK)
		fail_msg("%s", err.text);
}

static inline void bench_close(struct bench *bench)
{
	link_server_close(bench->server);
	(void)event_base_loop(bench->base, EVLOOP_NONBLOCK);
	link_peers_free(bench->peers);
	link_tls_identity_free(bench->identity);
	event_base_free(bench->base);
}

static inline void bench_release_held(struct bench *bench)
{
	for (size_t i = 0; i < bench->held_count; i++)
		bench_reply(bench, bench->held[i], 200, view_of_string("late"));
	bench->held_count = 0;
}

/* ---- running the loop */

static inline void on_late(evutil_socket_t fd, short what, void *context)
{
	*(bool *)context = true;
}

/* Runs the loop until the condition holds; fails the test after two minutes, which
 * no test waits for: memcheck on a busy machine needs more than 20 s. */
static inline void run_until(struct event_base *base, bool (*is_done)(void *context),
                             void *context)
{
	struct timeval wait = {.tv_sec = 120};
	bool is_late = false;
	struct event *late = evtimer_new(base, on_late, &is_late);

	(void)evtimer_add(late, &wait);
	while (!is_done(context) && !is_late)
		(void)event_base_loop(base, EVLOOP_ONCE);
	event_free(late);
	if (is_late)
		fail_msg("waited two minutes in vain");
}

/* Runs the loop while a thread does something blocking. */
struct companion {
	void (*work)(void *context);
	void *context;
	int done[2]; /* a pipe */
	bool is_done;
};

static inline void *companion_main(void *context)
{
	struct companion *companion = context;

	companion->work(companion->context);
	(void)!write(companion->done[1], "", 1);
	return NULL;
}

static inline void on_companion_done(evutil_socket_t fd, short what, void *context)
{
	((struct companion *)context)->is_done = true;
}

static inline bool companion_is_done(void *context)
{
	return ((struct companion *)context)->is_done;
}

static inline void run_with(struct event_base *base, void (*work)(void *context),
                            void *context)
{
	struct companion companion = {.work = work, .context = context};
	struct event *done;
	pthread_t thread;

	assert_int_equal(pipe(companion.done), 0);
	done = event_new(base, companion.done[0], EV_READ, on_companion_done, &companion);
	(void)event_add(done, NULL);
	assert_int_equal(pthread_create(&thread, NULL, companion_main, &companion), 0);
	run_until(base, companion_is_done, &companion);
	(void)pthread_join(thread, NULL);
	event_free(done);
	(void)close(companion.done[0]);
	(void)close(companion.done[1]);
}

/* ---- raw clients, for threads: they never assert */

struct raw {
	int fd;
	SSL *ssl;       /* NULL: plain */
	bool is_shaken; /* SSL_connect said it was done */
	char answer[4096];
	size_t answer_len;
};

static inline void raw_set_patience(int fd, int seconds)
{
	struct timeval wait = {.tv_sec = seconds};

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static inline struct raw raw_tcp(uint16_t port)
{
	struct raw raw = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	struct sockaddr_in at = {.sin_family = AF_INET,
	                         .sin_port = htons(port),
	                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1;

	(void)setsockopt(raw.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	raw_set_patience(raw.fd, 10);
	(void)connect(raw.fd, (struct sockaddr *)&at, sizeof at);
	return raw;
}

static inline struct raw raw_path(const char *path)
{
	struct raw raw = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	raw_set_patience(raw.fd, 10);
	(void)connect(raw.fd, (struct sockaddr *)&at, sizeof at);
	return raw;
}

static inline struct raw raw_tls(uint16_t port, SSL_CTX *tls)
{
	struct raw raw = raw_tcp(port);

	raw.ssl = SSL_new(tls);
	(void)SSL_set_fd(raw.ssl, raw.fd);
	raw.is_shaken = SSL_connect(raw.ssl) == 1;
	return raw;
}

static inline void raw_close(struct raw *raw)
{
	SSL_free(raw->ssl);
	(void)close(raw->fd);
	*raw = (struct raw){.fd = -1};
}

static inline bool raw_send(struct raw *raw, const void *data, size_t len)
{
	const uint8_t *at = data;

	while (len > 0) {
		size_t part = len < 16384 ? len : 16384;
		ssize_t sent = raw->ssl != NULL ? SSL_write(raw->ssl, at, (int)part)
		                                : send(raw->fd, at, part, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		at += sent;
		len -= (size_t)sent;
	}
	return true;
}

static inline bool raw_text(struct raw *raw, const char *text)
{
	return raw_send(raw, text, strlen(text));
}

static inline ssize_t raw_receive(struct raw *raw, void *space, size_t len)
{
	return raw->ssl != NULL ? SSL_read(raw->ssl, space, (int)len)
	                        : recv(raw->fd, space, len, 0);
}

/* Reads one whole answer (or to the end) and returns its status; 0: none came. */
static inline int raw_answer(struct raw *raw)
{
	raw->answer_len = 0;
	while (raw->answer_len < sizeof raw->answer - 1) {
		ssize_t len = raw_receive(raw, raw->answer + raw->answer_len,
		                          sizeof raw->answer - 1 - raw->answer_len);
		const char *body, *length;

		if (len <= 0)
			break;
		raw->answer_len += (size_t)len;
		raw->answer[raw->answer_len] = '\0';
		body = strstr(raw->answer, "\r\n\r\n");
		length = strstr(raw->answer, "Content-Length: ");
		if (body != NULL && length != NULL && length < body &&
		    strlen(body + 4) >= strtoul(length + 16, NULL, 10))
			break;
	}
	raw->answer[raw->answer_len] = '\0';
	return raw->answer_len > 12 ? atoi(raw->answer + 9) : 0;
}

/* Does the other end close, without a byte more, in good time? */
static inline bool raw_is_closed(struct raw *raw)
{
	char byte;
	ssize_t len = raw_receive(raw, &byte, 1);

	if (raw->ssl != NULL)
		return len <= 0 &&
		       SSL_get_error(raw->ssl, (int)len) != SSL_ERROR_WANT_READ;
	return len == 0 || (len < 0 && errno != EAGAIN);
}

/* Waits up to so long for something to read (or the end). */
static inline bool raw_wait(struct raw *raw, int ms)
{
	struct pollfd wait = {.fd = raw->fd, .events = POLLIN};

	return poll(&wait, 1, ms) > 0;
}

#endif
