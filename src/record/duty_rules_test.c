/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of clocks, by its cases.
 */
#include "record/duty_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

enum { SKEW = 300, LINE = 10000 };

static int64_t start(struct record_duty_start facts, bool expected_by_word)
{
	bool by_word;
	int64_t start_s;

	facts.skew_s = SKEW;
	start_s = record_duty_start_s(&facts, &by_word);
	assert_int_equal(by_word, expected_by_word);
	return start_s;
}

static void clock_starts_at_the_time_in_the_receipt(void **state)
{
	(void)state;
	assert_int_equal(start((struct record_duty_start){.receipt_line_s = LINE,
	                                                  .receipt_sent_s = LINE + SKEW},
	                       false),
	                 LINE);
	assert_int_equal(start((struct record_duty_start){.receipt_line_s = LINE,
	                                                  .receipt_sent_s = LINE - SKEW},
	                       false),
	                 LINE);
}

static void outside_the_limit_the_creditors_time_stands_alone(void **state)
{
	(void)state;
	assert_int_equal(
	    start((struct record_duty_start){.receipt_line_s = LINE,
	                                     .receipt_sent_s = LINE + SKEW + 1},
	          true),
	    LINE + SKEW + 1);
	assert_int_equal(
	    start((struct record_duty_start){.receipt_line_s = LINE,
	                                     .receipt_sent_s = LINE - SKEW - 1},
	          true),
	    LINE - SKEW - 1);
}

static void witness_caps_a_receipt_dated_ahead(void **state)
{
	(void)state;
	/* within the limit, and far outside it */
	assert_int_equal(
	    start((struct record_duty_start){.receipt_line_s = LINE,
	                                     .receipt_sent_s = LINE - 200,
	                                     .receipt_witness_s = LINE - 100},
	          false),
	    LINE - 100);
	assert_int_equal(start((struct record_duty_start){.receipt_line_s = LINE + 90000,
	                                                  .receipt_sent_s = LINE,
	                                                  .receipt_witness_s = LINE + 60},
	                       false),
	                 LINE + 60);
}

static void clock_never_starts_before_the_question_was_witnessed(void **state)
{
	(void)state;
	assert_int_equal(
	    start((struct record_duty_start){.receipt_line_s = LINE,
	                                     .receipt_sent_s = LINE,
	                                     .receipt_witness_s = LINE + 50,
	                                     .question_witness_s = LINE + 20},
	          false),
	    LINE + 20);
	assert_int_equal(
	    start((struct record_duty_start){.receipt_line_s = LINE - 9000,
	                                     .receipt_sent_s = LINE,
	                                     .question_witness_s = LINE + 20},
	          true),
	    LINE + 20);
}

static void holding_moves_the_deadline_once_and_not_too_far(void **state)
{
	(void)state;
	assert_int_equal(record_duty_deadline_s(1000, 1500, 1000, 600), 1500);
	assert_int_equal(record_duty_deadline_s(1000, 1600, 900, 600), 1600);
	assert_int_equal(record_duty_deadline_s(1000, 1601, 900, 600), 1600);
}

static void holding_given_late_or_not_at_all_moves_nothing(void **state)
{
	(void)state;
	assert_int_equal(record_duty_deadline_s(1000, 1500, 1001, 600), 1000);
	assert_int_equal(record_duty_deadline_s(1000, 1500, 0, 600), 1000);
}

static void holding_never_brings_the_deadline_forward(void **state)
{
	(void)state;
	assert_int_equal(record_duty_deadline_s(1000, 900, 800, 600), 1000);
	assert_int_equal(record_duty_deadline_s(1000, 1500, 800, 0), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clock_starts_at_the_time_in_the_receipt),
	    cmocka_unit_test(outside_the_limit_the_creditors_time_stands_alone),
	    cmocka_unit_test(witness_caps_a_receipt_dated_ahead),
	    cmocka_unit_test(clock_never_starts_before_the_question_was_witnessed),
	    cmocka_unit_test(holding_moves_the_deadline_once_and_not_too_far),
	    cmocka_unit_test(holding_given_late_or_not_at_all_moves_nothing),
	    cmocka_unit_test(holding_never_brings_the_deadline_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
