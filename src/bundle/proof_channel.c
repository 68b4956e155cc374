/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charters and cards of a proof: each charter replaces the one before and is signed by
 * all who must, each card is a newer one of the same root.
 */
#include "bundle/proof_channel.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "record/amendment.h"

/* Charters */

static enum status check_first(struct proof_channel *channel,
                               const struct record_charter *charter, struct view note,
                               struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX];

	if (charter->has_previous)
		return error_set(err, STATUS_CONFLICT,
		                 "the first charter here replaces one that is not here");
	if (!hash_equal(&charter->digest, &channel->id.hash))
		return error_set(err, STATUS_CONFLICT,
		                 "the first charter is that of another channel");
	TRY(record_charter_signed_by(charter, note, is_signed, err));
	for (size_t i = 0; i < charter->member_count; i++)
		if (!is_signed[i])
			return error_set(err, STATUS_UNTRUSTED,
			                 "%s has not signed the charter",
			                 charter->members[i].name.text);
	return STATUS_OK;
}

/* Those who are no longer there are taken to have left: their `leave` stands in a log
 * that a proof need not hold, and what binds a member is its own signature. */
static enum status check_next(const struct record_charter *previous,
                              const struct record_charter *next, struct view note,
                              struct error *err)
{
	CLEANUP_FREE struct record_name *left = calloc(RECORD_MEMBERS_MAX, sizeof *left);
	size_t left_count = 0, missing = 0;
	struct record_name first;

	if (left == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for names");
	for (size_t i = 0; i < previous->member_count; i++)
		if (record_charter_member(next, previous->members[i].name.text) ==
		    SIZE_MAX)
			left[left_count++] = previous->members[i].name;
	TRY(record_amendment_check(previous, next, note, left, left_count, &missing,
	                           &first, err));
	if (missing > 0)
		return error_set(err, STATUS_UNTRUSTED, "%s has not signed the charter",
		                 first.text);
	return STATUS_OK;
}

static enum status add_charter(struct proof_channel *channel, struct view note,
                               struct error *err)
{
	struct record_charter *charter = &channel->charters[channel->charter_count];
	struct tlog_note parsed;

