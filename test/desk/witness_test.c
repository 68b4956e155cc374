/* SPDX-License-Identifier: Apache-2.0 */
/* The witness role against c2sp.org/tlog-witness: status codes in order, size 0, repeats,
 * races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "desk/state.h"
#include "store/memory.h"
#include "tlog/cosignature.h"
#include "tlog/tlog_testing.h"
#include "tlog/wire.h"
#include "world.h"

static const char origin[] = "log.example/tree";

/* A log of its own making and the desk that witnesses it. */
struct fixture {
	struct world world;
	struct test_tree tree;
	struct ed25519_secret *secret;
	struct tlog_vkey key, witness_key;
	struct buf logs;
};

static void start(struct fixture *f, const char *more_logs)
{
	struct ed25519_seed seed = {{7}};
	*f = (struct fixture){.logs = BUF_INIT(4096)};
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	assert_int_equal(ed25519_secret_new(&seed, &f->secret, NULL), STATUS_OK);
	struct ed25519_public public_key = ed25519_secret_public(f->secret);
	assert_int_equal(record_log_vkey(origin, &public_key, &f->key, NULL), STATUS_OK);
	tlog_vkey_append(&f->logs, &f->key);
	buf_append_string(&f->logs, "\n");
	buf_append_string(&f->logs, more_logs);
	world_init_bare(&f->world, 1);
	world_stop(&f->world, 0);
	f->world.desks[0].witness_logs = buf_view(&f->logs);
	world_start(&f->world, 0);
	const struct record_card *card = &f->world.desks[0].testing.card;
	assert_int_equal(record_vkey(card->name.text, "witness",
	                             &card->keys[RECORD_ROLE_WITNESS], &f->witness_key,
	                             NULL),
	                 STATUS_OK);
	test_tree_fill(&f->tree, 8);
}

static void stop(struct fixture *f)
{
	world_release(&f->world);
	test_tree_release(&f->tree);
	ed25519_secret_free(f->secret);
	buf_release(&f->logs);
}

static int post(struct fixture *f, const char *body)
{
	return world_request(&f->world, 0, NULL, DESK_POST, "/add-checkpoint",
	                     view_of_string(body));
}

static struct hash root_of(struct fixture *f, uint64_t size)
{
	struct hash root = tlog_empty_root();
	if (size > 0)
		assert_int_equal(
		    tlog_subtree_root(0, size, test_tree_read, &f->tree, &root, NULL),
		    STATUS_OK);
	return root;
}

/* The body of an add-checkpoint for a size of the fixture's tree. */
static struct buf body_of(struct fixture *f, uint64_t old_size, uint64_t proof_from,
                          uint64_t size, const struct hash *root)
{
	struct tlog_checkpoint checkpoint = {.size = size,
	                                     .root = root ? *root : root_of(f, size)};
	struct tlog_add_checkpoint add = {.old_size = old_size};
	CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(4096);
	struct buf body = BUF_INIT(1 << 16);
	strcpy(checkpoint.origin, origin);
	tlog_checkpoint_append(&text, &checkpoint);
	tlog_note_sign(&note, buf_view(&text), &f->key, f->secret);
	add.note = buf_view(&note);
	if (proof_from > 0 && proof_from < size)
		assert_int_equal(tlog_proof_consistency(proof_from, size, test_tree_read,
		                                        &f->tree, &add.proof, NULL),
		                 STATUS_OK);
	tlog_add_checkpoint_append(&body, &add);
	return body;
}

static int submit(struct fixture *f, uint64_t old_size, uint64_t proof_from,
                  uint64_t size, const struct hash *root)
{
	CLEANUP_BUF struct buf body = body_of(f, old_size, proof_from, size, root);
	return world_request(&f->world, 0, NULL, DESK_POST, "/add-checkpoint",
	                     buf_view(&body));
}

static uint64_t time_of_reply(struct fixture *f, uint64_t size)
{
	struct tlog_checkpoint checkpoint = {.size = size, .root = root_of(f, size)};
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	uint64_t time_s = 0;
	strcpy(checkpoint.origin, origin);
	tlog_checkpoint_append(&text, &checkpoint);
	assert_int_equal(tlog_cosignature_verify_line(buf_view(&text),
	                                              buf_view(&f->world.reply.body),
	                                              &f->witness_key, &time_s, NULL),
	                 STATUS_OK);
	return time_s;
}

