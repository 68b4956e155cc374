/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts of a channel of three desks: whole, changed in any byte, put together from
 * parts that do not belong together, and without what is needed to check them.
 */
#include "bundle/testing.h"

#include "bundle/verify.h"
#include "codec/base64.h"
#include "tlog/cosignature.h"
#include "tlog/proof_file.h"

enum { FLIPS = 1000, ENTRIES = 21 };

struct fixture {
	struct testing_channel channel;
	struct view cards[TESTING_DESKS_MAX];
	struct buf receipt; /* by south, of north#5 */
};

static void setup(struct fixture *f)
{
	testing_channel_open(&f->channel, 3);
	testing_channel_fill(&f->channel, 0, ENTRIES);
	f->receipt = BUF_INIT(SIZE_MAX);
	testing_channel_receipt(&f->channel, 0, 5, 1, true, &f->receipt);
	for (size_t i = 0; i < 3; i++)
		f->cards[i] = buf_view(&f->channel.desks[i].note);
}

static void teardown(struct fixture *f)
{
	buf_release(&f->receipt);
	testing_channel_release(&f->channel);
}

static enum status verify(const struct fixture *f, struct view entry, size_t card_count,
                          struct bundle_result *result, struct error *err)
{
	struct bundle_verify_options options = {
	    .cards = f->cards, .card_count = card_count, .entry = entry};

	*result = (struct bundle_result){0};
	return bundle_verify_receipt(buf_view(&f->receipt), &options, result, err);
}

