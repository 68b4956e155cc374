/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the console reads beside messages: the catalogue, a channel's charter, rosters,
 * pledges and incidents over all channels.
 */
#include "console/work_fixture.h"

#include <time.h>

#include "record/codebook.h"
#include "record/kinds.h"
#include "record/pledge_text.h"

static int set_up(void **state)
{
	*state = fixture_new(
	    "{\"duties\":[{\"on\":\"incident\",\"owe\":[\"ack\",\"response\"],"
	    "\"within\":\"PT90M\"},"
	    "{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"}],"
	    "\"approval\":[\"statement\"],\"codebooks\":[\"default\"],"
	    "\"holding\":{\"within\":\"PT72H\",\"times\":1}}");
	return 0;
}

/* A path below the channel's. */
static int get_channel(struct fixture *f, const char *rest)
{
	char path[512];

	snprintf(path, sizeof path, "/api/channels/CHANNEL%s", rest);
	return get(f, path);
}

static void the_catalogue_and_the_books_are_given_as_they_are(void **state)
{
	struct fixture *f = *state;
	char path[128], hex[HASH_HEX_LEN + 1];
	struct hash digest;

	assert_int_equal(get(f, "/api/kinds"), 200);
	digest = sha256(buf_view(&f->world.reply.body));
	assert_true(hash_equal(&digest, &record_kinds_digest));
	hash_hex(&record_codebook_default_digest, hex);
	snprintf(path, sizeof path, "/api/codebooks/%s", hex);
	assert_int_equal(get(f, path), 200);
	digest = sha256(buf_view(&f->world.reply.body));
	assert_true(hash_equal(&digest, &record_codebook_default_digest));
	path[strlen(path) - 1] ^= 1;
	assert_int_equal(get(f, path), 404);
	assert_int_equal(get(f, "/api/codebooks/zz"), 400);
	assert_int_equal(get(f, "/api/kinds?x=1"), 400);
}

static void the_pledges_to_start_from_are_bodies_that_can_be_sent(void **state)
{
	struct fixture *f = *state;
	const struct record_kind *kind = record_kind_find(view_of_string("pledge.offer"));

	assert_int_equal(get(f, "/api/pledge-texts"), 200);
	assert_true(holds(f, "{\"name\":\"no-first-use\",\"body\":{"));
	assert_int_equal(count(f, "\"name\":"), record_pledge_text_count);
	for (size_t i = 0; i < record_pledge_text_count; i++) {
		struct json_doc doc = {0};

		assert_int_equal(
		    record_kind_check_body(kind, record_pledge_texts[i].body, &doc, NULL),
		    STATUS_OK);
		json_release(&doc);
	}
	assert_int_equal(get(f, "/api/pledge-texts?x=1"), 400);
}

static void a_channel_tells_its_whole_charter(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get_channel(f, ""), 200);
	assert_true(holds(f, "\"duties\":[{\"on\":\"incident\",\"owe\":[\"ack\","
	                     "\"response\"],\"within\":\"PT1H30M\"},{\"every\":\"PT1H\","
	                     "\"owe\":[\"check\"],\"grace\":\"PT10M\"}]"));
	assert_true(holds(f, "\"holding\":{\"within\":\"PT72H\",\"times\":1}"));
	assert_true(holds(f, "\"approval\":[\"statement\"]"));
	assert_true(holds(f, "\"limits\":{\"skew\":\"PT"));
	assert_true(holds(f, "\"kinds_allowed\":null"));
	assert_true(holds(f, "\"signed\":true,\"left\":false"));
	say(f, SOUTH, "{\"kind\":\"leave\"}");
	assert_int_equal(get_channel(f, ""), 200);
	assert_int_equal(count(f, "\"signed\":true,\"left\":false"), 1);
	assert_int_equal(count(f, "\"signed\":true,\"left\":true"), 1);
}

#define ROSTER(authority)                                                                \
	"{\"kind\":\"roster\",\"body\":{\"language\":\"en\",\"authority\":\"" authority  \
	"\",\"roles\":[{\"role\":\"Watch\",\"hours\":\"00-24\",\"languages\":[\"en\"]}]" \
	"}}"

static void the_newest_roster_of_each_desk_is_shown(void **state)
{
	struct fixture *f = *state;
	char cancel[128];
	uint64_t index;

	assert_int_equal(get_channel(f, "/rosters"), 200);
	assert_true(holds(f, "{\"rosters\":[]}"));
	say(f, NORTH, ROSTER("Ministry"));
	say(f, SOUTH, ROSTER("Council"));
	say(f, NORTH, ROSTER("Agency"));
	assert_int_equal(get_channel(f, "/rosters"), 200);
	assert_int_equal(member(f, "rosters")->count, 2);
	assert_true(holds(f, "Agency") && holds(f, "Council") && !holds(f, "Ministry"));
	assert_int_equal(count(f, "\"cancelled\":false"), 2);
	index = world_say(&f->world, NORTH, "next");
	snprintf(cancel, sizeof cancel,
	         "{\"kind\":\"cancel\",\"re\":\"north.example#%u\"}",
	         (unsigned)index - 1);
	say(f, NORTH, cancel);
	assert_int_equal(get_channel(f, "/rosters"), 200);
	assert_int_equal(count(f, "\"cancelled\":true"), 1);
}

