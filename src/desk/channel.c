/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom this desk trusts and what it has agreed to: cards and channels, taken in, kept and
 * loaded again. Knows nothing of messages. Source: aldis.md 1.4, 2.1, 6.1.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

struct peer *desk_peer_find(struct desk *desk, const char *name)
{
	for (size_t i = 0; i < desk->peer_count; i++)
		if (strcmp(desk->peers[i]->card.name.text, name) == 0)
			return desk->peers[i];
	return NULL;
}

void desk_peer_free(struct peer *peer)
{
	if (!peer)
		return;
	buf_release(&peer->card_note);
	staging_free(peer->staging);
	pull_free(peer->pull);
	free(peer);
}

static struct peer *add_peer(struct desk *desk, struct error *err)
{
	struct peer **grown =
	    reallocarray(desk->peers, desk->peer_count + 1, sizeof *grown);
	struct peer *peer = calloc(1, sizeof *peer);
	if (grown)
		desk->peers = grown;
	if (!grown || !peer) {
		free(peer);
		(void)error_set(err, STATUS_NO_MEMORY, "no memory for a peer");
		return NULL;
	}
	peer->card_note = BUF_INIT(RECORD_NOTE_MAX);
	peer->poll_ms = desk->now_ms + (int64_t)desk_jitter(desk, 1000);
	desk->peers[desk->peer_count++] = peer;
	return peer;
}

static enum status keep_card(struct desk *desk, const struct peer *peer,
                             struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(RECORD_NOTE_MAX + 1);
	buf_append_byte(&row, peer->is_compared);
	buf_append_view(&row, buf_view(&peer->card_note));
	TRY(buf_check(&row, "a card", err));
	desk->must_commit = true;
	desk->peers_changed = true;
	desk->generation++;
	return desk->store.ops->put(desk->store.self, STORE_CARD,
	                            view_of_string(peer->card.name.text), buf_view(&row),
	                            err);
}

enum status desk_peer_load(struct desk *desk, struct view row, struct error *err)
{
	struct record_card card;
	if (row.len < 1)
		return error_set(err, STATUS_MALFORMED, "a card in the store is damaged");
	enum status status = record_card_open(view_from(row, 1), &card, err);
	if (status != STATUS_OK)
		return error_context(err, status, "a card in the store");
	struct peer *peer = add_peer(desk, err);
	if (!peer)
		return STATUS_NO_MEMORY;
	peer->card = card;
	peer->is_compared = row.data[0] != 0;
	buf_append_view(&peer->card_note, view_from(row, 1));
	return buf_check(&peer->card_note, "a card", err);
}

static bool is_same_card(const struct record_card *a, const struct record_card *b)
{
	return memcmp(a->has_key, b->has_key, sizeof a->has_key) == 0 &&
	       memcmp(a->keys, b->keys, sizeof a->keys) == 0 && a->date_s == b->date_s;
}

static enum status check_new_card(struct desk *desk, const struct record_card *card,
                                  struct error *err)
{
	const char *name = card->name.text;
	if (strcmp(name, desk->card.name.text) == 0)
		return error_set(err, STATUS_CONFLICT, "%s is this desk's own name",
		                 name);
	if (record_card_shares_key(card, &desk->card))
		return error_set(err, STATUS_CONFLICT,
		                 "the card of %s uses a key of this desk", name);
	for (size_t i = 0; i < desk->peer_count; i++) {
		const struct record_card *other = &desk->peers[i]->card;
		if (strcmp(other->name.text, name) != 0) {
			if (record_card_shares_key(card, other))
				return error_set(err, STATUS_CONFLICT,
				                 "the cards of %s and %s share a key",
				                 name, other->name.text);
			continue;
		}
		if (memcmp(&other->keys[RECORD_ROLE_ROOT], &card->keys[RECORD_ROLE_ROOT],
		           sizeof other->keys[0]) != 0)
			return error_set(
			    err, STATUS_CONFLICT,
			    "another root key is already trusted for %s: find out in "
			    "person which one is right",
			    name);
		if (card->serial == other->serial && !is_same_card(card, other))
			return error_set(err, STATUS_CONFLICT,
			                 "another card of %s with the same serial is "
			                 "trusted: find out in "
			                 "person which one is right",
			                 name);
		if (card->serial < other->serial)
			return error_set(
			    err, STATUS_CONFLICT,
			    "a newer card of %s is already trusted (serial %" PRIu32 ")",
			    name, other->serial);
	}
	return STATUS_OK;
}

