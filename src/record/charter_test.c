/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charters: drafted, read back, refused when they contradict themselves, signed and
 * merged.
 */
#include "record/charter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/codebook.h"
#include "record/kinds.h"
#include "record/testing.h"

enum { DESKS = 3 };

struct fixture {
	struct testing_desk desks[DESKS];
	struct buf text;
	struct record_charter charter;
	struct error err;
};

static int setup(void **state)
{
	static const char *const names[DESKS] = {"north.example", "south.example",
	                                         "west.example"};
	struct fixture *fixture = calloc(1, sizeof *fixture);

	for (size_t i = 0; i < DESKS; i++)
		testing_desk_init(&fixture->desks[i], names[i], "https://192.0.2.7:8600");
	fixture->text = BUF_INIT(RECORD_NOTE_MAX);
	testing_charter_text(fixture->desks, DESKS, NULL, &fixture->text);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < DESKS; i++)
		testing_desk_release(&fixture->desks[i]);
	record_charter_release(&fixture->charter);
	buf_release(&fixture->text);
	free(fixture);
	return 0;
}

static void the_built_in_template_makes_a_charter(void **state)
{
	struct fixture *fixture = *state;
	struct record_charter *charter = &fixture->charter;

	assert_int_equal(
	    record_charter_decode(buf_view(&fixture->text), charter, &fixture->err),
	    STATUS_OK);
	assert_string_equal(charter->title,
	                    "Channel of north.example, south.example and west.example");
	assert_int_equal(charter->member_count, 3);
	assert_int_equal(record_charter_member(charter, "west.example"), 2);
	assert_true(record_charter_member(charter, "east.example") == SIZE_MAX);
	assert_memory_equal(&charter->members[1], &fixture->desks[1].card,
	                    sizeof charter->members[1]);
	assert_int_equal(charter->line_count, 3);
	assert_string_equal(charter->lines[2], "political");
	assert_int_equal(charter->language_count, 1);
	assert_int_equal(charter->duty_count, 2);
	assert_string_equal(charter->duties[0].on, "");
	assert_string_equal(charter->duties[0].owe[0], "check");
	assert_int_equal(charter->duties[0].every_s, 3600);
	assert_int_equal(charter->duties[0].grace_s, 600);
	assert_string_equal(charter->duties[1].on, "incident");
	assert_string_equal(charter->duties[1].owe[0], "ack");
	assert_int_equal(charter->duties[1].within_s, 24 * 3600);
	assert_int_equal(charter->duties[1].every_s, 0);
	assert_int_equal(charter->limits.skew_s, 300);
	assert_int_equal(charter->limits.body_len, 262144);
	assert_int_equal(charter->limits.quota_len, 1 << 30);
	assert_int_equal(charter->release, RECORD_RELEASE_JOINT);
	assert_true(hash_equal(&charter->kinds_digest, &record_kinds_digest));
	assert_null(charter->kinds_allowed);
	assert_false(charter->has_previous);
	assert_false(charter->has_holding || charter->asks_each);
	assert_int_equal(charter->codebook_count, 1);
	assert_true(hash_equal(&charter->codebooks[0], &record_codebook_default_digest));
	assert_int_equal(charter->keep_s, 0);
	assert_int_equal(charter->proofs, RECORD_PROOFS_ANYONE);
	assert_null(charter->witness_policy);
	assert_true(view_equal(buf_view(&charter->text), buf_view(&fixture->text)));
}

static void the_digest_is_that_of_the_text(void **state)
{
	struct fixture *fixture = *state;
	struct hash expected = sha256(buf_view(&fixture->text));

	assert_int_equal(
	    record_charter_decode(buf_view(&fixture->text), &fixture->charter, NULL),
	    STATUS_OK);
	assert_true(hash_equal(&expected, &fixture->charter.digest));
}

