/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the signer signs and what it refuses, over a guard in memory or on disk and a
 * clock that the test turns.
 */
#include "signer/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "signer/signer_testing.h"
#include "tlog/cosignature.h"

#define CHANNEL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OWN "north.example/" CHANNEL
#define PEER "south.example/" CHANNEL

enum { LEAVES = 40, LEVELS = 6 };
static const int64_t start_s = 1800000000;

struct fake_clock {
	int64_t now_ms, monotonic_ms;
};

static int64_t fake_now(void *clock)
{
	return ((struct fake_clock *)clock)->now_ms;
}

static int64_t fake_monotonic(void *clock)
{
	return ((struct fake_clock *)clock)->monotonic_ms;
}

/* A log whose nodes are all kept; `salt` makes another one. */
struct fake_log {
	struct hash nodes[LEVELS + 1][LEAVES];
	struct hash roots[LEAVES + 1];
};

static void keep_node(void *context, unsigned level, uint64_t index,
                      const struct hash *node)
{
	struct fake_log *log = context;

	if (level <= LEVELS)
		log->nodes[level][index] = *node;
}

static enum status read_node(void *context, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	struct fake_log *log = context;

	assert_true(level <= LEVELS && index < LEAVES);
	*ret_node = log->nodes[level][index];
	return STATUS_OK;
}

static void fill_log(struct fake_log *log, uint8_t salt)
{
	struct tlog_tree tree;

	tlog_tree_init(&tree);
	log->roots[0] = tlog_tree_root(&tree);
	for (uint8_t i = 0; i < LEAVES; i++) {
		uint8_t entry[2] = {salt, i};
		struct hash leaf = tlog_leaf_hash(view_of(entry, sizeof entry));

		tlog_tree_append(&tree, &leaf, keep_node, log);
		log->roots[i + 1] = tlog_tree_root(&tree);
	}
}

struct world {
	struct fake_log log, other; /* two histories of the same origin */
	struct fake_clock clock;
	struct ed25519_public keys[3];
	struct signer_core *core;
	char folder[256], guard_path[300];
};

static struct ed25519_secret *secret_of(uint8_t first, struct ed25519_public *ret_public)
{
	struct ed25519_seed seed = {{first}};
	struct ed25519_secret *secret = NULL;
	struct error err;

	assert_int_equal(ed25519_secret_new(&seed, &secret, &err), STATUS_OK);
	*ret_public = ed25519_secret_public(secret);
	return secret;
}

static void start_signer(struct world *world, bool has_witness)
{
	struct signer_config config = {
	    .desk = "north.example",
	    .now_ms = fake_now,
	    .monotonic_ms = fake_monotonic,
	    .clock = &world->clock,
	    .jump_limit_ms = 300000,
	};
	struct guard_file file;
	struct error err;

	config.log = secret_of(1, &world->keys[SIGNER_LOG]);
	config.mirror = secret_of(2, &world->keys[SIGNER_MIRROR]);
	config.has_box = has_witness;
	memset(config.box.bytes, 4, sizeof config.box.bytes);
	if (has_witness)
		config.witness = secret_of(3, &world->keys[SIGNER_WITNESS]);
	assert_int_equal(guard_file_open(world->guard_path, &file, &err), STATUS_OK);
	assert_int_equal(guard_open(file, &config.guard, &err), STATUS_OK);
	assert_int_equal(signer_core_new(&config, &world->core, &err), STATUS_OK);
}

static void restart_signer(struct world *world)
{
	signer_core_free(world->core);
	start_signer(world, true);
}

static int setup(void **state)
{
	struct world *world = test_calloc(1, sizeof *world);

	fill_log(&world->log, 0);
	fill_log(&world->other, 1);
	world->clock = (struct fake_clock){start_s * 1000, 5000};
	assert_true(test_folder_make(world->folder));
	(void)snprintf(world->guard_path, sizeof world->guard_path, "%s/guard",
	               world->folder);
	start_signer(world, true);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	signer_core_free(world->core);
	(void)unlink(world->guard_path);
	(void)rmdir(world->folder);
	test_free(world);
	return 0;
}

/* ---- asking */

static struct signer_item item_of(enum signer_kind kind, const char *origin,
                                  struct fake_log *log, uint64_t old_size, uint64_t size)
{
	struct signer_item item = {.kind = kind, .size = size, .root = log->roots[size]};
	struct error err;

	(void)snprintf(item.origin, sizeof item.origin, "%s", origin);
	item.time_s = kind == SIGNER_LOG ? 0 : start_s;
	if (old_size < size)
		assert_int_equal(tlog_proof_consistency(old_size, size, read_node, log,
		                                        &item.proof, &err),
		                 STATUS_OK);
	return item;
}

