/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/witness_answer.h"

#include "codec/reader.h"
#include "crypto/mldsa.h"
#include "tlog/cosignature.h"
#include "tlog/tlog_testing.h"

static const char text[] =
    "log.example/x\n7\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n";
static const char url[] = "https://w.example/";

enum { KEYS = 3 }; /* the third is asked elsewhere */

struct fixture {
	struct ed25519_secret *secrets[KEYS];
	struct tlog_vkey keys[KEYS];
	struct tlog_policy policy;
	struct buf body;
	struct tlog_witness_line lines[TLOG_WITNESS_KEYS_MAX];
	size_t count;
	struct error err;
};

static void add_to_policy(struct buf *policy, const char *name,
                          const struct tlog_vkey *key, const char *where)
{
	buf_printf(policy, "witness %s ", name);
	tlog_vkey_append(policy, key);
	buf_printf(policy, " %s\n", where);
}

static void start_with(struct fixture *f, const struct tlog_vkey *more)
{
	CLEANUP_BUF struct buf policy = BUF_INIT(1 << 16);
	*f = (struct fixture){.body = BUF_INIT(1 << 20)};
	assert_int_equal(crypto_init(NULL), STATUS_OK);
	for (int i = 0; i < KEYS; i++) {
		struct ed25519_seed seed = {{(uint8_t)(i + 1)}};
		char name[32];
		assert_int_equal(ed25519_secret_new(&seed, &f->secrets[i], NULL),
		                 STATUS_OK);
		struct ed25519_public key = ed25519_secret_public(f->secrets[i]);
		snprintf(name, sizeof name, "w.example/%d", i);
		assert_int_equal(tlog_vkey_init(&f->keys[i], name,
		                                TLOG_KEY_ED25519_COSIGNATURE, &key, NULL),
		                 STATUS_OK);
		add_to_policy(&policy, name, &f->keys[i],
		              i < 2 ? url : "https://other.example/");
	}
	if (more)
		add_to_policy(&policy, "more", more, url);
	buf_append_string(&policy, "quorum none\n");
	assert_int_equal(tlog_policy_parse(buf_view(&policy), &f->policy, NULL),
	                 STATUS_OK);
}

static void start(struct fixture *f)
{
	start_with(f, NULL);
}

static void stop(struct fixture *f)
{
	for (int i = 0; i < KEYS; i++)
		ed25519_secret_free(f->secrets[i]);
	tlog_policy_release(&f->policy);
	buf_release(&f->body);
}

static void cosign(struct fixture *f, int key, uint64_t time_s, const char *over)
{
	tlog_cosignature_sign(&f->body, &f->keys[key], f->secrets[key], time_s,
	                      view_of_string(over));
}

static enum status read_body(struct fixture *f, struct view body)
{
	return tlog_witness_answer_read(&f->policy, url, view_of_string(text), body,
	                                f->lines, &f->count, &f->err);
}

static void lines_under_its_keys_are_taken(void **state TEST_UNUSED)
{
	struct fixture f;
	start(&f);
	cosign(&f, 1, 20, text);
	cosign(&f, 0, 10, text);
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_OK);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.lines[0].time_s, 20);
	assert_string_equal(f.lines[0].key->name, "w.example/1");
	assert_int_equal(f.lines[1].time_s, 10);
	uint64_t time_s;
	assert_int_equal(tlog_cosignature_verify_line(view_of_string(text),
	                                              f.lines[1].line, f.lines[1].key,
	                                              &time_s, NULL),
	                 STATUS_OK);
	stop(&f);
}

static void strangers_and_nonsense_are_passed_over(void **state TEST_UNUSED)
{
	struct fixture f;
	start(&f);
	buf_append_string(&f.body, "\n\xff\xfe\nno line at all\n\xe2\x80\x94 x AAAA\n");
	cosign(&f, 2, 30, text); /* it is asked elsewhere */
	cosign(&f, 0, 10, text);
	cosign(&f, 0, 11, text); /* of two the first */
	buf_append_string(&f.body, "the end has no newline");
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_OK);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.lines[0].time_s, 10);
	stop(&f);
}

static void one_that_does_not_verify_spoils_the_answer(void **state TEST_UNUSED)
{
	struct fixture f;
	start(&f);
	cosign(&f, 0, 10, text);
	cosign(&f, 1, 10, "something else\n");
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_UNTRUSTED);
	assert_non_null(strstr(f.err.text, "does not verify"));
	stop(&f);
}

