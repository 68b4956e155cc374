/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cosignatures: messages and lines byte for byte (cases 5, 6, 7), tampering, times.
 */
#include "tlog/cosignature.h"

#include "crypto/mldsa.h"
#include "tlog/tlog_testing.h"

enum { VECTOR_TIME_S = 1700000000 };

static struct tlog_vkey load_key(const char *name)
{
	CLEANUP_BUF struct buf text = test_load_cosig(name);
	struct tlog_vkey key;
	assert_int_equal(tlog_vkey_decode(buf_view(&text), &key, NULL), STATUS_OK);
	return key;
}

static struct ed25519_secret *witness_secret(void)
{
	CLEANUP_BUF struct buf bytes = test_load_cosig_bytes("witness_seed_hex");
	struct ed25519_seed seed;
	struct ed25519_secret *secret;
	memcpy(seed.bytes, bytes.data, sizeof seed.bytes);
	assert_int_equal(ed25519_secret_new(&seed, &secret, NULL), STATUS_OK);
	return secret;
}

static struct tlog_note parse(const struct buf *note)
{
	struct tlog_note parsed;
	assert_int_equal(tlog_note_parse(buf_view(note), &parsed, NULL), STATUS_OK);
	return parsed;
}

/* Case 5. */
static void message_and_line_are_the_published_ones(void **state)
{
	CLEANUP_BUF struct buf text = test_load_cosig("checkpoint_text");
	CLEANUP_BUF struct buf message = BUF_INIT(1000), line = BUF_INIT(1000);
	CLEANUP_BUF struct buf expected = test_load_cosig("cosig_v1_message");
	tlog_cosignature_append_message(&message, VECTOR_TIME_S, buf_view(&text));
	test_assert_view_equal(buf_view(&message), buf_view(&expected));

	struct tlog_vkey key = load_key("witness_vkey");
	struct ed25519_secret *secret = witness_secret();
	CLEANUP_BUF struct buf expected_line = test_load_cosig("cosig_v1_line");
	tlog_cosignature_sign(&line, &key, secret, VECTOR_TIME_S, buf_view(&text));
	test_assert_view_equal(buf_view(&line), buf_view(&expected_line));
	ed25519_secret_free(secret);
}

static void published_cosignature_verifies(void **state)
{
	CLEANUP_BUF struct buf note = test_load_own("tree/checkpoint");
	CLEANUP_BUF struct buf line = test_load_cosig("cosig_v1_line");
	struct tlog_note parsed = parse(&note);
	struct tlog_vkey key = load_key("witness_vkey");
	uint64_t time_s = 0;
	assert_int_equal(tlog_cosignature_verify(&parsed, &key, &time_s, NULL),
	                 STATUS_OK);
	assert_int_equal(time_s, VECTOR_TIME_S);
	time_s = 0;
	assert_int_equal(tlog_cosignature_verify_line(parsed.text, buf_view(&line), &key,
	                                              &time_s, NULL),
	                 STATUS_OK);
	assert_int_equal(time_s, VECTOR_TIME_S);
}

static void line_of_another_key_is_not_found(void **state)
{
	CLEANUP_BUF struct buf note = test_load_own("tree/checkpoint");
	CLEANUP_BUF struct buf line = test_load_cosig("cosig_v1_line");
	struct tlog_note parsed = parse(&note);
	struct tlog_vkey key = load_key("witness_vkey");
	uint64_t time_s;
	key.id++;
	assert_int_equal(tlog_cosignature_verify(&parsed, &key, &time_s, NULL),
	                 STATUS_NOT_FOUND);
	assert_int_equal(tlog_cosignature_verify_line(parsed.text, buf_view(&line), &key,
	                                              &time_s, NULL),
	                 STATUS_NOT_FOUND);
	key.id--;
	key.name[0] = 'H';
	assert_int_equal(tlog_cosignature_verify_line(parsed.text, buf_view(&line), &key,
	                                              &time_s, NULL),
	                 STATUS_NOT_FOUND);
	assert_int_equal(tlog_cosignature_verify_line(parsed.text,
	                                              view_of(line.data, line.len - 2),
	                                              &key, &time_s, NULL),
	                 STATUS_MALFORMED);
}

