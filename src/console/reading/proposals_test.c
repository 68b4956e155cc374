/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pledges, consultations, receipts by people and evidence over the APIs of two desks:
 * what one side writes, both sides' registers say in the same bytes.
 */
#include "console/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <world.h> /* test/desk */

#include "record/evidence_commit.h"

enum { NORTH, SOUTH, DESKS };

struct fixture {
	struct world world;
	struct api *apis[DESKS];
	char channel[HASH_HEX_LEN + 1];
	uint64_t next_request;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	const struct api_host host = {.version = "1.2.3"};
	struct desk_channel_info info;

	world_init(&f->world, DESKS, NULL);
	desk_channel(f->world.desks[NORTH].desk, 0, &info);
	memcpy(f->channel, info.id_hex, sizeof f->channel);
	for (int i = 0; i < DESKS; i++)
		assert_int_equal(
		    api_new(f->world.desks[i].desk, &host, &f->apis[i], NULL), STATUS_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < DESKS; i++)
		api_free(f->apis[i]);
	world_release(&f->world);
	free(f);
	return 0;
}

static int take(struct fixture *f, int desk, struct desk_request *request,
                const char *what)
{
	char path[512];

	snprintf(path, sizeof path, "/api/channels/%s/%s", f->channel, what);
	request->path = view_of_string(path);
	request->id = ++f->next_request;
	f->world.reply.status = 0;
	desk_turn_begin(f->world.desks[desk].desk, f->world.now_ms);
	api_take_request(f->apis[desk], request, f->world.now_ms);
	assert_int_equal(desk_turn_end(f->world.desks[desk].desk, NULL), STATUS_OK);
	return f->world.reply.status;
}

static int get(struct fixture *f, int desk, const char *what)
{
	struct desk_request request = {.method = DESK_GET};

	return take(f, desk, &request, what);
}

/* Sends a message, which then is on both sides. */
static int send(struct fixture *f, int desk, const char *message)
{
	struct desk_request request = {.method = DESK_POST,
	                               .type = view_of_string("application/json"),
	                               .body = view_of_string(message)};
	int status = take(f, desk, &request, "messages");

	world_settle(&f->world);
	return status;
}

static bool holds(const struct fixture *f, const char *part)
{
	return view_find(buf_view(&f->world.reply.body), view_of_string(part)) !=
	       SIZE_MAX;
}

/* The index that the desk's next entry will have. */
static unsigned next_index(const struct fixture *f, int desk)
{
	struct desk_log_info log;

	desk_log(f->world.desks[desk].desk, 0, (size_t)desk, &log);
	assert_true(log.is_own);
	return (unsigned)log.entry_count;
}

/* Sends a message in which "%s" stands for what it answers. */
static unsigned answer(struct fixture *f, int desk, const char *format, const char *re)
{
	unsigned index = next_index(f, desk);
	char message[1024];

	snprintf(message, sizeof message, format, re); /* a literal of a test */
	assert_int_equal(send(f, desk, message), 201);
	return index;
}

#define OFFER                                                                 \
	"{\"kind\":\"pledge.offer\",\"body\":{\"language\":\"en\",\"title\":" \
	"\"Peace\",\"text\":\"We keep it.\"}}"

static void offer(struct fixture *f, char ret_id[64])
{
	snprintf(ret_id, 64, "north.example#%u", next_index(f, NORTH));
	assert_int_equal(send(f, NORTH, OFFER), 201);
}

/* The facts of the only proposal in the answer, as text. */
static void copy_facts(const struct fixture *f, struct buf *out)
{
	struct view body = buf_view(&f->world.reply.body);
	size_t start = view_find(body, view_of_string("\"facts\":")),
	       end = view_find(body, view_of_string(",\"body\":"));

	assert_true(start != SIZE_MAX && end != SIZE_MAX && start < end);
	buf_append(out, body.data + start, end - start);
}

static void both_sides_hold_the_same_register(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf north = BUF_INIT(1 << 20), south = BUF_INIT(1 << 20);
	char id[64];

	offer(f, id);
	assert_int_equal(get(f, NORTH, "pledges"), 200);
	assert_true(holds(f, "\"pledges\":[]"));
	assert_int_equal(get(f, SOUTH, "pledges?all=1"), 200);
	assert_true(holds(f, "\"state\":\"offered\""));
	answer(f, SOUTH, "{\"kind\":\"pledge.accept\",\"re\":\"%s\"}", id);
	assert_int_equal(get(f, NORTH, "pledges"), 200);
	assert_true(holds(f, "\"state\":\"in force\""));
	assert_true(holds(f, "\"title\":\"Peace\""));
	assert_true(holds(f, "\"from\":\"south.example\",\"time\":"));
	copy_facts(f, &north);
	assert_int_equal(get(f, SOUTH, "pledges"), 200);
	copy_facts(f, &south);
	assert_true(view_equal(buf_view(&north), buf_view(&south)));
	answer(f, NORTH, "{\"kind\":\"pledge.withdraw\",\"re\":\"%s\"}", id);
	assert_int_equal(get(f, SOUTH, "pledges"), 200);
	assert_true(holds(f, "\"pledges\":[]"));
	assert_int_equal(get(f, SOUTH, "pledges?all=1"), 200);
	assert_true(holds(f, "\"state\":\"withdrawn\""));
	assert_int_equal(get(f, SOUTH, "pledges?all=2"), 400);
	assert_int_equal(get(f, SOUTH, "pledges?every=1"), 400);
}

