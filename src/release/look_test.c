/* SPDX-License-Identifier: Apache-2.0 */
#include "release/look.h"

#include "release/testing.h"
#include "release/build.h"

#define TEXT "{\"language\":\"en\",\"text\":\"said\"}"

enum { NORTH, SOUTH, EAST, DESKS };

struct fixture {
	struct testing_channel channel;
	struct testing_source source;
	struct release_record record;
	struct buf text; /* of the manifest */
	struct release_look look;
	struct error err;
};

static const struct record_name north = {"north.example"}, east = {"east.example"};
static const struct record_message_id leave = {{"east.example"}, 1};

static void open_record(struct fixture *f)
{
	testing_channel_seal(&f->channel);
	release_testing_open(&f->channel, &f->source, &f->record);
}

/* North speaks, follows an amendment in which east leaves, speaks again. */
static void setup(struct fixture *f)
{
	static const struct testing_amendment without_east = {
	    .removed = &east, .removed_count = 1, .signers = 3};

	*f = (struct fixture){.text = BUF_INIT(RELEASE_MANIFEST_MAX)};
	f->channel.desk_count = DESKS;
	testing_channel_open(&f->channel, DESKS);
	testing_channel_fill(&f->channel, NORTH, 2);
	testing_channel_write(&f->channel, EAST,
	                      &(struct testing_message){.kind = "leave"});
	testing_channel_amend(&f->channel, &without_east);
	testing_channel_follow(&f->channel, NORTH);
	testing_channel_follow(&f->channel, SOUTH);
	testing_channel_fill(&f->channel, NORTH, 1);
	open_record(f);
}

static void teardown(struct fixture *f)
{
	release_testing_close(&f->source, &f->record);
	release_look_release(&f->look);
	testing_channel_release(&f->channel);
	buf_release(&f->text);
}

