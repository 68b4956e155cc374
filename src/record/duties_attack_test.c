/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a creditor or a debtor could try to stretch, shorten or fake a duty, and what
 * stops it: aldis.md 4, and 2.8.
 */
#include "record/duties_fixture.h"

static const char witnessed[] =
    "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\",\"attachment.held\"],"
    "\"within\":\"PT24H\"}],"
    "\"holding\":{\"within\":\"PT72H\",\"times\":1},\"witnesses\":%W}";

static uint64_t asked(struct fixture *fixture)
{
	uint64_t question;

	fixture_init(fixture, witnessed);
	fixture_open(fixture, T0);
	question = fixture_query(fixture, NORTH, T0 + 10);
	return question;
}

/* North asks, south's receipt is recorded as it is and in time. */
static uint64_t asked_and_held(struct fixture *fixture)
{
	uint64_t question = asked(fixture);

	(void)fixture_receipt(fixture, NORTH, question, SOUTH, T0 + 12, T0 + 13);
	return question;
}

static void future_dated_receipt_starts_no_later_than_the_limit_or_a_witness(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	uint64_t question = asked(&f);
	/* a week ahead: the creditor's time stands, and it is said so */
	uint64_t receipt =
	    fixture_receipt(&f, NORTH, question, SOUTH, T0 + 7 * DAY, T0 + 13);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + HOUR);
	assert_int_equal(row.start_s, T0 + 13);
	assert_true(row.is_by_word_alone);
	/* an hour later the witnesses signed a tree with the record of it */
	(void)fixture_check(&f, EAST, T0 + HOUR, NORTH, receipt + 1, T0 + HOUR, 2);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + HOUR);
	assert_int_equal(row.start_s, T0 + HOUR);
	assert_false(row.is_by_word_alone);
	fixture_release(&f);

	/* a little ahead, within the limit: that is all there is to gain */
	question = asked(&f);
	(void)fixture_receipt(&f, NORTH, question, SOUTH, T0 + 13 + 300, T0 + 13);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + HOUR);
	assert_int_equal(row.start_s, T0 + 13 + 300);
	fixture_release(&f);
}

static void back_dated_answer_without_a_cosignature_in_time_is_late(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "overdue");
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + 2 * DAY, T0 + 2 * DAY);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 3 * DAY);
	assert_true(row.is_late);
	assert_int_equal(row.answer_s, T0 + 2 * DAY);
	fixture_release(&f);
}

static void receipt_outside_the_limit_without_a_witness_is_by_word_alone(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	/* the creditor kept the receipt for a day before it recorded it */
	uint64_t question = asked(&f);
	(void)fixture_receipt(&f, NORTH, question, SOUTH, T0 + 12, T0 + DAY);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + DAY);
	assert_int_equal(row.start_s, T0 + DAY);
	assert_true(row.is_by_word_alone);
	fixture_release(&f);
}

static void endless_holding_moves_the_deadline_once(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	uint64_t question = asked_and_held(&f);
	for (int day = 0; day < 20; day++) {
		int64_t now_s = T0 + HOUR + day * DAY / 2;
		uint64_t holding =
		    fixture_hold(&f, SOUTH, now_s, "north.example#1", T0 + 3000 * DAY);

		(void)fixture_receipt(&f, SOUTH, holding, NORTH, now_s + 1, now_s + 2);
	}
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 4 * DAY);
	assert_int_equal(row.state, RECORD_DUTY_HELD);
	assert_int_equal(row.deadline_s, T0 + 12 + DAY + 3 * DAY);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 5 * DAY, "overdue");
	fixture_release(&f);
}

static void first_holding_counts_even_if_a_later_one_asks_for_more(void **state)
{
	struct fixture f;

	(void)state;
	uint64_t question = asked_and_held(&f);
	(void)fixture_hold(&f, SOUTH, T0 + HOUR, "north.example#1", T0 + 2 * DAY);
	uint64_t second =
	    fixture_hold(&f, SOUTH, T0 + HOUR, "north.example#1", T0 + 4 * DAY);
	(void)fixture_receipt(&f, SOUTH, second, NORTH, T0 + HOUR + 1, T0 + HOUR + 2);
	assert_int_equal(fixture_row(&f, NORTH, question, SOUTH, T0 + HOUR).deadline_s,
	                 T0 + 2 * DAY);
	fixture_release(&f);
}

static void holding_after_the_deadline_moves_nothing(void **state)
{
	struct fixture f;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t holding =
	    fixture_hold(&f, SOUTH, T0 + HOUR, "north.example#1", T0 + 3 * DAY);
	(void)fixture_receipt(&f, SOUTH, holding, NORTH, T0 + DAY + 13, T0 + DAY + 13);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + DAY + 20, "overdue");
	fixture_release(&f);
}

