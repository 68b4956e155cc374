/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writer of exports. Files are made one after the other in the order of the list; one
 * sync of the file system at the end, before the manifest, makes them all durable.
 */
#include "bundle/export.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bundle/export_parts.h"
#include "bundle/list.h"

/* Files */

static enum status write_all(int fd, struct view bytes, const char *path,
                             struct error *err)
{
	while (bytes.len > 0) {
		ssize_t count = write(fd, bytes.data, bytes.len);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, "can't write %s", path);
		bytes = view_from(bytes, (size_t)count);
	}
	return STATUS_OK;
}

static enum status make_parents(int folder, const char *path, struct error *err)
{
	struct bundle_path parent = bundle_path_join("", path);

	for (char *slash = parent.text; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (mkdirat(folder, parent.text, 0700) != 0 && errno != EEXIST)
			return error_set_errno(err, "can't make the folder %s",
			                       parent.text);
		*slash = '/';
	}
	return STATUS_OK;
}

static enum status create_file(int folder, const char *path, int *ret_fd,
                               struct error *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = openat(folder, path, flags, 0600);

	if (fd < 0 && errno == ENOENT) {
		TRY(make_parents(folder, path, err));
		fd = openat(folder, path, flags, 0600);
	}
	if (fd < 0)
		return error_set_errno(err, "can't make %s", path);
	*ret_fd = fd;
	return STATUS_OK;
}

enum status export_keep(struct exporter *exporter, const char *folder, const char *name,
                        struct view bytes, struct error *err)
{
	CLEANUP_FD int fd = -1;
	struct bundle_path path = bundle_path_join(folder, name);
	struct hash hash = sha256(bytes);

	TRY(create_file(exporter->folder, path.text, &fd, err));
	TRY(write_all(fd, bytes, path.text, err));
	buf_clear(&exporter->line);
	bundle_list_append(&exporter->line, &hash, path.text);
	TRY(buf_check(&exporter->line, "a line of the list", err));
	sha256_update(&exporter->list_hash, buf_view(&exporter->line));
	exporter->manifest.list_count++;
	return write_all(exporter->list_fd, buf_view(&exporter->line), BUNDLE_LIST, err);
}

/* Papers */

static enum status write_charter(struct exporter *exporter, size_t number,
                                 struct error *err)
{
	struct view note = exporter->source->charter_notes[number];
	struct bundle_path path = bundle_path_amendment(number);
	enum status status = bundle_channel_add_charter(&exporter->channel, note, err);

	if (status != STATUS_OK)
		return error_context(err, status, "charter %zu", number + 1);
	return export_keep(exporter, "", number == 0 ? BUNDLE_CHARTER : path.text, note,
	                   err);
}

static enum status write_ending(struct exporter *exporter, size_t number,
                                struct error *err)
{
	struct view note = exporter->source->log_end_notes[number];
	struct bundle_path path = bundle_path_log_end(number + 1);
	enum status status = bundle_channel_add_ending(&exporter->channel, note, err);

	if (status != STATUS_OK)
		return error_context(err, status, "end of a log");
	return export_keep(exporter, "", path.text, note, err);
}

/* A card that is known beside those in the charters. */
struct known_card {
	struct record_card card;
	struct view note;
	size_t member;
	bool is_newest;
};

/* By member, the oldest first. */
static int compare_cards(const void *a, const void *b)
{
	const struct known_card *x = a, *y = b;

	if (x->member != y->member)
		return x->member < y->member ? -1 : 1;
	return (x->card.serial > y->card.serial) - (x->card.serial < y->card.serial);
}

static bool is_in_charter(const struct exporter *exporter, const struct record_card *card)
{
	const struct bundle_channel *channel = &exporter->channel;

	for (size_t i = 0; i < channel->charter_count; i++) {
		size_t at = record_charter_member(&channel->charters[i], card->name.text);

		if (at != SIZE_MAX &&
		    channel->charters[i].members[at].serial == card->serial)
			return true;
	}
	return false;
}

