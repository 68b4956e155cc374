/* SPDX-License-Identifier: Apache-2.0 */
#include "link/local_client.h"

#include <curl/curl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "link/test_link.h"

struct visit {
	struct link_local_request request;
	struct link_local_answer answer;
	enum status status;
	struct error err;
	size_t parts, len;
	char seen[64];
};

static void visit_call(void *context)
{
	struct visit *visit = context;

	visit->status = link_local_call(&visit->request, &visit->answer, &visit->err);
}

struct desk {
	struct bench bench;
	char folder[64];
	char socket[96];
};

static void desk_open(struct desk *desk)
{
	const char *at = getenv("TMPDIR");

	(void)snprintf(desk->folder, sizeof desk->folder, "%s/aldis-link-XXXXXX",
	               at != NULL && strlen(at) < 30 ? at : "/tmp");
	assert_non_null(mkdtemp(desk->folder));
	(void)snprintf(desk->socket, sizeof desk->socket, "%s/api", desk->folder);
	bench_open(&desk->bench, (struct link_server_options){.kind = LINK_SERVER_LOCAL,
	                                                      .address = desk->socket});
}

static void desk_close(struct desk *desk)
{
	bench_close(&desk->bench);
	(void)unlink(desk->socket);
	assert_int_equal(rmdir(desk->folder), 0);
}

static struct visit visit_of(const struct desk *desk, const char *path)
{
	return (struct visit){.request = {.socket_path = desk->socket,
	                                  .method = LINK_POST,
	                                  .path = path,
	                                  .type = "application/json",
	                                  .idempotency_key = "key-1",
	                                  .total_ms = 10000},
	                      .answer = {.body = BUF_INIT(1 << 20)}};
}

static void a_body_from_memory_is_answered(void **state)
{
	struct desk desk;
	struct visit visit;

	desk_open(&desk);
	visit = visit_of(&desk, "/echo");
	visit.request.body = view_of_string("{\"a\":1}");
	run_with(desk.bench.base, visit_call, &visit);
	assert_int_equal(visit.status, STATUS_OK);
	assert_int_equal(visit.answer.http_status, 200);
	assert_string_equal(visit.answer.type, "text/plain");
	assert_true(view_equal_string(buf_view(&visit.answer.body), "{\"a\":1}"));
	assert_string_equal(desk.bench.type, "application/json");
	assert_string_equal(desk.bench.key, "key-1");
	buf_release(&visit.answer.body);
	desk_close(&desk);
}

static void bodies_from_files_and_pipes_are_sent(void **state)
{
	struct desk desk;
	struct visit visit;
	FILE *file = tmpfile();
	int ends[2];

	assert_non_null(file);
	assert_int_equal(fputs("skip this line\nhello from a file", file), 1);
	assert_int_equal(fseek(file, 15, SEEK_SET), 0);
	desk_open(&desk);
	visit = visit_of(&desk, "/echo");
	visit.request.body_file = file;
	run_with(desk.bench.base, visit_call, &visit);
	assert_int_equal(visit.status, STATUS_OK);
	assert_true(view_equal_string(buf_view(&visit.answer.body), "hello from a file"));
	buf_clear(&visit.answer.body);
	(void)fclose(file);

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "through a pipe", 14), 14);
	(void)close(ends[1]);
	visit.request.body_file = fdopen(ends[0], "r");
	run_with(desk.bench.base, visit_call, &visit);
	assert_int_equal(visit.status, STATUS_OK);
	assert_true(view_equal_string(buf_view(&visit.answer.body), "through a pipe"));
	(void)fclose(visit.request.body_file);
	buf_release(&visit.answer.body);
	desk_close(&desk);
}

static void a_large_body_gets_its_413(void **state)
{
	struct desk desk;
	struct visit visit;
	size_t len = 30 << 20;
	CLEANUP_FREE char *body = calloc(1, len);

	assert_non_null(body);
	desk_open(&desk);
	visit = visit_of(&desk, "/echo");
	visit.request.body = view_of(body, len);
	run_with(desk.bench.base, visit_call, &visit);
	assert_int_equal(visit.status, STATUS_OK);
	assert_int_equal(visit.answer.http_status, 413);
	buf_release(&visit.answer.body);
	desk_close(&desk);
}

static void no_daemon_is_said_in_words(void **state)
{
	struct desk desk;
	struct visit visit;
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int dead = socket(AF_UNIX, SOCK_STREAM, 0);

	desk_open(&desk);
	link_server_close(desk.bench.server);
	desk.bench.server = NULL;
	visit = visit_of(&desk, "/echo");
	visit_call(&visit);
	assert_int_equal(visit.status, STATUS_NOT_FOUND);
	assert_non_null(strstr(visit.err.text, "not running"));
	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", desk.socket);
	assert_int_equal(bind(dead, (struct sockaddr *)&at, sizeof at), 0);
	(void)close(dead);
	visit_call(&visit);
	assert_int_equal(visit.status, STATUS_NOT_FOUND);
	buf_release(&visit.answer.body);
	desk_close(&desk);
}

