/* SPDX-License-Identifier: Apache-2.0 */
/* What desks do with each other when nothing, or something ordinary, goes wrong. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/memory.h"
#include "tlog/proof_file.h"

static struct desk_log_info log_info(struct world *world, size_t desk, size_t log)
{
	struct desk_log_info info;
	desk_log(world->desks[desk].desk, 0, log, &info);
	return info;
}

static struct desk_receipt_info receipt_info(struct world *world, size_t desk, size_t nth)
{
	struct desk_receipt_info info = {0};
	assert_true(desk_receipt(world->desks[desk].desk, 0, nth, &info));
	return info;
}

static void every_log_opens_with_the_charter(void **state)
{
	struct world world;
	world_init(&world, 3, NULL);
	for (size_t i = 0; i < 3; i++) {
		struct desk_message message;
		struct record_message_id id = {.desk = world.desks[i].testing.card.name};
		assert_int_equal(log_info(&world, 0, i).state, DESK_LOG_READY);
		assert_int_equal(
		    desk_message_read(world.desks[0].desk, 0, &id, &message, NULL),
		    STATUS_OK);
		assert_false(message.is_malformed);
		assert_string_equal(message.envelope->kind, "open");
	}
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_message_comes_back_as_a_receipt(void **state)
{
	struct world world;
	struct desk_message message;
	CLEANUP_BUF struct buf receipt = BUF_INIT(1 << 20);
	world_init(&world, 2, NULL);
	uint64_t index = world_say(&world, 0, "hello");
	world_settle(&world);
	assert_int_equal(receipt_info(&world, 0, 0).queued, 0);
	struct record_message_id id = {.desk = world.desks[0].testing.card.name,
	                               .index = index};
	assert_int_equal(desk_message_read(world.desks[1].desk, 0, &id, &message, NULL),
	                 STATUS_OK);
	assert_true(
	    view_equal_string(message.body, "{\"language\":\"en\",\"text\":\"hello\"}"));
	assert_int_equal(desk_receipt_file(world.desks[0].desk, 0, &id, "south.example",
	                                   &receipt, NULL),
	                 STATUS_OK);
	struct tlog_proof_file file;
	struct tlog_note note;
	assert_int_equal(tlog_proof_file_parse(buf_view(&receipt), &file, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_note_parse(file.checkpoint, &note, NULL), STATUS_OK);
	assert_int_equal(note.line_count, 2);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void messages_wait_while_a_peer_is_gone(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	world.desks[1].is_cut = true;
	for (int i = 0; i < 700; i++)
		world_say(&world, 0, "are you there?");
	world_pass(&world, 3600 * 1000);
	assert_true(receipt_info(&world, 0, 0).queued >= 700);
	assert_false(receipt_info(&world, 0, 0).is_reachable);
	world.desks[1].is_cut = false;
	world_pass(&world, 180 * 1000);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_killed_desk_goes_on(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	for (int i = 0; i < 20; i++) {
		world_say(&world, 0, "before the crash");
		world_crash(&world, (size_t)(i % 2));
		world_pass(&world, 5000);
	}
	world_pass(&world, 120 * 1000);
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_check_is_written_every_hour_and_a_missed_one_is_noted(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	world_pass(&world, 3 * 3600 * 1000);
	assert_int_equal(desk_counters(world.desks[0].desk)->checks_missed, 0);
	assert_true(log_info(&world, 0, 1).last_check_s >= world.now_ms / 1000 - 3600);
	world.desks[1].is_cut = true;
	world_pass(&world, 3 * 3600 * 1000);
	assert_true(desk_counters(world.desks[0].desk)->checks_missed >= 1);
	world_release(&world);
}

static void an_attachment_is_held_and_stated(void **state)
{
	struct world world;
	struct record_blob_ref ref;
	struct record_message_id id;
	static uint8_t content[3 << 20];
	world_init(&world, 2, NULL);
	struct desk *north = world.desks[0].desk;
	desk_turn_begin(north, world.now_ms);
	assert_int_equal(
	    desk_put_attachment(north, 0, view_of(content, sizeof content), &ref, NULL),
	    STATUS_OK);
	struct desk_draft draft = {
	    .kind = "text",
	    .body = view_of_string("{\"language\":\"en\",\"text\":\"see\"}"),
	    .attachments = &ref,
	    .attachment_count = 1};
	assert_int_equal(desk_submit(north, 0, &draft, &id, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(north, NULL), STATUS_OK);
	world_settle(&world);
	world_pass(&world, 1000);
	CLEANUP_BUF struct buf blob = BUF_INIT(16 << 20);
	assert_int_equal(desk_blob(world.desks[1].desk, 0, &id, &ref.id, &blob, NULL),
	                 STATUS_OK);
	assert_int_equal(blob.len, sizeof content + RECORD_SALT_LEN);
	struct desk_log_info south = log_info(&world, 0, 1);
	struct record_message_id last = {.desk = world.desks[1].testing.card.name,
	                                 .index = south.entry_count - 1};
	struct desk_message message;
	assert_int_equal(desk_message_read(north, 0, &last, &message, NULL), STATUS_OK);
	assert_string_equal(message.envelope->kind, "attachment.held");
	assert_true(world_agrees(&world));
	world_release(&world);
}

static void a_database_behind_the_guard_freezes_until_recovered(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	world_settle(&world);
	struct store_memory_snapshot *old = store_memory_snapshot(&world.desks[0].store);
	for (int i = 0; i < 5; i++)
		world_say(&world, 0, "only the peer will remember");
	world_settle(&world);
	world_stop(&world, 0);
	store_memory_restore(&world.desks[0].store, old);
	store_memory_snapshot_free(old);
	world_start(&world, 0);
	world_settle(&world);
	assert_int_equal(log_info(&world, 0, 0).state, DESK_LOG_FROZEN);
	struct hash digest = sha256(view_of_string("kept"));
	struct desk *north = world.desks[0].desk;
	uint64_t first, count;
	assert_true(world_say(&world, 0, "kept until the log may grow") ==
	            DESK_QUEUED_INDEX);
	desk_turn_begin(north, world.now_ms);
	assert_int_equal(desk_submission_note(north, 0, view_of_string("key"), &digest,
	                                      DESK_QUEUED_INDEX, 1, NULL),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(north, NULL), STATUS_OK);
	assert_int_equal(desk_submission_find(north, 0, view_of_string("key"), &digest,
	                                      &first, &count, NULL),
	                 STATUS_OK);
	assert_true(first == DESK_QUEUED_INDEX);
	desk_turn_begin(world.desks[0].desk, world.now_ms);
	desk_recover(world.desks[0].desk);
	assert_int_equal(desk_turn_end(world.desks[0].desk, NULL), STATUS_OK);
	world_pass(&world, 5000);
	assert_int_equal(log_info(&world, 0, 0).state, DESK_LOG_READY);
	world_pass(&world, 120 * 1000);
	assert_true(world_agrees(&world));
	assert_int_equal(desk_submission_find(north, 0, view_of_string("key"), &digest,
	                                      &first, &count, NULL),
	                 STATUS_OK);
	assert_true(first != DESK_QUEUED_INDEX && count == 1);
	world_release(&world);
}

static void a_machine_restored_as_a_whole_asks_before_it_signs(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	struct store_memory_snapshot *old = store_memory_snapshot(&world.desks[0].store);
	for (int i = 0; i < 5; i++)
		world_say(&world, 0, "only the peer will remember");
	world_settle(&world);
	world_stop(&world, 0);
	store_memory_restore(&world.desks[0].store, old);
	store_memory_snapshot_free(old);
	world_forget_guard(&world, 0);
	world.desks[1].is_cut = true;
	world_start(&world, 0);
	world_pass(&world, 3600 * 1000);
	assert_int_equal(log_info(&world, 0, 0).state, DESK_LOG_WAITING);
	world.desks[1].is_cut = false;
	world_pass(&world, 180 * 1000);
	assert_int_equal(log_info(&world, 0, 0).state, DESK_LOG_FROZEN);
	world_release(&world);
}

static bool count_row(void *context, uint64_t position,
                      const struct desk_message *message)
{
	++*(size_t *)context;
	return true;
}

static void all_see_one_joint_order(void **state)
{
	struct world world;
	world_init(&world, 3, NULL);
	for (int i = 0; i < 30; i++) {
		world_say(&world, (size_t)(i % 3), "in turn");
		if (i % 7 == 0)
			world_settle(&world);
	}
	world_pass(&world, 5000);
	for (size_t d = 0; d < 3; d++) {
		size_t rows = 0;
		uint64_t total = 0;
		assert_int_equal(desk_messages(world.desks[d].desk, 0, 0, count_row,
		                               &rows, &total, NULL),
		                 STATUS_OK);
		assert_int_equal(rows, total);
		assert_true(rows >= 33);
	}
	struct desk_check_result result;
	assert_int_equal(desk_check(world.desks[0].desk, &result, NULL), STATUS_OK);
	world_release(&world);
}

static bool is_flagged(struct world *world, size_t desk, uint64_t index)
{
	struct record_message_id id = {.index = index};
	struct desk_message message;
	snprintf(id.desk.text, sizeof id.desk.text, "north.example");
	assert_int_equal(
	    desk_message_read(world->desks[desk].desk, 0, &id, &message, NULL),
	    STATUS_OK);
	assert_false(message.is_malformed);
	return message.is_skewed;
}

/* North's clock is ten minutes fast for one message; the charter allows five. */
static void a_clock_that_is_wrong_is_flagged_on_both_sides(void **state)
{
	struct world world;
	world_init(&world, 2, NULL);
	world_settle(&world);
	uint64_t good = world_say(&world, 0, "in time");
	world_settle(&world);
	world.now_ms += 10 * 60 * 1000;
	uint64_t bad = world_say(&world, 0, "from the future");
	world.now_ms -= 10 * 60 * 1000;
	world_pass(&world, 5000);
	for (size_t desk = 0; desk < 2; desk++) {
		assert_false(is_flagged(&world, desk, good));
		assert_true(is_flagged(&world, desk, bad));
	}
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_log_opens_with_the_charter),
	    cmocka_unit_test(a_message_comes_back_as_a_receipt),
	    cmocka_unit_test(messages_wait_while_a_peer_is_gone),
	    cmocka_unit_test(a_killed_desk_goes_on),
	    cmocka_unit_test(a_check_is_written_every_hour_and_a_missed_one_is_noted),
	    cmocka_unit_test(an_attachment_is_held_and_stated),
	    cmocka_unit_test(a_database_behind_the_guard_freezes_until_recovered),
	    cmocka_unit_test(a_machine_restored_as_a_whole_asks_before_it_signs),
	    cmocka_unit_test(all_see_one_joint_order),
	    cmocka_unit_test(a_clock_that_is_wrong_is_flagged_on_both_sides),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
