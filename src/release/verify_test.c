/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release of a record in memory: it is accepted as built, and each way of changing it
 * is told by its code.
 */
#include "release/verify.h"

#include "release/data.h"
#include "release/testing.h"

static struct release_result verify(const struct release_fixture *f, struct view data,
                                    size_t trusted)
{
	struct view cards[3];
	struct bundle_verify_options options = {.cards = cards, .card_count = trusted};
	struct bundle_trust trust = {0};
	struct release_result result = {0};
	struct error err = {0};

	for (size_t i = 0; i < trusted; i++)
		cards[i] = buf_view(&f->channel.desks[i].note);
	assert_int_equal(bundle_trust_read(&trust, &options, &err), STATUS_OK);
	assert_int_equal(release_verify_data(data, &trust, &result, &err), STATUS_OK);
	bundle_trust_release(&trust);
	return result;
}

static void assert_code(const struct release_fixture *f, const struct buf *data,
                        const char *code)
{
	struct release_result result = verify(f, buf_view(data), 0);

	if (strcmp(result.code, code) != 0)
		fail_msg("'%s' instead of '%s': %s", result.code, code,
		         result.bundle.why.text);
	assert_int_equal(result.bundle.is_consistent, code[0] == '\0');
	assert_int_equal(result.bundle.statement_count > 0, code[0] == '\0');
	release_result_release(&result);
}

/* Replaces the first `from` behind the first `after`. */
static struct buf with(const struct release_fixture *f, const char *after,
                       const char *from, const char *to)
{
	struct view data = buf_view(&f->data);
	size_t at = view_find(data, view_of_string(after));
	struct buf changed = BUF_INIT(RELEASE_DATA_MAX);

	if (at == SIZE_MAX)
		fail_msg("there is no '%s'", after);
	at += strlen(after);
	size_t place = view_find(view_from(data, at), view_of_string(from));
	if (place == SIZE_MAX)
		fail_msg("there is no '%s' behind '%s'", from, after);
	buf_append_view(&changed, view_of(data.data, at + place));
	buf_append_string(&changed, to);
	buf_append_view(&changed, view_from(data, at + place + strlen(from)));
	return changed;
}

static void assert_tampered(const struct release_fixture *f, const char *after,
                            const char *from, const char *to, const char *code)
{
	struct buf changed = with(f, after, from, to);

	assert_code(f, &changed, code);
	buf_release(&changed);
}

/* Changes one base64 digit, so many behind the mark that follows `after`. */
static void assert_flipped(const struct release_fixture *f, const char *after,
                           const char *mark, size_t distance, const char *code)
{
	struct buf changed = BUF_INIT(RELEASE_DATA_MAX);
	size_t start = view_find(buf_view(&f->data), view_of_string(after));

	assert_int_not_equal(start, SIZE_MAX);
	size_t at = view_find(view_from(buf_view(&f->data), start), view_of_string(mark));
	assert_int_not_equal(at, SIZE_MAX);
	at += start + strlen(mark) + distance;
	buf_append_view(&changed, buf_view(&f->data));
	changed.data[at] = changed.data[at] == 'A' ? 'B' : 'A';
	assert_code(f, &changed, code);
	buf_release(&changed);
}

static void a_release_is_accepted_as_it_was_built(void **state TEST_UNUSED)
{
	struct release_fixture f;

	release_fixture_make(&f, 0);
	assert_int_equal(f.grade, RELEASE_JOINT);
	struct release_result result = verify(&f, buf_view(&f.data), 3);
	assert_string_equal(result.code, "");
	assert_true(result.bundle.is_consistent && result.bundle.is_anchored);
	assert_int_equal(result.reply_count, 3);
	assert_string_equal(result.replies[2].desk.text, "east.example");
	assert_int_equal(result.replies[2].answer, RELEASE_CONSENT);
	assert_true(result.replies[2].sent_s >= f.manifest.made_s);
	assert_int_equal(result.withheld_count, 1);
	assert_int_equal(result.envelope_count, 1);
	assert_int_equal(result.full_count, 7);
	release_result_release(&result);
	result = verify(&f, buf_view(&f.data), 2);
	assert_true(result.bundle.is_consistent && !result.bundle.is_anchored);
	release_result_release(&result);
	/* Nothing in it ends an element or leaves ASCII. */
	for (size_t i = 0; i < f.data.len; i++)
		assert_true(f.data.data[i] < 0x80 && f.data.data[i] != '<');
	release_fixture_release(&f);
}

