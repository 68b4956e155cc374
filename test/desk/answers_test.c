/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages an answer may name: an error for its sender, a flag for its readers. */
#include "actor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct record_message_id id_of(const char *desk, uint64_t index)
{
	struct record_message_id id = {.index = index};
	snprintf(id.desk.text, sizeof id.desk.text, "%s", desk);
	return id;
}

/* South writes an entry without body of this kind about this one; is it flagged? */
static void add_about(struct actor *actor, const char *kind, const char *desk,
                      uint64_t index)
{
	struct record_envelope envelope = {.sent_s = actor->world.now_ms / 1000,
	                                   .has_re = true,
	                                   .re = id_of(desk, index)};
	snprintf(envelope.kind, sizeof envelope.kind, "%s", kind);
	actor_add_envelope(actor, &envelope);
}

static bool is_flagged(struct actor *actor, uint64_t index, const char *why)
{
	struct record_message_id id = id_of("south.example", index);
	struct desk_message message;
	assert_int_equal(desk_message_read(actor_north(actor), 0, &id, &message, NULL),
	                 STATUS_OK);
	if (message.is_malformed)
		assert_string_equal(message.why, why);
	return message.is_malformed;
}

static enum status submit(struct desk *desk, const char *kind, const char *body,
                          const struct record_message_id *re, struct error *err)
{
	struct desk_draft draft = {.kind = kind, .body = view_of_string(body), .re = re};
	struct record_message_id id;
	return desk_submit(desk, 0, &draft, &id, err);
}

static void what_others_wrote_is_flagged_if_it_can_be_judged(void **state)
{
	struct actor actor;
	actor_start(&actor, 3, NULL);
	world_pass(&actor.world, 120 * 1000); /* until the others write without south */
	uint64_t text = world_say(&actor.world, 0, "is anybody there?");
	actor_add_plain(&actor);
	add_about(&actor, "drill.answer", "north.example", text);
	add_about(&actor, "cancel", "north.example", 0);
	add_about(&actor, "cancel", "north.example", text);
	add_about(&actor, "drill.answer", "north.example", 999);
	add_about(&actor, "drill.answer", "south.example", 0);
	actor_push(&actor, 0, 0);
	assert_true(is_flagged(&actor, 1,
	                       "re: drill.answer must name a message of kind drill, "
	                       "not text"));
	assert_true(is_flagged(&actor, 2,
	                       "re: cancel is about what a person writes, and open is "
	                       "written by the desk"));
	assert_false(is_flagged(&actor, 3, ""));
	assert_false(is_flagged(&actor, 4, "")); /* not held */
	assert_false(is_flagged(&actor, 5, "")); /* not readable */
	actor_stop(&actor);
}

static void a_sender_is_told(void **state)
{
	static const char close[] = "{\"language\":\"en\",\"outcome\":\"resolved\"}";
	static const char drill[] = "{\"language\":\"en\"}";
	struct world world;
	struct error err;
	world_init(&world, 2, NULL);
	struct desk *north = world.desks[0].desk;
	struct record_message_id text = id_of("north.example", world_say(&world, 0, "x"));
	struct record_message_id missing = id_of("north.example", 999);
	struct record_message_id stranger = id_of("stranger.example", 0);
	desk_turn_begin(north, world.now_ms);
	assert_int_equal(submit(north, "incident.close", close, &text, &err),
	                 STATUS_MALFORMED);
	assert_string_equal(err.text, "re: incident.close must name a message of kind "
	                              "incident, incident.update, not text");
	assert_int_equal(submit(north, "incident.close", close, &missing, &err),
	                 STATUS_NOT_FOUND);
	assert_int_equal(submit(north, "incident.close", close, &stranger, &err),
	                 STATUS_NOT_FOUND);
	assert_int_equal(submit(north, "incident.close", close, NULL, &err),
	                 STATUS_MALFORMED);
	assert_int_equal(submit(north, "ack", "{\"understood\":true}", &text, &err),
	                 STATUS_OK);
	/* what this very turn wrote can be answered in it */
	struct desk_draft draft = {.kind = "drill", .body = view_of_string(drill)};
	struct record_message_id id;
	assert_int_equal(desk_submit(north, 0, &draft, &id, &err), STATUS_OK);
	assert_int_equal(submit(north, "drill.answer", "", &id, &err), STATUS_OK);
	assert_int_equal(submit(north, "answer", "{\"answer\":\"yes\"}", &id, &err),
	                 STATUS_MALFORMED);
	assert_int_equal(desk_turn_end(north, &err), STATUS_OK);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_others_wrote_is_flagged_if_it_can_be_judged),
	    cmocka_unit_test(a_sender_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
