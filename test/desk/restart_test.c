/* SPDX-License-Identifier: Apache-2.0 */
/* Ends and starts of a desk in every state of its database and its guard: nothing that it
 * signed is contradicted, and it always comes back to work. */
#include "actor.h"

#include "desk/state.h"
#include "store/memory.h"

static struct desk_log_info info_of(struct world *world, size_t desk, size_t log)
{
	struct desk_log_info info;
	desk_log(world->desks[desk].desk, 0, log, &info);
	return info;
}

static void recover(struct world *world, size_t desk)
{
	desk_turn_begin(world->desks[desk].desk, world->now_ms);
	desk_recover(world->desks[desk].desk);
	assert_int_equal(desk_turn_end(world->desks[desk].desk, NULL), STATUS_OK);
}

static void fetch_checkpoint(struct world *world, struct buf *ret_note)
{
	char path[256];
	snprintf(path, sizeof path, "/log/%s/checkpoint",
	         world->desks[0].desk->channels[0]->logs[0]->origin_hash);
	assert_int_equal(
	    world_request(world, 0, "south.example", DESK_GET, path, view_of("", 0)),
	    200);
	buf_append_view(ret_note, buf_view(&world->reply.body));
}

static void a_checkpoint_is_made_again_byte_for_byte(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf before = BUF_INIT(4096), after = BUF_INIT(4096);
	world_init(&world, 2, NULL);
	world.desks[1].is_cut = true;
	world_say(&world, 0, "signed, let out, its row not yet committed");
	fetch_checkpoint(&world, &before);
	world_crash(&world, 0);
	world.desks[1].is_cut = false;
	world.now_ms += 1000;
	world_settle(&world);
	fetch_checkpoint(&world, &after);
	assert_true(view_has_prefix(buf_view(&after), buf_view(&before)));
	world_release(&world);
}

/* A power cut may set the guard back by a second, of the own log and of those mirrored.
 */
