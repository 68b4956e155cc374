/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a connection comes under guard: evhttp asks for a bufferevent (http_guard_accept)
 * before it makes its own object, and has no hook between that and a whole request. So an
 * event is activated that runs before the loop polls again, hence before a byte is read:
 * it finds evhttp's object as the argument of the bufferevent's callbacks and hangs on to
 * it (adopt). From then on evhttp's close callback tells when it ends.
 */
#include "link/http_guard.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "codec/base64.h"
#include "link/listen.h"

enum { HEADROOM = 64 * 1024 };
#define SAY_EVERY_NS (UINT64_C(60) * 1000 * 1000 * 1000)

void http_guard_say(struct http_guard *guard, enum http_topic topic, const char *format,
                    ...)
{
	uint64_t now = clock_monotonic_ns();
	char line[400];
	va_list args;
	int len;

	guard->happened[topic]++;
	if (guard->handler.log == NULL)
		return;
	if (guard->said_ns[topic] != 0 && now - guard->said_ns[topic] < SAY_EVERY_NS) {
		guard->unsaid[topic]++;
		return;
	}
	va_start(args, format);
	len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (guard->unsaid[topic] > 0 && len > 0 && (size_t)len < sizeof line)
		(void)snprintf(line + len, sizeof line - (size_t)len,
		               " (and %u more like this before it)",
		               guard->unsaid[topic]);
	guard->said_ns[topic] = now;
	guard->unsaid[topic] = 0;
	guard->handler.log(guard->handler.context, line);
}

static const char *address_of(const struct http_connection *connection)
{
	char *address = NULL;
	ev_uint16_t port;

	if (connection->evcon != NULL)
		evhttp_connection_get_peer(connection->evcon, &address, &port);
	return address != NULL ? address : "an unknown address";
}

const char *http_guard_remote(const struct http_connection *connection)
{
	char *address = NULL;
	ev_uint16_t port;

	if (connection->evcon != NULL)
		evhttp_connection_get_peer(connection->evcon, &address, &port);
	return address != NULL && address[strspn(address, "0123456789abcdef.:")] == '\0'
	           ? address
	           : "";
}

static void arm(struct http_connection *connection, unsigned ms)
{
	struct timeval wait = {.tv_sec = ms / 1000,
	                       .tv_usec = (suseconds_t)(ms % 1000) * 1000};

	(void)evtimer_add(&connection->timer, &wait);
}

void http_guard_drop(struct http_connection *connection)
{
	if (connection->is_dropped)
		return;
	connection->is_dropped = true;
	(void)bufferevent_disable(connection->bev, EV_READ | EV_WRITE);
	bufferevent_trigger_event(connection->bev, BEV_EVENT_TIMEOUT | BEV_EVENT_READING,
	                          BEV_TRIG_DEFER_CALLBACKS);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	struct http_connection *connection = context;
	const struct link_peer *peer = http_guard_peer(connection);

	if (connection->phase == HTTP_HANDSHAKE)
		connection->refusal = "did not finish the handshake in time";
	if (connection->phase == HTTP_READING || connection->phase == HTTP_SERVING)
		http_guard_say(connection->guard, HTTP_TOPIC_SLOW,
		               "link: cut off %s (%s): a request took longer than %u ms",
		               peer != NULL ? peer->name : "a client",
		               address_of(connection),
		               connection->phase == HTTP_READING
		                   ? connection->guard->options.read_ms
		                   : connection->guard->options.request_ms);
	http_guard_drop(connection);
}

static void let_go(struct http_connection *connection)
{
	connection->guard->held -= connection->held;
	connection->held = 0;
}

/* evhttp keeps what comes in until the request is whole; many large ones at a time could
 * fill the memory. */
static void hold(struct http_connection *connection, size_t len)
{
	struct http_guard *guard = connection->guard;

	connection->held += len;
	guard->held += len;
	if (guard->options.held_max == 0 || guard->held <= guard->options.held_max ||
	    connection->is_dropped)
		return;
	http_guard_say(guard, HTTP_TOPIC_LIMIT,
	               "link: requests under way hold more than %zu bytes",
	               guard->options.held_max);
	let_go(connection);
	http_guard_drop(connection);
}

