/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom the door lets through to the desk and as whom, and what it answers by itself.
 */
#include "daemon/console_door.h"

#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include <cmocka.h>

#include "daemon/assets.h"

/* A door on 127.0.0.1:8700, and one request at it. */
struct world {
	struct console_door door;
	struct evkeyvalq headers;
	struct link_request request;
	struct console_visit visit;
	struct console_answer answer;
};

static void open_door(struct world *world, const char *url)
{
	struct folder_config config = {.console_listen = "127.0.0.1:8700"};

	(void)snprintf(config.console_url, sizeof config.console_url, "%s", url);
	console_door_init(&world->door, &config, 8700);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	assert_non_null(world);
	TAILQ_INIT(&world->headers);
	open_door(world, "");
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	evhttp_clear_headers(&world->headers);
	console_answer_release(&world->answer);
	free(world);
	return 0;
}

static void header(struct world *world, const char *name, const char *value)
{
	(void)evhttp_remove_header(&world->headers, name);
	assert_int_equal(evhttp_add_header(&world->headers, name, value), 0);
}

static enum console_way take(struct world *world, enum link_method method,
                             const char *path)
{
	console_answer_release(&world->answer);
	if (evhttp_find_header(&world->headers, "Host") == NULL)
		header(world, "Host", "127.0.0.1:8700");
	world->request = (struct link_request){.id = 1,
	                                       .method = method,
	                                       .path = view_of_string(path),
	                                       .remote = "127.0.0.1",
	                                       .headers = &world->headers};
	return console_door_take(&world->door, &world->request, &world->visit,
	                         &world->answer);
}

static const char *answer_header(const struct world *world, const char *name)
{
	const struct link_reply *reply = &world->answer.reply;

	for (size_t i = 0; i < reply->header_count; i++)
		if (strcmp(reply->headers[i].name, name) == 0)
			return reply->headers[i].value;
	return NULL;
}

/* ---- names */

static void only_its_own_names_open_the_door(void **state)
{
	static const char *const others[] = {
	    "evil.example",        "evil.example:8700",
	    "127.0.0.1",           "127.0.0.1:8701",
	    "localhost",           "127.0.0.1:8700.evil.example",
	    "127.0.0.1:8700 evil", "",
	};
	struct world *world = *state;

	assert_int_equal(take(world, LINK_GET, "/api/now"), CONSOLE_TO_DESK);
	header(world, "Host", "LOCALHOST:8700");
	assert_int_equal(take(world, LINK_GET, "/api/now"), CONSOLE_TO_DESK);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		header(world, "Host", others[i]);
		assert_int_equal(take(world, LINK_GET, "/api/now"), CONSOLE_REPLY);
		assert_int_equal(world->answer.reply.status, 421);
		assert_int_equal(take(world, LINK_GET, "/"), CONSOLE_REPLY);
		assert_int_equal(world->answer.reply.status, 421);
	}
	(void)evhttp_remove_header(&world->headers, "Host");
	world->request.headers = &world->headers;
	assert_int_equal(console_door_take(&world->door, &world->request, &world->visit,
	                                   &world->answer),
	                 CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 421);
}

static void a_url_adds_a_name_and_secures_the_cookie(void **state)
{
	struct world *world = *state;
	struct console_reply_headers headers;
	const struct desk_reply reply = {.session = "token", .session_s = 60};

	open_door(world, "https://console.north.example:443");
	header(world, "Host", "console.north.example");
	header(world, "Origin", "https://console.north.example");
	assert_int_equal(take(world, LINK_POST, "/api/session"), CONSOLE_TO_DESK);
	assert_false(world->visit.is_cross_site);
	header(world, "Origin", "http://console.north.example");
	assert_int_equal(take(world, LINK_POST, "/api/session"), CONSOLE_TO_DESK);
	assert_true(world->visit.is_cross_site);
	console_door_reply_headers(&world->door, &reply, &headers);
	assert_string_equal(headers.headers[1].value,
	                    "__Host-aldis=token; Path=/; HttpOnly; SameSite=Strict; "
	                    "Max-Age=60; Secure");
}

/* ---- who asks */