static void a_guard_that_was_set_back_is_led_forward(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	struct guard_memory *north = world_save_guard(&world, 0);
	struct guard_memory *south = world_save_guard(&world, 1);
	for (int i = 0; i < 5; i++) {
		world_say(&world, 0, "the guard will not remember");
		world_settle(&world);
	}
	world_pass(&world, 2000);
	world_stop(&world, 0);
	world_stop(&world, 1);
	world_restore_guard(&world, 0, north);
	world_restore_guard(&world, 1, south);
	world_start(&world, 0);
	world_start(&world, 1);
	world_pass(&world, 5000);
	assert_int_equal(info_of(&world, 0, 0).state, DESK_LOG_READY);
	world_say(&world, 0, "and it goes on");
	world_say(&world, 1, "here too");
	world_pass(&world, 120 * 1000);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_desk_without_its_database_comes_back(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	for (int i = 0; i < 5; i++) {
		world_say(&world, 0, "kept by south");
		world_say(&world, 1, "kept by south too");
		world_settle(&world);
	}
	struct desk_channel_info info;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	desk_channel(world.desks[1].desk, 0, &info);
	buf_append_view(&note, info.charter_note);
	world_stop(&world, 0);
	world_lose_store(&world, 0);
	world_start(&world, 0);
	world_join(&world, 0, buf_view(&note));
	assert_int_equal(info_of(&world, 0, 0).state, DESK_LOG_FROZEN);
	world_say(&world, 1, "while north was away");
	recover(&world, 0);
	world_pass(&world, 120 * 1000);
	assert_int_equal(info_of(&world, 0, 0).state, DESK_LOG_READY);
	world_say(&world, 0, "back again");
	world_say(&world, 1, "welcome");
	world_pass(&world, 120 * 1000);
	assert_true(world_agrees(&world));
	world_release(&world);
}

/* West is behind, south knows all; the order of their answers must not matter. */
static void recovery_goes_on_until_all_is_back(void **state)
{
	for (size_t behind = 1; behind < 3; behind++) {
		struct world world;
		world_init(&world, 3, NULL);
		struct store_memory_snapshot *old =
		    store_memory_snapshot(&world.desks[0].store);
		world_say(&world, 0, "known to both");
		world_settle(&world);
		world.desks[behind].is_cut = true;
		world_say(&world, 0, "known to one");
		world_settle(&world);
		world_stop(&world, 0);
		store_memory_restore(&world.desks[0].store, old);
		store_memory_snapshot_free(old);
		world_forget_guard(&world, 0);
		world.desks[behind].is_cut = false;
		world_start(&world, 0);
		world_settle(&world);
		assert_int_equal(info_of(&world, 0, 0).state, DESK_LOG_FROZEN);
		recover(&world, 0);
		world_pass(&world, 300 * 1000);
		assert_int_equal(info_of(&world, 0, 0).state, DESK_LOG_READY);
		world_say(&world, 0, "all is well");
		world_pass(&world, 120 * 1000);
		assert_true(world_agrees(&world));
		world_release(&world);
	}
}

/* The one who knows all comes back last. */
static void recovery_waits_for_the_one_who_knows(void **state)
{
	struct world world;
	world_init(&world, 3, NULL);
	struct store_memory_snapshot *old = store_memory_snapshot(&world.desks[0].store);
	world_say(&world, 0, "known to both");
	world_settle(&world);
	world.desks[2].is_cut = true;
	world_say(&world, 0, "known to south");
	world_settle(&world);
	world_stop(&world, 0);
	store_memory_restore(&world.desks[0].store, old);
	store_memory_snapshot_free(old);
	world.desks[1].is_cut = true;
	world.desks[2].is_cut = false;
	world_start(&world, 0);
	recover(&world, 0);
	world_pass(&world, 600 * 1000);
	assert_int_equal(info_of(&world, 0, 0).state, DESK_LOG_FROZEN);
	world.desks[1].is_cut = false;
	world_pass(&world, 600 * 1000);
	assert_int_equal(info_of(&world, 0, 0).state, DESK_LOG_READY);
	world_pass(&world, 120 * 1000);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void say_many(struct world *world, size_t desk, size_t count)
{
	static const char body[] = "{\"language\":\"en\",\"text\":\"one of very many\"}";
	struct desk_draft draft = {.kind = "text", .body = view_of_string(body)};
	struct record_message_id id;
	desk_turn_begin(world->desks[desk].desk, world->now_ms);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(
		    desk_submit(world->desks[desk].desk, 0, &draft, &id, NULL),
		    STATUS_OK);
	assert_int_equal(desk_turn_end(world->desks[desk].desk, NULL), STATUS_OK);
}

/* Several MiB of entries with cuts between, whose checkpoints' rows a crash takes away;
 * then the other one crashes in the middle of receiving. */
static void a_large_backlog_survives_crashes_of_both(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	world.desks[1].is_cut = true;
	for (int i = 0; i < 3; i++)
		say_many(&world, 0, 6000);
	world_crash(&world, 0);
	world.desks[1].is_cut = false;
	for (int i = 0; i < 12; i++) {
		world_turn(&world, 0);
		for (int k = 0; k < 3; k++)
			world_deliver(&world);
		world_crash(&world, (size_t)(i % 2));
		world.now_ms += 700;
	}
	world_pass(&world, 180 * 1000);
	assert_true(world_agrees(&world));
	struct desk_check_result result;
	assert_int_equal(desk_check(world.desks[1].desk, &result, NULL), STATUS_OK);
	assert_true(result.entries > 18000);
	world_release(&world);
}

static const struct store_ops *real_store;

static enum status refuse_receipts(void *store, enum store_table table, struct view key,
                                   struct view value, struct error *err)
{
	if (table == STORE_RECEIPT)
		return error_set(err, STATUS_SYSTEM, "the disk is full");
	return real_store->put(store, table, key, value, err);
}

static void nothing_leaves_after_the_store_has_failed(void **state)
{
	struct actor actor;
	struct error err;
	CLEANUP_BUF struct buf body = BUF_INIT(4096);
	actor_start(&actor, 2, NULL);
	actor_add_plain(&actor);
	assert_int_equal(actor_checkpoint(&actor, 0, 0, 1, NULL), 200);
	struct desk *north = actor_north(&actor);
	real_store = north->store.ops;
	struct store_ops failing = *real_store;
	failing.put = refuse_receipts;
	north->store.ops = &failing;
	struct tlog_proof proof = {0};
	tlog_add_entries_append_header(&body, view_of_string(actor.origin), 0, 1,
	                               view_of("", 0));
	tlog_add_entries_append_package(&body, buf_view(&actor.bundle), &proof);
	struct desk_request request = {.id = 1,
	                               .peer = "south.example",
	                               .method = DESK_POST,
	                               .path = view_of_string("/add-entries"),
	                               .body = buf_view(&body)};
	actor.world.reply.status = 0;
	desk_turn_begin(north, actor.world.now_ms);
	desk_take_request(north, &request);
	assert_int_equal(desk_turn_end(north, &err), STATUS_SYSTEM);
	assert_int_equal(actor.world.reply.status, 0);
	world_crash(&actor.world, 0);
	world_pass(&actor.world, 2000);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 1);
	assert_int_equal(actor_entries(&actor, 0, 1, 1, 1), 200);
	actor_stop(&actor);
}

static void a_charter_that_is_refused_changes_nothing(void **state)
{
	struct world world;
	struct testing_desk desks[3];
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	world_init_bare(&world, 1);
	struct desk *north = world.desks[0].desk;
	desks[0] = world.desks[0].testing;
	testing_desk_init(&desks[1], "alpha.example", NULL);
	testing_desk_init(&desks[2], "zulu.example", NULL);
	testing_charter_note(desks, 3, NULL, &note);
	desk_turn_begin(north, world.now_ms);
	assert_int_equal(desk_trust(north, buf_view(&desks[2].note), false, NULL),
	                 STATUS_OK);
	/* as if a person had trusted a card with another root for that name */
	north->peers[0]->card.keys[RECORD_ROLE_ROOT].bytes[0] ^= 1;
	bool is_open = false;
	assert_int_equal(desk_join(north, buf_view(&note), &is_open, NULL, NULL),
	                 STATUS_CONFLICT);
	assert_int_equal(desk_peer_count(north), 1);
	assert_int_equal(desk_channel_count(north), 0);
	assert_int_equal(desk_turn_end(north, NULL), STATUS_OK);
	testing_desk_release(&desks[1]);
	testing_desk_release(&desks[2]);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_checkpoint_is_made_again_byte_for_byte),
	    cmocka_unit_test(a_guard_that_was_set_back_is_led_forward),
	    cmocka_unit_test(a_desk_without_its_database_comes_back),
	    cmocka_unit_test(recovery_goes_on_until_all_is_back),
	    cmocka_unit_test(recovery_waits_for_the_one_who_knows),
	    cmocka_unit_test(a_large_backlog_survives_crashes_of_both),
	    cmocka_unit_test(nothing_leaves_after_the_store_has_failed),
	    cmocka_unit_test(a_charter_that_is_refused_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
