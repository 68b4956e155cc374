/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a request, out of what libcurl says, as a status and a sentence that a
 * duty officer can act on.
 */
#ifndef ALDIS_LINK_CLIENT_OUTCOME_H
#define ALDIS_LINK_CLIENT_OUTCOME_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/status.h"

struct client_attempt {
	CURL *easy;
	CURLcode code;
	const char *details; /* libcurl's error buffer */
	const char *peer, *url, *proxy;
	size_t answer_max;
	bool is_too_long; /* we stopped reading: more than answer_max */
	unsigned total_ms;
	bool is_public; /* a public server: it shows a certificate and is shown none */
};

/* STATUS_OK when an HTTP answer came whole. */
enum status client_outcome(const struct client_attempt *attempt, struct error *err);

/* Did the request surely not get to the peer, so that another URL may be tried? */
bool client_may_try_next(const struct client_attempt *attempt);

#endif
