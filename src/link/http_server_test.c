/* SPDX-License-Identifier: Apache-2.0 */
#include "link/http_server.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>

#include "base/file.h"
#include "link/test_link.h"
#include "link/tls_public.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"
#define POST_ECHO "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"

/* One TLS client that does a script of its own. */
struct visit {
	struct bench *bench;
	uint16_t port;
	const char *path; /* local API, instead of the port */
	SSL_CTX *tls;     /* NULL: plain */
	const void *text;
	size_t text_len;
	int status;
	bool is_shaken, is_closed, is_reused;
	struct raw raw;
	size_t sent;
};

static struct raw visit_connect(struct visit *visit)
{
	if (visit->path != NULL)
		return raw_path(visit->path);
	return visit->tls != NULL ? raw_tls(visit->port, visit->tls)
	                          : raw_tcp(visit->port);
}

/* Connects, sends the text, reads one answer and leaves the connection open. */
static void visit_once(void *context)
{
	struct visit *visit = context;

	visit->raw = visit_connect(visit);
	visit->is_shaken = visit->raw.is_shaken;
	(void)raw_send(&visit->raw, visit->text, visit->text_len);
	visit->status = raw_answer(&visit->raw);
}

static void visit_again(void *context)
{
	struct visit *visit = context;

	(void)raw_send(&visit->raw, visit->text, visit->text_len);
	visit->status = raw_answer(&visit->raw);
}

static void visit_wait_closed(void *context)
{
	struct visit *visit = context;

	visit->is_closed = raw_is_closed(&visit->raw);
}

static struct visit visit_of(struct bench *bench, SSL_CTX *tls, const char *text)
{
	return (struct visit){.bench = bench,
	                      .port = link_server_port(bench->server),
	                      .tls = tls,
	                      .text = text,
	                      .text_len = strlen(text),
	                      .raw = {.fd = -1}};
}

/* The status that this text gets from north, as the peer with this key. */
static int status_of(struct bench *bench, uint8_t key, const void *text, size_t len)
{
	SSL_CTX *tls = client_context(key);
	struct visit visit = visit_of(bench, tls, "");

	visit.text = text;
	visit.text_len = len;
	run_with(bench->base, visit_once, &visit);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	return visit.status;
}

static int status_of_text(struct bench *bench, const char *text)
{
	return status_of(bench, SOUTH_KEY, text, strlen(text));
}

static bool has_no_connections(void *context)
{
	return link_server_connection_count(((struct bench *)context)->server) == 0;
}

static bool has_three_requests(void *context)
{
	return ((struct bench *)context)->requests == 3;
}

static bool has_four_held(void *context)
{
	return ((struct bench *)context)->held_count == 4;
}

static bool has_one_held(void *context)
{
	return ((struct bench *)context)->held_count == 1;
}

/* ---- who is let in */

static void a_trusted_peer_is_served_under_its_name(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(EAST_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){0});
	visit = visit_of(&bench, tls,
	                 "POST /add-entries?x=1 HTTP/1.1\r\nHost: x\r\n"
	                 "Content-Type: application/octet-stream\r\n"
	                 "Idempotency-Key: abc\r\nContent-Length: 5\r\n\r\nhello");
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	assert_string_equal(bench.peer, "east.example");
	assert_string_equal(bench.path, "/add-entries?x=1");
	assert_string_equal(bench.type, "application/octet-stream");
	assert_string_equal(bench.key, "abc");
	assert_int_equal(bench.method, LINK_POST);
	assert_int_equal(bench.body_len, 5);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void assert_refused(struct bench *bench, SSL_CTX *tls, const char *log)
{
	struct visit visit = visit_of(bench, tls, POST_ECHO);

	run_with(bench->base, visit_once, &visit);
	assert_int_equal(visit.status, 0);
	assert_int_equal(bench->requests, 0);
	run_until(bench->base, has_no_connections, bench);
	assert_non_null(strstr(bench->last_log, log));
	assert_int_equal(link_server_figures(bench->server).refused, 1);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(bench);
}

static void a_wrong_key_is_refused(void **state)
{
	struct bench bench;

	bench_open(&bench, (struct link_server_options){0});
	assert_refused(&bench, client_context(STRANGER_KEY), "no desk trusted here");
}

static void a_client_without_certificate_is_refused(void **state)
{
	struct bench bench;

	bench_open(&bench, (struct link_server_options){0});
	assert_refused(&bench, SSL_CTX_new(TLS_client_method()), "shows no link key");
}

static void tls_1_2_is_refused(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);

	bench_open(&bench, (struct link_server_options){0});
	(void)SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
	(void)SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION);
	assert_refused(&bench, tls, "TLS 1.3");
}

static void plain_http_on_the_tls_port_is_refused(void **state)
{
	struct bench bench;

	bench_open(&bench, (struct link_server_options){0});
	assert_refused(&bench, NULL, "plain HTTP");
}

static void an_rsa_or_ec_certificate_is_refused(void **state)
{
	struct bench bench;
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();

	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), 0);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_int_not_equal(X509_sign(x, key, EVP_sha256()), 0);
	assert_int_equal(SSL_CTX_use_certificate(tls, x), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(tls, key), 1);
	X509_free(x);
	EVP_PKEY_free(key);
	bench_open(&bench, (struct link_server_options){0});
	assert_refused(&bench, tls, "refused");
}

