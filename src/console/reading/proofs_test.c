/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs over the API of real desks: a silence by own word, a statement with its
 * agreement, a fork. What the API hands out verifies with the desks' cards alone.
 */
#include "console/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <actor.h> /* test/desk */

#include "bundle/verify.h"

enum { NORTH, SOUTH, HOUR_MS = 3600 * 1000 };

#define DUTIES                                                                      \
	"{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT2H\"}," \
	"{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"}]}"
#define QUERY                                                                           \
	"{\"kind\":\"query\",\"to\":[\"south.example\"],\"body\":{\"language\":\"en\"," \
	"\"question\":\"Is this yours?\"}}"

static int take(struct world *world, struct api *api, size_t desk,
                struct desk_request *request, const char *path)
{
	request->path = view_of_string(path);
	request->id = 1000;
	world->reply.status = 0;
	desk_turn_begin(world->desks[desk].desk, world->now_ms);
	api_take_request(api, request, world->now_ms);
	assert_int_equal(desk_turn_end(world->desks[desk].desk, NULL), STATUS_OK);
	return world->reply.status;
}

/* A path below the only channel of north's desk. */
static int get(struct world *world, struct api *api, const char *what)
{
	struct desk_request request = {.method = DESK_GET};
	struct desk_channel_info info;
	char path[512];

	desk_channel(world->desks[NORTH].desk, 0, &info);
	snprintf(path, sizeof path, "/api/channels/%s/%s", info.id_hex, what);
	return take(world, api, NORTH, &request, path);
}

static void send(struct world *world, size_t desk, const char *message)
{
	const struct api_host host = {.version = "1.2.3"};
	struct desk_request request = {.method = DESK_POST,
	                               .type = view_of_string("application/json"),
	                               .body = view_of_string(message)};
	struct desk_channel_info info;
	struct api *api = NULL;
	char path[512];

	assert_int_equal(api_new(world->desks[desk].desk, &host, &api, NULL), STATUS_OK);
	desk_channel(world->desks[desk].desk, 0, &info);
	snprintf(path, sizeof path, "/api/channels/%s/messages", info.id_hex);
	assert_int_equal(take(world, api, desk, &request, path), 201);
	api_free(api);
	world_settle(world);
}

static uint64_t entry_count(const struct world *world, size_t log)
{
	struct desk_log_info info;

	desk_log(world->desks[NORTH].desk, 0, log, &info);
	return info.entry_count;
}

static struct api *api_of_north(struct world *world)
{
	const struct api_host host = {.version = "1.2.3"};
	struct api *api = NULL;

	assert_int_equal(api_new(world->desks[NORTH].desk, &host, &api, NULL), STATUS_OK);
	return api;
}

/* The last answer is a proof that the desks' cards verify and that says this. */
static void assert_proof(const struct world *world, const char *words)
{
	struct view cards[] = {buf_view(&world->desks[NORTH].testing.note),
	                       buf_view(&world->desks[SOUTH].testing.note)};
	const struct bundle_verify_options options = {.cards = cards, .card_count = 2};
	struct bundle_result result = {0};
	struct error err = {0};
	bool is_said = false;

	assert_int_equal(world->reply.status, 200);
	if (bundle_verify_proof(buf_view(&world->reply.body), &options, &result, &err) !=
	    STATUS_OK)
		fail_msg("%s", err.text);
	if (!result.is_consistent)
		fail_msg("%s", result.why.text);
	assert_true(result.is_anchored);
	for (size_t i = 0; i < result.statement_count; i++)
		is_said = is_said || strstr(bundle_statement(&result, i), words) != NULL;
	if (!is_said)
		fail_msg("nothing says '%s'", words);
	bundle_result_release(&result);
}

static void assert_reply_holds(const struct world *world, const char *part)
{
	if (view_find(buf_view(&world->reply.body), view_of_string(part)) == SIZE_MAX)
		fail_msg("'%s' is not in '%.*s'", part, (int)world->reply.body.len,
		         (const char *)world->reply.body.data);
}

