/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows "office/handover/<number>", and "office/handover-notes/…", "-note/…",
 * "-snapshot/…" of the same number.
 */
#include "office/handovers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/decimal.h"
#include "codec/json_writer.h"
#include "office/state.h"
#include "record/array.h"
#include "record/object.h"

#define PREFIX "office/handover/"

enum { ROW_TOKENS_MAX = 32 };

static const char *const words[] = {
    [HANDOVER_OFFERED] = "offered",
    [HANDOVER_ACCEPTED] = "accepted",
    [HANDOVER_WITHDRAWN] = "withdrawn",
};

const char *handover_state_word(enum handover_state state)
{
	return words[state];
}

void handovers_release(struct handover_list *list)
{
	free(list->items);
	*list = (struct handover_list){0};
}

size_t handovers_count(const struct office *office)
{
	return office->handovers.count;
}

const struct handover *handovers_nth(const struct office *office, size_t nth)
{
	return &office->handovers.items[nth];
}

static struct handover *find(const struct office *office, const char *id)
{
	for (size_t i = 0; i < office->handovers.count; i++)
		if (strcmp(office->handovers.items[i].id, id) == 0)
			return &office->handovers.items[i];
	return NULL;
}

const struct handover *handovers_find(const struct office *office, const char *id)
{
	return find(office, id);
}

/* ---- rows ---- */

static void row_key(const struct handover *handover, const char *what,
                    char key[OFFICE_KEY_MAX])
{
	(void)snprintf(key, OFFICE_KEY_MAX, "office/handover%s%s/%010" PRIu64,
	               what[0] == '\0' ? "" : "-", what, handover->number);
}

enum status handover_text(struct office *office, const struct handover *handover,
                          const char *what, struct buf *ret_text, struct error *err)
{
	char key[OFFICE_KEY_MAX];
	enum status status;

	row_key(handover, what, key);
	buf_clear(ret_text);
	status = office_get(office, key, ret_text, err);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status put_text(struct office *office, const struct handover *handover,
                            const char *what, struct view text, struct error *err)
{
	char key[OFFICE_KEY_MAX];

	row_key(handover, what, key);
	return text.len == 0 ? STATUS_OK : office_put(office, key, text, err);
}

static enum status put(struct office *office, const struct handover *handover,
                       struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(4096);
	struct json_writer writer = json_writer_of(&row);
	char key[OFFICE_KEY_MAX];

	row_key(handover, "", key);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "by", handover->by);
	json_writer_string(&writer, "to", handover->to);
	json_writer_time(&writer, "time", handover->time_s);
	json_writer_string(&writer, "state", handover_state_word(handover->state));
	if (handover->ended_s != 0)
		json_writer_time(&writer, "ended", handover->ended_s);
	json_writer_end(&writer);
	TRY(buf_check(&row, "the handover", err));
	return office_put(office, key, buf_view(&row), err);
}

static enum status list_append(struct office *office, uint64_t number,
                               struct handover **ret_handover, struct error *err)
{
	struct handover_list *list = &office->handovers;
	struct handover *handover;

	TRY(record_array_reserve(&list->items, &list->cap, list->count + 1,
	                         sizeof *list->items, err));
	handover = &list->items[list->count++];
	*handover = (struct handover){.number = number};
	(void)snprintf(handover->id, sizeof handover->id, "h%" PRIu64, number);
	*ret_handover = handover;
	return STATUS_OK;
}

/* ---- what people do ---- */

static enum status note(struct office *office, const struct office_principal *who,
                        const char *what, const struct handover *handover,
                        struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(512);
	struct json_writer writer = json_writer_of(&data);
	char members[128];

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "by", handover->by);
	json_writer_string(&writer, "to", handover->to);
	json_writer_end(&writer);
	TRY(office_audit(office,
	                 &(struct office_act){.who = who,
	                                      .what = what,
	                                      .subject = handover->id,
	                                      .data = buf_view(&data)},
	                 err));
	(void)snprintf(members, sizeof members, "\"id\":\"%s\",\"state\":\"%s\"",
	               handover->id, handover_state_word(handover->state));
	desk_announce(office->desk, "handover", members);
	return STATUS_OK;
}

static enum status check_offer(const struct office *office,
                               const struct office_principal *who, const char *to,
                               struct view notes, struct error *err)
{
	const struct office_operator *operator= office_operator_find(office, to);

	if (operator== NULL || operator->is_disabled ||(operator->roles &(
	        OFFICE_WATCH | OFFICE_OFFICER)) == 0)
		return error_set(err, STATUS_MALFORMED,
		                 "to: nobody of this name is on the watch");
	if (strcmp(who->name, to) == 0)
		return error_set(err, STATUS_CONFLICT,
		                 "to: the watch is handed over to somebody else");
	for (size_t i = 0; i < office->handovers.count; i++)
		if (office->handovers.items[i].state == HANDOVER_OFFERED &&
		    strcmp(office->handovers.items[i].by, who->name) == 0)
			return error_set(err, STATUS_CONFLICT,
			                 "you have offered the watch to %s already: "
			                 "withdraw that first",
			                 office->handovers.items[i].to);
	if (notes.len > HANDOVER_NOTES_MAX)
		return error_set(err, STATUS_LIMIT, "notes: have at most %d bytes",
		                 HANDOVER_NOTES_MAX);
	return STATUS_OK;
}