enum status desk_trust(struct desk *desk, struct view card_note, bool is_compared,
                       struct error *err)
{
	struct record_card card;
	TRY(record_card_open(card_note, &card, err));
	TRY(check_new_card(desk, &card, err));
	struct peer *peer = desk_peer_find(desk, card.name.text);
	if (!peer)
		peer = add_peer(desk, err);
	if (!peer)
		return STATUS_NO_MEMORY;
	peer->card = card;
	peer->is_compared = peer->is_compared || is_compared;
	buf_clear(&peer->card_note);
	buf_append_view(&peer->card_note, card_note);
	TRY(buf_check(&peer->card_note, "the card", err));
	return keep_card(desk, peer, err);
}

size_t desk_peer_count(const struct desk *desk)
{
	return desk->peer_count;
}

struct desk_peer desk_peer_view(const struct desk *desk, size_t index)
{
	const struct peer *peer = desk->peers[index];
	return (struct desk_peer){.card = &peer->card,
	                          .card_note = buf_view(&peer->card_note),
	                          .is_compared = peer->is_compared,
	                          .last_heard_ms = peer->heard_ms,
	                          .last_error = peer->last_error};
}

const struct record_card *desk_card(const struct desk *desk)
{
	return &desk->card;
}

struct view desk_card_note(const struct desk *desk)
{
	return buf_view(&desk->card_note);
}

struct channel *channel_by_id(struct desk *desk, const struct hash *id)
{
	for (size_t i = 0; i < desk->channel_count; i++)
		if (hash_equal(&desk->channels[i]->id.hash, id))
			return desk->channels[i];
	return NULL;
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	for (uint32_t m = 0; channel->members && m < channel->charter.member_count; m++)
		buf_release(&channel->members[m].feed.target_note);
	free(channel->members);
	free(channel->logs);
	record_charter_release(&channel->charter);
	buf_release(&channel->note);
	record_order_free(channel->order);
	free(channel->order_given);
	free(channel->acks);
	free(channel->ack_looked);
	free(channel->duty_entries);
	free(channel->attached_entries);
	staging_free(channel->own_staging);
	free(channel);
}

bool channel_has_peer(const struct channel *channel, const struct peer *peer)
{
	for (uint32_t m = 0; m < channel->charter.member_count; m++)
		if (channel->members[m].peer == peer)
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
	for (uint32_t m = 0; m < channel->charter.member_count; m++) {
		if (channel->logs[m])
			continue;
		if (desk->log_count > STORE_LOG_MAX)
			return error_set(err, STATUS_LIMIT,
			                 "this desk holds too many logs");
		struct log *log =
		    channel_add_log(desk, channel, m, (uint32_t)desk->log_count, 1, err);
		if (!log)
			return STATUS_NO_MEMORY;
		/* periods before the channel was joined are nobody's miss */
		log->missed_until_s = desk->now_ms / 1000;
		TRY(log_write_row(desk, log, err));
		desk->must_commit = true;
	}
	return STATUS_OK;
}

/* Is the card in the charter one to take: the desk is not known, or not with a newer one?
 */
static bool is_taken(struct desk *desk, const struct record_card *card)
{
	const struct peer *peer = desk_peer_find(desk, card->name.text);
	return strcmp(card->name.text, desk->card.name.text) != 0 &&
	       (!peer || peer->card.serial <= card->serial);
}

