/* SPDX-License-Identifier: Apache-2.0 */
/* A member that signs more than one history of its log: whatever it signed comes to light
 * as evidence, and nothing that it signed keeps the others from what they hold. */
#include "actor.h"

#include "store/memory.h"

static void add_some(struct actor *actor, int count)
{
	for (int i = 0; i < count; i++)
		actor_add_plain(actor);
}

static bool serve_five(void *context, const struct world_call *call,
                       struct world_reply *ret_reply)
{
	ret_reply->status = 404;
	(void)actor_serve(context, 5, call, ret_reply);
	return true;
}

static bool serve_two_of_another(void *context, const struct world_call *call,
                                 struct world_reply *ret_reply)
{
	struct actor *actor = context;
	struct hash other = {{7}};
	char path[256];
	ret_reply->status = 404;
	snprintf(path, sizeof path, "/log/%s/checkpoint", actor->hash);
	if (strcmp(call->path, path) == 0) {
		ret_reply->status = 200;
		actor_note(actor, 2, &other, &ret_reply->body);
	}
	return true;
}

/* The same, among as many other lines as a note may have. */
static bool serve_two_with_much_beside(void *context, const struct world_call *call,
                                       struct world_reply *ret_reply)
{
	static uint8_t junk[2900];
	if (!serve_two_of_another(context, call, ret_reply) || ret_reply->status != 200)
		return true;
	for (int i = 0; i < 250; i++) {
		buf_append_string(&ret_reply->body, "— junk ");
		base64_append(&ret_reply->body, view_of(junk, sizeof junk));
		buf_append_byte(&ret_reply->body, '\n');
	}
	return true;
}

static void assert_store_is_sound(struct actor *actor)
{
	struct desk_check_result result;
	struct error err = {{0}};
	if (desk_check(actor_north(actor), &result, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void a_smaller_checkpoint_of_another_history_is_evidence(void **state)
{
	struct actor actor;
	struct hash other = {{7}};
	actor_start(&actor, 2, NULL);
	add_some(&actor, 5);
	actor_push(&actor, 0, 0);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, 3, NULL), 409); /* a true one */
	assert_int_equal(desk_evidence_count(actor_north(&actor)), 0);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, 3, &other), 409);
	assert_int_equal(desk_evidence_count(actor_north(&actor)), 1);
	assert_store_is_sound(&actor);
	actor_stop(&actor);
}

static void a_smaller_checkpoint_that_is_pulled_is_evidence(void **state)
{
	struct actor actor;
	actor_start(&actor, 2, NULL);
	add_some(&actor, 5);
	actor_push(&actor, 0, 0);
	actor.world.script = serve_two_of_another;
	actor.world.script_context = &actor;
	world_pass(&actor.world, 120 * 1000);
	assert_int_equal(desk_evidence_count(actor_north(&actor)), 1);
	assert_true(actor_log_info(&actor, 0, 1).is_equivocating);
	actor_stop(&actor);
}

static void evidence_holds_nothing_but_what_the_owner_signed(void **state)
{
	struct actor actor;
	CLEANUP_BUF struct buf json = BUF_INIT(1 << 21);
	actor_start(&actor, 2, NULL);
	add_some(&actor, 5);
	actor_push(&actor, 0, 0);
	actor.world.script = serve_two_with_much_beside;
	actor.world.script_context = &actor;
	world_pass(&actor.world, 120 * 1000);
	assert_int_equal(desk_evidence(actor_north(&actor), 0, &json, NULL), STATUS_OK);
	assert_true(json.len < 4096);
	actor_stop(&actor);
}

static void a_pending_checkpoint_of_another_history_is_evidence(void **state)
{
	struct actor actor;
	struct hash other = {{7}};
	actor_start(&actor, 2, NULL);
	add_some(&actor, 5);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, 3, &other), 200);
	actor.world.script = serve_five;
	actor.world.script_context = &actor;
	world_pass(&actor.world, 120 * 1000);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 5);
	assert_int_equal(desk_evidence_count(actor_north(&actor)), 1);
	assert_store_is_sound(&actor);
	world_crash(&actor.world, 0);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 5);
	actor_stop(&actor);
}

/* West got what south wrote; north got only a checkpoint of what will never come. */
static void a_pending_checkpoint_never_hides_what_others_hand_on(void **state)
{
	struct actor actor;
	struct hash other = {{7}};
	actor_start(&actor, 3, NULL);
	world_pass(&actor.world, 70 * 1000);
	add_some(&actor, 5);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, UINT64_C(1) << 62, &other), 200);
	actor_push(&actor, 2, 0);
	world_say(&actor.world, 2, "south wrote five entries");
	world_pass(&actor.world, 120 * 1000);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 5);
	assert_store_is_sound(&actor);
	world_crash(&actor.world, 0);
	world_pass(&actor.world, 120 * 1000);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 5);
	actor_stop(&actor);
}

static size_t count_of_kind(struct actor *actor, size_t desk, const char *author,
                            const char *kind)
{
	size_t count = 0;
	struct record_message_id id = {0};
	struct desk_message message;
	snprintf(id.desk.text, sizeof id.desk.text, "%s", author);
	while (desk_message_read(actor->world.desks[desk].desk, 0, &id, &message, NULL) ==
	       STATUS_OK) {
		count +=
		    !message.is_malformed && strcmp(message.envelope->kind, kind) == 0;
		id.index++;
	}
	return count;
}

