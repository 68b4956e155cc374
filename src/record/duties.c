/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes entries apart and hands each part to the file that knows it; lists rows in their
 * order. Everything kept is found again by numbers that grow, so that one more entry
 * costs no more than the logarithm of those before it.
 */
#include "record/duties.h"

#include "record/duties_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "record/array.h"

enum status record_duties_new(const struct record_duties_facts *facts,
                              struct record_duties **ret_duties, struct error *err)
{
	struct record_duties *duties = calloc(1, sizeof *duties);

	if (duties == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the duties");
	duties->facts = *facts;
	duties->queue = DUTIES_NONE;
	*ret_duties = duties;
	return STATUS_OK;
}

void record_duties_free(struct record_duties *duties)
{
	if (duties == NULL)
		return;
	for (size_t i = 0; i < duties->desk_count; i++)
		duties_desk_free(duties->desks[i]);
	for (size_t i = 0; i < duties->charter_count; i++)
		free(duties->charters[i].members);
	for (size_t i = 0; i < duties->deferred_count; i++)
		buf_release(&duties->deferred[i].line);
	free(duties->desks);
	free(duties->by_name);
	free(duties->logs);
	free(duties->charters);
	free(duties->questions);
	free(duties->rows);
	free(duties->deferred);
	json_release(&duties->doc);
	free(duties);
}

static enum status add_key(struct duties_desk *desk, const struct ed25519_public *key,
                           bool *ret_is_new, struct error *err)
{
	*ret_is_new = false;
	for (size_t i = 0; i < desk->mirror_key_count; i++)
		if (memcmp(&desk->mirror_keys[i], key, sizeof *key) == 0)
			return STATUS_OK;
	TRY(duties_reserve_one(&desk->mirror_keys, desk->mirror_key_count, sizeof *key,
	                       err));
	desk->mirror_keys[desk->mirror_key_count++] = *key;
	*ret_is_new = true;
	return STATUS_OK;
}

enum status record_duties_add_log(struct record_duties *duties,
                                  const struct record_card *card, uint32_t *ret_log,
                                  struct error *err)
{
	struct duties_desk *desk;
	uint32_t number;
	bool is_new_key;

	TRY(duties_desk(duties, card->name.text, &number, err));
	desk = duties->desks[number];
	TRY(record_array_reserve(&duties->logs, &duties->log_cap, duties->log_count + 1,
	                         sizeof *duties->logs, err));
	TRY(add_key(desk, &card->keys[RECORD_ROLE_MIRROR], &is_new_key, err));
	if (desk->log == DUTIES_NONE) {
		desk->log = (uint32_t)duties->log_count;
		duties->logs[duties->log_count++] = number;
	}
	*ret_log = desk->log;
	return is_new_key ? duties_settle_deferred(duties, number, err) : STATUS_OK;
}

bool duties_body_is_right(struct record_duties *duties, const struct duties_entry *entry)
{
	const struct record_kind *kind = entry->kind;

	if (entry->body.len == 0)
		return !kind->has_body || kind->body_optional;
	return record_kind_check_body(kind, entry->body, &duties->doc, NULL) == STATUS_OK;
}

static void take_leave(struct record_duties *duties, const struct duties_entry *entry)
{
	struct duties_desk *desk = duties->desks[entry->desk];

	if (desk->has_left || !duties_body_is_right(duties, entry))
		return;
	desk->has_left = true;
	desk->left_s = entry->envelope->sent_s;
	duties_refresh_left(duties, entry->desk);
}

static enum status take(struct record_duties *duties, const struct duties_entry *entry,
                        struct error *err)
{
	TRY(duties_take_period(duties, entry, err));
	TRY(duties_take_seen(duties, entry, err));
	TRY(duties_take_question(duties, entry, err));
	TRY(duties_take_reply(duties, entry, err));
	if (strcmp(entry->kind->name, "receipt") == 0)
		return duties_take_receipt(duties, entry, err);
	if (strcmp(entry->kind->name, "check") == 0)
		return duties_take_check(duties, entry, err);
	if (strcmp(entry->kind->name, "leave") == 0)
		take_leave(duties, entry);
	return STATUS_OK;
}

enum status record_duties_add(struct record_duties *duties,
                              const struct record_duties_entry *given, struct error *err)
{
	assert(given->log < duties->log_count);
	struct duties_desk *desk = duties->desks[duties->logs[given->log]];
	struct duties_entry entry = {.desk = duties->logs[given->log],
	                             .index = desk->given,
	                             .envelope = given->envelope,
	                             .body = given->body};

	if (given->envelope != NULL)
		entry.kind = record_kind_find(view_of_string(given->envelope->kind));
	if (entry.kind != NULL) {
		TRY(duties_charter_find(duties, given->charter, &entry.charter, err));
		TRY(take(duties, &entry, err));
	}
	desk->given++;
	duties_settle_waiting(duties, entry.desk);
	return duties_settle_claims(duties, entry.desk, err);
}

uint64_t record_duties_revision(const struct record_duties *duties)
{
	return duties->revision;
}

static bool list_question(const struct record_duties *duties, uint32_t number,
                          int64_t now_s, bool only_open, record_duty_fn *fn,
                          void *context)
{
	const struct duties_question *question = &duties->questions[number];
	struct record_duty_row row;

	for (uint32_t i = 0; i < question->row_count; i++) {
		if (only_open && duties->rows[question->first_row + i].is_closed)
			continue;
		duties_row_fill(duties, question->first_row + i, now_s, &row);
		if (!fn(context, &row))
			return false;
	}
	return true;
}

static bool list_desk(const struct record_duties *duties, const struct duties_desk *desk,
                      int64_t now_s, bool only_open, record_duty_fn *fn, void *context)
{
	for (size_t i = 0; i < desk->question_count; i++)
		if (!list_question(duties, desk->questions[i], now_s, only_open, fn,
		                   context))
			return false;
	return true;
}

void record_duties_list(const struct record_duties *duties, int64_t now_s, bool only_open,
                        record_duty_fn *fn, void *context)
{
	for (size_t i = 0; i < duties->desk_count; i++)
		if (!list_desk(duties, duties->desks[duties->by_name[i]], now_s,
		               only_open, fn, context))
			return;
	for (size_t i = 0; i < duties->desk_count; i++)
		if (!duties_period_list(duties->desks[duties->by_name[i]], now_s,
		                        only_open, fn, context))
			return;
}

void record_duties_of(const struct record_duties *duties,
                      const struct record_message_id *question, int64_t now_s,
                      record_duty_fn *fn, void *context)
{
	for (size_t i = 0; i < duties->desk_count; i++) {
		const struct duties_desk *desk = duties->desks[i];
		uint32_t number = DUTIES_NONE;

		if (strcmp(desk->name.text, question->desk.text) == 0)
			number = duties_question_find(duties, desk, question->index);
		if (number != DUTIES_NONE)
			(void)list_question(duties, number, now_s, false, fn, context);
	}
}

int64_t record_duties_next_change_s(const struct record_duties *duties, int64_t now_s)
{
	int64_t next_s = duties_queue_next(duties, now_s);

	if (next_s != INT64_MAX)
		next_s++; /* an answer at the deadline is in time */
	for (size_t i = 0; i < duties->desk_count; i++) {
		int64_t other_s = duties_period_next(duties->desks[i], now_s);

		if (other_s < next_s)
			next_s = other_s;
	}
	return next_s;
}