static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info,
                     void *context)
{
	struct http_connection *connection = context;

	if (info->n_added == 0)
		return;
	hold(connection, info->n_added);
	if (connection->phase != HTTP_WAITING)
		return;
	connection->phase = HTTP_READING;
	arm(connection, connection->guard->options.read_ms);
}

static const char *tls_failure(struct http_connection *connection)
{
	unsigned long number = bufferevent_get_openssl_error(connection->bev);

	switch (ERR_GET_REASON(number)) {
	case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
		return "shows no link key";
	case SSL_R_UNSUPPORTED_PROTOCOL:
		return "does not speak TLS 1.3";
	case SSL_R_HTTP_REQUEST:
		return "speaks plain HTTP where TLS is needed";
	default:
		return number == 0 ? "went away during the handshake"
		                   : "failed in the handshake";
	}
}

static void forget(struct http_connection *connection)
{
	struct http_guard *guard = connection->guard;

	let_go(connection);
	(void)event_del(&connection->timer);
	(void)event_del(&connection->adopt);
	(void)event_del(&connection->settle);
	if (connection->input_watch != NULL)
		(void)evbuffer_remove_cb_entry(bufferevent_get_input(connection->bev),
		                               connection->input_watch);
	if (connection->tls != NULL)
		SSL_set_app_data(connection->tls, NULL);
	TAILQ_REMOVE(&guard->connections, connection, next);
	guard->count--;
	free(connection);
}

/* evhttp is about to free the connection. A request that waits for its answer was cut
 * loose from it before (it has no connection any more) and is ours to free. */
static void on_closed(struct evhttp_connection *evcon, void *context)
{
	struct http_connection *connection = context;
	struct http_guard *guard = connection->guard;

	guard->gone(guard->server, connection);
	if (connection->req != NULL &&
	    evhttp_request_get_connection(connection->req) == NULL)
		evhttp_request_free(connection->req);
	if (connection->phase == HTTP_HANDSHAKE && connection->tls != NULL &&
	    !guard->is_closing)
		http_guard_say(guard, HTTP_TOPIC_REFUSED, "link: refused %s: it %s",
		               address_of(connection),
		               connection->refusal != NULL ? connection->refusal
		                                           : tls_failure(connection));
	forget(connection);
}

static void on_adopt(evutil_socket_t fd, short what, void *context)
{
	struct http_connection *connection = context;
	bufferevent_event_cb on_event = NULL;
	void *evcon = NULL;

	bufferevent_getcb(connection->bev, NULL, NULL, &on_event, &evcon);
	if (on_event == NULL || evcon == NULL) { /* evhttp freed it already */
		struct bufferevent *bev = connection->bev;

		connection->input_watch = NULL;
		forget(connection);
		(void)bufferevent_decref(bev);
		return;
	}
	connection->evcon = evcon;
	assert(evhttp_connection_get_bufferevent(connection->evcon) == connection->bev);
	evhttp_connection_set_closecb(connection->evcon, on_closed, connection);
	(void)bufferevent_decref(connection->bev);
	if (connection->guard->options.kind == LINK_SERVER_LOCAL &&
	    !link_peer_is_allowed(bufferevent_getfd(connection->bev))) {
		connection->phase = HTTP_REFUSED;
		http_guard_say(connection->guard, HTTP_TOPIC_REFUSED,
		               "local API: refused another user of this machine");
	}
	if (connection->phase == HTTP_REFUSED)
		http_guard_drop(connection);
}

static unsigned count_of_peer(const struct http_guard *guard, uint32_t number,
                              struct http_connection **ret_idle)
{
	struct http_connection *c;
	unsigned count = 0;

	*ret_idle = NULL;
	TAILQ_FOREACH(c, &guard->connections, next)
	{
		if (!c->has_key || c->is_dropped || c->peer_number != number)
			continue;
		count++;
		if (*ret_idle == NULL && c->phase == HTTP_WAITING)
			*ret_idle = c;
	}
	return count;
}

/* The handshake is over: is the key (still) one of ours, and how many connections has
 * this peer? The oldest idle one makes room: its other end may be long dead. */
