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
	for (size_t i = 0; i < channel->charter.duty_count; i++) {
		const struct record_duty *duty = &channel->charter.duties[i];
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

static void write_own_check(struct desk *desk, struct channel *channel,
                            const struct record_duty *duty)
{
	int64_t now_s = desk->now_ms / 1000;
	int64_t last_s = channel_own_log(channel)->checks_s[0];
	/* one from a day to come was written under a wrong clock */
	if (last_s < now_s - now_s % duty->every_s || last_s > now_s + duty->every_s)
		(void)compose_automatic(desk, channel, "check", NULL, view_of("", 0));
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
	const char *name = channel->charter.members[log->member].name.text;
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
	for (uint32_t m = 0; m < channel->charter.member_count; m++)
		if (m != channel->own)
			judge_periods(desk, channel, channel->logs[m], duty);
}

/* Can an entry of this kind start a duty, or meet one that a question started? */
static bool concerns_duty(const struct channel *channel, const char *kind)
{
	for (size_t i = 0; i < channel->charter.duty_count; i++) {
		const struct record_duty *duty = &channel->charter.duties[i];
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

static bool is_addressed_to(const struct record_envelope *envelope, const char *name)
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
	const char *from = channel->charter.members[m].name.text;
	CLEANUP_BUF struct buf line = BUF_INIT(1 << 14), note = BUF_INIT(1 << 16),
	                       body = BUF_INIT(RECORD_BODY_MAX),
	                       entry = BUF_INIT(TLOG_ENTRY_MAX);
	char of[RECORD_MESSAGE_ID_MAX + 1];
	uint64_t size;
	TRY(log_read_entry(desk, log, index, &entry, err));
	TRY(record_envelope_decode(buf_view(&entry), &desk->doc, &desk->envelope, err));
	if (!is_addressed_to(&desk->envelope, from))
		return STATUS_OK;
	TRY(log_find_receipt(desk, log, from, index, &size, &line, err));
	TRY(log_checkpoint_at(desk, log, size, &note, err));
	record_message_id_encode(
	    &(struct record_message_id){.desk = desk->card.name, .index = index}, of);
	buf_printf(&body, "{\"of\":\"%s\",\"from\":\"%s\",\"checkpoint\":", of, from);
	json_append_string(&body, buf_view(&note));
	buf_append_string(&body, ",\"line\":");
	json_append_string(&body, buf_view(&line));
	buf_append_string(&body, "}");
	TRY(buf_check(&body, "a receipt", err));
	return compose_automatic(desk, channel, "receipt", NULL, buf_view(&body));
}

static void record_receipts(struct desk *desk, struct channel *channel)
{
	struct error err;
	uint64_t done = UINT64_MAX;
	for (uint32_t m = 0; m < channel->charter.member_count; m++) {
		struct feed *feed = &channel->members[m].feed;
		if (m == channel->own)
			continue;
		for (size_t i = 0;
		     i < channel->duty_entry_count && desk->failed == STATUS_OK; i++) {
			uint64_t index = channel->duty_entries[i];
			if (index >= feed->recorded_count && index < feed->acked_size)
				desk_fail(desk,
				          write_receipt(desk, channel, m, index, &err),
				          &err);
		}
		if (feed->recorded_count < feed->acked_size) {
			feed->recorded_count = feed->acked_size;
			channel_own_log(channel)->row_is_dirty = true;
		}
		if (feed->recorded_count < done)
			done = feed->recorded_count;
	}
	size_t kept = 0;
	for (size_t i = 0; i < channel->duty_entry_count; i++)
		if (channel->duty_entries[i] >= done)
			channel->duty_entries[kept++] = channel->duty_entries[i];
	channel->duty_entry_count = kept;
}

/* Own entries behind the last recorded receipt that start a duty. */
static enum status find_duty_entries(struct desk *desk, struct channel *channel,
                                     uint64_t first, struct error *err)
{
	struct log *log = channel_own_log(channel);
	while (first < log->tree.size) {
		CLEANUP_BUF struct buf bundle = BUF_INIT(8 * 1024 * 1024);
		uint64_t count = 0;
		struct view entry;
		TRY(desk->store.ops->read_entries(desk->store.self, log->number, first,
		                                  STORE_CHUNK_MAX, &bundle, &count, err));
		struct reader reader = reader_of(buf_view(&bundle));
		for (uint64_t i = 0; i < count && tlog_bundle_next(&reader, &entry); i++)
			if (record_envelope_decode(entry, &desk->doc, &desk->envelope,
			                           NULL) == STATUS_OK)
				watch_note_own(desk, channel, desk->envelope.kind,
				               first + i);
		first += count;
	}
	return STATUS_OK;
}

enum status watch_load(struct desk *desk, struct channel *channel, struct error *err)
{
	uint64_t first = UINT64_MAX;
	bool any = false;
	for (size_t i = 0; i < channel->charter.duty_count; i++)
		any = any || channel->charter.duties[i].on[0];
	if (!any)
		return STATUS_OK;
	for (uint32_t m = 0; m < channel->charter.member_count; m++) {
		struct feed *feed = &channel->members[m].feed;
		if (m != channel->own && feed->recorded_count < first)
			first = feed->recorded_count;
	}
	return find_duty_entries(desk, channel, first, err);
}

void watch_step(struct desk *desk, struct channel *channel)
{
	const struct record_duty *duty = check_duty(channel);
	if (channel->state != DESK_LOG_READY || desk->failed != STATUS_OK)
		return;
	if (duty) {
		write_own_check(desk, channel, duty);
		judge_checks(desk, channel, duty);
	}
	record_receipts(desk, channel);
	for (uint32_t m = 0; m < channel->charter.member_count; m++)
		attachment_settle(desk, channel->logs[m]);
}

int64_t watch_wake_ms(const struct desk *desk, const struct channel *channel)
{
	const struct record_duty *duty = check_duty(channel);
	int64_t now_s = desk->now_ms / 1000;
	if (!duty || channel->state != DESK_LOG_READY)
		return INT64_MAX;
	int64_t period = now_s - now_s % duty->every_s;
	int64_t judged = period + duty->grace_s; /* of the period that ended last */
	int64_t next = period + duty->every_s;
	return (judged > now_s && judged < next ? judged : next) * 1000;
}
