/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One libcurl multi handle a peer is one pool of connections: closing the pool closes
 * them all, and no peer can use up what another needs. Finished calls are told from an
 * event of their own, so that the callback never runs inside libcurl or inside
 * link_client_call.
 */
#include "link/http_client.h"

#include <assert.h>
#include <curl/curl.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "link/client_outcome.h"

enum {
	UPLOAD_CHUNK = 256 * 1024,
	DOWNLOAD_CHUNK = 128 * 1024,
	BIG_BODY = 64 * 1024,
	PINS_MAX = 256,
	RETRY_AFTER_MAX_S = 3600,
	ANSWER_HEADERS_MAX = 64 * 1024,
};

struct call {
	uint64_t id;
	struct link_client *client;
	struct pool *pool; /* NULL: finished */
	enum link_method method;
	char *path;
	struct curl_slist *headers;
	struct buf body;
	struct buf answer;
	size_t answer_headers_len;
	CURL *easy; /* NULL: not under way */
	char details[CURL_ERROR_SIZE];
	char url[RECORD_URL_LEN_MAX + 1]; /* of the attempt under way, without path */
	size_t tried;                     /* URLs tried so far */
	size_t first_url;                 /* index of the one tried first */
	bool is_too_long;
	uint64_t deadline_ns;
	struct link_answer result;
	char type[128];
	TAILQ_ENTRY(call) next;
};
TAILQ_HEAD(call_list, call);

struct pool {
	struct link_client *client;
	struct link_peer peer; /* our copy: the table may change */
	CURLM *multi;
	struct event timer;
	size_t good_url; /* index of the one that answered last */
	struct call_list waiting, running;
	unsigned waiting_count, running_count;
	LIST_ENTRY(pool) next;
};

struct link_client {
	struct event_base *base;
	struct link_client_options options;
	link_client_done *done;
	void *context;
	LIST_HEAD(, pool) pools;
	struct call_list finished;
	struct event deliver;
	struct link_peers_watch watch;
};

/* A socket of libcurl's that the loop watches. */
struct watched {
	struct event event;
	struct pool *pool;
};

/* ---- the end of a call */

static void call_free(struct call *call)
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

static void finish(struct call *call)
{
	call->pool = NULL;
	buf_release(&call->body);
	TAILQ_INSERT_TAIL(&call->client->finished, call, next);
	event_active(&call->client->deliver, EV_TIMEOUT, 0);
}

static void on_deliver(evutil_socket_t fd, short what, void *context)
{
	struct link_client *client = context;
	struct call *call;

	while ((call = TAILQ_FIRST(&client->finished)) != NULL) {
		TAILQ_REMOVE(&client->finished, call, next);
		call->result.call = call->id;
		if (call->result.outcome == STATUS_OK) {
			call->result.type = view_of_string(call->type);
			call->result.body = buf_view(&call->answer);
		}
		client->done(client->context, &call->result);
		call_free(call);
	}
}

/* ---- one attempt */

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
	struct call *call = context;

	buf_append(&call->answer, data, size * count);
	if (call->answer.failed == STATUS_OK)
		return size * count;
	call->is_too_long = call->answer.failed == STATUS_LIMIT;
	return 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
	struct call *call = context;

	call->answer_headers_len += size * count;
	if (call->answer_headers_len <= ANSWER_HEADERS_MAX)
		return size * count;
	call->is_too_long = true;
	return 0;
}

static void set_pem(CURL *easy, CURLoption option, struct view pem)
{
	struct curl_blob blob = {
	    .data = (void *)pem.data, .len = pem.len, .flags = CURL_BLOB_NOCOPY};

	(void)curl_easy_setopt(easy, option, &blob);
}

static void set_trust(CURL *easy, const struct pool *pool)
{
	const struct link_tls_identity *identity = pool->client->options.identity;
	CLEANUP_BUF struct buf pins = BUF_INIT(PINS_MAX);

	for (size_t i = 0; i < pool->peer.key_count; i++) {
		buf_append_string(&pins, i > 0 ? ";" : "");
		link_tls_append_pin(&pool->peer.keys[i], &pins);
	}
	buf_append_byte(&pins, '\0');
	assert(pins.failed == STATUS_OK);
	(void)curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, (const char *)pins.data);
	/* Chains, names and dates mean nothing here; the pin is enforced all the same. */
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION,
	                       (long)CURL_SSLVERSION_TLSv1_3 |
	                           CURL_SSLVERSION_MAX_TLSv1_3);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
	(void)curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
	set_pem(easy, CURLOPT_SSLCERT_BLOB, link_tls_identity_certificate_pem(identity));
	set_pem(easy, CURLOPT_SSLKEY_BLOB, link_tls_identity_key_pem(identity));
}

