/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key changes and ends of logs: notes as others might hand them over. A key change that
 * is taken is of the desk whose card was trusted, with its root and a higher serial.
 */
#include "record/key_change.h"

#include <assert.h>

#include "base/cleanup.h"
#include "crypto/random.h"
#include "record/log_end.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The root of north.example in spec/charter.md. */
static const struct ed25519_public root = {
    {0x80, 0xdb, 0x2d, 0xa9, 0x8a, 0x76, 0x97, 0xad, 0x3f, 0x4c, 0xa8,
     0x25, 0x58, 0x8f, 0x35, 0x9b, 0x5b, 0xeb, 0x9e, 0xff, 0xd4, 0x1c,
     0x55, 0x0e, 0xf7, 0x14, 0xe7, 0xe2, 0x77, 0x00, 0x3d, 0x69}};

static void check_key_change(struct view input)
{
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card old = {.name = {"north.example"}, .serial = 1}, card;

	old.has_key[RECORD_ROLE_ROOT] = true;
	old.keys[RECORD_ROLE_ROOT] = root;
	if (record_key_change_open(input, &old, &card, &card_note, NULL) != STATUS_OK) {
		assert(card_note.len == 0);
		return;
	}
	assert(strcmp(card.name.text, old.name.text) == 0 && card.serial > old.serial);
	assert(memcmp(&card.keys[RECORD_ROLE_ROOT], &root, sizeof root) == 0);
}

static void check_log_end(struct view input)
{
	struct record_log_end end, again;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct tlog_note note = {.text = input};

	if (tlog_note_parse(input, &note, NULL) != STATUS_OK)
		note.text = input;
	if (record_log_end_decode(note.text, &end, NULL) != STATUS_OK)
		return;
	assert(record_log_end_append_text(&end, &text, NULL) == STATUS_OK);
	assert(record_log_end_decode(buf_view(&text), &again, NULL) == STATUS_OK);
	assert(again.size == end.size && hash_equal(&again.root, &end.root));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view input = view_of(data, len);
	struct error err;

	assert(crypto_init(&err) == STATUS_OK);
	check_key_change(input);
	check_log_end(input);
	return 0;
}
