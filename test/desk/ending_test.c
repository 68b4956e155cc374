/* SPDX-License-Identifier: Apache-2.0 */
/* A log that nobody can bring back whole ends, and its desk goes on in a successor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "record/log_end.h"
#include "world.h"

enum { NORTH, SOUTH, WEST };

static struct desk *desk_of(struct world *world, size_t desk)
{
	return world->desks[desk].desk;
}

static struct desk_log_info log_of(struct world *world, size_t desk, size_t nth)
{
	struct desk_log_info info;
	desk_log(desk_of(world, desk), 0, nth, &info);
	return info;
}

static void change_keys(struct world *world)
{
	CLEANUP_BUF struct buf change = BUF_INIT(RECORD_NOTE_MAX);
	struct error err;
	world_new_keys(world, NORTH, &change);
	desk_turn_begin(desk_of(world, NORTH), world->now_ms);
	assert_int_equal(desk_key_change(desk_of(world, NORTH), buf_view(&change), &err),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(desk_of(world, NORTH), &err), STATUS_OK);
	world_pass(world, 5000);
	world_switch_keys(world, NORTH);
	world_pass(world, 70000);
}

/* North signs three messages that reach nobody, then loses its database and gets back
 * what the others hold. */
static void lose_the_last_of(struct world *world, int held_count, int64_t ms)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_channel_info info;
	for (int i = 0; i < held_count; i++)
		world_say(world, NORTH, "held by all");
	world_pass(world, ms / 60);
	world->desks[SOUTH].is_cut = world->desks[WEST].is_cut = true;
	for (int i = 0; i < 3; i++)
		world_say(world, NORTH, "lost");
	world_settle(world);
	desk_channel(desk_of(world, NORTH), 0, &info);
	buf_append_view(&note, info.charter_note);
	world_stop(world, NORTH);
	world_lose_store(world, NORTH);
	world->desks[SOUTH].is_cut = world->desks[WEST].is_cut = false;
	world_start(world, NORTH);
	world_join(world, NORTH, buf_view(&note));
	desk_recover(desk_of(world, NORTH));
	world_pass(world, ms);
	assert_int_equal(log_of(world, NORTH, NORTH).state, DESK_LOG_FROZEN);
}

static void lose_the_last(struct world *world)
{
	world_init(world, 3, NULL);
	change_keys(world);
	lose_the_last_of(world, 4, 300000);
}

static void sign(struct world *world, struct view text, unsigned desks,
                 struct buf *ret_note)
{
	buf_clear(ret_note);
	buf_append_view(ret_note, text);
	buf_append_byte(ret_note, '\n');
	for (size_t i = 0; i < world->desk_count; i++)
		if (desks & 1U << i)
			testing_charter_sign(&world->desks[i].testing, text, ret_note);
}

static enum status join(struct world *world, size_t desk, struct view note)
{
	struct error err;
	bool is_open;
	desk_turn_begin(desk_of(world, desk), world->now_ms);
	enum status status = desk_join(desk_of(world, desk), note, &is_open, NULL, &err);
	assert_int_equal(desk_turn_end(desk_of(world, desk), &err), STATUS_OK);
	return status;
}

