/* SPDX-License-Identifier: Apache-2.0 */
#include "link/http_client.h"

#include <curl/curl.h>

#include "link/test_link.h"

enum { ANSWERS_MAX = 600 };

/* South's client and what came back. */
struct caller {
	struct bench *bench;
	struct link_peers *peers;
	struct link_tls_identity *identity;
	struct link_client *client;
	size_t answers, wanted;
	struct {
		uint64_t call;
		enum status outcome;
		int http_status;
		unsigned retry_after_s;
		size_t body_len;
		char type[64];
		char body[64];
		char text[320];
	} got[ANSWERS_MAX];
};

static void on_done(void *context, const struct link_answer *answer)
{
	struct caller *caller = context;
	size_t i = caller->answers++;
	size_t len = answer->body.len < 63 ? answer->body.len : 63;

	assert_true(i < ANSWERS_MAX);
	caller->got[i].call = answer->call;
	caller->got[i].outcome = answer->outcome;
	caller->got[i].http_status = answer->http_status;
	caller->got[i].retry_after_s = answer->retry_after_s;
	caller->got[i].body_len = answer->body.len;
	if (len > 0)
		memcpy(caller->got[i].body, answer->body.data, len);
	caller->got[i].body[len] = '\0';
	(void)view_copy_string(answer->type, caller->got[i].type, 64);
	memcpy(caller->got[i].text, answer->err.text, sizeof answer->err.text);
}

static struct link_peer north_at(uint16_t port, uint8_t key)
{
	struct link_peer north = peer_of("north.example", key);

	north.url_count = 1;
	(void)snprintf(north.urls[0], sizeof north.urls[0], "https://127.0.0.1:%u", port);
	return north;
}

