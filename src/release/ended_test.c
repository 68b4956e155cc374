/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel in which a desk lost its log: all sign its end, it goes on in a successor,
 * and what is released of both is one record by its ids.
 */
#include "release/build.h"
#include "release/look.h"
#include "release/reader.h"
#include "release/statements.h"
#include "release/testing.h"

#define TEXT "{\"language\":\"en\",\"text\":\"said\"}"

enum { NORTH, SOUTH, EAST, DESKS, NEXT = DESKS };
enum { LOST = 4 }; /* entries of north's first log */

static const struct record_name north = {"north.example"}, east = {"east.example"};

struct fixture {
	struct testing_channel channel;
	struct testing_source source;
	struct release_record record;
	struct release_manifest manifest;
	struct buf text, data, words;
	enum release_grade grade;
	struct error err;
};

static void open_record(struct fixture *f)
{
	testing_channel_seal(&f->channel);
	release_testing_open(&f->channel, &f->source, &f->record);
}

/* North speaks, loses its log, and speaks in the next; south answers what it said first
 * and what it said then. */
static void setup(struct fixture *f, unsigned signers)
{
	const struct record_message_id first = {north, 2}, then = {north, LOST + 1};

	*f = (struct fixture){.text = BUF_INIT(RELEASE_MANIFEST_MAX),
	                      .data = BUF_INIT(RELEASE_DATA_MAX),
	                      .words = BUF_INIT(1 << 16)};
	testing_channel_open(&f->channel, DESKS);
	testing_channel_fill(&f->channel, NORTH, LOST - 1);
	testing_channel_write(
	    &f->channel, SOUTH,
	    &(struct testing_message){.kind = "text", .body = TEXT, .re = &first});
	testing_channel_end_log(&f->channel, NORTH, LOST, signers);
	testing_channel_fill(&f->channel, NEXT, 2);
	testing_channel_write(
	    &f->channel, SOUTH,
	    &(struct testing_message){.kind = "text", .body = TEXT, .re = &then});
}

static void teardown(struct fixture *f)
{
	release_testing_close(&f->source, &f->record);
	release_manifest_release(&f->manifest);
	testing_channel_release(&f->channel);
	buf_release(&f->text);
	buf_release(&f->data);
	buf_release(&f->words);
}

static struct release_choice all(const struct fixture *f)
{
	return (struct release_choice){
	    .since_s = INT64_MIN, .until_s = INT64_MAX, .now_s = f->channel.now_s};
}

