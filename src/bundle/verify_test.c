/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports of a channel of three desks, whole and damaged: by chance (one byte anywhere)
 * and by hand (files taken away, added, cut).
 */
#include "bundle/export_fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

enum { FLIPS = 1000 };

/* Whole exports */

static void an_export_is_consistent_and_anchored_by_all_cards(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_result result = verify_with(&f, 3);
	assert_true(result.is_consistent);
	assert_true(result.is_anchored);
	assert_int_equal(result.kind, BUNDLE_EXPORT);
	assert_int_equal(result.log_count, 3);
	assert_int_equal(result.entry_count, LONG_LOG + 4 + 5 + 1);
	assert_int_equal(result.body_count, LONG_LOG + 3 + 5 + 1);
	assert_int_equal(result.attachment_count, 1);
	assert_int_equal(result.missing_attachment_count, 1);
	assert_int_equal(result.malformed_count, 1);
	assert_int_equal(result.open_reference_count, 0);
	assert_int_equal(result.desk_count, 3);
	assert_string_equal(result.desks[1].name.text, "south.example");
	assert_int_equal(strlen(result.desks[1].fingerprint), RECORD_FINGERPRINT_LEN);
	bundle_result_release(&result);
	teardown(&f);
}

static void its_statements_are_plain_words(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_result result = verify_with(&f, 0);
	assert_int_equal(result.statement_count, 6);
	assert_non_null(
	    strstr(bundle_statement(&result, 0), "exported by north.example"));
	assert_string_equal(
	    bundle_statement(&result, 1),
	    "entries of north.example: 304, the last sent 2026-11-20T23:54:04Z; all "
	    "held by south.example (at 2026-11-20T23:54:09Z), east.example (at "
	    "2026-11-20T23:54:10Z)");
	assert_non_null(strstr(bundle_statement(&result, 2), "north.example#303"));
	assert_non_null(strstr(bundle_statement(&result, 5),
	                       "attachments named but not in this export: 1"));
	bundle_result_release(&result);
	teardown(&f);
}

static void without_a_card_of_each_desk_it_is_not_anchored(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	for (size_t trusted = 0; trusted < 3; trusted++) {
		struct bundle_result result = verify_with(&f, trusted);

		assert_true(result.is_consistent);
		assert_false(result.is_anchored);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(result.desks[i].is_anchored, i < trusted);
		bundle_result_release(&result);
	}
	teardown(&f);
}

static void another_root_under_a_trusted_name_is_a_no(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct buf note = other_card(&f);
	struct view card = buf_view(&note);
	struct bundle_verify_options options = {.cards = &card, .card_count = 1};
	struct bundle_result result = {0};
	assert_int_equal(bundle_verify(f.out, &options, &result, NULL), STATUS_OK);
	assert_false(result.is_consistent);
	assert_string_equal(result.file.text, "cards/south.example.note");
	assert_non_null(strstr(result.why.text, "another root key"));
	bundle_result_release(&result);
	buf_release(&note);
	teardown(&f);
}

static void a_broken_trusted_card_is_not_the_exports_fault(void **state TEST_UNUSED)
{
	struct fixture f;
	struct view card = view_of_string("aldis.card/1\n");
	struct bundle_verify_options options = {.cards = &card, .card_count = 1};
	struct bundle_result result = {0};
	struct error err;

	setup(&f);
	assert_int_equal(bundle_verify(f.out, &options, &result, &err), STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "trusted card 1"));
	bundle_result_release(&result);
	teardown(&f);
}

static void what_is_not_there_or_not_ours_is_said_so(void **state TEST_UNUSED)
{
	struct fixture f;
	struct bundle_verify_options options = {0};
	struct bundle_result result = {0};
	char path[TESTING_PATH_MAX + 300];

	setup(&f);
	path_of(&f, "nothing", path);
	assert_int_equal(bundle_verify(path, &options, &result, NULL), STATUS_NOT_FOUND);
	path_of(&f, "files", path);
	assert_int_equal(bundle_verify(path, &options, &result, NULL), STATUS_MALFORMED);
	bundle_result_release(&result);
	teardown(&f);
}

/* One byte anywhere */

static struct {
	char names[200][BUNDLE_PATH_MAX];
	size_t lens[200];
	size_t count, total, root_len;
} files;