static void caller_set_peer(struct caller *caller, const struct link_peer *peer)
{
	struct error err = {""};

	if (link_peers_replace(caller->peers, peer, 1, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void caller_open_as(struct caller *caller, struct bench *bench, uint8_t key,
                           struct link_client_options options)
{
	struct link_peer north = north_at(link_server_port(bench->server), NORTH_KEY);

	*caller = (struct caller){.bench = bench, .identity = identity_of(key)};
	assert_int_equal(link_peers_new(&caller->peers, NULL), STATUS_OK);
	caller_set_peer(caller, &north);
	options.identity = caller->identity;
	options.peers = caller->peers;
	assert_int_equal(link_client_open(bench->base, &options, on_done, caller,
	                                  &caller->client, NULL),
	                 STATUS_OK);
}

static void caller_open(struct caller *caller, struct bench *bench)
{
	caller_open_as(caller, bench, SOUTH_KEY, (struct link_client_options){0});
}

static void caller_close(struct caller *caller)
{
	link_client_close(caller->client);
	link_peers_free(caller->peers);
	link_tls_identity_free(caller->identity);
}

static void send_call(struct caller *caller, uint64_t id, const char *path,
                      size_t body_len, size_t answer_max)
{
	struct buf body = BUF_INIT(64 << 20);

	if (body_len > 0)
		memset(buf_extend(&body, body_len), 'x', body_len);
	assert_int_equal(link_client_call(caller->client,
	                                  &(struct link_call){.id = id,
	                                                      .peer = "north.example",
	                                                      .method = LINK_POST,
	                                                      .path = path,
	                                                      .type = "text/plain",
	                                                      .answer_max = answer_max},
	                                  &body, NULL),
	                 STATUS_OK);
	assert_null(body.data);
}

static bool has_answers(void *context)
{
	const struct caller *caller = context;

	return caller->answers >= caller->wanted;
}

static void wait_answers(struct caller *caller, size_t count)
{
	caller->wanted = count;
	run_until(caller->bench->base, has_answers, caller);
	assert_int_equal(caller->answers, count);
}

static bool has_no_connections(void *context)
{
	return link_server_connection_count(((struct bench *)context)->server) == 0;
}

static bool has_four_held(void *context)
{
	return ((struct bench *)context)->held_count == 4;
}

static bool has_two_held(void *context)
{
	return ((struct bench *)context)->held_count == 2;
}

static bool has_stream(void *context)
{
	return ((struct bench *)context)->stream != 0;
}

static bool has_one_held(void *context)
{
	return ((struct bench *)context)->held_count == 1;
}

static uint16_t unused_port(void)
{
	struct raw raw = raw_tcp(0);
	struct sockaddr_in at = {.sin_family = AF_INET,
	                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof at;

	raw_close(&raw);
	raw.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(raw.fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(raw.fd, (struct sockaddr *)&at, &len), 0);
	raw_close(&raw);
	return ntohs(at.sin_port);
}

/* ---- what works */

static void a_request_comes_back_answered(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	send_call(&caller, 7, "/echo", 5, 100);
	assert_int_equal(caller.answers, 0); /* never from within the call */
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].call, 7);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_int_equal(caller.got[0].http_status, 200);
	assert_string_equal(caller.got[0].body, "xxxxx");
	assert_string_equal(caller.got[0].type, "text/plain");
	assert_string_equal(bench.peer, "south.example");
	assert_string_equal(bench.type, "text/plain");
	caller_close(&caller);
	bench_close(&bench);
}

static void a_get_has_no_body(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	assert_int_equal(link_client_call(caller.client,
	                                  &(struct link_call){.id = 1,
	                                                      .peer = "north.example",
	                                                      .method = LINK_GET,
	                                                      .path = "/x?y=1",
	                                                      .answer_max = 100},
	                                  NULL, NULL),
	                 STATUS_OK);
	wait_answers(&caller, 1);
	assert_int_equal(bench.method, LINK_GET);
	assert_string_equal(bench.path, "/x?y=1");
	assert_string_equal(bench.type, "");
	caller_close(&caller);
	bench_close(&bench);
}

static void kept_connections_answer_without_stalls(void **state)
{
	enum { ROUNDS = 500 };
	struct bench bench;
	struct caller caller;
	uint64_t began;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	send_call(&caller, 0, "/echo", 600, 1000);
	wait_answers(&caller, 1);
	began = clock_monotonic_ns();
	for (size_t i = 1; i <= ROUNDS; i++) {
		send_call(&caller, i, "/echo", 600, 1000);
		wait_answers(&caller, i + 1);
	}
	began = clock_monotonic_ns() - began;
	print_message("round trip: %.1f us\n", (double)began / ROUNDS / 1000);
	assert_int_equal(link_server_connection_count(bench.server), 1);
	assert_true(began / ROUNDS < 25 * 1000 * 1000); /* Nagle would take 40 ms */
	caller_close(&caller);
	bench_close(&bench);
}

static void large_bodies_arrive_quickly(void **state)
{
	enum { COUNT = 24, LEN = 4 << 20 };
	struct bench bench;
	struct caller caller;
	uint64_t began;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	began = clock_monotonic_ns();
	for (size_t i = 0; i < COUNT; i++)
		send_call(&caller, i, "/count", LEN, 100);
	wait_answers(&caller, COUNT);
	began = clock_monotonic_ns() - began;
	print_message("upload: %.0f MB/s\n", (double)COUNT * LEN * 1000 / (double)began);
	for (size_t i = 0; i < COUNT; i++)
		assert_string_equal(caller.got[i].body, "4194304");
	assert_false(bench.is_expecting);
	caller_close(&caller);
	bench_close(&bench);
}

static void at_most_four_are_under_way_and_the_rest_wait(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	for (size_t i = 0; i < 10; i++)
		send_call(&caller, i, "/hold", 1, 100);
	for (int i = 0; i < 3; i++) {
		run_until(bench.base, i < 2 ? has_four_held : has_two_held, &bench);
		assert_int_equal(bench.held_count, i < 2 ? 4 : 2);
		assert_true(link_server_connection_count(bench.server) <= 4);
		bench_release_held(&bench);
	}
	wait_answers(&caller, 10);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(caller.got[i].http_status, 200); /* no 429 */
	caller_close(&caller);
	bench_close(&bench);
}

static void the_queue_is_bounded(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open_as(&caller, &bench, SOUTH_KEY,
	               (struct link_client_options){.queue_max = 2});
	for (size_t i = 0; i < 7; i++)
		send_call(&caller, i, "/hold", 1, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].call, 6);
	assert_int_equal(caller.got[0].outcome, STATUS_LIMIT);
	caller_close(&caller);
	bench_close(&bench);
}

static void a_connection_the_server_closed_is_not_used_again(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){.idle_ms = 50});
	caller_open(&caller, &bench);
	for (size_t i = 0; i < 3; i++) {
		send_call(&caller, i, "/echo", 5, 100);
		wait_answers(&caller, i + 1);
		assert_int_equal(caller.got[i].outcome, STATUS_OK);
		run_until(bench.base, has_no_connections, &bench);
	}
	assert_int_equal(bench.requests, 3);
	caller_close(&caller);
	bench_close(&bench);
}

