/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes and verifier keys: published vectors (cases 1 and 3), tampering, and each way a
 * note can be malformed.
 */
#include "tlog/note.h"

#include "tlog/tlog_testing.h"

static const char foo_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char foo_note[] = "This is an example message.\n"
                               "\n"
                               "\xe2\x80\x94 example.com/foo "
                               "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E"
                               "RYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

static struct tlog_vkey decode_vkey(const char *text)
{
	struct tlog_vkey key;
	assert_int_equal(tlog_vkey_decode(view_of_string(text), &key, NULL), STATUS_OK);
	return key;
}

static enum status verify_text(struct view note, const struct tlog_vkey *key)
{
	struct tlog_note parsed;
	TRY(tlog_note_parse(note, &parsed, NULL));
	return tlog_note_verify(&parsed, key, NULL);
}

/* Case 1. */
static void published_note_verifies(void **state)
{
	struct tlog_vkey key = decode_vkey(foo_vkey);
	struct tlog_note note;
	assert_int_equal(key.id, 0x530d903a);
	assert_int_equal(verify_text(view_of_string(foo_note), &key), STATUS_OK);
	assert_int_equal(tlog_note_parse(view_of_string(foo_note), &note, NULL),
	                 STATUS_OK);
	assert_true(view_equal_string(note.text, "This is an example message.\n"));
	assert_int_equal(note.line_count, 1);
}

static void any_flipped_bit_is_refused(void **state)
{
	struct tlog_vkey key = decode_vkey(foo_vkey);
	uint8_t note[sizeof foo_note - 1];
	for (size_t i = 0; i < sizeof note; i++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(note, foo_note, sizeof note);
			note[i] ^= (uint8_t)(1 << bit);
			assert_int_not_equal(
			    verify_text(view_of(note, sizeof note), &key), STATUS_OK);
		}
}

static void changed_text_is_untrusted_and_another_key_not_found(void **state)
{
	struct tlog_vkey key = decode_vkey(foo_vkey);
	uint8_t note[sizeof foo_note - 1];
	memcpy(note, foo_note, sizeof note);
	note[0] = 't';
	assert_int_equal(verify_text(view_of(note, sizeof note), &key), STATUS_UNTRUSTED);
	key.id++;
	assert_int_equal(verify_text(view_of(note, sizeof note), &key), STATUS_NOT_FOUND);
}

static void cut_notes_are_refused(void **state)
{
	struct tlog_vkey key = decode_vkey(foo_vkey);
	for (size_t len = 0; len < sizeof foo_note - 1; len++)
		assert_int_equal(verify_text(view_of(foo_note, len), &key),
		                 STATUS_MALFORMED);
}

static struct ed25519_secret *secret_of(const char *phrase,
                                        struct ed25519_public *ret_key)
{
	struct hash digest = sha256(view_of_string(phrase));
	struct ed25519_seed seed;
	struct ed25519_secret *secret;
	memcpy(seed.bytes, digest.bytes, sizeof seed.bytes);
	assert_int_equal(ed25519_secret_new(&seed, &secret, NULL), STATUS_OK);
	*ret_key = ed25519_secret_public(secret);
	return secret;
}

/* Case 3, and the log's line byte for byte: Ed25519 is deterministic. */
static void own_keys_have_their_ids_and_sign_the_published_line(void **state)
{
	struct ed25519_public public_key;
	struct tlog_vkey key;
	struct ed25519_secret *secret = secret_of("hotline log test key", &public_key);
	assert_int_equal(tlog_vkey_init(&key, "hotline.example/alice", TLOG_KEY_ED25519,
	                                &public_key, NULL),
	                 STATUS_OK);
	assert_int_equal(key.id, 0x38587cfe);
	CLEANUP_BUF struct buf vkey = BUF_INIT(1000),
	                       expected = test_load_cosig("log_vkey");
	tlog_vkey_append(&vkey, &key);
	test_assert_view_equal(buf_view(&vkey), buf_view(&expected));

	CLEANUP_BUF struct buf text = test_load_cosig("checkpoint_text");
	CLEANUP_BUF struct buf line = test_load_cosig("log_line");
	CLEANUP_BUF struct buf note = BUF_INIT(1000), whole = BUF_INIT(1000);
	tlog_note_sign(&note, buf_view(&text), &key, secret);
	buf_append_view(&whole, buf_view(&text));
	buf_append_byte(&whole, '\n');
	buf_append_view(&whole, buf_view(&line));
	test_assert_view_equal(buf_view(&note), buf_view(&whole));
	assert_int_equal(verify_text(buf_view(&note), &key), STATUS_OK);
	ed25519_secret_free(secret);
}

