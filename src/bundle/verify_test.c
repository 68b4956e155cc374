/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports of a channel of three desks, whole and damaged: by chance (one byte anywhere),
 * by hand (files taken away, added, cut), and by an exporter who signs what it falsified.
 */
#include "bundle/testing.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "bundle/list.h"
#include "bundle/manifest.h"
#include "bundle/verify.h"

enum { FLIPS = 1000, LONG_LOG = 300 };

#define TEXT_BODY "{\"language\":\"en\",\"text\":\"with something beside it\"}"

struct fixture {
	struct testing_channel channel;
	char folder[TESTING_PATH_MAX];
	char out[TESTING_PATH_MAX + 8];
};

/* north writes two bundles with attachments (one of them twice, one withheld) and a
 * malformed entry; south names what it saw of north, east writes little. */
static void write_channel(struct testing_channel *channel)
{
	struct record_seen seen = {.size = 40};
	struct view photo = view_of_string("the content of a photograph");
	struct testing_message attached = {.kind = "text",
	                                   .body = TEXT_BODY,
	                                   .attachments = {photo},
	                                   .attachment_count = 1};
	struct testing_message withheld = attached;
	struct testing_message seeing = {
	    .kind = "text", .body = TEXT_BODY, .seen = &seen, .seen_count = 1};

	testing_channel_open(channel, 3);
	testing_channel_fill(channel, 0, LONG_LOG - 1);
	testing_channel_write(channel, 0, &attached);
	testing_channel_write(channel, 0, &attached);
	withheld.attachments[0] = view_of_string("what has not come yet");
	withheld.is_attachment_withheld = true;
	testing_channel_write(channel, 0, &withheld);
	testing_channel_append(channel, 0, view_of_string("{\"aldis\":2}"),
	                       view_of("", 0));
	seen.desk = channel->desks[0].card.name;
	seen.root = testing_channel_root(channel, 0, seen.size);
	testing_channel_write(channel, 1, &seeing);
	testing_channel_fill(channel, 1, 3);
	testing_channel_seal(channel);
}

static void make(struct fixture *f)
{
	testing_folder_make(f->folder);
	(void)snprintf(f->out, sizeof f->out, "%s/out", f->folder);
}

static void export_it(struct fixture *f)
{
	struct error err = {0};
	enum status status = testing_channel_export(&f->channel, f->out, &err);

	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), err.text);
}

static void setup(struct fixture *f)
{
	make(f);
	write_channel(&f->channel);
	export_it(f);
}

static void teardown(struct fixture *f)
{
	testing_channel_release(&f->channel);
	testing_folder_remove(f->folder);
}

static struct bundle_result verify_with(const struct fixture *f, size_t trusted_count)
{
	struct view cards[TESTING_DESKS_MAX];
	struct bundle_verify_options options = {.cards = cards,
	                                        .card_count = trusted_count};
	struct bundle_result result = {0};
	struct error err = {0};

	for (size_t i = 0; i < trusted_count; i++)
		cards[i] = buf_view(&f->channel.desks[i].note);
	enum status status = bundle_verify(f->out, &options, &result, &err);
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), err.text);
	return result;
}

static void assert_yes(const struct fixture *f)
{
	struct bundle_result result = verify_with(f, 3);

	if (!result.is_consistent)
		fail_msg("%s: %s", result.file.text, result.why.text);
	assert_true(result.is_anchored);
	bundle_result_release(&result);
}

/* The answer is no, about this file, for a reason that holds these words. */
static void assert_no(const struct fixture *f, const char *file, const char *words)
{
	struct bundle_result result = verify_with(f, 3);

	assert_false(result.is_consistent);
	assert_false(result.is_anchored);
	assert_string_equal(result.file.text, file);
	if (strstr(result.why.text, words) == NULL)
		fail_msg("'%s' is not in '%s'", words, result.why.text);
	assert_int_equal(result.statement_count, 0);
	bundle_result_release(&result);
}

