/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a channel: what they show, how they are picked and paged, and what somebody
 * has opened.
 */
#include "console/reading/pick.h"
#include "console/work_fixture.h"

#define ROWS "/api/channels/CHANNEL/messages?form=row"
#define OPENED "/api/channels/CHANNEL/opened"

static int set_up(void **state)
{
	*state = fixture_new("{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],"
	                     "\"within\":\"PT1H\"}]}");
	return 0;
}

static size_t count_of(const struct fixture *f)
{
	return member(f, "messages")->count;
}

static void a_row_says_what_it_is(void **state)
{
	struct fixture *f = *state;

	say(f, SOUTH,
	    "{\"kind\":\"text\",\"line\":\"political\",\"tlp\":\"AMBER\",\"body\":"
	    "{\"language\":\"en\",\"subject\":\"Tonight\",\"text\":\"Long\"}}");
	assert_int_equal(get(f, ROWS "&kind=text"), 200);
	assert_int_equal(count_of(f), 1);
	assert_true(holds(f, "\"author\":\"south.example\",\"own\":false"));
	assert_true(holds(f, "\"line\":\"political\",\"tlp\":\"AMBER\",\"to\":[]"));
	assert_true(holds(f, "\"attachments\":0,\"title\":\"Tonight\",\"flags\":[]"));
	assert_true(holds(f, "\"opened\":false,\"overdue\":false"));
	assert_false(holds(f, "\"body\""));
	assert_false(holds(f, "\"state\""));
}

static void the_state_is_that_of_who_is_furthest_behind(void **state)
{
	struct fixture *f = *state;

	f->world.desks[SOUTH].is_cut = true;
	assert_int_equal(post(f, "/api/channels/CHANNEL/messages", TEXT("One")), 201);
	assert_int_equal(get(f, ROWS "&kind=text"), 200);
	assert_true(holds(f, "\"state\":\"left\""));
	f->world.desks[SOUTH].is_cut = false;
	world_pass(&f->world, 120000);
	assert_int_equal(get(f, ROWS "&kind=text"), 200);
	assert_true(holds(f, "\"state\":\"stored\""));
	say(f, SOUTH,
	    "{\"kind\":\"ack\",\"re\":\"north.example#1\",\"body\":{\"understood\":false}"
	    "}");
	assert_int_equal(get(f, "/api/channels/CHANNEL/messages/north.example/1"), 200);
	assert_true(holds(f, "\"kind\":\"text\""));
	assert_int_equal(get(f, ROWS "&kind=text"), 200);
	assert_true(holds(f, "\"state\":\"not-understood\""));
}

#define OF_THE_FIRST "/api/channels/CHANNEL/messages/north.example/1"
#define ACK(understood)                                                  \
	"{\"kind\":\"ack\",\"re\":\"north.example#1\",\"body\":{\"under" \
	"stood\":" understood "}}"
#define MEASURE                                                                  \
	"{\"kind\":\"measure\",\"re\":\"north.example#1\",\"body\":{"            \
	"\"measure\":\"technical-countermeasure\",\"language\":\"en\",\"text\":" \
	"\"We block it.\"}}"

static void what_was_not_understood_is_not_hidden(void **state)
{
	struct fixture *f = *state;

	say(f, NORTH,
	    "{\"kind\":\"query\",\"body\":{\"language\":\"en\",\"question\":\"Who?\"}}");
	say(f, SOUTH, MEASURE);
	assert_int_equal(get(f, OF_THE_FIRST), 200);
	assert_true(holds(f, "\"state\":\"answered\""));
	say(f, SOUTH, ACK("false"));
	assert_int_equal(get(f, OF_THE_FIRST), 200);
	assert_true(holds(f, "\"state\":\"not-understood\""));
	say(f, SOUTH, MEASURE);
	assert_int_equal(get(f, OF_THE_FIRST), 200);
	assert_true(holds(f, "\"state\":\"not-understood\""));
	assert_int_equal(get(f, ROWS "&kind=query"), 200);
	assert_true(holds(f, "\"state\":\"not-understood\""));
	say(f, SOUTH, ACK("true"));
	assert_int_equal(get(f, OF_THE_FIRST), 200);
	assert_true(holds(f, "\"state\":\"answered\""));
	say(f, SOUTH, ACK("false"));
	say(f, SOUTH,
	    "{\"kind\":\"answer\",\"re\":\"north.example#1\",\"body\":{\"answer\":\"no\"}"
	    "}");
	assert_int_equal(get(f, OF_THE_FIRST), 200);
	assert_true(holds(f, "\"state\":\"answered\""));
	say(f, SOUTH, ACK("false"));
	assert_int_equal(get(f, OF_THE_FIRST), 200);
	assert_true(holds(f, "\"state\":\"not-understood\""));
}

