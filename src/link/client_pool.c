/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's multi interface on the event loop. An attempt that surely did not reach the
 * peer is made again at its next URL, within the call's one deadline.
 */
#include "link/client_pool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "link/client_handle.h"
#include "link/client_outcome.h"

enum {
	BUFFER_BIG = 256 * 1024,
	BUFFER_SMALL = 16 * 1024, /* what most requests and answers need */
	RETRY_AFTER_MAX_S = 3600,
	ANSWER_HEADERS_MAX = 64 * 1024,
};

/* ---- a call */

void client_call_free(struct client_call *call)
{
	if (call == NULL)
		return;
	if (call->easy != NULL)
		curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	buf_release(&call->body);
	buf_release(&call->answer);
	free(call->path);
	free(call);
}

static bool add_header(struct client_call *call, const char *line)
{
	struct curl_slist *longer = curl_slist_append(call->headers, line);

	if (longer != NULL)
		call->headers = longer;
	return longer != NULL;
}

static bool add_webhook(struct client_call *call, const struct link_webhook *webhook)
{
	char id[128], time[64], signature[256];

	if (webhook->id == NULL)
		return true;
	(void)snprintf(id, sizeof id, "webhook-id: %s", webhook->id);
	(void)snprintf(time, sizeof time, "webhook-timestamp: %" PRId64, webhook->time_s);
	if (!add_header(call, id) || !add_header(call, time))
		return false;
	if (webhook->signature == NULL)
		return true;
	(void)snprintf(signature, sizeof signature, "webhook-signature: %s",
	               webhook->signature);
	return add_header(call, signature);
}

struct client_call *client_call_new(const struct link_call *wanted, struct buf *take_body)
{
	struct client_call *call = calloc(1, sizeof *call);
	char type[160];

	if (call == NULL)
		return NULL;
	call->id = wanted->id;
	call->method = wanted->method;
	call->answer = BUF_INIT(wanted->answer_max);
	call->path = strdup(wanted->path);
	(void)snprintf(type, sizeof type, "Content-Type:%s%s",
	               wanted->type != NULL ? " " : "",
	               wanted->type != NULL ? wanted->type : "");
	/* No 100-continue: it costs a round trip, or a second of waiting. */
	if (call->path == NULL || !add_header(call, "Expect:") ||
	    !add_header(call, type) || !add_webhook(call, &wanted->webhook)) {
		client_call_free(call);
		return NULL;
	}
	if (take_body != NULL)
		call->body = buf_take(take_body);
	return call;
}

void client_call_fail(struct client_call *call, enum status outcome, const char *peer,
                      const char *sentence)
{
	call->result.outcome =
	    error_set(&call->result.err, outcome, "%s: %s", peer, sentence);
}

/* ---- one attempt */

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
	struct client_call *call = context;

	buf_append(&call->answer, data, size * count);
	if (call->answer.failed == STATUS_OK)
		return size * count;
	call->is_too_long = call->answer.failed == STATUS_LIMIT;
	return 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
	struct client_call *call = context;

	call->answer_headers_len += size * count;
	if (call->answer_headers_len <= ANSWER_HEADERS_MAX)
		return size * count;
	call->is_too_long = true;
	return 0;
}

static long buffer_for(size_t len)
{
	return len > BUFFER_BIG ? BUFFER_BIG : BUFFER_SMALL;
}

/* Sets all that differs between calls: handles are used again. */
static void set_request(CURL *easy, struct client_call *call)
{
	if (call->method == LINK_POST) {
		(void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		                       (curl_off_t)call->body.len);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		                       call->body.len > 0 ? (char *)call->body.data : "");
	} else {
		(void)curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	}
	(void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE,
	                       buffer_for(call->body.len));
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, buffer_for(call->answer.max));
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
	(void)curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
	                       (curl_off_t)call->answer.max);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->details);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
}

