/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases between two desks, from the draft to the file, worked out within the turn;
 * and what is told when it is worked out aside and goes wrong.
 */
#include "console/work_fixture.h"

#include "console/release/release_work.h"
#include "office/tokens.h"
#include "release/verify.h"

#define RELEASES "/api/channels/CHANNEL/releases"

static int set_up(void **state)
{
	struct fixture *f = fixture_new(NULL);

	*state = f;
	say(f, NORTH, TEXT("The secret"));
	say(f, NORTH, TEXT("What all may read"));
	return 0;
}

/* Copies a text of the last answer, escaped as it stands there. */
static void copy_raw(const struct fixture *f, const char *name, struct buf *ret_text)
{
	buf_append_view(ret_text, json_text(&f->doc, member(f, name)));
}

/* North drafts, with this body, and asks. */
static int ask(struct fixture *f, const char *choice)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 16), body = BUF_INIT(1 << 16);

	assert_int_equal(post(f, RELEASES "/draft", choice), 200);
	copy_raw(f, "text", &text);
	buf_printf(&body, "{\"manifest\":%.*s,\"language\":\"en\",\"text\":\"Why\"}",
	           (int)text.len, (const char *)text.data);
	int status = post_at(f, NORTH, RELEASES, "application/json", buf_view(&body));
	if (status == 201)
		assert_true(json_string_copy(
		    &f->doc, json_member(&f->doc, json_root(&f->doc), "sent"), f->said,
		    sizeof f->said));
	world_settle(&f->world);
	return status;
}

static const char *where(const struct fixture *f, const char *more)
{
	static char path[300];
	const char *mark = strchr(f->said, '#');

	(void)snprintf(path, sizeof path, RELEASES "/%.*s/%s%s", (int)(mark - f->said),
	               f->said, mark + 1, more);
	return path;
}

static int answer(struct fixture *f, const char *answer, const char *manifest)
{
	char body[200];

	(void)snprintf(body, sizeof body, "{\"answer\":\"%s\",\"manifest\":\"%s\"}",
	               answer, manifest);
	int status = post_at(f, SOUTH, where(f, "/answer"), "application/json",
	                     view_of_string(body));
	world_settle(&f->world);
	return status;
}

static void manifest_of(struct fixture *f, char ret_hex[HASH_HEX_LEN + 1])
{
	assert_int_equal(get_at(f, SOUTH, where(f, "")), 200);
	assert_true(
	    json_string_copy(&f->doc, member(f, "manifest"), ret_hex, HASH_HEX_LEN + 1));
}

static void a_draft_tells_what_it_shows(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, RELEASES "/draft",
	                      "{\"withheld\":[\"north.example#1\"],\"cover\":{\"en\":"
	                      "\"Read <this>\"}}"),
	                 200);
	assert_true(holds(f, "\"topic\":\"log\""));
	assert_true(holds(f, "\"runs\":\"#1\""));
	assert_true(holds(f, "\"cover\":{\"en\":\"Read <this>\"}"));
	assert_true(holds(f, "\"grade\":\"one-sided\""));
	assert_int_equal(post(f, RELEASES "/draft", "{\"others\":\"withheld\"}"), 409);
	assert_int_equal(post(f, RELEASES "/draft", "{\"full\":[\"north.example#99\"]}"),
	                 404);
	assert_int_equal(post(f, RELEASES "/draft", "{\"full\":[\"north\"]}"), 400);
	assert_int_equal(post(f, RELEASES "/draft", "{\"others\":\"some\"}"), 400);
	assert_int_equal(get(f, RELEASES), 200);
	assert_true(holds(f, "\"releases\":[]"));
}

static void all_consent_and_the_file_is_joint(void **state)
{
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	struct fixture *f = *state;
	char manifest[HASH_HEX_LEN + 1];

	assert_int_equal(ask(f, "{\"withheld\":[\"north.example#1\"]}"), 201);
	assert_int_equal(get(f, where(f, "/file")), 409);
	assert_true(holds(f, "\"code\":\"one-sided\""));
	manifest_of(f, manifest);
	assert_true(holds(f, "\"answer\":\"none\",\"needed\":true"));
	assert_int_equal(answer(f, "consent", manifest), 201);
	assert_int_equal(answer(f, "refuse", manifest), 409);
	assert_true(holds(f, "the first answer counts"));

	assert_int_equal(get(f, RELEASES), 200);
	assert_true(holds(f, "\"grade\":\"joint\""));
	assert_int_equal(get(f, where(f, "/file")), 200);
	assert_int_equal(
	    release_verify_file(buf_view(&f->world.reply.body), &none, &result, NULL),
	    STATUS_OK);
	assert_true(result.bundle.is_consistent);
	assert_int_equal(result.grade, RELEASE_JOINT);
	assert_int_equal(result.withheld_count, 1);
	release_result_release(&result);
	assert_true(is_noted(f, "release.request", NULL));
	assert_true(is_noted(f, "release.build", f->said));
}

