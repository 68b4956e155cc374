/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which witness is asked for what, and when. A witness is a URL: one request brings the
 * lines of all keys that the policy names there. For each witness and log there is at
 * most one request on its way, and nobody waits for it: a witness that is slow, dead or
 * hostile delays neither members nor other witnesses. The own log is submitted no further
 * than a member has cosigned it, so that no witness knows more of it than the channel
 * does. Sources: c2sp.org/tlog-witness, aldis.md 4.3, 7.5, 8.7.
 */
#include "desk/ask_witness.h"

#include <stdio.h>

#include "desk/ask_witness_parts.h"
#include "tlog/witness_answer.h"

enum { HOUR_S = 3600 };

const struct tlog_policy *witness_policy(const struct channel *channel)
{
	return channel_charter(channel)->witness_policy;
}

static bool asks_each(const struct channel *channel)
{
	return channel_charter(channel)->asks_each;
}

/* ---- what there is to ask */

/* The item is the first one with its URL: it stands for the witness. */
static bool is_first_of_url(const struct tlog_policy *policy, size_t item)
{
	if (policy->items[item].is_group || !policy->items[item].url)
		return false;
	for (size_t i = 0; i < item; i++)
		if (tlog_policy_is_asked_at(&policy->items[i], policy->items[item].url))
			return false;
	return true;
}

void witness_ask_free(struct asker *asker)
{
	if (!asker)
		return;
	for (size_t i = 0; i < asker->ask_count; i++)
		free(asker->asks[i]);
	free(asker->asks);
	free(asker);
}

/* What the store knows of the witness: its newest line under any of its keys. */
static enum status load_ask(struct desk *desk, struct ask *ask, struct error *err)
{
	const struct tlog_policy *policy = witness_policy(ask->log->channel);
	for (size_t i = 0; i < policy->item_count; i++) {
		uint64_t size;
		int64_t time_s;
		if (!tlog_policy_is_asked_at(&policy->items[i], ask->url))
			continue;
		enum status status = witness_line_newest(
		    desk, ask->log, &policy->items[i].key, &size, &time_s, NULL, err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		if (size >= ask->kept_size) {
			ask->kept_size = size;
			ask->time_s = time_s;
		}
	}
	ask->size = ask->kept_size;
	ask->hour = ask->time_s / HOUR_S;
	return STATUS_OK;
}

static struct ask *find_ask(const struct asker *asker, const struct log *log,
                            const char *url)
{
	for (size_t i = 0; i < asker->ask_count; i++)
		if (asker->asks[i]->log == log && strcmp(asker->asks[i]->url, url) == 0)
			return asker->asks[i];
	return NULL;
}

/* Finds or makes it; NULL on a failure, which is remembered. */
static struct ask *get_ask(struct desk *desk, struct asker *asker, struct log *log,
                           const char *url)
{
	struct error err;
	struct ask *ask = find_ask(asker, log, url);
	if (ask || !desk_grow(desk, &asker->asks, &asker->ask_cap, asker->ask_count,
	                      sizeof *asker->asks))
		return ask;
	ask = calloc(1, sizeof *ask);
	if (!ask) {
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return NULL;
	}
	ask->url = url;
	ask->log = log;
	asker->asks[asker->ask_count++] = ask;
	return desk_did(desk, load_ask(desk, ask, &err), &err) ? ask : NULL;
}

/* The asker of the charter in force, with all witnesses for the own log; NULL when it
 * names none. */
static struct asker *asker_of(struct desk *desk, struct channel *channel)
{
	const struct tlog_policy *policy = witness_policy(channel);
	struct error err;
	if (channel->asker && policy && channel->asker->own == channel_own_log(channel) &&
	    hash_equal(&channel->asker->charter, &channel_charter(channel)->digest))
		return channel->asker;
	/* answers that are on their way find their question no more */
	witness_ask_free(channel->asker);
	channel->asker = NULL;
	if (!policy)
		return NULL;
	channel->asker = calloc(1, sizeof *channel->asker);
	if (!channel->asker) {
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return NULL;
	}
	channel->asker->charter = channel_charter(channel)->digest;
	channel->asker->own = channel_own_log(channel);
	for (size_t i = 0; i < policy->item_count; i++)
		if (is_first_of_url(policy, i))
			(void)get_ask(desk, channel->asker, channel_own_log(channel),
			              policy->items[i].url);
	return channel->asker;
}

/* ---- when */

/* How much of the log may be submitted now. */
static uint64_t allowed_size(const struct ask *ask)
{
	const struct channel *channel = ask->log->channel;
	uint64_t size = 0;
	if (!ask->log->is_own)
		return ask->log->cosigned_size;
	if (channel->state != DESK_LOG_READY)
		return 0;
	if (ask->is_before_members)
		return ask->log->newest.size;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own && !channel->members[m].is_gone &&
		    channel->members[m].feed.acked_size > size)
			size = channel->members[m].feed.acked_size;
	return size;
}

