/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels: what this desk has agreed to. A channel is a chain of charters, the first and
 * its amendments, and a table of everyone who was ever a member, in the order in which
 * they came; each has a place in it for ever, and a log. Knows nothing of messages.
 * Source: aldis.md 2.1, 6.
 */
#include "desk/state.h"

#include <stdio.h>

#include "record/amendment.h"

struct channel *channel_by_id(struct desk *desk, const struct hash *id)
{
	for (size_t i = 0; i < desk->channel_count; i++)
		if (hash_equal(&desk->channels[i]->id.hash, id))
			return desk->channels[i];
	return NULL;
}

static void agreement_free(struct agreement *agreement)
{
	if (!agreement)
		return;
	record_charter_release(&agreement->charter);
	buf_release(&agreement->note);
	free(agreement);
}

/* Takes the charter over, also on failure. */
static struct agreement *agreement_new(struct record_charter *charter, struct view note)
{
	struct agreement *agreement = calloc(1, sizeof *agreement);
	if (!agreement) {
		record_charter_release(charter);
		return NULL;
	}
	agreement->charter = *charter;
	*charter = (struct record_charter){0};
	agreement->note = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&agreement->note, note);
	if (buf_check(&agreement->note, "the charter", NULL) == STATUS_OK)
		return agreement;
	agreement_free(agreement);
	return NULL;
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	for (uint32_t m = 0; channel->members && m < channel->member_count; m++) {
		buf_release(&channel->members[m].feed.target_note);
		key_ring_release(&channel->members[m].mirror_keys);
	}
	for (size_t i = 0; i < channel->agreement_count; i++)
		agreement_free(channel->agreements[i]);
	for (size_t i = 0; i < channel->draft_count; i++)
		agreement_free(channel->drafts[i]);
	free(channel->agreements);
	free(channel->drafts);
	endings_free(channel);
	free(channel->members);
	free(channel->logs);
	record_order_free(channel->order);
	free(channel->order_given);
	free(channel->acks);
	free(channel->ack_looked);
	free(channel->duty_entries);
	free(channel->attached_entries);
	staging_free(channel->own_staging);
	witness_ask_free(channel->asker);
	duty_free(channel->duties);
	free(channel);
}

size_t channel_member(const struct channel *channel, const char *name)
{
	for (uint32_t m = channel->member_count; m-- > 0;)
		if (strcmp(channel->members[m].name.text, name) == 0)
			return m;
	return SIZE_MAX;
}

bool channel_has_peer(const struct channel *channel, const struct peer *peer)
{
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (channel->members[m].peer == peer && !channel->members[m].is_gone)
			return true;
	return false;
}

struct log *channel_add_log(struct desk *desk, struct channel *channel, uint32_t member,
                            uint32_t number, uint32_t generation, struct error *err)
{
	struct log **grown = reallocarray(desk->logs, desk->log_count + 1, sizeof *grown);
	struct log *log = log_new(channel, member, number, generation);
	if (grown)
		desk->logs = grown;
	if (!grown || !log) {
		log_free(log);
		(void)error_set(err, STATUS_NO_MEMORY, "no memory for a log");
		return NULL;
	}
	desk->logs[desk->log_count++] = log;
	channel->logs[member] = log;
	return log;
}

enum status channel_make_logs(struct desk *desk, struct channel *channel,
                              struct error *err)
{
	bool has_new = false;
	for (uint32_t m = 0; m < channel->member_count; m++) {
		if (channel->logs[m])
			continue;
		if (desk->log_count > STORE_LOG_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "this desk holds too many logs");
		struct log *log =
		    channel_add_log(desk, channel, m, (uint32_t)desk->log_count,
		                    channel->members[m].generation, err);
		if (!log)
			return STATUS_NO_MEMORY;
		if (channel->own != UINT32_MAX && m != channel->own)
			log->base = term_base(log, channel->own);
		/* periods before the channel was joined are nobody's miss */
		log->missed_until_s = desk->now_ms / 1000;
		TRY(log_write_row(desk, log, err));
		/* an old database, put back, may know less than the signer */
		if (m != channel->own)
			TRY(open_compare_guard(desk, log, err));
		desk->must_commit = true;
		has_new = true;
	}
	return has_new ? keys_renew(desk, channel, err) : STATUS_OK;
}

/* ---- the table of members ---- */

