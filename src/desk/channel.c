/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels: what this desk has agreed to. A channel is a chain of charters, the first and
 * its amendments, and a table of everyone who was ever a member, in the order in which
 * they came; each has a place in it for ever, and a log. Knows nothing of messages.
 * Source: aldis.md 2.1, 6.
 */
#include "desk/state.h"

#include <inttypes.h>
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
	for (uint32_t m = 0; channel->members && m < channel->member_count; m++)
		buf_release(&channel->members[m].feed.target_note);
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
		desk->must_commit = true;
		has_new = true;
	}
	return has_new ? keys_renew(desk, channel, err) : STATUS_OK;
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
			TRY(desk_peer_check(desk, card, err));
	}
	return STATUS_OK;
}

/* Takes the cards of members on the charter's word. */
enum status channel_meet_members(struct desk *desk, const struct record_charter *charter,
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
	return status;
}

/* An empty channel; its charters are pushed. */
static struct channel *add_channel(struct desk *desk, const struct hash *id)
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
	desk->channels[desk->channel_count++] = channel;
	return channel;
}

static void drop_channel(struct desk *desk)
{
	channel_free(desk->channels[--desk->channel_count]);
}

/* Is this desk a member, under the keys that it has? */
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
	return STATUS_OK;
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

enum status channel_keep(struct desk *desk, const struct channel *channel,
                         const struct agreement *agreement, bool is_in_force,
                         struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(64), row = BUF_INIT(RECORD_NOTE_MAX + 1);
	if (!agreement->charter.has_previous)
		return put_row(desk, hash_view(&channel->id.hash),
		               buf_view(&agreement->note), err);
	buf_append_view(&key, hash_view(&channel->id.hash));
	buf_append_view(&key, hash_view(&agreement->charter.digest));
	buf_append_byte(&row, is_in_force);
	buf_append_view(&row, buf_view(&agreement->note));
	TRY(buf_check(&row, "the charter", err));
	return put_row(desk, buf_view(&key), buf_view(&row), err);
}

static enum status read_charter(struct view note, struct record_charter *ret_charter,
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
		TRY(read_charter(buf_view(&draft->note), &charter, err));
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
	TRY(read_charter(view_from(row, 1), &charter, err));
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
	TRY(read_charter(row, &charter, err));
	channel = add_channel(desk, &id);
	if (!channel) {
		record_charter_release(&charter);
		return error_set(err, STATUS_NO_MEMORY, "no memory for a channel");
	}
	return channel_push(desk, channel, &charter, row, err);
}

/* Is the first charter signed by all? Amendments are only ever pushed when they are. */
static enum status judge_first(struct channel *channel, struct error *err)
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
	while (has_pushed)
		TRY(push_next(desk, channel, &has_pushed, err));
	TRY(ending_apply_loaded(channel, err));
	if (channel->own == UINT32_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "the store has a channel of which %s is no member",
		                 desk->card.name.text);
	TRY(channel_find_peers(desk, channel, err));
	return judge_first(channel, err);
}

/* ---- joining ---- */

enum status channel_open(struct desk *desk, struct channel *channel, struct error *err)
{
	TRY(channel_make_logs(desk, channel, err));
	TRY(open_compare_guards(desk, channel, err));
	watch_load(channel);
	start_channel(desk, channel);
	desk_event(desk, "channel", "\"channel\":\"%s\",\"open\":true", channel->id_hex);
	return STATUS_OK;
}

static enum status merge_first(struct desk *desk, struct channel *channel,
                               struct view note, struct error *err)
{
	struct agreement *first = channel->agreements[0];
	struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	enum status status = record_charter_merge(&first->charter, buf_view(&first->note),
	                                          note, &merged, err);
	if (status != STATUS_OK) {
		buf_release(&merged);
		return status;
	}
	buf_release(&first->note);
	first->note = merged;
	bool was_open = channel->is_open;
	TRY(channel_keep(desk, channel, first, true, err));
	TRY(judge_first(channel, err));
	return channel->is_open && !was_open ? channel_open(desk, channel, err)
	                                     : STATUS_OK;
}

/* A first charter that this desk does not have. ret_channel is left alone on failure. */
static enum status join_first(struct desk *desk, struct record_charter *charter,
                              struct view note, struct channel **ret_channel,
                              struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX];
	struct hash id = charter->digest;
	TRY(record_charter_signed_by(charter, note, is_signed, err));
	TRY(check_own_membership(desk, charter, err));
	TRY(channel_meet_members(desk, charter, err));
	struct channel *channel = add_channel(desk, &id);
	if (!channel)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a channel");
	TRY(channel_push(desk, channel, charter, note, err));
	TRY(channel_keep(desk, channel, channel->agreements[0], true, err));
	TRY(channel_find_peers(desk, channel, err));
	TRY(judge_first(channel, err));
	*ret_channel = channel;
	return channel->is_open ? channel_open(desk, channel, err) : STATUS_OK;
}

/* A charter of which this desk is no member, with the amendments that make it one. */
static enum status join_late(struct desk *desk, struct record_charter *first,
                             struct view note, struct view rest,
                             struct channel **ret_channel, struct error *err)
{
	struct hash id = first->digest;
	struct channel *channel = add_channel(desk, &id);
	if (!channel)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a channel");
	enum status status = channel_push(desk, channel, first, note, err);
	while (status == STATUS_OK && record_charter_chain_next(&rest, &note)) {
		struct record_charter charter = {0};
		status = read_charter(note, &charter, err);
		if (status == STATUS_OK)
			status = amend_check_whole(channel, &charter, note, err);
		if (status == STATUS_OK)
			status = channel_push(desk, channel, &charter, note, err);
		record_charter_release(&charter);
	}
	if (status == STATUS_OK)
		status = judge_first(channel, err);
	if (status == STATUS_OK && !channel->is_open)
		status = error_set(err, STATUS_CONFLICT,
		                   "the first charter is not signed by all");
	if (status == STATUS_OK)
		status = check_own_membership(desk, channel_charter(channel), err);
	if (status == STATUS_OK)
		status = channel_meet_members(desk, channel_charter(channel), err);
	if (status != STATUS_OK) {
		drop_channel(desk);
		return status;
	}
	for (size_t i = 0; i < channel->agreement_count; i++)
		TRY(channel_keep(desk, channel, channel->agreements[i], true, err));
	TRY(channel_find_peers(desk, channel, err));
	*ret_channel = channel;
	return channel_open(desk, channel, err);
}