/* ---- who is at the other end */

static void a_server_with_another_key_gets_no_request(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_peer north;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	north = north_at(link_server_port(bench.server), STRANGER_KEY);
	caller_set_peer(&caller, &north);
	send_call(&caller, 1, "/echo", 5, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_UNTRUSTED);
	assert_non_null(strstr(caller.got[0].text, "another link key"));
	assert_int_equal(bench.requests, 0);
	north.keys[north.key_count++] = key_of_byte(NORTH_KEY); /* present;next */
	caller_set_peer(&caller, &north);
	send_call(&caller, 2, "/echo", 5, 100);
	wait_answers(&caller, 2);
	assert_int_equal(caller.got[1].outcome, STATUS_OK);
	caller_close(&caller);
	bench_close(&bench);
}

static void a_refused_key_of_ours_is_said_in_words(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open_as(&caller, &bench, STRANGER_KEY, (struct link_client_options){0});
	send_call(&caller, 1, "/echo", 5, 100);
	wait_answers(&caller, 1);
	assert_true(caller.got[0].outcome == STATUS_UNTRUSTED ||
	            caller.got[0].outcome == STATUS_CLOSED);
	assert_non_null(strstr(caller.got[0].text, "our link key"));
	send_call(&caller, 2, "/echo", 4 << 20, 100);
	wait_answers(&caller, 2);
	assert_int_not_equal(caller.got[1].outcome, STATUS_OK);
	assert_non_null(strstr(caller.got[1].text, "our link key"));
	assert_int_equal(bench.requests, 0);
	caller_close(&caller);
	bench_close(&bench);
}

static void a_server_without_tls_1_3_is_not_asked(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_server *plain = NULL;
	struct link_server_handler handler = {.request = bench_on_request,
	                                      .context = &bench};
	struct link_peer north;

	bench_open(&bench, (struct link_server_options){0});
	assert_int_equal(
	    link_server_open(bench.base,
	                     &(struct link_server_options){.kind = LINK_SERVER_OPEN,
	                                                   .address = "127.0.0.1:0"},
	                     &handler, &plain, NULL),
	    STATUS_OK);
	caller_open(&caller, &bench);
	north = north_at(link_server_port(plain), NORTH_KEY);
	caller_set_peer(&caller, &north);
	send_call(&caller, 1, "/echo", 5, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[0].text, "TLS"));
	assert_int_equal(bench.requests, 0);
	link_server_close(plain);
	caller_close(&caller);
	bench_close(&bench);
}

static void changed_keys_end_what_is_under_way(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_peer north;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	send_call(&caller, 1, "/hold", 1, 100);
	run_until(bench.base, has_one_held, &bench);
	north = north_at(link_server_port(bench.server), STRANGER_KEY);
	caller_set_peer(&caller, &north);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[0].text, "changed"));
	bench_release_held(&bench);
	run_until(bench.base, has_no_connections, &bench);
	assert_int_equal(link_peers_replace(caller.peers, NULL, 0, NULL), STATUS_OK);
	send_call(&caller, 2, "/echo", 1, 100);
	wait_answers(&caller, 2);
	assert_int_equal(caller.got[1].outcome, STATUS_NOT_FOUND);
	caller_close(&caller);
	bench_close(&bench);
}

/* ---- the way there */

static void urls_are_tried_in_order(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_peer north;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	north = north_at(unused_port(), NORTH_KEY);
	(void)snprintf(north.urls[1], sizeof north.urls[1], "https://127.0.0.1:%u/",
	               link_server_port(bench.server));
	north.url_count = 2;
	caller_set_peer(&caller, &north);
	for (size_t i = 0; i < 3; i++) {
		send_call(&caller, i, "/echo", 5, 100);
		wait_answers(&caller, i + 1);
		assert_int_equal(caller.got[i].outcome, STATUS_OK);
		assert_string_equal(bench.path, "/echo");
	}
	caller_close(&caller);
	bench_close(&bench);
}

