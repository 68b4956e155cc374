/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys over time: a desk's newest card says what it signs with now; the keys of its
 * earlier cards go on to verify what they signed. A key change is an entry of the log
 * whose keys change, signed by the desk's root. Source: aldis.md 6.3.
 */
#include "desk/state.h"

#include <inttypes.h>

#include "record/key_change.h"

enum { CHANGES_MAX = 64 }; /* of one desk's keys that are followed by themselves */

enum status key_ring_put(struct key_ring *ring, const struct tlog_vkey *key,
                         struct error *err)
{
	if (ring->now.id == key->id && strcmp(ring->now.name, key->name) == 0)
		return STATUS_OK;
	if (ring->now.name[0] != '\0') {
		struct tlog_vkey *grown = reallocarray(
		    ring->before, ring->before_count + 1, sizeof *ring->before);
		if (!grown)
			return error_set(err, STATUS_NO_MEMORY, "no memory for a key");
		ring->before = grown;
		ring->before[ring->before_count++] = ring->now;
	}
	ring->now = *key;
	return STATUS_OK;
}

void key_ring_release(struct key_ring *ring)
{
	free(ring->before);
	*ring = (struct key_ring){0};
}

static const struct tlog_vkey *ring_key(const struct key_ring *ring, size_t nth)
{
	return nth == 0 ? &ring->now : &ring->before[ring->before_count - nth];
}

const struct tlog_vkey *key_ring_find(const struct key_ring *ring, struct view name,
                                      uint32_t id)
{
	for (size_t i = 0; i <= ring->before_count; i++)
		if (ring_key(ring, i)->id == id &&
		    view_equal_string(name, ring_key(ring, i)->name))
			return ring_key(ring, i);
	return NULL;
}

bool key_ring_verify_line(const struct key_ring *ring, struct view text, struct view line,
                          uint64_t *ret_time_s)
{
	struct tlog_note_line parsed;
	if (tlog_note_line_parse(line, &parsed, NULL) != STATUS_OK)
		return false;
	const struct tlog_vkey *key = key_ring_find(ring, parsed.name, parsed.id);
	return key && tlog_cosignature_verify_line(text, line, key, ret_time_s, NULL) ==
	                  STATUS_OK;
}

enum status log_verify_note(const struct log *log, const struct tlog_note *note,
                            const struct tlog_vkey **ret_key, struct error *err)
{
	enum status status = STATUS_NOT_FOUND;
	for (size_t i = 0; i <= log->keys.before_count; i++) {
		*ret_key = ring_key(&log->keys, i);
		status = tlog_note_verify(note, *ret_key, err);
		if (status != STATUS_NOT_FOUND)
			return status;
	}
	return status;
}

enum status log_open_checkpoint(const struct log *log, struct view note,
                                struct tlog_checkpoint *ret_checkpoint, struct error *err)
{
	enum status status = STATUS_NOT_FOUND;
	for (size_t i = 0; i <= log->keys.before_count && status != STATUS_OK; i++)
		status = tlog_checkpoint_open(note, ring_key(&log->keys, i),
		                              ret_checkpoint, err);
	return status;
}

bool log_key_counts(const struct log *log, const struct tlog_vkey *key, uint64_t size)
{
	return key == &log->keys.now || log->change_size == 0 || size <= log->change_size;
}

enum status log_open_shown(const struct log *log, struct view note,
                           struct tlog_checkpoint *ret_checkpoint, struct error *err)
{
	const struct tlog_vkey *key;
	struct tlog_note parsed;
	TRY(log_open_checkpoint(log, note, ret_checkpoint, err));
	TRY(tlog_note_parse(note, &parsed, err));
	TRY(log_verify_note(log, &parsed, &key, err));
	if (!log->is_own && !log_key_counts(log, key, ret_checkpoint->size))
		return error_set(err, STATUS_UNTRUSTED,
		                 "it is signed by a key that was replaced");
	return STATUS_OK;
}

bool log_append_own_line(const struct log *log, struct view note, struct buf *out)
{
	for (size_t i = 0; i <= log->keys.before_count; i++)
		if (log_append_bare_note(ring_key(&log->keys, i), note, out))
			return true;
	return false;
}

/* ---- the cards of a name, by serial ---- */

static void old_card_key(struct buf *key, const struct record_card *card)
{
	buf_append_string(key, "card/");
	buf_append_string(key, card->name.text);
	buf_append_byte(key, 0);
	buf_append_u32(key, card->serial);
}

static bool is_known(const struct desk *desk, const struct record_card *card)
{
	for (size_t i = 0; i < desk->old_card_count; i++)
		if (desk->old_cards[i].serial == card->serial &&
		    strcmp(desk->old_cards[i].name.text, card->name.text) == 0)
			return true;
	return false;
}

static size_t count_old(const struct desk *desk, const char *name)
{
	size_t count = 0;
	for (size_t i = 0; i < desk->old_card_count; i++)
		count += strcmp(desk->old_cards[i].name.text, name) == 0;
	return count;
}