static void path_of(const struct fixture *f, const char *name,
                    char ret_path[TESTING_PATH_MAX + 300])
{
	(void)snprintf(ret_path, TESTING_PATH_MAX + 300, "%s/%s", f->out, name);
}

/* A name in the folder of a desk's log. */
static struct bundle_path in_log(const struct fixture *f, size_t desk, const char *name)
{
	return bundle_path_join(f->channel.logs[desk].folder, name);
}

static struct buf load(const struct fixture *f, const char *name)
{
	char path[TESTING_PATH_MAX + 300];
	struct buf content = BUF_INIT(SIZE_MAX);
	struct error err = {0};

	path_of(f, name, path);
	if (file_read(path, &content, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return content;
}

static void store(const struct fixture *f, const char *name, struct view content)
{
	char path[TESTING_PATH_MAX + 300];
	FILE *file;

	path_of(f, name, path);
	file = fopen(path, "w");
	assert_non_null(file);
	if (content.len > 0)
		assert_int_equal(fwrite(content.data, content.len, 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

static void take_away(const struct fixture *f, const char *name)
{
	char path[TESTING_PATH_MAX + 300];

	path_of(f, name, path);
	assert_int_equal(unlink(path), 0);
}

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

/* A card of a second south.example, as one who invents desks would make it. */
static struct buf other_card(const struct fixture *f)
{
	struct testing_desk other;
	struct buf note;

	testing_desk_init(&other, "other.example", NULL);
	other.card.name = f->channel.desks[1].card.name;
	testing_card_sign(&other.card, "other.example", &note);
	testing_desk_release(&other);
	return note;
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

/* Lists anew what lies in the folder. */
static void relist(const struct fixture *f)
{
	struct buf list = load(f, "files"), new_list = BUF_INIT(SIZE_MAX);
	struct view rest = buf_view(&list), line;

	while (view_take_line(&rest, &line)) {
		struct bundle_path path;
		struct hash hash;

		line.len++;
		assert_int_equal(bundle_list_line_decode(line, &hash, &path, NULL), 0);
		struct buf content = load(f, path.text);
		hash = sha256(buf_view(&content));
		bundle_list_append(&new_list, &hash, path.text);
		buf_release(&content);
	}
	store(f, "files", buf_view(&new_list));
	buf_release(&list);
	buf_release(&new_list);
}

typedef void manifest_change(struct bundle_manifest *manifest);

/* Signs the manifest anew for the list as it is, with a change or none. */
static void resign(const struct fixture *f, manifest_change *change, const char *signer)
{
	struct ed25519_secret *secret = testing_secret_new(signer, RECORD_ROLE_LINK);
	struct buf list = load(f, "files"), note = load(f, "manifest");
	struct buf new_note = BUF_INIT(SIZE_MAX);
	struct bundle_manifest manifest = {0};

	assert_int_equal(bundle_manifest_decode(buf_view(&note), &manifest, NULL), 0);
	manifest.list_hash = sha256(buf_view(&list));
	if (change != NULL)
		change(&manifest);
	assert_int_equal(bundle_manifest_append(&manifest, secret, &new_note, NULL), 0);
	store(f, "manifest", buf_view(&new_note));
	ed25519_secret_free(secret);
	bundle_manifest_release(&manifest);
	buf_release(&list);
	buf_release(&note);
	buf_release(&new_note);
}

/* As a false exporter would: all that is signed by north's link key is in order. */
static void reseal(const struct fixture *f)
{
	relist(f);
	resign(f, NULL, "north.example");
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

/* An exporter that falsifies: its list and manifest are in order */

struct falsification {
	const char *path_end;
	void (*change)(struct buf *body);
};

static void falsify(void *context, const char *path, struct buf *body)
{
	const struct falsification *how = context;
	size_t len = strlen(path), end = strlen(how->path_end);

	if (len >= end && strcmp(path + len - end, how->path_end) == 0)
		how->change(body);
}

static void flip_last(struct buf *body)
{
	body->data[body->len - 1] ^= 1;
}

static void cut_last(struct buf *body)
{
	body->len--;
}

static void lengthen(struct buf *body)
{
	buf_append_byte(body, 0);
}

/* Takes the body of the last entry of a bodies file away. */
static void drop_last_body(struct buf *body)
{
	size_t at = 0, last = 0;

	while (at < body->len) {
		last = at;
		at += 4 + ((size_t)body->data[at + 2] << 8 | body->data[at + 3]);
	}
	body->len = last;
	buf_append_u32(body, 0);
}

/* Gives a body to the entry that has none, the last of the long log. */
static void add_body(struct buf *body)
{
	body->len -= 4;
	buf_append_u32(body, 17);
	buf_append(body, "seventeen bytes!!", 17);
}

static void falsified_answers_are_found_though_signed(void **state TEST_UNUSED)
{
	static const struct {
		struct falsification how;
		size_t desk;
		const char *file, *words;
	} cases[] = {
	    {{"/tile/0/000", flip_last}, 0, "tile/0/000", "not those of the entries"},
	    {{"/tile/0/001.p/48", cut_last}, 0, "tile/0/001.p/48", "not those"},
	    {{"/tile/1/000.p/1", flip_last}, 0, "tile/1/000.p/1", "not those"},
	    {{"/tile/entries/000.p/1", flip_last},
	     2,
	     "tile/entries/000.p/1",
	     "does not begin with"},
	    {{"/blobs/000.p/5", flip_last}, 1, "blobs/000.p/5", "another hash"},
	    {{"/blobs/000.p/5", cut_last}, 1, "blobs/000.p/5", "cut short"},
	    {{"/blobs/000.p/5", lengthen}, 1, "blobs/000.p/5", "goes on"},
	    {{"/blobs/000.p/5", drop_last_body},
	     1,
	     "blobs/000.p/5",
	     "body of south.example#4 is missing"},
	    {{"/blobs/001.p/48", add_body},
	     0,
	     "blobs/001.p/48",
	     "body for north.example#303 that the entry does not name"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fixture f;

		make(&f);
		write_channel(&f.channel);
		f.channel.falsify = falsify;
		f.channel.falsify_context = (void *)&cases[i].how;
		export_it(&f);
		struct bundle_path file = in_log(&f, cases[i].desk, cases[i].file);
		assert_no(&f, file.text, cases[i].words);
		teardown(&f);
	}
}

static void a_falsified_attachment_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	flip_last(&f.channel.logs[0].attachments[0].blob);
	export_it(&f);
	struct bundle_path name =
	    bundle_path_attachment(&f.channel.logs[0].attachments[0].id);
	struct bundle_path file = in_log(&f, 0, name.text);
	assert_no(&f, file.text, "another hash");
	teardown(&f);
}

static void a_false_seen_root_is_found(void **state TEST_UNUSED)
{
	struct record_seen seen = {.size = 7};
	struct testing_message message = {
	    .kind = "text", .body = TEXT_BODY, .seen = &seen, .seen_count = 1};
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	seen.desk = f.channel.desks[1].card.name;
	seen.root = testing_channel_root(&f.channel, 1, 4);
	testing_channel_fill(&f.channel, 1, 10);
	testing_channel_write(&f.channel, 0, &message);
	testing_channel_seal(&f.channel);
	export_it(&f);
	struct bundle_path file = in_log(&f, 0, "tile/entries/001.p/49");
	assert_no(&f, file.text,
	          "north.example#304 names a root of south.example at size 7");
	teardown(&f);
}

static void references_beyond_the_export_are_counted(void **state TEST_UNUSED)
{
	struct record_seen seen = {.size = 1000};
	struct testing_message message = {
	    .kind = "text", .body = TEXT_BODY, .seen = &seen, .seen_count = 1};
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	seen.desk = f.channel.desks[1].card.name;
	testing_channel_write(&f.channel, 0, &message);
	testing_channel_seal(&f.channel);
	export_it(&f);
	struct bundle_result result = verify_with(&f, 3);
	assert_true(result.is_consistent);
	assert_int_equal(result.open_reference_count, 1);
	bundle_result_release(&result);
	teardown(&f);
}

static void a_log_of_another_charter_is_found(void **state TEST_UNUSED)
{
	struct testing_message message = {
	    .kind = "open",
	    .body = "{\"charter\":\"00000000000000000000000000000000"
	            "00000000000000000000000000000000\"}"};
	struct fixture f;

	make(&f);
	testing_channel_open(&f.channel, 2);
	/* south's log begins again, under no charter of this channel. */
	struct testing_log *log = &f.channel.logs[1];
	buf_release(&log->entries[0].entry);
	buf_release(&log->entries[0].blob);
	log->count = 0;
	test_tree_release(&log->tree);
	log->tree = (struct test_tree){0};
	testing_channel_write(&f.channel, 1, &message);
	testing_channel_seal(&f.channel);
	export_it(&f);
	struct view no_cards[1];
	struct bundle_verify_options options = {.cards = no_cards};
	struct bundle_result result = {0};
	assert_int_equal(bundle_verify(f.out, &options, &result, NULL), STATUS_OK);
	assert_false(result.is_consistent);
	struct bundle_path file = in_log(&f, 1, "blobs/000.p/1");
	assert_string_equal(result.file.text, file.text);
	assert_non_null(strstr(result.why.text, "not opened under this charter"));
	bundle_result_release(&result);
	teardown(&f);
}

static void resealing_alone_changes_nothing(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	reseal(&f);
	assert_yes(&f);
	teardown(&f);
}

static void replace_in(const struct fixture *f, const char *name, const char *what,
                       const char *by)
{
	struct buf content = load(f, name);
	size_t at = view_find(buf_view(&content), view_of_string(what));

	assert_int_equal(strlen(what), strlen(by));
	assert_int_not_equal(at, SIZE_MAX);
	memcpy(content.data + at, by, strlen(by));
	store(f, name, buf_view(&content));
	buf_release(&content);
}

/* Takes the last line of a note away. */
static void drop_last_line(const struct fixture *f, const char *name)
{
	struct buf content = load(f, name);

	content.len--;
	while (content.data[content.len - 1] != '\n')
		content.len--;
	store(f, name, buf_view(&content));
	buf_release(&content);
}

static void a_charter_not_signed_by_all_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	drop_last_line(&f, "charter.note");
	reseal(&f);
	assert_no(&f, "charter.note", "not signed by east.example");
	teardown(&f);
}

static void a_cosignature_taken_away_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	struct bundle_path policy = in_log(&f, 0, "policy");
	drop_last_line(&f, checkpoint.text);
	reseal(&f);
	assert_no(&f, policy.text, "not the policy");
	teardown(&f);
}

static void a_cosignature_that_does_not_verify_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	struct buf content = load(&f, checkpoint.text);
	/* Within the last signature, which is base64 without a change of length. */
	uint8_t *digit = &content.data[content.len - 20];
	*digit = *digit == 'A' ? 'B' : 'A';
	store(&f, checkpoint.text, buf_view(&content));
	buf_release(&content);
	reseal(&f);
	assert_no(&f, checkpoint.text, "does not verify");
	teardown(&f);
}

static void a_weaker_policy_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path policy = in_log(&f, 0, "policy");
	replace_in(&f, policy.text, "receipts all", "receipts any");
	reseal(&f);
	assert_no(&f, policy.text, "not the policy");
	teardown(&f);
}

static void a_card_of_another_desk_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct buf card = load(&f, "cards/south.example.note");
	store(&f, "cards/east.example.note", buf_view(&card));
	buf_release(&card);
	reseal(&f);
	assert_no(&f, "cards/east.example.note", "card of another desk");
	teardown(&f);
}

static void a_card_with_another_root_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct buf note = other_card(&f);
	store(&f, "cards/south.example.note", buf_view(&note));
	buf_release(&note);
	reseal(&f);
	assert_no(&f, "cards/south.example.note", "another root");
	teardown(&f);
}

/* What a newer card may change, and what not. */
static void a_newer_card_may_change_its_urls_alone(void **state TEST_UNUSED)
{
	struct fixture f;
	struct buf note;

	setup(&f);
	struct record_card card = f.channel.desks[1].card;
	card.serial++;
	strcpy(card.urls[card.url_count++], "https://192.0.2.8:8600");
	testing_card_sign(&card, "south.example", &note);
	store(&f, "cards/south.example.note", buf_view(&note));
	buf_release(&note);
	reseal(&f);
	assert_yes(&f);

	/* All keys but the root are those of another desk. */
	struct testing_desk other;
	testing_desk_init(&other, "other.example", NULL);
	card = f.channel.desks[1].card;
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++)
		if (role != RECORD_ROLE_ROOT)
			card.keys[role] = other.card.keys[role];
	note = BUF_INIT(RECORD_NOTE_MAX);
	assert_int_equal(record_card_append_text(&card, &note, NULL), STATUS_OK);
	buf_append_byte(&note, '\n');
	for (enum record_role role = 0; role < RECORD_ROLE_COUNT; role++) {
		if (role == RECORD_ROLE_BOX || !card.has_key[role])
			continue;
		struct ed25519_secret *secret = testing_secret_new(
		    role == RECORD_ROLE_ROOT ? "south.example" : "other.example", role);
		assert_int_equal(
		    record_card_append_signature(&card, role, secret, &note, NULL), 0);
		ed25519_secret_free(secret);
	}
	store(&f, "cards/south.example.note", buf_view(&note));
	buf_release(&note);
	testing_desk_release(&other);
	reseal(&f);
	assert_no(&f, "cards/south.example.note", "another log or mirror key");
	teardown(&f);
}

