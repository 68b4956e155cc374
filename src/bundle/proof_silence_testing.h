/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests only: north asked south something, south holds it and owes an answer within
 * 24 hours. What comes then is for the test to write. Times are hours from the start.
 */
#ifndef ALDIS_BUNDLE_PROOF_SILENCE_TESTING_H
#define ALDIS_BUNDLE_PROOF_SILENCE_TESTING_H

#include "bundle/proof_testing.h"

enum {
	HOUR = 3600,
	ASKED_S = 10 * HOUR,
	HELD_S = ASKED_S + 5,
	DUE_S = HELD_S + 24 * HOUR
};

#define QUESTION "north.example#3"
#define QUESTION_BODY "{\"language\":\"en\",\"question\":\"Is this yours?\"}"
#define ANSWER_BODY "{\"answer\":\"no\"}"

struct silence_world {
	struct proof_world world;
	uint64_t question, receipt;
	struct buf proof;
};

/* Both desks check at hours 1 and 2 and hold each other's; the question is #3, its
 * receipt #4. */
void silence_world_open(struct silence_world *s, bool has_witnesses);
void silence_world_release(struct silence_world *s);

/* South writes an answer. */
uint64_t silence_world_answer(struct silence_world *s, int64_t at_s);
/* South writes a holding reply until the hour. */
uint64_t silence_world_hold(struct silence_world *s, int64_t at_s, int until_hour);
/* North, from the deadline on: an `overdue` at this time, held by south if it still
 * answers. */
void silence_world_expire(struct silence_world *s, int64_t at_s);

enum status silence_world_build(struct silence_world *s, int64_t now_s,
                                struct error *err);
void silence_world_assert_built(struct silence_world *s, const char *const *words);
void silence_world_assert_refused(struct silence_world *s, const char *words);

#endif
