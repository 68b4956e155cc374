/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the chain, and reading it back. Rows are keyed by their index in hex, so that
 * the store's order is the chain's.
 */
#include "office/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "codec/json_writer.h"
#include "codec/utf8.h"
#include "office/state.h"

#define AUDIT_PREFIX "office/audit/"

enum { JUNK_WINDOW_MS = 60000, KEY_LEN = 64, DATA_TOKENS_MAX = 4096 };

static void row_key(uint64_t index, char ret_key[KEY_LEN])
{
	snprintf(ret_key, KEY_LEN, AUDIT_PREFIX "%016" PRIx64, index);
}

enum status audit_load(struct office *office, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX);
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);
	struct audit_row row;
	enum status status = office_last(office, AUDIT_PREFIX, &key, &line, err);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	TRY(error_context(err, audit_row_parse(buf_view(&line), &office->doc, &row, err),
	                  "the newest row of the audit"));
	office->head.count = row.index + 1;
	office->head.hash = sha256(buf_view(&line));
	return STATUS_OK;
}

/* ---- writing */

/* Texts come from outside: cut where a character ends. */
static struct view cut(const char *text, size_t max)
{
	struct view view = view_of_string(text != NULL ? text : "");

	if (view.len <= max)
		return view;
	view.len = max;
	while (view.len > 0 && (view.data[view.len] & 0xc0) == 0x80)
		view.len--;
	return view;
}

static bool is_object(struct office *office, struct view data)
{
	return json_scan(&office->doc, data, DATA_TOKENS_MAX, NULL) == STATUS_OK &&
	       json_root(&office->doc)->type == JSON_OBJECT;
}

static void write_data(struct office *office, struct json_writer *writer,
                       struct view data)
{
	char hex[HASH_HEX_LEN + 1];
	struct hash hash;

	if (data.len == 0) {
		json_writer_raw(writer, "data", view_of_string("{}"));
		return;
	}
	if (data.len <= AUDIT_DATA_MAX && is_object(office, data)) {
		json_writer_raw(writer, "data", data);
		return;
	}
	hash = sha256(data);
	hash_hex(&hash, hex);
	json_writer_object(writer, "data");
	json_writer_integer(writer, "left_out", (int64_t)data.len);
	json_writer_string(writer, "sha256", hex);
	json_writer_end(writer);
}

static void write_row(struct office *office, const struct office_act *act,
                      struct buf *line)
{
	struct json_writer writer = json_writer_of(line);
	char previous[HASH_HEX_LEN + 1];

	hash_hex(&office->head.hash, previous);
	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "index", (int64_t)office->head.count);
	json_writer_time(&writer, "time", office->now_ms / 1000);
	json_writer_text(&writer, "who", cut(act->who->name, OFFICE_NAME_MAX));
	json_writer_string(&writer, "door", office_door_name(act->who->door));
	json_writer_text(&writer, "from", cut(act->who->remote, OFFICE_REMOTE_MAX));
	json_writer_text(&writer, "what", cut(act->what, AUDIT_WHAT_MAX));
	json_writer_text(&writer, "subject", cut(act->subject, AUDIT_SUBJECT_MAX));
	if (act->channel != NULL)
		json_writer_text(&writer, "channel", cut(act->channel, HASH_HEX_LEN));
	write_data(office, &writer, act->data);
	json_writer_string(&writer, "previous", previous);
	json_writer_end(&writer);
}

enum status office_audit(struct office *office, const struct office_act *act,
                         struct error *err)
{
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);
	char key[KEY_LEN];

	write_row(office, act, &line);
	TRY(buf_check(&line, "a row of the audit", err));
	row_key(office->head.count, key);
	TRY(office_put(office, key, buf_view(&line), err));
	office->head.hash = sha256(buf_view(&line));
	office->head.count++;
	return STATUS_OK;
}

/* ---- what nobody asked for */

/* The minute is over: one row for what had none of its own. */
static enum status close_minute(struct office *office, bool is_known, struct error *err)
{
	const struct office_principal nobody = {.door = OFFICE_DOOR_CONSOLE};
	struct audit_junk junk = office->junk[is_known];
	char data[96];

	office->junk[is_known] = (struct audit_junk){.since_ms = office->now_ms};
	if (junk.count <= AUDIT_JUNK_MAX)
		return STATUS_OK;
	snprintf(data, sizeof data, "{\"more\":%" PRIu64 ",\"of\":\"%s\"}",
	         junk.count - AUDIT_JUNK_MAX, is_known ? "people" : "strangers");
	return office_audit(office,
	                    &(struct office_act){.who = &nobody,
	                                         .what = "refusals",
	                                         .data = view_of_string(data)},
	                    err);
}

static bool is_minute_over(const struct office *office, const struct audit_junk *junk)
{
	int64_t age_ms = office->now_ms - junk->since_ms;

	return age_ms >= JUNK_WINDOW_MS || age_ms < 0;
}

enum status audit_begin_turn(struct office *office, struct error *err)
{
	for (int known = 0; known < 2; known++)
		if (office->junk[known].count > 0 &&
		    is_minute_over(office, &office->junk[known]))
			TRY(close_minute(office, known != 0, err));
	return STATUS_OK;
}

int64_t audit_wake_ms(const struct office *office)
{
	int64_t wake_ms = INT64_MAX;

	for (int known = 0; known < 2; known++) {
		const struct audit_junk *junk = &office->junk[known];

		if (junk->count > AUDIT_JUNK_MAX &&
		    junk->since_ms + JUNK_WINDOW_MS < wake_ms)
			wake_ms = junk->since_ms + JUNK_WINDOW_MS;
	}
	return wake_ms;
}

enum status office_audit_junk(struct office *office, const struct office_act *act,
                              struct error *err)
{
	struct audit_junk *junk = &office->junk[act->who->name[0] != '\0'];

	TRY(audit_begin_turn(office, err));
	if (junk->count == 0)
		junk->since_ms = office->now_ms;
	if (junk->count++ >= AUDIT_JUNK_MAX)
		return STATUS_OK;
	return office_audit(office, act, err);
}

/* ---- reading */

struct audit_head office_audit_head(const struct office *office)
{
	return office->head;
}

enum status office_audit_line(struct office *office, uint64_t index, struct buf *ret_line,
                              struct error *err)
{
	char key[KEY_LEN];

	if (index >= office->head.count)
		return error_set(err, STATUS_NOT_FOUND, "the audit has no row %" PRIu64,
		                 index);
	row_key(index, key);
	return office_get(office, key, ret_line, err);
}

enum status office_audit_verify(struct office *office, struct audit_chain *chain,
                                uint64_t slice, struct error *err)
{
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);

	for (uint64_t i = 0; i < slice && chain->next < office->head.count; i++) {
		enum status status = office_audit_line(office, chain->next, &line, err);

		if (status == STATUS_NOT_FOUND)
			return error_set(err, STATUS_UNTRUSTED,
			                 "row %" PRIu64 " of the audit is missing",
			                 chain->next);
		TRY(status);
		TRY(audit_chain_take(chain, buf_view(&line), err));
	}
	if (chain->next < office->head.count)
		return STATUS_AGAIN;
	if (office->head.count > 0 && !hash_equal(&chain->hash, &office->head.hash))
		return error_set(err, STATUS_UNTRUSTED,
		                 "the newest row of the audit is not the one that was "
		                 "written");
	return STATUS_OK;
}
