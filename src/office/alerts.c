/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where alerts go, and what goes out when. An item is new when it was not told of; one
 * that is no more, or was taken, is forgotten: should it come again, it is new.
 */
#include "office/alerts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "crypto/random.h"
#include "office/alert_book.h"
#include "office/state.h"

/* ---- settings ---- */

const struct alert_settings *office_alerts_settings(const struct office *office)
{
	return &office->alerts.settings;
}

static bool has_way(const struct alert_settings *settings, enum alert_way way)
{
	return way == ALERT_EMAIL ? settings->has_email : settings->has_webhook;
}

bool office_alerts_is_on(const struct office *office)
{
	const struct alert_book *book = &office->alerts;

	return book->settings.has_email || book->settings.has_webhook ||
	       book->seen_count > 0;
}

/* Is the address still one that mails go to? */
static bool is_wanted(const struct alert_settings *settings,
                      const struct alert_queued *item)
{
	if (item->way == ALERT_WEBHOOK)
		return settings->has_webhook;
	for (size_t i = 0; settings->has_email && i < settings->email.to_count; i++)
		if (strcmp(settings->email.to[i], item->to) == 0)
			return true;
	return false;
}

enum status office_alerts_set(struct office *office,
                              const struct alert_settings *settings, struct error *err)
{
	struct alert_book *book = &office->alerts;

	book->settings = *settings;
	for (size_t i = book->queue_count; i-- > 0;)
		if (!is_wanted(settings, &book->queue[i]))
			TRY(alert_book_drop_queued(office, i, err));
	for (size_t i = 0; i < book->queue_count; i++) /* perhaps it works now */
		book->queue[i].next_s = 0;
	for (enum alert_way way = 0; way < ALERT_WAYS; way++) {
		if (has_way(settings, way))
			continue;
		book->ways[way] = (struct alert_way_state){0};
		TRY(alert_book_put_way(office, way, err));
	}
	return alert_book_put_settings(office, err);
}

/* ---- queueing ---- */

static void make_id(char ret_id[ALERT_ID_LEN + 1])
{
	CLEANUP_BUF struct buf hex = BUF_INIT(64);
	uint8_t bytes[ALERT_ID_LEN / 2];

	random_bytes(bytes, sizeof bytes);
	hex_append(&hex, view_of(bytes, sizeof bytes));
	memcpy(ret_id, hex.data, ALERT_ID_LEN);
	ret_id[ALERT_ID_LEN] = '\0';
}

/* The oldest gives way when too many wait; that one is said to be given up. */
static enum status make_room(struct office *office, struct error *err)
{
	struct alert_book *book = &office->alerts;
	size_t oldest = 0;

	if (book->queue_count < ALERTS_QUEUE_MAX)
		return STATUS_OK;
	for (size_t i = 1; i < book->queue_count; i++)
		if (book->queue[i].number < book->queue[oldest].number)
			oldest = i;
	book->ways[book->queue[oldest].way].given_up++;
	TRY(alert_book_put_way(office, book->queue[oldest].way, err));
	return alert_book_drop_queued(office, oldest, err);
}

static enum status queue_one(struct office *office, enum alert_way way, const char *to,
                             const struct alert_text *text, struct error *err)
{
	struct alert_book *book = &office->alerts;
	CLEANUP_BUF struct buf body = BUF_INIT(4 * ALERT_TEXT_MAX);
	struct alert_queued item = {
	    .number = book->next_number, .way = way, .created_s = office->now_ms / 1000};

	TRY(make_room(office, err));
	snprintf(item.to, sizeof item.to, "%s", to);
	if (way == ALERT_EMAIL)
		alert_mail_append(&body, text, book->settings.email.from, to);
	else
		alert_json_append(&body, text);
	TRY(buf_check(&body, "an alert", err));
	TRY(alert_book_put_queued(office, &item, buf_view(&body), err));
	return alert_book_keep_queued(book, &item, err);
}

static bool has_queued(const struct alert_book *book, enum alert_way way, const char *to)
{
	for (size_t i = 0; i < book->queue_count; i++)
		if (book->queue[i].way == way && strcmp(book->queue[i].to, to) == 0)
			return true;
	return false;
}

/* One that only repeats waits behind none that is on its way to the same place. */
static enum status queue_way(struct office *office, enum alert_way way, const char *to,
                             struct alert_text *text, size_t *count, struct error *err)
{
	char id[ALERT_ID_LEN + 1];

	if (!text->is_test && text->new_count == 0 &&
	    has_queued(&office->alerts, way, to))
		return STATUS_OK;
	make_id(id);
	text->id = id;
	TRY(queue_one(office, way, to, text, err));
	++*count;
	return STATUS_OK;
}

static enum status queue_all(struct office *office, struct alert_text *text,
                             size_t *ret_count, struct error *err)
{
	const struct alert_settings *settings = &office->alerts.settings;

	*ret_count = 0;
	text->desk = desk_card(office->desk)->name.text;
	text->now_s = office->now_ms / 1000;
	text->has_content = settings->has_content;
	for (size_t i = 0; settings->has_email && i < settings->email.to_count; i++)
		TRY(queue_way(office, ALERT_EMAIL, settings->email.to[i], text, ret_count,
		              err));
	if (settings->has_webhook)
		TRY(queue_way(office, ALERT_WEBHOOK, "", text, ret_count, err));
	return STATUS_OK;
}

enum status office_alerts_test(struct office *office, size_t *ret_count,
                               struct error *err)
{
	struct alert_text text = {.is_test = true};

	return queue_all(office, &text, ret_count, err);
}

/* ---- looking ---- */

