/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server offers to browsers: HEAD, packed answers, headers of all answers, and
 * bounds for strangers with large uploads.
 */
#include "link/http_server.h"

#include <sys/stat.h>

#include "link/test_link.h"

static const struct link_header fixed[] = {{"X-Fixed", "1"}};

static const struct link_server_options browsers = {.kind = LINK_SERVER_OPEN,
                                                    .body_max = 1 << 20,
                                                    .has_head = true,
                                                    .gzip_min = 100,
                                                    .headers = fixed,
                                                    .header_count = 1};

struct visit {
	uint16_t port;
	const char *path; /* of a socket, instead of the port */
	const char *text;
	struct raw raw;
	int status;
};

static void visit_connect(struct visit *visit)
{
	visit->raw = visit->path != NULL ? raw_path(visit->path) : raw_tcp(visit->port);
}

/* Until the end of the last answer, which closes. */
static void visit_to_end(void *context)
{
	struct visit *visit = context;
	struct raw *raw = &visit->raw;
	ssize_t len;

	visit_connect(visit);
	(void)raw_text(raw, visit->text);
	while ((len = raw_receive(raw, raw->answer + raw->answer_len,
	                          sizeof raw->answer - 1 - raw->answer_len)) > 0)
		raw->answer_len += (size_t)len;
	raw->answer[raw->answer_len] = '\0';
	visit->status = raw->answer_len > 12 ? atoi(raw->answer + 9) : 0;
	(void)close(raw->fd);
}

static struct visit ask(struct bench *bench, const char *text)
{
	struct visit visit = {.port = link_server_port(bench->server), .text = text};

	run_with(bench->base, visit_to_end, &visit);
	return visit;
}

#define END "Host: x\r\nConnection: close\r\n\r\n"

static void head_has_the_length_and_no_body(void **state)
{
	struct bench bench;
	struct visit visit;

	bench_open(&bench, browsers);
	visit = ask(&bench, "HEAD /five HTTP/1.1\r\nHost: x\r\n\r\n"
	                    "GET /five HTTP/1.1\r\n" END);
	assert_int_equal(visit.status, 200);
	assert_int_equal(bench.requests, 2);
	/* The second answer stands right behind the first one's headers. */
	assert_non_null(strstr(visit.raw.answer, "\r\n\r\nHTTP/1.1 200"));
	assert_non_null(strstr(visit.raw.answer, "Content-Length: 1\r\n"));
	bench_close(&bench);
	bench_open(&bench, (struct link_server_options){.kind = LINK_SERVER_OPEN});
	visit = ask(&bench, "POST / HTTP/1.1\r\nContent-Encoding: br\r\n"
	                    "Content-Length: 1\r\n" END "x");
	assert_int_equal(visit.status, 415);
	assert_non_null(strstr(visit.raw.answer, "\"detail\":\"Of encodings only gzip"));
	assert_int_equal(ask(&bench, "HEAD / HTTP/1.1\r\n" END).status, 405);
	bench_close(&bench);
}

static void head_of_a_stream_ends_at_once(void **state)
{
	struct bench bench;
	struct visit visit;

	bench_open(&bench, browsers);
	visit = ask(&bench, "HEAD /stream HTTP/1.1\r\n" END);
	assert_int_equal(visit.status, 200);
	assert_non_null(strstr(visit.raw.answer, "text/event-stream"));
	assert_int_equal(bench.streams_closed, 1);
	link_server_stream_chunk(bench.server, bench.stream, view_of_string("x"));
	bench_close(&bench);
}

#define A100                                                                           \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaa"

static void text_is_packed_for_those_who_take_it(void **state)
{
	struct bench bench;
	struct visit visit;

	bench_open(&bench, browsers);
	visit = ask(&bench, "POST /echo HTTP/1.1\r\nContent-Length: 100\r\n"
	                    "Accept-Encoding: gzip\r\n" END A100);
	assert_non_null(strstr(visit.raw.answer, "Content-Encoding: gzip\r\n"));
	assert_non_null(strstr(visit.raw.answer, "Vary: Accept-Encoding\r\n"));
	assert_null(strstr(visit.raw.answer, "aaaaaaaaaa"));
	visit = ask(&bench, "POST /echo HTTP/1.1\r\nContent-Length: 100\r\n" END A100);
	assert_null(strstr(visit.raw.answer, "Content-Encoding"));
	assert_non_null(strstr(visit.raw.answer, "Vary: Accept-Encoding\r\n"));
	assert_non_null(strstr(visit.raw.answer, A100));
	visit = ask(&bench, "POST /echo HTTP/1.1\r\nContent-Length: 99\r\n"
	                    "Accept-Encoding: gzip\r\n" END A100);
	assert_null(strstr(visit.raw.answer, "Content-Encoding"));
	bench_close(&bench);
}

static void every_answer_carries_the_fixed_headers(void **state)
{
	static const char *const texts[] = {
	    "GET /a HTTP/1.1\r\n" END,
	    "PUT /a HTTP/1.1\r\n" END,
	    "HEAD /a HTTP/1.1\r\n" END,
	    "HEAD /stream HTTP/1.1\r\n" END,
	    "GET /a HTTP/1.1\r\nCookie: a\r\nCookie: b\r\n" END,
	    "GET /a HTTP/1.1\r\nOrigin: a\r\nOrigin: b\r\n" END,
	    "GET /a HTTP/1.1\r\nAuthorization: a\r\nAuthorization: b\r\n" END,
	};
	static const int statuses[] = {200, 405, 200, 200, 400, 400, 400};
	struct bench bench;

	bench_open(&bench, browsers);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct visit visit = ask(&bench, texts[i]);

		assert_int_equal(visit.status, statuses[i]);
		assert_non_null(strstr(visit.raw.answer, "X-Fixed: 1\r\n"));
	}
	bench_close(&bench);
}