static void papers_that_were_changed_are_told(void **state TEST_UNUSED)
{
	struct buf card = BUF_INIT(RECORD_NOTE_MAX);
	struct testing_desk stranger = {0};
	struct release_fixture f;

	release_fixture_make(&f, 0);
	assert_tampered(&f, "{", "\"aldis\"", " \"aldis\"", "data-form");
	assert_tampered(&f, "{", "\\u003C", "<", "data-form");
	assert_tampered(&f, "{", "\\u003C", "\\u003c", "data-form");
	assert_tampered(&f, "{", "\\u00", "\xc3\xa9\\u00", "data-form");
	assert_tampered(&f, "\"answers\"", "]}", "],\"more\":1}", "data-form");
	assert_tampered(&f, "{", "aldis.release/1", "aldis.release/2", "manifest-form");
	assert_tampered(&f, "\"charters\":", "\\\"title\\\":\\\"", "\\\"title\\\":\\\"x",
	                "charter-signature");
	assert_tampered(&f, "{", "\\\"by\\\":\\\"north", "\\\"by\\\":\\\"nobody",
	                "charter-other");
	assert_tampered(&f, "{", "\\\"title\\\":\\\"", "\\\"title\\\":\\\"x",
	                "charter-other");
	assert_tampered(&f, "\"cards\":", "2026-11-20", "2026-11-21", "card-signature");
	testing_desk_init(&stranger, "west.example", NULL);
	buf_append_string(&card, "\"cards\":[");
	release_string_append(&card, buf_view(&stranger.note));
	buf_append_string(&card, ",");
	buf_append_byte(&card, '\0');
	assert_tampered(&f, "{", "\"cards\":[", (const char *)card.data, "foreign-key");
	testing_desk_release(&stranger);
	buf_release(&card);
	release_fixture_release(&f);
}

static void logs_that_were_changed_are_told(void **state TEST_UNUSED)
{
	static const char logs[] = "\"logs\":[{\"origin\":\"",
	                  line[] = "\\n\\n\\u2014 north.example/",
	                  mirror[] = "\\u2014 south.example/mirror ";
	struct release_fixture f;

	release_fixture_make(&f, 0);
	assert_tampered(&f, logs, "north", "south", "log-other");
	assert_flipped(&f, logs, line, 64 + 1 + 20, "checkpoint-signature");
	assert_flipped(&f, logs, mirror, 40, "cosignature");
	assert_tampered(
	    &f, logs, mirror,
	    "\\u2014 stranger/mirror AAAAAAAA\\n\\u2014 south.example/mirror ",
	    "foreign-line");
	assert_tampered(&f, "{", "\\\"root\\\":\\\"", "\\\"root\\\":\\\"A",
	                "manifest-form");
	assert_tampered(&f, logs, "\"entries\":[\"", "\"entries\":[\"AAAA\",\"", "modes");
	assert_flipped(&f, logs, "\"entries\":[\"", 100, "root-differs");
	assert_tampered(&f, "{", "1w1e", "1w1f", "entry-form");
	assert_tampered(&f, "{", "4f1w1e", "4f2e", "root-differs");
	assert_tampered(&f, "{", "4f1w1e", "5w1e", "modes");
	release_fixture_release(&f);
}

static void another_tree_than_the_signed_one_is_told(void **state TEST_UNUSED)
{
	struct release_fixture f;
	struct buf text = BUF_INIT(100), changed = BUF_INIT(100);

	release_fixture_make(&f, 0);
	base64_append(&text, hash_view(&f.manifest.logs[RELEASE_NORTH].root));
	buf_append_view(&changed, buf_view(&text));
	changed.data[3] = changed.data[3] == 'A' ? 'B' : 'A';
	buf_append_byte(&text, '\0');
	buf_append_byte(&changed, '\0');
	assert_tampered(&f, "{", (const char *)text.data, (const char *)changed.data,
	                "checkpoint-other");
	buf_release(&text);
	buf_release(&changed);
	release_fixture_release(&f);
}