/* The base URL of the next attempt and the path become the URL. */
static bool set_url(struct client_call *call)
{
	const struct link_peer *peer = &call->pool->peer;
	size_t index = (call->first_url + call->tried) % peer->url_count;
	CLEANUP_FREE char *whole = NULL;
	size_t len;

	(void)snprintf(call->url, sizeof call->url, "%s", peer->urls[index]);
	len = strlen(call->url);
	if (len > 0 && call->url[len - 1] == '/')
		call->url[len - 1] = '\0';
	if (asprintf(&whole, "%s%s", call->url, call->path) < 0) {
		whole = NULL;
		return false;
	}
	return curl_easy_setopt(call->easy, CURLOPT_URL, whole) == CURLE_OK;
}

static bool attempt(struct client_call *call)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t left_ms =
	    call->deadline_ns > now ? (call->deadline_ns - now) / 1000000 : 0;

	call->details[0] = '\0';
	call->answer_headers_len = 0;
	buf_clear(&call->answer);
	(void)curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS,
	                       (long)(left_ms > 0 ? left_ms : 1));
	return set_url(call) &&
	       curl_multi_add_handle(call->pool->loop.multi, call->easy) == CURLM_OK;
}

/* ---- a pool */

/* Keeps a handle for the next call, as long as it is set up for the peer as it is. */
static void put_back(struct client_pool *pool, CURL *easy)
{
	if (pool->spare_count < CLIENT_SPARES_MAX)
		pool->spares[pool->spare_count++] = easy;
	else
		curl_easy_cleanup(easy);
}

static CURL *take_handle(struct client_pool *pool)
{
	if (pool->spare_count > 0)
		return pool->spares[--pool->spare_count];
	return pool->is_public ? client_handle_new_public(pool->options)
	                       : client_handle_new(pool->options, &pool->peer);
}

static void finish(struct client_pool *pool, struct client_call *call)
{
	call->pool = NULL;
	buf_release(&call->body);
	pool->finished(pool->context, call);
}

static void leave_running(struct client_pool *pool, struct client_call *call)
{
	TAILQ_REMOVE(&pool->running, call, next);
	pool->running_count--;
	if (call->easy != NULL)
		put_back(pool, call->easy);
	call->easy = NULL;
}

static void start(struct client_pool *pool, struct client_call *call)
{
	TAILQ_INSERT_TAIL(&pool->running, call, next);
	pool->running_count++;
	call->first_url = pool->good_url;
	call->deadline_ns =
	    clock_monotonic_ns() + (uint64_t)pool->options->total_ms * 1000000;
	call->easy = take_handle(pool);
	if (call->easy != NULL)
		set_request(call->easy, call);
	if (call->easy != NULL && attempt(call))
		return;
	leave_running(pool, call);
	client_call_fail(call, STATUS_NO_MEMORY, pool->peer.name,
	                 "no memory for a request");
	finish(pool, call);
}

static void start_waiting(struct client_pool *pool)
{
	struct client_call *call;

	while (pool->running_count < pool->options->requests_per_peer &&
	       (call = TAILQ_FIRST(&pool->waiting)) != NULL) {
		TAILQ_REMOVE(&pool->waiting, call, next);
		pool->waiting_count--;
		start(pool, call);
	}
}

static void note_answer(struct client_call *call)
{
	long status = 0;
	curl_off_t retry_after = 0;
	const char *type = NULL;

	(void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_after);
	(void)curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
	call->result.http_status = (int)status;
	if (retry_after > RETRY_AFTER_MAX_S)
		retry_after = RETRY_AFTER_MAX_S;
	call->result.retry_after_s = (unsigned)(retry_after > 0 ? retry_after : 0);
	(void)snprintf(call->type, sizeof call->type, "%s", type != NULL ? type : "");
}

