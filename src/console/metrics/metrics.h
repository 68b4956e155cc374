/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the page of metrics, for the files metrics*.c. Labels are channel ids,
 * names of desks and words of ours; no text of a peer's.
 */
#ifndef ALDIS_CONSOLE_METRICS_METRICS_H
#define ALDIS_CONSOLE_METRICS_METRICS_H

#include "codec/metrics_writer.h"
#include "console/api_call.h"

/* Logs of which something is told: twenty channels of two hundred desks. The channels
 * behind are left out, and how many they are is told. */
enum { METRICS_LOGS_MAX = 4000, METRICS_PAGE_MAX = 16 << 20 };

struct metrics_page {
	struct metrics_writer writer;
	struct api *api;
	struct desk *desk;
	int64_t now_ms;
	size_t channel_count; /* told of: the first ones of the desk's list */
};

/* The desk's own state: channels, logs, receipts, peers, counters. */
void metrics_desk(struct metrics_page *page);
/* What people must do: duties, alarms, alerts, drafts. */
void metrics_people(struct metrics_page *page);
/* Processes, store, doors. */
void metrics_machine(struct metrics_page *page, const struct figures *figures);

/* What most families are: one number without labels. */
void metrics_page_counter(struct metrics_page *page, const char *name, uint64_t value,
                          const char *help);
void metrics_page_gauge(struct metrics_page *page, const char *name, uint64_t value,
                        const char *help);

#endif
