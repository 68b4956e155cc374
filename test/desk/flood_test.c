/* SPDX-License-Identifier: Apache-2.0 */
/* A member that sends much of what is allowed: what it costs the others must stay in
 * proportion to what it sends, and never drown what the others say. */
#include "actor.h"

#include "crypto/random.h"
#include "desk/state.h"

enum { CLAIMS = 3000 };

struct holder {
	struct actor *actor;
	size_t tiles;
};

/* Counts what north asks of south. */
struct asked {
	size_t checkpoints; /* behind a `seen` */
	size_t all;
};

static bool count_calls(void *context, const struct world_call *call,
                        struct world_reply *ret_reply)
{
	struct asked *asked = context;
	asked->all++;
	asked->checkpoints += strstr(call->path, "/checkpoint/") != NULL;
	ret_reply->status = 404;
	return true;
}

static void start(struct actor *actor, struct asked *asked, size_t desk_count)
{
	actor_start(actor, desk_count, NULL);
	*asked = (struct asked){0};
	actor->world.script = count_calls;
	actor->world.script_context = asked;
	world_pass(&actor->world, 70 * 1000);
	actor_add_plain(actor);
}

static void add_claim(struct actor *actor, const char *name, uint64_t size)
{
	struct record_seen seen = {.size = size, .root = {{1, 2, 3}}};
	strcpy(seen.desk.text, name);
	struct record_envelope envelope = {.kind = "check",
	                                   .sent_s = actor->world.now_ms / 1000,
	                                   .seen = &seen,
	                                   .seen_count = 1};
	actor_add_envelope(actor, &envelope);
}

static struct log *log_of(struct actor *actor, size_t member)
{
	return actor_north(actor)->channels[0]->logs[member];
}

static void claims_of_one_member_leave_room_for_those_of_others(void **state)
{
	struct actor actor;
	struct asked asked;
	start(&actor, &asked, 3);
	for (uint64_t i = 0; i < CLAIMS; i++)
		add_claim(&actor, "west.example", 1000000 + i);
	actor_push(&actor, 0, 0);
	struct log *west = log_of(&actor, 2);
	assert_in_range(west->claim_count, 1, 100);
	/* the first and the newest are still there to be compared */
	assert_int_equal(west->claims[0].size, 1000000);
	assert_int_equal(west->claims[west->claim_count - 1].size, 1000000 + CLAIMS - 1);
	world_pass(&actor.world, 600 * 1000);
	assert_true(asked.all < 300);
	actor_stop(&actor);
}

static void false_claims_are_asked_about_one_at_a_time(void **state)
{
	struct actor actor;
	struct asked asked;
	start(&actor, &asked, 2);
	for (int i = 0; i < 2000; i++)
		world_say(&actor.world, 0, "an entry to lie about");
	world_pass(&actor.world, 1000);
	for (uint64_t i = 1; i < 2000; i++)
		add_claim(&actor, "north.example", i);
	size_t lines = actor.world.desks[0].log_lines;
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, 60 * 1000);
	assert_in_range(asked.checkpoints, 1, 5);
	assert_true(actor.world.desks[0].log_lines - lines < 50);
	actor_stop(&actor);
}

static void claims_that_fall_cost_no_comparison(void **state)
{
	struct actor actor;
	struct asked asked;
	start(&actor, &asked, 2);
	world_say(&actor.world, 0, "one");
	world_pass(&actor.world, 1000);
	add_claim(&actor, "north.example", 2);
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, 1000);
	assert_int_equal(asked.checkpoints, 1);
	for (int i = 0; i < 500; i++)
		add_claim(&actor, "north.example", 1 + (uint64_t)i % 2);
	actor_push(&actor, 0, 2);
	world_pass(&actor.world, 1000);
	assert_int_equal(asked.checkpoints, 1);
	actor_stop(&actor);
}

static void checks_dated_ahead_hide_no_silence(void **state)
{
	static const char hourly[] =
	    "{\"duties\":[{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"}]}";
	struct actor actor;
	struct asked asked;
	actor_start(&actor, 2, hourly);
	asked = (struct asked){0};
	actor.world.script = count_calls;
	actor.world.script_context = &asked;
	actor_add_plain(&actor);
	for (int i = 0; i < 20; i++) {
		struct record_envelope envelope = {.kind = "check",
		                                   .sent_s = actor.world.now_ms / 1000 +
		                                             86400 * 365 + i * 3600};
		actor_add_envelope(&actor, &envelope);
	}
	actor_push(&actor, 0, 0);
	world_pass(&actor.world, INT64_C(5) * 3600 * 1000);
	assert_true(desk_counters(actor_north(&actor))->checks_missed >= 3);
	actor_stop(&actor);
}

