/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Now: what is open, sorted by how much it presses. Every list comes with its counter
 * from the same walk.
 */
#include "console/work/now.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "console/answer.h"
#include "console/work/draft_json.h"
#include "console/reading/row.h"
#include "office/alerts.h"

enum { UNREAD_ROWS_MAX = 50, DAY_S = 86400 };

static const char *const no_parameters[] = {NULL};

static void write_channel(struct json_writer *writer, struct desk *desk, size_t channel)
{
	struct desk_channel_info info;

	desk_channel(desk, channel, &info);
	json_writer_string(writer, "channel", info.id_hex);
	json_writer_string(writer, "channel_title", info.charter->title);
}

/* Its kind and headline; of one that is not held, an empty one. */
static void write_title(struct json_writer *writer, struct api *api, size_t channel,
                        const struct record_message_id *id)
{
	const struct title *title =
	    titles_find(&api->titles, api->desk, channel, id, &api->doc);

	if (title != NULL && title->kind != NULL)
		json_writer_string(writer, "kind", title->kind);
	json_writer_string(writer, "title", title == NULL ? "" : title->text);
	if (title != NULL && title->body != NULL)
		json_writer_raw(writer, "body", view_of_string(title->body));
}

/* ---- duties ---- */

static enum status write_duty(struct json_writer *writer, struct api_call *call,
                              const struct need_duty *duty, struct error *err)
{
	CLEANUP_BUF struct buf json = BUF_INIT(8192);

	record_duty_append_json(&duty->row, call->now_ms / 1000, &json);
	TRY(buf_check(&json, "a duty", err));
	json_writer_object(writer, NULL);
	/* without its braces */
	json_writer_raw(writer, NULL, view_of(json.data + 1, json.len - 2));
	write_channel(writer, call->desk, duty->channel);
	json_writer_bool(writer, "mine", duty->is_mine);
	write_title(writer, call->api, duty->channel, &duty->row.question);
	json_writer_end(writer);
	return STATUS_OK;
}

static const char *failed_state(enum desk_delivery delivery)
{
	return delivery == DESK_LEFT ? "left" : "queued";
}

static void write_failed(struct json_writer *writer, struct api *api,
                         const struct need_failed *failed)
{
	json_writer_object(writer, NULL);
	write_channel(writer, api->desk, failed->channel);
	answer_write_id(writer, "id", &failed->id);
	write_title(writer, api, failed->channel, &failed->id);
	json_writer_time(writer, "sent", failed->sent_s);
	json_writer_string(writer, "to", failed->to.text);
	json_writer_string(writer, "state", failed_state(failed->delivery));
	json_writer_string(writer, "words", desk_delivery_words(failed->delivery));
	json_writer_string(writer, "why", failed->why);
	json_writer_end(writer);
}

enum status now_write_needs(struct json_writer *writer, struct api_call *call,
                            const struct needs *needs, struct error *err)
{
	json_writer_array(writer, "duties");
	for (size_t i = 0; i < needs->duty_count; i++)
		TRY(write_duty(writer, call, &needs->duties[i], err));
	json_writer_end(writer);
	json_writer_integer(writer, "duties_total", (int64_t)needs->duty_total);
	json_writer_integer(writer, "unread_total", (int64_t)needs->unread_total);
	json_writer_array(writer, "failed");
	for (size_t i = 0; i < needs->failed_count; i++)
		write_failed(writer, call->api, &needs->failed[i]);
	json_writer_end(writer);
	json_writer_integer(writer, "failed_total", (int64_t)needs->failed_total);
	return STATUS_OK;
}

/* ---- unread ---- */

/* context: of the row before, which is mostly of the same channel. */
static enum status write_unread_one(struct json_writer *writer, struct api *api,
                                    struct row_context *context,
                                    const struct need_unread *unread, struct error *err)
{
	struct desk_message message;

	if (context->api == NULL || context->channel != unread->channel)
		TRY(row_context_open(api, unread->channel, context, err));
	TRY(desk_message_read(api->desk, unread->channel, &unread->id, &message, err));
	json_writer_object(writer, NULL);
	TRY(row_write(writer, context, UINT64_MAX, &message, err));
	write_channel(writer, api->desk, unread->channel);
	json_writer_end(writer);
	return STATUS_OK;
}

static enum status write_unread(struct json_writer *writer, struct api *api,
                                const struct needs *needs, struct error *err)
{
	struct row_context context = {0};
	size_t count = needs->unread_count;

	json_writer_array(writer, "unread");
	for (size_t i = 0; i < count && i < UNREAD_ROWS_MAX; i++)
		TRY(write_unread_one(writer, api, &context, &needs->unread[i], err));
	json_writer_end(writer);
	return STATUS_OK;
}