static void set_way(CURL *easy, const struct pool *pool)
{
	const struct link_client_options *options = &pool->client->options;

	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	/* Always set, so that the environment is not asked. */
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, pool->peer.proxy);
	(void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	                       (long)options->connect_ms);
	(void)curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)options->idle_s);
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)DOWNLOAD_CHUNK);
}

static void set_request(CURL *easy, struct call *call)
{
	if (call->method == LINK_POST) {
		(void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		                       (curl_off_t)call->body.len);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		                       call->body.len > 0 ? (char *)call->body.data : "");
	}
	if (call->body.len > BIG_BODY)
		(void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE,
		                       (long)UPLOAD_CHUNK);
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
	if (call->answer.max > 0)
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
static bool set_url(struct call *call)
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

static bool attempt(struct call *call)
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
	       curl_multi_add_handle(call->pool->multi, call->easy) == CURLM_OK;
}

static void fail(struct call *call, enum status outcome, const char *peer,
                 const char *sentence)
{
	call->result.outcome =
	    error_set(&call->result.err, outcome, "%s: %s", peer, sentence);
	finish(call);
}

/* ---- a pool */

static void start(struct pool *pool, struct call *call)
{
	TAILQ_INSERT_TAIL(&pool->running, call, next);
	pool->running_count++;
	call->first_url = pool->good_url;
	call->deadline_ns =
	    clock_monotonic_ns() + (uint64_t)pool->client->options.total_ms * 1000000;
	call->easy = curl_easy_init();
	if (call->easy != NULL) {
		set_way(call->easy, pool);
		set_trust(call->easy, pool);
		set_request(call->easy, call);
	}
	if (call->easy != NULL && attempt(call))
		return;
	TAILQ_REMOVE(&pool->running, call, next);
	pool->running_count--;
	fail(call, STATUS_NO_MEMORY, pool->peer.name, "no memory for a request");
}

static void start_waiting(struct pool *pool)
{
	struct call *call;

	while (pool->running_count < pool->client->options.requests_per_peer &&
	       (call = TAILQ_FIRST(&pool->waiting)) != NULL) {
		TAILQ_REMOVE(&pool->waiting, call, next);
		pool->waiting_count--;
		start(pool, call);
	}
}

static void note_answer(struct call *call)
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

static void on_attempt_over(struct call *call, CURLcode code)
{
	struct pool *pool = call->pool;
	struct client_attempt over = {
	    .easy = call->easy,
	    .code = code,
	    .details = call->details,
	    .peer = pool->peer.name,
	    .url = call->url,
	    .proxy = pool->peer.proxy,
	    .answer_max = call->answer.max,
	    .is_too_long = call->is_too_long,
	    .total_ms = pool->client->options.total_ms,
	};

	call->result.outcome = client_outcome(&over, &call->result.err);
	(void)curl_multi_remove_handle(pool->multi, call->easy);
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
	TAILQ_REMOVE(&pool->running, call, next);
	pool->running_count--;
	finish(call);
}

static void collect(struct pool *pool)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct call *call = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
		on_attempt_over(call, code);
	}
	start_waiting(pool);
}

static void on_socket_event(evutil_socket_t fd, short what, void *context)
{
	struct pool *pool = ((struct watched *)context)->pool;
	int mask = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
	           ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
	int running;

	(void)curl_multi_socket_action(pool->multi, fd, mask, &running);
	collect(pool);
}

static void on_timer_event(evutil_socket_t fd, short what, void *context)
{
	struct pool *pool = context;
	int running;

	(void)curl_multi_socket_action(pool->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(pool);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *context,
                          void *socket_context)
{
	struct pool *pool = context;
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
		watched->pool = pool;
		(void)curl_multi_assign(pool->multi, fd, watched);
	}
	event_assign(&watched->event, pool->client->base, fd, events, on_socket_event,
	             watched);
	return event_add(&watched->event, NULL);
}

