/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request bodies: a published add-entries body (case 19), bodies of a foreign witness
 * conversation (case 15), refusals (case 18), cuts at every byte.
 */
#include "tlog/wire.h"

#include "tlog/bundle.h"
#include "tlog/tlog_testing.h"

#define HASH_LINE "aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aY=\n"

static void add_checkpoint_comes_back_as_it_was(void **state)
{
	static const char body[] =
	    "old 5\n" HASH_LINE HASH_LINE "\nnote\n\n\xe2\x80\x94 x y\n";
	struct tlog_add_checkpoint request;
	CLEANUP_BUF struct buf again = BUF_INIT(1000);
	assert_int_equal(tlog_add_checkpoint_parse(view_of_string(body), &request, NULL),
	                 STATUS_OK);
	assert_int_equal(request.old_size, 5);
	assert_int_equal(request.proof.count, 2);
	assert_true(view_equal_string(request.note, "note\n\n\xe2\x80\x94 x y\n"));
	tlog_add_checkpoint_append(&again, &request);
	assert_true(view_equal_string(buf_view(&again), body));
}

/* Case 18. */
static void malformed_add_checkpoints_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "old 0",
	    "old 0\n",
	    "old\n\nn",
	    "old \n\nn",
	    "old 007\n\nn",
	    "old +0\n\nn",
	    "old -1\n\nn",
	    "old 0 \n\nn",
	    "old  0\n\nn",
	    "old 0\t\n\nn",
	    "old 9223372036854775808\n\nn",
	    "old 18446744073709551616\n\nn",
	    "old five\n\nn",
	    "Old 0\n\nn",
	    " old 0\n\nn",
	    "\nold 0\n\nn",
	    "old 0\r\n\r\nn",
	    "old 0\n\r\nn",
	    "old 0\nnote\n\nrest",
	    "old 0\n" HASH_LINE "note",
	    "old 0\naI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4Q==\n\nn", /* 31 bytes */
	    "old 0\naI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aZA\n\nn", /* 33 */
	    "old 0\naI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aZ=\n\nn", /* not canonical
	                                                                 */
	    "old 0\n " HASH_LINE "\nn",
	};
	struct tlog_add_checkpoint request;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (tlog_add_checkpoint_parse(view_of_string(bad[i]), &request, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("body %zu was taken", i);
}

static void sixty_three_proof_lines_are_the_most(void **state)
{
	CLEANUP_BUF struct buf body = BUF_INIT(10000);
	struct tlog_add_checkpoint request;
	buf_append_string(&body, "old 1\n");
	for (int i = 0; i < 63; i++)
		buf_append_string(&body, HASH_LINE);
	size_t len = body.len;
	buf_append_string(&body, "\nn");
	assert_int_equal(tlog_add_checkpoint_parse(buf_view(&body), &request, NULL),
	                 STATUS_OK);
	assert_int_equal(request.proof.count, 63);
	body.len = len;
	buf_append_string(&body, HASH_LINE "\nn");
	assert_int_equal(tlog_add_checkpoint_parse(buf_view(&body), &request, NULL),
	                 STATUS_MALFORMED);
}

/* Case 19: origin "a", entries 0 to 3, one package without a proof. */
static void published_add_entries_body_is_read_and_made(void **state)
{
	CLEANUP_BUF struct buf body = test_load_own("add-entries.bin");
	struct tlog_add_entries request;
	struct tlog_package package;
	assert_int_equal(tlog_add_entries_parse(buf_view(&body), &request, NULL),
	                 STATUS_OK);
	assert_true(view_equal_string(request.origin, "a"));
	assert_int_equal(request.start, 0);
	assert_int_equal(request.end, 3);
	assert_int_equal(request.ticket.len, 0);
	assert_int_equal(tlog_add_entries_next(&request, 0, &package, NULL), STATUS_OK);
	assert_int_equal(package.start, 0);
	assert_int_equal(package.end, 3);
	assert_int_equal(package.proof.count, 0);
	assert_int_equal(tlog_bundle_check(package.entries, 3, NULL), STATUS_OK);
	assert_true(reader_is_done(&request.packages));

	CLEANUP_BUF struct buf again = BUF_INIT(1000);
	tlog_add_entries_append_header(&again, request.origin, 0, 3, request.ticket);
	tlog_add_entries_append_package(&again, package.entries, &package.proof);
	test_assert_view_equal(buf_view(&again), buf_view(&body));
}

static void cut_add_entries_are_seen_at_every_byte(void **state)
{
	CLEANUP_BUF struct buf body = test_load_own("add-entries.bin");
	enum { HEADER_LEN = 2 + 1 + 8 + 8 + 2 };
	for (size_t len = 0; len < body.len; len++) {
		struct tlog_add_entries request;
		struct tlog_package package;
		enum status status =
		    tlog_add_entries_parse(view_of(body.data, len), &request, NULL);
		assert_int_equal(status, len < HEADER_LEN ? STATUS_MALFORMED : STATUS_OK);
		if (status != STATUS_OK)
			continue;
		struct view before = request.packages.rest;
		assert_int_equal(tlog_add_entries_next(&request, 0, &package, NULL),
		                 STATUS_CLOSED);
		assert_ptr_equal(request.packages.rest.data, before.data);
		assert_int_equal(request.packages.rest.len, before.len);
	}
}

static void impossible_ranges_are_malformed(void **state)
{
	static const uint64_t ranges[][2] = {
	    {4, 3},
	    {0, (uint64_t)1 << 63},
	    {UINT64_MAX, UINT64_MAX},
	    {UINT64_MAX, 0},
	};
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_BUF struct buf body = BUF_INIT(100);
		struct tlog_add_entries request;
		buf_append(&body, "\0\1a", 3);
		buf_append_u64(&body, ranges[i][0]);
		buf_append_u64(&body, ranges[i][1]);
		buf_append_u16(&body, 0);
		assert_int_equal(tlog_add_entries_parse(buf_view(&body), &request, NULL),
		                 STATUS_MALFORMED);
	}
}