static void a_growing_log_is_cosigned(void **state)
{
	struct fixture f;
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 1, NULL), 200);
	assert_int_equal(time_of_reply(&f, 1), f.world.now_ms / 1000);
	assert_int_equal(submit(&f, 1, 1, 3, NULL), 200);
	(void)time_of_reply(&f, 3);
	assert_int_equal(submit(&f, 1, 1, 5, NULL), 409);
	assert_string_equal(f.world.reply.type, TLOG_TYPE_SIZE);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "3\n"));
	assert_int_equal(submit(&f, 3, 3, 5, NULL), 200);
	assert_int_equal(submit(&f, 0, 0, 5, NULL), 409);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "5\n"));
	stop(&f);
}

static void proofs_that_do_not_hold_are_final(void **state)
{
	struct fixture f;
	struct hash other = {{9}};
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 1, NULL), 200);
	assert_int_equal(submit(&f, 1, 0, 3, NULL), 422); /* no proof */
	assert_int_equal(submit(&f, 1, 2, 3, NULL), 422); /* a proof of something else */
	assert_int_equal(submit(&f, 1, 1, 3, &other), 422);
	assert_int_equal(submit(&f, 1, 1, 3, NULL), 200);
	assert_int_equal(submit(&f, 3, 0, 3, &other),
	                 422); /* the same size, another root */
	assert_int_equal(submit(&f, 4, 0, 3, NULL), 400); /* old above the size */
	stop(&f);
}

static void the_same_again_gets_a_fresh_time(void **state)
{
	struct fixture f;
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 5, NULL), 200);
	uint64_t first = time_of_reply(&f, 5);
	f.world.now_ms += 60000;
	assert_int_equal(submit(&f, 5, 0, 5, NULL), 200);
	assert_int_equal(time_of_reply(&f, 5), first + 60);
	stop(&f);
}

static void an_empty_tree_has_one_root(void **state)
{
	struct fixture f;
	struct hash zeros = {{0}};
	start(&f, "");
	assert_int_equal(submit(&f, 5, 0, 5, NULL), 409);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "0\n"));
	assert_int_equal(submit(&f, 0, 0, 0, &zeros), 422);
	assert_int_equal(submit(&f, 0, 0, 0, NULL), 200);
	assert_int_equal(submit(&f, 0, 0, 0, &zeros), 422);
	assert_int_equal(submit(&f, 0, 1, 5, NULL),
	                 422); /* from nothing there is no proof */
	assert_int_equal(submit(&f, 0, 0, 5, NULL), 200);
	stop(&f);
}