static void hidden_cancel_shows_only_to_those_who_are_given_it(void **state)
{
	struct fixture f;

	(void)state;
	uint64_t question = asked_and_held(&f);
	size_t before = f.logs[NORTH].count;
	(void)fixture_write(&f, NORTH, "cancel", T0 + 20, "north.example#1", NULL);
	f.logs[NORTH].count--; /* it is kept back */
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "overdue");
	f.logs[NORTH].count++;
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "cancelled");
	assert_int_equal(f.logs[NORTH].count, before + 1);
	fixture_release(&f);
}

static void cancel_takes_nothing_from_an_answer_in_time(void **state)
{
	struct fixture f;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + HOUR, T0 + HOUR);
	/* dated back before the answer */
	(void)fixture_write(&f, NORTH, "cancel", T0 + 20, "north.example#1", NULL);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "met");
	fixture_release(&f);
}

static void withheld_cosignature_is_replaced_by_the_witnesses_time(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + 23 * HOUR, "north.example#1");
	/* north gives no receipt; south turns to the witnesses */
	(void)fixture_check(&f, SOUTH, T0 + 23 * HOUR + 99, SOUTH, answer + 1,
	                    T0 + 23 * HOUR + 60, 2);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * DAY);
	assert_int_equal(row.state, RECORD_DUTY_MET);
	assert_int_equal(row.answer_s, T0 + 23 * HOUR + 60);
	assert_false(row.is_late);
	fixture_release(&f);
}

static void witnesses_below_the_quorum_show_nothing(void **state)
{
	struct fixture f;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	(void)fixture_check(&f, SOUTH, T0 + HOUR, SOUTH, answer + 1, T0 + HOUR, 1);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "overdue");
	fixture_release(&f);
}

static void forged_witness_line_shows_nothing(void **state)
{
	struct fixture f;
	struct ed25519_secret *kept;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	kept = f.witnesses[1];
	f.witnesses[1] = f.logs[SOUTH].mirror; /* signs under the witness's key id */
	(void)fixture_check(&f, SOUTH, T0 + HOUR, SOUTH, answer + 1, T0 + HOUR, 2);
	f.witnesses[1] = kept;
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "overdue");
	fixture_release(&f);
}

static void automatic_entry_meets_no_persons_duty(void **state)
{
	struct fixture f;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t entry = fixture_write(&f, SOUTH, "attachment.held", T0 + HOUR,
	                               "north.example#1", "{\"of\":\"north.example#1\"}");
	(void)fixture_receipt(&f, SOUTH, entry, NORTH, T0 + HOUR + 2, T0 + HOUR + 3);
	/* it is among what is owed, but so is what only a person can write */
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "overdue");
	fixture_release(&f);
}

static void automatic_entry_meets_an_automatic_duty(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "{\"duties\":[{\"on\":\"text\",\"owe\":[\"attachment.held\"],"
	                 "\"within\":\"PT24H\"}]}");
	fixture_open(&f, T0);
	uint64_t question = fixture_write(&f, NORTH, "text", T0 + 10, NULL,
	                                  "{\"language\":\"en\",\"text\":\"See.\"}");
	(void)fixture_receipt(&f, NORTH, question, SOUTH, T0 + 12, T0 + 13);
	uint64_t entry = fixture_write(&f, SOUTH, "attachment.held", T0 + HOUR,
	                               "north.example#1", "{\"of\":\"north.example#1\"}");
	(void)fixture_receipt(&f, SOUTH, entry, NORTH, T0 + HOUR + 2, T0 + HOUR + 3);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "met");
	fixture_release(&f);
}

static void witnesses_of_another_root_show_nothing(void **state)
{
	struct fixture f;
	struct hash kept;

	(void)state;
	uint64_t question = asked_and_held(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	kept = f.logs[SOUTH].roots[answer + 1];
	f.logs[SOUTH].roots[answer + 1] = f.logs[SOUTH].roots[answer];
	(void)fixture_check(&f, SOUTH, T0 + HOUR, SOUTH, answer + 1, T0 + HOUR, 2);
	(void)fixture_check(&f, EAST, T0 + HOUR, SOUTH, answer + 1, T0 + HOUR, 2);
	f.logs[SOUTH].roots[answer + 1] = kept;
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "overdue");
	fixture_release(&f);
}

