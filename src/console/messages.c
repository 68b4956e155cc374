/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading messages: a page of the joint order, filtered, and a single one. What a row
 * shows is borrowed until the next call on the desk, so a page is gathered first and the
 * delivery of own messages added behind.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "console/answer.h"
#include "console/api_call.h"

enum {
	PAGE_DEFAULT = 100,
	PAGE_MAX = 1000,
	PAGE_LEN_MAX = 8 * 1024 * 1024, /* bytes; at least one message is given */
};

struct page_row {
	size_t start, len; /* of the object's members in `text` */
	bool is_own;
	uint64_t index;
	size_t to_start, to_count; /* bytes in `names`, names */
};

struct page {
	const char *own;
	const char *kind, *author; /* filters, or NULL */
	int64_t since_s;
	size_t limit;

	struct page_row *rows; /* limit of them */
	size_t count;
	struct buf text;
	struct buf names; /* struct record_name, one behind the other */
	uint64_t next;    /* position to go on from */
};

static void page_release(struct page *page)
{
	free(page->rows);
	buf_release(&page->text);
	buf_release(&page->names);
}

static bool row_is_wanted(const struct page *page, const struct desk_message *message)
{
	const struct record_envelope *envelope = message->envelope;

	if (page->author != NULL && strcmp(message->id.desk.text, page->author) != 0)
		return false;
	if (page->kind != NULL &&
	    (envelope == NULL || strcmp(envelope->kind, page->kind) != 0))
		return false;
	return page->since_s == 0 || envelope == NULL ||
	       envelope->sent_s >= page->since_s;
}

static void gather_row(struct page *page, uint64_t position,
                       const struct desk_message *message)
{
	struct page_row *row = &page->rows[page->count++];
	struct json_writer writer = json_writer_of(&page->text);

	*row = (struct page_row){
	    .start = page->text.len,
	    .is_own = strcmp(message->id.desk.text, page->own) == 0,
	    .index = message->id.index,
	    .to_start = page->names.len,
	};
	answer_write_message(&writer, page->own, message, position);
	row->len = page->text.len - row->start;
	if (!row->is_own || message->envelope == NULL)
		return;
	row->to_count = message->envelope->to_count;
	buf_append(&page->names, message->envelope->to,
	           row->to_count * sizeof(struct record_name));
}

static bool take_row(void *context, uint64_t position, const struct desk_message *message)
{
	struct page *page = context;

	if (page->count == page->limit || page->text.len > PAGE_LEN_MAX)
		return false;
	page->next = position + 1;
	if (row_is_wanted(page, message))
		gather_row(page, position, message);
	return true;
}

static void write_row(struct json_writer *writer, struct desk *desk, size_t channel,
                      struct record_proposals *proposals, const struct page *page,
                      const struct page_row *row)
{
	json_writer_object(writer, NULL);
	json_writer_raw(writer, NULL, view_of(page->text.data + row->start, row->len));
	if (row->is_own)
		answer_write_delivery(
		    writer, desk, channel, proposals, row->index,
		    row->to_count == 0 ? NULL
		                       : (const void *)(page->names.data + row->to_start),
		    row->to_count);
	json_writer_end(writer);
}

static enum status reply_page(struct api_call *call, size_t channel,
                              const struct page *page, uint64_t total, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct record_proposals *proposals;
	struct desk_channel_info info;

	TRY(register_open(&call->api->registers, call->desk, channel, &proposals, err));
	TRY(buf_check(&page->text, "the answer", err));
	TRY(buf_check(&page->names, "the answer", err));
	desk_channel(call->desk, channel, &info);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "channel", info.id_hex);
	json_writer_string(&writer, "title", info.charter->title);
	json_writer_integer(&writer, "total", (int64_t)total);
	if (page->next < total)
		json_writer_integer(&writer, "next", (int64_t)page->next);
	json_writer_array(&writer, "messages");
	for (size_t i = 0; i < page->count; i++)
		write_row(&writer, call->desk, channel, proposals, page, &page->rows[i]);
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

static enum status read_filters(struct api_call *call, struct page *page,
                                uint64_t *ret_from, struct error *err)
{
	static const char *const parameters[] = {"from",  "limit",  "kind",
	                                         "since", "author", NULL};
	const char *since = target_parameter(&call->target, "since");
	uint64_t limit;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "from", STORE_INDEX_MAX, 0, ret_from, err));
	TRY(target_number(&call->target, "limit", PAGE_MAX, PAGE_DEFAULT, &limit, err));
	if (since != NULL &&
	    time_text_decode(view_of_string(since), &page->since_s, err) != STATUS_OK)
		return error_context(err, STATUS_MALFORMED, "since");
	page->limit = limit == 0 ? 1 : (size_t)limit;
	page->kind = target_parameter(&call->target, "kind");
	page->author = target_parameter(&call->target, "author");
	page->next = *ret_from;
	return STATUS_OK;
}

static enum status list_messages(struct api_call *call, struct page *page,
                                 struct error *err)
{
	uint64_t from, total = 0;
	size_t channel;

	TRY(read_filters(call, page, &from, err));
	TRY(api_call_channel(call, &channel, err));
	page->rows = calloc(page->limit, sizeof *page->rows);
	if (page->rows == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the answer");
	TRY(desk_messages(call->desk, channel, from, take_row, page, &total, err));
	return reply_page(call, channel, page, total, err);
}

enum status api_get_messages(struct api_call *call, struct error *err)
{
	struct page page = {
	    .own = api_own_name(call->api),
	    .text = BUF_INIT(API_ANSWER_MAX),
	    .names = BUF_INIT(API_ANSWER_MAX),
	};
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
