/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What needs somebody now, the alarms that say so, and handing it over.
 */
#include "console/work_fixture.h"

#include "office/alarms.h"
#include "office/drafts.h"
#include "office/handovers.h"
#include "office/operators.h"

#define QUERY                                                                      \
	"{\"kind\":\"query\",\"body\":{\"language\":\"en\",\"question\":\"Who is " \
	"it?\"}}"
#define HOUR_MS (3600 * 1000)

static const struct office_principal ada = {
    .door = OFFICE_DOOR_CONSOLE, .name = "ada", .roles = OFFICE_OFFICER};
static const struct office_principal bob = {
    .door = OFFICE_DOOR_CONSOLE, .name = "bob", .roles = OFFICE_OFFICER};

static int set_up(void **state)
{
	*state = fixture_new(
	    "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT4H\"},"
	    "{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"}],"
	    "\"approval\":[\"statement\"]}");
	return 0;
}

static struct office *office(const struct fixture *f)
{
	return f->apis[NORTH]->office;
}

static void begin(struct fixture *f)
{
	desk_turn_begin(f->world.desks[NORTH].desk, f->world.now_ms);
	assert_int_equal(office_begin_turn(office(f), f->world.now_ms, NULL), STATUS_OK);
}

static void end(struct fixture *f)
{
	assert_int_equal(desk_turn_end(f->world.desks[NORTH].desk, NULL), STATUS_OK);
}

/* North answers a question. */
static void answer(struct fixture *f, const char *question)
{
	char message[300];

	snprintf(message, sizeof message,
	         "{\"kind\":\"answer\",\"re\":\"%s\",\"body\":{\"answer\":\"no\"}}",
	         question);
	say(f, NORTH, message);
}

/* The first alarm of this kind; NULL: none. */
static const struct alarm *alarm_of(struct fixture *f, enum alarm_what what)
{
	const struct alarm *alarms, *found = NULL;
	size_t alarm_count;

	begin(f);
	assert_int_equal(alarms_open(office(f), &alarms, &alarm_count, NULL, NULL),
	                 STATUS_OK);
	for (size_t i = 0; i < alarm_count && found == NULL; i++)
		if (alarms[i].what == what)
			found = &alarms[i];
	end(f);
	return found;
}

static void nothing_is_open_at_first(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/api/now"), 200);
	assert_true(says(f, "desk", "north.example"));
	assert_int_equal(number(f, "duties_total"), 0);
	assert_int_equal(number(f, "unread_total"), 0);
	assert_int_equal(member(f, "alarms")->count, 0);
	assert_int_equal(member(f, "peers")->count, 1);
	assert_true(holds(f, "\"name\":\"south.example\""));
	assert_true(holds(f, "\"queued\":0"));
	assert_true(holds(f, "\"own_state\":[]"));
	assert_int_equal(get(f, "/api/now?x=1"), 400);
}

static void lists_and_counters_agree(void **state)
{
	struct fixture *f = *state;

	char question[RECORD_MESSAGE_ID_MAX + 1];

	for (int i = 0; i < 3; i++)
		say(f, SOUTH, QUERY);
	strcpy(question, f->said);
	say(f, SOUTH, TEXT("Only to read"));
	say(f, NORTH, QUERY);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "duties_total"), 4);
	assert_int_equal(member(f, "duties")->count, 4);
	assert_int_equal(count(f, "\"mine\":true"), 3);
	assert_int_equal(count(f, "\"mine\":false"), 1);
	assert_int_equal(number(f, "unread_total"), 4);
	assert_int_equal(member(f, "unread")->count, 4);
	assert_true(holds(f, "\"kind\":\"query\",\"title\":\"Who is it?\""));
	answer(f, question);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "duties_total"), 3);
	assert_int_equal(count(f, "\"mine\":true"), 2);
	assert_int_equal(number(f, "unread_total"), 3);
	assert_int_equal(post(f, "/api/channels/CHANNEL/opened", "{\"through\":9999}"),
	                 200);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "unread_total"), 0);
	assert_int_equal(member(f, "unread")->count, 0);
}