static enum status place_member(struct desk *desk, struct channel *channel,
                                const struct record_card *card, struct error *err)
{
	size_t at = channel_member(channel, card->name.text);
	if (at == SIZE_MAX) {
		if (channel->member_count == RECORD_MEMBERS_MAX)
			return error_set(
			    err, STATUS_LIMIT,
			    "a channel has at most %d members over its whole life: "
			    "draft a new one",
			    RECORD_MEMBERS_MAX);
		at = channel->member_count++;
		channel->members[at].name = card->name;
		snprintf(channel->members[at].log_name,
		         sizeof channel->members[at].log_name, "%s", card->name.text);
		channel->members[at].generation = 1;
		channel->members[at].since = (uint32_t)channel->agreement_count;
		channel->members[at].feed.target_note = BUF_INIT(TLOG_NOTE_MAX);
		if (strcmp(card->name.text, desk->card.name.text) == 0)
			channel->own = (uint32_t)at;
	}
	struct member *member = &channel->members[at];
	member->card = card;
	member->is_gone = false;
	return STATUS_OK;
}

enum status channel_find_peers(struct desk *desk, struct channel *channel,
                               struct error *err)
{
	for (uint32_t m = 0; m < channel->member_count; m++)
		channel->members[m].peer =
		    m == channel->own
		        ? NULL
		        : desk_peer_find(desk, channel->members[m].name.text);
	return keys_renew(desk, channel, err);
}

enum status channel_push(struct desk *desk, struct channel *channel,
                         struct record_charter *charter, struct view note,
                         struct error *err)
{
	struct agreement **grown = reallocarray(
	    channel->agreements, channel->agreement_count + 1, sizeof *grown);
	if (grown)
		channel->agreements = grown;
	struct agreement *agreement = agreement_new(charter, note);
	if (!grown || !agreement) {
		agreement_free(agreement);
		return error_set(err, STATUS_NO_MEMORY, "no memory for a charter");
	}
	for (uint32_t m = 0; m < channel->member_count; m++)
		channel->members[m].is_gone = true;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < agreement->charter.member_count; i++)
		if (status == STATUS_OK)
			status = place_member(desk, channel,
			                      &agreement->charter.members[i], err);
	/* also on failure: the table points into it */
	channel->agreements[channel->agreement_count++] = agreement;
	channel->has_news = true;
	return status;
}

struct channel *channel_add(struct desk *desk, const struct hash *id)
{
	struct channel **grown =
	    reallocarray(desk->channels, desk->channel_count + 1, sizeof *grown);
	struct channel *channel = calloc(1, sizeof *channel);
	if (grown)
		desk->channels = grown;
	if (channel) {
		channel->members = calloc(RECORD_MEMBERS_MAX, sizeof *channel->members);
		channel->logs = calloc(RECORD_MEMBERS_MAX, sizeof(struct log *));
		channel->own_staging = staging_new();
	}
	if (!grown || !channel || !channel->members || !channel->logs ||
	    !channel->own_staging) {
		channel_free(channel);
		return NULL;
	}
	channel->id.hash = *id;
	hash_hex(id, channel->id_hex);
	channel->own = UINT32_MAX;
	channel->state = DESK_LOG_WAITING;
	channel->has_news = true;
	desk->channels[desk->channel_count++] = channel;
	return channel;
}

/* ---- rows: the first charter under the channel's id, an amendment under id and digest,
 * with a byte that says whether it is in force ---- */

static enum status put_row(struct desk *desk, struct view key, struct view row,
                           struct error *err)
{
	desk->must_commit = true;
	desk->generation++;
	return desk->store.ops->put(desk->store.self, STORE_CHANNEL, key, row, err);
}

static void amendment_key(struct buf *key, const struct channel *channel,
                          const struct agreement *agreement)
{
	buf_append_view(key, hash_view(&channel->id.hash));
	buf_append_view(key, hash_view(&agreement->charter.digest));
}

enum status channel_keep(struct desk *desk, const struct channel *channel,
                         const struct agreement *agreement, bool is_in_force,
                         struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(64), row = BUF_INIT(RECORD_NOTE_MAX + 1);
	if (!agreement->charter.has_previous)
		return put_row(desk, hash_view(&channel->id.hash),
		               buf_view(&agreement->note), err);
	amendment_key(&key, channel, agreement);
	buf_append_byte(&row, is_in_force);
	buf_append_view(&row, buf_view(&agreement->note));
	TRY(buf_check(&row, "the charter", err));
	return put_row(desk, buf_view(&key), buf_view(&row), err);
}

enum status channel_read_charter(struct view note, struct record_charter *ret_charter,
                                 struct error *err)
{
	struct tlog_note parsed;
	TRY(tlog_note_parse(note, &parsed, err));
	return record_charter_decode(parsed.text, ret_charter, err);
}

