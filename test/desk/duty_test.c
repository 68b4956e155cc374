/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties between desks: both sides list the same, byte for byte, whatever happened; what
 * starts, nears its end and ends is told; what is overdue is written once.
 */
#include "world.h"

#include "codec/time_text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static const char template[] =
    "{\"duties\":[{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"},"
    "{\"on\":\"query\",\"owe\":[\"answer\",\"holding\"],\"within\":\"PT24H\"},"
    "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT6H\"}],"
    "\"holding\":{\"within\":\"PT72H\",\"times\":1}}";

static const char query[] = "{\"language\":\"en\",\"question\":\"Is this yours?\"}";

static bool send_it(struct world *world, size_t desk, const char *kind, const char *body,
                    const struct record_message_id *re, const char *to,
                    struct record_message_id *ret_id)
{
	struct record_name name;
	struct desk_draft draft = {.kind = kind, .body = view_of_string(body), .re = re};
	struct desk *it = world->desks[desk].desk;
	struct error err;
	if (to) {
		snprintf(name.text, sizeof name.text, "%s", to);
		draft.to = &name;
		draft.to_count = 1;
	}
	desk_turn_begin(it, world->now_ms);
	bool is_sent = desk_submit(it, 0, &draft, ret_id, &err) == STATUS_OK;
	assert_int_equal(desk_turn_end(it, &err), STATUS_OK);
	return is_sent;
}

static struct record_message_id must_send(struct world *world, size_t desk,
                                          const char *kind, const char *body,
                                          const struct record_message_id *re)
{
	struct record_message_id id;
	assert_true(send_it(world, desk, kind, body, re, NULL, &id));
	return id;
}

/* ---- lists */

struct listing {
	struct buf *out;
	int64_t now_s;
	bool has_periodic;
};

static bool print_row(void *context, const struct record_duty_row *row)
{
	struct listing *listing = context;
	if (!row->is_periodic || listing->has_periodic) {
		record_duty_append_json(row, listing->now_s, listing->out);
		buf_append_byte(listing->out, '\n');
	}
	return true;
}

static void list_of(struct world *world, size_t desk, int64_t now_s, bool has_periodic,
                    struct buf *out)
{
	struct listing listing = {out, now_s, has_periodic};
	buf_clear(out);
	assert_int_equal(desk_duties(world->desks[desk].desk, 0, now_s, false, print_row,
	                             &listing, NULL),
	                 STATUS_OK);
	buf_append_byte(out, '\0');
	assert_int_equal(buf_check(out, "the list", NULL), STATUS_OK);
}

static void lists_are_equal(struct world *world, size_t *ret_len)
{
	static const int64_t offsets_s[] = {0, -3600, 7 * 3600, 40 * 86400};
	CLEANUP_BUF struct buf first = BUF_INIT(1 << 24), other = BUF_INIT(1 << 24);
	for (size_t i = 0; i < sizeof offsets_s / sizeof offsets_s[0]; i++) {
		int64_t now_s = world->now_ms / 1000 + offsets_s[i];
		list_of(world, 0, now_s, true, &first);
		for (size_t d = 1; d < world->desk_count; d++) {
			list_of(world, d, now_s, true, &other);
			assert_string_equal((const char *)first.data,
			                    (const char *)other.data);
		}
		if (i == 0)
			*ret_len = first.len;
	}
}

static bool lists(struct world *world, size_t desk, const char *words)
{
	CLEANUP_BUF struct buf list = BUF_INIT(1 << 24);
	list_of(world, desk, world->now_ms / 1000, false, &list);
	return strstr((const char *)list.data, words) != NULL;
}

static size_t count_events(struct world *world, size_t desk, const char *words)
{
	struct buf *events = &world->desks[desk].events;
	struct view rest = buf_view(events), line;
	size_t count = 0;
	while (view_take_line(&rest, &line))
		count += view_find(line, view_of_string(words)) != SIZE_MAX;
	return count;
}

struct counting {
	const char *kind;
	size_t count;
};

static bool count_kind(void *context, uint64_t position,
                       const struct desk_message *message)
{
	struct counting *counting = context;
	if (message->envelope && strcmp(message->envelope->kind, counting->kind) == 0)
		counting->count++;
	return true;
}

static size_t count_messages(struct world *world, size_t desk, const char *kind)
{
	struct counting counting = {.kind = kind};
	assert_int_equal(desk_messages(world->desks[desk].desk, 0, 0, count_kind,
	                               &counting, NULL, NULL),
	                 STATUS_OK);
	return counting.count;
}

