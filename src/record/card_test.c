/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards: written and read back, refused when a byte, a line or a key is not as it must
 * be; fingerprints.
 */
#include "record/card.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "record/testing.h"

static void a_card_comes_back_from_its_note(void **state)
{
	struct testing_desk desk;
	struct record_card card;
	struct error err;

	testing_desk_init(&desk, "north.example", "https://192.0.2.7:8600");
	assert_int_equal(record_card_open(buf_view(&desk.note), &card, &err), STATUS_OK);
	assert_memory_equal(&card, &desk.card, sizeof card);
	testing_desk_release(&desk);
}

/* The note with every occurrence of one text replaced, and signed anew by all roles if
 * asked. */
static void note_replace(struct buf *note, const char *from, const char *to)
{
	size_t at = view_find(buf_view(note), view_of_string(from));
	struct buf out = BUF_INIT(RECORD_NOTE_MAX);

	assert_true(at != SIZE_MAX);
	buf_append(&out, note->data, at);
	buf_append_string(&out, to);
	buf_append_view(&out, view_from(buf_view(note), at + strlen(from)));
	buf_release(note);
	*note = buf_take(&out);
}

/* Signs an arbitrary text as this desk's card. */
static void text_sign(const struct testing_desk *desk, struct view text, struct buf *out)
{
	buf_append_view(out, text);
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
		struct ed25519_secret *secret;
		struct ed25519_signature signature;
		struct tlog_vkey vkey;
		char name[128];

		if (!desk->card.has_key[i] || i == RECORD_ROLE_BOX)
			continue;
		secret = testing_secret_new(desk->card.name.text, i);
		signature = ed25519_sign(secret, text);
		(void)snprintf(name, sizeof name, "%s/%s", desk->card.name.text,
		               record_role_name(i));
		assert_int_equal(tlog_vkey_init(&vkey, name, TLOG_KEY_ED25519,
		                                &desk->card.keys[i], NULL),
		                 STATUS_OK);
		tlog_note_append_line(out, &vkey, view_of(signature.bytes, 64));
		ed25519_secret_free(secret);
	}
}

static enum status open_edited(const char *from, const char *to)
{
	struct testing_desk desk;
	struct record_card card;
	struct buf text = BUF_INIT(RECORD_NOTE_MAX), note = BUF_INIT(RECORD_NOTE_MAX);
	enum status status;

	testing_desk_init(&desk, "north.example", "https://192.0.2.7:8600");
	assert_int_equal(record_card_append_text(&desk.card, &text, NULL), STATUS_OK);
	note_replace(&text, from, to);
	text_sign(&desk, buf_view(&text), &note);
	status = record_card_open(buf_view(&note), &card, NULL);
	buf_release(&text);
	buf_release(&note);
	testing_desk_release(&desk);
	return status;
}

static void signed_cards_that_break_the_form_are_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} edits[] = {
	    {"\"aldis\":1", "\"aldis\":2"},
	    {"\"serial\":1", "\"serial\":0"},
	    {"\"serial\":1", "\"serial\":4294967296"},
	    {"\"serial\":1", "\"serial\":1,\"more\":1"},
	    {"\"serial\":1,", ""},
	    {"\"languages\":[\"en\"]", "\"languages\":[]"},
	    {"\"languages\":[\"en\"]", "\"languages\":[\"en\",\"en\"]"},
	    {"\"languages\":[\"en\"]", "\"languages\":[\"e\"]"},
	    {"\"languages\":[\"en\"]", "\"languages\":\"en\""},
	    {"https://192.0.2.7:8600", "http://192.0.2.7:8600"},
	    {"https://192.0.2.7:8600", "https://"},
	    {"https://192.0.2.7:8600", "https://a b"},
	    {"https://192.0.2.7:8600", "javascript:alert(1)"},
	    {"2026-11-20T23:49:00Z", "2026-11-20T23:49:00.5Z"},
	    {"\"box\":", "\"bux\":"},
	    {"aldis.card/1", "aldis.card/2"},
	    {"\"name\":\"north.example\"", "\"name\":\"North.example\""},
	};

	assert_int_equal(open_edited("\"serial\":1", "\"serial\":7"), STATUS_OK);
	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++)
		assert_int_equal(open_edited(edits[i].from, edits[i].to),
		                 STATUS_MALFORMED);
}

static void a_card_under_another_name_is_untrusted(void **state)
{
	assert_int_equal(
	    open_edited("\"name\":\"north.example\"", "\"name\":\"south.example\""),
	    STATUS_UNTRUSTED);
}