enum status handover_offer(struct office *office, const struct office_principal *who,
                           const char *to, struct view notes, struct view snapshot,
                           const struct handover **ret_handover, struct error *err)
{
	size_t count = office->handovers.count;
	uint64_t number = count == 0 ? 1 : office->handovers.items[count - 1].number + 1;
	struct handover *handover = NULL;

	TRY(check_offer(office, who, to, notes, err));
	if (snapshot.len > HANDOVER_SNAPSHOT_MAX)
		return error_set(err, STATUS_LIMIT, "more is open than can be kept");
	TRY(list_append(office, number, &handover, err));
	(void)snprintf(handover->by, sizeof handover->by, "%s", who->name);
	(void)snprintf(handover->to, sizeof handover->to, "%s", to);
	handover->time_s = office->now_ms / 1000;
	TRY(put_text(office, handover, "notes", notes, err));
	TRY(put_text(office, handover, "snapshot", snapshot, err));
	TRY(put(office, handover, err));
	*ret_handover = handover;
	return note(office, who, "handover.offer", handover, err);
}

static enum status find_offered(struct office *office, const char *id,
                                struct handover **ret_handover, struct error *err)
{
	*ret_handover = find(office, id);
	if (*ret_handover == NULL)
		return error_set(err, STATUS_NOT_FOUND, "there is no handover '%.24s'",
		                 id);
	if ((*ret_handover)->state != HANDOVER_OFFERED)
		return error_set(err, STATUS_CONFLICT, "the handover is %s already",
		                 handover_state_word((*ret_handover)->state));
	return STATUS_OK;
}

enum status handover_accept(struct office *office, const struct office_principal *who,
                            const char *id, struct view text, struct error *err)
{
	struct handover *handover = NULL;

	TRY(find_offered(office, id, &handover, err));
	if (who->door != OFFICE_DOOR_CONSOLE || strcmp(who->name, handover->to) != 0 ||
	    strcmp(who->name, handover->by) == 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "only %s, logged in at the console, can accept this",
		                 handover->to);
	if (text.len > HANDOVER_NOTE_MAX)
		return error_set(err, STATUS_LIMIT, "note: has at most %d bytes",
		                 HANDOVER_NOTE_MAX);
	handover->state = HANDOVER_ACCEPTED;
	handover->ended_s = office->now_ms / 1000;
	TRY(put_text(office, handover, "note", text, err));
	TRY(put(office, handover, err));
	return note(office, who, "handover.accept", handover, err);
}

enum status handover_withdraw(struct office *office, const struct office_principal *who,
                              const char *id, struct error *err)
{
	struct handover *handover = NULL;

	TRY(find_offered(office, id, &handover, err));
	if (strcmp(who->name, handover->by) != 0 && who->door != OFFICE_DOOR_LOCAL)
		return error_set(err, STATUS_UNTRUSTED, "only %s can withdraw this",
		                 handover->by);
	handover->state = HANDOVER_WITHDRAWN;
	handover->ended_s = office->now_ms / 1000;
	TRY(put(office, handover, err));
	return note(office, who, "handover.withdraw", handover, err);
}

/* ---- from the store ---- */

static enum status read_by(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct handover *handover = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, handover->by, err);
}

static enum status read_to(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct handover *handover = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, handover->to, err);
}

static enum status read_time(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	return record_time_read(doc, value, &((struct handover *)context)->time_s, err);
}

static enum status read_ended(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	return record_time_read(doc, value, &((struct handover *)context)->ended_s, err);
}

static enum status read_state(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct handover *handover = context;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (value->type == JSON_STRING && json_string_is(doc, value, words[i])) {
			handover->state = (enum handover_state)i;
			return STATUS_OK;
		}
	return error_set(err, STATUS_MALFORMED, "is no state");
}

static enum status take_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	static const struct record_member members[] = {
	    {"by", true, read_by},        {"to", true, read_to},
	    {"time", true, read_time},    {"state", true, read_state},
	    {"ended", false, read_ended},
	};
	struct office *office = context;
	struct handover *handover = NULL;
	struct view digits = view_from(key, strlen(PREFIX));
	uint64_t number;

	while (digits.len > 1 && digits.data[0] == '0')
		digits = view_from(digits, 1);
	TRY(decimal_decode(digits, UINT32_MAX, &number, err));
	TRY(list_append(office, number, &handover, err));
	TRY(json_scan(&office->doc, value, ROW_TOKENS_MAX, err));
	return record_object_read(&office->doc, json_root(&office->doc), members, 5,
	                          handover, err);
}

enum status handovers_load(struct office *office, struct error *err)
{
	enum status status = office_scan(office, PREFIX, take_row, office, err);

	return status == STATUS_OK ? status : error_context(err, status, "handovers");
}
