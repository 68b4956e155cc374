/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a record statement as this desk could send it now: how many entries of each
 * log there are up to a time, under which roots. It names only sizes that the log's owner
 * has signed, so that a proof can be made of it.
 */
#include "console/reading/statement.h"

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "console/api_call.h"
#include "tlog/checkpoint.h"

enum { SIZES_TRIED_MAX = 4096 };

struct counting {
	int64_t from_s, to_s; /* asked for; INT64_MIN, INT64_MAX: not */
	uint64_t size;        /* entries of the log at hand that are stated */
	uint64_t count;       /* of all logs */
	int64_t first_s, last_s;
};

static bool wants_nothing(const struct record_envelope *envelope)
{
	(void)envelope;
	return false;
}

/* Ends the walk at the first entry behind the time. */
static enum status find_end(void *context, const struct desk_entry *entry,
                            struct error *err)
{
	struct counting *counting = context;

	if (entry->envelope != NULL && entry->envelope->sent_s > counting->to_s)
		return error_set(err, STATUS_CLOSED, "the end");
	counting->size = entry->index + 1;
	return STATUS_OK;
}

static enum status count_entry(void *context, const struct desk_entry *entry,
                               struct error *err)
{
	struct counting *counting = context;

	if (entry->index >= counting->size)
		return error_set(err, STATUS_CLOSED, "the end");
	if (entry->envelope == NULL) {
		counting->count++;
		return STATUS_OK;
	}
	if (entry->envelope->sent_s < counting->from_s)
		return STATUS_OK;
	counting->count++;
	if (entry->envelope->sent_s < counting->first_s)
		counting->first_s = entry->envelope->sent_s;
	if (entry->envelope->sent_s > counting->last_s)
		counting->last_s = entry->envelope->sent_s;
	return STATUS_OK;
}

static enum status walk(struct desk *desk, size_t channel, size_t log,
                        desk_entry_row *row, struct counting *counting, struct error *err)
{
	enum status status =
	    desk_entries(desk, channel, log, 0, wants_nothing, row, counting, err);

	return status == STATUS_CLOSED ? STATUS_OK : status;
}

/* The largest signed size that is not above counting->size, and its root; 0: none. */
static enum status find_signed(struct desk *desk, size_t channel, size_t log,
                               struct counting *counting,
                               struct tlog_checkpoint *ret_checkpoint, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TLOG_NOTE_MAX);
	uint64_t most = counting->size;
	struct tlog_note note;

	counting->size = 0;
	for (uint64_t at = most; at > 0 && most - at < SIZES_TRIED_MAX; at--) {
		buf_clear(&text);
		enum status status =
		    desk_part_checkpoint(desk, channel, log, at, &text, err);

		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		TRY(tlog_note_parse(buf_view(&text), &note, err));
		TRY(tlog_checkpoint_decode(note.text, ret_checkpoint, err));
		if (ret_checkpoint->size != at)
			continue;
		counting->size = at;
		return STATUS_OK;
	}
	return STATUS_OK;
}

static void write_log(struct json_writer *writer, const char *desk,
                      const struct tlog_checkpoint *checkpoint)
{
	CLEANUP_BUF struct buf root = BUF_INIT(100);

	base64_append(&root, hash_view(&checkpoint->root));
	buf_append_byte(&root, '\0');
	json_writer_object(writer, NULL);
	json_writer_string(writer, "desk", desk);
	json_writer_integer(writer, "size", (int64_t)checkpoint->size);
	json_writer_string(writer, "root", (const char *)root.data);
	json_writer_end(writer);
}

static enum status take_log(struct desk *desk, size_t channel, size_t log,
                            struct counting *counting, struct json_writer *writer,
                            struct error *err)
{
	struct tlog_checkpoint checkpoint;
	struct desk_log_info info;

	desk_log(desk, channel, log, &info);
	if (info.is_ended)
		return error_set(
		    err, STATUS_CONFLICT,
		    "the log of %s was ended and has a successor; statements "
		    "over both are not made yet",
		    info.desk);
	counting->size = 0;
	TRY(walk(desk, channel, log, find_end, counting, err));
	TRY(find_signed(desk, channel, log, counting, &checkpoint, err));
	if (counting->size == 0)
		return STATUS_OK;
	TRY(walk(desk, channel, log, count_entry, counting, err));
	write_log(writer, info.desk, &checkpoint);
	return STATUS_OK;
}

static void write_statement(struct json_writer *writer, const struct counting *counting,
                            struct view logs)
{
	json_writer_object(writer, NULL);
	json_writer_time(writer, "from",
	                 counting->from_s == INT64_MIN ? counting->first_s
	                                               : counting->from_s);
	json_writer_time(writer, "to",
	                 counting->to_s == INT64_MAX ? counting->last_s : counting->to_s);
	json_writer_integer(writer, "entries", (int64_t)counting->count);
	json_writer_raw(writer, "logs", logs);
	json_writer_end(writer);
}

enum status statement_append(struct desk *desk, size_t channel, const int64_t *from_s,
                             const int64_t *to_s, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf logs = BUF_INIT(API_ANSWER_MAX);
	struct counting counting = {.from_s = from_s != NULL ? *from_s : INT64_MIN,
	                            .to_s = to_s != NULL ? *to_s : INT64_MAX,
	                            .first_s = INT64_MAX,
	                            .last_s = INT64_MIN};
	struct json_writer writer = json_writer_of(&logs);
	struct desk_channel_info info;

	desk_channel(desk, channel, &info);
	if (!info.is_open)
		return error_set(err, STATUS_CONFLICT, "the channel is not open yet");
	json_writer_array(&writer, NULL);
	for (size_t i = 0; i < info.log_count; i++)
		TRY(take_log(desk, channel, i, &counting, &writer, err));
	json_writer_end(&writer);
	if (counting.count == 0 || counting.first_s > counting.last_s)
		return error_set(err, STATUS_NOT_FOUND,
		                 "there is no signed entry of that time");
	TRY(buf_check(&logs, "the answer", err));
	writer = json_writer_of(out);
	write_statement(&writer, &counting, buf_view(&logs));
	return buf_check(out, "the answer", err);
}

/* ret_time stays NULL where the parameter is not given. */
static enum status read_time(struct api_call *call, const char *name, int64_t *time_s,
                             const int64_t **ret_time, struct error *err)
{
	const char *text = target_parameter(&call->target, name);
	enum status status;

	if (text == NULL)
		return STATUS_OK;
	*ret_time = time_s;
	status = time_text_decode(view_of_string(text), time_s, err);
	return status == STATUS_OK ? status : error_context(err, status, "%s", name);
}

enum status api_get_statement(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"from", "to", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	const int64_t *from = NULL, *to = NULL;
	int64_t from_s, to_s;
	size_t channel;

	TRY(target_allow(&call->target, parameters, err));
	TRY(api_call_channel(call, &channel, err));
	TRY(read_time(call, "from", &from_s, &from, err));
	TRY(read_time(call, "to", &to_s, &to, err));
	TRY(statement_append(call->desk, channel, from, to, &out, err));
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}
