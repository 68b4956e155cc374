/* SPDX-License-Identifier: Apache-2.0 */
#include "release/draft.h"

#include "bundle/testing.h"
#include "release/terms.h"

#define TEXT "{\"language\":\"en\",\"text\":\"said\"}"

struct fixture {
	struct testing_channel channel;
	struct testing_source source;
	struct release_record record;
	struct release_manifest manifest;
	struct buf words;
	struct error err;
};

static void setup(struct fixture *f)
{
	struct record_message_id asked = {.desk = {"north.example"}, .index = 2};
	struct testing_message message = {.kind = "text",
	                                  .body = TEXT,
	                                  .attachments = {view_of_string("a photo")},
	                                  .attachment_count = 1};
	struct testing_message answer = {
	    .kind = "text", .body = TEXT, .re = &asked, .tlp = "AMBER"};

	*f = (struct fixture){.words = BUF_INIT(1 << 16)};
	testing_channel_open(&f->channel, 3);
	testing_channel_fill(&f->channel, 0, 3);
	testing_channel_write(&f->channel, 0, &message);
	testing_channel_append(&f->channel, 0, view_of_string("{\"aldis\":2}"),
	                       view_of("", 0));
	testing_channel_write(&f->channel, 1, &answer);
	testing_channel_seal(&f->channel);
	testing_channel_source(&f->channel, &f->source);
	assert_int_equal(release_record_read(&f->source.source, &f->record, &f->err),
	                 STATUS_OK);
}

static void teardown(struct fixture *f)
{
	release_manifest_release(&f->manifest);
	release_record_release(&f->record);
	testing_source_release(&f->source);
	testing_channel_release(&f->channel);
	buf_release(&f->words);
}

static struct release_choice all(const struct fixture *f)
{
	return (struct release_choice){.until_s = INT64_MAX, .now_s = f->channel.now_s};
}

static enum status draft(struct fixture *f, const struct release_choice *choice)
{
	release_manifest_release(&f->manifest);
	return release_draft(&f->record, choice, &f->manifest, &f->err);
}

static void keep(void *context, const struct release_word *word)
{
	struct fixture *f = context;

	buf_append_string(&f->words, word->sentence);
	buf_append_byte(&f->words, '\n');
}

static bool tells(struct fixture *f, const char *words)
{
	buf_clear(&f->words);
	assert_int_equal(release_draft_words(&f->record, &f->manifest, keep, f, &f->err),
	                 STATUS_OK);
	return view_find(buf_view(&f->words), view_of_string(words)) != SIZE_MAX;
}

static void assert_tells(struct fixture *f, const char *words)
{
	if (!tells(f, words))
		fail_msg("'%s' is not in: %.*s", words, (int)f->words.len,
		         (const char *)f->words.data);
}

static void all_that_can_be_shown_is(void **state TEST_UNUSED)
{
	struct release_choice choice;
	struct fixture f;

	setup(&f);
	choice = all(&f);
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	assert_int_equal(f.manifest.log_count, 3);
	/* The malformed one has no time, so it is in no range. */
	assert_memory_equal(f.manifest.logs[0].modes, "fffffw", 6);
	assert_memory_equal(f.manifest.logs[1].modes, "ff", 2);
	assert_int_equal(f.manifest.logs[0].first, 0);
	assert_tells(&f, "1 attachments are not opened");
	teardown(&f);
}