/* All of them before the first is trusted: a charter that is refused changes nothing. */
static enum status check_members(struct desk *desk, const struct record_charter *charter,
                                 struct error *err)
{
	for (uint32_t m = 0; m < charter->member_count; m++) {
		const struct record_card *card = &charter->members[m];
		const struct peer *peer = desk_peer_find(desk, card->name.text);
		if (peer &&
		    memcmp(&peer->card.keys[RECORD_ROLE_ROOT],
		           &card->keys[RECORD_ROLE_ROOT], sizeof card->keys[0]) != 0)
			return error_set(
			    err, STATUS_CONFLICT,
			    "the charter gives another root key for %s than the card "
			    "that is trusted here",
			    card->name.text);
		if (is_taken(desk, card))
			TRY(check_new_card(desk, card, err));
	}
	return STATUS_OK;
}

/* Takes the cards of members on the charter's word. */
static enum status meet_members(struct desk *desk, const struct record_charter *charter,
                                struct error *err)
{
	struct json_doc doc = {0};
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf note_text = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&note_text, buf_view(&charter->text));
	struct view json = buf_view(&note_text), line;
	enum status status = STATUS_OK;
	TRY(check_members(desk, charter, err));
	if (!view_take_line(&json, &line) || !view_take_line(&json, &line))
		return error_set(err, STATUS_MALFORMED,
		                 "the charter's text is cut short");
	status = json_scan(&doc, line, JSON_TOKENS_MAX, err);
	const struct json_token *members =
	    status == STATUS_OK ? json_member(&doc, json_root(&doc), "members") : NULL;
	const struct json_token *member = members ? json_first(&doc, members) : NULL;
	for (uint32_t m = 0; member && status == STATUS_OK; m++) {
		const struct json_token *card = json_member(&doc, member, "card");
		buf_clear(&card_note);
		if (card)
			json_string_append(&doc, card, &card_note);
		if (is_taken(desk, &charter->members[m]))
			status = desk_trust(desk, buf_view(&card_note), false, err);
		member = json_next(&doc, members, member);
	}
	json_release(&doc);
	return status;
}

static enum status check_own_membership(struct desk *desk,
                                        const struct record_charter *charter,
                                        struct error *err)
{
	size_t own = record_charter_member(charter, desk->card.name.text);
	if (own == SIZE_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "%s is not a member of this charter",
		                 desk->card.name.text);
	const struct record_card *card = &charter->members[own];
	for (int role = RECORD_ROLE_ROOT; role <= RECORD_ROLE_MIRROR; role++)
		if (memcmp(&card->keys[role], &desk->card.keys[role],
		           sizeof card->keys[0]) != 0)
			return error_set(
			    err, STATUS_CONFLICT,
			    "the charter has another %s key for this desk than its card",
			    record_role_name(role));
	if (charter->has_previous)
		return error_set(
		    err, STATUS_CONFLICT,
		    "this charter amends another one, which this version can't follow: "
		    "draft a new channel");
	if (!hash_equal(&charter->kinds_digest, &record_kinds_digest))
		return error_set(
		    err, STATUS_CONFLICT,
		    "the charter judges by another catalogue of kinds than this "
		    "program has: install the same version on all desks");
	return STATUS_OK;
}

/* Which members have signed; opens the channel when all have. */
static enum status judge_signatures(struct desk *desk, struct channel *channel,
                                    struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX] = {false};
	TRY(record_charter_signed_by(&channel->charter, buf_view(&channel->note),
	                             is_signed, err));
	channel->is_open = true;
	for (uint32_t m = 0; m < channel->charter.member_count; m++)
		channel->is_open = channel->is_open && is_signed[m];
	for (uint32_t m = 0; m < channel->charter.member_count; m++)
		channel->members[m].peer =
		    m == channel->own
		        ? NULL
		        : desk_peer_find(desk, channel->charter.members[m].name.text);
	return STATUS_OK;
}

