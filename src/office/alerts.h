/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling people who are not at the console that something needs them: by mail and by
 * webhook. An alert goes out when an item is new, and again after a while as long as
 * nobody has taken it. What is to be sent lies in the store until the other side took it:
 * a failure is tried again, at growing intervals, for a day; a crash may make it come
 * twice, never not at all. Knows no alarms: it is handed the items.
 */
#ifndef ALDIS_OFFICE_ALERTS_H
#define ALDIS_OFFICE_ALERTS_H

#include "office/alert_rows.h"
#include "office/alert_settings.h"
#include "office/alert_text.h"
#include "office/office.h"

enum {
	ALERTS_GAP_S = 10,        /* between two alerts, whatever is new */
	ALERTS_RETRY_S = 5,       /* after the first failure; doubles, */
	ALERTS_RETRY_MAX_S = 900, /* up to this */
	ALERTS_KEEP_S = 24 * 3600,
	ALERTS_QUEUE_MAX = 500,
};

const struct alert_settings *office_alerts_settings(const struct office *office);
/* What was waiting for a way that is no more is dropped. */
MUST_USE enum status office_alerts_set(struct office *office,
                                       const struct alert_settings *settings,
                                       struct error *err);

/* Are the items wanted: has somebody to be told, or something to be forgotten? */
bool office_alerts_is_on(const struct office *office);
/* Within a turn, with all items that nobody has taken and that are not muted: queues what
 * is due. To be called whenever they may have changed, and at office_alerts_look_ms. */
MUST_USE enum status office_alerts_look(struct office *office,
                                        const struct alert_item *items, size_t count,
                                        struct error *err);
/* Queues a test to every address and the webhook; ret_count: how many. */
MUST_USE enum status office_alerts_test(struct office *office, size_t *ret_count,
                                        struct error *err);

/* Within each turn: sends what is due by desk_call_outside. */
MUST_USE enum status office_alerts_send(struct office *office, struct error *err);
/* Within a turn: what became of one. The call was ended by desk_end_outside. */
MUST_USE enum status office_alerts_take_answer(struct office *office,
                                               const struct desk_answer *answer,
                                               struct error *err);
/* When to look again although no item changed, and when to send; INT64_MAX: never. */
int64_t office_alerts_look_ms(const struct office *office);
int64_t office_alerts_send_ms(const struct office *office);

/* How sending goes, and how many texts wait. Borrowed until the next call. */
const struct alert_way_state *office_alerts_way(const struct office *office,
                                                enum alert_way way, size_t *ret_queued);

/* [{"time":T,"to":"email"|"webhook","why":"…"}]: the ways that fail, and since when. */
void office_alerts_write_failing(struct json_writer *writer, const char *name,
                                 const struct office *office);
/* "email" and "webhook": {"queued":0,"last_sent":T|"never","failing_since":T|"never",
 * "last_error":"…","given_up":0}. */
void office_alerts_write_state(struct json_writer *writer, const char *name,
                               const struct office *office);

#endif
