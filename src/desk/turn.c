/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The turn: decide, commit once, sign, let out. Nothing that this desk says leaves before
 * the commit on which it stands; a failure of the store or the signer ends the desk.
 */
#include "desk/state.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "crypto/random.h"

static void not_after(int64_t *time, int64_t latest)
{
	if (*time > latest)
		*time = latest;
}

/* The clock was set back: what a wrong one has put off must not wait for that time to
 * come again. */
static void set_back(struct desk *desk)
{
	int64_t now_ms = desk->now_ms;
	not_after(&desk->opened_ms, now_ms);
	not_after(&desk->riders_ms, now_ms);
	for (size_t p = 0; p < desk->peer_count; p++) {
		not_after(&desk->peers[p]->poll_ms, now_ms + desk->options.poll_ms);
		not_after(&desk->peers[p]->heard_ms, now_ms);
	}
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		not_after(&channel->show_until_ms, now_ms + desk->options.show_wait_ms);
		for (size_t m = 0; m < channel->member_count; m++) {
			not_after(&channel->members[m].feed.retry_ms,
			          now_ms + desk->options.backoff_ms);
			not_after(&channel->members[m].show.retry_ms,
			          now_ms + desk->options.backoff_ms);
		}
		witness_ask_set_back(desk, channel);
	}
	for (size_t i = 0; i < desk->log_count; i++)
		not_after(&desk->logs[i]->missed_until_s, now_ms / 1000);
}

void desk_turn_begin(struct desk *desk, int64_t now_ms)
{
	bool is_back = now_ms < desk->now_ms;
	desk->now_ms = now_ms;
	if (is_back)
		set_back(desk);
}

void desk_take_request(struct desk *desk, const struct desk_request *request)
{
	if (desk->failed != STATUS_OK)
		return;
	if (request->is_witness) {
		witness_take_request(desk, request);
		return;
	}
	struct peer *peer = request->peer ? desk_peer_find(desk, request->peer) : NULL;
	if (!peer) {
		desk_reply_text(desk, request->id, 403,
		                "no card of this desk is trusted here");
		return;
	}
	if (peer->last_error.text[0]) { /* it is back: try again at once */
		peer->last_error.text[0] = '\0';
		for (size_t c = 0; c < desk->channel_count; c++)
			for (size_t m = 0; m < desk->channels[c]->member_count; m++)
				if (desk->channels[c]->members[m].peer == peer) {
					desk->channels[c]->members[m].feed.retry_ms =
					    desk->now_ms;
					desk->channels[c]->members[m].show.retry_ms =
					    desk->now_ms;
				}
	}
	peer->heard_ms = desk->now_ms;
	if (request->method == DESK_GET)
		serve_get(desk, request, peer);
	else
		mirror_take_request(desk, request, peer);
}

static void note_outcome(struct desk *desk, struct peer *peer,
                         const struct desk_answer *answer)
{
	if (answer->outcome == STATUS_OK) {
		peer->answered++;
		peer->heard_ms = desk->now_ms;
		peer->last_error.text[0] = '\0';
		return;
	}
	peer->failed++;
	if (!peer->last_error.text[0])
		desk_log_line(desk, "peer %s: %s", peer->card.name.text,
		              answer->err.text);
	peer->last_error = answer->err;
	if (!peer->last_error.text[0])
		(void)error_set(&peer->last_error, STATUS_CLOSED,
		                "it could not be reached");
}

