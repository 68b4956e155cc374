/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions and what they make others owe: one row for each (question, debtor, duty). A
 * row keeps where its facts stand and computes the rest when asked; only its deadline is
 * kept, while it is open, in the queue.
 */
#include "record/duties_parts.h"

#include "record/array.h"
#include "record/duty_rules.h"

/* What follows from a row's facts. */
struct clock {
	bool has_start, is_by_word_alone, is_held;
	int64_t start_s, deadline_s, answer_s;
};

static const struct record_duty *row_duty(const struct record_duties *duties,
                                          const struct duties_row *row)
{
	return &duties->questions[row->question].charter->duties[row->duty];
}

size_t duties_question_place(const struct record_duties *duties,
                             const struct duties_desk *desk, uint64_t index)
{
	size_t low = 0, high = desk->question_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (duties->questions[desk->questions[middle]].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t duties_question_find(const struct record_duties *duties,
                              const struct duties_desk *desk, uint64_t index)
{
	size_t place = duties_question_place(duties, desk, index);

	if (place == desk->question_count ||
	    duties->questions[desk->questions[place]].index != index)
		return DUTIES_NONE;
	return desk->questions[place];
}

static bool is_addressed(const struct duties_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->envelope->to_count; i++)
		if (strcmp(entry->envelope->to[i].text, name) == 0)
			return true;
	return entry->envelope->to_count == 0;
}

/* The rows of one debtor. */
static enum status rows_append(struct record_duties *duties,
                               const struct duties_entry *entry, uint32_t debtor,
                               struct error *err)
{
	const struct record_charter *charter = entry->charter->charter;

	for (size_t i = 0; i < charter->duty_count; i++) {
		if (strcmp(charter->duties[i].on, entry->envelope->kind) != 0)
			continue;
		TRY(record_array_reserve(&duties->rows, &duties->row_cap,
		                         duties->row_count + 1, sizeof *duties->rows,
		                         err));
		duties->rows[duties->row_count++] = (struct duties_row){
		    .question = (uint32_t)duties->question_count,
		    .debtor = debtor,
		    .duty = (uint8_t)i,
		    .answer = DUTIES_NONE,
		    .holding = DUTIES_NONE,
		};
	}
	return STATUS_OK;
}

static bool starts_duty(const struct duties_entry *entry)
{
	const struct record_charter *charter = entry->charter->charter;

	for (size_t i = 0; i < charter->duty_count; i++)
		if (strcmp(charter->duties[i].on, entry->envelope->kind) == 0)
			return true;
	return false;
}

enum status duties_take_question(struct record_duties *duties,
                                 const struct duties_entry *entry, struct error *err)
{
	struct duties_desk *desk = duties->desks[entry->desk];
	size_t first_row = duties->row_count;

	if (!starts_duty(entry) || !duties_body_is_right(duties, entry))
		return STATUS_OK;
	TRY(record_array_reserve(&duties->questions, &duties->question_cap,
	                         duties->question_count + 1, sizeof *duties->questions,
	                         err));
	TRY(record_array_reserve(&desk->questions, &desk->question_cap,
	                         desk->question_count + 1, sizeof *desk->questions, err));
	for (size_t i = 0; i < entry->charter->charter->member_count; i++) {
		uint32_t debtor = entry->charter->members[i];

		if (debtor != entry->desk &&
		    is_addressed(entry, duties->desks[debtor]->name.text))
			TRY(rows_append(duties, entry, debtor, err));
	}
	duties->questions[duties->question_count] = (struct duties_question){
	    .desk = entry->desk,
	    .index = entry->index,
	    .charter = entry->charter->charter,
	    .first_row = (uint32_t)first_row,
	    .row_count = (uint32_t)(duties->row_count - first_row),
	};
	desk->questions[desk->question_count++] = (uint32_t)duties->question_count;
	duties_refresh_question(duties, (uint32_t)duties->question_count++);
	return STATUS_OK;
}

/* The debtor's first row, or row_count. */
static uint32_t find_debtor(const struct record_duties *duties,
                            const struct duties_question *question, uint32_t debtor)
{
	const char *name = duties->desks[debtor]->name.text;
	uint32_t low = 0, high = question->row_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t other = duties->rows[question->first_row + middle].debtor;

		if (strcmp(duties->desks[other]->name.text, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Walks the rows of one debtor of the question: row is a number among all. */
#define EACH_ROW_OF(duties, question, debtor_number, row)                       \
	for (uint32_t row = (question)->first_row +                             \
	                    find_debtor((duties), (question), (debtor_number)); \
	     row < (question)->first_row + (question)->row_count &&             \
	     (duties)->rows[row].debtor == (debtor_number);                     \
	     row++)

static struct clock row_clock(const struct record_duties *duties,
                              const struct duties_row *row)
{
	const struct duties_question *question = &duties->questions[row->question];
	const struct duties_desk *creditor = duties->desks[question->desk];
	const struct duties_desk *debtor = duties->desks[row->debtor];
	struct clock clock = {.has_start = row->has_receipt};
	struct record_duty_start start = {
	    .receipt_line_s = row->line_s,
	    .receipt_sent_s = row->recorded_s,
	    .skew_s = question->charter->limits.skew_s,
	};

	if (row->answer != DUTIES_NONE)
		clock.answer_s = duties_given_s(
		    debtor, debtor->replies[row->answer].index, question->desk);
	if (!row->has_receipt)
		return clock;
	start.receipt_witness_s =
	    record_duty_times_of(&creditor->witnessed, row->receipt);
	start.question_witness_s =
	    record_duty_times_of(&creditor->witnessed, question->index);
	clock.start_s = record_duty_start_s(&start, &clock.is_by_word_alone);
	clock.deadline_s = clock.start_s + row_duty(duties, row)->within_s;
	if (row->holding != DUTIES_NONE) {
		const struct duties_reply *holding = &debtor->replies[row->holding];
		int64_t moved_s = record_duty_deadline_s(
		    clock.deadline_s, holding->until_s,
		    duties_given_s(debtor, holding->index, question->desk),
		    question->charter->holding_within_s);

		clock.is_held = moved_s != clock.deadline_s;
		clock.deadline_s = moved_s;
	}
	return clock;
}

static bool is_late(const struct clock *clock)
{
	return clock->answer_s != 0 && clock->has_start &&
	       clock->answer_s > clock->deadline_s;
}

/* An answer in time can't be taken away; a late one does not undo a cancel. */
static enum record_duty_state row_state(const struct record_duties *duties,
                                        const struct duties_row *row,
                                        const struct clock *clock, int64_t now_s)
{
	const struct duties_question *question = &duties->questions[row->question];

	if (clock->answer_s != 0 && !is_late(clock))
		return RECORD_DUTY_MET;
	if (question->is_cancelled)
		return RECORD_DUTY_CANCELLED;
	if (clock->answer_s != 0)
		return RECORD_DUTY_MET;
	if (duties->desks[row->debtor]->has_left ||
	    duties->desks[question->desk]->has_left)
		return RECORD_DUTY_LEFT;
	if (!clock->has_start)
		return RECORD_DUTY_WAITING;
	if (now_s > clock->deadline_s)
		return RECORD_DUTY_OVERDUE;
	return clock->is_held ? RECORD_DUTY_HELD : RECORD_DUTY_RUNNING;
}

static bool state_is_closed(enum record_duty_state state)
{
	return state == RECORD_DUTY_MET || state == RECORD_DUTY_CANCELLED ||
	       state == RECORD_DUTY_LEFT;
}

void duties_refresh(struct record_duties *duties, uint32_t number)
{
	struct duties_row *row = &duties->rows[number];
	struct clock clock = row_clock(duties, row);
	bool is_queued;

	duties->revision++;
	row->is_closed = state_is_closed(row_state(duties, row, &clock, INT64_MIN));
	is_queued = clock.has_start && !row->is_closed;
	if (row->is_queued && is_queued && row->deadline_s == clock.deadline_s)
		return;
	if (row->is_queued)
		duties_queue_remove(duties, number);
	if (is_queued)
		duties_queue_put(duties, number, clock.deadline_s);
}

void duties_refresh_question(struct record_duties *duties, uint32_t number)
{
	const struct duties_question *question = &duties->questions[number];

	for (uint32_t i = 0; i < question->row_count; i++)
		duties_refresh(duties, question->first_row + i);
}

void duties_refresh_reply(struct record_duties *duties, uint32_t desk, size_t reply,
                          uint32_t creditor)
{
	uint32_t number = duties->desks[desk]->replies[reply].question;
	const struct duties_question *question;

	if (number == DUTIES_NONE)
		return;
	question = &duties->questions[number];
	if (creditor != DUTIES_NONE && question->desk != creditor)
		return;
	EACH_ROW_OF(duties, question, desk, row)
	duties_refresh(duties, row);
}

void duties_refresh_left(struct record_duties *duties, uint32_t desk)
{
	for (uint32_t i = 0; i < duties->row_count; i++) {
		const struct duties_row *row = &duties->rows[i];

		if (row->debtor == desk || duties->questions[row->question].desk == desk)
			duties_refresh(duties, i);
	}
}

static bool duty_is_automatic(const struct record_duty *duty)
{
	for (size_t i = 0; i < duty->owe_count; i++) {
		const struct record_kind *kind =
		    record_kind_find(view_of_string(duty->owe[i]));

		if (kind == NULL || !kind->is_automatic)
			return false;
	}
	return true;
}

static bool meets(const struct record_duty *duty, const struct record_kind *kind)
{
	for (size_t i = 0; i < duty->owe_count; i++)
		if (strcmp(duty->owe[i], kind->name) == 0)
			return !kind->is_automatic || duty_is_automatic(duty);
	return false;
}

static void keep_first(uint32_t *first, uint32_t reply)
{
	if (*first == DUTIES_NONE || reply < *first)
		*first = reply;
}

void duties_link(struct record_duties *duties, uint32_t number, uint32_t desk,
                 uint32_t reply_number)
{
	struct duties_question *question = &duties->questions[number];
	struct duties_reply *reply = &duties->desks[desk]->replies[reply_number];

	reply->question = number;
	if (desk == question->desk) {
		if (!question->is_cancelled || reply->index < question->cancel)
			question->cancel = reply->index;
		question->is_cancelled = true;
		duties_refresh_question(duties, number);
		return;
	}
	EACH_ROW_OF(duties, question, desk, i)
	{
		struct duties_row *row = &duties->rows[i];

		if (question->charter->has_holding &&
		    strcmp(reply->kind->name, "holding") == 0)
			keep_first(&row->holding, reply_number);
		else if (meets(row_duty(duties, row), reply->kind))
			keep_first(&row->answer, reply_number);
		duties_refresh(duties, i);
	}
}

static enum status note_recorded(struct duties_desk *desk, uint64_t receipt, uint32_t row,
                                 struct error *err)
{
	size_t place = desk->recorded_count;

	TRY(record_array_reserve(&desk->recorded, &desk->recorded_cap,
	                         desk->recorded_count + 1, sizeof *desk->recorded, err));
	while (place > 0 && desk->recorded[place - 1].index > receipt)
		place--;
	memmove(desk->recorded + place + 1, desk->recorded + place,
	        (desk->recorded_count - place) * sizeof *desk->recorded);
	desk->recorded[place] = (struct duties_recorded){receipt, row};
	desk->recorded_count++;
	return STATUS_OK;
}

enum status duties_start_clock(struct record_duties *duties, uint32_t number,
                               uint32_t from, uint64_t receipt, int64_t line_s,
                               int64_t recorded_s, struct error *err)
{
	const struct duties_question *question = &duties->questions[number];

	EACH_ROW_OF(duties, question, from, i)
	{
		struct duties_row *row = &duties->rows[i];

		if (row->has_receipt && row->receipt <= receipt)
			continue;
		row->has_receipt = true;
		row->receipt = receipt;
		row->line_s = line_s;
		row->recorded_s = recorded_s;
		TRY(note_recorded(duties->desks[question->desk], receipt, i, err));
		duties_refresh(duties, i);
	}
	return STATUS_OK;
}

static void set_id(struct record_message_id *id, bool *has,
                   const struct duties_desk *desk, uint64_t index)
{
	*has = true;
	id->desk = desk->name;
	id->index = index;
}

void duties_row_fill(const struct record_duties *duties, uint32_t number, int64_t now_s,
                     struct record_duty_row *ret_row)
{
	const struct duties_row *row = &duties->rows[number];
	const struct duties_question *question = &duties->questions[row->question];
	const struct duties_desk *creditor = duties->desks[question->desk];
	const struct duties_desk *debtor = duties->desks[row->debtor];
	struct clock clock = row_clock(duties, row);

	*ret_row = (struct record_duty_row){
	    .state = row_state(duties, row, &clock, now_s),
	    .question = {.desk = creditor->name, .index = question->index},
	    .creditor = creditor->name,
	    .debtor = debtor->name,
	    .duty = row_duty(duties, row),
	    .has_clock = clock.has_start,
	    .start_s = clock.start_s,
	    .deadline_s = clock.deadline_s,
	    .is_by_word_alone = clock.is_by_word_alone,
	    .answer_s = clock.answer_s,
	    .is_late = is_late(&clock),
	};
	if (row->has_receipt)
		set_id(&ret_row->receipt, &ret_row->has_receipt, creditor, row->receipt);
	if (clock.is_held)
		set_id(&ret_row->holding, &ret_row->has_holding, debtor,
		       debtor->replies[row->holding].index);
	if (row->answer != DUTIES_NONE)
		set_id(&ret_row->answer, &ret_row->has_answer, debtor,
		       debtor->replies[row->answer].index);
	if (question->is_cancelled)
		set_id(&ret_row->cancel, &ret_row->has_cancel, creditor,
		       question->cancel);
}