static enum status sign(struct world *world, struct signer_item *item)
{
	struct error err;

	item->status = STATUS_BUG;
	assert_int_equal(signer_core_ops.sign(world->core, item, 1, &err), STATUS_OK);
	return item->status;
}

/* Signs and checks the signature against a text made here. */
static void sign_well(struct world *world, struct signer_item *item)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1024);
	CLEANUP_BUF struct buf message = BUF_INIT(1024);
	struct tlog_checkpoint checkpoint = {.size = item->size, .root = item->root};

	assert_int_equal(sign(world, item), STATUS_OK);
	memcpy(checkpoint.origin, item->origin, sizeof checkpoint.origin);
	tlog_checkpoint_append(&text, &checkpoint);
	if (item->kind != SIGNER_LOG)
		buf_printf(&message, "cosignature/v1\ntime %lld\n",
		           (long long)item->time_s);
	buf_append_view(&message, buf_view(&text));
	assert_true(ed25519_verify(&world->keys[item->kind], buf_view(&message),
	                           &item->signature));
}

static enum status ask(struct world *world, enum signer_kind kind, const char *origin,
                       uint64_t old_size, uint64_t size)
{
	struct signer_item item = item_of(kind, origin, &world->log, old_size, size);

	return sign(world, &item);
}

static struct signer_guard guard_of(struct world *world, enum signer_kind kind,
                                    const char *origin)
{
	struct signer_guard guard;
	struct error err;

	assert_int_equal(signer_core_ops.guard(world->core, kind, origin, &guard, &err),
	                 STATUS_OK);
	return guard;
}

/* ---- tests */

static void it_signs_its_own_checkpoints_as_they_grow(void **state)
{
	struct world *world = *state;
	struct signer_item item;

	for (uint64_t size = 1; size <= LEAVES; size++) {
		item = item_of(SIGNER_LOG, OWN, &world->log, size - 1, size);
		sign_well(world, &item);
		assert_int_equal(guard_of(world, SIGNER_LOG, OWN).size, size);
	}
}

static void an_empty_log_can_be_signed_and_then_grows(void **state)
{
	struct world *world = *state;
	struct signer_item item = item_of(SIGNER_LOG, OWN, &world->log, 0, 0);

	sign_well(world, &item);
	assert_true(guard_of(world, SIGNER_LOG, OWN).is_known);
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 7), STATUS_OK);
	item.root = world->log.roots[1];
	assert_int_equal(sign(world, &item), STATUS_MALFORMED);
}

static void it_cosigns_with_the_time_asked_for(void **state)
{
	struct world *world = *state;
	struct signer_item mirror = item_of(SIGNER_MIRROR, PEER, &world->log, 0, 9);
	struct signer_item witness =
	    item_of(SIGNER_WITNESS, "log.example/any", &world->log, 0, 9);

	sign_well(world, &mirror);
	assert_int_equal(mirror.time_s, start_s);
	sign_well(world, &witness);
}

static void another_root_at_the_same_size_is_a_conflict(void **state)
{
	struct world *world = *state;
	struct signer_item item;

	for (int kind = SIGNER_LOG; kind <= SIGNER_MIRROR; kind++) {
		const char *origin = kind == SIGNER_LOG ? OWN : PEER;

		assert_int_equal(ask(world, kind, origin, 0, 9), STATUS_OK);
		item = item_of(kind, origin, &world->other, 9, 9);
		assert_int_equal(sign(world, &item), STATUS_CONFLICT);
	}
}

static void a_smaller_tree_is_a_conflict(void **state)
{
	struct world *world = *state;

	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_OK);
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 8), STATUS_CONFLICT);
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 0), STATUS_CONFLICT);
	assert_int_equal(guard_of(world, SIGNER_LOG, OWN).size, 9);
}

static void a_tree_that_does_not_extend_the_guard_is_refused(void **state)
{
	struct world *world = *state;
	struct signer_item item;

	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_OK);
	item = item_of(SIGNER_LOG, OWN, &world->other, 9, 20);
	assert_int_equal(sign(world, &item), STATUS_UNTRUSTED);
	item = item_of(SIGNER_LOG, OWN, &world->log, 9, 20);
	item.proof.count = 0;
	assert_int_equal(sign(world, &item), STATUS_UNTRUSTED);
	item = item_of(SIGNER_LOG, OWN, &world->log, 9, 20);
	item.proof.hashes[1].bytes[7] ^= 1;
	assert_int_equal(sign(world, &item), STATUS_UNTRUSTED);
	item = item_of(SIGNER_LOG, OWN, &world->log, 8, 20);
	assert_int_equal(sign(world, &item), STATUS_UNTRUSTED);
	assert_int_equal(guard_of(world, SIGNER_LOG, OWN).size, 9);
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 9, 20), STATUS_OK);
}