static void bodies_and_attachments_that_were_changed_are_told(void **state TEST_UNUSED)
{
	struct release_fixture f;

	release_fixture_make(&f, 0);
	assert_tampered(&f, "\"bodies\":", "[[\"", "[[null,\"", "body-missing");
	assert_tampered(&f, "\"bodies\":", "]],", "],[]],", "body-missing");
	assert_flipped(&f, "\"bodies\":", "[[\"", 30, "body-differs");
	assert_flipped(&f, "\"attachments\":", "{\"", 5, "data-form");
	assert_tampered(&f, "\"attachments\":", "{\"b", "{\"a", "attachment-other");
	assert_flipped(&f, "\"attachments\":", "{\"", 64 + 3 + 9, "attachment-differs");
	release_fixture_release(&f);
}

static void answers_that_were_changed_are_told(void **state TEST_UNUSED)
{
	static const char first[] =
	    "\"answers\":[{\"desk\":\"east.example\",\"entry\":\"";
	struct release_fixture f;

	release_fixture_make(&f, 0);
	assert_tampered(&f, "\"answers\":", "east.example", "west.example",
	                "answer-form");
	assert_tampered(&f, "\"answers\":", "\"desk\":\"north.example",
	                "\"desk\":\"aaaaa.example", "answer-form");
	assert_flipped(&f, first, "\"entry\":\"", 220, "answer-signature");
	assert_tampered(&f, first, "index 1", "index 0", "answer-signature");
	assert_tampered(&f, first, "\"body\":\"", "\"body\":\"AAAA", "answer-body");
	/* Nothing else depends on when it was made. */
	assert_tampered(&f, "{", "\\\"made\\\":\\\"2026", "\\\"made\\\":\\\"2025",
	                "consent-other-manifest");
	release_fixture_release(&f);
}

static void what_lacks_a_consent_is_one_sided(void **state TEST_UNUSED)
{
	struct release_fixture f;

	release_fixture_make(&f, 0);
	f.manifest.made_s++;
	buf_clear(&f.text);
	buf_clear(&f.data);
	assert_int_equal(release_manifest_append(&f.manifest, &f.text, &f.err),
	                 STATUS_OK);
	assert_int_equal(
	    release_build_data(&f.record, buf_view(&f.text), &f.data, &f.grade, &f.err),
	    STATUS_OK);
	assert_int_equal(f.grade, RELEASE_ONE_SIDED);
	struct release_result result = verify(&f, buf_view(&f.data), 0);
	assert_int_equal(result.reply_count, 3);
	assert_int_equal(result.replies[0].answer, RELEASE_NO_ANSWER);
	release_result_release(&result);
	release_fixture_release(&f);
}

/* Who leaves out a log whole has no entry of it to withhold. */
static void a_log_that_is_left_out_is_told(void **state TEST_UNUSED)
{
	bool is_told = false;
	struct release_fixture f;

	release_fixture_make(&f, 0);
	f.manifest.log_count--;
	buf_clear(&f.text);
	buf_clear(&f.data);
	assert_int_equal(release_manifest_append(&f.manifest, &f.text, &f.err),
	                 STATUS_OK);
	assert_int_equal(
	    release_build_data(&f.record, buf_view(&f.text), &f.data, &f.grade, &f.err),
	    STATUS_OK);
	struct release_result result = verify(&f, buf_view(&f.data), 0);
	for (size_t i = 0; i < result.bundle.statement_count; i++)
		is_told |= strcmp(bundle_statement(&result.bundle, i),
		                  "the log of east.example is not in this file") == 0;
	assert_true(is_told);
	release_result_release(&result);
	f.manifest.log_count++;
	release_fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_release_is_accepted_as_it_was_built),
	    cmocka_unit_test(papers_that_were_changed_are_told),
	    cmocka_unit_test(logs_that_were_changed_are_told),
	    cmocka_unit_test(another_tree_than_the_signed_one_is_told),
	    cmocka_unit_test(bodies_and_attachments_that_were_changed_are_told),
	    cmocka_unit_test(answers_that_were_changed_are_told),
	    cmocka_unit_test(what_lacks_a_consent_is_one_sided),
	    cmocka_unit_test(a_log_that_is_left_out_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
