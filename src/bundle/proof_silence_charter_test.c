/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which charter, which keys: a question after an amendment, one before it, an amendment
 * that not all have signed; a desk with newer keys.
 */
#include "bundle/proof_silence_testing.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "record/amendment.h"

struct fixture {
	struct silence_world s;
	struct buf note; /* of the amendment */
};

static void setup(struct fixture *f)
{
	*f = (struct fixture){.note = BUF_INIT(SIZE_MAX)};
	silence_world_open(&f->s, false);
}

static void teardown(struct fixture *f)
{
	silence_world_release(&f->s);
	buf_release(&f->note);
}

/* 48 hours instead of 24, signed by the first signer_count desks. */
static void amend(struct fixture *f, size_t signer_count)
{
	struct proof_world *world = &f->s.world;
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct record_charter_draft draft = {
	    .previous = &world->channel.charter,
	    .date_s = PROOF_WORLD_START_S + 11 * HOUR,
	    .nonce = "another nonce 16",
	    .template_json = view_of_string(
	        "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\"],\"within\":"
	        "\"PT48H\"}]}"),
	};
	struct error err = {0};

	if (record_charter_draft(&draft, &text, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	buf_append_view(&f->note, buf_view(&text));
	buf_append_byte(&f->note, '\n');
	for (size_t i = 0; i < signer_count; i++)
		testing_charter_sign(&world->channel.desks[i], buf_view(&text), &f->note);
	world->amendments[world->amendment_count++] = buf_view(&f->note);
}

static void write_amendment(struct fixture *f, size_t author, int64_t at_s)
{
	struct proof_world *world = &f->s.world;
	CLEANUP_BUF struct buf body = BUF_INIT(SIZE_MAX);

	assert_int_equal(record_amendment_body_append(&world->channel.charter,
	                                              buf_view(&f->note), &body, NULL),
	                 STATUS_OK);
	buf_append_byte(&body, '\0');
	proof_world_write(world, author, at_s, "charter.amend", (const char *)body.data,
	                  NULL);
}

static void ask_again(struct fixture *f)
{
	struct proof_world *world = &f->s.world;

	f->s.question =
	    proof_world_write(world, NORTH, 12 * HOUR, "query", QUESTION_BODY, NULL);
	f->s.receipt = proof_world_receipt(world, NORTH, f->s.question, SOUTH,
	                                   12 * HOUR + 5, 12 * HOUR + 6);
}

static void a_question_after_an_amendment_is_judged_by_it(void **state TEST_UNUSED)
{
	static const char *const words[] = {"owed answer until 2026-11-22T12:00:05Z",
	                                    NULL};
	struct fixture f;

	setup(&f);
	amend(&f, 3);
	write_amendment(&f, NORTH, 11 * HOUR);
	write_amendment(&f, SOUTH, 11 * HOUR);
	ask_again(&f);
	silence_world_expire(&f.s, 70 * HOUR);
	silence_world_assert_built(&f.s, words);
	proof_world_tamper(&f.s.world, buf_view(&f.s.proof));
	teardown(&f);
}

static void a_question_before_it_keeps_its_deadline(void **state TEST_UNUSED)
{
	static const char *const words[] = {"owed answer until 2026-11-21T10:00:05Z",
	                                    NULL};
	struct fixture f;

	setup(&f);
	amend(&f, 3);
	write_amendment(&f, SOUTH, 11 * HOUR);
	write_amendment(&f, NORTH, 12 * HOUR);
	silence_world_expire(&f.s, 70 * HOUR);
	silence_world_assert_built(&f.s, words);
	teardown(&f);
}

static void an_amendment_that_not_all_signed_is_refused(void **state TEST_UNUSED)
{
	struct error err = {0};
	struct fixture f;

	setup(&f);
	amend(&f, 2);
	silence_world_expire(&f.s, 70 * HOUR);
	assert_int_equal(silence_world_build(&f.s, 1000 * HOUR, &err), STATUS_UNTRUSTED);
	assert_non_null(strstr(err.text, "east.example has not signed the charter"));
	teardown(&f);
}

/* South with a card of a higher serial. */
static void make_card(const struct proof_world *world, struct buf *out)
{
	struct record_card card = world->channel.desks[SOUTH].card;

	card.serial = 2;
	testing_card_sign(&card, "south.example", out);
}

static void a_newer_card_is_carried(void **state TEST_UNUSED)
{
	static const char *const words[] = {"south.example held this question", NULL};
	struct fixture f;
	struct buf card = {0};

	setup(&f);
	make_card(&f.s.world, &card);
	f.s.world.card_notes[SOUTH] = buf_view(&card);
	silence_world_expire(&f.s, 70 * HOUR);
	silence_world_assert_built(&f.s, words);
	assert_int_not_equal(
	    view_find(buf_view(&f.s.proof), view_of_string("\\\"serial\\\":2")),
	    SIZE_MAX);
	proof_world_tamper(&f.s.world, buf_view(&f.s.proof));
	buf_release(&card);
	teardown(&f);
}

/* The log was signed before its key was replaced, or by a thief: the reader is told. */
static void a_replaced_log_key_is_told(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "the log of south.example is signed with a key that its card 2 of", NULL};
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct fixture f;

	setup(&f);
	struct record_card card = f.s.world.channel.desks[SOUTH].card;
	struct ed25519_secret *log =
	    testing_secret_new("south.example 2", RECORD_ROLE_LOG);
	card.serial = 2;
	card.keys[RECORD_ROLE_LOG] = ed25519_secret_public(log);
	assert_int_equal(record_card_append_text(&card, &note, NULL), STATUS_OK);
	buf_append_byte(&note, '\n');
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (role == RECORD_ROLE_BOX || !card.has_key[role])
			continue;
		struct ed25519_secret *secret =
		    role == RECORD_ROLE_LOG ? log
		                            : testing_secret_new("south.example", role);
		assert_int_equal(
		    record_card_append_signature(&card, role, secret, &note, NULL),
		    STATUS_OK);
		ed25519_secret_free(secret);
	}
	f.s.world.card_notes[SOUTH] = buf_view(&note);
	silence_world_expire(&f.s, 70 * HOUR);
	silence_world_assert_built(&f.s, words);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_question_after_an_amendment_is_judged_by_it),
	    cmocka_unit_test(a_question_before_it_keeps_its_deadline),
	    cmocka_unit_test(an_amendment_that_not_all_signed_is_refused),
	    cmocka_unit_test(a_newer_card_is_carried),
	    cmocka_unit_test(a_replaced_log_key_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
