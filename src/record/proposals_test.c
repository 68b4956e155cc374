/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register of proposals: what is in force between whom, and that everyone who holds
 * the same logs computes the same bytes.
 */
#include "record/proposals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "record/testing.h"

enum { DESKS = 4, ENTRIES_MAX = 16 };
enum { EAST, NORTH, SOUTH, WEST };

static const char *const names[DESKS] = {"east.example", "north.example", "south.example",
                                         "west.example"};
static const int64_t day_s = 86400;
static const int64_t start_s = 1795218540; /* 2026-11-20T23:49:00Z */

/* An entry of a test: kind, what it answers, what was seen, its body. */
struct entry {
	const char *kind;
	int64_t sent_s;
	int re_desk; /* -1: none */
	uint64_t re_index;
	const char *body;
	int to;               /* -1: all */
	uint64_t seen[DESKS]; /* sizes; 0: none */
};

struct world {
	struct record_charter charter;
	struct entry logs[DESKS][ENTRIES_MAX];
	size_t counts[DESKS];
};

static int world_setup(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	struct testing_desk desks[DESKS];
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);

	assert_non_null(world);
	for (size_t i = 0; i < DESKS; i++)
		testing_desk_init(&desks[i], names[i], NULL);
	testing_charter_text(desks, DESKS, NULL, &text);
	assert_int_equal(record_charter_decode(buf_view(&text), &world->charter, NULL),
	                 STATUS_OK);
	for (size_t i = 0; i < DESKS; i++)
		testing_desk_release(&desks[i]);
	*state = world;
	return 0;
}

static int world_teardown(void **state)
{
	struct world *world = *state;

	record_charter_release(&world->charter);
	free(world);
	return 0;
}

/* Writes the next entry of a desk, which has seen all that the others wrote so far. */
static struct entry *say(struct world *world, int desk, const char *kind, int64_t sent_s,
                         int re_desk, uint64_t re_index)
{
	struct entry *entry = &world->logs[desk][world->counts[desk]++];

	assert_true(world->counts[desk] <= ENTRIES_MAX);
	*entry = (struct entry){.kind = kind,
	                        .sent_s = sent_s,
	                        .re_desk = re_desk,
	                        .re_index = re_index,
	                        .to = -1};
	for (int other = 0; other < DESKS; other++)
		entry->seen[other] = other == desk ? 0 : world->counts[other];
	return entry;
}

static struct entry *offer(struct world *world, int desk, int64_t sent_s)
{
	return say(world, desk, "pledge.offer", sent_s, -1, 0);
}

static void give(struct record_proposals *proposals, const struct world *world, int desk)
{
	uint32_t number;
	const struct entry *entry;
	struct record_envelope envelope = {0};
	struct record_name to;
	struct record_seen seen[DESKS];

	assert_int_equal(record_replies_desk(record_proposals_replies(proposals),
	                                     names[desk], &number, NULL),
	                 STATUS_OK);
	entry = &world->logs[desk][record_replies_given(
	    record_proposals_replies(proposals), number)];
	strcpy(envelope.kind, entry->kind);
	envelope.sent_s = entry->sent_s;
	envelope.seen = seen;
	envelope.has_re = entry->re_desk >= 0;
	envelope.re.index = entry->re_index;
	if (envelope.has_re)
		strcpy(envelope.re.desk.text, names[entry->re_desk]);
	if (entry->to >= 0) {
		strcpy(to.text, names[entry->to]);
		envelope.to = &to;
		envelope.to_count = 1;
	}
	for (int i = 0; i < DESKS; i++) {
		if (entry->seen[i] == 0)
			continue;
		seen[envelope.seen_count] = (struct record_seen){.size = entry->seen[i]};
		strcpy(seen[envelope.seen_count++].desk.text, names[i]);
	}
	assert_int_equal(
	    record_proposals_add(proposals, number, &envelope,
	                         view_of_string(entry->body == NULL ? "" : entry->body),
	                         &world->charter, NULL),
	    STATUS_OK);
}