/* Is there something to submit, as soon as its time comes? */
static bool is_ready(const struct ask *ask)
{
	uint64_t allowed = allowed_size(ask);
	if (!ask->is_wanted || ask->call != 0 || allowed == 0 || allowed < ask->size)
		return false;
	if (ask->is_again)
		return allowed >= ask->goal_size;
	return allowed > ask->kept_size && (allowed >= ask->goal_size || ask->is_urgent ||
	                                    asks_each(ask->log->channel));
}

static void want(struct ask *ask, uint64_t goal_size)
{
	ask->goal_size = goal_size;
	ask->is_wanted = true;
}

/* With each hour, and with each checkpoint where the charter says so. */
static void see_what_is_due(const struct desk *desk, const struct channel *channel,
                            struct ask *ask)
{
	int64_t hour = desk->now_ms / 1000 / HOUR_S;
	uint64_t allowed = allowed_size(ask);
	if (!ask->log->is_own || channel->state != DESK_LOG_READY)
		return;
	if (asks_each(channel) && allowed > ask->kept_size && !ask->is_wanted)
		want(ask, allowed);
	if (hour == ask->hour)
		return;
	ask->hour = hour;
	want(ask, ask->log->tree.size);
}

/* ---- asking */

/* The body of the request for the log at this size. */
static enum status append_request(struct desk *desk, struct ask *ask, uint64_t size,
                                  struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf kept = BUF_INIT(TLOG_NOTE_MAX),
	                       note = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_add_checkpoint add = {.old_size = ask->size};
	TRY(log_checkpoint_at(desk, ask->log, size, &kept, err));
	if (!log_append_own_line(ask->log, buf_view(&kept), &note))
		return error_set(err, STATUS_NOT_FOUND, "no signed checkpoint");
	add.note = buf_view(&note);
	TRY(log_proof(desk, ask->log, ask->size, size, &add.proof, err));
	tlog_add_checkpoint_append(out, &add);
	return buf_check(out, "a request to a witness", err);
}

/* What another witness has cosigned, or is being asked for, is worth more than what came
 * since: a quorum needs lines over one size. */
static uint64_t size_to_submit(const struct asker *asker, const struct ask *ask)
{
	uint64_t allowed = allowed_size(ask), size = 0;
	if (ask->is_again)
		return allowed;
	for (size_t i = 0; i < asker->ask_count; i++) {
		const struct ask *other = asker->asks[i];
		uint64_t at = other->call != 0 ? other->submitted_size : other->kept_size;
		if (other != ask && other->log == ask->log && at > size && at <= allowed)
			size = at;
	}
	return size > ask->kept_size && size >= ask->size ? size : allowed;
}

static void submit(struct desk *desk, const struct asker *asker, struct ask *ask)
{
	CLEANUP_BUF struct buf body = BUF_INIT(TLOG_NOTE_MAX);
	uint64_t size = size_to_submit(asker, ask);
	struct error err;
	enum status status = append_request(desk, ask, size, &body, &err);
	if (status == STATUS_NOT_FOUND) {
		ask_fail(desk, ask, "there is no signed checkpoint to submit");
		return;
	}
	if (!desk_did(desk, status, &err))
		return;
	struct staged_call *call = desk_stage_call(desk, CALL_WITNESS, NULL, DESK_POST,
	                                           "text/plain; charset=utf-8");
	if (!call)
		return;
	call->call.channel = ask->log->channel;
	call->call.log = ask->log;
	snprintf(call->url, sizeof call->url, "%s", ask->url);
	snprintf(call->path, sizeof call->path, "/add-checkpoint");
	call->answer_max = TLOG_WITNESS_ANSWER_MAX;
	buf_append_view(&call->body, buf_view(&body));
	ask->call = call->call.id;
	ask->submitted_size = size;
}

