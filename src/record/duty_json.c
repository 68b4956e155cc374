/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of the list of duties as JSON: one line, members in fixed order, absent ones left
 * out.
 */
#include "record/duties.h"

#include "codec/time_text.h"

const char *record_duty_state_word(enum record_duty_state state)
{
	switch (state) {
	case RECORD_DUTY_WAITING:
		return "waiting";
	case RECORD_DUTY_RUNNING:
		return "running";
	case RECORD_DUTY_HELD:
		return "held";
	case RECORD_DUTY_MET:
		return "met";
	case RECORD_DUTY_OVERDUE:
		return "overdue";
	case RECORD_DUTY_CANCELLED:
		return "cancelled";
	case RECORD_DUTY_LEFT:
		return "left";
	}
	return "unknown";
}

static void append_id(struct buf *out, const char *name,
                      const struct record_message_id *id)
{
	char text[RECORD_MESSAGE_ID_MAX + 1];

	record_message_id_encode(id, text);
	buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void append_time(struct buf *out, const char *name, int64_t time_s)
{
	char text[TIME_TEXT_LEN + 1];

	time_text_encode(time_s, text);
	buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void append_owed(struct buf *out, const struct record_duty *duty)
{
	buf_append_string(out, ",\"owe\":[");
	for (size_t i = 0; i < duty->owe_count; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", duty->owe[i]);
	buf_append_string(out, "]");
}

static void append_clock(struct buf *out, const struct record_duty_row *row,
                         int64_t now_s)
{
	if (!row->has_clock)
		return;
	append_time(out, "start", row->start_s);
	if (row->is_by_word_alone)
		buf_append_string(out, ",\"by_word_alone\":true");
	append_time(out, "deadline", row->deadline_s);
	if (row->state == RECORD_DUTY_RUNNING || row->state == RECORD_DUTY_HELD)
		buf_printf(out, ",\"seconds_left\":%lld",
		           (long long)(row->deadline_s - now_s));
}

void record_duty_append_json(const struct record_duty_row *row, int64_t now_s,
                             struct buf *out)
{
	buf_printf(out, "{\"state\":\"%s\"", record_duty_state_word(row->state));
	if (!row->is_periodic) {
		append_id(out, "question", &row->question);
		buf_printf(out, ",\"on\":\"%s\"", row->duty->on);
	} else {
		buf_printf(out, ",\"every\":%lld", (long long)row->duty->every_s);
	}
	if (row->creditor.text[0] != '\0')
		buf_printf(out, ",\"creditor\":\"%s\"", row->creditor.text);
	buf_printf(out, ",\"debtor\":\"%s\"", row->debtor.text);
	append_owed(out, row->duty);
	append_clock(out, row, now_s);
	if (row->has_receipt)
		append_id(out, "receipt", &row->receipt);
	if (row->has_holding)
		append_id(out, "holding", &row->holding);
	if (row->has_answer)
		append_id(out, "answer", &row->answer);
	if (row->answer_s != 0)
		append_time(out, "answered", row->answer_s);
	if (row->is_late)
		buf_append_string(out, ",\"late\":true");
	if (row->has_cancel)
		append_id(out, "cancel", &row->cancel);
	buf_append_string(out, "}");
}
