/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people and the record are told of duties: an event when one starts, nears its end,
 * ends; and the creditor's own entry `overdue`, once for each deadline. Source: aldis.md
 * 4.6.
 */
#include "desk/duty.h"

#include <stdio.h>

enum { NEAR_MAX_S = 3600 };

/* ---- what the own log says already */

static int compare_stated(const struct duty_stated *a, const struct duty_stated *b)
{
	if (a->of != b->of)
		return a->of < b->of ? -1 : 1;
	int order = strcmp(a->by.text, b->by.text);
	if (order != 0)
		return order;
	return (a->deadline_s > b->deadline_s) - (a->deadline_s < b->deadline_s);
}

static size_t stated_place(const struct duty_book *book, const struct duty_stated *stated)
{
	size_t low = 0, high = book->stated_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_stated(&book->stated[middle], stated) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_stated(const struct duty_book *book, const struct duty_stated *stated)
{
	size_t place = stated_place(book, stated);
	return place < book->stated_count &&
	       compare_stated(&book->stated[place], stated) == 0;
}

static enum status stated_add(struct duty_book *book, const struct duty_stated *stated,
                              struct error *err)
{
	size_t place = stated_place(book, stated);
	if (is_stated(book, stated))
		return STATUS_OK;
	if (!desk_grow(book->desk, &book->stated, &book->stated_cap, book->stated_count,
	               sizeof *book->stated))
		return error_set(err, STATUS_NO_MEMORY, "no memory for the duties");
	memmove(book->stated + place + 1, book->stated + place,
	        (book->stated_count - place) * sizeof *book->stated);
	book->stated[place] = *stated;
	book->stated_count++;
	return STATUS_OK;
}

static bool copy_member(const struct json_doc *doc, const char *name, char *ret_text,
                        size_t cap)
{
	const struct json_token *value = json_member(doc, json_root(doc), name);
	return value && value->type == JSON_STRING &&
	       json_string_copy(doc, value, ret_text, cap);
}

enum status duty_note_stated(struct duty_book *book, struct view body, struct error *err)
{
	struct json_doc *doc = &book->desk->body_doc;
	struct duty_stated stated;
	struct record_message_id of;
	char of_text[RECORD_MESSAGE_ID_MAX + 1], deadline[64];
	if (record_kind_check_body(record_kind_find(view_of_string("overdue")), body, doc,
	                           NULL) != STATUS_OK ||
	    !copy_member(doc, "of", of_text, sizeof of_text) ||
	    !copy_member(doc, "by", stated.by.text, sizeof stated.by.text) ||
	    !copy_member(doc, "deadline", deadline, sizeof deadline) ||
	    record_message_id_decode(view_of_string(of_text), &of, NULL) != STATUS_OK ||
	    time_text_decode(view_of_string(deadline), &stated.deadline_s, NULL) !=
	        STATUS_OK)
		return STATUS_OK;
	stated.of = of.index;
	return stated_add(book, &stated, err);
}

static bool may_write(const struct duty_book *book)
{
	const struct desk *desk = book->desk;
	/* after a start the others first get the time to hand over what was missed */
	return book->channel->state == DESK_LOG_READY &&
	       channel_own_log(book->channel)->end == UINT64_MAX &&
	       desk->now_ms >= desk->opened_ms + desk->options.show_wait_ms;
}

static void state_overdue(struct duty_book *book, const struct record_duty_row *row)
{
	struct desk *desk = book->desk;
	struct duty_stated stated = {
	    .of = row->question.index, .by = row->debtor, .deadline_s = row->deadline_s};
	char of[RECORD_MESSAGE_ID_MAX + 1], deadline[TIME_TEXT_LEN + 1], body[512];
	struct error err;
	if (strcmp(row->creditor.text, desk->card.name.text) != 0 ||
	    is_stated(book, &stated))
		return;
	record_message_id_encode(&row->question, of);
	time_text_encode(row->deadline_s, deadline);
	snprintf(body, sizeof body, "{\"of\":\"%s\",\"by\":\"%s\",\"deadline\":\"%s\"}",
	         of, row->debtor.text, deadline);
	if (compose_automatic(desk, book->channel, "overdue", &row->question,
	                      view_of_string(body)) != STATUS_OK)
		return;
	desk_did(desk, stated_add(book, &stated, &err), &err);
	duty_ask_about_silence(book, row);
}

/* ---- events */

static void tell(const struct duty_book *book, const char *type,
                 const struct record_duty_row *row)
{
	char question[RECORD_MESSAGE_ID_MAX + 1], deadline[TIME_TEXT_LEN + 1] = "";
	record_message_id_encode(&row->question, question);
	if (row->has_clock)
		time_text_encode(row->deadline_s, deadline);
	desk_event(book->desk, type,
	           "\"channel\":\"%s\",\"question\":\"%s\",\"creditor\":\"%s\","
	           "\"debtor\":\"%s\",\"state\":\"%s\",\"deadline\":\"%s\"",
	           book->channel->id_hex, question, row->creditor.text, row->debtor.text,
	           record_duty_state_word(row->state), deadline);
}

static int compare_notes(const struct duty_note *a, const struct duty_note *b)
{
	int order = strcmp(a->question.desk.text, b->question.desk.text);
	if (order != 0)
		return order;
	if (a->question.index != b->question.index)
		return a->question.index < b->question.index ? -1 : 1;
	order = strcmp(a->debtor.text, b->debtor.text);
	if (order != 0)
		return order;
	return (a->duty > b->duty) - (a->duty < b->duty); /* of one charter */
}

/* A look at all open rows. */
struct look {
	struct duty_book *book;
	int64_t now_s, next_s;
	bool may_write;
	size_t old; /* the first of the notes before that is not behind this row */
	struct duty_note *notes;
	size_t count, cap;
	bool has_failed;
};

static bool has_clock_running(enum record_duty_state state)
{
	return state == RECORD_DUTY_RUNNING || state == RECORD_DUTY_HELD;
}

/* From when on the end is near: its last tenth, an hour at most. */
static int64_t near_s(const struct record_duty_row *row)
{
	int64_t tenth_s = (row->deadline_s - row->start_s) / 10;
	return row->deadline_s - (tenth_s < NEAR_MAX_S ? tenth_s : NEAR_MAX_S);
}

struct ended {
	const struct duty_book *book;
	const struct duty_note *note;
};

static bool tell_ended(void *context, const struct record_duty_row *row)
{
	const struct ended *ended = context;
	if (strcmp(row->debtor.text, ended->note->debtor.text) == 0 &&
	    row->duty == ended->note->duty)
		tell(ended->book, "duty.ended", row);
	return true;
}

/* The notes before this row belong to rows that are open no more. */
static void drop_old(struct look *look, const struct duty_note *next)
{
	struct duty_book *book = look->book;
	while (look->old < book->note_count &&
	       (!next || compare_notes(&book->notes[look->old], next) < 0)) {
		struct ended ended = {book, &book->notes[look->old++]};
		record_duties_of(book->duties, &ended.note->question, look->now_s,
		                 tell_ended, &ended);
	}
}

static void tell_change(struct look *look, const struct duty_note *old,
                        struct duty_note *note, const struct record_duty_row *row)
{
	struct duty_book *book = look->book;
	bool was_running = old && has_clock_running(old->state);
	if (has_clock_running(row->state)) {
		bool is_near = look->now_s >= near_s(row);
		if (!was_running && book->has_looked)
			tell(book, "duty.started", row);
		if (is_near && !(old && old->is_near))
			tell(book, "duty.near", row);
		if (!is_near && near_s(row) < look->next_s)
			look->next_s = near_s(row);
		note->is_near = is_near;
		int64_t again_s = duty_ask_witnesses(book, row, near_s(row), old, note);
		if (again_s < look->next_s)
			look->next_s = again_s;
	}
	if (row->state == RECORD_DUTY_OVERDUE) {
		if (book->has_looked && !(old && old->state == RECORD_DUTY_OVERDUE))
			tell(book, "duty.overdue", row);
		if (look->may_write)
			state_overdue(book, row);
	}
}

static bool look_at_row(void *context, const struct record_duty_row *row)
{
	struct look *look = context;
	struct duty_book *book = look->book;
	struct duty_note note = {.question = row->question,
	                         .debtor = row->debtor,
	                         .duty = row->duty,
	                         .state = row->state};
	const struct duty_note *old = NULL;
	if (row->is_periodic)
		return false; /* they come last; watch.c sees to them */
	drop_old(look, &note);
	if (look->old < book->note_count &&
	    compare_notes(&book->notes[look->old], &note) == 0)
		old = &book->notes[look->old++];
	tell_change(look, old, &note, row);
	look->has_failed = !desk_grow(book->desk, &look->notes, &look->cap, look->count,
	                              sizeof *look->notes);
	if (!look->has_failed)
		look->notes[look->count++] = note;
	return !look->has_failed;
}

void duty_tell(struct duty_book *book)
{
	struct look look = {.book = book,
	                    .now_s = book->desk->now_ms / 1000,
	                    .may_write = may_write(book)};
	int64_t may_write_s =
	    (book->desk->opened_ms + book->desk->options.show_wait_ms) / 1000 + 1;
	if (book->revision == record_duties_revision(book->duties) &&
	    book->could_write == look.may_write && look.now_s < book->next_s)
		return;
	book->could_write = look.may_write;
	book->revision = record_duties_revision(book->duties);
	look.next_s = record_duties_next_change_s(book->duties, look.now_s);
	if (!look.may_write && may_write_s > look.now_s && may_write_s < look.next_s)
		look.next_s = may_write_s;
	record_duties_list(book->duties, look.now_s, true, look_at_row, &look);
	if (!look.has_failed)
		drop_old(&look, NULL);
	free(book->notes);
	book->notes = look.notes;
	book->note_count = look.count;
	book->note_cap = look.cap;
	book->has_looked = true;
	book->next_s = look.next_s;
}