static void an_answer_without_lines_is_said_so(void **state TEST_UNUSED)
{
	struct fixture f;
	start(&f);
	assert_int_equal(read_body(&f, view_of("", 0)), STATUS_NOT_FOUND);
	cosign(&f, 2, 30, text);
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_NOT_FOUND);
	stop(&f);
}

static void every_cut_and_flipped_bit_is_refused(void **state TEST_UNUSED)
{
	struct fixture f;
	start(&f);
	cosign(&f, 0, 10, text);
	for (size_t len = 0; len < f.body.len; len++)
		assert_int_not_equal(read_body(&f, view_of(f.body.data, len)), STATUS_OK);
	for (size_t i = 0; i < f.body.len * 8; i++) {
		f.body.data[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(read_body(&f, buf_view(&f.body)), STATUS_OK);
		f.body.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	stop(&f);
}

static void an_answer_has_an_end(void **state TEST_UNUSED)
{
	struct fixture f;
	start(&f);
	for (int i = 0; i < 100; i++)
		buf_append_string(&f.body, "x\n");
	cosign(&f, 0, 10, text); /* behind the lines that are looked at */
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_NOT_FOUND);
	while (f.body.len <= TLOG_WITNESS_ANSWER_MAX)
		buf_append_string(&f.body, "x\n");
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_LIMIT);
	stop(&f);
}

static void a_post_quantum_line_needs_its_form(void **state TEST_UNUSED)
{
	struct tlog_vkey key = {.type = TLOG_KEY_MLDSA44_COSIGNATURE,
	                        .key_len = MLDSA44_PUBLIC_LEN,
	                        .name = "w.example/pq"};
	uint8_t signature[8 + MLDSA44_SIGNATURE_LEN] = {0, 0, 0, 0, 1, 2, 3, 4};
	CLEANUP_BUF struct buf hashed = BUF_INIT(4096);
	struct fixture f;
	buf_printf(&hashed, "%s\n", key.name);
	buf_append_byte(&hashed, key.type);
	buf_append(&hashed, key.key, key.key_len);
	struct hash id = sha256(buf_view(&hashed));
	struct reader reader = reader_of(view_of(id.bytes, 4));
	assert_true(reader_u32(&reader, &key.id));
	start_with(&f, &key);
	tlog_note_append_line(&f.body, &key, view_of(signature, sizeof signature));
	/* made up: taken only where nobody can tell */
	assert_int_equal(read_body(&f, buf_view(&f.body)),
	                 mldsa44_is_available() ? STATUS_UNTRUSTED : STATUS_OK);
	buf_clear(&f.body);
	tlog_note_append_line(&f.body, &key, view_of(signature, sizeof signature - 1));
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_UNTRUSTED);
	buf_clear(&f.body);
	memset(signature, 0, 8); /* a time of 0 */
	tlog_note_append_line(&f.body, &key, view_of(signature, sizeof signature));
	assert_int_equal(read_body(&f, buf_view(&f.body)), STATUS_UNTRUSTED);
	stop(&f);
}

static void sizes_are_strict(void **state TEST_UNUSED)
{
	static const char *const bad[] = {"",
	                                  "7",
	                                  "\n",
	                                  "-1\n",
	                                  "+1\n",
	                                  "07\n",
	                                  " 7\n",
	                                  "7 \n",
	                                  "7\r\n",
	                                  "x\n",
	                                  "9223372036854775808\n"};
	uint64_t size;
	assert_int_equal(tlog_witness_size_read(view_of_string("7\nmore"), &size, NULL),
	                 STATUS_OK);
	assert_int_equal(size, 7);
	assert_int_equal(
	    tlog_witness_size_read(view_of_string("9223372036854775807\n"), &size, NULL),
	    STATUS_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    tlog_witness_size_read(view_of_string(bad[i]), &size, NULL),
		    STATUS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_under_its_keys_are_taken),
	    cmocka_unit_test(strangers_and_nonsense_are_passed_over),
	    cmocka_unit_test(one_that_does_not_verify_spoils_the_answer),
	    cmocka_unit_test(an_answer_without_lines_is_said_so),
	    cmocka_unit_test(every_cut_and_flipped_bit_is_refused),
	    cmocka_unit_test(an_answer_has_an_end),
	    cmocka_unit_test(a_post_quantum_line_needs_its_form),
	    cmocka_unit_test(sizes_are_strict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