static void requests_that_break_the_form_are_400(void **state)
{
	struct fixture f;
	start(&f, "");
	CLEANUP_BUF struct buf good = body_of(&f, 0, 0, 3, NULL);
	static const char *const olds[] = {
	    "old 007\n", "old +0\n", "old -1\n", "old 0\r\n", "odd 0\n", "old 0 \n", ""};
	for (size_t i = 0; i < sizeof olds / sizeof olds[0]; i++) {
		CLEANUP_BUF struct buf body = BUF_INIT(1 << 16);
		buf_append_string(&body, olds[i]);
		buf_append_view(&body, view_from(buf_view(&good), strlen("old 0\n")));
		buf_append_byte(&body, 0);
		assert_int_equal(post(&f, (const char *)body.data), 400);
	}
	CLEANUP_BUF struct buf many = BUF_INIT(1 << 16);
	buf_append_string(&many, "old 0\n");
	for (int i = 0; i < 64; i++)
		buf_append_string(&many,
		                  "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buf_append_view(&many, view_from(buf_view(&good), strlen("old 0\n")));
	buf_append_byte(&many, 0);
	assert_int_equal(post(&f, (const char *)many.data), 400);
	assert_int_equal(post(&f, "old 0\n\nno note"), 400);
	assert_int_equal(post(&f, "old 0\nAAAA\n\nlog.example/tree\n1\nAAAA\n\n"), 400);
	stop(&f);
}

static void signatures_decide_who_is_heard(void **state)
{
	struct fixture f;
	start(&f, "");
	CLEANUP_BUF struct buf body = body_of(&f, 0, 0, 3, NULL);
	buf_append_byte(&body, 0);
	char *text = (char *)body.data;
	/* another signer under the same name and key id: 403 */
	char *last = strrchr(text, ' ');
	last[20] = last[20] == 'A' ? 'B' : 'A';
	assert_int_equal(post(&f, text), 403);
	/* an origin that nobody named: 404 */
	CLEANUP_BUF struct buf other = body_of(&f, 0, 0, 3, NULL);
	other.data[7] = 'k';
	assert_int_equal(world_request(&f.world, 0, NULL, DESK_POST, "/add-checkpoint",
	                               buf_view(&other)),
	                 404);
	stop(&f);
}

/* A line under the witness's own name in the submitted note is not believed and not kept.
 */
static void a_forged_line_of_the_witness_does_no_harm(void **state)
{
	struct fixture f;
	start(&f, "");
	CLEANUP_BUF struct buf body = body_of(&f, 0, 0, 3, NULL);
	uint8_t junk[TLOG_COSIGNATURE_LEN] = {1};
	tlog_note_append_line(&body, &f.witness_key, view_of(junk, sizeof junk));
	assert_int_equal(world_request(&f.world, 0, NULL, DESK_POST, "/add-checkpoint",
	                               buf_view(&body)),
	                 200);
	char path[128];
	struct hash hash = sha256(view_of_string(origin));
	char hex[HASH_HEX_LEN + 1];
	hash_hex(&hash, hex);
	snprintf(path, sizeof path, "/%s/checkpoint", hex);
	assert_int_equal(world_request(&f.world, 0, NULL, DESK_GET, path, view_of("", 0)),
	                 200);
	struct tlog_note note;
	uint64_t time_s;
	assert_int_equal(tlog_note_parse(buf_view(&f.world.reply.body), &note, NULL),
	                 STATUS_OK);
	assert_int_equal(note.line_count, 2);
	assert_int_equal(tlog_cosignature_verify(&note, &f.witness_key, &time_s, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_note_verify(&note, &f.key, NULL), STATUS_OK);
	stop(&f);
}

/* Two in one turn: the first wins, the second is told where the log now stands. */
static void two_at_once_have_one_winner(void **state)
{
	struct fixture f;
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 1, NULL), 200);
	CLEANUP_BUF struct buf three = body_of(&f, 1, 1, 3, NULL),
	                       five = body_of(&f, 1, 1, 5, NULL);
	struct desk *desk = f.world.desks[0].desk;
	desk_turn_begin(desk, f.world.now_ms);
	desk_take_request(
	    desk, &(struct desk_request){.id = 1,
	                                 .is_witness = true,
	                                 .method = DESK_POST,
	                                 .path = view_of_string("/add-checkpoint"),
	                                 .body = buf_view(&three)});
	desk_take_request(
	    desk, &(struct desk_request){.id = 2,
	                                 .is_witness = true,
	                                 .method = DESK_POST,
	                                 .path = view_of_string("/add-checkpoint"),
	                                 .body = buf_view(&five)});
	assert_int_equal(desk_turn_end(desk, NULL), STATUS_OK);
	assert_int_equal(f.world.reply.status, 409); /* of the second, let out last */
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "3\n"));
	stop(&f);
}

static void what_was_cosigned_survives_a_crash(void **state)
{
	struct fixture f;
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 3, NULL), 200);
	world_crash(&f.world, 0);
	assert_int_equal(submit(&f, 0, 0, 1, NULL), 409);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "3\n"));
	assert_int_equal(submit(&f, 3, 3, 5, NULL), 200);
	stop(&f);
}

/* The conversation of another implementation's test, with the codes of today's text. Its
 * second request carries a signature that is not canonical base64, which is refused as
 * such: 400. */
static void a_foreign_conversation(void **state)
{
	static const int codes[] = {200, 400, 404, 422, 422, 200,
	                            409, 200, 409, 400, 400};
	CLEANUP_BUF struct buf file = test_load_foreign("litewitness.txt");
	struct ed25519_public key;
	struct tlog_vkey vkey;
	struct fixture f;
	CLEANUP_BUF struct buf logs = BUF_INIT(1024);
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	assert_int_equal(
	    hex_decode_exact(
	        view_of_string("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302e"
	                       "c79cf100f"),
	        key.bytes, 32, NULL),
	    STATUS_OK);
	assert_int_equal(
	    record_log_vkey("sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b52"
	                    "11d9e1ce768b0ff0309e562",
	                    &key, &vkey, NULL),
	    STATUS_OK);
	tlog_vkey_append(&logs, &vkey);
	buf_append_string(&logs, "\n");
	buf_append_byte(&logs, 0);
	start(&f, (const char *)logs.data);
	struct view rest = buf_view(&file), fence = view_of_string("```\n");
	for (size_t i = 0;; i++) {
		size_t open = view_find(rest, fence);
		if (open == SIZE_MAX) {
			assert_true(i >= 9);
			break;
		}
		rest = view_from(rest, open + fence.len);
		size_t close = view_find(rest, fence);
		assert_true(close != SIZE_MAX && i < sizeof codes / sizeof codes[0]);
		assert_int_equal(world_request(&f.world, 0, NULL, DESK_POST,
		                               "/add-checkpoint",
		                               view_of(rest.data, close)),
		                 codes[i]);
		rest = view_from(rest, close + fence.len);
	}
	stop(&f);
}