static struct record_proposals *proposals_new(void)
{
	struct record_proposals *proposals = NULL;

	assert_int_equal(record_proposals_new(&proposals, NULL), STATUS_OK);
	return proposals;
}

static struct record_proposals *give_all(const struct world *world)
{
	struct record_proposals *proposals = proposals_new();

	for (int desk = 0; desk < DESKS; desk++)
		for (size_t i = 0; i < world->counts[desk]; i++)
			give(proposals, world, desk);
	return proposals;
}

struct json_context {
	struct record_proposals *proposals;
	struct buf *out;
};

static bool append_row(void *context, const struct record_proposal *proposal)
{
	struct json_context *json = context;

	record_proposal_append_json(json->proposals, proposal, json->out);
	buf_append_byte(json->out, '\n');
	return true;
}

static void append_list(struct record_proposals *proposals,
                        enum record_proposal_type type, int64_t now_s, struct buf *out)
{
	struct json_context json = {proposals, out};

	assert_int_equal(
	    record_proposals_list(proposals, type, NULL, now_s, append_row, &json, NULL),
	    STATUS_OK);
}

/* The register of pledges at a time must be exactly this. */
static void register_is(const struct world *world, int64_t now_s, const char *expected)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
	struct record_proposals *proposals = give_all(world);

	append_list(proposals, RECORD_PLEDGE, now_s, &out);
	buf_append_byte(&out, '\0');
	assert_int_equal(buf_check(&out, "the list", NULL), STATUS_OK);
	assert_string_equal((const char *)out.data, expected);
	record_proposals_free(proposals);
}

/* Only what the list says of one member of the first pledge, and of the whole. */
struct wanted {
	const char *desk;
	enum record_proposal_state state, whole;
	struct record_proposal_member member;
	size_t ignored_count;
	char why[64];
};

static bool look(void *context, const struct record_proposal *proposal)
{
	struct wanted *wanted = context;

	wanted->whole = proposal->state;
	wanted->ignored_count = proposal->ignored_count;
	if (proposal->ignored_count > 0)
		snprintf(wanted->why, sizeof wanted->why, "%s", proposal->ignored[0].why);
	for (size_t i = 0; i < proposal->member_count; i++)
		if (strcmp(proposal->members[i].desk, wanted->desk) == 0) {
			wanted->member = proposal->members[i];
			wanted->state = proposal->members[i].state;
		}
	return false;
}

static struct wanted state_of(const struct world *world, int desk, int64_t now_s)
{
	struct record_proposals *proposals = give_all(world);
	struct wanted wanted = {.desk = names[desk]};

	assert_int_equal(record_proposals_list(proposals, RECORD_PLEDGE, NULL, now_s,
	                                       look, &wanted, NULL),
	                 STATUS_OK);
	record_proposals_free(proposals);
	return wanted;
}

static void a_pledge_is_in_force_with_those_that_accepted(void **state)
{
	struct world *world = *state;

	offer(world, NORTH, start_s)->body =
	    "{\"language\":\"en\",\"title\":\"t\",\"text\":\"x\",\"reciprocal\":true}";
	say(world, SOUTH, "pledge.accept", start_s + 60, NORTH, 0);
	say(world, WEST, "pledge.decline", start_s + 61, NORTH, 0);
	register_is(
	    world, start_s + 100,
	    "{\"id\":\"north.example#0\",\"by\":\"north.example\","
	    "\"sent\":\"2026-11-20T23:49:00Z\",\"reciprocal\":true,\"state\":\"in "
	    "force\","
	    "\"members\":[{\"desk\":\"east.example\",\"state\":\"offered\"},"
	    "{\"desk\":\"south.example\",\"state\":\"in force\","
	    "\"since\":\"2026-11-20T23:50:00Z\",\"answer\":{\"entry\":\"south.example#"
	    "0\","
	    "\"sent\":\"2026-11-20T23:50:00Z\"}},"
	    "{\"desk\":\"west.example\",\"state\":\"declined\",\"answer\":{\"entry\":"
	    "\"west.example#0\",\"sent\":\"2026-11-20T23:50:01Z\"}}]}\n");
}

