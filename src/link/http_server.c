/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests and their answers. An answer may come long after its request, and the client
 * may be gone by then: so each request has a slot with its own id, and slot and
 * connection point at each other only as long as both are there.
 */
#include "link/http_server.h"

#include <assert.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "link/gzip.h"
#include "link/http_guard.h"
#include "link/http_listener.h"
#include "link/http_request.h"

enum {
	HEADERS_MAX = 32 * 1024,
	SLOT_BITS = 16,
	SEQUENCE_BITS = 40,
	JOIN_MAX = 14 * 1024,
	NEVER_S = 24 * 3600,
};

struct slot {
	uint64_t id;                        /* 0: free */
	struct http_connection *connection; /* NULL: the client is gone */
	uint32_t peer_number;
	bool is_stream;
	bool is_head;
	bool accepts_gzip;
	LIST_ENTRY(slot) next;
};
LIST_HEAD(slot_list, slot);

struct link_server {
	struct http_guard guard;
	struct evhttp *http;
	struct http_listener listener;
	struct link_peers_watch watch;
	struct slot *slots;
	struct slot_list free_slots, busy_slots;
	uint64_t sequence;
	uint64_t answers[LINK_STATUS_CLASSES];
};

/* ---- answers */

static void count_answer(const struct http_connection *connection, int status)
{
	struct link_server *server = connection->guard->server;

	if (status / 100 < LINK_STATUS_CLASSES)
		server->answers[status / 100]++;
}

static void set_fixed_headers(struct http_connection *connection)
{
	const struct link_server_options *options = &connection->guard->options;
	struct evkeyvalq *headers = evhttp_request_get_output_headers(connection->req);

	for (size_t i = 0; i < options->header_count; i++)
		(void)evhttp_add_header(headers, options->headers[i].name,
		                        options->headers[i].value);
}

static void set_headers(struct http_connection *connection,
                        const struct link_reply *reply)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(connection->req);
	char seconds[16];

	set_fixed_headers(connection);
	if (reply->type != NULL)
		(void)evhttp_add_header(headers, "Content-Type", reply->type);
	if (reply->retry_after_s > 0) {
		(void)snprintf(seconds, sizeof seconds, "%u", reply->retry_after_s);
		(void)evhttp_add_header(headers, "Retry-After", seconds);
	}
	for (size_t i = 0; i < reply->header_count; i++)
		(void)evhttp_add_header(headers, reply->headers[i].name,
		                        reply->headers[i].value);
}

/* Header and body of a small answer become one piece of memory, so that they leave as one
 * TLS record and one packet. */
static void join_output(struct http_connection *connection, size_t body_len)
{
	struct evbuffer *output = bufferevent_get_output(connection->bev);

	if (body_len > 0 && body_len <= JOIN_MAX)
		(void)evbuffer_pullup(output, -1);
}

static void send_reply(struct http_connection *connection, const struct link_reply *reply)
{
	struct evbuffer *body = evbuffer_new();

	if (body == NULL || evbuffer_add(body, reply->body.data, reply->body.len) != 0) {
		http_guard_drop(connection);
	} else {
		set_headers(connection, reply);
		count_answer(connection, reply->status);
		evhttp_send_reply(connection->req, reply->status, NULL, body);
		join_output(connection, reply->body.len);
	}
	if (body != NULL)
		evbuffer_free(body);
}

/* evhttp would send the body. */
static void send_head(struct http_connection *connection, const struct link_reply *reply)
{
	struct link_reply head = *reply;
	char len[24];

	(void)snprintf(len, sizeof len, "%zu", reply->body.len);
	if (reply->status != 304)
		(void)evhttp_add_header(
		    evhttp_request_get_output_headers(connection->req), "Content-Length",
		    len);
	head.body = view_of(NULL, 0);
	send_reply(connection, &head);
}

/* Text that shrinks; what is packed already, and what is secret enough to be random, are
 * not sent under these types. */
