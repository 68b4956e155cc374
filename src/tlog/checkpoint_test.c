/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints: the three-leaf log's (case 4), sum.golang.org's text (case 2), and what is
 * refused (case 18).
 */
#include "tlog/checkpoint.h"

#include "tlog/tlog_testing.h"

static struct tlog_vkey own_log_key(void)
{
	CLEANUP_BUF struct buf text = test_load_cosig("log_vkey");
	struct tlog_vkey key;
	assert_int_equal(tlog_vkey_decode(buf_view(&text), &key, NULL), STATUS_OK);
	return key;
}

static void own_checkpoint_opens_and_encodes_back(void **state)
{
	CLEANUP_BUF struct buf note = test_load_own("tree/checkpoint");
	CLEANUP_BUF struct buf expected = test_load_cosig("checkpoint_text");
	CLEANUP_BUF struct buf text = BUF_INIT(1000);
	struct tlog_vkey key = own_log_key();
	struct tlog_checkpoint checkpoint;
	assert_int_equal(tlog_checkpoint_open(buf_view(&note), &key, &checkpoint, NULL),
	                 STATUS_OK);
	assert_string_equal(checkpoint.origin, "hotline.example/alice");
	assert_int_equal(checkpoint.size, 3);
	test_assert_hash_hex(
	    &checkpoint.root,
	    "2e9547978b8da560ecaaf07ab189d6799ecc53cd2f56c2f01866d01f70b78a4f");
	tlog_checkpoint_append(&text, &checkpoint);
	test_assert_view_equal(buf_view(&text), buf_view(&expected));
}

static void changed_checkpoint_is_untrusted(void **state)
{
	CLEANUP_BUF struct buf note = test_load_own("tree/checkpoint");
	struct tlog_vkey key = own_log_key();
	struct tlog_checkpoint checkpoint;
	size_t size_at = view_find(buf_view(&note), view_of_string("\n3\n")) + 1;
	note.data[size_at] = '4';
	assert_int_equal(tlog_checkpoint_open(buf_view(&note), &key, &checkpoint, NULL),
	                 STATUS_UNTRUSTED);
	note.data[size_at] = '3';
	key.id++;
	assert_int_equal(tlog_checkpoint_open(buf_view(&note), &key, &checkpoint, NULL),
	                 STATUS_NOT_FOUND);
}

/* Case 2: the key's name and the origin differ, which we refuse where a log is known by
 * its origin. The text and the key are read all the same. */
static void sumdb_text_is_read(void **state)
{
	struct tlog_checkpoint checkpoint;
	struct tlog_vkey key;
	assert_int_equal(
	    tlog_checkpoint_decode(
	        view_of_string("go.sum database tree\n35225469\n"
	                       "vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n"),
	        &checkpoint, NULL),
	    STATUS_OK);
	assert_string_equal(checkpoint.origin, "go.sum database tree");
	assert_int_equal(checkpoint.size, 35225469);
	assert_int_equal(
	    tlog_vkey_decode(
	        view_of_string("sum.golang.org+033de0ae+"
	                       "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"),
	        &key, NULL),
	    STATUS_OK);
	assert_int_equal(key.id, 0x033de0ae);
}