static void only_those_addressed_can_accept(void **state)
{
	struct world *world = *state;
	struct wanted wanted;

	offer(world, NORTH, start_s)->to = SOUTH;
	say(world, NORTH, "pledge.accept", start_s + 60, NORTH, 0);
	wanted = state_of(world, SOUTH, start_s + 100);
	assert_string_equal(wanted.why, "by the proposer itself");
	say(world, EAST, "pledge.accept", start_s + 61, NORTH, 0);
	wanted = state_of(world, SOUTH, start_s + 100);
	assert_int_equal(wanted.whole, RECORD_PROPOSAL_OPEN);
	assert_int_equal(wanted.ignored_count, 2);
	assert_string_equal(wanted.why, "not addressed"); /* by name, east first */
}

static void it_begins_and_ends_at_the_times_it_names(void **state)
{
	struct world *world = *state;

	offer(world, NORTH, start_s)->body =
	    "{\"from\":\"2026-11-21T23:49:00Z\",\"until\":\"2026-11-23T06:49:00+07:00\"}";
	say(world, SOUTH, "pledge.accept", start_s + 60, NORTH, 0);
	say(world, EAST, "pledge.accept", start_s + 2 * day_s, NORTH, 0);
	assert_int_equal(state_of(world, SOUTH, start_s + 60).state,
	                 RECORD_PROPOSAL_ACCEPTED);
	assert_int_equal(state_of(world, SOUTH, start_s + day_s).state,
	                 RECORD_PROPOSAL_IN_FORCE);
	assert_int_equal(state_of(world, SOUTH, start_s + 2 * day_s - 1).state,
	                 RECORD_PROPOSAL_IN_FORCE);
	assert_int_equal(state_of(world, SOUTH, start_s + 2 * day_s).state,
	                 RECORD_PROPOSAL_ENDED);
	assert_string_equal(state_of(world, EAST, start_s + 2 * day_s).why,
	                    "after its end");
	assert_int_equal(state_of(world, WEST, start_s + 2 * day_s).state,
	                 RECORD_PROPOSAL_ENDED);
}

static void the_first_answer_counts_until_it_is_withdrawn(void **state)
{
	struct world *world = *state;
	struct wanted wanted;

	offer(world, NORTH, start_s);
	say(world, SOUTH, "pledge.accept", start_s + 60, NORTH, 0);
	say(world, SOUTH, "pledge.decline", start_s + 120, NORTH, 0);
	wanted = state_of(world, SOUTH, start_s + 200);
	assert_int_equal(wanted.state, RECORD_PROPOSAL_IN_FORCE);
	assert_int_equal(wanted.ignored_count, 1);
	assert_string_equal(wanted.why, "answered before");
	say(world, SOUTH, "pledge.withdraw", start_s + 180, NORTH, 0);
	wanted = state_of(world, SOUTH, start_s + 200);
	assert_int_equal(wanted.state, RECORD_PROPOSAL_WITHDRAWN);
	assert_int_equal(wanted.member.end_s, start_s + 180);
	say(world, SOUTH, "pledge.withdraw", start_s + 190, NORTH, 0);
	assert_int_equal(state_of(world, SOUTH, start_s + 200).ignored_count, 2);
	say(world, SOUTH, "pledge.accept", start_s + 240, NORTH, 0);
	wanted = state_of(world, SOUTH, start_s + 300);
	assert_int_equal(wanted.state, RECORD_PROPOSAL_IN_FORCE);
	assert_int_equal(wanted.member.since_s, start_s + 240);
	assert_false(wanted.member.withdrawal.exists);
}