static void start(struct world *world, size_t desks)
{
	world_init(world, desks, template);
	for (size_t d = 0; d < desks; d++)
		world->desks[d].events = BUF_INIT(1 << 24);
	world_pass(world, 2 * MINUTE);
}

/* ---- scenarios */

static void question_runs_and_is_met_on_both_sides(void **state)
{
	struct world world;
	size_t len;
	start(&world, 2);
	struct record_message_id question = must_send(&world, 0, "query", query, NULL);
	world_pass(&world, MINUTE);
	assert_true(lists(&world, 0, "\"state\":\"running\""));
	assert_int_equal(count_events(&world, 0, "duty.started"), 1);
	assert_int_equal(count_events(&world, 1, "duty.started"), 1);
	lists_are_equal(&world, &len);
	must_send(&world, 1, "answer", "{\"answer\":\"no\"}", &question);
	world_pass(&world, MINUTE);
	assert_true(lists(&world, 0, "\"state\":\"met\""));
	assert_int_equal(count_events(&world, 1, "duty.ended"), 1);
	assert_int_equal(count_events(&world, 1, "\"state\":\"met\""), 1);
	lists_are_equal(&world, &len);
	world_pass(&world, 3 * DAY);
	assert_int_equal(count_messages(&world, 0, "overdue"), 0);
	world_release(&world);
}

static void what_is_overdue_is_told_and_written_once(void **state)
{
	struct world world;
	size_t len;
	start(&world, 2);
	must_send(&world, 0, "query", query, NULL);
	world_pass(&world, 22 * HOUR);
	assert_int_equal(count_events(&world, 0, "duty.near"), 0);
	world_pass(&world, 90 * MINUTE);
	assert_int_equal(count_events(&world, 0, "duty.near"), 1);
	assert_int_equal(count_events(&world, 1, "duty.near"), 1);
	assert_int_equal(count_events(&world, 1, "duty.overdue"), 0);
	world_pass(&world, HOUR);
	assert_int_equal(count_events(&world, 0, "duty.overdue"), 1);
	assert_int_equal(count_events(&world, 1, "duty.overdue"), 1);
	assert_int_equal(count_messages(&world, 1, "overdue"), 1);
	world_crash(&world, 0);
	world_pass(&world, 2 * DAY);
	world_crash(&world, 1);
	world_pass(&world, HOUR);
	assert_int_equal(count_messages(&world, 0, "overdue"), 1);
	assert_int_equal(count_messages(&world, 1, "overdue"), 1);
	assert_true(lists(&world, 1, "\"state\":\"overdue\""));
	lists_are_equal(&world, &len);
	world_release(&world);
}

static void
deadline_that_passed_while_the_desk_was_down_is_written_after_the_start(void **state)
{
	struct world world;
	start(&world, 2);
	must_send(&world, 0, "query", query, NULL);
	world_pass(&world, HOUR);
	world_stop(&world, 0);
	world_pass(&world, 2 * DAY);
	world_start(&world, 0);
	world_pass(&world, 10 * MINUTE);
	assert_int_equal(count_messages(&world, 1, "overdue"), 1);
	world_release(&world);
}

static void holding_moves_the_deadline_on_both_sides(void **state)
{
	struct world world;
	char body[100], until[TIME_TEXT_LEN + 1];
	size_t len;
	start(&world, 2);
	struct record_message_id question = must_send(&world, 0, "query", query, NULL);
	world_pass(&world, HOUR);
	time_text_encode(world.now_ms / 1000 + 2 * 86400, until);
	snprintf(body, sizeof body, "{\"until\":\"%s\"}", until);
	must_send(&world, 1, "holding", body, &question);
	world_pass(&world, DAY + 12 * HOUR);
	assert_true(lists(&world, 0, "\"state\":\"held\""));
	lists_are_equal(&world, &len);
	world_pass(&world, DAY);
	assert_true(lists(&world, 1, "\"state\":\"overdue\""));
	assert_int_equal(count_messages(&world, 1, "overdue"), 1);
	world_release(&world);
}

/* ---- weeks of anything */

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

enum { QUESTIONS_MAX = 400 };

struct weeks {
	struct world world;
	uint64_t seed;
	struct record_message_id questions[QUESTIONS_MAX];
	size_t count;
};

/* One of the last questions, or none. */
static const struct record_message_id *pick(struct weeks *weeks)
{
	size_t back = next_random(&weeks->seed) % 12;
	return back < weeks->count ? &weeks->questions[weeks->count - 1 - back] : NULL;
}

static size_t find(const struct world *world, const char *name)
{
	size_t desk = 0;
	while (strcmp(world->desks[desk].testing.card.name.text, name) != 0)
		desk++;
	return desk;
}