static void translations_stand_beside_the_original(void **state)
{
	struct fixture *f = *state;
	char id[64];

	offer(f, id);
	answer(f, SOUTH,
	       "{\"kind\":\"translation\",\"re\":\"%s\",\"body\":{\"language\":\"fr\","
	       "\"text\":\"Nous la gardons.\",\"translator\":\"A\",\"reviewer\":\"B\"}}",
	       id);
	assert_int_equal(get(f, NORTH, "pledges?all=1"), 200);
	assert_true(holds(f, "\"translations\":[{\"entry\":\"south.example#"));
	assert_true(holds(f, "\"reviewer\":\"B\""));
	assert_true(holds(f, "\"linked\":["));
}

static void minutes_are_agreed_by_the_other_side(void **state)
{
	struct fixture *f = *state;
	char id[64], minutes[64];

	snprintf(id, sizeof id, "north.example#%u", next_index(f, NORTH));
	assert_int_equal(send(f, NORTH,
	                      "{\"kind\":\"consultation.request\",\"body\":{\"language\":"
	                      "\"en\",\"subject\":\"Ports\"}}"),
	                 201);
	answer(f, SOUTH, "{\"kind\":\"consultation.accept\",\"re\":\"%s\"}", id);
	snprintf(minutes, sizeof minutes, "south.example#%u",
	         answer(f, SOUTH,
	                "{\"kind\":\"consultation.record\",\"re\":\"%s\",\"body\":{"
	                "\"language\":\"en\",\"date\":\"2026-11-21T10:00:00Z\",\"text\":"
	                "\"We spoke.\"}}",
	                id));
	assert_int_equal(get(f, NORTH, "consultations"), 200);
	assert_true(holds(f, "\"state\":\"accepted\""));
	assert_true(holds(f, "\"minutes\":[{\"agreed\":false"));
	answer(f, NORTH, "{\"kind\":\"consultation.agree\",\"re\":\"%s\"}", minutes);
	assert_int_equal(get(f, SOUTH, "consultations"), 200);
	assert_true(holds(f, "\"minutes\":[{\"agreed\":true"));
	assert_true(holds(f, "\"subject\":\"Ports\""));
}

static void a_message_shows_what_people_answered(void **state)
{
	struct fixture *f = *state;
	char id[64], path[128];
	unsigned index = next_index(f, NORTH);

	snprintf(id, sizeof id, "north.example#%u", index);
	snprintf(path, sizeof path, "messages/north.example/%u", index);
	assert_int_equal(send(f, NORTH,
	                      "{\"kind\":\"query\",\"body\":{\"language\":\"en\","
	                      "\"question\":\"Is this yours?\"}}"),
	                 201);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"replies\":[]"));
	answer(f, SOUTH,
	       "{\"kind\":\"ack\",\"re\":\"%s\",\"body\":{\"understood\":false,"
	       "\"paraphrase\":\"You ask for ports.\"}}",
	       id);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"state\":\"not-understood\""));
	assert_true(holds(f, "\"paraphrase\":\"You ask for ports.\""));
	answer(f, SOUTH,
	       "{\"kind\":\"holding\",\"re\":\"%s\",\"body\":{\"until\":"
	       "\"2030-01-01T00:00:00Z\"}}",
	       id);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"state\":\"not-understood\""));
	answer(f, SOUTH,
	       "{\"kind\":\"answer\",\"re\":\"%s\",\"body\":{\"answer\":\"no\"}}", id);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"state\":\"answered\""));
	assert_true(holds(f, "\"answer\":\"no\""));
	assert_int_equal(get(f, NORTH, "messages?limit=50"), 200);
	assert_true(holds(f, "\"state\":\"answered\""));
	answer(f, SOUTH,
	       "{\"kind\":\"answer\",\"re\":\"%s\",\"body\":{\"answer\":\"declined\"}}",
	       id);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"state\":\"refused\""));
}

static void a_holding_reply_shows_that_it_was_read(void **state)
{
	struct fixture *f = *state;
	char id[64], path[128];
	unsigned index = next_index(f, NORTH);

	snprintf(id, sizeof id, "north.example#%u", index);
	snprintf(path, sizeof path, "messages/north.example/%u", index);
	assert_int_equal(send(f, NORTH,
	                      "{\"kind\":\"query\",\"body\":{\"language\":\"en\","
	                      "\"question\":\"Is this yours?\"}}"),
	                 201);
	answer(f, SOUTH,
	       "{\"kind\":\"holding\",\"re\":\"%s\",\"body\":{\"until\":"
	       "\"2030-01-01T00:00:00Z\"}}",
	       id);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"words\":\"read by a person\""));
}

