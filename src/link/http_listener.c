/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libevent hands evhttp's own argument to the error callback of a listener that evhttp
 * took over. Ours is found again as the owner of an event of the same base that is always
 * pending: slow, but needed only when descriptors run out.
 */
#include "link/http_listener.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "link/listen.h"

enum { PAUSE_MS = 250, ANCHOR_S = 24 * 3600 };

static void keep_pending(struct http_listener *listener)
{
	struct timeval anchor = {.tv_sec = ANCHOR_S};

	(void)evtimer_add(&listener->resume, &anchor);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
	struct http_listener *listener = context;

	if (listener->is_paused)
		(void)evconnlistener_enable(listener->inner);
	listener->is_paused = false;
	keep_pending(listener);
}

struct search {
	const struct evconnlistener *inner;
	struct http_listener *found;
};

static int find_owner(const struct event_base *base, const struct event *event,
                      void *context)
{
	struct search *search = context;
	struct http_listener *listener;

	if (event_get_callback(event) != on_resume)
		return 0;
	listener = event_get_callback_arg(event);
	if (listener->inner != search->inner)
		return 0;
	search->found = listener;
	return 1;
}

/* accept failed, most likely for want of descriptors: without a pause the loop would spin
 * on the connection that waits. */
static void on_accept_error(struct evconnlistener *inner, void *unused)
{
	int number = errno;
	struct search search = {.inner = inner};
	struct timeval wait = {.tv_usec = PAUSE_MS * 1000};

	(void)event_base_foreach_event(evconnlistener_get_base(inner), find_owner,
	                               &search);
	if (search.found == NULL)
		return;
	(void)evconnlistener_disable(inner);
	search.found->is_paused = true;
	(void)evtimer_add(&search.found->resume, &wait);
	http_guard_say(search.found->guard, HTTP_TOPIC_LIMIT,
	               "link: can't take a connection: %s", strerror(number));
}

static enum status bind_address(struct http_listener *listener, int *ret_fd,
                                struct error *err)
{
	const struct link_server_options *options = &listener->guard->options;

	if (options->kind != LINK_SERVER_LOCAL && options->address[0] != '/')
		return link_listen_tcp(options->address, ret_fd, &listener->port, err);
	TRY(link_listen_path(options->address,
	                     options->kind == LINK_SERVER_LOCAL ? 0600 : 0660, ret_fd,
	                     err));
	listener->path = strdup(options->address);
	return STATUS_OK;
}

enum status http_listener_open(struct http_listener *listener, struct evhttp *http,
                               struct error *err)
{
	CLEANUP_FD int fd = -1;

	TRY(bind_address(listener, &fd, err));
	listener->inner =
	    evconnlistener_new(listener->guard->base, NULL, NULL,
	                       LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (listener->inner == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory to listen");
	fd = -1;
	if (evhttp_bind_listener(http, listener->inner) == NULL) {
		evconnlistener_free(listener->inner);
		listener->inner = NULL;
		return error_set(err, STATUS_NO_MEMORY, "no memory to listen");
	}
	evconnlistener_set_error_cb(listener->inner, on_accept_error);
	event_assign(&listener->resume, listener->guard->base, -1, 0, on_resume,
	             listener);
	keep_pending(listener);
	return STATUS_OK;
}

void http_listener_close(struct http_listener *listener)
{
	if (listener->inner != NULL)
		(void)event_del(&listener->resume);
	listener->inner = NULL;
	if (listener->path != NULL)
		(void)unlink(listener->path);
	free(listener->path);
	listener->path = NULL;
}
