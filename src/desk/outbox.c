/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that wait while the own log may not grow: durable and in order, as rows of the
 * store. They get index, `sent` and `seen` when they enter the log. Source: aldis.md 7.4.
 */
#include "desk/state.h"

/* No index: the charter that came into force meanwhile does not let it out. */
#define DESK_REFUSED_INDEX (DESK_QUEUED_INDEX - 1)

static void outbox_prefix(struct buf *key, const struct channel *channel)
{
	buf_append_string(key, "outbox/");
	buf_append_view(key, hash_view(&channel->id.hash));
}

enum status outbox_put(struct desk *desk, struct channel *channel,
                       struct record_envelope *envelope, struct view blob,
                       struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(1 << 20);
	struct buf *entry = &desk->scratch;
	envelope->sent_s = desk->now_ms / 1000;
	envelope->seen_count = 0;
	buf_clear(entry);
	TRY(record_envelope_append(envelope, entry, err));
	outbox_prefix(&key, channel);
	buf_append_u64(&key, channel->outbox_next);
	buf_append_u32(&row, (uint32_t)entry->len);
	buf_append_view(&row, buf_view(entry));
	buf_append_view(&row, blob);
	TRY(buf_check(&row, "a waiting message", err));
	TRY(desk->store.ops->put(desk->store.self, STORE_META, buf_view(&key),
	                         buf_view(&row), err));
	channel->outbox_next++;
	desk->must_commit = true;
	desk->generation++;
	return STATUS_OK;
}

/* Under which index a message that waited was written: by its number in the outbox. */
static void sent_key(struct buf *key, const struct channel *channel, uint64_t number)
{
	buf_append_string(key, "sent/");
	buf_append_view(key, hash_view(&channel->id.hash));
	buf_append_u64(key, number);
}

static enum status note_sent(struct desk *desk, struct channel *channel, uint64_t number,
                             uint64_t index, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(8);
	sent_key(&key, channel, number);
	buf_append_u64(&row, index);
	return desk->store.ops->put(desk->store.self, STORE_META, buf_view(&key),
	                            buf_view(&row), err);
}

/* Addressed to somebody who is no member any more: the others get it all the same. When
 * nobody is left of those it was addressed to, it stays as it was, and is refused. */
static void drop_gone(const struct channel *channel, struct record_envelope *envelope)
{
	const struct record_charter *charter = log_charter(channel_own_log(channel));
	size_t kept = 0;
	for (size_t i = 0; i < envelope->to_count; i++)
		if (record_charter_member(charter, envelope->to[i].text) != SIZE_MAX)
			envelope->to[kept++] = envelope->to[i];
	if (kept > 0)
		envelope->to_count = kept;
}

static void refused_key(struct buf *key, const struct channel *channel, uint64_t number)
{
	buf_append_string(key, "refused/");
	buf_append_view(key, hash_view(&channel->id.hash));
	buf_append_u64(key, number);
}

/* The charter has changed while the message waited, and does not let it out: it is kept
 * apart, and said. */
static enum status refuse_first(struct desk *desk, struct channel *channel,
                                struct view key, struct view row, const struct error *why,
                                struct error *err)
{
	CLEANUP_BUF struct buf refused = BUF_INIT(STORE_KEY_MAX);
	refused_key(&refused, channel, channel->outbox_first);
	TRY(desk->store.ops->put(desk->store.self, STORE_META, buf_view(&refused), row,
	                         err));
	TRY(desk->store.ops->remove(desk->store.self, STORE_META, key, err));
	TRY(note_sent(desk, channel, channel->outbox_first, DESK_REFUSED_INDEX, err));
	channel->outbox_first++;
	channel->refused_count++;
	desk->must_commit = true;
	desk->generation++;
	desk_log_line(desk,
	              "channel %.16s: a message that waited can't be sent under the "
	              "charter that is in force by now: %s",
	              channel->id_hex, why->text);
	desk_event(desk, "refused", "\"channel\":\"%s\"", channel->id_hex);
	return STATUS_OK;
}

static bool count_row(void *context, struct view key, struct view value)
{
	++*(uint64_t *)context;
	return true;
}

static enum status drain_one(struct desk *desk, struct channel *channel,
                             struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(1 << 20);
	outbox_prefix(&key, channel);
	buf_append_u64(&key, channel->outbox_first);
	enum status status =
	    desk->store.ops->get(desk->store.self, STORE_META, buf_view(&key), &row, err);
	if (status == STATUS_NOT_FOUND) { /* a recovery found it sent */
		channel->outbox_first++;
		return STATUS_OK;
	}
	TRY(status);
	struct reader reader = reader_of(buf_view(&row));
	struct view entry;
	uint64_t index;
	if (!reader_u32_bytes(&reader, &entry))
		return error_set(err, STATUS_MALFORMED,
		                 "a waiting message is damaged in the store");
	TRY(record_envelope_decode(entry, &desk->doc, &desk->envelope, err));
	struct record_envelope envelope = desk->envelope;
	drop_gone(channel, &envelope);
	struct error why;
	if (record_envelope_check(&envelope, log_charter(channel_own_log(channel)),
	                          desk->card.name.text, 1, &why) != STATUS_OK)
		return refuse_first(desk, channel, buf_view(&key), buf_view(&row), &why,
		                    err);
	TRY(compose_append(desk, channel, &envelope, reader.rest, &index, err));
	TRY(desk->store.ops->remove(desk->store.self, STORE_META, buf_view(&key), err));
	TRY(note_sent(desk, channel, channel->outbox_first, index, err));
	channel->outbox_first++;
	return STATUS_OK;
}

