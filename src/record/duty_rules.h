/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of duties by itself: when a clock starts, how far a holding reply moves
 * a deadline. Pure numbers, so that the list of duties and a proof of silence can't
 * differ. Times are seconds since 1970. Source: aldis.md 4.2, 4.4; spec/record.md,
 * "Duties".
 */
#ifndef ALDIS_RECORD_DUTY_RULES_H
#define ALDIS_RECORD_DUTY_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* What the record says of the delivery of a question to a debtor. */
struct record_duty_start {
	int64_t receipt_line_s; /* time in the recorded cosignature of the debtor */
	int64_t receipt_sent_s; /* `sent` of the `receipt` entry: the creditor's time */
	int64_t skew_s;         /* the charter's limit */
	/* First witness time over a checkpoint with the `receipt` entry, with the
	 * question; 0: none. */
	int64_t receipt_witness_s, question_witness_s;
};

/* When the clock starts. ret_by_word_alone: the two times are further apart than the
 * limit and no witness says which is right, so the creditor's stands. */
int64_t record_duty_start_s(const struct record_duty_start *facts,
                            bool *ret_by_word_alone);

/* The deadline, moved by the first holding reply to the time it names, by at most
 * within_s (the charter's `holding`; 0: it has none). It stays where it is when the reply
 * was given (4.3; 0: not yet, or there is none) after it. */
int64_t record_duty_deadline_s(int64_t deadline_s, int64_t holding_until_s,
                               int64_t holding_given_s, int64_t within_s);

#endif
