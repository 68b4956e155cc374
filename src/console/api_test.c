/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API over real desks in one process: what a caller sees from joining to receipts,
 * and that nothing is written by halves.
 */
#include "console/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "console/reading/advisories.h"
#include "record/log_end.h"

#define TEXT "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":\"Hello\"}}"

enum { NORTH, SOUTH };

struct fixture {
	struct world world;
	struct api *api; /* of north */
	char channel[HASH_HEX_LEN + 1];
	char backup_path[64];
	bool is_clock_accepted;
	uint64_t next_request;
	struct json_doc doc; /* of the last answer */
};

static enum status note_backup(void *self, const char *path, struct error *err)
{
	struct fixture *f = self;

	snprintf(f->backup_path, sizeof f->backup_path, "%s", path);
	return STATUS_OK;
}

static void note_clock(void *self)
{
	((struct fixture *)self)->is_clock_accepted = true;
}

static void open_api(struct fixture *f)
{
	const struct api_host host = {.version = "1.2.3",
	                              .backup = note_backup,
	                              .accept_clock = note_clock,
	                              .self = f};

	assert_int_equal(api_new(f->world.desks[NORTH].desk, &host, &f->api, NULL),
	                 STATUS_OK);
}

static int set_up_with(void **state, const char *template_json)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct desk_channel_info info;

	world_init(&f->world, 2, template_json);
	desk_channel(f->world.desks[NORTH].desk, 0, &info);
	memcpy(f->channel, info.id_hex, sizeof f->channel);
	open_api(f);
	*state = f;
	return 0;
}

static int set_up(void **state)
{
	return set_up_with(state, NULL);
}

static int set_up_approval(void **state)
{
	return set_up_with(state, "{\"approval\":[\"text\"]}");
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

/* One turn of north that only looks after what waits; returns the answer's status. */
static int serve(struct fixture *f)
{
	struct desk *desk = f->world.desks[NORTH].desk;

	f->world.reply.status = 0;
	desk_turn_begin(desk, f->world.now_ms);
	api_serve_waiting(f->api, f->world.now_ms);
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
	return f->world.reply.status;
}

static int take(struct fixture *f, struct desk_request *request)
{
	struct desk *desk = f->world.desks[NORTH].desk;

	request->id = ++f->next_request;
	f->world.reply.status = 0;
	desk_turn_begin(desk, f->world.now_ms);
	api_take_request(f->api, request, f->world.now_ms);
	api_serve_waiting(f->api, f->world.now_ms);
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
	f->doc.count = 0;
	if (strstr(f->world.reply.type, "json") != NULL && f->world.reply.status != 0)
		assert_int_equal(json_scan(&f->doc, buf_view(&f->world.reply.body),
		                           JSON_TOKENS_MAX, NULL),
		                 STATUS_OK);
	return f->world.reply.status;
}

/* format's "%s" is the channel's id. */
static void make_path(const struct fixture *f, const char *format, char ret_path[512])
{
	const char *hole = strstr(format, "%s");

	if (hole == NULL)
		snprintf(ret_path, 512, "%s", format);
	else
		snprintf(ret_path, 512, "%.*s%s%s", (int)(hole - format), format,
		         f->channel, hole + 2);
}

static int get(struct fixture *f, const char *format)
{
	char path[512];
	struct desk_request request = {.method = DESK_GET};

	make_path(f, format, path);
	request.path = view_of_string(path);
	return take(f, &request);
}

static int post(struct fixture *f, const char *format, const char *type, const char *key,
                struct view body)
{
	char path[512];
	struct desk_request request = {.method = DESK_POST,
	                               .type = view_of_string(type),
	                               .idempotency_key = view_of_string(key),
	                               .body = body};

	make_path(f, format, path);
	request.path = view_of_string(path);
	return take(f, &request);
}

static int post_json(struct fixture *f, const char *format, const char *key,
                     const char *body)
{
	return post(f, format, "application/json", key, view_of_string(body));
}

static int post_lines(struct fixture *f, const char *key, const char *lines)
{
	return post(f, "/api/channels/%s/messages", "application/x-ndjson", key,
	            view_of_string(lines));
}

static const struct json_token *member(const struct fixture *f, const char *name)
{
	const struct json_token *value = json_member(&f->doc, json_root(&f->doc), name);

	assert_non_null(value);
	return value;
}

static bool says(const struct fixture *f, const char *name, const char *expected)
{
	return json_string_is(&f->doc, member(f, name), expected);
}

static bool holds(const struct fixture *f, const char *part)
{
	return view_find(buf_view(&f->world.reply.body), view_of_string(part)) !=
	       SIZE_MAX;
}

static uint64_t own_entries(const struct fixture *f)
{
	struct desk_log_info log;

	desk_log(f->world.desks[NORTH].desk, 0, 0, &log);
	assert_true(log.is_own);
	return log.entry_count;
}

/* ---- approval
 * --------------------------------------------------------------------------- */

static void what_a_second_person_must_approve_is_not_sent(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);

	assert_int_equal(post_json(f, "/api/channels/%s/messages", "k", TEXT), 403);
	assert_true(says(f, "code", "approval-required"));
	assert_true(holds(f, "write it as a draft in the console"));
	assert_int_equal(post_lines(f, "",
	                            "{\"kind\":\"query\",\"body\":{\"language\":"
	                            "\"en\",\"question\":\"Who?\"}}\n" TEXT "\n"),
	                 403);
	assert_int_equal(json_integer(&f->doc, member(f, "line")), 2);
	assert_int_equal(own_entries(f), before);
}

