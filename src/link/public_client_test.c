/* SPDX-License-Identifier: Apache-2.0 */
/* The client against public servers: plain HTTP, certificates, and everything that must
 * not go to strangers. */
#include "link/http_client.h"

#include <curl/curl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "link/test_link.h"

enum { ANSWERS_MAX = 100 };

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
	if (len > 0)
		memcpy(caller->got[i].body, answer->body.data, len);
	memcpy(caller->got[i].text, answer->err.text, sizeof answer->err.text);
}

static void caller_open(struct caller *caller, struct bench *bench,
                        struct link_client_options options)
{
	*caller = (struct caller){.bench = bench, .identity = identity_of(SOUTH_KEY)};
	assert_int_equal(link_peers_new(&caller->peers, NULL), STATUS_OK);
	options.identity = caller->identity;
	options.peers = caller->peers;
	assert_int_equal(link_client_open(bench->base, &options, on_done, caller,
	                                  &caller->client, NULL),
	                 STATUS_OK);
}

static void caller_close(struct caller *caller)
{
	link_client_close(caller->client);
	link_peers_free(caller->peers);
	link_tls_identity_free(caller->identity);
}

static void post(struct caller *caller, uint64_t id, const char *url, const char *path,
                 size_t answer_max)
{
	const struct link_call call = {.id = id,
	                               .url = url,
	                               .method = LINK_POST,
	                               .path = path,
	                               .type = "text/plain",
	                               .answer_max = answer_max};
	struct buf body = BUF_INIT(1000);

	buf_append_string(&body, "asked");
	assert_int_equal(link_client_call(caller->client, &call, &body, NULL), STATUS_OK);
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

static bool has_one_held(void *context)
{
	return ((struct bench *)context)->held_count >= 1;
}

/* A plain server and its URL. */
static void open_plain(struct bench *bench, char ret_url[64])
{
	bench_open(bench, (struct link_server_options){.kind = LINK_SERVER_OPEN,
	                                               .connections_max = 100,
	                                               .requests_per_peer = 100});
	(void)snprintf(ret_url, 64, "http://127.0.0.1:%u/",
	               link_server_port(bench->server));
}

static void a_plain_server_is_asked(void **state)
{
	struct bench bench;
	struct caller caller;
	char url[64];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	post(&caller, 7, url, "/echo", 100);
	assert_int_equal(caller.answers, 0);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].call, 7);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_int_equal(caller.got[0].http_status, 200);
	assert_string_equal(caller.got[0].body, "asked");
	assert_string_equal(bench.path, "/echo"); /* one slash between */
	caller_close(&caller);
	bench_close(&bench);
}

static void a_path_of_the_url_is_kept(void **state)
{
	struct bench bench;
	struct caller caller;
	char url[64];

	open_plain(&bench, url);
	strcat(url, "some/witness");
	caller_open(&caller, &bench, (struct link_client_options){0});
	post(&caller, 1, url, "/add-checkpoint", 100);
	wait_answers(&caller, 1);
	assert_string_equal(bench.path, "/some/witness/add-checkpoint");
	caller_close(&caller);
	bench_close(&bench);
}

static void urls_of_other_kinds_are_not_used(void **state)
{
	static const char *const urls[] = {
	    "ftp://127.0.0.1",
	    "file:///etc/passwd",
	    "http://",
	    "https:///x",
	    "127.0.0.1",
	    "http://a b",
	    "http://user@127.0.0.1",
	    "http://127.0.0.1/?",
	    "http://127.0.0.1/#x",
	    "http://127.0.0.1\r\nX:",
	    "HTTP://127.0.0.1",
	    "http://127.0.0.1\\x",
	};
	enum { COUNT = sizeof urls / sizeof urls[0] };
	char longest[RECORD_URL_LEN_MAX + 2] = "http://";
	struct bench bench;
	struct caller caller;
	char url[64];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	for (size_t i = 0; i < COUNT; i++)
		post(&caller, i, urls[i], "/x", 100);
	memset(longest + 7, 'a', sizeof longest - 8);
	post(&caller, COUNT, longest, "/x", 100);
	wait_answers(&caller, COUNT + 1);
	for (size_t i = 0; i <= COUNT; i++)
		assert_int_equal(caller.got[i].outcome, STATUS_MALFORMED);
	assert_int_equal(bench.requests, 0);
	caller_close(&caller);
	bench_close(&bench);
}

