/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release read as it is shown: the joint order, what is withheld left out, bodies
 * without salt, attachments.
 */
#include "release/reader.h"

#include "release/testing.h"

enum { MANY = 40 };

static void open_reader(const struct release_fixture *f,
                        struct release_reader *ret_reader)
{
	struct error err = {0};

	*ret_reader = (struct release_reader){0};
	if (release_reader_open(buf_view(&f->data), ret_reader, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static struct release_shown get(struct release_reader *reader, size_t nth)
{
	struct release_shown shown;
	struct error err = {0};

	if (release_reader_get(reader, nth, &shown, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return shown;
}

static void what_is_shown_is_read_and_nothing_else(void **state TEST_UNUSED)
{
	size_t full = 0, envelopes = 0, bodies = 0;
	struct release_reader reader;
	struct release_fixture f;

	release_fixture_make(&f, 0);
	open_reader(&f, &reader);
	for (size_t i = 0; i < reader.count; i++) {
		struct release_shown shown = get(&reader, i);

		full += shown.is_full;
		envelopes += !shown.is_full;
		bodies += shown.has_body;
		if (strcmp(shown.log->origin.desk.text, "north.example") == 0) {
			assert_int_not_equal(shown.index, 4);
			assert_int_equal(shown.is_full, shown.index != 5);
		}
		if (shown.has_body)
			assert_int_equal(shown.content.data[0], '{');
	}
	assert_int_equal(full, 7);
	assert_int_equal(envelopes, 1);
	assert_int_equal(bodies, 7);
	release_reader_release(&reader);
	release_fixture_release(&f);
}

/* Nothing comes before what its author had seen. */
static void the_order_is_the_joint_one(void **state TEST_UNUSED)
{
	uint64_t next[TESTING_DESKS_MAX] = {0};
	struct record_envelope envelope = {0};
	struct json_doc doc = {0};
	struct release_reader reader;
	struct release_fixture f;
	size_t switches = 0;
	const struct release_log *before = NULL;

	release_fixture_make(&f, MANY);
	open_reader(&f, &reader);
	for (size_t i = 0; i < reader.count; i++) {
		struct release_shown shown = get(&reader, i);
		size_t log = (size_t)(shown.log - reader.manifest.logs);

		assert_true(shown.index >= next[log]);
		next[log] = shown.index + 1;
		switches += before != shown.log;
		before = shown.log;
		if (!shown.is_full)
			continue;
		assert_int_equal(
		    record_envelope_decode(shown.entry, &doc, &envelope, NULL),
		    STATUS_OK);
		for (size_t s = 0; s < envelope.seen_count; s++)
			for (size_t j = 0; j < reader.manifest.log_count; j++)
				if (strcmp(envelope.seen[s].desk.text,
				           reader.manifest.logs[j].origin.desk.text) == 0)
					assert_true(next[j] >= envelope.seen[s].size);
	}
	assert_true(switches >= MANY / 2);
	json_release(&doc);
	record_envelope_release(&envelope);
	release_reader_release(&reader);
	release_fixture_release(&f);
}

/* South's clock is slow: what it answers comes after the question all the same. */
static void a_wrong_clock_does_not_turn_the_order(void **state TEST_UNUSED)
{
	struct release_fixture f = {.text = BUF_INIT(RELEASE_MANIFEST_MAX),
	                            .data = BUF_INIT(RELEASE_DATA_MAX)};
	struct testing_channel *channel = &f.channel;
	struct release_choice choice = {.until_s = INT64_MAX};
	struct testing_message answer = {.kind = "text",
	                                 .body = "{\"language\":\"en\",\"text\":\"x\"}",
	                                 .seen_count = 1};
	struct release_reader reader;

	testing_channel_open(channel, 2);
	testing_channel_fill(channel, RELEASE_NORTH, 1);
	struct record_seen seen = {
	    .desk = channel->desks[RELEASE_NORTH].card.name,
	    .size = channel->logs[RELEASE_NORTH].count,
	    .root = tlog_tree_root(&channel->logs[RELEASE_NORTH].tree.tree)};
	answer.seen = &seen;
	choice.now_s = channel->now_s;
	channel->now_s -= 3600;
	testing_channel_write(channel, RELEASE_SOUTH, &answer);
	channel->now_s += 3600;
	testing_channel_seal(channel);
	testing_channel_source(channel, &f.source);
	assert_int_equal(release_record_read(&f.source.source, &f.record, NULL),
	                 STATUS_OK);
	assert_int_equal(release_draft(&f.record, &choice, &f.manifest, NULL), STATUS_OK);
	assert_int_equal(release_manifest_append(&f.manifest, &f.text, NULL), STATUS_OK);
	assert_int_equal(
	    release_build_data(&f.record, buf_view(&f.text), &f.data, &f.grade, NULL),
	    STATUS_OK);
	open_reader(&f, &reader);
	assert_int_equal(reader.count, 4);
	struct release_shown last = get(&reader, 3);
	assert_string_equal(last.log->origin.desk.text, "south.example");
	release_reader_release(&reader);
	release_fixture_release(&f);
}

static void attachments_are_read_without_salt(void **state TEST_UNUSED)
{
	struct buf content = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
	struct release_reader reader;
	struct release_fixture f;

	release_fixture_make(&f, 0);
	open_reader(&f, &reader);
	assert_int_equal(reader.manifest.attachment_count, 1);
	assert_int_equal(release_reader_attachment(&reader, 0, &content, NULL),
	                 STATUS_OK);
	assert_true(view_equal_string(buf_view(&content), "a photo"));
	assert_int_equal(release_reader_attachment(&reader, 1, &content, NULL),
	                 STATUS_MALFORMED);
	buf_release(&content);
	release_reader_release(&reader);
	release_fixture_release(&f);
}

/* Data that was never verified may say anything, and be cut anywhere. */
static void what_was_not_verified_does_no_harm(void **state TEST_UNUSED)
{
	struct release_fixture f;
	size_t refused = 0;

	release_fixture_make(&f, 0);
	for (size_t i = 0; i < f.data.len; i += 1 + f.data.len / 3000) {
		struct release_reader reader = {0};
		uint8_t was = f.data.data[i];
		struct release_shown shown;

		f.data.data[i] = was == 'f' ? 'w' : was == '"' ? '0' : was + 1;
		enum status status =
		    release_reader_open(buf_view(&f.data), &reader, NULL);
		for (size_t j = 0; status == STATUS_OK && j < reader.count; j++)
			status = release_reader_get(&reader, j, &shown, NULL);
		refused += status != STATUS_OK;
		assert_true(status == STATUS_OK || status == STATUS_MALFORMED ||
		            status == STATUS_LIMIT);
		release_reader_release(&reader);
		f.data.data[i] = was;
	}
	assert_true(refused > 100);
	release_fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_shown_is_read_and_nothing_else),
	    cmocka_unit_test(the_order_is_the_joint_one),
	    cmocka_unit_test(a_wrong_clock_does_not_turn_the_order),
	    cmocka_unit_test(attachments_are_read_without_salt),
	    cmocka_unit_test(what_was_not_verified_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