/* ---- slow and large */

static void visit_begun(void *context)
{
	struct visit *visit = context;

	visit_connect(visit);
	(void)raw_text(&visit->raw, visit->text);
}

static void visit_closed(void *context)
{
	struct visit *visit = context;

	visit->status = raw_is_closed(&visit->raw);
}

static void visit_answer(void *context)
{
	struct visit *visit = context;

	visit->status = raw_answer(&visit->raw);
}

static bool has_one_held(void *context)
{
	return ((struct bench *)context)->held_count == 1;
}

static void reading_has_a_deadline_of_its_own(void **state)
{
	struct link_server_options options = browsers;
	struct bench bench;
	struct visit slow, waiting;

	options.read_ms = 200;
	options.request_ms = 60000;
	bench_open(&bench, options);
	waiting = (struct visit){.port = link_server_port(bench.server),
	                         .text = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"};
	run_with(bench.base, visit_begun, &waiting);
	run_until(bench.base, has_one_held, &bench);
	slow = (struct visit){.port = link_server_port(bench.server),
	                      .text = "POST /echo HTTP/1.1\r\nHost: x\r\n"
	                              "Content-Length: 5\r\n\r\nhe"};
	run_with(bench.base, visit_begun, &slow);
	run_with(bench.base, visit_closed, &slow);
	assert_true(slow.status);
	assert_non_null(strstr(bench.last_log, "longer than 200 ms"));
	bench_release_held(&bench); /* it outlived what the other one did not */
	run_with(bench.base, visit_answer, &waiting);
	assert_int_equal(waiting.status, 200);
	raw_close(&slow.raw);
	raw_close(&waiting.raw);
	bench_close(&bench);
}

enum { UPLOAD_LEN = 300 * 1024 };

/* Header and a part of a body that never becomes whole. */
static void visit_half_upload(void *context)
{
	struct visit *visit = context;
	CLEANUP_FREE char *bytes = calloc(1, UPLOAD_LEN);

	visit_connect(visit);
	(void)raw_text(&visit->raw, "POST /echo HTTP/1.1\r\nHost: x\r\n"
	                            "Content-Length: 400000\r\n\r\n");
	(void)raw_send(&visit->raw, bytes, UPLOAD_LEN);
}

static void visit_other_half(void *context)
{
	struct visit *visit = context;
	CLEANUP_FREE char *bytes = calloc(1, 400000 - UPLOAD_LEN);

	(void)raw_send(&visit->raw, bytes, 400000 - UPLOAD_LEN);
	visit->status = raw_answer(&visit->raw);
}

/* The server takes in what has been sent to it, some KiB in each turn of its loop. */
static void take_in(struct bench *bench)
{
	for (int i = 0; i < 300; i++)
		(void)event_base_loop(bench->base, EVLOOP_NONBLOCK);
}

static void uploads_under_way_are_bounded_together(void **state)
{
	struct link_server_options options = browsers;
	struct bench bench;
	struct visit first, second;

	options.held_max = 500 * 1024;
	bench_open(&bench, options);
	first = second = (struct visit){.port = link_server_port(bench.server)};
	run_with(bench.base, visit_half_upload, &first);
	take_in(&bench);
	run_with(bench.base, visit_half_upload, &second);
	run_with(bench.base, visit_closed, &second);
	assert_true(second.status);
	assert_non_null(strstr(bench.last_log, "hold more than"));
	run_with(bench.base, visit_other_half, &first);
	assert_int_equal(first.status, 200);
	assert_int_equal(bench.body_len, 400000);
	raw_close(&first.raw);
	raw_close(&second.raw);
	/* What was answered or dropped counts no more. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(&bench, "GET /a HTTP/1.1\r\n" END).status, 200);
	first.raw.answer_len = 0;
	run_with(bench.base, visit_half_upload, &first);
	run_with(bench.base, visit_other_half, &first);
	assert_int_equal(first.status, 200);
	raw_close(&first.raw);
	bench_close(&bench);
}

/* ---- a socket for a proxy */

static void a_path_is_open_to_its_group(void **state)
{
	char folder[64], path[96];
	struct link_server_options options = browsers;
	struct bench bench;
	struct visit visit = {.text = "GET /a HTTP/1.1\r\n" END};
	struct stat info;

	(void)snprintf(folder, sizeof folder, "%s/aldis-browser-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/s", folder);
	options.address = visit.path = path;
	bench_open(&bench, options);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0660);
	run_with(bench.base, visit_to_end, &visit);
	assert_int_equal(visit.status, 200);
	bench_close(&bench);
	assert_int_equal(stat(path, &info), -1);
	(void)rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(head_has_the_length_and_no_body),
	    cmocka_unit_test(head_of_a_stream_ends_at_once),
	    cmocka_unit_test(text_is_packed_for_those_who_take_it),
	    cmocka_unit_test(every_answer_carries_the_fixed_headers),
	    cmocka_unit_test(reading_has_a_deadline_of_its_own),
	    cmocka_unit_test(uploads_under_way_are_bounded_together),
	    cmocka_unit_test(a_path_is_open_to_its_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