static void a_slow_server_delays_no_other(void **state)
{
	struct bench slow, quick;
	struct caller caller;
	char slow_url[64], quick_url[64];

	open_plain(&slow, slow_url);
	bench_open(&quick, (struct link_server_options){.kind = LINK_SERVER_OPEN});
	(void)snprintf(quick_url, sizeof quick_url, "http://127.0.0.1:%u",
	               link_server_port(quick.server));
	caller_open(&caller, &slow,
	            (struct link_client_options){.public_total_ms = 1500});
	for (uint64_t id = 0; id < 10; id++) /* more than go at a time */
		post(&caller, id, slow_url, "/hold", 100);
	run_until(slow.base, has_one_held, &slow);
	/* the other bench has a loop of its own: its server is run beside */
	post(&caller, 100, quick_url, "/echo", 100);
	for (int i = 0; i < 2000 && caller.answers == 0; i++) {
		(void)event_base_loop(quick.base, EVLOOP_NONBLOCK);
		(void)event_base_loop(slow.base, EVLOOP_NONBLOCK);
		(void)poll(NULL, 0, 1);
	}
	assert_int_equal(caller.answers, 1);
	assert_int_equal(caller.got[0].call, 100);
	wait_answers(&caller, 5); /* the four under way */
	for (size_t i = 1; i < 5; i++) {
		assert_int_equal(caller.got[i].outcome, STATUS_AGAIN);
		assert_non_null(strstr(caller.got[i].text, "within 2 seconds"));
	}
	caller_close(&caller);
	bench_close(&quick);
	bench_close(&slow);
}

static void what_is_not_there_is_said_so(void **state)
{
	struct bench bench;
	struct caller caller;
	char url[64];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	post(&caller, 1, "http://127.0.0.1:1", "/x", 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	assert_non_null(strstr(caller.got[0].text, "http://127.0.0.1:1"));
	assert_non_null(strstr(caller.got[0].text, "Connection refused"));
	caller_close(&caller);
	bench_close(&bench);
}

static void a_long_answer_is_cut(void **state)
{
	struct bench bench;
	struct caller caller;
	char url[64];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	post(&caller, 1, url, "/echo", 4);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_LIMIT);
	caller_close(&caller);
	bench_close(&bench);
}

static void many_servers_take_turns_at_the_pools(void **state)
{
	struct bench bench;
	struct caller caller;
	char url[64], each[96];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	for (unsigned i = 0; i < 70; i++) {
		(void)snprintf(each, sizeof each, "%sn%u", url, i);
		post(&caller, i, each, "/x", 100);
		wait_answers(&caller, i + 1);
		assert_int_equal(caller.got[i].outcome, STATUS_OK);
	}
	assert_int_equal(bench.requests, 70);
	caller_close(&caller);
	bench_close(&bench);
}

static void too_many_servers_at_a_time_are_refused(void **state)
{
	struct bench bench;
	struct caller caller;
	char url[64], each[96];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	for (unsigned i = 0; i < 65; i++) {
		(void)snprintf(each, sizeof each, "%sn%u", url, i);
		post(&caller, i, each, "/x", 100);
	}
	wait_answers(&caller, 65);
	assert_int_equal(caller.got[0].call, 64);
	assert_int_equal(caller.got[0].outcome, STATUS_LIMIT);
	for (unsigned i = 1; i < 65; i++)
		assert_int_equal(caller.got[i].outcome, STATUS_OK);
	caller_close(&caller);
	bench_close(&bench);
}

static void changed_peers_leave_public_servers_alone(void **state)
{
	struct link_peer north = peer_of("north.example", NORTH_KEY);
	struct bench bench;
	struct caller caller;
	char url[64];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	post(&caller, 1, url, "/hold", 100);
	run_until(bench.base, has_one_held, &bench);
	assert_int_equal(link_peers_replace(caller.peers, &north, 1, NULL), STATUS_OK);
	bench_release_held(&bench);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_string_equal(caller.got[0].body, "late");
	caller_close(&caller);
	bench_close(&bench);
}

/* ---- servers of one connection, in a thread */