static void origins_that_a_key_is_not_for_are_refused(void **state)
{
	static const char *const foreign[] = {PEER,
	                                      "north.example",
	                                      "north.example/",
	                                      "north.example/short",
	                                      "north.examples/" CHANNEL,
	                                      "xnorth.example/" CHANNEL,
	                                      ""};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		assert_int_equal(ask(world, SIGNER_LOG, foreign[i], 0, 3),
		                 STATUS_MALFORMED);
	assert_int_equal(ask(world, SIGNER_MIRROR, OWN, 0, 3), STATUS_MALFORMED);
	assert_int_equal(ask(world, SIGNER_MIRROR, OWN "/2", 0, 3), STATUS_MALFORMED);
	assert_int_equal(ask(world, SIGNER_WITNESS, "two\nlines", 0, 3),
	                 STATUS_MALFORMED);
	assert_int_equal(ask(world, SIGNER_LOG, OWN "/2", 0, 3), STATUS_OK);
}

static void an_origin_without_end_and_wild_numbers_are_refused(void **state)
{
	struct world *world = *state;
	struct signer_item good = item_of(SIGNER_MIRROR, PEER, &world->log, 0, 3);
	struct signer_item item = good;

	memset(item.origin, 'a', sizeof item.origin);
	assert_int_equal(sign(world, &item), STATUS_MALFORMED);
	item = good;
	item.kind = (enum signer_kind)3;
	assert_int_equal(sign(world, &item), STATUS_MALFORMED);
	item = good;
	item.size = UINT64_C(1) << 63;
	assert_int_equal(sign(world, &item), STATUS_MALFORMED);
	item = good;
	item.proof.count = TLOG_PROOF_MAX + 1;
	assert_int_equal(sign(world, &item), STATUS_MALFORMED);
	item = good;
	item.time_s = -1;
	assert_int_equal(sign(world, &item), STATUS_MALFORMED);
	item = good;
	item.time_s = INT64_MAX;
	assert_int_equal(sign(world, &item), STATUS_AGAIN);
}

static void the_same_question_gives_the_same_bytes_also_after_a_reopen(void **state)
{
	struct world *world = *state;
	struct signer_item log = item_of(SIGNER_LOG, OWN, &world->log, 0, 9);
	struct signer_item mirror = item_of(SIGNER_MIRROR, PEER, &world->log, 0, 9);
	struct signer_item again_log = log, again_mirror = mirror;

	sign_well(world, &log);
	sign_well(world, &mirror);
	for (int i = 0; i < 2; i++) {
		again_mirror.time_s = 0;
		sign_well(world, &again_log);
		sign_well(world, &again_mirror);
		assert_int_equal(again_mirror.time_s, mirror.time_s);
		assert_memory_equal(again_log.signature.bytes, log.signature.bytes, 64);
		assert_memory_equal(again_mirror.signature.bytes, mirror.signature.bytes,
		                    64);
		world->clock.now_ms += 10000000;
		restart_signer(world);
	}
}

static void time_0_is_only_for_what_the_guard_holds(void **state)
{
	struct world *world = *state;
	struct signer_item item = item_of(SIGNER_MIRROR, PEER, &world->log, 0, 9);

	item.time_s = 0;
	assert_int_equal(sign(world, &item), STATUS_NOT_FOUND);
	assert_int_equal(ask(world, SIGNER_MIRROR, PEER, 0, 5), STATUS_OK);
	item = item_of(SIGNER_MIRROR, PEER, &world->log, 5, 9);
	item.time_s = 0;
	assert_int_equal(sign(world, &item), STATUS_NOT_FOUND);
	assert_int_equal(guard_of(world, SIGNER_MIRROR, PEER).size, 5);
}

static void a_cosignatures_time_never_falls(void **state)
{
	struct world *world = *state;
	struct signer_item item = item_of(SIGNER_MIRROR, PEER, &world->log, 0, 9);

	item.time_s = start_s + 100;
	sign_well(world, &item);
	item.time_s = start_s + 50;
	sign_well(world, &item);
	assert_int_equal(item.time_s, start_s + 100);
	item = item_of(SIGNER_MIRROR, PEER, &world->log, 9, 12);
	item.time_s = start_s - 50;
	sign_well(world, &item);
	assert_int_equal(item.time_s, start_s + 100);
	item.time_s = start_s + 200;
	sign_well(world, &item);
	assert_int_equal(guard_of(world, SIGNER_MIRROR, PEER).time_s, start_s + 200);
}