static int on_curl_timer(CURLM *multi, long wait_ms, void *context)
{
	struct pool *pool = context;
	struct timeval wait = {.tv_sec = wait_ms / 1000,
	                       .tv_usec = (wait_ms % 1000) * 1000};

	return wait_ms < 0 ? evtimer_del(&pool->timer) : evtimer_add(&pool->timer, &wait);
}

static bool pool_open_multi(struct pool *pool)
{
	pool->multi = curl_multi_init();
	if (pool->multi == NULL)
		return false;
	(void)curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	(void)curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
	(void)curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	(void)curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
	(void)curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS,
	                        (long)pool->client->options.requests_per_peer);
	return true;
}

static struct pool *pool_new(struct link_client *client, const struct link_peer *peer)
{
	struct pool *pool = calloc(1, sizeof *pool);

	if (pool == NULL)
		return NULL;
	pool->client = client;
	pool->peer = *peer;
	TAILQ_INIT(&pool->waiting);
	TAILQ_INIT(&pool->running);
	event_assign(&pool->timer, client->base, -1, 0, on_timer_event, pool);
	if (!pool_open_multi(pool)) {
		free(pool);
		return NULL;
	}
	LIST_INSERT_HEAD(&client->pools, pool, next);
	return pool;
}

/* Ends what is under way, with this outcome, and closes every connection. */
static void pool_cut(struct pool *pool, enum status outcome, const char *sentence)
{
	struct call *call;

	while ((call = TAILQ_FIRST(&pool->running)) != NULL) {
		(void)curl_multi_remove_handle(pool->multi, call->easy);
		TAILQ_REMOVE(&pool->running, call, next);
		pool->running_count--;
		fail(call, outcome, pool->peer.name, sentence);
	}
	(void)curl_multi_cleanup(pool->multi);
	pool->multi = NULL;
	(void)event_del(&pool->timer);
}

static void pool_close(struct pool *pool, enum status outcome, const char *sentence)
{
	struct call *call;

	if (pool->multi != NULL)
		pool_cut(pool, outcome, sentence);
	while ((call = TAILQ_FIRST(&pool->waiting)) != NULL) {
		TAILQ_REMOVE(&pool->waiting, call, next);
		fail(call, outcome, pool->peer.name, sentence);
	}
	LIST_REMOVE(pool, next);
	free(pool);
}

static struct pool *pool_of(struct link_client *client, const struct link_peer *peer)
{
	struct pool *pool;

	LIST_FOREACH(pool, &client->pools, next)
	{
		if (pool->peer.number == peer->number)
			return pool;
	}
	return pool_new(client, peer);
}

static bool has_same_keys(const struct link_peer *a, const struct link_peer *b)
{
	return a->key_count == b->key_count &&
	       memcmp(a->keys, b->keys, a->key_count * sizeof a->keys[0]) == 0;
}

static void pool_update(struct pool *pool, const struct link_peer *peer)
{
	bool is_same = has_same_keys(&pool->peer, peer) &&
	               strcmp(pool->peer.proxy, peer->proxy) == 0;

	pool->peer = *peer;
	pool->good_url = 0;
	if (is_same && peer->url_count > 0)
		return;
	pool_cut(
	    pool, STATUS_CLOSED,
	    "its link keys, or the way to it, changed while a request was under way");
	if (peer->url_count == 0 || !pool_open_multi(pool))
		pool_close(pool, STATUS_CLOSED, "it has no URL any more");
	else
		start_waiting(pool);
}

static void on_peers_changed(void *context)
{
	struct link_client *client = context;
	struct pool *pool = LIST_FIRST(&client->pools);

	while (pool != NULL) {
		struct pool *following = LIST_NEXT(pool, next);
		const struct link_peer *peer =
		    link_peers_by_name(client->options.peers, pool->peer.name);

		if (peer == NULL)
			pool_close(pool, STATUS_NOT_FOUND,
			           "it is no longer one of our peers");
		else
			pool_update(pool, peer);
		pool = following;
	}
}