static void a_refusal_leaves_it_one_sided(void **state)
{
	struct fixture *f = *state;
	char manifest[HASH_HEX_LEN + 1];

	assert_int_equal(ask(f, "{}"), 201);
	manifest_of(f, manifest);
	manifest[0] = manifest[0] == '0' ? '1' : '0';
	assert_int_equal(answer(f, "refuse", manifest), 409);
	manifest_of(f, manifest);
	assert_int_equal(answer(f, "refuse", manifest), 201);
	assert_int_equal(get(f, where(f, "")), 200);
	assert_true(holds(f, "\"answer\":\"refused\""));
	assert_int_equal(get(f, where(f, "/file")), 409);
	assert_int_equal(get(f, where(f, "/file?one_sided=1")), 200);
	assert_true(is_noted(f, "release.build.one-sided", NULL));
}

static void nobody_asks_for_anothers_manifest(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 16), body = BUF_INIT(1 << 16);
	struct fixture *f = *state;

	assert_int_equal(post(f, RELEASES "/draft", "{}"), 200);
	copy_raw(f, "text", &text);
	buf_printf(&body, "{\"manifest\":%.*s,\"language\":\"en\",\"text\":\"Why\"}",
	           (int)text.len, (const char *)text.data);
	assert_int_equal(post_at(f, SOUTH, RELEASES, "application/json", buf_view(&body)),
	                 409);
	assert_int_equal(post(f, RELEASES,
	                      "{\"manifest\":\"x\",\"language\":\"en\","
	                      "\"text\":\"Why\"}"),
	                 400);
	/* Of what failed no draft is left open. */
	assert_int_equal(get(f, "/api/drafts"), 200);
	assert_true(holds(f, "\"drafts\":[]"));
}

/* The whole list, request by request; a page has one. */
static size_t page_through(struct fixture *f, char ret_first[64], char ret_last[64])
{
	char path[200] = RELEASES "?limit=1";
	size_t pages = 0;

	for (;;) {
		assert_int_equal(get(f, path), 200);
		const struct json_token *list = member(f, "releases");
		assert_int_equal(list->count, 1);
		const struct json_token *request =
		    json_member(&f->doc, json_first(&f->doc, list), "request");
		assert_true(json_string_copy(&f->doc, request,
		                             pages++ == 0 ? ret_first : ret_last, 64));
		if (holds(f, "\"more\":false"))
			return pages;
		(void)snprintf(path, sizeof path, RELEASES "?limit=1&before=%lld",
		               (long long)number(f, "next"));
	}
}

/* Requests that nobody can look at, many of them and of whatever time, hide none. */
static void all_requests_are_paged_through(void **state)
{
	struct fixture *f = *state;
	char asked[RECORD_MESSAGE_ID_MAX + 1], first[64], last[64];

	assert_int_equal(ask(f, "{}"), 201);
	(void)snprintf(asked, sizeof asked, "%s", f->said);
	for (size_t i = 0; i < RELEASE_LIST_MAX; i++)
		say(f, SOUTH,
		    "{\"kind\":\"release.request\",\"body\":{\"language\":\"en\","
		    "\"text\":"
		    "\"x\",\"manifest\":\"0000000000000000000000000000000000000000000000"
		    "000000000000000000\"}}");
	assert_int_equal(get(f, RELEASES), 200);
	assert_int_equal(member(f, "releases")->count, RELEASE_LIST_MAX);
	assert_true(holds(f, "\"more\":true") && !holds(f, asked));
	assert_int_equal(page_through(f, first, last), RELEASE_LIST_MAX + 1);
	assert_string_equal(last, asked);
	assert_int_equal(strncmp(first, "south.example#", 14), 0);
	assert_int_equal(get(f, RELEASES "?before=0"), 200);
	assert_true(holds(f, "\"releases\":[]") && holds(f, "\"more\":false"));
	assert_int_equal(get(f, RELEASES "?limit=51"), 400);
	assert_int_equal(get(f, RELEASES "?from=1"), 400);
}

