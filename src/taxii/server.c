/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread; an answer is made within the call that brings the request.
 */
#include "taxii/server.h"

#include <event2/event.h>
#include <signal.h>

#include "base/cleanup.h"
#include "link/http_server.h"

enum {
	CONNECTIONS_MAX = 64,
	READ_MS = 10 * 1000,
	REQUEST_MS = 60 * 1000, /* to take the answer, too */
	IDLE_MS = 30 * 1000,
	HELD_MAX = 4 * 1024 * 1024,
	GZIP_MIN = 1024,
	SIGNALS = 3,
};

struct server {
	const struct taxii_shelf *shelf;
	const struct taxii_server_options *options;
	struct event_base *base;
	struct event *signals[SIGNALS];
	struct link_server *link;
};

static void on_libevent(int severity, const char *text)
{
	/* What matters of it comes back as a status. */
}

static enum taxii_method method_of(enum link_method method)
{
	switch (method) {
	case LINK_GET:
		return TAXII_GET;
	case LINK_POST:
		return TAXII_POST;
	case LINK_DELETE:
		return TAXII_DELETE;
	case LINK_OTHER:
		break;
	}
	return TAXII_OTHER;
}

static size_t headers_of(const struct taxii_reply *reply, struct link_header headers[3])
{
	size_t count = 0;

	if (reply->is_read_only)
		headers[count++] = (struct link_header){"Allow", "GET, HEAD"};
	if (reply->has_times) {
		headers[count++] =
		    (struct link_header){"X-TAXII-Date-Added-First", reply->first};
		headers[count++] =
		    (struct link_header){"X-TAXII-Date-Added-Last", reply->last};
	}
	return count;
}

static void on_request(void *context, const struct link_request *request)
{
	struct server *server = context;
	const struct taxii_request asked = {.method = method_of(request->method),
	                                    .path = request->path,
	                                    .accept =
	                                        link_request_header(request, "Accept")};
	struct taxii_reply reply = {0};
	struct link_header headers[3];
	struct link_reply answer = {.type = TAXII_MEDIA_TYPE, .headers = headers};
	struct error err = {0};

	if (taxii_answer(server->shelf, &asked, &reply, &err) != STATUS_OK) {
		server->options->log(server->options->context, err.text);
		reply.status = 503;
		reply.has_times = false;
		buf_clear(&reply.body);
		taxii_error_write(503, "There is no room for this answer now",
		                  &reply.body);
	}
	answer.status = reply.status;
	answer.body = buf_view(&reply.body);
	answer.header_count = headers_of(&reply, headers);
	link_server_reply(server->link, request->id, &answer);
	buf_release(&reply.body);
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	(void)event_base_loopbreak(context);
}

static enum status watch_signals(struct server *server, struct error *err)
{
	static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < SIGNALS; i++) {
		server->signals[i] =
		    evsignal_new(server->base, numbers[i], on_signal, server->base);
		if (server->signals[i] == NULL ||
		    event_add(server->signals[i], NULL) != 0)
			return error_set(err, STATUS_SYSTEM, "signals can't be watched");
	}
	return STATUS_OK;
}

static enum status listen_and_serve(struct server *server, struct error *err)
{
	static const struct link_header fixed[] = {{"X-Content-Type-Options", "nosniff"}};
	const struct taxii_server_options *asked = server->options;
	const struct link_server_options options = {
	    .kind = LINK_SERVER_OPEN,
	    .address = asked->address,
	    .tls = asked->tls,
	    .body_max = TAXII_CONTENT_MAX,
	    .connections_max = CONNECTIONS_MAX,
	    .requests_per_peer = CONNECTIONS_MAX, /* all may come from one proxy */
	    .read_ms = READ_MS,
	    .request_ms = REQUEST_MS,
	    .idle_ms = IDLE_MS,
	    .held_max = HELD_MAX,
	    .has_head = true,
	    .has_all_methods = true,
	    .refusal = taxii_error_write,
	    .refusal_type = TAXII_MEDIA_TYPE,
	    .gzip_min = GZIP_MIN,
	    .headers = fixed,
	    .header_count = 1};
	const struct link_server_handler handler = {
	    .request = on_request, .log = asked->log, .context = server};

	TRY(watch_signals(server, err));
	TRY(link_server_open(server->base, &options, &handler, &server->link, err));
	asked->ready(asked->context, link_server_port(server->link));
	return event_base_dispatch(server->base) < 0
	           ? error_set(err, STATUS_SYSTEM, "the event loop failed")
	           : STATUS_OK;
}

enum status taxii_server_run(const struct taxii_shelf *shelf,
                             const struct taxii_server_options *options,
                             struct error *err)
{
	struct server server = {.shelf = shelf, .options = options};
	enum status status;

	event_set_log_callback(on_libevent);
	server.base = event_base_new();
	if (server.base == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the server");
	status = listen_and_serve(&server, err);
	link_server_close(server.link);
	for (size_t i = 0; i < SIGNALS; i++)
		if (server.signals[i] != NULL)
			event_free(server.signals[i]);
	event_base_free(server.base);
	return status;
}