void witness_ask_step(struct desk *desk, struct channel *channel)
{
	struct asker *asker = asker_of(desk, channel);
	for (size_t i = 0; asker && i < asker->ask_count; i++) {
		struct ask *ask = asker->asks[i];
		see_what_is_due(desk, channel, ask);
		if (!is_ready(ask) || ask->retry_ms > desk->now_ms)
			continue;
		submit(desk, asker, ask);
	}
}

int64_t witness_ask_wake_ms(const struct desk *desk, const struct channel *channel)
{
	const struct asker *asker = channel->asker;
	int64_t wake = INT64_MAX;
	if (!asker || asker->ask_count == 0)
		return wake;
	if (channel->state == DESK_LOG_READY)
		wake = (desk->now_ms / 1000 / HOUR_S + 1) * HOUR_S * 1000;
	for (size_t i = 0; i < asker->ask_count; i++)
		if (is_ready(asker->asks[i]) && asker->asks[i]->retry_ms < wake)
			wake = asker->asks[i]->retry_ms;
	return wake;
}

void ask_note_due(struct asker *asker, uint64_t size)
{
	size_t count = asker->due_count;
	if (count > 0 && asker->due_sizes[count - 1] >= size)
		return;
	if (count == WITNESS_DUE_SIZES_MAX) /* the oldest bound the most: they stay */
		count--;
	asker->due_sizes[count] = size;
	asker->due_count = count + 1;
}

size_t witness_take_due(struct channel *channel,
                        uint64_t ret_sizes[WITNESS_DUE_SIZES_MAX])
{
	struct asker *asker = channel->asker;
	size_t count = asker ? asker->due_count : 0;
	if (count > 0) {
		memcpy(ret_sizes, asker->due_sizes, count * sizeof ret_sizes[0]);
		asker->due_count = 0;
	}
	return count;
}

void witness_ask_soon(struct desk *desk, struct channel *channel, bool before_members)
{
	struct asker *asker = asker_of(desk, channel);
	const struct log *own = channel_own_log(channel);
	for (size_t i = 0; asker && i < asker->ask_count; i++) {
		struct ask *ask = asker->asks[i];
		if (ask->log != own)
			continue;
		if (ask->kept_size >= own->tree.size) {
			ask_note_due(asker, ask->kept_size);
			continue;
		}
		want(ask, own->tree.size);
		ask->is_urgent = true;
		ask->is_before_members = ask->is_before_members || before_members;
		ask->retry_ms = desk->now_ms;
		desk->wants_turn = true;
	}
}

void witness_ask_log(struct desk *desk, struct log *log)
{
	struct asker *asker = asker_of(desk, log->channel);
	const struct tlog_policy *policy = witness_policy(log->channel);
	for (size_t i = 0; asker && i < policy->item_count; i++) {
		struct ask *ask = is_first_of_url(policy, i)
		                      ? get_ask(desk, asker, log, policy->items[i].url)
		                      : NULL;
		if (!ask)
			continue;
		want(ask, log_shown_size(log));
		ask->is_again = true;
		ask->retry_ms = desk->now_ms;
		desk->wants_turn = true;
	}
}

void witness_ask_set_back(struct desk *desk, struct channel *channel)
{
	for (size_t i = 0; channel->asker && i < channel->asker->ask_count; i++) {
		struct ask *ask = channel->asker->asks[i];
		if (ask->retry_ms > desk->now_ms + ASK_RETRY_LAST_MS)
			ask->retry_ms = desk->now_ms + ASK_RETRY_LAST_MS;
	}
}

/* ---- what is shown */

bool desk_witness(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_witness_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	const struct tlog_policy *policy = witness_policy(it);
	size_t item = 0;
	while (policy && item < policy->item_count &&
	       (policy->items[item].is_group || nth-- > 0))
		item++;
	if (!policy || item == policy->item_count)
		return false;
	const char *url = policy->items[item].url;
	const struct ask *ask =
	    url && it->asker ? find_ask(it->asker, channel_own_log(it), url) : NULL;
	*ret_info = (struct desk_witness_info){
	    .name = policy->items[item].key.name,
	    .url = url ? url : "",
	    .size = ask ? ask->kept_size : 0,
	    .time_s = ask ? ask->time_s : 0,
	    .error = ask ? ask->last_error.text : "",
	};
	return true;
}