static void witness_and_mldsa_vkeys_come_back_as_they_were(void **state)
{
	static const struct {
		const char *name;
		uint32_t id;
		uint8_t type;
		uint16_t len;
	} keys[] = {
	    {"log_vkey", 0x38587cfe, 0x01, 32},
	    {"witness_vkey", 0xe8d40688, 0x04, 32},
	    {"mldsa_vkey", 0x45209e9b, 0x06, 1312},
	};
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_BUF struct buf text = test_load_cosig(keys[i].name);
		CLEANUP_BUF struct buf again = BUF_INIT(4000);
		struct tlog_vkey key;
		assert_int_equal(tlog_vkey_decode(buf_view(&text), &key, NULL),
		                 STATUS_OK);
		assert_int_equal(key.id, keys[i].id);
		assert_int_equal(key.type, keys[i].type);
		assert_int_equal(key.key_len, keys[i].len);
		tlog_vkey_append(&again, &key);
		test_assert_view_equal(buf_view(&again), buf_view(&text));
	}
}

static void bad_vkeys_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "+",
	    "++",
	    "example.com/foo",
	    "example.com/foo+530d903a",
	    "example.com/foo+530d903a+",
	    "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    /* another id, upper case, too short */
	    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    /* another name */
	    "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    /* a type read as another, an unknown type, a short key, bad base64 */
	    "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
	    "example.com/foo+530d903a+AQ==",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct tlog_vkey key;
		if (tlog_vkey_decode(view_of_string(bad[i]), &key, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("taken: %s", bad[i]);
	}
}

/* A vkey with the right id for whatever type and key it holds. */
static enum status decode_made_vkey(uint8_t type, uint16_t key_len)
{
	struct tlog_vkey key = {.name = "n", .type = type, .key_len = key_len}, decoded;
	uint8_t hashed[3 + TLOG_KEY_MAX] = {'n', '\n', type};
	struct hash hash = sha256(view_of(hashed, (size_t)3 + key_len));
	key.id = (uint32_t)hash.bytes[0] << 24 | (uint32_t)hash.bytes[1] << 16 |
	         (uint32_t)hash.bytes[2] << 8 | hash.bytes[3];
	CLEANUP_BUF struct buf text = BUF_INIT(4000);
	tlog_vkey_append(&text, &key);
	return tlog_vkey_decode(buf_view(&text), &decoded, NULL);
}

static void only_known_types_with_keys_of_their_length_are_taken(void **state)
{
	assert_int_equal(decode_made_vkey(0x01, 32), STATUS_OK);
	assert_int_equal(decode_made_vkey(0x04, 32), STATUS_OK);
	assert_int_equal(decode_made_vkey(0x06, 1312), STATUS_OK);
	assert_int_equal(decode_made_vkey(0x01, 31), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0x01, 33), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0x04, 1312), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0x06, 32), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0x00, 32), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0x02, 32), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0x05, 32), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0xff, 32), STATUS_MALFORMED);
	assert_int_equal(decode_made_vkey(0x01, 0), STATUS_MALFORMED);
}

static void names_are_checked(void **state)
{
	static const char *const bad[] = {
	    "",          "a b",          "a+b",          "a\tb",         "a\x7f",
	    "a\xc2\xa0", "\xe2\x80\x83", "\xe3\x80\x80", "\xc2\x85",     "\xff",
	    "a\nb",      "\xc0\xaf",     "\xc2\x80",     "\xed\xa0\x80",
	};
	char long_name[TLOG_NAME_MAX + 2];
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(tlog_name_check(view_of_string(bad[i])));
	assert_false(tlog_name_check(view_of("a\0b", 3)));
	memset(long_name, 'n', sizeof long_name);
	assert_false(tlog_name_check(view_of(long_name, TLOG_NAME_MAX + 1)));
	assert_true(tlog_name_check(view_of(long_name, TLOG_NAME_MAX)));
	assert_true(tlog_name_check(view_of_string("\xc3\xa9\xe4\xb8\xad/x-1.y")));
	struct tlog_vkey key;
	struct ed25519_public public_key = {{0}};
	assert_int_equal(tlog_vkey_init(&key, "a b", TLOG_KEY_ED25519, &public_key, NULL),
	                 STATUS_MALFORMED);
}

