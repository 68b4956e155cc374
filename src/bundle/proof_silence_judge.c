/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the entries of both logs come to: clock, deadline, answer, cut, grade. In doubt it
 * speaks for the debtor: an answer or a holding reply of which nothing shows when it was
 * given ends the proof. Only order in a log, countersignatures and the arithmetic of
 * duty_rules.h decide; a `sent` counts only against its author.
 */
#include "bundle/proof_silence_parts.h"

#include <stdlib.h>

#include "codec/time_text.h"

#define LLU(value) ((unsigned long long)(value))

/* Clock and deadline */

static enum status judge_start(struct judge *judge, struct error *err)
{
	const struct silence *silence = judge->silence;
	struct silence_verdict *verdict = judge->verdict;

	if (verdict->receipt == SILENCE_NONE)
		return error_set(err, STATUS_CONFLICT,
		                 "no receipt of %s for it is on record, so no clock runs",
		                 silence->debtor.text);
	judge->start.skew_s = silence->charter->limits.skew_s;
	judge->start.receipt_witness_s =
	    record_duty_times_of(&judge->asked_times, verdict->receipt);
	judge->start.question_witness_s =
	    record_duty_times_of(&judge->asked_times, silence->question.index);
	verdict->start_s = record_duty_start_s(&judge->start, &verdict->is_by_word_alone);
	verdict->agreed_s = verdict->start_s + silence->duty->within_s;
	verdict->deadline_s = verdict->agreed_s;
	return STATUS_OK;
}

/* The first entry of the creditor that carries a witness's time at or after the deadline:
 * who has seen it wrote after that time. */
static uint64_t first_witnessed(const struct judge *judge, int64_t deadline_s)
{
	const struct proof_range *asked = &judge->silence->asked;

	for (size_t i = 0; i < asked->count; i++)
		if (judge->asked[i].witnessed_s >= deadline_s)
			return asked->from + i;
	return SILENCE_NONE;
}

/* The first entry of the debtor that it wrote, by its own word, at or after the deadline;
 * not one that somebody held before, whose date is false. */
static void find_after(struct judge *judge)
{
	struct silence_verdict *verdict = judge->verdict;
	const struct silence *silence = judge->silence;
	uint64_t witnessed = first_witnessed(judge, verdict->deadline_s);

	verdict->after = SILENCE_NONE;
	for (size_t i = 0; i < silence->owed.count; i++) {
		const struct noted *noted = &judge->owed[i];
		bool is_dated =
		    noted->is_well_formed && noted->sent_s >= verdict->deadline_s;
		bool has_seen = witnessed != SILENCE_NONE &&
		                noted->seen_size > witnessed &&
		                proof_range_covers(&silence->asked, noted->seen_size);

		int64_t known_s =
		    record_duty_times_of(&judge->owed_times, silence->owed.from + i);

		if ((!is_dated && !has_seen) ||
		    (known_s != 0 && known_s < verdict->deadline_s))
			continue;
		verdict->after = silence->owed.from + i;
		verdict->is_after_by_seen = !is_dated;
		verdict->after_s =
		    is_dated ? noted->sent_s
		             : judge->asked[witnessed - silence->asked.from].witnessed_s;
		return;
	}
}

/* Nothing shows when it was given, and it does not stand behind what the debtor wrote
 * after the deadline. */
static enum status undecided(const struct judge *judge, uint64_t index, const char *what,
                             struct error *err)
{
	return error_set(err, STATUS_CONFLICT,
	                 "nothing here shows when %s %s#%llu was given: it may have been "
	                 "in time",
	                 what, judge->silence->owed.desk.text, LLU(index));
}

static enum status judge_holding(struct judge *judge, struct error *err)
{
	struct silence_verdict *verdict = judge->verdict;
	const struct record_charter *charter = judge->silence->charter;
	uint64_t index = judge->first_holding;