static void an_unreachable_peer_is_said_so(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_peer north;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	north = north_at(unused_port(), NORTH_KEY);
	caller_set_peer(&caller, &north);
	send_call(&caller, 1, "/echo", 5, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[0].text, "can't be reached"));
	north.url_count = 0;
	caller_set_peer(&caller, &north);
	send_call(&caller, 2, "/echo", 5, 100);
	wait_answers(&caller, 2);
	assert_int_equal(caller.got[1].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[1].text, "no URL"));
	caller_close(&caller);
	bench_close(&bench);
}

static void a_peer_that_does_not_answer_times_out(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open_as(&caller, &bench, SOUTH_KEY,
	               (struct link_client_options){.total_ms = 200});
	send_call(&caller, 1, "/hold", 5, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_AGAIN);
	assert_non_null(strstr(caller.got[0].text, "did not answer"));
	bench_release_held(&bench);
	caller_close(&caller);
	bench_close(&bench);
}

static int count_waiting(int listener)
{
	int count = 0;
	int fd;

	while (poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, 0) > 0 &&
	       (fd = accept(listener, NULL, NULL)) >= 0) {
		(void)close(fd);
		count++;
	}
	return count;
}

static void
a_silent_listener_counts_as_unreachable_and_the_good_url_is_remembered(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_peer north;
	struct sockaddr_in at = {.sin_family = AF_INET,
	                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof at;
	int silent = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(silent, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(silent, 5), 0);
	assert_int_equal(getsockname(silent, (struct sockaddr *)&at, &len), 0);
	bench_open(&bench, (struct link_server_options){0});
	caller_open_as(&caller, &bench, SOUTH_KEY,
	               (struct link_client_options){.connect_ms = 400});
	north = north_at(ntohs(at.sin_port), NORTH_KEY);
	caller_set_peer(&caller, &north);
	send_call(&caller, 1, "/echo", 5, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	(void)snprintf(north.urls[1], sizeof north.urls[1], "https://127.0.0.1:%u",
	               link_server_port(bench.server));
	north.url_count = 2;
	caller_set_peer(&caller, &north);
	send_call(&caller, 2, "/echo", 5, 100);
	wait_answers(&caller, 2);
	assert_int_equal(caller.got[1].outcome, STATUS_OK);
	send_call(&caller, 3, "/echo", 5, 100);
	wait_answers(&caller, 3);
	assert_int_equal(caller.got[2].outcome, STATUS_OK);
	assert_int_equal(count_waiting(silent), 2); /* the third went to the good one */
	(void)close(silent);
	caller_close(&caller);
	bench_close(&bench);
}

/* A proxy that lets one CONNECT through, in a thread of its own. */
struct proxy {
	int listener;
	uint16_t port;
	char asked[256];
};

static void proxy_open(struct proxy *proxy)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof at;

	proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	raw_set_patience(proxy->listener, 10);
	assert_int_equal(bind(proxy->listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(proxy->listener, 5), 0);
	assert_int_equal(getsockname(proxy->listener, (struct sockaddr *)&at, &len), 0);
	proxy->port = ntohs(at.sin_port);
}

static bool pump(int from, int to)
{
	char data[4096];
	ssize_t len = recv(from, data, sizeof data, 0);

	return len > 0 && send(to, data, (size_t)len, MSG_NOSIGNAL) == len;
}

static void proxy_work(void *context)
{
	struct proxy *proxy = context;
	int client = accept(proxy->listener, NULL, NULL);
	struct raw target;
	struct pollfd ends[2];
	ssize_t len = recv(client, proxy->asked, sizeof proxy->asked - 1, 0);
	static const char yes[] = "HTTP/1.1 200 Connected\r\n\r\n";

	if (len <= 0)
		return;
	target = raw_tcp((uint16_t)atoi(strchr(proxy->asked, ':') + 1));
	(void)send(client, yes, sizeof yes - 1, MSG_NOSIGNAL);
	ends[0] = (struct pollfd){.fd = client, .events = POLLIN};
	ends[1] = (struct pollfd){.fd = target.fd, .events = POLLIN};
	while (poll(ends, 2, 10000) > 0) {
		if (ends[0].revents != 0 && !pump(client, target.fd))
			break;
		if (ends[1].revents != 0 && !pump(target.fd, client))
			break;
	}
	raw_close(&target);
	(void)close(client);
}

static void a_configured_proxy_is_used(void **state)
{
	struct bench bench;
	struct caller caller;
	struct proxy proxy = {0};
	struct link_peer north;

	/* The server closes soon, which ends the proxy's work. */
	bench_open(&bench, (struct link_server_options){.idle_ms = 100});
	caller_open(&caller, &bench);
	proxy_open(&proxy);
	north = north_at(link_server_port(bench.server), NORTH_KEY);
	(void)snprintf(north.proxy, sizeof north.proxy, "http://127.0.0.1:%u",
	               proxy.port);
	caller_set_peer(&caller, &north);
	send_call(&caller, 1, "/echo", 5, 100);
	run_with(bench.base, proxy_work, &proxy);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_string_equal(caller.got[0].body, "xxxxx");
	assert_ptr_equal(strstr(proxy.asked, "CONNECT 127.0.0.1:"), proxy.asked);
	(void)close(proxy.listener);
	send_call(&caller, 2, "/echo", 5, 100); /* without it there is no way */
	wait_answers(&caller, 2);
	assert_int_equal(caller.got[1].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[1].text, "proxy"));
	caller_close(&caller);
	bench_close(&bench);
}

static void proxy_refuses(void *context)
{
	struct proxy *proxy = context;
	int client = accept(proxy->listener, NULL, NULL);
	static const char no[] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

	(void)!recv(client, proxy->asked, sizeof proxy->asked - 1, 0);
	(void)send(client, no, sizeof no - 1, MSG_NOSIGNAL);
	(void)close(client);
}

static void a_proxy_that_refuses_is_named(void **state)
{
	struct bench bench;
	struct caller caller;
	struct proxy proxy = {0};
	struct link_peer north;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	proxy_open(&proxy);
	north = north_at(link_server_port(bench.server), NORTH_KEY);
	(void)snprintf(north.proxy, sizeof north.proxy, "http://127.0.0.1:%u",
	               proxy.port);
	caller_set_peer(&caller, &north);
	send_call(&caller, 1, "/echo", 5, 100);
	run_with(bench.base, proxy_refuses, &proxy);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[0].text, "the proxy refuses"));
	(void)close(proxy.listener);
	caller_close(&caller);
	bench_close(&bench);
}

