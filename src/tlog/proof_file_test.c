/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof files (case 20): the published one, and everything one could change in it.
 */
#include "tlog/proof_file.h"

#include "tlog/tlog_testing.h"

struct fixture {
	struct buf file;
	struct tlog_policy policy;
};

static void append_vector_line(struct buf *out, const char *word, const char *vector)
{
	CLEANUP_BUF struct buf key = test_load_cosig(vector);
	buf_printf(out, "%s %.*s\n", word, (int)key.len, (const char *)key.data);
}

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	if (!fixture || test_setup(NULL) != 0)
		return -1;
	CLEANUP_BUF struct buf text = BUF_INIT(100000);
	append_vector_line(&text, "log", "log_vkey");
	append_vector_line(&text, "witness bob", "witness_vkey");
	buf_append_string(&text, "quorum bob\n");
	assert_int_equal(tlog_policy_parse(buf_view(&text), &fixture->policy, NULL),
	                 STATUS_OK);
	fixture->file = test_load_own("leaf2.tlog-proof");
	*state = fixture;
	return 0;
}

static int free_fixture(void **state)
{
	struct fixture *fixture = *state;
	tlog_policy_release(&fixture->policy);
	buf_release(&fixture->file);
	free(fixture);
	return 0;
}

static enum status verify(const struct fixture *f, struct view text, const char *entry)
{
	struct tlog_proof_file file;
	TRY(tlog_proof_file_parse(text, &file, NULL));
	return tlog_proof_file_verify(&file, &f->policy, view_of_string(entry), NULL,
	                              NULL);
}

/* The file with its first occurrence of from replaced by to. */
static struct buf replaced(const struct fixture *f, const char *from, const char *to)
{
	struct view whole = buf_view(&f->file);
	struct buf text = BUF_INIT(100000);
	size_t at = view_find(whole, view_of_string(from));
	assert_int_not_equal(at, SIZE_MAX);
	buf_append(&text, whole.data, at);
	buf_append_string(&text, to);
	buf_append_view(&text, view_from(whole, at + strlen(from)));
	return text;
}

static void refused_when(const struct fixture *f, const char *from, const char *to,
                         enum status expected)
{
	CLEANUP_BUF struct buf text = replaced(f, from, to);
	assert_int_equal(verify(f, buf_view(&text), "bc"), expected);
}

static void published_file_verifies(void **state)
{
	struct fixture *f = *state;
	struct tlog_proof_file file;
	uint64_t times_s[1] = {0};
	struct tlog_policy_result result = {.verified_time_s = times_s};
	assert_int_equal(tlog_proof_file_parse(buf_view(&f->file), &file, NULL),
	                 STATUS_OK);
	assert_false(file.has_extra);
	assert_int_equal(file.index, 2);
	assert_int_equal(file.proof.count, 1);
	CLEANUP_BUF struct buf leaf = test_load_own("leaf2");
	assert_int_equal(
	    tlog_proof_file_verify(&file, &f->policy, buf_view(&leaf), &result, NULL),
	    STATUS_OK);
	assert_int_equal(result.checkpoint.size, 3);
	assert_int_equal(result.verified_count, 1);
	assert_int_equal(times_s[0], 1700000000);
	CLEANUP_BUF struct buf again = BUF_INIT(100000);
	tlog_proof_file_append(&again, &file);
	test_assert_view_equal(buf_view(&again), buf_view(&f->file));
}

static void another_leaf_is_refused(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(verify(f, buf_view(&f->file), "bc"), STATUS_OK);
	assert_int_equal(verify(f, buf_view(&f->file), "bd"), STATUS_UNTRUSTED);
	assert_int_equal(verify(f, buf_view(&f->file), ""), STATUS_UNTRUSTED);
}

