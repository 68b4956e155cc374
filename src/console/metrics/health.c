/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two questions of probes. Anybody at the door may ask, so the answers are one word; why
 * not is told only to whom the desk's state is told as well.
 */
#include "console/metrics/health.h"

#include "base/cleanup.h"
#include "console/api_call.h"

enum { LINES_MAX = 50, TEXT_MAX = 32 * 1024 };

#define TEXT_TYPE "text/plain; charset=utf-8"

bool health_own_log(const struct desk *desk, size_t channel,
                    struct desk_log_info *ret_log)
{
	struct desk_channel_info info;

	desk_channel(desk, channel, &info);
	for (size_t i = 0; i < info.log_count; i++) {
		desk_log(desk, channel, i, ret_log);
		if (ret_log->is_own && !ret_log->is_ended)
			return !ret_log->has_left && !ret_log->is_gone;
	}
	return false;
}

const char *health_state_word(enum desk_log_state state)
{
	switch (state) {
	case DESK_LOG_WAITING:
		return "waiting";
	case DESK_LOG_READY:
		return "ready";
	case DESK_LOG_FROZEN:
		return "frozen";
	}
	return "frozen";
}

struct health health_of(const struct desk *desk)
{
	struct health health = {0};
	struct desk_log_info own;

	for (size_t i = 0; i < desk_channel_count(desk); i++) {
		if (!health_own_log(desk, i, &own))
			continue;
		health.channels++;
		health.blocked += !health_may_write(&own);
	}
	return health;
}

enum status api_get_healthy(struct api_call *call, struct error *err)
{
	desk_reply(call->desk, call->request->id, 200, TEXT_TYPE, view_of_string("ok\n"));
	return STATUS_OK;
}

/* One line of a channel; the sentence is ours, but names what a member calls itself. */
static void append_blocked(struct buf *out, const struct desk_channel_info *info,
                           const struct desk_log_info *own)
{
	buf_printf(out, "channel %s %s (%s): %s\n", info->id_hex,
	           own->state == DESK_LOG_READY ? "unsigned"
	                                        : health_state_word(own->state),
	           desk_why_word(own->why_code), own->why);
}

static void append_details(struct buf *out, const struct desk *desk,
                           const struct health *health)
{
	struct desk_channel_info info;
	struct desk_log_info own;
	size_t lines = 0;

	buf_printf(out, "%zu of %zu channels may not be written to\n", health->blocked,
	           health->channels);
	for (size_t i = 0; i < desk_channel_count(desk) && lines < LINES_MAX; i++) {
		if (!health_own_log(desk, i, &own) || health_may_write(&own))
			continue;
		desk_channel(desk, i, &info);
		append_blocked(out, &info, &own);
		lines++;
	}
}

enum status api_get_ready(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(TEXT_MAX);
	struct health health = health_of(call->desk);
	bool is_ready = health.blocked == 0;

	buf_append_string(&out, is_ready ? "ok\n" : "not ready\n");
	if (!is_ready && access_may(call, MAY_READ))
		append_details(&out, call->desk, &health);
	TRY(buf_check(&out, "the answer", err));
	desk_reply(call->desk, call->request->id, is_ready ? 200 : 503, TEXT_TYPE,
	           buf_view(&out));
	return STATUS_OK;
}
