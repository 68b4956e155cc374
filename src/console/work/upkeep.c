/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking after the desk: backup, recovery, and the operator's word on the clock.
 */
#include "base/cleanup.h"
#include "console/api_call.h"
#include "console/request_body.h"

/* The one answer of what needs no words: {"done":true}. */
static enum status reply_done(struct api_call *call, int http_status, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64);

	buf_append_string(&out, "{\"done\":true}");
	return api_reply_json(call->desk, call->request->id, http_status, &out, err);
}

enum status api_post_backup(struct api_call *call, struct error *err)
{
	const struct api_host *host = &call->api->host;
	char path[REQUEST_PATH_MAX + 1];

	if (host->backup == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "this desk's store offers no backup");
	TRY(request_backup_parse(call->request->body, &call->api->doc, path, err));
	TRY(host->backup(host->self, path, err));
	return reply_done(call, 201, err);
}

enum status api_post_recover(struct api_call *call, struct error *err)
{
	desk_recover(call->desk);
	return reply_done(call, 202, err);
}

enum status api_post_clock(struct api_call *call, struct error *err)
{
	const struct api_host *host = &call->api->host;

	if (host->accept_clock == NULL)
		return error_set(err, STATUS_NOT_FOUND,
		                 "this desk has no signer whose clock could be accepted");
	host->accept_clock(host->self);
	return reply_done(call, 200, err);
}

/* At the console's door the front asks first, and begins the stream when the desk says
 * yes; at the local socket it never asks. */
enum status api_get_events(struct api_call *call, struct error *err)
{
	desk_reply(call->desk, call->request->id, 200, "text/event-stream",
	           view_of(NULL, 0));
	return STATUS_OK;
}
