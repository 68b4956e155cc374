/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts over time: once when something is new, again while nobody takes it, and nothing
 * lost while nobody listens. Time stands still unless a test moves it; what leaves the
 * desk is answered by the test.
 */
#include "office/alerts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "office/audit.h"
#include "office/state.h"

struct fixture {
	struct world world;
	struct desk *desk;
	struct office *office;
	size_t answered; /* calls of the world so far */
	struct alert_item items[8];
	size_t count;
};

static void reopen(struct fixture *f)
{
	office_free(f->office);
	assert_int_equal(office_open(f->desk, f->world.now_ms, &f->office, NULL),
	                 STATUS_OK);
}

/* One turn with what there is to look at. */
static void turn(struct fixture *f)
{
	desk_turn_begin(f->desk, f->world.now_ms);
	f->office->now_ms = f->world.now_ms; /* no alarms: the items are the test's */
	assert_int_equal(office_alerts_look(f->office, f->items, f->count, NULL),
	                 STATUS_OK);
	assert_int_equal(office_alerts_send(f->office, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
}

static void set(struct fixture *f, const char *json)
{
	struct json_doc doc = {0};
	struct alert_settings settings;

	assert_int_equal(json_scan(&doc, view_of_string(json), 1000, NULL), STATUS_OK);
	assert_int_equal(
	    alert_settings_read(&doc, json_root(&doc), NULL, &settings, NULL, NULL),
	    STATUS_OK);
	json_release(&doc);
	desk_turn_begin(f->desk, f->world.now_ms);
	f->office->now_ms = f->world.now_ms; /* no alarms: the items are the test's */
	assert_int_equal(office_alerts_set(f->office, &settings, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
}

#define HOOK                                                                   \
	"{\"email\":null,\"webhook\":{\"url\":\"http://hook.example:81/a?b\"," \
	"\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}}"
#define MAIL                                                                     \
	"{\"email\":{\"url\":\"smtp://mail.example\",\"tls\":\"none\",\"from\":" \
	"\"desk@north.example\",\"to\":[\"a@b.example\",\"c@d.example\"]},"      \
	"\"webhook\":null}"

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	world_init(&f->world, 2, NULL);
	f->desk = f->world.desks[0].desk;
	f->answered = f->world.call_count;
	reopen(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	office_free(f->office);
	world_release(&f->world);
	free(f);
	return 0;
}

/* The next call to somebody outside, NULL when there is none. */
static const struct world_call *next_call(struct fixture *f)
{
	while (f->answered < f->world.call_count) {
		const struct world_call *call = &f->world.calls[f->answered++];

		if (call->url[0] != '\0')
			return call;
	}
	return NULL;
}

static void answer(struct fixture *f, uint64_t call, enum status outcome, int http_status)
{
	struct desk_answer answer = {
	    .call = call, .outcome = outcome, .http_status = http_status};

	if (outcome != STATUS_OK)
		(void)error_set(&answer.err, outcome, "nobody is there");
	desk_turn_begin(f->desk, f->world.now_ms);
	f->office->now_ms = f->world.now_ms; /* no alarms: the items are the test's */
	assert_true(desk_end_outside(f->desk, call));
	assert_false(desk_end_outside(f->desk, call));
	assert_int_equal(office_alerts_take_answer(f->office, &answer, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
}

static void add_item(struct fixture *f, uint8_t id, unsigned what)
{
	f->items[f->count] = (struct alert_item){
	    .what = what, .since_s = f->world.now_ms / 1000, .title = "Secret title"};
	f->items[f->count++].id.bytes[0] = id;
}

static void pass(struct fixture *f, int64_t s)
{
	f->world.now_ms += s * 1000;
}

static bool says(struct fixture *f, const char *part)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&out);

	office_alerts_write_state(&writer, NULL, f->office);
	return view_find(buf_view(&out), view_of_string(part)) != SIZE_MAX;
}

static int64_t wake_ms(struct fixture *f)
{
	int64_t look_ms = office_alerts_look_ms(f->office);
	int64_t send_ms = office_alerts_send_ms(f->office);

	return look_ms < send_ms ? look_ms : send_ms;
}

static bool body_says(const struct world_call *call, const char *part)
{
	return view_find(buf_view(&call->body), view_of_string(part)) != SIZE_MAX;
}

static void a_new_item_is_told_once_and_again_until_taken(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;

	turn(f);
	set(f, HOOK);
	turn(f);
	assert_null(next_call(f));
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	assert_non_null(call);
	assert_string_equal(call->url, "http://hook.example:81");
	assert_string_equal(call->path, "/a?b");
	assert_true(body_says(call, "\"items\":1,\"new\":1"));
	assert_false(body_says(call, "Secret"));
	answer(f, call->id, STATUS_OK, 204);
	assert_true(says(f, "\"webhook\":{\"queued\":0"));
	assert_true(wake_ms(f) == f->world.now_ms + 15 * 60 * 1000);
	pass(f, 15 * 60 - 1);
	turn(f);
	assert_null(next_call(f));
	pass(f, 1);
	turn(f);
	call = next_call(f);
	assert_non_null(call);
	assert_true(body_says(call, "\"items\":1,\"new\":0"));
	answer(f, call->id, STATUS_OK, 200);
	f->count = 0; /* somebody takes it */
	turn(f);
	pass(f, 3600);
	turn(f);
	assert_null(next_call(f));
	assert_true(wake_ms(f) == INT64_MAX);
}

static void what_comes_together_is_told_together(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;

	set(f, HOOK);
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	answer(f, call->id, STATUS_OK, 200);
	pass(f, 1);
	add_item(f, 2, ALERT_UNREAD);
	turn(f);
	pass(f, 1);
	add_item(f, 3, ALERT_UNREAD);
	turn(f);
	assert_null(next_call(f));
	assert_true(wake_ms(f) == f->world.now_ms + 8 * 1000);
	pass(f, 8);
	turn(f);
	call = next_call(f);
	assert_non_null(call);
	assert_true(body_says(call, "\"items\":3,\"new\":2"));
	assert_null(next_call(f));
}

static void kinds_that_are_not_wanted_are_not_told(void **state)
{
	struct fixture *f = *state;

	set(f, "{\"email\":null,\"webhook\":{\"url\":\"http://h.example/\"},\"what\":["
	       "\"fork\"]}");
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	assert_null(next_call(f));
	add_item(f, 2, ALERT_FORK);
	turn(f);
	assert_true(body_says(next_call(f), "\"items\":1,"));
}

static void each_address_gets_a_mail_of_its_own(void **state)
{
	struct fixture *f = *state;
	const struct world_call *first, *second;

	set(f, MAIL);
	add_item(f, 1, ALERT_OVERDUE);
	turn(f);
	first = next_call(f);
	second = next_call(f);
	assert_non_null(first);
	assert_non_null(second);
	assert_null(next_call(f));
	assert_true(body_says(first, "To: <a@b.example>\r\n"));
	assert_true(body_says(second, "To: <c@d.example>\r\n"));
	assert_false(body_says(first, "c@d.example"));
	answer(f, first->id, STATUS_OK, 250);
	answer(f, second->id, STATUS_CLOSED, 0);
	assert_true(says(f, "\"email\":{\"queued\":1"));
	assert_true(says(f, "nobody is there"));
}

static void a_failure_is_tried_again_at_growing_intervals(void **state)
{
	static const int64_t waits_s[] = {5, 10, 20, 40, 80, 160, 320, 640, 900, 900};
	struct fixture *f = *state;
	const struct world_call *call;

	set(f, HOOK);
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	f->count = 0; /* what was told of waits, though it is over */
	for (size_t i = 0; i < sizeof waits_s / sizeof waits_s[0]; i++) {
		answer(f, call->id, i % 2 == 0 ? STATUS_CLOSED : STATUS_OK, 500);
		assert_true(wake_ms(f) == f->world.now_ms + waits_s[i] * 1000);
		pass(f, waits_s[i] - 1);
		turn(f);
		assert_null(next_call(f));
		pass(f, 1);
		turn(f);
		call = next_call(f);
		assert_non_null(call);
	}
	assert_true(says(f, "answers with status 500"));
	assert_true(says(f, "\"failing_since\":\"20"));
	answer(f, call->id, STATUS_OK, 200);
	assert_true(says(f, "\"webhook\":{\"queued\":0"));
	assert_true(says(f, "\"last_error\":\"\""));
	/* The first failure of a row alone is in the audit. */
	assert_int_equal(office_audit_head(f->office).count, 1);
}

/* Is it signed as the settings' secret signs it, at this time? */
static bool is_signed(struct fixture *f, const struct world_call *call)
{
	char signature[DESK_SIGNATURE_MAX + 1];

	assert_int_equal(webhook_sign(office_alerts_settings(f->office)->webhook.secret,
	                              call->webhook_id, f->world.now_ms / 1000,
	                              buf_view(&call->body), signature, NULL),
	                 STATUS_OK);
	return strcmp(signature, call->webhook_signature) == 0;
}

static void a_repetition_keeps_its_id_and_takes_the_time_of_now(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;
	char id[DESK_WEBHOOK_ID_MAX + 1];
	int64_t sent_s;

	set(f, HOOK);
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	assert_true(call != NULL && strlen(call->webhook_id) == ALERT_ID_LEN);
	assert_int_equal(call->webhook_s, f->world.now_ms / 1000);
	assert_true(is_signed(f, call));
	snprintf(id, sizeof id, "%s", call->webhook_id);
	sent_s = call->webhook_s;
	answer(f, call->id, STATUS_OK, 503);
	pass(f, ALERTS_RETRY_S);
	turn(f);
	call = next_call(f);
	assert_string_equal(call->webhook_id, id);
	assert_int_equal(call->webhook_s, sent_s + ALERTS_RETRY_S);
	assert_true(is_signed(f, call));
	answer(f, call->id, STATUS_OK, 204);
	pass(f, 3600);
	turn(f); /* nobody has taken it: told anew */
	assert_string_not_equal(next_call(f)->webhook_id, id);
}

static void without_a_secret_nothing_is_signed(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;

	set(f, "{\"email\":null,\"webhook\":{\"url\":\"http://hook.example/\","
	       "\"secret\":\"\"}}");
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	assert_true(call != NULL && strlen(call->webhook_id) == ALERT_ID_LEN);
	assert_string_equal(call->webhook_signature, "");
}

static void nothing_is_lost_over_a_restart(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;
	char text[65536];

	set(f, HOOK);
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	snprintf(text, sizeof text, "%.*s", (int)call->body.len, call->body.data);
	reopen(f); /* no answer came */
	assert_true(says(f, "\"webhook\":{\"queued\":1"));
	turn(f);
	call = next_call(f);
	assert_non_null(call);
	assert_true(view_equal_string(buf_view(&call->body), text));
	answer(f, call->id, STATUS_AGAIN, 0);
	reopen(f);
	turn(f);
	assert_null(next_call(f)); /* its time is kept, and the item is not new */
	pass(f, 5);
	turn(f);
	call = next_call(f);
	assert_true(view_equal_string(buf_view(&call->body), text));
	answer(f, call->id, STATUS_OK, 200);
	reopen(f);
	turn(f);
	assert_null(next_call(f));
	assert_false(says(f, "\"last_sent\":\"never\",\"failing_since\":\"never\","
	                     "\"last_error\":\"\",\"given_up\":0}}"));
}

static void repetitions_do_not_pile_up(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;

	set(f, HOOK);
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	answer(f, call->id, STATUS_CLOSED, 0);
	for (int i = 0; i < 8; i++) {
		pass(f, 15 * 60);
		turn(f);
		call = next_call(f);
		if (call != NULL)
			answer(f, call->id, STATUS_CLOSED, 0);
	}
	assert_true(says(f, "\"webhook\":{\"queued\":1"));
}

static void after_a_day_it_is_given_up_and_said(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;
	uint64_t rows;

	set(f, HOOK);
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	answer(f, call->id, STATUS_CLOSED, 0);
	f->count = 0;
	rows = office_audit_head(f->office).count;
	pass(f, ALERTS_KEEP_S);
	turn(f);
	call = next_call(f);
	answer(f, call->id, STATUS_CLOSED, 0);
	assert_true(says(f, "\"webhook\":{\"queued\":0"));
	assert_true(says(f, "\"given_up\":1"));
	assert_int_equal(office_audit_head(f->office).count, rows + 1);
}

static void other_settings_drop_what_waited(void **state)
{
	struct fixture *f = *state;
	const struct world_call *call;

	set(f, HOOK);
	add_item(f, 1, ALERT_DUTY);
	turn(f);
	call = next_call(f);
	set(f, "{\"email\":null,\"webhook\":null}");
	answer(f, call->id, STATUS_CLOSED, 0);
	turn(f);
	assert_null(next_call(f));
	assert_true(says(f, "\"webhook\":{\"queued\":0,\"last_sent\":\"never\""));
	reopen(f);
	assert_false(office_alerts_settings(f->office)->has_webhook);
}

static void a_test_goes_everywhere(void **state)
{
	struct fixture *f = *state;
	size_t queued;

	set(f, MAIL);
	desk_turn_begin(f->desk, f->world.now_ms);
	assert_int_equal(office_alerts_test(f->office, &queued, NULL), STATUS_OK);
	assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
	assert_int_equal(queued, 2);
	turn(f);
	assert_non_null(next_call(f));
	assert_non_null(next_call(f));
}

static void damaged_rows_are_refused(void **state)
{
	static const struct {
		const char *key, *row;
	} rows[] = {
	    {"office/alert/settings", "{\"email\":7}"},
	    {"office/alert/settings", "nonsense"},
	    {"office/alert/seen/zz", "{\"told\":1}"},
	    {"office/alert/queue/0000000000000001", "{\"way\":9}"},
	    {"office/alert/queue/0000000000000001",
	     "{\"way\":0,\"to\":\"a\\r\\nb\",\"created\":1,\"next\":1,\"attempts\":1,"
	     "\"text\":\"\"}"},
	    {"office/alert/way/email", "{}"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct office *office = NULL;

		desk_turn_begin(f->desk, f->world.now_ms);
		assert_int_equal(
		    office_put(f->office, rows[i].key, view_of_string(rows[i].row), NULL),
		    STATUS_OK);
		assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
		assert_int_equal(office_open(f->desk, f->world.now_ms, &office, NULL),
		                 STATUS_MALFORMED);
		desk_turn_begin(f->desk, f->world.now_ms);
		assert_int_equal(office_remove(f->office, rows[i].key, NULL), STATUS_OK);
		assert_int_equal(desk_turn_end(f->desk, NULL), STATUS_OK);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(a_new_item_is_told_once_and_again_until_taken),
	    TEST(what_comes_together_is_told_together),
	    TEST(kinds_that_are_not_wanted_are_not_told),
	    TEST(each_address_gets_a_mail_of_its_own),
	    TEST(a_failure_is_tried_again_at_growing_intervals),
	    TEST(a_repetition_keeps_its_id_and_takes_the_time_of_now),
	    TEST(without_a_secret_nothing_is_signed),
	    TEST(nothing_is_lost_over_a_restart),
	    TEST(repetitions_do_not_pile_up),
	    TEST(after_a_day_it_is_given_up_and_said),
	    TEST(other_settings_drop_what_waited),
	    TEST(a_test_goes_everywhere),
	    TEST(damaged_rows_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
