/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest as bytes: round trip, what is refused, and its one signature.
 */
#include "bundle/manifest.h"

#include "bundle/testing.h"

static struct bundle_manifest_log logs[2];

static struct bundle_manifest sample(void)
{
	struct bundle_manifest manifest = {
	    .date_s = 1795218540, .list_count = 31, .logs = logs, .log_count = 2};
	static const char *const names[] = {"north.example", "south.example"};

	memset(manifest.channel.hash.bytes, 7, 32);
	memset(manifest.list_hash.bytes, 9, 32);
	(void)snprintf(manifest.exporter.text, sizeof manifest.exporter.text,
	               "north.example");
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(logs[i].origin.desk.text, sizeof logs[i].origin.desk.text,
		               "%s", names[i]);
		logs[i].origin.channel = manifest.channel;
		logs[i].origin.generation = 1;
		logs[i].size = 12 + i;
		memset(logs[i].root.bytes, (int)i, 32);
	}
	return manifest;
}

static void append(const struct bundle_manifest *manifest, struct buf *out)
{
	struct ed25519_secret *secret =
	    testing_secret_new("north.example", RECORD_ROLE_LINK);

	*out = BUF_INIT(SIZE_MAX);
	assert_int_equal(bundle_manifest_append(manifest, secret, out, NULL), STATUS_OK);
	ed25519_secret_free(secret);
}

static struct ed25519_public link_key(void)
{
	struct ed25519_secret *secret =
	    testing_secret_new("north.example", RECORD_ROLE_LINK);
	struct ed25519_public key = ed25519_secret_public(secret);

	ed25519_secret_free(secret);
	return key;
}

static void a_manifest_survives_the_round_trip(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample(), decoded = {0};
	struct ed25519_public key = link_key();
	struct buf note;

	append(&manifest, &note);
	assert_int_equal(bundle_manifest_decode(buf_view(&note), &decoded, NULL), 0);
	assert_string_equal(decoded.exporter.text, "north.example");
	assert_memory_equal(&decoded.channel, &manifest.channel, 32);
	assert_int_equal(decoded.date_s, manifest.date_s);
	assert_memory_equal(&decoded.list_hash, &manifest.list_hash, 32);
	assert_int_equal(decoded.list_count, 31);
	assert_int_equal(decoded.log_count, 2);
	assert_int_equal(decoded.logs[1].size, 13);
	assert_string_equal(decoded.logs[1].origin.desk.text, "south.example");
	assert_memory_equal(&decoded.logs[1].root, &logs[1].root, 32);
	assert_int_equal(bundle_manifest_verify(&decoded, buf_view(&note), &key, NULL),
	                 STATUS_OK);
	bundle_manifest_release(&decoded);
	buf_release(&note);
}

static void another_key_is_not_trusted(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample(), decoded = {0};
	struct ed25519_public key = link_key();
	struct buf note;

	append(&manifest, &note);
	key.bytes[0] ^= 1;
	assert_int_equal(bundle_manifest_decode(buf_view(&note), &decoded, NULL), 0);
	assert_int_equal(bundle_manifest_verify(&decoded, buf_view(&note), &key, NULL),
	                 STATUS_UNTRUSTED);
	bundle_manifest_release(&decoded);
	buf_release(&note);
}

static void every_changed_byte_is_refused(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample();
	struct ed25519_public key = link_key();
	struct buf note;

	append(&manifest, &note);
	for (size_t i = 0; i < note.len; i++) {
		struct bundle_manifest decoded = {0};

		note.data[i] ^= 1;
		enum status status =
		    bundle_manifest_decode(buf_view(&note), &decoded, NULL);
		if (status == STATUS_OK)
			status =
			    bundle_manifest_verify(&decoded, buf_view(&note), &key, NULL);
		if (status == STATUS_OK)
			fail_msg("byte %zu", i);
		bundle_manifest_release(&decoded);
		note.data[i] ^= 1;
	}
	buf_release(&note);
}

static void assert_refused(const struct buf *note, const char *words)
{
	struct bundle_manifest decoded = {0};
	struct error err = {0};

	assert_int_equal(bundle_manifest_decode(buf_view(note), &decoded, &err),
	                 STATUS_MALFORMED);
	if (strstr(err.text, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, err.text);
	bundle_manifest_release(&decoded);
}

static void every_cut_is_refused(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample();
	struct buf note;

	append(&manifest, &note);
	for (size_t len = note.len; len-- > 0;) {
		note.len = len;
		assert_refused(&note, "");
	}
	buf_release(&note);
}

static void a_log_twice_is_refused(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample();
	struct buf note;

	logs[1] = logs[0];
	append(&manifest, &note);
	assert_refused(&note, "twice");
	buf_release(&note);
}

static void a_log_of_another_channel_is_refused(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample();
	struct buf note;

	logs[1].origin.channel.hash.bytes[31] ^= 1;
	append(&manifest, &note);
	assert_refused(&note, "another channel");
	buf_release(&note);
}

static void a_manifest_without_logs_is_refused(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample();
	struct buf note;

	manifest.log_count = 0;
	append(&manifest, &note);
	assert_refused(&note, "logs");
	buf_release(&note);
}

static void a_second_signature_is_refused(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample();
	struct buf note;

	append(&manifest, &note);
	size_t line = view_find_last(buf_view(&note), view_of_string("\n\n")) + 2;
	size_t len = note.len - line;
	uint8_t *copy = buf_extend(&note, len);
	memcpy(copy, note.data + line, len);
	assert_refused(&note, "one signature");
	buf_release(&note);
}

static void a_signature_in_another_name_is_refused(void **state TEST_UNUSED)
{
	struct bundle_manifest manifest = sample();
	struct buf note;

	append(&manifest, &note);
	size_t at = view_find_last(buf_view(&note), view_of_string("north.example/link"));
	memcpy(note.data + at, "south", 5);
	assert_refused(&note, "exporter's link key");
	buf_release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_manifest_survives_the_round_trip),
	    cmocka_unit_test(another_key_is_not_trusted),
	    cmocka_unit_test(every_changed_byte_is_refused),
	    cmocka_unit_test(every_cut_is_refused),
	    cmocka_unit_test(a_log_twice_is_refused),
	    cmocka_unit_test(a_log_of_another_channel_is_refused),
	    cmocka_unit_test(a_manifest_without_logs_is_refused),
	    cmocka_unit_test(a_second_signature_is_refused),
	    cmocka_unit_test(a_signature_in_another_name_is_refused),
	};

	return cmocka_run_group_tests(tests, test_setup, NULL);
}
