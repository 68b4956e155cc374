/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A debtor that dates its receipt ahead gains at most the limit, and a creditor that
 * records late gains nothing: each is bounded by what the other, or a witness, signed.
 */
#include "record/duty_rules.h"

static bool is_within(int64_t a, int64_t b, int64_t limit)
{
	return (a > b ? a - b : b - a) <= limit;
}

int64_t record_duty_start_s(const struct record_duty_start *facts,
                            bool *ret_by_word_alone)
{
	bool is_close =
	    is_within(facts->receipt_line_s, facts->receipt_sent_s, facts->skew_s);
	int64_t start_s = facts->receipt_line_s;

	*ret_by_word_alone = !is_close && facts->receipt_witness_s == 0;
	if (*ret_by_word_alone)
		start_s = facts->receipt_sent_s;
	if (facts->receipt_witness_s != 0 && start_s > facts->receipt_witness_s)
		start_s = facts->receipt_witness_s;
	if (start_s < facts->question_witness_s)
		start_s = facts->question_witness_s;
	return start_s;
}

int64_t record_duty_deadline_s(int64_t deadline_s, int64_t holding_until_s,
                               int64_t holding_given_s, int64_t within_s)
{
	int64_t latest_s = deadline_s + within_s;

	if (holding_given_s == 0 || holding_given_s > deadline_s ||
	    holding_until_s <= deadline_s)
		return deadline_s;
	return holding_until_s < latest_s ? holding_until_s : latest_s;
}
