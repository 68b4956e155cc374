/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a start the own log of a channel grows only when the signer's guard agrees with
 * the store and the members have shown what they last saw of it: so no old backup, of the
 * database or of the whole machine, can make this desk sign a second history. Source:
 * aldis.md 7.3, 7.4.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static void ask_all(struct desk *desk, struct channel *channel)
{
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (channel->members[m].peer && !channel->members[m].is_gone)
			pull_soon(desk, channel->members[m].peer);
}

static void freeze(struct desk *desk, struct channel *channel, enum desk_why why,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

static void freeze(struct desk *desk, struct channel *channel, enum desk_why why,
                   const char *format, ...)
{
	va_list args;
	channel->why_code = why;
	va_start(args, format);
	vsnprintf(channel->why, sizeof channel->why, format, args);
	va_end(args);
	if (channel->state != DESK_LOG_FROZEN) {
		desk_log_line(desk, "channel %.16s: %s", channel->id_hex, channel->why);
		desk_event(desk, "frozen", "\"channel\":\"%s\"", channel->id_hex);
	}
	channel->state = DESK_LOG_FROZEN;
	desk->generation++;
	if (channel->recovering)
		ask_all(desk, channel);
}

static void compare_own_guard(struct desk *desk, struct channel *channel)
{
	struct log *log = channel_own_log(channel);
	struct error err;
	struct hash root;
	if (!desk_did(desk,
	              desk->signer.ops->guard(desk->signer.self, SIGNER_LOG, log->origin,
	                                      &log->guard, &err),
	              &err) ||
	    !log->guard.is_known)
		return;
	if (log->guard.size > log->tree.size) {
		freeze(desk, channel, DESK_WHY_BEHIND_GUARD,
		       "this desk signed %" PRIu64 " entries, its database holds %" PRIu64
		       ": run 'aldis recover'",
		       log->guard.size, log->tree.size);
		return;
	}
	if (!desk_did(desk, log_root_at(desk, log, log->guard.size, &root, &err), &err))
		return;
	if (!hash_equal(&root, &log->guard.root))
		freeze(desk, channel, DESK_WHY_NOT_AS_SIGNED,
		       "the database differs from what this desk signed: restore the "
		       "newest backup, "
		       "then run 'aldis recover'");
}

/* A recovery that was cut short: entries came, their bodies did not. */
static void compare_bodies(struct desk *desk, struct channel *channel)
{
	const struct log *log = channel_own_log(channel);
	if (log->body_count < log->tree.size)
		freeze(desk, channel, DESK_WHY_BODIES_MISSING,
		       "the database holds %" PRIu64 " entries of this desk and %" PRIu64
		       " bodies: run 'aldis recover'",
		       log->tree.size, log->body_count);
}

static void shown_key(struct buf *key, const struct channel *channel)
{
	buf_append_string(key, "shown/");
	buf_append_view(key, hash_view(&channel->id.hash));
}

enum status start_load(struct desk *desk, struct channel *channel, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(64);
	struct view root;
	shown_key(&key, channel);
	enum status status =
	    desk->store.ops->get(desk->store.self, STORE_META, buf_view(&key), &row, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	struct reader reader = reader_of(buf_view(&row));
	if (!reader_u64(&reader, &channel->shown_size) ||
	    !reader_bytes(&reader, sizeof channel->shown_root, &root) ||
	    !reader_is_done(&reader))
		return error_set(err, STATUS_MALFORMED,
		                 "what a member showed is damaged in the store");
	memcpy(channel->shown_root.bytes, root.data, root.len);
	return STATUS_OK;
}

/* Durable, for no later start may forget it: that member may then be out of reach. */
static void remember_shown(struct desk *desk, struct channel *channel,
                           const struct tlog_checkpoint *checkpoint)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(64);
	struct error err;
	if (checkpoint->size <= channel->shown_size)
		return;
	channel->shown_size = checkpoint->size;
	channel->shown_root = checkpoint->root;
	shown_key(&key, channel);
	buf_append_u64(&row, checkpoint->size);
	buf_append_view(&row, hash_view(&checkpoint->root));
	desk->must_commit = true;
	desk_fail(desk,
	          desk->store.ops->put(desk->store.self, STORE_META, buf_view(&key),
	                               buf_view(&row), &err),
	          &err);
}

static void forget_shown(struct desk *desk, struct channel *channel)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX);
	struct error err;
	if (channel->shown_size == 0)
		return;
	channel->shown_size = 0;
	shown_key(&key, channel);
	desk->must_commit = true;
	desk_fail(
	    desk,
	    desk->store.ops->remove(desk->store.self, STORE_META, buf_view(&key), &err),
	    &err);
}