static void refusals_are_logged_once_a_minute(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(STRANGER_KEY);

	bench_open(&bench, (struct link_server_options){0});
	for (int i = 0; i < 5; i++) {
		struct visit visit = visit_of(&bench, tls, POST_ECHO);

		run_with(bench.base, visit_once, &visit);
		raw_close(&visit.raw);
	}
	run_until(bench.base, has_no_connections, &bench);
	assert_int_equal(bench.logs, 1);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static int count_session(SSL *ssl, SSL_SESSION *session)
{
	(*(int *)SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))++;
	return 0;
}

static void visit_with_session(void *context)
{
	struct visit *visit = context;
	SSL_SESSION *session = SSL_get1_session(visit->raw.ssl);

	raw_close(&visit->raw);
	visit->raw = raw_tcp(visit->port);
	visit->raw.ssl = SSL_new(visit->tls);
	(void)SSL_set_fd(visit->raw.ssl, visit->raw.fd);
	(void)SSL_set_session(visit->raw.ssl, session);
	visit->is_shaken = SSL_connect(visit->raw.ssl) == 1;
	(void)raw_send(&visit->raw, visit->text, visit->text_len);
	visit->status = raw_answer(&visit->raw);
	visit->is_reused = SSL_session_reused(visit->raw.ssl) == 1;
	SSL_SESSION_free(session);
}