/* How many entries were read of the store. */
static const struct store_ops *real_ops;
static uint64_t entries_read, bodies_read;

static enum status counting_entries(void *store, uint32_t log, uint64_t first,
                                    uint64_t count, struct buf *ret, uint64_t *ret_count,
                                    struct error *err)
{
	enum status status =
	    real_ops->read_entries(store, log, first, count, ret, ret_count, err);
	entries_read += status == STATUS_OK ? *ret_count : 0;
	return status;
}

static enum status counting_bodies(void *store, uint32_t log, uint64_t first,
                                   uint64_t count, struct buf *ret, uint64_t *ret_count,
                                   struct error *err)
{
	enum status status =
	    real_ops->read_bodies(store, log, first, count, ret, ret_count, err);
	bodies_read += status == STATUS_OK ? *ret_count : 0;
	return status;
}

static struct store_ops counting;

static void count_reads(struct actor *actor)
{
	real_ops = actor_north(actor)->store.ops;
	counting = *real_ops;
	counting.read_entries = counting_entries;
	counting.read_bodies = counting_bodies;
	actor_north(actor)->store.ops = &counting;
	entries_read = bodies_read = 0;
}

static void one_missing_body_does_not_make_the_whole_log_be_read(void **state)
{
	struct actor actor;
	struct asked asked;
	CLEANUP_BUF struct buf blob = BUF_INIT(64);
	start(&actor, &asked, 2);
	actor_blob(&blob, 3, 30);
	actor_add_text(&actor, buf_view(&blob), 30);
	for (int i = 0; i < 20000; i++)
		actor_add(&actor, view_of_string("x"));
	uint64_t size = actor.tree.tree.size;
	assert_int_equal(actor_checkpoint(&actor, 0, 0, size, NULL), 200);
	assert_int_equal(actor_entries(&actor, 0, 0, size, size), 424);
	count_reads(&actor);
	for (int i = 0; i < 10; i++)
		assert_int_equal(actor_entries(&actor, 0, size, size, size), 424);
	assert_true(entries_read < 10 * 10000);
	actor_north(&actor)->store.ops = real_ops;
	assert_int_equal(actor_blobs(&actor, 0, buf_view(&blob)), 200);
	assert_int_equal(actor_entries(&actor, 0, size, size, size), 200);
	actor_stop(&actor);
}

static void a_blob_that_is_not_there_is_not_sought_in_the_bodies(void **state)
{
	struct actor actor;
	struct asked asked;
	char path[256];
	struct hash nothing = {{5}};
	char hex[HASH_HEX_LEN + 1];
	start(&actor, &asked, 2);
	for (int i = 0; i < 300; i++)
		world_say(&actor.world, 0, "a body");
	count_reads(&actor);
	hash_hex(&nothing, hex);
	snprintf(path, sizeof path, "/blob/%s/%s", actor.north_hash, hex);
	assert_int_equal(actor_get(&actor, 0, path), 404);
	assert_int_equal(bodies_read, 0);
	actor_north(&actor)->store.ops = real_ops;
	actor_stop(&actor);
}

static void a_body_is_found_by_its_name_alone(void **state)
{
	struct actor actor;
	struct asked asked;
	struct desk_message message;
	struct record_message_id id = {.index = 1};
	char path[256], hex[HASH_HEX_LEN + 1];
	start(&actor, &asked, 2);
	for (int i = 0; i < 600; i++)
		world_say(&actor.world, 0, "a body");
	id.desk = actor.world.desks[0].testing.card.name;
	for (id.index = 1; id.index <= 600; id.index += 200) {
		assert_int_equal(
		    desk_message_read(actor_north(&actor), 0, &id, &message, NULL),
		    STATUS_OK);
		hash_hex(&message.envelope->body.id, hex);
		snprintf(path, sizeof path, "/blob/%s/%s", actor.north_hash, hex);
		assert_int_equal(actor_get(&actor, 0, path), 200);
		struct hash got = sha256(buf_view(&actor.world.reply.body));
		char got_hex[HASH_HEX_LEN + 1];
		hash_hex(&got, got_hex);
		assert_string_equal(got_hex, hex);
	}
	actor_stop(&actor);
}