/* Each bit of the time and the signature. */
static void any_flipped_bit_is_untrusted(void **state)
{
	CLEANUP_BUF struct buf text = test_load_cosig("checkpoint_text");
	CLEANUP_BUF struct buf published = test_load_cosig("cosig_v1_line");
	struct tlog_vkey key = load_key("witness_vkey");
	struct tlog_note_line parsed;
	uint64_t time_s = 77;
	assert_int_equal(tlog_note_line_parse(buf_view(&published), &parsed, NULL),
	                 STATUS_OK);
	assert_int_equal(parsed.signature_len, TLOG_COSIGNATURE_LEN);
	for (size_t bit = 0; bit < 8 * parsed.signature_len; bit++) {
		CLEANUP_BUF struct buf line = BUF_INIT(1000);
		parsed.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		tlog_note_append_line(&line, &key,
		                      view_of(parsed.signature, parsed.signature_len));
		assert_int_equal(tlog_cosignature_verify_line(buf_view(&text),
		                                              buf_view(&line), &key,
		                                              &time_s, NULL),
		                 STATUS_UNTRUSTED);
		parsed.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] ^= 1;
		assert_int_equal(tlog_cosignature_verify_line(buf_view(&text),
		                                              buf_view(&published), &key,
		                                              &time_s, NULL),
		                 STATUS_UNTRUSTED);
		text.data[i] ^= 1;
	}
	assert_int_equal(time_s, 77);
}

/* Validly signed, but at a time that can't be. */
static void time_of_zero_or_beyond_63_bits_is_untrusted(void **state)
{
	static const uint64_t times[] = {0, (uint64_t)1 << 63, UINT64_MAX};
	CLEANUP_BUF struct buf text = test_load_cosig("checkpoint_text");
	struct tlog_vkey key = load_key("witness_vkey");
	struct ed25519_secret *secret = witness_secret();
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_BUF struct buf message = BUF_INIT(1000), line = BUF_INIT(1000),
		                       signature = BUF_INIT(TLOG_COSIGNATURE_LEN);
		uint64_t time_s;
		tlog_cosignature_append_message(&message, times[i], buf_view(&text));
		struct ed25519_signature raw = ed25519_sign(secret, buf_view(&message));
		buf_append_u64(&signature, times[i]);
		buf_append(&signature, raw.bytes, sizeof raw.bytes);
		tlog_note_append_line(&line, &key, buf_view(&signature));
		assert_int_equal(tlog_cosignature_verify_line(buf_view(&text),
		                                              buf_view(&line), &key,
		                                              &time_s, NULL),
		                 STATUS_UNTRUSTED);
	}
	ed25519_secret_free(secret);
}

static void wrong_lengths_and_key_types_are_untrusted(void **state)
{
	CLEANUP_BUF struct buf text = test_load_cosig("checkpoint_text");
	uint8_t bytes[100] = {[7] = 1};
	static const char *const keys[] = {"log_vkey", "witness_vkey", "mldsa_vkey"};
	static const size_t lens[] = {1, 8, 9, 64, 71, 72, 73};
	for (size_t k = 0; k < 3; k++) {
		struct tlog_vkey key = load_key(keys[k]);
		for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
			CLEANUP_BUF struct buf line = BUF_INIT(1000);
			uint64_t time_s;
			tlog_note_append_line(&line, &key, view_of(bytes, lens[i]));
			assert_int_equal(
			    tlog_cosignature_verify_line(buf_view(&text), buf_view(&line),
			                                 &key, &time_s, NULL),
			    STATUS_UNTRUSTED);
		}
	}
}

static void valid_cosignature_with_a_byte_behind_it_is_untrusted(void **state)
{
	CLEANUP_BUF struct buf text = test_load_cosig("checkpoint_text");
	CLEANUP_BUF struct buf published = test_load_cosig("cosig_v1_line");
	CLEANUP_BUF struct buf line = BUF_INIT(1000);
	struct tlog_vkey key = load_key("witness_vkey");
	struct tlog_note_line parsed;
	uint64_t time_s;
	assert_int_equal(tlog_note_line_parse(buf_view(&published), &parsed, NULL),
	                 STATUS_OK);
	parsed.signature[parsed.signature_len++] = 0;
	tlog_note_append_line(&line, &key,
	                      view_of(parsed.signature, parsed.signature_len));
	assert_int_equal(tlog_cosignature_verify_line(buf_view(&text), buf_view(&line),
	                                              &key, &time_s, NULL),
	                 STATUS_UNTRUSTED);
}