static void a_silence_can_be_fetched_when_it_is_one(void **state)
{
	struct world world;
	char path[128];

	(void)state;
	world_init(&world, 2, DUTIES);
	struct api *api = api_of_north(&world);
	snprintf(path, sizeof path, "silence/north.example/%llu?debtor=south.example",
	         (unsigned long long)entry_count(&world, NORTH));
	send(&world, NORTH, QUERY);
	assert_int_equal(get(&world, api, path), 409);
	world_pass(&world, HOUR_MS);
	assert_int_equal(get(&world, api, path), 409);
	assert_reply_holds(&world, "south.example still has time, until ");
	world_pass(&world, 3 * HOUR_MS);
	assert_int_equal(get(&world, api, path), 200);
	assert_proof(&world, "holds none; shown by its own word");
	assert_int_equal(get(&world, api, "silence/north.example/0"), 409);
	assert_reply_holds(&world, "nothing is owed on a message of kind open");
	assert_int_equal(get(&world, api, "silence/north.example/9999"), 404);
	assert_int_equal(get(&world, api, "silence/north.example/0?desk=x"), 400);
	api_free(api);
	world_release(&world);
}

/* A witness that cosigns all it is asked for. */
struct witness {
	struct world *world;
	struct ed25519_secret *secret;
	struct tlog_vkey key;
};

static enum world_web cosign(void *context, const struct world_call *call,
                             struct world_reply *ret_reply)
{
	const struct witness *witness = context;
	struct tlog_add_checkpoint add;
	struct tlog_note note;