static enum status draft(struct fixture *fixture, const char *template_json,
                         const char *title, struct buf *out)
{
	struct record_card cards[DESKS];
	struct view notes[DESKS];
	struct record_charter_draft parts = {
	    .cards = cards,
	    .card_notes = notes,
	    .card_count = DESKS,
	    .title = title,
	    .date_s = 1795218540,
	    .template_json = view_of_string(template_json),
	};

	for (size_t i = 0; i < DESKS; i++) {
		cards[i] = fixture->desks[i].card;
		notes[i] = buf_view(&fixture->desks[i].note);
	}
	return record_charter_draft(&parts, out, &fixture->err);
}

static void a_template_may_set_all_the_rest(void **state)
{
	struct fixture *fixture = *state;
	struct record_charter *charter = &fixture->charter;
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
	const char *template_json =
	    "{\n  \"title\" : \"Kanal \\\"A\\\"\",\n"
	    "  \"kinds\": { \"allowed\": [ \"text\" , \"ack\" ] },\n"
	    "  \"lines\": [\"operational\"], \"languages\": [\"id\", \"zh-Hans\"],\n"
	    "  \"duties\": [ { \"on\": \"text\", \"owe\": [\"ack\"], \"within\": "
	    "\"PT90M\" } ],\n"
	    "  \"limits\": "
	    "{\"skew\":\"PT1M\",\"body\":2048,\"attachment\":0,\"attachments\":0,"
	    "\"quota\":0},\n"
	    "  \"release\": \"originator\", \"holding\": "
	    "{\"within\":\"PT72H\",\"times\":1},\n"
	    "  \"witnesses\": \"quorum none\\n\", \"ask_witnesses\": \"each\",\n"
	    "  \"codebooks\": "
	    "[\"abababababababababababababababababababababababababababababababab\"],\n"
	    "  \"keep\": \"PT8760H\", \"proofs\": \"witnesses\",\n"
	    "  \"approval\": [\"text\"] }\n";

	if (draft(fixture, template_json, NULL, &out) != STATUS_OK)
		fail_msg("%s", fixture->err.text);
	assert_int_equal(record_charter_decode(buf_view(&out), charter, NULL), STATUS_OK);
	assert_string_equal(charter->title, "Kanal \"A\"");
	assert_int_equal(charter->kinds_allowed_count, 2);
	assert_int_equal(charter->line_count, 1);
	assert_string_equal(charter->languages[1], "zh-Hans");
	assert_int_equal(charter->duties[0].within_s, 5400);
	assert_int_equal(charter->limits.attachment_count, 0);
	assert_int_equal(charter->release, RECORD_RELEASE_ORIGINATOR);
	assert_true(charter->has_holding);
	assert_int_equal(charter->holding_within_s, 72 * 3600);
	assert_true(charter->asks_each);
	assert_int_equal(charter->codebook_count, 1);
	assert_int_equal(charter->codebooks[0].bytes[31], 0xab);
	assert_int_equal(charter->keep_s, 8760 * 3600);
	assert_int_equal(charter->proofs, RECORD_PROOFS_WITNESSES);
	assert_false(charter->approves_all);
	assert_int_equal(charter->approval_count, 1);
	assert_string_equal(charter->approval[0], "text");
	assert_true(view_equal_string(buf_view(&charter->witnesses), "quorum none\n"));
	assert_true(charter->witness_policy->has_quorum_none);
	assert_true(
	    record_charter_allows(charter, record_kind_find(view_of_string("text"))));
	assert_true(
	    record_charter_allows(charter, record_kind_find(view_of_string("open"))));
	assert_true(
	    record_charter_allows(charter, record_kind_find(view_of_string("leave"))));
	assert_false(
	    record_charter_allows(charter, record_kind_find(view_of_string("incident"))));
}

static bool asks(const struct record_charter *charter, const char *kind)
{
	return record_charter_asks_approval(charter,
	                                    record_kind_find(view_of_string(kind)));
}