static void on_settle(evutil_socket_t fd, short what, void *context)
{
	struct http_connection *connection = context;
	const struct link_peer *peer = http_guard_peer(connection);
	struct http_connection *idle;

	if (peer == NULL) {
		http_guard_drop(connection);
		return;
	}
	connection->peer_number = peer->number;
	if (count_of_peer(connection->guard, peer->number, &idle) <=
	    connection->guard->options.connections_per_peer)
		return;
	http_guard_say(connection->guard, HTTP_TOPIC_LIMIT,
	               "link: %s opens more than %u connections", peer->name,
	               connection->guard->options.connections_per_peer);
	http_guard_drop(idle != NULL ? idle : connection);
}

/* Called by OpenSSL within the handshake: only notes, and leaves the rest to on_settle.
 */
static void on_tls_info(const SSL *tls, int where, int value)
{
	struct http_connection *connection = SSL_get_app_data(tls);

	if ((where & SSL_CB_HANDSHAKE_DONE) == 0 || connection == NULL ||
	    connection->phase != HTTP_HANDSHAKE || !SSL_is_init_finished(tls))
		return;
	connection->phase = HTTP_WAITING;
	arm(connection, connection->guard->options.idle_ms);
	if (connection->guard->options.kind != LINK_SERVER_PEERS)
		return;
	connection->has_key = link_tls_peer_key(tls, &connection->key);
	event_active(&connection->settle, EV_TIMEOUT, 0);
}

static bool accept_key(void *context, SSL *tls, const struct ed25519_public *key)
{
	struct http_guard *guard = context;
	struct http_connection *connection = SSL_get_app_data(tls);

	if (connection == NULL)
		return false;
	if (key != NULL && link_peers_by_key(guard->options.peers, key) != NULL)
		return true;
	connection->refusal = key == NULL ? "shows a certificate that holds no link key"
	                                  : "shows a link key of no desk trusted here";
	return false;
}

static struct bufferevent *new_bufferevent(struct http_guard *guard, SSL **ret_tls)
{
	struct bufferevent *bev;
	SSL *tls;

	*ret_tls = NULL;
	if (guard->tls == NULL)
		return bufferevent_socket_new(guard->base, -1, BEV_OPT_CLOSE_ON_FREE);
	tls = SSL_new(guard->tls);
	if (tls == NULL)
		return NULL;
	bev = bufferevent_openssl_socket_new(
	    guard->base, -1, tls, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (bev == NULL)
		SSL_free(tls);
	else
		*ret_tls = tls;
	return bev;
}

/* Ends the connection that matters least, so that strangers can't keep others out. */
static bool make_room(struct http_guard *guard)
{
	enum http_phase last =
	    guard->options.kind == LINK_SERVER_OPEN ? HTTP_READING : HTTP_WAITING;
	struct http_connection *least = NULL;
	struct http_connection *c;
	unsigned live = 0;

	TAILQ_FOREACH(c, &guard->connections, next)
	{
		if (c->is_dropped || c->phase == HTTP_REFUSED)
			continue;
		live++;
		if (c->phase <= last && (least == NULL || c->phase < least->phase))
			least = c;
	}
	if (live < guard->options.connections_max)
		return true;
	http_guard_say(guard, HTTP_TOPIC_LIMIT,
	               "link: %u connections are open, the limit", live);
	if (least == NULL)
		return false;
	if (least->phase == HTTP_HANDSHAKE)
		least->refusal = "made room for others before its handshake was done";
	http_guard_drop(least);
	return true;
}

static void watch_over(struct http_connection *connection)
{
	struct http_guard *guard = connection->guard;

	event_assign(&connection->timer, guard->base, -1, 0, on_deadline, connection);
	event_assign(&connection->adopt, guard->base, -1, 0, on_adopt, connection);
	event_assign(&connection->settle, guard->base, -1, 0, on_settle, connection);
	TAILQ_INSERT_TAIL(&guard->connections, connection, next);
	guard->count++;
	/* More than any body, or uploads would stall; not unlimited, or a chunk-size line
	 * without end, or a peer that sends while its stream runs, would fill memory. */
	bufferevent_setwatermark(connection->bev, EV_READ, 0,
	                         guard->options.body_max + HEADROOM);
	connection->input_watch =
	    evbuffer_add_cb(bufferevent_get_input(connection->bev), on_input, connection);
	if (connection->tls != NULL)
		SSL_set_app_data(connection->tls, connection);
	bufferevent_incref(connection->bev); /* until on_adopt */
	event_active(&connection->adopt, EV_TIMEOUT, 0);
	arm(connection, guard->options.handshake_ms);
}

struct bufferevent *http_guard_accept(struct event_base *base, void *context)
{
	struct http_guard *guard = context;
	struct http_connection *connection = calloc(1, sizeof *connection);