static void what_is_overdue_can_be_picked(void **state)
{
	struct fixture *f = *state;

	say(f, NORTH,
	    "{\"kind\":\"query\",\"body\":{\"language\":\"en\",\"question\":\"Who?\"}}");
	assert_int_equal(get(f, ROWS "&overdue=1"), 200);
	assert_int_equal(count_of(f), 0);
	world_pass(&f->world, 2 * 3600 * 1000);
	assert_int_equal(get(f, ROWS "&overdue=1"), 200);
	assert_int_equal(count_of(f), 1);
	assert_true(holds(f, "\"title\":\"Who?\""));
	assert_true(holds(f, "\"state\":\"overdue\",\"overdue\":true"));
}

static void a_message_names_the_duties_it_started(void **state)
{
	struct fixture *f = *state;

	say(f, NORTH,
	    "{\"kind\":\"query\",\"body\":{\"language\":\"en\",\"question\":\"Who?\"}}");
	world_pass(&f->world, 60 * 1000);
	assert_int_equal(get(f, "/api/channels/CHANNEL/messages/north.example/1"), 200);
	assert_int_equal(member(f, "duties")->count, 1);
	assert_true(holds(f, "\"duties\":[{\"state\":\"running\",\"question\":\"north."
	                     "example#1\""));
	assert_true(holds(f, "\"debtor\":\"south.example\",\"owe\":[\"answer\"]"));
	assert_int_equal(get(f, "/api/channels/CHANNEL/messages/north.example/0"), 200);
	assert_int_equal(member(f, "duties")->count, 0);
}

static void pages_go_both_ways(void **state)
{
	struct fixture *f = *state;
	char path[200];
	int64_t total, previous;

	for (int i = 0; i < 5; i++)
		say(f, i % 2, TEXT("One of five"));
	assert_int_equal(get(f, ROWS "&people=1&limit=2&before=9999"), 200);
	assert_int_equal(count_of(f), 2);
	total = number(f, "total");
	previous = number(f, "previous");
	assert_true(previous > 0 && previous < total);
	assert_null(json_member(&f->doc, json_root(&f->doc), "next"));
	for (size_t left = 3; left > 0; left -= left < 2 ? left : 2) {
		snprintf(path, sizeof path, ROWS "&people=1&limit=2&before=%lld",
		         (long long)previous);
		assert_int_equal(get(f, path), 200);
		assert_int_equal(count_of(f), left < 2 ? left : 2);
		if (left > 2)
			previous = number(f, "previous");
	}
	/* without filters positions have no gaps */
	for (int64_t at = 0; at < total; at++) {
		snprintf(path, sizeof path, ROWS "&limit=1&from=%lld", (long long)at);
		assert_int_equal(get(f, path), 200);
		assert_int_equal(count_of(f), 1);
		snprintf(path, sizeof path, "\"position\":%lld,", (long long)at);
		assert_true(holds(f, path));
	}
	snprintf(path, sizeof path, ROWS "&limit=1&from=%lld", (long long)total);
	assert_int_equal(get(f, path), 200);
	assert_int_equal(count_of(f), 0);
}

static void a_thread_is_what_hangs_together(void **state)
{
	struct fixture *f = *state;

	say(f, NORTH,
	    "{\"kind\":\"query\",\"body\":{\"language\":\"en\",\"question\":\"Who?\"}}");
	say(f, SOUTH, TEXT("Something else"));
	say(f, SOUTH,
	    "{\"kind\":\"answer\",\"re\":\"north.example#1\",\"body\":{\"answer\":"
	    "\"looking\"}}");
	assert_int_equal(get(f, ROWS "&kind=answer"), 200);
	assert_int_equal(count_of(f), 1);
	assert_int_equal(get(f, ROWS "&people=1&thread=north.example%231"), 200);
	assert_int_equal(count_of(f), 2);
	assert_false(holds(f, "Something else"));
	assert_true(holds(f, "\"re\":\"north.example#1\""));
	assert_int_equal(get(f, ROWS "&thread=south.example%23999"), 404);
	assert_int_equal(get(f, ROWS "&thread=nothing"), 400);
}