static void a_withdrawn_refusal_leaves_the_offer_open(void **state)
{
	struct world *world = *state;

	offer(world, NORTH, start_s);
	say(world, SOUTH, "pledge.decline", start_s + 60, NORTH, 0);
	say(world, SOUTH, "pledge.withdraw", start_s + 120, NORTH, 0);
	assert_int_equal(state_of(world, SOUTH, start_s + 200).state,
	                 RECORD_PROPOSAL_OPEN);
}

static void the_proposer_withdraws_for_all(void **state)
{
	struct world *world = *state;
	struct wanted wanted;

	offer(world, NORTH, start_s);
	say(world, SOUTH, "pledge.accept", start_s + 60, NORTH, 0);
	say(world, NORTH, "pledge.withdraw", start_s + 120, NORTH, 0);
	say(world, WEST, "pledge.accept", start_s + 180, NORTH, 0);
	wanted = state_of(world, SOUTH, start_s + 200);
	assert_int_equal(wanted.whole, RECORD_PROPOSAL_WITHDRAWN);
	assert_int_equal(wanted.state, RECORD_PROPOSAL_WITHDRAWN);
	assert_int_equal(wanted.member.since_s, start_s + 60);
	assert_int_equal(wanted.member.end_s, start_s + 120);
	assert_string_equal(wanted.why, "after the withdrawal");
	assert_int_equal(state_of(world, WEST, start_s + 200).state,
	                 RECORD_PROPOSAL_WITHDRAWN);
}

/* West saw the withdrawal and gives an earlier time: the joint order is not fooled. */
static void a_back_dated_acceptance_does_not_count(void **state)
{
	struct world *world = *state;
	struct wanted wanted;

	offer(world, NORTH, start_s);
	say(world, NORTH, "pledge.withdraw", start_s + 120, NORTH, 0);
	say(world, WEST, "pledge.accept", start_s + 60, NORTH, 0);
	wanted = state_of(world, WEST, start_s + 200);
	assert_false(wanted.member.answer.exists);
	assert_string_equal(wanted.why, "after the withdrawal");
	/* It had not seen it: then the time decides. */
	world->logs[WEST][0].seen[NORTH] = 1;
	wanted = state_of(world, WEST, start_s + 200);
	assert_true(wanted.member.answer.exists);
	assert_int_equal(wanted.ignored_count, 0);
}

static void nothing_is_accepted_before_it_was_offered(void **state)
{
	struct world *world = *state;

	say(world, WEST, "pledge.accept", start_s - 60, NORTH, 0);
	offer(world, NORTH, start_s);
	assert_string_equal(state_of(world, WEST, start_s + 200).why,
	                    "before the proposal");
	world->logs[WEST][0].seen[NORTH] = 7; /* entries that nobody has */
	assert_string_equal(state_of(world, WEST, start_s + 200).why,
	                    "waits for entries not yet held");
}

static void cancel_is_the_proposers_alone(void **state)
{
	struct world *world = *state;

	offer(world, NORTH, start_s);
	say(world, SOUTH, "pledge.accept", start_s + 60, NORTH, 0);
	say(world, SOUTH, "cancel", start_s + 70, NORTH, 0);
	assert_int_equal(state_of(world, SOUTH, start_s + 200).state,
	                 RECORD_PROPOSAL_IN_FORCE);
	say(world, NORTH, "cancel", start_s + 120, NORTH, 0);
	assert_int_equal(state_of(world, SOUTH, start_s + 200).state,
	                 RECORD_PROPOSAL_WITHDRAWN);
}

