/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amendments: which charter may follow which, who must sign, the body that carries the
 * change, and files of several charters.
 */
#include "record/amendment.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/testing.h"

enum { DESKS = 4, NORTH = 0, SOUTH = 1, WEST = 2, EAST = 3, MANY = 200 };

/* North, south and west have a channel; east is new. */
struct fixture {
	struct testing_desk desks[DESKS];
	struct buf first; /* the first charter, signed by all its members */
	struct record_charter previous, next;
	struct error err;
};

static void charter_read(struct view text, struct record_charter *ret_charter)
{
	struct error err = {0};

	record_charter_release(ret_charter);
	if (record_charter_decode(text, ret_charter, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static int setup(void **state)
{
	static const char *const names[DESKS] = {"north.example", "south.example",
	                                         "west.example", "east.example"};
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct fixture *fixture = calloc(1, sizeof *fixture);

	for (size_t i = 0; i < DESKS; i++)
		testing_desk_init(&fixture->desks[i], names[i], "https://192.0.2.7:8600");
	testing_charter_text(fixture->desks, EAST, NULL, &text);
	charter_read(buf_view(&text), &fixture->previous);
	fixture->first = BUF_INIT(RECORD_NOTE_MAX);
	testing_charter_note(fixture->desks, EAST, NULL, &fixture->first);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < DESKS; i++)
		testing_desk_release(&fixture->desks[i]);
	record_charter_release(&fixture->previous);
	record_charter_release(&fixture->next);
	buf_release(&fixture->first);
	free(fixture);
	return 0;
}

/* What a test changes against the charter before. */
struct change {
	const struct testing_desk *added; /* or with a newer card */
	const char *removed, *template_json, *title;
	bool history_none;
};

static enum status change_draft(struct fixture *fixture, const struct change *change,
                                struct buf *out)
{
	struct record_name removed = {0};
	struct view note = {0};
	struct record_charter_draft draft = {
	    .previous = &fixture->previous,
	    .history_none = change->history_none,
	    .title = change->title,
	    .date_s = 1795304940,
	    .nonce = "another nonce 16",
	};

	if (change->added != NULL) {
		note = buf_view(&change->added->note);
		draft.cards = &change->added->card;
		draft.card_notes = &note;
		draft.card_count = 1;
	}
	if (change->removed != NULL) {
		strcpy(removed.text, change->removed);
		draft.removed = &removed;
		draft.removed_count = 1;
	}
	if (change->template_json != NULL)
		draft.template_json = view_of_string(change->template_json);
	return record_charter_draft(&draft, out, &fixture->err);
}

/* Drafts the change, reads it as the next charter. */
static void amend(struct fixture *fixture, const struct change *change)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	if (change_draft(fixture, change, &text) != STATUS_OK)
		fail_msg("%s", fixture->err.text);
	charter_read(buf_view(&text), &fixture->next);
}

/* The next charter's note with the lines of these desks. */
static void note_signed(const struct fixture *fixture, const size_t *signers,
                        size_t count, struct buf *out)
{
	buf_append_view(out, buf_view(&fixture->next.text));
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < count; i++)
		testing_charter_sign(&fixture->desks[signers[i]],
		                     buf_view(&fixture->next.text), out);
}

#define SIGNED(fixture, out, ...)                           \
	note_signed(fixture, (const size_t[]){__VA_ARGS__}, \
	            sizeof((const size_t[]){__VA_ARGS__}) / sizeof(size_t), (out))

static enum status check(struct fixture *fixture, struct view note, const char *left,
                         size_t *ret_missing, struct record_name *ret_first)
{
	struct record_name name = {0};

	if (left != NULL)
		strcpy(name.text, left);
	return record_amendment_check(&fixture->previous, &fixture->next, note, &name,
	                              left != NULL, ret_missing, ret_first,
	                              &fixture->err);
}

static void what_is_not_changed_carries_over(void **state)
{
	struct fixture *fixture = *state;
	const struct record_charter *next = &fixture->next;
	const struct record_charter *previous = &fixture->previous;

	amend(fixture, &(struct change){.template_json = "{\"release\":\"originator\"}"});
	assert_true(next->has_previous);
	assert_true(hash_equal(&next->previous, &previous->digest));
	assert_string_equal(next->title, previous->title);
	assert_int_equal(next->release, RECORD_RELEASE_ORIGINATOR);
	assert_int_equal(next->member_count, 3);
	assert_memory_equal(next->members, previous->members, 3 * sizeof *next->members);
	assert_int_equal(next->duty_count, previous->duty_count);
	assert_memory_equal(next->duties, previous->duties,
	                    next->duty_count * sizeof *next->duties);
	assert_memory_equal(&next->limits, &previous->limits, sizeof next->limits);
	assert_int_equal(next->date_s, 1795304940);
}