static void filters_that_make_no_sense_are_refused(void **state)
{
	static const char *const paths[] = {
	    ROWS "&form=card",
	    ROWS "&line=private",
	    ROWS "&from=1&before=2",
	    ROWS "&limit=1001",
	    ROWS "&people=2",
	    ROWS "&before=-1",
	    ROWS "&unknown=1",
	    ROWS "&overdue=yes",
	    "/api/channels/CHANNEL/messages?form=card",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (get(f, paths[i]) != 400)
			fail_msg("accepted: %s", paths[i]);
}

/* How many rows of people are not opened yet. */
static size_t unopened(struct fixture *f)
{
	struct view rest;
	size_t at, count = 0;

	assert_int_equal(get(f, ROWS "&people=1"), 200);
	rest = buf_view(&f->world.reply.body);
	while ((at = view_find(rest, view_of_string("\"opened\":false"))) != SIZE_MAX) {
		rest = view_from(rest, at + 1);
		count++;
	}
	return count;
}

static void what_was_opened_stays_so(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++)
		say(f, SOUTH, TEXT("One of four"));
	say(f, NORTH, TEXT("Ours"));
	assert_int_equal(unopened(f), 4);
	assert_int_equal(get(f, ROWS "&people=1&author=south.example&limit=1"), 200);
	assert_int_equal(post(f, OPENED, "{\"messages\":[\"south.example#1\"]}"), 200);
	assert_int_equal(number(f, "opened"), 1);
	assert_int_equal(number(f, "unread"), 3);
	assert_true(is_noted(f, "message.opened", "\"count\":1"));
	assert_int_equal(post(f, OPENED, "{\"messages\":[\"south.example#1\"]}"), 200);
	assert_int_equal(number(f, "opened"), 0);
	crash(f);
	assert_int_equal(unopened(f), 3);
	assert_int_equal(get(f, "/api/channels/CHANNEL/messages/south.example/1"), 200);
	assert_true(holds(f, "\"opened\":true"));
	assert_int_equal(post(f, OPENED, "{\"through\":99999}"), 200);
	assert_int_equal(number(f, "opened"), 3);
	crash(f);
	assert_int_equal(unopened(f), 0);
}

static void through_a_position_means_what_stands_before_it(void **state)
{
	struct fixture *f = *state;
	char body[64];
	int64_t position;

	for (int i = 0; i < 3; i++)
		say(f, SOUTH, TEXT("One of three"));
	assert_int_equal(
	    get(f, ROWS "&people=1&author=south.example&limit=2&before=9999"), 200);
	position = number(f, "previous");
	snprintf(body, sizeof body, "{\"through\":%lld}", (long long)position);
	assert_int_equal(post(f, OPENED, body), 200);
	assert_int_equal(number(f, "unread"), 1);
	assert_int_equal(unopened(f), 1);
}

static void what_was_answered_was_read(void **state)
{
	struct fixture *f = *state;

	say(f, SOUTH, TEXT("One"));
	assert_int_equal(unopened(f), 1);
	say(f, NORTH,
	    "{\"kind\":\"ack\",\"re\":\"south.example#1\",\"body\":{\"understood\":true}"
	    "}");
	assert_int_equal(unopened(f), 0);
	crash(f);
	assert_int_equal(unopened(f), 0);
}

static void marking_nonsense_marks_nothing(void **state)
{
	static const char *const bodies[] = {
	    "",
	    "[]",
	    "{}",
	    "{\"messages\":[]}",
	    "{\"messages\":[1]}",
	    "{\"messages\":[\"nothing\"]}",
	    "{\"messages\":[\"south.example#1\"],\"through\":1}",
	    "{\"through\":-1}",
	    "{\"through\":\"1\"}",
	    "{\"through\":1,\"more\":1}",
	};
	struct fixture *f = *state;

	say(f, SOUTH, TEXT("One"));
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		if (post(f, OPENED, bodies[i]) != 400)
			fail_msg("accepted: %s", bodies[i]);
	assert_int_equal(
	    post(f, OPENED, "{\"messages\":[\"south.example#1\",\"south.example#99\"]}"),
	    404);
	assert_int_equal(unopened(f), 1);
}

#define WITH_DESKS(test) cmocka_unit_test_setup_teardown(test, set_up, fixture_free)

static void what_waits_is_not_passed_over(void **state)
{
	struct pick pick = {.at = 10, .settled = UINT64_MAX};

	assert_int_equal(pick_next(&pick, 20), 20);
	pick.settled = 17;
	assert_int_equal(pick_next(&pick, 20), 17);
	pick.settled = 25;
	assert_int_equal(pick_next(&pick, 20), 20);
	pick.settled = 10; /* the page holds nothing else: it has to go on */
	assert_int_equal(pick_next(&pick, 20), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_waits_is_not_passed_over),
	    WITH_DESKS(a_row_says_what_it_is),
	    WITH_DESKS(the_state_is_that_of_who_is_furthest_behind),
	    WITH_DESKS(what_was_not_understood_is_not_hidden),
	    WITH_DESKS(what_is_overdue_can_be_picked),
	    WITH_DESKS(a_message_names_the_duties_it_started),
	    WITH_DESKS(pages_go_both_ways),
	    WITH_DESKS(a_thread_is_what_hangs_together),
	    WITH_DESKS(filters_that_make_no_sense_are_refused),
	    WITH_DESKS(what_was_opened_stays_so),
	    WITH_DESKS(through_a_position_means_what_stands_before_it),
	    WITH_DESKS(what_was_answered_was_read),
	    WITH_DESKS(marking_nonsense_marks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
