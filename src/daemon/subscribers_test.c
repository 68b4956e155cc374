/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server-sent events as bytes, and streams that end in time.
 */
#include "daemon/subscribers.h"

#include "link/test_link.h"

static void expect_event(const char *text, const char *expected)
{
	CLEANUP_BUF struct buf event = BUF_INIT(4096);

	subscribers_encode(&event, view_of_string(text));
	buf_append_byte(&event, '\0');
	assert_string_equal((char *)event.data, expected);
}

static void an_event_is_one_data_line(void **unused)
{
	expect_event("{\"a\":1}", "data: {\"a\":1}\n\n");
	expect_event("", "data: \n\n");
}

static void a_newline_can_not_end_an_event_early(void **unused)
{
	expect_event("a\n\nb\n", "data: a\ndata: \ndata: b\n\n");
}

static void the_one_who_leaves_is_taken_off_the_list(void **unused)
{
	struct subscribers subscribers = {
	    .list = {{.request = 11}, {.request = 12}, {.request = 13}}, .count = 3};

	subscribers_remove(&subscribers, 11);
	assert_int_equal(subscribers.count, 2);
	subscribers_remove(&subscribers, 99);
	assert_int_equal(subscribers.count, 2);
	subscribers_remove(&subscribers, 12);
	subscribers_remove(&subscribers, 13);
	assert_int_equal(subscribers.count, 0);
}

/* ---- a stream over a real connection */

enum { UNTIL_MS = 1000 };

struct world {
	struct event_base *base;
	struct link_server *server;
	struct subscribers subscribers;
	uint16_t port;
	struct raw raw;
};

static void take_request(void *context, const struct link_request *request)
{
	struct world *world = context;

	subscribers_add(&world->subscribers,
	                &(struct subscriber){world->server, request->id, UNTIL_MS});
}

static void take_stream_end(void *context, uint64_t request)
{
	subscribers_remove(&((struct world *)context)->subscribers, request);
}

static void read_until(struct raw *raw, const char *wanted)
{
	while (strstr(raw->answer, wanted) == NULL) {
		ssize_t len = raw_receive(raw, raw->answer + raw->answer_len,
		                          sizeof raw->answer - 1 - raw->answer_len);

		if (len <= 0)
			return;
		raw->answer_len += (size_t)len;
		raw->answer[raw->answer_len] = '\0';
	}
}

static void visit_welcome(void *context)
{
	struct world *world = context;

	world->raw = raw_tcp(world->port);
	(void)raw_text(&world->raw, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	read_until(&world->raw, "welcome");
}

static void visit_end(void *context)
{
	read_until(&((struct world *)context)->raw, "\r\n0\r\n\r\n");
}

static void a_stream_ends_when_its_time_is_over(void **unused)
{
	struct world world = {.base = event_base_new()};
	const struct link_server_options options = {.kind = LINK_SERVER_OPEN,
	                                            .address = "127.0.0.1:0"};
	const struct link_server_handler handler = {
	    .request = take_request, .stream_closed = take_stream_end, .context = &world};

	assert_int_equal(
	    link_server_open(world.base, &options, &handler, &world.server, NULL),
	    STATUS_OK);
	world.port = link_server_port(world.server);
	run_with(world.base, visit_welcome, &world);
	assert_non_null(strstr(world.raw.answer, ": welcome\n\n"));
	world.subscribers.list[0].until_ms = INT64_MAX;
	subscribers_end(&world.subscribers);
	assert_int_equal(world.subscribers.count, 1);
	world.subscribers.list[0].until_ms = UNTIL_MS;
	subscribers_beat(&world.subscribers, UNTIL_MS - 1);
	assert_int_equal(world.subscribers.count, 1);
	subscribers_beat(&world.subscribers, UNTIL_MS);
	assert_int_equal(world.subscribers.count, 0);
	run_with(world.base, visit_end, &world);
	assert_non_null(strstr(world.raw.answer, "\r\n0\r\n\r\n"));
	raw_close(&world.raw);
	link_server_close(world.server);
	event_base_free(world.base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_is_one_data_line),
	    cmocka_unit_test(a_newline_can_not_end_an_event_early),
	    cmocka_unit_test(the_one_who_leaves_is_taken_off_the_list),
	    cmocka_unit_test(a_stream_ends_when_its_time_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