static void on_attempt_over(struct client_call *call, CURLcode code)
{
	struct client_pool *pool = call->pool;
	struct client_attempt over = {
	    .easy = call->easy,
	    .code = code,
	    .details = call->details,
	    .peer = pool->peer.name,
	    .url = call->url,
	    .proxy = pool->peer.proxy,
	    .answer_max = call->answer.max,
	    .is_too_long = call->is_too_long,
	    .total_ms = pool->options->total_ms,
	    .is_public = pool->is_public,
	};

	call->result.outcome = client_outcome(&over, &call->result.err);
	(void)curl_multi_remove_handle(pool->loop.multi, call->easy);
	call->tried++;
	if (call->result.outcome != STATUS_OK && client_may_try_next(&over) &&
	    call->tried < pool->peer.url_count &&
	    clock_monotonic_ns() < call->deadline_ns && attempt(call))
		return;
	if (call->result.outcome == STATUS_OK) {
		note_answer(call);
		pool->good_url =
		    (call->first_url + call->tried - 1) % pool->peer.url_count;
	}
	leave_running(pool, call);
	finish(pool, call);
}

static void collect(void *context)
{
	struct client_pool *pool = context;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(pool->loop.multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct client_call *call = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
		on_attempt_over(call, code);
	}
	start_waiting(pool);
}

static bool open_loop(struct client_pool *pool)
{
	pool->loop.base = pool->base;
	pool->loop.collect = collect;
	pool->loop.context = pool;
	return curl_loop_open(&pool->loop, (long)pool->options->requests_per_peer);
}

bool client_pool_init(struct client_pool *pool)
{
	TAILQ_INIT(&pool->waiting);
	TAILQ_INIT(&pool->running);
	return open_loop(pool);
}

bool client_pool_add(struct client_pool *pool, struct client_call *call)
{
	if (pool->waiting_count >= pool->options->queue_max)
		return false;
	call->pool = pool;
	TAILQ_INSERT_TAIL(&pool->waiting, call, next);
	pool->waiting_count++;
	start_waiting(pool);
	return true;
}

bool client_pool_is_idle(const struct client_pool *pool)
{
	return pool->running_count == 0 && pool->waiting_count == 0;
}

/* Ends what is under way, with this outcome, and closes every connection. */
static void cut(struct client_pool *pool, enum status outcome, const char *sentence)
{
	struct client_call *call;

	while ((call = TAILQ_FIRST(&pool->running)) != NULL) {
		(void)curl_multi_remove_handle(pool->loop.multi, call->easy);
		leave_running(pool, call);
		client_call_fail(call, outcome, pool->peer.name, sentence);
		finish(pool, call);
	}
	while (pool->spare_count > 0)
		curl_easy_cleanup(pool->spares[--pool->spare_count]);
	curl_loop_close(&pool->loop);
}

static bool has_same_keys(const struct link_peer *a, const struct link_peer *b)
{
	return a->key_count == b->key_count &&
	       memcmp(a->keys, b->keys, a->key_count * sizeof a->keys[0]) == 0;
}

bool client_pool_update(struct client_pool *pool, const struct link_peer *peer)
{
	bool is_same = has_same_keys(&pool->peer, peer) &&
	               strcmp(pool->peer.proxy, peer->proxy) == 0;

	pool->peer = *peer;
	pool->good_url = 0;
	if (is_same)
		return peer->url_count > 0;
	cut(pool, STATUS_CLOSED,
	    "its link keys, or the way to it, changed while a request was under way");
	if (peer->url_count == 0 || !open_loop(pool))
		return false;
	start_waiting(pool);
	return true;
}

void client_pool_release(struct client_pool *pool, enum status outcome,
                         const char *sentence)
{
	struct client_call *call;

	if (pool->loop.multi != NULL)
		cut(pool, outcome, sentence);
	while ((call = TAILQ_FIRST(&pool->waiting)) != NULL) {
		TAILQ_REMOVE(&pool->waiting, call, next);
		pool->waiting_count--;
		client_call_fail(call, outcome, pool->peer.name, sentence);
		finish(pool, call);
	}
}