static void draft(struct fixture *f, const struct record_message_id *hidden,
                  size_t hidden_count)
{
	struct release_choice choice = {.since_s = INT64_MIN,
	                                .until_s = INT64_MAX,
	                                .envelope = {&leave, 1},
	                                .withheld = {hidden, hidden_count},
	                                .now_s = f->channel.now_s};
	struct release_manifest manifest = {0};

	buf_clear(&f->text);
	if (release_draft(&f->record, &choice, &manifest, &f->err) != STATUS_OK ||
	    release_manifest_append(&manifest, &f->text, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
	release_manifest_release(&manifest);
}

static void answer(struct fixture *f, size_t desk, const char *kind)
{
	struct hash digest = sha256(buf_view(&f->text));
	struct record_message_id request = {.desk = north, .index = 5};
	char hex[HASH_HEX_LEN + 1], body[300];

	hash_hex(&digest, hex);
	(void)snprintf(body, sizeof body,
	               "{\"manifest\":\"%s\",\"language\":\"en\",\"text\":\"x\"}", hex);
	release_testing_close(&f->source, &f->record);
	testing_channel_write(
	    &f->channel, desk,
	    &(struct testing_message){.kind = kind,
	                              .body = body,
	                              .attachments = {buf_view(&f->text)},
	                              .attachment_count = desk == NORTH,
	                              .re = desk == NORTH ? NULL : &request});
	open_record(f);
}

/* What is looked at is what would be built. */
static enum release_grade look(struct fixture *f)
{
	CLEANUP_BUF struct buf data = BUF_INIT(RELEASE_MANIFEST_MAX);
	enum release_grade built;

	release_look_release(&f->look);
	if (release_look_at(&f->record, buf_view(&f->text), &f->look, &f->err) !=
	        STATUS_OK ||
	    release_build_data(&f->record, buf_view(&f->text), &data, &built, &f->err) !=
	        STATUS_OK)
		fail_msg("%s", f->err.text);
	assert_int_equal(f->look.grade, built);
	return built;
}

static size_t member(const struct fixture *f, const char *name)
{
	const struct bundle_member *found =
	    bundle_channel_member(&f->record.channel, name);

	return (size_t)(found - f->record.channel.members);
}

static void all_under_whose_charter_it_was_said_are_asked(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	draft(&f, NULL, 0);
	assert_int_equal(look(&f), RELEASE_ONE_SIDED);
	answer(&f, NORTH, "release.request");
	answer(&f, SOUTH, "release.consent");
	assert_int_equal(look(&f), RELEASE_ONE_SIDED);
	assert_true(f.look.is_asked[member(&f, "east.example")]);
	assert_int_equal(f.look.answers[member(&f, "south.example")].answer,
	                 RELEASE_CONSENT);
	teardown(&f);
}

/* As long as it can be seen that it has left, and that all else that is shown was said
 * after that, it need not be asked. With the amendment withheld the one can't be seen,
 * with its `leave` withheld the other: the others may only say so. */
static void who_has_left_is_asked_unless_it_is_seen_to_have(void **state TEST_UNUSED)
{
	const struct record_message_id amendment = {north, 3};
	struct record_message_id before[] = {{north, 0},
	                                     {north, 1},
	                                     {north, 2},
	                                     {{"south.example"}, 0},
	                                     {{"south.example"}, 1},
	                                     {east, 0},
	                                     leave};
	struct fixture f;

	setup(&f);
	for (size_t count = 0; count <= 6; count++) {
		draft(&f, before, count);
		(void)look(&f);
	}
	assert_false(f.look.is_asked[member(&f, "east.example")]);
	draft(&f, before, 7);
	(void)look(&f);
	assert_true(f.look.is_asked[member(&f, "east.example")]);
	before[6] = amendment;
	draft(&f, before, 7);
	(void)look(&f);
	assert_true(f.look.is_asked[member(&f, "east.example")]);
	answer(&f, NORTH, "release.request");
	answer(&f, SOUTH, "release.consent");
	(void)look(&f);
	teardown(&f);
}

/* Under the charter before, others would have to consent, or by another rule. */
static void an_older_charter_than_that_of_the_cut_is_told(void **state TEST_UNUSED)
{
	struct release_manifest manifest = {0};
	struct hash digest;
	struct fixture f;

	setup(&f);
	draft(&f, NULL, 0);
	assert_int_equal(release_manifest_decode(buf_view(&f.text), &manifest, &f.err),
	                 STATUS_OK);
	manifest.charter = f.record.channel.charters[0].digest;
	buf_clear(&f.text);
	assert_int_equal(release_manifest_append(&manifest, &f.text, &f.err), STATUS_OK);
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_CONFLICT);
	assert_non_null(strstr(f.err.text, "later charter"));
	manifest.charter = f.record.channel.charters[1].digest;
	manifest.rule = RECORD_RELEASE_ORIGINATOR;
	buf_clear(&f.text);
	assert_int_equal(release_manifest_append(&manifest, &f.text, &f.err), STATUS_OK);
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_CONFLICT);
	release_manifest_release(&manifest);
	teardown(&f);
}

static void a_desk_asks_for_its_own_drafts_alone(void **state TEST_UNUSED)
{
	struct hash digest, expected;
	struct fixture f;

	setup(&f);
	draft(&f, NULL, 0);
	expected = sha256(buf_view(&f.text));
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_OK);
	assert_true(hash_equal(&digest, &expected));
	f.source.source.exporter = "south.example";
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_CONFLICT);
	f.text.data[f.text.len - 2] = ' ';
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_MALFORMED);
	teardown(&f);
}

static void a_desk_answers_once(void **state TEST_UNUSED)
{
	const struct record_message_id request = {north, 5}, other = {north, 1};
	struct hash digest;
	struct fixture f;

	setup(&f);
	draft(&f, NULL, 0);
	answer(&f, NORTH, "release.request");
	f.source.source.exporter = "south.example";
	assert_int_equal(release_answer_check(&f.record, &request, true, &digest, &f.err),
	                 STATUS_OK);
	assert_int_equal(release_answer_check(&f.record, &other, true, &digest, &f.err),
	                 STATUS_CONFLICT);
	answer(&f, SOUTH, "release.refuse");
	f.source.source.exporter = "south.example";
	assert_int_equal(release_answer_check(&f.record, &request, true, &digest, &f.err),
	                 STATUS_CONFLICT);
	assert_non_null(strstr(f.err.text, "the first answer counts"));
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_under_whose_charter_it_was_said_are_asked),
	    cmocka_unit_test(who_has_left_is_asked_unless_it_is_seen_to_have),
	    cmocka_unit_test(an_older_charter_than_that_of_the_cut_is_told),
	    cmocka_unit_test(a_desk_asks_for_its_own_drafts_alone),
	    cmocka_unit_test(a_desk_answers_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