static void the_desk_itself_refuses_what_nobody_approved(void **state)
{
	struct fixture *f = *state;
	struct desk *desk = f->world.desks[NORTH].desk;
	struct desk_draft draft = {
	    .kind = "text",
	    .body = view_of_string("{\"language\":\"en\",\"text\":\"Hello\"}")};
	struct record_message_id id;

	desk_turn_begin(desk, f->world.now_ms);
	assert_int_equal(desk_submit(desk, 0, &draft, &id, NULL), STATUS_UNTRUSTED);
	draft.is_approved = true;
	assert_int_equal(desk_submit(desk, 0, &draft, &id, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
}

/* ---- state
 * ------------------------------------------------------------------------------ */

static void status_tells_who_and_with_whom(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/api/status"), 200);
	assert_true(says(f, "desk", "north.example"));
	assert_true(says(f, "version", "1.2.3"));
	assert_true(holds(f, "\"warnings\":[]"));
	assert_true(holds(f, "\"name\":\"south.example\""));
	assert_true(holds(f, "vouched for by the charter"));
	assert_true(holds(f, f->channel));
	assert_int_equal(get(f, "/api/card"), 200);
	assert_true(says(f, "name", "north.example"));
	assert_int_equal(get(f, "/api/cards"), 200);
	assert_int_equal(get(f, "/api/channels"), 200);
	assert_int_equal(get(f, "/api/channels/%s"), 200);
	assert_true(holds(f, "\"signed\":true"));
	assert_true(holds(f, "aldis.charter/1"));
}

static void problems_are_problem_documents(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/api/nothing"), 404);
	assert_string_equal(f->world.reply.type, "application/problem+json");
	assert_true(says(f, "type", "urn:aldis:problem:not-found"));
	assert_int_equal(json_integer(&f->doc, member(f, "status")), 404);
	assert_int_equal(get(f, "/api/status?verbose=1"), 400);
	assert_int_equal(get(f, "/api//status"), 400);
	assert_int_equal(get(f, "/api/channels/ffff"), 404);
	assert_int_equal(get(f, "/api/check"), 404);
	assert_int_equal(post_json(f, "/api/cards", "", "{}"), 400);
	assert_int_equal(get(f, "/api/evidence/0"), 404);
}

static void peers_and_strangers_have_no_rights_here(void **state)
{
	struct fixture *f = *state;
	struct desk_request peer = {.method = DESK_GET,
	                            .peer = "south.example",
	                            .path = view_of_string("/api/status")};
	struct desk_request witness = {.method = DESK_GET,
	                               .is_witness = true,
	                               .path = view_of_string("/api/status")};

	assert_int_equal(take(f, &peer), 403);
	assert_int_equal(take(f, &witness), 403);
}

static void what_is_kept_beside_the_record_commits_with_its_answer(void **state)
{
	struct fixture *f = *state;
	struct desk *desk = f->world.desks[NORTH].desk;
	struct store store = f->world.desks[NORTH].store;
	const struct desk_reply reply = {.request = 7,
	                                 .status = 429,
	                                 .type = "application/json",
	                                 .body = view_of_string("{}"),
	                                 .retry_after_s = 30,
	                                 .session = "token",
	                                 .session_s = 60,
	                                 .file_name = "a.json"};
	CLEANUP_BUF struct buf value = BUF_INIT(100);
	struct error err;

	f->world.desks[NORTH].events.max = 1000;
	desk_turn_begin(desk, f->world.now_ms);
	assert_int_equal(desk_store(desk).ops->put(desk_store(desk).self, STORE_META,
	                                           view_of_string("office/test/1"),
	                                           view_of_string("kept"), &err),
	                 STATUS_OK);
	desk_reply_with(desk, &reply);
	desk_announce(desk, "draft", "\"id\":\"1\"");
	assert_int_equal(desk_turn_end(desk, &err), STATUS_OK);
	store.ops->rollback(store.self);
	assert_int_equal(store.ops->get(store.self, STORE_META,
	                                view_of_string("office/test/1"), &value, &err),
	                 STATUS_OK);
	assert_true(view_equal_string(buf_view(&value), "kept"));
	assert_int_equal(f->world.reply.retry_after_s, 30);
	assert_true(f->world.reply.has_session);
	assert_string_equal(f->world.reply.session, "token");
	assert_int_equal(f->world.reply.session_s, 60);
	assert_string_equal(f->world.reply.file_name, "a.json");
	assert_true(view_equal_string(buf_view(&f->world.desks[NORTH].events),
	                              "{\"type\":\"draft\",\"id\":\"1\"}\n"));
}

static void a_card_is_trusted_as_often_as_it_is_posted(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf body = BUF_INIT(65536);

	buf_append_string(&body, "{\"card\":");
	json_append_string(&body, buf_view(&f->world.desks[SOUTH].testing.note));
	buf_append_string(&body, ",\"compared\":true}");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    post(f, "/api/cards", "application/json", "", buf_view(&body)), 201);
		assert_true(says(f, "name", "south.example"));
	}
	assert_int_equal(get(f, "/api/status"), 200);
	assert_true(holds(f, "\"trust\":\"compared\""));
	body.data[60] ^= 1;
	assert_int_not_equal(
	    post(f, "/api/cards", "application/json", "", buf_view(&body)), 201);
}