static void a_card_older_than_the_charters_is_found(void **state TEST_UNUSED)
{
	struct fixture f = {.channel.desk_count = 3};
	static const char *const names[] = {"north.example", "south.example",
	                                    "east.example"};
	struct buf old;

	make(&f);
	for (size_t i = 0; i < 3; i++)
		testing_desk_init(&f.channel.desks[i], names[i], NULL);
	struct testing_desk *south = &f.channel.desks[1];
	old = buf_take(&south->note);
	south->card.serial = 2;
	testing_card_sign(&south->card, names[1], &south->note);
	testing_channel_begin(&f.channel);
	testing_channel_seal(&f.channel);
	export_it(&f);
	assert_yes(&f);
	store(&f, "cards/south.example.note", buf_view(&old));
	buf_release(&old);
	reseal(&f);
	assert_no(&f, "cards/south.example.note", "older than");
	teardown(&f);
}

static void name_south(struct bundle_manifest *manifest)
{
	strcpy(manifest->exporter.text, "south.example");
}

static void name_other(struct bundle_manifest *manifest)
{
	strcpy(manifest->exporter.text, "other.example");
}

static void a_manifest_in_another_name_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	resign(&f, name_south, "north.example");
	assert_no(&f, "manifest", "does not verify");
	resign(&f, name_other, "other.example");
	assert_no(&f, "cards/other.example.note", "missing");
	struct testing_desk other;
	testing_desk_init(&other, "other.example", NULL);
	store(&f, "cards/other.example.note", buf_view(&other.note));
	testing_desk_release(&other);
	assert_no(&f, "manifest", "not a member");
	teardown(&f);
}