static bool wants(const struct alert_settings *settings, const struct alert_item *item)
{
	return (settings->has_email || settings->has_webhook) &&
	       (settings->what & item->what) != 0;
}

/* Which items there are now, of those that somebody wants to be told of. */
static enum status mark(struct office *office, const struct alert_item *items,
                        size_t count, struct alert_item *ret_wanted, size_t *ret_count,
                        struct error *err)
{
	struct alert_book *book = &office->alerts;

	*ret_count = 0;
	for (size_t i = 0; i < book->seen_count; i++)
		book->seen[i].is_there = false;
	for (size_t i = 0; i < count; i++) {
		struct alert_seen *seen;

		if (!wants(&book->settings, &items[i]))
			continue;
		seen = alert_book_find_seen(book, &items[i].id);
		if (seen != NULL)
			seen->is_there = true;
		ret_wanted[(*ret_count)++] = items[i];
	}
	return alert_book_forget_gone(office, err);
}

/* Items that were told of too long ago, and those never. */
static void judge(struct alert_book *book, const struct alert_item *items, size_t count,
                  int64_t now_s, size_t *ret_new, bool *ret_is_due)
{
	*ret_new = 0;
	*ret_is_due = false;
	for (size_t i = 0; i < count; i++) {
		const struct alert_seen *seen = alert_book_find_seen(book, &items[i].id);

		*ret_new += seen == NULL;
		if (seen != NULL &&
		    (seen->told_s > now_s || /* the clock was set back */
		     seen->told_s + book->settings.repeat_minutes * 60 <= now_s))
			*ret_is_due = true;
	}
	*ret_is_due = *ret_is_due || *ret_new > 0;
}

static enum status note_told(struct office *office, const struct alert_item *items,
                             size_t count, struct error *err)
{
	struct alert_book *book = &office->alerts;

	for (size_t i = 0; i < count; i++) {
		struct alert_seen *seen = alert_book_find_seen(book, &items[i].id);
		struct alert_seen told = {
		    .id = items[i].id, .told_s = office->now_ms / 1000, .is_there = true};

		if (seen != NULL)
			*seen = told;
		else
			TRY(alert_book_keep_seen(book, &told, err));
		TRY(alert_book_put_seen(office, &told, err));
	}
	book->told_s = office->now_ms / 1000;
	return STATUS_OK;
}

enum status office_alerts_look(struct office *office, const struct alert_item *items,
                               size_t count, struct error *err)
{
	struct alert_book *book = &office->alerts;
	CLEANUP_FREE struct alert_item *wanted = NULL;
	struct alert_text text = {0};
	int64_t now_s = office->now_ms / 1000;
	size_t queued;
	bool is_due;

	wanted = calloc(count + 1, sizeof *wanted);
	if (wanted == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for alerts");
	if (count > ALERT_SEEN_MAX)
		count = ALERT_SEEN_MAX;
	TRY(mark(office, items, count, wanted, &text.count, err));
	judge(book, wanted, text.count, now_s, &text.new_count, &is_due);
	book->is_waiting =
	    is_due && now_s < book->told_s + ALERTS_GAP_S && now_s >= book->told_s;
	if (!is_due || book->is_waiting)
		return STATUS_OK;
	text.items = wanted;
	TRY(queue_all(office, &text, &queued, err));
	return note_told(office, wanted, text.count, err);
}

/* ---- when, and how it goes ---- */

int64_t office_alerts_look_ms(const struct office *office)
{
	const struct alert_book *book = &office->alerts;
	int64_t wake_s = INT64_MAX;

	for (size_t i = 0; i < book->seen_count; i++) {
		int64_t again_s =
		    book->seen[i].told_s + book->settings.repeat_minutes * 60;

		if (again_s < wake_s)
			wake_s = again_s;
	}
	if (book->is_waiting && book->told_s + ALERTS_GAP_S < wake_s)
		wake_s = book->told_s + ALERTS_GAP_S;
	return wake_s == INT64_MAX ? INT64_MAX : wake_s * 1000;
}

const struct alert_way_state *office_alerts_way(const struct office *office,
                                                enum alert_way way, size_t *ret_queued)
{
	const struct alert_book *book = &office->alerts;

	*ret_queued = 0;
	for (size_t i = 0; i < book->queue_count; i++)
		*ret_queued += book->queue[i].way == way;
	return &book->ways[way];
}

void office_alerts_write_failing(struct json_writer *writer, const char *name,
                                 const struct office *office)
{
	const struct alert_book *book = &office->alerts;

	json_writer_array(writer, name);
	for (enum alert_way way = 0; way < ALERT_WAYS; way++) {
		const struct alert_way_state *state = &book->ways[way];

		if (state->failing_since_s == 0)
			continue;
		json_writer_object(writer, NULL);
		json_writer_time(writer, "time", state->failing_since_s);
		json_writer_string(writer, "to", alert_way_name(way));
		json_writer_text(writer, "why", view_of_string(state->last_error));
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

void office_alerts_write_state(struct json_writer *writer, const char *name,
                               const struct office *office)
{
	json_writer_object(writer, name);
	for (enum alert_way way = 0; way < ALERT_WAYS; way++) {
		size_t queued;
		const struct alert_way_state *state =
		    office_alerts_way(office, way, &queued);

		json_writer_object(writer, alert_way_name(way));
		json_writer_integer(writer, "queued", (int64_t)queued);
		json_writer_time_or_never(writer, "last_sent", state->last_sent_s);
		json_writer_time_or_never(writer, "failing_since",
		                          state->failing_since_s);
		json_writer_text(writer, "last_error", view_of_string(state->last_error));
		json_writer_integer(writer, "given_up", (int64_t)state->given_up);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}
