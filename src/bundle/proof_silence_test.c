/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs of silence: the three grades, what moves a deadline, and when there is nothing
 * to prove.
 */
#include "bundle/proof_silence_testing.h"

#include <stdio.h>

#include "base/cleanup.h"

static void its_own_word_shows_it(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "south.example held this question (north.example#3) at 2026-11-20T10:00:05Z; "
	    "owed "
	    "answer until 2026-11-21T10:00:05Z; its log up to 4 holds none; shown by its "
	    "own "
	    "word",
	    "by its own word: south.example#3 is dated 2026-11-21T11:00:00Z by its "
	    "author",
	    "south.example talks and does not answer",
	    "north.example has not cancelled the question up to north.example#5",
	    "lets anyone be shown such a proof",
	    "names no witness",
	    "not shown: why there is no answer",
	    NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void what_it_had_seen_is_its_own_word_too(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "shown by its own word",
	    "had seen what a witness signed at 2026-11-21T11:00:00Z", NULL};
	struct silence_world s;

	silence_world_open(&s, true);
	struct buf *note = proof_world_keep(&s.world, NORTH);
	proof_world_witness(&s.world, 0, 35 * HOUR, note);
	proof_world_check(&s.world, NORTH, 35 * HOUR + 1, note);
	proof_world_deliver(&s.world, NORTH, SOUTH, 35 * HOUR + 2);
	/* its clock is a day behind, or it says so */
	proof_world_check(&s.world, SOUTH, 11 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 3);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void witnesses_show_it_of_one_that_went_dark(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "its log up to 4 holds none; shown by witnesses",
	    "by witnesses: w1.example/witness, w3.example/witness cosigned the log of "
	    "south.example with 4 entries at 2026-11-21T12:00:01Z",
	    "south.example went dark: its last entry here is south.example#3, dated "
	    "2026-11-20T11:00:00Z",
	    NULL};
	struct silence_world s;

	silence_world_open(&s, true);
	proof_world_check(&s.world, SOUTH, 11 * HOUR, NULL);
	struct buf *note = proof_world_deliver(&s.world, SOUTH, NORTH, 11 * HOUR + 1);
	proof_world_witness(&s.world, 0, 36 * HOUR, note);
	proof_world_witness(&s.world, 2, 36 * HOUR + 1, note);
	silence_world_expire(&s, 37 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void one_witness_of_two_is_not_enough(void **state TEST_UNUSED)
{
	static const char *const words[] = {"by the creditor's word alone", NULL};
	struct silence_world s;

	silence_world_open(&s, true);
	proof_world_check(&s.world, SOUTH, 11 * HOUR, NULL);
	struct buf *note = proof_world_deliver(&s.world, SOUTH, NORTH, 11 * HOUR + 1);
	proof_world_witness(&s.world, 0, 36 * HOUR, note);
	proof_world_witness(&s.world, 2, 33 * HOUR, note);
	silence_world_expire(&s, 37 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void else_it_is_the_creditors_word_alone(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "its log up to 3 holds none; by the creditor's word alone",
	    "is what north.example says; nothing else in this file shows it",
	    "south.example went dark: ", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void a_late_answer_is_told(void **state TEST_UNUSED)
{
	static const char *const words[] = {"shown by its own word", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	silence_world_answer(&s, 36 * HOUR);
	proof_world_deliver(&s.world, SOUTH, NORTH, 36 * HOUR + 1);
	silence_world_expire(&s, 36 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void a_holding_reply_moves_the_deadline_once(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "owed answer until 2026-11-22T12:00:00Z",
	    "the holding reply south.example#3 moved the deadline, once, from "
	    "2026-11-21T10:00:05Z",
	    "shown by its own word", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_hold(&s, 20 * HOUR, 60);
	proof_world_deliver(&s.world, SOUTH, NORTH, 20 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_refused(&s, "dated after the deadline");
	proof_world_check(&s.world, SOUTH, 61 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 61 * HOUR + 1);
	silence_world_expire(&s, 61 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* Nothing to prove */

static void it_runs_still(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_keep(&s.world, NORTH);
	assert_int_equal(silence_world_build(&s, 20 * HOUR, &err), STATUS_CONFLICT);
	assert_string_equal(err.text,
	                    "south.example still has time, until 2026-11-21T10:00:05Z");
	silence_world_release(&s);
}

static void it_was_answered(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_answer(&s, 20 * HOUR);
	proof_world_deliver(&s.world, SOUTH, NORTH, 20 * HOUR + 1);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_refused(&s, "south.example answered with south.example#3");
	silence_world_release(&s);
}

static void it_was_cancelled(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_write(&s.world, NORTH, 20 * HOUR, "cancel", NULL, QUESTION);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_refused(&s,
	                             "north.example cancelled it with north.example#5");
	silence_world_release(&s);
}

static void nothing_is_owed_on_it(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	s.question = 2;
	silence_world_assert_refused(&s, "nothing is owed on a message of kind check");
	silence_world_release(&s);
}

static void no_receipt_is_on_record(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	s.question =
	    proof_world_write(&s.world, NORTH, 11 * HOUR, "query", QUESTION_BODY, NULL);
	proof_world_deliver(&s.world, NORTH, SOUTH, 11 * HOUR + 1);
	silence_world_assert_refused(&s,
	                             "no receipt of south.example for it is on record");
	silence_world_release(&s);
}

static void there_is_no_such_question(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	s.question = 99;
	assert_int_not_equal(silence_world_build(&s, 100 * HOUR, NULL), STATUS_OK);
	assert_int_equal(s.proof.len, 0);
	silence_world_release(&s);
}

static void of_several_the_debtor_must_be_named(void **state TEST_UNUSED)
{
	struct proof_silence_request request = {.question.index = 3, .now_s = INT64_MAX};
	struct error err = {0};
	struct silence_world s;

	silence_world_open(&s, false);
	struct proof_source source = proof_world_source(&s.world);
	strcpy(request.question.desk.text, "north.example");
	assert_int_equal(proof_silence_build(&source, &request, &s.proof, &err),
	                 STATUS_CONFLICT);
	assert_non_null(strstr(err.text, "put to 2 members"));
	silence_world_release(&s);
}

/* The file */

static void keys_that_were_not_compared_are_told(void **state TEST_UNUSED)
{
	static const char *const words[] = {NULL};
	struct bundle_result result;
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_built(&s, words);
	proof_world_verify(&s.world, buf_view(&s.proof), 1, &result);
	assert_true(result.is_consistent);
	assert_false(result.is_anchored);
	assert_int_equal(result.desk_count, 2);
	bundle_result_release(&result);
	silence_world_release(&s);
}

static void it_holds_no_content(void **state TEST_UNUSED)
{
	static const char *const words[] = {NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_write(&s.world, SOUTH, 12 * HOUR, "text",
	                  "{\"language\":\"en\",\"text\":\"secret\"}", NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 12 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_built(&s, words);
	for (size_t log = 0; log < 2; log++)
		for (size_t i = 0; i < s.world.channel.logs[log].count; i++) {
			const struct testing_entry *entry =
			    &s.world.channel.logs[log].entries[i];
			CLEANUP_BUF struct buf base64 = BUF_INIT(SIZE_MAX);

			if ((log == NORTH && i == s.receipt) || entry->blob.len == 0)
				continue;
			base64_append(&base64, buf_view(&entry->blob));
			assert_int_equal(view_find(buf_view(&s.proof), buf_view(&base64)),
			                 SIZE_MAX);
		}
	silence_world_release(&s);
}

/* Months later it is no larger than on the day. */
static void it_holds_no_more_than_is_needed(void **state TEST_UNUSED)
{
	static const char *const words[] = {"shown by its own word",
	                                    "up to north.example#5", NULL};
	struct silence_world s;
	size_t len;

	silence_world_open(&s, false);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, words);
	len = s.proof.len;
	for (int i = 0; i < 20; i++) {
		for (int j = 0; j < 20; j++) {
			proof_world_check(&s.world, NORTH, (36 + 20 * i + j) * HOUR,
			                  NULL);
			proof_world_check(&s.world, SOUTH, (36 + 20 * i + j) * HOUR,
			                  NULL);
		}
		proof_world_deliver(&s.world, NORTH, SOUTH, (57 + 20 * i) * HOUR);
		proof_world_deliver(&s.world, SOUTH, NORTH, (57 + 20 * i) * HOUR);
	}
	silence_world_assert_built(&s, words);
	assert_int_equal(s.proof.len, len);
	silence_world_release(&s);
}

static void tampered_copies_are_refused(void **state TEST_UNUSED)
{
	static const char *const words[] = {NULL};
	struct silence_world s;

	silence_world_open(&s, true);
	silence_world_hold(&s, 20 * HOUR, 60);
	proof_world_deliver(&s.world, SOUTH, NORTH, 20 * HOUR + 1);
	struct buf *note = proof_world_keep(&s.world, NORTH);
	proof_world_witness(&s.world, 0, 21 * HOUR, note);
	proof_world_witness(&s.world, 1, 21 * HOUR, note);
	proof_world_check(&s.world, NORTH, 21 * HOUR + 1, note);
	note = proof_world_keep(&s.world, SOUTH);
	proof_world_witness(&s.world, 1, 61 * HOUR, note);
	proof_world_witness(&s.world, 2, 61 * HOUR, note);
	silence_world_expire(&s, 61 * HOUR + 2);
	silence_world_assert_built(&s, words);
	proof_world_tamper(&s.world, buf_view(&s.proof));
	silence_world_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(its_own_word_shows_it),
	    cmocka_unit_test(what_it_had_seen_is_its_own_word_too),
	    cmocka_unit_test(witnesses_show_it_of_one_that_went_dark),
	    cmocka_unit_test(one_witness_of_two_is_not_enough),
	    cmocka_unit_test(else_it_is_the_creditors_word_alone),
	    cmocka_unit_test(a_late_answer_is_told),
	    cmocka_unit_test(a_holding_reply_moves_the_deadline_once),
	    cmocka_unit_test(it_runs_still),
	    cmocka_unit_test(it_was_answered),
	    cmocka_unit_test(it_was_cancelled),
	    cmocka_unit_test(nothing_is_owed_on_it),
	    cmocka_unit_test(no_receipt_is_on_record),
	    cmocka_unit_test(there_is_no_such_question),
	    cmocka_unit_test(of_several_the_debtor_must_be_named),
	    cmocka_unit_test(keys_that_were_not_compared_are_told),
	    cmocka_unit_test(it_holds_no_content),
	    cmocka_unit_test(it_holds_no_more_than_is_needed),
	    cmocka_unit_test(tampered_copies_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
