/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of duties of a channel, at a time, as JSON: each row is the same bytes on
 * every side.
 */
#include "base/cleanup.h"
#include "codec/time_text.h"
#include "console/answer.h"
#include "console/api_call.h"

enum { ROWS_MAX = 100000 };

struct listing {
	struct json_writer writer;
	int64_t now_s;
	size_t count;
};

static bool write_row(void *context, const struct record_duty_row *row)
{
	CLEANUP_BUF struct buf json = BUF_INIT(API_ANSWER_MAX);
	struct listing *listing = context;

	if (listing->count == ROWS_MAX)
		return false;
	listing->count++;
	record_duty_append_json(row, listing->now_s, &json);
	json_writer_raw(&listing->writer, NULL, buf_view(&json));
	return true;
}

static enum status read_time(struct api_call *call, int64_t *ret_now_s, struct error *err)
{
	const char *at = target_parameter(&call->target, "at");

	*ret_now_s = call->now_ms / 1000;
	if (at == NULL)
		return STATUS_OK;
	if (time_text_decode(view_of_string(at), ret_now_s, err) != STATUS_OK)
		return error_context(err, STATUS_MALFORMED, "at");
	return STATUS_OK;
}

enum status api_get_duties(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"all", "at", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct listing listing = {.writer = json_writer_of(&out)};
	struct desk_channel_info info;
	uint64_t all;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "all", 1, 0, &all, err));
	TRY(read_time(call, &listing.now_s, err));
	TRY(api_call_channel(call, &channel, err));
	desk_channel(call->desk, channel, &info);
	json_writer_object(&listing.writer, NULL);
	json_writer_string(&listing.writer, "channel", info.id_hex);
	json_writer_string(&listing.writer, "title", info.charter->title);
	json_writer_time(&listing.writer, "time", listing.now_s);
	json_writer_array(&listing.writer, "duties");
	TRY(desk_duties(call->desk, channel, listing.now_s, all == 0, write_row, &listing,
	                err));
	json_writer_end(&listing.writer);
	json_writer_bool(&listing.writer, "more", listing.count == ROWS_MAX);
	json_writer_end(&listing.writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
