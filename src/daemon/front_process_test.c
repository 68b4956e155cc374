/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front alone: this test is its desk and its supervisor, children are its clients.
 */
#include "daemon/front_process.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "daemon/daemon_testing.h"
#include "daemon/ipc_desk.h"
#include "link/local_client.h"

/* Long enough for 36 MiB under memcheck on a busy machine; nothing waits for its end. */
enum { PATIENCE_MS = 120000 };

struct world {
	char base[256];
	struct folder folder;
	struct ipc desk; /* the desk's end */
	int control;     /* the supervisor's end */
	pid_t front;
};

static void start(struct world *world)
{
	int desk[2], control[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, desk), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control), 0);
	world->front = fork();
	assert_true(world->front >= 0);
	if (world->front == 0) {
		struct process_context context = {.folder = &world->folder,
		                                  .control = control[1],
		                                  .signer = -1,
		                                  .desk = desk[1],
		                                  .front = -1};
		const int kept[] = {control[1], desk[1]};

		if (process_begin("front", getppid(), kept, 2, NULL) != STATUS_OK)
			_exit(99);
		_exit(front_process_run(&context));
	}
	(void)close(desk[1]);
	(void)close(control[1]);
	ipc_init(&world->desk, desk[0]);
	world->control = control[0];
}

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	assert_non_null(world);
	test_folder_make(world->base);
	test_desk_make(world->base, "north.example", &world->folder);
	start(world);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	ipc_release(&world->desk);
	(void)close(world->control);
	if (world->front != 0)
		(void)wait_for(world->front);
	test_folder_remove(world->base);
	free(world);
	return 0;
}

/* ---- the desk's side */

static void flush(struct world *world)
{
	struct error err;

	assert_int_equal(ipc_flush(&world->desk, &err), STATUS_OK);
}

static struct process_ports open_with(struct world *world, const struct link_peer *peers,
                                      size_t count)
{
	struct pollfd control = {.fd = world->control, .events = POLLIN};
	struct process_ports ports = {0};
	struct error err;

	ipc_peers_encode(&world->desk, peers, count);
	flush(world);
	assert_int_equal(poll(&control, 1, PATIENCE_MS), 1);
	assert_int_equal(process_read_report(world->control, &ports, &err), STATUS_OK);
	return ports;
}

static struct view expect(struct world *world, enum ipc_type type)
{
	struct pollfd front = {.fd = world->desk.fd, .events = POLLIN};
	struct ipc_frame frame;
	struct error err;
	enum status status;

	while ((status = ipc_next(&world->desk, &frame, &err)) == STATUS_AGAIN) {
		assert_int_equal(poll(&front, 1, PATIENCE_MS), 1);
		assert_int_equal(ipc_read(&world->desk, 1 << 20, &err), STATUS_OK);
	}
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(frame.type, type);
	return frame.fields;
}

static struct desk_request expect_request(struct world *world)
{
	struct desk_request request;
	struct error err;

	assert_int_equal(ipc_request_decode(expect(world, IPC_REQUEST), &request, &err),
	                 STATUS_OK);
	return request;
}

static void reply(struct world *world, uint64_t request, int status, const char *body)
{
	const struct desk_reply reply = {.request = request,
	                                 .status = status,
	                                 .type = "text/plain",
	                                 .body = view_of_string(body)};

	ipc_reply_encode(&world->desk, &reply);
	flush(world);
}

/* ---- clients */

static bool take_event(void *context, struct view part)
{
	static const char expected[] = "data: {\"type\":\"x\"}\n\n";

	/* Parts come as they were sent. */
	if (view_equal_string(part, expected))
		_exit(0);
	return true;
}

struct question {
	enum link_method method;
	const char *path;
	size_t body_len;
	int expected_status;
	const char *expected_body; /* NULL: any */
	bool is_stream;
};