/* "AAAAAAA=" is an id of zeros and one byte of signature. */
#define LINE "\xe2\x80\x94 name AAAAAAA=\n"

static void malformed_notes_are_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "\n",
	    "\n\n",
	    "text\n",
	    "text\n\n",
	    "text\n" LINE,
	    "text\n\n" LINE "\n",
	    "text\n\n\n" LINE "rest",
	    "text\n\n" LINE "text\n",
	    "text\n\n- name AAAAAAA=\n",
	    "text\n\n\xe2\x80\x94name AAAAAAA=\n",
	    "text\n\n\xe2\x80\x94 name  AAAAAAA=\n",
	    "text\n\n\xe2\x80\x94 name AAAAAAA= \n",
	    "text\n\n\xe2\x80\x94 name AAAAAAA\n",
	    "text\n\n\xe2\x80\x94 name AAAAAAB=\n", /* not canonical */
	    "text\n\n\xe2\x80\x94 name AAAAAA==\n", /* four bytes: no signature */
	    "text\n\n\xe2\x80\x94 name \n",
	    "text\n\n\xe2\x80\x94 name\n",
	    "text\n\n\xe2\x80\x94  AAAAAAA=\n",
	    "text\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
	    "te\rxt\n\n" LINE,
	    "te\txt\n\n" LINE,
	    "text\r\n\r\n" LINE,
	    "te\xff\n\n" LINE,
	    "te\xc3\n\n" LINE,
	};
	struct tlog_note note;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (tlog_note_parse(view_of_string(bad[i]), &note, NULL) !=
		    STATUS_MALFORMED)
			fail_msg("note %zu was taken", i);
	assert_int_equal(tlog_note_parse(view_of("te\0t\n\n" LINE, 6 + 20), &note, NULL),
	                 STATUS_MALFORMED);
}

static void text_is_split_at_the_last_blank_line(void **state)
{
	struct tlog_note note;
	assert_int_equal(
	    tlog_note_parse(view_of_string("a\n\nb\n\n" LINE LINE), &note, NULL),
	    STATUS_OK);
	assert_true(view_equal_string(note.text, "a\n\nb\n"));
	assert_int_equal(note.line_count, 2);
	assert_int_equal(tlog_note_parse(view_of_string("\n\n" LINE), &note, NULL),
	                 STATUS_OK);
	assert_true(view_equal_string(note.text, "\n"));
	assert_int_equal(
	    tlog_note_parse(view_of_string("\x7f\xc2\x85\n\n" LINE), &note, NULL),
	    STATUS_OK);
}

static void hundred_lines_are_taken_and_one_more_refused(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_note note;
	buf_append_string(&text, "text\n\n");
	for (int i = 0; i < TLOG_NOTE_LINES_MAX; i++)
		buf_append_string(&text, LINE);
	assert_int_equal(tlog_note_parse(buf_view(&text), &note, NULL), STATUS_OK);
	assert_int_equal(note.line_count, TLOG_NOTE_LINES_MAX);
	buf_append_string(&text, LINE);
	assert_int_equal(tlog_note_parse(buf_view(&text), &note, NULL), STATUS_MALFORMED);
}

static void oversized_notes_and_signatures_are_refused(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TLOG_NOTE_MAX + 1);
	struct tlog_note note;
	memset(buf_extend(&text, TLOG_NOTE_MAX + 1), 'x', TLOG_NOTE_MAX + 1);
	assert_int_equal(tlog_note_parse(buf_view(&text), &note, NULL), STATUS_LIMIT);

	struct tlog_vkey key = decode_vkey(foo_vkey);
	uint8_t signature[TLOG_SIGNATURE_MAX] = {0};
	CLEANUP_BUF struct buf line = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_note_line parsed;
	tlog_note_append_line(&line, &key, view_of(signature, sizeof signature));
	assert_int_equal(tlog_note_line_parse(buf_view(&line), &parsed, NULL), STATUS_OK);
	assert_int_equal(parsed.signature_len, TLOG_SIGNATURE_MAX);
	/* 8196 bytes are a multiple of three, so four more characters are well formed. */
	line.len--;
	buf_append_string(&line, "AAAA\n");
	assert_int_equal(tlog_note_line_parse(buf_view(&line), &parsed, NULL),
	                 STATUS_MALFORMED);
}