static void what_is_answered_is_no_duty_any_more(void **state)
{
	struct fixture *f = *state;
	char question[RECORD_MESSAGE_ID_MAX + 1];

	say(f, SOUTH, QUERY);
	strcpy(question, f->said);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "duties_total"), 1);
	/* on record only when south has cosigned it, and south is not to be reached */
	f->world.desks[SOUTH].is_cut = true;
	answer(f, question);
	assert_int_equal(get(f, "/api/channels/CHANNEL/duties"), 200);
	assert_true(holds(f, "\"state\":\"running\""));
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "duties_total"), 0);
	assert_int_equal(member(f, "duties")->count, 0);
	assert_null(alarm_of(f, ALARM_DUTY));
}

static void the_most_pressing_comes_first(void **state)
{
	struct fixture *f = *state;
	const struct needs *needs;
	const struct alarm *alarms;
	size_t alarm_count;

	for (int i = 0; i < 5; i++) {
		say(f, i % 2, QUERY);
		world_pass(&f->world, 60000);
	}
	begin(f);
	assert_int_equal(alarms_open(office(f), &alarms, &alarm_count, &needs, NULL),
	                 STATUS_OK);
	assert_int_equal(needs->duty_count, 5);
	for (size_t i = 1; i < needs->duty_count; i++)
		assert_true(needs->duties[i - 1].row.deadline_s <=
		            needs->duties[i].row.deadline_s);
	end(f);
}

static void an_alarm_has_its_times(void **state)
{
	struct fixture *f = *state;

	char question[RECORD_MESSAGE_ID_MAX + 1];

	say(f, SOUTH, QUERY);
	strcpy(question, f->said);
	assert_non_null(alarm_of(f, ALARM_UNREAD));
	assert_int_equal(post(f, "/api/channels/CHANNEL/opened", "{\"through\":9999}"),
	                 200);
	assert_null(alarm_of(f, ALARM_UNREAD));
	world_pass(&f->world, 2 * HOUR_MS);
	assert_null(alarm_of(f, ALARM_DUTY));
	world_pass(&f->world, HOUR_MS + 60000); /* its last quarter */
	assert_non_null(alarm_of(f, ALARM_DUTY));
	assert_null(alarm_of(f, ALARM_OVERDUE));
	world_pass(&f->world, HOUR_MS);
	assert_null(alarm_of(f, ALARM_DUTY));
	assert_non_null(alarm_of(f, ALARM_OVERDUE));
	answer(f, question);
	assert_null(alarm_of(f, ALARM_OVERDUE));
}

static size_t alarm_total(struct fixture *f)
{
	assert_int_equal(get(f, "/api/alarms"), 200);
	return member(f, "alarms")->count;
}

static void only_what_asks_something_calls(void **state)
{
	struct fixture *f = *state;
	char ack[300];

	say(f, NORTH, QUERY);
	snprintf(ack, sizeof ack,
	         "{\"kind\":\"ack\",\"re\":\"%s\",\"body\":{\"understood\":true}}",
	         f->said);
	say(f, SOUTH, ack);
	assert_int_equal(alarm_total(f), 0);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "unread_total"), 1);
	say(f, SOUTH,
	    "{\"kind\":\"text\",\"to\":[\"north.example\"],\"body\":"
	    "{\"language\":\"en\",\"text\":\"Are you there?\"}}");
	assert_int_equal(alarm_total(f), 1);
	assert_true(holds(f, "\"kind\":\"text\",\"title\":\"Are you there?\""));
	crash(f);
	assert_int_equal(alarm_total(f), 1);
	/* however much comes that asks nothing, what asks is not pushed out */
	for (int i = 0; i < NEEDS_UNREAD_MAX + 1; i++)
		assert_int_equal(post_at(f, SOUTH, "/api/channels/CHANNEL/messages",
		                         "application/json", view_of_string(ack)),
		                 201);
	world_settle(&f->world);
	assert_int_equal(alarm_total(f), 1);
}