static void draft(struct fixture *f, const struct release_choice *choice)
{
	release_manifest_release(&f->manifest);
	buf_clear(&f->text);
	if (release_draft(&f->record, choice, &f->manifest, &f->err) != STATUS_OK ||
	    release_manifest_append(&f->manifest, &f->text, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

static void answer(struct fixture *f, size_t log, const struct record_message_id *re)
{
	struct hash digest = sha256(buf_view(&f->text));
	char hex[HASH_HEX_LEN + 1], body[300];

	hash_hex(&digest, hex);
	(void)snprintf(body, sizeof body,
	               "{\"manifest\":\"%s\",\"language\":\"en\",\"text\":\"x\"}", hex);
	testing_channel_write(
	    &f->channel, log,
	    &(struct testing_message){.kind = re == NULL ? "release.request"
	                                                 : "release.consent",
	                              .body = body,
	                              .attachments = {buf_view(&f->text)},
	                              .attachment_count = re == NULL,
	                              .re = re});
}

/* North, who has drafted it, asks in its newest log; the others consent. */
static struct record_message_id ask_all(struct fixture *f, size_t log)
{
	struct record_message_id request = {north, f->channel.logs[log].count +
	                                               (log == NEXT ? LOST : 0)};

	release_testing_close(&f->source, &f->record);
	answer(f, log, NULL);
	answer(f, SOUTH, &request);
	answer(f, EAST, &request);
	open_record(f);
	return request;
}

static enum status build(struct fixture *f)
{
	buf_clear(&f->data);
	return release_build_data(&f->record, buf_view(&f->text), &f->data, &f->grade,
	                          &f->err);
}

static void must_build(struct fixture *f)
{
	if (build(f) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

static bool says(const struct fixture *f, const char *sentence)
{
	const struct bundle_trust none = {0};
	struct release_result result = {0};
	bool is_said = false;

	assert_int_equal(release_verify_data(buf_view(&f->data), &none, &result, NULL),
	                 STATUS_OK);
	assert_string_equal(result.code, "");
	for (size_t i = 0; i < result.bundle.statement_count; i++)
		is_said |= strcmp(bundle_statement(&result.bundle, i), sentence) == 0;
	release_result_release(&result);
	return is_said;
}

static void assert_says(const struct fixture *f, const char *sentence)
{
	if (!says(f, sentence))
		fail_msg("it does not say: %s", sentence);
}

static void keep(void *context, const struct release_word *word)
{
	struct fixture *f = context;

	buf_append_string(&f->words, word->sentence);
	buf_append_byte(&f->words, '\n');
}

static void assert_tells(struct fixture *f, const char *words)
{
	buf_clear(&f->words);
	assert_int_equal(release_draft_words(&f->record, &f->manifest, keep, f, &f->err),
	                 STATUS_OK);
	if (view_find(buf_view(&f->words), view_of_string(words)) == SIZE_MAX)
		fail_msg("'%s' is not in: %.*s", words, (int)f->words.len,
		         (const char *)f->words.data);
}

static void it_is_drafted_by_ids_and_built_joint(void **state TEST_UNUSED)
{
	const struct record_message_id hidden[] = {{north, 2}, {north, LOST + 1}},
	                               none = {north, LOST + 3};
	struct release_choice choice;
	struct fixture f;

	setup(&f, 7);
	open_record(&f);
	choice = all(&f);
	choice.withheld = (struct release_ids){hidden, 2};
	draft(&f, &choice);
	assert_int_equal(f.manifest.log_count, 4);
	assert_memory_equal(f.manifest.logs[0].modes, "ffwf", LOST);
	assert_int_equal(f.manifest.logs[1].origin.generation, 2);
	assert_memory_equal(f.manifest.logs[1].modes, "fwf", 3);
	assert_tells(&f, "of north.example, log 2: 3 entries, of these 2 full, 0 as "
	                 "envelopes alone, 1 withheld: #5\n");
	assert_tells(&f, "names north.example#5, which is withheld");
	assert_tells(&f, "what it wrote from #4 on stands in its next log, which is in "
	                 "this release");
	struct record_message_id request = ask_all(&f, NEXT);
	assert_int_equal(request.index, LOST + 3);
	must_build(&f);
	assert_int_equal(f.grade, RELEASE_JOINT);
	assert_says(&f, "of north.example, log 2: 2 entries in full, 0 as envelopes, 1 "
	                "withheld (#5)");
	assert_says(&f, "the log north.example was ended at 4 entries, as its desk and "
	                "the others signed; it goes on with #4 in north.example, log 2");
	choice.withheld = (struct release_ids){&none, 1};
	choice.until_s = f.channel.now_s;
	release_manifest_release(&f.manifest);
	assert_int_equal(release_draft(&f.record, &choice, &f.manifest, &f.err),
	                 STATUS_OK);
	choice.withheld =
	    (struct release_ids){&(struct record_message_id){north, LOST + 4}, 1};
	release_manifest_release(&f.manifest);
	assert_int_equal(release_draft(&f.record, &choice, &f.manifest, &f.err),
	                 STATUS_NOT_FOUND);
	teardown(&f);
}

static void a_request_in_the_successor_is_found_by_its_id(void **state TEST_UNUSED)
{
	struct release_look look = {0};
	struct release_choice choice;
	struct hash digest;
	struct fixture f;

	setup(&f, 7);
	open_record(&f);
	choice = all(&f);
	draft(&f, &choice);
	struct record_message_id request = ask_all(&f, NEXT);
	assert_int_equal(release_look_at(&f.record, buf_view(&f.text), &look, &f.err),
	                 STATUS_OK);
	assert_int_equal(look.answers[NORTH].index, request.index);
	assert_int_equal(look.grade, RELEASE_JOINT);
	release_look_release(&look);
	assert_int_equal(release_answer_check(&f.record, &request, true, &digest, &f.err),
	                 STATUS_CONFLICT);
	assert_non_null(strstr(f.err.text, "north.example#7"));
	request.index = LOST; /* the `open` */
	assert_int_equal(release_answer_check(&f.record, &request, true, &digest, &f.err),
	                 STATUS_CONFLICT);
	teardown(&f);
}

/* Ids ascend without a gap, and nothing comes before what its author had seen. */
static void it_is_read_in_the_order_of_its_ids(void **state TEST_UNUSED)
{
	uint64_t next[TESTING_DESKS_MAX] = {0};
	struct release_statements statements = {0};
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	struct release_reader reader = {0};
	struct release_fixture f;
	size_t seen_count = 0;

	release_fixture_make_ended(&f, 8);
	assert_int_equal(f.grade, RELEASE_JOINT);
	assert_int_equal(release_reader_open(buf_view(&f.data), &reader, &f.err),
	                 STATUS_OK);
	for (size_t i = 0; i < reader.count; i++) {
		struct release_shown shown;
		size_t desk = 0;

		assert_int_equal(release_reader_get(&reader, i, &shown, &f.err),
		                 STATUS_OK);
		while (strcmp(f.channel.desks[desk].card.name.text,
		              shown.log->origin.desk.text) != 0)
			desk++;
		assert_true(shown.index >= next[desk]);
		assert_true(shown.index < next[desk] + 2); /* one is withheld */
		next[desk] = shown.index + 1;
		if (record_envelope_decode(shown.entry, &doc, &envelope, NULL) !=
		    STATUS_OK)
			continue;
		for (size_t s = 0; s < envelope.seen_count; s++)
			for (size_t d = 0; d < f.channel.desk_count; d++)
				if (strcmp(envelope.seen[s].desk.text,
				           f.channel.desks[d].card.name.text) == 0) {
					/* the entry before may be withheld */
					assert_true(next[d] + 1 >= envelope.seen[s].size);
					seen_count += d == RELEASE_SOUTH &&
					              envelope.seen[s].size > f.lost;
				}
	}
	assert_true(next[RELEASE_SOUTH] > f.lost + 3);
	assert_true(seen_count > 0);
	assert_int_equal(release_statements_read(buf_view(&f.data), &statements, &f.err),
	                 STATUS_OK);
	bool is_there = false;
	for (size_t i = 0; i < statements.count; i++) {
		char id[64];

		(void)snprintf(id, sizeof id, "south.example#%llu",
		               (unsigned long long)next[RELEASE_SOUTH] - 1);
		is_there |= view_equal_string(statements.items[i].message, id);
	}
	assert_true(is_there);
	release_statements_release(&statements);
	json_release(&doc);
	record_envelope_release(&envelope);
	release_reader_release(&reader);
	release_fixture_release(&f);
}

/* What it wrote first there, though it has no time, is behind all that it wrote before.
 */
static void the_successor_stands_behind_the_log_that_ended(void **state TEST_UNUSED)
{
	struct release_reader reader = {0};
	struct release_choice choice;
	uint64_t next = 0;
	struct fixture f;

	setup(&f, 7);
	testing_log_empty(&f.channel.logs[NEXT]);
	testing_channel_append(&f.channel, NEXT, view_of_string("{}"), view_of("", 0));
	f.channel.now_s -= 7200;
	testing_channel_fill(&f.channel, NEXT, 1);
	f.channel.now_s += 7200;
	open_record(&f);
	choice = all(&f);
	choice.envelope =
	    (struct release_ids){&(struct record_message_id){north, LOST}, 1};
	draft(&f, &choice);
	must_build(&f);
	assert_int_equal(release_reader_open(buf_view(&f.data), &reader, &f.err),
	                 STATUS_OK);
	for (size_t i = 0; i < reader.count; i++) {
		struct release_shown shown;

		assert_int_equal(release_reader_get(&reader, i, &shown, &f.err),
		                 STATUS_OK);
		if (strcmp(shown.log->origin.desk.text, north.text) == 0)
			assert_int_equal(shown.index, next++);
	}
	assert_int_equal(next, LOST + 2);
	release_reader_release(&reader);
	teardown(&f);
}

/* The desk has signed the end, and written nothing yet. */
static void an_ended_log_without_successor_is_released(void **state TEST_UNUSED)
{
	struct release_choice choice;
	struct fixture f;

	setup(&f, 7);
	testing_log_empty(&f.channel.logs[NEXT]);
	f.channel.log_count--;
	open_record(&f);
	choice = all(&f);
	draft(&f, &choice);
	assert_int_equal(f.manifest.log_count, DESKS);
	assert_tells(&f, "which is not in this release");
	must_build(&f);
	assert_says(&f, "the log north.example was ended at 4 entries, as its desk and "
	                "the others signed; it goes on with #4 in north.example, log 2, "
	                "which is not in this file");
	f.channel.log_count++; /* to be released */
	teardown(&f);
}

/* A manifest of before the end; its consent is written in the successor. */
static void a_cut_before_the_end_is_answered_in_the_successor(void **state TEST_UNUSED)
{
	struct release_choice choice;
	struct fixture f;

	setup(&f, 7);
	open_record(&f);
	choice = all(&f);
	draft(&f, &choice);
	release_manifest_release(&f.manifest);
	assert_int_equal(release_manifest_decode(buf_view(&f.text), &f.manifest, &f.err),
	                 STATUS_OK);
	struct release_log next = f.manifest.logs[1];
	f.manifest.logs[1] = f.manifest.logs[2];
	f.manifest.logs[2] = f.manifest.logs[3];
	f.manifest.logs[0].size = LOST - 1;
	f.manifest.logs[0].root = release_record_root(&f.record.logs[0], LOST - 1);
	f.manifest.log_count--;
	buf_clear(&f.text);
	assert_int_equal(release_manifest_append(&f.manifest, &f.text, &f.err),
	                 STATUS_OK);
	(void)ask_all(&f, NEXT);
	must_build(&f);
	assert_int_equal(f.grade, RELEASE_JOINT);
	/* Both logs, and of the first not all: ids would go on with a gap. */
	f.manifest.logs[3] = next;
	f.manifest.log_count++;
	buf_clear(&f.text);
	assert_int_equal(release_manifest_append(&f.manifest, &f.text, &f.err),
	                 STATUS_OK);
	assert_int_equal(build(&f), STATUS_CONFLICT);
	assert_non_null(strstr(f.err.text, "not all of the first"));
	teardown(&f);
}

static void
an_end_that_lacks_a_signature_is_told_before_it_is_asked_for(void **state TEST_UNUSED)
{
	struct release_choice choice;
	struct hash digest;
	struct fixture f;

	setup(&f, 3);
	open_record(&f);
	choice = all(&f);
	draft(&f, &choice);
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_UNTRUSTED);
	assert_int_equal(build(&f), STATUS_CONFLICT);
	assert_non_null(strstr(f.err.text, "end-unsigned"));
	/* Unless it has left, and its `leave` is shown. */
	release_testing_close(&f.source, &f.record);
	testing_channel_write(&f.channel, EAST,
	                      &(struct testing_message){.kind = "leave"});
	open_record(&f);
	draft(&f, &choice);
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_OK);
	must_build(&f);
	choice.withheld = (struct release_ids){&(struct record_message_id){east, 1}, 1};
	draft(&f, &choice);
	assert_int_equal(
	    release_request_check(&f.record, buf_view(&f.text), &digest, &f.err),
	    STATUS_UNTRUSTED);
	teardown(&f);
}

/* Its desk's doing must keep nobody from releasing the record. */
static void an_opening_that_names_no_end_is_drafted_as_envelope(void **state TEST_UNUSED)
{
	struct release_choice choice;
	struct fixture f;

	setup(&f, 7);
	testing_log_empty(&f.channel.logs[NEXT]);
	testing_channel_write(
	    &f.channel, NEXT,
	    &(struct testing_message){.kind = "open", .body = "{\"charter\":\"00\"}"});
	open_record(&f);
	choice = all(&f);
	draft(&f, &choice);
	assert_int_equal(f.manifest.logs[1].modes[0], RELEASE_ENVELOPE);
	must_build(&f);
	f.manifest.logs[1].modes[0] = RELEASE_FULL;
	buf_clear(&f.text);
	assert_int_equal(release_manifest_append(&f.manifest, &f.text, &f.err),
	                 STATUS_OK);
	assert_int_equal(build(&f), STATUS_CONFLICT);
	assert_non_null(strstr(f.err.text, "open-other"));
	teardown(&f);
}

/* What is withheld of the ended log may have moved it on; of a log that is not there all
 * is. */
static void a_successor_goes_on_under_the_charter_reached(void **state TEST_UNUSED)
{
	static const struct record_origin first = {.desk = {"north.example"},
	                                           .generation = 1};
	const struct testing_amendment without_east = {
	    .removed = &east, .removed_count = 1, .signers = 7};
	struct json_doc doc = {0};
	struct record_envelope said = {.kind = "text"};
	struct fixture f;

	setup(&f, 7);
	testing_channel_amend(&f.channel, &without_east);
	open_record(&f);
	const struct bundle_member *member =
	    bundle_channel_member(&f.record.channel, north.text);
	for (int way = 0; way < 4; way++) {
		struct release_terms terms = {.channel = &f.record.channel};

		for (int i = 0; way < 3 && i < LOST; i++) {
			if (i == 0)
				release_terms_log(&terms, member, 0);
			release_terms_entry(
			    &terms, way == 1 && i == 1 ? RELEASE_WITHHELD : RELEASE_FULL,
			    &said, view_of("", 0), &doc);
		}
		if (way < 3)
			release_terms_log_end(&terms, &first);
		release_terms_log(&terms, member, way == 2 ? LOST + 1 : LOST);
		release_terms_entry(&terms, RELEASE_FULL, &said, view_of("", 0), &doc);
		assert_true(terms.governs[0]);
		assert_int_equal(terms.governs[1], way > 0);
	}
	json_release(&doc);
	teardown(&f);
}

/* North had followed the amendment before its log ended: what it says in the next one is
 * said among those who were left. */
static void who_had_left_before_the_end_is_not_asked(void **state TEST_UNUSED)
{
	const struct testing_amendment without_east = {
	    .removed = &east, .removed_count = 1, .signers = 7};
	struct record_message_id hidden[] = {
	    {north, 0}, {{"south.example"}, 0}, {east, 0}};
	struct release_look look = {0};
	struct release_choice choice;
	struct fixture f = {.text = BUF_INIT(RELEASE_MANIFEST_MAX),
	                    .data = BUF_INIT(RELEASE_DATA_MAX)};

	testing_channel_open(&f.channel, DESKS);
	testing_channel_amend(&f.channel, &without_east);
	testing_channel_follow(&f.channel, NORTH);
	testing_channel_end_log(&f.channel, NORTH, 2, 3);
	testing_channel_fill(&f.channel, NEXT, 1);
	open_record(&f);
	choice = all(&f);
	choice.withheld = (struct release_ids){hidden, 3};
	draft(&f, &choice);
	assert_int_equal(release_look_at(&f.record, buf_view(&f.text), &look, &f.err),
	                 STATUS_OK);
	assert_true(look.is_asked[NORTH] && look.is_asked[SOUTH]);
	assert_false(look.is_asked[EAST]);
	release_look_release(&look);
	must_build(&f);
	teardown(&f);
}

/* Its answer is not asked for, nor the end of its log. */
static void who_came_after_the_cut_answers_nothing(void **state TEST_UNUSED)
{
	static const size_t joining[] = {EAST};
	const struct testing_amendment enlarged = {.joining = joining,
	                                           .joining_count = 1,
	                                           .template_json = "{\"title\":\"x\"}",
	                                           .signers = 7};
	struct record_message_id request = {north, 1};
	struct release_look look = {0};
	struct release_choice choice;
	struct fixture f = {.text = BUF_INIT(RELEASE_MANIFEST_MAX),
	                    .data = BUF_INIT(RELEASE_DATA_MAX)};

	testing_channel_open(&f.channel, 2);
	open_record(&f);
	choice = all(&f);
	draft(&f, &choice);
	release_testing_close(&f.source, &f.record);
	answer(&f, NORTH, NULL);
	answer(&f, SOUTH, &request);
	testing_channel_join(&f.channel, east.text);
	testing_channel_amend(&f.channel, &enlarged);
	testing_channel_follow(&f.channel, NORTH);
	testing_channel_open_late(&f.channel, EAST);
	testing_channel_end_log(&f.channel, EAST, 1, 7);
	answer(&f, NEXT, &request);
	open_record(&f);
	assert_int_equal(release_look_at(&f.record, buf_view(&f.text), &look, &f.err),
	                 STATUS_OK);
	release_look_release(&look);
	must_build(&f);
	assert_int_equal(f.grade, RELEASE_JOINT);
	teardown(&f);
}

/* North and south leave east out, as if it had left, and end north's log among them. */
static void
whose_signature_a_charter_of_the_others_spared_is_named(void **state TEST_UNUSED)
{
	const struct testing_amendment without_east = {
	    .removed = &east, .removed_count = 1, .signers = 3};
	const struct record_message_id left = {east, 1};
	static const char unsigned_by_east[] =
	    "the end of the log north.example is not signed by east.example: the others "
	    "left them out of a charter, and this file does not show that they had left";
	struct release_choice choice;
	struct fixture f = {.text = BUF_INIT(RELEASE_MANIFEST_MAX),
	                    .data = BUF_INIT(RELEASE_DATA_MAX)};

	testing_channel_open(&f.channel, DESKS);
	testing_channel_write(&f.channel, EAST,
	                      &(struct testing_message){.kind = "leave"});
	testing_channel_amend(&f.channel, &without_east);
	testing_channel_follow(&f.channel, NORTH);
	testing_channel_end_log(&f.channel, NORTH, 2, 3);
	testing_channel_fill(&f.channel, NEXT, 1);
	open_record(&f);
	choice = all(&f);
	choice.withheld = (struct release_ids){&left, 1};
	draft(&f, &choice);
	must_build(&f);
	assert_says(&f, unsigned_by_east);
	choice.withheld = (struct release_ids){0};
	draft(&f, &choice);
	must_build(&f);
	assert_false(says(&f, unsigned_by_east));
	teardown(&f);
}

static void a_successor_without_its_end_is_no_record(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f, 7);
	testing_channel_seal(&f.channel);
	testing_channel_source(&f.channel, &f.source);
	f.source.source.log_end_count = 0;
	assert_int_equal(release_record_read(&f.source.source, &f.record, &f.err),
	                 STATUS_CONFLICT);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_drafted_by_ids_and_built_joint),
	    cmocka_unit_test(a_request_in_the_successor_is_found_by_its_id),
	    cmocka_unit_test(it_is_read_in_the_order_of_its_ids),
	    cmocka_unit_test(the_successor_stands_behind_the_log_that_ended),
	    cmocka_unit_test(an_ended_log_without_successor_is_released),
	    cmocka_unit_test(a_cut_before_the_end_is_answered_in_the_successor),
	    cmocka_unit_test(
	        an_end_that_lacks_a_signature_is_told_before_it_is_asked_for),
	    cmocka_unit_test(an_opening_that_names_no_end_is_drafted_as_envelope),
	    cmocka_unit_test(a_successor_goes_on_under_the_charter_reached),
	    cmocka_unit_test(who_had_left_before_the_end_is_not_asked),
	    cmocka_unit_test(who_came_after_the_cut_answers_nothing),
	    cmocka_unit_test(whose_signature_a_charter_of_the_others_spared_is_named),
	    cmocka_unit_test(a_successor_without_its_end_is_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