/* ---- aside ---- */

static enum status hold(void *self, aside_run *run, void *context, struct error *err)
{
	(void)self;
	(void)run;
	(void)context;
	(void)err;
	return STATUS_OK;
}

static void end_aside(struct fixture *f, enum status status, const char *result)
{
	struct desk *desk = f->world.desks[NORTH].desk;
	struct error why = {"it was broken off"};

	desk_turn_begin(desk, f->world.now_ms);
	api_take_aside(f->apis[NORTH], status,
	               status == STATUS_OK ? view_of_string(result) : view_of("", 0),
	               &why, f->world.now_ms);
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
}

static void what_is_broken_off_is_told(void **state)
{
	struct fixture *f = *state;

	f->apis[NORTH]->host.run_aside = hold;
	assert_int_equal(get(f, RELEASES), 0);
	end_aside(f, STATUS_AGAIN, NULL);
	assert_int_equal(f->world.reply.status, 503);
	assert_true(holds(f, "it was broken off"));
	end_aside(f, STATUS_AGAIN, NULL); /* of nothing */
	assert_int_equal(get(f, RELEASES), 0);
	end_aside(f, STATUS_OK, "{\"releases\":[],\"more\":false}");
	assert_int_equal(f->world.reply.status, 200);
}

static void one_runs_and_some_wait(void **state)
{
	struct fixture *f = *state;

	f->apis[NORTH]->host.run_aside = hold;
	for (size_t i = 0; i < ASIDE_WORKS_MAX; i++)
		assert_int_equal(get(f, RELEASES), 0);
	assert_int_equal(get(f, RELEASES), 503);
	assert_true(holds(f, "ask again"));
	end_aside(f, STATUS_OK, "{}");
	assert_int_equal(f->world.reply.status, 200);
	assert_int_equal(get(f, RELEASES), 0); /* there is room again */
}

static int get_with(struct fixture *f, const char *token)
{
	char path[512];

	make_path(f, RELEASES, path);
	return take(f, NORTH,
	            &(struct desk_request){.method = DESK_GET,
	                                   .is_console = true,
	                                   .bearer = view_of_string(token),
	                                   .path = view_of_string(path)});
}

/* Beside what runs. Others still get their turn. */
static void one_thing_waits_for_each(void **state)
{
	struct fixture *f = *state;
	struct desk *desk = f->world.desks[NORTH].desk;
	char tokens[2][TOKEN_LEN + 1];
	struct error err = {0};

	desk_turn_begin(desk, f->world.now_ms);
	assert_int_equal(office_begin_turn(f->apis[NORTH]->office, f->world.now_ms, &err),
	                 STATUS_OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(office_token_add(f->apis[NORTH]->office, "reader", "ada",
		                                  OFFICE_SCOPE_READ, 0, tokens[i], NULL,
		                                  &err),
		                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
	f->apis[NORTH]->host.run_aside = hold;
	assert_int_equal(get_with(f, tokens[0]), 0); /* runs */
	assert_int_equal(get_with(f, tokens[0]), 0); /* waits */
	assert_int_equal(get_with(f, tokens[0]), 429);
	assert_true(holds(f, "too-many-asked") && holds(f, "wait for that"));
	assert_int_equal(get_with(f, tokens[1]), 0);
	assert_int_equal(get_with(f, tokens[1]), 429);
	assert_int_equal(get(f, RELEASES), 0);
	end_aside(f, STATUS_OK, "{}");
	assert_int_equal(get_with(f, tokens[0]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_draft_tells_what_it_shows, set_up,
	                                    fixture_free),
	    cmocka_unit_test_setup_teardown(all_consent_and_the_file_is_joint, set_up,
	                                    fixture_free),
	    cmocka_unit_test_setup_teardown(a_refusal_leaves_it_one_sided, set_up,
	                                    fixture_free),
	    cmocka_unit_test_setup_teardown(nobody_asks_for_anothers_manifest, set_up,
	                                    fixture_free),
	    cmocka_unit_test_setup_teardown(all_requests_are_paged_through, set_up,
	                                    fixture_free),
	    cmocka_unit_test_setup_teardown(one_thing_waits_for_each, set_up,
	                                    fixture_free),
	    cmocka_unit_test_setup_teardown(what_is_broken_off_is_told, set_up,
	                                    fixture_free),
	    cmocka_unit_test_setup_teardown(one_runs_and_some_wait, set_up, fixture_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
