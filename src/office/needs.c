/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk over each open channel. Lists are bounded while they are gathered: what is
 * less pressing than all that is kept falls out again.
 */
#include "office/needs.h"

#include <stdio.h>
#include <stdlib.h>

#include "office/state.h"
#include "record/array.h"

void needs_release(struct needs *needs)
{
	free(needs->duties);
	free(needs->unread);
	free(needs->asking);
	free(needs->failed);
	free(needs->silent);
	free(needs->counts);
	*needs = (struct needs){0};
}

/* One channel at a time. */
struct walk {
	struct office *office;
	struct needs *needs;
	int64_t now_s;
	size_t channel;
	const struct channel_briefs *briefs;
	struct need_counts *counts; /* of this channel */
	const char *own;
	size_t mine_count;                 /* of the duties kept */
	size_t read_count;                 /* messages read to see whom they are for */
	char checked[RECORD_NAME_MAX + 1]; /* desk whose last sign of life is known */
	int64_t checked_s;
	enum status failed;
};

static void wake(struct walk *walk, int64_t at_s)
{
	if (at_s > walk->now_s && at_s < walk->needs->next_s)
		walk->needs->next_s = at_s;
}

/* ---- duties ---- */

/* How pressing: by deadline; without one last. */
static int64_t deadline_of(const struct record_duty_row *row)
{
	return row->has_clock ? row->deadline_s : INT64_MAX;
}

/* The least pressing one of that side. */
static size_t last_of_side(const struct needs *needs, bool is_mine)
{
	size_t at = needs->duty_count;

	while (at > 0 && needs->duties[at - 1].is_mine != is_mine)
		at--;
	return at;
}

static void drop_duty(struct needs *needs, size_t at)
{
	memmove(needs->duties + at, needs->duties + at + 1,
	        (needs->duty_count - at - 1) * sizeof *needs->duties);
	needs->duty_count--;
}

static void keep_duty(struct walk *walk, const struct record_duty_row *row, bool is_mine)
{
	struct needs *needs = walk->needs;
	size_t of_side =
	    is_mine ? walk->mine_count : needs->duty_count - walk->mine_count;
	size_t low = 0, high;

	if (of_side == NEEDS_DUTIES_MAX) {
		size_t last = last_of_side(needs, is_mine);

		if (deadline_of(row) >= deadline_of(&needs->duties[last - 1].row))
			return;
		drop_duty(needs, last - 1);
		walk->mine_count -= is_mine;
	}
	for (high = needs->duty_count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (deadline_of(&needs->duties[middle].row) <= deadline_of(row))
			low = middle + 1;
		else
			high = middle;
	}
	memmove(needs->duties + low + 1, needs->duties + low,
	        (needs->duty_count - low) * sizeof *needs->duties);
	needs->duties[low] =
	    (struct need_duty){.channel = walk->channel, .row = *row, .is_mine = is_mine};
	needs->duty_count++;
	walk->mine_count += is_mine;
}

static int64_t last_check_of(const struct walk *walk, const char *desk)
{
	struct desk_channel_info info;
	struct desk_log_info log;
	int64_t last_s = 0;

	desk_channel(walk->office->desk, walk->channel, &info);
	for (size_t i = 0; i < info.log_count; i++) {
		desk_log(walk->office->desk, walk->channel, i, &log);
		if (strcmp(log.desk, desk) == 0 && log.last_check_s > last_s)
			last_s = log.last_check_s;
	}
	return last_s;
}

/* Of the periods that a desk missed, the first one behind its last sign of life. */
static void take_missed(struct walk *walk, const struct record_duty_row *row)
{
	struct needs *needs = walk->needs;
	const struct need_silent *last =
	    needs->silent_count == 0 ? NULL : &needs->silent[needs->silent_count - 1];

	if (row->state != RECORD_DUTY_OVERDUE || strcmp(row->debtor.text, walk->own) == 0)
		return;
	if (last != NULL && last->channel == walk->channel &&
	    strcmp(last->desk.text, row->debtor.text) == 0)
		return;
	if (strcmp(walk->checked, row->debtor.text) != 0) {
		strcpy(walk->checked, row->debtor.text);
		walk->checked_s = last_check_of(walk, row->debtor.text);
	}
	if (row->deadline_s <= walk->checked_s)
		return;
	walk->failed =
	    record_array_reserve(&needs->silent, &needs->silent_cap,
	                         needs->silent_count + 1, sizeof *needs->silent, NULL);
	if (walk->failed == STATUS_OK)
		needs->silent[needs->silent_count++] =
		    (struct need_silent){.channel = walk->channel,
		                         .desk = row->debtor,
		                         .since_s = row->deadline_s};
}

static void count_duty(struct need_counts *counts, const struct record_duty_row *row,
                       bool is_mine)
{
	bool is_overdue = row->state == RECORD_DUTY_OVERDUE;

	counts->mine += is_mine;
	counts->mine_overdue += is_mine && is_overdue;
	counts->theirs += !is_mine;
	counts->theirs_overdue += !is_mine && is_overdue;
}