/* ---- approvals, alarms ---- */

enum status now_write_approvals(struct json_writer *writer, struct api *api,
                                struct error *err)
{
	json_writer_array(writer, "approvals");
	for (size_t i = 0; i < drafts_count(api->office); i++) {
		const struct draft *draft = drafts_nth(api->office, i);

		if (draft->state == DRAFT_APPROVAL)
			TRY(draft_write(writer, NULL, api, draft, false, err));
	}
	json_writer_end(writer);
	return STATUS_OK;
}

/* Of an alarm about a message: what that is. */
static void write_subject(struct json_writer *writer, struct api *api,
                          const struct alarm *alarm)
{
	struct record_message_id id;

	json_writer_string(writer, "subject", alarm->subject);
	if (record_message_id_decode(view_of_string(alarm->subject), &id, NULL) ==
	    STATUS_OK)
		write_title(writer, api, alarm->channel, &id);
}

static void write_alarm(struct json_writer *writer, struct api *api,
                        const struct alarm *alarm)
{
	json_writer_object(writer, NULL);
	json_writer_string(writer, "id", alarm->id);
	json_writer_string(writer, "what", alarm_word(alarm->what));
	write_channel(writer, api->desk, alarm->channel);
	write_subject(writer, api, alarm);
	json_writer_time(writer, "since", alarm->since_s);
	if (alarm->until_s != 0)
		json_writer_time(writer, "until", alarm->until_s);
	json_writer_string(writer, "words", alarm->words);
	if (alarm->taken_s != 0) {
		json_writer_object(writer, "taken");
		json_writer_string(writer, "by", alarm->taken_by);
		json_writer_time(writer, "time", alarm->taken_s);
		json_writer_end(writer);
	}
	if (alarm->muted_until_s != 0) {
		json_writer_object(writer, "muted");
		json_writer_string(writer, "by", alarm->muted_by);
		json_writer_time(writer, "until", alarm->muted_until_s);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

void now_write_alarms(struct json_writer *writer, struct api *api,
                      const struct alarm *alarms, size_t count)
{
	json_writer_array(writer, "alarms");
	for (size_t i = 0; i < count; i++)
		write_alarm(writer, api, &alarms[i]);
	json_writer_end(writer);
}

/* ---- peers ---- */

static void write_peer_state(struct json_writer *writer, const struct desk_peer *peer,
                             int64_t now_s)
{
	if (peer == NULL) {
		json_writer_time_or_never(writer, "last_heard", 0);
		json_writer_integer(writer, "key_days", 0);
		json_writer_string(writer, "error", "");
		return;
	}
	json_writer_time_or_never(writer, "last_heard", peer->last_heard_ms / 1000);
	json_writer_integer(writer, "key_days", (now_s - peer->card->date_s) / DAY_S);
	json_writer_string(writer, "error", peer->last_error.text);
}

/* Views of all peers, taken once. */
struct peer_list {
	struct desk_peer *items;
	size_t count;
};

static const struct desk_peer *peer_find(const struct peer_list *peers, const char *name)
{
	for (size_t i = 0; i < peers->count; i++)
		if (strcmp(peers->items[i].card->name.text, name) == 0)
			return &peers->items[i];
	return NULL;
}

/* Newest checks by log; a desk's newest log comes last. */
struct check_list {
	struct {
		const char *desk;
		int64_t last_s;
	} items[RECORD_MEMBERS_MAX];
	size_t count;
};

static void checks_take(struct check_list *checks, struct desk *desk, size_t channel,
                        size_t log_count)
{
	struct desk_log_info log;

	checks->count = 0;
	for (size_t i = 0; i < log_count && i < RECORD_MEMBERS_MAX; i++) {
		desk_log(desk, channel, i, &log);
		checks->items[checks->count].desk = log.desk;
		checks->items[checks->count++].last_s = log.last_check_s;
	}
}

static int64_t checks_find(const struct check_list *checks, const char *name)
{
	for (size_t i = checks->count; i-- > 0;)
		if (strcmp(checks->items[i].desk, name) == 0)
			return checks->items[i].last_s;
	return 0;
}

static void write_channel_peers(struct json_writer *writer, struct desk *desk,
                                size_t channel, const struct peer_list *peers,
                                int64_t now_s)
{
	struct desk_channel_info info;
	struct desk_receipt_info receipt;
	struct check_list checks;

	desk_channel(desk, channel, &info);
	checks_take(&checks, desk, channel, info.is_open ? info.log_count : 0);
	for (size_t nth = 0; desk_receipt(desk, channel, nth, &receipt); nth++) {
		json_writer_object(writer, NULL);
		json_writer_string(writer, "name", receipt.member);
		json_writer_string(writer, "channel", info.id_hex);
		json_writer_string(writer, "channel_title", info.charter->title);
		json_writer_time_or_never(writer, "last_check",
		                          checks_find(&checks, receipt.member));
		json_writer_time_or_never(writer, "receipt_time", receipt.time_s);
		json_writer_bool(writer, "reachable", receipt.is_reachable);
		json_writer_integer(writer, "queued", (int64_t)receipt.queued);
		write_peer_state(writer, peer_find(peers, receipt.member), now_s);
		json_writer_end(writer);
	}
}

void now_write_peers(struct json_writer *writer, struct desk *desk, int64_t now_s)
{
	struct peer_list peers = {.count = desk_peer_count(desk)};

	peers.items = calloc(peers.count + 1, sizeof *peers.items);
	if (peers.items == NULL)
		peers.count = 0; /* the list then says less of each */
	for (size_t i = 0; i < peers.count; i++)
		peers.items[i] = desk_peer_view(desk, i);
	json_writer_array(writer, "peers");
	for (size_t i = 0; i < desk_channel_count(desk); i++)
		write_channel_peers(writer, desk, i, &peers, now_s);
	json_writer_end(writer);
	free(peers.items);
}

/* ---- the own logs ---- */

static void write_own_one(struct json_writer *writer, struct desk *desk, size_t channel,
                          const char *state, const char *why)
{
	json_writer_object(writer, NULL);
	write_channel(writer, desk, channel);
	json_writer_string(writer, "state", state);
	json_writer_string(writer, "why", why);
	json_writer_end(writer);
}

static void write_own_log(struct json_writer *writer, struct desk *desk, size_t channel,
                          const struct desk_channel_info *info)
{
	struct desk_log_info log;

	for (size_t i = 0; info->is_open && i < info->log_count; i++) {
		desk_log(desk, channel, i, &log);
		if (log.is_own && !log.is_ended && log.state != DESK_LOG_READY)
			write_own_one(writer, desk, channel,
			              log.state == DESK_LOG_FROZEN ? "frozen" : "waiting",
			              log.why);
	}
}

static void write_own_state(struct json_writer *writer, struct desk *desk)
{
	json_writer_array(writer, "own_state");
	for (size_t i = 0; i < desk_channel_count(desk); i++) {
		struct desk_channel_info info;

		desk_channel(desk, i, &info);
		if (!info.is_open)
			write_own_one(writer, desk, i, "closed",
			              "not every member has signed its charter");
		write_own_log(writer, desk, i, &info);
		if (info.refused_count > 0)
			write_own_one(writer, desk, i, "refused",
			              "messages that waited can't be sent under the "
			              "charter that is in force by now");
	}
	json_writer_end(writer);
}

/* ---- all of it ---- */

static enum status write_now(struct json_writer *writer, struct api_call *call,
                             struct error *err)
{
	const struct alarm *alarms;
	const struct needs *needs;
	size_t count;

	TRY(alarms_open(call->api->office, &alarms, &count, &needs, err));
	json_writer_object(writer, NULL);
	json_writer_time(writer, "time", call->now_ms / 1000);
	json_writer_string(writer, "desk", api_own_name(call->api));
	TRY(now_write_needs(writer, call, needs, err));
	TRY(write_unread(writer, call->api, needs, err));
	TRY(now_write_approvals(writer, call->api, err));
	now_write_alarms(writer, call->api, alarms, count);
	office_alerts_write_failing(writer, "alerts", call->api->office);
	now_write_peers(writer, call->desk, call->now_ms / 1000);
	write_own_state(writer, call->desk);
	json_writer_bool(writer, "complete", needs->is_whole);
	json_writer_end(writer);
	return STATUS_OK;
}

enum status api_get_now(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);

	TRY(target_allow(&call->target, no_parameters, err));
	TRY(write_now(&writer, call, err));
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status now_write_snapshot(struct api_call *call, struct buf *out, struct error *err)
{
	struct json_writer writer = json_writer_of(out);
	const struct alarm *alarms;
	const struct needs *needs;
	size_t count;

	TRY(alarms_open(call->api->office, &alarms, &count, &needs, err));
	json_writer_object(&writer, NULL);
	TRY(now_write_needs(&writer, call, needs, err));
	TRY(now_write_approvals(&writer, call->api, err));
	now_write_alarms(&writer, call->api, alarms, count);
	now_write_peers(&writer, call->desk, call->now_ms / 1000);
	json_writer_end(&writer);
	return buf_check(out, "the picture of what is open", err);
}