static void act(struct weeks *weeks)
{
	struct world *world = &weeks->world;
	size_t desk = next_random(&weeks->seed) % world->desk_count;
	const struct record_message_id *question = pick(weeks);
	const char *to =
	    next_random(&weeks->seed) % 3 == 0
	        ? world->desks[(desk + 1) % world->desk_count].testing.card.name.text
	        : NULL;
	struct record_message_id id;
	char body[200], time[TIME_TEXT_LEN + 1];
	bool is_asked = false;
	unsigned what = next_random(&weeks->seed) % 10;
	if (question && what >= 3 && what <= 7)
		desk =
		    (find(world, question->desk.text) + (what < 7)) % world->desk_count;
	switch (what) {
	case 0:
	case 1:
		is_asked = send_it(world, desk, "query", query, NULL, to, &id);
		break;
	case 2:
		time_text_encode(world->now_ms / 1000, time);
		snprintf(body, sizeof body,
		         "{\"language\":\"en\",\"title\":\"T\",\"summary\":\"S\","
		         "\"detected\":\"%s\"}",
		         time);
		is_asked = send_it(world, desk, "incident", body, NULL, to, &id);
		break;
	case 3:
		if (question)
			(void)send_it(world, desk, "answer", "{\"answer\":\"looking\"}",
			              question, NULL, &id);
		break;
	case 4:
	case 5:
		time_text_encode(
		    world->now_ms / 1000 + next_random(&weeks->seed) % (5 * 86400), time);
		snprintf(body, sizeof body, "{\"until\":\"%s\"}", time);
		if (question)
			(void)send_it(world, desk, "holding", body, question, NULL, &id);
		break;
	case 6:
		if (question)
			(void)send_it(world, desk, "ack", "{\"understood\":true}",
			              question, NULL, &id);
		break;
	case 7:
		if (question)
			(void)send_it(world, desk, "cancel", "", question, NULL, &id);
		break;
	default:
		world->desks[desk].is_cut = !world->desks[desk].is_cut;
	}
	if (is_asked && id.index != DESK_QUEUED_INDEX && weeks->count < QUESTIONS_MAX)
		weeks->questions[weeks->count++] = id;
}

static void heal(struct world *world)
{
	for (size_t d = 0; d < world->desk_count; d++)
		world->desks[d].is_cut = false;
	world_pass(world, 5 * MINUTE);
}

static void everything_has_happened(struct world *world)
{
	assert_true(lists(world, 0, "\"state\":\"met\""));
	assert_true(lists(world, 0, "\"state\":\"cancelled\""));
	assert_true(lists(world, 0, "\"state\":\"overdue\""));
	assert_true(lists(world, 0, "\"holding\":"));
	assert_true(lists(world, 0, "\"late\":true"));
}

static void both_sides_list_the_same_over_weeks(void **state)
{
	struct weeks weeks = {.seed = getenv("ALDIS_SEED")
	                                  ? strtoull(getenv("ALDIS_SEED"), NULL, 10)
	                                  : 20261121};
	size_t len = 0;
	print_message("ALDIS_SEED=%" PRIu64 "\n", weeks.seed);
	for (size_t desks = 2; desks <= 3; desks++) {
		weeks.count = 0;
		start(&weeks.world, desks);
		for (int day = 0; day < 14; day++) {
			for (int i = 0; i < 5; i++) {
				act(&weeks);
				world_pass(&weeks.world,
				           next_random(&weeks.seed) % (8 * HOUR));
			}
			if (day % 7 == 3)
				world_crash(&weeks.world,
				            next_random(&weeks.seed) % desks);
			heal(&weeks.world);
			assert_true(world_agrees(&weeks.world));
			lists_are_equal(&weeks.world, &len);
		}
		if (!getenv("ALDIS_SEED"))
			everything_has_happened(&weeks.world);
		/* whoever starts again computes the same */
		for (size_t d = 0; d < desks; d++)
			world_crash(&weeks.world, d);
		heal(&weeks.world);
		lists_are_equal(&weeks.world, &len);
		must_send(&weeks.world, 1, "leave", "", NULL);
		world_pass(&weeks.world, 5 * MINUTE);
		lists_are_equal(&weeks.world, &len);
		assert_true(lists(&weeks.world, 0, "\"state\":\"left\""));
		world_release(&weeks.world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(question_runs_and_is_met_on_both_sides),
	    cmocka_unit_test(what_is_overdue_is_told_and_written_once),
	    cmocka_unit_test(
	        deadline_that_passed_while_the_desk_was_down_is_written_after_the_start),
	    cmocka_unit_test(holding_moves_the_deadline_on_both_sides),
	    cmocka_unit_test(both_sides_list_the_same_over_weeks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
