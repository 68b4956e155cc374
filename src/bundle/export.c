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
#include "bundle/cosigners.h"
#include "bundle/layout.h"
#include "bundle/list.h"
#include "bundle/manifest.h"
#include "record/charter.h"
#include "tlog/bundle.h"
#include "tlog/policy.h"

struct exporter {
	const struct bundle_export_source *source;
	const char *out_folder;
	int folder;
	int list_fd;
	struct sha256_stream list_hash;
	bool is_hashing;
	struct record_charter charter;
	struct bundle_manifest manifest;
	struct buf line; /* of the list */
	struct buf body; /* what was fetched last */
	struct json_doc doc;
	struct record_envelope envelope;
	struct buf attachments; /* struct record_blob_ref, of the bundle at hand */
	struct buf packed;      /* bodies of a bundle that were fetched one by one */
	struct body_ref {
		bool is_there;
		struct hash id;
	} bodies[TLOG_TILE_WIDTH]; /* of the bundle at hand */
};

/* One log being written. */
struct log_writer {
	struct exporter *exporter;
	const struct bundle_export_log *log;
	const struct record_card *author;
	char folder[HASH_HEX_LEN + 1];
	struct tlog_checkpoint checkpoint;
};

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

/* Writes one file of the export and its line of the list. */
static enum status keep(struct exporter *exporter, const char *folder, const char *name,
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

static enum status fetch(struct exporter *exporter, const char *path, size_t max,
                         struct error *err)
{
	const struct bundle_export_source *source = exporter->source;

	buf_clear(&exporter->body);
	exporter->body.max = max;
	TRY(source->fetch(source->fetch_context, path, &exporter->body, err));
	return buf_check(&exporter->body, "an answer of the desk", err);
}

/* Fetches what the desk serves of this log under the name, and writes it under the same
 * name. */
static enum status copy(struct log_writer *writer, const char *name, size_t max,
                        struct error *err)
{
	char path[BUNDLE_PATH_MAX + sizeof "/mirror/"];
	struct exporter *exporter = writer->exporter;
	struct bundle_path place = bundle_path_join(writer->folder, name);

	(void)snprintf(path, sizeof path, "/%s/%s",
	               writer->log->is_own ? "log" : "mirror", place.text);
	TRY(fetch(exporter, path, max, err));
	return keep(exporter, writer->folder, name, buf_view(&exporter->body), err);
}

/* Attachments */

static enum status note_attachments(struct log_writer *writer, uint64_t index,
                                    struct view entry, struct error *err)
{
	struct exporter *exporter = writer->exporter;
	struct record_envelope *envelope = &exporter->envelope;
	enum status status = record_envelope_decode(entry, &exporter->doc, envelope, err);

	if (status == STATUS_OK)
		status = record_envelope_check(envelope, &exporter->charter,
		                               writer->author->name.text, index, err);
	if (status == STATUS_MALFORMED)
		return STATUS_OK;
	TRY(status);
	exporter->bodies[index % TLOG_TILE_WIDTH] =
	    (struct body_ref){.is_there = envelope->has_body, .id = envelope->body.id};
	buf_append(&exporter->attachments, envelope->attachments,
	           envelope->attachment_count * sizeof *envelope->attachments);
	return STATUS_OK;
}

/* Which blobs do the entries of the bundle just fetched name? */
static enum status find_blobs(struct log_writer *writer, const struct tlog_tile *bundle,
                              struct error *err)
{
	struct exporter *exporter = writer->exporter;
	struct reader reader = reader_of(buf_view(&exporter->body));
	uint64_t index = bundle->index * TLOG_TILE_WIDTH;
	struct view entry;

	TRY(tlog_bundle_check(buf_view(&exporter->body), bundle->width, err));
	buf_clear(&exporter->attachments);
	memset(exporter->bodies, 0, sizeof exporter->bodies);
	for (; tlog_bundle_next(&reader, &entry); index++)
		TRY(note_attachments(writer, index, entry, err));
	return buf_check(&exporter->attachments, "the attachments of a bundle", err);
}

/* One that the desk does not hold yet is left out; `verify` counts it. */
static enum status write_attachment(struct log_writer *writer, const struct hash *id,
                                    struct error *err)
{
	struct exporter *exporter = writer->exporter;
	struct bundle_path name = bundle_path_attachment(id);
	struct bundle_path place = bundle_path_join(writer->folder, name.text);
	char path[BUNDLE_PATH_MAX], hex[HASH_HEX_LEN + 1];
	enum status status;

	if (faccessat(exporter->folder, place.text, F_OK, 0) == 0)
		return STATUS_OK;
	hash_hex(id, hex);
	(void)snprintf(path, sizeof path, "/blob/%s/%s", writer->folder, hex);
	status = fetch(exporter, path, RECORD_ATTACHMENT_BLOB_MAX, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	return keep(exporter, writer->folder, name.text, buf_view(&exporter->body), err);
}

static enum status write_attachments(struct log_writer *writer, struct error *err)
{
	struct view rest = buf_view(&writer->exporter->attachments);
	struct record_blob_ref ref;

	for (; rest.len > 0; rest = view_from(rest, sizeof ref)) {
		memcpy(&ref, rest.data, sizeof ref);
		TRY(write_attachment(writer, &ref.id, err));
	}
	return STATUS_OK;
}

/* Logs */

/* A desk serves no answer above 32 MiB: then each body is asked for by its own name. */
static enum status pack_bodies(struct log_writer *writer, const struct tlog_tile *bundle,
                               const char *name, struct error *err)
{
	struct exporter *exporter = writer->exporter;
	uint64_t first = bundle->index * TLOG_TILE_WIDTH;

	buf_clear(&exporter->packed);
	for (uint16_t i = 0; i < bundle->width; i++) {
		char path[BUNDLE_PATH_MAX], hex[HASH_HEX_LEN + 1];

		buf_clear(&exporter->body);
		if (exporter->bodies[i].is_there) {
			hash_hex(&exporter->bodies[i].id, hex);
			(void)snprintf(path, sizeof path, "/blob/%s/%s?entry=%llu",
			               writer->folder, hex,
			               (unsigned long long)(first + i));
			TRY(fetch(exporter, path, RECORD_BODY_MAX + RECORD_SALT_LEN,
			          err));
		}
		buf_append_u32(&exporter->packed, (uint32_t)exporter->body.len);
		buf_append_view(&exporter->packed, buf_view(&exporter->body));
	}
	TRY(buf_check(&exporter->packed, "the bodies of a bundle", err));
	return keep(exporter, writer->folder, name, buf_view(&exporter->packed), err);
}

static enum status write_bundle(struct log_writer *writer, uint64_t index,
                                struct error *err)
{
	uint64_t size = writer->checkpoint.size;
	struct tlog_tile bundle = bundle_entries_tile(size, index);
	struct tlog_tile tiles[BUNDLE_TILE_LEVELS];
	size_t tile_count = bundle_tiles_behind(size, index, tiles);
	struct bundle_path name = bundle_path_tile(&bundle);

	TRY(copy(writer, name.text, BUNDLE_ENTRIES_LEN_MAX, err));
	TRY(find_blobs(writer, &bundle, err));
	for (size_t i = 0; i < tile_count; i++) {
		name = bundle_path_tile(&tiles[i]);
		TRY(copy(writer, name.text, BUNDLE_TILE_LEN_MAX, err));
	}
	name = bundle_path_blobs(&bundle);
	enum status status = copy(writer, name.text, BUNDLE_BLOBS_LEN_MAX, err);
	if (status == STATUS_LIMIT)
		status = pack_bodies(writer, &bundle, name.text, err);
	TRY(status);
	return write_attachments(writer, err);
}

/* The policy that the lines of the checkpoint just fetched fit. */
static enum status write_policy(struct log_writer *writer, struct error *err)
{
	struct exporter *exporter = writer->exporter;
	CLEANUP_BUF struct buf policy = BUF_INIT(TLOG_POLICY_MAX);
	struct bundle_cosigners cosigners;

	TRY(bundle_cosigners_find(&exporter->charter, writer->author,
	                          buf_view(&exporter->body), &cosigners, err));
	TRY(bundle_policy_append(writer->log->origin, writer->author, &cosigners, &policy,
	                         err));
	return keep(exporter, writer->folder, "policy", buf_view(&policy), err);
}

static enum status open_checkpoint(struct log_writer *writer, struct error *err)
{
	struct tlog_vkey key;

	TRY(record_log_vkey(writer->log->origin, &writer->author->keys[RECORD_ROLE_LOG],
	                    &key, err));
	TRY(tlog_checkpoint_open(buf_view(&writer->exporter->body), &key,
	                         &writer->checkpoint, err));
	if (writer->checkpoint.size > BUNDLE_SIZE_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the log is larger than an export can hold");
	return STATUS_OK;
}

static enum status write_log(struct log_writer *writer, struct error *err)
{
	struct exporter *exporter = writer->exporter;
	struct bundle_manifest_log *entry =
	    &exporter->manifest.logs[exporter->manifest.log_count];
	enum status status = copy(writer, "checkpoint", TLOG_NOTE_MAX, err);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	TRY(open_checkpoint(writer, err));
	TRY(write_policy(writer, err));
	for (uint64_t i = 0; i < bundle_entries_count(writer->checkpoint.size); i++)
		TRY(write_bundle(writer, i, err));
	TRY(record_origin_decode(view_of_string(writer->log->origin), &entry->origin,
	                         err));
	entry->size = writer->checkpoint.size;
	entry->root = writer->checkpoint.root;
	exporter->manifest.log_count++;
	return STATUS_OK;
}

static enum status write_logs(struct exporter *exporter, struct error *err)
{
	const struct bundle_export_source *source = exporter->source;

	exporter->manifest.logs =
	    calloc(source->log_count + 1, sizeof *exporter->manifest.logs);
	if (exporter->manifest.logs == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the manifest");
	for (size_t i = 0; i < source->log_count; i++) {
		struct log_writer writer = {.exporter = exporter,
		                            .log = &source->logs[i]};
		struct record_origin origin;

		TRY(record_origin_decode(view_of_string(writer.log->origin), &origin,
		                         err));
		size_t member =
		    record_charter_member(&exporter->charter, origin.desk.text);
		if (member == SIZE_MAX)
			return error_set(err, STATUS_CONFLICT,
			                 "%s is not a member of the channel",
			                 origin.desk.text);
		writer.author = &exporter->charter.members[member];
		bundle_log_folder(writer.log->origin, writer.folder);
		enum status status = write_log(&writer, err);
		if (status != STATUS_OK)
			return error_context(err, status, "log of %s", origin.desk.text);
	}
	return STATUS_OK;
}

/* Charter and cards */

static enum status write_charter(struct exporter *exporter, struct error *err)
{
	struct view text = exporter->source->charter_note;
	struct tlog_note note;

	TRY(tlog_note_parse(text, &note, err));
	TRY(record_charter_decode(note.text, &exporter->charter, err));
	exporter->manifest.channel.hash = exporter->charter.digest;
	return keep(exporter, "", BUNDLE_CHARTER, text, err);
}

static enum status write_card(struct exporter *exporter, const char *desk,
                              struct error *err)
{
	const struct bundle_export_source *source = exporter->source;

	for (size_t i = 0; i < source->card_count; i++) {
		struct record_card card;

		TRY(record_card_open(source->card_notes[i], &card, err));
		if (strcmp(card.name.text, desk) != 0)
			continue;
		struct bundle_path path = bundle_path_card(desk);
		return keep(exporter, "", path.text, source->card_notes[i], err);
	}
	return error_set(err, STATUS_NOT_FOUND, "there is no card of %s", desk);
}

static enum status write_cards(struct exporter *exporter, struct error *err)
{
	for (size_t i = 0; i < exporter->charter.member_count; i++)
		TRY(write_card(exporter, exporter->charter.members[i].name.text, err));
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
	TRY(record_name_decode(view_of_string(exporter->source->exporter),
	                       &exporter->manifest.exporter, err));
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
	TRY(open_out(exporter, err));
	TRY(write_charter(exporter, err));
	TRY(write_cards(exporter, err));
	TRY(write_logs(exporter, err));
	return write_manifest(exporter, err);
}

static void release(struct exporter *exporter)
{
	cleanup_fd(&exporter->folder);
	cleanup_fd(&exporter->list_fd);
	if (exporter->is_hashing)
		(void)sha256_close(&exporter->list_hash);
	record_charter_release(&exporter->charter);
	bundle_manifest_release(&exporter->manifest);
	buf_release(&exporter->line);
	buf_release(&exporter->body);
	buf_release(&exporter->attachments);
	buf_release(&exporter->packed);
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
