/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals of others that this desk can't read are answered once, by `signal.unknown`.
 * Which ones are still to be answered is kept in the store, written with the entry and
 * removed with the answer, so that no crash loses or doubles one. The list in memory
 * holds the same. Source: spec/codebooks/README.md.
 */
#include "desk/state.h"

#include <stdio.h>

#include "record/signal_body.h"

enum {
	ANSWERS_A_TURN = 64,
	/* rows of the store: */
	ROW_OWED = 0,
	ROW_ANSWERED = 1, /* a recovery brought the answer before its signal */
};

static const char row_prefix[] = "signal/";

static void make_key(struct buf *key, const struct log *log, uint64_t index)
{
	buf_append_string(key, row_prefix);
	buf_append_u32(key, log->number);
	buf_append_u64(key, index);
}

static enum status put_row(struct desk *desk, const struct log *log, uint64_t index,
                           uint8_t value, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX);
	make_key(&key, log, index);
	return desk->store.ops->put(desk->store.self, STORE_META, buf_view(&key),
	                            view_of(&value, 1), err);
}

static bool has_row(struct desk *desk, const struct log *log, uint64_t index)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), value = BUF_INIT(8);
	struct error err;
	make_key(&key, log, index);
	enum status status = desk->store.ops->get(desk->store.self, STORE_META,
	                                          buf_view(&key), &value, &err);
	if (status == STATUS_NOT_FOUND)
		return false;
	return desk_did(desk, status, &err);
}

static bool remove_row(struct desk *desk, const struct log *log, uint64_t index)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX);
	struct error err;
	make_key(&key, log, index);
	return desk_did(
	    desk,
	    desk->store.ops->remove(desk->store.self, STORE_META, buf_view(&key), &err),
	    &err);
}

/* Ascending: bodies come in the order of their entries. */
static void list_push(struct desk *desk, struct log *log, uint64_t index)
{
	if (desk_grow(desk, &log->unanswered, &log->unanswered_cap, log->unanswered_count,
	              sizeof *log->unanswered))
		log->unanswered[log->unanswered_count++] = index;
}

static void list_remove(struct log *log, size_t at)
{
	log->unanswered_count--;
	memmove(log->unanswered + at, log->unanswered + at + 1,
	        (log->unanswered_count - at) * sizeof *log->unanswered);
}

enum status signal_judge(struct desk *desk, const struct log *log, uint64_t index,
                         struct error *err)
{
	struct record_signal_name name;
	if (strcmp(desk->envelope.kind, "signal") != 0)
		return STATUS_OK;
	return record_signal_body_check(log_charter_at(log, index), &desk->body_doc,
	                                json_root(&desk->body_doc), &name, err);
}

/* Is the body that of a signal which this desk can't read? */
static bool is_unknown(struct desk *desk, const struct log *log, uint64_t index,
                       struct view body, struct record_signal_name *ret_name)
{
	const struct record_kind *kind = record_kind_find(view_of_string("signal"));
	struct json_doc *doc = &desk->body_doc;
	return record_kind_check_body(kind, body, doc, NULL) == STATUS_OK &&
	       record_signal_body_check(log_charter_at(log, index), doc, json_root(doc),
	                                ret_name, NULL) == STATUS_NOT_FOUND;
}

/* Was it written to this desk, and when this desk was a member? */
static bool is_for_us(const struct desk *desk, const struct log *log, uint64_t index)
{
	const char *own = desk->card.name.text;
	return !log->is_own && watch_is_addressed(&desk->envelope, own) &&
	       record_charter_member(log_charter_at(log, index), own) != SIZE_MAX;
}

void signal_take_body(struct desk *desk, struct log *log, uint64_t index,
                      struct view body)
{
	struct record_signal_name name;
	struct error err;
	if (strcmp(desk->envelope.kind, "signal") != 0 || !is_for_us(desk, log, index) ||
	    !is_unknown(desk, log, index, body, &name) || has_row(desk, log, index))
		return;
	if (desk_did(desk, put_row(desk, log, index, ROW_OWED, &err), &err))
		list_push(desk, log, index);
}

void signal_take_own(struct desk *desk, struct channel *channel,
                     const struct record_envelope *envelope)
{
	struct error err;
	if (strcmp(envelope->kind, "signal.unknown") != 0 || !envelope->has_re)
		return;
	uint64_t index;
	struct log *log = channel_find_log(channel, &envelope->re, &index);
	if (!log)
		return;
	for (size_t i = 0; i < log->unanswered_count; i++) {
		if (log->unanswered[i] != index)
			continue;
		list_remove(log, i);
		(void)remove_row(desk, log, index);
		return;
	}
	desk_fail(desk, put_row(desk, log, index, ROW_ANSWERED, &err), &err);
}

/* Writes the answer, unless the program has learnt to read the signal since. */
static enum status answer(struct desk *desk, struct log *log, uint64_t index,
                          struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	struct record_message_id re = {.index = log_id_index(log, index)};
	struct record_signal_name name;
	char body[256], hex[HASH_HEX_LEN + 1];
	re.desk = log->channel->members[log->member].name;
	TRY(log_read_body(desk, log, index, &blob, err));
	if (blob.len < RECORD_SALT_LEN)
		return error_set(err, STATUS_MALFORMED, "a body is damaged in the store");
	if (!is_unknown(desk, log, index, record_blob_content(buf_view(&blob)), &name))
		return STATUS_OK;
	hash_hex(&name.codebook, hex);
	int len = snprintf(body, sizeof body, "{\"codebook\":\"%s\",\"number\":%lld}",
	                   hex, (long long)name.number);
	return compose_automatic(desk, log->channel, "signal.unknown", &re,
	                         view_of(body, (size_t)len));
}

static void answer_log(struct desk *desk, struct log *log, size_t *left)
{
	struct error err;
	while (log->unanswered_count > 0 && log->unanswered[0] < log->cosigned_size) {
		uint64_t index = log->unanswered[0];
		if (*left == 0) {
			desk->wants_turn = true;
			return;
		}
		(*left)--;
		if (!desk_did(desk, answer(desk, log, index, &err), &err) ||
		    !remove_row(desk, log, index))
			return;
		list_remove(log, 0);
		desk->must_commit = true;
	}
	/* it will be cosigned at the end of this turn */
	if (log->unanswered_count > 0 && log->wants_cosign)
		desk->wants_turn = true;
}

void signal_step(struct desk *desk, struct channel *channel)
{
	size_t left = ANSWERS_A_TURN;
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (channel->logs[m]->unanswered_count > 0)
			answer_log(desk, channel->logs[m], &left);
}

static bool take_row(void *context, struct view key, struct view value)
{
	struct desk *desk = context;
	struct reader reader = reader_of(view_from(key, sizeof row_prefix - 1));
	uint32_t number;
	uint64_t index;
	if (!reader_u32(&reader, &number) || !reader_u64(&reader, &index) ||
	    value.len != 1 || value.data[0] != ROW_OWED)
		return true;
	for (size_t i = 0; i < desk->log_count; i++)
		if (desk->logs[i]->number == number)
			list_push(desk, desk->logs[i], index);
	return true;
}

enum status signal_load(struct desk *desk, struct error *err)
{
	return desk->store.ops->scan(desk->store.self, STORE_META,
	                             view_of_string(row_prefix), view_of("", 0), take_row,
	                             desk, err);
}