static bool note_old_card(struct desk *desk, const struct record_card *card)
{
	if (is_known(desk, card))
		return false;
	if (!desk_grow(desk, &desk->old_cards, &desk->old_card_cap, desk->old_card_count,
	               sizeof *desk->old_cards))
		return false;
	desk->old_cards[desk->old_card_count++] = *card;
	return true;
}

enum status keys_keep_old(struct desk *desk, const struct record_card *card,
                          struct view card_note, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX);
	if (!note_old_card(desk, card))
		return STATUS_OK;
	old_card_key(&key, card);
	desk->must_commit = true;
	return desk->store.ops->put(desk->store.self, STORE_META, buf_view(&key),
	                            card_note, err);
}

enum status desk_older_card(const struct desk *desk, size_t nth, struct buf *ret_note,
                            struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(STORE_KEY_MAX);
	if (nth >= desk->old_card_count)
		return error_set(err, STATUS_NOT_FOUND, "there are no more cards");
	old_card_key(&key, &desk->old_cards[nth]);
	return desk->store.ops->get(desk->store.self, STORE_META, buf_view(&key),
	                            ret_note, err);
}

static bool load_old_card(void *context, struct view key, struct view value)
{
	struct desk *desk = context;
	struct record_card card;
	if (record_card_open(value, &card, NULL) == STATUS_OK)
		(void)note_old_card(desk, &card);
	return true;
}

