/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local API: HTTP requests with JSON, answered from a desk within its turns. Runs in
 * the desk process; the front carries bytes only. spec/openapi.yaml is its manual.
 */
#ifndef ALDIS_CONSOLE_API_H
#define ALDIS_CONSOLE_API_H

#include "console/metrics/figures.h"
#include "console/aside.h"
#include "desk/desk.h"

struct api;
/* What the API reports beside the desk's own state. */
struct api_host {
	const char *version;
	/* Makes a backup of the store to a new file; NULL: not offered. */
	enum status (*backup)(void *self, const char *path, struct error *err);
	void (*accept_clock)(void *self); /* the operator's word that the clock is right;
	                                     NULL: not offered */
	/* Starts the slow hash of a password (is_check false) or its comparison with one
	 * made before; both strings are copied. The result comes by api_take_password
	 * with the same ticket, in a later turn. AGAIN: too many wait. NULL: not offered.
	 */
	enum status (*hash_password)(void *self, uint64_t ticket, bool is_check,
	                             const char *password, const char *hash,
	                             struct error *err);
	/* Fills what is known of the processes; NULL: nothing is. */
	enum status (*figures)(void *self, struct figures *ret_figures,
	                       struct error *err);
	/* Begins a piece of work aside, one at a time; the result comes by
	 * api_take_aside in a later turn. What it fetches is answered by api_fetch.
	 * NULL: it is done within the turn. */
	enum status (*run_aside)(void *self, aside_run *run, void *context,
	                         struct error *err);
	void *self;
};

MUST_USE enum status api_new(struct desk *desk, const struct api_host *host,
                             struct api **ret_api, struct error *err);
void api_free(struct api *api);

/* Answers (now or later) one local request, within a turn; by desk_reply. */
void api_take_request(struct api *api, const struct desk_request *request,
                      int64_t now_ms);
/* What became of hash_password, within a turn: is_good says that the password is the one,
 * or that a hash was made, which `hash` then is. */
void api_take_password(struct api *api, uint64_t ticket, bool is_good, const char *hash,
                       int64_t now_ms);
/* What work aside reads, within a turn: a bundle_fetch over the API. */
enum status api_fetch(void *api, const char *path, struct buf *ret_body,
                      struct error *err);
/* What became of run_aside, within a turn. */
void api_take_aside(struct api *api, enum status status, struct view result,
                    const struct error *why, int64_t now_ms);
/* What became of a request to somebody outside, within a turn. False: it is the desk's
 * own, for desk_take_answer. */
bool api_take_answer(struct api *api, const struct desk_answer *answer, int64_t now_ms);
/* To be called within each turn, last before desk_turn_end: answers waiting requests
 * whose condition has come true in what earlier turns committed, or whose time is over.
 */
void api_serve_waiting(struct api *api, int64_t now_ms);
/* True when api_serve_waiting has something to answer although nothing else came in. */
bool api_is_due(const struct api *api);
/* When the next waiting request runs out of time; INT64_MAX: none waits. */
int64_t api_wake_ms(const struct api *api);

#endif
