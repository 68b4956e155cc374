/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proof of silence as accessors.
 */
#include "libaldis/result.h"

static const struct bundle_silence *silence_of(const struct aldis_result *result)
{
	return result->found.silence;
}

void libaldis_result_silence(struct aldis_result *result)
{
	const struct bundle_silence *silence = silence_of(result);

	if (silence == NULL)
		return;
	record_message_id_encode(&silence->question, result->question);
	hash_hex(&silence->channel.hash, result->channel);
	hash_hex(&silence->charter, result->charter);
}

PUBLIC enum aldis_silence_grade aldis_silence_grade(const struct aldis_result *result)
{
	const struct bundle_silence *silence = silence_of(result);

	if (silence == NULL)
		return ALDIS_SILENCE_NONE;
	switch (silence->verdict.grade) {
	case SILENCE_OWN_WORD:
		return ALDIS_SILENCE_OWN_WORD;
	case SILENCE_WITNESSES:
		return ALDIS_SILENCE_WITNESSES;
	case SILENCE_CREDITOR:
		return ALDIS_SILENCE_CREDITOR;
	}
	return ALDIS_SILENCE_NONE;
}

PUBLIC const char *aldis_silence_text(const struct aldis_result *result,
                                      enum aldis_silence_text which)
{
	const struct bundle_silence *silence = silence_of(result);

	if (silence == NULL)
		return NULL;
	switch (which) {
	case ALDIS_SILENCE_DEBTOR_NAME:
		return silence->debtor.text;
	case ALDIS_SILENCE_CREDITOR_NAME:
		return silence->question.desk.text;
	case ALDIS_SILENCE_QUESTION:
		return result->question;
	case ALDIS_SILENCE_QUESTION_KIND:
		return silence->duty.on;
	case ALDIS_SILENCE_CHANNEL:
		return result->channel;
	case ALDIS_SILENCE_CHARTER:
		return result->charter;
	}
	return NULL;
}

PUBLIC size_t aldis_silence_owed_count(const struct aldis_result *result)
{
	return silence_of(result) != NULL ? silence_of(result)->duty.owe_count : 0;
}

PUBLIC const char *aldis_silence_owed(const struct aldis_result *result, size_t index)
{
	if (index >= aldis_silence_owed_count(result))
		return NULL;
	return silence_of(result)->duty.owe[index];
}

PUBLIC int64_t aldis_silence_time(const struct aldis_result *result,
                                  enum aldis_silence_time which)
{
	const struct bundle_silence *silence = silence_of(result);

	if (silence == NULL)
		return 0;
	const struct silence_verdict *verdict = &silence->verdict;
	switch (which) {
	case ALDIS_SILENCE_HELD:
		return verdict->held_s;
	case ALDIS_SILENCE_CLOCK:
		return verdict->start_s;
	case ALDIS_SILENCE_FIRST_DUE:
		return verdict->agreed_s;
	case ALDIS_SILENCE_DUE:
		return verdict->deadline_s;
	case ALDIS_SILENCE_AS_OF:
		return verdict->at_s;
	case ALDIS_SILENCE_LATE_ANSWER_CAME:
		return verdict->answer_s;
	case ALDIS_SILENCE_LAST_WRITTEN:
		return verdict->last_s;
	case ALDIS_SILENCE_STILL_OPEN:
		return verdict->cut_s;
	case ALDIS_SILENCE_DEBTOR_HELD_ALL:
		return verdict->cut_held_s >= verdict->deadline_s ? verdict->cut_held_s
		                                                  : 0;
	}
	return 0;
}

static int64_t place(uint64_t index)
{
	return index == SILENCE_NONE ? -1 : (int64_t)index;
}

PUBLIC int64_t aldis_silence_entry(const struct aldis_result *result,
                                   enum aldis_silence_entry which)
{
	const struct bundle_silence *silence = silence_of(result);

	if (silence == NULL)
		return -1;
	const struct silence_verdict *verdict = &silence->verdict;
	switch (which) {
	case ALDIS_SILENCE_RECEIPT:
		return place(verdict->receipt);
	case ALDIS_SILENCE_CUT:
		return place(verdict->cut);
	case ALDIS_SILENCE_HOLDING:
		return place(verdict->holding);
	case ALDIS_SILENCE_LATE_HOLDING:
		return place(verdict->late_holding);
	case ALDIS_SILENCE_LATE_ANSWER:
		return place(verdict->first_answer);
	case ALDIS_SILENCE_AFTER:
		return place(verdict->after);
	case ALDIS_SILENCE_LAST:
		return place(verdict->last);
	case ALDIS_SILENCE_OTHER_ROOT:
		return place(verdict->alarm);
	case ALDIS_SILENCE_END:
		return (int64_t)silence->end;
	}
	return -1;
}

PUBLIC int aldis_silence_has(const struct aldis_result *result,
                             enum aldis_silence_condition which)
{
	const struct bundle_silence *silence = silence_of(result);

	if (silence == NULL)
		return 0;
	const struct silence_verdict *verdict = &silence->verdict;
	switch (which) {
	case ALDIS_SILENCE_CLOCK_BY_WORD_ALONE:
		return verdict->is_by_word_alone;
	case ALDIS_SILENCE_WENT_DARK:
		return verdict->after == SILENCE_NONE;
	case ALDIS_SILENCE_NO_WITNESSES:
		return !silence->has_witnesses;
	case ALDIS_SILENCE_CREDITOR_KEY_REPLACED:
		return silence->is_creditor_by_old_key;
	case ALDIS_SILENCE_DEBTOR_KEY_REPLACED:
		return silence->is_debtor_by_old_key;
	}
	return 0;
}
