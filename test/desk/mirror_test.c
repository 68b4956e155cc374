/* SPDX-License-Identifier: Apache-2.0 */
/* The mirror role against c2sp.org/tlog-mirror and the rules for hostile members: the
 * test plays south.example with its real keys and talks to north.example byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tlog/cosignature.h"
#include "tlog/tlog_testing.h"
#include "tlog/wire.h"
#include "world.h"

struct fixture {
	struct world world; /* north alone is run; south is this test */
	struct test_tree tree;
	struct buf bundle; /* all entries */
	struct ed25519_secret *secret;
	struct tlog_vkey key, mirror_key;
	char origin[RECORD_ORIGIN_MAX + 1], hash[HASH_HEX_LEN + 1];
	struct desk_channel_info channel;
};

static void start(struct fixture *f)
{
	*f = (struct fixture){.bundle = BUF_INIT(8 << 20)};
	world_init(&f->world, 2, NULL);
	world_stop(&f->world, 1);
	/* a channel of the same two in which south has said nothing: its log is this
	 * test's */
	desk_channel(f->world.desks[0].desk, 0, &f->channel);
	struct testing_desk desks[2] = {f->world.desks[0].testing,
	                                f->world.desks[1].testing};
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	testing_charter_note(desks, 2, "{\"title\":\"second\",\"duties\":[]}", &note);
	bool is_open = false;
	struct error err;
	desk_turn_begin(f->world.desks[0].desk, f->world.now_ms);
	assert_int_equal(
	    desk_join(f->world.desks[0].desk, buf_view(&note), &is_open, NULL, &err),
	    STATUS_OK);
	assert_int_equal(desk_turn_end(f->world.desks[0].desk, &err), STATUS_OK);
	desk_channel(f->world.desks[0].desk, 1, &f->channel);
	struct record_origin origin = {
	    .desk = desks[1].card.name, .channel = f->channel.id, .generation = 1};
	record_origin_encode(&origin, f->origin);
	struct hash hash = sha256(view_of_string(f->origin));
	hash_hex(&hash, f->hash);
	f->secret = testing_secret_new("south.example", RECORD_ROLE_LOG);
	struct ed25519_public key = ed25519_secret_public(f->secret);
	assert_int_equal(record_log_vkey(f->origin, &key, &f->key, NULL), STATUS_OK);
	const struct record_card *north = &desks[0].card;
	assert_int_equal(record_vkey("north.example", "mirror",
	                             &north->keys[RECORD_ROLE_MIRROR], &f->mirror_key,
	                             NULL),
	                 STATUS_OK);
}

static void stop(struct fixture *f)
{
	world_release(&f->world);
	test_tree_release(&f->tree);
	buf_release(&f->bundle);
	ed25519_secret_free(f->secret);
}

static void add(struct fixture *f, const char *entry)
{
	test_tree_add(&f->tree, view_of_string(entry));
	tlog_bundle_append(&f->bundle, view_of_string(entry));
}