/* Takes the charter over, also on failure. */
static enum status add_channel(struct desk *desk, struct record_charter *charter,
                               struct view note, struct channel **ret_channel,
                               struct error *err)
{
	struct channel **grown =
	    reallocarray(desk->channels, desk->channel_count + 1, sizeof *grown);
	struct channel *channel = calloc(1, sizeof *channel);
	if (grown)
		desk->channels = grown;
	if (channel) {
		channel->charter = *charter;
		*charter = (struct record_charter){0};
		channel->members =
		    calloc(channel->charter.member_count, sizeof *channel->members);
		channel->logs =
		    calloc(channel->charter.member_count, sizeof *channel->logs);
		channel->own_staging = staging_new();
	}
	if (!grown || !channel || !channel->members || !channel->logs ||
	    !channel->own_staging) {
		channel_free(channel);
		record_charter_release(charter);
		return error_set(err, STATUS_NO_MEMORY, "no memory for a channel");
	}
	enum status status = STATUS_OK;
	for (uint32_t m = 0; m < channel->charter.member_count; m++) {
		const struct record_card *card = &channel->charter.members[m];
		channel->members[m].feed.target_note = BUF_INIT(TLOG_NOTE_MAX);
		if (status == STATUS_OK)
			status = record_vkey(card->name.text, "mirror",
			                     &card->keys[RECORD_ROLE_MIRROR],
			                     &channel->members[m].mirror_key, err);
	}
	if (status != STATUS_OK) {
		channel_free(channel);
		return status;
	}
	channel->id.hash = channel->charter.digest;
	hash_hex(&channel->id.hash, channel->id_hex);
	channel->own =
	    (uint32_t)record_charter_member(&channel->charter, desk->card.name.text);
	channel->state = DESK_LOG_WAITING;
	channel->note = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&channel->note, note);
	desk->channels[desk->channel_count++] = channel;
	*ret_channel = channel;
	return buf_check(&channel->note, "the charter", err);
}

static enum status keep_channel(struct desk *desk, const struct channel *channel,
                                struct error *err)
{
	desk->must_commit = true;
	desk->generation++;
	return desk->store.ops->put(desk->store.self, STORE_CHANNEL,
	                            hash_view(&channel->id.hash),
	                            buf_view(&channel->note), err);
}

enum status channel_load(struct desk *desk, struct view note, struct error *err)
{
	struct tlog_note parsed;
	struct record_charter charter = {0};
	struct channel *channel;
	TRY(tlog_note_parse(note, &parsed, err));
	TRY(record_charter_decode(parsed.text, &charter, err));
	enum status status = check_own_membership(desk, &charter, err);
	if (status != STATUS_OK) {
		record_charter_release(&charter);
		return status;
	}
	TRY(add_channel(desk, &charter, note, &channel, err));
	return judge_signatures(desk, channel, err);
}

static enum status merge_note(struct desk *desk, struct channel *channel,
                              struct view note, struct error *err)
{
	struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	enum status status = record_charter_merge(
	    &channel->charter, buf_view(&channel->note), note, &merged, err);
	if (status != STATUS_OK) {
		buf_release(&merged);
		return status;
	}
	buf_release(&channel->note);
	channel->note = merged;
	return keep_channel(desk, channel, err);
}

static enum status join_new(struct desk *desk, struct record_charter *charter,
                            struct view note, struct channel **ret_channel,
                            struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX];
	enum status status = record_charter_signed_by(charter, note, is_signed, err);
	if (status == STATUS_OK)
		status = check_own_membership(desk, charter, err);
	if (status == STATUS_OK)
		status = meet_members(desk, charter, err);
	if (status != STATUS_OK) {
		record_charter_release(charter);
		return status;
	}
	TRY(add_channel(desk, charter, note, ret_channel, err));
	return keep_channel(desk, *ret_channel, err);
}

