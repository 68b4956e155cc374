/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what every handler reads, and the two forms of answer: JSON, and a problem
 * document (RFC 9457).
 */
#include "console/api_call.h"

#include "base/cleanup.h"
#include "codec/decimal.h"

static int http_status_of(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return 200;
	case STATUS_AGAIN:
	case STATUS_CLOSED:
	case STATUS_NO_MEMORY:
		return 503;
	case STATUS_MALFORMED:
		return 400;
	case STATUS_UNTRUSTED:
		return 403;
	case STATUS_NOT_FOUND:
		return 404;
	case STATUS_CONFLICT:
		return 409;
	case STATUS_LIMIT:
		return 413;
	case STATUS_SYSTEM:
	case STATUS_BUG:
		return 500;
	}
	return 500;
}

enum status api_reply_json(struct desk *desk, uint64_t request, int http_status,
                           const struct buf *json, struct error *err)
{
	TRY(buf_check(json, "the answer", err));
	desk_reply(desk, request, http_status, "application/json", buf_view(json));
	return STATUS_OK;
}

/* "not found" as the end of a URI. */
static void write_type(struct json_writer *writer, enum status status)
{
	char type[64] = "urn:aldis:problem:";
	size_t used = strlen(type);

	for (const char *name = status_name(status); *name != '\0'; name++)
		type[used++] = *name == ' ' ? '-' : *name;
	type[used] = '\0';
	json_writer_string(writer, "type", type);
}

void api_reply_problem(struct desk *desk, uint64_t request, enum status status,
                       const struct api_problem *problem, const struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096 + problem->fields.len);
	struct json_writer writer = json_writer_of(&out);
	int http_status =
	    problem->http_status > 0 ? problem->http_status : http_status_of(status);

	json_writer_object(&writer, NULL);
	write_type(&writer, status);
	json_writer_string(&writer, "title", status_name(status));
	json_writer_integer(&writer, "status", http_status);
	json_writer_string(&writer, "detail", err->text);
	if (problem->line > 0)
		json_writer_integer(&writer, "line", (int64_t)problem->line);
	if (problem->code != NULL)
		json_writer_string(&writer, "code", problem->code);
	if (problem->fields.len > 0)
		json_writer_raw(&writer, "fields", problem->fields);
	json_writer_end(&writer);
	desk_reply_with(desk,
	                &(struct desk_reply){.request = request,
	                                     .status = http_status,
	                                     .type = "application/problem+json",
	                                     .body = buf_view(&out),
	                                     .retry_after_s = problem->retry_after_s});
}

enum status api_call_channel(struct api_call *call, size_t *ret_channel,
                             struct error *err)
{
	return desk_channel_find(call->desk, view_of_string(call->target.segments[2]),
	                         ret_channel, err);
}

enum status api_call_message(struct api_call *call, struct record_message_id *ret_id,
                             struct error *err)
{
	TRY(record_name_decode(view_of_string(call->target.segments[4]), &ret_id->desk,
	                       err));
	if (decimal_decode(view_of_string(call->target.segments[5]), STORE_INDEX_MAX,
	                   &ret_id->index, err) != STATUS_OK)
		return error_context(err, STATUS_MALFORMED, "the message's index");
	return STATUS_OK;
}

enum status api_call_wait(struct api_call *call, int64_t *ret_until_ms, struct error *err)
{
	uint64_t wait_s;

	TRY(target_number(&call->target, "wait", WAITING_SECONDS_MAX, 0, &wait_s, err));
	*ret_until_ms = wait_s == 0 ? 0 : call->now_ms + (int64_t)wait_s * 1000;
	return STATUS_OK;
}

const char *api_own_name(const struct api *api)
{
	return desk_card(api->desk)->name.text;
}
