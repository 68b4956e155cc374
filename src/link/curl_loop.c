/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl says which sockets to watch and when it wants to be called; the event loop does
 * both.
 */
#include "link/curl_loop.h"

#include <event2/event.h>
#include <stdlib.h>

/* A socket of libcurl's that the loop watches. */
struct watched {
	struct event event;
	struct curl_loop *loop;
};

static void on_socket_event(evutil_socket_t fd, short what, void *context)
{
	struct curl_loop *loop = ((struct watched *)context)->loop;
	int mask = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
	           ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
	int running;

	(void)curl_multi_socket_action(loop->multi, fd, mask, &running);
	loop->collect(loop->context);
}

static void on_timer_event(evutil_socket_t fd, short what, void *context)
{
	struct curl_loop *loop = context;
	int running;

	(void)curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	loop->collect(loop->context);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *context,
                          void *socket_context)
{
	struct curl_loop *loop = context;
	struct watched *watched = socket_context;
	short events = (short)((what != CURL_POLL_OUT ? EV_READ : 0) |
	                       (what != CURL_POLL_IN ? EV_WRITE : 0) | EV_PERSIST);

	if (watched != NULL)
		(void)event_del(&watched->event);
	if (what == CURL_POLL_REMOVE) {
		free(watched);
		return 0;
	}
	if (watched == NULL) {
		watched = calloc(1, sizeof *watched);
		if (watched == NULL)
			return -1;
		watched->loop = loop;
		(void)curl_multi_assign(loop->multi, fd, watched);
	}
	event_assign(&watched->event, loop->base, fd, events, on_socket_event, watched);
	return event_add(&watched->event, NULL);
}

static int on_curl_timer(CURLM *multi, long wait_ms, void *context)
{
	struct curl_loop *loop = context;
	struct timeval wait = {.tv_sec = wait_ms / 1000,
	                       .tv_usec = (wait_ms % 1000) * 1000};

	return wait_ms < 0 ? evtimer_del(&loop->timer) : evtimer_add(&loop->timer, &wait);
}

bool curl_loop_open(struct curl_loop *loop, long connections_max)
{
	event_assign(&loop->timer, loop->base, -1, 0, on_timer_event, loop);
	loop->multi = curl_multi_init();
	if (loop->multi == NULL)
		return false;
	(void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
	(void)curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, connections_max);
	return true;
}

void curl_loop_close(struct curl_loop *loop)
{
	if (loop->multi == NULL)
		return;
	(void)curl_multi_cleanup(loop->multi);
	loop->multi = NULL;
	(void)event_del(&loop->timer);
}
