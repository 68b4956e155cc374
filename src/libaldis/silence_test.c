/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a proof of silence shows, as a program reads it.
 */
#include "bundle/proof_silence_testing.h"

#include "aldis/aldis.h"

static struct aldis_bytes bytes_of(const struct buf *buf)
{
	return (struct aldis_bytes){buf->data, buf->len};
}

/* Proves south's silence as of the hour and verifies it with both cards. */
static struct aldis_result *prove(struct silence_world *s, int64_t now_s)
{
	struct aldis_bytes cards[2];
	struct aldis_result *result;
	struct error err = {0};
	char error[ALDIS_ERROR_LEN];

	if (silence_world_build(s, now_s, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < 2; i++)
		cards[i] = bytes_of(&s->world.channel.desks[i].note);
	if (aldis_verify_proof(bytes_of(&s->proof), cards, 2, &result, error) != ALDIS_OK)
		fail_msg("%s", error);
	return result;
}

static void assert_time(const struct aldis_result *result, enum aldis_silence_time which,
                        int64_t since_start_s)
{
	assert_int_equal(aldis_silence_time(result, which),
	                 since_start_s == 0 ? 0 : PROOF_WORLD_START_S + since_start_s);
}

static void who_was_silent_towards_whom_is_told(void **state TEST_UNUSED)
{
	struct silence_world s;
	struct aldis_result *result;

	silence_world_open(&s, false);
	silence_world_expire(&s, DUE_S + HOUR);
	result = prove(&s, DUE_S + 2 * HOUR);
	assert_int_equal(aldis_silence_grade(result), ALDIS_SILENCE_CREDITOR);
	assert_string_equal(aldis_silence_text(result, ALDIS_SILENCE_DEBTOR_NAME),
	                    "south.example");
	assert_string_equal(aldis_silence_text(result, ALDIS_SILENCE_CREDITOR_NAME),
	                    "north.example");
	assert_string_equal(aldis_silence_text(result, ALDIS_SILENCE_QUESTION), QUESTION);
	assert_string_equal(aldis_silence_text(result, ALDIS_SILENCE_QUESTION_KIND),
	                    "query");
	assert_int_equal(strlen(aldis_silence_text(result, ALDIS_SILENCE_CHANNEL)), 64);
	assert_int_equal(strlen(aldis_silence_text(result, ALDIS_SILENCE_CHARTER)), 64);
	assert_null(aldis_silence_text(result, (enum aldis_silence_text)99));
	assert_int_equal(aldis_silence_owed_count(result), 1);
	assert_string_equal(aldis_silence_owed(result, 0), "answer");
	assert_null(aldis_silence_owed(result, 1));
	assert_time(result, ALDIS_SILENCE_HELD, HELD_S);
	assert_time(result, ALDIS_SILENCE_CLOCK, HELD_S);
	assert_time(result, ALDIS_SILENCE_FIRST_DUE, DUE_S);
	assert_time(result, ALDIS_SILENCE_DUE, DUE_S);
	assert_time(result, ALDIS_SILENCE_AS_OF, DUE_S + HOUR);
	assert_time(result, ALDIS_SILENCE_STILL_OPEN, DUE_S + HOUR);
	assert_time(result, ALDIS_SILENCE_LATE_ANSWER_CAME, 0);
	assert_int_equal(aldis_silence_entry(result, ALDIS_SILENCE_RECEIPT), 4);
	assert_int_equal(aldis_silence_entry(result, ALDIS_SILENCE_LATE_ANSWER), -1);
	assert_true(aldis_silence_entry(result, ALDIS_SILENCE_END) > 0);
	assert_true(aldis_silence_has(result, ALDIS_SILENCE_WENT_DARK));
	assert_true(aldis_silence_has(result, ALDIS_SILENCE_NO_WITNESSES));
	assert_false(aldis_silence_has(result, ALDIS_SILENCE_CLOCK_BY_WORD_ALONE));
	aldis_result_free(result);
	silence_world_release(&s);
}

static void a_debtor_that_talks_on_and_answers_late_is_told(void **state TEST_UNUSED)
{
	struct silence_world s;
	struct aldis_result *result;
	uint64_t held, answer;

	silence_world_open(&s, false);
	held = silence_world_hold(&s, ASKED_S + HOUR, 40);
	proof_world_deliver(&s.world, SOUTH, NORTH, ASKED_S + HOUR + 1);
	proof_world_check(&s.world, SOUTH, 41 * HOUR, NULL);
	answer = silence_world_answer(&s, 42 * HOUR);
	proof_world_deliver(&s.world, SOUTH, NORTH, 42 * HOUR + 5);
	silence_world_expire(&s, 43 * HOUR);
	result = prove(&s, 44 * HOUR);
	assert_int_equal(aldis_silence_grade(result), ALDIS_SILENCE_OWN_WORD);
	assert_time(result, ALDIS_SILENCE_FIRST_DUE, DUE_S);
	assert_time(result, ALDIS_SILENCE_DUE, 40 * HOUR);
	assert_int_equal(aldis_silence_entry(result, ALDIS_SILENCE_HOLDING),
	                 (int64_t)held);
	assert_int_equal(aldis_silence_entry(result, ALDIS_SILENCE_LATE_ANSWER),
	                 (int64_t)answer);
	assert_int_equal(aldis_silence_entry(result, ALDIS_SILENCE_AFTER),
	                 (int64_t)answer - 1);
	assert_time(result, ALDIS_SILENCE_AS_OF, 41 * HOUR);
	assert_false(aldis_silence_has(result, ALDIS_SILENCE_WENT_DARK));
	aldis_result_free(result);
	silence_world_release(&s);
}

static void what_is_not_shown_has_no_facts(void **state TEST_UNUSED)
{
	struct silence_world s;
	struct aldis_result *result;

	silence_world_open(&s, false);
	silence_world_expire(&s, DUE_S + HOUR);
	aldis_result_free(prove(&s, DUE_S + 2 * HOUR));
	size_t at = view_find_last(buf_view(&s.proof), view_of_string("creditor\""));
	memcpy(s.proof.data + at, "own-word", 8);
	assert_int_equal(aldis_verify_proof(bytes_of(&s.proof), NULL, 0, &result, NULL),
	                 ALDIS_NO);
	assert_int_equal(aldis_silence_grade(result), ALDIS_SILENCE_NONE);
	assert_null(aldis_silence_text(result, ALDIS_SILENCE_DEBTOR_NAME));
	assert_int_equal(aldis_silence_owed_count(result), 0);
	assert_null(aldis_silence_owed(result, 0));
	assert_int_equal(aldis_silence_time(result, ALDIS_SILENCE_DUE), 0);
	assert_int_equal(aldis_silence_entry(result, ALDIS_SILENCE_RECEIPT), -1);
	assert_int_equal(aldis_silence_has(result, ALDIS_SILENCE_WENT_DARK), 0);
	aldis_result_free(result);
	silence_world_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_was_silent_towards_whom_is_told),
	    cmocka_unit_test(a_debtor_that_talks_on_and_answers_late_is_told),
	    cmocka_unit_test(what_is_not_shown_has_no_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