static void sessions_are_never_resumed(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visit;
	int tickets = 0;

	SSL_CTX_clear_options(tls, SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_CLIENT);
	(void)SSL_CTX_set_app_data(tls, &tickets);
	SSL_CTX_sess_set_new_cb(tls, count_session);
	bench_open(&bench, (struct link_server_options){0});
	visit = visit_of(&bench, tls, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	run_with(bench.base, visit_with_session, &visit);
	assert_int_equal(visit.status, 200);
	assert_false(visit.is_reused);
	assert_int_equal(tickets, 0);
	assert_string_equal(bench.peer, "south.example");
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void a_removed_key_closes_its_connection(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct link_peer east = peer_of("east.example", EAST_KEY);
	struct visit visit, other;

	bench_open(&bench, (struct link_server_options){0});
	visit = visit_of(&bench, tls, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	assert_int_equal(link_peers_replace(bench.peers, &east, 1, NULL), STATUS_OK);
	run_with(bench.base, visit_wait_closed, &visit);
	assert_true(visit.is_closed);
	other = visit_of(&bench, tls, POST_ECHO);
	run_with(bench.base, visit_once, &other);
	assert_int_equal(other.status, 0);
	assert_int_equal(bench.requests, 1);
	raw_close(&visit.raw);
	raw_close(&other.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void a_request_under_way_when_its_key_is_removed_is_not_answered(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct link_peer east = peer_of("east.example", EAST_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){0});
	visit = visit_of(&bench, tls, GET("/other"));
	run_with(bench.base, visit_once, &visit);
	(void)raw_text(&visit.raw, GET("/hold"));
	run_until(bench.base, has_one_held, &bench);
	assert_int_equal(link_peers_replace(bench.peers, &east, 1, NULL), STATUS_OK);
	bench_release_held(&bench);
	run_with(bench.base, visit_wait_closed, &visit);
	assert_true(visit.is_closed);
	run_until(bench.base, has_no_connections, &bench);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void an_announced_next_key_keeps_the_connection(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct link_peer south = peer_of("south.example", STRANGER_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){0});
	visit = visit_of(&bench, tls, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	south.keys[south.key_count++] = key_of_byte(SOUTH_KEY);
	assert_int_equal(link_peers_replace(bench.peers, &south, 1, NULL), STATUS_OK);
	run_with(bench.base, visit_again, &visit);
	assert_int_equal(visit.status, 200);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

/* ---- what is a request */

static void other_methods_are_refused(void **state)
{
	struct bench bench;

	bench_open(&bench, (struct link_server_options){0});
	assert_int_equal(status_of_text(&bench,
	                                "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: "
	                                "close\r\n\r\n"),
	                 405);
	assert_int_equal(status_of_text(&bench, "PUT / HTTP/1.1\r\nHost: x\r\n\r\n"),
	                 405);
	assert_int_equal(status_of_text(&bench, "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"),
	                 405);
	assert_int_equal(status_of_text(&bench, "BREW / HTTP/1.1\r\nHost: x\r\n\r\n"),
	                 501);
	assert_int_equal(bench.requests, 0);
	bench_close(&bench);
}

static void ambiguous_requests_are_refused(void **state)
{
	struct bench bench;

	bench_open(&bench, (struct link_server_options){0});
	assert_int_equal(
	    status_of_text(&bench, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
	                           "Content-Length: 3\r\n\r\nhello"),
	    400);
	assert_int_equal(
	    status_of_text(&bench, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
	                           "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	    400);
	assert_int_equal(
	    status_of_text(&bench, "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
	assert_int_equal(status_of_text(&bench, "POST /a HTTP/1.1\r\nHost: x\r\n"
	                                        "Content-Length: -1\r\n\r\n"),
	                 400);
	assert_int_equal(status_of_text(&bench, "GET /a HTTP/1.1\r\nHost x\r\n\r\n"),
	                 400);
	assert_int_equal(bench.requests, 0);
	bench_close(&bench);
}

static void long_headers_are_refused(void **state)
{
	struct bench bench;
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);

	bench_open(&bench, (struct link_server_options){0});
	buf_append_string(&text, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
	memset(buf_extend(&text, 40 * 1024), 'x', 40 * 1024);
	buf_append_string(&text, "\r\n\r\n");
	assert_int_equal(status_of(&bench, SOUTH_KEY, text.data, text.len), 400);
	assert_int_equal(bench.requests, 0);
	bench_close(&bench);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){0});
	visit = visit_of(&bench, tls, POST_ECHO GET("/second") POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	run_until(bench.base, has_three_requests, &bench);
	assert_string_equal(bench.path, "/echo");
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void a_body_that_is_too_large_gets_413(void **state)
{
	struct bench bench;
	CLEANUP_BUF struct buf text = BUF_INIT(9 << 20);

	bench_open(&bench, (struct link_server_options){.body_max = 1000});
	buf_append_string(&text,
	                  "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
	memset(buf_extend(&text, 1001), 'x', 1001);
	assert_int_equal(status_of(&bench, SOUTH_KEY, text.data, text.len), 413);
	/* The answer is not lost when the server closes on unread bytes. */
	buf_clear(&text);
	buf_printf(&text, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
	           8 << 20);
	memset(buf_extend(&text, 8 << 20), 'x', 8 << 20);
	assert_int_equal(status_of(&bench, SOUTH_KEY, text.data, text.len), 413);
	buf_clear(&text);
	buf_append_string(&text, "POST /a HTTP/1.1\r\nHost: x\r\n"
	                         "Transfer-Encoding: chunked\r\n\r\n3e9\r\n");
	memset(buf_extend(&text, 1001), 'x', 1001);
	buf_append_string(&text, "\r\n0\r\n\r\n");
	assert_int_equal(status_of(&bench, SOUTH_KEY, text.data, text.len), 413);
	assert_int_equal(bench.requests, 0);
	bench_close(&bench);
}

static void answers_and_connections_are_counted(void **state)
{
	struct bench bench;
	struct link_server_figures figures;

	bench_open(&bench, (struct link_server_options){0});
	assert_int_equal(status_of_text(&bench, GET("/a")), 200);
	assert_int_equal(status_of_text(&bench, GET("/b")), 200);
	assert_int_equal(status_of_text(&bench, "PUT /a HTTP/1.1\r\nHost: x\r\n"
	                                        "Content-Length: 0\r\n\r\n"),
	                 405);
	run_until(bench.base, has_no_connections, &bench);
	figures = link_server_figures(bench.server);
	assert_int_equal(figures.answers[2], 2);
	assert_int_equal(figures.answers[4], 1);
	assert_int_equal(figures.accepted, 3);
	assert_int_equal(figures.connections, 0);
	assert_int_equal(figures.refused + figures.limited + figures.slow, 0);
	bench_close(&bench);
}

static void a_body_of_the_largest_size_is_served_whole(void **state)
{
	struct bench bench;
	CLEANUP_BUF struct buf text = BUF_INIT(21 << 20);
	size_t len = 20 << 20;

	bench_open(&bench, (struct link_server_options){0});
	buf_printf(&text, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
	           len);
	memset(buf_extend(&text, len), 'x', len);
	assert_int_equal(status_of(&bench, SOUTH_KEY, text.data, text.len), 200);
	assert_int_equal(bench.body_len, len);
	buf_clear(&text);
	buf_printf(&text,
	           "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	           "%zx\r\n",
	           len);
	memset(buf_extend(&text, len), 'x', len);
	buf_append_string(&text, "\r\n0\r\n\r\n");
	assert_int_equal(status_of(&bench, SOUTH_KEY, text.data, text.len), 200);
	assert_int_equal(bench.requests, 2);
	bench_close(&bench);
}

static void gzip_into(struct buf *out, const void *data, size_t len)
{
	z_stream stream = {.next_in = (unsigned char *)data, .avail_in = (unsigned)len};
	size_t bound;

	assert_int_equal(
	    deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
	    Z_OK);
	bound = deflateBound(&stream, len);
	stream.next_out = buf_extend(out, bound);
	stream.avail_out = (unsigned)bound;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out->len -= stream.avail_out;
	(void)deflateEnd(&stream);
}

static int status_of_gzip(struct bench *bench, struct view body, const char *encoding)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);

	buf_printf(&text,
	           "POST /a HTTP/1.1\r\nHost: x\r\nContent-Encoding: %s\r\n"
	           "Content-Length: %zu\r\n\r\n",
	           encoding, body.len);
	buf_append_view(&text, body);
	return status_of(bench, SOUTH_KEY, text.data, text.len);
}

static void gzip_bodies_are_unpacked_and_bounded(void **state)
{
	struct bench bench;
	CLEANUP_BUF struct buf packed = BUF_INIT(1 << 20);
	CLEANUP_BUF struct buf bomb = BUF_INIT(80 << 20);
	CLEANUP_FREE char *zeros = calloc(1, 64 << 20);

	assert_non_null(zeros);
	bench_open(&bench, (struct link_server_options){0});
	gzip_into(&packed, "hello hello hello", 17);
	assert_int_equal(status_of_gzip(&bench, buf_view(&packed), "gzip"), 200);
	assert_int_equal(bench.body_len, 17);
	gzip_into(&bomb, zeros, 64 << 20);
	assert_int_equal(status_of_gzip(&bench, buf_view(&bomb), "gzip"), 413);
	assert_int_equal(
	    status_of_gzip(&bench, view_of(packed.data, packed.len - 3), "gzip"), 400);
	packed.data[packed.len - 6] ^= 1; /* checksum */
	assert_int_equal(status_of_gzip(&bench, buf_view(&packed), "gzip"), 400);
	assert_int_equal(status_of_gzip(&bench, buf_view(&packed), "br"), 415);
	assert_int_equal(bench.requests, 1);
	bench_close(&bench);
}

/* ---- time */

static void visit_slowly(void *context)
{
	struct visit *visit = context;
	const char *text = visit->text;

	visit->raw = visit_connect(visit);
	for (size_t i = 0; i < visit->text_len; i++)
		if (raw_wait(&visit->raw, 20) || !raw_send(&visit->raw, text + i, 1))
			break;
		else
			visit->sent++;
	visit->is_closed = raw_is_closed(&visit->raw);
}

static void assert_ended_by_deadline(struct bench *bench, const char *start)
{
	SSL_CTX *tls = client_context(SOUTH_KEY);
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct visit visit = visit_of(bench, tls, "");
	uint64_t began = clock_monotonic_ns();

	buf_append_string(&text, start);
	memset(buf_extend(&text, 2000), '1', 2000);
	visit.text = text.data;
	visit.text_len = text.len;
	run_with(bench->base, visit_slowly, &visit);
	assert_true(visit.is_closed);
	assert_true(visit.sent > 0 && visit.sent < 200);
	assert_true(clock_monotonic_ns() - began < UINT64_C(5000000000));
	assert_int_equal(bench->requests, 0);
	run_until(bench->base, has_no_connections, bench);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(bench);
}

static void a_slow_header_is_ended_by_the_deadline(void **state)
{
	struct bench bench;

	bench_open(&bench, (struct link_server_options){.request_ms = 300});
	assert_ended_by_deadline(&bench, "GET /");
}

static void visit_slow_body(void *context)
{
	struct visit *visit = context;

	visit->raw = visit_connect(visit);
	(void)raw_send(&visit->raw, visit->text, visit->text_len);
	while (!raw_wait(&visit->raw, 20) && raw_text(&visit->raw, "1"))
		visit->sent++;
	visit->is_closed = raw_is_closed(&visit->raw);
}

static void a_slow_body_is_ended_by_the_deadline_and_others_are_unaffected(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visit;
	struct raw slow;

	bench_open(&bench, (struct link_server_options){.request_ms = 400});
	visit = visit_of(&bench, tls,
	                 "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n");
	run_with(bench.base, visit_slow_body, &visit);
	assert_true(visit.is_closed);
	assert_true(visit.sent > 0);
	slow = raw_tcp(visit.port); /* says nothing */
	assert_int_equal(status_of(&bench, EAST_KEY, POST_ECHO, strlen(POST_ECHO)), 200);
	assert_int_equal(bench.requests, 1);
	assert_non_null(strstr(bench.last_log, "south.example"));
	raw_close(&slow);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void an_unfinished_handshake_is_ended_by_the_deadline(void **state)
{
	struct bench bench;
	struct visit visit;

	bench_open(&bench, (struct link_server_options){.handshake_ms = 200});
	visit = visit_of(&bench, NULL, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
	visit.text_len = 5;
	run_with(bench.base, visit_slowly, &visit);
	assert_true(visit.is_closed);
	run_until(bench.base, has_no_connections, &bench);
	assert_non_null(strstr(bench.last_log, "in time"));
	raw_close(&visit.raw);
	bench_close(&bench);
}

static void an_idle_connection_is_closed(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){.idle_ms = 100});
	visit = visit_of(&bench, tls, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	run_with(bench.base, visit_wait_closed, &visit);
	assert_true(visit.is_closed);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void a_reader_that_never_reads_its_answer_is_ended(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	CLEANUP_FREE char *big = calloc(1, 16 << 20);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){.request_ms = 300});
	visit = visit_of(&bench, tls, GET("/other"));
	run_with(bench.base, visit_once, &visit);
	(void)raw_text(&visit.raw, GET("/hold"));
	run_until(bench.base, has_one_held, &bench);
	bench_reply(&bench, bench.held[0], 200, view_of(big, 16 << 20));
	run_until(bench.base, has_no_connections, &bench);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

/* ---- memory */

static void visit_endless(void *context)
{
	struct visit *visit = context;
	char digits[16384];

	memset(digits, '1', sizeof digits);
	visit->raw = visit_connect(visit);
	(void)raw_send(&visit->raw, visit->text, visit->text_len);
	while (visit->sent < 64 << 20 && raw_send(&visit->raw, digits, sizeof digits))
		visit->sent += sizeof digits;
}

static void an_endless_chunk_line_fills_no_memory(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){.body_max = 256 * 1024,
	                                                .request_ms = 500});
	visit =
	    visit_of(&bench, tls,
	             "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	run_with(bench.base, visit_endless, &visit);
	/* What it got rid of lies in socket buffers, but for the watermark. */
	assert_true(visit.sent < 24 << 20);
	run_until(bench.base, has_no_connections, &bench);
	assert_int_equal(bench.requests, 0);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

/* ---- numbers */

static void visit_five(void *context)
{
	struct visit *visit = context;

	for (int i = 0; i < 5; i++) {
		visit[i].raw = visit_connect(&visit[i]);
		(void)raw_text(&visit[i].raw, GET("/hold"));
	}
	for (int i = 0; i < 5; i++)
		if (raw_wait(&visit[i].raw, i < 4 ? 0 : 5000))
			visit[i].status = raw_answer(&visit[i].raw);
}

static void visit_five_answers(void *context)
{
	struct visit *visit = context;

	for (int i = 0; i < 5; i++)
		if (visit[i].status == 0)
			visit[i].status = raw_answer(&visit[i].raw);
}

static void a_fifth_request_at_a_time_gets_429(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visits[5];
	int refused = 0, served = 0;

	bench_open(&bench, (struct link_server_options){0});
	for (int i = 0; i < 5; i++)
		visits[i] = visit_of(&bench, tls, "");
	run_with(bench.base, visit_five, visits);
	run_until(bench.base, has_four_held, &bench);
	/* Another peer has its own four. */
	assert_int_equal(status_of(&bench, EAST_KEY, POST_ECHO, strlen(POST_ECHO)), 200);
	bench_release_held(&bench);
	run_with(bench.base, visit_five_answers, visits);
	for (int i = 0; i < 5; i++) {
		refused += visits[i].status == 429;
		served += visits[i].status == 200;
		raw_close(&visits[i].raw);
	}
	assert_int_equal(served, 4);
	assert_int_equal(refused, 1);
	assert_int_equal(status_of_text(&bench, POST_ECHO), 200);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

enum { CROWD = 6 };

static void visit_crowd(void *context)
{
	struct visit *visit = context;

	for (int i = 0; i < CROWD; i++) {
		visit[i].raw = visit_connect(&visit[i]);
		(void)raw_text(&visit[i].raw, POST_ECHO);
		visit[i].status = raw_answer(&visit[i].raw);
	}
	for (int i = 0; i < CROWD - 4; i++)
		visit[i].is_closed = raw_is_closed(&visit[i].raw);
}

static void a_peers_oldest_idle_connections_make_room_for_new_ones(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visits[CROWD];

	bench_open(&bench, (struct link_server_options){.connections_per_peer = 4});
	for (int i = 0; i < CROWD; i++)
		visits[i] = visit_of(&bench, tls, "");
	run_with(bench.base, visit_crowd, visits);
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(visits[i].status, 200);
		assert_int_equal(visits[i].is_closed, i < CROWD - 4);
		raw_close(&visits[i].raw);
	}
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void strangers_that_fill_the_table_do_not_keep_peers_out(void **state)
{
	struct bench bench;
	struct raw strangers[20];

	bench_open(&bench, (struct link_server_options){.connections_max = 8});
	for (int i = 0; i < 20; i++)
		strangers[i] = raw_tcp(link_server_port(bench.server));
	assert_int_equal(status_of_text(&bench, POST_ECHO), 200);
	assert_true(link_server_connection_count(bench.server) <= 8);
	for (int i = 0; i < 20; i++)
		raw_close(&strangers[i]);
	bench_close(&bench);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	++*(unsigned *)context;
}

static void running_out_of_descriptors_does_not_spin(void **state)
{
	struct bench bench;
	struct rlimit old, small;
	struct raw waiting;
	struct timeval period = {.tv_usec = 50000};
	struct event *tick;
	unsigned ticks = 0, turns = 0;
	int highest;

	bench_open(&bench, (struct link_server_options){0});
	waiting = raw_tcp(link_server_port(bench.server));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	highest = dup(0);
	(void)close(highest);
	small = old;
	small.rlim_cur = (rlim_t)highest; /* no new one, from now on */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	tick = event_new(bench.base, -1, EV_PERSIST, on_tick, &ticks);
	(void)event_add(tick, &period);
	for (; ticks < 12 && turns < 1000; turns++)
		(void)event_base_loop(bench.base, EVLOOP_ONCE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_true(turns < 60);
	assert_non_null(strstr(bench.last_log, "can't take a connection"));
	assert_int_equal(bench.logs, 1);
	event_free(tick);
	assert_int_equal(status_of_text(&bench, POST_ECHO), 200); /* back again */
	raw_close(&waiting);
	bench_close(&bench);
}

/* ---- clients that vanish */

static void replying_to_a_client_that_is_gone_is_no_error(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){.request_ms = 200});
	visit = visit_of(&bench, tls, GET("/other"));
	run_with(bench.base, visit_once, &visit);
	(void)raw_text(&visit.raw, GET("/hold"));
	run_until(bench.base, has_one_held, &bench);
	raw_close(&visit.raw);
	run_until(bench.base, has_no_connections, &bench); /* by the deadline */
	bench_release_held(&bench);
	bench_reply(&bench, 12345, 200, view_of_string("nobody asked"));
	assert_int_equal(status_of_text(&bench, POST_ECHO), 200);

	/* And while it goes: the reply meets a closed socket. */
	visit = visit_of(&bench, tls, GET("/other"));
	run_with(bench.base, visit_once, &visit);
	(void)raw_text(&visit.raw, GET("/hold"));
	run_until(bench.base, has_one_held, &bench);
	raw_close(&visit.raw);
	bench_release_held(&bench);
	run_until(bench.base, has_no_connections, &bench);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void a_truncated_body_reaches_nobody(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){0});
	visit = visit_of(&bench, tls, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	(void)raw_text(&visit.raw,
	               "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhello");
	raw_close(&visit.raw);
	run_until(bench.base, has_no_connections, &bench);
	assert_int_equal(bench.requests, 1);
	SSL_CTX_free(tls);
	bench_close(&bench);
}

static void closing_with_requests_and_handshakes_pending_is_clean(void **state)
{
	struct bench bench;
	SSL_CTX *tls = client_context(SOUTH_KEY);
	struct raw silent;
	struct visit visit;

	bench_open(&bench, (struct link_server_options){0});
	silent = raw_tcp(link_server_port(bench.server));
	visit = visit_of(&bench, tls, GET("/other"));
	run_with(bench.base, visit_once, &visit);
	(void)raw_text(&visit.raw, GET("/hold"));
	run_until(bench.base, has_one_held, &bench);
	bench_close(&bench);
	raw_close(&silent);
	raw_close(&visit.raw);
	SSL_CTX_free(tls);
}

static void an_address_in_use_is_a_conflict(void **state)
{
	struct bench bench;
	char address[32];
	struct error err = {""};
	struct link_server *second = NULL;
	struct link_server_handler handler = {.request = bench_on_request};

	bench_open(&bench, (struct link_server_options){0});
	(void)snprintf(address, sizeof address, "127.0.0.1:%u",
	               link_server_port(bench.server));
	assert_int_equal(
	    link_server_open(bench.base,
	                     &(struct link_server_options){.kind = LINK_SERVER_OPEN,
	                                                   .address = address},
	                     &handler, &second, &err),
	    STATUS_CONFLICT);
	assert_int_equal(
	    link_server_open(bench.base,
	                     &(struct link_server_options){.kind = LINK_SERVER_OPEN,
	                                                   .address = "north.example:1"},
	                     &handler, &second, &err),
	    STATUS_MALFORMED);
	bench_close(&bench);
}

/* ---- the local API and streams */

struct folder {
	char path[64];
	char socket[96];
};

static void folder_make(struct folder *folder)
{
	const char *at = getenv("TMPDIR");

	(void)snprintf(folder->path, sizeof folder->path, "%s/aldis-link-XXXXXX",
	               at != NULL && strlen(at) < 30 ? at : "/tmp");
	assert_non_null(mkdtemp(folder->path));
	(void)snprintf(folder->socket, sizeof folder->socket, "%s/api", folder->path);
}

static void folder_remove(const struct folder *folder)
{
	(void)unlink(folder->socket);
	assert_int_equal(rmdir(folder->path), 0);
}

static void the_local_api_serves_its_own_user(void **state)
{
	struct bench bench;
	struct folder folder;
	struct stat st;
	struct visit visit;

	folder_make(&folder);
	bench_open(&bench, (struct link_server_options){.kind = LINK_SERVER_LOCAL,
	                                                .address = folder.socket});
	assert_int_equal(stat(folder.socket, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	visit = visit_of(&bench, NULL, POST_ECHO);
	visit.path = folder.socket;
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	assert_string_equal(bench.peer, "");
	raw_close(&visit.raw);
	bench_close(&bench);
	assert_int_equal(access(folder.socket, F_OK), -1);
	folder_remove(&folder);
}

static void a_dead_socket_is_replaced_a_living_one_is_not(void **state)
{
	struct bench bench;
	struct folder folder;
	struct link_server_handler handler = {.request = bench_on_request};
	struct link_server_options options = {.kind = LINK_SERVER_LOCAL};
	struct link_server *second = NULL;
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int dead = socket(AF_UNIX, SOCK_STREAM, 0);

	folder_make(&folder);
	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", folder.socket);
	assert_int_equal(bind(dead, (struct sockaddr *)&at, sizeof at), 0);
	(void)close(dead);
	options.address = folder.socket;
	bench_open(&bench, options);
	assert_int_equal(link_server_open(bench.base, &options, &handler, &second, NULL),
	                 STATUS_CONFLICT);
	bench_close(&bench);
	folder_remove(&folder);
}

/* As another user: connects, asks, and tells by its exit status whether it got a byte. */
static void visit_as_nobody(void *context)
{
	struct visit *visit = context;
	pid_t child = fork();
	int how = -1;

	if (child == 0) {
		if (setuid(65534) != 0)
			_exit(2);
		visit->raw = raw_path(visit->path);
		(void)raw_text(&visit->raw, POST_ECHO);
		_exit(raw_answer(&visit->raw) == 0 ? 0 : 1);
	}
	(void)waitpid(child, &how, 0);
	visit->status = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static void the_local_api_refuses_another_user(void **state)
{
	struct bench bench;
	struct folder folder;
	struct visit visit;

	if (geteuid() != 0)
		skip();
	folder_make(&folder);
	bench_open(&bench, (struct link_server_options){.kind = LINK_SERVER_LOCAL,
	                                                .address = folder.socket});
	assert_int_equal(chmod(folder.path, 0755), 0);
	assert_int_equal(chmod(folder.socket, 0666), 0); /* as a careless admin would */
	visit = visit_of(&bench, NULL, "");
	visit.path = folder.socket;
	run_with(bench.base, visit_as_nobody, &visit);
	assert_int_equal(visit.status, 0);
	assert_int_equal(bench.requests, 0);
	assert_non_null(strstr(bench.last_log, "another user"));
	bench_close(&bench);
	folder_remove(&folder);
}

static void visit_stream_start(void *context)
{
	struct visit *visit = context;

	visit->raw = visit_connect(visit);
	(void)raw_text(&visit->raw, GET("/stream"));
	visit->sent = (size_t)raw_receive(&visit->raw, visit->raw.answer, 1000);
}

static void visit_stream_rest(void *context)
{
	struct visit *visit = context;

	visit->status = 1;
	visit->raw.answer_len = 0;
	while (strstr(visit->raw.answer, "0\r\n\r\n") == NULL) {
		ssize_t len = raw_receive(
		    &visit->raw, visit->raw.answer + visit->raw.answer_len, 1000);

		if (len <= 0)
			break;
		visit->raw.answer_len += (size_t)len;
		visit->raw.answer[visit->raw.answer_len] = '\0';
	}
}

static bool stream_is_closed(void *context)
{
	return ((struct bench *)context)->streams_closed > 0;
}

static void streams_carry_chunks_and_notice_the_end(void **state)
{
	struct bench bench;
	struct folder folder;
	struct visit visit;

	folder_make(&folder);
	bench_open(&bench, (struct link_server_options){.kind = LINK_SERVER_LOCAL,
	                                                .address = folder.socket,
	                                                .request_ms = 200,
	                                                .idle_ms = 200});
	visit = visit_of(&bench, NULL, "");
	visit.path = folder.socket;
	run_with(bench.base, visit_stream_start, &visit);
	assert_non_null(strstr(visit.raw.answer, "text/event-stream"));
	link_server_stream_chunk(bench.server, bench.stream,
	                         view_of_string("data: 1\n\n"));
	link_server_stream_chunk(bench.server, bench.stream,
	                         view_of_string("data: 2\n\n"));
	link_server_stream_end(bench.server, bench.stream);
	run_with(bench.base, visit_stream_rest, &visit);
	assert_non_null(strstr(visit.raw.answer, "data: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0"));
	assert_int_equal(bench.streams_closed, 0);
	raw_close(&visit.raw);

	visit.raw.answer[0] = '\0';
	run_with(bench.base, visit_stream_start, &visit);
	raw_close(&visit.raw); /* the reader goes */
	run_until(bench.base, stream_is_closed, &bench);
	link_server_stream_chunk(bench.server, bench.stream,
	                         view_of_string("data: 3\n\n"));
	link_server_stream_end(bench.server, bench.stream);
	run_until(bench.base, has_no_connections, &bench);
	bench_close(&bench);
	folder_remove(&folder);
}

static void a_slow_reader_of_a_stream_is_cut_off(void **state)
{
	struct bench bench;
	struct folder folder;
	struct visit visit;
	char event[4096];
	size_t chunks = 0;

	memset(event, 'x', sizeof event);
	folder_make(&folder);
	bench_open(&bench, (struct link_server_options){.kind = LINK_SERVER_LOCAL,
	                                                .address = folder.socket});
	visit = visit_of(&bench, NULL, "");
	visit.path = folder.socket;
	run_with(bench.base, visit_stream_start, &visit);
	while (bench.streams_closed == 0 && chunks++ < 4096) {
		link_server_stream_chunk(bench.server, bench.stream,
		                         view_of(event, sizeof event));
		(void)event_base_loop(bench.base, EVLOOP_NONBLOCK);
	}
	assert_int_equal(bench.streams_closed, 1);
	assert_true(chunks * sizeof event > 1 << 20);
	assert_true(chunks * sizeof event < 4 << 20);
	raw_close(&visit.raw);
	bench_close(&bench);
	folder_remove(&folder);
}

static void the_open_listener_takes_small_bodies_from_anybody(void **state)
{
	struct bench bench;
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	struct visit visit;

	bench_open(&bench, (struct link_server_options){.kind = LINK_SERVER_OPEN});
	visit = visit_of(&bench, NULL, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	assert_string_equal(bench.peer, "");
	raw_close(&visit.raw);
	buf_append_string(
	    &text, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 131073\r\n\r\n");
	memset(buf_extend(&text, 131073), 'x', 131073);
	visit.text = text.data;
	visit.text_len = text.len;
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 413);
	raw_close(&visit.raw);
	bench_close(&bench);
}

static void write_refusal(int status, const char *why, struct buf *ret_body)
{
	buf_printf(ret_body, "no: %d %s", status, why);
}

static void all_methods_are_handed_over_where_they_are_taken(void **state)
{
	const struct link_server_options options = {.kind = LINK_SERVER_OPEN,
	                                            .has_all_methods = true,
	                                            .refusal = write_refusal,
	                                            .refusal_type = "text/x-refusal"};
	struct bench bench;
	struct visit visit;

	bench_open(&bench, options);
	visit = visit_of(&bench, NULL, "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n");
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	assert_int_equal(bench.method, LINK_DELETE);
	raw_close(&visit.raw);
	visit = visit_of(&bench, NULL, "OPTIONS /a HTTP/1.1\r\nHost: x\r\n\r\n");
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 200);
	assert_int_equal(bench.method, LINK_OTHER);
	raw_close(&visit.raw);
	/* HEAD is asked for apart; what the server refuses, it says as it was told. */
	visit = visit_of(&bench, NULL, "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 405);
	raw_close(&visit.raw);
	visit = visit_of(&bench, NULL, "GET a HTTP/1.1\r\nHost: x\r\n\r\n");
	run_with(bench.base, visit_once, &visit);
	assert_int_equal(visit.status, 400);
	assert_non_null(strstr(visit.raw.answer, "text/x-refusal"));
	assert_non_null(strstr(visit.raw.answer, "no: 400"));
	raw_close(&visit.raw);
	bench_close(&bench);
}

static void the_open_listener_speaks_tls_with_a_given_certificate(void **state)
{
	struct link_tls_identity *identity = identity_of(NORTH_KEY);
	SSL_CTX *client = client_context(STRANGER_KEY), *tls = NULL;
	struct folder folder;
	struct bench bench;
	struct visit visit;
	char certificate[PATH_MAX], key[PATH_MAX];

	folder_make(&folder);
	(void)snprintf(certificate, sizeof certificate, "%s.pem", folder.socket);
	(void)snprintf(key, sizeof key, "%s.key", folder.socket);
	assert_int_equal(file_replace(certificate,
	                              link_tls_identity_certificate_pem(identity), 0600,
	                              NULL),
	                 STATUS_OK);
	assert_int_equal(
	    file_replace(key, link_tls_identity_key_pem(identity), 0600, NULL),
	    STATUS_OK);
	assert_int_equal(link_tls_public_context(key, certificate, &tls, NULL),
	                 STATUS_SYSTEM);
	assert_int_equal(link_tls_public_context(certificate, folder.socket, &tls, NULL),
	                 STATUS_SYSTEM);
	assert_int_equal(link_tls_public_context(certificate, key, &tls, NULL),
	                 STATUS_OK);
	bench_open(&bench, (struct link_server_options){.kind = LINK_SERVER_OPEN,
	                                                .tls = tls,
	                                                .handshake_ms = 500});
	visit = visit_of(&bench, client, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	assert_true(visit.is_shaken);
	assert_int_equal(visit.status, 200);
	assert_string_equal(bench.peer, "");
	raw_close(&visit.raw);
	visit = visit_of(&bench, NULL, POST_ECHO);
	run_with(bench.base, visit_once, &visit);
	assert_int_not_equal(visit.status, 200);
	raw_close(&visit.raw);
	visit = visit_of(&bench, NULL, "");
	run_with(bench.base, visit_once, &visit); /* no handshake: ended in time */
	raw_close(&visit.raw);
	run_until(bench.base, has_no_connections, &bench);
	bench_close(&bench);
	(void)unlink(certificate);
	(void)unlink(key);
	folder_remove(&folder);
	SSL_CTX_free(client);
	SSL_CTX_free(tls);
	link_tls_identity_free(identity);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_trusted_peer_is_served_under_its_name),
	    cmocka_unit_test(a_wrong_key_is_refused),
	    cmocka_unit_test(a_client_without_certificate_is_refused),
	    cmocka_unit_test(tls_1_2_is_refused),
	    cmocka_unit_test(plain_http_on_the_tls_port_is_refused),
	    cmocka_unit_test(an_rsa_or_ec_certificate_is_refused),
	    cmocka_unit_test(refusals_are_logged_once_a_minute),
	    cmocka_unit_test(sessions_are_never_resumed),
	    cmocka_unit_test(a_removed_key_closes_its_connection),
	    cmocka_unit_test(a_request_under_way_when_its_key_is_removed_is_not_answered),
	    cmocka_unit_test(an_announced_next_key_keeps_the_connection),
	    cmocka_unit_test(other_methods_are_refused),
	    cmocka_unit_test(ambiguous_requests_are_refused),
	    cmocka_unit_test(long_headers_are_refused),
	    cmocka_unit_test(pipelined_requests_are_answered_in_order),
	    cmocka_unit_test(a_body_that_is_too_large_gets_413),
	    cmocka_unit_test(a_body_of_the_largest_size_is_served_whole),
	    cmocka_unit_test(answers_and_connections_are_counted),
	    cmocka_unit_test(gzip_bodies_are_unpacked_and_bounded),
	    cmocka_unit_test(a_slow_header_is_ended_by_the_deadline),
	    cmocka_unit_test(
	        a_slow_body_is_ended_by_the_deadline_and_others_are_unaffected),
	    cmocka_unit_test(an_unfinished_handshake_is_ended_by_the_deadline),
	    cmocka_unit_test(an_idle_connection_is_closed),
	    cmocka_unit_test(a_reader_that_never_reads_its_answer_is_ended),
	    cmocka_unit_test(an_endless_chunk_line_fills_no_memory),
	    cmocka_unit_test(a_fifth_request_at_a_time_gets_429),
	    cmocka_unit_test(a_peers_oldest_idle_connections_make_room_for_new_ones),
	    cmocka_unit_test(strangers_that_fill_the_table_do_not_keep_peers_out),
	    cmocka_unit_test(running_out_of_descriptors_does_not_spin),
	    cmocka_unit_test(replying_to_a_client_that_is_gone_is_no_error),
	    cmocka_unit_test(a_truncated_body_reaches_nobody),
	    cmocka_unit_test(closing_with_requests_and_handshakes_pending_is_clean),
	    cmocka_unit_test(an_address_in_use_is_a_conflict),
	    cmocka_unit_test(the_local_api_serves_its_own_user),
	    cmocka_unit_test(a_dead_socket_is_replaced_a_living_one_is_not),
	    cmocka_unit_test(the_local_api_refuses_another_user),
	    cmocka_unit_test(streams_carry_chunks_and_notice_the_end),
	    cmocka_unit_test(a_slow_reader_of_a_stream_is_cut_off),
	    cmocka_unit_test(the_open_listener_takes_small_bodies_from_anybody),
	    cmocka_unit_test(all_methods_are_handed_over_where_they_are_taken),
	    cmocka_unit_test(the_open_listener_speaks_tls_with_a_given_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