static void changed_files_are_refused(void **state)
{
	struct fixture *f = *state;
	static const char hash[] = "aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aY=\n";
	refused_when(f, "index 2", "index 1", STATUS_UNTRUSTED);
	refused_when(f, "index 2", "index 0", STATUS_UNTRUSTED);
	refused_when(f, "index 2", "index 3", STATUS_MALFORMED);
	refused_when(f, "index 2", "index 02", STATUS_MALFORMED);
	refused_when(f, "index 2", "index +2", STATUS_MALFORMED);
	refused_when(f, "index 2", "index", STATUS_MALFORMED);
	refused_when(f, "index 2", "index 9223372036854775808", STATUS_MALFORMED);
	refused_when(f, "index 2\n", "", STATUS_MALFORMED);
	refused_when(f, "index 2\n", "index 2\r\n", STATUS_MALFORMED);
	refused_when(f, "@v1", "@v2", STATUS_MALFORMED);
	refused_when(f, "@v1\n", "@v1\r\n", STATUS_MALFORMED);
	refused_when(f, hash, "", STATUS_UNTRUSTED);
	refused_when(f, hash, "LpVHl4uNpWDsqvB6sYnWeZ7MU80vVsLwGGbQH3C3ik8=\n",
	             STATUS_UNTRUSTED);
	refused_when(f, "index 2\n",
	             "index 2\nLpVHl4uNpWDsqvB6sYnWeZ7MU80vVsLwGGbQH3C3ik8=\n",
	             STATUS_UNTRUSTED);
	refused_when(f, hash, "aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4Q==\n",
	             STATUS_MALFORMED);
	refused_when(f, "\n\nhotline", "\nhotline", STATUS_MALFORMED);
	refused_when(f, "\n\nhotline", "\n\n\nhotline", STATUS_MALFORMED);
	refused_when(f, "alice\n3\n", "alice\n4\n", STATUS_UNTRUSTED);
	refused_when(f, "alice\n3\n", "alice\n3\r\n", STATUS_MALFORMED);
}

/* But for the last line, which the policy does not ask for. */
static void cut_files_are_refused(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf last_line = test_load_cosig("mldsa_line");
	size_t enough = f->file.len - last_line.len;
	for (size_t len = 0; len < f->file.len; len++) {
		enum status status = verify(f, view_of(f->file.data, len), "bc");
		assert_int_equal(status == STATUS_OK, len == enough);
	}
}

static void extra_is_carried_and_never_looked_at(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf text = replaced(f, "index", "extra YWJj\nindex");
	struct tlog_proof_file file;
	assert_int_equal(tlog_proof_file_parse(buf_view(&text), &file, NULL), STATUS_OK);
	assert_true(file.has_extra);
	assert_true(view_equal_string(file.extra_base64, "YWJj"));
	CLEANUP_BUF struct buf again = BUF_INIT(100000);
	tlog_proof_file_append(&again, &file);
	test_assert_view_equal(buf_view(&again), buf_view(&text));
	assert_int_equal(verify(f, buf_view(&text), "bc"), STATUS_OK);
	refused_when(f, "index", "extra YWJ\nindex", STATUS_MALFORMED);
	refused_when(f, "index", "extra YWJj\nextra YWJj\nindex", STATUS_MALFORMED);
	refused_when(f, "index", "extra\nindex", STATUS_MALFORMED);
	refused_when(f, "index 2\n", "index 2\nextra YWJj\n", STATUS_MALFORMED);
}

static void too_many_hashes_are_malformed(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf many = BUF_INIT(100000);
	buf_append_string(&many, "index 2\n");
	for (int i = 0; i < TLOG_PROOF_MAX; i++)
		buf_append_string(&many,
		                  "aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aY=\n");
	buf_append_byte(&many, '\0');
	CLEANUP_BUF struct buf text = replaced(f, "index 2\n", (const char *)many.data);
	assert_int_equal(verify(f, buf_view(&text), "bc"), STATUS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_file_verifies),
	    cmocka_unit_test(another_leaf_is_refused),
	    cmocka_unit_test(changed_files_are_refused),
	    cmocka_unit_test(cut_files_are_refused),
	    cmocka_unit_test(extra_is_carried_and_never_looked_at),
	    cmocka_unit_test(too_many_hashes_are_malformed),
	};
	return cmocka_run_group_tests(tests, make_fixture, free_fixture);
}