void desk_take_answer(struct desk *desk, const struct desk_answer *answer)
{
	size_t at = 0;
	while (at < desk->call_count && desk->calls[at].id != answer->call)
		at++;
	if (desk->failed != STATUS_OK || at == desk->call_count)
		return;
	struct call call = desk->calls[at];
	desk->calls[at] = desk->calls[--desk->call_count];
	if (call.peer)
		note_outcome(desk, call.peer, answer);
	switch (call.kind) {
	case CALL_FEED_CHECKPOINT:
	case CALL_FEED_BLOBS:
	case CALL_FEED_ENTRIES:
	case CALL_FEED_ATTACHMENTS:
		feed_take_answer(desk, &call, answer);
		break;
	case CALL_SHOW:
		start_take_answer(desk, &call, answer);
		break;
	case CALL_PULL:
	case CALL_CARRY:
		pull_take_answer(desk, &call, answer);
		break;
	case CALL_EVIDENCE:
		evidence_take_answer(desk, &call, answer);
		break;
	case CALL_WITNESS:
		witness_ask_take_answer(desk, &call, answer);
		break;
	case CALL_OUTSIDE: /* nobody waits for it any more */
		break;
	}
}

static void decide(struct desk *desk)
{
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		if (!channel->is_open)
			continue;
		start_step(desk, channel);
		amend_step(desk, channel);
		ending_step(desk, channel);
		evidence_step(desk, channel);
		if (channel->state == DESK_LOG_READY)
			outbox_drain(desk, channel);
		watch_step(desk, channel);
		duty_step(desk, channel);
	}
}

static enum status commit(struct desk *desk, struct error *err)
{
	for (size_t i = 0; i < desk->log_count; i++) {
		TRY(log_flush(desk, desk->logs[i], err));
		if (desk->logs[i]->row_is_dirty)
			TRY(log_write_row(desk, desk->logs[i], err));
	}
	if (desk->failed != STATUS_OK) {
		*err = desk->failure;
		return desk->failed;
	}
	bool rides_long =
	    desk->has_riders && desk->now_ms - desk->riders_ms >= DESK_RIDE_MS;
	if (!desk->must_commit && !rides_long)
		return STATUS_OK;
	TRY(desk->store.ops->commit(desk->store.self, err));
	desk->must_commit = false;
	desk->has_riders = false;
	return STATUS_OK;
}

static unsigned retry_after_s(const struct staged_reply *staged)
{
	if (staged->retry_after_s > 0)
		return staged->retry_after_s;
	return staged->status == 503 ? 5 : 0;
}

static void let_out_replies(struct desk *desk)
{
	for (size_t i = 0; i < desk->reply_count; i++) {
		struct staged_reply *staged = &desk->replies[i];
		struct desk_reply reply = {.request = staged->request,
		                           .status = staged->status,
		                           .type = staged->type,
		                           .retry_after_s = retry_after_s(staged),
		                           .body = buf_view(&staged->body),
		                           .session = staged->session,
		                           .session_s = staged->session_s,
		                           .file_name = staged->file_name};
		if (staged->cosign_log) { /* the signature could not be made */
			reply.status = 503;
			reply.retry_after_s = 5;
			reply.body =
			    view_of_string("the cosignature can't be made now\n");
		} else if (staged->witness_item) {
			struct witness_item *item =
			    &desk->witness_items[staged->witness_item - 1];
			reply.status = item->status == STATUS_OK ? 200 : 503;
			reply.body = buf_view(&item->line);
		}
		desk->out.ops->reply(desk->out.self, &reply);
		desk_release_reply(staged);
	}
	desk->reply_count = 0;
	for (size_t i = 0; i < desk->witness_item_count; i++) {
		buf_release(&desk->witness_items[i].text_and_line);
		buf_release(&desk->witness_items[i].line);
	}
	desk->witness_item_count = 0;
}

static struct desk_mail mail_of(const struct staged_mail *staged)
{
	return (struct desk_mail){
	    .tls = staged->tls,
	    .from = staged->from,
	    .to = staged->to,
	    .name = staged->has_name ? staged->name : NULL,
	    .password = staged->has_password ? staged->password : NULL,
	};
}

static struct desk_webhook webhook_of(const struct staged_webhook *staged)
{
	return (struct desk_webhook){
	    .id = staged->id[0] ? staged->id : NULL,
	    .time_s = staged->time_s,
	    .signature = staged->signature[0] ? staged->signature : NULL,
	};
}

