/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of exports only: an export of a channel of three desks on disk, its files
 * read and written, listed and signed anew, and the answer about it asserted.
 */
#ifndef ALDIS_BUNDLE_EXPORT_FIXTURE_H
#define ALDIS_BUNDLE_EXPORT_FIXTURE_H

#include "bundle/testing.h"

#include "bundle/list.h"
#include "bundle/manifest.h"
#include "bundle/verify.h"

enum { LONG_LOG = 300 };

#define TEXT_BODY "{\"language\":\"en\",\"text\":\"with something beside it\"}"

struct fixture {
	struct testing_channel channel;
	char folder[TESTING_PATH_MAX];
	char out[TESTING_PATH_MAX + 8];
};

/* north writes two bundles with attachments (one of them twice, one withheld) and a
 * malformed entry; south names what it saw of north, east writes little. */
static inline void write_channel(struct testing_channel *channel)
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

static inline void make(struct fixture *f)
{
	testing_folder_make(f->folder);
	(void)snprintf(f->out, sizeof f->out, "%s/out", f->folder);
}

static inline void export_it(struct fixture *f)
{
	struct error err = {0};
	enum status status = testing_channel_export(&f->channel, f->out, &err);

	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), err.text);
}

static inline void setup(struct fixture *f)
{
	make(f);
	write_channel(&f->channel);
	export_it(f);
}

static inline void teardown(struct fixture *f)
{
	testing_channel_release(&f->channel);
	testing_folder_remove(f->folder);
}

static inline struct bundle_result verify_with(const struct fixture *f,
                                               size_t trusted_count)
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

static inline void assert_yes(const struct fixture *f)
{
	struct bundle_result result = verify_with(f, 3);

	if (!result.is_consistent)
		fail_msg("%s: %s", result.file.text, result.why.text);
	assert_true(result.is_anchored);
	bundle_result_release(&result);
}

/* The answer is no, about this file, for a reason that holds these words. */
static inline void assert_no(const struct fixture *f, const char *file, const char *words)
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

static inline void path_of(const struct fixture *f, const char *name,
                           char ret_path[TESTING_PATH_MAX + 300])
{
	(void)snprintf(ret_path, TESTING_PATH_MAX + 300, "%s/%s", f->out, name);
}

/* A name in the folder of a desk's log. */
static inline struct bundle_path in_log(const struct fixture *f, size_t desk,
                                        const char *name)
{
	return bundle_path_join(f->channel.logs[desk].folder, name);
}

static inline struct buf load(const struct fixture *f, const char *name)
{
	char path[TESTING_PATH_MAX + 300];
	struct buf content = BUF_INIT(SIZE_MAX);
	struct error err = {0};

	path_of(f, name, path);
	if (file_read(path, &content, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return content;
}

static inline void store(const struct fixture *f, const char *name, struct view content)
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

static inline void take_away(const struct fixture *f, const char *name)
{
	char path[TESTING_PATH_MAX + 300];

	path_of(f, name, path);
	assert_int_equal(unlink(path), 0);
}

/* A card of a second south.example, as one who invents desks would make it. */
static inline struct buf other_card(const struct fixture *f)
{
	struct testing_desk other;
	struct buf note;

	testing_desk_init(&other, "other.example", NULL);
	other.card.name = f->channel.desks[1].card.name;
	testing_card_sign(&other.card, "other.example", &note);
	testing_desk_release(&other);
	return note;
}

/* Lists anew what lies in the folder. */
static inline void relist(const struct fixture *f)
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
static inline void resign(const struct fixture *f, manifest_change *change,
                          const char *signer)
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
static inline void reseal(const struct fixture *f)
{
	relist(f);
	resign(f, NULL, "north.example");
}

#endif