/* In a process of its own: its exit status is 0 when the answer is as expected. */
static pid_t ask(struct world *world, const struct question *question)
{
	char path[FOLDER_PATH_MAX];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	if (folder_path(&world->folder, "aldisd.sock", path, NULL) != STATUS_OK)
		_exit(96);
	struct link_local_answer answer = {.body = BUF_INIT(1 << 20)};
	struct link_local_request request = {
	    .socket_path = path,
	    .method = question->method,
	    .path = question->path,
	    .type = question->method == LINK_POST ? "text/plain" : NULL,
	    .body = view_of(calloc(1, question->body_len + 1), question->body_len),
	    .total_ms = PATIENCE_MS,
	    .sink = question->is_stream ? take_event : NULL,
	};

	if (link_local_call(&request, &answer, NULL) != STATUS_OK)
		_exit(98);
	if (answer.http_status != question->expected_status)
		_exit(97);
	_exit(question->expected_body != NULL &&
	      !view_equal_string(buf_view(&answer.body), question->expected_body));
}

/* ---- tests */

static void it_listens_only_when_it_knows_the_peers(void **state)
{
	struct world *world = *state;
	struct pollfd control = {.fd = world->control, .events = POLLIN};
	struct process_ports ports;

	assert_int_equal(poll(&control, 1, 50), 0);
	ports = open_with(world, NULL, 0);
	assert_true(ports.link > 0);
	assert_int_equal(ports.witness, 0);
}

static void a_local_request_reaches_the_desk_and_its_reply_the_client(void **state)
{
	struct question question = {LINK_POST, "/api/channels?x=1", 5, 201, "made\n",
	                            false};
	struct world *world = *state;
	struct desk_request request;
	pid_t client;

	(void)open_with(world, NULL, 0);
	client = ask(world, &question);
	request = expect_request(world);
	assert_null(request.peer);
	assert_false(request.is_witness);
	assert_int_equal(request.method, DESK_POST);
	assert_true(view_equal_string(request.path, "/api/channels?x=1"));
	assert_true(view_equal_string(request.type, "text/plain"));
	assert_int_equal(request.body.len, 5);
	reply(world, request.id, 201, "made\n");
	assert_int_equal(wait_for(client), 0);
}

static void replies_may_come_in_another_order(void **state)
{
	struct question first = {LINK_GET, "/api/first", 0, 200, "one", false};
	struct question second = {LINK_GET, "/api/second", 0, 404, "two", false};
	struct world *world = *state;
	uint64_t id;
	pid_t a, b;

	(void)open_with(world, NULL, 0);
	a = ask(world, &first);
	id = expect_request(world).id;
	b = ask(world, &second);
	reply(world, expect_request(world).id, 404, "two");
	assert_int_equal(wait_for(b), 0);
	reply(world, id, 200, "one");
	assert_int_equal(wait_for(a), 0);
}