static bool serve_two_hundred(void *context, const struct world_call *call,
                              struct world_reply *ret_reply)
{
	ret_reply->status = 404;
	(void)actor_serve(context, 200, call, ret_reply);
	return true;
}

static void bodies_that_are_pulled_are_matched_in_one_pass(void **state)
{
	struct actor actor;
	struct asked asked;
	start(&actor, &asked, 2);
	for (uint8_t i = 1; i < 200; i++) {
		CLEANUP_BUF struct buf blob = BUF_INIT(64);
		actor_blob(&blob, i, 30);
		actor_add_text(&actor, buf_view(&blob), 30);
	}
	actor.world.script = serve_two_hundred;
	actor.world.script_context = &actor;
	count_reads(&actor);
	world_pass(&actor.world, 120 * 1000);
	assert_int_equal(actor_log_info(&actor, 0, 1).cosigned_size, 200);
	assert_true(entries_read < 2000);
	actor_north(&actor)->store.ops = real_ops;
	actor_stop(&actor);
}

/* Serves a checkpoint that south signed, and tiles that it did not. */
static bool serve_nonsense(void *context, const struct world_call *call,
                           struct world_reply *ret_reply)
{
	struct holder *holder = context;
	ret_reply->status = 404;
	if (!actor_serve(holder->actor, 200, call, ret_reply) ||
	    !strstr(call->path, "/tile/0/"))
		return true;
	ret_reply->body.data[0] ^= 1;
	holder->tiles++;
	return true;
}

static void tiles_that_fit_nothing_are_not_fetched_every_minute(void **state)
{
	struct actor actor;
	struct asked asked;
	start(&actor, &asked, 2);
	for (int i = 1; i < 200; i++)
		actor_add_plain(&actor);
	struct holder holder = {.actor = &actor};
	actor.world.script = serve_nonsense;
	actor.world.script_context = &holder;
	world_pass(&actor.world, 60 * 60 * 1000);
	assert_in_range(holder.tiles, 30, 70); /* once a minute, and one whole history */
	actor_stop(&actor);
}

static void add_ack(struct actor *actor, uint64_t of, const char *json)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(1024);
	uint8_t salt[RECORD_SALT_LEN];
	random_bytes(salt, sizeof salt);
	record_blob_append(&blob, salt, view_of_string(json));
	struct record_envelope envelope = {
	    .kind = "ack",
	    .sent_s = actor->world.now_ms / 1000,
	    .has_re = true,
	    .re = {.desk = actor->world.desks[0].testing.card.name, .index = of},
	    .has_body = true,
	    .body = {.id = sha256(buf_view(&blob)), .size = blob.len - RECORD_SALT_LEN}};
	actor_add_envelope(actor, &envelope);
	assert_int_equal(actor_blobs(actor, 0, buf_view(&blob)), 200);
}

static enum desk_delivery delivery_of(struct actor *actor, uint64_t index)
{
	enum desk_delivery delivery;
	int64_t receipt_s;
	assert_int_equal(desk_delivery_of(actor_north(actor), 0, index, "south.example",
	                                  &delivery, &receipt_s, NULL),
	                 STATUS_OK);
	return delivery;
}

/* South's receipt for all of north's log. */
static void give_receipt(struct actor *actor)
{
	CLEANUP_BUF struct buf note = BUF_INIT(4096), body = BUF_INIT(8192);
	char path[256];
	struct tlog_note parsed;
	snprintf(path, sizeof path, "/log/%s/checkpoint", actor->north_hash);
	assert_int_equal(actor_get(actor, 0, path), 200);
	buf_append_view(&note, buf_view(&actor->world.reply.body));
	CLEANUP_BUF struct buf copy = BUF_INIT(4096);
	buf_append_view(&copy, buf_view(&note));
	assert_int_equal(tlog_note_parse(buf_view(&copy), &parsed, NULL), STATUS_OK);
	tlog_cosignature_sign(&note, &actor->mirror_key, actor->mirror_secret,
	                      (uint64_t)actor->world.now_ms / 1000, parsed.text);
	struct tlog_add_checkpoint add = {.note = buf_view(&note)};
	tlog_add_checkpoint_append(&body, &add);
	assert_int_equal(actor_post(actor, 0, "/add-checkpoint", buf_view(&body)), 200);
}

