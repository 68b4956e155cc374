/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cosignature lines of neutral witnesses, kept among the receipts: a row for each log,
 * key and size. The place of the member's name is taken by "/" and the hash of the
 * witness's key, which no desk can be named. What is kept here has been verified, but for
 * ML-DSA lines where this OpenSSL can't. Source: aldis.md 5.4.
 */
#include "desk/ask_witness.h"

#include <inttypes.h>

#include "desk/state.h"

enum {
	CHECK_NOTES_MAX = 16,   /* in a check's body */
	CHECK_NOTE_LEN = 8192,  /* each */
	LINE_LEN_MAX = 1 << 14, /* of a signature line */
};

/* Stands where receipts have the name of a member. */
struct keeper {
	char text[1 + HASH_HEX_LEN + 1];
};

static struct keeper keeper_of(const struct tlog_vkey *key)
{
	struct keeper keeper = {"/"};
	CLEANUP_BUF struct buf bytes = BUF_INIT(TLOG_KEY_MAX + 1);
	buf_append_byte(&bytes, key->type);
	buf_append(&bytes, key->key, key->key_len);
	struct hash hash = sha256(buf_view(&bytes));
	hash_hex(&hash, keeper.text + 1);
	return keeper;
}

/* The line over exactly this size and its time: NOT_FOUND when there is none. */
static enum status find_line(struct desk *desk, struct log *log,
                             const struct tlog_vkey *key, uint64_t size,
                             int64_t *ret_time_s, struct buf *ret_line, struct error *err)
{
	struct keeper keeper = keeper_of(key);
	struct tlog_note_line line;
	uint64_t found, time_s;
	if (size == 0)
		return error_set(err, STATUS_NOT_FOUND, "nothing to cosign");
	TRY(log_find_receipt(desk, log, keeper.text, size - 1, &found, ret_line, err));
	if (found != size)
		return error_set(err, STATUS_NOT_FOUND, "cosigned at another size");
	TRY(tlog_note_line_parse(buf_view(ret_line), &line, err));
	struct reader reader = reader_of(view_of(line.signature, line.signature_len));
	if (!reader_u64(&reader, &time_s))
		return error_set(err, STATUS_MALFORMED,
		                 "a witness's line is damaged in the store");
	*ret_time_s = (int64_t)time_s;
	return STATUS_OK;
}

enum status witness_line_put(struct desk *desk, struct log *log,
                             const struct tlog_vkey *key, uint64_t size, int64_t time_s,
                             struct view line, struct error *err)
{
	CLEANUP_BUF struct buf held = BUF_INIT(LINE_LEN_MAX);
	struct keeper keeper = keeper_of(key);
	int64_t held_s;
	if (find_line(desk, log, key, size, &held_s, &held, NULL) == STATUS_OK &&
	    held_s >= time_s)
		return STATUS_OK;
	desk_ride(desk);
	return log_put_receipt(desk, log, keeper.text, size, time_s, line, err);
}

enum status witness_line_newest(struct desk *desk, const struct log *log,
                                const struct tlog_vkey *key, uint64_t *ret_size,
                                int64_t *ret_time_s, struct buf *ret_line,
                                struct error *err)
{
	struct keeper keeper = keeper_of(key);
	CLEANUP_BUF struct buf prefix = BUF_INIT(STORE_KEY_MAX),
	                       row_key = BUF_INIT(STORE_KEY_MAX),
	                       row = BUF_INIT(LINE_LEN_MAX);
	uint64_t size, time_s;
	buf_append_u32(&prefix, log->number);
	buf_append_string(&prefix, keeper.text);
	buf_append_byte(&prefix, 0);
	TRY(desk->store.ops->last(desk->store.self, STORE_RECEIPT, buf_view(&prefix),
	                          &row_key, &row, err));
	struct reader at = reader_of(view_from(buf_view(&row_key), prefix.len));
	struct reader value = reader_of(buf_view(&row));
	if (!reader_u64(&at, &size) || !reader_u64(&value, &time_s))
		return error_set(err, STATUS_MALFORMED,
		                 "a witness's line is damaged in the store");
	if (ret_line)
		buf_append_view(ret_line, view_from(buf_view(&row), 8));
	*ret_size = size;
	*ret_time_s = (int64_t)time_s;
	return STATUS_OK;
}

