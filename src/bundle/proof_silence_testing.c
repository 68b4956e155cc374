/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of a question, as far as all tests of silence have it in common.
 */
#include "bundle/proof_silence_testing.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/time_text.h"

void silence_world_open(struct silence_world *s, bool has_witnesses)
{
	*s = (struct silence_world){.proof = BUF_INIT(SIZE_MAX)};
	proof_world_open(&s->world, 3, has_witnesses,
	                 "\"title\":\"Line\",\"duties\":[{\"on\":\"query\",\"owe\":"
	                 "[\"answer\"],\"within\":\"PT24H\"}],\"holding\":{\"within\":"
	                 "\"PT72H\",\"times\":1}");
	for (int i = 1; i <= 2; i++) {
		proof_world_check(&s->world, NORTH, i * HOUR, NULL);
		proof_world_check(&s->world, SOUTH, i * HOUR, NULL);
		proof_world_deliver(&s->world, NORTH, SOUTH, i * HOUR + 1);
		proof_world_deliver(&s->world, SOUTH, NORTH, i * HOUR + 1);
	}
	s->question =
	    proof_world_write(&s->world, NORTH, ASKED_S, "query", QUESTION_BODY, NULL);
	s->receipt =
	    proof_world_receipt(&s->world, NORTH, s->question, SOUTH, HELD_S, HELD_S + 1);
}

void silence_world_release(struct silence_world *s)
{
	proof_world_release(&s->world);
	buf_release(&s->proof);
}

uint64_t silence_world_answer(struct silence_world *s, int64_t at_s)
{
	return proof_world_write(&s->world, SOUTH, at_s, "answer", ANSWER_BODY, QUESTION);
}

uint64_t silence_world_hold(struct silence_world *s, int64_t at_s, int until_hour)
{
	char until[TIME_TEXT_LEN + 1], body[100];

	time_text_encode(PROOF_WORLD_START_S + (int64_t)until_hour * HOUR, until);
	(void)snprintf(body, sizeof body, "{\"until\":\"%s\"}", until);
	return proof_world_write(&s->world, SOUTH, at_s, "holding", body, QUESTION);
}

void silence_world_expire(struct silence_world *s, int64_t at_s)
{
	char deadline[TIME_TEXT_LEN + 1], body[200];

	time_text_encode(PROOF_WORLD_START_S + DUE_S, deadline);
	(void)snprintf(body, sizeof body,
	               "{\"of\":\"" QUESTION "\",\"by\":\"south.example\",\"deadline\":"
	               "\"%s\"}",
	               deadline);
	proof_world_write(&s->world, NORTH, at_s, "overdue", body, QUESTION);
	proof_world_keep(&s->world, NORTH);
}

enum status silence_world_build(struct silence_world *s, int64_t now_s, struct error *err)
{
	struct proof_source source = proof_world_source(&s->world);
	struct proof_silence_request request = {
	    .question = {.index = s->question},
	    .debtor = "south.example",
	    .now_s = PROOF_WORLD_START_S + now_s,
	};

	strcpy(request.question.desk.text, "north.example");
	buf_clear(&s->proof);
	return proof_silence_build(&source, &request, &s->proof, err);
}

void silence_world_assert_built(struct silence_world *s, const char *const *words)
{
	struct error err = {0};

	if (silence_world_build(s, 1000 * HOUR, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	proof_world_assert_yes(&s->world, buf_view(&s->proof), words);
}

void silence_world_assert_refused(struct silence_world *s, const char *words)
{
	struct error err = {0};

	assert_int_equal(silence_world_build(s, 1000 * HOUR, &err), STATUS_CONFLICT);
	if (strstr(err.text, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, err.text);
	assert_int_equal(s->proof.len, 0);
}