static void sixty_four_hashes_in_a_package_are_malformed(void **state)
{
	CLEANUP_BUF struct buf body = test_load_own("add-entries.bin");
	struct tlog_add_entries request;
	struct tlog_package package;
	body.data[body.len - 1] = 64;
	assert_int_equal(tlog_add_entries_parse(buf_view(&body), &request, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_add_entries_next(&request, 0, &package, NULL),
	                 STATUS_MALFORMED);
	body.data[body.len - 1] = 63;
	assert_int_equal(tlog_add_entries_next(&request, 0, &package, NULL),
	                 STATUS_CLOSED);
}

/* Entries [start, end), each the decimal of its index, with proofs from a tree of end. */
static void append_packages(struct buf *body, struct test_tree *tree, uint64_t start,
                            uint64_t end)
{
	while (start < end) {
		CLEANUP_BUF struct buf entries = BUF_INIT(10000);
		uint64_t first = start / 256 * 256;
		uint64_t stop = first + 256 < end ? first + 256 : end;
		struct tlog_proof proof;
		for (uint64_t i = start; i < stop; i++) {
			char entry[32];
			(void)snprintf(entry, sizeof entry, "%llu",
			               (unsigned long long)i);
			tlog_bundle_append(&entries, view_of_string(entry));
		}
		assert_int_equal(tlog_proof_subtree(first, stop, end, test_tree_read,
		                                    tree, &proof, NULL),
		                 STATUS_OK);
		tlog_add_entries_append_package(body, buf_view(&entries), &proof);
		start = stop;
	}
}

static void fill_decimal(struct test_tree *tree, unsigned count)
{
	tlog_tree_init(&tree->tree);
	for (unsigned i = 0; i < count; i++) {
		char entry[32];
		(void)snprintf(entry, sizeof entry, "%u", i);
		test_tree_add(tree, view_of_string(entry));
	}
}

/* Reads the packages, checks each proof against the tree, and counts them. */
static unsigned verify_packages(struct tlog_add_entries *request, struct test_tree *tree)
{
	struct hash root = tlog_tree_root(&tree->tree);
	unsigned count = 0;
	for (uint64_t at = request->start; at < request->end; count++) {
		struct tlog_package package;
		struct hash node;
		uint64_t first = at / 256 * 256;
		enum status status = tlog_add_entries_next(request, at, &package, NULL);
		if (status == STATUS_CLOSED)
			return count;
		assert_int_equal(status, STATUS_OK);
		assert_int_equal(package.start, at);
		assert_int_equal(
		    tlog_bundle_check(package.entries, package.end - at, NULL),
		    STATUS_OK);
		assert_int_equal(tlog_subtree_root(first, package.end, test_tree_read,
		                                   tree, &node, NULL),
		                 STATUS_OK);
		assert_int_equal(tlog_proof_verify_subtree(&package.proof, first,
		                                           package.end, request->end,
		                                           &node, &root, NULL),
		                 STATUS_OK);
		at = package.end;
	}
	return count;
}

static void packages_cover_ranges_that_begin_and_end_anywhere(void **state)
{
	static const uint64_t ranges[][2] = {
	    {0, 1},     {0, 256},   {0, 257},    {255, 256}, {255, 257},
	    {256, 512}, {300, 700}, {511, 1025}, {3, 3},     {1000, 1100},
	};
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		uint64_t start = ranges[i][0], end = ranges[i][1];
		struct test_tree tree = {0};
		struct tlog_add_entries request;
		CLEANUP_BUF struct buf body = BUF_INIT(100000);
		fill_decimal(&tree, (unsigned)end);
		tlog_add_entries_append_header(&body, view_of_string("log"), start, end,
		                               view_of_string("ticket"));
		append_packages(&body, &tree, start, end);
		assert_int_equal(tlog_add_entries_parse(buf_view(&body), &request, NULL),
		                 STATUS_OK);
		assert_true(view_equal_string(request.ticket, "ticket"));
		assert_int_equal(verify_packages(&request, &tree),
		                 tlog_add_entries_package_count(start, end));
		assert_true(reader_is_done(&request.packages));
		test_tree_release(&tree);
	}
}

