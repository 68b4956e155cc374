/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining: a note of a charter with some or all signatures, an amendment, a whole chain,
 * the end of a log. What is refused changes nothing. Source: aldis.md 2.1, 6.1, 6.4.
 */
#include "desk/state.h"

#include "record/amendment.h"

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

static enum status meet_member(struct desk *desk, const struct record_card *card,
                               struct view card_note, bool must_fit, struct error *err)
{
	enum status status =
	    is_taken(desk, card) ? desk_trust(desk, card_note, false, err) : STATUS_OK;
	if (must_fit || status != STATUS_CONFLICT)
		return status;
	desk_log_line(desk, "ALARM: the card of %s in a charter is not taken: %s",
	              card->name.text, err->text);
	return STATUS_OK;
}

enum status channel_meet_members(struct desk *desk, const struct record_charter *charter,
                                 bool must_fit, struct error *err)
{
	struct json_doc doc = {0};
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf note_text = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&note_text, buf_view(&charter->text));
	struct view json = buf_view(&note_text), line;
	enum status status = STATUS_OK;
	if (must_fit)
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
		status = meet_member(desk, &charter->members[m], buf_view(&card_note),
		                     must_fit, err);
		member = json_next(&doc, members, member);
	}
	json_release(&doc);
	return status;
}

static void drop_channel(struct desk *desk)
{
	channel_free(desk->channels[--desk->channel_count]);
}

/* Is this desk a member, under the keys that it has, or (it lost its database since) had
 * under an older card? */
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
	int last =
	    card->serial < desk->card.serial ? RECORD_ROLE_ROOT : RECORD_ROLE_MIRROR;
	for (int role = RECORD_ROLE_ROOT; role <= last; role++)
		if (memcmp(&card->keys[role], &desk->card.keys[role],
		           sizeof card->keys[0]) != 0)
			return error_set(
			    err, STATUS_CONFLICT,
			    "the charter has another %s key for this desk than its card",
			    record_role_name(role));
	return STATUS_OK;
}

enum status channel_open(struct desk *desk, struct channel *channel, struct error *err)
{
	TRY(channel_make_logs(desk, channel, err));
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
	TRY(channel_judge_first(channel, err));
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
	TRY(channel_meet_members(desk, charter, true, err));
	struct channel *channel = channel_add(desk, &id);
	if (!channel)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a channel");
	TRY(channel_push(desk, channel, charter, note, err));
	TRY(channel_keep(desk, channel, channel->agreements[0], true, err));
	TRY(channel_find_peers(desk, channel, err));
	TRY(channel_judge_first(channel, err));
	*ret_channel = channel;
	return channel->is_open ? channel_open(desk, channel, err) : STATUS_OK;
}

/* A charter of which this desk is no member, with the amendments that make it one. */
static enum status join_late(struct desk *desk, struct record_charter *first,
                             struct view note, struct view rest,
                             struct channel **ret_channel, struct error *err)
{
	struct hash id = first->digest;
	struct channel *channel = channel_add(desk, &id);
	if (!channel)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a channel");
	enum status status = channel_push(desk, channel, first, note, err);
	while (status == STATUS_OK && record_charter_chain_next(&rest, &note)) {
		struct record_charter charter = {0};
		status = channel_read_charter(note, &charter, err);
		if (status == STATUS_OK)
			status = amend_check_whole(channel, &charter, note, err);
		if (status == STATUS_OK)
			status = channel_push(desk, channel, &charter, note, err);
		record_charter_release(&charter);
	}
	if (status == STATUS_OK)
		status = channel_judge_first(channel, err);
	if (status == STATUS_OK && !channel->is_open)
		status = error_set(err, STATUS_CONFLICT,
		                   "the first charter is not signed by all");
	if (status == STATUS_OK)
		status = check_own_membership(desk, channel_charter(channel), err);
	if (status == STATUS_OK)
		status = channel_meet_members(desk, channel_charter(channel), true, err);
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
	TRY(channel_read_charter(note, &charter, err));
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