static void a_charter_joined_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_channel_info info;

	desk_channel(f->world.desks[NORTH].desk, 0, &info);
	buf_append_view(&note, info.charter_note);
	assert_int_equal(post(f, "/api/channels", "text/plain", "", buf_view(&note)),
	                 201);
	assert_true(says(f, "id", f->channel));
	assert_int_equal(member(f, "open")->type, JSON_TRUE);
	assert_int_equal(desk_channel_count(f->world.desks[NORTH].desk), 1);
	assert_int_equal(
	    post(f, "/api/channels", "text/plain", "", view_of(note.data, note.len - 3)),
	    400);
}

/* An amendment of the world's charter, with the lines of the first signers. */
static void amend(struct fixture *f, size_t signer_count, struct buf *note)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_charter_info info;
	struct record_charter_draft draft = {.title = "Renamed", .date_s = 1795304940};

	assert_true(desk_charter(f->world.desks[NORTH].desk, 0, 0, &info));
	draft.previous = info.charter;
	assert_int_equal(record_charter_draft(&draft, &text, NULL), STATUS_OK);
	buf_append_view(note, buf_view(&text));
	buf_append_byte(note, '\n');
	for (size_t i = 0; i < signer_count; i++)
		testing_charter_sign(&f->world.desks[i].testing, buf_view(&text), note);
}

static void an_amendment_is_pending_until_all_have_signed(void **state)
{
	struct fixture *f = *state;

	for (size_t signers = 1; signers <= 2; signers++) {
		CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);

		amend(f, signers, &note);
		assert_int_equal(
		    post(f, "/api/channels", "text/plain", "", buf_view(&note)), 201);
		assert_true(says(f, "id", f->channel));
		assert_int_equal(get(f, "/api/channels/%s/charters"), 200);
		assert_true(holds(f, "\"title\":\"Renamed\""));
		assert_int_equal(holds(f, "\"in_force\":false"), signers == 1);
		assert_int_equal(holds(f, "\"first_missing\":\"south.example\""),
		                 signers == 1);
	}
}

static void a_chain_of_charters_is_taken_whole(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf chain = BUF_INIT(4 * RECORD_NOTE_MAX);
	struct desk_channel_info info;

	desk_channel(f->world.desks[NORTH].desk, 0, &info);
	buf_append_view(&chain, info.charter_note);
	amend(f, 2, &chain);
	assert_int_equal(post(f, "/api/channels", "text/plain", "", buf_view(&chain)),
	                 201);
	assert_true(says(f, "title", "Renamed"));
	buf_append_string(&chain, "more\n");
	assert_int_equal(post(f, "/api/channels", "text/plain", "", buf_view(&chain)),
	                 400);
}

static void append_log_end(struct fixture *f, const char *origin, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct record_log_end end = {.size = 1};

	snprintf(end.origin, sizeof end.origin, "%s", origin);
	assert_int_equal(record_log_end_append_text(&end, &text, NULL), STATUS_OK);
	buf_append_view(out, buf_view(&text));
	buf_append_byte(out, '\n');
	testing_charter_sign(&f->world.desks[NORTH].testing, buf_view(&text), out);
}

/* Signed by its desk alone, of a log that is or of one that is not. */
static void an_end_of_a_log_is_judged_as_one(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf known = BUF_INIT(RECORD_NOTE_MAX),
	                       strange = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_log_info log;

	desk_log(f->world.desks[NORTH].desk, 0, 0, &log);
	append_log_end(f, log.origin, &known);
	assert_int_equal(post(f, "/api/channels", "text/plain", "", buf_view(&known)),
	                 201);
	assert_true(says(f, "id", f->channel));
	append_log_end(f,
	               "north.example/"
	               "00000000000000000000000000000000000000000000000000000000000000ff",
	               &strange);
	assert_int_equal(post(f, "/api/channels", "text/plain", "", buf_view(&strange)),
	                 404);
	assert_int_equal(post(f, "/api/channels", "text/plain", "",
	                      view_of_string("aldis.log-end/1\n{}\n")),
	                 400);
}

static void the_papers_of_a_channel_are_all_that_an_export_needs(void **state)
{
	struct fixture *f = *state;
	const char *const parts[] = {"\"charters\":[\"aldis.charter/1", "\"log_ends\":[]",
	                             "\"cards\":[\"aldis.card/1",
	                             "\"own\":true,\"base\":0}"};

	assert_int_equal(get(f, "/api/channels/%s/papers"), 200);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		assert_true(holds(f, parts[i]));
	assert_int_equal(get(f, "/api/channels/%s/papers?all=1"), 400);
}

static void what_is_no_key_change_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, "/api/key-change", "text/plain", "",
	                      view_of_string("aldis.key-change/1\n{}\n")),
	                 400);
}

/* ---- sending
 * ---------------------------------------------------------------------------- */