/* North records what the signing says, and the clock must not start. */
static void starts_nothing(struct fixture *fixture,
                           const struct fixture_cosigned *signing, const char *of,
                           const char *from)
{
	CLEANUP_BUF struct buf body = BUF_INIT(20000);

	fixture_receipt_body(fixture, signing, of, from, &body);
	(void)fixture_write(fixture, NORTH, "receipt", T0 + 13, NULL,
	                    (const char *)body.data);
	ROW_IS(fixture, NORTH, 1, SOUTH, T0 + 2 * DAY, "waiting");
}

static void forged_receipt_starts_no_clock(void **state)
{
	struct fixture f;

	(void)state;
	(void)asked(&f);
	struct fixture_cosigned good = {.log = NORTH,
	                                .size = 2,
	                                .time_s = T0 + 12,
	                                .key = &f.logs[SOUTH].mirror_key,
	                                .secret = f.logs[SOUTH].mirror};
	struct fixture_cosigned bad = good;

	bad.secret = f.logs[NORTH].mirror; /* under south's key id */
	starts_nothing(&f, &bad, "north.example#1", "south.example");
	bad = good;
	bad.key = &f.logs[EAST].mirror_key; /* another member's receipt as south's */
	bad.secret = f.logs[EAST].mirror;
	starts_nothing(&f, &bad, "north.example#1", "south.example");
	bad = good;
	bad.time_s = INT64_C(253402300800);
	starts_nothing(&f, &bad, "north.example#1", "south.example");
	fixture_release(&f);
}

static void receipt_of_another_root_or_log_or_size_starts_no_clock(void **state)
{
	struct fixture f;

	(void)state;
	(void)asked(&f);
	struct fixture_cosigned good = {.log = NORTH,
	                                .size = 2,
	                                .time_s = T0 + 12,
	                                .key = &f.logs[SOUTH].mirror_key,
	                                .secret = f.logs[SOUTH].mirror};
	struct fixture_cosigned bad = good;

	bad.root = &f.logs[NORTH].roots[1];
	starts_nothing(&f, &bad, "north.example#1", "south.example");
	bad = good;
	bad.size = 1; /* does not hold the question */
	starts_nothing(&f, &bad, "north.example#1", "south.example");
	bad = good;
	bad.size = 60; /* more than there was when it was recorded */
	starts_nothing(&f, &bad, "north.example#1", "south.example");
	bad = good; /* of another's message */
	starts_nothing(&f, &bad, "east.example#1", "south.example");
	bad = good;
	bad.origin_prefix = "east.example";
	starts_nothing(&f, &bad, "north.example#1", "south.example");
	bad = good;
	f.channel.hash.bytes[0] ^= 1; /* the same entries in another channel */
	CLEANUP_BUF struct buf body = BUF_INIT(20000);
	fixture_receipt_body(&f, &bad, "north.example#1", "south.example", &body);
	f.channel.hash.bytes[0] ^= 1;
	(void)fixture_write(&f, NORTH, "receipt", T0 + 13, NULL, (const char *)body.data);
	ROW_IS(&f, NORTH, 1, SOUTH, T0 + 2 * DAY, "waiting");
	/* and the true one does */
	buf_clear(&body);
	fixture_receipt_body(&f, &good, "north.example#1", "south.example", &body);
	(void)fixture_write(&f, NORTH, "receipt", T0 + 13, NULL, (const char *)body.data);
	ROW_IS(&f, NORTH, 1, SOUTH, T0 + 2 * DAY, "overdue");
	fixture_release(&f);
}

static void receipt_written_by_another_starts_no_clock(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf body = BUF_INIT(20000);

	(void)state;
	uint64_t question = asked(&f);
	struct fixture_cosigned signing = {.log = NORTH,
	                                   .size = 2,
	                                   .time_s = T0 + 12,
	                                   .key = &f.logs[SOUTH].mirror_key,
	                                   .secret = f.logs[SOUTH].mirror};
	fixture_receipt_body(&f, &signing, "north.example#1", "south.example", &body);
	(void)fixture_write(&f, EAST, "receipt", T0 + 13, NULL, (const char *)body.data);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "waiting");
	/* as one of its own */
	body.len = 0;
	signing.log = EAST;
	fixture_receipt_body(&f, &signing, "east.example#0", "south.example", &body);
	(void)fixture_write(&f, EAST, "receipt", T0 + 13, NULL, (const char *)body.data);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "waiting");
	fixture_release(&f);
}

