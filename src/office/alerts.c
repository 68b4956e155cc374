/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows: office/alert/settings, office/alert/seen/<id> (when an item was last told of),
 * office/alert/queue/<number> (a text and how often it was tried), office/alert/way/<way>
 * (how sending goes). All but the texts is in memory as well.
 */
#include "office/alerts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "office/alert_rows.h"
#include "office/state.h"

#define SEEN_PREFIX "office/alert/seen/"
#define QUEUE_PREFIX "office/alert/queue/"
#define WAY_PREFIX "office/alert/way/"
#define SETTINGS_KEY "office/alert/settings"

enum {
	SEEN_MAX = 20000,
	IN_FLIGHT_MAX = 4,
	ROW_TOKENS_MAX = 256,
	SETTINGS_ROW_MAX = 64 * 1024,
	ANSWER_MAX = 4096,
};

static const char *const way_names[ALERT_WAYS] = {"email", "webhook"};

/* ---- rows ---- */

static void seen_key(const struct hash *id, char ret_key[OFFICE_KEY_MAX])
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(id, hex);
	snprintf(ret_key, OFFICE_KEY_MAX, SEEN_PREFIX "%s", hex);
}

static void queue_key(uint64_t number, char ret_key[OFFICE_KEY_MAX])
{
	snprintf(ret_key, OFFICE_KEY_MAX, QUEUE_PREFIX "%016" PRIx64, number);
}

static enum status put_seen(struct office *office, const struct alert_seen *seen,
                            struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(256);
	char key[OFFICE_KEY_MAX];

	seen_key(&seen->id, key);
	alert_seen_encode(seen, &row);
	return office_put(office, key, buf_view(&row), err);
}

static enum status put_queued(struct office *office, const struct alert_queued *item,
                              struct view text, struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	char key[OFFICE_KEY_MAX];

	queue_key(item->number, key);
	alert_queued_encode(item, text, &row);
	TRY(buf_check(&row, "an alert", err));
	return office_put(office, key, buf_view(&row), err);
}

static enum status put_way(struct office *office, enum alert_way way, struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(2048);
	char key[OFFICE_KEY_MAX];

	snprintf(key, sizeof key, WAY_PREFIX "%s", way_names[way]);
	alert_way_encode(&office->alerts.ways[way], &row);
	TRY(buf_check(&row, "how alerts go", err));
	return office_put(office, key, buf_view(&row), err);
}

static enum status put_settings(struct office *office, struct error *err)
{
	struct buf row = BUF_INIT(SETTINGS_ROW_MAX);
	struct json_writer writer = json_writer_of(&row);
	enum status status;

	json_writer_object(&writer, NULL);
	alert_settings_write(&writer, &office->alerts.settings, true);
	json_writer_end(&writer);
	status = buf_check(&row, "the settings of the alerts", err);
	if (status == STATUS_OK)
		status = office_put(office, SETTINGS_KEY, buf_view(&row), err);
	if (row.data != NULL)
		crypto_wipe(row.data, row.len);
	buf_release(&row);
	return status;
}

/* ---- memory ---- */

static enum status reserve(void *array_pointer, size_t *cap, size_t count, size_t size,
                           struct error *err)
{
	void **array = array_pointer, *grown;

	if (count < *cap)
		return STATUS_OK;
	grown = reallocarray(*array, 2 * *cap + 16, size);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for alerts");
	*array = grown;
	*cap = 2 * *cap + 16;
	return STATUS_OK;
}