static void a_message_gets_an_id_and_can_be_read(void **state)
{
	struct fixture *f = *state;
	char id[64], path[128];
	unsigned index;

	assert_int_equal(post_json(f, "/api/channels/%s/messages", "", TEXT), 201);
	assert_true(json_string_copy(&f->doc, member(f, "id"), id, sizeof id));
	assert_int_equal(sscanf(id, "north.example#%u", &index), 1);
	world_settle(&f->world);
	snprintf(path, sizeof path, "/api/channels/%%s/messages/north.example/%u", index);
	assert_int_equal(get(f, path), 200);
	assert_true(says(f, "id", id));
	assert_true(holds(f, "\"body\":{\"language\":\"en\",\"text\":\"Hello\"}"));
	assert_true(holds(f, "\"state\":\"stored\""));
	assert_true(holds(f, "\"flags\":[]"));
}

static void a_key_makes_a_repetition_harmless(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);
	char first[64];

	assert_int_equal(post_json(f, "/api/channels/%s/messages", "k1", TEXT), 201);
	assert_true(json_string_copy(&f->doc, member(f, "id"), first, sizeof first));
	assert_int_equal(post_json(f, "/api/channels/%s/messages", "k1", TEXT), 201);
	assert_true(says(f, "id", first));
	assert_int_equal(own_entries(f), before + 1);
	assert_int_equal(post_json(f, "/api/channels/%s/messages", "k1",
	                           "{\"kind\":\"text\",\"body\":{\"language\":\"en\","
	                           "\"text\":\"Other\"}}"),
	                 409);
	assert_int_equal(own_entries(f), before + 1);
	assert_int_equal(post_json(f, "/api/channels/%s/messages", "k 2", TEXT), 400);
	assert_int_equal(own_entries(f), before + 1);
}

static void a_key_outlives_a_crash(void **state)
{
	struct fixture *f = *state;
	char first[64];

	assert_int_equal(post_json(f, "/api/channels/%s/messages", "k1", TEXT), 201);
	assert_true(json_string_copy(&f->doc, member(f, "id"), first, sizeof first));
	api_free(f->api);
	f->api = NULL;
	world_crash(&f->world, NORTH);
	open_api(f);
	world_settle(&f->world);
	assert_int_equal(post_json(f, "/api/channels/%s/messages", "k1", TEXT), 201);
	assert_true(says(f, "id", first));
}

static void a_batch_is_written_whole(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);

	assert_int_equal(post_lines(f, "b1", TEXT "\n" TEXT "\n" TEXT "\n"), 201);
	assert_int_equal(json_integer(&f->doc, member(f, "count")), 3);
	assert_int_equal(own_entries(f), before + 3);
	assert_int_equal(post_lines(f, "b1", TEXT "\n" TEXT "\n" TEXT "\n"), 201);
	assert_int_equal(own_entries(f), before + 3);
}

static void a_bad_line_keeps_the_whole_batch_out(void **state)
{
	static const char *const bad[] = {
	    "{\"kind\":\"text\"}",
	    "{\"kind\":\"text\",\"line\":\"nowhere\",\"body\":{\"language\":\"en\","
	    "\"text\":\"x\"}}",
	    "{\"kind\":\"text\",\"to\":[\"west.example\"],\"body\":{\"language\":\"en\","
	    "\"text\":\"x\"}}",
	    "{\"kind\":\"signal\",\"body\":{\"codebook\":"
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
	    "\"number\":101}}",
	    "{\"kind\":\"ack\",\"re\":\"south.example#99\",\"body\":{\"understood\":"
	    "true}}",
	    "{\"kind\":\"ack\",\"re\":\"west.example#0\",\"body\":{\"understood\":true}}",
	    "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":\"x\"},"
	    "\"attachments\":[{\"blob\":"
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
	    "\"size\":1}]}",
	};
	struct fixture *f = *state;
	uint64_t before = own_entries(f);

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char lines[1024];
		int http_status;

		snprintf(lines, sizeof lines, "%s\n\n%s\n%s\n", TEXT, bad[i], TEXT);
		http_status = post_lines(f, "b2", lines);
		assert_true(http_status == 400 || http_status == 404);
		assert_int_equal(json_integer(&f->doc, member(f, "line")), 3);
		assert_true(holds(f, "line 3: "));
		assert_int_equal(own_entries(f), before);
	}
	assert_int_equal(post_lines(f, "b2", TEXT "\n" TEXT "\n"), 201);
	assert_int_equal(own_entries(f), before + 2);
}

static void a_message_may_answer_one_of_its_own_batch(void **state)
{
	struct fixture *f = *state;
	uint64_t before = own_entries(f);
	char lines[512];

	snprintf(lines, sizeof lines,
	         "%s\n{\"kind\":\"text\",\"re\":\"north.example#%llu\",\"body\":{"
	         "\"language\":\"en\",\"text\":\"x\"}}\n",
	         TEXT, (unsigned long long)before);
	assert_int_equal(post_lines(f, "", lines), 201);
	assert_int_equal(own_entries(f), before + 2);
	snprintf(lines, sizeof lines,
	         "%s\n{\"kind\":\"text\",\"re\":\"north.example#%llu\",\"body\":{"
	         "\"language\":\"en\",\"text\":\"x\"}}\n",
	         TEXT, (unsigned long long)before + 4);
	assert_int_equal(post_lines(f, "", lines), 404);
	assert_int_equal(own_entries(f), before + 2);
}