/* Of any charter that was ever in force. */
static const struct tlog_vkey *find_key(const struct channel *channel, const char *keeper)
{
	for (size_t i = channel->agreement_count; i-- > 0;) {
		const struct tlog_policy *policy =
		    channel->agreements[i]->charter.witness_policy;
		for (size_t j = 0; policy && j < policy->item_count; j++) {
			const struct tlog_policy_item *item = &policy->items[j];
			if (!item->is_group &&
			    strcmp(keeper_of(&item->key).text, keeper) == 0)
				return &item->key;
		}
	}
	return NULL;
}

bool witness_line_verify(const struct log *log, const char *keeper, struct view text,
                         struct view line, uint64_t *ret_time_s)
{
	const struct tlog_vkey *key = find_key(log->channel, keeper);
	struct tlog_note_line parsed;
	enum status status;
	if (!key)
		return false;
	status = tlog_cosignature_verify_line(text, line, key, ret_time_s, NULL);
	if (status != STATUS_NOT_FOUND)
		return status == STATUS_OK;
	if (tlog_note_line_parse(line, &parsed, NULL) != STATUS_OK ||
	    parsed.id != key->id)
		return false;
	struct reader reader = reader_of(view_of(parsed.signature, parsed.signature_len));
	return reader_u64(&reader, ret_time_s);
}

