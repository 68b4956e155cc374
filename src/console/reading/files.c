/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is handed out as bytes: receipts, blobs, and the logs as their peers read them.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/decimal.h"
#include "console/api_call.h"
#include "record/blob.h"

static enum status reply_bytes(struct api_call *call, const char *type,
                               const struct buf *bytes, struct error *err)
{
	TRY(buf_check(bytes, "the answer", err));
	desk_reply(call->desk, call->request->id, 200, type, buf_view(bytes));
	return STATUS_OK;
}

static enum status reply_file(struct api_call *call, const char *type, const char *name,
                              const struct buf *bytes, struct view content,
                              struct error *err)
{
	const struct desk_reply reply = {.request = call->request->id,
	                                 .status = 200,
	                                 .type = type,
	                                 .body = content,
	                                 .file_name = name};

	TRY(buf_check(bytes, "the answer", err));
	desk_reply_with(call->desk, &reply);
	return STATUS_OK;
}

enum status api_get_receipt(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"from", NULL};
	CLEANUP_BUF struct buf file = BUF_INIT(API_ANSWER_MAX);
	const char *from;
	char name[DESK_FILE_NAME_MAX + 1];
	struct record_message_id id;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_desk(&call->target, "from", &from, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(api_call_message(call, &id, err));
	TRY(desk_receipt_file(call->desk, channel, &id, from, &file, err));
	/* A receipt that is found has a member's name in `from`. */
	snprintf(name, sizeof name, "%.80s-%llu%s%.80s.tlog-proof", id.desk.text,
	         (unsigned long long)id.index, from == NULL ? "" : ".",
	         from == NULL ? "" : from);
	return reply_file(call, "text/plain; charset=utf-8", name, &file, buf_view(&file),
	                  err);
}

static enum status read_blob(struct api_call *call, struct record_message_id *ret_id,
                             struct buf *ret_blob, struct error *err)
{
	static const char *const parameters[] = {NULL};
	struct hash wanted;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(api_call_message(call, ret_id, err));
	TRY(hex_decode_exact(view_of_string(call->target.segments[7]), wanted.bytes,
	                     sizeof wanted.bytes, err));
	return desk_blob(call->desk, channel, ret_id, &wanted, ret_blob, err);
}

enum status api_get_blob(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(API_ANSWER_MAX);
	struct record_message_id id;

	TRY(read_blob(call, &id, &blob, err));
	return reply_bytes(call, "application/octet-stream", &blob, err);
}

/* What a browser keeps: without the salt, and never shown in the page. */
enum status api_get_blob_content(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(API_ANSWER_MAX);
	char name[DESK_FILE_NAME_MAX + 1];
	struct record_message_id id;

	TRY(read_blob(call, &id, &blob, err));
	snprintf(name, sizeof name, "%.80s-%llu-%.12s.bin", id.desk.text,
	         (unsigned long long)id.index, call->target.segments[7]);
	TRY(buf_check(&blob, "the answer", err));
	return reply_file(call, "application/octet-stream", name, &blob,
	                  record_blob_content(buf_view(&blob)), err);
}

enum status api_get_log_end(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	CLEANUP_BUF struct buf text = BUF_INIT(API_ANSWER_MAX);
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(desk_log_end(call->desk, channel, &text, err));
	return reply_bytes(call, "text/plain; charset=utf-8", &text, err);
}

/* Of a blob the entry that names it may be said, so that it is found at once. */
static enum status check_query(struct view path, struct error *err)
{
	static const char entry[] = "?entry=";
	size_t mark = view_find(path, view_of_string("?"));
	uint64_t index;

	if (mark == SIZE_MAX)
		return STATUS_OK;
	if (!view_has_prefix(path, view_of_string("/blob/")))
		return error_set(err, STATUS_MALFORMED, "logs are read without a query");
	if (!view_has_prefix(view_from(path, mark), view_of_string(entry)))
		return error_set(err, STATUS_MALFORMED,
		                 "of a blob only the number of its entry may be said");
	return decimal_decode(view_from(path, mark + strlen(entry)), STORE_INDEX_MAX,
	                      &index, err);
}

enum status api_get_read_path(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(API_ANSWER_MAX);
	const char *type;

	if (call->request->method != DESK_GET)
		return error_set(err, STATUS_NOT_FOUND, "logs can only be read here");
	TRY(check_query(call->request->path, err));
	TRY(desk_read_path(call->desk, call->request->path, &type, &body, err));
	return reply_bytes(call, type, &body, err);
}