static void assert_yes(const struct fixture *f, struct view entry, const char *words)
{
	struct bundle_result result;
	struct error err = {0};

	if (verify(f, entry, 2, &result, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	if (!result.is_consistent)
		fail_msg("%s", result.why.text);
	assert_true(result.is_anchored);
	assert_int_equal(result.statement_count, 1);
	assert_string_equal(bundle_statement(&result, 0), words);
	bundle_result_release(&result);
}

static void assert_no(const struct fixture *f, struct view entry, const char *words)
{
	struct bundle_result result;
	struct error err = {0};

	if (verify(f, entry, 2, &result, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_false(result.is_consistent);
	if (strstr(result.why.text, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, result.why.text);
	bundle_result_release(&result);
}

static struct view entry_of(const struct fixture *f, size_t index)
{
	return buf_view(&f->channel.logs[0].entries[index].entry);
}

static const struct view no_entry;

static void a_receipt_says_who_held_what_since_when(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	assert_yes(
	    &f, no_entry,
	    "south.example held message north.example#5, sent 2026-11-20T23:49:07Z, "
	    "at 2026-11-20T23:49:24Z: kind text");
	teardown(&f);
}

static void an_entry_may_be_given_beside_it(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	buf_clear(&f.receipt);
	testing_channel_receipt(&f.channel, 0, 5, 1, false, &f.receipt);
	assert_yes(
	    &f, entry_of(&f, 5),
	    "south.example held message north.example#5, sent 2026-11-20T23:49:07Z, "
	    "at 2026-11-20T23:49:24Z: kind text");
	assert_no(&f, entry_of(&f, 4), "");
	teardown(&f);
}

static void without_the_entry_it_claims_less(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	buf_clear(&f.receipt);
	testing_channel_receipt(&f.channel, 0, 5, 1, false, &f.receipt);
	assert_yes(&f, no_entry,
	           "south.example held the first 22 entries of north.example at "
	           "2026-11-20T23:49:24Z; which of them the receipt is about was not "
	           "checked: give the entry with --entry");
	teardown(&f);
}

static void another_entry_than_the_one_inside_is_a_no(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	assert_no(&f, entry_of(&f, 4), "another entry");
	assert_yes(
	    &f, entry_of(&f, 5),
	    "south.example held message north.example#5, sent 2026-11-20T23:49:07Z, "
	    "at 2026-11-20T23:49:24Z: kind text");
	teardown(&f);
}

static void a_malformed_entry_is_shown_as_such(void **state TEST_UNUSED)
{
	struct fixture f;
	struct bundle_result result;

	setup(&f);
	testing_channel_append(&f.channel, 0, view_of_string("no envelope"),
	                       view_of("", 0));
	buf_clear(&f.receipt);
	testing_channel_receipt(&f.channel, 0, ENTRIES + 1, 1, true, &f.receipt);
	assert_int_equal(verify(&f, no_entry, 2, &result, NULL), STATUS_OK);
	assert_true(result.is_consistent);
	assert_non_null(strstr(bundle_statement(&result, 0), "north.example#22 at "));
	assert_non_null(strstr(bundle_statement(&result, 0), ": malformed ("));
	bundle_result_release(&result);
	teardown(&f);
}

static void a_card_that_is_missing_is_no_no(void **state TEST_UNUSED)
{
	struct fixture f;
	struct bundle_result result;
	struct error err;

	setup(&f);
	assert_int_equal(verify(&f, no_entry, 0, &result, &err), STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, "no card of north.example"));
	assert_int_equal(verify(&f, no_entry, 1, &result, &err), STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, "no card of south.example"));
	bundle_result_release(&result);
	teardown(&f);
}

static void cards_beside_it_are_used_but_do_not_anchor(void **state TEST_UNUSED)
{
	char folder[TESTING_PATH_MAX], path[TESTING_PATH_MAX + 100];
	struct bundle_verify_options options = {0};
	struct bundle_result result = {0};
	struct fixture f;

	setup(&f);
	testing_folder_make(folder);
	(void)snprintf(path, sizeof path, "%s/cards", folder);
	assert_int_equal(file_make_folder(path, 0700, NULL), STATUS_OK);
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof path, "%s/cards/%zu.note", folder, i);
		assert_int_equal(file_create(path, f.cards[i], 0600, NULL), STATUS_OK);
	}
	(void)snprintf(path, sizeof path, "%s/cards/broken.note", folder);
	assert_int_equal(file_create(path, view_of_string("no card"), 0600, NULL), 0);
	(void)snprintf(path, sizeof path, "%s/m.tlog-proof", folder);
	assert_int_equal(file_create(path, buf_view(&f.receipt), 0600, NULL), STATUS_OK);
	assert_int_equal(bundle_verify(path, &options, &result, NULL), STATUS_OK);
	assert_true(result.is_consistent);
	assert_false(result.is_anchored);
	bundle_result_release(&result);
	options.cards = f.cards;
	options.card_count = 1;
	assert_int_equal(bundle_verify(path, &options, &result, NULL), STATUS_OK);
	assert_true(result.desks[0].is_anchored);
	assert_false(result.desks[1].is_anchored);
	assert_false(result.is_anchored);
	bundle_result_release(&result);
	testing_folder_remove(folder);
	teardown(&f);
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* A changed name of the desk can only end in 'no card': it is no yes. */
static void a_thousand_flipped_bytes_are_never_a_yes(void **state TEST_UNUSED)
{
	const char *given = getenv("ALDIS_TEST_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20261120;
	uint64_t random = seed;
	struct fixture f;

	setup(&f);
	print_message("%d flips of %zu bytes, ALDIS_TEST_SEED=%llu\n", FLIPS,
	              f.receipt.len, (unsigned long long)seed);
	for (unsigned flip = 0; flip < FLIPS; flip++) {
		size_t offset = next_random(&random) % f.receipt.len;
		uint8_t change = (uint8_t)(1 + next_random(&random) % 255);
		struct bundle_result result;

		f.receipt.data[offset] ^= change;
		enum status status = verify(&f, no_entry, 3, &result, NULL);
		if (status != STATUS_NOT_FOUND && status != STATUS_OK)
			fail_msg("byte %zu: %s", offset, status_name(status));
		if (status == STATUS_OK && result.is_consistent)
			fail_msg("byte %zu changed by %02x is a yes", offset,
			         (unsigned)change);
		bundle_result_release(&result);
		f.receipt.data[offset] ^= change;
	}
	teardown(&f);
}

static void a_cut_or_lengthened_receipt_is_a_no(void **state TEST_UNUSED)
{
	struct fixture f;
	size_t len;

	setup(&f);
	len = f.receipt.len;
	for (f.receipt.len = 0; f.receipt.len < len; f.receipt.len++)
		assert_no(&f, no_entry, "");
	buf_append_byte(&f.receipt, '\n');
	assert_no(&f, no_entry, "");
	teardown(&f);
}

/* Puts another checkpoint note into the receipt. */
static void replace_checkpoint(struct fixture *f, struct view note)
{
	struct tlog_proof_file file;
	struct buf changed = BUF_INIT(SIZE_MAX);

	assert_int_equal(tlog_proof_file_parse(buf_view(&f->receipt), &file, NULL), 0);
	file.checkpoint = note;
	tlog_proof_file_append(&changed, &file);
	buf_release(&f->receipt);
	f->receipt = changed;
}

static void a_third_signature_is_a_no(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	testing_channel_seal(&f.channel);
	replace_checkpoint(&f, buf_view(&f.channel.logs[0].checkpoint));
	assert_no(&f, no_entry, "two signatures, this one has 3");
	teardown(&f);
}

static void a_checkpoint_without_a_mirror_line_is_a_no(void **state TEST_UNUSED)
{
	struct tlog_note note;
	struct fixture f;

	setup(&f);
	testing_channel_seal(&f.channel);
	struct view sealed = buf_view(&f.channel.logs[0].checkpoint), line;
	assert_int_equal(tlog_note_parse(sealed, &note, NULL), STATUS_OK);
	struct view rest = note.lines;
	assert_true(view_take_line(&rest, &line));
	replace_checkpoint(&f, view_of(sealed.data, sealed.len - rest.len));
	assert_no(&f, no_entry, "two signatures, this one has 1");
	teardown(&f);
}

static void a_desks_own_receipt_is_a_no(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	buf_clear(&f.receipt);
	testing_channel_receipt(&f.channel, 0, 5, 0, true, &f.receipt);
	assert_no(&f, no_entry, "own log");
	teardown(&f);
}

static void a_receipt_of_another_log_is_a_no(void **state TEST_UNUSED)
{
	struct tlog_proof_file other;
	struct buf receipt = BUF_INIT(SIZE_MAX);
	struct fixture f;

	setup(&f);
	testing_channel_fill(&f.channel, 1, ENTRIES);
	testing_channel_receipt(&f.channel, 1, 5, 0, true, &receipt);
	assert_int_equal(tlog_proof_file_parse(buf_view(&receipt), &other, NULL), 0);
	replace_checkpoint(&f, other.checkpoint);
	assert_no(&f, no_entry, "");
	buf_release(&receipt);
	teardown(&f);
}

static void an_index_beyond_the_checkpoint_is_a_no(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	size_t at = view_find(buf_view(&f.receipt), view_of_string("index 5\n"));
	struct buf changed = BUF_INIT(SIZE_MAX);
	buf_append(&changed, f.receipt.data, at);
	buf_append_string(&changed, "index 22\n");
	buf_append_view(&changed, view_from(buf_view(&f.receipt), at + 8));
	buf_release(&f.receipt);
	f.receipt = changed;
	assert_no(&f, no_entry, "does not reach");
	teardown(&f);
}

static void an_extra_line_that_is_too_large_is_a_no(void **state TEST_UNUSED)
{
	CLEANUP_BUF struct buf large = BUF_INIT(SIZE_MAX);
	CLEANUP_BUF struct buf base64 = BUF_INIT(SIZE_MAX);
	struct tlog_proof_file file;
	struct buf changed = BUF_INIT(SIZE_MAX);
	struct fixture f;

	setup(&f);
	memset(buf_extend(&large, TLOG_ENTRY_MAX + 1), 'x', TLOG_ENTRY_MAX + 1);
	base64_append(&base64, buf_view(&large));
	assert_int_equal(tlog_proof_file_parse(buf_view(&f.receipt), &file, NULL), 0);
	file.extra_base64 = buf_view(&base64);
	tlog_proof_file_append(&changed, &file);
	buf_release(&f.receipt);
	f.receipt = changed;
	assert_no(&f, no_entry, "larger than");
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_receipt_says_who_held_what_since_when),
	    cmocka_unit_test(an_entry_may_be_given_beside_it),
	    cmocka_unit_test(without_the_entry_it_claims_less),
	    cmocka_unit_test(another_entry_than_the_one_inside_is_a_no),
	    cmocka_unit_test(a_malformed_entry_is_shown_as_such),
	    cmocka_unit_test(a_card_that_is_missing_is_no_no),
	    cmocka_unit_test(cards_beside_it_are_used_but_do_not_anchor),
	    cmocka_unit_test(a_thousand_flipped_bytes_are_never_a_yes),
	    cmocka_unit_test(a_cut_or_lengthened_receipt_is_a_no),
	    cmocka_unit_test(a_third_signature_is_a_no),
	    cmocka_unit_test(a_checkpoint_without_a_mirror_line_is_a_no),
	    cmocka_unit_test(a_desks_own_receipt_is_a_no),
	    cmocka_unit_test(a_receipt_of_another_log_is_a_no),
	    cmocka_unit_test(an_index_beyond_the_checkpoint_is_a_no),
	    cmocka_unit_test(an_extra_line_that_is_too_large_is_a_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