static enum status read_cards(struct exporter *exporter, struct known_card *cards,
                              size_t *ret_count, struct error *err)
{
	const struct bundle_export_source *source = exporter->source;

	*ret_count = 0;
	for (size_t i = 0; i < source->card_count; i++) {
		struct known_card *card = &cards[*ret_count];
		const struct bundle_member *member;

		TRY(record_card_open(source->card_notes[i], &card->card, err));
		member = bundle_channel_member(&exporter->channel, card->card.name.text);
		if (member == NULL)
			continue;
		card->note = source->card_notes[i];
		card->member = (size_t)(member - exporter->channel.members);
		++*ret_count;
	}
	return STATUS_OK;
}

/* The newest card of a desk, unless a charter has a newer one. */
static void find_newest(const struct exporter *exporter, struct known_card *cards,
                        size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct record_card *of_charter = bundle_channel_charter_card(
		    &exporter->channel, cards[i].card.name.text);

		cards[i].is_newest =
		    (i + 1 == count || cards[i + 1].member != cards[i].member) &&
		    cards[i].card.serial >= of_charter->serial;
	}
}

static enum status write_card(struct exporter *exporter, const struct known_card *card,
                              const char *path, struct error *err)
{
	enum status status =
	    bundle_channel_add_card(&exporter->channel, &card->card, err);

	if (status != STATUS_OK)
		return error_context(err, status, "card of %s", card->card.name.text);
	return export_keep(exporter, "", path, card->note, err);
}

static enum status write_sorted(struct exporter *exporter, const struct known_card *cards,
                                size_t count, struct error *err)
{
	size_t older = 0;

	for (size_t i = 0; i < count; i++)
		if (cards[i].is_newest) {
			struct bundle_path path =
			    bundle_path_card(cards[i].card.name.text);

			TRY(write_card(exporter, &cards[i], path.text, err));
		}
	for (size_t i = 0; i < count; i++) {
		bool is_double = i > 0 && compare_cards(&cards[i - 1], &cards[i]) == 0;

		if (cards[i].is_newest || is_double ||
		    is_in_charter(exporter, &cards[i].card))
			continue;
		struct bundle_path path = bundle_path_older_card(++older);
		TRY(write_card(exporter, &cards[i], path.text, err));
	}
	return STATUS_OK;
}

static enum status write_cards(struct exporter *exporter, struct error *err)
{
	CLEANUP_FREE struct known_card *cards =
	    calloc(exporter->source->card_count + 1, sizeof *cards);
	size_t count;

	if (cards == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for cards");
	TRY(read_cards(exporter, cards, &count, err));
	qsort(cards, count, sizeof *cards, compare_cards);
	find_newest(exporter, cards, count);
	return write_sorted(exporter, cards, count, err);
}

static enum status write_papers(struct exporter *exporter, struct error *err)
{
	const struct bundle_export_source *source = exporter->source;

	for (size_t i = 0; i < source->charter_count; i++)
		TRY(write_charter(exporter, i, err));
	if (source->charter_count == 0)
		return error_set(err, STATUS_NOT_FOUND, "there is no charter");
	exporter->manifest.channel.hash = exporter->channel.charters[0].digest;
	for (size_t i = 0; i < source->log_end_count; i++)
		TRY(write_ending(exporter, i, err));
	TRY(write_cards(exporter, err));
	return bundle_channel_settle(&exporter->channel, err);
}

static enum status write_logs(struct exporter *exporter, struct error *err)
{
	const struct bundle_export_source *source = exporter->source;
	struct bundle_manifest *manifest = &exporter->manifest;
	enum status status;