static void a_setting_is_taken_away_with_null(void **state)
{
	struct fixture *fixture = *state;

	amend(fixture, &(struct change){.template_json = "{\"keep\":\"PT24H\"}"});
	assert_int_equal(fixture->next.keep_s, 24 * 3600);
	record_charter_release(&fixture->previous);
	fixture->previous = fixture->next;
	fixture->next = (struct record_charter){0};
	amend(fixture, &(struct change){.title = "Without keep",
	                                .template_json = "{\"keep\":null}"});
	assert_int_equal(fixture->next.keep_s, 0);
	assert_string_equal(fixture->next.title, "Without keep");
}

static void members_come_and_go(void **state)
{
	struct fixture *fixture = *state;
	const struct record_charter *next = &fixture->next;

	amend(fixture, &(struct change){.added = &fixture->desks[EAST],
	                                .removed = "south.example",
	                                .history_none = true});
	assert_int_equal(next->member_count, 3);
	assert_string_equal(next->members[0].name.text, "north.example");
	assert_string_equal(next->members[1].name.text, "west.example");
	assert_string_equal(next->members[2].name.text, "east.example");
	assert_true(next->has_history[2] && next->history_none[2]);
	assert_false(next->has_history[0] || next->history_none[1]);
}

static void only_a_member_can_be_removed(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);

	assert_int_equal(
	    change_draft(fixture, &(struct change){.removed = "east.example"}, &text),
	    STATUS_NOT_FOUND);
	assert_int_equal(change_draft(fixture,
	                              &(struct change){.added = &fixture->desks[SOUTH],
	                                               .removed = "south.example"},
	                              &text),
	                 STATUS_CONFLICT);
}

static void all_members_before_and_after_must_sign(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	size_t missing = 9;
	struct record_name first;

	amend(fixture, &(struct change){.added = &fixture->desks[EAST],
	                                .removed = "south.example"});
	SIGNED(fixture, &note, NORTH);
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_OK);
	assert_int_equal(missing, 3);
	assert_string_equal(first.text, "west.example");

	buf_clear(&note);
	SIGNED(fixture, &note, NORTH, WEST, EAST);
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_OK);
	assert_int_equal(missing, 1);
	assert_string_equal(first.text, "south.example");

	buf_clear(&note);
	SIGNED(fixture, &note, NORTH, WEST, EAST, SOUTH);
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_OK);
	assert_int_equal(missing, 0);
	assert_string_equal(first.text, "");
}

static void who_wrote_leave_need_not_sign(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	size_t missing = 9;
	struct record_name first;

	amend(fixture, &(struct change){.removed = "south.example"});
	SIGNED(fixture, &note, NORTH, WEST);
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_OK);
	assert_int_equal(missing, 1);
	assert_int_equal(
	    check(fixture, buf_view(&note), "south.example", &missing, &first),
	    STATUS_OK);
	assert_int_equal(missing, 0);
}

static void a_charter_that_follows_another_one_is_refused(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	size_t missing;
	struct record_name first;

	charter_read(buf_view(&fixture->previous.text), &fixture->next);
	assert_int_equal(
	    check(fixture, buf_view(&fixture->first), NULL, &missing, &first),
	    STATUS_CONFLICT);
	amend(fixture, &(struct change){.title = "Renamed"});
	SIGNED(fixture, &note, NORTH);
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_OK);
	fixture->previous.digest.bytes[0] ^= 1;
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_CONFLICT);
}

static void a_line_that_does_not_verify_is_refused(void **state)
{
	struct fixture *fixture = *state;
	static const size_t forgers[] = {NORTH, SOUTH};
	size_t missing;
	struct record_name first;

	amend(fixture, &(struct change){.removed = "south.example"});
	for (size_t i = 0; i < 2; i++) {
		CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
		CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);

		SIGNED(fixture, &note, WEST);
		testing_charter_sign(&fixture->desks[forgers[i]],
		                     view_of_string("another text\n"), &note);
		assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
		                 STATUS_UNTRUSTED);
		assert_int_equal(record_amendment_merge(&fixture->previous,
		                                        &fixture->next, buf_view(&note),
		                                        buf_view(&note), &merged, NULL),
		                 STATUS_UNTRUSTED);
	}
}