static void approval_is_asked_where_the_charter_says_so(void **state)
{
	struct fixture *fixture = *state;
	struct record_charter *charter = &fixture->charter;
	CLEANUP_BUF struct buf all = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf some = BUF_INIT(RECORD_NOTE_MAX);

	assert_int_equal(record_charter_decode(buf_view(&fixture->text), charter, NULL),
	                 STATUS_OK);
	assert_false(asks(charter, "incident"));
	record_charter_release(charter);

	assert_int_equal(draft(fixture, "{\"approval\":\"all\"}", NULL, &all), STATUS_OK);
	assert_int_equal(record_charter_decode(buf_view(&all), charter, NULL), STATUS_OK);
	assert_true(asks(charter, "incident") && asks(charter, "text"));
	assert_false(asks(charter, "ack") || asks(charter, "check"));
	record_charter_release(charter);

	assert_int_equal(
	    draft(fixture, "{\"approval\":[\"incident\",\"leave\"]}", NULL, &some),
	    STATUS_OK);
	assert_int_equal(record_charter_decode(buf_view(&some), charter, NULL),
	                 STATUS_OK);
	assert_true(asks(charter, "incident") && asks(charter, "leave"));
	assert_false(asks(charter, "text") || asks(charter, "ack"));
}

static void the_drafts_title_goes_before_the_templates(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);

	assert_int_equal(draft(fixture, "{\"title\":\"a\"}", "b", &out), STATUS_OK);
	assert_int_equal(record_charter_decode(buf_view(&out), &fixture->charter, NULL),
	                 STATUS_OK);
	assert_string_equal(fixture->charter.title, "b");
}

static void templates_that_make_no_sense_are_refused(void **state)
{
	static const char *const templates[] = {
	    "[]",
	    "{",
	    "{\"members\":[]}",
	    "{\"date\":\"2026-11-20T23:49:00Z\"}",
	    "{\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}",
	    "{\"more\":1}",
	    "{\"previous\":"
	    "\"abababababababababababababababababababababababababababababababab\"}",
	    "{\"holding\":{\"within\":\"PT87601H\",\"times\":1}}",
	    "{\"keep\":\"PT0S\"}",
	    "{\"codebooks\":["
	    "\"abababababababababababababababababababababababababababababababab\","
	    "\"abababababababababababababababababababababababababababababababab\"]}",
	    "{\"limits\":null}",
	    "{\"witnesses\":\"\"}",
	    "{\"witnesses\":\"quorum all\\n\"}",
	    "{\"aldis\":2}",
	    "{\"title\":\"\"}",
	    "{\"title\":\"a\\nb\"}",
	    "{\"kinds\":{\"allowed\":[]}}",
	    "{\"kinds\":{\"allowed\":[\"nonsense\"]}}",
	    "{\"kinds\":{\"allowed\":[\"text\",\"text\"]}}",
	    "{\"kinds\":{\"allowed\":[\"text\"]}}", /* the built-in duties owe more */
	    "{\"kinds\":{}}",
	    "{\"kinds\":{\"digest\":"
	    "\"abababababababababababababababababababababababababababababababab\"}}",
	    "{\"lines\":[]}",
	    "{\"lines\":[\"private\"]}",
	    "{\"lines\":[\"political\",\"political\"]}",
	    "{\"languages\":[\"english language\"]}",
	    "{\"release\":\"public\"}",
	    "{\"holding\":{\"within\":\"PT0S\",\"times\":1}}",
	    "{\"holding\":{\"within\":\"PT1H\",\"times\":2}}",
	    "{\"witnesses\":\"nonsense\"}",
	    "{\"ask_witnesses\":\"never\"}",
	    "{\"codebooks\":[\"x\"]}",
	    "{\"previous\":\"x\"}",
	    "{\"keep\":\"forever\"}",
	    "{\"proofs\":\"nobody\"}",
	    "{\"approval\":\"none\"}",
	    "{\"approval\":true}",
	    "{\"approval\":{}}",
	    "{\"approval\":[]}",
	    "{\"approval\":[\"nonsense\"]}",
	    "{\"approval\":[1]}",
	    "{\"approval\":[\"all\"]}",
	    "{\"approval\":[\"text\",\"text\"]}",
	    "{\"approval\":[\"text\",\"receipt\"]}",
	    "{\"approval\":[\"ack\"]}",
	    "{\"approval\":[\"incident\"],\"duties\":[],"
	    "\"kinds\":{\"allowed\":[\"text\"]}}",
	    "{\"limits\":{}}",
	    "{\"limits\":{\"skew\":\"PT5M\",\"body\":262145,\"attachment\":8388608,"
	    "\"attachments\":64,\"quota\":1}}",
	    "{\"limits\":{\"skew\":\"PT5M\",\"body\":262144,\"attachment\":8388609,"
	    "\"attachments\":64,\"quota\":1}}",
	    "{\"limits\":{\"skew\":\"PT5M\",\"body\":262144,\"attachment\":8388608,"
	    "\"attachments\":65,\"quota\":1}}",
	    "{\"limits\":{\"skew\":\"PT0S\",\"body\":262144,\"attachment\":8388608,"
	    "\"attachments\":64,\"quota\":1}}",
	};
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);

	for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++)
		if (draft(*state, templates[i], NULL, &out) != STATUS_MALFORMED)
			fail_msg("accepted: %s", templates[i]);
	assert_int_equal(out.len, 0);
}