	TRY(tlog_note_parse(note, &parsed, err));
	channel->charter_count++; /* released from here on */
	TRY(record_charter_decode(parsed.text, charter, err));
	return channel->charter_count == 1 ? check_first(channel, charter, note, err)
	                                   : check_next(charter - 1, charter, note, err);
}

static enum status take_charters(struct proof_cursor *cursor,
                                 struct proof_channel *channel, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	const struct json_token *list;

	TRY(proof_take(cursor, "charters", JSON_ARRAY, &list, err));
	if (list->count == 0 || list->count > PROOF_CHARTERS_MAX)
		return error_set(err, STATUS_MALFORMED, "there must be 1 to %d charters",
		                 PROOF_CHARTERS_MAX);
	channel->charters = calloc(list->count, sizeof *channel->charters);
	if (channel->charters == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for charters");
	for (const struct json_token *item = json_first(cursor->doc, list); item != NULL;
	     item = json_next(cursor->doc, list, item)) {
		buf_clear(&note);
		if (item->type != JSON_STRING)
			return error_set(err, STATUS_MALFORMED,
			                 "a charter must be a text");
		json_string_append(cursor->doc, item, &note);
		TRY(buf_check(&note, "a charter", err));
		enum status status = add_charter(channel, buf_view(&note), err);
		if (status != STATUS_OK)
			return error_context(err, status, "charter %zu",
			                     channel->charter_count);
	}
	return STATUS_OK;
}

const struct record_charter *proof_channel_charter(const struct proof_channel *channel,
                                                   const struct hash *digest)
{
	for (size_t i = 0; i < channel->charter_count; i++)
		if (hash_equal(&channel->charters[i].digest, digest))
			return &channel->charters[i];
	return NULL;
}

/* Cards */

const struct record_card *proof_channel_next_card(const struct proof_channel *channel,
                                                  const char *desk, size_t *at)
{
	for (; *at < channel->charter_count; (*at)++) {
		const struct record_charter *charter = &channel->charters[*at];
		size_t member = record_charter_member(charter, desk);

		if (member == SIZE_MAX)
			continue;
		(*at)++;
		return &charter->members[member];
	}
	for (; *at < channel->charter_count + channel->card_count; (*at)++) {
		const struct record_card *card =
		    &channel->cards[*at - channel->charter_count];

		if (strcmp(card->name.text, desk) != 0)
			continue;
		(*at)++;
		return card;
	}
	return NULL;
}

const struct record_card *proof_channel_card(const struct proof_channel *channel,
                                             const char *desk)
{
	const struct record_card *newest = NULL, *card;
	size_t at = 0;

	while ((card = proof_channel_next_card(channel, desk, &at)) != NULL)
		if (newest == NULL || card->serial > newest->serial)
			newest = card;
	return newest;
}

/* One card more: of a member, of the same root, newer than what is known. */
static enum status add_card(struct proof_channel *channel, struct view note,
                            struct error *err)
{
	struct record_card *card = &channel->cards[channel->card_count];

	TRY(record_card_open(note, card, err));
	const struct record_card *known = proof_channel_card(channel, card->name.text);
	if (known == NULL)
		return error_set(err, STATUS_CONFLICT, "%s is not a member",
		                 card->name.text);
	if (memcmp(known->keys[RECORD_ROLE_ROOT].bytes,
	           card->keys[RECORD_ROLE_ROOT].bytes, 32) != 0)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the card of %s has another root than its charter",
		                 card->name.text);
	if (card->serial <= known->serial)
		return error_set(err, STATUS_CONFLICT,
		                 "the card of %s is not newer than the one before",
		                 card->name.text);
	channel->card_count++;
	return STATUS_OK;
}

static enum status take_cards(struct proof_cursor *cursor, struct proof_channel *channel,
                              struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	const struct json_token *list;

	TRY(proof_take(cursor, "cards", JSON_ARRAY, &list, err));
	if (list->count > PROOF_CARDS_MAX)
		return error_set(err, STATUS_LIMIT, "there are more than %d cards",
		                 PROOF_CARDS_MAX);
	channel->cards = calloc(list->count + 1, sizeof *channel->cards);
	if (channel->cards == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for cards");
	for (const struct json_token *item = json_first(cursor->doc, list); item != NULL;
	     item = json_next(cursor->doc, list, item)) {
		buf_clear(&note);
		if (item->type != JSON_STRING)
			return error_set(err, STATUS_MALFORMED, "a card must be a text");
		json_string_append(cursor->doc, item, &note);
		TRY(buf_check(&note, "a card", err));
		TRY(add_card(channel, buf_view(&note), err));
	}
	return STATUS_OK;
}

/* Both */

enum status proof_channel_take(struct proof_cursor *cursor,
                               struct proof_channel *ret_channel, struct error *err)
{
	const struct json_token *id;
	struct hash *hash = &ret_channel->id.hash;

	TRY(proof_take(cursor, "channel", JSON_STRING, &id, err));
	TRY(hex_decode_exact(json_raw(cursor->doc, id), hash->bytes, sizeof hash->bytes,
	                     err));
	TRY(take_charters(cursor, ret_channel, err));
	return take_cards(cursor, ret_channel, err);
}

void proof_channel_release(struct proof_channel *channel)
{
	for (size_t i = 0; i < channel->charter_count; i++)
		record_charter_release(&channel->charters[i]);
	free(channel->charters);
	free(channel->cards);
	*channel = (struct proof_channel){0};
}

void proof_channel_origin(const struct proof_channel *channel, const char *desk,
                          char ret_origin[RECORD_ORIGIN_MAX + 1])
{
	struct record_origin origin = {.channel = channel->id, .generation = 1};

	(void)snprintf(origin.desk.text, sizeof origin.desk.text, "%s", desk);
	record_origin_encode(&origin, ret_origin);
}

const char *proof_shown_to(const struct record_charter *charter)
{
	switch (charter->proofs) {
	case RECORD_PROOFS_ANYONE:
		return "anyone";
	case RECORD_PROOFS_WITNESSES:
		return "the witnesses that it names";
	case RECORD_PROOFS_MEMBERS:
		return "members of the channel only";
	}
	return "members of the channel only";
}

enum status proof_channel_rely(const struct proof_channel *channel, const char *desk,
                               const struct bundle_trust *trust,
                               struct bundle_result *result, struct error *err)
{
	const struct record_card *card = proof_channel_card(channel, desk);

	if (card == NULL)
		return error_set(err, STATUS_CONFLICT, "%s is not a member", desk);
	for (size_t i = 0; i < result->desk_count; i++)
		if (strcmp(result->desks[i].name.text, desk) == 0)
			return STATUS_OK;
	return bundle_result_add_desk(result, card, trust, err);
}

/* Writing */

static enum status append_charters(const struct proof_source *source, size_t count,
                                   struct proof_channel *channel, struct buf *out,
                                   struct error *err)
{
	struct view note;

	if (count > PROOF_CHARTERS_MAX)
		count = PROOF_CHARTERS_MAX;
	channel->charters = calloc(count, sizeof *channel->charters);
	if (channel->charters == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for charters");
	buf_append_string(out, ",\"charters\":[");
	for (size_t i = 0; i < count && source->charter_note(source->self, i, &note);
	     i++) {
		TRY(add_charter(channel, note, err));
		buf_append_string(out, i > 0 ? "," : "");
		json_append_string(out, note);
	}
	buf_append_string(out, "]");
	if (channel->charter_count == 0)
		return error_set(err, STATUS_NOT_FOUND, "there is no charter");
	return STATUS_OK;
}

static bool is_known(const struct proof_channel *channel, struct view note)
{
	struct record_card card;
	const struct record_card *known;

	if (record_card_open(note, &card, NULL) != STATUS_OK)
		return false;
	known = proof_channel_card(channel, card.name.text);
	return known != NULL && known->serial >= card.serial;
}

/* The cards that no charter carries. */
static enum status append_cards(const struct proof_source *source,
                                struct proof_channel *channel, struct buf *out,
                                struct error *err)
{
	const struct record_charter *last =
	    &channel->charters[channel->charter_count - 1];
	struct view note;

	channel->cards = calloc(PROOF_CARDS_MAX, sizeof *channel->cards);
	if (channel->cards == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for cards");
	buf_append_string(out, ",\"cards\":[");
	for (size_t i = 0; i < last->member_count; i++) {
		if (!source->card_note(source->self, last->members[i].name.text, &note) ||
		    is_known(channel, note) || channel->card_count == PROOF_CARDS_MAX)
			continue;
		buf_append_string(out, channel->card_count > 0 ? "," : "");
		TRY(add_card(channel, note, err));
		json_append_string(out, note);
	}
	buf_append_string(out, "]");
	return STATUS_OK;
}

enum status proof_channel_append(const struct proof_source *source, size_t charter_count,
                                 struct proof_channel *ret_channel, struct buf *out,
                                 struct error *err)
{
	char id[HASH_HEX_LEN + 1];
	struct tlog_note parsed;
	struct view first;

	if (!source->charter_note(source->self, 0, &first))
		return error_set(err, STATUS_NOT_FOUND, "there is no charter");
	TRY(tlog_note_parse(first, &parsed, err));
	ret_channel->id.hash = sha256(parsed.text);
	hash_hex(&ret_channel->id.hash, id);
	buf_printf(out, ",\"channel\":\"%s\"", id);
	TRY(append_charters(source, charter_count, ret_channel, out, err));
	return append_cards(source, ret_channel, out, err);
}