static void an_older_database_is_led_forward_by_the_guard(void **state)
{
	struct fixture f;
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 3, NULL), 200);
	struct store_memory_snapshot *old =
	    store_memory_snapshot(&f.world.desks[0].store);
	assert_int_equal(submit(&f, 3, 3, 5, NULL), 200);
	world_stop(&f.world, 0);
	store_memory_restore(&f.world.desks[0].store, old);
	store_memory_snapshot_free(old);
	world_start(&f.world, 0);
	assert_int_equal(submit(&f, 3, 3, 6, NULL), 409);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "5\n"));
	assert_int_equal(submit(&f, 5, 5, 6, NULL), 200);
	stop(&f);
}

static const struct signer_ops *real_signer;
static enum status refusal; /* of each item; OK: the call itself fails */

static enum status fail_to_sign(void *signer, struct signer_item *items, size_t count,
                                struct error *err)
{
	for (size_t i = 0; i < count; i++)
		items[i].status = refusal;
	return refusal == STATUS_OK ? error_set(err, STATUS_SYSTEM, "the signer is gone")
	                            : STATUS_OK;
}

static enum status real_guard(void *signer, enum signer_kind kind, const char *of,
                              struct signer_guard *ret_guard, struct error *err)
{
	return real_signer->guard(signer, kind, of, ret_guard, err);
}

static enum status open_no_box(void *signer, const struct box_sealed_key *sealed,
                               struct box_key *ret_key, struct error *err)
{
	return error_set(err, STATUS_NOT_FOUND, "no box key");
}

static const struct signer_ops failing_signer = {fail_to_sign, real_guard, open_no_box};

static void a_crash_before_the_signature_loses_nothing(void **state)
{
	struct fixture f;
	struct error err;
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 3, NULL), 200);
	struct desk *desk = f.world.desks[0].desk;
	real_signer = desk->signer.ops;
	desk->signer.ops = &failing_signer;
	refusal = STATUS_OK;
	CLEANUP_BUF struct buf body = body_of(&f, 3, 3, 5, NULL);
	struct desk_request request = {.id = 1,
	                               .is_witness = true,
	                               .method = DESK_POST,
	                               .path = view_of_string("/add-checkpoint"),
	                               .body = buf_view(&body)};
	f.world.reply.status = 0;
	desk_turn_begin(desk, f.world.now_ms);
	desk_take_request(desk, &request);
	assert_int_equal(desk_turn_end(desk, &err), STATUS_SYSTEM);
	assert_int_equal(f.world.reply.status, 0); /* nothing left the desk */
	world_crash(&f.world, 0);
	world_settle(&f.world);
	assert_int_equal(submit(&f, 3, 3, 6, NULL), 409);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "5\n"));
	assert_int_equal(submit(&f, 5, 5, 6, NULL), 200);
	stop(&f);
}

static void a_refusal_of_the_signer_leaves_the_old_size(void **state)
{
	struct fixture f;
	start(&f, "");
	assert_int_equal(submit(&f, 0, 0, 3, NULL), 200);
	struct desk *desk = f.world.desks[0].desk;
	real_signer = desk->signer.ops;
	desk->signer.ops = &failing_signer;
	refusal = STATUS_AGAIN;
	assert_int_equal(submit(&f, 3, 3, 5, NULL), 503);
	desk->signer.ops = real_signer;
	assert_int_equal(submit(&f, 3, 3, 5, NULL), 200);
	desk->signer.ops = &failing_signer;
	assert_int_equal(submit(&f, 5, 5, 7, NULL), 503);
	world_crash(&f.world, 0); /* which finishes what the signer refused */
	assert_int_equal(submit(&f, 5, 5, 8, NULL), 409);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "7\n"));
	assert_int_equal(submit(&f, 7, 7, 8, NULL), 200);
	stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_growing_log_is_cosigned),
	    cmocka_unit_test(proofs_that_do_not_hold_are_final),
	    cmocka_unit_test(the_same_again_gets_a_fresh_time),
	    cmocka_unit_test(an_empty_tree_has_one_root),
	    cmocka_unit_test(requests_that_break_the_form_are_400),
	    cmocka_unit_test(signatures_decide_who_is_heard),
	    cmocka_unit_test(a_forged_line_of_the_witness_does_no_harm),
	    cmocka_unit_test(two_at_once_have_one_winner),
	    cmocka_unit_test(what_was_cosigned_survives_a_crash),
	    cmocka_unit_test(a_foreign_conversation),
	    cmocka_unit_test(an_older_database_is_led_forward_by_the_guard),
	    cmocka_unit_test(a_crash_before_the_signature_loses_nothing),
	    cmocka_unit_test(a_refusal_of_the_signer_leaves_the_old_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