/* Case 19: the whole first package is usable although the second is cut. */
static void cut_in_the_second_package_leaves_the_first(void **state)
{
	struct test_tree tree = {0};
	struct tlog_add_entries request;
	CLEANUP_BUF struct buf body = BUF_INIT(100000);
	fill_decimal(&tree, 300);
	tlog_add_entries_append_header(&body, view_of_string("log"), 0, 300,
	                               view_of("", 0));
	append_packages(&body, &tree, 0, 300);
	body.len -= 20;
	assert_int_equal(tlog_add_entries_parse(buf_view(&body), &request, NULL),
	                 STATUS_OK);
	assert_int_equal(verify_packages(&request, &tree), 1);
	test_tree_release(&tree);
}

static void package_counts(void **state)
{
	assert_int_equal(tlog_add_entries_package_count(0, 0), 0);
	assert_int_equal(tlog_add_entries_package_count(256, 256), 0);
	assert_int_equal(tlog_add_entries_package_count(0, 1), 1);
	assert_int_equal(tlog_add_entries_package_count(0, 256), 1);
	assert_int_equal(tlog_add_entries_package_count(0, 257), 2);
	assert_int_equal(tlog_add_entries_package_count(255, 257), 2);
	assert_int_equal(tlog_add_entries_package_count(0, 8192), 32);
	assert_int_equal(tlog_add_entries_package_count(1, 8193), 33);
}

static void mirror_info_comes_back_as_it_was(void **state)
{
	struct tlog_mirror_info info = {.pending_size = 5, .next_entry = 3}, parsed;
	for (size_t len = 0; len <= sizeof info.ticket; len += 32) {
		CLEANUP_BUF struct buf body = BUF_INIT(1000);
		memset(info.ticket, 0xa5, len);
		info.ticket_len = len;
		tlog_mirror_info_append(&body, &info);
		assert_int_equal(tlog_mirror_info_parse(buf_view(&body), &parsed, NULL),
		                 STATUS_OK);
		assert_int_equal(parsed.pending_size, 5);
		assert_int_equal(parsed.next_entry, 3);
		assert_int_equal(parsed.ticket_len, len);
		assert_memory_equal(parsed.ticket, info.ticket, len);
		for (size_t cut = 0; cut < body.len; cut++)
			assert_int_equal(tlog_mirror_info_parse(view_of(body.data, cut),
			                                        &parsed, NULL),
			                 STATUS_MALFORMED);
	}
}

