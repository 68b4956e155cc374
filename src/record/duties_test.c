/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of duties: what starts, moves, meets and ends them, in whatever order the logs
 * come. What each side could try stands in duties_attack_test.c.
 */
#include "record/duties_fixture.h"

static const char plain[] =
    "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\",\"holding\"],\"within\":"
    "\"PT24H\"},"
    "{\"on\":\"incident\",\"owe\":[\"ack\"],\"within\":\"PT1H\"},"
    "{\"on\":\"query\",\"owe\":[\"ack\"],\"within\":\"PT2H\"},"
    "{\"every\":\"PT1H\",\"owe\":\"check\",\"grace\":\"PT10M\"}],"
    "\"holding\":{\"within\":\"PT72H\",\"times\":1},\"witnesses\":%W}";
static const char no_clause[] =
    "{\"duties\":[{\"on\":\"query\",\"owe\":[\"answer\",\"holding\"],"
    "\"within\":\"PT24H\"}]}";

/* North's question to all, held and recorded for south: the usual start of a test. */
static uint64_t asked(struct fixture *fixture)
{
	uint64_t question;

	fixture_open(fixture, T0);
	question = fixture_query(fixture, NORTH, T0 + 10);
	(void)fixture_receipt(fixture, NORTH, question, SOUTH, T0 + 12, T0 + 13);
	return question;
}

static void question_waits_without_a_receipt_and_has_no_clock(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	row = fixture_row(&f, NORTH, question, EAST, T0 + 300 * DAY);
	assert_int_equal(row.state, RECORD_DUTY_WAITING);
	assert_false(row.has_clock || row.has_receipt);
	fixture_release(&f);
}

static void clock_runs_from_the_recorded_receipt_to_the_deadline(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 12 + DAY);
	assert_int_equal(row.state, RECORD_DUTY_RUNNING);
	assert_int_equal(row.start_s, T0 + 12);
	assert_int_equal(row.deadline_s, T0 + 12 + DAY);
	assert_int_equal(row.receipt.index, 2);
	assert_string_equal(row.receipt.desk.text, "north.example");
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 13 + DAY, "overdue");
	/* the second duty of the same question has its own deadline */
	row = fixture_row_nth(&f, NORTH, question, SOUTH, 1, T0 + 13 + 2 * HOUR);
	assert_int_equal(row.state, RECORD_DUTY_OVERDUE);
	assert_string_equal(row.duty->owe[0], "ack");
	fixture_release(&f);
}

static void only_those_addressed_owe(void **state)
{
	struct fixture f;
	struct fixture_reader reader;
	CLEANUP_BUF struct buf list = BUF_INIT(1 << 20);

	(void)state;
	fixture_init(&f, no_clause);
	fixture_open(&f, T0);
	f.to = "east.example";
	(void)fixture_query(&f, NORTH, T0 + 10);
	fixture_reader_init(&reader, &f, 0);
	fixture_give_all(&reader);
	fixture_list(reader.duties, T0 + 20, false, &list);
	buf_append_byte(&list, '\0');
	assert_string_equal((const char *)list.data,
	                    "{\"state\":\"waiting\",\"question\":\"north.example#1\","
	                    "\"on\":\"query\",\"creditor\":\"north.example\","
	                    "\"debtor\":\"east.example\","
	                    "\"owe\":[\"answer\",\"holding\"]}\n");
	record_duties_free(reader.duties);
	fixture_release(&f);
}

static void answer_meets_from_when_the_creditor_held_it(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	/* no cosignature of it on record: it is there, and was not yet given */
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * HOUR);
	assert_int_equal(row.state, RECORD_DUTY_RUNNING);
	assert_true(row.has_answer);
	assert_int_equal(row.answer_s, 0);
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + HOUR + 2, T0 + HOUR + 3);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 9 * DAY);
	assert_int_equal(row.state, RECORD_DUTY_MET);
	assert_int_equal(row.answer_s, T0 + HOUR + 2);
	assert_false(row.is_late);
	/* an answer is no ack: the other duty goes on */
	row = fixture_row_nth(&f, NORTH, question, SOUTH, 1, T0 + 9 * DAY);
	assert_int_equal(row.state, RECORD_DUTY_OVERDUE);
	fixture_release(&f);
}

