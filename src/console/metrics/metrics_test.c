/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of metrics and the probes over real desks: what stands in it when something
 * waits for people, what the daemon's figures become, who learns why a desk may not
 * write.
 */
#include "console/work_fixture.h"

#include "codec/metrics_writer.h"

#define QUERY                                                                      \
	"{\"kind\":\"query\",\"body\":{\"language\":\"en\",\"question\":\"Who is " \
	"it?\"}}"
#define HOUR_MS (3600 * 1000)

static int set_up(void **state)
{
	*state = fixture_new(
	    "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT4H\"}]}");
	return 0;
}

/* Does this line stand in the last answer? "CHANNEL" is the channel's id. */
static bool shows(const struct fixture *f, const char *line)
{
	char whole[512];

	make_path(f, line, whole);
	strcat(whole, "\n");
	return view_find(buf_view(&f->world.reply.body), view_of_string(whole)) !=
	       SIZE_MAX;
}

static bool has_family(const struct fixture *f, const char *name)
{
	char line[200];

	(void)snprintf(line, sizeof line, "# TYPE %s ", name);
	return view_find(buf_view(&f->world.reply.body), view_of_string(line)) !=
	       SIZE_MAX;
}

/* Turns pass until alarms are known and computed anew. */
static void get_metrics(struct fixture *f)
{
	for (int i = 0; i < 3; i++) {
		f->world.now_ms += 2000;
		assert_int_equal(get(f, "/metrics"), 200);
	}
	assert_string_equal(f->world.reply.type, METRICS_TYPE);
}

static void duties_and_alarms_are_counted(void **state)
{
	struct fixture *f = *state;

	say(f, SOUTH, QUERY);
	say(f, SOUTH, QUERY);
	say(f, NORTH, QUERY);
	get_metrics(f);
	assert_true(shows(f, "aldis_duties_open{channel=\"CHANNEL\",debtor=\"this\"} 2"));
	assert_true(
	    shows(f, "aldis_duties_open{channel=\"CHANNEL\",debtor=\"others\"} 1"));
	assert_true(
	    shows(f, "aldis_duties_overdue{channel=\"CHANNEL\",debtor=\"this\"} 0"));
	assert_true(shows(f, "aldis_messages_unread{channel=\"CHANNEL\"} 2"));
	assert_true(shows(f, "aldis_alarms_untaken{what=\"unread\"} 2"));
	f->world.now_ms += 5 * HOUR_MS;
	get_metrics(f);
	assert_true(
	    shows(f, "aldis_duties_overdue{channel=\"CHANNEL\",debtor=\"this\"} 2"));
	assert_true(
	    shows(f, "aldis_duties_overdue{channel=\"CHANNEL\",debtor=\"others\"} 1"));
	assert_true(shows(f, "aldis_alarms_untaken{what=\"overdue\"} 3"));
}

static void drafts_that_wait_are_counted(void **state)
{
	struct fixture *f = *state;
	char body[600], message[300];

	(void)snprintf(message, sizeof message, "%s", TEXT("Soon"));
	(void)snprintf(body, sizeof body, "{\"channel\":\"%s\",\"message\":%s}",
	               f->channel, message);
	assert_int_equal(post(f, "/api/drafts", body), 201);
	get_metrics(f);
	assert_true(shows(f, "aldis_drafts{state=\"editing\"} 1"));
	assert_true(shows(f, "aldis_drafts{state=\"approval\"} 0"));
	assert_true(shows(f, "aldis_alerts_failing{way=\"webhook\"} 0"));
}

static void what_a_member_does_not_get_waits_since_then(void **state)
{
	struct fixture *f = *state;
	char line[300];
	int64_t sent_ms;

	get_metrics(f);
	assert_true(shows(
	    f,
	    "aldis_receipt_waiting_entries{channel=\"CHANNEL\",desk=\"south.example\"} "
	    "0"));
	f->world.desks[SOUTH].is_cut = true;
	sent_ms = f->world.now_ms;
	say(f, NORTH, TEXT("Nobody hears this"));
	f->world.now_ms += HOUR_MS;
	get_metrics(f);
	(void)snprintf(
	    line, sizeof line,
	    "aldis_receipt_waiting_since_timestamp_seconds{channel=\"CHANNEL\","
	    "desk=\"south.example\"} %lld",
	    (long long)(sent_ms / 1000));
	assert_true(shows(f, line));
	assert_true(shows(f, "aldis_peer_reachable{desk=\"south.example\"} 0"));
}

