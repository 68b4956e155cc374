/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole requests to the API of a desk on which things have happened. The first line of an
 * input is "WHO METHOD PATH TYPE", the rest is the body; WHO is a role, "all", a token's
 * scope, "local" for the socket, "foreign" for another site's page, anything else for
 * nobody. Each request is answered exactly once, whatever it is, as JSON where it says
 * so. The desk is made anew when a request changed it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <world.h> /* test/desk */

#include "codec/json.h"
#include "console/api.h"
#include "console/api_call.h"
#include "office/operators.h"
#include "office/sessions.h"
#include "office/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	PEOPLE = 5,
	TOKENS = 3,
	INPUTS_MAX = 4096, /* of one desk: its audit grows */
	STEPS_MAX = 200,   /* turns until the answer must be there */
	WAIT_MS = 301 * 1000,
	SCAN_LEN_MAX = 1024 * 1024, /* longer ones have too many tokens for the scanner */
};

static const char *const people[PEOPLE] = {"watch", "officer", "administrator", "auditor",
                                           "all"};
static const char *const scopes[TOKENS] = {"read", "draft", "send"};

struct bench {
	struct world world;
	struct api *api;
	char sessions[PEOPLE][SESSION_TOKEN_LEN + 1];
	char tokens[TOKENS][TOKEN_LEN + 1];
	uint64_t tickets[PASSWORDS_MAX];
	size_t ticket_count, inputs;
	bool is_open;
};

static struct bench bench; /* libFuzzer hands nothing from input to input */

static enum status note_ticket(void *self, uint64_t ticket, bool is_check,
                               const char *password, const char *hash, struct error *err)
{
	if (bench.ticket_count == PASSWORDS_MAX)
		return error_set(err, STATUS_AGAIN, "too many passwords wait");
	bench.tickets[bench.ticket_count++] = ticket;
	return STATUS_OK;
}

static enum status back_up(void *self, const char *path, struct error *err)
{
	return STATUS_OK;
}

static void accept_clock(void *self)
{
}

static struct desk *desk(void)
{
	return bench.world.desks[0].desk;
}

static void must(enum status status)
{
	assert(status == STATUS_OK);
}

static void turn(const struct desk_request *request)
{
	desk_turn_begin(desk(), bench.world.now_ms);
	if (request != NULL)
		api_take_request(bench.api, request, bench.world.now_ms);
	api_serve_waiting(bench.api, bench.world.now_ms);
	must(desk_turn_end(desk(), NULL));
}

static void hash_one(void)
{
	desk_turn_begin(desk(), bench.world.now_ms);
	api_take_password(bench.api, bench.tickets[--bench.ticket_count], true, "fake$",
	                  bench.world.now_ms);
	must(desk_turn_end(desk(), NULL));
}

/* Turns until it is answered: passwords first, then time. */
static void ask(struct desk_request *request)
{
	request->id = 7;
	bench.world.reply.status = 0;
	bench.world.reply_count = 0;
	turn(request);
	for (int i = 0; i < STEPS_MAX && bench.world.reply_count == 0; i++) {
		if (bench.ticket_count > 0)
			hash_one();
		else if (i > STEPS_MAX / 2)
			bench.world.now_ms += WAIT_MS;
		turn(NULL);
	}
	turn(NULL);
	assert(bench.world.reply_count == 1);
}

/* ---- a desk on which things have happened ---- */

static void post(const char *path, const char *body)
{
	struct desk_request request = {.method = DESK_POST,
	                               .type = view_of_string("application/json"),
	                               .path = view_of_string(path),
	                               .body = view_of_string(body)};

	ask(&request);
	assert(bench.world.reply.status < 300);
}