static void malformed_mirror_infos_are_refused(void **state)
{
	static const char *const bad[] = {
	    "05\n3\n\n",     "5\n03\n\n",  "5\n3\n\n\n",
	    "5\n3\nYWJ\n",   "5\n3\nYWJj", "5\r\n3\r\n\r\n",
	    "5\n3\n",        "-5\n3\n\n",  "5\n9223372036854775808\n\n",
	    "5\n3\nYWJj\nx",
	};
	struct tlog_mirror_info info;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (tlog_mirror_info_parse(view_of_string(bad[i]), &info, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("body %zu was taken", i);
	CLEANUP_BUF struct buf body = BUF_INIT(1000);
	uint8_t ticket[257] = {0};
	buf_append_string(&body, "5\n3\n");
	base64_append(&body, view_of(ticket, sizeof ticket));
	buf_append_byte(&body, '\n');
	assert_int_equal(tlog_mirror_info_parse(buf_view(&body), &info, NULL),
	                 STATUS_MALFORMED);
}

/* Case 15, what a body alone decides: the state of a witness is a size and a root, and
 * the codes are those of the current specification. */
struct witness {
	struct tlog_vkey key;
	uint64_t size;
	struct hash root;
};

static int judge(struct witness *witness, struct view body)
{
	struct tlog_add_checkpoint request;
	struct tlog_note note;
	struct tlog_checkpoint checkpoint;
	if (tlog_add_checkpoint_parse(body, &request, NULL) != STATUS_OK ||
	    tlog_note_parse(request.note, &note, NULL) != STATUS_OK ||
	    tlog_checkpoint_decode(note.text, &checkpoint, NULL) != STATUS_OK)
		return 400;
	if (strcmp(checkpoint.origin, witness->key.name) != 0)
		return 404;
	if (tlog_note_verify(&note, &witness->key, NULL) != STATUS_OK)
		return 403;
	if (request.old_size > checkpoint.size)
		return 400;
	if (request.old_size != witness->size)
		return 409;
	if (tlog_proof_verify_consistency(&request.proof, witness->size, &witness->root,
	                                  checkpoint.size, &checkpoint.root,
	                                  NULL) != STATUS_OK)
		return 422;
	witness->size = checkpoint.size;
	witness->root = checkpoint.root;
	return 200;
}

static struct witness sigsum_witness(void)
{
	struct witness witness = {.root = tlog_empty_root()};
	struct hash bytes = test_hash_of_hex(
	    "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f");
	struct ed25519_public public_key;
	memcpy(public_key.bytes, bytes.bytes, sizeof public_key.bytes);
	assert_int_equal(
	    tlog_vkey_init(
	        &witness.key,
	        "sigsum.org/v1/tree/"
	        "4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562",
	        TLOG_KEY_ED25519, &public_key, NULL),
	    STATUS_OK);
	assert_int_equal(witness.key.id, 0x5202289b);
	return witness;
}

/* The text between the next two lines of three back quotes. */
static bool take_quoted(struct view *rest, struct view *ret_body)
{
	struct view quotes = view_of_string("```\n");
	size_t start = view_find(*rest, quotes);
	if (start == SIZE_MAX)
		return false;
	*rest = view_from(*rest, start + quotes.len);
	size_t end = view_find(*rest, quotes);
	assert_int_not_equal(end, SIZE_MAX);
	*ret_body = view_of(rest->data, end);
	*rest = view_from(*rest, end + quotes.len);
	return true;
}

/* The bad signature there is bad base64 too (bits left over behind the last byte), which
 * we call malformed. With those bits cleared it is a signature that does not verify. */
static void judge_bad_signature(struct witness *witness, struct view body)
{
	CLEANUP_BUF struct buf changed = BUF_INIT(10000);
	buf_append_view(&changed, body);
	size_t end = view_find(body, view_of_string("6gx=\n"));
	assert_int_not_equal(end, SIZE_MAX);
	assert_int_equal(judge(witness, body), 400);
	changed.data[end + 2] = 'w';
	assert_int_equal(judge(witness, buf_view(&changed)), 403);
}

static void litewitness_conversation_gets_its_codes(void **state)
{
	static const int codes[] = {200, 403, 404, 422, 422, 200, 409, 200, 409};
	CLEANUP_BUF struct buf file = test_load_foreign("litewitness.txt");
	struct witness witness = sigsum_witness();
	struct view rest = buf_view(&file), body;
	size_t count = 0;
	for (; take_quoted(&rest, &body); count++) {
		assert_in_range(count, 0, 8);
		if (codes[count] == 403)
			judge_bad_signature(&witness, body);
		else
			assert_int_equal(judge(&witness, body), codes[count]);
	}
	assert_int_equal(count, 9);
	assert_int_equal(witness.size, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(add_checkpoint_comes_back_as_it_was),
	    cmocka_unit_test(malformed_add_checkpoints_are_refused),
	    cmocka_unit_test(sixty_three_proof_lines_are_the_most),
	    cmocka_unit_test(published_add_entries_body_is_read_and_made),
	    cmocka_unit_test(cut_add_entries_are_seen_at_every_byte),
	    cmocka_unit_test(impossible_ranges_are_malformed),
	    cmocka_unit_test(sixty_four_hashes_in_a_package_are_malformed),
	    cmocka_unit_test(packages_cover_ranges_that_begin_and_end_anywhere),
	    cmocka_unit_test(cut_in_the_second_package_leaves_the_first),
	    cmocka_unit_test(package_counts),
	    cmocka_unit_test(mirror_info_comes_back_as_it_was),
	    cmocka_unit_test(malformed_mirror_infos_are_refused),
	    cmocka_unit_test(litewitness_conversation_gets_its_codes),
	};
	return cmocka_run_group_tests(tests, test_setup, NULL);
}
