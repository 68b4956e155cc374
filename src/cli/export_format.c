/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists the channel, fetches what has a body that the format takes, writes the file.
 */
#include "cli/export_format.h"

#include <stdio.h>

#include "base/file.h"
#include "cli/api_client.h"
#include "cli/message_path.h"
#include "crypto/hash.h"
#include "formats/write.h"
#include "record/envelope.h"

enum { FILE_MAX = 1 << 30, PAGE_LIMIT = 500 };

struct state {
	const struct export_format *call;
	const struct formats_written *format;
	struct api_client *client;
	struct formats_held_message *messages;
	size_t count, cap;
	char channel[HASH_HEX_LEN + 1];
	struct formats_report report;
	struct buf file;
};

static enum status take_row(struct state *state, const struct json_doc *doc,
                            const struct json_token *row, struct error *err)
{
	const struct json_token *to;
	struct formats_held_message *message;

	if (state->count == state->cap) {
		size_t cap = state->cap == 0 ? 256 : state->cap * 2;

		message = reallocarray(state->messages, cap, sizeof *message);
		if (message == NULL)
			return error_set(err, STATUS_NO_MEMORY, "out of memory");
		state->messages = message;
		state->cap = cap;
	}
	message = &state->messages[state->count++];
	*message = (struct formats_held_message){.body = BUF_INIT(RECORD_BODY_MAX)};
	json_read_string(doc, row, "id", message->id, sizeof message->id);
	json_read_string(doc, row, "re", message->re, sizeof message->re);
	json_read_string(doc, row, "author", message->author, sizeof message->author);
	json_read_string(doc, row, "kind", message->kind, sizeof message->kind);
	json_read_string(doc, row, "sent", message->sent, sizeof message->sent);
	json_read_string(doc, row, "tlp", message->tlp, sizeof message->tlp);
	message->attachment_count = (size_t)json_read_integer(doc, row, "attachments");
	message->has_line = json_member(doc, row, "line") != NULL;
	to = json_member(doc, row, "to");
	message->has_to = to != NULL && to->count > 0;
	return STATUS_OK;
}

static enum status list_page(struct state *state, int64_t from, int64_t *ret_next,
                             struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	const struct json_token *list, *row;
	enum status status;

	buf_append_string(&path, "/api/channels/");
	api_path_append(&path, state->call->channel);
	buf_printf(&path, "/messages?limit=%d&from=%lld", PAGE_LIMIT, (long long)from);
	buf_append_byte(&path, '\0');
	TRY(buf_check(&path, "the channel's name", err));
	status = api_client_call(state->client,
	                         &(struct api_request){.path = (const char *)path.data},
	                         &answer, err);
	if (status == STATUS_OK) {
		json_read_string(&answer.doc, json_root(&answer.doc), "channel",
		                 state->channel, sizeof state->channel);
		*ret_next =
		    json_read_integer(&answer.doc, json_root(&answer.doc), "next");
		row = json_read_list(&answer.doc, json_root(&answer.doc), "messages",
		                     &list);
		for (; row != NULL && status == STATUS_OK;
		     row = json_next(&answer.doc, list, row))
			status = take_row(state, &answer.doc, row, err);
	}
	api_answer_release(&answer);
	return status;
}

static enum status fetch_body(struct state *state, struct formats_held_message *message,
                              struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(2048);
	struct api_answer answer = {0};
	const struct json_token *body;
	enum status status;

	TRY(message_path_append(&path, state->call->channel, message->id, err));
	buf_append_byte(&path, '\0');
	status = api_client_call(state->client,
	                         &(struct api_request){.path = (const char *)path.data},
	                         &answer, err);
	if (status == STATUS_OK) {
		body = json_member(&answer.doc, json_root(&answer.doc), "body");
		if (body != NULL)
			buf_append_view(&message->body, json_text(&answer.doc, body));
		status = buf_check(&message->body, "a body", err);
	}
	api_answer_release(&answer);
	return status;
}

/* A body that is not here, or breaks its kind, can't be put into another form. */
static enum status fetch_bodies(struct state *state, struct error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < state->count; i++) {
		struct formats_held_message *message = &state->messages[i];
		bool is_mapped = state->format->takes(view_of_string(message->kind));

		if (is_mapped)
			TRY(fetch_body(state, message, err));
		if (is_mapped && message->body.len == 0)
			formats_report_add(&state->report, view_of_string(message->id),
			                   view_of_string(message->kind),
			                   "its body is not here or is malformed");
		else
			state->messages[kept++] = *message;
	}
	state->count = kept;
	return STATUS_OK;
}

static enum status write_file(struct state *state, struct error *err)
{
	CLEANUP_FREE struct formats_message *messages =
	    calloc(state->count + 1, sizeof *messages);

	if (messages == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < state->count; i++)
		messages[i] = formats_message_of(&state->messages[i]);
	return state->format->write(state->channel, messages, state->count, &state->file,
	                            &state->report, err);
}

enum status export_format_report(const struct formats_report *report,
                                 const char *report_path, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX), json = BUF_INIT(FILE_MAX);
	struct json_writer writer = json_writer_of(&json);
	struct view rest, line;

	if (report_path != NULL) {
		json_writer_object(&writer, NULL);
		formats_report_write(report, &writer);
		json_writer_end(&writer);
		buf_append_byte(&json, '\n');
		TRY(buf_check(&json, "the report", err));
		TRY(file_replace(report_path, buf_view(&json), 0644, err));
	}
	TRY(formats_report_summary(report, &text, err));
	rest = buf_view(&text);
	while (view_take_line(&rest, &line))
		cli_note("not mapped: %.*s", (int)line.len, (const char *)line.data);
	return STATUS_OK;
}

static enum status run(struct cli *cli, struct state *state, struct error *err)
{
	int64_t from = 0;

	TRY(api_client_open(cli, &state->client, err));
	do
		TRY(list_page(state, from, &from, err));
	while (from > 0);
	TRY(fetch_bodies(state, err));
	TRY(write_file(state, err));
	if (state->call->out_path == NULL)
		TRY(cli_write_output(buf_view(&state->file), err));
	else
		TRY(file_replace(state->call->out_path, buf_view(&state->file), 0644,
		                 err));
	return export_format_report(&state->report, state->call->report_path, err);
}

int export_format(struct cli *cli, const struct export_format *call)
{
	struct state state = {.call = call,
	                      .format = formats_written_find(call->format),
	                      .file = BUF_INIT(FILE_MAX)};
	struct error err = {0};
	enum status status;

	if (state.format == NULL)
		return cli_fail(CLI_USAGE,
		                "there is no format '%s'; there are stix and misp",
		                call->format);
	status = run(cli, &state, &err);
	api_client_close(state.client);
	for (size_t i = 0; i < state.count; i++)
		buf_release(&state.messages[i].body);
	free(state.messages);
	formats_report_release(&state.report);
	buf_release(&state.file);
	return status == STATUS_OK ? CLI_DONE : cli_fail_status(status, &err);
}