static void who_leaves_takes_back_what_it_gave(void **state)
{
	struct world *world = *state;
	struct wanted wanted;

	offer(world, NORTH, start_s);
	say(world, SOUTH, "pledge.accept", start_s + 60, NORTH, 0);
	say(world, WEST, "pledge.accept", start_s + 61, NORTH, 0);
	say(world, SOUTH, "leave", start_s + 120, -1, 0);
	wanted = state_of(world, SOUTH, start_s + 200);
	assert_int_equal(wanted.state, RECORD_PROPOSAL_WITHDRAWN);
	assert_int_equal(wanted.member.end_s, start_s + 120);
	assert_int_equal(state_of(world, WEST, start_s + 200).state,
	                 RECORD_PROPOSAL_IN_FORCE);
	say(world, NORTH, "leave", start_s + 130, -1, 0);
	wanted = state_of(world, WEST, start_s + 200);
	assert_int_equal(wanted.state, RECORD_PROPOSAL_WITHDRAWN);
	assert_int_equal(wanted.member.end_s, start_s + 130);
	say(world, WEST, "leave", start_s + 140, -1, 0);
	assert_int_equal(state_of(world, WEST, start_s + 200).member.end_s,
	                 start_s + 130);
}

static void what_is_linked_is_named(void **state)
{
	struct world *world = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
	struct record_proposals *proposals;

	offer(world, NORTH, start_s);
	say(world, SOUTH, "translation", start_s + 60, NORTH, 0);
	say(world, SOUTH, "ack", start_s + 61, NORTH, 0);
	proposals = give_all(world);
	append_list(proposals, RECORD_PLEDGE, start_s + 100, &out);
	assert_true(view_find(buf_view(&out),
	                      view_of_string(
	                          "\"linked\":[{\"entry\":\"south.example#0\",\"kind\":"
	                          "\"translation\"}]}")) != SIZE_MAX);
	record_proposals_free(proposals);
}

static void a_pledge_is_accepted_by_as_many_as_a_channel_has(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
	struct record_proposals *proposals = proposals_new();
	struct record_replies *replies = record_proposals_replies(proposals);
	struct record_charter charter = {.member_count = RECORD_MEMBERS_MAX};
	struct record_envelope offer_envelope = {.kind = "pledge.offer",
	                                         .sent_s = start_s},
	                       accept = {.kind = "pledge.accept",
	                                 .sent_s = start_s + 1,
	                                 .has_re = true,
	                                 .re.desk = {"desk-0.example"}};
	struct record_seen seen = {.desk = {"desk-0.example"}, .size = 1};

	charter.members = calloc(RECORD_MEMBERS_MAX, sizeof *charter.members);
	assert_non_null(charter.members);
	accept.seen = &seen;
	accept.seen_count = 1;
	for (int i = 0; i < RECORD_MEMBERS_MAX; i++)
		snprintf(charter.members[i].name.text, RECORD_NAME_MAX, "desk-%d.example",
		         i);
	for (int i = RECORD_MEMBERS_MAX; i-- > 0;) {
		uint32_t desk;

		assert_int_equal(record_replies_desk(
		                     replies, charter.members[i].name.text, &desk, NULL),
		                 STATUS_OK);
		assert_int_equal(record_proposals_add(proposals, desk,
		                                      i == 0 ? &offer_envelope : &accept,
		                                      view_of("", 0), &charter, NULL),
		                 STATUS_OK);
	}
	append_list(proposals, RECORD_PLEDGE, start_s + 2, &out);
	assert_true(view_find(buf_view(&out), view_of_string("offered")) == SIZE_MAX);
	assert_true(view_find(buf_view(&out), view_of_string("ignored")) == SIZE_MAX);
	assert_true(view_find(buf_view(&out), view_of_string("desk-199.example#0")) !=
	            SIZE_MAX);
	record_proposals_free(proposals);
	free(charter.members);
}

