/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Incidents over all channels, and one of them with all that belongs to it. Facts come
 * from the registers; which duties are open is counted in one walk a channel.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/decimal.h"
#include "console/answer.h"
#include "console/api_call.h"
#include "console/reading/row.h"

enum {
	PAGE_DEFAULT = 100,
	PAGE_MAX = 1000,
	TIMELINE_MAX = 5000,              /* messages of one answer */
	BODIES_LEN_MAX = 8 * 1024 * 1024, /* beyond it bodies are left out */
};

/* ---- open duties by message ---- */

struct open_duty {
	uint32_t desk;
	uint64_t index;
};

struct open_duties { /* sorted; release it */
	const struct record_replies *replies;
	struct open_duty *items;
	size_t count, cap;
	bool has_failed;
};

static bool take_duty(void *context, const struct record_duty_row *row)
{
	struct open_duties *open = context;
	struct open_duty *grown;

	if (row->is_periodic)
		return true;
	if (open->count == open->cap) {
		size_t cap = 2 * open->cap + 64;

		grown = reallocarray(open->items, cap, sizeof *grown);
		open->has_failed = grown == NULL;
		if (open->has_failed)
			return false;
		open->items = grown;
		open->cap = cap;
	}
	open->items[open->count++] = (struct open_duty){
	    .desk = record_replies_find(open->replies, row->question.desk.text),
	    .index = row->question.index,
	};
	return true;
}