static void a_post_of_another_site_is_told_apart(void **state)
{
	static const char *const others[] = {
	    "http://evil.example",
	    "null",
	    "http://127.0.0.1:8701",
	    "https://127.0.0.1:8700",
	    "http://127.0.0.1:8700/",
	    "http://127.0.0.1:8700.evil.example",
	    "",
	};
	struct world *world = *state;

	assert_int_equal(take(world, LINK_POST, "/api/drafts"), CONSOLE_TO_DESK);
	assert_true(world->visit.is_cross_site);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		header(world, "Origin", others[i]);
		assert_int_equal(take(world, LINK_POST, "/api/drafts"), CONSOLE_TO_DESK);
		assert_true(world->visit.is_cross_site);
	}
	assert_int_equal(take(world, LINK_GET, "/api/drafts"), CONSOLE_TO_DESK);
	assert_false(world->visit.is_cross_site);
	header(world, "Origin", "http://localhost:8700");
	assert_int_equal(take(world, LINK_POST, "/api/drafts"), CONSOLE_TO_DESK);
	assert_false(world->visit.is_cross_site);
}

static void a_bearer_needs_no_origin(void **state)
{
	struct world *world = *state;

	header(world, "Authorization", "bearer  YWJj");
	assert_int_equal(take(world, LINK_POST, "/api/drafts"), CONSOLE_TO_DESK);
	assert_false(world->visit.is_cross_site);
	assert_true(view_equal_string(world->visit.bearer, "YWJj"));
	header(world, "Authorization", "Basic YWJj");
	assert_int_equal(take(world, LINK_POST, "/api/drafts"), CONSOLE_TO_DESK);
	assert_true(world->visit.is_cross_site);
	assert_int_equal(world->visit.bearer.len, 0);
}

static void expect_session(struct world *world, const char *cookie, const char *session)
{
	header(world, "Cookie", cookie);
	assert_int_equal(take(world, LINK_GET, "/api/now"), CONSOLE_TO_DESK);
	assert_true(view_equal_string(world->visit.session, session));
}

static void the_cookie_of_this_port_is_found(void **state)
{
	struct world *world = *state;
	char huge[1000];

	expect_session(world, "aldis-8700=abc", "abc");
	expect_session(world, "a=1; aldis-8700=abc; b=2", "abc");
	expect_session(world, "aldis-8701=abc;aldis-8700=d", "d");
	expect_session(world, "xaldis-8700=abc", "");
	expect_session(world, "aldis-8700", "");
	expect_session(world, "aldis-8700=", "");
	expect_session(world, ";;; =; ; aldis-8700=e", "e");
	expect_session(world, "aldis=abc", "");
	memset(huge, 'x', sizeof huge);
	memcpy(huge, "aldis-8700=", 11);
	huge[sizeof huge - 1] = '\0';
	header(world, "Cookie", huge);
	assert_int_equal(take(world, LINK_GET, "/api/now"), CONSOLE_TO_DESK);
	assert_int_equal(world->visit.session.len, DESK_SESSION_MAX);
}

static void expect_remote(struct world *world, const char *list, const char *remote)
{
	header(world, "X-Forwarded-For", list);
	assert_int_equal(take(world, LINK_GET, "/api/now"), CONSOLE_TO_DESK);
	assert_string_equal(world->visit.remote, remote);
}

static void only_behind_a_proxy_its_word_counts(void **state)
{
	struct world *world = *state;

	expect_remote(world, "192.0.2.9", "127.0.0.1");
	open_door(world, "http://127.0.0.1:8700");
	expect_remote(world, "192.0.2.9", "192.0.2.9");
	expect_remote(world, "6.6.6.6, 2001:db8::1", "2001:db8::1");
	expect_remote(world, "6.6.6.6,<script>", "127.0.0.1");
	expect_remote(world, "6.6.6.6, ", "127.0.0.1");
}

/* ---- pages and files */

static void an_address_of_the_page_gets_the_page(void **state)
{
	static const char *const pages[] = {"/",
	                                    "/?wall",
	                                    "/channels/3fa0",
	                                    "/channels/3fa0/messages/north.example/12",
	                                    "/compose?channel=3fa0&re=a.b%2312",
	                                    "/apiary"};
	struct world *world = *state;

	header(world, "Accept-Encoding", "gzip, br");
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		assert_int_equal(take(world, LINK_GET, pages[i]), CONSOLE_REPLY);
		assert_int_equal(world->answer.reply.status, 200);
		assert_string_equal(world->answer.reply.type, "text/html; charset=utf-8");
		assert_string_equal(answer_header(world, "Cache-Control"), "no-cache");
		assert_string_equal(answer_header(world, "Content-Encoding"), "gzip");
	}
}

