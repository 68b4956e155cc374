/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a root signs about one desk alone: cards, key changes, ends of logs.
 */
#include <stdio.h>

#include "base/clock.h"
#include "cli/root_sign.h"
#include "record/key_change.h"
#include "record/log_end.h"

/* The text with a root line in front of the lines that stand there already. */
static enum status sign_in_front(const struct keys_root *root, struct view given,
                                 struct buf *out, struct error *err)
{
	struct tlog_note note = {.text = given};

	if (tlog_note_parse(given, &note, NULL) != STATUS_OK)
		note = (struct tlog_note){.text = given};
	buf_append_view(out, note.text);
	buf_append_byte(out, '\n');
	TRY(root_sign_append_line(root, note.text, out, err));
	buf_append_view(out, note.lines);
	return buf_check(out, "the note", err);
}

static enum status check_root(const struct record_card *card,
                              const struct keys_root *root, struct error *err)
{
	struct ed25519_public key = ed25519_secret_public(root->secret);

	if (strcmp(card->name.text, root->name.text) != 0)
		return error_set(err, STATUS_CONFLICT,
		                 "this is about %s, and the root is that of %s",
		                 card->name.text, root->name.text);
	if (memcmp(&card->keys[RECORD_ROLE_ROOT], &key, sizeof key) != 0)
		return error_set(err, STATUS_CONFLICT,
		                 "the card of %s names another root key",
		                 card->name.text);
	return STATUS_OK;
}

static void say_card(const struct record_card *card)
{
	fprintf(stderr, "Card %u of %s, with keys for:", (unsigned)card->serial,
	        card->name.text);
	for (int role = 0; role < RECORD_ROLE_COUNT; role++)
		if (card->has_key[role])
			fprintf(stderr, " %s", record_role_name(role));
	fputc('\n', stderr);
}

static enum status key_change_append(const struct keys_root *root, struct view card_note,
                                     struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	TRY(record_key_change_append_text(card_note, clock_utc_ms() / 1000, &text, err));
	return sign_in_front(root, buf_view(&text), out, err);
}

enum status root_sign_card(const struct root_sign *call, const struct keys_root *root,
                           struct view given, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card card;
	enum status status;

	TRY(sign_in_front(root, given, &note, err));
	status = record_card_open(buf_view(&note), &card, err);
	if (status != STATUS_OK)
		return error_context(err, status,
		                     "this card can't be signed by the root of %s",
		                     root->name.text);
	TRY(check_root(&card, root, err));
	say_card(&card);
	if (call->makes_key_change)
		return key_change_append(root, buf_view(&note), out, err);
	buf_append_view(out, buf_view(&note));
	return buf_check(out, "the card", err);
}

enum status root_sign_key_change(const struct keys_root *root, struct view given,
                                 struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card before = {.name = root->name}, card;

	/* The card before is not at hand: of it only name and root are asked. */
	before.keys[RECORD_ROLE_ROOT] = ed25519_secret_public(root->secret);
	TRY(sign_in_front(root, root_sign_text_of(given), &note, err));
	TRY(record_key_change_open(buf_view(&note), &before, &card, &card_note, err));
	say_card(&card);
	buf_append_view(out, buf_view(&note));
	return buf_check(out, "the key change", err);
}

/* Any member's root may countersign; the own one is asked for first by who reads it. */
enum status root_sign_log_end(const struct keys_root *root, struct view given,
                              struct buf *out, struct error *err)
{
	struct record_log_end end;

	TRY(record_log_end_decode(root_sign_text_of(given), &end, err));
	fprintf(stderr, "The log %s ends with %llu entries\n", end.origin,
	        (unsigned long long)end.size);
	return sign_in_front(root, given, out, err);
}
