/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From alarms to alerts: what is loud becomes an item; with content, also what its
 * message is about, as far as a person here could read it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "office/alarms.h"
#include "office/alerts.h"
#include "office/state.h"
#include "record/headline.h"
#include "record/kinds.h"

enum { HOLD_MS = 60 * 1000 };

/* What an item's texts point to. */
struct described {
	char kind[RECORD_KIND_LEN_MAX + 1];
	char title[4 * (RECORD_HEADLINE_MAX + 1) + 1];
	char peer[RECORD_NAME_MAX + 1];
};

static void describe_message(struct office *office, const struct alarm *alarm,
                             const struct record_message_id *id,
                             struct described *ret_described)
{
	CLEANUP_BUF struct buf title = BUF_INIT(sizeof ret_described->title - 1);
	struct desk_message message;

	snprintf(ret_described->peer, sizeof ret_described->peer, "%s", id->desk.text);
	if (desk_message_read(office->desk, alarm->channel, id, &message, NULL) !=
	        STATUS_OK ||
	    message.envelope == NULL || message.is_malformed)
		return;
	snprintf(ret_described->kind, sizeof ret_described->kind, "%s",
	         message.envelope->kind);
	record_headline_append(message.body, &office->doc, &title);
	if (!view_copy_string(buf_view(&title), ret_described->title,
	                      sizeof ret_described->title))
		ret_described->title[0] = '\0';
}

/* A draft is nobody else's business yet: of it only the channel is told. */
static void describe(struct office *office, const struct alarm *alarm,
                     struct described *ret_described)
{
	struct record_message_id id;
	struct desk_channel_info info;

	*ret_described = (struct described){0};
	if (record_message_id_decode(view_of_string(alarm->subject), &id, NULL) ==
	    STATUS_OK) {
		describe_message(office, alarm, &id, ret_described);
		return;
	}
	if (alarm->what != ALARM_APPROVAL) {
		snprintf(ret_described->peer, sizeof ret_described->peer, "%.*s",
		         RECORD_NAME_MAX, alarm->subject);
		return;
	}
	desk_channel(office->desk, alarm->channel, &info);
	snprintf(ret_described->title, sizeof ret_described->title, "%s",
	         info.charter->title);
}

static void make_item(struct office *office, const struct alarm *alarm,
                      struct described *described, struct alert_item *ret_item)
{
	*ret_item = (struct alert_item){
	    .id = sha256(view_of_string(alarm->id)),
	    .what = alert_what_of(view_of_string(alarm_word(alarm->what))),
	    .since_s = alarm->since_s,
	};
	if (described == NULL)
		return;
	describe(office, alarm, described);
	ret_item->kind = described->kind;
	ret_item->title = described->title;
	ret_item->peer = described->peer;
}

static enum status look(struct office *office, struct error *err)
{
	const struct alarm_table *table = &office->alarms;
	bool has_content = office->alerts.settings.has_content;
	CLEANUP_FREE struct alert_item *items = calloc(table->count + 1, sizeof *items);
	CLEANUP_FREE struct described *described =
	    calloc(ALERT_LINES_MAX, sizeof *described);
	size_t count = 0;

	if (items == NULL || described == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for alerts");
	for (size_t i = 0; i < table->count; i++) {
		bool is_described = has_content && count < ALERT_LINES_MAX;

		if (!alarm_is_loud(&table->items[i], office->now_ms / 1000))
			continue;
		make_item(office, &table->items[i],
		          is_described ? &described[count] : NULL, &items[count]);
		count++;
	}
	return office_alerts_look(office, items, count, err);
}

static int64_t look_ms(const struct office *office)
{
	int64_t due_ms = office_alerts_look_ms(office);
	int64_t held_ms = office->alerts.held_ms;

	return due_ms < held_ms ? held_ms : due_ms;
}

/* A failure but the store's, which ends the desk by itself, is tried again after a while.
 */
void alerts_begin_turn(struct office *office)
{
	const struct alarm_table *table = &office->alarms;
	struct alert_book *book = &office->alerts;
	bool is_changed =
	    table->computed_ms != book->looked_ms && office->now_ms >= book->held_ms;

	if (office_alerts_is_on(office) && table->is_known &&
	    (is_changed || office->now_ms >= look_ms(office))) {
		book->looked_ms = table->computed_ms;
		if (look(office, NULL) != STATUS_OK)
			book->held_ms = office->now_ms + HOLD_MS;
	}
	(void)!office_alerts_send(office, NULL);
}

int64_t alerts_wake_ms(const struct office *office)
{
	int64_t send_ms = office_alerts_send_ms(office);

	if (!office->alarms.is_known || send_ms < look_ms(office))
		return send_ms;
	return look_ms(office);
}