static void merging_keeps_the_lines_of_leavers(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf a = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf b = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf all = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);

	amend(fixture, &(struct change){.removed = "south.example"});
	SIGNED(fixture, &a, SOUTH);
	SIGNED(fixture, &b, WEST, NORTH);
	SIGNED(fixture, &all, NORTH, WEST, SOUTH);
	assert_int_equal(record_amendment_merge(&fixture->previous, &fixture->next,
	                                        buf_view(&a), buf_view(&b), &merged,
	                                        NULL),
	                 STATUS_OK);
	assert_true(view_equal(buf_view(&merged), buf_view(&all)));
	buf_clear(&merged);
	assert_int_equal(record_amendment_merge(&fixture->previous, &fixture->next,
	                                        buf_view(&a), buf_view(&a), &merged,
	                                        NULL),
	                 STATUS_OK);
	assert_true(view_equal(buf_view(&merged), buf_view(&a)));
}

/* Members' cards */

/* Signs the card anew; what follows from names is changed by the caller. */
static void card_sign(struct testing_desk *desk, const char *key_name)
{
	buf_clear(&desk->note);
	assert_int_equal(record_card_append_text(&desk->card, &desk->note, NULL),
	                 STATUS_OK);
	buf_append_byte(&desk->note, '\n');
	for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
		struct ed25519_secret *secret;

		if (!desk->card.has_key[i] || i == RECORD_ROLE_BOX)
			continue;
		secret = testing_secret_new(key_name, i);
		assert_int_equal(record_card_append_signature(&desk->card, i, secret,
		                                              &desk->note, NULL),
		                 STATUS_OK);
		ed25519_secret_free(secret);
	}
}

static enum status check_with_card(struct fixture *fixture, struct testing_desk *desk)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	size_t missing;
	struct record_name first;

	amend(fixture, &(struct change){.added = desk});
	SIGNED(fixture, &note, NORTH);
	return check(fixture, buf_view(&note), NULL, &missing, &first);
}

static void a_newer_card_takes_the_place_of_the_older(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *south = &fixture->desks[SOUTH];

	south->card.serial = 2;
	strcpy(south->card.urls[0], "https://192.0.2.8:8600");
	card_sign(south, "south.example");
	assert_int_equal(check_with_card(fixture, south), STATUS_OK);
	assert_int_equal(fixture->next.member_count, 3);
	assert_string_equal(fixture->next.members[1].urls[0], "https://192.0.2.8:8600");
}

static void an_older_card_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *south = &fixture->desks[SOUTH];

	fixture->previous.members[SOUTH].serial = 2;
	assert_int_equal(check_with_card(fixture, south), STATUS_CONFLICT);
	assert_non_null(strstr(fixture->err.text, "older card of south.example"));
}

static void other_keys_need_a_higher_serial(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *south = &fixture->desks[SOUTH];

	south->card.keys[RECORD_ROLE_BOX].bytes[7] ^= 1;
	card_sign(south, "south.example");
	assert_int_equal(check_with_card(fixture, south), STATUS_CONFLICT);
	south->card.serial = 2;
	card_sign(south, "south.example");
	assert_int_equal(check_with_card(fixture, south), STATUS_OK);
}

static void another_root_for_a_member_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *east = &fixture->desks[EAST];

	/* East's keys under south's name. */
	east->card.name = fixture->desks[SOUTH].card.name;
	east->card.serial = 2;
	card_sign(east, "east.example");
	assert_int_equal(check_with_card(fixture, east), STATUS_UNTRUSTED);
}

static void the_keys_of_a_leaver_are_not_free(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *east = &fixture->desks[EAST];
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	size_t missing;
	struct record_name first;

	east->card.keys[RECORD_ROLE_BOX] =
	    fixture->desks[SOUTH].card.keys[RECORD_ROLE_BOX];
	card_sign(east, "east.example");
	amend(fixture, &(struct change){.added = east, .removed = "south.example"});
	SIGNED(fixture, &note, NORTH);
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_CONFLICT);
}