static void a_changed_byte_anywhere_is_refused(void **state)
{
	struct testing_desk desk;
	struct record_card card;

	testing_desk_init(&desk, "north.example", NULL);
	for (size_t i = 0; i < desk.note.len; i++) {
		desk.note.data[i] ^= 1;
		assert_int_not_equal(record_card_open(buf_view(&desk.note), &card, NULL),
		                     STATUS_OK);
		desk.note.data[i] ^= 1;
	}
	for (size_t len = 0; len + 1 < desk.note.len; len += 7)
		assert_int_not_equal(
		    record_card_open(view_of(desk.note.data, len), &card, NULL),
		    STATUS_OK);
	testing_desk_release(&desk);
}

/* Without the line of one role, whichever it is. */
static void every_line_is_needed(void **state)
{
	static const char *const roles[] = {"root", "log", "mirror", "link"};
	struct testing_desk desk;

	testing_desk_init(&desk, "north.example", NULL);
	for (size_t i = 0; i < 4; i++) {
		struct buf note = BUF_INIT(RECORD_NOTE_MAX);
		struct view rest = buf_view(&desk.note), line;
		struct record_card card;
		char start[64];

		(void)snprintf(start, sizeof start, "— north.example/%s ", roles[i]);
		while (view_take_line(&rest, &line)) {
			if (view_has_prefix(line, view_of_string(start)))
				continue;
			buf_append_view(&note, line);
			buf_append_byte(&note, '\n');
		}
		assert_true(note.len < desk.note.len);
		assert_int_equal(record_card_open(buf_view(&note), &card, NULL),
		                 STATUS_UNTRUSTED);
		buf_release(&note);
	}
	testing_desk_release(&desk);
}

static void one_key_in_two_roles_is_refused(void **state)
{
	struct testing_desk desk;
	struct record_card card;
	struct buf text = BUF_INIT(RECORD_NOTE_MAX), note = BUF_INIT(RECORD_NOTE_MAX);

	testing_desk_init(&desk, "north.example", NULL);
	desk.card.keys[RECORD_ROLE_BOX] = desk.card.keys[RECORD_ROLE_LOG];
	assert_int_equal(record_card_append_text(&desk.card, &text, NULL), STATUS_OK);
	text_sign(&desk, buf_view(&text), &note);
	assert_int_equal(record_card_open(buf_view(&note), &card, NULL),
	                 STATUS_MALFORMED);
	buf_release(&text);
	buf_release(&note);
	testing_desk_release(&desk);
}

static void cards_that_share_a_key_are_found(void **state)
{
	struct testing_desk north, south;

	testing_desk_init(&north, "north.example", NULL);
	testing_desk_init(&south, "south.example", NULL);
	assert_false(record_card_shares_key(&north.card, &south.card));
	south.card.keys[RECORD_ROLE_BOX] = north.card.keys[RECORD_ROLE_LINK];
	assert_true(record_card_shares_key(&north.card, &south.card));
	testing_desk_release(&north);
	testing_desk_release(&south);
}

static void another_secret_can_not_sign_the_card(void **state)
{
	struct ed25519_secret *secret =
	    testing_secret_new("south.example", RECORD_ROLE_ROOT);
	struct testing_desk desk;
	struct buf out = BUF_INIT(1000);

	testing_desk_init(&desk, "north.example", NULL);
	assert_int_equal(record_card_append_signature(&desk.card, RECORD_ROLE_ROOT,
	                                              secret, &out, NULL),
	                 STATUS_BUG);
	ed25519_secret_free(secret);
	testing_desk_release(&desk);
}

/* Expected digits computed with Python's hashlib from the rule in card.h. */
static void fingerprints_are_sixty_digits(void **state)
{
	struct record_card card = {0};
	char text[RECORD_FINGERPRINT_LEN + 1];

	strcpy(card.name.text, "north.example");
	for (size_t i = 0; i < 32; i++)
		card.keys[RECORD_ROLE_ROOT].bytes[i] = (uint8_t)i;
	record_fingerprint(&card, text);
	assert_string_equal(
	    text,
	    "55440 58475 36125 92348 96429 43650 66265 49744 78125 60427 54109 42805");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_card_comes_back_from_its_note),
	    cmocka_unit_test(signed_cards_that_break_the_form_are_refused),
	    cmocka_unit_test(a_card_under_another_name_is_untrusted),
	    cmocka_unit_test(a_changed_byte_anywhere_is_refused),
	    cmocka_unit_test(every_line_is_needed),
	    cmocka_unit_test(one_key_in_two_roles_is_refused),
	    cmocka_unit_test(cards_that_share_a_key_are_found),
	    cmocka_unit_test(another_secret_can_not_sign_the_card),
	    cmocka_unit_test(fingerprints_are_sixty_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