enum status witness_line_append(struct desk *desk, struct log *log, uint64_t size,
                                size_t max_len, struct buf *out, struct error *err)
{
	const struct tlog_policy *policy = witness_policy(log->channel);
	for (size_t i = 0; policy && i < policy->item_count; i++) {
		CLEANUP_BUF struct buf line = BUF_INIT(LINE_LEN_MAX);
		int64_t time_s;
		if (policy->items[i].is_group)
			continue;
		enum status status = find_line(desk, log, &policy->items[i].key, size,
		                               &time_s, &line, err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		if (out->len + line.len <= max_len)
			buf_append_view(out, buf_view(&line));
	}
	return STATUS_OK;
}

void witness_line_harvest(struct desk *desk, struct log *log,
                          const struct tlog_note *note,
                          const struct tlog_checkpoint *checkpoint)
{
	const struct tlog_policy *policy = witness_policy(log->channel);
	for (size_t i = 0; policy && i < policy->item_count; i++) {
		const struct tlog_vkey *key = &policy->items[i].key;
		struct tlog_note_line line;
		struct error err;
		uint64_t time_s;
		if (policy->items[i].is_group ||
		    tlog_cosignature_verify(note, key, &time_s, NULL) != STATUS_OK ||
		    tlog_note_find(note, key, &line, NULL) != STATUS_OK)
			continue;
		desk_fail(desk,
		          witness_line_put(desk, log, key, checkpoint->size,
		                           (int64_t)time_s, line.whole, &err),
		          &err);
	}
}

/* ---- the body of a check */

/* What is held over one size: does it make the quorum, and the latest of the times. */
struct held {
	uint64_t size;
	int64_t time_s; /* 0: no line */
	bool is_quorum;
};

static enum status look_at(struct desk *desk, struct log *log, uint64_t size,
                           struct held *ret_held, struct error *err)
{
	const struct tlog_policy *policy = witness_policy(log->channel);
	bool is_there[TLOG_POLICY_ITEMS_MAX] = {false};
	*ret_held = (struct held){.size = size};
	for (size_t i = 0; i < policy->item_count; i++) {
		CLEANUP_BUF struct buf line = BUF_INIT(LINE_LEN_MAX);
		int64_t time_s;
		if (policy->items[i].is_group)
			continue;
		enum status status = find_line(desk, log, &policy->items[i].key, size,
		                               &time_s, &line, err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		is_there[i] = true;
		if (time_s > ret_held->time_s)
			ret_held->time_s = time_s;
	}
	ret_held->is_quorum = tlog_policy_is_satisfied(policy, is_there);
	return STATUS_OK;
}

static bool is_better(const struct held *a, const struct held *b)
{
	return a->is_quorum != b->is_quorum ? a->is_quorum : a->size > b->size;
}

/* The newest size with a quorum is the newest one of some witness. */
static enum status find_best(struct desk *desk, struct log *log, struct held *ret_best,
                             struct error *err)
{
	const struct tlog_policy *policy = witness_policy(log->channel);
	*ret_best = (struct held){0};
	for (size_t i = 0; i < policy->item_count; i++) {
		struct held held;
		uint64_t size;
		int64_t time_s;
		if (policy->items[i].is_group)
			continue;
		enum status status = witness_line_newest(desk, log, &policy->items[i].key,
		                                         &size, &time_s, NULL, err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		TRY(look_at(desk, log, size, &held, err));
		if (is_better(&held, ret_best))
			*ret_best = held;
	}
	return STATUS_OK;
}

/* The list in a check's body as it grows. */
struct carrying {
	struct buf *out;
	size_t max_len;
	unsigned count;
};

/* Appends the log's note of this size as one more string, if there is room. */
static enum status carry(struct desk *desk, struct log *log, uint64_t size,
                         struct carrying *carrying, bool *ret_is_carried,
                         struct error *err)
{
	CLEANUP_BUF struct buf kept = BUF_INIT(TLOG_NOTE_MAX),
	                       note = BUF_INIT(TLOG_NOTE_MAX),
	                       item = BUF_INIT(RECORD_BODY_MAX);
	*ret_is_carried = false;
	enum status status = log_checkpoint_at(desk, log, size, &kept, err);
	if (status == STATUS_NOT_FOUND || carrying->count == CHECK_NOTES_MAX)
		return STATUS_OK;
	TRY(status);
	if (!log_append_own_line(log, buf_view(&kept), &note))
		return STATUS_OK;
	TRY(witness_line_append(desk, log, size, CHECK_NOTE_LEN, &note, err));
	json_append_string(&item, buf_view(&note));
	TRY(buf_check(&item, "a checkpoint with witness lines", err));
	if (carrying->out->len + item.len + sizeof "{\"witness\":[]}" > carrying->max_len)
		return STATUS_OK;
	buf_append_string(carrying->out, carrying->count == 0 ? "{\"witness\":[" : ",");
	buf_append_view(carrying->out, buf_view(&item));
	carrying->count++;
	*ret_is_carried = true;
	return STATUS_OK;
}

static enum status carry_best(struct desk *desk, struct log *log,
                              struct carrying *carrying, struct error *err)
{
	struct held best;
	bool is_carried;
	TRY(find_best(desk, log, &best, err));
	if (best.size == 0 || (best.size == log->carried_witness_size &&
	                       best.time_s <= log->carried_witness_s))
		return STATUS_OK;
	TRY(carry(desk, log, best.size, carrying, &is_carried, err));
	if (is_carried) {
		log->carried_witness_size = best.size;
		log->carried_witness_s = best.time_s;
	}
	return STATUS_OK;
}

/* Those for deadlines, but for the best, which is carried in any case. */
static enum status carry_due(struct desk *desk, struct channel *channel,
                             struct carrying *carrying, struct error *err)
{
	struct log *own = channel_own_log(channel);
	uint64_t sizes[WITNESS_DUE_SIZES_MAX];
	size_t count = witness_take_due(channel, sizes);
	struct held best;
	bool is_carried;
	TRY(find_best(desk, own, &best, err));
	for (size_t i = 0; i < count; i++)
		if (sizes[i] != best.size && sizes[i] != own->carried_witness_size)
			TRY(carry(desk, own, sizes[i], carrying, &is_carried, err));
	return STATUS_OK;
}

enum status witness_check_body(struct desk *desk, struct channel *channel,
                               struct buf *out, struct error *err)
{
	struct log *own = channel_own_log(channel);
	struct carrying carrying = {.out = out,
	                            .max_len = log_charter(own)->limits.body_len};
	if (!witness_policy(channel))
		return STATUS_OK;
	TRY(carry_due(desk, channel, &carrying, err));
	TRY(carry_best(desk, own, &carrying, err));
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own)
			TRY(carry_best(desk, channel->logs[m], &carrying, err));
	if (carrying.count > 0)
		buf_append_string(out, "]}");
	return buf_check(out, "the body of a check", err);
}
