/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a desk: everything in memory is made again from the store and compared with the
 * signer's guard; what the members have to say comes later (start.c). Reads rows, edges
 * of trees and the newest receipts, never whole logs.
 */
#include "desk/state.h"

#include <inttypes.h>

static enum status claim_store(struct desk *desk, struct error *err)
{
	CLEANUP_BUF struct buf name = BUF_INIT(RECORD_NAME_MAX);
	struct view own = view_of_string(desk->card.name.text);
	enum status status = desk->store.ops->get(desk->store.self, STORE_META,
	                                          view_of_string("name"), &name, err);
	if (status == STATUS_NOT_FOUND) {
		desk->must_commit = true;
		return desk->store.ops->put(desk->store.self, STORE_META,
		                            view_of_string("name"), own, err);
	}
	TRY(status);
	if (!view_equal(buf_view(&name), own))
		return error_set(err, STATUS_CONFLICT,
		                 "the store belongs to another desk than the card of %s",
		                 desk->card.name.text);
	return STATUS_OK;
}

/* Rows of a table, one after another, ending at the first failure. */
struct loading {
	struct desk *desk;
	enum status (*take)(struct desk *desk, struct view key, struct view value,
	                    struct error *err);
	enum status status;
	struct error *err;
};

static bool load_row(void *context, struct view key, struct view value)
{
	struct loading *loading = context;
	loading->status = loading->take(loading->desk, key, value, loading->err);
	return loading->status == STATUS_OK;
}

static enum status load_table(struct desk *desk, enum store_table table,
                              enum status (*take)(struct desk *, struct view, struct view,
                                                  struct error *),
                              struct error *err)
{
	struct loading loading = {.desk = desk, .take = take, .err = err};
	TRY(desk->store.ops->scan(desk->store.self, table, view_of("", 0), view_of("", 0),
	                          load_row, &loading, err));
	return loading.status;
}

static enum status take_card(struct desk *desk, struct view key, struct view value,
                             struct error *err)
{
	return desk_peer_load(desk, value, err);
}

static enum status take_channel(struct desk *desk, struct view key, struct view value,
                                struct error *err)
{
	return channel_load(desk, key, value, err);
}

/* Finds the place of a log's row: its number is the key, its origin stands first. */
static enum status take_log(struct desk *desk, struct view key, struct view value,
                            struct error *err)
{
	struct reader reader = reader_of(key), row = reader_of(value);
	struct record_origin origin;
	struct view text;
	uint32_t number;
	uint8_t version;
	if (!reader_u32(&reader, &number) || number != desk->log_count ||
	    !reader_u8(&row, &version) || !reader_u16_bytes(&row, &text))
		return error_set(err, STATUS_MALFORMED,
		                 "the store's list of logs is damaged");
	TRY(record_origin_decode(text, &origin, err));
	struct channel *channel = channel_by_id(desk, &origin.channel.hash);
	size_t member = channel ? channel_member(channel, origin.desk.text) : SIZE_MAX;
	while (member != SIZE_MAX &&
	       channel->members[member].generation > origin.generation)
		member = channel->members[member].before;
	if (member == SIZE_MAX || channel->logs[member])
		return error_set(err, STATUS_MALFORMED,
		                 "the store holds a log of no channel");
	if (!channel_add_log(desk, channel, (uint32_t)member, number, origin.generation,
	                     err))
		return STATUS_NO_MEMORY;
	return STATUS_OK;
}

/* The newest receipt of each member for the own log. */
static enum status load_receipts(struct desk *desk, struct channel *channel,
                                 struct error *err)
{
	for (uint32_t m = 0; m < channel->member_count; m++) {
		struct feed *feed = &channel->members[m].feed;
		CLEANUP_BUF struct buf prefix = BUF_INIT(STORE_KEY_MAX),
		                       key = BUF_INIT(STORE_KEY_MAX),
		                       value = BUF_INIT(1 << 14);
		buf_append_u32(&prefix, channel_own_log(channel)->number);
		buf_append_string(&prefix, channel->members[m].name.text);
		buf_append_byte(&prefix, 0);
		enum status status =
		    desk->store.ops->last(desk->store.self, STORE_RECEIPT,
		                          buf_view(&prefix), &key, &value, err);
		if (status == STATUS_NOT_FOUND)
			continue;
		TRY(status);
		struct reader size = reader_of(view_from(buf_view(&key), key.len - 8));
		struct reader time = reader_of(buf_view(&value));
		uint64_t time_s;
		if (!reader_u64(&size, &feed->acked_size) || !reader_u64(&time, &time_s))
			return error_set(err, STATUS_MALFORMED,
			                 "a receipt is damaged in the store");
		feed->acked_time_s = (int64_t)time_s;
		feed->pending_size = feed->next_entry = feed->blobs_sent =
		    feed->acked_size;
	}
	return STATUS_OK;
}

/* A cosignature that left, or may have left, before its row was committed is made again.
 */
enum status open_compare_guard(struct desk *desk, struct log *log, struct error *err)
{
	struct hash root;
	TRY(desk->signer.ops->guard(desk->signer.self, SIGNER_MIRROR, log->origin,
	                            &log->guard, err));
	if (!log->guard.is_known || log->guard.size <= log->cosigned_size)
		return STATUS_OK;
	if (log->guard.size > log->tree.size || log->guard.size > log->body_count)
		return STATUS_OK; /* the store is behind: peers will send it again */
	TRY(log_root_at(desk, log, log->guard.size, &root, err));
	if (!hash_equal(&root, &log->guard.root)) {
		desk_log_line(
		    desk,
		    "log %s: the store differs from what this desk cosigned: restore "
		    "a newer backup",
		    log->origin);
		return STATUS_OK;
	}
	log->wants_cosign = true;
	log->cosign_size = log->guard.size;
	log->cosign_time_s = 0;
	return STATUS_OK;
}

