/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of duties and the proofs of silence stand on the same rules: over many
 * invented stories, what the list says was answered in time or taken back can't be proven
 * to be a silence, and what can be proven is overdue in the list since the same start.
 */
#include "bundle/proof_silence_testing.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "record/duties.h"

enum { STORIES = 400, EVENTS = 14, LAST_HOUR = 140, NOW_S = 1000 * HOUR };

struct story {
	struct silence_world s;
	uint64_t chance;
	uint64_t reply; /* of south, the newest; 0: none */
	struct buf *north_note, *south_note;
};

static uint32_t draw(struct story *story, uint32_t below)
{
	story->chance =
	    story->chance * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(story->chance >> 33) % below;
}

static void witness_some(struct story *story, int64_t at_s, struct buf *note)
{
	for (size_t i = 0; note != NULL && i < PROOF_WORLD_WITNESSES; i++)
		if (draw(story, 2) == 0 &&
		    view_find(buf_view(note), view_of_string(i == 0   ? "w1.example"
		                                             : i == 1 ? "w2.example"
		                                                      : "w3.example")) ==
		        SIZE_MAX)
			proof_world_witness(&story->s.world, i, at_s, note);
}

/* One thing happens at this time. Dates may be false by a day. */
static void happen(struct story *story, int64_t at_s, bool has_witnesses)
{
	struct proof_world *world = &story->s.world;
	int64_t false_s =
	    draw(story, 6) == 0 ? at_s + (draw(story, 2) ? 24 : -24) * HOUR : at_s;

	switch (draw(story, has_witnesses ? 10 : 8)) {
	case 0:
	case 1:
		proof_world_check(world, SOUTH, false_s, NULL);
		break;
	case 2:
		story->reply = silence_world_answer(&story->s, false_s);
		break;
	case 3:
		story->reply = silence_world_hold(&story->s, false_s,
		                                  (int)(at_s / HOUR + draw(story, 60)));
		break;
	case 4:
	case 5:
		story->south_note = proof_world_deliver(world, SOUTH, NORTH, at_s);
		break;
	case 6:
		if (story->reply != 0)
			(void)proof_world_receipt(world, SOUTH, story->reply, NORTH, at_s,
			                          at_s + 1);
		break;
	case 7:
		if (draw(story, 4) == 0)
			proof_world_write(world, NORTH, at_s, "cancel", NULL, QUESTION);
		else
			story->north_note =
			    proof_world_deliver(world, NORTH, SOUTH, at_s);
		break;
	case 8:
		witness_some(story, at_s,
		             draw(story, 2) ? story->south_note : story->north_note);
		break;
	default:
		proof_world_check(world, draw(story, 2) ? NORTH : SOUTH, at_s,
		                  draw(story, 2) ? story->south_note : story->north_note);
		break;
	}
}

/* North holds what was written last, as an honest desk does, and writes on. */
static void end(struct story *story)
{
	struct proof_world *world = &story->s.world;

	proof_world_deliver(world, SOUTH, NORTH, (LAST_HOUR + 1) * HOUR);
	silence_world_expire(&story->s, (LAST_HOUR + 2) * HOUR);
}

/* The list */

static enum status root_at(void *self, uint32_t log, uint64_t size, struct hash *ret_root,
                           struct error *err)
{
	struct proof_world *world = self;

	(void)err;
	*ret_root = testing_channel_root(&world->channel, log, size);
	return STATUS_OK;
}

static void give_log(struct proof_world *world, struct record_duties *duties,
                     uint32_t log)
{
	const struct testing_log *it = &world->channel.logs[log];
	const char *author = world->channel.desks[log].card.name.text;
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};

	for (size_t i = 0; i < it->count; i++) {
		struct record_duties_entry entry = {.log = log,
		                                    .charter = &world->channel.charter};

		if (record_envelope_decode(buf_view(&it->entries[i].entry), &doc,
		                           &envelope, NULL) == STATUS_OK &&
		    record_envelope_check(&envelope, entry.charter, author, i, NULL) ==
		        STATUS_OK)
			entry.envelope = &envelope;
		if (it->entries[i].blob.len > 0)
			entry.body = view_from(buf_view(&it->entries[i].blob), 16);
		assert_int_equal(record_duties_add(duties, &entry, NULL), STATUS_OK);
	}
	record_envelope_release(&envelope);
	json_release(&doc);
}

static bool keep_row(void *context, const struct record_duty_row *row)
{
	if (strcmp(row->debtor.text, "south.example") == 0)
		*(struct record_duty_row *)context = *row;
	return true;
}

static struct record_duty_row row_of(struct story *story)
{
	struct proof_world *world = &story->s.world;
	struct record_duties_facts facts = {.self = world, .root_at = root_at};
	struct record_message_id question = {.index = story->s.question};
	struct record_duty_row row = {0};
	struct record_duties *duties = NULL;
	uint32_t log;

	facts.channel.hash = world->channel.charter.digest;
	strcpy(question.desk.text, "north.example");
	assert_int_equal(record_duties_new(&facts, &duties, NULL), STATUS_OK);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(record_duties_add_log(
		                     duties, &world->channel.desks[i].card, &log, NULL),
		                 STATUS_OK);
		assert_int_equal(log, i);
	}
	for (uint32_t i = 0; i < 2; i++)
		give_log(world, duties, i);
	record_duties_of(duties, &question, PROOF_WORLD_START_S + NOW_S, keep_row, &row);
	record_duties_free(duties);
	return row;
}

/* Both */

static int64_t claimed(const struct story *story, const char *name)
{
	struct view proof = buf_view(&story->s.proof);
	size_t at = view_find_last(proof, view_of_string(name)) + strlen(name);
	int64_t time_s = 0;

	assert_int_equal(
	    time_text_decode(view_of(proof.data + at, TIME_TEXT_LEN), &time_s, NULL),
	    STATUS_OK);
	return time_s;
}

static void compare(struct story *story, unsigned seed, size_t *built_count)
{
	struct record_duty_row row = row_of(story);
	struct error err = {0};
	bool is_built = silence_world_build(&story->s, NOW_S, &err) == STATUS_OK;

	*built_count += is_built;
	if (!is_built)
		return;
	if (row.state != RECORD_DUTY_OVERDUE && !row.is_late)
		fail_msg("story %u: proven, but in the list it is %s", seed,
		         record_duty_state_word(row.state));
	assert_int_equal(claimed(story, "\"start\":\""), row.start_s);
	/* countersignatures that no log holds yet may show that a holding reply was in
	 * time */
	assert_true(claimed(story, "\"deadline\":\"") >= row.deadline_s);
}

static void proofs_and_the_list_agree(void **state TEST_UNUSED)
{
	size_t built_count = 0;

	for (unsigned seed = 0; seed < STORIES; seed++) {
		struct story story = {.chance = seed * 7919 + 1};
		bool has_witnesses = seed % 2 == 1;

		silence_world_open(&story.s, has_witnesses);
		for (int i = 0; i < EVENTS; i++) {
			int64_t hour = 11 + (LAST_HOUR - 11) * i / EVENTS;
			happen(&story, hour * HOUR + draw(&story, HOUR), has_witnesses);
		}
		end(&story);
		compare(&story, seed, &built_count);
		silence_world_release(&story.s);
	}
	/* else nothing was compared */
	assert_true(built_count > STORIES / 8);
	assert_true(built_count < STORIES - STORIES / 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(proofs_and_the_list_agree)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