struct stage {
	int listener;
	uint16_t port;
	SSL_CTX *tls; /* NULL: plain */
	const char *answer;
	char asked[2048];
	bool has_certificate; /* of the client */
	bool is_shaken;
};

static void stage_open(struct stage *stage)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof at;

	stage->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	raw_set_patience(stage->listener, 10);
	assert_int_equal(bind(stage->listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(stage->listener, 5), 0);
	assert_int_equal(getsockname(stage->listener, (struct sockaddr *)&at, &len), 0);
	stage->port = ntohs(at.sin_port);
}

static void stage_work(void *context)
{
	struct stage *stage = context;
	struct raw raw = {.fd = accept(stage->listener, NULL, NULL)};
	size_t len = 0;
	ssize_t got = 1;

	raw_set_patience(raw.fd, 10);
	if (stage->tls != NULL) {
		raw.ssl = SSL_new(stage->tls);
		(void)SSL_set_fd(raw.ssl, raw.fd);
		stage->is_shaken = SSL_accept(raw.ssl) == 1;
		stage->has_certificate = SSL_get0_peer_certificate(raw.ssl) != NULL;
	}
	while ((stage->tls == NULL || stage->is_shaken) && got > 0 &&
	       strstr(stage->asked, "asked") == NULL) {
		got =
		    raw_receive(&raw, stage->asked + len, sizeof stage->asked - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	if (strstr(stage->asked, "asked") != NULL)
		(void)raw_text(&raw, stage->answer);
	raw_close(&raw);
}

static int accept_any_certificate(int ok, X509_STORE_CTX *store)
{
	return 1;
}

/* A certificate for 127.0.0.1 (or another name) that signs itself, and a file of it. */
static SSL_CTX *server_context(const char *alternative, char file[32])
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	X509V3_CTX context;
	X509_EXTENSION *names;
	int fd;
	FILE *out;

	(void)X509_set_version(certificate, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
	(void)X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	(void)X509_set_pubkey(certificate, key);
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN",
	                                 MBSTRING_ASC, (const uint8_t *)"witness", -1, -1,
	                                 0);
	(void)X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	names = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, alternative);
	(void)X509_add_ext(certificate, names, -1);
	X509_EXTENSION_free(names);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(tls, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(tls, key), 1);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, accept_any_certificate);
	strcpy(file, P_tmpdir "/aldis-test-ca-XXXXXX");
	fd = mkstemp(file);
	assert_true(fd >= 0);
	out = fdopen(fd, "w");
	(void)PEM_write_X509(out, certificate);
	(void)fclose(out);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return tls;
}