static void tricks_with_paths_reach_the_desk_which_refuses_them(void **state)
{
	static const char *const tricks[] = {
	    "/../etc/passwd", "/..",          "/%2e%2e/etc/passwd",
	    "/a//b",          "//evil",       "/a\\b",
	    "/.env",          "/.git/config", "/index.php",
	    "/a/../../api",   "/api",         "/api/../x",
	    "/<script>",      "/a;b",         "/a:b@c",
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++)
		assert_int_equal(take(world, LINK_GET, tricks[i]), CONSOLE_TO_DESK);
	assert_int_equal(take(world, LINK_POST, "/"), CONSOLE_TO_DESK);
	assert_int_equal(take(world, LINK_GET, "/assets/gone-12345678.js"),
	                 CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 404);
	assert_int_equal(take(world, LINK_GET, "/assets/../index.html"), CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 404);
}

static void what_programs_ask_is_no_page(void **state)
{
	static const char *const paths[] = {"/metrics", "/-/healthy", "/-/ready", "/-",
	                                    "/metrics?x=1"};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_int_equal(take(world, LINK_GET, paths[i]), CONSOLE_TO_DESK);
	assert_int_equal(take(world, LINK_GET, "/metrics-of-old"), CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 200);
	header(world, "Host", "evil.example");
	assert_int_equal(take(world, LINK_GET, "/-/ready"), CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 421);
}

static void what_the_browser_has_is_not_sent_again(void **state)
{
	struct world *world = *state;
	const struct asset *page = assets_find(view_of_string("/index.html"));
	char weak[80];

	assert_non_null(page);
	header(world, "If-None-Match", page->etag);
	assert_int_equal(take(world, LINK_GET, "/"), CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 304);
	assert_int_equal(world->answer.reply.body.len, 0);
	assert_string_equal(answer_header(world, "ETag"), page->etag);
	(void)snprintf(weak, sizeof weak, "\"x\", W/%s", page->etag);
	header(world, "If-None-Match", weak);
	assert_int_equal(take(world, LINK_GET, "/"), CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 304);
	header(world, "If-None-Match", "\"other\"");
	assert_int_equal(take(world, LINK_GET, "/"), CONSOLE_REPLY);
	assert_int_equal(world->answer.reply.status, 200);
	assert_null(answer_header(world, "Content-Encoding"));
	assert_int_equal(world->answer.reply.body.len, page->len);
}

static void every_asset_is_found_and_nothing_else(void **state)
{
	for (size_t i = 0; i < assets_built_count; i++) {
		assert_ptr_equal(assets_find(view_of_string(assets_built[i].path)),
		                 &assets_built[i]);
		assert_null(assets_find(
		    view_of(assets_built[i].path, strlen(assets_built[i].path) - 1)));
	}
	assert_null(assets_find(view_of(NULL, 0)));
	assert_null(assets_find(view_of_string("/zzz")));
}

/* ---- replies */

static void replies_carry_cookie_and_file_name(void **state)
{
	struct world *world = *state;
	struct console_reply_headers headers;
	struct desk_reply reply = {.file_name = "a.receipt"};

	console_door_reply_headers(&world->door, &reply, &headers);
	assert_int_equal(headers.count, 2);
	assert_string_equal(headers.headers[0].value, "no-store");
	assert_string_equal(headers.headers[1].value,
	                    "attachment; filename=\"a.receipt\"");
	reply = (struct desk_reply){.session = "", .session_s = 60};
	console_door_reply_headers(&world->door, &reply, &headers);
	assert_string_equal(headers.headers[1].value,
	                    "aldis-8700=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

#define AT_DOOR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    AT_DOOR(only_its_own_names_open_the_door),
	    AT_DOOR(a_url_adds_a_name_and_secures_the_cookie),
	    AT_DOOR(a_post_of_another_site_is_told_apart),
	    AT_DOOR(a_bearer_needs_no_origin),
	    AT_DOOR(the_cookie_of_this_port_is_found),
	    AT_DOOR(only_behind_a_proxy_its_word_counts),
	    AT_DOOR(an_address_of_the_page_gets_the_page),
	    AT_DOOR(tricks_with_paths_reach_the_desk_which_refuses_them),
	    AT_DOOR(what_the_browser_has_is_not_sent_again),
	    AT_DOOR(what_programs_ask_is_no_page),
	    AT_DOOR(every_asset_is_found_and_nothing_else),
	    AT_DOOR(replies_carry_cookie_and_file_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