static void line_is_parsed_with_and_without_newline(void **state)
{
	struct tlog_note_line line;
	assert_int_equal(tlog_note_line_parse(view_of_string(LINE), &line, NULL),
	                 STATUS_OK);
	assert_true(view_equal_string(line.name, "name"));
	assert_int_equal(line.signature_len, 1);
	assert_int_equal(tlog_note_line_parse(
	                     view_of_string("\xe2\x80\x94 name AAAAAAA="), &line, NULL),
	                 STATUS_OK);
	assert_int_equal(tlog_note_line_parse(view_of_string(LINE "\n"), &line, NULL),
	                 STATUS_MALFORMED);
}

/* A forged line of the same name and id in front is the one that counts. */
static void first_line_of_a_key_counts(void **state)
{
	struct tlog_vkey key = decode_vkey(foo_vkey);
	uint8_t forged[64] = {1};
	CLEANUP_BUF struct buf note = BUF_INIT(10000);
	size_t head = sizeof "This is an example message.\n";
	buf_append(&note, foo_note, head);
	tlog_note_append_line(&note, &key, view_of(forged, sizeof forged));
	buf_append_string(&note, foo_note + head);
	assert_int_equal(verify_text(buf_view(&note), &key), STATUS_UNTRUSTED);

	buf_clear(&note);
	buf_append_string(&note, foo_note);
	tlog_note_append_line(&note, &key, view_of(forged, sizeof forged));
	assert_int_equal(verify_text(buf_view(&note), &key), STATUS_OK);
}

static void lines_of_other_keys_are_passed_over(void **state)
{
	struct tlog_vkey key = decode_vkey(foo_vkey), other = key;
	uint8_t junk[7] = {9};
	CLEANUP_BUF struct buf note = BUF_INIT(10000);
	size_t head = sizeof "This is an example message.\n";
	buf_append(&note, foo_note, head);
	other.id ^= 1;
	tlog_note_append_line(&note, &other, view_of(junk, sizeof junk));
	other = key;
	strcat(other.name, "d");
	tlog_note_append_line(&note, &other, view_of(junk, sizeof junk));
	other.name[3] = '\0';
	tlog_note_append_line(&note, &other, view_of(junk, sizeof junk));
	buf_append_string(&note, foo_note + head);
	assert_int_equal(verify_text(buf_view(&note), &key), STATUS_OK);
}

static void wrong_signature_length_or_key_type_is_untrusted(void **state)
{
	struct tlog_vkey key = decode_vkey(foo_vkey);
	uint8_t short_signature[63] = {0};
	CLEANUP_BUF struct buf note = BUF_INIT(10000);
	buf_append_string(&note, "text\n\n");
	tlog_note_append_line(&note, &key, view_of(short_signature, 63));
	assert_int_equal(verify_text(buf_view(&note), &key), STATUS_UNTRUSTED);
	key.type = TLOG_KEY_ED25519_COSIGNATURE;
	assert_int_equal(verify_text(view_of_string(foo_note), &key), STATUS_UNTRUSTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_note_verifies),
	    cmocka_unit_test(any_flipped_bit_is_refused),
	    cmocka_unit_test(changed_text_is_untrusted_and_another_key_not_found),
	    cmocka_unit_test(cut_notes_are_refused),
	    cmocka_unit_test(own_keys_have_their_ids_and_sign_the_published_line),
	    cmocka_unit_test(witness_and_mldsa_vkeys_come_back_as_they_were),
	    cmocka_unit_test(bad_vkeys_are_refused),
	    cmocka_unit_test(only_known_types_with_keys_of_their_length_are_taken),
	    cmocka_unit_test(names_are_checked),
	    cmocka_unit_test(malformed_notes_are_refused),
	    cmocka_unit_test(text_is_split_at_the_last_blank_line),
	    cmocka_unit_test(hundred_lines_are_taken_and_one_more_refused),
	    cmocka_unit_test(oversized_notes_and_signatures_are_refused),
	    cmocka_unit_test(line_is_parsed_with_and_without_newline),
	    cmocka_unit_test(first_line_of_a_key_counts),
	    cmocka_unit_test(lines_of_other_keys_are_passed_over),
	    cmocka_unit_test(wrong_signature_length_or_key_type_is_untrusted),
	};
	return cmocka_run_group_tests(tests, test_setup, NULL);
}
