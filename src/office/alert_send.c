/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending what is queued, and what became of it. A few at a time; the first failure of a
 * row of them is in the audit, and what is given up.
 */
#include "office/alerts.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "office/alert_book.h"
#include "office/state.h"

enum { IN_FLIGHT_MAX = 4, ANSWER_MAX = 4096, BODY_TOKENS_MAX = 2000 };

/* ---- sending ---- */

/* The alert's id, which stays the same however often it is sent: a receiver knows by it
 * what it has already got. */
static enum status read_id(struct office *office, struct view body,
                           char ret_id[ALERT_ID_LEN + 1], struct error *err)
{
	const struct json_token *id;

	TRY(json_scan(&office->doc, body, BODY_TOKENS_MAX, err));
	id = json_member(&office->doc, json_root(&office->doc), "alert");
	if (id == NULL || id->type != JSON_STRING ||
	    !json_string_copy(&office->doc, id, ret_id, ALERT_ID_LEN + 1))
		return error_set(err, STATUS_MALFORMED, "an alert without its id");
	return STATUS_OK;
}

static enum status call_webhook(struct office *office, struct view body,
                                uint64_t *ret_call, struct error *err)
{
	const struct alert_webhook *webhook = &office->alerts.settings.webhook;
	size_t base_len = alert_url_base_len(webhook->url);
	char base[ALERT_URL_MAX + 1], id[ALERT_ID_LEN + 1],
	    signature[DESK_SIGNATURE_MAX + 1];
	const char *path = webhook->url + base_len;
	struct desk_call call = {.url = base,
	                         .method = DESK_POST,
	                         .path = path[0] != '\0' ? path : "/",
	                         .type = "application/json",
	                         .body = body,
	                         .answer_max = ANSWER_MAX,
	                         .webhook = {.id = id, .time_s = office->now_ms / 1000}};

	memcpy(base, webhook->url, base_len);
	base[base_len] = '\0';
	TRY(read_id(office, body, id, err));
	if (webhook->secret[0] != '\0') {
		TRY(webhook_sign(webhook->secret, id, call.webhook.time_s, body,
		                 signature, err));
		call.webhook.signature = signature;
	}
	*ret_call = desk_call_outside(office->desk, &call);
	return STATUS_OK;
}

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static uint64_t call_mail(struct office *office, const struct alert_queued *item,
                          struct view body)
{
	const struct alert_email *email = &office->alerts.settings.email;
	const struct desk_mail mail = {.tls = email->tls,
	                               .from = email->from,
	                               .to = item->to,
	                               .name = or_null(email->name),
	                               .password = or_null(email->password)};

	return desk_call_outside(office->desk,
	                         &(struct desk_call){.url = email->url,
	                                             .body = body,
	                                             .answer_max = ANSWER_MAX,
	                                             .mail = &mail});
}

static enum status send_one(struct office *office, struct alert_queued *item,
                            struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(OFFICE_ROW_MAX);
	struct alert_queued stored;

	item->next_s = office->now_ms / 1000 + ALERTS_RETRY_MAX_S; /* if it fails here */
	TRY(alert_book_read_queued(office, item->number, &stored, &text, err));
	if (item->way == ALERT_WEBHOOK)
		return call_webhook(office, buf_view(&text), &item->call, err);
	item->call = call_mail(office, item, buf_view(&text));
	return STATUS_OK;
}

static size_t in_flight(const struct alert_book *book)
{
	size_t count = 0;

	for (size_t i = 0; i < book->queue_count; i++)
		count += book->queue[i].call != 0;
	return count;
}

enum status office_alerts_send(struct office *office, struct error *err)
{
	struct alert_book *book = &office->alerts;
	int64_t now_s = office->now_ms / 1000;
	size_t flying = in_flight(book);

	for (size_t i = 0; i < book->queue_count && flying < IN_FLIGHT_MAX; i++) {
		struct alert_queued *item = &book->queue[i];

		if (item->call != 0 || item->next_s > now_s)
			continue;
		TRY(send_one(office, item, err));
		flying++;
	}
	return STATUS_OK;
}

/* ---- what became of it ---- */