	find_after(judge);
	if (index == SILENCE_NONE)
		return STATUS_OK;
	int64_t given_s = record_duty_times_of(&judge->owed_times, index);
	if (given_s == 0 && verdict->after >= index)
		return undecided(judge, index, "the holding reply", err);
	verdict->deadline_s =
	    record_duty_deadline_s(verdict->agreed_s, judge->holding_until_s, given_s,
	                           charter->has_holding ? charter->holding_within_s : 0);
	if (verdict->deadline_s == verdict->agreed_s) {
		verdict->late_holding = index;
		return STATUS_OK;
	}
	verdict->holding = index;
	find_after(judge);
	return STATUS_OK;
}

static enum status judge_answer(struct judge *judge, struct error *err)
{
	struct silence_verdict *verdict = judge->verdict;
	uint64_t index = verdict->first_answer;
	char given[TIME_TEXT_LEN + 1], deadline[TIME_TEXT_LEN + 1];

	if (index == SILENCE_NONE)
		return STATUS_OK;
	verdict->answer_s = record_duty_times_of(&judge->owed_times, index);
	if (verdict->answer_s == 0 && verdict->after >= index)
		return undecided(judge, index, "the answer", err);
	if (verdict->answer_s == 0 || verdict->answer_s > verdict->deadline_s)
		return STATUS_OK;
	time_text_encode(verdict->answer_s, given);
	time_text_encode(verdict->deadline_s, deadline);
	return error_set(err, STATUS_CONFLICT,
	                 "%s answered with %s#%llu, given at %s; the deadline was %s",
	                 judge->silence->owed.desk.text, judge->silence->owed.desk.text,
	                 LLU(index), given, deadline);
}

/* Who leaves owes no longer. */
static enum status judge_leave(struct judge *judge, struct error *err)
{
	const struct silence_verdict *verdict = judge->verdict;
	const char *debtor = judge->silence->owed.desk.text;

	if (judge->leave == SILENCE_NONE || verdict->after <= judge->leave ||
	    record_duty_times_of(&judge->owed_times, judge->leave) > verdict->deadline_s)
		return STATUS_OK;
	return error_set(err, STATUS_CONFLICT, "%s left the channel with %s#%llu", debtor,
	                 debtor, LLU(judge->leave));
}

/* The cut */

/* Up to its first entry from the deadline on, the creditor's log says how much of the
 * debtor's log it held: the proof must not end before that. */
static enum status judge_cut(struct judge *judge, struct error *err)
{
	const struct silence *silence = judge->silence;
	const struct proof_range *asked = &silence->asked, *owed = &silence->owed;
	struct silence_verdict *verdict = judge->verdict;

	for (size_t i = 0; i < asked->count && verdict->cut == SILENCE_NONE; i++) {
		const struct noted *noted = &judge->asked[i];

		if (noted->seen_size > verdict->seen_size)
			verdict->seen_size = noted->seen_size;
		if (!noted->is_well_formed || noted->sent_s < verdict->deadline_s)
			continue;
		verdict->cut = asked->from + i;
		verdict->cut_s = noted->sent_s;
	}
	if (verdict->cut == SILENCE_NONE)
		return error_set(err, STATUS_CONFLICT,
		                 "no entry of %s here is dated after the deadline: a "
		                 "cancellation could be hidden",
		                 asked->desk.text);
	if (verdict->seen_size > proof_range_end(owed))
		return error_set(err, STATUS_CONFLICT,
		                 "%s had %llu entries of %s by then, this holds %llu: an "
		                 "answer could be hidden",
		                 asked->desk.text, LLU(verdict->seen_size),
		                 owed->desk.text, LLU(proof_range_end(owed)));
	return STATUS_OK;
}

/* Before the deadline, by its own word, the debtor held more of the creditor's log than
 * is shown, which the creditor dates after the deadline: one of the two dates is false.
 * Unless the debtor itself countersigned the cut later, a cancellation could be hidden.
 */