/* The card that this desk had when it last ran, if that was another one. */
static enum status keep_last_own(struct desk *desk, struct error *err)
{
	static const char row_key[] = "own-card";
	CLEANUP_BUF struct buf row = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card last;
	enum status status = desk->store.ops->get(desk->store.self, STORE_META,
	                                          view_of_string(row_key), &row, err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	if (status == STATUS_OK && view_equal(buf_view(&row), buf_view(&desk->card_note)))
		return STATUS_OK;
	if (status == STATUS_OK) {
		TRY(record_card_open(buf_view(&row), &last, err));
		if (last.serial > desk->card.serial)
			return error_set(
			    err, STATUS_CONFLICT,
			    "card.note has serial %" PRIu32
			    ", this desk has used a card with serial %" PRIu32
			    ": put the newest card back",
			    desk->card.serial, last.serial);
		if (last.serial < desk->card.serial)
			TRY(keys_keep_old(desk, &last, buf_view(&row), err));
	}
	desk->must_commit = true;
	return desk->store.ops->put(desk->store.self, STORE_META, view_of_string(row_key),
	                            buf_view(&desk->card_note), err);
}

enum status keys_load(struct desk *desk, struct error *err)
{
	TRY(desk->store.ops->scan(desk->store.self, STORE_META, view_of_string("card/"),
	                          view_of("", 0), load_old_card, desk, err));
	TRY(keep_last_own(desk, err));
	return STATUS_OK;
}

/* ---- rings of a channel ---- */

const struct record_card *keys_newest_card(const struct desk *desk,
                                           const struct channel *channel, uint32_t m)
{
	const struct record_card *card = channel->members[m].card;
	const struct peer *peer = channel->members[m].peer;
	/* this desk signs with the card that it runs under, also in a log that ended,
	 * whatever an amendment already says */
	if (strcmp(channel->members[m].name.text, desk->card.name.text) == 0)
		return &desk->card;
	return peer && peer->card.serial >= card->serial ? &peer->card : card;
}

static enum status put_card(struct channel *channel, uint32_t m,
                            const struct record_card *card, struct error *err)
{
	struct tlog_vkey key;
	TRY(record_vkey(card->name.text, "mirror", &card->keys[RECORD_ROLE_MIRROR], &key,
	                err));
	TRY(key_ring_put(&channel->members[m].mirror_keys, &key, err));
	if (!channel->logs[m])
		return STATUS_OK;
	TRY(record_log_vkey(channel->logs[m]->origin, &card->keys[RECORD_ROLE_LOG], &key,
	                    err));
	return key_ring_put(&channel->logs[m]->keys, &key, err);
}

const struct record_card *keys_next_card(const struct desk *desk,
                                         const struct channel *channel, uint32_t m,
                                         uint32_t above)
{
	const char *name = channel->members[m].name.text;
	const struct record_card *next = keys_newest_card(desk, channel, m);
	for (size_t i = 0; i < desk->old_card_count; i++) {
		const struct record_card *card = &desk->old_cards[i];
		if (strcmp(card->name.text, name) == 0 && card->serial > above &&
		    card->serial < next->serial)
			next = card;
	}
	for (size_t a = 0; a < channel->agreement_count; a++) {
		const struct record_charter *charter = &channel->agreements[a]->charter;
		size_t at = record_charter_member(charter, name);
		if (at != SIZE_MAX && charter->members[at].serial > above &&
		    charter->members[at].serial < next->serial)
			next = &charter->members[at];
	}
	return next;
}

enum status keys_renew(struct desk *desk, struct channel *channel, struct error *err)
{
	for (uint32_t m = 0; m < channel->member_count; m++) {
		uint32_t newest = keys_newest_card(desk, channel, m)->serial, at = 0;
		key_ring_release(&channel->members[m].mirror_keys);
		if (channel->logs[m])
			key_ring_release(&channel->logs[m]->keys);
		while (at < newest) {
			const struct record_card *card =
			    keys_next_card(desk, channel, m, at);
			TRY(put_card(channel, m, card, err));
			at = card->serial;
		}
	}
	return STATUS_OK;
}

/* ---- the entry ---- */

/* The card that the note of a `key.change` carries, held against the root of its desk
 * and, when it is to follow the newest that is known, against that. */
static enum status open_change(struct desk *desk, const struct record_card *known,
                               struct view body, struct record_card *ret_card,
                               struct buf *ret_card_note, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card root = {.name = known->name};
	root.has_key[RECORD_ROLE_ROOT] = true;
	root.keys[RECORD_ROLE_ROOT] = known->keys[RECORD_ROLE_ROOT];
	TRY(json_scan(&desk->body_doc, body, 1000, err));
	const struct json_token *text =
	    json_member(&desk->body_doc, json_root(&desk->body_doc), "note");
	if (!text || text->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "it holds no note");
	json_string_append(&desk->body_doc, text, &note);
	TRY(record_key_change_open(buf_view(&note), &root, ret_card, ret_card_note, err));
	if (ret_card->serial <= known->serial)
		return STATUS_OK;
	buf_clear(ret_card_note);
	return record_key_change_open(buf_view(&note), known, ret_card, ret_card_note,
	                              err);
}

/* A card between two that are known (this desk was behind, or came late): what it signed
 * counts, too. */
static enum status learn_old(struct desk *desk, const struct record_card *card,
                             struct view card_note, struct error *err)
{
	if (is_known(desk, card))
		return STATUS_OK;
	TRY(keys_keep_old(desk, card, card_note, err));
	for (size_t c = 0; c < desk->channel_count; c++) {
		size_t m = channel_member(desk->channels[c], card->name.text);
		if (m == SIZE_MAX)
			continue;
		TRY(keys_renew(desk, desk->channels[c], err));
		duty_renew_cards(desk->channels[c]);
	}
	return STATUS_OK;
}

void keys_take_change(struct desk *desk, struct log *log, struct view body)
{
	struct channel *channel = log->channel;
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card card, known = *keys_newest_card(desk, channel, log->member);
	struct error err;
	enum status status = open_change(desk, &known, body, &card, &card_note, &err);
	bool is_new = status == STATUS_OK && card.serial > known.serial;
	if (is_new && log->is_own)
		return; /* the operator has yet to switch */
	if (status == STATUS_OK && count_old(desk, known.name.text) >= CHANGES_MAX)
		status = error_set(&err, STATUS_LIMIT, "its keys have changed too often");
	else if (status == STATUS_OK && is_new)
		status = desk_trust(desk, buf_view(&card_note), false, &err);
	else if (status == STATUS_OK)
		status = learn_old(desk, &card, buf_view(&card_note), &err);
	if (status == STATUS_SYSTEM || status == STATUS_NO_MEMORY)
		desk_fail(desk, status, &err);
	else if (status != STATUS_OK)
		desk_log_line(desk, "%s: a key change that counts for nothing: %s",
		              known.name.text, err.text);
	else if (is_new)
		desk_event(desk, "key.change", "\"channel\":\"%s\",\"desk\":\"%s\"",
		           channel->id_hex, known.name.text);
}

enum status desk_key_change(struct desk *desk, struct view note, struct error *err)
{
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX),
	                       body = BUF_INIT(RECORD_BODY_MAX);
	struct record_card card, before = desk->card;
	before.serial = 0; /* also one that is in use already */
	TRY(record_key_change_open(note, &before, &card, &card_note, err));
	if (card.serial < desk->card.serial)
		return error_set(err, STATUS_CONFLICT,
		                 "this desk has a newer card already (serial %" PRIu32
		                 ")",
		                 desk->card.serial);
	for (size_t c = 0; c < desk->channel_count; c++)
		if (desk->channels[c]->is_open &&
		    desk->channels[c]->state != DESK_LOG_READY)
			return error_set(err, STATUS_AGAIN,
			                 "channel %.16s may not be written to now: %s",
			                 desk->channels[c]->id_hex,
			                 desk->channels[c]->why);
	buf_append_string(&body, "{\"note\":");
	json_append_string(&body, note);
	buf_append_string(&body, "}");
	TRY(buf_check(&body, "the key change", err));
	for (size_t c = 0; c < desk->channel_count; c++)
		if (desk->channels[c]->is_open)
			(void)compose_automatic(desk, desk->channels[c], "key.change",
			                        NULL, buf_view(&body));
	return STATUS_OK;
}
