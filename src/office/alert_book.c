/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows: office/alert/settings, office/alert/seen/<id> (when an item was last told of),
 * office/alert/queue/<number> (a text and how often it was tried), office/alert/way/<way>
 * (how sending goes). All but the texts is in memory as well.
 */
#include "office/alert_book.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "office/state.h"

#define SEEN_PREFIX "office/alert/seen/"
#define QUEUE_PREFIX "office/alert/queue/"
#define WAY_PREFIX "office/alert/way/"
#define SETTINGS_KEY "office/alert/settings"

enum { ROW_TOKENS_MAX = 256, SETTINGS_ROW_MAX = 64 * 1024 };

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

enum status alert_book_put_seen(struct office *office, const struct alert_seen *seen,
                                struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(256);
	char key[OFFICE_KEY_MAX];

	seen_key(&seen->id, key);
	alert_seen_encode(seen, &row);
	return office_put(office, key, buf_view(&row), err);
}

enum status alert_book_put_queued(struct office *office, const struct alert_queued *item,
                                  struct view text, struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	char key[OFFICE_KEY_MAX];

	queue_key(item->number, key);
	alert_queued_encode(item, text, &row);
	TRY(buf_check(&row, "an alert", err));
	return office_put(office, key, buf_view(&row), err);
}

enum status alert_book_put_way(struct office *office, enum alert_way way,
                               struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(2048);
	char key[OFFICE_KEY_MAX];

	snprintf(key, sizeof key, WAY_PREFIX "%s", alert_way_name(way));
	alert_way_encode(&office->alerts.ways[way], &row);
	TRY(buf_check(&row, "how alerts go", err));
	return office_put(office, key, buf_view(&row), err);
}

enum status alert_book_put_settings(struct office *office, struct error *err)
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

struct alert_seen *alert_book_find_seen(struct alert_book *book, const struct hash *id)
{
	size_t at = seen_place(book, id);

	return at < book->seen_count && hash_equal(&book->seen[at].id, id)
	           ? &book->seen[at]
	           : NULL;
}

enum status alert_book_keep_seen(struct alert_book *book, const struct alert_seen *seen,
                                 struct error *err)
{
	size_t at = seen_place(book, &seen->id);

	if (book->seen_count == ALERT_SEEN_MAX)
		return error_set(err, STATUS_LIMIT, "more than %d items are told of",
		                 ALERT_SEEN_MAX);
	TRY(reserve(&book->seen, &book->seen_cap, book->seen_count, sizeof *book->seen,
	            err));
	memmove(&book->seen[at + 1], &book->seen[at],
	        (book->seen_count - at) * sizeof *book->seen);
	book->seen[at] = *seen;
	book->seen_count++;
	return STATUS_OK;
}

enum status alert_book_keep_queued(struct alert_book *book,
                                   const struct alert_queued *item, struct error *err)
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
	return alert_book_keep_seen(&office->alerts, &seen, err);
}

static enum status load_queued(void *context, struct view key, struct view value,
                               struct error *err)
{
	struct office *office = context;
	struct alert_queued item;

	TRY(alert_queued_decode(view_from(key, strlen(QUEUE_PREFIX)), value, &office->doc,
	                        &item, NULL, err));
	return alert_book_keep_queued(&office->alerts, &item, err);
}

static enum status load_way(struct office *office, enum alert_way way, struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	char key[OFFICE_KEY_MAX];
	enum status status;

	snprintf(key, sizeof key, WAY_PREFIX "%s", alert_way_name(way));
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

enum status alert_book_drop_queued(struct office *office, size_t at, struct error *err)
{
	struct alert_book *book = &office->alerts;
	char key[OFFICE_KEY_MAX];

	queue_key(book->queue[at].number, key);
	book->queue[at] = book->queue[--book->queue_count];
	return office_remove(office, key, err);
}

enum status alert_book_read_queued(struct office *office, uint64_t number,
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

enum status alert_book_forget_gone(struct office *office, struct error *err)
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