static void an_answer_to_another_kind_keeps_the_whole_batch_out(void **state)
{
	static const char close[] = "{\"kind\":\"incident.close\",\"re\":\"north.example#"
	                            "%llu\",\"body\":{\"language\":\"en\",\"outcome\":"
	                            "\"resolved\"}}";
	struct fixture *f = *state;
	uint64_t before = own_entries(f);
	char line[256], lines[512];

	for (uint64_t about = 0; about <= before; about += before) {
		snprintf(line, sizeof line, close, (unsigned long long)about);
		snprintf(lines, sizeof lines, "%s\n%s\n", TEXT, line);
		assert_int_equal(post_lines(f, "", lines), 400);
		assert_true(holds(f, "incident.close must name a message of kind"));
		assert_int_equal(own_entries(f), before);
	}
	assert_int_equal(post_json(f, "/api/channels/%s/messages", "", line), 404);
}

static void an_attachment_goes_with_its_message(void **state)
{
	struct fixture *f = *state;
	char blob[HASH_HEX_LEN + 1], id[64], text[512];
	uint64_t before = own_entries(f);

	for (int i = 0; i < 2; i++) {
		assert_int_equal(post(f, "/api/channels/%s/attachments",
		                      "application/octet-stream", "",
		                      view_of_string("addresses")),
		                 201);
		assert_true(
		    json_string_copy(&f->doc, member(f, "blob"), blob, sizeof blob));
		assert_int_equal(json_integer(&f->doc, member(f, "size")), 9);
		snprintf(text, sizeof text,
		         "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":"
		         "\"see\"},\"attachments\":[{\"blob\":\"%s\",\"size\":9}]}",
		         blob);
		/* The second time the same file has another salt; the key still fits. */
		assert_int_equal(post_json(f, "/api/channels/%s/messages", "a1", text),
		                 201);
		if (i == 0)
			assert_true(
			    json_string_copy(&f->doc, member(f, "id"), id, sizeof id));
		assert_true(says(f, "id", id));
	}
	assert_int_equal(own_entries(f), before + 1);
	blob[0] = blob[0] == 'f' ? '0' : 'f';
	snprintf(text, sizeof text,
	         "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":\"see\"},"
	         "\"attachments\":[{\"blob\":\"%s\",\"size\":9}]}",
	         blob);
	assert_int_equal(post_json(f, "/api/channels/%s/messages", "a2", text), 404);
}

#define ADVISORY(id)                                                                    \
	"{\"document\":{\"category\":\"csaf_base\",\"csaf_version\":\"2.0\",\"title\":" \
	"\"A \\\"B\\\"\",\"publisher\":{\"category\":\"vendor\",\"name\":\"N\","        \
	"\"namespace\":\"https://example.org\"},\"distribution\":{\"tlp\":{\"label\":"  \
	"\"GREEN\"}},\"tracking\":{" id                                                 \
	"\"current_release_date\":\"2026-01-01T00:00:00Z\",\"initial_release_date\":"   \
	"\"2026-01-01T00:00:00Z\",\"status\":\"final\",\"version\":\"1\","              \
	"\"revision_history\":[{\"date\":\"2026-01-01T00:00:00Z\",\"number\":\"1\","    \
	"\"summary\":\"First\"}]}}}"

/* Sends north's message with these files; returns the index. */
static uint64_t send_files(struct fixture *f, const char *const *files, size_t count)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 16);
	uint64_t index = own_entries(f);

	buf_append_string(&text,
	                  "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":"
	                  "\"see\"},\"attachments\":[");
	for (size_t i = 0; i < count; i++) {
		char blob[HASH_HEX_LEN + 1];

		assert_int_equal(post(f, "/api/channels/%s/attachments",
		                      "application/octet-stream", "",
		                      view_of_string(files[i])),
		                 201);
		assert_true(
		    json_string_copy(&f->doc, member(f, "blob"), blob, sizeof blob));
		buf_printf(&text, "%s{\"blob\":\"%s\",\"size\":%zu}", i > 0 ? "," : "",
		           blob, strlen(files[i]));
	}
	buf_append(&text, "]}", sizeof "]}");
	assert_int_equal(
	    post_json(f, "/api/channels/%s/messages", "", (const char *)text.data), 201);
	world_settle(&f->world);
	return index;
}

static void an_attached_advisory_says_what_it_is(void **state)
{
	static const char *const files[] = {"addresses", ADVISORY("\"id\":\"EX-1\","),
	                                    ADVISORY(""),
	                                    "{\"about\":[\"csaf_version\"]}"};
	struct fixture *f = *state;
	char path[256];

	snprintf(path, sizeof path, "/api/channels/%%s/messages/north.example/%llu",
	         (unsigned long long)send_files(f, files, 4));
	assert_int_equal(get(f, path), 200);
	assert_int_equal(member(f, "attachments")->count, 4);
	assert_int_equal(member(f, "advisories")->count, 2);
	assert_true(
	    holds(f, "\"id\":\"EX-1\",\"title\":\"A \\\"B\\\"\",\"tlp\":\"GREEN\"}"));
	assert_true(holds(f, "\"breach\":\"CSAF: document.tracking.id is missing\"}"));
	snprintf(path, sizeof path, "/api/channels/%%s/messages/north.example/%llu",
	         (unsigned long long)send_files(f, files, 1));
	assert_int_equal(get(f, path), 200);
	assert_null(json_member(&f->doc, json_root(&f->doc), "advisories"));
}