static void kinds_that_tell_something_ask_nothing(void **state)
{
	static const char *const asking[] = {"text",         "query",
	                                     "incident",     "signal",
	                                     "drill",        "consultation.request",
	                                     "pledge.offer", "record.statement"};
	static const char *const telling[] = {
	    "ack",         "holding", "record.agree", "pledge.accept",
	    "translation", "answer",  "check",        "roster"};

	(void)state;
	for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
		assert_true(brief_kind_asks(record_kind_find(view_of_string(asking[i]))));
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		assert_false(
		    brief_kind_asks(record_kind_find(view_of_string(telling[i]))));
}

static void what_does_not_arrive_is_loud(void **state)
{
	struct fixture *f = *state;

	f->world.desks[SOUTH].is_cut = true;
	assert_int_equal(
	    post(f, "/api/channels/CHANNEL/messages", TEXT("Do you read me?")), 201);
	assert_null(alarm_of(f, ALARM_FAILED));
	world_pass(&f->world, 11 * 60000);
	assert_non_null(alarm_of(f, ALARM_FAILED));
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(member(f, "failed")->count, 1);
	assert_true(holds(f, "\"title\":\"Do you read me?\""));
	assert_true(holds(f, "\"to\":\"south.example\""));
	assert_true(holds(f, "\"reachable\":false"));
	f->world.desks[SOUTH].is_cut = false;
	world_pass(&f->world, 180000);
	assert_null(alarm_of(f, ALARM_FAILED));
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(member(f, "failed")->count, 0);
}

static void what_does_not_arrive_is_counted(void **state)
{
	struct fixture *f = *state;

	f->world.desks[SOUTH].is_cut = true;
	for (int i = 0; i < NEEDS_FAILED_MAX + 3; i++)
		assert_int_equal(
		    post(f, "/api/channels/CHANNEL/messages",
		         i % 2 == 0
		             ? TEXT("To all")
		             : "{\"kind\":\"text\",\"to\":[\"south.example\"],\"body\":"
		               "{\"language\":\"en\",\"text\":\"To you\"}}"),
		    201);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "failed_total"), 0);
	world_pass(&f->world, 11 * 60000);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(member(f, "failed")->count, NEEDS_FAILED_MAX);
	assert_int_equal(number(f, "failed_total"), NEEDS_FAILED_MAX + 3);
	f->world.desks[SOUTH].is_cut = false;
	world_pass(&f->world, 180000);
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(number(f, "failed_total"), 0);
}

static void a_silent_desk_is_missed(void **state)
{
	struct fixture *f = *state;
	const struct alarm *alarm;

	world_pass(&f->world, HOUR_MS);
	f->world.desks[SOUTH].is_cut = true;
	for (int i = 0; i < 6; i++)
		world_pass(&f->world, HOUR_MS / 2);
	alarm = alarm_of(f, ALARM_OVERDUE);
	assert_non_null(alarm);
	assert_string_equal(alarm->subject, "south.example");
	f->world.desks[SOUTH].is_cut = false;
	for (int i = 0; i < 4; i++)
		world_pass(&f->world, HOUR_MS / 2);
	assert_null(alarm_of(f, ALARM_OVERDUE));
}

static void post_alarm(struct fixture *f, const char *id, const char *what,
                       const char *body, int expected)
{
	char path[100];

	snprintf(path, sizeof path, "/api/alarms/%s/%s", id, what);
	assert_int_equal(post(f, path, body), expected);
}