/* A member may say the same thing any number of times. */
static void a_flood_of_answers_is_counted_and_cut(void **state)
{
	struct world *world = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(1 << 20);
	struct record_proposals *proposals;
	uint32_t south;
	struct record_envelope accept = {.sent_s = start_s + 60, .has_re = true};

	offer(world, NORTH, start_s);
	proposals = give_all(world);
	strcpy(accept.kind, "pledge.accept");
	strcpy(accept.re.desk.text, names[NORTH]);
	assert_int_equal(record_replies_desk(record_proposals_replies(proposals),
	                                     names[SOUTH], &south, NULL),
	                 STATUS_OK);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(record_proposals_add(proposals, south, &accept,
		                                      view_of("", 0), &world->charter,
		                                      NULL),
		                 STATUS_OK);
	append_list(proposals, RECORD_PLEDGE, start_s + 100, &out);
	assert_true(out.len < 20000);
	assert_true(view_find(buf_view(&out),
	                      view_of_string("],\"ignored_total\":99999")) != SIZE_MAX);
	record_proposals_free(proposals);
}

/* ---- consultations ---- */

struct agreement {
	struct record_proposals *proposals;
	bool is_agreed;
	size_t minutes;
	const struct record_proposal *consultation;
};

static bool look_at_minutes(void *context, const struct record_proposal *minutes)
{
	struct agreement *agreement = context;

	agreement->minutes++;
	agreement->is_agreed =
	    record_minutes_are_agreed(agreement->consultation, minutes);
	return true;
}

static bool look_at_consultation(void *context, const struct record_proposal *proposal)
{
	struct agreement *agreement = context;

	agreement->consultation = proposal;
	assert_int_equal(record_proposals_list(agreement->proposals, RECORD_MINUTES,
	                                       &proposal->id, start_s + day_s,
	                                       look_at_minutes, agreement, NULL),
	                 STATUS_OK);
	return false;
}

static struct agreement agreement_of(const struct world *world)
{
	struct agreement agreement = {.proposals = give_all(world)};

	assert_int_equal(record_proposals_list(agreement.proposals, RECORD_CONSULTATION,
	                                       NULL, start_s + day_s,
	                                       look_at_consultation, &agreement, NULL),
	                 STATUS_OK);
	record_proposals_free(agreement.proposals);
	return agreement;
}

static void minutes_need_the_word_of_all_who_took_part(void **state)
{
	struct world *world = *state;

	say(world, NORTH, "consultation.request", start_s, -1, 0);
	say(world, SOUTH, "consultation.accept", start_s + 60, NORTH, 0);
	say(world, WEST, "consultation.accept", start_s + 61, NORTH, 0);
	say(world, EAST, "consultation.decline", start_s + 62, NORTH, 0);
	say(world, SOUTH, "consultation.record", start_s + 120, NORTH, 0);
	say(world, NORTH, "consultation.agree", start_s + 130, SOUTH, 1);
	assert_int_equal(agreement_of(world).minutes, 1);
	assert_false(agreement_of(world).is_agreed);
	say(world, EAST, "consultation.agree", start_s + 140, SOUTH, 1);
	assert_false(agreement_of(world).is_agreed); /* was not there */
	say(world, WEST, "consultation.agree", start_s + 150, SOUTH, 0);
	assert_false(agreement_of(world).is_agreed); /* of another message */
	say(world, WEST, "consultation.agree", start_s + 160, SOUTH, 1);
	assert_true(agreement_of(world).is_agreed);
	say(world, SOUTH, "cancel", start_s + 170, SOUTH, 1);
	say(world, NORTH, "cancel", start_s + 171, NORTH, 0);
	say(world, WEST, "leave", start_s + 172, -1, 0);
	assert_true(agreement_of(world).is_agreed); /* what is agreed stays so */
}

static void minutes_by_a_stranger_to_the_talk_are_never_agreed(void **state)
{
	struct world *world = *state;

	say(world, NORTH, "consultation.request", start_s, -1, 0);
	say(world, SOUTH, "consultation.accept", start_s + 60, NORTH, 0);
	say(world, EAST, "consultation.record", start_s + 120, NORTH, 0);
	say(world, NORTH, "consultation.agree", start_s + 130, EAST, 0);
	say(world, SOUTH, "consultation.agree", start_s + 140, EAST, 0);
	assert_int_equal(agreement_of(world).minutes, 1);
	assert_false(agreement_of(world).is_agreed);
}