static int post(struct fixture *f, const char *path, struct view body)
{
	return world_request(&f->world, 0, "south.example", DESK_POST, path, body);
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

static struct buf note_of(struct fixture *f, uint64_t size, const struct hash *root)
{
	struct tlog_checkpoint checkpoint = {.size = size,
	                                     .root = root ? *root : root_of(f, size)};
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct buf note = BUF_INIT(4096);
	strcpy(checkpoint.origin, f->origin);
	tlog_checkpoint_append(&text, &checkpoint);
	tlog_note_sign(&note, buf_view(&text), &f->key, f->secret);
	return note;
}

static int checkpoint(struct fixture *f, uint64_t old_size, uint64_t size,
                      const struct hash *root)
{
	CLEANUP_BUF struct buf note = note_of(f, size, root), body = BUF_INIT(1 << 16);
	struct tlog_add_checkpoint request = {.old_size = old_size,
	                                      .note = buf_view(&note)};
	if (old_size > 0 && old_size < size)
		assert_int_equal(tlog_proof_consistency(old_size, size, test_tree_read,
		                                        &f->tree, &request.proof, NULL),
		                 STATUS_OK);
	tlog_add_checkpoint_append(&body, &request);
	return post(f, "/add-checkpoint", buf_view(&body));
}

/* The add-entries body for [start, end) of a tree of `size`. */
static struct buf entries_body(struct fixture *f, uint64_t start, uint64_t end,
                               uint64_t size)
{
	struct buf body = BUF_INIT(8 << 20);
	struct reader reader = reader_of(buf_view(&f->bundle));
	struct view entry;
	CLEANUP_BUF struct buf package = BUF_INIT(8 << 20);
	tlog_add_entries_append_header(&body, view_of_string(f->origin), start, size,
	                               view_of("", 0));
	for (uint64_t i = 0; i < end; i++) {
		struct tlog_proof proof;
		assert_true(tlog_bundle_next(&reader, &entry));
		if (i >= start)
			tlog_bundle_append(&package, entry);
		if (i < start || (i + 1 != end && (i + 1) % 256 != 0))
			continue;
		assert_int_equal(tlog_proof_subtree(i - i % 256, i + 1, size,
		                                    test_tree_read, &f->tree, &proof,
		                                    NULL),
		                 STATUS_OK);
		tlog_add_entries_append_package(&body, buf_view(&package), &proof);
		buf_clear(&package);
	}
	return body;
}

static int entries(struct fixture *f, uint64_t start, uint64_t end, uint64_t size)
{
	CLEANUP_BUF struct buf body = entries_body(f, start, end, size);
	return post(f, "/add-entries", buf_view(&body));
}

static uint64_t receipt_time(struct fixture *f, uint64_t size)
{
	CLEANUP_BUF struct buf note = note_of(f, size, NULL);
	struct tlog_note parsed;
	uint64_t time_s = 0;
	assert_int_equal(tlog_note_parse(buf_view(&note), &parsed, NULL), STATUS_OK);
	assert_int_equal(tlog_cosignature_verify_line(parsed.text,
	                                              buf_view(&f->world.reply.body),
	                                              &f->mirror_key, &time_s, NULL),
	                 STATUS_OK);
	return time_s;
}

static void raw_entries_get_a_receipt(void **state)
{
	struct fixture f;
	start(&f);
	add(&f, "");
	add(&f, "a");
	add(&f, "bc");
	assert_int_equal(entries(&f, 0, 3, 3), 422); /* before any checkpoint */
	assert_int_equal(checkpoint(&f, 0, 3, NULL), 200);
	assert_int_equal(entries(&f, 0, 3, 3), 200);
	uint64_t first = receipt_time(&f, 3);
	f.world.now_ms += 30000;
	assert_int_equal(entries(&f, 3, 3, 3), 200);
	assert_int_equal(receipt_time(&f, 3), first + 30);
	/* what makes no sense was kept, and is shown as such */
	struct desk_message message;
	struct record_message_id id = {.index = 2};
	strcpy(id.desk.text, "south.example");
	assert_int_equal(desk_message_read(f.world.desks[0].desk, 1, &id, &message, NULL),
	                 STATUS_OK);
	assert_true(message.is_malformed);
	assert_true(view_equal_string(message.entry, "bc"));
	stop(&f);
}

static void sizes_that_do_not_fit_are_409_with_where_it_stands(void **state)
{
	struct fixture f;
	start(&f);
	for (int i = 0; i < 5; i++)
		add(&f, "x");
	assert_int_equal(checkpoint(&f, 0, 3, NULL), 200);
	assert_int_equal(entries(&f, 0, 4, 4), 409); /* no such checkpoint pending */
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "3\n0\n\n"));
	assert_string_equal(f.world.reply.type, TLOG_TYPE_MIRROR_INFO);
	assert_int_equal(entries(&f, 2, 3, 3), 409); /* a gap */
	assert_int_equal(entries(&f, 0, 3, 3), 200);
	assert_int_equal(checkpoint(&f, 0, 5, NULL), 409);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "3\n"));
	assert_int_equal(checkpoint(&f, 3, 5, NULL), 200);
	assert_int_equal(entries(&f, 3, 5, 5), 200);
	assert_int_equal(desk_counters(f.world.desks[0].desk)->stale_sizes, 3);
	assert_int_equal(desk_evidence_count(f.world.desks[0].desk), 0);
	stop(&f);
}