/* ---- the client */

static bool add_header(struct call *call, const char *line)
{
	struct curl_slist *longer = curl_slist_append(call->headers, line);

	if (longer != NULL)
		call->headers = longer;
	return longer != NULL;
}

/* NULL without memory; then the body is not taken. */
static struct call *call_new(struct link_client *client, const struct link_call *wanted,
                             struct buf *take_body)
{
	struct call *call = calloc(1, sizeof *call);
	char type[160];

	if (call == NULL)
		return NULL;
	call->id = wanted->id;
	call->client = client;
	call->method = wanted->method;
	call->answer = BUF_INIT(wanted->answer_max);
	call->path = strdup(wanted->path);
	(void)snprintf(type, sizeof type, "Content-Type:%s%s",
	               wanted->type != NULL ? " " : "",
	               wanted->type != NULL ? wanted->type : "");
	/* No 100-continue: it costs a round trip, or a second of waiting. */
	if (call->path == NULL || !add_header(call, "Expect:") ||
	    !add_header(call, type)) {
		call_free(call);
		return NULL;
	}
	if (take_body != NULL)
		call->body = buf_take(take_body);
	return call;
}

static void route(struct link_client *client, struct call *call, const char *name)
{
	const struct link_peer *peer = link_peers_by_name(client->options.peers, name);
	struct pool *pool;

	if (peer == NULL) {
		fail(call, STATUS_NOT_FOUND, name, "not one of our peers");
		return;
	}
	if (peer->url_count == 0) {
		fail(call, STATUS_CLOSED, name,
		     "it has no URL: it can only come to us, or be reached by pouch");
		return;
	}
	pool = pool_of(client, peer);
	if (pool == NULL) {
		fail(call, STATUS_NO_MEMORY, name, "no memory for its connections");
		return;
	}
	if (pool->waiting_count >= client->options.queue_max) {
		fail(call, STATUS_LIMIT, name, "too many requests to it are waiting");
		return;
	}
	call->pool = pool;
	TAILQ_INSERT_TAIL(&pool->waiting, call, next);
	pool->waiting_count++;
	start_waiting(pool);
}

enum status link_client_call(struct link_client *client, const struct link_call *wanted,
                             struct buf *take_body, struct error *err)
{
	struct call *call = call_new(client, wanted, take_body);

	if (call == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a request to %s",
		                 wanted->peer);
	route(client, call, wanted->peer);
	return STATUS_OK;
}

static unsigned number_or(unsigned value, unsigned otherwise)
{
	return value != 0 ? value : otherwise;
}

enum status link_client_open(struct event_base *base,
                             const struct link_client_options *options,
                             link_client_done *done, void *context,
                             struct link_client **ret_client, struct error *err)
{
	struct link_client *client = calloc(1, sizeof *client);

	if (client == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "no memory for the link's client");
	client->base = base;
	client->options = *options;
	client->options.connect_ms = number_or(options->connect_ms, 10 * 1000);
	client->options.total_ms = number_or(options->total_ms, 60 * 1000);
	client->options.idle_s = number_or(options->idle_s, 60);
	client->options.requests_per_peer = number_or(options->requests_per_peer, 4);
	client->options.queue_max = number_or(options->queue_max, 1024);
	client->done = done;
	client->context = context;
	LIST_INIT(&client->pools);
	TAILQ_INIT(&client->finished);
	event_assign(&client->deliver, base, -1, 0, on_deliver, client);
	client->watch =
	    (struct link_peers_watch){.changed = on_peers_changed, .context = client};
	link_peers_add_watch(options->peers, &client->watch);
	*ret_client = client;
	return STATUS_OK;
}

void link_client_close(struct link_client *client)
{
	struct pool *pool;
	struct call *call;

	if (client == NULL)
		return;
	link_peers_remove_watch(client->options.peers, &client->watch);
	while ((pool = LIST_FIRST(&client->pools)) != NULL)
		pool_close(pool, STATUS_CLOSED, "the desk stops");
	while ((call = TAILQ_FIRST(&client->finished)) != NULL) {
		TAILQ_REMOVE(&client->finished, call, next);
		call_free(call);
	}
	(void)event_del(&client->deliver);
	free(client);
}