static enum status load_channel(struct desk *desk, struct channel *channel,
                                struct error *err)
{
	TRY(channel_make_logs(desk, channel, err));
	TRY(load_receipts(desk, channel, err));
	TRY(outbox_load(desk, channel, err));
	watch_load(channel);
	TRY(start_load(desk, channel, err));
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own)
			TRY(open_compare_guard(desk, channel->logs[m], err));
	start_channel(desk, channel);
	return STATUS_OK;
}

static enum status load(struct desk *desk, struct error *err)
{
	TRY(claim_store(desk, err));
	TRY(load_table(desk, STORE_CARD, take_card, err));
	TRY(keys_load(desk, err));
	TRY(load_table(desk, STORE_CHANNEL, take_channel, err));
	for (size_t i = 0; i < desk->channel_count; i++)
		TRY(channel_loaded(desk, desk->channels[i], err));
	TRY(load_table(desk, STORE_LOG, take_log, err));
	for (size_t i = 0; i < desk->channel_count; i++)
		TRY(keys_renew(desk, desk->channels[i], err));
	for (size_t i = 0; i < desk->log_count; i++)
		TRY(log_load(desk, desk->logs[i], err));
	TRY(signal_load(desk, err));
	TRY(evidence_load(desk, err));
	TRY(witness_load(desk, err));
	for (size_t i = 0; i < desk->channel_count; i++)
		if (desk->channels[i]->is_open)
			TRY(load_channel(desk, desk->channels[i], err));
	return STATUS_OK;
}

static enum status init(struct desk *desk, struct view card_note, struct error *err)
{
	const char *name = desk->card.name.text;
	desk->card_note = BUF_INIT(RECORD_NOTE_MAX);
	desk->scratch = BUF_INIT(1 << 20);
	desk->scratch2 = BUF_INIT(16 * 1024 * 1024);
	desk->entry_view = BUF_INIT(TLOG_ENTRY_MAX);
	desk->body_view = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	buf_append_view(&desk->card_note, card_note);
	TRY(buf_check(&desk->card_note, "the card", err));
	TRY(record_vkey(name, "mirror", &desk->card.keys[RECORD_ROLE_MIRROR],
	                &desk->mirror_key, err));
	if (desk->card.has_key[RECORD_ROLE_WITNESS])
		TRY(record_vkey(name, "witness", &desk->card.keys[RECORD_ROLE_WITNESS],
		                &desk->witness_key, err));
	return load(desk, err);
}

enum status desk_open(const struct desk_options *options, struct view card_note,
                      struct store store, struct signer signer, struct desk_out out,
                      int64_t now_ms, struct desk **ret_desk, struct error *err)
{
	struct record_card card;
	TRY(record_card_open(card_note, &card, err));
	struct desk *desk = calloc(1, sizeof *desk);
	if (!desk)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the desk");
	desk->options = *options;
	if (desk->options.poll_ms == 0)
		desk->options.poll_ms = 60000;
	if (desk->options.backoff_ms == 0)
		desk->options.backoff_ms = 60000;
	if (desk->options.show_wait_ms == 0)
		desk->options.show_wait_ms = 60000;
	desk->random_state = options->random_seed | 1;
	desk->store = store;
	desk->signer = signer;
	desk->out = out;
	desk->now_ms = desk->opened_ms = now_ms;
	desk->card = card;
	enum status status = init(desk, card_note, err);
	if (status != STATUS_OK) {
		desk_free(desk);
		return status;
	}
	*ret_desk = desk;
	return STATUS_OK;
}

void desk_free(struct desk *desk)
{
	if (!desk)
		return;
	for (size_t i = 0; i < desk->reply_count; i++)
		desk_release_reply(&desk->replies[i]);
	for (size_t i = 0; i < desk->out_call_count; i++)
		desk_release_call(&desk->out_calls[i]);
	for (size_t i = 0; i < desk->witness_item_count; i++) {
		buf_release(&desk->witness_items[i].text_and_line);
		buf_release(&desk->witness_items[i].line);
	}
	for (size_t i = 0; i < desk->witness_log_count; i++)
		buf_release(&desk->witness_logs[i].note);
	for (size_t i = 0; i < desk->log_count; i++)
		log_free(desk->logs[i]);
	for (size_t i = 0; i < desk->channel_count; i++)
		channel_free(desk->channels[i]);
	for (size_t i = 0; i < desk->peer_count; i++)
		desk_peer_free(desk->peers[i]);
	free(desk->logs);
	free(desk->channels);
	free(desk->peers);
	free(desk->witness_logs);
	free(desk->old_cards);
	free(desk->calls);
	free(desk->replies);
	free(desk->out_calls);
	free(desk->witness_items);
	free(desk->seen);
	json_release(&desk->doc);
	json_release(&desk->body_doc);
	record_envelope_release(&desk->envelope);
	buf_release(&desk->card_note);
	buf_release(&desk->scratch);
	buf_release(&desk->scratch2);
	buf_release(&desk->entry_view);
	buf_release(&desk->body_view);
	free(desk);
}
