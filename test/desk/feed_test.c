/* SPDX-License-Identifier: Apache-2.0 */
/* Pushing to a member that answers whatever it likes: no answer may stop the log, stop
 * the others, or make the desk talk without end. */
#include "actor.h"

#include "codec/decimal.h"

/* What the played south says to each path, and what it was asked. */
struct script {
	struct actor *actor;
	const char *checkpoint_body, *entries_body; /* NULL: empty */
	int checkpoint, blobs, entries, show;
	size_t posts, checkpoints;
	char last_old[32]; /* of the last add-checkpoint */
	bool loses_first;  /* forgets the first checkpoint that it accepted */
};

static void set_body(struct world_reply *reply, const char *body)
{
	if (body)
		buf_append_string(&reply->body, body);
}

static bool answer(void *context, const struct world_call *call,
                   struct world_reply *ret_reply)
{
	struct script *script = context;
	ret_reply->status = 404;
	if (call->method == DESK_GET) {
		ret_reply->status = script->show;
		return true;
	}
	script->posts++;
	if (strcmp(call->path, "/add-checkpoint") == 0) {
		struct view rest = buf_view(&call->body), line;
		script->checkpoints++;
		if (view_take_line(&rest, &line))
			assert_true(view_copy_string(line, script->last_old,
			                             sizeof script->last_old));
		ret_reply->status = script->checkpoint;
		set_body(ret_reply, script->checkpoint_body);
	} else if (strcmp(call->path, "/add-blobs") == 0) {
		ret_reply->status = script->blobs;
	} else {
		ret_reply->status = script->entries;
		set_body(ret_reply, script->entries_body);
	}
	return true;
}

static void start(struct actor *actor, struct script *script, size_t desk_count)
{
	actor_start(actor, desk_count, NULL);
	*script = (struct script){
	    .actor = actor, .checkpoint = 200, .blobs = 200, .entries = 503, .show = 404};
	actor->world.script = answer;
	actor->world.script_context = script;
}

/* With back-off a quarter of an hour brings some dozens of tries, not thousands. */
static void assert_calm(struct actor *actor, struct script *script)
{
	script->posts = 0;
	world_pass(&actor->world, 15 * 60 * 1000);
	assert_in_range(script->posts, 1, 700);
}

static void a_member_that_always_answers_409_is_asked_seldom(void **state)
{
	struct actor actor;
	struct script script;
	start(&actor, &script, 2);
	script.entries = 409;
	script.entries_body = "1\n0\n\n";
	assert_calm(&actor, &script);
	script.checkpoint = 409;
	script.checkpoint_body = "0\n";
	assert_calm(&actor, &script);
	actor_stop(&actor);
}

static void a_member_that_always_answers_202_is_asked_seldom(void **state)
{
	struct actor actor;
	struct script script;
	start(&actor, &script, 2);
	script.entries = 202;
	script.entries_body = "1\n0\n\n";
	assert_calm(&actor, &script);
	actor_stop(&actor);
}

