/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Record statements: what they say, who agrees, and what can't be made of them.
 */
#include "bundle/proof_testing.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/base64.h"

struct fixture {
	struct proof_world world;
	struct record_message_id stated;
	struct buf body, proof;
};

static void append_body(struct fixture *f, uint64_t entries, uint64_t south_size)
{
	struct hash north = testing_channel_root(&f->world.channel, NORTH, 4),
	            south = testing_channel_root(&f->world.channel, SOUTH, south_size);

	buf_clear(&f->body);
	buf_printf(&f->body,
	           "{\"from\":\"2026-11-20T00:00:00Z\",\"to\":\"2026-11-20T01:00:00Z\","
	           "\"entries\":%llu,\"logs\":[{\"desk\":\"north.example\",\"size\":4,"
	           "\"root\":\"",
	           (unsigned long long)entries);
	base64_append(&f->body, hash_view(&north));
	buf_printf(&f->body, "\"},{\"desk\":\"south.example\",\"size\":%llu,\"root\":\"",
	           (unsigned long long)south_size);
	base64_append(&f->body, hash_view(&south));
	buf_append_string(&f->body, "\"}]}");
	buf_append_byte(&f->body, '\0');
}

/* North and south have written 4 and 3 entries; east only its first. */
static void setup(struct fixture *f)
{
	*f = (struct fixture){.body = BUF_INIT(SIZE_MAX), .proof = BUF_INIT(SIZE_MAX)};
	proof_world_open(&f->world, 3, false, "\"title\":\"Line\"");
	for (size_t i = 0; i < 3; i++)
		proof_world_check(&f->world, NORTH, (int64_t)i * 60, NULL);
	for (size_t i = 0; i < 2; i++)
		proof_world_check(&f->world, SOUTH, (int64_t)i * 60, NULL);
	proof_world_deliver(&f->world, NORTH, SOUTH, 200);
	proof_world_deliver(&f->world, SOUTH, NORTH, 200);
	append_body(f, 7, 3);
}

static void teardown(struct fixture *f)
{
	proof_world_release(&f->world);
	buf_release(&f->body);
	buf_release(&f->proof);
}

static void state_it(struct fixture *f)
{
	f->stated.index = proof_world_write(&f->world, NORTH, 300, "record.statement",
	                                    (const char *)f->body.data, NULL);
	strcpy(f->stated.desk.text, "north.example");
	proof_world_deliver(&f->world, NORTH, SOUTH, 301);
}

static void agree(struct fixture *f, size_t author, const char *re)
{
	proof_world_write(&f->world, author, 400, "record.agree", NULL, re);
	proof_world_deliver(&f->world, author, NORTH, 401);
}

static enum status build(struct fixture *f, struct error *err)
{
	struct proof_source source = proof_world_source(&f->world);

	buf_clear(&f->proof);
	return proof_statement_build(&source, &f->stated, &f->proof, err);
}

static void assert_built(struct fixture *f)
{
	struct error err = {0};

	if (build(f, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void assert_not_built(struct fixture *f, const char *words)
{
	struct error err = {0};

	assert_int_not_equal(build(f, &err), STATUS_OK);
	if (strstr(err.text, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, err.text);
	assert_int_equal(f->proof.len, 0);
}

static void it_says_from_when_to_when_how_many_and_who_agrees(void **state TEST_UNUSED)
{
	static const char *const words[] = {
	    "north.example states (north.example#4): the record of the channel 'Line' "
	    "from "
	    "2026-11-20T00:00:00Z to 2026-11-20T01:00:00Z has 7 entries",
	    "north.example has signed 4 entries of its log, root ",
	    "south.example has signed 3 entries of its log, root ",
	    "the statement north.example#4 was held by south.example (at "
	    "2026-11-20T00:05:01Z)",
	    "south.example agrees (south.example#3, sent 2026-11-20T00:06:40Z)",
	    "no agreement of east.example is in this file",
	    "does not show what was said",
	    NULL};
	struct fixture f;

	setup(&f);
	state_it(&f);
	agree(&f, SOUTH, "north.example#4");
	assert_built(&f);
	proof_world_assert_yes(&f.world, buf_view(&f.proof), words);
	teardown(&f);
}

static void keys_that_were_not_compared_are_told(void **state TEST_UNUSED)
{
	struct bundle_result result;
	struct fixture f;

	setup(&f);
	state_it(&f);
	assert_built(&f);
	proof_world_verify(&f.world, buf_view(&f.proof), 1, &result);
	assert_true(result.is_consistent);
	assert_false(result.is_anchored);
	assert_int_equal(result.desk_count, 2);
	bundle_result_release(&result);
	teardown(&f);
}

static void an_agreement_to_something_else_does_not_count(void **state TEST_UNUSED)
{
	static const char *const words[] = {"no agreement of south.example", NULL};
	struct fixture f;

	setup(&f);
	state_it(&f);
	agree(&f, SOUTH, "north.example#3");
	assert_built(&f);
	proof_world_assert_yes(&f.world, buf_view(&f.proof), words);
	teardown(&f);
}

static void a_root_that_its_desk_never_signed_is_refused(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	size_t at = view_find_last(buf_view(&f.body), view_of_string("root\":\"")) + 7;
	f.body.data[at] = f.body.data[at] == 'A' ? 'B' : 'A';
	state_it(&f);
	assert_not_built(&f, "another root");
	teardown(&f);
}

static void a_size_without_a_signed_checkpoint_is_refused(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	append_body(&f, 6, 2);
	state_it(&f);
	assert_not_built(&f, "another root");
	teardown(&f);
}

static void more_entries_than_the_logs_have_are_refused(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	append_body(&f, 8, 3);
	state_it(&f);
	assert_not_built(&f, "more entries than");
	teardown(&f);
}

static void another_message_is_no_statement(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	state_it(&f);
	f.stated.index = 2;
	assert_not_built(&f, "no record.statement");
	f.stated.index = 99;
	assert_not_built(&f, "");
	teardown(&f);
}

static void tampered_copies_are_refused(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	state_it(&f);
	agree(&f, SOUTH, "north.example#4");
	agree(&f, EAST, "north.example#4");
	assert_built(&f);
	proof_world_tamper(&f.world, buf_view(&f.proof));
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_says_from_when_to_when_how_many_and_who_agrees),
	    cmocka_unit_test(keys_that_were_not_compared_are_told),
	    cmocka_unit_test(an_agreement_to_something_else_does_not_count),
	    cmocka_unit_test(a_root_that_its_desk_never_signed_is_refused),
	    cmocka_unit_test(a_size_without_a_signed_checkpoint_is_refused),
	    cmocka_unit_test(more_entries_than_the_logs_have_are_refused),
	    cmocka_unit_test(another_message_is_no_statement),
	    cmocka_unit_test(tampered_copies_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