static void what_is_chosen_is_shown_so(void **state TEST_UNUSED)
{
	const struct record_message_id hidden = {{"north.example"}, 2},
	                               outside = {{"north.example"}, 1},
	                               broken = {{"north.example"}, 5},
	                               none = {{"north.example"}, 6};
	const struct record_message_id envelopes[] = {outside, broken};
	struct release_choice choice;
	struct fixture f;

	setup(&f);
	choice = all(&f);
	choice.withheld = (struct release_ids){&hidden, 1};
	choice.envelope = (struct release_ids){envelopes, 2};
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	assert_memory_equal(f.manifest.logs[0].modes, "fewffe", 6);
	assert_tells(&f, "of north.example: 6 entries, of these 3 full, 2 as envelopes "
	                 "alone, 1 withheld: #2\n");
	assert_tells(&f, "south.example#1 (text) is shown and names north.example#2, "
	                 "which is withheld");
	assert_tells(&f, "north.example#1 is shown as an envelope: its kind text");
	choice.withheld = (struct release_ids){&none, 1};
	assert_int_equal(draft(&f, &choice), STATUS_NOT_FOUND);
	choice = all(&f);
	choice.full = (struct release_ids){&hidden, 1};
	choice.others = RELEASE_WITHHELD;
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	assert_memory_equal(f.manifest.logs[0].modes, "wwfwww", 6);
	assert_int_equal(f.manifest.logs[0].first, 2);
	assert_int_equal(f.manifest.logs[1].first, 2);
	choice.since_s = f.channel.now_s;
	assert_int_equal(draft(&f, &choice), STATUS_CONFLICT);
	teardown(&f);
}

static void marks_of_what_is_shown_are_told(void **state TEST_UNUSED)
{
	const struct record_message_id marked = {{"south.example"}, 1};
	struct release_choice choice;
	struct fixture f;

	setup(&f);
	choice = all(&f);
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	assert_true(tells(&f, "1 messages that are shown in full are marked TLP:AMBER"));
	choice.envelope = (struct release_ids){&marked, 1};
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	assert_false(tells(&f, "TLP:AMBER"));
	teardown(&f);
}

static void attachments_are_opened_by_name(void **state TEST_UNUSED)
{
	struct release_choice choice;
	struct hash ids[2];
	struct fixture f;

	setup(&f);
	ids[0] = ids[1] = f.channel.logs[0].attachments[0].id;
	choice = all(&f);
	choice.attachments = ids;
	choice.attachment_count = 2;
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	assert_int_equal(f.manifest.attachment_count, 1);
	ids[1].bytes[0] ^= 1;
	assert_int_equal(draft(&f, &choice), STATUS_NOT_FOUND);
	teardown(&f);
}

static void a_manifest_of_another_record_is_refused(void **state TEST_UNUSED)
{
	struct release_choice choice;
	struct fixture f;

	setup(&f);
	choice = all(&f);
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	assert_int_equal(release_draft_check(&f.record, &f.manifest, &f.err), STATUS_OK);
	f.manifest.logs[0].root.bytes[0] ^= 1;
	assert_int_equal(release_draft_check(&f.record, &f.manifest, &f.err),
	                 STATUS_CONFLICT);
	f.manifest.logs[0].root.bytes[0] ^= 1;
	f.manifest.logs[0].size++;
	assert_int_equal(release_draft_check(&f.record, &f.manifest, &f.err),
	                 STATUS_CONFLICT);
	f.manifest.logs[0].size--;
	f.manifest.charter.bytes[0] ^= 1;
	assert_int_equal(release_draft_check(&f.record, &f.manifest, &f.err),
	                 STATUS_CONFLICT);
	teardown(&f);
}

/* Terms */

static void walk(struct fixture *f, struct release_terms *terms)
{
	struct record_envelope envelope = {.kind = "text"};
	struct json_doc doc = {0};

	*terms = (struct release_terms){.channel = &f->record.channel};
	for (size_t i = 0; i < f->manifest.log_count; i++) {
		const struct release_log *log = &f->manifest.logs[i];

		release_terms_log(
		    terms,
		    bundle_channel_member(&f->record.channel, log->origin.desk.text), 0);
		for (uint64_t j = 0; j < log->size; j++)
			release_terms_entry(terms, (enum release_mode)log->modes[j],
			                    &envelope, view_of("", 0), &doc);
	}
	json_release(&doc);
}

