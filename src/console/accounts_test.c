/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console's door: who gets in, who may do what, and that what was refused is in the
 * audit.
 */
#include "console/api_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "base/cleanup.h"

struct fixture {
	struct world world;
	struct api *api;
	uint64_t next_request;
	struct json_doc doc; /* of the last answer */
};

static struct desk *desk_of(struct fixture *f)
{
	return f->world.desks[0].desk;
}

static void open_api(struct fixture *f)
{
	const struct api_host host = {.version = "1.2.3", .self = f};

	assert_int_equal(api_new(desk_of(f), &host, &f->api, NULL), STATUS_OK);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	world_init(&f->world, 2, NULL);
	open_api(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	api_free(f->api);
	json_release(&f->doc);
	world_release(&f->world);
	free(f);
	return 0;
}

static int take(struct fixture *f, struct desk_request *request)
{
	request->id = ++f->next_request;
	f->world.reply.status = 0;
	desk_turn_begin(desk_of(f), f->world.now_ms);
	api_take_request(f->api, request, f->world.now_ms);
	api_serve_waiting(f->api, f->world.now_ms);
	assert_int_equal(desk_turn_end(desk_of(f), NULL), STATUS_OK);
	f->doc.count = 0;
	if (strstr(f->world.reply.type, "json") != NULL && f->world.reply.status != 0)
		assert_int_equal(json_scan(&f->doc, buf_view(&f->world.reply.body),
		                           JSON_TOKENS_MAX, NULL),
		                 STATUS_OK);
	return f->world.reply.status;
}

static int ask(struct fixture *f, enum desk_method method, const char *path)
{
	return take(f, &(struct desk_request){.method = method,
	                                      .is_console = true,
	                                      .remote = view_of_string("192.0.2.9"),
	                                      .path = view_of_string(path),
	                                      .body = view_of_string("{}")});
}

static bool answer_has(const struct fixture *f, const char *text)
{
	return view_find(buf_view(&f->world.reply.body), view_of_string(text)) !=
	       SIZE_MAX;
}

/* Does one of the newest rows hold all these texts (second may be NULL)? */
static bool is_noted(const struct fixture *f, const char *first, const char *second)
{
	uint64_t count = office_audit_head(f->api->office).count;
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);

	for (uint64_t i = count; i-- > 0;) {
		assert_int_equal(office_audit_line(f->api->office, i, &line, NULL),
		                 STATUS_OK);
		if (view_find(buf_view(&line), view_of_string(first)) != SIZE_MAX &&
		    (second == NULL ||
		     view_find(buf_view(&line), view_of_string(second)) != SIZE_MAX))
			return true;
	}
	return false;
}

/* ---- without a login */

static void nobody_sees_anything_without_a_login(void **state)
{
	static const char *const paths[] = {"/api/status", "/api/channels", "/log/x",
	                                    "/api/events"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(f, DESK_GET, paths[i]), 401);
		assert_true(answer_has(f, "\"code\":\"login-required\""));
		assert_true(is_noted(f, "\"what\":\"refused\"", paths[i]));
	}
	assert_int_equal(ask(f, DESK_POST, "/api/check"), 401);
	assert_int_equal(ask(f, DESK_POST, "/api/backup"), 401);
}

static void what_does_not_exist_is_noted(void **state)
{
	static const char *const paths[] = {
	    "/api/nothing", "/api/../store.db", "//api",      "/api/%2e%2e/x",
	    "/api/\\..\\x", "/api/status/%00",  "/x?secret=1"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_int_equal(ask(f, DESK_GET, paths[i]), 404);
	assert_true(is_noted(f, "\"what\":\"unknown\"", "/api/nothing"));
	assert_true(is_noted(f, "\"what\":\"unknown\"", "/api/../store.db"));
	assert_true(is_noted(f, "\"from\":\"192.0.2.9\"", NULL));
	assert_false(is_noted(f, "secret=1", NULL));
}

static void the_local_socket_has_all_rights(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    take(f, &(struct desk_request){.method = DESK_POST,
	                                   .path = view_of_string("/api/check")}),
	    200);
	assert_true(is_noted(f, "\"who\":\"local\",\"door\":\"local\"",
	                     "\"what\":\"store.check\""));
	assert_int_equal(
	    take(f, &(struct desk_request){.path = view_of_string("/api/nothing")}), 404);
	assert_false(is_noted(f, "/api/nothing", NULL));
}

int main(void)
{
#define WITH_API(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
	    WITH_API(nobody_sees_anything_without_a_login),
	    WITH_API(what_does_not_exist_is_noted),
	    WITH_API(the_local_socket_has_all_rights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