	assert_int_equal(tlog_add_checkpoint_parse(buf_view(&call->body), &add, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_note_parse(add.note, &note, NULL), STATUS_OK);
	ret_reply->status = 200;
	tlog_cosignature_sign(&ret_reply->body, &witness->key, witness->secret,
	                      (uint64_t)(witness->world->now_ms / 1000), note.text);
	return WORLD_WEB_ANSWERS;
}

static void append_template(struct witness *witness, struct buf *out)
{
	CLEANUP_BUF struct buf policy = BUF_INIT(TLOG_POLICY_MAX);

	witness->secret = testing_secret_new("w.example", RECORD_ROLE_WITNESS);
	struct ed25519_public key = ed25519_secret_public(witness->secret);
	assert_int_equal(tlog_vkey_init(&witness->key, "w.example/witness",
	                                TLOG_KEY_ED25519_COSIGNATURE, &key, NULL),
	                 STATUS_OK);
	buf_append_string(&policy, "witness w ");
	tlog_vkey_append(&policy, &witness->key);
	buf_append_string(&policy, " https://w.example\nquorum w\n");
	buf_append_string(out, "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],"
	                       "\"within\":\"PT2H\"}],\"witnesses\":");
	json_append_string(out, buf_view(&policy));
	buf_append_string(out, "}");
	buf_append_byte(out, '\0');
}

/* First it is north's word alone; that makes north ask the witness, whose word it is
 * then. */
static void witnesses_are_asked_about_one_that_went_dark(void **state)
{
	CLEANUP_BUF struct buf template_json = BUF_INIT(1 << 16);
	struct world world;
	struct witness witness = {.world = &world};
	char path[128];

	(void)state;
	append_template(&witness, &template_json);
	world_init(&world, 2, (const char *)template_json.data);
	struct api *api = api_of_north(&world);
	snprintf(path, sizeof path, "silence/north.example/%llu",
	         (unsigned long long)entry_count(&world, NORTH));
	send(&world, NORTH, QUERY);
	world.desks[SOUTH].is_cut = true;
	world_pass(&world, 3 * HOUR_MS);
	send(&world, NORTH,
	     "{\"kind\":\"text\",\"body\":{\"language\":\"en\",\"text\":\"Hello?\"}}");
	world.web = cosign;
	world.web_context = &witness;
	assert_int_equal(get(&world, api, path), 200);
	assert_proof(&world, "by the creditor's word alone");
	world_settle(&world);
	assert_int_equal(get(&world, api, path), 200);
	assert_proof(&world, "shown by witnesses");
	api_free(api);
	world_release(&world);
	ed25519_secret_free(witness.secret);
}

static void an_answer_leaves_nothing_to_prove(void **state)
{
	struct world world;
	char path[128], answer[256];
	unsigned long long question;

	(void)state;
	world_init(&world, 2, DUTIES);
	struct api *api = api_of_north(&world);
	question = entry_count(&world, NORTH);
	snprintf(path, sizeof path, "silence/north.example/%llu", question);
	send(&world, NORTH, QUERY);
	snprintf(
	    answer, sizeof answer,
	    "{\"kind\":\"answer\",\"re\":\"north.example#%llu\",\"body\":{\"answer\":"
	    "\"no\"}}",
	    question);
	send(&world, SOUTH, answer);
	world_pass(&world, 4 * HOUR_MS);
	assert_int_equal(get(&world, api, path), 409);
	assert_reply_holds(&world, "south.example answered with south.example#");
	api_free(api);
	world_release(&world);
}

static void a_statement_can_be_made_sent_and_fetched(void **state)
{
	CLEANUP_BUF struct buf message = BUF_INIT(1 << 16);
	struct world world;
	char path[128], agree[128];
	unsigned long long stated;

	(void)state;
	world_init(&world, 2, DUTIES);
	struct api *api = api_of_north(&world);
	world_pass(&world, 2 * HOUR_MS);
	assert_int_equal(get(&world, api, "statement?to=1980-01-01T00:00:00Z"), 404);
	assert_int_equal(get(&world, api, "statement?from=yesterday"), 400);
	assert_int_equal(get(&world, api, "statement"), 200);
	buf_append_string(&message, "{\"kind\":\"record.statement\",\"body\":");
	buf_append_view(&message, buf_view(&world.reply.body));
	buf_append_string(&message, "}");
	buf_append_byte(&message, '\0');
	stated = entry_count(&world, NORTH);
	send(&world, NORTH, (const char *)message.data);
	snprintf(agree, sizeof agree,
	         "{\"kind\":\"record.agree\",\"re\":\"north.example#%llu\"}", stated);
	send(&world, SOUTH, agree);
	snprintf(path, sizeof path, "statement/north.example/%llu", stated);
	assert_int_equal(get(&world, api, path), 200);
	assert_proof(&world, "south.example agrees (south.example#");
	assert_int_equal(get(&world, api, "statement/north.example/0"), 409);
	api_free(api);
	world_release(&world);
}

static void a_fork_becomes_a_proof(void **state)
{
	struct desk_request request = {.method = DESK_GET};
	struct hash other = {{7}};
	struct actor actor;

	(void)state;
	actor_start(&actor, 2, NULL);
	struct api *api = api_of_north(&actor.world);
	assert_int_equal(
	    take(&actor.world, api, NORTH, &request, "/api/evidence/0/proof"), 404);
	for (int i = 0; i < 5; i++)
		actor_add_plain(&actor);
	actor_push(&actor, 0, 0);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, 3, &other), 409);
	assert_int_equal(
	    take(&actor.world, api, NORTH, &request, "/api/evidence/0/proof"), 200);
	assert_proof(&actor.world, "south.example has signed two different histories");
	api_free(api);
	actor_stop(&actor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_silence_can_be_fetched_when_it_is_one),
	    cmocka_unit_test(witnesses_are_asked_about_one_that_went_dark),
	    cmocka_unit_test(an_answer_leaves_nothing_to_prove),
	    cmocka_unit_test(a_statement_can_be_made_sent_and_fetched),
	    cmocka_unit_test(a_fork_becomes_a_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