static void what_is_not_answered_in_time_is_overdue(void **state)
{
	static const char template[] =
	    "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":\"PT1H\"}]}";
	struct fixture *f = *state;
	const struct api_host host = {.version = "1.2.3"};
	struct desk_channel_info info;
	char id[64], path[128];
	unsigned index;

	for (int i = 0; i < DESKS; i++)
		api_free(f->apis[i]);
	world_release(&f->world);
	world_init(&f->world, DESKS, template);
	desk_channel(f->world.desks[NORTH].desk, 0, &info);
	memcpy(f->channel, info.id_hex, sizeof f->channel);
	for (int i = 0; i < DESKS; i++)
		assert_int_equal(
		    api_new(f->world.desks[i].desk, &host, &f->apis[i], NULL), STATUS_OK);
	index = next_index(f, NORTH);
	snprintf(id, sizeof id, "north.example#%u", index);
	snprintf(path, sizeof path, "messages/north.example/%u", index);
	assert_int_equal(send(f, NORTH,
	                      "{\"kind\":\"query\",\"body\":{\"language\":\"en\","
	                      "\"question\":\"Is this yours?\"}}"),
	                 201);
	world_pass(&f->world, 3000 * 1000);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"state\":\"stored\""));
	world_pass(&f->world, 700 * 1000);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"state\":\"overdue\""));
	answer(f, SOUTH,
	       "{\"kind\":\"answer\",\"re\":\"%s\",\"body\":{\"answer\":\"no\"}}", id);
	assert_int_equal(get(f, NORTH, path), 200);
	assert_true(holds(f, "\"state\":\"answered\""));
}

/* ---- evidence ---- */

static const uint8_t salt[RECORD_SALT_LEN] = "0123456789abcde";

/* Commits to the content and keeps the blob. */
static unsigned commit(struct fixture *f, const char *content, struct buf *blob)
{
	struct hash hash;
	char hex[HASH_HEX_LEN + 1], message[512];
	unsigned index = next_index(f, NORTH);

	assert_int_equal(
	    record_evidence_make(salt, view_of_string(content), blob, &hash, NULL),
	    STATUS_OK);
	hash_hex(&hash, hex);
	snprintf(message, sizeof message,
	         "{\"kind\":\"evidence.commit\",\"body\":{\"hash\":\"%s\",\"language\":"
	         "\"en\",\"description\":\"a trace\"}}",
	         hex);
	assert_int_equal(send(f, NORTH, message), 201);
	return index;
}

/* Opens a commitment with this blob. */
static unsigned open_with(struct fixture *f, unsigned committed, struct view blob)
{
	struct desk_request upload = {.method = DESK_POST,
	                              .type = view_of_string("application/octet-stream"),
	                              .body = blob};
	unsigned index;
	char message[512];

	assert_int_equal(take(f, NORTH, &upload, "attachments?salted=1"), 201);
	index = next_index(f, NORTH);
	snprintf(message, sizeof message,
	         "{\"kind\":\"evidence.open\",\"re\":\"north.example#%u\","
	         "\"attachments\":[%.*s]}",
	         committed, (int)f->world.reply.body.len,
	         (const char *)f->world.reply.body.data);
	assert_int_equal(send(f, NORTH, message), 201);
	return index;
}

static void opened_evidence_is_held_against_its_commitment(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf blob = BUF_INIT(1 << 16);
	unsigned committed = commit(f, "what was seen", &blob), opened;
	char path[128];

	opened = open_with(f, committed, buf_view(&blob));
	snprintf(path, sizeof path, "messages/north.example/%u", committed);
	assert_int_equal(get(f, SOUTH, path), 200);
	assert_true(holds(f, "\"matches\":true"));
	snprintf(path, sizeof path, "messages/north.example/%u", opened);
	assert_int_equal(get(f, SOUTH, path), 200);
	assert_true(holds(f, "\"matches\":true,\"held\":true"));
	blob.data[20] ^= 1;
	opened = open_with(f, committed, buf_view(&blob));
	snprintf(path, sizeof path, "messages/north.example/%u", opened);
	assert_int_equal(get(f, SOUTH, path), 200);
	assert_true(holds(f, "\"matches\":false"));
}

static void a_salted_upload_has_a_salt(void **state)
{
	struct fixture *f = *state;
	struct desk_request upload = {.method = DESK_POST,
	                              .type = view_of_string("application/octet-stream"),
	                              .body = view_of_string("too short")};

	assert_int_equal(take(f, NORTH, &upload, "attachments?salted=1"), 413);
	assert_int_equal(take(f, NORTH, &upload, "attachments?salted=2"), 400);
	assert_int_equal(take(f, NORTH, &upload, "attachments?salted=0"), 201);
}

#define WITH_DESKS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DESKS(both_sides_hold_the_same_register),
	    WITH_DESKS(translations_stand_beside_the_original),
	    WITH_DESKS(minutes_are_agreed_by_the_other_side),
	    WITH_DESKS(a_message_shows_what_people_answered),
	    WITH_DESKS(a_holding_reply_shows_that_it_was_read),
	    WITH_DESKS(what_is_not_answered_in_time_is_overdue),
	    WITH_DESKS(opened_evidence_is_held_against_its_commitment),
	    WITH_DESKS(a_salted_upload_has_a_salt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