static void any_recorded_cosignature_behind_the_answer_shows_it(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	(void)fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	uint64_t other = fixture_write(&f, SOUTH, "text", T0 + HOUR + 5, NULL,
	                               "{\"language\":\"en\",\"text\":\"More.\"}");
	(void)fixture_receipt(&f, SOUTH, other, EAST, T0 + HOUR + 6, T0 + HOUR + 6);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * HOUR);
	assert_int_equal(row.answer_s, 0); /* east is not the creditor */
	(void)fixture_receipt(&f, SOUTH, other, NORTH, T0 + HOUR + 7, T0 + HOUR + 8);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * HOUR);
	assert_int_equal(row.answer_s, T0 + HOUR + 7);
	fixture_release(&f);
}

static void late_answer_ends_the_duty_and_stays_late(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + DAY + 20, "north.example#1");
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + DAY + 21, T0 + DAY + 22);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * DAY);
	assert_int_equal(row.state, RECORD_DUTY_MET);
	assert_true(row.is_late);
	fixture_release(&f);
}

static void holding_moves_the_deadline(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	uint64_t holding =
	    fixture_hold(&f, SOUTH, T0 + HOUR, "north.example#1", T0 + 2 * DAY);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * HOUR);
	assert_int_equal(row.state, RECORD_DUTY_RUNNING); /* not yet given */
	(void)fixture_receipt(&f, SOUTH, holding, NORTH, T0 + HOUR + 2, T0 + HOUR + 3);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * DAY);
	assert_int_equal(row.state, RECORD_DUTY_HELD);
	assert_int_equal(row.deadline_s, T0 + 2 * DAY);
	assert_int_equal(row.holding.index, holding);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 2 * DAY + 1, "overdue");
	fixture_release(&f);
}

static void holding_meets_a_duty_where_the_charter_has_no_clause(void **state)
{
	struct fixture f;
	struct record_duty_row row;

	(void)state;
	fixture_init(&f, no_clause);
	uint64_t question = asked(&f);
	uint64_t holding =
	    fixture_hold(&f, SOUTH, T0 + HOUR, "north.example#1", T0 + 2 * DAY);
	(void)fixture_receipt(&f, SOUTH, holding, NORTH, T0 + HOUR + 2, T0 + HOUR + 3);
	row = fixture_row(&f, NORTH, question, SOUTH, T0 + 2 * HOUR);
	assert_int_equal(row.state, RECORD_DUTY_MET);
	assert_int_equal(row.answer.index, holding);
	fixture_release(&f);
}

static void creditor_cancels_and_nobody_else(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	(void)fixture_write(&f, SOUTH, "cancel", T0 + 20, "north.example#1", NULL);
	(void)fixture_write(&f, EAST, "cancel", T0 + 20, "north.example#1", NULL);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 30, "running");
	(void)fixture_write(&f, NORTH, "cancel", T0 + 2 * DAY, "north.example#1", NULL);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 30, "cancelled");
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 3 * DAY, "cancelled");
	ROW_IS(&f, NORTH, question, EAST, T0 + 30, "cancelled");
	fixture_release(&f);
}

static void leaving_ends_open_duties_on_both_sides(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, plain);
	uint64_t question = asked(&f);
	uint64_t back = fixture_query(&f, SOUTH, T0 + 30);
	uint64_t answer = fixture_answer(&f, SOUTH, T0 + HOUR, "north.example#1");
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + HOUR + 2, T0 + HOUR + 3);
	(void)fixture_write(&f, SOUTH, "leave", T0 + DAY, NULL, NULL);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 9 * DAY, "met");
	assert_int_equal(fixture_row_nth(&f, NORTH, question, SOUTH, 1, T0).state,
	                 RECORD_DUTY_LEFT);
	ROW_IS(&f, SOUTH, back, NORTH, T0 + DAY, "left");
	ROW_IS(&f, NORTH, question, EAST, T0 + DAY, "waiting");
	/* who asks one who has left is owed nothing */
	uint64_t later = fixture_query(&f, NORTH, T0 + 2 * DAY);
	ROW_IS(&f, NORTH, later, SOUTH, T0 + 2 * DAY, "left");
	fixture_release(&f);
}