static bool is_text(const char *type)
{
	static const char *const starts[] = {
	    "text/", "application/json", "application/x-ndjson",
	    "application/problem+json", "application/taxii+json"};

	for (size_t i = 0; type != NULL && i < sizeof starts / sizeof *starts; i++)
		if (strncmp(type, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static bool is_encoded(const struct link_reply *reply)
{
	for (size_t i = 0; i < reply->header_count; i++)
		if (strcasecmp(reply->headers[i].name, "Content-Encoding") == 0)
			return true;
	return false;
}

/* Packs the body where that is wanted; without memory for it, it goes as it is. */
static void send_packed(struct http_connection *connection,
                        const struct link_reply *reply)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(reply->body.len + 1024);
	struct evkeyvalq *headers = evhttp_request_get_output_headers(connection->req);
	struct link_reply other = *reply;

	if (link_gzip(reply->body, &packed, NULL) == STATUS_OK) {
		(void)evhttp_add_header(headers, "Content-Encoding", "gzip");
		other.body = buf_view(&packed);
	}
	send_reply(connection, &other);
}

static bool is_to_be_packed(const struct link_server_options *options,
                            const struct link_reply *reply)
{
	return options->gzip_min > 0 && reply->body.len >= options->gzip_min &&
	       is_text(reply->type) && !is_encoded(reply);
}

/* RFC 9457 */
static void write_problem(int status, const char *why, struct buf *ret_body)
{
	buf_printf(ret_body,
	           "{\"type\":\"about:blank\",\"title\":\"refused\",\"status\":%d,"
	           "\"detail\":\"%s\"}\n",
	           status, why);
}

/* What the server itself has to say. */
static void refuse(struct http_connection *connection, int status)
{
	const struct link_server_options *options = &connection->guard->options;
	CLEANUP_BUF struct buf body = BUF_INIT(1024);
	const struct link_header allow = {"Allow", "GET, POST"};

	options->refusal(status, http_request_title(status), &body);
	send_reply(connection, &(struct link_reply){
	                           .status = status,
	                           .type = options->refusal_type,
	                           .body = buf_view(&body),
	                           .retry_after_s = status == 429 || status == 503,
	                           .headers = &allow,
	                           .header_count = status == 405,
	                       });
}

/* ---- slots */

static struct slot *slot_of(struct link_server *server, uint64_t id)
{
	size_t index = id & ((1U << SLOT_BITS) - 1);
	struct slot *slot = &server->slots[index];

	if (id == 0 || index >= server->guard.options.connections_max || slot->id != id)
		return NULL;
	return slot;
}

static struct slot *take_slot(struct link_server *server,
                              struct http_connection *connection, uint32_t peer_number)
{
	struct slot *slot = LIST_FIRST(&server->free_slots);
	uint64_t sequence = ++server->sequence & ((UINT64_C(1) << SEQUENCE_BITS) - 1);

	if (slot == NULL)
		return NULL;
	LIST_REMOVE(slot, next);
	LIST_INSERT_HEAD(&server->busy_slots, slot, next);
	slot->id = (uint64_t)server->guard.options.id_tag << (SLOT_BITS + SEQUENCE_BITS) |
	           sequence << SLOT_BITS | (uint64_t)(slot - server->slots);
	slot->connection = connection;
	slot->peer_number = peer_number;
	slot->is_stream = false;
	slot->is_head = evhttp_request_get_command(connection->req) == EVHTTP_REQ_HEAD;
	slot->accepts_gzip = link_accepts_gzip(evhttp_find_header(
	    evhttp_request_get_input_headers(connection->req), "Accept-Encoding"));
	connection->request = slot;
	return slot;
}

static void release_slot(struct link_server *server, struct slot *slot)
{
	if (slot->connection != NULL)
		slot->connection->request = NULL;
	slot->connection = NULL;
	slot->id = 0;
	LIST_REMOVE(slot, next);
	LIST_INSERT_HEAD(&server->free_slots, slot, next);
}

static unsigned busy_count(struct link_server *server, uint32_t peer_number)
{
	struct slot *slot;
	unsigned count = 0;

	LIST_FOREACH(slot, &server->busy_slots, next)
	{
		count += slot->peer_number == peer_number && !slot->is_stream;
	}
	return count;
}

/* ---- requests */

const char *link_request_header(const struct link_request *request, const char *name)
{
	return evhttp_find_header(request->headers, name);
}

static struct view header_view(const struct evkeyvalq *headers, const char *name)
{
	const char *value = evhttp_find_header(headers, name);

	return value == NULL ? (struct view){0} : view_of_string(value);
}

static void hand_over(struct link_server *server, struct http_connection *connection,
                      const struct link_peer *peer, enum link_method method,
                      struct view body)
{
	struct evhttp_request *req = connection->req;
	const struct evkeyvalq *headers = evhttp_request_get_input_headers(req);
	uint32_t number = peer != NULL ? peer->number : 0;
	struct slot *slot = take_slot(server, connection, number);
	struct link_request request = {
	    .peer = peer != NULL ? peer->name : NULL,
	    .method = method,
	    .path = view_of_string(evhttp_request_get_uri(req)),
	    .type = header_view(headers, "Content-Type"),
	    .idempotency_key = header_view(headers, "Idempotency-Key"),
	    .is_head = slot != NULL && slot->is_head,
	    .body = body,
	    .remote = http_guard_remote(connection),
	    .headers = headers,
	};

	if (slot == NULL) {
		refuse(connection, 503);
		return;
	}
	request.id = slot->id;
	server->guard.handler.request(server->guard.handler.context, &request);
}

static void serve(struct link_server *server, struct http_connection *connection)
{
	const struct link_server_options *options = &server->guard.options;
	struct evhttp_request *req = connection->req;
	const struct link_peer *peer = http_guard_peer(connection);
	CLEANUP_BUF struct buf plain = BUF_INIT(0);
	enum link_method method;
	struct view body;
	int status;

	if (options->kind == LINK_SERVER_PEERS && peer == NULL) {
		http_guard_drop(connection);
		return;
	}
	status = http_request_check(req, options, &method);
	if (status != 0) {
		refuse(connection, status);
		return;
	}
	if (options->kind != LINK_SERVER_LOCAL &&
	    busy_count(server, peer != NULL ? peer->number : 0) >=
	        options->requests_per_peer) {
		refuse(connection, 429);
		return;
	}
	status = http_request_body(req, options->body_max, &plain, &body);
	if (status != 0) {
		refuse(connection, status);
		return;
	}
	hand_over(server, connection, peer, method, body);
}

static void on_answered(struct evhttp_request *req, void *context)
{
	http_guard_answered(context);
}

static void on_request(struct evhttp_request *req, void *context)
{
	struct link_server *server = context;
	struct evhttp_connection *evcon = evhttp_request_get_connection(req);
	struct http_connection *connection = http_guard_find(&server->guard, evcon);

	if (connection == NULL) { /* unguarded: it must not get an answer */
		evhttp_connection_free(evcon);
		return;
	}
	http_guard_serving(connection, req);
	evhttp_request_set_on_complete_cb(req, on_answered, connection);
	if (!connection->is_dropped)
		serve(server, connection);
	/* The answer may take long: don't keep the body for it. */
	(void)evbuffer_drain(evhttp_request_get_input_buffer(req), (size_t)-1);
}

static void on_gone(void *context, struct http_connection *connection)
{
	struct link_server *server = context;
	struct slot *slot = connection->request;
	uint64_t id;

	if (slot == NULL)
		return;
	if (!slot->is_stream) { /* the handler still owes a reply to the slot */
		slot->connection = NULL;
		connection->request = NULL;
		return;
	}
	id = slot->id;
	release_slot(server, slot);
	if (server->guard.handler.stream_closed != NULL && !server->guard.is_closing)
		server->guard.handler.stream_closed(server->guard.handler.context, id);
}

static void answer_slot(struct link_server *server, const struct slot *slot,
                        const struct link_reply *reply)
{
	struct http_connection *connection = slot->connection;
	bool can_be_packed = is_to_be_packed(&server->guard.options, reply);

	if (can_be_packed) /* for caches between */
		(void)evhttp_add_header(
		    evhttp_request_get_output_headers(connection->req), "Vary",
		    "Accept-Encoding");
	if (slot->is_head)
		send_head(connection, reply);
	else if (can_be_packed && slot->accepts_gzip)
		send_packed(connection, reply);
	else
		send_reply(connection, reply);
}

void link_server_reply(struct link_server *server, uint64_t request,
                       const struct link_reply *reply)
{
	struct slot *slot = slot_of(server, request);

	if (slot == NULL)
		return;
	assert(!slot->is_stream);
	if (slot->connection != NULL && !slot->connection->is_dropped)
		answer_slot(server, slot, reply);
	release_slot(server, slot);
}

/* ---- streams */

void link_server_stream_start(struct link_server *server, uint64_t request,
                              const char *type)
{
	struct slot *slot = slot_of(server, request);
	struct evkeyvalq *headers;

	if (slot == NULL)
		return;
	slot->is_stream = true;
	if (slot->connection == NULL || slot->is_head) {
		if (slot->connection != NULL && !slot->connection->is_dropped)
			send_reply(slot->connection,
			           &(struct link_reply){.status = 200, .type = type});
		release_slot(server, slot);
		if (server->guard.handler.stream_closed != NULL)
			server->guard.handler.stream_closed(server->guard.handler.context,
			                                    request);
		return;
	}
	set_fixed_headers(slot->connection);
	headers = evhttp_request_get_output_headers(slot->connection->req);
	(void)evhttp_add_header(headers, "Content-Type", type);
	(void)evhttp_add_header(headers, "Cache-Control", "no-store");
	http_guard_streaming(slot->connection);
	count_answer(slot->connection, 200);
	evhttp_send_reply_start(slot->connection->req, 200, NULL);
}

void link_server_stream_chunk(struct link_server *server, uint64_t request,
                              struct view bytes)
{
	struct slot *slot = slot_of(server, request);
	struct http_connection *connection;
	struct evbuffer *part;
	size_t behind;

	if (slot == NULL || slot->connection == NULL || slot->connection->is_dropped)
		return;
	assert(slot->is_stream);
	connection = slot->connection;
	behind = evbuffer_get_length(bufferevent_get_output(connection->bev));
	part = evbuffer_new();
	if (part == NULL || bytes.len > server->guard.options.stream_max ||
	    behind > server->guard.options.stream_max - bytes.len ||
	    evbuffer_add(part, bytes.data, bytes.len) != 0)
		http_guard_drop(connection);
	else
		evhttp_send_reply_chunk(connection->req, part);
	if (part != NULL)
		evbuffer_free(part);
}

static void end_stream(struct http_connection *connection)
{
	http_guard_serving(connection, connection->req);
	evhttp_send_reply_end(connection->req);
}

void link_server_stream_end(struct link_server *server, uint64_t request)
{
	struct slot *slot = slot_of(server, request);
	struct http_connection *connection;

	if (slot == NULL)
		return;
	assert(slot->is_stream);
	connection = slot->connection;
	release_slot(server, slot);
	if (connection != NULL && !connection->is_dropped)
		end_stream(connection);
}

/* ---- opening and closing */

static size_t size_or(size_t value, size_t otherwise)
{
	return value != 0 ? value : otherwise;
}

static unsigned number_or(unsigned value, unsigned otherwise)
{
	return value != 0 ? value : otherwise;
}

static struct link_server_options resolve(const struct link_server_options *options)
{
	struct link_server_options o = *options;
	bool is_open = o.kind == LINK_SERVER_OPEN;

	o.body_max = size_or(o.body_max, is_open ? 128 * 1024 : 20 * 1024 * 1024);
	o.connections_max = number_or(o.connections_max, is_open ? 32 : 1024);
	if (o.connections_max > 1U << SLOT_BITS)
		o.connections_max = 1U << SLOT_BITS;
	o.connections_per_peer = number_or(o.connections_per_peer, 8);
	o.requests_per_peer = number_or(o.requests_per_peer, 4);
	o.handshake_ms = number_or(o.handshake_ms, 10 * 1000);
	o.request_ms = number_or(o.request_ms, 60 * 1000);
	o.read_ms = number_or(o.read_ms, o.request_ms);
	o.idle_ms = number_or(o.idle_ms, 180 * 1000);
	o.stream_max = size_or(o.stream_max, 1024 * 1024);
	if (o.refusal == NULL) {
		o.refusal = write_problem;
		o.refusal_type = "application/problem+json";
	}
	return o;
}

static enum status set_up_http(struct link_server *server, struct error *err)
{
	struct http_guard *guard = &server->guard;
	const struct timeval never = {.tv_sec =
	                                  NEVER_S}; /* the guard has the deadlines */

	server->http = evhttp_new(guard->base);
	if (server->http == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the HTTP server");
	evhttp_set_max_headers_size(server->http, HEADERS_MAX);
	evhttp_set_max_body_size(server->http, (ev_ssize_t)guard->options.body_max);
	evhttp_set_timeout_tv(server->http, &never);
	evhttp_set_default_content_type(server->http, NULL);
	/* Reads on to the end of a body that is too large (the deadline bounds that): a
	 * client that is still sending when the connection closes may miss the 413. */
	(void)evhttp_set_flags(server->http, EVHTTP_SERVER_LINGERING_CLOSE);
	evhttp_set_allowed_methods(
	    server->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
	                      EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
	                      EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
	evhttp_set_gencb(server->http, on_request, server);
	evhttp_set_bevcb(server->http, http_guard_accept, guard);
	return STATUS_OK;
}

static enum status make_slots(struct link_server *server, struct error *err)
{
	unsigned count = server->guard.options.connections_max;

	server->slots = calloc(count, sizeof *server->slots);
	if (server->slots == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for %u requests",
		                 count);
	for (unsigned i = count; i > 0; i--)
		LIST_INSERT_HEAD(&server->free_slots, &server->slots[i - 1], next);
	return STATUS_OK;
}

static void on_peers_changed(void *context)
{
	http_guard_drop_strangers(&((struct link_server *)context)->guard);
}

static enum status set_up(struct link_server *server, struct error *err)
{
	TRY(make_slots(server, err));
	TRY(http_guard_init(&server->guard, err));
	TRY(set_up_http(server, err));
	server->listener.guard = &server->guard;
	TRY(http_listener_open(&server->listener, server->http, err));
	if (server->guard.options.kind == LINK_SERVER_PEERS) {
		server->watch = (struct link_peers_watch){.changed = on_peers_changed,
		                                          .context = server};
		link_peers_add_watch(server->guard.options.peers, &server->watch);
	}
	return STATUS_OK;
}

enum status link_server_open(struct event_base *base,
                             const struct link_server_options *options,
                             const struct link_server_handler *handler,
                             struct link_server **ret_server, struct error *err)
{
	struct link_server *server = calloc(1, sizeof *server);
	enum status status;

	if (server == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a server");
	server->guard.base = base;
	server->guard.options = resolve(options);
	server->guard.handler = *handler;
	server->guard.gone = on_gone;
	server->guard.server = server;
	status = set_up(server, err);
	if (status != STATUS_OK) {
		link_server_close(server);
		return status;
	}
	*ret_server = server;
	return STATUS_OK;
}

uint16_t link_server_port(const struct link_server *server)
{
	return server->listener.port;
}

unsigned link_server_connection_count(const struct link_server *server)
{
	return server->guard.count;
}

struct link_server_figures link_server_figures(const struct link_server *server)
{
	const struct http_guard *guard = &server->guard;
	struct link_server_figures figures = {
	    .connections = guard->count,
	    .accepted = guard->accepted,
	    .refused = guard->happened[HTTP_TOPIC_REFUSED],
	    .limited = guard->happened[HTTP_TOPIC_LIMIT],
	    .slow = guard->happened[HTTP_TOPIC_SLOW],
	};

	memcpy(figures.answers, server->answers, sizeof figures.answers);
	return figures;
}

void link_server_close(struct link_server *server)
{
	if (server == NULL)
		return;
	server->guard.is_closing = true;
	if (server->watch.changed != NULL)
		link_peers_remove_watch(server->guard.options.peers, &server->watch);
	http_listener_close(&server->listener);
	if (server->http != NULL)
		evhttp_free(server->http);
	http_guard_release(&server->guard);
	free(server->slots);
	free(server);
}