static void a_thousand_acknowledgements_of_one_message_are_one(void **state)
{
	struct actor actor;
	struct asked asked;
	start(&actor, &asked, 2);
	uint64_t index = world_say(&actor.world, 0, "read me");
	give_receipt(&actor);
	assert_int_equal(delivery_of(&actor, index), DESK_STORED);
	for (int i = 0; i < 999; i++)
		add_ack(&actor, index, "{\"understood\":false}");
	add_ack(&actor, index, "{\"understood\":true}");
	add_ack(&actor, index + 1000000, "{\"understood\":true}"); /* of nothing */
	actor_push(&actor, 0, 0);
	assert_int_equal(delivery_of(&actor, index), DESK_UNDERSTOOD);
	count_reads(&actor);
	for (int i = 0; i < 100; i++)
		assert_int_equal(delivery_of(&actor, index), DESK_UNDERSTOOD);
	assert_true(entries_read <= 200);
	actor_north(&actor)->store.ops = real_ops;
	actor_stop(&actor);
}

static size_t count_receipts(struct actor *actor)
{
	struct record_message_id id = {.desk = actor->world.desks[0].testing.card.name};
	uint64_t size = actor_log_info(actor, 0, 0).signed_size;
	size_t count = 0;
	for (id.index = 0; id.index < size; id.index++) {
		struct desk_message message;
		assert_int_equal(
		    desk_message_read(actor_north(actor), 0, &id, &message, NULL),
		    STATUS_OK);
		count += strcmp(message.envelope->kind, "receipt") == 0;
	}
	return count;
}

static void a_member_that_never_came_does_not_slow_the_start(void **state)
{
	static const char answered[] =
	    "{\"duties\":[{\"on\":\"text\",\"owe\":[\"ack\"],\"within\":\"PT24H\"}]}";
	struct actor actor;
	struct asked asked = {0};
	actor_start(&actor, 3, answered);
	actor.world.script = count_calls;
	actor.world.script_context = &asked;
	world_pass(&actor.world, 70 * 1000);
	for (int i = 0; i < 1500; i++)
		world_say(&actor.world, 0, "please answer");
	world_pass(&actor.world, 60 * 1000);
	assert_int_equal(count_receipts(&actor), 1500); /* of west */
	world_stop(&actor.world, 0);
	real_ops = actor.world.desks[0].store.ops;
	counting = *real_ops;
	counting.read_entries = counting_entries;
	entries_read = 0;
	actor.world.desks[0].store.ops = &counting;
	world_start(&actor.world, 0);
	assert_true(entries_read < 1000);
	actor.world.desks[0].store.ops = real_ops;
	actor_north(&actor)->store.ops = real_ops;
	/* and when it comes after all, its receipts are recorded */
	struct desk_channel_info info;
	bool is_open = false;
	desk_channel(actor_north(&actor), 0, &info);
	actor.world.script = NULL;
	world_start(&actor.world, 1);
	struct desk *south = actor.world.desks[1].desk;
	desk_turn_begin(south, actor.world.now_ms);
	assert_int_equal(desk_join(south, info.charter_note, &is_open, NULL, NULL),
	                 STATUS_OK);
	assert_int_equal(desk_turn_end(south, NULL), STATUS_OK);
	world_pass(&actor.world, 300 * 1000);
	assert_int_equal(count_receipts(&actor), 3000);
	assert_true(world_agrees(&actor.world));
	actor_stop(&actor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(claims_of_one_member_leave_room_for_those_of_others),
	    cmocka_unit_test(false_claims_are_asked_about_one_at_a_time),
	    cmocka_unit_test(claims_that_fall_cost_no_comparison),
	    cmocka_unit_test(checks_dated_ahead_hide_no_silence),
	    cmocka_unit_test(one_missing_body_does_not_make_the_whole_log_be_read),
	    cmocka_unit_test(a_blob_that_is_not_there_is_not_sought_in_the_bodies),
	    cmocka_unit_test(a_body_is_found_by_its_name_alone),
	    cmocka_unit_test(bodies_that_are_pulled_are_matched_in_one_pass),
	    cmocka_unit_test(tiles_that_fit_nothing_are_not_fetched_every_minute),
	    cmocka_unit_test(a_thousand_acknowledgements_of_one_message_are_one),
	    cmocka_unit_test(a_member_that_never_came_does_not_slow_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