static void malformed_question_and_answer_count_for_nothing(void **state)
{
	struct fixture f;
	struct fixture_reader reader;
	CLEANUP_BUF struct buf list = BUF_INIT(1 << 20);

	(void)state;
	fixture_init(&f, no_clause);
	fixture_open(&f, T0);
	uint64_t question = fixture_query(&f, NORTH, T0 + 10);
	uint64_t bad = fixture_write(&f, NORTH, "query", T0 + 10, NULL, "{}");
	uint64_t worse = fixture_query(&f, NORTH, T0 + 11);
	f.logs[NORTH].entries[worse].is_malformed = true;
	(void)fixture_receipt(&f, NORTH, question, SOUTH, T0 + 12, T0 + 13);
	(void)fixture_receipt(&f, NORTH, bad, SOUTH, T0 + 12, T0 + 13);
	(void)fixture_receipt(&f, NORTH, worse, SOUTH, T0 + 12, T0 + 13);
	uint64_t answer = fixture_write(&f, SOUTH, "answer", T0 + 20, "north.example#1",
	                                "{\"answer\":\"perhaps\"}");
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + 20, T0 + 21);
	answer = fixture_answer(&f, SOUTH, T0 + 22, "north.example#1");
	f.logs[SOUTH].entries[answer].is_malformed = true;
	(void)fixture_receipt(&f, SOUTH, answer, NORTH, T0 + 22, T0 + 23);
	ROW_IS(&f, NORTH, question, SOUTH, T0 + 30, "running");
	fixture_reader_init(&reader, &f, 0);
	fixture_give_all(&reader);
	fixture_list(reader.duties, T0 + 30, false, &list);
	assert_int_equal(view_find(buf_view(&list), view_of_string("example#2")),
	                 SIZE_MAX);
	assert_int_equal(view_find(buf_view(&list), view_of_string("example#3\"")),
	                 SIZE_MAX);
	record_duties_free(reader.duties);
	fixture_release(&f);
}

static void receipt_under_a_later_key_counts_once_the_card_is_known(void **state)
{
	struct fixture f;
	struct fixture_reader reader;
	struct record_card newer;
	CLEANUP_BUF struct buf body = BUF_INIT(20000), before = BUF_INIT(1 << 20),
	                       after = BUF_INIT(1 << 20);
	uint32_t log;

	(void)state;
	fixture_init(&f, no_clause);
	fixture_open(&f, T0);
	(void)fixture_query(&f, NORTH, T0 + 10);
	newer = f.desks[SOUTH].card;
	struct ed25519_secret *secret =
	    testing_secret_new("south.example/2", RECORD_ROLE_MIRROR);
	newer.keys[RECORD_ROLE_MIRROR] = ed25519_secret_public(secret);
	struct tlog_vkey key;
	assert_int_equal(record_vkey("south.example", "mirror",
	                             &newer.keys[RECORD_ROLE_MIRROR], &key, NULL),
	                 STATUS_OK);
	struct fixture_cosigned signing = {
	    .log = NORTH, .size = 2, .time_s = T0 + 12, .key = &key, .secret = secret};
	fixture_receipt_body(&f, &signing, "north.example#1", "south.example", &body);
	(void)fixture_write(&f, NORTH, "receipt", T0 + 13, NULL, (const char *)body.data);
	(void)fixture_receipt(&f, NORTH, 1, SOUTH, T0 + 20, T0 + 21);
	fixture_reader_init(&reader, &f, 0);
	fixture_give_all(&reader);
	fixture_list(reader.duties, T0 + 30, false, &before);
	assert_int_not_equal(view_find(buf_view(&before), view_of_string("00:00:20Z")),
	                     SIZE_MAX);
	assert_int_equal(record_duties_add_log(reader.duties, &newer, &log, NULL),
	                 STATUS_OK);
	assert_int_equal(reader.desk_of[log], SOUTH);
	fixture_list(reader.duties, T0 + 30, false, &after);
	assert_int_not_equal(view_find(buf_view(&after), view_of_string("00:00:12Z")),
	                     SIZE_MAX);
	assert_int_equal(record_duties_next_change_s(reader.duties, T0 + 30),
	                 T0 + 13 + DAY);
	record_duties_free(reader.duties);
	ed25519_secret_free(secret);
	fixture_release(&f);
}