/* A note over text, signed by a key of this name. */
static struct buf sign_text(const char *name, const char *text, struct tlog_vkey *ret_key)
{
	struct ed25519_seed seed = {{7}};
	struct ed25519_secret *secret;
	assert_int_equal(ed25519_secret_new(&seed, &secret, NULL), STATUS_OK);
	struct ed25519_public public_key = ed25519_secret_public(secret);
	assert_int_equal(
	    tlog_vkey_init(ret_key, name, TLOG_KEY_ED25519, &public_key, NULL),
	    STATUS_OK);
	struct buf note = BUF_INIT(10000);
	tlog_note_sign(&note, view_of_string(text), ret_key, secret);
	ed25519_secret_free(secret);
	return note;
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static void signed_checkpoint_of_another_origin_is_untrusted(void **state)
{
	struct tlog_vkey key;
	struct tlog_checkpoint checkpoint;
	CLEANUP_BUF struct buf note =
	    sign_text("log.example/a", "log.example/b\n0\n" ROOT, &key);
	assert_int_equal(tlog_checkpoint_open(buf_view(&note), &key, &checkpoint, NULL),
	                 STATUS_UNTRUSTED);
}

/* Case 18: well signed, but with an extension line. */
static void signed_extension_line_is_malformed(void **state)
{
	struct tlog_vkey key;
	struct tlog_checkpoint checkpoint;
	CLEANUP_BUF struct buf note =
	    sign_text("log.example/a", "log.example/a\n0\n" ROOT "ext\n", &key);
	assert_int_equal(tlog_checkpoint_open(buf_view(&note), &key, &checkpoint, NULL),
	                 STATUS_MALFORMED);
}

static void malformed_texts_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "a\n",
	    "a\n0\n",
	    "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	    "\n0\n" ROOT,
	    "a\n\n" ROOT,
	    "a\n00\n" ROOT,
	    "a\n01\n" ROOT,
	    "a\n+1\n" ROOT,
	    "a\n-1\n" ROOT,
	    "a\n 1\n" ROOT,
	    "a\n1 \n" ROOT,
	    "a\n0x1\n" ROOT,
	    "a\nfive\n" ROOT,
	    "a\n9223372036854775808\n" ROOT,
	    "a\n18446744073709551617\n" ROOT,
	    "a\n0\n\n",
	    "a\n0\nbananas=\n",
	    "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n", /* 31 bytes */
	    "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA\n", /* 33 */
	    "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", /* not canonical */
	    "a\n0\n47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\n", /* URL alphabet */
	    "a\n0\n" ROOT "\n",
	    "a\n0\n" ROOT "extension\n",
	    "a\n0\n" ROOT "x",
	    "a\r\n0\r\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r\n",
	    "a\tb\n0\n" ROOT,
	    "a\xff\n0\n" ROOT,
	};
	struct tlog_checkpoint checkpoint;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (tlog_checkpoint_decode(view_of_string(bad[i]), &checkpoint, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("text %zu was taken", i);
	assert_int_equal(
	    tlog_checkpoint_decode(view_of("a\0b\n0\n" ROOT, 51), &checkpoint, NULL),
	    STATUS_MALFORMED);
}

static void longest_origin_and_largest_size_are_taken(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1000);
	struct tlog_checkpoint checkpoint;
	memset(buf_extend(&text, TLOG_NAME_MAX), 'o', TLOG_NAME_MAX);
	buf_append_string(&text, "\n9223372036854775807\n" ROOT);
	assert_int_equal(tlog_checkpoint_decode(buf_view(&text), &checkpoint, NULL),
	                 STATUS_OK);
	assert_int_equal(checkpoint.size, INT64_MAX);
	assert_int_equal(strlen(checkpoint.origin), TLOG_NAME_MAX);
	CLEANUP_BUF struct buf longer = BUF_INIT(1000);
	buf_append_byte(&longer, 'o');
	buf_append_view(&longer, buf_view(&text));
	assert_int_equal(tlog_checkpoint_decode(buf_view(&longer), &checkpoint, NULL),
	                 STATUS_MALFORMED);
}

/* Case 17. */
static void empty_tree_has_one_root(void **state)
{
	struct tlog_checkpoint checkpoint;
	assert_int_equal(
	    tlog_checkpoint_decode(view_of_string("a\n0\n" ROOT), &checkpoint, NULL),
	    STATUS_OK);
	assert_true(tlog_checkpoint_check_empty(&checkpoint));
	memset(checkpoint.root.bytes, 0, sizeof checkpoint.root.bytes);
	assert_false(tlog_checkpoint_check_empty(&checkpoint));
	checkpoint.size = 1;
	assert_true(tlog_checkpoint_check_empty(&checkpoint));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(own_checkpoint_opens_and_encodes_back),
	    cmocka_unit_test(changed_checkpoint_is_untrusted),
	    cmocka_unit_test(sumdb_text_is_read),
	    cmocka_unit_test(signed_checkpoint_of_another_origin_is_untrusted),
	    cmocka_unit_test(signed_extension_line_is_malformed),
	    cmocka_unit_test(malformed_texts_are_refused),
	    cmocka_unit_test(longest_origin_and_largest_size_are_taken),
	    cmocka_unit_test(empty_tree_has_one_root),
	};
	return cmocka_run_group_tests(tests, test_setup, NULL);
}