/* All is done within one turn of the desk, so there is an end to what is looked at. */
static void a_large_advisory_is_not_looked_into(void **state)
{
	static const char advisory[] = ADVISORY("\"id\":\"EX-1\",");
	const size_t lens[] = {ADVISORY_LEN_MAX, ADVISORY_LEN_MAX + 1};
	struct fixture *f = *state;
	char path[256];

	for (size_t i = 0; i < 2; i++) {
		CLEANUP_FREE char *file = malloc(lens[i] + 1);
		const char *const files[] = {file};

		memset(file, ' ', lens[i]);
		memcpy(file, advisory, strlen(advisory));
		file[lens[i]] = '\0';
		snprintf(path, sizeof path,
		         "/api/channels/%%s/messages/north.example/%llu",
		         (unsigned long long)send_files(f, files, 1));
		assert_int_equal(get(f, path), 200);
		assert_int_equal(holds(f, "EX-1"), i == 0);
	}
}

static void a_blob_is_given_with_its_salt(void **state)
{
	struct fixture *f = *state;
	char blob[HASH_HEX_LEN + 1], text[512], path[512];
	uint64_t index = own_entries(f);
	struct hash id;

	assert_int_equal(post(f, "/api/channels/%s/attachments",
	                      "application/octet-stream", "",
	                      view_of_string("addresses")),
	                 201);
	assert_true(json_string_copy(&f->doc, member(f, "blob"), blob, sizeof blob));
	snprintf(text, sizeof text,
	         "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":\"see\"},"
	         "\"attachments\":[{\"blob\":\"%s\",\"size\":9}]}",
	         blob);
	assert_int_equal(post_json(f, "/api/channels/%s/messages", "", text), 201);
	world_settle(&f->world);
	snprintf(path, sizeof path,
	         "/api/channels/%%s/messages/north.example/%llu/blobs/%s",
	         (unsigned long long)index, blob);
	assert_int_equal(get(f, path), 200);
	assert_string_equal(f->world.reply.type, "application/octet-stream");
	assert_int_equal(f->world.reply.body.len, 16 + 9);
	id = sha256(buf_view(&f->world.reply.body));
	hash_hex(&id, text);
	assert_string_equal(text, blob);

	strcat(path, "/content");
	assert_int_equal(get(f, path), 200);
	assert_string_equal(f->world.reply.type, "application/octet-stream");
	assert_true(view_equal_string(buf_view(&f->world.reply.body), "addresses"));
	snprintf(text, sizeof text, "north.example-%llu-%.12s.bin",
	         (unsigned long long)index, blob);
	assert_string_equal(f->world.reply.file_name, text);
	memset(strstr(path, "/content") - 4, '0', 4);
	assert_int_equal(get(f, path), 404);
}

/* ---- waiting
 * ---------------------------------------------------------------------------- */

static void a_wait_ends_with_the_receipt(void **state)
{
	struct fixture *f = *state;

	assert_false(api_is_due(f->api));
	assert_int_equal(post_json(f, "/api/channels/%s/messages?wait=20", "", TEXT), 0);
	assert_true(api_wake_ms(f->api) <= f->world.now_ms + 20000);
	world_settle(&f->world);
	assert_true(api_is_due(f->api));
	assert_int_equal(serve(f), 201);
	assert_true(holds(f, "\"complete\":true"));
	assert_true(holds(f, "\"state\":\"stored\""));
	assert_false(api_is_due(f->api));
	assert_int_equal(serve(f), 0);
}

/* North's log ends as it is, and it goes on in a successor. */
static void end_own_log(struct fixture *f)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX),
	                       note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_log_end end = {0};
	struct desk_log_info log;
	bool is_open;

	desk_log(f->world.desks[NORTH].desk, 0, NORTH, &log);
	end.size = log.entry_count;
	end.root = log.cosigned_root;
	snprintf(end.origin, sizeof end.origin, "%s", log.origin);
	assert_int_equal(record_log_end_append_text(&end, &text, NULL), STATUS_OK);
	buf_append_view(&note, buf_view(&text));
	buf_append_byte(&note, '\n');
	for (size_t i = 0; i < 2; i++)
		testing_charter_sign(&f->world.desks[i].testing, buf_view(&text), &note);
	for (size_t i = 0; i < 2; i++) {
		struct desk *desk = f->world.desks[i].desk;

		desk_turn_begin(desk, f->world.now_ms);
		assert_int_equal(desk_join(desk, buf_view(&note), &is_open, NULL, NULL),
		                 STATUS_OK);
		assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
	}
	world_settle(&f->world);
	desk_log(f->world.desks[NORTH].desk, 0, NORTH, &log);
	assert_true(log.is_ended);
}

