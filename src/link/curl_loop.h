/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to the clients: one libcurl multi handle on the event loop. Knows no protocol.
 */
#ifndef ALDIS_LINK_CURL_LOOP_H
#define ALDIS_LINK_CURL_LOOP_H

#include <curl/curl.h>
#include <event2/event_struct.h>
#include <stdbool.h>

/* Starts all-zero but for base, collect and context. Stays where it is while open. */
struct curl_loop {
	struct event_base *base;
	/* Something may have ended: to be read with curl_multi_info_read. */
	void (*collect)(void *context);
	void *context;
	CURLM *multi; /* NULL: closed */
	struct event timer;
};

/* False without memory. */
bool curl_loop_open(struct curl_loop *loop, long connections_max);
/* All handles must have been removed. Closes every connection. */
void curl_loop_close(struct curl_loop *loop);

#endif