/* ---- periodic */

struct periods {
	const char *debtor;
	char text[200]; /* one letter a row: r, m, o with the hour */
};

static bool note_period(void *context, const struct record_duty_row *row)
{
	struct periods *periods = context;
	size_t len = strlen(periods->text);

	if (row->is_periodic && strcmp(row->debtor.text, periods->debtor) == 0)
		(void)snprintf(periods->text + len, sizeof periods->text - len, "%c%d ",
		               record_duty_state_word(row->state)[0],
		               (int)((row->start_s - T0) / HOUR));
	return true;
}

static void periods_are(const struct fixture *fixture, int64_t now_s, bool only_open,
                        int desk, const char *expected)
{
	struct periods periods = {.debtor = desk_names[desk]};
	struct fixture_reader reader;

	fixture_reader_init(&reader, fixture, 0);
	fixture_give_all(&reader);
	record_duties_list(reader.duties, now_s, only_open, note_period, &periods);
	record_duties_free(reader.duties);
	assert_string_equal(periods.text, expected);
}

static void check(struct fixture *fixture, int desk, int64_t sent_s)
{
	(void)fixture_write(fixture, desk, "check", sent_s, NULL, NULL);
}

static void periods_show_the_running_one_and_the_missed(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, plain);
	fixture_open(&f, T0 + 20 * MINUTE); /* first whole period: hour 1 */
	periods_are(&f, T0 + 30 * MINUTE, false, SOUTH, "");
	periods_are(&f, T0 + HOUR, false, SOUTH, "r1 ");
	check(&f, SOUTH, T0 + HOUR + 1);
	periods_are(&f, T0 + HOUR + 2, false, SOUTH, "m1 ");
	periods_are(&f, T0 + HOUR + 2, true, SOUTH, "");
	check(&f, SOUTH, T0 + 3 * HOUR);
	check(&f, SOUTH, T0 + 5 * HOUR + 59 * MINUTE);
	periods_are(&f, T0 + 6 * HOUR + 5, false, SOUTH, "o2 o4 r6 ");
	/* the grace of hour 4 */
	periods_are(&f, T0 + 5 * HOUR + 10 * MINUTE, false, SOUTH, "o2 r4 m5 ");
	periods_are(&f, T0 + 5 * HOUR + 10 * MINUTE + 1, false, SOUTH, "o2 o4 m5 ");
	/* a log without entries of the kind misses all */
	periods_are(&f, T0 + 3 * HOUR, true, EAST, "o1 r2 r3 ");
	fixture_release(&f);
}

static void checks_count_by_their_time_in_any_order(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, plain);
	fixture_open(&f, T0);
	check(&f, SOUTH, T0 + 4 * HOUR);
	check(&f, SOUTH, T0 + 1 * HOUR);
	check(&f, SOUTH, T0 + 3 * HOUR);
	check(&f, SOUTH, T0 + 3 * HOUR + 1);
	check(&f, SOUTH, T0 + 2 * HOUR);
	periods_are(&f, T0 + 5 * HOUR, false, SOUTH, "o0 r5 ");
	fixture_release(&f);
}

static void nothing_periodic_is_owed_after_leaving(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, plain);
	fixture_open(&f, T0);
	check(&f, SOUTH, T0 + 1);
	(void)fixture_write(&f, SOUTH, "leave", T0 + 2 * HOUR + 1, NULL, NULL);
	periods_are(&f, T0 + 9 * HOUR, false, SOUTH, "o1 ");
	fixture_release(&f);
}