static void impossible_duties_are_refused(void **state)
{
	static const char *const duties[] = {
	    "{\"on\":\"nonsense\",\"owe\":[\"ack\"],\"within\":\"PT1H\"}",
	    "{\"on\":\"incident\",\"owe\":[\"nonsense\"],\"within\":\"PT1H\"}",
	    "{\"on\":\"incident\",\"owe\":[],\"within\":\"PT1H\"}",
	    "{\"on\":\"incident\",\"owe\":\"ack\",\"within\":\"PT1H\"}",
	    "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT0S\"}",
	    "{\"on\":\"incident\",\"owe\":[\"ack\"]}",
	    "{\"on\":\"incident\",\"owe\":[\"ack\",\"ack\"],\"within\":\"PT1H\"}",
	    "{\"on\":\"incident\",\"owe\":[\"incident\"],\"within\":\"PT1H\"}",
	    "{\"on\":\"incident\",\"owe\":[\"receipt\"],\"within\":\"PT1H\"}",
	    "{\"on\":\"receipt\",\"owe\":[\"ack\"],\"within\":\"PT1H\"}",
	    "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT1H\",\"grace\":"
	    "\"PT1M\"}",
	    "{\"every\":\"PT1H\",\"owe\":[\"check\"],\"grace\":\"PT1M\"}",
	    "{\"every\":\"PT1H\",\"owe\":\"check\"}",
	    "{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT2H\"}",
	    "{\"every\":\"PT0S\",\"owe\":\"check\",\"grace\":\"PT0S\"}",
	    "{\"every\":\"PT1H\",\"owe\":\"open\",\"grace\":\"PT1M\"}",
	    "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT4M59S\"}",
	    "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT87601H\"}",
	    "{\"on\":\"incident\",\"owe\":[\"check\"],\"within\":\"PT1H\"}",
	    "{\"every\":\"PT4M59S\",\"owe\":\"check\",\"grace\":\"PT1M\"}",
	    "{\"every\":\"PT1H\",\"owe\":\"text\",\"grace\":\"PT1M\"}",
	    "{\"every\":\"PT1H\",\"owe\":\"ack\",\"grace\":\"PT1M\"}",
	    "{\"every\":\"PT1H\",\"owe\":\"attachment.held\",\"grace\":\"PT1M\"}",
	    "{\"every\":\"PT1H\",\"owe\":\"receipt\",\"grace\":\"PT1M\"}",
	    "{\"on\":\"text\",\"owe\":[\"query\"],\"within\":\"PT1H\"},"
	    "{\"on\":\"query\",\"owe\":[\"text\"],\"within\":\"PT1H\"}",
	    "{\"owe\":[\"ack\"]}",
	    "{\"on\":\"\",\"owe\":[\"ack\"],\"within\":\"PT1H\"}",
	};
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
	char template_json[400];

	for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++) {
		(void)snprintf(template_json, sizeof template_json, "{\"duties\":[%s]}",
		               duties[i]);
		if (draft(*state, template_json, NULL, &out) != STATUS_MALFORMED)
			fail_msg("accepted: %s", duties[i]);
	}
	assert_int_equal(draft(*state, "{\"duties\":[]}", NULL, &out), STATUS_OK);
	/* A chain of answers that comes to an end, by one way at least. */
	assert_int_equal(
	    draft(*state,
	          "{\"duties\":["
	          "{\"on\":\"query\",\"owe\":[\"text\"],\"within\":\"PT1H\"},"
	          "{\"on\":\"text\",\"owe\":[\"query\",\"ack\"],\"within\":\"PT1H\"}]}",
	          NULL, &out),
	    STATUS_OK);
}

