/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each side could try (aldis.md 4 and 5): a creditor that wants to prove a silence
 * that was none, a debtor that wants to talk its way out, and somebody else who changes
 * the file.
 */
#include "bundle/proof_silence_testing.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "bundle/proof_range.h"
#include "codec/base64.h"

/* A debtor talks its way out */

/* It dates its receipt into next year, so that the clock would start then. */
static void a_future_dated_receipt_gains_nothing(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "owed answer until 2026-11-21T12:00:01Z",
	    "too far apart and no witness saw it: that the clock started at "
	    "2026-11-20T12:00:01Z is north.example's word alone",
	    NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	s.question =
	    proof_world_write(&s.world, NORTH, 12 * HOUR, "query", QUESTION_BODY, NULL);
	s.receipt = proof_world_receipt(&s.world, NORTH, s.question, SOUTH, 9000 * HOUR,
	                                12 * HOUR + 1);
	silence_world_expire(&s, 40 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* With a witness, its time is the latest at which the clock can have started. */
static void a_witness_bounds_a_future_dated_receipt(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "owed answer until 2026-11-21T12:30:00Z",
	    "the clock started at 2026-11-20T12:30:00Z, as the witnesses show", NULL};
	struct silence_world s;

	silence_world_open(&s, true);
	s.question =
	    proof_world_write(&s.world, NORTH, 12 * HOUR, "query", QUESTION_BODY, NULL);
	s.receipt = proof_world_receipt(&s.world, NORTH, s.question, SOUTH, 9000 * HOUR,
	                                12 * HOUR + 1);
	struct buf *note = proof_world_keep(&s.world, NORTH);
	proof_world_witness(&s.world, 0, 12 * HOUR + 1800, note);
	proof_world_witness(&s.world, 1, 12 * HOUR + 1800, note);
	proof_world_check(&s.world, NORTH, 13 * HOUR, note);
	silence_world_expire(&s, 40 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* It writes the answer after the deadline and dates it before. */
static void a_back_dated_answer_is_late(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "by the creditor's word alone",
	    "an answer came late: south.example#3, first countersigned at "
	    "2026-11-21T15:00:00Z",
	    NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_answer(&s, 20 * HOUR);
	proof_world_deliver(&s.world, SOUTH, NORTH, 39 * HOUR);
	silence_world_expire(&s, 39 * HOUR + 1);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* Its order in the log gives it away. */
static void a_back_dated_answer_behind_its_own_word_is_late(void **state TEST_UNUSED)
{
	static const char *const words[] = {"shown by its own word", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	silence_world_answer(&s, 20 * HOUR);
	proof_world_deliver(&s.world, SOUTH, NORTH, 39 * HOUR);
	silence_world_expire(&s, 39 * HOUR + 1);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void endless_holding_moves_the_deadline_once(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "owed answer until 2026-11-22T12:00:00Z",
	    "the holding reply south.example#3 moved the deadline, once", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	for (int i = 0; i < 40; i++) {
		silence_world_hold(&s, (20 + i) * HOUR, 60 + 24 * i);
		proof_world_deliver(&s.world, SOUTH, NORTH, (20 + i) * HOUR + 1);
	}
	proof_world_check(&s.world, SOUTH, 61 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 61 * HOUR + 1);
	silence_world_expire(&s, 61 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void
a_holding_reply_moves_it_no_further_than_the_charter_says(void **state TEST_UNUSED)
{
	/* 72 hours behind 2026-11-21T10:00:05Z */
	static const char *const words[] = {"owed answer until 2026-11-24T10:00:05Z",
	                                    NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_hold(&s, 20 * HOUR, 10000);
	proof_world_deliver(&s.world, SOUTH, NORTH, 20 * HOUR + 1);
	silence_world_expire(&s, 110 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void a_late_holding_reply_moves_nothing(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "owed answer until 2026-11-21T10:00:05Z",
	    "the holding reply south.example#3 did not move the deadline", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_hold(&s, 20 * HOUR, 60); /* dated back */
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR);
	silence_world_expire(&s, 35 * HOUR + 1);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* An answer to another question, or of a kind that is not owed. */
static void talking_about_it_is_no_answer(void **state TEST_UNUSED)
{
	static const char *const words[] = {"shown by its own word",
	                                    "talks and does not answer", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_write(&s.world, SOUTH, 20 * HOUR, "text",
	                  "{\"language\":\"en\",\"text\":\"soon\"}", QUESTION);
	proof_world_write(&s.world, SOUTH, 20 * HOUR, "answer", ANSWER_BODY,
	                  "north.example#1");
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void a_malformed_answer_is_none_but_must_be_there(void **state TEST_UNUSED)
{
	static const char bad[] =
	    "{\"aldis\":1,\"kind\":\"answer\",\"re\":\"" QUESTION "\"}";
	static const char *const words[] = {"its log up to 5 holds none", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	testing_channel_append(&s.world.channel, SOUTH, view_of_string(bad),
	                       view_of("", 0));
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* Its body has not the form of an answer: like a malformed entry it meets nothing. */
static void an_answer_without_its_form_is_none(void **state TEST_UNUSED)
{
	static const char *const words[] = {"its log up to 5 holds none",
	                                    "shown by its own word", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_write(&s.world, SOUTH, 20 * HOUR, "answer", "{\"answer\":\"maybe\"}",
	                  QUESTION);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* Answers in stock, written before there was a question. */
static void an_answer_before_the_question_is_none(void **state TEST_UNUSED)
{
	static const char *const words[] = {"by the creditor's word alone", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	s.world.held[SOUTH][NORTH] = 0; /* it names nothing it has seen */
	silence_world_answer(&s, 20 * HOUR);
	proof_world_deliver(&s.world, SOUTH, NORTH, 20 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

static void who_left_owes_no_longer(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_write(&s.world, SOUTH, 20 * HOUR, "leave", NULL, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 20 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_refused(&s, "south.example left the channel");
	silence_world_release(&s);
}

/* An invented root of the creditor's log stops no proof, it is told. */
static void an_invented_root_is_an_alarm(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "ALARM: south.example#3 names another root of the log of north.example",
	    NULL};
	struct silence_world s;
	struct record_seen seen = {.size = 5, .root = {{1, 2, 3}}};
	struct testing_message message = {
	    .kind = "check", .seen = &seen, .seen_count = 1};

	silence_world_open(&s, false);
	strcpy(seen.desk.text, "north.example");
	s.world.channel.now_s = PROOF_WORLD_START_S + 35 * HOUR;
	testing_channel_write(&s.world.channel, SOUTH, &message);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* It countersigns a history that north does not have: no clock starts on that. */
static void a_receipt_of_another_history_starts_no_clock(void **state TEST_UNUSED)
{
	struct silence_world s;
	uint64_t forged;

	silence_world_open(&s, false);
	s.question =
	    proof_world_write(&s.world, NORTH, 12 * HOUR, "query", QUESTION_BODY, NULL);
	/* a true line over the log with an entry that north then writes otherwise */
	testing_channel_append(&s.world.channel, NORTH, view_of_string("{}"),
	                       view_of("", 0));
	forged = proof_world_receipt(&s.world, NORTH, s.question, SOUTH, 12 * HOUR + 5,
	                             12 * HOUR + 6);
	proof_world_replace(&s.world, NORTH, forged - 1, view_of_string("{ }"));
	silence_world_expire(&s, 60 * HOUR);
	silence_world_assert_refused(&s, "no receipt of south.example");
	silence_world_release(&s);
}

/* A creditor hides something */

/* What it wrote says that it was shown another history of south's log. */
static void a_creditor_that_saw_another_history_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;
	struct record_seen seen = {.size = 3, .root = {{1, 2, 3}}};
	struct testing_message message = {
	    .kind = "check", .seen = &seen, .seen_count = 1};

	silence_world_open(&s, false);
	strcpy(seen.desk.text, "south.example");
	s.world.channel.now_s = PROOF_WORLD_START_S + 20 * HOUR;
	testing_channel_write(&s.world.channel, NORTH, &message);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_refused(&s, "another root of the log of south.example");
	silence_world_release(&s);
}

/* It dates an entry ahead, behind which it hides the cancellation that south knows. */
static void a_hidden_cancel_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_expire(&s, 35 * HOUR); /* written at hour 11 */
	s.world.shown[NORTH] = s.world.channel.logs[NORTH].count;
	proof_world_write(&s.world, NORTH, 11 * HOUR, "cancel", NULL, QUESTION);
	proof_world_deliver(&s.world, NORTH, SOUTH, 11 * HOUR + 1);
	proof_world_check(&s.world, SOUTH, 12 * HOUR, NULL);
	proof_world_check(&s.world, SOUTH, 36 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 36 * HOUR + 1);
	silence_world_assert_refused(&s, "a cancellation could be hidden");
	silence_world_release(&s);
}

/* Its log ends before the deadline. */
static void a_log_that_is_cut_before_the_deadline_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_check(&s.world, NORTH, 33 * HOUR, NULL);
	proof_world_keep(&s.world, NORTH);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_assert_refused(&s, "dated after the deadline");
	silence_world_release(&s);
}

/* What it wrote after the deadline names more of south's log than it shows. */
static void a_cut_below_an_answer_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_answer(&s, 20 * HOUR);
	proof_world_deliver(&s.world, SOUTH, NORTH, 20 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR);
	s.world.shown[SOUTH] = 3;
	silence_world_assert_refused(&s, "an answer could be hidden");
	silence_world_release(&s);
}

/* It did not countersign the answer. Without a witness nobody can tell, and the file says
 * by whose word it stands. */
static void a_withheld_cosignature_leaves_its_word_alone(void **state TEST_UNUSED)
{
	static const char *const words[] = {"by the creditor's word alone",
	                                    "if north.example withheld its receipt, "
	                                    "south.example could not prove a timely "
	                                    "answer to an outsider",
	                                    NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_keep(&s.world, SOUTH);
	silence_world_answer(&s, 20 * HOUR);
	proof_world_keep(&s.world, SOUTH);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* South gave the answer to the witnesses in time. */
static void a_withheld_cosignature_is_refuted_by_witnesses(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, true);
	silence_world_answer(&s, 20 * HOUR);
	struct buf *note = proof_world_keep(&s.world, SOUTH);
	proof_world_witness(&s.world, 0, 33 * HOUR, note);
	proof_world_witness(&s.world, 1, 33 * HOUR, note);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_refused(&s, "south.example answered with south.example#3");
	silence_world_release(&s);
}

/* The answer is within what is shown and nothing tells when it was given. */
static void an_answer_of_unknown_time_ends_the_proof(void **state TEST_UNUSED)
{
	struct silence_world s;

	silence_world_open(&s, false);
	silence_world_answer(&s, 20 * HOUR);
	s.world.kept[SOUTH][1].size = 99; /* an older checkpoint is not held */
	proof_world_keep(&s.world, SOUTH);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_refused(&s, "it may have been in time");
	silence_world_release(&s);
}

/* It starts the clock early by a receipt that it dates back. */
static void
a_back_dated_receipt_entry_does_not_start_the_clock_earlier(void **state TEST_UNUSED)
{
	static const char *const words[] = {"owed answer until 2026-11-22T00:00:00Z",
	                                    NULL};
	struct silence_world s;

	silence_world_open(&s, true);
	s.question =
	    proof_world_write(&s.world, NORTH, 1 * HOUR, "query", QUESTION_BODY, NULL);
	struct buf *note = proof_world_keep(&s.world, NORTH);
	proof_world_witness(&s.world, 0, 24 * HOUR, note);
	proof_world_witness(&s.world, 1, 24 * HOUR, note);
	s.receipt = proof_world_receipt(&s.world, NORTH, s.question, SOUTH, 25 * HOUR,
	                                1 * HOUR + 1);
	proof_world_check(&s.world, NORTH, 25 * HOUR, note);
	silence_world_expire(&s, 60 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* An entry of south that is dated ahead and that north held before is nobody's word. */
static void a_date_that_is_shown_to_be_false_counts_for_nothing(void **state TEST_UNUSED)
{
	static const char *const words[] = {"by the creditor's word alone", NULL};
	struct silence_world s;

	silence_world_open(&s, false);
	proof_world_check(&s.world, SOUTH, 500 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 12 * HOUR);
	silence_world_expire(&s, 35 * HOUR);
	silence_world_assert_built(&s, words);
	silence_world_release(&s);
}

/* Somebody changes the file */

static void make(struct silence_world *s)
{
	static const char *const words[] = {"shown by its own word", NULL};

	silence_world_open(s, false);
	for (int i = 11; i < 14; i++)
		proof_world_check(&s->world, SOUTH, i * HOUR, NULL);
	proof_world_check(&s->world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s->world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(s, 35 * HOUR + 2);
	silence_world_assert_built(s, words);
}

/* Replaces the first `from` behind the first `behind` by `to`. */
static void replace(struct silence_world *s, const char *behind, const char *from,
                    const char *to)
{
	struct buf changed = BUF_INIT(SIZE_MAX);
	struct view proof = buf_view(&s->proof);
	size_t start = view_find(proof, view_of_string(behind));

	assert_int_not_equal(start, SIZE_MAX);
	size_t at = view_find(view_from(proof, start), view_of_string(from));
	assert_int_not_equal(at, SIZE_MAX);
	at += start;
	buf_append(&changed, proof.data, at);
	buf_append_string(&changed, to);
	buf_append_view(&changed, view_from(proof, at + strlen(from)));
	buf_release(&s->proof);
	s->proof = changed;
}

/* Cuts out an element of the first list `name` behind `behind`. */
static void cut_element(struct silence_world *s, const char *behind, const char *name,
                        size_t nth)
{
	struct view proof = buf_view(&s->proof);
	size_t at = view_find(proof, view_of_string(behind));
	char element[4096];

	at += view_find(view_from(proof, at), view_of_string(name));
	at += view_find(view_from(proof, at), view_of_string("[")) + 1;
	for (; nth > 0; nth--)
		at += view_find(view_from(proof, at), view_of_string(",")) + 1;
	size_t len = view_find(view_from(proof, at), view_of_string(",")) + 1;
	assert_true(len < sizeof element);
	memcpy(element, proof.data + at, len);
	element[len] = '\0';
	replace(s, name, element, "");
}

static void a_gap_in_the_debtors_entries_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	cut_element(&s, "\"debtor_log\"", "\"entries\"", 1);
	proof_world_assert_no(&s.world, buf_view(&s.proof),
	                      "not those under its signed checkpoint");
	silence_world_release(&s);
}

static void a_later_start_of_the_debtors_entries_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	replace(&s, "\"debtor_log\"", "\"from\":3", "\"from\":4");
	proof_world_assert_no(&s.world, buf_view(&s.proof), "there must be 1 hashes");
	silence_world_release(&s);
}

static void a_claim_of_a_better_grade_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	replace(&s, "\"claim\"", "own-word", "witnesses");
	proof_world_assert_no(&s.world, buf_view(&s.proof),
	                      "shows something else than it claims");
	silence_world_release(&s);
}

static void a_claim_of_an_earlier_deadline_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	replace(&s, "\"deadline\"", "2026-11-21T10", "2026-11-21T09");
	proof_world_assert_no(&s.world, buf_view(&s.proof),
	                      "shows something else than it claims");
	silence_world_release(&s);
}

/* Puts this in the place of what stands between two marks. */
static void replace_between(struct silence_world *s, const char *start, const char *end,
                            const struct buf *by)
{
	struct buf changed = BUF_INIT(SIZE_MAX);
	struct view proof = buf_view(&s->proof);
	size_t from = view_find_last(proof, view_of_string(start)) + strlen(start);
	size_t to = from + view_find(view_from(proof, from), view_of_string(end));

	buf_append(&changed, proof.data, from);
	buf_append_view(&changed, buf_view(by));
	buf_append_view(&changed, view_from(proof, to));
	buf_release(&s->proof);
	s->proof = changed;
}

/* South's log is shown from where nothing says that it ended before the question. */
static void a_start_that_nothing_vouches_for_is_refused(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf other = BUF_INIT(SIZE_MAX);
	struct silence_world s;

	make(&s);
	struct proof_source source = proof_world_source(&s.world);
	assert_int_equal(proof_range_append_single(&source, "north.example", 1,
	                                           s.world.channel.logs[NORTH].count,
	                                           &other, NULL),
	                 STATUS_OK);
	replace_between(&s, "\"before\":{", "}", &other);
	proof_world_assert_no(
	    &s.world, buf_view(&s.proof),
	    "nothing shows that the entries of south.example before #3");
	silence_world_release(&s);
}

/* Content that proves nothing has no place. */
static void a_body_too_many_is_refused(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf body = BUF_INIT(SIZE_MAX);
	struct silence_world s;
	uint64_t index;

	silence_world_open(&s, false);
	index = proof_world_write(&s.world, SOUTH, 12 * HOUR, "text",
	                          "{\"language\":\"en\",\"text\":\"secret\"}", NULL);
	proof_world_check(&s.world, SOUTH, 35 * HOUR, NULL);
	proof_world_deliver(&s.world, SOUTH, NORTH, 35 * HOUR + 1);
	silence_world_expire(&s, 35 * HOUR + 2);
	silence_world_assert_built(&s, (const char *const[]){NULL});
	buf_printf(&body, "{\"index\":%llu,\"blob\":\"", (unsigned long long)index);
	base64_append(&body, buf_view(&s.world.channel.logs[SOUTH].entries[index].blob));
	buf_append_string(&body, "\"}");
	replace_between(&s, "\"bodies\":[", "]", &body);
	proof_world_assert_no(&s.world, buf_view(&s.proof),
	                      "the body of south.example#3 does not belong here");
	silence_world_release(&s);
}

static void a_proof_without_a_claim_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	size_t at = view_find(buf_view(&s.proof), view_of_string(",\"claim\""));
	s.proof.len = at;
	buf_append_string(&s.proof, "}\n");
	proof_world_assert_no(&s.world, buf_view(&s.proof), "does not say what");
	silence_world_release(&s);
}

static void a_charter_that_not_all_signed_is_refused(void **state TEST_UNUSED)
{
	static const char name[] = "\xe2\x80\x94 east.example/root";
	struct silence_world s;
	char line[400];

	make(&s);
	/* behind the lines of the card, which is within the text */
	struct view proof = buf_view(&s.proof);
	size_t cards = view_find(proof, view_of_string(",\"cards\":"));
	size_t at = view_find_last(view_of(proof.data, cards), view_of_string(name));
	size_t end = view_find(view_from(proof, at), view_of_string("\\n")) + 2;
	assert_true(end < sizeof line);
	memcpy(line, proof.data + at, end);
	line[end] = '\0';
	replace(&s, line, line, "");
	proof_world_assert_no(&s.world, buf_view(&s.proof),
	                      "east.example has not signed the charter");
	silence_world_release(&s);
}

static void another_debtor_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	replace(&s, "\"debtor\"", "south.example", "east.example");
	proof_world_assert_no(&s.world, buf_view(&s.proof), "not those of who asked");
	silence_world_release(&s);
}

static void a_checkpoint_of_another_log_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	replace(&s, "\"debtor_log\"", "\"desk\":\"south.example\"",
	        "\"desk\":\"east.example\"");
	proof_world_assert_no(&s.world, buf_view(&s.proof), "that of another log");
	silence_world_release(&s);
}

/* A member's own line that does not verify, or one of nobody. */
static void a_line_of_nobody_is_refused(void **state TEST_UNUSED)
{
	struct silence_world s;

	make(&s);
	replace(&s, "\"debtor_log\"", "north.example/mirror", "nobody.example/mirror");
	proof_world_assert_no(&s.world, buf_view(&s.proof),
	                      "a line that no card and no witness");
	silence_world_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_future_dated_receipt_gains_nothing),
	    cmocka_unit_test(a_witness_bounds_a_future_dated_receipt),
	    cmocka_unit_test(a_back_dated_answer_is_late),
	    cmocka_unit_test(a_back_dated_answer_behind_its_own_word_is_late),
	    cmocka_unit_test(endless_holding_moves_the_deadline_once),
	    cmocka_unit_test(a_holding_reply_moves_it_no_further_than_the_charter_says),
	    cmocka_unit_test(a_late_holding_reply_moves_nothing),
	    cmocka_unit_test(talking_about_it_is_no_answer),
	    cmocka_unit_test(a_malformed_answer_is_none_but_must_be_there),
	    cmocka_unit_test(an_answer_without_its_form_is_none),
	    cmocka_unit_test(an_answer_before_the_question_is_none),
	    cmocka_unit_test(who_left_owes_no_longer),
	    cmocka_unit_test(an_invented_root_is_an_alarm),
	    cmocka_unit_test(a_receipt_of_another_history_starts_no_clock),
	    cmocka_unit_test(a_creditor_that_saw_another_history_is_refused),
	    cmocka_unit_test(a_hidden_cancel_is_refused),
	    cmocka_unit_test(a_log_that_is_cut_before_the_deadline_is_refused),
	    cmocka_unit_test(a_cut_below_an_answer_is_refused),
	    cmocka_unit_test(a_withheld_cosignature_leaves_its_word_alone),
	    cmocka_unit_test(a_withheld_cosignature_is_refuted_by_witnesses),
	    cmocka_unit_test(an_answer_of_unknown_time_ends_the_proof),
	    cmocka_unit_test(a_back_dated_receipt_entry_does_not_start_the_clock_earlier),
	    cmocka_unit_test(a_date_that_is_shown_to_be_false_counts_for_nothing),
	    cmocka_unit_test(a_gap_in_the_debtors_entries_is_refused),
	    cmocka_unit_test(a_later_start_of_the_debtors_entries_is_refused),
	    cmocka_unit_test(a_claim_of_a_better_grade_is_refused),
	    cmocka_unit_test(a_claim_of_an_earlier_deadline_is_refused),
	    cmocka_unit_test(a_start_that_nothing_vouches_for_is_refused),
	    cmocka_unit_test(a_body_too_many_is_refused),
	    cmocka_unit_test(a_proof_without_a_claim_is_refused),
	    cmocka_unit_test(a_charter_that_not_all_signed_is_refused),
	    cmocka_unit_test(another_debtor_is_refused),
	    cmocka_unit_test(a_checkpoint_of_another_log_is_refused),
	    cmocka_unit_test(a_line_of_nobody_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