static void only_new_members_have_a_history(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	size_t missing;
	struct record_name first;

	amend(fixture,
	      &(struct change){.added = &fixture->desks[EAST], .history_none = true});
	SIGNED(fixture, &note, NORTH);
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_OK);
	fixture->next.has_history[WEST] = true;
	assert_int_equal(check(fixture, buf_view(&note), NULL, &missing, &first),
	                 STATUS_CONFLICT);
}

/* Bodies */

static void body_of(struct fixture *fixture, struct view note, struct buf *out)
{
	if (record_amendment_body_append(&fixture->previous, note, out, &fixture->err) !=
	    STATUS_OK)
		fail_msg("%s", fixture->err.text);
}

static enum status body_read(const struct fixture *fixture, struct view body,
                             struct buf *ret_note)
{
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};

	return record_amendment_body_decode(body, buf_view(&fixture->previous.text), &doc,
	                                    ret_note, NULL);
}

static void a_body_makes_the_same_note_again(void **state)
{
	static const char *const templates[] = {
	    "{\"release\":\"originator\"}",
	    "{\"title\":\"\xd0\xb4\xd0\xb2\xd0\xb0 \xe4\xb8\xad\xe6\x96\x87 \\\"x\\\"\"}",
	    "{\"duties\":[]}",
	    "{}",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++) {
		CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
		CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
		CLEANUP_BUF struct buf again = BUF_INIT(RECORD_NOTE_MAX);

		amend(fixture, &(struct change){.template_json = templates[i]});
		SIGNED(fixture, &note, NORTH, SOUTH, WEST);
		body_of(fixture, buf_view(&note), &body);
		assert_true(body.len < note.len / 3);
		assert_int_equal(body_read(fixture, buf_view(&body), &again), STATUS_OK);
		assert_true(view_equal(buf_view(&again), buf_view(&note)));
	}
}

/* What two titles share begins and ends in the middle of a letter. */
static void parts_are_not_cut_within_a_letter(void **state)
{
	static const char *const firsts[] = {"\xe4\xb8\xad", "\xe5\xb8\xad"};
	static const char *const lasts[] = {"\xe4\xb8\xad", "\xe4\xb8\xae"};
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf again = BUF_INIT(RECORD_NOTE_MAX);
	char titles[2][201] = {"", ""};

	for (size_t t = 0; t < 2; t++) {
		for (size_t i = 0; i < 5; i++)
			strcat(titles[t], firsts[t]);
		for (int i = 0; i < 56; i++)
			strcat(titles[t], (char[]){'\xe6', '\x85', (char)(0x80 + i), 0});
		strcat(titles[t], lasts[t]);
	}
	amend(fixture, &(struct change){.title = titles[0]});
	record_charter_release(&fixture->previous);
	fixture->previous = fixture->next;
	fixture->next = (struct record_charter){0};
	amend(fixture, &(struct change){.title = titles[1]});
	SIGNED(fixture, &note, NORTH);
	body_of(fixture, buf_view(&note), &body);
	assert_true(view_find(buf_view(&body), view_of_string("\xe6\x85\x9e")) ==
	            SIZE_MAX);
	assert_int_equal(body_read(fixture, buf_view(&body), &again), STATUS_OK);
	assert_true(view_equal(buf_view(&again), buf_view(&note)));
}

static void a_body_names_both_digests(void **state)
{
	struct fixture *fixture = *state;
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
	struct hash charter, previous;

	amend(fixture, &(struct change){.title = "Renamed"});
	SIGNED(fixture, &note, NORTH);
	body_of(fixture, buf_view(&note), &body);
	assert_int_equal(record_amendment_body_digests(buf_view(&body), &doc, &charter,
	                                               &previous, NULL),
	                 STATUS_OK);
	assert_true(hash_equal(&charter, &fixture->next.digest));
	assert_true(hash_equal(&previous, &fixture->previous.digest));
}

static void a_body_on_another_charter_is_a_conflict(void **state)
{
	struct fixture *fixture = *state;
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);

	amend(fixture, &(struct change){.title = "Renamed"});
	SIGNED(fixture, &note, NORTH);
	body_of(fixture, buf_view(&note), &body);
	assert_int_equal(record_amendment_body_decode(buf_view(&body),
	                                              buf_view(&fixture->next.text), &doc,
	                                              &out, NULL),
	                 STATUS_CONFLICT);
	assert_int_equal(out.len, 0);
}