static void change_root(struct bundle_manifest *manifest)
{
	manifest->logs[0].root.bytes[0] ^= 1;
}

static void change_size(struct bundle_manifest *manifest)
{
	manifest->logs[0].size--;
}

static void change_count(struct bundle_manifest *manifest)
{
	manifest->list_count++;
}

static void change_channel(struct bundle_manifest *manifest)
{
	manifest->channel.hash.bytes[0] ^= 1;
	for (size_t i = 0; i < manifest->log_count; i++)
		manifest->logs[i].origin.channel = manifest->channel;
}

static void change_member(struct bundle_manifest *manifest)
{
	strcpy(manifest->logs[0].origin.desk.text, "other.example");
}

static void a_manifest_that_does_not_fit_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	resign(&f, change_root, "north.example");
	assert_no(&f, checkpoint.text, "another size or root");
	resign(&f, change_root, "north.example");
	resign(&f, change_size, "north.example");
	assert_no(&f, checkpoint.text, "another size or root");
	teardown(&f);
	setup(&f);
	resign(&f, change_count, "north.example");
	assert_no(&f, "files", "another number of files");
	teardown(&f);
	setup(&f);
	resign(&f, change_channel, "north.example");
	assert_no(&f, "charter.note", "another channel");
	teardown(&f);
	setup(&f);
	resign(&f, change_member, "north.example");
	assert_no(&f, "manifest", "not a member");
	teardown(&f);
}