static void it_is_joint_when_all_have_consented(void **state TEST_UNUSED)
{
	enum release_answer answers[RECORD_MEMBERS_MAX] = {RELEASE_CONSENT};
	CLEANUP_FREE struct release_terms *terms = malloc(sizeof *terms);
	struct release_choice choice;
	struct fixture f;

	setup(&f);
	choice = all(&f);
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	f.manifest.rule = RECORD_RELEASE_JOINT;
	f.record.channel.charters[0].release = RECORD_RELEASE_JOINT;
	walk(&f, terms);
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers),
	                 RELEASE_ONE_SIDED);
	answers[1] = answers[2] = RELEASE_CONSENT;
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers), RELEASE_JOINT);
	answers[2] = RELEASE_REFUSAL;
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers),
	                 RELEASE_ONE_SIDED);
	answers[2] = RELEASE_CONSENT;
	f.record.channel.charters[0].release = RECORD_RELEASE_CONFIDENTIAL;
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers),
	                 RELEASE_ONE_SIDED);
	teardown(&f);
}

/* Those who consented could else leave out who came with a later charter. */
static void under_a_charter_that_is_not_shown_it_is_one_sided(void **state TEST_UNUSED)
{
	enum release_answer answers[RECORD_MEMBERS_MAX] = {
	    RELEASE_CONSENT, RELEASE_CONSENT, RELEASE_CONSENT};
	CLEANUP_FREE struct release_terms *terms = malloc(sizeof *terms);
	struct record_envelope envelope = {.kind = "charter.amend"};
	char hex[HASH_HEX_LEN + 1], body[400];
	struct release_choice choice;
	struct json_doc doc = {0};
	struct fixture f;

	setup(&f);
	choice = all(&f);
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	walk(&f, terms);
	hash_hex(&f.record.channel.charters[0].digest, hex);
	(void)snprintf(body, sizeof body,
	               "{\"charter\":\"%064d\",\"previous\":\"%s\","
	               "\"parts\":[{\"text\":\"x\"}],\"signatures\":\"x\"}",
	               0, hex);
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers), RELEASE_JOINT);
	release_terms_entry(terms, RELEASE_FULL, &envelope, view_of_string(body), &doc);
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers),
	                 RELEASE_ONE_SIDED);
	json_release(&doc);
	teardown(&f);
}

static void an_originator_may_release_its_own(void **state TEST_UNUSED)
{
	enum release_answer answers[RECORD_MEMBERS_MAX] = {RELEASE_NO_ANSWER};
	CLEANUP_FREE struct release_terms *terms = malloc(sizeof *terms);
	const struct record_message_id own = {{"north.example"}, 2};
	struct release_choice choice;
	struct fixture f;

	setup(&f);
	choice = all(&f);
	choice.full = (struct release_ids){&own, 1};
	choice.others = RELEASE_WITHHELD;
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	f.manifest.rule = RECORD_RELEASE_ORIGINATOR;
	f.record.channel.charters[0].release = RECORD_RELEASE_ORIGINATOR;
	walk(&f, terms);
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers),
	                 RELEASE_ONE_SIDED); /* its name alone is not its word */
	answers[0] = RELEASE_CONSENT;
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers),
	                 RELEASE_BY_ORIGINATOR);
	choice = all(&f);
	assert_int_equal(draft(&f, &choice), STATUS_OK);
	f.manifest.rule = RECORD_RELEASE_ORIGINATOR;
	walk(&f, terms);
	assert_int_equal(release_terms_grade(terms, &f.manifest, answers),
	                 RELEASE_ONE_SIDED);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_that_can_be_shown_is),
	    cmocka_unit_test(what_is_chosen_is_shown_so),
	    cmocka_unit_test(attachments_are_opened_by_name),
	    cmocka_unit_test(marks_of_what_is_shown_are_told),
	    cmocka_unit_test(a_manifest_of_another_record_is_refused),
	    cmocka_unit_test(it_is_joint_when_all_have_consented),
	    cmocka_unit_test(under_a_charter_that_is_not_shown_it_is_one_sided),
	    cmocka_unit_test(an_originator_may_release_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