static void judge_shown(struct desk *desk, struct channel *channel, uint64_t size,
                        const struct hash *shown_root, const char *by)
{
	struct log *log = channel_own_log(channel);
	struct error err;
	struct hash root;
	if (size > log->tree.size) {
		freeze(desk, channel, DESK_WHY_BEHIND_MEMBER,
		       "%s holds %" PRIu64
		       " entries signed by this desk, its database %" PRIu64
		       ": run 'aldis recover'",
		       by, size, log->tree.size);
		return;
	}
	if (!desk_did(desk, log_root_at(desk, log, size, &root, &err), &err))
		return;
	if (!hash_equal(&root, shown_root))
		freeze(desk, channel, DESK_WHY_OTHER_HISTORY,
		       "%s holds another history signed by this desk: stop, and find out "
		       "which of the two databases is the right one",
		       by);
}

void start_take_shown(struct desk *desk, struct channel *channel,
                      const struct tlog_checkpoint *checkpoint, const char *by)
{
	judge_shown(desk, channel, checkpoint->size, &checkpoint->root, by);
	if (channel->state == DESK_LOG_FROZEN)
		remember_shown(desk, channel, checkpoint);
}

void start_channel(struct desk *desk, struct channel *channel)
{
	channel->state = DESK_LOG_WAITING;
	channel->show_until_ms = desk->now_ms + desk->options.show_wait_ms;
	snprintf(channel->why, sizeof channel->why,
	         "waiting for a member to show what it last saw of this log");
	channel->why_code = DESK_WHY_UNSEEN;
	for (uint32_t m = 0; m < channel->member_count; m++) {
		channel->members[m].show.state = SHOW_ASKED;
		channel->members[m].show.retry_ms = desk->now_ms;
	}
	compare_own_guard(desk, channel);
	compare_bodies(desk, channel);
	if (channel->shown_size > 0)
		judge_shown(desk, channel, channel->shown_size, &channel->shown_root,
		            "a member");
}

void start_successor(struct desk *desk, struct channel *channel)
{
	forget_shown(desk, channel);
	channel->recovering = false;
	start_channel(desk, channel);
}

void start_recovered(struct desk *desk, struct channel *channel)
{
	const struct log *log = channel_own_log(channel);
	desk->must_commit = true;
	if (channel->state == DESK_LOG_FROZEN && log->body_count == log->tree.size &&
	    log->tree.size >= channel->shown_size &&
	    (!log->guard.is_known || log->tree.size >= log->guard.size))
		start_channel(desk, channel);
}

static void ask(struct desk *desk, struct channel *channel, uint32_t m)
{
	static const char *const paths[] = {"/mirror/%s/checkpoint", "/pending/%s"};
	struct show *show = &channel->members[m].show;
	show->state = SHOW_ASKED;
	show->failed = false;
	for (size_t i = 0; i < 2; i++) {
		struct staged_call *call = desk_stage_call(
		    desk, CALL_SHOW, channel->members[m].peer, DESK_GET, "");
		if (!call)
			return;
		call->call.channel = channel;
		call->call.member = m;
		snprintf(call->path, sizeof call->path, i == 0 ? paths[0] : paths[1],
		         channel_own_log(channel)->origin_hash);
		show->in_flight++;
	}
}

void start_doubt(struct desk *desk, struct channel *channel, uint32_t m)
{
	if (channel->members[m].show.in_flight == 0)
		ask(desk, channel, m);
}

