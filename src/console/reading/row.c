/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows. The state of an own message is that of the recipient for whom it looks worst.
 */
#include "console/reading/row.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "console/answer.h"
#include "record/headline.h"

enum status row_context_open(struct api *api, size_t channel,
                             struct row_context *ret_context, struct error *err)
{
	struct channel_briefs *briefs = NULL;

	TRY(briefs_open(api->office, channel, &briefs, err));
	*ret_context =
	    (struct row_context){.api = api, .channel = channel, .briefs = briefs};
	return register_open(&api->registers, api->desk, channel, &ret_context->proposals,
	                     err);
}

bool row_is_opened(const struct channel_briefs *briefs,
                   const struct record_message_id *id)
{
	size_t log;

	return briefs_find_id(briefs, id, &log) == NULL ||
	       !briefs_is_unread(briefs, log, id->index);
}

void row_headline(const struct desk_message *message, struct json_doc *doc,
                  struct buf *out)
{
	if (!message->is_malformed)
		record_headline_append(message->body, doc, out);
}

struct overdue {
	bool is_so;
};

static bool look_at_duty(void *context, const struct record_duty_row *row)
{
	struct overdue *overdue = context;

	overdue->is_so = row->state == RECORD_DUTY_OVERDUE && !row->has_answer;
	return !overdue->is_so;
}

static bool is_overdue(const struct row_context *context,
                       const struct record_message_id *id)
{
	struct overdue overdue = {0};

	return desk_duties_of(context->api->desk, context->channel, id, look_at_duty,
	                      &overdue, NULL) == STATUS_OK &&
	       overdue.is_so;
}

static void write_to(struct json_writer *writer, const struct record_name *to,
                     size_t to_count)
{
	json_writer_array(writer, "to");
	for (size_t i = 0; i < to_count; i++)
		json_writer_string(writer, NULL, to[i].text);
	json_writer_end(writer);
}

static void write_envelope(struct json_writer *writer,
                           const struct record_envelope *envelope)
{
	answer_write_head(writer, envelope);
	write_to(writer, envelope->to, envelope->to_count);
	json_writer_integer(writer, "attachments", envelope->attachment_count);
}

static void write_said(struct json_writer *writer, const struct row_context *context,
                       const struct desk_message *message)
{
	CLEANUP_BUF struct buf headline = BUF_INIT(4096);

	row_headline(message, &context->api->doc, &headline);
	json_writer_text(writer, "title", buf_view(&headline));
	if (message->envelope != NULL && !message->is_malformed &&
	    strcmp(message->envelope->kind, "signal") == 0)
		json_writer_raw(writer, "body", message->body);
}

enum status row_write(struct json_writer *writer, const struct row_context *context,
                      uint64_t position, const struct desk_message *message,
                      struct error *err)
{
	struct record_message_id id = message->id;
	bool is_own = strcmp(id.desk.text, api_own_name(context->api)) == 0;
	bool is_late;
	CLEANUP_FREE struct record_name *to = NULL;
	size_t to_count;

	TRY(answer_copy_to(message, &to, &to_count, err));
	answer_write_id(writer, "id", &id);
	if (position != UINT64_MAX)
		json_writer_integer(writer, "position", (int64_t)position);
	json_writer_string(writer, "author", id.desk.text);
	json_writer_bool(writer, "own", is_own);
	if (message->envelope != NULL)
		write_envelope(writer, message->envelope);
	else
		json_writer_integer(writer, "attachments", 0);
	write_said(writer, context, message);
	answer_write_flags(writer, message);
	json_writer_bool(writer, "opened", row_is_opened(context->briefs, &id));
	/* what the message borrows is written: the desk may be asked again */
	is_late = is_overdue(context, &id);
	if (is_own && is_late)
		json_writer_string(writer, "state", "overdue");
	else if (is_own)
		TRY(answer_write_worst(writer, context->api->desk, context->channel,
		                       context->proposals, id.index, to, to_count, err));
	json_writer_bool(writer, "overdue", is_late);
	return STATUS_OK;
}