/* Where the item stands among those that were told of, by id, or would. */
static size_t seen_place(const struct alert_book *book, const struct hash *id)
{
	size_t low = 0, high = book->seen_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(book->seen[middle].id.bytes, id->bytes, sizeof id->bytes) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct alert_seen *find_seen(struct alert_book *book, const struct hash *id)
{
	size_t at = seen_place(book, id);

	return at < book->seen_count && hash_equal(&book->seen[at].id, id)
	           ? &book->seen[at]
	           : NULL;
}

static enum status keep_seen(struct alert_book *book, const struct alert_seen *seen,
                             struct error *err)
{
	size_t at = seen_place(book, &seen->id);

	if (book->seen_count == SEEN_MAX)
		return error_set(err, STATUS_LIMIT, "more than %d items are told of",
		                 SEEN_MAX);
	TRY(reserve(&book->seen, &book->seen_cap, book->seen_count, sizeof *book->seen,
	            err));
	memmove(&book->seen[at + 1], &book->seen[at],
	        (book->seen_count - at) * sizeof *book->seen);
	book->seen[at] = *seen;
	book->seen_count++;
	return STATUS_OK;
}

static enum status keep_queued(struct alert_book *book, const struct alert_queued *item,
                               struct error *err)
{
	TRY(reserve(&book->queue, &book->queue_cap, book->queue_count,
	            sizeof *book->queue, err));
	book->queue[book->queue_count++] = *item;
	if (item->number >= book->next_number)
		book->next_number = item->number + 1;
	return STATUS_OK;
}

void alerts_release(struct office *office)
{
	struct alert_book *book = &office->alerts;

	free(book->seen);
	free(book->queue);
	crypto_wipe(&book->settings, sizeof book->settings);
	*book = (struct alert_book){0};
}

/* ---- start ---- */

static enum status load_seen(void *context, struct view key, struct view value,
                             struct error *err)
{
	struct office *office = context;
	struct alert_seen seen;

	TRY(alert_seen_decode(view_from(key, strlen(SEEN_PREFIX)), value, &office->doc,
	                      &seen, err));
	return keep_seen(&office->alerts, &seen, err);
}

static enum status load_queued(void *context, struct view key, struct view value,
                               struct error *err)
{
	struct office *office = context;
	struct alert_queued item;

	TRY(alert_queued_decode(view_from(key, strlen(QUEUE_PREFIX)), value, &office->doc,
	                        &item, NULL, err));
	return keep_queued(&office->alerts, &item, err);
}

static enum status load_way(struct office *office, enum alert_way way, struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	char key[OFFICE_KEY_MAX];
	enum status status;

	snprintf(key, sizeof key, WAY_PREFIX "%s", way_names[way]);
	status = office_get(office, key, &row, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	return alert_way_decode(buf_view(&row), &office->doc, &office->alerts.ways[way],
	                        err);
}

static enum status load_settings(struct office *office, struct error *err)
{
	struct buf row = BUF_INIT(SETTINGS_ROW_MAX);
	enum status status = office_get(office, SETTINGS_KEY, &row, err);

	if (status == STATUS_OK)
		status = json_scan(&office->doc, buf_view(&row), ROW_TOKENS_MAX, err);
	if (status == STATUS_OK)
		status = alert_settings_read(&office->doc, json_root(&office->doc), NULL,
		                             &office->alerts.settings, NULL, err);
	if (row.data != NULL)
		crypto_wipe(row.data, row.len);
	buf_release(&row);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status alerts_load(struct office *office, struct error *err)
{
	TRY(load_settings(office, err));
	TRY(office_scan(office, SEEN_PREFIX, load_seen, office, err));
	TRY(office_scan(office, QUEUE_PREFIX, load_queued, office, err));
	for (enum alert_way way = 0; way < ALERT_WAYS; way++)
		TRY(load_way(office, way, err));
	return STATUS_OK;
}

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

static enum status drop_queued(struct office *office, size_t at, struct error *err)
{
	struct alert_book *book = &office->alerts;
	char key[OFFICE_KEY_MAX];

	queue_key(book->queue[at].number, key);
	book->queue[at] = book->queue[--book->queue_count];
	return office_remove(office, key, err);
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
			TRY(drop_queued(office, i, err));
	for (size_t i = 0; i < book->queue_count; i++) /* perhaps it works now */
		book->queue[i].next_s = 0;
	for (enum alert_way way = 0; way < ALERT_WAYS; way++) {
		if (has_way(settings, way))
			continue;
		book->ways[way] = (struct alert_way_state){0};
		TRY(put_way(office, way, err));
	}
	return put_settings(office, err);
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
	TRY(put_way(office, book->queue[oldest].way, err));
	return drop_queued(office, oldest, err);
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
	TRY(put_queued(office, &item, buf_view(&body), err));
	return keep_queued(book, &item, err);
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

/* Forgets what is no more, or was taken: should it come again, it is new. */
static enum status forget_gone(struct office *office, struct error *err)
{
	struct alert_book *book = &office->alerts;
	size_t kept = 0;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < book->seen_count; i++) {
		char key[OFFICE_KEY_MAX];

		if (book->seen[i].is_there) {
			book->seen[kept++] = book->seen[i];
			continue;
		}
		seen_key(&book->seen[i].id, key);
		if (status == STATUS_OK)
			status = office_remove(office, key, err);
	}
	book->seen_count = kept;
	return status;
}

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
		seen = find_seen(book, &items[i].id);
		if (seen != NULL)
			seen->is_there = true;
		ret_wanted[(*ret_count)++] = items[i];
	}
	return forget_gone(office, err);
}

/* Items that were told of too long ago, and those never. */
static void judge(struct alert_book *book, const struct alert_item *items, size_t count,
                  int64_t now_s, size_t *ret_new, bool *ret_is_due)
{
	*ret_new = 0;
	*ret_is_due = false;
	for (size_t i = 0; i < count; i++) {
		const struct alert_seen *seen = find_seen(book, &items[i].id);

		*ret_new += seen == NULL;
		if (seen != NULL &&
		    seen->told_s + book->settings.repeat_minutes * 60 <= now_s)
			*ret_is_due = true;
	}
	*ret_is_due = *ret_is_due || *ret_new > 0;
}

static enum status note_told(struct office *office, const struct alert_item *items,
                             size_t count, struct error *err)
{
	struct alert_book *book = &office->alerts;

	for (size_t i = 0; i < count; i++) {
		struct alert_seen *seen = find_seen(book, &items[i].id);
		struct alert_seen told = {
		    .id = items[i].id, .told_s = office->now_ms / 1000, .is_there = true};

		if (seen != NULL)
			*seen = told;
		else
			TRY(keep_seen(book, &told, err));
		TRY(put_seen(office, &told, err));
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
	if (count > SEEN_MAX)
		count = SEEN_MAX;
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

/* ---- sending ---- */

/* "sha256=<hex>" over the body, with the secret that both sides know. */
static void sign(const struct alert_webhook *webhook, struct view body,
                 char ret_signature[DESK_SIGNATURE_MAX + 1])
{
	struct hash mac = hmac_sha256(view_of_string(webhook->secret), body);
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&mac, hex);
	snprintf(ret_signature, DESK_SIGNATURE_MAX + 1, "sha256=%s", hex);
}

static uint64_t call_webhook(struct office *office, struct view body)
{
	const struct alert_webhook *webhook = &office->alerts.settings.webhook;
	size_t base_len = alert_url_base_len(webhook->url);
	char base[ALERT_URL_MAX + 1], signature[DESK_SIGNATURE_MAX + 1];
	const char *path = webhook->url + base_len;

	memcpy(base, webhook->url, base_len);
	base[base_len] = '\0';
	sign(webhook, body, signature);
	return desk_call_outside(
	    office->desk, &(struct desk_call){
	                      .url = base,
	                      .method = DESK_POST,
	                      .path = path[0] != '\0' ? path : "/",
	                      .type = "application/json",
	                      .body = body,
	                      .answer_max = ANSWER_MAX,
	                      .signature = webhook->secret[0] != '\0' ? signature : NULL,
	                  });
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

static enum status read_queued(struct office *office, uint64_t number,
                               struct alert_queued *ret_item, struct buf *ret_text,
                               struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	char key[OFFICE_KEY_MAX];

	queue_key(number, key);
	TRY(office_get(office, key, &row, err));
	return alert_queued_decode(view_from(view_of_string(key), strlen(QUEUE_PREFIX)),
	                           buf_view(&row), &office->doc, ret_item, ret_text, err);
}

static enum status send_one(struct office *office, struct alert_queued *item,
                            struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(OFFICE_ROW_MAX);
	struct alert_queued stored;

	item->next_s = office->now_ms / 1000 + ALERTS_RETRY_MAX_S; /* if it fails here */
	TRY(read_queued(office, item->number, &stored, &text, err));
	item->call = item->way == ALERT_EMAIL ? call_mail(office, item, buf_view(&text))
	                                      : call_webhook(office, buf_view(&text));
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
	                                         .subject = way_names[way],
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
	TRY(drop_queued(office, at, err));
	return put_way(office, way, err);
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
	TRY(read_queued(office, item->number, &stored, &text, err));
	return put_queued(office, item, buf_view(&text), err);
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
		return put_way(office, item.way, err);
	}
	state->given_up++;
	TRY(note(office, "alert.given-up", item.way, why, err));
	TRY(drop_queued(office, at, err));
	return put_way(office, item.way, err);
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

/* ---- when, and how it goes ---- */

static int64_t in_ms(int64_t time_s)
{
	return time_s == INT64_MAX ? INT64_MAX : time_s * 1000;
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
	return in_ms(wake_s);
}

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
	return in_ms(wake_s);
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
		json_writer_string(writer, "to", way_names[way]);
		json_writer_text(writer, "why", view_of_string(state->last_error));
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

void office_alerts_write_state(struct json_writer *writer, const char *name,
                               const struct office *office)
{
	const struct alert_book *book = &office->alerts;

	json_writer_object(writer, name);
	for (enum alert_way way = 0; way < ALERT_WAYS; way++) {
		const struct alert_way_state *state = &book->ways[way];
		int64_t queued = 0;

		for (size_t i = 0; i < book->queue_count; i++)
			queued += book->queue[i].way == way;
		json_writer_object(writer, way_names[way]);
		json_writer_integer(writer, "queued", queued);
		json_writer_time_or_never(writer, "last_sent", state->last_sent_s);
		json_writer_time_or_never(writer, "failing_since",
		                          state->failing_since_s);
		json_writer_text(writer, "last_error", view_of_string(state->last_error));
		json_writer_integer(writer, "given_up", (int64_t)state->given_up);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}