static int note_file(const char *path, const struct stat *info, int type,
                     struct FTW *where TEST_UNUSED)
{
	if (type != FTW_F)
		return 0;
	assert_in_range(files.count, 0, 199);
	(void)snprintf(files.names[files.count], BUNDLE_PATH_MAX, "%s",
	               path + files.root_len + 1);
	files.lens[files.count++] = (size_t)info->st_size;
	files.total += (size_t)info->st_size;
	return 0;
}

static int compare_file_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void list_files(const struct fixture *f)
{
	memset(&files, 0, sizeof files);
	files.root_len = strlen(f->out);
	assert_int_equal(nftw(f->out, note_file, 16, FTW_PHYS), 0);
	qsort(files.names, files.count, sizeof files.names[0], compare_file_names);
	for (size_t i = 0; i < files.count; i++) {
		struct buf content = load(f, files.names[i]);
		files.lens[i] = content.len;
		buf_release(&content);
	}
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* By turns any byte of all, and any byte of any file. */
static size_t choose_file(uint64_t *random, unsigned flip)
{
	if (flip % 2 == 0)
		return next_random(random) % files.count;
	size_t at = next_random(random) % files.total, file = 0;
	while (at >= files.lens[file])
		at -= files.lens[file++];
	return file;
}

static void assert_flip_is_named(const struct fixture *f, const char *name, size_t offset,
                                 uint8_t change)
{
	struct buf content = load(f, name);

	content.data[offset] ^= change;
	store(f, name, buf_view(&content));
	struct bundle_result result = verify_with(f, 3);
	if (result.is_consistent || strcmp(result.file.text, name) != 0)
		fail_msg("byte %zu of %s changed by %02x: %s, %s: %s", offset, name,
		         (unsigned)change, result.is_consistent ? "yes" : "no",
		         result.file.text, result.why.text);
	bundle_result_release(&result);
	content.data[offset] ^= change;
	store(f, name, buf_view(&content));
	buf_release(&content);
}

static void a_thousand_flipped_bytes_are_each_named(void **state TEST_UNUSED)
{
	const char *given = getenv("ALDIS_TEST_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20261120;
	uint64_t random = seed;
	struct fixture f;

	setup(&f);
	list_files(&f);
	print_message("%d flips in %zu files of %zu bytes, ALDIS_TEST_SEED=%llu\n", FLIPS,
	              files.count, files.total, (unsigned long long)seed);
	for (unsigned flip = 0; flip < FLIPS; flip++) {
		size_t file = choose_file(&random, flip);
		size_t offset = next_random(&random) % files.lens[file];
		uint8_t change = (uint8_t)(1 + next_random(&random) % 255);

		assert_flip_is_named(&f, files.names[file], offset, change);
	}
	assert_yes(&f);
	teardown(&f);
}

/* Bodies, entries and an attachment in files that are too large to be read ahead. */
static void large_files_are_judged_too(void **state TEST_UNUSED)
{
	enum { BODY_LEN = 200 * 1024, ATTACHMENT_LEN = 3 << 20, ENTRY_LEN = 65000 };
	CLEANUP_BUF struct buf body = BUF_INIT(SIZE_MAX), entry = BUF_INIT(SIZE_MAX);
	CLEANUP_BUF struct buf attachment = BUF_INIT(SIZE_MAX);
	struct fixture f;

	make(&f);
	testing_channel_open(&f.channel, 3);
	memset(buf_extend(&body, BODY_LEN), 'b', BODY_LEN);
	buf_append_byte(&body, 0);
	memset(buf_extend(&attachment, ATTACHMENT_LEN), 'a', ATTACHMENT_LEN);
	memset(buf_extend(&entry, ENTRY_LEN), 'e', ENTRY_LEN);
	struct testing_message message = {.kind = "text",
	                                  .body = (const char *)body.data,
	                                  .attachments = {buf_view(&attachment)},
	                                  .attachment_count = 1};
	testing_channel_write(&f.channel, 0, &message);
	message.attachment_count = 0;
	for (size_t i = 0; i < 10; i++)
		testing_channel_write(&f.channel, 0, &message);
	for (size_t i = 0; i < 20; i++)
		testing_channel_append(&f.channel, 0, buf_view(&entry), view_of("", 0));
	testing_channel_seal(&f.channel);
	export_it(&f);
	assert_yes(&f);
	struct bundle_path name =
	    bundle_path_attachment(&f.channel.logs[0].attachments[0].id);
	struct bundle_path files_of_32[] = {in_log(&f, 0, "blobs/000.p/32"),
	                                    in_log(&f, 0, "tile/entries/000.p/32"),
	                                    in_log(&f, 0, name.text)};
	for (size_t i = 0; i < 3; i++) {
		assert_flip_is_named(&f, files_of_32[i].text, 0, 0x40);
		assert_flip_is_named(&f, files_of_32[i].text, 1000, 1);
		assert_flip_is_named(&f, files_of_32[i].text, 1200000, 1);
	}
	struct buf content = load(&f, files_of_32[0].text);
	buf_append_byte(&content, 0);
	store(&f, files_of_32[0].text, buf_view(&content));
	assert_no(&f, files_of_32[0].text, "not those that the export was made with");
	buf_release(&content);
	reseal(&f);
	assert_no(&f, files_of_32[0].text, "goes on");
	teardown(&f);
}

/* Files taken away, added, cut */

static void each_missing_file_is_named(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	list_files(&f);
	for (size_t i = 0; i < files.count; i++) {
		struct buf content = load(&f, files.names[i]);

		take_away(&f, files.names[i]);
		assert_no(&f, files.names[i], "missing");
		store(&f, files.names[i], buf_view(&content));
		buf_release(&content);
	}
	assert_yes(&f);
	teardown(&f);
}

static void each_cut_or_lengthened_file_is_named(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	list_files(&f);
	for (size_t i = 0; i < files.count; i++) {
		struct buf content = load(&f, files.names[i]);

		store(&f, files.names[i], view_of(content.data, content.len - 1));
		assert_no(&f, files.names[i], "");
		store(&f, files.names[i], view_of(content.data, 0));
		assert_no(&f, files.names[i], "");
		buf_append_byte(&content, '\n');
		store(&f, files.names[i], buf_view(&content));
		assert_no(&f, files.names[i], "");
		store(&f, files.names[i], view_of(content.data, content.len - 1));
		buf_release(&content);
	}
	assert_yes(&f);
	teardown(&f);
}

static void an_export_cut_short_has_no_manifest(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	take_away(&f, "manifest");
	assert_no(&f, "manifest", "cut short");
	teardown(&f);
}

static void a_file_too_many_is_named(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	store(&f, "notes.txt", view_of_string("not ours"));
	assert_no(&f, "notes.txt", "does not belong");
	take_away(&f, "notes.txt");
	struct bundle_path path = in_log(&f, 1, "tile/0/000");
	store(&f, path.text, view_of_string(""));
	assert_no(&f, path.text, "does not belong");
	take_away(&f, path.text);
	store(&f, "cards/\x1b[31m.note", view_of_string(""));
	assert_no(&f, "cards/?[31m.note", "does not belong");
	take_away(&f, "cards/\x1b[31m.note");
	assert_yes(&f);
	teardown(&f);
}

static void links_and_pipes_are_no_files(void **state TEST_UNUSED)
{
	char path[TESTING_PATH_MAX + 300];
	struct fixture f;

	setup(&f);
	struct buf charter = load(&f, "charter.note");
	take_away(&f, "charter.note");
	path_of(&f, "charter.note", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_no(&f, "charter.note", "not a plain file");
	take_away(&f, "charter.note");
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_no(&f, "charter.note", "not a plain file");
	take_away(&f, "charter.note");
	store(&f, "charter.note", buf_view(&charter));
	path_of(&f, "link", path);
	assert_int_equal(symlink("charter.note", path), 0);
	assert_no(&f, "link", "does not belong");
	buf_release(&charter);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_export_is_consistent_and_anchored_by_all_cards),
	    cmocka_unit_test(its_statements_are_plain_words),
	    cmocka_unit_test(without_a_card_of_each_desk_it_is_not_anchored),
	    cmocka_unit_test(another_root_under_a_trusted_name_is_a_no),
	    cmocka_unit_test(a_broken_trusted_card_is_not_the_exports_fault),
	    cmocka_unit_test(what_is_not_there_or_not_ours_is_said_so),
	    cmocka_unit_test(a_thousand_flipped_bytes_are_each_named),
	    cmocka_unit_test(large_files_are_judged_too),
	    cmocka_unit_test(each_missing_file_is_named),
	    cmocka_unit_test(each_cut_or_lengthened_file_is_named),
	    cmocka_unit_test(an_export_cut_short_has_no_manifest),
	    cmocka_unit_test(a_file_too_many_is_named),
	    cmocka_unit_test(links_and_pipes_are_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