static void a_list_with_a_false_hash_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path blobs = in_log(&f, 1, "blobs/000.p/5");
	struct buf list = load(&f, "files");
	size_t at = view_find(buf_view(&list), view_of_string(blobs.text)) - 66;
	list.data[at] = list.data[at] == '0' ? '1' : '0';
	store(&f, "files", buf_view(&list));
	buf_release(&list);
	resign(&f, NULL, "north.example");
	assert_no(&f, blobs.text, "not those that the export was made with");
	teardown(&f);
}

/* The author and all others may have signed it: the entries say otherwise. */
static void a_signed_root_that_is_not_the_entries_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	make(&f);
	write_channel(&f.channel);
	struct hash root = testing_channel_root(&f.channel, 0, 7);
	testing_channel_seal_as(&f.channel, 2, &root);
	export_it(&f);
	struct bundle_path checkpoint = in_log(&f, 2, "checkpoint");
	assert_no(&f, checkpoint.text, "not that of the entries");
	teardown(&f);
}

static void a_checkpoint_that_its_log_did_not_sign_is_found(void **state TEST_UNUSED)
{
	struct fixture f;

	setup(&f);
	struct bundle_path checkpoint = in_log(&f, 0, "checkpoint");
	struct buf content = load(&f, checkpoint.text);
	size_t line = view_find(buf_view(&content), view_of_string("\n\n")) + 2;
	size_t end = view_find(view_from(buf_view(&content), line), view_of_string("\n"));
	uint8_t *digit = &content.data[line + end - 20];
	*digit = *digit == 'A' ? 'B' : 'A';
	store(&f, checkpoint.text, buf_view(&content));
	buf_release(&content);
	reseal(&f);
	assert_no(&f, checkpoint.text, "verif");
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
	    cmocka_unit_test(falsified_answers_are_found_though_signed),
	    cmocka_unit_test(a_falsified_attachment_is_found),
	    cmocka_unit_test(a_false_seen_root_is_found),
	    cmocka_unit_test(references_beyond_the_export_are_counted),
	    cmocka_unit_test(a_log_of_another_charter_is_found),
	    cmocka_unit_test(resealing_alone_changes_nothing),
	    cmocka_unit_test(a_charter_not_signed_by_all_is_found),
	    cmocka_unit_test(a_cosignature_taken_away_is_found),
	    cmocka_unit_test(a_cosignature_that_does_not_verify_is_found),
	    cmocka_unit_test(a_weaker_policy_is_found),
	    cmocka_unit_test(a_card_of_another_desk_is_found),
	    cmocka_unit_test(a_card_with_another_root_is_found),
	    cmocka_unit_test(a_newer_card_may_change_its_urls_alone),
	    cmocka_unit_test(a_card_older_than_the_charters_is_found),
	    cmocka_unit_test(a_manifest_in_another_name_is_found),
	    cmocka_unit_test(a_manifest_that_does_not_fit_is_found),
	    cmocka_unit_test(a_list_with_a_false_hash_is_found),
	    cmocka_unit_test(a_signed_root_that_is_not_the_entries_is_found),
	    cmocka_unit_test(a_checkpoint_that_its_log_did_not_sign_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
