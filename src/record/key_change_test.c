/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key changes: one that the root has signed is read; anything else is refused.
 */
#include "record/key_change.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/testing.h"

/* North changes all keys but its root: the new ones are those of "north-2.example". */
struct fixture {
	struct testing_desk desk, newer;
	struct buf note; /* the key change, signed */
	struct error err;
};

static void card_sign(struct testing_desk *desk, const char *root_name,
                      const char *key_name)
{
	buf_clear(&desk->note);
	assert_int_equal(record_card_append_text(&desk->card, &desk->note, NULL),
	                 STATUS_OK);
	buf_append_byte(&desk->note, '\n');
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
		struct ed25519_secret *secret;

		if (!desk->card.has_key[i] || i == RECORD_ROLE_BOX)
			continue;
		secret =
		    testing_secret_new(i == RECORD_ROLE_ROOT ? root_name : key_name, i);
		assert_int_equal(record_card_append_signature(&desk->card, i, secret,
		                                              &desk->note, NULL),
		                 STATUS_OK);
		ed25519_secret_free(secret);
	}
}

/* Signs the text with north's root. */
static void text_sign(struct fixture *fixture, const char *root_name, struct view text)
{
	struct ed25519_secret *secret = testing_secret_new(root_name, RECORD_ROLE_ROOT);
	struct ed25519_public key = ed25519_secret_public(secret);
	struct tlog_vkey vkey;

	assert_int_equal(record_vkey("north.example", "root", &key, &vkey, NULL),
	                 STATUS_OK);
	buf_clear(&fixture->note);
	tlog_note_sign(&fixture->note, text, &vkey, secret);
	ed25519_secret_free(secret);
}

static void note_make(struct fixture *fixture)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	if (record_key_change_append_text(buf_view(&fixture->newer.note), 1795304940,
	                                  &text, &fixture->err) != STATUS_OK)
		fail_msg("%s", fixture->err.text);
	text_sign(fixture, "north.example", buf_view(&text));
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	testing_desk_init(&fixture->desk, "north.example", "https://192.0.2.7:8600");
	testing_desk_init(&fixture->newer, "north-2.example", "https://192.0.2.9:8600");
	fixture->newer.card.name = fixture->desk.card.name;
	fixture->newer.card.serial = 2;
	fixture->newer.card.keys[RECORD_ROLE_ROOT] =
	    fixture->desk.card.keys[RECORD_ROLE_ROOT];
	card_sign(&fixture->newer, "north.example", "north-2.example");
	fixture->note = BUF_INIT(RECORD_NOTE_MAX);
	note_make(fixture);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	testing_desk_release(&fixture->desk);
	testing_desk_release(&fixture->newer);
	buf_release(&fixture->note);
	free(fixture);
	return 0;
}

static enum status note_open(struct fixture *fixture)
{
	CLEANUP_BUF struct buf card_note = BUF_INIT(RECORD_NOTE_MAX);
	struct record_card card;
	enum status status =
	    record_key_change_open(buf_view(&fixture->note), &fixture->desk.card, &card,
	                           &card_note, &fixture->err);

	if (status != STATUS_OK) {
		assert_int_equal(card_note.len, 0);
		return status;
	}
	assert_memory_equal(&card, &fixture->newer.card, sizeof card);
	assert_true(view_equal(buf_view(&card_note), buf_view(&fixture->newer.note)));
	return STATUS_OK;
}

static void a_change_signed_by_the_root_is_read(void **state)
{
	struct fixture *fixture = *state;

	if (note_open(fixture) != STATUS_OK)
		fail_msg("%s", fixture->err.text);
}

static void no_bit_of_it_can_be_changed(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < fixture->note.len; i++) {
		enum status status;

		fixture->note.data[i] ^= 1;
		status = note_open(fixture);
		fixture->note.data[i] ^= 1;
		if (status == STATUS_OK)
			fail_msg("accepted with byte %zu changed", i);
	}
}

static void no_end_can_be_cut_off(void **state)
{
	struct fixture *fixture = *state;
	size_t len = fixture->note.len;

	for (fixture->note.len = 0; fixture->note.len < len; fixture->note.len++)
		if (note_open(fixture) == STATUS_OK)
			fail_msg("accepted %zu bytes", fixture->note.len);
}

static void another_root_is_untrusted(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	assert_int_equal(
	    record_key_change_append_text(buf_view(&fixture->newer.note), 0, &text, NULL),
	    STATUS_OK);
	text_sign(fixture, "north-2.example", buf_view(&text));
	assert_int_equal(note_open(fixture), STATUS_UNTRUSTED);
}

