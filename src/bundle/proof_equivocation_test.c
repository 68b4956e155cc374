/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs of equivocation: of a desk that signed two histories, and of one that did not
 * but is accused.
 */
#include "bundle/proof_testing.h"

#include <stdio.h>

#include "base/cleanup.h"

enum { FORK_AT = 5, END = 9 };

struct fixture {
	struct proof_world world, twin; /* south's log differs from entry 3 on */
	struct buf evidence, proof;
};

static void write_south(struct proof_world *world, const char *third)
{
	for (size_t i = 1; i < END; i++)
		proof_world_write(world, SOUTH, (int64_t)i, "text",
		                  i == 3 ? third : "{\"language\":\"en\",\"text\":\"x\"}",
		                  NULL);
}

static void append_evidence(struct fixture *f, uint64_t small, uint64_t big,
                            struct proof_world *big_world)
{
	proof_world_evidence(&f->world, big_world, SOUTH, small, big, &f->evidence);
}

static void setup(struct fixture *f)
{
	*f =
	    (struct fixture){.evidence = BUF_INIT(SIZE_MAX), .proof = BUF_INIT(SIZE_MAX)};
	proof_world_open(&f->world, 3, false, "\"title\":\"Test\"");
	proof_world_open(&f->twin, 3, false, "\"title\":\"Test\"");
	write_south(&f->world, "{\"language\":\"en\",\"text\":\"to north\"}");
	write_south(&f->twin, "{\"language\":\"en\",\"text\":\"to east\"}");
}

static void teardown(struct fixture *f)
{
	proof_world_release(&f->world);
	proof_world_release(&f->twin);
	buf_release(&f->evidence);
	buf_release(&f->proof);
}

static enum status build(struct fixture *f, struct error *err)
{
	struct proof_source source = proof_world_source(&f->world);

	return proof_equivocation_build(&source, buf_view(&f->evidence), &f->proof, err);
}

static void assert_built(struct fixture *f)
{
	struct error err = {0};

	if (build(f, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void two_histories_are_explained(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "south.example has signed two different histories of its log",
	    "one has 5 entries with the root ",
	    "the other has 9 entries, the first 5 of them with the root ",
	    "needs nobody's word", NULL};
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.twin);
	assert_built(&f);
	proof_world_assert_yes(&f.world, buf_view(&f.proof), words);
	teardown(&f);
}

static void two_roots_of_one_size_are_explained(void **state TEST_UNUSED)
{
	static const char *const words[] = {"the other has 5 entries with the root ",
	                                    NULL};
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, FORK_AT, &f.twin);
	assert_built(&f);
	proof_world_assert_yes(&f.world, buf_view(&f.proof), words);
	teardown(&f);
}

static void only_the_accused_desk_must_be_compared(void **state TEST_UNUSED)
{
	struct bundle_result result;
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.twin);
	assert_built(&f);
	proof_world_verify(&f.world, buf_view(&f.proof), 0, &result);
	assert_true(result.is_consistent);
	assert_false(result.is_anchored);
	assert_int_equal(result.desk_count, 1);
	assert_string_equal(result.desks[0].name.text, "south.example");
	bundle_result_release(&result);
	teardown(&f);
}

static void one_history_is_no_equivocation(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.world);
	assert_int_equal(build(&f, &err), STATUS_CONFLICT);
	assert_non_null(strstr(err.text, "of one history"));
	teardown(&f);
}

/* The part before the fork is the same on both sides. */
static void a_size_before_the_fork_proves_nothing(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;

	setup(&f);
	append_evidence(&f, 3, END, &f.twin);
	assert_int_equal(build(&f, &err), STATUS_CONFLICT);
	assert_non_null(strstr(err.text, "of one history"));
	teardown(&f);
}

static void evidence_of_another_channel_is_refused(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;
	struct proof_world other;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.twin);
	proof_world_open(&other, 3, false, "\"title\":\"Another\"");
	struct proof_source source = proof_world_source(&other);
	assert_int_equal(
	    proof_equivocation_build(&source, buf_view(&f.evidence), &f.proof, &err),
	    STATUS_CONFLICT);
	assert_non_null(strstr(err.text, "another log"));
	proof_world_release(&other);
	teardown(&f);
}

static void an_accuser_without_the_key_is_refused(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.twin);
	/* another digit within the second checkpoint's root */
	size_t at = view_find(buf_view(&f.evidence), view_of_string("\\n9\\n"));
	f.evidence.data[at + 10] ^= 1;
	assert_int_not_equal(build(&f, &err), STATUS_OK);
	teardown(&f);
}

static void evidence_that_is_none_is_refused(void **state TEST_UNUSED)
{
	static const char *const bad[] = {"",
	                                  "{}",
	                                  "[]",
	                                  "{\"origin\":1}",
	                                  "{\"origin\":\"south.example\"}",
	                                  "{\"aldis\":1,\"origin\":\"south.example/\"}"};
	struct fixture f;

	setup(&f);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		buf_clear(&f.evidence);
		buf_append_string(&f.evidence, bad[i]);
		assert_int_not_equal(build(&f, NULL), STATUS_OK);
		assert_int_equal(f.proof.len, 0);
	}
	teardown(&f);
}

static void tampered_copies_are_refused(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.twin);
	assert_built(&f);
	proof_world_tamper(&f.world, buf_view(&f.proof));
	teardown(&f);
}

static void another_way_of_writing_it_is_refused(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf copy = BUF_INIT(SIZE_MAX);
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.twin);
	assert_built(&f);
	buf_append_view(&copy, buf_view(&f.proof));
	copy.data[copy.len - 1] = ' ';
	buf_append_byte(&copy, '\n');
	proof_world_assert_no(&f.world, buf_view(&copy), "one form");
	buf_clear(&copy);
	buf_append_view(&copy, buf_view(&f.proof));
	buf_append_string(&copy, "\n");
	proof_world_assert_no(&f.world, buf_view(&copy), "cut or lengthened");
	buf_clear(&copy);
	buf_append(&copy, f.proof.data, f.proof.len - 1);
	proof_world_assert_no(&f.world, buf_view(&copy), "cut or lengthened");
	teardown(&f);
}

static void a_charter_that_not_all_signed_is_refused(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;

	setup(&f);
	append_evidence(&f, FORK_AT, END, &f.twin);
	struct view note = buf_view(&f.world.channel.charter_note);
	size_t last = view_find_last(note, view_of_string("\xe2\x80\x94 east"));
	f.world.channel.charter_note.len = last;
	assert_int_equal(build(&f, &err), STATUS_UNTRUSTED);
	assert_non_null(strstr(err.text, "east.example has not signed the charter"));
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_histories_are_explained),
	    cmocka_unit_test(two_roots_of_one_size_are_explained),
	    cmocka_unit_test(only_the_accused_desk_must_be_compared),
	    cmocka_unit_test(one_history_is_no_equivocation),
	    cmocka_unit_test(a_size_before_the_fork_proves_nothing),
	    cmocka_unit_test(evidence_of_another_channel_is_refused),
	    cmocka_unit_test(an_accuser_without_the_key_is_refused),
	    cmocka_unit_test(evidence_that_is_none_is_refused),
	    cmocka_unit_test(tampered_copies_are_refused),
	    cmocka_unit_test(another_way_of_writing_it_is_refused),
	    cmocka_unit_test(a_charter_that_not_all_signed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