enum status desk_join(struct desk *desk, struct view charter_note, bool *ret_open,
                      struct buf *ret_note, struct error *err)
{
	struct tlog_note parsed;
	struct record_charter charter = {0};
	TRY(tlog_note_parse(charter_note, &parsed, err));
	TRY(record_charter_decode(parsed.text, &charter, err));
	struct channel *channel = channel_by_id(desk, &charter.digest);
	if (channel) {
		record_charter_release(&charter);
		TRY(merge_note(desk, channel, charter_note, err));
	} else {
		TRY(join_new(desk, &charter, charter_note, &channel, err));
	}
	bool was_open = channel->is_open;
	TRY(judge_signatures(desk, channel, err));
	if (channel->is_open && (!was_open || !channel->logs[0])) {
		TRY(channel_make_logs(desk, channel, err));
		TRY(open_compare_guards(desk, channel, err));
		watch_load(channel);
		start_channel(desk, channel);
		desk_event(desk, "channel", "\"channel\":\"%s\",\"open\":true",
		           channel->id_hex);
	}
	*ret_open = channel->is_open;
	if (!ret_note)
		return STATUS_OK;
	buf_append_view(ret_note, buf_view(&channel->note));
	return buf_check(ret_note, "the charter", err);
}

size_t desk_channel_count(const struct desk *desk)
{
	return desk->channel_count;
}

void desk_channel(const struct desk *desk, size_t channel,
                  struct desk_channel_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	*ret_info = (struct desk_channel_info){
	    .id = it->id,
	    .is_open = it->is_open,
	    .charter = &it->charter,
	    .charter_note = buf_view(&it->note),
	    .log_count = it->is_open ? it->charter.member_count : 0};
	memcpy(ret_info->id_hex, it->id_hex, sizeof it->id_hex);
}

enum status desk_channel_find(const struct desk *desk, struct view id_or_prefix,
                              size_t *ret_channel, struct error *err)
{
	size_t found = SIZE_MAX;
	for (size_t i = 0; i < desk->channel_count; i++) {
		const struct channel *it = desk->channels[i];
		if (!(id_or_prefix.len >= 4 &&
		      view_has_prefix(view_of_string(it->id_hex), id_or_prefix)) &&
		    !view_equal_string(id_or_prefix, it->charter.title))
			continue;
		if (found != SIZE_MAX)
			return error_set(
			    err, STATUS_CONFLICT,
			    "more than one channel begins so: give more digits");
		found = i;
	}
	if (found == SIZE_MAX)
		return error_set(err, STATUS_NOT_FOUND,
		                 "no such channel here: 'aldis status' lists them");
	*ret_channel = found;
	return STATUS_OK;
}

static uint64_t cosigned_by_all(const struct channel *channel)
{
	uint64_t size = channel_own_log(channel)->newest.size;
	for (uint32_t m = 0; m < channel->charter.member_count; m++)
		if (m != channel->own && channel->members[m].feed.acked_size < size)
			size = channel->members[m].feed.acked_size;
	return size;
}

void desk_log(const struct desk *desk, size_t channel, size_t log,
              struct desk_log_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	const struct log *own = it->logs[log];
	*ret_info = (struct desk_log_info){
	    .desk = it->charter.members[log].name.text,
	    .origin = own->origin,
	    .is_own = own->is_own,
	    .state = own->is_own ? it->state : DESK_LOG_READY,
	    .entry_count = own->tree.size,
	    .signed_size = own->newest.size,
	    .cosigned_size = own->is_own ? cosigned_by_all(it) : own->cosigned_size,
	    .cosigned_root = own->is_own ? own->newest.root : own->cosigned_root,
	    .cosigned_time_s = own->cosigned_time_s,
	    .last_check_s = own->checks_s[0],
	    .is_equivocating = own->is_equivocating,
	    .key = own->key,
	};
	if (own->is_own)
		memcpy(ret_info->why, it->why, sizeof ret_info->why);
}

bool desk_receipt(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_receipt_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	if (!it->is_open)
		return false;
	for (uint32_t m = 0; m < it->charter.member_count; m++) {
		if (m == it->own || nth-- > 0)
			continue;
		const struct feed *feed = &it->members[m].feed;
		*ret_info = (struct desk_receipt_info){
		    .member = it->charter.members[m].name.text,
		    .size = feed->acked_size,
		    .time_s = feed->acked_time_s,
		    .is_reachable = it->members[m].peer->last_error.text[0] == '\0',
		    .queued = channel_own_log(it)->tree.size - feed->acked_size +
		              (it->outbox_next - it->outbox_first)};
		return true;
	}
	return false;
}