static void proxies_of_the_environment_are_ignored(void **state)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy",
	                                    "ALL_PROXY"};
	struct bench bench;
	struct caller caller;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)setenv(names[i], "http://127.0.0.1:1", 1);
	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	send_call(&caller, 1, "/echo", 5, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)unsetenv(names[i]);
	caller_close(&caller);
	bench_close(&bench);
}

/* ---- answers */

static void an_answer_that_is_too_long_is_an_error(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	send_call(&caller, 1, "/echo", 1000, 1000);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_int_equal(caller.got[0].body_len, 1000);
	send_call(&caller, 2, "/echo", 1001, 1000);
	wait_answers(&caller, 2);
	assert_int_equal(caller.got[1].outcome, STATUS_LIMIT);
	assert_int_equal(caller.got[1].body_len, 0);
	bench.stream = 0;
	send_call(&caller, 3, "/stream", 1, 100); /* chunks, no length said before */
	run_until(bench.base, has_stream, &bench);
	link_server_stream_chunk(
	    bench.server, bench.stream,
	    view_of_string("0123456789012345678901234567890123456789"
	                   "0123456789012345678901234567890123456789"
	                   "0123456789012345678901234567890123456789"));
	wait_answers(&caller, 3);
	assert_int_equal(caller.got[2].outcome, STATUS_LIMIT);
	caller_close(&caller);
	bench_close(&bench);
}

static void an_answer_cut_in_the_middle_is_an_error(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_peer nobody = peer_of("east.example", EAST_KEY);

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	send_call(&caller, 1, "/stream", 1, 100);
	run_until(bench.base, has_stream, &bench);
	link_server_stream_chunk(bench.server, bench.stream, view_of_string("half"));
	(void)event_base_loop(bench.base, EVLOOP_NONBLOCK);
	(void)event_base_loop(bench.base, EVLOOP_NONBLOCK);
	assert_int_equal(link_peers_replace(bench.peers, &nobody, 1, NULL), STATUS_OK);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[0].text, "cut"));
	caller_close(&caller);
	bench_close(&bench);
}