static void read_text(struct world *world, size_t desk, uint64_t index, char *ret_kind)
{
	struct record_message_id id = {.index = index};
	struct desk_message message;
	struct error err;
	snprintf(id.desk.text, sizeof id.desk.text, "north.example");
	if (desk_message_read(desk_of(world, desk), 0, &id, &message, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_false(message.is_malformed);
	assert_int_equal(message.id.index, index);
	snprintf(ret_kind, RECORD_KIND_LEN_MAX + 1, "%s", message.envelope->kind);
}

static bool count_row(void *context, uint64_t position,
                      const struct desk_message *message)
{
	assert_false(message->is_malformed);
	assert_false(message->is_waiting);
	++*(size_t *)context;
	return true;
}

static bool count_any(void *context, uint64_t position,
                      const struct desk_message *message)
{
	++*(size_t *)context;
	return true;
}

static bool wants_nothing(const struct record_envelope *envelope)
{
	return false;
}

/* Each entry has the index behind the one before it. */
static enum status follow_row(void *context, const struct desk_entry *entry,
                              struct error *err)
{
	uint64_t *next = context;
	assert_int_equal(entry->index, *next);
	assert_non_null(entry->envelope);
	++*next;
	return STATUS_OK;
}

/* Whoever walks on from where the old log ended goes on in the successor. */
static void both_logs_are_walked_as_one(struct world *world, size_t desk, uint64_t end)
{
	uint64_t next = 1;
	struct error err;
	assert_int_equal(desk_entries(desk_of(world, desk), 0, NORTH, next, wants_nothing,
	                              follow_row, &next, &err),
	                 STATUS_OK);
	assert_int_equal(next, end);
	assert_int_equal(desk_entries(desk_of(world, desk), 0, NORTH, next, wants_nothing,
	                              follow_row, &next, &err),
	                 STATUS_OK);
	assert_int_equal(next, end);
	assert_int_equal(desk_entries(desk_of(world, desk), 0, 3, next, wants_nothing,
	                              follow_row, &next, &err),
	                 STATUS_OK);
	assert_true(next >= end + 2);
}

static void a_desk_goes_on_in_a_successor(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_check_result result;
	struct desk_channel_info info;
	struct error err;
	char kind[RECORD_KIND_LEN_MAX + 1];
	size_t counts[3] = {0};
	lose_the_last(&world);
	uint64_t end = log_of(&world, NORTH, NORTH).entry_count;
	assert_int_equal(desk_log_end(desk_of(&world, NORTH), 0, &text, &err), STATUS_OK);
	/* not signed by all: nothing changes */
	sign(&world, buf_view(&text), 1 << NORTH | 1 << SOUTH, &note);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(join(&world, i, buf_view(&note)), STATUS_OK);
	world_pass(&world, 60000);
	assert_int_equal(log_of(&world, NORTH, NORTH).state, DESK_LOG_FROZEN);
	/* the last signature is merged */
	sign(&world, buf_view(&text), 1 << NORTH | 1 << WEST, &note);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(join(&world, i, buf_view(&note)), STATUS_OK);
	world_pass(&world, 200000);
	world_say(&world, NORTH, "again");
	world_say(&world, SOUTH, "heard");
	world_pass(&world, 200000);
	desk_channel(desk_of(&world, SOUTH), 0, &info);
	assert_int_equal(info.log_count, 4);
	for (size_t i = 0; i < 3; i++) {
		struct desk_log_info old = log_of(&world, i, NORTH);
		struct desk_log_info new = log_of(&world, i, 3);
		assert_true(old.is_ended);
		assert_int_equal(old.entry_count, end);
		assert_int_equal(new.offset, end);
		assert_int_equal(new.state, DESK_LOG_READY);
		assert_true(new.entry_count >= 2);
		assert_int_equal(new.cosigned_size, new.entry_count);
		read_text(&world, i, 1, kind);
		read_text(&world, i, end, kind);
		assert_string_equal(kind, "open");
		assert_int_equal(desk_messages(desk_of(&world, i), 0, 0, count_row,
		                               &counts[i], NULL, &err),
		                 STATUS_OK);
		both_logs_are_walked_as_one(&world, i, end);
		world_crash(&world, i);
		if (desk_check(desk_of(&world, i), &result, &err) != STATUS_OK)
			fail_msg("%s", err.text);
		read_text(&world, i, end, kind);
		assert_string_equal(kind, "open");
	}
	assert_int_equal(counts[0], counts[1]);
	assert_int_equal(counts[0], counts[2]);
	world_pass(&world, 200000);
	world_say(&world, NORTH, "after a restart");
	world_pass(&world, 60000);
	assert_int_equal(log_of(&world, SOUTH, 3).cosigned_size,
	                 log_of(&world, NORTH, 3).signed_size);
	world_release(&world);
}

/* North goes back to a backup of before, guard and all, and asks for what it lacks. */
static void an_ended_log_is_not_written_to_after_a_restore(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(RECORD_NOTE_MAX),
	                       charter = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_channel_info info;
	struct error err;
	lose_the_last(&world);
	assert_int_equal(desk_log_end(desk_of(&world, NORTH), 0, &text, &err), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(join(&world, i, buf_view(&note)), STATUS_OK);
	world_pass(&world, 200000);
	desk_channel(desk_of(&world, NORTH), 0, &info);
	buf_append_view(&charter, info.charter_note);
	uint64_t end = log_of(&world, NORTH, NORTH).entry_count;
	world_stop(&world, NORTH);
	world_lose_store(&world, NORTH);
	world_forget_guard(&world, NORTH);
	world_start(&world, NORTH);
	world_join(&world, NORTH, buf_view(&charter));
	world_pass(&world, 100000);
	desk_recover(desk_of(&world, NORTH));
	world_pass(&world, 300000);
	world_say(&world, NORTH, "to whom?");
	world_pass(&world, 3600000);
	assert_true(log_of(&world, NORTH, NORTH).entry_count <= end);
	assert_int_not_equal(log_of(&world, NORTH, NORTH).state, DESK_LOG_READY);
	/* handed the end again, it goes on where it was */
	assert_int_equal(join(&world, NORTH, buf_view(&note)), STATUS_OK);
	world_pass(&world, 200000);
	desk_recover(desk_of(&world, NORTH));
	world_pass(&world, 600000);
	assert_true(log_of(&world, NORTH, NORTH).is_ended);
	assert_int_equal(log_of(&world, NORTH, 3).state, DESK_LOG_READY);
	assert_int_equal(log_of(&world, SOUTH, 3).cosigned_size,
	                 log_of(&world, NORTH, 3).signed_size);
	world_release(&world);
}

/* The ids of an author go up in the joint order, over all logs of it. */
static bool follow_author(void *context, uint64_t position,
                          const struct desk_message *message)
{
	uint64_t *next = context;
	assert_false(message->is_waiting);
	if (strcmp(message->id.desk.text, "north.example") == 0)
		assert_int_equal(message->id.index, (*next)++);
	return true;
}

/* All in one second, which is what `sent` counts in. */
static void a_successor_stands_behind_the_log_that_ended(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(RECORD_NOTE_MAX);
	struct error err;
	world_init(&world, 3, NULL);
	world_pass(&world, 70000);
	int64_t now_ms = world.now_ms;
	lose_the_last_of(&world, 20, 0);
	assert_int_equal(desk_log_end(desk_of(&world, NORTH), 0, &text, &err), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(join(&world, i, buf_view(&note)), STATUS_OK);
	world_settle(&world);
	world_say(&world, NORTH, "in the successor");
	world_settle(&world);
	assert_int_equal(world.now_ms, now_ms);
	for (size_t i = 0; i < 3; i++) {
		uint64_t next = 0;
		assert_int_equal(desk_messages(desk_of(&world, i), 0, 0, follow_author,
		                               &next, NULL, &err),
		                 STATUS_OK);
		assert_true(next > log_of(&world, i, 3).offset + 1);
	}
	world_release(&world);
}

static void acknowledge(struct world *world, size_t desk, uint64_t index)
{
	struct record_message_id re = {.index = index}, id;
	struct desk_draft draft = {
	    .kind = "ack", .re = &re, .body = view_of_string("{\"understood\":true}")};
	struct error err;
	snprintf(re.desk.text, sizeof re.desk.text, "north.example");
	desk_turn_begin(desk_of(world, desk), world->now_ms);
	if (desk_submit(desk_of(world, desk), 0, &draft, &id, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(desk_turn_end(desk_of(world, desk), &err), STATUS_OK);
}

static enum desk_delivery delivery_of(struct world *world, uint64_t index)
{
	enum desk_delivery delivery;
	int64_t time_s;
	struct error err;
	if (desk_delivery_of(desk_of(world, NORTH), 0, index, "south.example", &delivery,
	                     &time_s, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return delivery;
}

/* The ids of the successor go on where those of the old log end, its sizes do not. */
static void acknowledgements_of_an_ended_log_are_found_after_a_restart(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(RECORD_NOTE_MAX);
	struct error err;
	world_init(&world, 3, NULL);
	uint64_t old = world_say(&world, NORTH, "of the old log");
	world_pass(&world, 70000);
	lose_the_last_of(&world, 20, 0);
	assert_int_equal(desk_log_end(desk_of(&world, NORTH), 0, &text, &err), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(join(&world, i, buf_view(&note)), STATUS_OK);
	world_settle(&world);
	uint64_t new = world_say(&world, NORTH, "of the successor");
	world_settle(&world);
	acknowledge(&world, SOUTH, old);
	acknowledge(&world, SOUTH, new);
	world_settle(&world);
	for (int restarts = 0; restarts < 2; restarts++) {
		assert_int_equal(delivery_of(&world, new), DESK_UNDERSTOOD);
		assert_int_equal(delivery_of(&world, old), DESK_UNDERSTOOD);
		world_crash(&world, NORTH);
	}
	world_release(&world);
}

/* West hears of the end only after south has named entries of the successor. */
static void who_hears_of_the_end_late_shows_the_same_order(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(RECORD_NOTE_MAX);
	struct error err;
	size_t count = 0;
	lose_the_last(&world);
	assert_int_equal(desk_log_end(desk_of(&world, NORTH), 0, &text, &err), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	assert_int_equal(join(&world, NORTH, buf_view(&note)), STATUS_OK);
	assert_int_equal(join(&world, SOUTH, buf_view(&note)), STATUS_OK);
	world_pass(&world, 200000);
	world_say(&world, NORTH, "again");
	world_settle(&world);
	world_say(&world, SOUTH, "heard");
	world_pass(&world, 100000);
	assert_int_equal(
	    desk_messages(desk_of(&world, WEST), 0, 0, count_any, &count, NULL, &err),
	    STATUS_OK);
	assert_int_equal(join(&world, WEST, buf_view(&note)), STATUS_OK);
	world_pass(&world, 200000);
	assert_int_equal(
	    desk_messages(desk_of(&world, WEST), 0, 0, count_row, &count, NULL, &err),
	    STATUS_OK);
	world_release(&world);
}

static void other_lines_under_an_end_do_no_harm(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(RECORD_NOTE_MAX);
	static uint8_t junk[2900];
	struct error err;
	lose_the_last(&world);
	assert_int_equal(desk_log_end(desk_of(&world, NORTH), 0, &text, &err), STATUS_OK);
	sign(&world, buf_view(&text), 1 << NORTH, &note);
	for (int i = 0; i < 130; i++) {
		buf_append_string(&note, "— junk ");
		base64_append(&note, view_of(junk, sizeof junk));
		buf_append_byte(&note, '\n');
	}
	assert_int_equal(buf_check(&note, "a note", &err), STATUS_OK);
	assert_int_equal(join(&world, SOUTH, buf_view(&note)), STATUS_OK);
	junk[0] = 1;
	sign(&world, buf_view(&text), 1 << NORTH | 1 << WEST, &note);
	for (int i = 0; i < 130; i++) {
		junk[1] = (uint8_t)i;
		buf_append_string(&note, "— junk ");
		base64_append(&note, view_of(junk, sizeof junk));
		buf_append_byte(&note, '\n');
	}
	assert_int_equal(join(&world, SOUTH, buf_view(&note)), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	assert_int_equal(join(&world, SOUTH, buf_view(&note)), STATUS_OK);
	world_pass(&world, 60000);
	assert_true(log_of(&world, SOUTH, NORTH).is_ended);
	world_release(&world);
}

/* A place in the table is for ever: rows of the store count by it. */
static void places_stay_when_a_member_comes_after_an_end(void **state)
{
	struct world world;
	struct testing_desk east;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX),
	                       note = BUF_INIT(RECORD_NOTE_MAX);
	struct desk_channel_info info;
	struct error err;
	lose_the_last(&world);
	assert_int_equal(desk_log_end(desk_of(&world, NORTH), 0, &text, &err), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(join(&world, i, buf_view(&note)), STATUS_OK);
	world_pass(&world, 200000);
	testing_desk_init(&east, "east.example", NULL);
	struct view card_note = buf_view(&east.note);
	desk_channel(desk_of(&world, NORTH), 0, &info);
	struct record_charter_draft draft = {.previous = info.charter,
	                                     .cards = &east.card,
	                                     .card_notes = &card_note,
	                                     .card_count = 1,
	                                     .date_s = 1795218600,
	                                     .nonce = "testing nonce 17",
	                                     .template_json = view_of_string("")};
	buf_clear(&text);
	assert_int_equal(record_charter_draft(&draft, &text, NULL), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	testing_charter_sign(&east, buf_view(&text), &note);
	assert_int_equal(join(&world, SOUTH, buf_view(&note)), STATUS_OK);
	world_pass(&world, 200000);
	for (size_t i = 0; i < 3; i++)
		for (int again = 0; again < 2; again++) {
			assert_string_equal(log_of(&world, i, 3).desk, "north.example");
			assert_string_equal(log_of(&world, i, 4).desk, "east.example");
			world_crash(&world, i);
		}
	world_pass(&world, 200000);
	world_say(&world, NORTH, "after a restart");
	world_say(&world, SOUTH, "heard");
	world_pass(&world, 100000);
	for (size_t i = 0; i < 3; i++)
		for (size_t l = 0; l < 4; l++)
			assert_int_equal(log_of(&world, i, l).flags, 0);
	testing_desk_release(&east);
	world_release(&world);
}

static void who_holds_more_does_not_follow(void **state)
{
	struct world world;
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(RECORD_NOTE_MAX);
	lose_the_last(&world);
	struct desk_log_info log = log_of(&world, NORTH, NORTH);
	struct record_log_end end = {.size = log.entry_count - 1, .date_s = 1795218600};
	struct error err;
	snprintf(end.origin, sizeof end.origin, "%s", log.origin);
	end.root.bytes[0] = 7;
	assert_int_equal(record_log_end_append_text(&end, &text, &err), STATUS_OK);
	sign(&world, buf_view(&text), 7, &note);
	assert_int_equal(join(&world, SOUTH, buf_view(&note)), STATUS_OK);
	world_pass(&world, 60000);
	assert_false(log_of(&world, SOUTH, NORTH).is_ended);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_desk_goes_on_in_a_successor),
	    cmocka_unit_test(an_ended_log_is_not_written_to_after_a_restore),
	    cmocka_unit_test(a_successor_stands_behind_the_log_that_ended),
	    cmocka_unit_test(acknowledgements_of_an_ended_log_are_found_after_a_restart),
	    cmocka_unit_test(who_hears_of_the_end_late_shows_the_same_order),
	    cmocka_unit_test(other_lines_under_an_end_do_no_harm),
	    cmocka_unit_test(places_stay_when_a_member_comes_after_an_end),
	    cmocka_unit_test(who_holds_more_does_not_follow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