/* Case 6, the message. */
static void subtree_message_is_the_published_one(void **state)
{
	CLEANUP_BUF struct buf message = BUF_INIT(1000);
	CLEANUP_BUF struct buf expected = test_load_cosig_bytes("mldsa_message_hex");
	struct hash root = test_hash_of_hex(
	    "2e9547978b8da560ecaaf07ab189d6799ecc53cd2f56c2f01866d01f70b78a4f");
	tlog_cosignature_append_subtree_message(&message, "hotline.example/bob",
	                                        VECTOR_TIME_S, "hotline.example/alice", 0,
	                                        3, &root);
	assert_int_equal(message.len, 110);
	test_assert_view_equal(buf_view(&message), buf_view(&expected));
	struct hash digest = sha256(buf_view(&message));
	test_assert_hash_hex(
	    &digest, "3c3c9f2ece2b5d1e24c8c0d3750e1ef40ef7ec4ec3d982088b53925a55e2df8e");
	struct tlog_vkey key = load_key("mldsa_vkey");
	struct hash of_key = sha256(view_of(key.key, key.key_len));
	test_assert_hash_hex(
	    &of_key, "b629b426c4029eb67edd3978204d09b244dcbccac28e8fdef64952345a4a4840");
}

static enum status verify_mldsa(const struct tlog_note *note, uint64_t *ret_time_s)
{
	struct tlog_vkey key = load_key("mldsa_vkey");
	return tlog_cosignature_verify(note, &key, ret_time_s, NULL);
}

/* Case 6, the signature. */
static void mldsa_cosignature_verifies(void **state)
{
	if (!mldsa44_is_available()) {
		print_message("skipped: this OpenSSL has no ML-DSA-44\n");
		skip();
	}
	CLEANUP_BUF struct buf note = test_load_own("tree/checkpoint");
	struct tlog_note parsed = parse(&note);
	uint64_t time_s = 0;
	assert_int_equal(verify_mldsa(&parsed, &time_s), STATUS_OK);
	assert_int_equal(time_s, VECTOR_TIME_S);
	uint8_t text[200];
	assert_in_range(parsed.text.len, 1, sizeof text);
	for (size_t i = 0; i < parsed.text.len; i++) {
		struct tlog_note changed = parsed;
		memcpy(text, parsed.text.data, parsed.text.len);
		text[i] ^= 1;
		changed.text = view_of(text, parsed.text.len);
		assert_int_not_equal(verify_mldsa(&changed, &time_s), STATUS_OK);
	}
}

static void mldsa_cosignature_is_not_found_where_openssl_cannot(void **state)
{
	if (mldsa44_is_available())
		skip();
	CLEANUP_BUF struct buf note = test_load_own("tree/checkpoint");
	struct tlog_note parsed = parse(&note);
	uint64_t time_s = 0;
	assert_int_equal(verify_mldsa(&parsed, &time_s), STATUS_NOT_FOUND);
}

/* Case 7. */
static void subtree_message_layout_is_pinned(void **state)
{
	static const char head[] = "subtree/v1\n\0"
	                           "\x01"
	                           "a\x01\x02\x03\x04\x05\x06\x07\x08"
	                           "\x01"
	                           "b\x09\x10\x11\x12\x13\x14\x15\x16"
	                           "\x17\x18\x19\x1a\x1b\x1c\x1d\x1e";
	struct hash hash;
	memset(hash.bytes, 0x42, sizeof hash.bytes);
	CLEANUP_BUF struct buf message = BUF_INIT(1000), expected = BUF_INIT(1000);
	buf_append(&expected, head, sizeof head - 1);
	buf_append_view(&expected, hash_view(&hash));
	tlog_cosignature_append_subtree_message(&message, "a", 0x0102030405060708, "b",
	                                        0x0910111213141516, 0x1718191a1b1c1d1e,
	                                        &hash);
	test_assert_view_equal(buf_view(&message), buf_view(&expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(message_and_line_are_the_published_ones),
	    cmocka_unit_test(published_cosignature_verifies),
	    cmocka_unit_test(line_of_another_key_is_not_found),
	    cmocka_unit_test(any_flipped_bit_is_untrusted),
	    cmocka_unit_test(time_of_zero_or_beyond_63_bits_is_untrusted),
	    cmocka_unit_test(wrong_lengths_and_key_types_are_untrusted),
	    cmocka_unit_test(valid_cosignature_with_a_byte_behind_it_is_untrusted),
	    cmocka_unit_test(subtree_message_is_the_published_one),
	    cmocka_unit_test(mldsa_cosignature_verifies),
	    cmocka_unit_test(mldsa_cosignature_is_not_found_where_openssl_cannot),
	    cmocka_unit_test(subtree_message_layout_is_pinned),
	};
	return cmocka_run_group_tests(tests, test_setup, NULL);
}