/* Reads the text with one place changed. */
static enum status decode_edited(struct fixture *fixture, const char *from,
                                 const char *to)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct view whole = buf_view(&fixture->text);
	size_t at = view_find(whole, view_of_string(from));
	struct record_charter charter = {0};
	enum status status;

	assert_true(at != SIZE_MAX);
	buf_append(&text, whole.data, at);
	buf_append_string(&text, to);
	buf_append_view(&text, view_from(whole, at + strlen(from)));
	status = record_charter_decode(buf_view(&text), &charter, &fixture->err);
	record_charter_release(&charter);
	return status;
}

static void a_charter_that_contradicts_its_cards_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char fingerprint[RECORD_FINGERPRINT_LEN + 1];
	char other[RECORD_FINGERPRINT_LEN + 1];

	record_fingerprint(&fixture->desks[0].card, fingerprint);
	strcpy(other, fingerprint);
	other[0] = other[0] == '0' ? '1' : '0';
	assert_int_equal(decode_edited(fixture, fingerprint, other), STATUS_MALFORMED);
	assert_int_equal(decode_edited(fixture, "{\"name\":\"north.example\",\"root\"",
	                               "{\"name\":\"east.example\",\"root\""),
	                 STATUS_MALFORMED);
	assert_int_equal(decode_edited(fixture, "\\\"serial\\\":1", "\\\"serial\\\":2"),
	                 STATUS_UNTRUSTED);
	assert_int_equal(decode_edited(fixture, "{\"aldis\":1,\"title\"",
	                               "{\"aldis\":1,\"x\":1,\"title\""),
	                 STATUS_MALFORMED);
	assert_int_equal(decode_edited(fixture, "aldis.charter/1", "aldis.card/1"),
	                 STATUS_MALFORMED);
}

/* Whether a member sees what was before is a question only when something was. */
static void a_first_charter_gives_no_history(void **state)
{
	static const char previous[] =
	    "\"release\":\"joint\",\"previous\":"
	    "\"abababababababababababababababababababababababababababababababab\"";
	struct fixture *fixture = *state;
	static const char *const words[] = {"all", "none", "some"};

	for (size_t i = 0; i < 3; i++) {
		char history[40];

		(void)snprintf(history, sizeof history, "\"history\":\"%s\",\"card\"",
		               words[i]);
		assert_int_equal(decode_edited(fixture, "\"card\"", history),
		                 STATUS_MALFORMED);
	}
	assert_int_equal(decode_edited(fixture, "\"release\":\"joint\"", previous),
	                 STATUS_OK);
}

static void one_desk_alone_or_twice_makes_no_channel(void **state)
{
	struct fixture *fixture = *state;
	struct record_card cards[2] = {fixture->desks[0].card, fixture->desks[0].card};
	struct view notes[2] = {buf_view(&fixture->desks[0].note),
	                        buf_view(&fixture->desks[0].note)};
	struct record_charter_draft parts = {.cards = cards, .card_notes = notes};
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);

	for (parts.card_count = 0; parts.card_count <= 2; parts.card_count++)
		assert_int_equal(record_charter_draft(&parts, &out, NULL),
		                 STATUS_MALFORMED);
}