static void visit_as_nobody(void *context)
{
	struct visit *visit = context;

	/* Only this thread: the raw system call. */
	if (syscall(SYS_setresuid, -1, 65534, -1) != 0)
		return;
	visit_call(visit);
	(void)syscall(SYS_setresuid, -1, 0, -1);
}

static void another_user_is_told_so(void **state)
{
	struct desk desk;
	struct visit visit;

	if (geteuid() != 0)
		skip();
	desk_open(&desk);
	visit = visit_of(&desk, "/echo");
	assert_int_equal(chmod(desk.folder, 0755), 0);
	run_with(desk.bench.base, visit_as_nobody, &visit);
	assert_int_equal(visit.status, STATUS_UNTRUSTED);
	assert_int_equal(desk.bench.requests, 0);
	assert_int_equal(chmod(desk.socket, 0666), 0);
	run_with(desk.bench.base, visit_as_nobody, &visit);
	assert_int_equal(visit.status, STATUS_UNTRUSTED);
	assert_non_null(strstr(visit.err.text, "only its own user"));
	assert_int_equal(desk.bench.requests, 0);
	buf_release(&visit.answer.body);
	desk_close(&desk);
}

static void an_answer_beyond_the_bound_is_an_error(void **state)
{
	struct desk desk;
	struct visit visit;

	desk_open(&desk);
	visit = visit_of(&desk, "/echo");
	visit.answer.body.max = 10;
	visit.request.body = view_of_string("eleven byte");
	run_with(desk.bench.base, visit_call, &visit);
	assert_int_equal(visit.status, STATUS_LIMIT);
	buf_release(&visit.answer.body);
	desk_close(&desk);
}

static void a_daemon_that_does_not_answer_times_out(void **state)
{
	struct desk desk;
	struct visit visit;

	desk_open(&desk);
	visit = visit_of(&desk, "/hold");
	visit.request.total_ms = 200;
	run_with(desk.bench.base, visit_call, &visit);
	assert_int_equal(visit.status, STATUS_AGAIN);
	bench_release_held(&desk.bench);
	buf_release(&visit.answer.body);
	desk_close(&desk);
}

static bool take_part(void *context, struct view part)
{
	struct visit *visit = context;

	visit->parts++;
	if (visit->len + part.len < sizeof visit->seen)
		memcpy(visit->seen + visit->len, part.data, part.len);
	visit->len += part.len;
	return visit->len < 18;
}

static void on_stream_time(evutil_socket_t fd, short what, void *context)
{
	struct bench *bench = context;

	if (bench->stream != 0 && bench->streams_closed == 0)
		link_server_stream_chunk(bench->server, bench->stream,
		                         view_of_string("data: 1\n\n"));
}

static bool stream_is_closed(void *context)
{
	return ((struct bench *)context)->streams_closed > 0;
}

static void events_come_one_by_one_until_the_sink_has_enough(void **state)
{
	struct desk desk;
	struct visit visit;
	struct timeval period = {.tv_usec = 20000};
	struct event *time;

	desk_open(&desk);
	visit = visit_of(&desk, "/stream");
	visit.request.method = LINK_GET;
	visit.request.total_ms = 0;
	visit.request.sink = take_part;
	visit.request.sink_context = &visit;
	time = event_new(desk.bench.base, -1, EV_PERSIST, on_stream_time, &desk.bench);
	(void)event_add(time, &period);
	run_with(desk.bench.base, visit_call, &visit);
	assert_int_equal(visit.status, STATUS_OK);
	assert_int_equal(visit.answer.http_status, 200);
	assert_string_equal(visit.answer.type, "text/event-stream");
	assert_true(visit.parts >= 2);
	assert_string_equal(visit.seen, "data: 1\n\ndata: 1\n\n");
	run_until(desk.bench.base, stream_is_closed, &desk.bench);
	event_free(time);
	desk_close(&desk);
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
	    cmocka_unit_test(a_body_from_memory_is_answered),
	    cmocka_unit_test(bodies_from_files_and_pipes_are_sent),
	    cmocka_unit_test(a_large_body_gets_its_413),
	    cmocka_unit_test(no_daemon_is_said_in_words),
	    cmocka_unit_test(another_user_is_told_so),
	    cmocka_unit_test(an_answer_beyond_the_bound_is_an_error),
	    cmocka_unit_test(a_daemon_that_does_not_answer_times_out),
	    cmocka_unit_test(events_come_one_by_one_until_the_sink_has_enough),
	};

	return cmocka_run_group_tests(tests, global_start, global_end);
}