	/* Without memory for these few bytes there is nothing safe to return. */
	if (connection == NULL)
		abort();
	guard->accepted++;
	connection->guard = guard;
	connection->phase = guard->tls != NULL ? HTTP_HANDSHAKE : HTTP_WAITING;
	if (make_room(guard))
		connection->bev = new_bufferevent(guard, &connection->tls);
	if (connection->bev == NULL) { /* a plain one that is closed when adopted */
		connection->phase = HTTP_REFUSED;
		connection->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	}
	if (connection->bev == NULL)
		abort();
	watch_over(connection);
	return connection->bev;
}

struct http_connection *http_guard_find(struct http_guard *guard,
                                        struct evhttp_connection *evcon)
{
	struct bufferevent *bev = evhttp_connection_get_bufferevent(evcon);
	SSL *tls = guard->tls != NULL ? bufferevent_openssl_get_ssl(bev) : NULL;
	struct http_connection *c;

	if (guard->options.kind == LINK_SERVER_PEERS)
		return tls != NULL ? SSL_get_app_data(tls) : NULL;
	TAILQ_FOREACH(c, &guard->connections, next)
	{
		if (c->evcon == evcon)
			return c;
	}
	return NULL;
}

const struct link_peer *http_guard_peer(const struct http_connection *connection)
{
	if (connection->tls == NULL || !connection->has_key)
		return NULL;
	return link_peers_by_key(connection->guard->options.peers, &connection->key);
}

void http_guard_serving(struct http_connection *connection, struct evhttp_request *req)
{
	const struct link_server_options *options = &connection->guard->options;

	if (connection->phase == HTTP_STREAMING || /* it had no deadline */
	    options->read_ms != options->request_ms)
		arm(connection, options->request_ms);
	/* Of what came in only the next request's beginning is left, if that. */
	let_go(connection);
	connection->held = evbuffer_get_length(bufferevent_get_input(connection->bev));
	connection->guard->held += connection->held;
	connection->req = req;
	connection->phase = HTTP_SERVING;
}

void http_guard_streaming(struct http_connection *connection)
{
	connection->phase = HTTP_STREAMING;
	(void)event_del(&connection->timer);
}

void http_guard_answered(struct http_connection *connection)
{
	const struct link_server_options *options = &connection->guard->options;
	bool has_more = evbuffer_get_length(bufferevent_get_input(connection->bev)) > 0;

	connection->req = NULL;
	connection->phase = has_more ? HTTP_READING : HTTP_WAITING;
	arm(connection, has_more ? options->read_ms : options->idle_ms);
}

void http_guard_drop_strangers(struct http_guard *guard)
{
	struct http_connection *c;

	TAILQ_FOREACH(c, &guard->connections, next)
	{
		if (c->has_key && http_guard_peer(c) == NULL)
			http_guard_drop(c);
	}
}

enum status http_guard_init(struct http_guard *guard, struct error *err)
{
	TAILQ_INIT(&guard->connections);
	guard->trust = (struct link_tls_trust){.accept = accept_key, .context = guard};
	if (guard->options.kind == LINK_SERVER_PEERS)
		TRY(link_tls_server_context(guard->options.identity, &guard->trust,
		                            &guard->tls, err));
	else if (guard->options.tls == NULL)
		return STATUS_OK;
	else if (SSL_CTX_up_ref(guard->options.tls) == 1)
		guard->tls = guard->options.tls;
	else
		return error_set(err, STATUS_NO_MEMORY, "TLS does not start");
	SSL_CTX_set_info_callback(guard->tls, on_tls_info);
	return STATUS_OK;
}

void http_guard_release(struct http_guard *guard)
{
	struct http_connection *c;

	while ((c = TAILQ_FIRST(&guard->connections)) != NULL) { /* never adopted */
		struct bufferevent *bev = c->bev;

		c->input_watch = NULL;
		forget(c);
		(void)bufferevent_decref(bev);
	}
	SSL_CTX_free(guard->tls);
	guard->tls = NULL;
}