/* Signs the card anew with the keys that follow from this name. */
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

/* South calls itself north.example, with keys of its own. */
static void a_name_in_two_cards_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *south = &fixture->desks[1];
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);

	south->card.name = fixture->desks[0].card.name;
	card_sign(south, "south.example");
	assert_int_equal(draft(fixture, "", NULL, &out), STATUS_MALFORMED);
	assert_non_null(strstr(fixture->err.text, "north.example is a member twice"));
}

/* South takes north's box key, which can't be asked for a signature. */
static void a_key_in_two_cards_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct testing_desk *south = &fixture->desks[1];
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);

	south->card.keys[RECORD_ROLE_BOX] = fixture->desks[0].card.keys[RECORD_ROLE_BOX];
	card_sign(south, "south.example");
	assert_int_equal(draft(fixture, "", NULL, &out), STATUS_MALFORMED);
	assert_non_null(strstr(fixture->err.text, "two places"));
}

static void a_policy_that_names_a_log_is_refused(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf vkey_text = BUF_INIT(1000);
	struct ed25519_public key = {{9, 9, 9}};
	struct tlog_vkey vkey;
	char template_json[600];

	assert_int_equal(record_vkey("log.example", "log", &key, &vkey, NULL), STATUS_OK);
	tlog_vkey_append(&vkey_text, &vkey);
	(void)snprintf(template_json, sizeof template_json,
	               "{\"witnesses\":\"log %.*s\\nquorum none\\n\"}",
	               (int)vkey_text.len, (const char *)vkey_text.data);
	assert_int_equal(draft(fixture, template_json, NULL, &out), STATUS_MALFORMED);
	assert_non_null(strstr(fixture->err.text, "no log"));
}

static void a_witness_that_can_not_be_asked_is_refused(void **state)
{
	static const char *const urls[] = {"https://w.example/", "", "ftp://w.example",
	                                   "https://u@w.example"};
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf vkey_text = BUF_INIT(1000);
	struct ed25519_public key = {{9, 9, 9}};
	struct tlog_vkey vkey;

	assert_int_equal(record_vkey("witness.example", "witness", &key, &vkey, NULL),
	                 STATUS_OK);
	tlog_vkey_append(&vkey_text, &vkey);
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
		char template_json[600];

		(void)snprintf(template_json, sizeof template_json,
		               "{\"witnesses\":\"witness w %.*s %s\\nquorum w\\n\"}",
		               (int)vkey_text.len, (const char *)vkey_text.data, urls[i]);
		assert_int_equal(draft(fixture, template_json, NULL, &out),
		                 i < 2 ? STATUS_OK : STATUS_MALFORMED);
		if (i >= 2)
			assert_non_null(strstr(fixture->err.text,
			                       "the URL of witness.example/witness"));
	}
}

/* Two of one: the policy's own rules refuse it. */
static void a_quorum_that_nobody_can_reach_is_refused(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf vkey_text = BUF_INIT(1000);
	struct ed25519_public key = {{9, 9, 9}};
	struct tlog_vkey vkey;

	assert_int_equal(record_vkey("witness.example", "witness", &key, &vkey, NULL),
	                 STATUS_OK);
	tlog_vkey_append(&vkey_text, &vkey);
	for (unsigned threshold = 1; threshold <= 2; threshold++) {
		char template_json[600];

		(void)snprintf(template_json, sizeof template_json,
		               "{\"witnesses\":\"witness w %.*s\\ngroup g %u w\\n"
		               "quorum g\\n\"}",
		               (int)vkey_text.len, (const char *)vkey_text.data,
		               threshold);
		assert_int_equal(draft(fixture, template_json, NULL, &out),
		                 threshold == 1 ? STATUS_OK : STATUS_MALFORMED);
	}
}