static void a_taken_alarm_is_silent_for_good(void **state)
{
	struct fixture *f = *state;
	char id[ALARM_ID_LEN + 1];

	say(f, SOUTH, TEXT("Hello"));
	strcpy(id, alarm_of(f, ALARM_UNREAD)->id);
	assert_true(alarm_is_loud(alarm_of(f, ALARM_UNREAD), f->world.now_ms / 1000));
	post_alarm(f, id, "take", "", 200);
	assert_true(holds(f, "\"taken\":{\"by\":\"local\""));
	assert_true(is_noted(f, "\"what\":\"alarm.take\"", "\"what\":\"unread\""));
	crash(f);
	assert_string_equal(alarm_of(f, ALARM_UNREAD)->id, id);
	assert_false(alarm_is_loud(alarm_of(f, ALARM_UNREAD), f->world.now_ms / 1000));
	begin(f);
	assert_int_equal(alarm_take(office(f), &ada, id, NULL), STATUS_CONFLICT);
	end(f);
	post_alarm(f, "0123456789abcdef", "take", "", 404);
	/* another message is another alarm */
	say(f, SOUTH, TEXT("Again"));
	assert_int_equal(get(f, "/api/alarms"), 200);
	assert_int_equal(member(f, "alarms")->count, 2);
	assert_int_equal(count(f, "\"taken\""), 1);
}

static void a_muted_alarm_comes_back(void **state)
{
	static const char *const bodies[] = {"",
	                                     "{}",
	                                     "{\"minutes\":0}",
	                                     "{\"minutes\":1441}",
	                                     "{\"minutes\":\"5\"}",
	                                     "{\"minutes\":5,\"x\":1}"};
	struct fixture *f = *state;
	char id[ALARM_ID_LEN + 1];

	say(f, SOUTH, TEXT("Hello"));
	strcpy(id, alarm_of(f, ALARM_UNREAD)->id);
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		post_alarm(f, id, "mute", bodies[i], 400);
	post_alarm(f, id, "mute", "{\"minutes\":10}", 200);
	assert_true(holds(f, "\"muted\":{\"by\":\"local\",\"until\":"));
	crash(f);
	assert_false(alarm_is_loud(alarm_of(f, ALARM_UNREAD), f->world.now_ms / 1000));
	world_pass(&f->world, 11 * 60000);
	assert_true(alarm_is_loud(alarm_of(f, ALARM_UNREAD), f->world.now_ms / 1000));
	post_alarm(f, id, "mute", "{\"minutes\":10}", 200);
	post_alarm(f, id, "unmute", "", 200);
	assert_true(alarm_is_loud(alarm_of(f, ALARM_UNREAD), f->world.now_ms / 1000));
}

static void a_draft_that_waits_is_an_alarm(void **state)
{
	struct fixture *f = *state;
	const struct draft *draft;

	begin(f);
	assert_int_equal(
	    draft_create(office(f), &ada, 0,
	                 view_of_string("{\"kind\":\"statement\",\"body\":{\"language\":"
	                                "\"en\",\"text\":\"We say\"}}"),
	                 &draft, NULL),
	    STATUS_OK);
	end(f);
	assert_null(alarm_of(f, ALARM_APPROVAL));
	assert_int_equal(post(f, "/api/drafts/d1/submit", "{\"version\":1}"), 200);
	assert_non_null(alarm_of(f, ALARM_APPROVAL));
	assert_int_equal(get(f, "/api/now"), 200);
	assert_int_equal(member(f, "approvals")->count, 1);
	assert_false(holds(f, "We say"));
	begin(f);
	assert_int_equal(draft_approve(office(f), &bob, "d1", 1, NULL), STATUS_OK);
	end(f);
	assert_null(alarm_of(f, ALARM_APPROVAL));
}

static void who_listens_hears_of_alarms(void **state)
{
	struct fixture *f = *state;
	struct buf *events = &f->world.desks[NORTH].events;

	events->max = 1 << 20;
	for (int i = 0; i < 2; i++) { /* what there was at the start is no news */
		assert_int_equal(get(f, "/api/status"), 200);
		world_pass(&f->world, 2000);
	}
	buf_clear(events);
	say(f, SOUTH, TEXT("Hello"));
	world_pass(&f->world, 2000);
	assert_int_equal(get(f, "/api/status"), 200);
	assert_true(view_find(buf_view(events),
	                      view_of_string("{\"type\":\"alarm\",\"count\":1")) !=
	            SIZE_MAX);
	assert_true(api_wake_ms(f->apis[NORTH]) > f->world.now_ms);
}

