/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What neutral witnesses are asked for the sake of duties: before a deadline, what the
 * own log holds; an answer that the creditor gives no receipt for, before any member has
 * cosigned it; and after a deadline how far the log of the silent one went. Source:
 * aldis.md 4.2, 4.3, 5.2.
 */
#include "desk/duty.h"

enum {
	PATIENCE_S = 30, /* for a receipt, before an answer goes to witnesses without */
	MARGIN_S = 60,   /* before the deadline, for the witnesses to answer */
};

static bool is_own(const struct duty_book *book, const struct record_name *name)
{
	return strcmp(name->text, book->desk->card.name.text) == 0;
}

/* When an answer without a cosignature is submitted without one. */
static int64_t submit_s(const struct record_duty_row *row, int64_t near_s,
                        int64_t answered_s)
{
	int64_t patient_s = answered_s + PATIENCE_S;
	int64_t at_s = patient_s > near_s ? patient_s : near_s;
	int64_t last_s = row->deadline_s - MARGIN_S;
	if (at_s > last_s)
		at_s = last_s;
	return at_s > answered_s ? at_s : answered_s;
}

/* The own answer is there and nobody is known to have cosigned it. */
static int64_t look_at_answer(struct duty_book *book, const struct record_duty_row *row,
                              int64_t near_s, const struct duty_note *old,
                              struct duty_note *note)
{
	int64_t now_s = book->desk->now_ms / 1000;
	note->answered_s = old && old->answered_s != 0 ? old->answered_s : now_s;
	note->was_submitted = old && old->was_submitted;
	int64_t at_s = submit_s(row, near_s, note->answered_s);
	if (note->was_submitted)
		return INT64_MAX;
	if (now_s < at_s)
		return at_s;
	witness_ask_soon(book->desk, book->channel, true);
	note->was_submitted = true;
	return INT64_MAX;
}

int64_t duty_ask_witnesses(struct duty_book *book, const struct record_duty_row *row,
                           int64_t near_s, const struct duty_note *old,
                           struct duty_note *note)
{
	bool is_debtor = is_own(book, &row->debtor);
	if (!is_debtor && !is_own(book, &row->creditor))
		return INT64_MAX;
	if (note->is_near && !(old && old->is_near))
		witness_ask_soon(book->desk, book->channel, false);
	if (!is_debtor || !row->has_answer || row->answer_s != 0)
		return INT64_MAX;
	return look_at_answer(book, row, near_s, old, note);
}

void duty_ask_about_silence(struct duty_book *book, const struct record_duty_row *row)
{
	const struct channel *channel = book->channel;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (!channel->members[m].is_ended && channel->logs[m] &&
		    strcmp(channel->members[m].name.text, row->debtor.text) == 0)
			witness_ask_log(book->desk, channel->logs[m]);
}
