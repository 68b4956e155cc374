/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a desk writes by itself: its checks, the checks it missed of others, the receipts
 * on which duties stand. Source: aldis.md 3.4, 4.5.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

enum { PERIODS_LOOKED_BACK = 24 };

static const struct record_duty *check_duty(const struct channel *channel)
{
	const struct record_charter *charter = log_charter(channel_own_log(channel));
	for (size_t i = 0; i < charter->duty_count; i++) {
		const struct record_duty *duty = &charter->duties[i];
		if (duty->every_s > 0 && strcmp(duty->owe[0], "check") == 0)
			return duty;
	}
	return NULL;
}

void watch_note_check(struct desk *desk, struct log *log, int64_t sent_s)
{
	const struct record_duty *duty = check_duty(log->channel);
	/* one for a period far ahead is none for the next ones, and must not fill the
	 * list */
	if (duty && sent_s > desk->now_ms / 1000 + duty->every_s)
		return;
	/* in the order of arrival: one dated in the future must not hide honest ones */
	memmove(&log->checks_s[1], &log->checks_s[0],
	        (DESK_CHECKS_KEPT - 1) * sizeof log->checks_s[0]);
	log->checks_s[0] = sent_s;
	log->row_is_dirty = true;
}

static void write_check(struct desk *desk, struct channel *channel)
{
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_BODY_MAX);
	struct error err;
	if (desk_did(desk, witness_check_body(desk, channel, &body, &err), &err))
		(void)compose_automatic(desk, channel, "check", NULL, buf_view(&body));
}

static void write_own_check(struct desk *desk, struct channel *channel,
                            const struct record_duty *duty)
{
	int64_t now_s = desk->now_ms / 1000;
	int64_t last_s = channel_own_log(channel)->checks_s[0];
	/* one from a day to come was written under a wrong clock */
	if (last_s < now_s - now_s % duty->every_s || last_s > now_s + duty->every_s)
		write_check(desk, channel);
}

/* Was there a check in [start, end)? Also true when it is no longer known. */
static bool had_check(const struct log *log, int64_t start_s, int64_t end_s)
{
	for (unsigned i = 0; i < DESK_CHECKS_KEPT; i++)
		if (log->checks_s[i] >= start_s && log->checks_s[i] < end_s)
			return true;
	return log->checks_s[DESK_CHECKS_KEPT - 1] >= end_s;
}

static void write_missed(struct desk *desk, struct channel *channel,
                         const struct log *log, int64_t start_s)
{
	char body[256], when[TIME_TEXT_LEN + 1];
	const char *name = channel->members[log->member].name.text;
	time_text_encode(start_s, when);
	int len = snprintf(body, sizeof body, "{\"desk\":\"%s\",\"period_start\":\"%s\"}",
	                   name, when);
	(void)compose_automatic(desk, channel, "check.missed", NULL,
	                        view_of(body, (size_t)len));
	desk->counters.checks_missed++;
	desk_event(desk, "check.missed", "\"channel\":\"%s\",\"desk\":\"%s\"",
	           channel->id_hex, name);
}

static void judge_periods(struct desk *desk, struct channel *channel, struct log *log,
                          const struct record_duty *duty)
{
	int64_t now_s = desk->now_ms / 1000, every = duty->every_s;
	int64_t start = (log->missed_until_s + every - 1) / every * every;
	int64_t earliest = now_s - now_s % every - PERIODS_LOOKED_BACK * every;
	if (start < earliest)
		start = earliest;
	for (; start + every + duty->grace_s <= now_s; start += every) {
		/* a log without entries: its desk has not joined yet */
		if (log->cosigned_size > 0 && !had_check(log, start, start + every))
			write_missed(desk, channel, log, start);
		log->missed_until_s = start + every;
		log->row_is_dirty = true;
	}
}

static void judge_checks(struct desk *desk, struct channel *channel,
                         const struct record_duty *duty)
{
	/* after a start the others first get the time to hand over what was missed */
	if (desk->now_ms < desk->opened_ms + duty->grace_s * 1000)
		return;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own && !channel->members[m].is_gone &&
		    channel->logs[m]->end == UINT64_MAX)
			judge_periods(desk, channel, channel->logs[m], duty);
}

