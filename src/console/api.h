/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local API: HTTP requests with JSON, answered from a desk within its turns. Runs in
 * the desk process; the front carries bytes only. spec/openapi.yaml is its manual.
 */
#ifndef ALDIS_CONSOLE_API_H
#define ALDIS_CONSOLE_API_H

#include "desk/desk.h"

struct api;
/* What the API reports beside the desk's own state. */
struct api_host {
	const char *version;
	/* Makes a backup of the store to a new file; NULL: not offered. */
	enum status (*backup)(void *self, const char *path, struct error *err);
	void (*accept_clock)(void *self); /* the operator's word that the clock is right;
	                                     NULL: not offered */
	void *self;
};

MUST_USE enum status api_new(struct desk *desk, const struct api_host *host,
                             struct api **ret_api, struct error *err);
void api_free(struct api *api);

/* Answers (now or later) one local request, within a turn; by desk_reply. */
void api_take_request(struct api *api, const struct desk_request *request,
                      int64_t now_ms);
/* To be called within each turn, last before desk_turn_end: answers waiting requests
 * whose condition has come true in what earlier turns committed, or whose time is over.
 */
void api_serve_waiting(struct api *api, int64_t now_ms);
/* True when api_serve_waiting has something to answer although nothing else came in. */
bool api_is_due(const struct api *api);
/* When the next waiting request runs out of time; INT64_MAX: none waits. */
int64_t api_wake_ms(const struct api *api);

#endif