static void cut_requests_keep_what_is_whole(void **state)
{
	struct fixture f;
	char text[16];
	start(&f);
	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof text, "entry %d", i);
		add(&f, text);
	}
	assert_int_equal(checkpoint(&f, 0, 300, NULL), 200);
	CLEANUP_BUF struct buf body = entries_body(&f, 0, 300, 300);
	for (size_t cut = 0; cut < 40;
	     cut += 3) /* within the header or the first package */
		assert_int_equal(post(&f, "/add-entries", view_of(body.data, cut)), 400);
	assert_int_equal(post(&f, "/add-entries", view_of(body.data, body.len - 5)), 202);
	assert_true(view_equal_string(buf_view(&f.world.reply.body), "300\n256\n\n"));
	world_crash(&f.world, 0); /* the part that was acknowledged is durable */
	assert_int_equal(entries(&f, 256, 300, 300), 200);
	(void)receipt_time(&f, 300);
	stop(&f);
}

static void tampered_entries_change_nothing(void **state)
{
	struct fixture f;
	start(&f);
	add(&f, "one");
	add(&f, "two");
	assert_int_equal(checkpoint(&f, 0, 2, NULL), 200);
	CLEANUP_BUF struct buf body = entries_body(&f, 0, 2, 2);
	for (size_t i = strlen(f.origin) + 20; i < body.len; i++) {
		body.data[i] ^= 1;
		int status = post(&f, "/add-entries", buf_view(&body));
		assert_true(status == 400 || status == 422);
		body.data[i] ^= 1;
	}
	assert_int_equal(entries(&f, 0, 2, 2), 200);
	stop(&f);
}

/* After a start the channels stand in the order of their ids. */
static struct desk_log_info peer_log_after_start(const struct fixture *f)
{
	const struct desk *desk = f->world.desks[0].desk;
	struct desk_channel_info channel;
	struct desk_log_info info;
	size_t i = 0;

	desk_channel(desk, i, &channel);
	if (!hash_equal(&channel.id.hash, &f->channel.id.hash))
		i = 1;
	desk_log(desk, i, 1, &info);
	return info;
}

static void two_roots_of_one_size_are_evidence(void **state)
{
	struct fixture f;
	struct hash other = {{1}};
	CLEANUP_BUF struct buf json = BUF_INIT(1 << 20);
	start(&f);
	add(&f, "one");
	add(&f, "two");
	assert_int_equal(checkpoint(&f, 0, 2, NULL), 200);
	assert_int_equal(entries(&f, 0, 2, 2), 200);
	assert_int_equal(checkpoint(&f, 2, 2, &other), 422);
	assert_int_equal(desk_evidence_count(f.world.desks[0].desk), 1);
	assert_int_equal(desk_evidence(f.world.desks[0].desk, 0, &json, NULL), STATUS_OK);
	struct desk_log_info info;
	desk_log(f.world.desks[0].desk, 1, 1, &info);
	assert_true(info.is_equivocating);
	world_crash(&f.world, 0);
	assert_true(peer_log_after_start(&f).is_equivocating);
	stop(&f);
}