static bool take_duty(void *context, const struct record_duty_row *row)
{
	struct walk *walk = context;
	bool is_mine;

	if (row->has_clock)
		wake(walk, row->deadline_s + 1);
	if (row->is_periodic) {
		take_missed(walk, row);
		return walk->failed == STATUS_OK;
	}
	if (row->has_answer)
		return true; /* it came, and is only not cosigned yet */
	is_mine = strcmp(row->debtor.text, walk->own) == 0;
	walk->needs->duty_total++;
	count_duty(walk->counts, row, is_mine);
	keep_duty(walk, row, is_mine);
	return true;
}

/* ---- unread ---- */

static int compare_unread(const void *a, const void *b)
{
	const struct need_unread *x = a, *y = b;

	if (x->sent_s != y->sent_s)
		return x->sent_s > y->sent_s ? -1 : 1;
	return x->id.index == y->id.index ? 0 : x->id.index > y->id.index ? -1 : 1;
}

/* A list of messages that grows to the newest NEEDS_UNREAD_MAX. */
struct unread_list {
	struct need_unread **items;
	size_t *count, cap;
};

/* Of one log, the newest; those that ask only, or all. */
static enum status list_unread(const struct walk *walk, size_t log, bool only_asking,
                               struct unread_list *list, struct error *err)
{
	size_t count, taken = 0;
	const uint64_t *indexes = briefs_unread(walk->briefs, log, &count);

	for (size_t i = count; i-- > 0 && taken < NEEDS_UNREAD_MAX;) {
		const struct brief *brief = briefs_find(walk->briefs, log, indexes[i]);
		struct need_unread *unread;

		if (only_asking && !brief->asks)
			continue;
		TRY(record_array_reserve(list->items, &list->cap, *list->count + 1,
		                         sizeof **list->items, err));
		unread = &(*list->items)[(*list->count)++];
		*unread = (struct need_unread){.channel = walk->channel,
		                               .id = {.index = indexes[i]},
		                               .sent_s = brief->sent_s};
		strcpy(unread->id.desk.text, briefs_desk(walk->briefs, log));
		taken++;
	}
	return STATUS_OK;
}

/* The newest of each log; of all of them the newest are kept. */
static enum status take_list(struct walk *walk, bool only_asking,
                             struct need_unread **items, size_t *count, struct error *err)
{
	struct unread_list list = {.items = items, .count = count, .cap = *count};

	for (size_t log = 0; log < briefs_log_count(walk->briefs); log++)
		TRY(list_unread(walk, log, only_asking, &list, err));
	if (*count > 0)
		qsort(*items, *count, sizeof **items, compare_unread);
	if (*count > NEEDS_UNREAD_MAX)
		*count = NEEDS_UNREAD_MAX;
	return STATUS_OK;
}

static enum status take_unread(struct walk *walk, struct error *err)
{
	struct needs *needs = walk->needs;

	walk->counts->unread = briefs_unread_count(walk->briefs);
	needs->unread_total += walk->counts->unread;
	TRY(take_list(walk, false, &needs->unread, &needs->unread_count, err));
	return take_list(walk, true, &needs->asking, &needs->asking_count, err);
}

/* ---- what does not arrive ---- */

struct addressee {
	const char *name;
	bool is_meant;
	enum desk_delivery delivery;
};

static void find_addressee(void *context, const char *member, enum desk_delivery delivery)
{
	struct addressee *addressee = context;

	if (strcmp(member, addressee->name) != 0)
		return;
	addressee->is_meant = true;
	addressee->delivery = delivery;
}

static void describe(const struct walk *walk, struct need_failed *failed)
{
	struct desk *desk = walk->office->desk;

	(void)snprintf(failed->why, sizeof failed->why, "no receipt yet");
	for (size_t i = 0; i < desk_peer_count(desk); i++) {
		struct desk_peer peer = desk_peer_view(desk, i);

		if (strcmp(peer.card->name.text, failed->to.text) == 0 &&
		    peer.last_error.text[0] != '\0')
			(void)snprintf(failed->why, sizeof failed->why, "%.199s",
			               peer.last_error.text);
	}
}

/* Is the message meant for this member, and where does it stand? */
static enum status look_at_message(struct walk *walk, bool has_to,
                                   struct need_failed *failed, bool *ret_is_meant,
                                   struct error *err)
{
	struct record_name to[RECORD_MEMBERS_MAX];
	struct addressee addressee = {.name = failed->to.text};
	struct desk *desk = walk->office->desk;
	struct desk_message message;
	size_t count = 0;

	if (has_to) {
		walk->read_count++;
		TRY(desk_message_read(desk, walk->channel, &failed->id, &message, err));
		if (message.envelope != NULL && message.envelope->to_count > 0 &&
		    message.envelope->to_count <= RECORD_MEMBERS_MAX) {
			count = message.envelope->to_count;
			memcpy(to, message.envelope->to, count * sizeof to[0]);
		}
	}
	TRY(desk_deliveries(desk, walk->channel, failed->id.index, count == 0 ? NULL : to,
	                    count, find_addressee, &addressee, err));
	*ret_is_meant = addressee.is_meant;
	failed->delivery = addressee.delivery;
	return STATUS_OK;
}