static void amendment_governs_periods_from_its_entry_on(void **state)
{
	static const char without[] = "{\"duties\":[]}";
	struct fixture f;

	(void)state;
	fixture_init(&f, plain);
	fixture_charter(&f, 1, without);
	fixture_open(&f, T0);
	f.logs[SOUTH].charter = &f.charters[1];
	(void)fixture_write(&f, SOUTH, "text", T0 + 2 * HOUR + 5, NULL,
	                    "{\"language\":\"en\",\"text\":\"Amended.\"}");
	periods_are(&f, T0 + 9 * HOUR, false, SOUTH, "o0 o1 ");
	periods_are(&f, T0 + 3 * HOUR, false, EAST, "o0 o1 r2 r3 ");
	f.logs[SOUTH].charter = &f.charters[0];
	(void)fixture_write(&f, SOUTH, "text", T0 + 4 * HOUR + 5, NULL,
	                    "{\"language\":\"en\",\"text\":\"And back.\"}");
	periods_are(&f, T0 + 6 * HOUR, false, SOUTH, "o0 o1 o4 r5 r6 ");
	fixture_release(&f);
}

/* ---- when it changes */

static void next_change_is_when_a_row_changes_by_time_alone(void **state)
{
	struct fixture f;
	struct fixture_reader reader;
	CLEANUP_BUF struct buf before = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
	int64_t now_s = T0 + 20, next_s;

	(void)state;
	fixture_init(&f, plain);
	(void)asked(&f);
	(void)fixture_query(&f, EAST, T0 + 50);
	fixture_reader_init(&reader, &f, 0);
	fixture_give_all(&reader);
	assert_int_equal(record_duties_next_change_s(reader.duties, now_s), T0 + HOUR);
	assert_int_equal(record_duties_next_change_s(reader.duties, T0 + 2 * HOUR),
	                 T0 + 2 * HOUR + 13);
	assert_int_equal(record_duties_next_change_s(reader.duties, T0 + 2 * HOUR + 13),
	                 T0 + 2 * HOUR + 10 * MINUTE + 1);
	/* against looking every second, states only */
	for (; now_s < T0 + 4 * HOUR; now_s = next_s) {
		next_s = record_duties_next_change_s(reader.duties, now_s);
		assert_true(next_s > now_s);
		buf_clear(&before);
		buf_clear(&after);
		struct fixture_listing old = {&before, 0}, new = {&after, 0};
		record_duties_list(reader.duties, now_s, false, fixture_print_row, &old);
		record_duties_list(reader.duties, next_s - 1, false, fixture_print_row,
		                   &new);
		assert_true(view_equal(buf_view(&before), buf_view(&after)));
		buf_clear(&after);
		record_duties_list(reader.duties, next_s, false, fixture_print_row, &new);
		assert_false(view_equal(buf_view(&before), buf_view(&after)));
	}
	record_duties_free(reader.duties);
	fixture_release(&f);
}

/* ---- any order */

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

/* Someone does something. */
static void act(struct fixture *f, uint64_t *seed, int64_t now_s)
{
	int desk = (int)(next_random(seed) % DESKS),
	    other = (int)(next_random(seed) % DESKS);
	uint64_t count = f->logs[other].count;
	uint64_t of = count - 1 - next_random(seed) % (count < 8 ? count : 8);
	char re[RECORD_MESSAGE_ID_MAX + 1];

	(void)snprintf(re, sizeof re, "%s#%llu", desk_names[other],
	               (unsigned long long)of);
	f->is_blind = next_random(seed) % 8 == 0;
	switch (next_random(seed) % 9) {
	case 0:
	case 1:
		f->to = next_random(seed) % 3 == 0 && other != desk ? desk_names[other]
		                                                    : NULL;
		(void)fixture_query(f, desk, now_s);
		break;
	case 2:
		(void)fixture_answer(f, desk, now_s, re);
		break;
	case 3:
		(void)fixture_hold(f, desk, now_s, re,
		                   now_s + next_random(seed) % (4 * DAY));
		break;
	case 4:
		(void)fixture_write(f, desk, "cancel", now_s, re, NULL);
		break;
	case 5:
		(void)fixture_write(f, desk, "ack", now_s, re, "{\"understood\":true}");
		break;
	case 6:
	case 7:
		if (desk != other)
			(void)fixture_receipt(
			    f, desk, next_random(seed) % f->logs[desk].count, other,
			    now_s + next_random(seed) % 500, now_s);
		break;
	default:
		(void)fixture_check(f, desk, now_s, other, of + 1, now_s,
		                    1 + (int)(next_random(seed) % 2));
	}
}