/* Removes the waiting message of this number if it has this salt. */
static enum status forget_sent(struct desk *desk, struct channel *channel,
                               uint64_t number, const uint8_t salt[RECORD_SALT_LEN],
                               uint64_t index, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(1 << 20);
	struct view entry;
	outbox_prefix(&key, channel);
	buf_append_u64(&key, number);
	enum status status =
	    desk->store.ops->get(desk->store.self, STORE_META, buf_view(&key), &row, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	struct reader reader = reader_of(buf_view(&row));
	if (!reader_u32_bytes(&reader, &entry) ||
	    record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) !=
	        STATUS_OK ||
	    memcmp(desk->envelope.salt, salt, RECORD_SALT_LEN) != 0)
		return STATUS_OK;
	TRY(desk->store.ops->remove(desk->store.self, STORE_META, buf_view(&key), err));
	return note_sent(desk, channel, number, index, err);
}

void outbox_forget(struct desk *desk, struct channel *channel,
                   const uint8_t salt[RECORD_SALT_LEN], uint64_t index)
{
	struct error err;
	for (uint64_t number = channel->outbox_first;
	     desk->failed == STATUS_OK && number < channel->outbox_old_end; number++)
		desk_fail(desk, forget_sent(desk, channel, number, salt, index, &err),
		          &err);
}

void outbox_drain(struct desk *desk, struct channel *channel)
{
	struct error err;
	while (desk->failed == STATUS_OK && channel_own_log(channel)->end == UINT64_MAX &&
	       channel->outbox_first < channel->outbox_next)
		desk_fail(desk, drain_one(desk, channel, &err), &err);
}

/* Numbers are never used twice, also after a restart with an empty outbox. */
static enum status load_outbox_number(struct desk *desk, struct channel *channel,
                                      struct error *err)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(STORE_KEY_MAX),
	                       key = BUF_INIT(STORE_KEY_MAX), row = BUF_INIT(8);
	uint64_t last;
	sent_key(&prefix, channel, 0);
	prefix.len -= sizeof last;
	enum status status = desk->store.ops->last(desk->store.self, STORE_META,
	                                           buf_view(&prefix), &key, &row, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	struct reader reader = reader_of(view_from(buf_view(&key), prefix.len));
	if (reader_u64(&reader, &last))
		channel->outbox_first = channel->outbox_next = last + 1;
	return STATUS_OK;
}

static bool take_outbox_row(void *context, struct view key, struct view value)
{
	struct channel *channel = context;
	struct reader reader = reader_of(view_from(key, key.len - 8));
	uint64_t number = 0;
	if (reader_u64(&reader, &number) && channel->outbox_first == channel->outbox_next)
		channel->outbox_first = number;
	channel->outbox_next = number + 1;
	return true;
}

enum status outbox_load(struct desk *desk, struct channel *channel, struct error *err)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(STORE_KEY_MAX),
	                       refused = BUF_INIT(STORE_KEY_MAX);
	TRY(load_outbox_number(desk, channel, err));
	outbox_prefix(&prefix, channel);
	TRY(desk->store.ops->scan(desk->store.self, STORE_META, buf_view(&prefix),
	                          view_of("", 0), take_outbox_row, channel, err));
	channel->outbox_old_end = channel->outbox_next;
	refused_key(&refused, channel, 0);
	refused.len -= sizeof(uint64_t);
	return desk->store.ops->scan(desk->store.self, STORE_META, buf_view(&refused),
	                             view_of("", 0), count_row, &channel->refused_count,
	                             err);
}

/* The index of what waited, once it was written; *ret_first stays when it still waits. */
enum status outbox_find_sent(struct desk *desk, const struct channel *channel,
                             struct reader row, uint64_t *ret_first, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX), sent = BUF_INIT(8);
	uint64_t number, index;
	if (!reader_u64(&row, &number))
		return error_set(err, STATUS_MALFORMED,
		                 "a submission is damaged in the store");
	sent_key(&key, channel, number);
	enum status status = desk->store.ops->get(desk->store.self, STORE_META,
	                                          buf_view(&key), &sent, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	struct reader reader = reader_of(buf_view(&sent));
	if (reader_u64(&reader, &index))
		*ret_first = index;
	if (*ret_first == DESK_REFUSED_INDEX)
		return error_set(
		    err, STATUS_CONFLICT,
		    "this message waited while the charter changed, and can't "
		    "be sent under the one that is in force now");
	return STATUS_OK;
}