static void a_body_beyond_the_peers_limit_gets_its_413(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){.body_max = 1000});
	caller_open(&caller, &bench);
	send_call(&caller, 1, "/echo", 16 << 20, 1000);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_int_equal(caller.got[0].http_status, 413);
	assert_int_equal(bench.requests, 0);
	caller_close(&caller);
	bench_close(&bench);
}

static void redirect_on_request(void *context, const struct link_request *request)
{
	struct bench *bench = context;
	const struct link_header to = {"Location", "https://127.0.0.1:1/elsewhere"};

	bench->requests++;
	link_server_reply(
	    bench->server, request->id,
	    &(struct link_reply){
	        .status = 307, .retry_after_s = 30, .headers = &to, .header_count = 1});
}

static void redirects_are_not_followed(void **state)
{
	struct bench bench;
	struct caller caller;
	struct link_server_handler handler = {.request = redirect_on_request,
	                                      .context = &bench};
	struct link_server_options options;

	bench_open(&bench, (struct link_server_options){0});
	options = (struct link_server_options){
	    .address = "127.0.0.1:0", .identity = bench.identity, .peers = bench.peers};
	link_server_close(bench.server);
	assert_int_equal(
	    link_server_open(bench.base, &options, &handler, &bench.server, NULL),
	    STATUS_OK);
	caller_open(&caller, &bench);
	send_call(&caller, 1, "/echo", 1, 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_int_equal(caller.got[0].http_status, 307);
	assert_int_equal(caller.got[0].retry_after_s, 30);
	assert_int_equal(bench.requests, 1);
	caller_close(&caller);
	bench_close(&bench);
}

static void closing_with_calls_out_is_clean(void **state)
{
	struct bench bench;
	struct caller caller;

	bench_open(&bench, (struct link_server_options){0});
	caller_open(&caller, &bench);
	for (size_t i = 0; i < 6; i++)
		send_call(&caller, i, "/hold", 1000, 100);
	run_until(bench.base, has_four_held, &bench);
	caller_close(&caller);
	assert_int_equal(caller.answers, 0);
	bench_close(&bench);
}

static int global_start(void **state)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

static int global_end(void **state)
{
	curl_global_cleanup();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_comes_back_answered),
	    cmocka_unit_test(a_get_has_no_body),
	    cmocka_unit_test(kept_connections_answer_without_stalls),
	    cmocka_unit_test(large_bodies_arrive_quickly),
	    cmocka_unit_test(at_most_four_are_under_way_and_the_rest_wait),
	    cmocka_unit_test(the_queue_is_bounded),
	    cmocka_unit_test(a_connection_the_server_closed_is_not_used_again),
	    cmocka_unit_test(a_server_with_another_key_gets_no_request),
	    cmocka_unit_test(a_refused_key_of_ours_is_said_in_words),
	    cmocka_unit_test(a_server_without_tls_1_3_is_not_asked),
	    cmocka_unit_test(changed_keys_end_what_is_under_way),
	    cmocka_unit_test(urls_are_tried_in_order),
	    cmocka_unit_test(an_unreachable_peer_is_said_so),
	    cmocka_unit_test(a_peer_that_does_not_answer_times_out),
	    cmocka_unit_test(
	        a_silent_listener_counts_as_unreachable_and_the_good_url_is_remembered),
	    cmocka_unit_test(a_configured_proxy_is_used),
	    cmocka_unit_test(a_proxy_that_refuses_is_named),
	    cmocka_unit_test(proxies_of_the_environment_are_ignored),
	    cmocka_unit_test(an_answer_that_is_too_long_is_an_error),
	    cmocka_unit_test(an_answer_cut_in_the_middle_is_an_error),
	    cmocka_unit_test(a_body_beyond_the_peers_limit_gets_its_413),
	    cmocka_unit_test(redirects_are_not_followed),
	    cmocka_unit_test(closing_with_calls_out_is_clean),
	};

	return cmocka_run_group_tests(tests, global_start, global_end);
}
