/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions in memory, and a row for each.
 */
#include "office/sessions.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/json_writer.h"
#include "crypto/random.h"
#include "office/state.h"
#include "record/object.h"

#define SESSION_PREFIX "office/session/"

enum { ROW_MAX = 1024, ROW_TOKENS_MAX = 16, ROW_KEY_MAX = 128, RANDOM_LEN = 32 };

static void row_key(const struct hash *id, char ret_key[ROW_KEY_MAX])
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(id, hex);
	snprintf(ret_key, ROW_KEY_MAX, SESSION_PREFIX "%s", hex);
}

static enum status write_row(struct office *office, struct office_session *session,
                             struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(ROW_MAX);
	struct json_writer writer = json_writer_of(&row);
	char key[ROW_KEY_MAX];

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "name", session->name);
	json_writer_time(&writer, "created", session->created_s);
	json_writer_time(&writer, "seen", session->seen_s);
	json_writer_end(&writer);
	TRY(buf_check(&row, "the session", err));
	row_key(&session->id, key);
	session->noted_s = session->seen_s;
	return office_put(office, key, buf_view(&row), err);
}

static enum status read_name(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_session *session = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, session->name, err);
}

static enum status read_created(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct office_session *session = context;

	return record_time_read(doc, value, &session->created_s, err);
}

static enum status read_seen(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct office_session *session = context;

	return record_time_read(doc, value, &session->seen_s, err);
}

static enum status append(struct session_table *table,
                          const struct office_session *session, struct error *err)
{
	struct office_session *grown;

	if (table->count == SESSIONS_MAX)
		return error_set(err, STATUS_LIMIT, "there are %d sessions already",
		                 SESSIONS_MAX);
	grown = reallocarray(table->items, table->count + 1, sizeof *grown);
	if (grown == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for sessions");
	table->items = grown;
	grown[table->count++] = *session;
	return STATUS_OK;
}

static enum status load_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	static const struct record_member members[] = {
	    {"name", true, read_name},
	    {"created", true, read_created},
	    {"seen", true, read_seen},
	};
	struct office *office = context;
	struct office_session session = {.name = ""};

	TRY(json_scan(&office->doc, value, ROW_TOKENS_MAX, err));
	TRY(record_object_read(&office->doc, json_root(&office->doc), members, 3,
	                       &session, err));
	TRY(hex_decode_exact(view_from(key, strlen(SESSION_PREFIX)), session.id.bytes,
	                     sizeof session.id.bytes, err));
	session.noted_s = session.seen_s;
	return append(&office->sessions, &session, err);
}

enum status sessions_load(struct office *office, struct error *err)
{
	return office_scan(office, SESSION_PREFIX, load_row, office, err);
}

void sessions_release(struct office *office)
{
	free(office->sessions.items);
	office->sessions = (struct session_table){0};
}

/* ---- ends */

/* A clock that was set back makes no session live longer. */
static bool is_over(const struct office *office, const struct office_session *session)
{
	int64_t now_s = office->now_ms / 1000;

	return now_s >= session->created_s + SESSION_S ||
	       now_s >= session->seen_s + SESSION_IDLE_S ||
	       now_s < session->created_s - SESSION_NOTE_S;
}

static int64_t end_ms(const struct office_session *session)
{
	int64_t by_age_s = session->created_s + SESSION_S;
	int64_t by_rest_s = session->seen_s + SESSION_IDLE_S;

	return (by_age_s < by_rest_s ? by_age_s : by_rest_s) * 1000;
}

static enum status end_at(struct office *office, size_t at, struct error *err)
{
	struct session_table *table = &office->sessions;
	char key[ROW_KEY_MAX];

	row_key(&table->items[at].id, key);
	table->items[at] = table->items[--table->count];
	desk_announce(office->desk, DESK_EVENT_ACCESS, "");
	return office_remove(office, key, err);
}

enum status sessions_begin_turn(struct office *office, struct error *err)
{
	struct session_table *table = &office->sessions;

	for (size_t i = table->count; i-- > 0;)
		if (is_over(office, &table->items[i]))
			TRY(end_at(office, i, err));
	return STATUS_OK;
}

int64_t sessions_wake_ms(const struct office *office)
{
	int64_t wake_ms = INT64_MAX;

	for (size_t i = 0; i < office->sessions.count; i++) {
		int64_t due_ms = end_ms(&office->sessions.items[i]);

		if (due_ms < wake_ms)
			wake_ms = due_ms;
	}
	return wake_ms;
}

enum status office_session_end(struct office *office, const struct hash *id,
                               struct error *err)
{
	for (size_t i = 0; i < office->sessions.count; i++)
		if (hash_equal(&office->sessions.items[i].id, id))
			return end_at(office, i, err);
	return STATUS_OK;
}

enum status office_sessions_end_of(struct office *office, const char *name,
                                   const struct hash *but, struct error *err)
{
	struct session_table *table = &office->sessions;

	for (size_t i = table->count; i-- > 0;) {
		const struct office_session *session = &table->items[i];

		if (strcmp(session->name, name) == 0 &&
		    (but == NULL || !hash_equal(&session->id, but)))
			TRY(end_at(office, i, err));
	}
	return STATUS_OK;
}

/* ---- begin and use */

static enum status make_room(struct office *office, const char *name, struct error *err)
{
	const struct session_table *table = &office->sessions;
	size_t count = 0, oldest = SIZE_MAX;

	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->items[i].name, name) != 0)
			continue;
		count++;
		if (oldest == SIZE_MAX ||
		    table->items[i].seen_s < table->items[oldest].seen_s)
			oldest = i;
	}
	return count < SESSIONS_OF_ONE_MAX ? STATUS_OK : end_at(office, oldest, err);
}

static void make_token(char ret_token[SESSION_TOKEN_LEN + 1])
{
	struct hash random;

	random_bytes(random.bytes, RANDOM_LEN);
	hash_hex(&random, ret_token);
	crypto_wipe(&random, sizeof random);
}

enum status office_session_open(struct office *office, const char *name,
                                char ret_token[SESSION_TOKEN_LEN + 1], struct error *err)
{
	struct office_session session = {.created_s = office->now_ms / 1000,
	                                 .seen_s = office->now_ms / 1000};

	TRY(make_room(office, name, err));
	make_token(ret_token);
	session.id = sha256(view_of_string(ret_token));
	snprintf(session.name, sizeof session.name, "%s", name);
	TRY(append(&office->sessions, &session, err));
	return write_row(office, &office->sessions.items[office->sessions.count - 1],
	                 err);
}

static struct office_session *find(struct office *office, struct view token)
{
	struct hash id;

	if (token.len != SESSION_TOKEN_LEN)
		return NULL;
	id = sha256(token);
	for (size_t i = 0; i < office->sessions.count; i++)
		if (hash_equal(&office->sessions.items[i].id, &id))
			return &office->sessions.items[i];
	return NULL;
}

enum status office_session_use(struct office *office, struct view token,
                               const struct office_session **ret_session,
                               struct error *err)
{
	struct office_session *session = find(office, token);
	int64_t now_s = office->now_ms / 1000;

	if (session == NULL || is_over(office, session))
		return error_set(err, STATUS_NOT_FOUND, "there is no such session");
	if (now_s > session->seen_s)
		session->seen_s = now_s;
	if (session->seen_s - session->noted_s >= SESSION_NOTE_S)
		TRY(write_row(office, session, err));
	*ret_session = session;
	return STATUS_OK;
}
