/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is handed out as bytes: receipts, blobs, and the logs as their peers read them.
 */
#include "base/cleanup.h"
#include "codec/base64.h"
#include "console/api_call.h"

static enum status reply_bytes(struct api_call *call, const char *type,
                               const struct buf *bytes, struct error *err)
{
	TRY(buf_check(bytes, "the answer", err));
	desk_reply(call->desk, call->request->id, 200, type, buf_view(bytes));
	return STATUS_OK;
}

enum status api_get_receipt(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"from", NULL};
	CLEANUP_BUF struct buf file = BUF_INIT(API_ANSWER_MAX);
	struct record_message_id id;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(api_call_message(call, &id, err));
	TRY(desk_receipt_file(call->desk, channel, &id,
	                      target_parameter(&call->target, "from"), &file, err));
	return reply_bytes(call, "text/plain; charset=utf-8", &file, err);
}

enum status api_get_blob(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	CLEANUP_BUF struct buf blob = BUF_INIT(API_ANSWER_MAX);
	struct record_message_id id;
	struct hash wanted;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(api_call_message(call, &id, err));
	TRY(hex_decode_exact(view_of_string(call->target.segments[7]), wanted.bytes,
	                     sizeof wanted.bytes, err));
	TRY(desk_blob(call->desk, channel, &id, &wanted, &blob, err));
	return reply_bytes(call, "application/octet-stream", &blob, err);
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

enum status api_get_read_path(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(API_ANSWER_MAX);
	const char *type;

	if (call->request->method != DESK_GET)
		return error_set(err, STATUS_NOT_FOUND, "logs can only be read here");
	TRY(desk_read_path(call->desk, call->request->path, &type, &body, err));
	return reply_bytes(call, type, &body, err);
}
