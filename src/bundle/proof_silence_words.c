/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict as the claim that the file makes, as facts, and in words: what is shown, by
 * whose word, and what is not shown.
 */
#include "bundle/proof_silence.h"

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/time_text.h"

#define LLU(value) ((unsigned long long)(value))

const char *silence_grade_name(enum silence_grade grade)
{
	switch (grade) {
	case SILENCE_OWN_WORD:
		return "own-word";
	case SILENCE_WITNESSES:
		return "witnesses";
	case SILENCE_CREDITOR:
		return "creditor";
	}
	return "creditor";
}

void silence_claim_append(const struct silence *silence,
                          const struct silence_verdict *verdict, struct buf *out)
{
	buf_printf(out, "{\"on\":\"%s\",\"owed\":[", silence->duty->on);
	for (size_t i = 0; i < silence->duty->owe_count; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", silence->duty->owe[i]);
	buf_append_string(out, "],\"held\":");
	proof_append_time(out, verdict->held_s);
	buf_append_string(out, ",\"start\":");
	proof_append_time(out, verdict->start_s);
	buf_printf(out, ",\"by_word_alone\":%s,\"deadline\":",
	           verdict->is_by_word_alone ? "true" : "false");
	proof_append_time(out, verdict->deadline_s);
	buf_printf(out, ",\"entries\":%llu,\"grade\":\"%s\",\"at\":",
	           LLU(proof_range_end(&silence->owed)),
	           silence_grade_name(verdict->grade));
	proof_append_time(out, verdict->at_s);
	buf_append_byte(out, '}');
}

void silence_tell(const struct silence *silence, const struct silence_verdict *verdict,
                  struct bundle_silence *ret_told)
{
	*ret_told = (struct bundle_silence){
	    .channel = silence->channel.id,
	    .charter = silence->charter->digest,
	    .question = silence->question,
	    .debtor = silence->debtor,
	    .duty = *silence->duty,
	    .end = proof_range_end(&silence->owed),
	    .asked_end = proof_range_end(&silence->asked),
	    .has_witnesses = silence->charter->witness_policy != NULL,
	    .is_creditor_by_old_key = proof_range_last(&silence->asked)->is_by_old_key,
	    .is_debtor_by_old_key = proof_range_last(&silence->owed)->is_by_old_key,
	    .verdict = *verdict,
	};
}

/* One saying at a time. */
struct saying {
	const struct silence *silence;
	const struct silence_verdict *verdict;
	struct bundle_result *result;
	const char *creditor, *debtor;
	char id[RECORD_MESSAGE_ID_MAX + 1];
	char held[TIME_TEXT_LEN + 1], start[TIME_TEXT_LEN + 1], agreed[TIME_TEXT_LEN + 1],
	    deadline[TIME_TEXT_LEN + 1], at[TIME_TEXT_LEN + 1];
};

static const char *grade_words(enum silence_grade grade)
{
	switch (grade) {
	case SILENCE_OWN_WORD:
		return "shown by its own word";
	case SILENCE_WITNESSES:
		return "shown by witnesses";
	case SILENCE_CREDITOR:
		return "by the creditor's word alone";
	}
	return "by the creditor's word alone";
}

static void say_headline(const struct saying *it)
{
	CLEANUP_BUF struct buf owed = BUF_INIT(1 << 12);
	const struct record_duty *duty = it->silence->duty;

	for (size_t i = 0; i < duty->owe_count; i++)
		buf_printf(&owed, "%s%s", i > 0 ? " or " : "", duty->owe[i]);
	bundle_say(it->result,
	           "%s held this question (%s) at %s; owed %.*s until %s; its log up to "
	           "%llu holds none; %s",
	           it->debtor, it->id, it->held, (int)owed.len, (const char *)owed.data,
	           it->deadline, LLU(proof_range_end(&it->silence->owed)),
	           grade_words(it->verdict->grade));
}

static void say_clock(const struct saying *it)
{
	const struct silence_verdict *verdict = it->verdict;

	bundle_say(
	    it->result,
	    "the question is of kind %s; its content is not in the file, nor does it "
	    "show that the content has the form of this kind",
	    it->silence->duty->on);
	if (verdict->is_by_word_alone)
		bundle_say(
		    it->result,
		    "the receipt of %s and the time at which %s recorded it are too "
		    "far apart and no witness saw it: that the clock started at %s is "
		    "%s's word alone",
		    it->debtor, it->creditor, it->start, it->creditor);
	else if (verdict->start_s != verdict->held_s)
		bundle_say(it->result, "the clock started at %s, as the witnesses show",
		           it->start);
	if (verdict->holding != SILENCE_NONE)
		bundle_say(it->result,
		           "the holding reply %s#%llu moved the deadline, once, from %s",
		           it->debtor, LLU(verdict->holding), it->agreed);
	if (verdict->late_holding != SILENCE_NONE)
		bundle_say(
		    it->result,
		    "the holding reply %s#%llu did not move the deadline: it was not "
		    "given in time or names no later one",
		    it->debtor, LLU(verdict->late_holding));
}

static void say_grade(const struct saying *it)
{
	CLEANUP_BUF struct buf names = BUF_INIT(1 << 16);
	const struct silence *silence = it->silence;
	const struct proof_channel *channel = &silence->channel;
	unsigned long long size = LLU(proof_range_end(&silence->owed));

	switch (it->verdict->grade) {
	case SILENCE_OWN_WORD:
		bundle_say(
		    it->result,
		    it->verdict->is_after_by_seen
		        ? "by its own word: %s#%llu had seen what a witness signed "
		          "at %s, not before the deadline"
		        : "by its own word: %s#%llu is dated %s by its author, not "
		          "before the deadline",
		    it->debtor, LLU(it->verdict->after), it->at);
		return;
	case SILENCE_WITNESSES:
		proof_witness_names(&channel->charters[channel->charter_count - 1],
		                    proof_range_last(&silence->owed)->witness_s,
		                    it->verdict->deadline_s, &names);
		bundle_say(
		    it->result,
		    "by witnesses: %.*s cosigned the log of %s with %llu entries at "
		    "%s, not before the deadline",
		    (int)names.len, (const char *)names.data, it->debtor, size, it->at);
		return;
	case SILENCE_CREDITOR:
		bundle_say(
		    it->result,
		    "that the log of %s had no more than %llu entries at %s is what "
		    "%s says; nothing else in this file shows it",
		    it->debtor, size, it->at, it->creditor);
		return;
	}
}

/* One that went dark, and one that talks but does not answer. */
static void say_presence(const struct saying *it)
{
	const struct silence_verdict *verdict = it->verdict;
	char time[TIME_TEXT_LEN + 1];

	if (verdict->first_answer != SILENCE_NONE && verdict->answer_s != 0) {
		time_text_encode(verdict->answer_s, time);
		bundle_say(it->result,
		           "an answer came late: %s#%llu, first countersigned at %s",
		           it->debtor, LLU(verdict->first_answer), time);
	} else if (verdict->first_answer != SILENCE_NONE) {
		bundle_say(it->result,
		           "an answer came late: %s#%llu, behind what %s dated after the "
		           "deadline",
		           it->debtor, LLU(verdict->first_answer), it->debtor);
	}
	time_text_encode(verdict->last_s, time);
	if (verdict->after != SILENCE_NONE)
		bundle_say(
		    it->result,
		    "%s talks and does not answer: it wrote on after the deadline, "
		    "last %s#%llu dated %s",
		    it->debtor, it->debtor, LLU(verdict->last), time);
	else if (verdict->last != SILENCE_NONE)
		bundle_say(
		    it->result,
		    "%s went dark: its last entry here is %s#%llu, dated %s, before "
		    "the deadline; a line that is cut looks the same",
		    it->debtor, it->debtor, LLU(verdict->last), time);
	else
		bundle_say(it->result,
		           "%s went dark: there is no entry of it since the question; a "
		           "line that is cut looks the same",
		           it->debtor);
}

static void say_cut(const struct saying *it)
{
	const struct silence_verdict *verdict = it->verdict;
	char time[TIME_TEXT_LEN + 1];

	time_text_encode(verdict->cut_s, time);
	bundle_say(it->result,
	           "%s has not cancelled the question up to %s#%llu; its entry #%llu is "
	           "dated %s",
	           it->creditor, it->creditor,
	           LLU(proof_range_end(&it->silence->asked) - 1), LLU(verdict->cut),
	           time);
	if (verdict->cut_held_s >= verdict->deadline_s) {
		time_text_encode(verdict->cut_held_s, time);
		bundle_say(it->result, "%s itself countersigned all of this at %s",
		           it->debtor, time);
	}
	if (verdict->alarm != SILENCE_NONE)
		bundle_say(it->result,
		           "ALARM: %s#%llu names another root of the log of %s than this "
		           "one has: ask both for the signed checkpoint of that size",
		           it->debtor, LLU(verdict->alarm), it->creditor);
}

/* Whoever stole a key that was replaced could have made this log. */
static void say_old_key(const struct saying *it, const struct proof_range *range)
{
	const char *desk = range->desk.text;
	const struct record_card *card = proof_channel_card(&it->silence->channel, desk);
	char date[TIME_TEXT_LEN + 1];

	if (!proof_range_last(range)->is_by_old_key)
		return;
	time_text_encode(card->date_s, date);
	bundle_say(
	    it->result,
	    "the log of %s is signed with a key that its card %u of %s has replaced: "
	    "it counts only if somebody else shows that it was signed before",
	    desk, card->serial, date);
}

static void say_charter(const struct saying *it)
{
	const struct record_charter *charter = it->silence->charter;
	char date[TIME_TEXT_LEN + 1], digest[HASH_HEX_LEN + 1];

	time_text_encode(charter->date_s, date);
	hash_hex(&charter->digest, digest);
	bundle_say(
	    it->result,
	    "the charter '%s' of %s (%.16s), signed by all members, was in force; it "
	    "lets %s be shown such a proof",
	    charter->title, date, digest, proof_shown_to(charter));
	if (charter->witness_policy == NULL)
		bundle_say(it->result,
		           "the charter names no witness: if %s withheld its receipt, %s "
		           "could not prove a timely answer to an outsider",
		           it->creditor, it->debtor);
	bundle_say(
	    it->result,
	    "not shown: why there is no answer; that nobody at %s read the question; "
	    "what was said by other ways",
	    it->debtor);
}

void silence_say(const struct silence *silence, const struct silence_verdict *verdict,
                 struct bundle_result *result)
{
	struct saying it = {.silence = silence,
	                    .verdict = verdict,
	                    .result = result,
	                    .creditor = silence->asked.desk.text,
	                    .debtor = silence->owed.desk.text};

	record_message_id_encode(&silence->question, it.id);
	time_text_encode(verdict->held_s, it.held);
	time_text_encode(verdict->start_s, it.start);
	time_text_encode(verdict->agreed_s, it.agreed);
	time_text_encode(verdict->deadline_s, it.deadline);
	time_text_encode(verdict->at_s, it.at);
	say_headline(&it);
	say_clock(&it);
	say_grade(&it);
	say_presence(&it);
	say_cut(&it);
	say_old_key(&it, &silence->asked);
	say_old_key(&it, &silence->owed);
	say_charter(&it);
}