static void events_reach_their_readers_without_asking_the_desk(void **state)
{
	struct question stream = {LINK_GET, "/api/events", 0, 200, NULL, true};
	struct question other = {LINK_GET, "/api/after", 0, 200, NULL, false};
	struct world *world = *state;
	pid_t reader, client;
	int status;

	(void)open_with(world, NULL, 0);
	reader = ask(world, &stream);
	client = ask(world, &other);
	reply(world, expect_request(world).id, 200, "");
	assert_int_equal(wait_for(client), 0);
	/* The reader may connect at any time: say it until it has heard. */
	for (int left = PATIENCE_MS; left > 0; left--) {
		ipc_event_encode(&world->desk, view_of_string("{\"type\":\"x\"}"));
		flush(world);
		if (waitpid(reader, &status, WNOHANG) == reader)
			break;
		(void)poll(NULL, 0, 1);
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Two requests of this size are more than the front keeps for a desk that does not read.
 */
static void a_desk_far_behind_gets_no_more_requests(void **state)
{
	enum { LEN = 18 << 20 };
	struct question large = {LINK_POST, "/api/large", LEN, 200, NULL, false};
	struct question refused = {LINK_GET, "/api/small", 0, 503, NULL, false};
	struct question late = {LINK_GET, "/api/late", 0, 200, NULL, false};
	struct world *world = *state;
	pid_t clients[2], client;
	int status = -1;

	(void)open_with(world, NULL, 0);
	for (int i = 0; i < 2; i++)
		clients[i] = ask(world, &large);
	/* As long as not all of it has come in, the others are passed on and wait. */
	for (int tries = 0; tries < 2000 && status != 0; tries++) {
		client = ask(world, &refused);
		(void)poll(NULL, 0, 10 + tries);
		(void)kill(client, SIGKILL);
		status = wait_for(client);
	}
	assert_int_equal(status, 0);
	for (int answered = 0; answered < 2;) {
		struct desk_request request = expect_request(world);

		answered += request.body.len == LEN;
		reply(world, request.id, 200, "");
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(wait_for(clients[i]), 0);
	client = ask(world, &late);
	reply(world, expect_request(world).id, 200, "");
	assert_int_equal(wait_for(client), 0);
}

static struct link_peer peer_of(const char *name, uint8_t key, const char *url)
{
	struct link_peer peer = {.key_count = 1, .url_count = 1};

	(void)snprintf(peer.name, sizeof peer.name, "%s", name);
	memset(peer.keys[0].bytes, key, 32);
	(void)snprintf(peer.urls[0], sizeof peer.urls[0], "%s", url);
	return peer;
}

static enum status call(struct world *world, uint64_t id, const char *peer)
{
	const struct desk_call call = {.id = id,
	                               .peer = peer,
	                               .method = DESK_POST,
	                               .path = "/add-checkpoint",
	                               .body = view_of_string("x"),
	                               .answer_max = 1000};
	struct desk_answer answer;
	struct error err;

	ipc_call_encode(&world->desk, &call);
	flush(world);
	assert_int_equal(ipc_answer_decode(expect(world, IPC_ANSWER), &answer, &err),
	                 STATUS_OK);
	assert_int_equal(answer.call, id);
	return answer.outcome;
}

static void calls_come_back_with_what_became_of_them(void **state)
{
	struct world *world = *state;
	/* Port 1 of loopback: nobody listens there. */
	struct link_peer peer = peer_of("south.example", 1, "https://127.0.0.1:1");

	(void)open_with(world, &peer, 1);
	assert_int_equal(call(world, 7, "south.example"), STATUS_CLOSED);
	assert_int_equal(call(world, 8, "nobody.example"), STATUS_NOT_FOUND);
}

static void a_peer_that_can_not_be_used_does_not_cut_off_the_others(void **state)
{
	struct world *world = *state;
	struct link_peer peers[] = {peer_of("odd.example", 1, "gopher://127.0.0.1:1"),
	                            peer_of("south.example", 2, "https://127.0.0.1:1")};

	(void)open_with(world, peers, 2);
	assert_int_equal(call(world, 1, "odd.example"), STATUS_NOT_FOUND);
	assert_int_equal(call(world, 2, "south.example"), STATUS_CLOSED);
}

/* Starts the front again, with a door for strangers. */
static struct process_ports open_with_witness_door(struct world *world)
{
	ipc_release(&world->desk);
	(void)close(world->control);
	assert_int_equal(wait_for(world->front), PROCESS_EXIT_STOP);
	(void)snprintf(world->folder.config.witness_listen, 300, "127.0.0.1:0");
	start(world);
	return open_with(world, NULL, 0);
}

static void call_witness(struct world *world, uint64_t id, const char *url)
{
	const struct desk_call call = {.id = id,
	                               .url = url,
	                               .method = DESK_POST,
	                               .path = "/add-checkpoint",
	                               .type = "text/plain",
	                               .body = view_of_string("old 0\n"),
	                               .answer_max = IPC_BODY_MAX};

	ipc_call_encode(&world->desk, &call);
	flush(world);
}

static struct desk_answer expect_answer(struct world *world)
{
	struct desk_answer answer;
	struct error err;

	assert_int_equal(ipc_answer_decode(expect(world, IPC_ANSWER), &answer, &err),
	                 STATUS_OK);
	return answer;
}

/* The front's own witness door plays the witness. */
static void a_witness_is_called_by_its_url(void **state)
{
	struct world *world = *state;
	struct process_ports ports = open_with_witness_door(world);
	struct desk_request request;
	struct desk_answer answer;
	char url[64];

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", ports.witness);
	call_witness(world, 5, url);
	request = expect_request(world);
	assert_true(request.is_witness);
	assert_null(request.peer);
	assert_true(view_equal_string(request.path, "/add-checkpoint"));
	assert_true(view_equal_string(request.body, "old 0\n"));
	reply(world, request.id, 200, "line\n");
	answer = expect_answer(world);
	assert_int_equal(answer.call, 5);
	assert_int_equal(answer.outcome, STATUS_OK);
	assert_int_equal(answer.http_status, 200);
	assert_true(view_equal_string(answer.body, "line\n"));
}

static void a_witness_can_not_send_much_or_be_anything(void **state)
{
	struct world *world = *state;
	struct process_ports ports = open_with_witness_door(world);
	char url[64], *much = test_calloc(1, (64 << 10) + 2);
	struct desk_answer answer;

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", ports.witness);
	call_witness(world, 1, url);
	memset(much, 'x', (64 << 10) + 1);
	reply(world, expect_request(world).id, 200, much);
	answer = expect_answer(world);
	assert_int_equal(answer.outcome, STATUS_LIMIT);
	call_witness(world, 2, "file:///etc/passwd");
	answer = expect_answer(world);
	assert_int_equal(answer.outcome, STATUS_MALFORMED);
	test_free(much);
}

static void a_stranger_at_the_witness_door_is_marked_as_one(void **state)
{
	static const char text[] =
	    "GET /witness/x/checkpoint HTTP/1.1\r\nHost: a\r\n\r\n";
	struct world *world = *state;
	struct sockaddr_in to = {.sin_family = AF_INET};
	CLEANUP_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct desk_request request;
	struct process_ports ports;
	char answer[64] = "";

	ports = open_with_witness_door(world);
	assert_true(ports.witness > 0 && ports.witness != ports.link);
	to.sin_port = htons(ports.witness);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(send(fd, text, sizeof text - 1, 0), sizeof text - 1);
	request = expect_request(world);
	assert_null(request.peer);
	assert_true(request.is_witness);
	reply(world, request.id, 404, "");
	assert_true(recv(fd, answer, sizeof answer - 1, 0) > 12);
	assert_memory_equal(answer, "HTTP/1.1 404", 12);
}

/* Starts the front again, with a door for browsers. */
static uint16_t open_with_console_door(struct world *world)
{
	ipc_release(&world->desk);
	(void)close(world->control);
	assert_int_equal(wait_for(world->front), PROCESS_EXIT_STOP);
	(void)snprintf(world->folder.config.console_listen, 300, "127.0.0.1:0");
	start(world);
	return open_with(world, NULL, 0).console;
}

/* A connection on which this was sent: method and target, and more header lines. */
static int browse(uint16_t port, const char *line, const char *headers)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	                         .sin_port = htons(port),
	                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[1024];
	int len = snprintf(text, sizeof text,
	                   "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s"
	                   "Content-Length: 0\r\n\r\n",
	                   line, port, headers);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	assert_int_equal(send(fd, text, (size_t)len, MSG_NOSIGNAL), len);
	return fd;
}

/* Reads until this was seen. */
static void expect_text(int fd, const char *wanted, char ret_seen[4096])
{
	size_t used = 0;

	ret_seen[0] = '\0';
	while (strstr(ret_seen, wanted) == NULL) {
		ssize_t len = recv(fd, ret_seen + used, 4095 - used, 0);

		if (len <= 0)
			fail_msg("no %s in: %s", wanted, ret_seen);
		used += (size_t)len;
		ret_seen[used] = '\0';
	}
}

static void a_browser_is_served_as_the_one_whose_cookie_it_has(void **state)
{
	struct world *world = *state;
	uint16_t port = open_with_console_door(world);
	char headers[200], seen[4096];
	struct desk_request request;
	struct desk_reply reply_with = {.status = 201,
	                                .type = "application/json",
	                                .body = view_of_string("{}"),
	                                .session = "next",
	                                .session_s = 9,
	                                .file_name = "a.json"};
	int fd;

	(void)snprintf(headers, sizeof headers,
	               "Cookie: aldis-%u=token\r\nOrigin: http://localhost:%u\r\n", port,
	               port);
	fd = browse(port, "POST /api/session", headers);
	request = expect_request(world);
	assert_true(request.is_console);
	assert_false(request.is_cross_site || request.is_witness);
	assert_null(request.peer);
	assert_true(view_equal_string(request.session, "token"));
	assert_true(view_equal_string(request.remote, "127.0.0.1"));
	reply_with.request = request.id;
	ipc_reply_encode(&world->desk, &reply_with);
	flush(world);
	expect_text(fd, "\r\n\r\n{}", seen);
	assert_memory_equal(seen, "HTTP/1.1 201", 12);
	assert_non_null(strstr(seen, "=next; Path=/; HttpOnly; SameSite=Strict"));
	assert_non_null(strstr(seen, "Content-Disposition: attachment; filename=\"a.j"));
	assert_non_null(strstr(seen, "Content-Security-Policy: default-src 'none'"));
	(void)close(fd);
	/* The page itself comes without asking the desk. */
	fd = browse(port, "GET /", "");
	expect_text(fd, "<html", seen);
	(void)close(fd);
	fd = browse(port, "POST /api/drafts", "Origin: http://evil.example\r\n");
	assert_true(expect_request(world).is_cross_site);
	(void)close(fd);
}

static void a_console_hears_events_once_the_desk_has_agreed(void **state)
{
	struct world *world = *state;
	uint16_t port = open_with_console_door(world);
	char seen[4096];
	struct desk_reply agreed = {.status = 200, .type = "text/event-stream"};
	struct desk_request request;
	int fd = browse(port, "GET /api/events", "");

	request = expect_request(world);
	assert_true(request.is_console);
	assert_true(view_equal_string(request.path, "/api/events"));
	agreed.request = request.id;
	ipc_reply_encode(&world->desk, &agreed);
	ipc_event_encode(&world->desk, view_of_string("{\"type\":\"x\"}"));
	flush(world);
	expect_text(fd, "data: {\"type\":\"x\"}\n\n", seen);
	assert_memory_equal(seen, "HTTP/1.1 200", 12);
	(void)close(fd);
	fd = browse(port, "GET /api/events", "");
	reply(world, expect_request(world).id, 401, "no");
	expect_text(fd, "\r\n\r\nno", seen);
	assert_memory_equal(seen, "HTTP/1.1 401", 12);
	(void)close(fd);
}

static void it_ends_when_the_desk_or_the_supervisor_does(void **state)
{
	struct world *world = *state;

	(void)open_with(world, NULL, 0);
	ipc_release(&world->desk);
	assert_int_equal(wait_for(world->front), PROCESS_EXIT_STOP);
	(void)close(world->control);
	start(world);
	(void)open_with(world, NULL, 0);
	(void)close(world->control);
	assert_int_equal(wait_for(world->front), PROCESS_EXIT_STOP);
	world->front = 0;
	world->control = -1;
}

static void a_desk_that_talks_nonsense_is_left(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {{"\xff\xff\xff\xff", 4},          /* a length */
	             {"\0\0\0\1\x63", 5},              /* a type */
	             {"\0\0\0\2\3x", 6},               /* a reply cut short */
	             {"\0\0\0\x14\3\x09\0\0\0\0\0\0\1" /* a reply for no door */
	              "\0\xc8\0\1\0\0\0\0\0\0\0\0\0",
	              26}};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		(void)open_with(world, NULL, 0);
		buf_append(&world->desk.out, cases[i].bytes, cases[i].len);
		flush(world);
		assert_int_equal(wait_for(world->front), PROCESS_EXIT_AGAIN);
		ipc_release(&world->desk);
		(void)close(world->control);
		start(world);
	}
}

#define WITH_FRONT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_FRONT(it_listens_only_when_it_knows_the_peers),
	    WITH_FRONT(a_local_request_reaches_the_desk_and_its_reply_the_client),
	    WITH_FRONT(replies_may_come_in_another_order),
	    WITH_FRONT(events_reach_their_readers_without_asking_the_desk),
	    WITH_FRONT(a_desk_far_behind_gets_no_more_requests),
	    WITH_FRONT(calls_come_back_with_what_became_of_them),
	    WITH_FRONT(a_witness_is_called_by_its_url),
	    WITH_FRONT(a_witness_can_not_send_much_or_be_anything),
	    WITH_FRONT(a_peer_that_can_not_be_used_does_not_cut_off_the_others),
	    WITH_FRONT(a_stranger_at_the_witness_door_is_marked_as_one),
	    WITH_FRONT(a_browser_is_served_as_the_one_whose_cookie_it_has),
	    WITH_FRONT(a_console_hears_events_once_the_desk_has_agreed),
	    WITH_FRONT(it_ends_when_the_desk_or_the_supervisor_does),
	    WITH_FRONT(a_desk_that_talks_nonsense_is_left),
	};
	struct error err;

	(void)signal(SIGPIPE, SIG_IGN);
	if (crypto_init(&err) != STATUS_OK ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