/* Any byte changed or cut off: refused, or (in the signatures' text) another note whose
 * text is still the charter named. */
static void a_tampered_body_is_refused(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
	size_t signatures;

	amend(fixture, &(struct change){.title = "Renamed"});
	SIGNED(fixture, &note, NORTH);
	body_of(fixture, buf_view(&note), &body);
	signatures = view_find(buf_view(&body), view_of_string("\"signatures\""));
	for (size_t i = 0; i < body.len; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
		enum status status;

		assert_int_not_equal(body_read(fixture, view_of(body.data, i), &out),
		                     STATUS_OK);
		body.data[i] ^= 1;
		status = body_read(fixture, buf_view(&body), &out);
		body.data[i] ^= 1;
		if (status == STATUS_OK && i < signatures)
			fail_msg("accepted with byte %zu changed", i);
		if (status == STATUS_OK)
			assert_true(view_has_prefix(buf_view(&out),
			                            buf_view(&fixture->next.text)));
		else
			assert_int_equal(out.len, 0);
	}
}

static enum status parts_read(struct fixture *fixture, const char *parts,
                              const char *signatures)
{
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&fixture->previous.digest, hex);
	buf_printf(&body,
	           "{\"charter\":\"%s\",\"previous\":\"%s\",\"parts\":[%s],"
	           "\"signatures\":\"%s\"}",
	           hex, hex, parts, signatures);
	return body_read(fixture, buf_view(&body), &out);
}

/* The previous text itself, made of parts: right but for the one thing in each. */
static void parts_that_make_no_sense_are_refused(void **state)
{
	static const char line[] = "\xe2\x80\x94 a AAAAAAAA\\n";
	struct fixture *fixture = *state;
	size_t len = fixture->previous.text.len;
	char parts[200];

	(void)snprintf(parts, sizeof parts, "{\"from\":0,\"len\":%zu}", len);
	assert_int_equal(parts_read(fixture, parts, line), STATUS_OK);
	assert_int_equal(parts_read(fixture, parts, ""), STATUS_MALFORMED);
	assert_int_equal(parts_read(fixture, parts, "x\\n"), STATUS_MALFORMED);
	(void)snprintf(parts, sizeof parts, "{\"from\":0,\"len\":%zu}", len + 1);
	assert_int_equal(parts_read(fixture, parts, line), STATUS_MALFORMED);
	(void)snprintf(parts, sizeof parts, "{\"from\":1,\"len\":%zu}", len);
	assert_int_equal(parts_read(fixture, parts, line), STATUS_MALFORMED);
	(void)snprintf(parts, sizeof parts,
	               "{\"from\":0,\"len\":%zu},{\"from\":0,\"len\":0}", len);
	assert_int_equal(parts_read(fixture, parts, line), STATUS_MALFORMED);
	(void)snprintf(parts, sizeof parts, "{\"from\":0,\"len\":%zu},{\"text\":\"\"}",
	               len);
	assert_int_equal(parts_read(fixture, parts, line), STATUS_MALFORMED);
	(void)snprintf(parts, sizeof parts, "{\"from\":0,\"len\":%zu,\"text\":\"a\"}",
	               len);
	assert_int_equal(parts_read(fixture, parts, line), STATUS_MALFORMED);
	assert_int_equal(parts_read(fixture, "{\"from\":0}", line), STATUS_MALFORMED);
	assert_int_equal(parts_read(fixture, "{}", line), STATUS_MALFORMED);
	assert_int_equal(parts_read(fixture, "", line), STATUS_MALFORMED);
}

/* A body of some kilobytes that stands for gigabytes. */
static void a_body_can_not_be_blown_up(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf parts = BUF_INIT(RECORD_NOTE_MAX);

	for (size_t i = 0; i < 3000; i++)
		buf_printf(&parts, "%s{\"from\":0,\"len\":%zu}", i > 0 ? "," : "",
		           fixture->previous.text.len);
	buf_append_byte(&parts, '\0');
	assert_int_equal(parts_read(fixture, (const char *)parts.data, "x"),
	                 STATUS_LIMIT);
}