static void a_members_key_is_no_witness(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf vkey_text = BUF_INIT(1000);
	struct ed25519_public other = {{9, 9, 9}};
	struct tlog_vkey vkey;
	char template_json[600];

	for (int is_own = 0; is_own < 2; is_own++) {
		buf_clear(&vkey_text);
		assert_int_equal(
		    record_vkey("witness.example", "witness",
		                is_own ? &fixture->desks[2].card.keys[RECORD_ROLE_MIRROR]
		                       : &other,
		                &vkey, NULL),
		    STATUS_OK);
		tlog_vkey_append(&vkey_text, &vkey);
		(void)snprintf(template_json, sizeof template_json,
		               "{\"witnesses\":\"witness w %.*s\\nquorum w\\n\"}",
		               (int)vkey_text.len, (const char *)vkey_text.data);
		assert_int_equal(draft(fixture, template_json, NULL, &out),
		                 is_own ? STATUS_MALFORMED : STATUS_OK);
	}
}

/* Signatures */

static void note_signed_by(const struct fixture *fixture, const size_t *signers,
                           size_t count, struct buf *out)
{
	buf_append_view(out, buf_view(&fixture->text));
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < count; i++)
		testing_charter_sign(&fixture->desks[signers[i]],
		                     buf_view(&fixture->text), out);
}

static void charter_load(struct fixture *fixture)
{
	assert_int_equal(
	    record_charter_decode(buf_view(&fixture->text), &fixture->charter, NULL),
	    STATUS_OK);
}

static void signers_are_told_apart(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	bool is_signed[RECORD_MEMBERS_MAX];
	const size_t signers[] = {2, 0};

	charter_load(fixture);
	note_signed_by(fixture, signers, 2, &note);
	assert_int_equal(
	    record_charter_signed_by(&fixture->charter, buf_view(&note), is_signed, NULL),
	    STATUS_OK);
	assert_true(is_signed[0] && !is_signed[1] && is_signed[2]);
}

static void a_forged_line_is_untrusted(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	bool is_signed[RECORD_MEMBERS_MAX];

	charter_load(fixture);
	buf_append_view(&note, buf_view(&fixture->text));
	buf_append_byte(&note, '\n');
	testing_charter_sign(&fixture->desks[0], view_of_string("another text\n"), &note);
	assert_int_equal(
	    record_charter_signed_by(&fixture->charter, buf_view(&note), is_signed, NULL),
	    STATUS_UNTRUSTED);
	assert_int_equal(record_charter_merge(&fixture->charter, buf_view(&note),
	                                      buf_view(&note), &merged, NULL),
	                 STATUS_UNTRUSTED);
	assert_int_equal(merged.len, 0);
}

static void a_note_about_another_text_is_a_conflict(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	bool is_signed[RECORD_MEMBERS_MAX];

	charter_load(fixture);
	testing_charter_note(fixture->desks, 2, NULL, &note);
	assert_int_equal(
	    record_charter_signed_by(&fixture->charter, buf_view(&note), is_signed, NULL),
	    STATUS_CONFLICT);
}

static void merging_keeps_each_members_line_once_in_order(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf a = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf b = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf ab = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf ba = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf all = BUF_INIT(RECORD_NOTE_MAX);
	const size_t of_a[] = {2, 1}, of_b[] = {1, 0}, of_all[] = {0, 1, 2};

	charter_load(fixture);
	note_signed_by(fixture, of_a, 2, &a);
	note_signed_by(fixture, of_b, 2, &b);
	note_signed_by(fixture, of_all, 3, &all);
	assert_int_equal(record_charter_merge(&fixture->charter, buf_view(&a),
	                                      buf_view(&b), &ab, NULL),
	                 STATUS_OK);
	assert_int_equal(record_charter_merge(&fixture->charter, buf_view(&b),
	                                      buf_view(&a), &ba, NULL),
	                 STATUS_OK);
	assert_true(view_equal(buf_view(&ab), buf_view(&all)));
	assert_true(view_equal(buf_view(&ba), buf_view(&all)));
}