static const char ok_answer[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/* One request to a TLS server with such a certificate. */
static enum status ask_tls(struct stage *stage, const char *alternative, bool is_trusted,
                           char text[320])
{
	struct bench bench;
	struct caller caller;
	char url[64], file[32];

	stage->tls = server_context(alternative, file);
	stage->answer = ok_answer;
	stage_open(stage);
	open_plain(&bench, url);
	caller_open(&caller, &bench,
	            (struct link_client_options){.ca_file = is_trusted ? file : NULL});
	(void)snprintf(url, sizeof url, "https://127.0.0.1:%u", stage->port);
	post(&caller, 1, url, "/add-checkpoint", 100);
	run_with(bench.base, stage_work, stage);
	wait_answers(&caller, 1);
	memcpy(text, caller.got[0].text, 320);
	caller_close(&caller);
	bench_close(&bench);
	(void)unlink(file);
	(void)close(stage->listener);
	SSL_CTX_free(stage->tls);
	return caller.got[0].outcome;
}

static void a_vouched_server_is_asked_and_not_shown_our_key(void **state)
{
	struct stage stage = {0};
	char text[320];

	assert_int_equal(ask_tls(&stage, "IP:127.0.0.1", true, text), STATUS_OK);
	assert_non_null(strstr(stage.asked, "POST /add-checkpoint HTTP/1.1\r\n"));
	assert_false(stage.has_certificate);
}

static void a_server_that_nobody_vouches_for_gets_no_request(void **state)
{
	struct stage stage = {0};
	char text[320];

	assert_int_equal(ask_tls(&stage, "IP:127.0.0.1", false, text), STATUS_UNTRUSTED);
	assert_non_null(strstr(text, "certificate"));
	assert_string_equal(stage.asked, "");
}

static void a_certificate_for_another_name_is_refused(void **state)
{
	struct stage stage = {0};
	char text[320];

	assert_int_equal(ask_tls(&stage, "DNS:other.example", true, text),
	                 STATUS_UNTRUSTED);
	assert_string_equal(stage.asked, "");
}

/* One request to a plain server that answers so. */
static void ask_plain(const char *answer, struct caller *caller)
{
	struct stage stage = {.answer = answer};
	struct bench bench;
	char url[64];

	stage_open(&stage);
	open_plain(&bench, url);
	caller_open(caller, &bench, (struct link_client_options){0});
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", stage.port);
	post(caller, 1, url, "/add-checkpoint", 100);
	run_with(bench.base, stage_work, &stage);
	wait_answers(caller, 1);
	caller_close(caller);
	bench_close(&bench);
	(void)close(stage.listener);
}

static void redirects_are_not_followed(void **state)
{
	struct caller caller;

	ask_plain("HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\n"
	          "Content-Length: 0\r\nConnection: close\r\n\r\n",
	          &caller);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_int_equal(caller.got[0].http_status, 307);
}

static void an_answer_cut_in_the_middle_is_an_error(void **state)
{
	struct caller caller;

	ask_plain("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok", &caller);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	ask_plain("", &caller);
	assert_int_equal(caller.got[0].outcome, STATUS_CLOSED);
	ask_plain("SSH-2.0-x\r\n", &caller);
	assert_int_not_equal(caller.got[0].outcome, STATUS_OK);
}

static void the_configured_proxy_is_used_and_no_other(void **state)
{
	struct stage stage = {.answer = ok_answer};
	struct bench bench;
	struct caller caller;
	char url[64], proxy[64];

	stage_open(&stage);
	open_plain(&bench, url);
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", stage.port);
	caller_open(&caller, &bench, (struct link_client_options){.public_proxy = proxy});
	post(&caller, 1, "http://witness.example/w", "/add-checkpoint", 100);
	run_with(bench.base, stage_work, &stage);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	assert_non_null(
	    strstr(stage.asked, "POST http://witness.example/w/add-checkpoint HTTP/1.1"));
	caller_close(&caller);
	caller_open(&caller, &bench, (struct link_client_options){0});
	post(&caller, 1, url, "/echo", 100);
	wait_answers(&caller, 1);
	assert_int_equal(caller.got[0].outcome, STATUS_OK);
	(void)unsetenv("http_proxy");
	caller_close(&caller);
	bench_close(&bench);
	(void)close(stage.listener);
}

static void closing_with_calls_out_is_clean(void **state)
{
	struct bench bench;
	struct caller caller;
	char url[64];

	open_plain(&bench, url);
	caller_open(&caller, &bench, (struct link_client_options){0});
	for (size_t i = 0; i < 6; i++)
		post(&caller, i, url, "/hold", 100);
	run_until(bench.base, has_one_held, &bench);
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
	    cmocka_unit_test(a_plain_server_is_asked),
	    cmocka_unit_test(a_path_of_the_url_is_kept),
	    cmocka_unit_test(urls_of_other_kinds_are_not_used),
	    cmocka_unit_test(a_slow_server_delays_no_other),
	    cmocka_unit_test(what_is_not_there_is_said_so),
	    cmocka_unit_test(a_long_answer_is_cut),
	    cmocka_unit_test(many_servers_take_turns_at_the_pools),
	    cmocka_unit_test(too_many_servers_at_a_time_are_refused),
	    cmocka_unit_test(changed_peers_leave_public_servers_alone),
	    cmocka_unit_test(a_vouched_server_is_asked_and_not_shown_our_key),
	    cmocka_unit_test(a_server_that_nobody_vouches_for_gets_no_request),
	    cmocka_unit_test(a_certificate_for_another_name_is_refused),
	    cmocka_unit_test(redirects_are_not_followed),
	    cmocka_unit_test(an_answer_cut_in_the_middle_is_an_error),
	    cmocka_unit_test(the_configured_proxy_is_used_and_no_other),
	    cmocka_unit_test(closing_with_calls_out_is_clean),
	};

	return cmocka_run_group_tests(tests, global_start, global_end);
}