static void a_time_far_from_its_own_clock_waits_for_an_operator(void **state)
{
	struct world *world = *state;
	struct signer_item item = item_of(SIGNER_MIRROR, PEER, &world->log, 0, 9);

	item.time_s = start_s + 301;
	assert_int_equal(sign(world, &item), STATUS_AGAIN);
	item.time_s = start_s - 301;
	assert_int_equal(sign(world, &item), STATUS_AGAIN);
	assert_false(guard_of(world, SIGNER_MIRROR, PEER).is_known);
	item.time_s = start_s + 300;
	assert_int_equal(sign(world, &item), STATUS_OK);
	/* The guard's time lies ahead of a clock that was put back: also not signed. */
	world->clock.now_ms -= 200000;
	item.time_s = start_s - 200;
	assert_int_equal(sign(world, &item), STATUS_AGAIN);
}

static void a_clock_that_jumps_stops_everything_until_the_operators_word(void **state)
{
	struct world *world = *state;

	for (int direction = -1; direction <= 1; direction += 2) {
		world->clock.now_ms += direction * 300001;
		assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_AGAIN);
		world->clock.now_ms -= direction * 300001;
		assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_AGAIN);
		assert_int_equal(ask(world, SIGNER_MIRROR, PEER, 0, 9), STATUS_AGAIN);
		signer_core_accept_clock(world->core);
		assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_OK);
	}
	world->clock.now_ms += 86400000;
	world->clock.monotonic_ms += 86400000;
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_OK);
}

static void accepting_takes_the_new_clock_as_right(void **state)
{
	struct world *world = *state;

	world->clock.now_ms += 3600000;
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_AGAIN);
	signer_core_accept_clock(world->core);
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_OK);
}

static void a_batch_is_judged_item_by_item(void **state)
{
	struct world *world = *state;
	struct signer_item items[] = {
	    item_of(SIGNER_LOG, OWN, &world->log, 0, 4),
	    item_of(SIGNER_LOG, OWN, &world->other, 4, 6),
	    item_of(SIGNER_LOG, OWN, &world->log, 4, 8),
	    item_of(SIGNER_MIRROR, PEER, &world->log, 0, 2),
	};
	struct error err;

	assert_int_equal(signer_core_ops.sign(world->core, items, 4, &err), STATUS_OK);
	assert_int_equal(items[0].status, STATUS_OK);
	assert_int_equal(items[1].status, STATUS_UNTRUSTED);
	assert_int_equal(items[2].status, STATUS_OK);
	assert_int_equal(items[3].status, STATUS_OK);
	restart_signer(world);
	assert_int_equal(guard_of(world, SIGNER_LOG, OWN).size, 8);
	assert_int_equal(guard_of(world, SIGNER_MIRROR, PEER).size, 2);
}

static void without_a_witness_key_it_is_no_witness(void **state)
{
	struct world *world = *state;

	signer_core_free(world->core);
	start_signer(world, false);
	assert_int_equal(ask(world, SIGNER_WITNESS, "log.example/x", 0, 3),
	                 STATUS_NOT_FOUND);
}

static void without_a_guard_it_remembers_as_long_as_it_lives(void **state)
{
	struct world *world = *state;
	struct signer_config config = {.desk = "north.example",
	                               .now_ms = fake_now,
	                               .monotonic_ms = fake_monotonic,
	                               .clock = &world->clock,
	                               .jump_limit_ms = 1000};
	struct error err;

	signer_core_free(world->core);
	world->core = NULL;
	config.log = secret_of(1, &world->keys[SIGNER_LOG]);
	config.mirror = secret_of(2, &world->keys[SIGNER_MIRROR]);
	assert_int_equal(signer_core_new(&config, &world->core, &err), STATUS_OK);
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 9), STATUS_OK);
	assert_int_equal(ask(world, SIGNER_LOG, OWN, 0, 8), STATUS_CONFLICT);
	assert_int_equal(signer_core_sync(world->core, &err), STATUS_OK);
}

static void a_name_that_is_none_is_refused(void **state)
{
	struct world *world = *state;
	struct signer_config config = {.desk = "North",
	                               .now_ms = fake_now,
	                               .monotonic_ms = fake_monotonic,
	                               .clock = &world->clock};
	struct signer_core *core = NULL;
	struct ed25519_public key;
	struct error err;

	config.log = secret_of(1, &key);
	config.mirror = secret_of(2, &key);
	assert_int_equal(signer_core_new(&config, &core, &err), STATUS_MALFORMED);
}