static void list_of(const struct fixture *f, int first_desk, uint64_t *seed,
                    int64_t now_s, struct buf *list)
{
	struct fixture_reader reader;

	fixture_reader_init(&reader, f, first_desk);
	for (int i = 0; seed != NULL && i < 3 * FIXTURE_ENTRIES; i++)
		(void)fixture_give(&reader, next_random(seed) % DESKS);
	fixture_give_all(&reader);
	buf_clear(list);
	fixture_list(reader.duties, now_s, false, list);
	buf_append_string(list, "open\n");
	fixture_list(reader.duties, now_s, true, list);
	for (int i = 0; i < 200; i++) {
		now_s = record_duties_next_change_s(reader.duties, now_s);
		buf_printf(list, "%lld\n", (long long)now_s);
	}
	record_duties_free(reader.duties);
}

static void list_is_the_same_for_any_interleaving(void **state)
{
	enum { WORLDS = 12, ACTS = 160, ORDERS = 8 };
	uint64_t seed =
	    getenv("ALDIS_SEED") ? strtoull(getenv("ALDIS_SEED"), NULL, 10) : 20261121;

	(void)state;
	print_message("ALDIS_SEED=%llu\n", (unsigned long long)seed);
	for (int world = 0; world < WORLDS; world++) {
		struct fixture f;
		CLEANUP_BUF struct buf first = BUF_INIT(1 << 22),
		                       other = BUF_INIT(1 << 22);
		int64_t now_s = T0;

		fixture_init(&f, plain);
		fixture_open(&f, T0);
		for (int i = 0; i < ACTS; i++)
			act(&f, &seed, now_s += next_random(&seed) % (HOUR / 4));
		if (world % 3 == 0)
			(void)fixture_write(&f, EAST, "leave", now_s, NULL, NULL);
		list_of(&f, 0, NULL, now_s, &first);
		assert_true(first.len > 1000);
		for (int i = 0; i < ORDERS; i++) {
			list_of(&f, i % DESKS, i > 2 ? &seed : NULL, now_s, &other);
			assert_true(view_equal(buf_view(&first), buf_view(&other)));
		}
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(question_waits_without_a_receipt_and_has_no_clock),
	    cmocka_unit_test(clock_runs_from_the_recorded_receipt_to_the_deadline),
	    cmocka_unit_test(only_those_addressed_owe),
	    cmocka_unit_test(answer_meets_from_when_the_creditor_held_it),
	    cmocka_unit_test(any_recorded_cosignature_behind_the_answer_shows_it),
	    cmocka_unit_test(late_answer_ends_the_duty_and_stays_late),
	    cmocka_unit_test(holding_moves_the_deadline),
	    cmocka_unit_test(holding_meets_a_duty_where_the_charter_has_no_clause),
	    cmocka_unit_test(creditor_cancels_and_nobody_else),
	    cmocka_unit_test(leaving_ends_open_duties_on_both_sides),
	    cmocka_unit_test(malformed_question_and_answer_count_for_nothing),
	    cmocka_unit_test(receipt_under_a_later_key_counts_once_the_card_is_known),
	    cmocka_unit_test(periods_show_the_running_one_and_the_missed),
	    cmocka_unit_test(checks_count_by_their_time_in_any_order),
	    cmocka_unit_test(nothing_periodic_is_owed_after_leaving),
	    cmocka_unit_test(amendment_governs_periods_from_its_entry_on),
	    cmocka_unit_test(next_change_is_when_a_row_changes_by_time_alone),
	    cmocka_unit_test(list_is_the_same_for_any_interleaving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