static void become_ready(struct desk *desk, struct channel *channel)
{
	compare_bodies(desk, channel); /* another member may be handing entries back */
	if (channel->state == DESK_LOG_FROZEN)
		return;
	channel->state = DESK_LOG_READY;
	channel->recovering = false;
	channel->why[0] = '\0';
	channel->why_code = DESK_WHY_NOTHING;
	forget_shown(desk, channel);
	desk->generation++;
	if (channel_own_log(channel)->tree.size > 0)
		return;
	char hex[HASH_HEX_LEN + 1], end_hex[HASH_HEX_LEN + 1], body[256];
	const struct ending *before = ending_before(channel, channel->own);
	hash_hex(&log_charter_at(channel_own_log(channel), 0)->digest, hex);
	if (before)
		hash_hex(&before->end.digest, end_hex);
	int len = snprintf(body, sizeof body, "{\"charter\":\"%s\"%s%s%s}", hex,
	                   before ? ",\"log_end\":\"" : "", before ? end_hex : "",
	                   before ? "\"" : "");
	(void)compose_automatic(desk, channel, "open", NULL, view_of(body, (size_t)len));
}

void start_step(struct desk *desk, struct channel *channel)
{
	uint32_t shown = 0, asked = 0;
	if (channel->state != DESK_LOG_WAITING)
		return;
	for (uint32_t m = 0; m < channel->member_count; m++) {
		struct show *show = &channel->members[m].show;
		if (m == channel->own || channel->members[m].is_gone)
			continue;
		if (show->state == SHOW_DONE) {
			shown++;
			continue;
		}
		asked++;
		if (channel->members[m].peer && show->in_flight == 0 &&
		    show->retry_ms <= desk->now_ms)
			ask(desk, channel, m);
	}
	if (shown > 0 && (asked == 0 || desk->now_ms >= channel->show_until_ms))
		become_ready(desk, channel);
}

enum status start_accept(struct desk *desk, struct channel *channel, struct error *err)
{
	if (channel->state == DESK_LOG_WAITING)
		become_ready(desk, channel);
	if (channel->state == DESK_LOG_FROZEN)
		return error_set(err, STATUS_CONFLICT, "%s", channel->why);
	return STATUS_OK;
}

int64_t start_wake_ms(const struct desk *desk, const struct channel *channel)
{
	int64_t wake = INT64_MAX;
	if (channel->state != DESK_LOG_WAITING)
		return wake;
	if (channel->show_until_ms > desk->now_ms)
		wake = channel->show_until_ms;
	for (uint32_t m = 0; m < channel->member_count; m++) {
		const struct show *show = &channel->members[m].show;
		if (m != channel->own && channel->members[m].peer &&
		    !channel->members[m].is_gone && show->state != SHOW_DONE &&
		    show->in_flight == 0 && show->retry_ms < wake)
			wake = show->retry_ms;
	}
	return wake;
}

void start_take_answer(struct desk *desk, const struct call *call,
                       const struct desk_answer *answer)
{
	struct channel *channel = call->channel;
	struct show *show = &channel->members[call->member].show;
	struct tlog_checkpoint checkpoint;
	const char *name = channel->members[call->member].name.text;
	show->in_flight--;
	if (answer->outcome != STATUS_OK ||
	    (answer->http_status != 200 && answer->http_status != 404)) {
		show->failed = true;
	} else if (answer->http_status == 200) {
		/* what this desk did not sign shows nothing: so nobody can invent a
		 * history */
		if (log_open_checkpoint(channel_own_log(channel), answer->body,
		                        &checkpoint, NULL) == STATUS_OK)
			start_take_shown(desk, channel, &checkpoint, name);
		else
			show->failed = true;
	}
	if (show->in_flight > 0)
		return;
	show->state = show->failed ? SHOW_SILENT : SHOW_DONE;
	if (show->failed)
		show->retry_ms = desk->now_ms + desk_backoff_ms(desk, 2);
}

void desk_recover(struct desk *desk)
{
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		if (channel->state != DESK_LOG_FROZEN)
			continue;
		channel->recovering = true;
		ask_all(desk, channel);
	}
}