static void add_people(void)
{
	struct office *office = bench.api->office;
	char id[TOKEN_ID_LEN + 1];

	desk_turn_begin(desk(), bench.world.now_ms);
	must(office_begin_turn(office, bench.world.now_ms, NULL));
	for (size_t i = 0; i < PEOPLE; i++) {
		struct office_operator person = {.hash = "fake$", .secret.len = 20};
		unsigned role = office_role_of(view_of_string(people[i]));

		snprintf(person.name, sizeof person.name, "%s", people[i]);
		person.roles = role != 0 ? role : OFFICE_ROLES_ALL;
		must(office_operator_put(office, &person, NULL));
		must(office_session_open(office, people[i], bench.sessions[i], NULL));
	}
	for (size_t i = 0; i < TOKENS; i++)
		must(office_token_add(office, scopes[i], "all", 1U << i, 0,
		                      bench.tokens[i], id, NULL));
	must(desk_turn_end(desk(), NULL));
}

static void let_things_happen(void)
{
	(void)world_say(&bench.world, 1, "from south");
	world_settle(&bench.world);
	post("/api/channels/test/messages", "{\"kind\":\"query\",\"body\":{\"language\":"
	                                    "\"en\",\"question\":\"Is it?\"}}");
	post("/api/drafts", "{\"channel\":\"test\",\"message\":{\"kind\":\"text\"}}");
	post("/api/notes", "{\"version\":0,\"text\":\"Quiet.\"}");
	post("/api/handovers", "{\"to\":\"officer\",\"notes\":\"Quiet.\"}");
	world_settle(&bench.world);
}

static void bench_close(void)
{
	api_free(bench.api);
	world_release(&bench.world);
	bench = (struct bench){.is_open = false};
}

static void bench_open(void)
{
	const struct api_host host = {.version = "1",
	                              .backup = back_up,
	                              .accept_clock = accept_clock,
	                              .hash_password = note_ticket};

	world_init(&bench.world, 2, "{\"title\":\"test\",\"approval\":[\"statement\"]}");
	must(api_new(desk(), &host, &bench.api, NULL));
	add_people();
	let_things_happen();
	bench.inputs = 0;
	bench.is_open = true;
}

/* ---- the input ---- */

static struct view take_word(struct view *line)
{
	const uint8_t *end = line->len > 0 ? memchr(line->data, ' ', line->len) : NULL;
	struct view word = *line;

	if (end != NULL)
		word.len = (size_t)(end - line->data);
	*line = view_from(*line, end != NULL ? word.len + 1 : word.len);
	return word;
}

static void identify(struct view who, struct desk_request *request)
{
	request->is_console = !view_equal_string(who, "local");
	request->is_cross_site = view_equal_string(who, "foreign");
	request->remote = view_of_string("192.0.2.9");
	for (size_t i = 0; i < PEOPLE; i++)
		if (view_equal_string(who, people[i]))
			request->session = view_of_string(bench.sessions[i]);
	for (size_t i = 0; i < TOKENS; i++)
		if (view_equal_string(who, scopes[i]))
			request->bearer = view_of_string(bench.tokens[i]);
}

static void check_answer(void)
{
	const struct world_reply *reply = &bench.world.reply;
	struct json_doc doc = {0};

	assert(reply->status >= 200 && reply->status < 600);
	assert(reply->status < 400 ||
	       strcmp(reply->type, "application/problem+json") == 0);
	if (reply->body.len < SCAN_LEN_MAX &&
	    (strcmp(reply->type, "application/json") == 0 ||
	     strcmp(reply->type, "application/problem+json") == 0))
		must(json_scan(&doc, buf_view(&reply->body), JSON_TOKENS_MAX, NULL));
	json_release(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view rest = view_of(data, len), line;
	struct desk_request request = {0};
	struct view who;
	int64_t before_ms;

	if (!view_take_line(&rest, &line)) {
		line = rest;
		rest = view_of(data, 0);
	}
	if (!bench.is_open)
		bench_open();
	before_ms = bench.world.now_ms;
	who = take_word(&line);
	request.method =
	    view_equal_string(take_word(&line), "POST") ? DESK_POST : DESK_GET;
	request.path = take_word(&line);
	request.type = line;
	request.body = rest;
	identify(who, &request);
	ask(&request);
	check_answer();
	if ((request.method == DESK_POST && bench.world.reply.status < 300) ||
	    bench.world.now_ms != before_ms || ++bench.inputs == INPUTS_MAX)
		bench_close();
	return 0;
}