/* Can an entry of this kind start a duty, or meet or move one that a question started? */
static bool concerns_duty(const struct channel *channel, const char *kind)
{
	const struct record_charter *charter = log_charter(channel_own_log(channel));
	if (charter->has_holding && strcmp(kind, "holding") == 0)
		return true;
	for (size_t i = 0; i < charter->duty_count; i++) {
		const struct record_duty *duty = &charter->duties[i];
		if (!duty->on[0])
			continue;
		if (strcmp(duty->on, kind) == 0)
			return true;
		for (size_t k = 0; k < duty->owe_count; k++)
			if (strcmp(duty->owe[k], kind) == 0)
				return true;
	}
	return false;
}

void watch_note_own(struct desk *desk, struct channel *channel, const char *kind,
                    uint64_t index)
{
	if (concerns_duty(channel, kind) &&
	    desk_grow(desk, &channel->duty_entries, &channel->duty_entry_cap,
	              channel->duty_entry_count, sizeof *channel->duty_entries))
		channel->duty_entries[channel->duty_entry_count++] = index;
}

bool watch_is_addressed(const struct record_envelope *envelope, const char *name)
{
	for (size_t i = 0; i < envelope->to_count; i++)
		if (strcmp(envelope->to[i].text, name) == 0)
			return true;
	return envelope->to_count == 0;
}

static enum status write_receipt(struct desk *desk, struct channel *channel, uint32_t m,
                                 uint64_t index, struct error *err)
{
	struct log *log = channel_own_log(channel);
	const char *from = channel->members[m].name.text;
	CLEANUP_BUF struct buf line = BUF_INIT(1 << 14), note = BUF_INIT(1 << 16),
	                       body = BUF_INIT(RECORD_BODY_MAX),
	                       entry = BUF_INIT(TLOG_ENTRY_MAX);
	char of[RECORD_MESSAGE_ID_MAX + 1];
	uint64_t size;
	TRY(log_read_entry(desk, log, index, &entry, err));
	TRY(record_envelope_decode(buf_view(&entry), &desk->doc, &desk->envelope, err));
	if (!watch_is_addressed(&desk->envelope, from))
		return STATUS_OK;
	TRY(log_find_receipt(desk, log, from, index, &size, &line, err));
	TRY(log_checkpoint_at(desk, log, size, &note, err));
	record_message_id_encode(
	    &(struct record_message_id){.desk = desk->card.name,
	                                .index = log_id_index(log, index)},
	    of);
	buf_printf(&body, "{\"of\":\"%s\",\"from\":\"%s\",\"checkpoint\":", of, from);
	json_append_string(&body, buf_view(&note));
	buf_append_string(&body, ",\"line\":");
	json_append_string(&body, buf_view(&line));
	buf_append_string(&body, "}");
	TRY(buf_check(&body, "a receipt", err));
	return compose_automatic(desk, channel, "receipt", NULL, buf_view(&body));
}

