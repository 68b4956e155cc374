/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom this desk trusts: cards, taken in, kept and loaded again. One root for a name, no
 * key in two cards. Source: aldis.md 1.1, 1.4.
 */
#include "desk/state.h"

#include <inttypes.h>

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

enum status desk_peer_check(struct desk *desk, const struct record_card *card,
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
	TRY(desk_peer_check(desk, &card, err));
	struct peer *peer = desk_peer_find(desk, card.name.text);
	if (!peer)
		peer = add_peer(desk, err);
	if (!peer)
		return STATUS_NO_MEMORY;
	if (peer->card_note.len > 0 && peer->card.serial < card.serial)
		TRY(keys_keep_old(desk, &peer->card, buf_view(&peer->card_note), err));
	peer->card = card;
	peer->is_compared = peer->is_compared || is_compared;
	buf_clear(&peer->card_note);
	buf_append_view(&peer->card_note, card_note);
	TRY(buf_check(&peer->card_note, "the card", err));
	for (size_t c = 0; c < desk->channel_count; c++)
		if (channel_member(desk->channels[c], card.name.text) != SIZE_MAX)
			TRY(keys_renew(desk, desk->channels[c], err));
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
	                          .last_error = peer->last_error,
	                          .answered = peer->answered,
	                          .failed = peer->failed};
}

const struct record_card *desk_card(const struct desk *desk)
{
	return &desk->card;
}

struct view desk_card_note(const struct desk *desk)
{
	return buf_view(&desk->card_note);
}