static void damaged_marks_are_not_taken(void **state)
{
	static const char *const rows[] = {"", "[]", "{\"taken\":1}", "{\"more\":1}",
	                                   "{\"taken\":\"yesterday\"}"};
	struct fixture *f = *state;
	struct desk *desk = f->world.desks[NORTH].desk;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct office *again = NULL;

		assert_int_equal(desk_store(desk).ops->put(
		                     desk_store(desk).self, STORE_META,
		                     view_of_string("office/alarm/0123456789abcdef"),
		                     view_of_string(rows[i]), NULL),
		                 STATUS_OK);
		if (office_open(desk, f->world.now_ms, &again, NULL) != STATUS_MALFORMED)
			fail_msg("accepted: %s", rows[i]);
	}
}

/* ---- notes and handover ---- */

static void notes_are_shared_and_versioned(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf large = BUF_INIT(1 << 20);

	assert_int_equal(get(f, "/api/notes"), 200);
	assert_int_equal(number(f, "version"), 0);
	assert_true(says(f, "time", "never"));
	assert_int_equal(
	    post(f, "/api/notes", "{\"version\":0,\"text\":\"Call \\\"west\\\"\\n\"}"),
	    200);
	assert_int_equal(post(f, "/api/notes", "{\"version\":0,\"text\":\"x\"}"), 409);
	assert_true(says(f, "code", "version-conflict"));
	crash(f);
	assert_int_equal(get(f, "/api/notes"), 200);
	assert_int_equal(number(f, "version"), 1);
	assert_true(says(f, "text", "Call \"west\"\n"));
	assert_true(says(f, "by", "local"));
	assert_true(is_noted(f, "\"what\":\"notes.write\"", "\"version\":1"));
	assert_false(is_noted(f, "west", "notes.write"));
	buf_append_string(&large, "{\"version\":1,\"text\":\"");
	for (int i = 0; i <= 64 * 1024; i++)
		buf_append_byte(&large, 'x');
	buf_append_string(&large, "\"}");
	assert_int_equal(
	    post_at(f, NORTH, "/api/notes", "application/json", buf_view(&large)), 413);
	assert_int_equal(post(f, "/api/notes", "{\"text\":\"x\"}"), 400);
	assert_int_equal(post(f, "/api/notes", "{\"version\":1,\"text\":\"\"}"), 200);
}

static void add_operator(struct fixture *f, const char *name, unsigned roles,
                         bool is_disabled)
{
	struct office_operator operator= {.roles = roles, .is_disabled = is_disabled};

	strcpy(operator.name, name);
	strcpy(operator.hash, "x");
	operator_new_secret(&operator.secret);
	begin(f);
	assert_int_equal(office_operator_put(office(f), &operator, NULL), STATUS_OK);
	end(f);
}

static enum status accept_as(struct fixture *f, const struct office_principal *who)
{
	enum status status;

	begin(f);
	status = handover_accept(office(f), who, "h1", view_of_string("All clear"), NULL);
	end(f);
	return status;
}