static void pledges_are_listed_over_all_channels(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/api/pledges?all=1"), 200);
	assert_int_equal(member(f, "pledges")->count, 0);
	say(f, NORTH,
	    "{\"kind\":\"pledge.offer\",\"body\":{\"language\":\"en\",\"title\":\"No "
	    "first "
	    "use\",\"text\":\"We pledge.\",\"reciprocal\":true}}");
	assert_int_equal(get(f, "/api/pledges"), 200);
	assert_int_equal(member(f, "pledges")->count, 0);
	assert_int_equal(get(f, "/api/pledges?all=1"), 200);
	assert_int_equal(member(f, "pledges")->count, 1);
	assert_true(holds(f, f->channel) && holds(f, "\"channel_title\":\""));
	assert_true(holds(f, "\"more\":false"));
}

#define INCIDENT(title, more)                                                     \
	"{\"kind\":\"incident\",\"body\":{\"language\":\"en\",\"title\":\"" title \
	"\",\"summary\":\"s\",\"detected\":\"2026-11-20T23:49:00+02:00\"" more "}}"

/* The number of north's newest entry that people wrote: "north.example#N". */
static uint64_t north_size(const struct fixture *f)
{
	struct desk_log_info log;

	desk_log(f->world.desks[NORTH].desk, 0, 0, &log);
	assert_true(log.is_own);
	return log.entry_count;
}

static void send_re(struct fixture *f, size_t at, const char *format, uint64_t re)
{
	char message[1024];

	snprintf(message, sizeof message, format, (unsigned)re);
	say(f, at, message);
}

static void an_incident_has_its_facts_its_thread_and_its_clocks(void **state)
{
	struct fixture *f = *state;
	uint64_t first = north_size(f);
	char rest[128];

	say(f, NORTH, INCIDENT("Phishing", ",\"severity\":\"low\",\"stage\":\"early\""));
	assert_int_equal(get(f, "/api/incidents"), 200);
	assert_int_equal(member(f, "incidents")->count, 1);
	assert_true(holds(f, "\"title\":\"Phishing\""));
	assert_true(holds(f, "\"closed\":false,\"cancelled\":false,\"messages\":1,"));
	assert_true(holds(f, "\"open_duties\":1"));
	send_re(f, SOUTH,
	        "{\"kind\":\"ack\",\"re\":\"north.example#%u\",\"body\":{\"understood\":"
	        "true}}",
	        first);
	send_re(f, NORTH,
	        "{\"kind\":\"incident.close\",\"re\":\"north.example#%u\",\"body\":{"
	        "\"language\":\"en\",\"outcome\":\"resolved\",\"summary\":\"Over.\"}}",
	        first);
	assert_int_equal(get(f, "/api/incidents"), 200);
	assert_true(holds(f, "\"closed\":true,\"outcome\":\"resolved\""));
	assert_true(holds(f, "\"messages\":3,") && holds(f, "\"open_duties\":0"));
	assert_int_equal(get(f, "/api/incidents?open=1"), 200);
	assert_int_equal(member(f, "incidents")->count, 0);
	snprintf(rest, sizeof rest, "/incidents/north.example/%u", (unsigned)first);
	assert_int_equal(get_channel(f, rest), 200);
	assert_true(holds(f, "\"times\":{\"detected\":\"2026-11-20T21:49:00Z\",\"start\":"
	                     "\"never\",\"end\":\"never\"}"));
	assert_true(holds(f, "\"summary\":\"Over.\""));
	assert_true(member(f, "messages")->count >= 3);
	assert_int_equal(member(f, "duties")->count, 1);
	assert_true(holds(f, "\"state\":\"met\""));
	snprintf(rest, sizeof rest, "/incidents/north.example/%u", (unsigned)first - 1);
	assert_int_equal(get_channel(f, rest), 404);
	assert_int_equal(get_channel(f, "/incidents/nobody.example/1"), 404);
}

static void incidents_come_page_by_page(void **state)
{
	struct fixture *f = *state;
	char path[400], cursor[300];

	say(f, NORTH, INCIDENT("One", ""));
	say(f, SOUTH, INCIDENT("Two", ""));
	say(f, NORTH, INCIDENT("Three", ""));
	assert_int_equal(get(f, "/api/incidents?limit=2"), 200);
	assert_int_equal(member(f, "incidents")->count, 2);
	assert_true(holds(f, "Three") && holds(f, "Two"));
	assert_true(json_string_copy(&f->doc, member(f, "next"), cursor, sizeof cursor));
	snprintf(path, sizeof path, "/api/incidents?limit=2&cursor=%s", cursor);
	assert_int_equal(get(f, path), 200);
	assert_int_equal(member(f, "incidents")->count, 1);
	assert_true(holds(f, "One"));
	assert_null(json_member(&f->doc, json_root(&f->doc), "next"));
	assert_int_equal(get(f, "/api/incidents?cursor=nonsense"), 400);
	assert_int_equal(get(f, "/api/incidents?cursor=1.2.3.BAD"), 400);
	assert_int_equal(get(f, "/api/incidents?channel=ffff"), 404);
	assert_int_equal(get(f, "/api/incidents?status=open"), 400);
}