/* The card is signed by a root of its own, the change around it by the trusted one. */
static void a_card_with_another_root_is_untrusted(void **state)
{
	struct fixture *fixture = *state;
	struct ed25519_secret *secret =
	    testing_secret_new("north-2.example", RECORD_ROLE_ROOT);

	fixture->newer.card.keys[RECORD_ROLE_ROOT] = ed25519_secret_public(secret);
	ed25519_secret_free(secret);
	card_sign(&fixture->newer, "north-2.example", "north-2.example");
	note_make(fixture);
	assert_int_equal(note_open(fixture), STATUS_UNTRUSTED);
}

static void the_serial_must_rise(void **state)
{
	struct fixture *fixture = *state;

	fixture->newer.card.serial = 1;
	card_sign(&fixture->newer, "north.example", "north-2.example");
	note_make(fixture);
	assert_int_equal(note_open(fixture), STATUS_CONFLICT);
	fixture->newer.card.serial = 7;
	card_sign(&fixture->newer, "north.example", "north-2.example");
	note_make(fixture);
	assert_int_equal(note_open(fixture), STATUS_OK);
}

static void the_change_of_another_desk_is_a_conflict(void **state)
{
	struct fixture *fixture = *state;

	strcpy(fixture->desk.card.name.text, "south.example");
	assert_int_equal(note_open(fixture), STATUS_CONFLICT);
}

/* Text that the root signs with its frame at odds with the card. */
static void the_frame_must_fit_the_card(void **state)
{
	static const struct {
		const char *from, *to;
	} edits[] = {
	    {"\"serial\":2,\"card\"", "\"serial\":3,\"card\""},
	    {"\"serial\":2,\"card\"", "\"serial\":2,\"more\":1,\"card\""},
	    {"\"aldis\":1,\"name\"", "\"aldis\":2,\"name\""},
	    {"aldis.key-change/1", "aldis.card/1"},
	    {"2026-11-21", "2026-11-41"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
		CLEANUP_BUF struct buf edited = BUF_INIT(RECORD_NOTE_MAX);
		size_t at;

		assert_int_equal(
		    record_key_change_append_text(buf_view(&fixture->newer.note),
		                                  1795304940, &text, NULL),
		    STATUS_OK);
		at = view_find(buf_view(&text), view_of_string(edits[i].from));
		assert_true(at != SIZE_MAX);
		buf_append(&edited, text.data, at);
		buf_append_string(&edited, edits[i].to);
		buf_append_view(&edited,
		                view_from(buf_view(&text), at + strlen(edits[i].from)));
		text_sign(fixture, "north.example", buf_view(&edited));
		if (note_open(fixture) != STATUS_MALFORMED)
			fail_msg("accepted: %s", edits[i].to);
	}
}

static void only_the_next_link_key_changes_its_role(void **state)
{
	struct fixture *fixture = *state;
	struct record_card *old = &fixture->desk.card, *card = &fixture->newer.card;

	old->has_key[RECORD_ROLE_LINK_NEXT] = true;
	old->keys[RECORD_ROLE_LINK_NEXT] = card->keys[RECORD_ROLE_LINK];
	assert_int_equal(note_open(fixture), STATUS_OK);
	old->keys[RECORD_ROLE_LINK_NEXT] = card->keys[RECORD_ROLE_LOG];
	assert_int_equal(note_open(fixture), STATUS_MALFORMED);
	old->has_key[RECORD_ROLE_LINK_NEXT] = false;
	old->keys[RECORD_ROLE_MIRROR] = card->keys[RECORD_ROLE_LOG];
	assert_int_equal(note_open(fixture), STATUS_MALFORMED);
	assert_non_null(strstr(fixture->err.text, "mirror"));
}

static void what_is_no_card_makes_no_change(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	fixture->newer.note.data[fixture->newer.note.len / 2] ^= 1;
	assert_int_not_equal(
	    record_key_change_append_text(buf_view(&fixture->newer.note), 0, &text, NULL),
	    STATUS_OK);
	assert_int_equal(text.len, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_change_signed_by_the_root_is_read),
	    TEST(no_bit_of_it_can_be_changed),
	    TEST(no_end_can_be_cut_off),
	    TEST(another_root_is_untrusted),
	    TEST(a_card_with_another_root_is_untrusted),
	    TEST(the_serial_must_rise),
	    TEST(the_change_of_another_desk_is_a_conflict),
	    TEST(the_frame_must_fit_the_card),
	    TEST(only_the_next_link_key_changes_its_role),
	    TEST(what_is_no_card_makes_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
