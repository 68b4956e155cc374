/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics of what waits for people. Duties and alarms are those of the last time they
 * were computed, which the desk does by itself when something changes; right after a
 * start they are left out.
 */
#include "console/metrics/metrics.h"
#include "office/alarms.h"
#include "office/alerts.h"
#include "office/drafts.h"

/* ---- duties ---- */

struct duty_numbers {
	uint64_t ours, theirs;
};

typedef struct duty_numbers duty_value(const struct need_counts *counts);

static struct duty_numbers open_of(const struct need_counts *counts)
{
	return (struct duty_numbers){counts->mine, counts->theirs};
}

static struct duty_numbers overdue_of(const struct need_counts *counts)
{
	return (struct duty_numbers){counts->mine_overdue, counts->theirs_overdue};
}

static void label_channel(struct metrics_page *page, size_t channel)
{
	struct desk_channel_info info;

	desk_channel(page->desk, channel, &info);
	metrics_label(&page->writer, "channel", info.id_hex);
}

static void write_duty(struct metrics_page *page, size_t channel, const char *debtor,
                       uint64_t value)
{
	label_channel(page, channel);
	metrics_label(&page->writer, "debtor", debtor);
	metrics_integer(&page->writer, value);
}

static void write_duties(struct metrics_page *page, const struct needs *needs,
                         const char *name, duty_value *value, const char *help)
{
	metrics_family(&page->writer, name, METRICS_GAUGE, help);
	for (size_t i = 0; i < needs->count_count; i++) {
		const struct need_counts *counts = &needs->counts[i];
		struct duty_numbers numbers = value(counts);

		if (counts->channel >= page->channel_count)
			continue;
		write_duty(page, counts->channel, "this", numbers.ours);
		write_duty(page, counts->channel, "others", numbers.theirs);
	}
}

static void write_unread(struct metrics_page *page, const struct needs *needs)
{
	metrics_family(&page->writer, "aldis_messages_unread", METRICS_GAUGE,
	               "Messages by people of others that nobody here has opened.");
	for (size_t i = 0; i < needs->count_count; i++) {
		if (needs->counts[i].channel >= page->channel_count)
			continue;
		label_channel(page, needs->counts[i].channel);
		metrics_integer(&page->writer, needs->counts[i].unread);
	}
}

static void write_needs(struct metrics_page *page, const struct needs *needs)
{
	write_duties(page, needs, "aldis_duties_open", open_of,
	             "Duties that are open, by who owes: this desk or others.");
	write_duties(page, needs, "aldis_duties_overdue", overdue_of,
	             "Duties that are overdue, by who owes: this desk or others.");
	write_unread(page, needs);
	metrics_page_gauge(page, "aldis_messages_undelivered", needs->failed_total,
	                   "Recipients' copies of own messages that have had no receipt "
	                   "for ten minutes.");
	metrics_page_gauge(page, "aldis_desks_silent", needs->silent_count,
	                   "Members, of each channel, that owe a sign of life.");
}

/* ---- alarms ---- */

static uint64_t count_alarms(const struct alarm *alarms, size_t count,
                             enum alarm_what what, bool only_untaken)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found +=
		    alarms[i].what == what && !(only_untaken && alarms[i].taken_s != 0);
	return found;
}

static void write_alarm_counts(struct metrics_page *page, const char *name,
                               const struct alarm *alarms, size_t count,
                               bool only_untaken, const char *help)
{
	metrics_family(&page->writer, name, METRICS_GAUGE, help);
	for (enum alarm_what what = 0; what < ALARM_WHAT_COUNT; what++) {
		metrics_label(&page->writer, "what", alarm_word(what));
		metrics_integer(&page->writer,
		                count_alarms(alarms, count, what, only_untaken));
	}
}

/* The oldest come first. */
static void write_oldest(struct metrics_page *page, const struct alarm *alarms,
                         size_t count)
{
	metrics_family(&page->writer, "aldis_alarms_oldest_untaken_timestamp_seconds",
	               METRICS_GAUGE,
	               "Since when the oldest alarm that nobody has taken is there.");
	for (size_t i = 0; i < count; i++)
		if (alarms[i].taken_s == 0) {
			metrics_ms(&page->writer, alarms[i].since_s * 1000);
			return;
		}
}

static void write_alarms(struct metrics_page *page, const struct alarm *alarms,
                         size_t count)
{
	write_alarm_counts(page, "aldis_alarms_open", alarms, count, false,
	                   "Alarms, taken or not.");
	write_alarm_counts(page, "aldis_alarms_untaken", alarms, count, true,
	                   "Alarms that nobody has taken, muted ones too.");
	write_oldest(page, alarms, count);
}

/* ---- alerts ---- */

typedef void way_sample(struct metrics_writer *writer,
                        const struct alert_way_state *state, size_t queued);

static void sample_queued(struct metrics_writer *writer,
                          const struct alert_way_state *state, size_t queued)
{
	metrics_integer(writer, queued);
}

static void sample_failing(struct metrics_writer *writer,
                           const struct alert_way_state *state, size_t queued)
{
	metrics_bool(writer, state->failing_since_s != 0);
}

static void sample_given_up(struct metrics_writer *writer,
                            const struct alert_way_state *state, size_t queued)
{
	metrics_integer(writer, state->given_up);
}

static void write_ways(struct metrics_page *page, const char *name,
                       enum metrics_kind kind, way_sample *sample, const char *help)
{
	metrics_family(&page->writer, name, kind, help);
	for (enum alert_way way = 0; way < ALERT_WAYS; way++) {
		size_t queued;
		const struct alert_way_state *state =
		    office_alerts_way(page->api->office, way, &queued);

		metrics_label(&page->writer, "way", alert_way_name(way));
		sample(&page->writer, state, queued);
	}
}

static void write_alerts(struct metrics_page *page)
{
	write_ways(page, "aldis_alerts_queued", METRICS_GAUGE, sample_queued,
	           "Alerts that have not been delivered yet.");
	write_ways(page, "aldis_alerts_failing", METRICS_GAUGE, sample_failing,
	           "Did the last attempt to deliver an alert fail?");
	write_ways(page, "aldis_alerts_given_up_total", METRICS_COUNTER, sample_given_up,
	           "Alerts that could not be delivered for a day; kept over restarts.");
}

/* ---- drafts ---- */

static void write_drafts(struct metrics_page *page)
{
	uint64_t counts[DRAFT_RETURNED + 1] = {0};

	for (size_t i = 0; i < drafts_count(page->api->office); i++) {
		const struct draft *draft = drafts_nth(page->api->office, i);

		if (draft_is_open(draft))
			counts[draft->state]++;
	}
	metrics_family(&page->writer, "aldis_drafts", METRICS_GAUGE,
	               "Drafts that are neither sent nor discarded; those in the state "
	               "approval wait for a second person.");
	for (enum draft_state state = 0; state <= DRAFT_RETURNED; state++) {
		metrics_label(&page->writer, "state", draft_state_word(state));
		metrics_integer(&page->writer, counts[state]);
	}
}

void metrics_people(struct metrics_page *page)
{
	const struct alarm *alarms;
	const struct needs *needs;
	size_t count;

	if (alarms_last(page->api->office, &alarms, &count, &needs)) {
		write_needs(page, needs);
		write_alarms(page, alarms, count);
	}
	write_alerts(page);
	write_drafts(page);
}