/* Entries listed from the one at index on. */
static size_t find_listed(const struct channel *channel, uint64_t index)
{
	size_t low = 0, high = channel->duty_entry_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (channel->duty_entries[middle] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Lists own entries of the time before the start, some of them a turn. */
static enum status look_back(struct desk *desk, struct channel *channel, uint64_t first,
                             uint64_t end, uint64_t *ret_indices, size_t *ret_count,
                             struct error *err)
{
	struct log *log = channel_own_log(channel);
	CLEANUP_BUF struct buf bundle = BUF_INIT(STORE_CHUNK_MAX * (TLOG_ENTRY_MAX + 2));
	uint64_t count = 0;
	struct view entry;
	TRY(log_flush(desk, log, err));
	TRY(desk->store.ops->read_entries(desk->store.self, log->number, first,
	                                  end - first, &bundle, &count, err));
	struct reader reader = reader_of(buf_view(&bundle));
	*ret_count = 0;
	for (uint64_t i = first; i < end && tlog_bundle_next(&reader, &entry); i++)
		if (record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) ==
		        STATUS_OK &&
		    concerns_duty(channel, desk->envelope.kind))
			ret_indices[(*ret_count)++] = i;
	return STATUS_OK;
}

static enum status record_old(struct desk *desk, struct channel *channel, uint32_t m,
                              struct error *err)
{
	struct feed *feed = &channel->members[m].feed;
	uint64_t indices[STORE_CHUNK_MAX];
	uint64_t first = feed->recorded_count, end = first + STORE_CHUNK_MAX;
	size_t count;
	if (end > feed->acked_size)
		end = feed->acked_size;
	if (end > channel->duty_from)
		end = channel->duty_from;
	TRY(look_back(desk, channel, first, end, indices, &count, err));
	for (size_t i = 0; i < count; i++)
		TRY(write_receipt(desk, channel, m, indices[i], err));
	feed->recorded_count = end;
	desk->wants_turn = true;
	return STATUS_OK;
}

static enum status record_listed(struct desk *desk, struct channel *channel, uint32_t m,
                                 struct error *err)
{
	struct feed *feed = &channel->members[m].feed;
	for (size_t i = find_listed(channel, feed->recorded_count);
	     i < channel->duty_entry_count && channel->duty_entries[i] < feed->acked_size;
	     i++)
		TRY(write_receipt(desk, channel, m, channel->duty_entries[i], err));
	feed->recorded_count = feed->acked_size;
	return STATUS_OK;
}

/* Forgets listed entries whose receipts by all are in the record. */
static void trim_listed(struct channel *channel)
{
	uint64_t done = UINT64_MAX;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own && !channel->members[m].is_gone &&
		    channel->members[m].feed.recorded_count < done)
			done = channel->members[m].feed.recorded_count;
	size_t gone = find_listed(channel, done);
	channel->duty_entry_count -= gone;
	if (gone > 0)
		memmove(channel->duty_entries, channel->duty_entries + gone,
		        channel->duty_entry_count * sizeof *channel->duty_entries);
}

static void record_receipts(struct desk *desk, struct channel *channel)
{
	struct error err;
	bool has_recorded = false;
	for (uint32_t m = 0; m < channel->member_count; m++) {
		struct feed *feed = &channel->members[m].feed;
		if (m == channel->own || channel->members[m].is_gone ||
		    feed->recorded_count >= feed->acked_size)
			continue;
		bool is_old =
		    channel->has_duties && feed->recorded_count < channel->duty_from;
		if (!desk_did(desk,
		              is_old ? record_old(desk, channel, m, &err)
		                     : record_listed(desk, channel, m, &err),
		              &err))
			return;
		channel_own_log(channel)->row_is_dirty = true;
		has_recorded = true;
	}
	if (has_recorded)
		trim_listed(channel);
}

void watch_load(struct channel *channel)
{
	const struct record_charter *charter = log_charter(channel_own_log(channel));
	channel->has_duties = false;
	for (size_t i = 0; i < charter->duty_count; i++)
		channel->has_duties = channel->has_duties || charter->duties[i].on[0];
	channel->duty_from = channel_own_log(channel)->tree.size;
}

void watch_step(struct desk *desk, struct channel *channel)
{
	const struct record_duty *duty = check_duty(channel);
	if (channel->state != DESK_LOG_READY || desk->failed != STATUS_OK ||
	    channel_own_log(channel)->end != UINT64_MAX)
		return;
	if (duty) {
		write_own_check(desk, channel, duty);
		judge_checks(desk, channel, duty);
	}
	record_receipts(desk, channel);
	signal_step(desk, channel);
	for (uint32_t m = 0; m < channel->member_count; m++)
		attachment_settle(desk, channel->logs[m]);
}

int64_t watch_wake_ms(const struct desk *desk, const struct channel *channel)
{
	const struct record_duty *duty = check_duty(channel);
	int64_t now_s = desk->now_ms / 1000;
	if (!duty || channel->state != DESK_LOG_READY ||
	    channel_own_log(channel)->end != UINT64_MAX)
		return INT64_MAX;
	int64_t period = now_s - now_s % duty->every_s;
	int64_t judged = period + duty->grace_s; /* of the period that ended last */
	int64_t next = period + duty->every_s;
	return (judged > now_s && judged < next ? judged : next) * 1000;
}