/* One note of a file; rest is what follows. */
static enum status join_note(struct desk *desk, struct view note, struct view *rest,
                             struct channel **ret_channel, struct error *err)
{
	struct record_charter charter = {0};
	if (view_has_prefix(note, view_of_string(RECORD_TYPE_LOG_END "\n")))
		return ending_join(desk, note, ret_channel, err);
	TRY(read_charter(note, &charter, err));
	struct channel *channel = channel_by_id(desk, &charter.digest);
	enum status status;
	if (charter.has_previous) {
		status = amend_join(desk, &charter, note, ret_channel, err);
	} else if (channel) {
		*ret_channel = channel;
		status = merge_first(desk, channel, note, err);
	} else if (rest->len > 0 &&
	           record_charter_member(&charter, desk->card.name.text) == SIZE_MAX) {
		status = join_late(desk, &charter, note, *rest, ret_channel, err);
		*rest = view_of("", 0);
	} else {
		status = join_first(desk, &charter, note, ret_channel, err);
	}
	record_charter_release(&charter);
	return status;
}

enum status desk_join(struct desk *desk, struct view notes, bool *ret_open,
                      struct buf *ret_notes, struct error *err)
{
	struct channel *channel = NULL;
	struct view note;
	if (view_has_prefix(notes, view_of_string(RECORD_TYPE_LOG_END "\n"))) {
		note = notes;
		notes = view_of("", 0);
		TRY(join_note(desk, note, &notes, &channel, err));
	}
	while (record_charter_chain_next(&notes, &note))
		TRY(join_note(desk, note, &notes, &channel, err));
	if (!channel)
		return error_set(err, STATUS_MALFORMED, "there is no charter in this");
	*ret_open = channel->is_open;
	if (!ret_notes)
		return STATUS_OK;
	struct desk_charter_info info;
	size_t at = 0;
	while (desk->channels[at] != channel)
		at++;
	for (size_t nth = 0; desk_charter(desk, at, nth, &info); nth++)
		buf_append_view(ret_notes, info.note);
	return buf_check(ret_notes, "the charter", err);
}

bool desk_charter(const struct desk *desk, size_t channel, size_t nth,
                  struct desk_charter_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	bool is_in_force = nth < it->agreement_count && it->is_open;
	const struct agreement *agreement;
	if (nth < it->agreement_count)
		agreement = it->agreements[nth];
	else if (nth - it->agreement_count < it->draft_count)
		agreement = it->drafts[nth - it->agreement_count];
	else
		return false;
	*ret_info = (struct desk_charter_info){.charter = &agreement->charter,
	                                       .note = buf_view(&agreement->note),
	                                       .is_in_force = is_in_force};
	if (!is_in_force)
		amend_missing(it, agreement, &ret_info->missing_count,
		              &ret_info->first_missing);
	return true;
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
	    .charter = channel_charter(it),
	    .charter_note = buf_view(&it->agreements[it->agreement_count - 1]->note),
	    .log_count = it->is_open ? it->member_count : 0};
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
		    !view_equal_string(id_or_prefix, channel_charter(it)->title))
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
	for (uint32_t m = 0; m < channel->member_count; m++)
		if (m != channel->own && !channel->members[m].is_gone &&
		    channel->members[m].feed.acked_size < size)
			size = channel->members[m].feed.acked_size;
	return size;
}

void desk_log(const struct desk *desk, size_t channel, size_t log,
              struct desk_log_info *ret_info)
{
	const struct channel *it = desk->channels[channel];
	const struct log *own = it->logs[log];
	*ret_info = (struct desk_log_info){
	    .desk = it->members[log].name.text,
	    .origin = own->origin,
	    .is_own = own->is_own,
	    .is_ended = it->members[log].is_ended,
	    .offset = it->members[log].offset,
	    .state = own->is_own ? it->state : DESK_LOG_READY,
	    .entry_count = own->tree.size,
	    .signed_size = own->newest.size,
	    .cosigned_size = own->is_own ? cosigned_by_all(it) : own->cosigned_size,
	    .cosigned_root = own->is_own ? own->newest.root : own->cosigned_root,
	    .cosigned_time_s = own->cosigned_time_s,
	    .last_check_s = own->checks_s[0],
	    .is_equivocating = own->is_equivocating,
	    .flags = own->flags & ~LOG_DENOUNCED,
	    .key = own->keys.now,
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
	for (uint32_t m = 0; m < it->member_count; m++) {
		if (m == it->own || it->members[m].is_gone || nth-- > 0)
			continue;
		const struct feed *feed = &it->members[m].feed;
		*ret_info = (struct desk_receipt_info){
		    .member = it->members[m].name.text,
		    .size = feed->acked_size,
		    .time_s = feed->acked_time_s,
		    .is_reachable = it->members[m].peer->last_error.text[0] == '\0',
		    .queued = channel_own_log(it)->tree.size - feed->acked_size +
		              (it->outbox_next - it->outbox_first)};
		return true;
	}
	return false;
}