static double now_s(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Once the registers know them, thousands of cases cost a walk in memory: less than the
 * first question by far, which reads and checks every body. */
static void many_incidents_are_read_once(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf lines = BUF_INIT(8 << 20);
	char path[512];
	struct desk_request request = {.method = DESK_POST,
	                               .type = view_of_string("application/x-ndjson"),
	                               .idempotency_key = view_of_string("many")};
	double first, second, start;

	for (int i = 0; i < 5000; i++)
		buf_append_string(&lines, INCIDENT("Flood", "") "\n");
	snprintf(path, sizeof path, "/api/channels/%s/messages", f->channel);
	request.path = view_of_string(path);
	request.body = buf_view(&lines);
	assert_int_equal(take(f, NORTH, &request), 201);
	world_settle(&f->world);
	start = now_s();
	assert_int_equal(get(f, "/api/incidents"), 200);
	first = now_s() - start;
	start = now_s();
	assert_int_equal(get(f, "/api/incidents"), 200);
	second = now_s() - start;
	assert_int_equal(json_integer(&f->doc, member(f, "total")), 5000);
	print_message("first %.1f ms, then %.1f ms\n", first * 1e3, second * 1e3);
	assert_true(second < first / 2);
}

/* Turns of north until the condition of a channel's check is another than running. */
static void finish_check(struct fixture *f)
{
	int turns = 0;

	do {
		assert_int_equal(get_channel(f, "/verify"), 200);
		assert_true(turns++ < 1000);
	} while (holds(f, "\"state\":\"running\""));
}

static int post_verify(struct fixture *f)
{
	char path[512];
	struct desk_request request = {.method = DESK_POST};

	snprintf(path, sizeof path, "/api/channels/%s/verify", f->channel);
	request.path = view_of_string(path);
	return take(f, NORTH, &request);
}

static void the_record_shows_its_logs_and_its_check(void **state)
{
	struct fixture *f = *state;

	say(f, NORTH, INCIDENT("One", ""));
	assert_int_equal(get_channel(f, "/record"), 200);
	assert_int_equal(member(f, "logs")->count, 2);
	assert_true(holds(f, "\"receipts\":[{\"member\":\"south.example\""));
	assert_true(holds(f, "\"receipts\":[{\"member\":\"north.example\""));
	assert_int_equal(member(f, "statement")->type, JSON_OBJECT);
	assert_true(holds(f, "\"verify\":{\"state\":\"never\""));
	assert_int_equal(post_verify(f), 202);
	finish_check(f);
	assert_true(says(f, "state", "sound"));
	assert_true(json_integer(&f->doc, member(f, "done")) > 0);
	assert_int_equal(json_integer(&f->doc, member(f, "done")),
	                 json_integer(&f->doc, member(f, "total")));
	assert_int_equal(get_channel(f, "/record"), 200);
	assert_true(holds(f, "\"verify\":{\"state\":\"sound\""));
	/* Another process knows it too. */
	api_free(f->apis[NORTH]);
	assert_int_equal(api_new(f->world.desks[NORTH].desk,
	                         &(struct api_host){.version = "1.2.3"}, &f->apis[NORTH],
	                         NULL),
	                 STATUS_OK);
	assert_int_equal(get_channel(f, "/verify"), 200);
	assert_true(says(f, "state", "sound"));
	assert_int_equal(get(f, "/api/channels/ffff/verify"), 404);
}

/* The API ends while a check runs: nothing is left over. */
static void a_check_that_is_cut_short_has_no_outcome(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 300; i++)
		(void)world_say(&f->world, NORTH, "much to look at");
	world_settle(&f->world);
	assert_int_equal(post_verify(f), 202);
	assert_true(says(f, "state", "running"));
	assert_int_equal(post_verify(f), 202);
	api_free(f->apis[NORTH]);
	assert_int_equal(api_new(f->world.desks[NORTH].desk,
	                         &(struct api_host){.version = "1.2.3"}, &f->apis[NORTH],
	                         NULL),
	                 STATUS_OK);
	assert_int_equal(get_channel(f, "/verify"), 200);
	assert_true(says(f, "state", "never"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_free)
	const struct CMUnitTest tests[] = {
	    TEST(the_catalogue_and_the_books_are_given_as_they_are),
	    TEST(the_pledges_to_start_from_are_bodies_that_can_be_sent),
	    TEST(a_channel_tells_its_whole_charter),
	    TEST(the_newest_roster_of_each_desk_is_shown),
	    TEST(pledges_are_listed_over_all_channels),
	    TEST(an_incident_has_its_facts_its_thread_and_its_clocks),
	    TEST(incidents_come_page_by_page),
	    TEST(many_incidents_are_read_once),
	    TEST(the_record_shows_its_logs_and_its_check),
	    TEST(a_check_that_is_cut_short_has_no_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