static void strangers_lines_do_not_count_and_are_not_carried(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	struct testing_desk stranger;
	bool is_signed[RECORD_MEMBERS_MAX];

	testing_desk_init(&stranger, "stranger.example", NULL);
	charter_load(fixture);
	buf_append_view(&note, buf_view(&fixture->text));
	buf_append_byte(&note, '\n');
	testing_charter_sign(&stranger, buf_view(&fixture->text), &note);
	assert_int_equal(
	    record_charter_signed_by(&fixture->charter, buf_view(&note), is_signed, NULL),
	    STATUS_OK);
	assert_false(is_signed[0] || is_signed[1] || is_signed[2]);
	assert_int_equal(record_charter_merge(&fixture->charter, buf_view(&note),
	                                      buf_view(&note), &merged, NULL),
	                 STATUS_UNTRUSTED);
	testing_charter_sign(&fixture->desks[1], buf_view(&fixture->text), &note);
	assert_int_equal(record_charter_merge(&fixture->charter, buf_view(&note),
	                                      buf_view(&note), &merged, NULL),
	                 STATUS_OK);
	assert_true(view_find(buf_view(&merged), view_of_string("stranger")) == SIZE_MAX);
	testing_desk_release(&stranger);
}

enum { MANY = 100 };

/* As many as a note can have signature lines. */
static void a_hundred_desks_make_a_channel(void **state)
{
	struct testing_desk *desks = calloc(MANY, sizeof *desks);
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	struct fixture *fixture = *state;
	struct tlog_note parsed;

	assert_non_null(desks);
	for (unsigned i = 0; i < MANY; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "desk%u.example", i);
		testing_desk_init(&desks[i], name, NULL);
	}
	testing_charter_note(desks, MANY, NULL, &note);
	assert_int_equal(tlog_note_parse(buf_view(&note), &parsed, NULL), STATUS_OK);
	assert_int_equal(record_charter_decode(parsed.text, &fixture->charter, NULL),
	                 STATUS_OK);
	assert_string_equal(fixture->charter.title, "Channel of 100 desks");
	assert_int_equal(record_charter_merge(&fixture->charter, buf_view(&note),
	                                      buf_view(&note), &merged, NULL),
	                 STATUS_OK);
	assert_true(view_equal(buf_view(&merged), buf_view(&note)));
	for (unsigned i = 0; i < MANY; i++)
		testing_desk_release(&desks[i]);
	free(desks);
}

static void cut_texts_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct record_charter charter = {0};

	for (size_t len = 0; len < fixture->text.len; len += 97)
		assert_int_equal(record_charter_decode(view_of(fixture->text.data, len),
		                                       &charter, NULL),
		                 STATUS_MALFORMED);
	assert_null(charter.members);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_built_in_template_makes_a_charter),
	    TEST(the_digest_is_that_of_the_text),
	    TEST(a_template_may_set_all_the_rest),
	    TEST(approval_is_asked_where_the_charter_says_so),
	    TEST(the_drafts_title_goes_before_the_templates),
	    TEST(templates_that_make_no_sense_are_refused),
	    TEST(impossible_duties_are_refused),
	    TEST(a_charter_that_contradicts_its_cards_is_refused),
	    TEST(a_first_charter_gives_no_history),
	    TEST(one_desk_alone_or_twice_makes_no_channel),
	    TEST(a_name_in_two_cards_is_refused),
	    TEST(a_key_in_two_cards_is_refused),
	    TEST(a_policy_that_names_a_log_is_refused),
	    TEST(a_quorum_that_nobody_can_reach_is_refused),
	    TEST(a_witness_that_can_not_be_asked_is_refused),
	    TEST(a_members_key_is_no_witness),
	    TEST(signers_are_told_apart),
	    TEST(a_forged_line_is_untrusted),
	    TEST(a_note_about_another_text_is_a_conflict),
	    TEST(merging_keeps_each_members_line_once_in_order),
	    TEST(strangers_lines_do_not_count_and_are_not_carried),
	    TEST(a_hundred_desks_make_a_channel),
	    TEST(cut_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
