/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Periodic duties: one entry of a kind in each period [k·every, (k+1)·every) since 1970.
 * Which periods have one is kept as runs of numbers, so that a member who is always there
 * costs nothing; the missed ones are the gaps. Source: aldis.md 4.5.
 */
#include "record/duties_parts.h"

#include <stdlib.h>

#include "record/array.h"

static int64_t divide_down(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t max_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t min_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int compare_rhythm(const struct duties_rhythm *rhythm, const char *kind,
                          int64_t every_s)
{
	int order = strcmp(rhythm->kind, kind);

	if (order != 0)
		return order;
	return (rhythm->every_s > every_s) - (rhythm->every_s < every_s);
}

static enum status rhythm_add(struct duties_desk *desk, const struct record_duty *duty,
                              int64_t since_s, struct error *err)
{
	size_t place = 0;

	while (place < desk->rhythm_count &&
	       compare_rhythm(&desk->rhythms[place], duty->owe[0], duty->every_s) < 0)
		place++;
	if (place < desk->rhythm_count &&
	    compare_rhythm(&desk->rhythms[place], duty->owe[0], duty->every_s) == 0)
		return STATUS_OK;
	TRY(duties_reserve_one(&desk->rhythms, desk->rhythm_count, sizeof *desk->rhythms,
	                       err));
	memmove(desk->rhythms + place + 1, desk->rhythms + place,
	        (desk->rhythm_count - place) * sizeof *desk->rhythms);
	desk->rhythms[place] =
	    (struct duties_rhythm){.every_s = duty->every_s, .since_s = since_s};
	strcpy(desk->rhythms[place].kind, duty->owe[0]);
	desk->rhythm_count++;
	return STATUS_OK;
}

static enum status term_add(struct duties_desk *desk,
                            const struct record_charter *charter, int64_t sent_s,
                            struct error *err)
{
	TRY(duties_reserve_one(&desk->terms, desk->term_count, sizeof *desk->terms, err));
	desk->terms[desk->term_count++] = (struct duties_term){charter, sent_s};
	for (size_t i = 0; i < charter->duty_count; i++)
		if (charter->duties[i].every_s > 0)
			TRY(rhythm_add(desk, &charter->duties[i], sent_s, err));
	return STATUS_OK;
}

static enum status rhythm_note(struct duties_rhythm *rhythm, int64_t period,
                               struct error *err)
{
	struct duties_span *spans = rhythm->spans;
	size_t place = rhythm->span_count; /* of the first span behind the period */

	while (place > 0 && spans[place - 1].first > period)
		place--;
	bool joins_before = place > 0 && spans[place - 1].last + 1 >= period;
	bool joins_behind =
	    place < rhythm->span_count && spans[place].first == period + 1;

	if (joins_before && joins_behind) {
		spans[place - 1].last = spans[place].last;
		memmove(spans + place, spans + place + 1,
		        (--rhythm->span_count - place) * sizeof *spans);
	} else if (joins_before) {
		spans[place - 1].last = max_of(spans[place - 1].last, period);
	} else if (joins_behind) {
		spans[place].first = period;
	} else {
		TRY(record_array_reserve(&rhythm->spans, &rhythm->span_cap,
		                         rhythm->span_count + 1, sizeof *spans, err));
		spans = rhythm->spans;
		memmove(spans + place + 1, spans + place,
		        (rhythm->span_count - place) * sizeof *spans);
		spans[place] = (struct duties_span){period, period};
		rhythm->span_count++;
	}
	return STATUS_OK;
}

enum status duties_take_period(struct record_duties *duties,
                               const struct duties_entry *entry, struct error *err)
{
	struct duties_desk *desk = duties->desks[entry->desk];
	int64_t sent_s = entry->envelope->sent_s;
	struct duties_term *term;

	if (desk->term_count == 0 ||
	    desk->terms[desk->term_count - 1].charter != entry->charter->charter)
		TRY(term_add(desk, entry->charter->charter, sent_s, err));
	term = &desk->terms[desk->term_count - 1];
	term->earliest_s = min_of(term->earliest_s, sent_s);
	for (size_t i = 0; i < desk->rhythm_count; i++) {
		struct duties_rhythm *rhythm = &desk->rhythms[i];

		if (strcmp(rhythm->kind, entry->envelope->kind) == 0)
			TRY(rhythm_note(rhythm, divide_down(sent_s, rhythm->every_s),
			                err));
	}
	return STATUS_OK;
}

static const struct record_duty *find_duty(const struct record_charter *charter,
                                           const struct duties_rhythm *rhythm)
{
	for (size_t i = 0; i < charter->duty_count; i++)
		if (charter->duties[i].every_s == rhythm->every_s &&
		    strcmp(charter->duties[i].owe[0], rhythm->kind) == 0)
			return &charter->duties[i];
	return NULL;
}

/* The duty of the charter that governs the last entry sent before the end of the period;
 * NULL: that charter has it not. */
static const struct record_duty *duty_of(const struct duties_desk *desk,
                                         const struct duties_rhythm *rhythm,
                                         int64_t period)
{
	int64_t end_s = (period + 1) * rhythm->every_s;

	for (size_t i = desk->term_count; i-- > 0;)
		if (desk->terms[i].earliest_s < end_s)
			return find_duty(desk->terms[i].charter, rhythm);
	return NULL;
}

static bool has_entry(const struct duties_rhythm *rhythm, int64_t period)
{
	size_t low = 0, high = rhythm->span_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rhythm->spans[middle].last < period)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rhythm->span_count && rhythm->spans[low].first <= period;
}