/* ---- the same for all ---- */

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static void random_world(struct world *world, uint64_t seed)
{
	static const char *const kinds[] = {"pledge.offer",
	                                    "pledge.accept",
	                                    "pledge.decline",
	                                    "pledge.withdraw",
	                                    "cancel",
	                                    "translation",
	                                    "consultation.request",
	                                    "consultation.accept",
	                                    "consultation.record",
	                                    "consultation.agree",
	                                    "pledge.accept",
	                                    "text"};

	memset(world->counts, 0, sizeof world->counts);
	for (int i = 0; i < 40; i++) {
		int desk = (int)(next_random(&seed) % DESKS);
		const char *kind = kinds[next_random(&seed) % 12];
		struct entry *entry;

		if (world->counts[desk] == ENTRIES_MAX)
			continue;
		entry = say(world, desk, kind, start_s + next_random(&seed) % 300,
		            (int)(next_random(&seed) % DESKS), next_random(&seed) % 6);
		if (next_random(&seed) % 3 == 0)
			entry->to = (desk + 1) % DESKS;
		if (next_random(&seed) % 4 == 0)
			memset(entry->seen, 0, sizeof entry->seen);
		if (next_random(&seed) % 4 == 0)
			entry->body = "{\"until\":\"2026-11-20T23:51:00Z\"}";
	}
}

static void append_all_lists(struct record_proposals *proposals, struct buf *out)
{
	append_list(proposals, RECORD_PLEDGE, start_s + 150, out);
	append_list(proposals, RECORD_CONSULTATION, start_s + 150, out);
	append_list(proposals, RECORD_MINUTES, start_s + 150, out);
}

static void the_interleaving_of_the_logs_changes_no_byte(void **state)
{
	struct world *world = *state;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		CLEANUP_BUF struct buf first = BUF_INIT(1 << 20),
		                       other = BUF_INIT(1 << 20);
		struct record_proposals *one, *two = proposals_new();
		size_t given[DESKS] = {0}, left = 0;
		uint64_t random = seed * 77;

		random_world(world, seed);
		one = give_all(world);
		append_all_lists(one, &first);
		for (int desk = 0; desk < DESKS; desk++)
			left += world->counts[desk];
		while (left > 0) {
			int desk = (int)(next_random(&random) % DESKS);

			if (given[desk] == world->counts[desk])
				continue;
			give(two, world, desk);
			given[desk]++;
			left--;
			if (next_random(&random) % 8 == 0) {
				CLEANUP_BUF struct buf looked = BUF_INIT(1 << 20);

				append_all_lists(two, &looked);
			}
		}
		append_all_lists(two, &other);
		assert_true(view_equal(buf_view(&first), buf_view(&other)));
		record_proposals_free(one);
		record_proposals_free(two);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	    TEST(a_pledge_is_in_force_with_those_that_accepted),
	    TEST(only_those_addressed_can_accept),
	    TEST(it_begins_and_ends_at_the_times_it_names),
	    TEST(the_first_answer_counts_until_it_is_withdrawn),
	    TEST(a_withdrawn_refusal_leaves_the_offer_open),
	    TEST(the_proposer_withdraws_for_all),
	    TEST(a_back_dated_acceptance_does_not_count),
	    TEST(nothing_is_accepted_before_it_was_offered),
	    TEST(cancel_is_the_proposers_alone),
	    TEST(who_leaves_takes_back_what_it_gave),
	    TEST(what_is_linked_is_named),
	    TEST(a_pledge_is_accepted_by_as_many_as_a_channel_has),
	    TEST(a_flood_of_answers_is_counted_and_cut),
	    TEST(minutes_need_the_word_of_all_who_took_part),
	    TEST(minutes_by_a_stranger_to_the_talk_are_never_agreed),
	    TEST(the_interleaving_of_the_logs_changes_no_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