static int compare_duties(const void *a, const void *b)
{
	const struct open_duty *x = a, *y = b;

	if (x->desk != y->desk)
		return x->desk < y->desk ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Of a channel whose list is still being made after a start there are none yet. */
static enum status read_duties(struct api_call *call, size_t channel,
                               struct open_duties *open, struct error *err)
{
	enum status status = desk_duties(call->desk, channel, call->now_ms / 1000, true,
	                                 take_duty, open, err);

	if (status != STATUS_OK && status != STATUS_AGAIN)
		return status;
	if (open->has_failed)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the answer");
	if (open->count > 1)
		qsort(open->items, open->count, sizeof *open->items, compare_duties);
	return STATUS_OK;
}

/* Several desks may owe an answer to one message. */
static uint64_t count_duties(const struct open_duties *open,
                             const struct record_thread_entry *entry)
{
	size_t low = 0, high = open->count, first;
	const struct open_duty wanted = {entry->desk, entry->index};

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_duties(&open->items[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (first = low;
	     low < open->count && compare_duties(&open->items[low], &wanted) == 0;)
		low++;
	return low - first;
}

/* ---- the list ---- */

struct row {
	size_t channel;
	struct record_message_id id;
	struct record_incident facts; /* its title is borrowed from the register */
	uint64_t open_duties;
};

struct rows { /* release it */
	struct row *items;
	size_t count, cap;
};

static enum status add_row(struct rows *rows, const struct row *row, struct error *err)
{
	if (rows->count == rows->cap) {
		size_t cap = 2 * rows->cap + 64;
		struct row *grown = reallocarray(rows->items, cap, sizeof *grown);

		if (grown == NULL)
			return error_set(err, STATUS_NO_MEMORY,
			                 "out of memory for the answer");
		rows->items = grown;
		rows->cap = cap;
	}
	rows->items[rows->count++] = *row;
	return STATUS_OK;
}

static enum status read_case(const struct register_all *all, size_t nth,
                             const struct open_duties *open, struct record_thread *thread,
                             struct row *row, struct error *err)
{
	TRY(record_incidents_get(all->incidents, all->replies, nth, &row->facts, thread,
	                         err));
	row->id = record_replies_id(all->replies, row->facts.desk, row->facts.index);
	row->open_duties = 0;
	for (size_t i = 0; i < thread->count; i++)
		row->open_duties += count_duties(open, &thread->items[i]);
	return STATUS_OK;
}

static enum status take_case(const struct register_all *all, size_t nth,
                             const struct open_duties *open, bool only_open,
                             struct record_thread *thread, struct row *row,
                             struct rows *rows, struct error *err)
{
	TRY(read_case(all, nth, open, thread, row, err));
	if (only_open && (row->facts.is_closed || row->facts.is_cancelled))
		return STATUS_OK;
	return add_row(rows, row, err);
}

/* A channel that is not open has none. */
static enum status take_channel(struct api_call *call, size_t channel, bool only_open,
                                struct rows *rows, struct error *err)
{
	struct record_thread thread = {0};
	struct row row = {.channel = channel};
	struct open_duties open = {0};
	struct desk_channel_info info;
	struct register_all all;
	enum status status;

	desk_channel(call->desk, channel, &info);
	if (!info.is_open)
		return STATUS_OK;
	TRY(register_open_all(&call->api->registers, call->desk, channel, &all, err));
	open.replies = all.replies;
	status = read_duties(call, channel, &open, err);
	for (size_t i = 0;
	     status == STATUS_OK && i < record_incidents_count(all.incidents); i++)
		status = take_case(&all, i, &open, only_open, &thread, &row, rows, err);
	record_thread_release(&thread);
	free(open.items);
	return status;
}

/* The newest first; of the same second by channel, author and index. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order;

	if (x->facts.sent_s != y->facts.sent_s)
		return x->facts.sent_s > y->facts.sent_s ? -1 : 1;
	if (x->channel != y->channel)
		return x->channel < y->channel ? -1 : 1;
	order = strcmp(x->id.desk.text, y->id.desk.text);
	if (order != 0)
		return order;
	return (x->id.index > y->id.index) - (x->id.index < y->id.index);
}

static void write_facts(struct json_writer *writer, const struct record_incident *facts)
{
	json_writer_string(writer, "title", facts->title);
	json_writer_time(writer, "sent", facts->sent_s);
	json_writer_string(writer, "stage", facts->stage != NULL ? facts->stage : "");
	json_writer_string(writer, "severity",
	                   facts->severity != NULL ? facts->severity : "");
	json_writer_bool(writer, "closed", facts->is_closed);
	if (facts->outcome != NULL)
		json_writer_string(writer, "outcome", facts->outcome);
	json_writer_bool(writer, "cancelled", facts->is_cancelled);
	json_writer_integer(writer, "messages", (int64_t)facts->message_count);
	json_writer_time(writer, "last", facts->last_sent_s);
}

static void write_row(struct json_writer *writer, const char *name,
                      const struct desk *desk, const struct row *row)
{
	struct desk_channel_info info;

	desk_channel(desk, row->channel, &info);
	json_writer_object(writer, name);
	answer_write_id(writer, "id", &row->id);
	json_writer_string(writer, "channel", info.id_hex);
	json_writer_string(writer, "channel_title", info.charter->title);
	json_writer_string(writer, "author", row->id.desk.text);
	write_facts(writer, &row->facts);
	json_writer_integer(writer, "open_duties", (int64_t)row->open_duties);
	json_writer_end(writer);
}

/* "SENT.CHANNEL.INDEX.DESK" of the last row shown. It need not be there any more. */
static void write_cursor(struct json_writer *writer, const struct row *row)
{
	char text[RECORD_NAME_MAX + 80];

	snprintf(text, sizeof text, "%" PRId64 ".%zu.%" PRIu64 ".%s", row->facts.sent_s,
	         row->channel, row->id.index, row->id.desk.text);
	json_writer_string(writer, "next", text);
}

static enum status take_number(struct view *rest, uint64_t *ret_number, struct error *err)
{
	size_t dot = view_find(*rest, view_of_string("."));

	if (dot == SIZE_MAX)
		return error_set(err, STATUS_MALFORMED, "has too few parts");
	TRY(decimal_decode(view_of(rest->data, dot), STORE_INDEX_MAX, ret_number, err));
	*rest = view_from(*rest, dot + 1);
	return STATUS_OK;
}

/* A row that stands where the cursor does. */
static enum status read_cursor(const char *text, struct row *ret_row, struct error *err)
{
	struct view rest = view_of_string(text);
	uint64_t sent_s, channel;

	TRY(take_number(&rest, &sent_s, err));
	TRY(take_number(&rest, &channel, err));
	TRY(take_number(&rest, &ret_row->id.index, err));
	TRY(record_name_decode(rest, &ret_row->id.desk, err));
	ret_row->facts.sent_s = (int64_t)sent_s;
	ret_row->channel = (size_t)channel;
	return STATUS_OK;
}

struct query {
	size_t channel; /* SIZE_MAX: all */
	bool only_open, has_cursor;
	struct row cursor;
	size_t limit;
};

static enum status read_query(struct api_call *call, struct query *query,
                              struct error *err)
{
	static const char *const parameters[] = {"channel", "open", "cursor", "limit",
	                                         NULL};
	const char *channel = target_parameter(&call->target, "channel");
	const char *cursor = target_parameter(&call->target, "cursor");
	uint64_t open;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "open", 1, 0, &open, err));
	TRY(target_limit(&call->target, PAGE_MAX, PAGE_DEFAULT, &query->limit, err));
	query->only_open = open == 1;
	query->channel = SIZE_MAX;
	if (channel != NULL)
		TRY(desk_channel_find(call->desk, view_of_string(channel),
		                      &query->channel, err));
	query->has_cursor = cursor != NULL;
	if (cursor != NULL)
		return error_context(err, read_cursor(cursor, &query->cursor, err),
		                     "cursor");
	return STATUS_OK;
}

static void write_page(struct json_writer *writer, const struct desk *desk,
                       const struct query *query, const struct rows *rows)
{
	size_t at = 0, limit = query->limit, end;

	while (query->has_cursor && at < rows->count &&
	       compare_rows(&rows->items[at], &query->cursor) <= 0)
		at++;
	end = rows->count - at > limit ? at + limit : rows->count;
	json_writer_array(writer, "incidents");
	for (size_t i = at; i < end; i++)
		write_row(writer, NULL, desk, &rows->items[i]);
	json_writer_end(writer);
	json_writer_integer(writer, "total", (int64_t)rows->count);
	if (end < rows->count)
		write_cursor(writer, &rows->items[end - 1]);
}

static enum status reply_list(struct api_call *call, const struct query *query,
                              struct rows *rows, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	for (size_t i = 0; i < desk_channel_count(call->desk); i++)
		if (query->channel == SIZE_MAX || query->channel == i)
			TRY(take_channel(call, i, query->only_open, rows, err));
	if (rows->count > 1)
		qsort(rows->items, rows->count, sizeof *rows->items, compare_rows);
	json_writer_object(&writer, NULL);
	json_writer_time(&writer, "time", call->now_ms / 1000);
	write_page(&writer, call->desk, query, rows);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_incidents(struct api_call *call, struct error *err)
{
	struct query query = {0};
	struct rows rows = {0};
	enum status status;

	TRY(read_query(call, &query, err));
	status = reply_list(call, &query, &rows, err);
	free(rows.items);
	return status;
}

/* ---- one incident ---- */

/* Its own messages carry where they stand with each recipient. */
static enum status write_message(struct json_writer *writer, const char *name,
                                 struct api_call *call, size_t channel,
                                 const struct register_all *all,
                                 const struct record_message_id *id, struct error *err)
{
	CLEANUP_FREE struct record_name *to = NULL;
	const char *own = api_own_name(call->api);
	struct desk_message message;
	size_t to_count = 0;
	bool is_own = strcmp(id->desk.text, own) == 0;
	struct channel_briefs *briefs = NULL;

	TRY(briefs_open(call->api->office, channel, &briefs, err));
	TRY(desk_message_read(call->desk, channel, id, &message, err));
	if (is_own)
		TRY(answer_copy_to(&message, &to, &to_count, err));
	if (writer->out->len > BODIES_LEN_MAX)
		message.body = view_of("", 0);
	json_writer_object(writer, name);
	answer_write_message(writer, own, &message, UINT64_MAX,
	                     row_is_opened(briefs, id));
	if (is_own)
		answer_write_delivery(writer, call->desk, channel, all->proposals,
		                      id->index, to, to_count);
	json_writer_end(writer);
	return STATUS_OK;
}

struct duty_listing {
	struct json_writer *writer;
	int64_t now_s;
};

static bool write_duty(void *context, const struct record_duty_row *row)
{
	CLEANUP_BUF struct buf json = BUF_INIT(API_ANSWER_MAX);
	struct duty_listing *listing = context;

	record_duty_append_json(row, listing->now_s, &json);
	json_writer_raw(listing->writer, NULL, buf_view(&json));
	return true;
}

static enum status write_thread(struct json_writer *writer, struct api_call *call,
                                size_t channel, const struct register_all *all,
                                const struct record_thread *thread, struct error *err)
{
	size_t count = thread->count < TIMELINE_MAX ? thread->count : TIMELINE_MAX;
	struct duty_listing listing = {writer, call->now_ms / 1000};
	struct record_message_id id;

	json_writer_array(writer, "messages");
	for (size_t i = 0; i < count; i++) {
		id = record_replies_id(all->replies, thread->items[i].desk,
		                       thread->items[i].index);
		TRY(write_message(writer, NULL, call, channel, all, &id, err));
	}
	json_writer_end(writer);
	json_writer_bool(writer, "more", count < thread->count);
	json_writer_array(writer, "duties");
	for (size_t i = 0; i < count; i++) {
		id = record_replies_id(all->replies, thread->items[i].desk,
		                       thread->items[i].index);
		TRY(desk_duties_of(call->desk, channel, &id, write_duty, &listing, err));
	}
	json_writer_end(writer);
	return STATUS_OK;
}

static void write_times(struct json_writer *writer, const struct record_incident *facts)
{
	json_writer_object(writer, "times");
	json_writer_time_or_never(writer, "detected", facts->detected_s);
	json_writer_time_or_never(writer, "start", facts->started_s);
	json_writer_time_or_never(writer, "end", facts->ended_s);
	json_writer_end(writer);
}

static enum status reply_incident(struct api_call *call, const struct register_all *all,
                                  struct record_thread *thread, const struct row *row,
                                  struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	record_thread_sort(thread, all->replies);
	json_writer_object(&writer, NULL);
	write_row(&writer, "facts", call->desk, row);
	write_times(&writer, &row->facts);
	TRY(write_message(&writer, "incident", call, row->channel, all, &row->id, err));
	TRY(write_thread(&writer, call, row->channel, all, thread, err));
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

/* Reads the facts and answers. */
static enum status find_and_reply(struct api_call *call, struct register_all *all,
                                  struct record_thread *thread, struct open_duties *open,
                                  struct row *row, struct error *err)
{
	size_t nth;

	TRY(record_incidents_find(all->incidents,
	                          record_replies_find(all->replies, row->id.desk.text),
	                          row->id.index, &nth, err));
	TRY(read_duties(call, row->channel, open, err));
	TRY(read_case(all, nth, open, thread, row, err));
	return reply_incident(call, all, thread, row, err);
}

enum status api_get_incident(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	struct record_thread thread = {0};
	struct open_duties open = {0};
	struct row row = {0};
	struct register_all all;
	enum status status;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &row.channel, err));
	TRY(api_call_message(call, &row.id, err));
	TRY(register_open_all(&call->api->registers, call->desk, row.channel, &all, err));
	open.replies = all.replies;
	status = find_and_reply(call, &all, &thread, &open, &row, err);
	record_thread_release(&thread);
	free(open.items);
	return status;
}
