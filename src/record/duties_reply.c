/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries that refer to a question: answers, holding replies, cancels. One whose question
 * has not been given waits in a heap of that question's log. An answer counts only when
 * its author's log had named, in `seen`, that it held the question: nobody answers what
 * was not yet asked.
 */
#include "record/duties_parts.h"

#include "codec/time_text.h"
#include "record/array.h"

static bool waits_before(const struct duties_waiting *a, const struct duties_waiting *b)
{
	return a->index < b->index;
}

static void swap(struct duties_waiting *a, struct duties_waiting *b)
{
	struct duties_waiting kept = *a;

	*a = *b;
	*b = kept;
}

static enum status waiting_push(struct duties_desk *desk, struct duties_waiting waiting,
                                struct error *err)
{
	size_t place = desk->waiting_count;

	TRY(record_array_reserve(&desk->waiting, &desk->waiting_cap, place + 1,
	                         sizeof *desk->waiting, err));
	desk->waiting[desk->waiting_count++] = waiting;
	while (place > 0 &&
	       waits_before(&desk->waiting[place], &desk->waiting[(place - 1) / 2])) {
		swap(&desk->waiting[place], &desk->waiting[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	return STATUS_OK;
}

static struct duties_waiting waiting_pop(struct duties_desk *desk)
{
	struct duties_waiting least = desk->waiting[0];
	size_t place = 0, count = --desk->waiting_count;

	desk->waiting[0] = desk->waiting[count];
	for (;;) {
		size_t child = 2 * place + 1;

		if (child + 1 < count &&
		    waits_before(&desk->waiting[child + 1], &desk->waiting[child]))
			child++;
		if (child >= count ||
		    !waits_before(&desk->waiting[child], &desk->waiting[place]))
			return least;
		swap(&desk->waiting[child], &desk->waiting[place]);
		place = child;
	}
}

/* Could the entry concern a question of this desk at all? */
static bool may_concern(const struct record_duties *duties,
                        const struct duties_entry *entry, uint32_t asker)
{
	uint64_t index = entry->envelope->re.index;
	bool is_cancel = strcmp(entry->kind->name, "cancel") == 0;

	if (asker == entry->desk)
		return is_cancel && index < entry->index;
	return !is_cancel && duties_seen(duties->desks[entry->desk], asker) > index;
}

static enum status reply_append(struct record_duties *duties,
                                const struct duties_entry *entry, uint32_t *ret_reply,
                                struct error *err)
{
	struct duties_desk *desk = duties->desks[entry->desk];
	struct duties_reply reply = {
	    .index = entry->index, .kind = entry->kind, .question = DUTIES_NONE};

	if (strcmp(entry->kind->name, "holding") == 0) {
		char until[64];
		const struct json_token *value =
		    json_member(&duties->doc, json_root(&duties->doc), "until");

		if (value != NULL &&
		    json_string_copy(&duties->doc, value, until, sizeof until) &&
		    time_text_decode_rfc3339(view_of_string(until), &reply.until_s,
		                             NULL) != STATUS_OK)
			reply.until_s = 0;
	}
	TRY(record_array_reserve(&desk->replies, &desk->reply_cap, desk->reply_count + 1,
	                         sizeof *desk->replies, err));
	*ret_reply = (uint32_t)desk->reply_count;
	desk->replies[desk->reply_count++] = reply;
	return STATUS_OK;
}

enum status duties_take_reply(struct record_duties *duties,
                              const struct duties_entry *entry, struct error *err)
{
	const struct record_message_id *re = &entry->envelope->re;
	struct duties_desk *desk;
	uint32_t asker, reply, question = DUTIES_NONE;

	if (!entry->envelope->has_re)
		return STATUS_OK;
	asker = duties_member(duties, entry->charter, re->desk.text);
	if (asker == DUTIES_NONE || !may_concern(duties, entry, asker))
		return STATUS_OK;
	desk = duties->desks[asker];
	if (re->index < desk->given) {
		question = duties_question_find(duties, desk, re->index);
		if (question == DUTIES_NONE)
			return STATUS_OK;
	}
	if (!duties_body_is_right(duties, entry))
		return STATUS_OK;
	TRY(reply_append(duties, entry, &reply, err));
	if (question == DUTIES_NONE)
		return waiting_push(
		    desk, (struct duties_waiting){re->index, entry->desk, reply}, err);
	duties_link(duties, question, entry->desk, reply);
	return STATUS_OK;
}

void duties_settle_waiting(struct record_duties *duties, uint32_t number)
{
	struct duties_desk *desk = duties->desks[number];

	while (desk->waiting_count > 0 && desk->waiting[0].index < desk->given) {
		struct duties_waiting waiting = waiting_pop(desk);
		uint32_t question = duties_question_find(duties, desk, waiting.index);

		if (question != DUTIES_NONE)
			duties_link(duties, question, waiting.desk, waiting.reply);
	}
}