/* Counts it, and keeps it while there is room. */
static enum status take_late(struct walk *walk, const char *member, uint64_t index,
                             const struct brief *brief, struct error *err)
{
	struct needs *needs = walk->needs;
	bool has_room = needs->failed_count < NEEDS_FAILED_MAX, is_meant = true;
	struct need_failed failed = {
	    .channel = walk->channel, .id = {.index = index}, .sent_s = brief->sent_s};

	strcpy(failed.id.desk.text, walk->own);
	strcpy(failed.to.text, member);
	if (has_room || (brief->has_to && walk->read_count < NEEDS_FAILED_READ_MAX))
		TRY(look_at_message(walk, brief->has_to, &failed, &is_meant, err));
	if (!is_meant)
		return STATUS_OK;
	needs->failed_total++;
	if (!has_room)
		return STATUS_OK;
	describe(walk, &failed);
	needs->failed[needs->failed_count++] = failed;
	return STATUS_OK;
}

/* Own messages that this member should have by now. */
static enum status take_unstored(struct walk *walk, const char *member, size_t log,
                                 uint64_t first, uint64_t end, struct error *err)
{
	for (uint64_t at = first; at < end; at++) {
		const struct brief *brief = briefs_find(walk->briefs, log, at);

		if (brief == NULL || !brief_is_by_people(brief))
			continue;
		wake(walk, brief->sent_s + NEEDS_FAILED_AFTER_S);
		if (brief->sent_s + NEEDS_FAILED_AFTER_S <= walk->now_s)
			TRY(take_late(walk, member, at, brief, err));
	}
	return STATUS_OK;
}

static enum status take_failed(struct walk *walk, struct error *err)
{
	struct desk *desk = walk->office->desk;
	struct desk_receipt_info receipt;
	struct desk_log_info log;
	size_t own = SIZE_MAX;

	for (size_t i = 0; i < briefs_log_count(walk->briefs); i++)
		if (briefs_is_own(walk->briefs, i))
			own = i; /* the last one is in use */
	if (own == SIZE_MAX)
		return STATUS_OK;
	desk_log(desk, walk->channel, own, &log);
	for (size_t nth = 0; desk_receipt(desk, walk->channel, nth, &receipt); nth++)
		TRY(take_unstored(walk, receipt.member, own, log.offset + receipt.size,
		                  log.offset + log.entry_count, err));
	return STATUS_OK;
}

/* ---- all of it ---- */

static enum status walk_channel(struct walk *walk, struct error *err)
{
	struct channel_briefs *briefs = NULL;
	enum status status;

	TRY(briefs_open(walk->office, walk->channel, &briefs, err));
	walk->briefs = briefs;
	TRY(take_unread(walk, err));
	TRY(take_failed(walk, err));
	status = desk_duties(walk->office->desk, walk->channel, walk->now_s, true,
	                     take_duty, walk, err);
	if (status == STATUS_AGAIN) { /* the list is being made */
		walk->needs->is_whole = false;
		wake(walk, walk->now_s + 1);
		return STATUS_OK;
	}
	TRY(status);
	return walk->failed == STATUS_OK
	           ? STATUS_OK
	           : error_set(err, walk->failed, "no memory for the list");
}

static enum status walk_all(struct office *office, int64_t now_s, struct needs *needs,
                            struct error *err)
{
	struct walk walk = {.office = office,
	                    .needs = needs,
	                    .now_s = now_s,
	                    .own = desk_card(office->desk)->name.text};

	needs->duties = calloc(2 * NEEDS_DUTIES_MAX, sizeof *needs->duties);
	needs->failed = calloc(NEEDS_FAILED_MAX, sizeof *needs->failed);
	needs->counts =
	    calloc(desk_channel_count(office->desk) + 1, sizeof *needs->counts);
	if (needs->duties == NULL || needs->failed == NULL || needs->counts == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the list");
	for (size_t i = 0; i < desk_channel_count(office->desk); i++) {
		struct desk_channel_info info;

		desk_channel(office->desk, i, &info);
		walk.channel = i;
		walk.checked[0] = '\0';
		if (!info.is_open)
			continue;
		walk.counts = &needs->counts[needs->count_count++];
		walk.counts->channel = i;
		TRY(walk_channel(&walk, err));
	}
	return STATUS_OK;
}

enum status needs_collect(struct office *office, int64_t now_s, struct needs *ret_needs,
                          struct error *err)
{
	struct needs needs = {.next_s = INT64_MAX, .is_whole = true};
	enum status status = walk_all(office, now_s, &needs, err);

	if (status != STATUS_OK) {
		needs_release(&needs);
		return status;
	}
	*ret_needs = needs;
	return STATUS_OK;
}
