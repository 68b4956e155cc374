/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading messages: a page of the joint order, as whole messages or as rows, and a single
 * one. Marking what was opened.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "console/answer.h"
#include "console/api_call.h"
#include "console/reading/pick.h"
#include "console/request_body.h"
#include "console/reading/row.h"

enum { PAGE_LEN_MAX = 8 * 1024 * 1024 }; /* bytes; at least one message is given */

struct page_row {
	size_t start, len; /* in `text` */
};

struct page {
	struct row_context context;
	bool has_rows; /* instead of whole messages */
	struct pick pick;
	struct page_row *rows; /* as picked */
	size_t count;
	struct buf text;
};

static void page_release(struct page *page)
{
	pick_release(&page->pick);
	free(page->rows);
	buf_release(&page->text);
}

static enum status write_message(struct json_writer *writer,
                                 const struct row_context *context, uint64_t position,
                                 const struct desk_message *message, struct error *err)
{
	CLEANUP_FREE struct record_name *to = NULL;
	const char *own = api_own_name(context->api);
	struct record_message_id id = message->id;
	bool is_own = strcmp(id.desk.text, own) == 0;
	size_t to_count = 0;

	if (is_own)
		TRY(answer_copy_to(message, &to, &to_count, err));
	answer_write_message(writer, own, message, position,
	                     row_is_opened(context->briefs, &id));
	if (is_own)
		answer_write_delivery(writer, context->api->desk, context->channel,
		                      context->proposals, id.index, to, to_count);
	return STATUS_OK;
}

static enum status gather_row(struct page *page, uint64_t position, struct error *err)
{
	struct json_writer writer = json_writer_of(&page->text);
	struct page_row *row = &page->rows[page->count];
	struct desk_message message;

	row->start = page->text.len;
	TRY(desk_message_at(page->context.api->desk, page->context.channel, position,
	                    &message, err));
	json_writer_object(&writer, NULL);
	if (page->has_rows)
		TRY(row_write(&writer, &page->context, position, &message, err));
	else
		TRY(write_message(&writer, &page->context, position, &message, err));
	json_writer_end(&writer);
	row->len = page->text.len - row->start;
	page->count++;
	return STATUS_OK;
}

/* Reads what was picked, as far as it fits. */
static enum status gather(struct page *page, struct error *err)
{
	struct pick *pick = &page->pick;

	page->rows = calloc(pick->limit, sizeof *page->rows);
	if (page->rows == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the answer");
	for (size_t i = 0; i < pick->count; i++) {
		if (page->text.len > PAGE_LEN_MAX) {
			pick->has_next = true;
			pick->next = pick->is_backward
			                 ? pick->positions[i] + 1
			                 : pick_next(pick, pick->positions[i]);
			break;
		}
		TRY(gather_row(page, pick->positions[i], err));
	}
	return buf_check(&page->text, "the answer", err);
}

/* Whichever way they were picked, the oldest comes first. */
static struct view nth_row(const struct page *page, size_t nth)
{
	const struct page_row *row =
	    &page->rows[page->pick.is_backward ? page->count - 1 - nth : nth];

	return view_of(page->text.data + row->start, row->len);
}

static enum status reply_page(struct api_call *call, const struct page *page,
                              struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct pick *pick = &page->pick;
	struct desk_channel_info info;

	desk_channel(call->desk, page->context.channel, &info);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "channel", info.id_hex);
	json_writer_string(&writer, "title", info.charter->title);
	json_writer_integer(&writer, "total", (int64_t)pick->total);
	if (pick->has_next)
		json_writer_integer(&writer, pick->is_backward ? "previous" : "next",
		                    (int64_t)pick->next);
	json_writer_array(&writer, "messages");
	for (size_t i = 0; i < page->count; i++)
		json_writer_raw(&writer, NULL, nth_row(page, i));
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

static enum status read_form(const struct target *target, bool *ret_has_rows,
                             struct error *err)
{
	static const char *const parameters[] = {"from",   "before", "limit",   "kind",
	                                         "since",  "author", "form",    "line",
	                                         "people", "thread", "overdue", NULL};
	const char *form = target_parameter(target, "form");

	TRY(target_allow(target, parameters, err));
	*ret_has_rows = form != NULL && strcmp(form, "row") == 0;
	if (form != NULL && !*ret_has_rows && strcmp(form, "message") != 0)
		return error_set(err, STATUS_MALFORMED, "form: must be row or message");
	return STATUS_OK;
}

static enum status list_messages(struct api_call *call, struct page *page,
                                 struct error *err)
{
	size_t channel;

	TRY(read_form(&call->target, &page->has_rows, err));
	TRY(pick_read(&call->target, &page->pick, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(row_context_open(call->api, channel, &page->context, err));
	TRY(pick_find(&page->pick, call->desk, channel, page->context.briefs,
	              call->now_ms / 1000, err));
	TRY(gather(page, err));
	return reply_page(call, page, err);
}

enum status api_get_messages(struct api_call *call, struct error *err)
{
	struct page page = {.text = BUF_INIT(API_ANSWER_MAX)};
	enum status status = list_messages(call, &page, err);

	page_release(&page);
	return status;
}

enum status api_get_message(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"wait", NULL};
	struct waiting wanted = {
	    .request = call->request->id, .what = WAITING_MESSAGE, .count = 1};
	struct desk_channel_info info;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_wait(call, &wanted.until_ms, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(api_call_message(call, &wanted.first, err));
	desk_channel(call->desk, channel, &info);
	wanted.channel = info.id;
	if (wanted.until_ms == 0 || waiting_is_ready(&wanted, call->desk))
		return answer_message(call->api, call->request->id, channel,
		                      &wanted.first, err);
	return waiting_add(&call->api->waiting, &wanted, err);
}