static enum status fill(void *self, struct figures *ret_figures, struct error *err)
{
	*ret_figures = (struct figures){
	    .has_front = true,
	    .has_store = true,
	    .desk = {.started_ms = 1500, .usage = {.resident_len = 4096, .cpu_us = 10}},
	    .front = {.queued_len = 7,
	              .doors = {{.is_open = true, .connections = 3, .answers = {[4] = 9}},
	                        {.is_open = true, .refused = 5}}},
	    .store = {.page_len = 4096, .pages = 10, .free_pages = 2, .log_len = 8192}};
	histogram_add(&ret_figures->store.commits, 2 * 1000 * 1000);
	return STATUS_OK;
}

static void the_daemons_figures_are_told(void **state)
{
	struct fixture *f = *state;

	get_metrics(f);
	assert_false(has_family(f, "aldis_store_size_bytes"));
	f->apis[NORTH]->host.figures = fill;
	get_metrics(f);
	assert_true(shows(f, "aldis_process_start_time_seconds{process=\"desk\"} 1.5"));
	assert_true(
	    shows(f, "aldis_process_cpu_seconds_total{process=\"desk\"} 0.00001"));
	assert_true(shows(f, "aldis_store_size_bytes 40960"));
	assert_true(shows(f, "aldis_store_commit_duration_seconds_count 1"));
	assert_true(shows(f, "aldis_http_connections{door=\"local\"} 3"));
	assert_true(shows(f, "aldis_http_requests_total{door=\"local\",code=\"4xx\"} 9"));
	assert_true(shows(f, "aldis_http_connections_refused_total{door=\"link\","
	                     "why=\"stranger\"} 5"));
	assert_true(shows(f, "aldis_front_queued_bytes 7"));
	/* a door that is not open is not told of, memory that is not known neither */
	assert_false(shows(f, "aldis_http_connections{door=\"console\"} 0"));
	assert_false(
	    shows(f, "aldis_process_resident_memory_bytes{process=\"front\"} 0"));
}

static int ask_at_door(struct fixture *f, const char *path)
{
	struct desk_request request = {
	    .method = DESK_GET, .is_console = true, .path = view_of_string(path)};

	return take(f, NORTH, &request);
}

static bool says_just(const struct fixture *f, const char *text)
{
	return view_equal_string(buf_view(&f->world.reply.body), text);
}

static void strangers_learn_no_reason(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask_at_door(f, "/-/ready"), 200);
	assert_true(says_just(f, "ok\n"));
	f->world.desks[SOUTH].is_cut = true;
	crash(f);
	assert_int_equal(ask_at_door(f, "/-/healthy"), 200);
	assert_int_equal(ask_at_door(f, "/-/ready"), 503);
	assert_true(says_just(f, "not ready\n"));
	assert_int_equal(ask_at_door(f, "/metrics"), 401);
	assert_int_equal(get(f, "/-/ready"), 503);
	assert_true(view_has_prefix(
	    buf_view(&f->world.reply.body),
	    view_of_string("not ready\n1 of 1 channels may not be written to\n")));
	assert_true(shows(f, "channel CHANNEL waiting (unseen): waiting for a member to "
	                     "show what it last saw of this log"));
	get_metrics(f);
	assert_true(shows(f,
	                  "aldis_channel_blocked{channel=\"CHANNEL\",state=\"waiting\","
	                  "why=\"unseen\"} 1"));
	assert_true(shows(f, "aldis_ready 0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define OVER_DESKS(test) cmocka_unit_test_setup_teardown(test, set_up, fixture_free)
	    OVER_DESKS(duties_and_alarms_are_counted),
	    OVER_DESKS(drafts_that_wait_are_counted),
	    OVER_DESKS(what_a_member_does_not_get_waits_since_then),
	    OVER_DESKS(the_daemons_figures_are_told),
	    OVER_DESKS(strangers_learn_no_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