enum status channel_add_draft(struct channel *channel, struct record_charter *charter,
                              struct view note, struct agreement **ret_draft,
                              struct error *err)
{
	struct agreement **grown =
	    reallocarray(channel->drafts, channel->draft_count + 1, sizeof *grown);
	if (grown)
		channel->drafts = grown;
	struct agreement *draft = agreement_new(charter, note);
	if (!grown || !draft) {
		agreement_free(draft);
		return error_set(err, STATUS_NO_MEMORY, "no memory for a charter");
	}
	channel->drafts[channel->draft_count++] = draft;
	*ret_draft = draft;
	return STATUS_OK;
}

void channel_drop_draft(struct channel *channel, size_t at)
{
	agreement_free(channel->drafts[at]);
	channel->drafts[at] = channel->drafts[--channel->draft_count];
}

enum status channel_forget_drafts(struct desk *desk, struct channel *channel,
                                  struct error *err)
{
	const struct record_charter *newest = channel_charter(channel);
	for (size_t i = channel->draft_count; i-- > 0;) {
		CLEANUP_BUF struct buf key = BUF_INIT(64);
		const struct agreement *draft = channel->drafts[i];
		if (hash_equal(&draft->charter.previous, &newest->digest))
			continue;
		amendment_key(&key, channel, draft);
		if (!hash_equal(&draft->charter.digest, &newest->digest))
			TRY(desk->store.ops->remove(desk->store.self, STORE_CHANNEL,
			                            buf_view(&key), err));
		channel_drop_draft(channel, i);
	}
	return STATUS_OK;
}

/* The draft behind the newest charter that was in force, if it is there: pushes it. */
static enum status push_next(struct desk *desk, struct channel *channel, bool *ret_pushed,
                             struct error *err)
{
	const struct hash *last = &channel_charter(channel)->digest;
	*ret_pushed = false;
	for (size_t i = 0; i < channel->draft_count; i++) {
		struct agreement *draft = channel->drafts[i];
		struct record_charter charter = {0};
		if (!draft->is_in_force || !hash_equal(&draft->charter.previous, last))
			continue;
		TRY(channel_read_charter(buf_view(&draft->note), &charter, err));
		TRY(channel_push(desk, channel, &charter, buf_view(&draft->note), err));
		channel_drop_draft(channel, i);
		*ret_pushed = true;
		return STATUS_OK;
	}
	return STATUS_OK;
}

static enum status load_amendment(struct channel *channel, struct view row,
                                  struct error *err)
{
	struct record_charter charter = {0};
	struct agreement *draft;
	if (row.len < 1)
		return error_set(err, STATUS_MALFORMED,
		                 "an amendment is damaged in the store");
	TRY(channel_read_charter(view_from(row, 1), &charter, err));
	TRY(channel_add_draft(channel, &charter, view_from(row, 1), &draft, err));
	draft->is_in_force = row.data[0] != 0;
	return STATUS_OK;
}

enum status channel_load(struct desk *desk, struct view key, struct view row,
                         struct error *err)
{
	struct record_charter charter = {0};
	struct hash id;
	if (key.len < sizeof id)
		return error_set(err, STATUS_MALFORMED,
		                 "a channel is damaged in the store");
	memcpy(id.bytes, key.data, sizeof id);
	struct channel *channel = channel_by_id(desk, &id);
	if (channel && ending_is_row(row))
		return ending_load(desk, channel, row, err);
	if (channel)
		return load_amendment(channel, row, err);
	TRY(channel_read_charter(row, &charter, err));
	channel = channel_add(desk, &id);
	if (!channel) {
		record_charter_release(&charter);
		return error_set(err, STATUS_NO_MEMORY, "no memory for a channel");
	}
	return channel_push(desk, channel, &charter, row, err);
}

enum status channel_judge_first(struct channel *channel, struct error *err)
{
	const struct agreement *first = channel->agreements[0];
	bool is_signed[RECORD_MEMBERS_MAX] = {false};
	TRY(record_charter_signed_by(&first->charter, buf_view(&first->note), is_signed,
	                             err));
	channel->is_open = true;
	for (size_t m = 0; m < first->charter.member_count; m++)
		channel->is_open = channel->is_open && is_signed[m];
	return STATUS_OK;
}

enum status channel_loaded(struct desk *desk, struct channel *channel, struct error *err)
{
	bool has_pushed = true;
	while (has_pushed) { /* in the order in which the places were taken */
		TRY(ending_apply_loaded(channel, err));
		TRY(push_next(desk, channel, &has_pushed, err));
	}
	if (channel->own == UINT32_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "the store has a channel of which %s is no member",
		                 desk->card.name.text);
	TRY(channel_find_peers(desk, channel, err));
	return channel_judge_first(channel, err);
}