static enum status note(struct office *office, const char *what, enum alert_way way,
                        const char *why, struct error *err)
{
	static const struct office_principal desk = {.door = OFFICE_DOOR_LOCAL,
	                                             .name = "desk"};
	CLEANUP_BUF struct buf data = BUF_INIT(1024);
	struct json_writer writer = json_writer_of(&data);

	json_writer_object(&writer, NULL);
	json_writer_text(&writer, "why", view_of_string(why));
	json_writer_end(&writer);
	return office_audit(office,
	                    &(struct office_act){.who = &desk,
	                                         .what = what,
	                                         .subject = alert_way_name(way),
	                                         .data = buf_view(&data)},
	                    err);
}

static enum status take_success(struct office *office, size_t at, struct error *err)
{
	enum alert_way way = office->alerts.queue[at].way;
	struct alert_way_state *state = &office->alerts.ways[way];

	state->last_sent_s = office->now_ms / 1000;
	state->failing_since_s = 0;
	state->last_error[0] = '\0';
	TRY(alert_book_drop_queued(office, at, err));
	return alert_book_put_way(office, way, err);
}

static int64_t backoff_s(unsigned attempts)
{
	int64_t wait_s = ALERTS_RETRY_S;

	for (unsigned i = 1; i < attempts && wait_s < ALERTS_RETRY_MAX_S; i++)
		wait_s *= 2;
	return wait_s < ALERTS_RETRY_MAX_S ? wait_s : ALERTS_RETRY_MAX_S;
}

static enum status try_later(struct office *office, size_t at, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(OFFICE_ROW_MAX);
	struct alert_queued *item = &office->alerts.queue[at], stored;

	item->attempts++;
	item->next_s = office->now_ms / 1000 + backoff_s(item->attempts);
	TRY(alert_book_read_queued(office, item->number, &stored, &text, err));
	return alert_book_put_queued(office, item, buf_view(&text), err);
}

static enum status take_failure(struct office *office, size_t at, const char *why,
                                struct error *err)
{
	const struct alert_queued item = office->alerts.queue[at];
	struct alert_way_state *state = &office->alerts.ways[item.way];
	int64_t now_s = office->now_ms / 1000;
	bool is_first = state->failing_since_s == 0;

	if (is_first)
		state->failing_since_s = now_s;
	snprintf(state->last_error, sizeof state->last_error, "%s", why);
	if (is_first)
		TRY(note(office, "alert.failing", item.way, why, err));
	if (now_s - item.created_s < ALERTS_KEEP_S) {
		TRY(try_later(office, at, err));
		return alert_book_put_way(office, item.way, err);
	}
	state->given_up++;
	TRY(note(office, "alert.given-up", item.way, why, err));
	TRY(alert_book_drop_queued(office, at, err));
	return alert_book_put_way(office, item.way, err);
}

static bool is_taken(const struct alert_queued *item, const struct desk_answer *answer)
{
	return answer->outcome == STATUS_OK &&
	       (item->way == ALERT_EMAIL || answer->http_status / 100 == 2);
}

enum status office_alerts_take_answer(struct office *office,
                                      const struct desk_answer *answer, struct error *err)
{
	struct alert_book *book = &office->alerts;
	char why[ALERT_ERROR_MAX + 1];
	size_t at = 0;

	while (at < book->queue_count && book->queue[at].call != answer->call)
		at++;
	if (at == book->queue_count) /* its settings are gone */
		return STATUS_OK;
	book->queue[at].call = 0;
	if (is_taken(&book->queue[at], answer))
		TRY(take_success(office, at, err));
	else {
		if (answer->outcome == STATUS_OK)
			snprintf(
			    why, sizeof why,
			    "the webhook answers with status %d instead of taking it",
			    answer->http_status);
		else
			snprintf(why, sizeof why, "%s", answer->err.text);
		TRY(take_failure(office, at, why, err));
	}
	desk_announce(office->desk, "alert", "");
	return STATUS_OK;
}

int64_t office_alerts_send_ms(const struct office *office)
{
	const struct alert_book *book = &office->alerts;
	int64_t wake_s = INT64_MAX;

	if (in_flight(book) >= IN_FLIGHT_MAX)
		return INT64_MAX;
	for (size_t i = 0; i < book->queue_count; i++)
		if (book->queue[i].call == 0 && book->queue[i].next_s < wake_s)
			wake_s = book->queue[i].next_s;
	return wake_s == INT64_MAX ? INT64_MAX : wake_s * 1000;
}