static void nonsense_of_every_status_is_answered_with_patience(void **state)
{
	static const int statuses[] = {200, 202, 400, 404, 409, 413, 422,
	                               424, 429, 500, 503, 507, 999};
	static const char *const bodies[] = {
	    "",
	    "nonsense\n",
	    "0\n",
	    "18446744073709551615\n",
	    "0\n0\n\n",
	    "1\n1\n\n",
	    "\n\n\n",
	    "0000000000000000000000000000000000000000000000000000000000000000\n"};
	struct actor actor;
	struct script script;
	start(&actor, &script, 2);
	for (size_t s = 0; s < sizeof statuses / sizeof statuses[0]; s++)
		for (size_t b = 0; b < sizeof bodies / sizeof bodies[0]; b++) {
			script.checkpoint = s % 3 == 2 ? 200 : statuses[s];
			script.blobs = s % 3 == 0 ? 200 : statuses[s];
			script.entries = statuses[s];
			script.checkpoint_body = script.entries_body = bodies[b];
			script.posts = 0;
			world_say(&actor.world, 0, "hello?");
			world_pass(&actor.world, 60 * 1000);
			assert_true(script.posts < 200);
		}
	assert_int_equal(actor_log_info(&actor, 0, 0).state, DESK_LOG_READY);
	/* and then it comes to its senses: the real south starts, with nothing */
	actor.world.script = NULL;
	world_start(&actor.world, 1);
	struct desk *south = actor.world.desks[1].desk;
	bool is_open = false;
	desk_turn_begin(south, actor.world.now_ms);
	struct desk_channel_info info;
	desk_channel(actor_north(&actor), 0, &info);
	assert_int_equal(desk_join(south, info.charter_note, &is_open, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(south, NULL), STATUS_OK);
	world_pass(&actor.world, 300 * 1000);
	assert_true(world_agrees(&actor.world));
	actor_stop(&actor);
}

static void a_word_about_a_larger_size_does_not_stop_the_log(void **state)
{
	struct actor actor;
	struct script script;
	start(&actor, &script, 3);
	script.show = 200; /* and never shows what it claims */
	script.checkpoint = 409;
	script.checkpoint_body = "999999\n";
	world_pass(&actor.world, 70 * 1000);
	for (int i = 0; i < 20; i++) {
		assert_true(world_say(&actor.world, 0, "to those who listen") !=
		            DESK_QUEUED_INDEX);
		world_pass(&actor.world, 30 * 1000);
	}
	script.checkpoint = 200;
	script.entries = 409;
	script.entries_body = "999999\n0\n\n";
	for (int i = 0; i < 20; i++) {
		assert_true(world_say(&actor.world, 0, "to those who listen") !=
		            DESK_QUEUED_INDEX);
		world_pass(&actor.world, 30 * 1000);
	}
	struct desk_log_info at_west = actor_log_info(&actor, 2, 0);
	assert_int_equal(at_west.cosigned_size, actor_log_info(&actor, 0, 0).entry_count);
	actor_stop(&actor);
}

static void a_checkpoint_that_was_lost_there_is_offered_again(void **state)
{
	struct actor actor;
	struct script script;
	start(&actor, &script, 2);
	script.entries = 503;
	world_pass(&actor.world, 5 * 1000);
	assert_true(script.checkpoints > 0);
	script.entries = 422; /* it crashed before it had kept the checkpoint */
	script.checkpoints = 0;
	world_pass(&actor.world, 120 * 1000);
	assert_true(script.checkpoints > 0);
	assert_string_equal(script.last_old, "old 0");
	actor_stop(&actor);
}

static void say_large(struct actor *actor, size_t count)
{
	static char body[RECORD_BODY_MAX];
	struct desk *north = actor_north(actor);
	struct record_message_id id;
	int len = snprintf(body, sizeof body, "{\"language\":\"en\",\"text\":\"");
	for (; (size_t)len + 5 <= sizeof body; len += 3)
		memcpy(body + len, "\xe2\x82\xac", 3);
	memset(body + len, 'x', sizeof body - (size_t)len);
	memcpy(body + sizeof body - 2, "\"}", 2);
	struct desk_draft draft = {.kind = "text", .body = view_of(body, sizeof body)};
	desk_turn_begin(north, actor->world.now_ms);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(desk_submit(north, 0, &draft, &id, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(north, NULL), STATUS_OK);
}

static void more_bodies_than_a_peer_may_stage_get_through(void **state)
{
	struct actor actor;
	actor_start(&actor, 3, NULL);
	world_pass(&actor.world, 80 * 1000); /* west has shown, south stays away */
	say_large(&actor, 520);              /* the second 256 are too many */
	world_pass(&actor.world, 8 * 1000);  /* too short for it to ask by itself */
	assert_int_equal(actor_log_info(&actor, 2, 0).cosigned_size,
	                 actor_log_info(&actor, 0, 0).entry_count);
	actor_stop(&actor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_member_that_always_answers_409_is_asked_seldom),
	    cmocka_unit_test(a_member_that_always_answers_202_is_asked_seldom),
	    cmocka_unit_test(nonsense_of_every_status_is_answered_with_patience),
	    cmocka_unit_test(a_word_about_a_larger_size_does_not_stop_the_log),
	    cmocka_unit_test(a_checkpoint_that_was_lost_there_is_offered_again),
	    cmocka_unit_test(more_bodies_than_a_peer_may_stage_get_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