/* North saw the fork, west did not: north's entry is proof enough for west. */
static void a_fork_ends_in_an_entry_that_proves_it_to_all(void **state)
{
	struct actor actor;
	struct hash other = {{7}};
	actor_start(&actor, 3, NULL);
	world_pass(&actor.world, 90000); /* then they write without south, too */
	add_some(&actor, 5);
	actor_push(&actor, 0, 0);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, 3, &other), 409);
	world_pass(&actor.world, 5000);
	assert_int_equal(count_of_kind(&actor, 2, "north.example", "equivocation"), 1);
	assert_int_equal(desk_evidence_count(actor.world.desks[2].desk), 1);
	assert_true(actor_log_info(&actor, 2, 1).is_equivocating);
	world_crash(&actor.world, 0);
	world_pass(&actor.world, 120000);
	assert_int_equal(count_of_kind(&actor, 2, "north.example", "equivocation"), 1);
	assert_int_equal(count_of_kind(&actor, 0, "west.example", "equivocation"), 1);
	actor_stop(&actor);
}

/* North lost its database after it had denounced south. */
static void a_recovery_does_not_denounce_twice(void **state)
{
	struct actor actor;
	struct hash other = {{7}};
	CLEANUP_BUF struct buf charter = BUF_INIT(RECORD_NOTE_MAX);
	actor_start(&actor, 3, NULL);
	world_pass(&actor.world, 90000);
	add_some(&actor, 5);
	actor_push(&actor, 0, 0);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, 3, &other), 409);
	world_pass(&actor.world, 120000);
	assert_int_equal(count_of_kind(&actor, 2, "north.example", "equivocation"), 1);
	desk_channel(actor_north(&actor), 0, &actor.channel);
	buf_append_view(&charter, actor.channel.charter_note);
	world_stop(&actor.world, 0);
	world_lose_store(&actor.world, 0);
	world_start(&actor.world, 0);
	world_join(&actor.world, 0, buf_view(&charter));
	desk_recover(actor_north(&actor));
	world_pass(&actor.world, 600000);
	world_say(&actor.world, 0, "back");
	world_pass(&actor.world, 120000);
	assert_int_equal(count_of_kind(&actor, 2, "north.example", "text"), 1);
	assert_int_equal(count_of_kind(&actor, 2, "north.example", "equivocation"), 1);
	actor_stop(&actor);
}

static void who_names_less_than_before_is_flagged(void **state)
{
	struct actor actor;
	actor_start(&actor, 2, NULL);
	actor_add_plain(&actor);
	actor_push(&actor, 0, 0);
	assert_int_equal(actor_log_info(&actor, 0, 1).flags, 0);
	struct record_envelope envelope = {.kind = "check", .sent_s = 1795218600};
	struct record_seen seen = {.size = 1};
	snprintf(seen.desk.text, sizeof seen.desk.text, "north.example");
	envelope.seen = &seen;
	envelope.seen_count = 1;
	actor_add_envelope(&actor, &envelope);
	actor_add_envelope(&actor, &envelope); /* the same again: it does not grow */
	actor_push(&actor, 0, 1);
	assert_true(actor_log_info(&actor, 0, 1).flags & DESK_FLAG_NAMED_FALLING);
	actor_stop(&actor);
}

static bool serve_seven(void *context, const struct world_call *call,
                        struct world_reply *ret_reply)
{
	ret_reply->status = 404;
	(void)actor_serve(context, 7, call, ret_reply);
	return true;
}

/* Whoever took the old key makes nothing of it, by whatever way it comes. */
static void what_a_replaced_key_signs_later_counts_for_nothing(void **state)
{
	struct actor actor;
	struct hash other = {{7}};
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX), blob = BUF_INIT(1 << 20),
	                       json = BUF_INIT(RECORD_BODY_MAX);
	actor_start(&actor, 3, NULL);
	add_some(&actor, 4);
	world_new_keys(&actor.world, 1, &note);
	buf_append_string(&json, "{\"note\":");
	json_append_string(&json, buf_view(&note));
	buf_append_string(&json, "}");
	actor_add_with_body(&actor, "key.change", buf_view(&json), &blob);
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&blob)), 200);
	actor_push(&actor, 0, 0);
	add_some(&actor, 2);
	assert_int_equal(actor_checkpoint(&actor, 0, 5, 7, NULL), 403);
	assert_int_equal(actor_checkpoint(&actor, 0, 5, 7, &other), 403);
	actor.world.script = serve_seven;
	actor.world.script_context = &actor;
	world_pass(&actor.world, 120 * 1000);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 5);
	assert_int_equal(actor_log_info(&actor, 0, 1).entry_count, 5);
	assert_int_equal(desk_evidence_count(actor_north(&actor)), 0);
	buf_release(&actor.world.desks[1].next_note);
	actor_stop(&actor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_smaller_checkpoint_of_another_history_is_evidence),
	    cmocka_unit_test(a_smaller_checkpoint_that_is_pulled_is_evidence),
	    cmocka_unit_test(evidence_holds_nothing_but_what_the_owner_signed),
	    cmocka_unit_test(a_pending_checkpoint_of_another_history_is_evidence),
	    cmocka_unit_test(a_pending_checkpoint_never_hides_what_others_hand_on),
	    cmocka_unit_test(a_fork_ends_in_an_entry_that_proves_it_to_all),
	    cmocka_unit_test(what_a_replaced_key_signs_later_counts_for_nothing),
	    cmocka_unit_test(a_recovery_does_not_denounce_twice),
	    cmocka_unit_test(who_names_less_than_before_is_flagged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