/* Ids go on where the old log ended; receipts count what the successor has. */
static void a_wait_ends_with_the_receipt_in_a_successor(void **state)
{
	struct fixture *f = *state;

	end_own_log(f);
	assert_int_equal(post_json(f, "/api/channels/%s/messages?wait=20", "", TEXT), 0);
	world_settle(&f->world);
	assert_int_equal(serve(f), 201);
	assert_true(holds(f, "\"complete\":true"));
	assert_true(holds(f, "\"state\":\"stored\""));
}

static void a_wait_ends_with_its_time(void **state)
{
	struct fixture *f = *state;

	f->world.desks[SOUTH].is_cut = true;
	assert_int_equal(post_json(f, "/api/channels/%s/messages?wait=2", "", TEXT), 0);
	world_settle(&f->world);
	assert_int_equal(serve(f), 0);
	f->world.now_ms += 2000;
	assert_int_equal(serve(f), 201);
	assert_true(holds(f, "\"complete\":false"));
	assert_int_equal(post_json(f, "/api/channels/%s/messages?wait=301", "", TEXT),
	                 400);
}

static void one_may_wait_for_a_message_of_the_other_side(void **state)
{
	struct fixture *f = *state;
	struct desk_log_info log;
	char path[256];
	uint64_t index;

	desk_log(f->world.desks[NORTH].desk, 0, 1, &log);
	snprintf(path, sizeof path,
	         "/api/channels/%%s/messages/south.example/%llu?wait=30",
	         (unsigned long long)log.entry_count);
	assert_int_equal(get(f, path), 0);
	index = world_say(&f->world, SOUTH, "late");
	assert_int_equal(index, log.entry_count);
	world_settle(&f->world);
	assert_int_equal(serve(f), 200);
	assert_true(holds(f, "\"text\":\"late\""));
}

static void messages_wait_while_the_log_may_not_grow(void **state)
{
	struct fixture *f = *state;

	api_free(f->api);
	f->api = NULL;
	f->world.desks[SOUTH].is_cut = true;
	world_crash(&f->world, NORTH);
	open_api(f);
	assert_int_equal(post_json(f, "/api/channels/%s/messages?wait=5", "w1", TEXT),
	                 202);
	assert_int_equal(member(f, "queued")->type, JSON_TRUE);
	assert_int_equal(get(f, "/api/status"), 200);
	assert_true(holds(f, "\"state\":\"waiting\""));
}

/* ---- reading
 * ---------------------------------------------------------------------------- */

static void pages_follow_one_another(void **state)
{
	struct fixture *f = *state;
	int64_t total, next;
	char path[128];
	int seen = 0;

	assert_int_equal(post_lines(f, "", TEXT "\n" TEXT "\n" TEXT "\n"), 201);
	world_settle(&f->world);
	assert_int_equal(get(f, "/api/channels/%s/messages?kind=text&limit=2"), 200);
	total = json_integer(&f->doc, member(f, "total"));
	next = json_integer(&f->doc, member(f, "next"));
	assert_true(next < total);
	assert_int_equal(member(f, "messages")->count, 2);
	assert_true(holds(f, "\"delivery\":[{\"to\":\"south.example\""));
	snprintf(path, sizeof path, "/api/channels/%%s/messages?kind=text&from=%lld",
	         (long long)next);
	assert_int_equal(get(f, path), 200);
	assert_int_equal(member(f, "messages")->count, 1);
	assert_null(json_member(&f->doc, json_root(&f->doc), "next"));
	for (next = 0; next < total; seen++) {
		snprintf(path, sizeof path,
		         "/api/channels/%%s/messages?limit=1&from=%lld", (long long)next);
		assert_int_equal(get(f, path), 200);
		assert_int_equal(member(f, "messages")->count, 1);
		next++;
	}
	assert_int_equal(seen, total);
}

static void filters_pick_by_author_and_time(void **state)
{
	struct fixture *f = *state;

	world_pass(&f->world, 60000);
	(void)world_say(&f->world, SOUTH, "from south");
	world_settle(&f->world);
	assert_int_equal(
	    get(f, "/api/channels/%s/messages?author=south.example&kind=text"), 200);
	assert_int_equal(member(f, "messages")->count, 1);
	assert_int_equal(get(f, "/api/channels/%s/messages?author=west.example"), 200);
	assert_int_equal(member(f, "messages")->count, 0);
	assert_int_equal(
	    get(f, "/api/channels/%s/messages?kind=text&since=2026-11-20T23:49:30Z"),
	    200);
	assert_int_equal(member(f, "messages")->count, 1);
	assert_int_equal(
	    get(f, "/api/channels/%s/messages?kind=text&since=2027-11-20T23:49:30Z"),
	    200);
	assert_int_equal(member(f, "messages")->count, 0);
	assert_int_equal(get(f, "/api/channels/%s/messages?since=yesterday"), 400);
	assert_int_equal(get(f, "/api/channels/%s/messages?limit=1001"), 400);
}

