/* SPDX-License-Identifier: Apache-2.0 */
/* Without history: what a member that joins late may be kept from, and from what it may
 * not be kept. South, which was there before, is played by the test. */
#include "actor.h"

#include "record/amendment.h"

enum { WEST = 2 };

/* South's log: five entries, then its `charter.amend`, then one more. */
static void fill(struct actor *actor, const struct buf *amended, bool follows,
                 struct buf *ret_blob)
{
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_BODY_MAX);
	for (int i = 0; i < 5; i++)
		actor_add_plain(actor);
	assert_int_equal(record_amendment_body_append(actor->channel.charter,
	                                              buf_view(amended), &body, NULL),
	                 STATUS_OK);
	if (follows)
		actor_add_with_body(actor, "charter.amend", buf_view(&body), ret_blob);
	actor_add_plain(actor);
}

static bool serve_all(void *context, const struct world_call *call,
                      struct world_reply *ret_reply)
{
	struct actor *actor = context;
	ret_reply->status = 404;
	(void)actor_serve(actor, actor->tree.tree.size, call, ret_reply);
	return true;
}

static void start(struct actor *actor, bool follows, struct buf *ret_blob)
{
	CLEANUP_BUF struct buf amended = BUF_INIT(RECORD_NOTE_MAX);
	actor_start_late(actor, &amended);
	fill(actor, &amended, follows, ret_blob);
	actor->world.script = serve_all;
	actor->world.script_context = actor;
}

static void what_begins_with_the_amendment_is_taken_and_cosigned(void **state)
{
	struct actor actor;
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20);
	start(&actor, true, &blob);
	assert_int_equal(actor_checkpoint(&actor, WEST, 0, 7, NULL), 200);
	assert_int_equal(actor_entries(&actor, WEST, 5, 7, 7), 409);
	actor.world.script = NULL; /* hashes alone */
	world_pass(&actor.world, 1000);
	actor.world.script = serve_all;
	world_pass(&actor.world, 120000);
	assert_int_equal(actor_log_info(&actor, WEST, 1).cosigned_size, 7);
	world_crash(&actor.world, WEST);
	assert_int_equal(actor_log_info(&actor, WEST, 1).cosigned_size, 7);
	actor_stop(&actor);
}

/* It would be a receipt for what west is not shown. */
static void more_than_may_be_withheld_gets_no_receipt(void **state)
{
	struct actor actor;
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20);
	start(&actor, true, &blob);
	assert_int_equal(actor_checkpoint(&actor, WEST, 0, 7, NULL), 200);
	assert_int_not_equal(actor_entries(&actor, WEST, 6, 7, 7), 200);
	assert_int_not_equal(actor_entries(&actor, WEST, 7, 7, 7), 200);
	world_pass(&actor.world, 120000);
	assert_int_not_equal(actor_entries(&actor, WEST, 6, 7, 7), 200);
	assert_int_equal(actor_log_info(&actor, WEST, 1).cosigned_size, 0);
	actor_stop(&actor);
}

static void who_does_not_follow_the_amendment_gets_no_receipt(void **state)
{
	struct actor actor;
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20),
	                       amended = BUF_INIT(RECORD_NOTE_MAX);
	start(&actor, false, &blob);
	/* a body that names no charter */
	actor_add_with_body(&actor, "charter.amend", view_of_string("{}"), &blob);
	assert_int_equal(actor_checkpoint(&actor, WEST, 0, 7, NULL), 200);
	assert_int_not_equal(actor_entries(&actor, WEST, 6, 7, 7), 200);
	assert_int_equal(actor_blobs(&actor, WEST, buf_view(&blob)), 200);
	world_pass(&actor.world, 120000);
	assert_int_not_equal(actor_entries(&actor, WEST, 6, 7, 7), 200);
	assert_int_equal(actor_log_info(&actor, WEST, 1).cosigned_size, 0);
	actor_stop(&actor);
}