/* 200 desks change their duties: the message that says so is small. */
static void a_large_charters_amendment_is_a_small_body(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *desks = calloc(MANY, sizeof *desks);
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf body = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf again = BUF_INIT(RECORD_NOTE_MAX);

	assert_non_null(desks);
	for (unsigned i = 0; i < MANY; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "desk%u.example", i);
		testing_desk_init(&desks[i], name, "https://192.0.2.7:8600");
	}
	testing_charter_text(desks, MANY, NULL, &text);
	charter_read(buf_view(&text), &fixture->previous);
	amend(fixture,
	      &(struct change){.template_json =
	                           "{\"duties\":[{\"on\":\"incident\",\"owe\":[\"ack\"],"
	                           "\"within\":\"PT4H\"}]}"});
	buf_append_view(&note, buf_view(&fixture->next.text));
	buf_append_byte(&note, '\n');
	for (unsigned i = 0; i < MANY; i++) {
		testing_charter_sign(&desks[i], buf_view(&fixture->next.text), &note);
		testing_desk_release(&desks[i]);
	}
	free(desks);
	assert_int_equal(buf_check(&note, "note", NULL), STATUS_OK);
	body_of(fixture, buf_view(&note), &body);
	if (body.len > 64 * 1024)
		fail_msg("%zu bytes for a note of %zu", body.len, note.len);
	assert_int_equal(body_read(fixture, buf_view(&body), &again), STATUS_OK);
	assert_true(view_equal(buf_view(&again), buf_view(&note)));
}

/* Files of several charters */

static void a_chain_is_cut_into_its_notes(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf chain = BUF_INIT(2 * RECORD_NOTE_MAX);
	struct view rest, first, second, none;

	amend(fixture, &(struct change){.title = "Renamed"});
	SIGNED(fixture, &note, NORTH, WEST);
	buf_append_view(&chain, buf_view(&fixture->first));
	buf_append_view(&chain, buf_view(&note));
	rest = buf_view(&chain);
	assert_true(record_charter_chain_next(&rest, &first));
	assert_true(record_charter_chain_next(&rest, &second));
	assert_false(record_charter_chain_next(&rest, &none));
	assert_int_equal(rest.len, 0);
	assert_true(view_equal(first, buf_view(&fixture->first)));
	assert_true(view_equal(second, buf_view(&note)));
}

static void what_is_no_note_ends_the_chain(void **state)
{
	struct fixture *fixture = *state;
	struct view text = buf_view(&fixture->previous.text), note, rest;
	static const char *const texts[] = {"", "\n", "aldis.charter/1\n{}\n\n",
	                                    "aldis.card/1\n{}\n\n\xe2\x80\x94 a b\n",
	                                    "aldis.charter/1\n{}\n\xe2\x80\x94 a b\n"};

	rest = text;
	assert_false(record_charter_chain_next(&rest, &note));
	assert_int_equal(rest.len, text.len);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		rest = view_of_string(texts[i]);
		assert_false(record_charter_chain_next(&rest, &note));
		assert_int_equal(rest.len, strlen(texts[i]));
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_not_changed_carries_over),
	    TEST(a_setting_is_taken_away_with_null),
	    TEST(members_come_and_go),
	    TEST(only_a_member_can_be_removed),
	    TEST(all_members_before_and_after_must_sign),
	    TEST(who_wrote_leave_need_not_sign),
	    TEST(a_charter_that_follows_another_one_is_refused),
	    TEST(a_line_that_does_not_verify_is_refused),
	    TEST(merging_keeps_the_lines_of_leavers),
	    TEST(a_newer_card_takes_the_place_of_the_older),
	    TEST(an_older_card_is_refused),
	    TEST(other_keys_need_a_higher_serial),
	    TEST(another_root_for_a_member_is_refused),
	    TEST(the_keys_of_a_leaver_are_not_free),
	    TEST(only_new_members_have_a_history),
	    TEST(a_body_makes_the_same_note_again),
	    TEST(parts_are_not_cut_within_a_letter),
	    TEST(a_body_names_both_digests),
	    TEST(a_body_on_another_charter_is_a_conflict),
	    TEST(a_tampered_body_is_refused),
	    TEST(parts_that_make_no_sense_are_refused),
	    TEST(a_body_can_not_be_blown_up),
	    TEST(a_large_charters_amendment_is_a_small_body),
	    TEST(a_chain_is_cut_into_its_notes),
	    TEST(what_is_no_note_ends_the_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