/* The first whole period after the duty began; the last one that is owed by now. */
static int64_t first_period(const struct duties_rhythm *rhythm)
{
	return -divide_down(-rhythm->since_s, rhythm->every_s);
}

static int64_t last_period(const struct duties_desk *desk,
                           const struct duties_rhythm *rhythm, int64_t now_s)
{
	int64_t running = divide_down(now_s, rhythm->every_s);

	return desk->has_left
	           ? min_of(running, divide_down(desk->left_s, rhythm->every_s) - 1)
	           : running;
}

struct listing {
	const struct duties_desk *desk;
	int64_t now_s;
	bool only_open;
	record_duty_fn *fn;
	void *context;
};

static bool list_period(const struct listing *listing, const struct duties_rhythm *rhythm,
                        int64_t period)
{
	const struct record_duty *duty = duty_of(listing->desk, rhythm, period);
	bool is_met = has_entry(rhythm, period);
	struct record_duty_row row = {.state =
	                                  is_met ? RECORD_DUTY_MET : RECORD_DUTY_RUNNING,
	                              .is_periodic = true,
	                              .debtor = listing->desk->name,
	                              .duty = duty,
	                              .has_clock = true};

	if (duty == NULL || (is_met && listing->only_open))
		return true;
	row.start_s = period * rhythm->every_s;
	row.deadline_s = row.start_s + rhythm->every_s + duty->grace_s;
	if (!is_met && listing->now_s > row.deadline_s)
		row.state = RECORD_DUTY_OVERDUE;
	return listing->fn(listing->context, &row);
}

/* Rows for the gaps among the periods, and for the running one. */
static bool list_rhythm(const struct listing *listing, const struct duties_rhythm *rhythm)
{
	int64_t period = first_period(rhythm);
	int64_t last = last_period(listing->desk, rhythm, listing->now_s);
	int64_t running = divide_down(listing->now_s, rhythm->every_s);

	for (size_t i = 0; i < rhythm->span_count; i++) {
		const struct duties_span *span = &rhythm->spans[i];

		for (; period < span->first && period <= last; period++)
			if (!list_period(listing, rhythm, period))
				return false;
		period = max_of(period, span->last + 1);
	}
	for (; period <= last; period++)
		if (!list_period(listing, rhythm, period))
			return false;
	if (last == running && last >= first_period(rhythm) && has_entry(rhythm, running))
		return list_period(listing, rhythm, running);
	return true;
}

bool duties_period_list(const struct duties_desk *desk, int64_t now_s, bool only_open,
                        record_duty_fn *fn, void *context)
{
	struct listing listing = {desk, now_s, only_open, fn, context};

	for (size_t i = 0; i < desk->rhythm_count; i++)
		if (!list_rhythm(&listing, &desk->rhythms[i]))
			return false;
	return true;
}

static int64_t rhythm_next(const struct duties_desk *desk,
                           const struct duties_rhythm *rhythm, int64_t now_s)
{
	int64_t running = divide_down(now_s, rhythm->every_s);
	int64_t next_s = INT64_MAX;

	/* The next period begins to run; one that is not met becomes overdue. */
	if (last_period(desk, rhythm, INT64_MAX) > running)
		next_s = max_of(running + 1, first_period(rhythm)) * rhythm->every_s;
	for (int64_t period = running - 1; period <= running; period++) {
		const struct record_duty *duty = duty_of(desk, rhythm, period);
		int64_t over_s;

		if (duty == NULL || has_entry(rhythm, period) ||
		    period < first_period(rhythm) ||
		    period > last_period(desk, rhythm, INT64_MAX))
			continue;
		over_s = (period + 1) * rhythm->every_s + duty->grace_s + 1;
		if (over_s > now_s)
			next_s = min_of(next_s, over_s);
	}
	return next_s;
}

int64_t duties_period_next(const struct duties_desk *desk, int64_t now_s)
{
	int64_t next_s = INT64_MAX;

	for (size_t i = 0; i < desk->rhythm_count; i++)
		next_s = min_of(next_s, rhythm_next(desk, &desk->rhythms[i], now_s));
	return next_s;
}