/* Entries of 32 bytes look like hashes; nobody but their owner says what is withheld. */
static void what_others_hand_on_does_not_say_what_is_withheld(void **state)
{
	struct actor actor;
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 20),
	                       amended = BUF_INIT(RECORD_NOTE_MAX);
	actor_start_late(&actor, &amended);
	actor_add(&actor, view_of_string("thirty-two bytes of any meaning!"));
	fill(&actor, &amended, true, &blob);
	assert_int_equal(actor_checkpoint(&actor, WEST, 0, 8, NULL), 200);
	(void)actor_entries(&actor, WEST, 6, 8, 8);
	(void)actor_entries(&actor, WEST, 0, 8, 8);
	assert_int_equal(actor_blobs(&actor, WEST, buf_view(&blob)), 200);
	(void)actor_entries(&actor, WEST, 7, 8, 8);
	assert_int_equal(actor_log_info(&actor, WEST, 1).cosigned_size, 8);
	world_crash(&actor.world, WEST);
	struct desk_check_result result;
	struct error err;
	if (desk_check(actor.world.desks[WEST].desk, &result, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	actor_stop(&actor);
}

/* North need not even read the cards in it: it is not signed by north. */
static void behind_an_amendment_that_is_not_signed_nothing_is_taken(void **state)
{
	struct actor actor;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX),
	                       note = BUF_INIT(RECORD_NOTE_MAX),
	                       body = BUF_INIT(RECORD_BODY_MAX), blob = BUF_INIT(1 << 20);
	actor_start(&actor, 2, NULL);
	struct record_charter_draft draft = {.previous = actor.channel.charter,
	                                     .title = "of south alone",
	                                     .date_s = 1795218600,
	                                     .nonce = "testing nonce 17",
	                                     .template_json = view_of_string("")};
	assert_int_equal(record_charter_draft(&draft, &text, NULL), STATUS_OK);
	buf_append_view(&note, buf_view(&text));
	buf_append_byte(&note, '\n');
	testing_charter_sign(&actor.world.desks[1].testing, buf_view(&text), &note);
	assert_int_equal(record_amendment_body_append(actor.channel.charter,
	                                              buf_view(&note), &body, NULL),
	                 STATUS_OK);
	actor_add_plain(&actor);
	actor_push(&actor, 0, 0);
	actor_add_with_body(&actor, "charter.amend", buf_view(&body), &blob);
	actor_add_plain(&actor);
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&blob)), 200);
	assert_int_equal(actor_checkpoint(&actor, 0, 1, 3, NULL), 200);
	assert_int_equal(actor_entries(&actor, 0, 1, 3, 3), 424);
	actor.world.script = serve_all;
	actor.world.script_context = &actor;
	world_pass(&actor.world, 300000);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 1);
	assert_int_equal(actor_log_info(&actor, 0, 1).entry_count, 2);
	world_crash(&actor.world, 0);
	world_pass(&actor.world, 300000);
	assert_int_equal(actor_log_info(&actor, 0, 1).entry_count, 2);
	actor_stop(&actor);
}

struct places {
	struct record_message_id ids[32];
	size_t count;
};

static bool note_place(void *context, uint64_t position,
                       const struct desk_message *message)
{
	struct places *places = context;
	assert_true(places->count < 32);
	assert_false(message->is_waiting);
	places->ids[places->count++] = message->id;
	return true;
}

static struct places north_lists(struct actor *actor)
{
	struct places places = {.count = 0};
	assert_int_equal(
	    desk_messages(actor_north(actor), 0, 0, note_place, &places, NULL, NULL),
	    STATUS_OK);
	return places;
}

/* South names a log of west before anybody has agreed that west may join. */
static void who_joins_later_does_not_change_places_taken_before(void **state)
{
	struct actor actor;
	CLEANUP_BUF struct buf amended = BUF_INIT(RECORD_NOTE_MAX);
	actor_start_late(&actor, &amended);
	struct record_envelope envelope = {.kind = "check",
	                                   .sent_s = actor.world.now_ms / 1000};
	struct record_seen seen = {.size = 1};
	snprintf(seen.desk.text, sizeof seen.desk.text, "west.example");
	envelope.seen = &seen;
	envelope.seen_count = 1;
	actor_add_plain(&actor);
	actor_add_envelope(&actor, &envelope);
	actor_push(&actor, 0, 0);
	(void)north_lists(&actor);
	actor.world.now_ms += 30000;
	bool is_open;
	desk_turn_begin(actor_north(&actor), actor.world.now_ms);
	assert_int_equal(
	    desk_join(actor_north(&actor), buf_view(&amended), &is_open, NULL, NULL),
	    STATUS_OK);
	assert_int_equal(desk_turn_end(actor_north(&actor), NULL), STATUS_OK);
	world_pass(&actor.world, 120000);
	assert_true(actor_log_info(&actor, 0, WEST).cosigned_size > 0);
	struct places before = north_lists(&actor);
	world_crash(&actor.world, 0);
	struct places after = north_lists(&actor);
	assert_int_equal(before.count, after.count);
	for (size_t i = 0; i < before.count; i++) {
		assert_string_equal(before.ids[i].desk.text, after.ids[i].desk.text);
		assert_int_equal(before.ids[i].index, after.ids[i].index);
	}
	actor_stop(&actor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_begins_with_the_amendment_is_taken_and_cosigned),
	    cmocka_unit_test(more_than_may_be_withheld_gets_no_receipt),
	    cmocka_unit_test(who_does_not_follow_the_amendment_gets_no_receipt),
	    cmocka_unit_test(behind_an_amendment_that_is_not_signed_nothing_is_taken),
	    cmocka_unit_test(what_others_hand_on_does_not_say_what_is_withheld),
	    cmocka_unit_test(who_joins_later_does_not_change_places_taken_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