	manifest->logs = calloc(source->log_count + 1, sizeof *manifest->logs);
	exporter->logs = calloc(source->log_count + 1, sizeof *exporter->logs);
	if (manifest->logs == NULL || exporter->logs == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the manifest");
	for (size_t i = 0; i < source->log_count; i++)
		TRY(export_write_log(exporter, &source->logs[i], err));
	status = bundle_channel_check_whole(&exporter->channel, exporter->logs,
	                                    manifest->log_count, err);
	if (status != STATUS_OK)
		return error_set(err, STATUS_AGAIN,
		                 "the charter was amended meanwhile: export again");
	return STATUS_OK;
}

/* The whole */

static enum status check_is_empty(const char *path, struct error *err)
{
	DIR *folder = opendir(path);
	const struct dirent *item;
	bool is_empty = true;

	if (folder == NULL)
		return error_set_errno(err, "can't open the folder %s", path);
	while ((item = readdir(folder)) != NULL)
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
			is_empty = false;
	(void)closedir(folder);
	if (!is_empty)
		return error_set(err, STATUS_CONFLICT,
		                 "the folder %s is not empty; name a new one", path);
	return STATUS_OK;
}

static enum status open_out(struct exporter *exporter, struct error *err)
{
	const char *path = exporter->out_folder;

	TRY(file_make_folder(path, 0700, err));
	TRY(check_is_empty(path, err));
	exporter->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (exporter->folder < 0)
		return error_set_errno(err, "can't open the folder %s", path);
	TRY(create_file(exporter->folder, BUNDLE_LIST, &exporter->list_fd, err));
	exporter->list_hash = sha256_open();
	exporter->is_hashing = true;
	return STATUS_OK;
}

static enum status write_manifest(struct exporter *exporter, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	CLEANUP_FREE char *path = NULL;

	exporter->manifest.list_hash = sha256_close(&exporter->list_hash);
	exporter->is_hashing = false;
	exporter->manifest.date_s = exporter->source->date_s;
	TRY(bundle_manifest_append(&exporter->manifest, exporter->source->link_secret,
	                           &note, err));
	if (syncfs(exporter->folder) != 0)
		return error_set_errno(err, "can't make the export durable");
	if (asprintf(&path, "%s/%s", exporter->out_folder, BUNDLE_MANIFEST) < 0) {
		path = NULL;
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a path");
	}
	return file_create(path, buf_view(&note), 0600, err);
}

static enum status write_export(struct exporter *exporter, struct error *err)
{
	TRY(record_name_decode(view_of_string(exporter->source->exporter),
	                       &exporter->manifest.exporter, err));
	TRY(open_out(exporter, err));
	TRY(write_papers(exporter, err));
	TRY(write_logs(exporter, err));
	return write_manifest(exporter, err);
}

static void release(struct exporter *exporter)
{
	cleanup_fd(&exporter->folder);
	cleanup_fd(&exporter->list_fd);
	if (exporter->is_hashing)
		(void)sha256_close(&exporter->list_hash);
	bundle_channel_release(&exporter->channel);
	free(exporter->logs);
	bundle_manifest_release(&exporter->manifest);
	buf_release(&exporter->line);
	buf_release(&exporter->body);
	buf_release(&exporter->attachments);
	buf_release(&exporter->packed);
	buf_release(&exporter->amendment);
	json_release(&exporter->doc);
	record_envelope_release(&exporter->envelope);
}

enum status bundle_export(const struct bundle_export_source *source,
                          const char *out_folder, struct error *err)
{
	struct exporter exporter = {
	    .source = source,
	    .out_folder = out_folder,
	    .folder = -1,
	    .list_fd = -1,
	    .line = BUF_INIT(1024),
	    .packed = BUF_INIT(BUNDLE_BLOBS_LEN_MAX),
	    .attachments = BUF_INIT(TLOG_TILE_WIDTH * RECORD_ATTACHMENTS_MAX *
	                            sizeof(struct record_blob_ref)),
	};
	enum status status = write_export(&exporter, err);

	release(&exporter);
	return status;
}
