/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows "office/opened/<channel>/<desk>": a JSON list of [first, end), ascending, none
 * touching the next.
 */
#include "office/opened.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "office/state.h"
#include "record/array.h"

#define PREFIX "office/opened/"

struct opened_range {
	uint64_t first, end;
};

struct opened_log {
	struct record_channel_id channel;
	struct record_name desk;
	struct opened_range *ranges; /* owned */
	size_t count, cap;
};

void opened_release(struct opened_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].ranges);
	free(list->items);
	*list = (struct opened_list){0};
}

static struct opened_log *find(const struct opened_list *list,
                               const struct record_channel_id *channel, const char *desk)
{
	for (size_t i = 0; i < list->count; i++)
		if (hash_equal(&list->items[i].channel.hash, &channel->hash) &&
		    strcmp(list->items[i].desk.text, desk) == 0)
			return &list->items[i];
	return NULL;
}

static enum status add_log(struct opened_list *list,
                           const struct record_channel_id *channel, struct view desk,
                           struct opened_log **ret_log, struct error *err)
{
	TRY(record_array_reserve(&list->items, &list->cap, list->count + 1,
	                         sizeof *list->items, err));
	list->items[list->count] = (struct opened_log){.channel = *channel};
	TRY(record_name_decode(desk, &list->items[list->count].desk, err));
	*ret_log = &list->items[list->count++];
	return STATUS_OK;
}

/* The first range that ends at or behind the index. */
static size_t place_of(const struct opened_log *log, uint64_t index)
{
	size_t low = 0, high = log->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (log->ranges[middle].end < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool opened_has(const struct office *office, const struct record_channel_id *channel,
                const char *desk, uint64_t index)
{
	const struct opened_log *log = find(&office->opened, channel, desk);
	size_t place = log == NULL ? 0 : place_of(log, index + 1);

	return log != NULL && place < log->count && log->ranges[place].first <= index;
}

/* Puts the range in, and joins it with those that it touches. */
static enum status join(struct opened_log *log, uint64_t first, uint64_t end,
                        struct error *err)
{
	size_t from = place_of(log, first), to = from;

	TRY(record_array_reserve(&log->ranges, &log->cap, log->count + 1,
	                         sizeof *log->ranges, err));
	while (to < log->count && log->ranges[to].first <= end)
		to++;
	if (to > from) {
		if (log->ranges[from].first < first)
			first = log->ranges[from].first;
		if (log->ranges[to - 1].end > end)
			end = log->ranges[to - 1].end;
	} else if (log->count == OPENED_RANGES_MAX) {
		return error_set(err, STATUS_LIMIT,
		                 "too many single messages are marked as opened: mark "
		                 "all up to one of them");
	}
	memmove(log->ranges + from + 1, log->ranges + to,
	        (log->count - to) * sizeof *log->ranges);
	log->ranges[from] = (struct opened_range){first, end};
	log->count = log->count - (to - from) + 1;
	return STATUS_OK;
}

static enum status put(struct office *office, const struct opened_log *log,
                       struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	char key[OFFICE_KEY_MAX], hex[HASH_HEX_LEN + 1];

	hash_hex(&log->channel.hash, hex);
	(void)snprintf(key, sizeof key, PREFIX "%s/%s", hex, log->desk.text);
	for (size_t i = 0; i < log->count; i++)
		buf_printf(&row, "%s[%" PRIu64 ",%" PRIu64 "]", i == 0 ? "[" : ",",
		           log->ranges[i].first, log->ranges[i].end);
	buf_append_byte(&row, ']');
	TRY(buf_check(&row, "what was opened", err));
	return office_put(office, key, buf_view(&row), err);
}

enum status opened_mark(struct office *office, const struct record_channel_id *channel,
                        const char *desk, uint64_t first, uint64_t end, struct error *err)
{
	struct opened_log *log = find(&office->opened, channel, desk);

	if (first >= end)
		return STATUS_OK;
	if (log == NULL)
		TRY(add_log(&office->opened, channel, view_of_string(desk), &log, err));
	TRY(join(log, first, end, err));
	return put(office, log, err);
}

/* ---- from the store */

static bool integer_read(const struct json_doc *doc, const struct json_token *token,
                         uint64_t *ret_value)
{
	int64_t value;

	if (token == NULL || token->type != JSON_INTEGER)
		return false;
	value = json_integer(doc, token);
	*ret_value = (uint64_t)value;
	return value >= 0 && (uint64_t)value <= STORE_INDEX_MAX + 1;
}

static bool range_read(const struct json_doc *doc, const struct json_token *token,
                       uint64_t *ret_first, uint64_t *ret_end)
{
	const struct json_token *first;

	if (token->type != JSON_ARRAY || token->count != 2)
		return false;
	first = json_first(doc, token);
	return integer_read(doc, first, ret_first) &&
	       integer_read(doc, json_next(doc, token, first), ret_end) &&
	       *ret_first < *ret_end;
}

static enum status ranges_read(const struct json_doc *doc, struct opened_log *log,
                               struct error *err)
{
	const struct json_token *list = json_root(doc);
	uint64_t first, end;

	if (list->type != JSON_ARRAY)
		return error_set(err, STATUS_MALFORMED, "must be a list");
	for (const struct json_token *token = json_first(doc, list); token != NULL;
	     token = json_next(doc, list, token)) {
		if (!range_read(doc, token, &first, &end))
			return error_set(err, STATUS_MALFORMED, "holds what is no range");
		TRY(join(log, first, end, err));
	}
	return STATUS_OK;
}

static enum status take_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	struct office *office = context;
	struct view rest = view_from(key, strlen(PREFIX));
	struct record_channel_id channel;
	struct opened_log *log = NULL;

	if (rest.len < HASH_HEX_LEN + 2 || rest.data[HASH_HEX_LEN] != '/')
		return error_set(err, STATUS_MALFORMED, "a row has a damaged key");
	TRY(hex_decode_exact(view_of(rest.data, HASH_HEX_LEN), channel.hash.bytes,
	                     sizeof channel.hash.bytes, err));
	TRY(add_log(&office->opened, &channel, view_from(rest, HASH_HEX_LEN + 1), &log,
	            err));
	TRY(json_scan(&office->doc, value, 4 * OPENED_RANGES_MAX, err));
	return ranges_read(&office->doc, log, err);
}

enum status opened_load(struct office *office, struct error *err)
{
	enum status status = office_scan(office, PREFIX, take_row, office, err);

	return status == STATUS_OK ? status
	                           : error_context(err, status, "what was opened");
}