static void receipts_and_logs_are_handed_out(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf path = BUF_INIT(1024);
	struct desk_log_info log;
	struct hash origin;
	char hex[HASH_HEX_LEN + 1], text[256];
	uint64_t index = own_entries(f);

	assert_int_equal(post_json(f, "/api/channels/%s/messages", "", TEXT), 201);
	world_settle(&f->world);
	snprintf(text, sizeof text,
	         "/api/channels/%%s/messages/north.example/%llu/receipt?from="
	         "south.example",
	         (unsigned long long)index);
	assert_int_equal(get(f, text), 200);
	assert_true(holds(f, "c2sp.org/tlog-proof@v1\n"));
	desk_log(f->world.desks[NORTH].desk, 0, 0, &log);
	origin = sha256(view_of_string(log.origin));
	hash_hex(&origin, hex);
	snprintf(text, sizeof text, "/log/%s/checkpoint", hex);
	assert_int_equal(get(f, text), 200);
	assert_true(holds(f, log.origin));
	hex[0] = hex[0] == '0' ? '1' : '0';
	snprintf(text, sizeof text, "/log/%s/checkpoint", hex);
	assert_int_equal(get(f, text), 404);
	assert_int_equal(post_json(f, text, "", "{}"), 404);
}

/* ---- upkeep
 * ----------------------------------------------------------------------------- */

static void upkeep_is_done_by_desk_and_host(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post_json(f, "/api/check", "", ""), 200);
	assert_int_equal(json_integer(&f->doc, member(f, "logs")), 2);
	assert_int_equal(post_json(f, "/api/backup", "", "{\"path\":\"/b/x.db\"}"), 201);
	assert_string_equal(f->backup_path, "/b/x.db");
	assert_int_equal(post_json(f, "/api/backup", "", "{\"path\":\"x.db\"}"), 400);
	assert_int_equal(post_json(f, "/api/recover", "", ""), 202);
	assert_int_equal(post_json(f, "/api/clock", "", ""), 200);
	assert_true(f->is_clock_accepted);
}

static void what_takes_nothing_is_given_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/api/status?x=1"), 400);
	assert_int_equal(get(f, "/api/session?x=1"), 400);
	assert_int_equal(post_json(f, "/api/clock?x=1", "", ""), 400);
	assert_int_equal(post_json(f, "/api/clock", "", "{\"x\":1}"), 400);
	assert_int_equal(post_json(f, "/api/clock", "", "{"), 400);
	assert_false(f->is_clock_accepted);
	assert_int_equal(post_json(f, "/api/backup?x=1", "", "{\"path\":\"/b\"}"), 400);
	assert_int_equal(get(f, "/api/channels/%s/messages?author=North"), 400);
	assert_int_equal(get(f, "/api/channels/%s/messages?limit=0"), 400);
	assert_int_equal(get(f, "/api/channels/%s/messages/north.example/x"), 400);
	assert_int_equal(post_json(f, "/api/clock", "", "{}"), 200);
}

#define WITH_DESKS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define WITH_APPROVAL(test) \
	cmocka_unit_test_setup_teardown(test, set_up_approval, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DESKS(status_tells_who_and_with_whom),
	    WITH_DESKS(problems_are_problem_documents),
	    WITH_DESKS(peers_and_strangers_have_no_rights_here),
	    WITH_DESKS(what_is_kept_beside_the_record_commits_with_its_answer),
	    WITH_DESKS(a_card_is_trusted_as_often_as_it_is_posted),
	    WITH_DESKS(a_charter_joined_again_changes_nothing),
	    WITH_DESKS(an_amendment_is_pending_until_all_have_signed),
	    WITH_DESKS(a_chain_of_charters_is_taken_whole),
	    WITH_DESKS(an_end_of_a_log_is_judged_as_one),
	    WITH_DESKS(the_papers_of_a_channel_are_all_that_an_export_needs),
	    WITH_DESKS(what_is_no_key_change_is_refused),
	    WITH_DESKS(a_message_gets_an_id_and_can_be_read),
	    WITH_DESKS(a_key_makes_a_repetition_harmless),
	    WITH_DESKS(a_key_outlives_a_crash),
	    WITH_DESKS(a_batch_is_written_whole),
	    WITH_DESKS(a_bad_line_keeps_the_whole_batch_out),
	    WITH_DESKS(a_message_may_answer_one_of_its_own_batch),
	    WITH_DESKS(an_answer_to_another_kind_keeps_the_whole_batch_out),
	    WITH_DESKS(an_attachment_goes_with_its_message),
	    WITH_DESKS(an_attached_advisory_says_what_it_is),
	    WITH_DESKS(a_large_advisory_is_not_looked_into),
	    WITH_DESKS(a_blob_is_given_with_its_salt),
	    WITH_DESKS(a_wait_ends_with_the_receipt),
	    WITH_DESKS(a_wait_ends_with_the_receipt_in_a_successor),
	    WITH_DESKS(a_wait_ends_with_its_time),
	    WITH_DESKS(one_may_wait_for_a_message_of_the_other_side),
	    WITH_DESKS(messages_wait_while_the_log_may_not_grow),
	    WITH_DESKS(pages_follow_one_another),
	    WITH_DESKS(filters_pick_by_author_and_time),
	    WITH_DESKS(receipts_and_logs_are_handed_out),
	    WITH_APPROVAL(what_a_second_person_must_approve_is_not_sent),
	    WITH_APPROVAL(the_desk_itself_refuses_what_nobody_approved),
	    WITH_DESKS(upkeep_is_done_by_desk_and_host),
	    WITH_DESKS(what_takes_nothing_is_given_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