static void both_sign_a_handover(void **state)
{
	struct fixture *f = *state;

	add_operator(f, "bob", OFFICE_OFFICER, false);
	add_operator(f, "tim", OFFICE_OFFICER, true);
	add_operator(f, "eva", OFFICE_AUDITOR, false);
	say(f, SOUTH, QUERY);
	assert_int_equal(post(f, "/api/handovers", "{\"to\":\"zoe\",\"notes\":\"\"}"),
	                 400);
	assert_int_equal(post(f, "/api/handovers", "{\"to\":\"tim\",\"notes\":\"\"}"),
	                 400);
	assert_int_equal(post(f, "/api/handovers", "{\"to\":\"eva\",\"notes\":\"\"}"),
	                 400);
	assert_int_equal(post(f, "/api/handovers", "{\"to\":\"bob\"}"), 400);
	assert_int_equal(
	    post(f, "/api/handovers", "{\"to\":\"bob\",\"notes\":\"Quiet night\"}"), 201);
	assert_true(says(f, "id", "h1") && says(f, "state", "offered"));
	assert_true(holds(f, "\"title\":\"Who is it?\""));
	assert_true(holds(f, "\"unread_total\":1"));
	assert_int_equal(post(f, "/api/handovers", "{\"to\":\"bob\",\"notes\":\"\"}"),
	                 409);
	assert_int_equal(post(f, "/api/handovers/h1/accept", ""), 403);
	assert_int_equal(accept_as(f, &ada), STATUS_UNTRUSTED);
	crash(f);
	assert_int_equal(accept_as(f, &bob), STATUS_OK);
	assert_int_equal(accept_as(f, &bob), STATUS_CONFLICT);
	say(f, SOUTH, TEXT("Later"));
	crash(f);
	assert_int_equal(get(f, "/api/handovers/h1"), 200);
	assert_true(says(f, "state", "accepted") && says(f, "note", "All clear"));
	assert_true(says(f, "notes", "Quiet night"));
	assert_true(holds(f, "\"unread_total\":1")); /* as it was */
	assert_int_equal(post(f, "/api/handovers/h1/withdraw", ""), 409);
	assert_true(is_noted(f, "\"what\":\"handover.accept\"", "\"who\":\"bob\""));
}

static void handovers_are_paged(void **state)
{
	struct fixture *f = *state;
	char path[64];

	add_operator(f, "bob", OFFICE_WATCH, false);
	for (int i = 1; i <= 25; i++) {
		assert_int_equal(
		    post(f, "/api/handovers", "{\"to\":\"bob\",\"notes\":\"\"}"), 201);
		snprintf(path, sizeof path, "/api/handovers/h%d/withdraw", i);
		assert_int_equal(post(f, path, ""), 200);
	}
	crash(f);
	assert_int_equal(get(f, "/api/handovers"), 200);
	assert_int_equal(member(f, "handovers")->count, 20);
	assert_true(says(f, "next", "5"));
	assert_int_equal(get(f, "/api/handovers?cursor=5"), 200);
	assert_int_equal(member(f, "handovers")->count, 5);
	assert_null(json_member(&f->doc, json_root(&f->doc), "next"));
	assert_int_equal(get(f, "/api/handovers?cursor=x"), 400);
	assert_int_equal(get(f, "/api/handovers/h99"), 404);
}

#define WITH_DESKS(test) cmocka_unit_test_setup_teardown(test, set_up, fixture_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DESKS(nothing_is_open_at_first),
	    WITH_DESKS(lists_and_counters_agree),
	    WITH_DESKS(what_is_answered_is_no_duty_any_more),
	    WITH_DESKS(the_most_pressing_comes_first),
	    WITH_DESKS(an_alarm_has_its_times),
	    WITH_DESKS(only_what_asks_something_calls),
	    cmocka_unit_test(kinds_that_tell_something_ask_nothing),
	    WITH_DESKS(what_does_not_arrive_is_loud),
	    WITH_DESKS(what_does_not_arrive_is_counted),
	    WITH_DESKS(a_silent_desk_is_missed),
	    WITH_DESKS(a_taken_alarm_is_silent_for_good),
	    WITH_DESKS(a_muted_alarm_comes_back),
	    WITH_DESKS(a_draft_that_waits_is_an_alarm),
	    WITH_DESKS(who_listens_hears_of_alarms),
	    WITH_DESKS(damaged_marks_are_not_taken),
	    WITH_DESKS(notes_are_shared_and_versioned),
	    WITH_DESKS(both_sign_a_handover),
	    WITH_DESKS(handovers_are_paged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
