/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind a channel's messages: each log with its sizes, roots, receipts and
 * witnesses, the statement that could be signed now, and the last check of the store.
 */
#include "base/cleanup.h"
#include "console/api_call.h"
#include "console/reading/state.h"
#include "console/reading/statement.h"
#include "console/reading/verify.h"

static void write_receipt(struct json_writer *writer, const char *member, uint64_t size,
                          int64_t time_s)
{
	json_writer_object(writer, NULL);
	json_writer_string(writer, "member", member);
	json_writer_integer(writer, "size", (int64_t)size);
	json_writer_time_or_never(writer, "time", time_s);
	json_writer_end(writer);
}

/* Of the own log by the others; of another one by this desk. */
static void write_receipts(struct json_writer *writer, struct api_call *call,
                           size_t channel, const struct desk_log_info *log)
{
	struct desk_receipt_info receipt;

	json_writer_array(writer, "receipts");
	for (size_t nth = 0;
	     log->is_own && desk_receipt(call->desk, channel, nth, &receipt); nth++)
		write_receipt(writer, receipt.member, receipt.size, receipt.time_s);
	if (!log->is_own)
		write_receipt(writer, api_own_name(call->api), log->cosigned_size,
		              log->cosigned_time_s);
	json_writer_end(writer);
}

/* They are asked about the own log. */
static void write_witnesses(struct json_writer *writer, struct desk *desk, size_t channel,
                            const struct desk_log_info *log)
{
	struct desk_witness_info witness;

	json_writer_array(writer, "witnesses");
	for (size_t nth = 0; log->is_own && desk_witness(desk, channel, nth, &witness);
	     nth++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "name", witness.name);
		json_writer_integer(writer, "size", (int64_t)witness.size);
		json_writer_time_or_never(writer, "time", witness.time_s);
		json_writer_string(writer, "last_error", witness.error);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_logs(struct json_writer *writer, struct api_call *call, size_t channel,
                       const struct desk_channel_info *info)
{
	json_writer_array(writer, "logs");
	for (size_t i = 0; i < info->log_count; i++) {
		struct desk_log_info log;

		desk_log(call->desk, channel, i, &log);
		json_writer_object(writer, NULL);
		state_write_log(writer, &log);
		json_writer_bool(writer, "ended", log.is_ended);
		json_writer_bool(writer, "left", log.has_left);
		write_receipts(writer, call, channel, &log);
		write_witnesses(writer, call->desk, channel, &log);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

/* Where none can be made it is said why. */
static enum status write_statement(struct json_writer *writer, struct api_call *call,
                                   size_t channel, struct error *err)
{
	CLEANUP_BUF struct buf statement = BUF_INIT(API_ANSWER_MAX);
	enum status status =
	    statement_append(call->desk, channel, NULL, NULL, &statement, err);

	switch (status) {
	case STATUS_OK:
		json_writer_raw(writer, "statement", buf_view(&statement));
		return STATUS_OK;
	case STATUS_CONFLICT:
	case STATUS_NOT_FOUND:
		json_writer_null(writer, "statement");
		json_writer_text(writer, "statement_why", view_of_string(err->text));
		return STATUS_OK;
	default:
		return status;
	}
}

enum status api_get_record(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct desk_channel_info info;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	desk_channel(call->desk, channel, &info);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "channel", info.id_hex);
	json_writer_string(&writer, "channel_title", info.charter->title);
	json_writer_time(&writer, "time", call->now_ms / 1000);
	write_logs(&writer, call, channel, &info);
	TRY(write_statement(&writer, call, channel, err));
	TRY(verify_write(&writer, "verify", call->api, info.id_hex, err));
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