static void receipt_of_no_form_starts_no_clock(void **state)
{
	static const char *const bodies[] = {
	    "",
	    "{}",
	    "[]",
	    "{\"of\":1}",
	    "{\"of\":\"north.example#1\",\"from\":\"south.example\",\"checkpoint\":\"x\","
	    "\"line\":\"y\"}",
	    "{\"of\":\"north.example#1\",\"from\":\"nobody.example\",\"checkpoint\":"
	    "\"a\\nb"
	    "\\nc\\n\",\"line\":\"y\"}"};
	struct fixture f;

	(void)state;
	uint64_t question = asked(&f);
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		(void)fixture_write(&f, NORTH, "receipt", T0 + 13, NULL, bodies[i]);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "waiting");
	fixture_release(&f);
}

/* Every prefix of a good body, and every byte of it changed. */
static void damaged_receipt_starts_no_clock(void **state)
{
	struct fixture f;
	CLEANUP_BUF struct buf body = BUF_INIT(20000);

	(void)state;
	(void)asked(&f);
	struct fixture_cosigned signing = {.log = NORTH,
	                                   .size = 2,
	                                   .time_s = T0 + 12,
	                                   .key = &f.logs[SOUTH].mirror_key,
	                                   .secret = f.logs[SOUTH].mirror};
	fixture_receipt_body(&f, &signing, "north.example#1", "south.example", &body);
	size_t len = body.len - 1;
	for (size_t i = 0; i < len; i++) {
		char *text = (char *)body.data, kept = text[i];

		text[i] = '\0';
		(void)fixture_write(&f, NORTH, "receipt", T0 + 13, NULL, text);
		text[i] = kept == 'A' ? 'B' : 'A';
		(void)fixture_write(&f, NORTH, "receipt", T0 + 13, NULL, text);
		text[i] = kept;
	}
	ROW_IS(&f, NORTH, 1, SOUTH, T0 + 2 * DAY, "waiting");
	fixture_release(&f);
}

static void answer_before_the_question_was_seen_meets_nothing(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, witnessed);
	fixture_open(&f, T0);
	/* answers to all that north could ever ask */
	for (int i = 1; i < 6; i++) {
		char re[40];

		(void)snprintf(re, sizeof re, "north.example#%d", i);
		(void)fixture_answer(&f, SOUTH, T0 + 1, re);
	}
	(void)fixture_receipt(&f, SOUTH, 5, NORTH, T0 + 2, T0 + 3);
	uint64_t question = fixture_query(&f, NORTH, T0 + 10);
	(void)fixture_receipt(&f, NORTH, question, SOUTH, T0 + 12, T0 + 13);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY, "overdue");
	fixture_release(&f);
}

static void late_answer_does_not_undo_a_cancel(void **state)
{
	struct fixture f;

	(void)state;
	uint64_t question = asked_and_held(&f);
	(void)fixture_write(&f, NORTH, "cancel", T0 + 20, "north.example#1", NULL);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + 2 * DAY, "north.example#1");
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + 2 * DAY, T0 + 2 * DAY);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 3 * DAY, "cancelled");
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        future_dated_receipt_starts_no_later_than_the_limit_or_a_witness),
	    cmocka_unit_test(back_dated_answer_without_a_cosignature_in_time_is_late),
	    cmocka_unit_test(
	        receipt_outside_the_limit_without_a_witness_is_by_word_alone),
	    cmocka_unit_test(endless_holding_moves_the_deadline_once),
	    cmocka_unit_test(first_holding_counts_even_if_a_later_one_asks_for_more),
	    cmocka_unit_test(holding_after_the_deadline_moves_nothing),
	    cmocka_unit_test(hidden_cancel_shows_only_to_those_who_are_given_it),
	    cmocka_unit_test(cancel_takes_nothing_from_an_answer_in_time),
	    cmocka_unit_test(withheld_cosignature_is_replaced_by_the_witnesses_time),
	    cmocka_unit_test(witnesses_below_the_quorum_show_nothing),
	    cmocka_unit_test(forged_witness_line_shows_nothing),
	    cmocka_unit_test(witnesses_of_another_root_show_nothing),
	    cmocka_unit_test(automatic_entry_meets_no_persons_duty),
	    cmocka_unit_test(automatic_entry_meets_an_automatic_duty),
	    cmocka_unit_test(forged_receipt_starts_no_clock),
	    cmocka_unit_test(receipt_of_another_root_or_log_or_size_starts_no_clock),
	    cmocka_unit_test(receipt_written_by_another_starts_no_clock),
	    cmocka_unit_test(receipt_of_no_form_starts_no_clock),
	    cmocka_unit_test(damaged_receipt_starts_no_clock),
	    cmocka_unit_test(answer_before_the_question_was_seen_meets_nothing),
	    cmocka_unit_test(late_answer_does_not_undo_a_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