static void let_out_calls(struct desk *desk)
{
	for (size_t i = 0; i < desk->out_call_count; i++) {
		struct staged_call *staged = &desk->out_calls[i];
		struct desk_mail mail;
		struct desk_call call = {
		    .id = staged->call.id,
		    .peer = staged->call.peer ? staged->call.peer->card.name.text : NULL,
		    .url = staged->url,
		    .method = staged->method,
		    .path = staged->path,
		    .type = staged->type,
		    .body = buf_view(&staged->body),
		    .answer_max = staged->answer_max,
		    .webhook = webhook_of(&staged->webhook)};
		if (staged->mail) {
			mail = mail_of(staged->mail);
			call.mail = &mail;
		}
		if (desk_grow(desk, &desk->calls, &desk->call_cap, desk->call_count,
		              sizeof *desk->calls)) {
			desk->calls[desk->call_count++] = staged->call;
			desk->out.ops->call(desk->out.self, &call);
		}
		desk_release_call(staged);
	}
	desk->out_call_count = 0;
}

static void ask_peers(struct desk *desk)
{
	for (size_t c = 0; c < desk->channel_count; c++) {
		struct channel *channel = desk->channels[c];
		if (!channel->is_open)
			continue;
		staging_expire(channel->own_staging, desk->now_ms);
		for (uint32_t m = 0; m < channel->member_count; m++)
			if (channel->members[m].peer && !channel->members[m].is_gone)
				feed_step(desk, channel, m);
		witness_ask_step(desk, channel);
	}
	for (size_t p = 0; p < desk->peer_count; p++) {
		pull_step(desk, desk->peers[p]);
		if (desk->peers[p]->staging)
			staging_expire(desk->peers[p]->staging, desk->now_ms);
	}
}

static enum status failure_of(const struct desk *desk, struct error *err)
{
	if (desk->failed != STATUS_OK)
		*err = desk->failure;
	return desk->failed;
}

enum status desk_turn_end(struct desk *desk, struct error *err)
{
	desk->counters.turns++;
	desk->wants_turn = false;
	if (desk->failed == STATUS_OK)
		decide(desk);
	TRY(commit(desk, err));
	TRY(sign_turn(desk, err));
	TRY(failure_of(desk, err));
	let_out_replies(desk);
	ask_peers(desk);
	TRY(failure_of(desk, err));
	let_out_calls(desk);
	if (desk->peers_changed) {
		desk->peers_changed = false;
		desk->out.ops->peers_changed(desk->out.self);
	}
	return failure_of(desk, err);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t desk_now_ms(const struct desk *desk)
{
	return desk->now_ms;
}

int64_t desk_wake_ms(const struct desk *desk)
{
	int64_t wake = desk->wants_turn ? desk->now_ms : desk->now_ms + 3600 * 1000;
	if (desk->has_riders)
		wake = earlier(wake, desk->riders_ms + DESK_RIDE_MS);
	for (size_t c = 0; c < desk->channel_count; c++) {
		const struct channel *channel = desk->channels[c];
		if (!channel->is_open)
			continue;
		wake = earlier(wake, start_wake_ms(desk, channel));
		wake = earlier(wake, watch_wake_ms(desk, channel));
		wake = earlier(wake, duty_wake_ms(desk, channel));
		wake = earlier(wake, witness_ask_wake_ms(desk, channel));
		for (uint32_t m = 0; m < channel->member_count; m++)
			if (channel->members[m].peer && !channel->members[m].is_gone)
				wake = earlier(wake, feed_wake_ms(desk, channel, m));
	}
	for (size_t p = 0; p < desk->peer_count; p++)
		if (!desk->peers[p]->pull)
			wake = earlier(wake, desk->peers[p]->poll_ms);
	return wake > desk->now_ms ? wake : desk->now_ms;
}

uint64_t desk_generation(const struct desk *desk)
{
	return desk->generation;
}

const struct desk_counters *desk_counters(const struct desk *desk)
{
	return &desk->counters;
}