/* A guard whose file fails at every write. */
static enum status no_read(void *self, uint64_t offset, void *ret_bytes, size_t len,
                           size_t *ret_len, struct error *err)
{
	*ret_len = 0;
	return STATUS_OK;
}

static enum status write_header_only(void *self, uint64_t offset, const void *bytes,
                                     size_t len, struct error *err)
{
	return offset == 0 ? STATUS_OK : error_set(err, STATUS_SYSTEM, "disk full");
}

static enum status no_sync(void *self, struct error *err)
{
	return STATUS_OK;
}

static void no_close(void *self)
{
}

static void what_the_guard_can_not_keep_is_not_signed(void **state)
{
	static const struct guard_file_ops ops = {no_read, write_header_only, no_sync,
	                                          no_close};
	struct world *world = *state;
	struct signer_config config = {.desk = "north.example",
	                               .now_ms = fake_now,
	                               .monotonic_ms = fake_monotonic,
	                               .clock = &world->clock};
	struct signer_item item = item_of(SIGNER_LOG, OWN, &world->log, 0, 9);
	struct ed25519_signature zero = {0};
	struct error err;

	signer_core_free(world->core);
	world->core = NULL;
	config.log = secret_of(1, &world->keys[SIGNER_LOG]);
	config.mirror = secret_of(2, &world->keys[SIGNER_MIRROR]);
	assert_int_equal(guard_open((struct guard_file){&ops, NULL}, &config.guard, &err),
	                 STATUS_OK);
	assert_int_equal(signer_core_new(&config, &world->core, &err), STATUS_OK);
	assert_int_equal(signer_core_ops.sign(world->core, &item, 1, &err),
	                 STATUS_SYSTEM);
	assert_memory_equal(item.signature.bytes, zero.bytes, 64);
}

static void it_opens_what_is_sealed_to_its_box_key(void **state)
{
	struct world *world = *state;
	struct ed25519_seed own = {{0}}, other = {{9}};
	struct x25519_public reader;
	struct box_sealed_key sealed;
	struct box_key key, opened;
	struct error err;

	memset(own.bytes, 4, sizeof own.bytes);
	reader = x25519_public_of(&own);
	box_key_new(&key);
	assert_int_equal(box_key_seal(&key, &reader, &sealed, &err), STATUS_OK);
	assert_int_equal(signer_core_ops.open_box(world->core, &sealed, &opened, &err),
	                 STATUS_OK);
	assert_memory_equal(key.bytes, opened.bytes, sizeof key.bytes);
	reader = x25519_public_of(&other);
	assert_int_equal(box_key_seal(&key, &reader, &sealed, &err), STATUS_OK);
	assert_int_equal(signer_core_ops.open_box(world->core, &sealed, &opened, &err),
	                 STATUS_UNTRUSTED);
	signer_core_free(world->core);
	start_signer(world, false);
	assert_int_equal(signer_core_ops.open_box(world->core, &sealed, &opened, &err),
	                 STATUS_NOT_FOUND);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_WORLD(it_signs_its_own_checkpoints_as_they_grow),
	    WITH_WORLD(an_empty_log_can_be_signed_and_then_grows),
	    WITH_WORLD(it_cosigns_with_the_time_asked_for),
	    WITH_WORLD(another_root_at_the_same_size_is_a_conflict),
	    WITH_WORLD(a_smaller_tree_is_a_conflict),
	    WITH_WORLD(a_tree_that_does_not_extend_the_guard_is_refused),
	    WITH_WORLD(origins_that_a_key_is_not_for_are_refused),
	    WITH_WORLD(an_origin_without_end_and_wild_numbers_are_refused),
	    WITH_WORLD(the_same_question_gives_the_same_bytes_also_after_a_reopen),
	    WITH_WORLD(time_0_is_only_for_what_the_guard_holds),
	    WITH_WORLD(a_cosignatures_time_never_falls),
	    WITH_WORLD(a_time_far_from_its_own_clock_waits_for_an_operator),
	    WITH_WORLD(a_clock_that_jumps_stops_everything_until_the_operators_word),
	    WITH_WORLD(accepting_takes_the_new_clock_as_right),
	    WITH_WORLD(a_batch_is_judged_item_by_item),
	    WITH_WORLD(without_a_witness_key_it_is_no_witness),
	    WITH_WORLD(without_a_guard_it_remembers_as_long_as_it_lives),
	    WITH_WORLD(a_name_that_is_none_is_refused),
	    WITH_WORLD(it_opens_what_is_sealed_to_its_box_key),
	    WITH_WORLD(what_the_guard_can_not_keep_is_not_signed),
	};
	struct error err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