/* A well-formed text message whose body is not sent along. */
static void add_text(struct fixture *f, struct view blob)
{
	struct record_envelope envelope = {
	    .kind = "text",
	    .line = "technical",
	    .sent_s = f->world.now_ms / 1000,
	    .has_body = true,
	    .body = {.id = sha256(blob), .size = blob.len - RECORD_SALT_LEN}};
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	assert_int_equal(record_envelope_append(&envelope, &entry, NULL), STATUS_OK);
	test_tree_add(&f->tree, buf_view(&entry));
	tlog_bundle_append(&f->bundle, buf_view(&entry));
}

static void missing_bodies_are_asked_for(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf blob = BUF_INIT(4096), request = BUF_INIT(8192);
	uint8_t salt[RECORD_SALT_LEN] = {3};
	start(&f);
	add(&f, "stands for open");
	record_blob_append(&blob, salt,
	                   view_of_string("{\"language\":\"en\",\"text\":\"hi\"}"));
	add_text(&f, buf_view(&blob));
	assert_int_equal(checkpoint(&f, 0, 2, NULL), 200);
	assert_int_equal(entries(&f, 0, 2, 2), 424);
	struct hash ids[4], id = sha256(buf_view(&blob));
	size_t count = 0;
	assert_int_equal(record_missing_blobs_parse(buf_view(&f.world.reply.body), ids, 4,
	                                            &count, NULL),
	                 STATUS_OK);
	assert_int_equal(count, 1);
	assert_true(hash_equal(&ids[0], &id));
	record_add_blobs_append_origin(&request, view_of_string(f.origin));
	record_add_blobs_append_blob(&request, buf_view(&blob));
	assert_int_equal(post(&f, "/add-blobs", view_of(request.data, request.len - 1)),
	                 400);
	assert_int_equal(post(&f, "/add-blobs", buf_view(&request)), 200);
	assert_int_equal(entries(&f, 2, 2, 2), 200);
	(void)receipt_time(&f, 2);
	stop(&f);
}

static void strangers_and_unknown_logs_get_nothing(void **state)
{
	struct fixture f;
	char path[256];
	start(&f);
	add(&f, "one");
	assert_int_equal(checkpoint(&f, 0, 1, NULL), 200);
	assert_int_equal(entries(&f, 0, 1, 1), 200);
	snprintf(path, sizeof path, "/mirror/%s/checkpoint", f.hash);
	assert_int_equal(
	    world_request(&f.world, 0, "south.example", DESK_GET, path, view_of("", 0)),
	    200);
	assert_int_equal(
	    world_request(&f.world, 0, "nobody.example", DESK_GET, path, view_of("", 0)),
	    403);
	static const char *const bad[] = {"/mirror/",
	                                  "/mirror/00/checkpoint",
	                                  "/log/../checkpoint",
	                                  "/pending/",
	                                  "/blob/x",
	                                  "/witness/x/checkpoint",
	                                  "//",
	                                  ""};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(world_request(&f.world, 0, "south.example", DESK_GET,
		                               bad[i], view_of("", 0)),
		                 404);
	snprintf(path, sizeof path, "/mirror/%s/tile/entries/000.p/1", f.hash);
	assert_int_equal(
	    world_request(&f.world, 0, "south.example", DESK_GET, path, view_of("", 0)),
	    200);
	assert_int_equal(f.world.reply.body.len, 5);
	snprintf(path, sizeof path, "/mirror/%s/tile/entries/000.p/2", f.hash);
	assert_int_equal(
	    world_request(&f.world, 0, "south.example", DESK_GET, path, view_of("", 0)),
	    404);
	stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(raw_entries_get_a_receipt),
	    cmocka_unit_test(sizes_that_do_not_fit_are_409_with_where_it_stands),
	    cmocka_unit_test(cut_requests_keep_what_is_whole),
	    cmocka_unit_test(tampered_entries_change_nothing),
	    cmocka_unit_test(two_roots_of_one_size_are_evidence),
	    cmocka_unit_test(missing_bodies_are_asked_for),
	    cmocka_unit_test(strangers_and_unknown_logs_get_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