static enum status judge_hidden(struct judge *judge, struct error *err)
{
	const struct silence *silence = judge->silence;
	const struct proof_range *asked = &silence->asked, *owed = &silence->owed;
	const struct proof_channel *channel = &silence->channel;
	struct silence_verdict *verdict = judge->verdict;
	size_t debtor = record_charter_member(
	    &channel->charters[channel->charter_count - 1], owed->desk.text);

	if (debtor != SIZE_MAX)
		verdict->cut_held_s = (int64_t)proof_range_last(asked)->mirror_s[debtor];
	for (size_t i = 0; i < owed->count; i++) {
		const struct noted *noted = &judge->owed[i];

		if (noted->seen_size <= proof_range_end(asked) ||
		    noted->sent_s >= verdict->deadline_s ||
		    verdict->cut_held_s >= noted->sent_s)
			continue;
		return error_set(err, STATUS_CONFLICT,
		                 "%s#%llu had seen %llu entries of %s before the "
		                 "deadline, this holds %llu: a cancellation could be "
		                 "hidden",
		                 owed->desk.text, LLU(owed->from + i),
		                 LLU(noted->seen_size), asked->desk.text,
		                 LLU(proof_range_end(asked)));
	}
	return STATUS_OK;
}

/* Grade */

static void judge_grade(struct judge *judge)
{
	const struct silence *silence = judge->silence;
	struct silence_verdict *verdict = judge->verdict;
	const struct proof_channel *channel = &silence->channel;
	uint64_t quorum_s = proof_quorum_s(&channel->charters[channel->charter_count - 1],
	                                   proof_range_last(&silence->owed)->witness_s,
	                                   verdict->deadline_s);

	if (verdict->after != SILENCE_NONE && verdict->after < verdict->first_answer) {
		verdict->grade = SILENCE_OWN_WORD;
		verdict->at_s = verdict->after_s;
	} else if (verdict->first_answer == SILENCE_NONE && quorum_s != 0) {
		verdict->grade = SILENCE_WITNESSES;
		verdict->at_s = (int64_t)quorum_s;
	} else {
		verdict->grade = SILENCE_CREDITOR;
		verdict->at_s = verdict->cut_s;
	}
}

static enum status run(struct judge *judge, struct error *err)
{
	struct silence *silence = judge->silence;

	judge->asked = calloc(silence->asked.count + 1, sizeof *judge->asked);
	judge->owed = calloc(silence->owed.count + 1, sizeof *judge->owed);
	if (judge->asked == NULL || judge->owed == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory to judge");
	TRY(silence_gather(judge, err));
	TRY(judge_start(judge, err));
	TRY(judge_holding(judge, err));
	TRY(judge_answer(judge, err));
	TRY(judge_leave(judge, err));
	TRY(judge_cut(judge, err));
	TRY(judge_hidden(judge, err));
	judge_grade(judge);
	TRY(proof_range_check_bodies(&silence->asked, err));
	return proof_range_check_bodies(&silence->owed, err);
}

enum status silence_judge(struct silence *silence, struct silence_verdict *ret_verdict,
                          struct error *err)
{
	struct judge judge = {.silence = silence,
	                      .verdict = ret_verdict,
	                      .first_holding = SILENCE_NONE,
	                      .leave = SILENCE_NONE};

	*ret_verdict = (struct silence_verdict){.receipt = SILENCE_NONE,
	                                        .holding = SILENCE_NONE,
	                                        .late_holding = SILENCE_NONE,
	                                        .first_answer = SILENCE_NONE,
	                                        .after = SILENCE_NONE,
	                                        .last = SILENCE_NONE,
	                                        .cut = SILENCE_NONE,
	                                        .alarm = SILENCE_NONE};
	enum status status = run(&judge, err);
	free(judge.asked);
	free(judge.owed);
	record_duty_times_release(&judge.asked_times);
	record_duty_times_release(&judge.owed_times);
	json_release(&judge.doc);
	record_envelope_release(&judge.envelope);
	return status;
}
