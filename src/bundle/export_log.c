/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One log of an export: checkpoint and policy, then bundle by bundle what the desk serves
 * of it. Which charter governs an entry is followed for its body and attachments alone.
 */
#include "bundle/export_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bundle/cosigners.h"
#include "record/blob.h"
#include "tlog/bundle.h"
#include "tlog/policy.h"

struct log_writer {
	struct exporter *exporter;
	const struct bundle_export_log *log;
	const struct record_card *signer; /* of the checkpoint */
	char folder[HASH_HEX_LEN + 1];
	struct tlog_checkpoint checkpoint;
	struct bundle_log *place;
};

static enum status fetch_into(struct exporter *exporter, const char *path,
                              struct buf *ret_body, struct error *err)
{
	const struct bundle_export_source *source = exporter->source;

	buf_clear(ret_body);
	TRY(source->fetch(source->fetch_context, path, ret_body, err));
	return buf_check(ret_body, "an answer of the desk", err);
}

static enum status fetch(struct exporter *exporter, const char *path, size_t max,
                         struct error *err)
{
	exporter->body.max = max;
	return fetch_into(exporter, path, &exporter->body, err);
}

/* The body of an entry, whether its bundle is packed or not. */
static enum status fetch_body(const struct log_writer *writer, const struct hash *id,
                              uint64_t index, struct buf *ret_body, struct error *err)
{
	char path[BUNDLE_PATH_MAX], hex[HASH_HEX_LEN + 1];

	hash_hex(id, hex);
	(void)snprintf(path, sizeof path, "/blob/%s/%s?entry=%llu", writer->folder, hex,
	               (unsigned long long)index);
	ret_body->max = RECORD_BODY_MAX + RECORD_SALT_LEN;
	return fetch_into(writer->exporter, path, ret_body, err);
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
	return export_keep(exporter, writer->folder, name, buf_view(&exporter->body),
	                   err);
}

/* Entries */

static enum status follow_amendment(struct log_writer *writer, uint64_t index,
                                    struct error *err)
{
	struct exporter *exporter = writer->exporter;
	struct buf *body = &exporter->amendment;

	TRY(fetch_body(writer, &exporter->envelope.body.id, index, body, err));
	if (body->len >= RECORD_SALT_LEN)
		(void)bundle_log_amend(&exporter->channel, writer->place,
		                       record_blob_content(buf_view(body)),
		                       &exporter->doc);
	return STATUS_OK;
}

static enum status note_entry(struct log_writer *writer, uint64_t index,
                              struct view entry, struct error *err)
{
	struct exporter *exporter = writer->exporter;
	struct record_envelope *envelope = &exporter->envelope;
	enum status status = record_envelope_decode(entry, &exporter->doc, envelope, err);

	if (status == STATUS_OK)
		status = bundle_log_judge(&exporter->channel, writer->place, envelope,
		                          index, err);
	if (status == STATUS_MALFORMED)
		return STATUS_OK;
	TRY(status);
	exporter->bodies[index % TLOG_TILE_WIDTH] =
	    (struct body_ref){.is_there = envelope->has_body, .id = envelope->body.id};
	buf_append(&exporter->attachments, envelope->attachments,
	           envelope->attachment_count * sizeof *envelope->attachments);
	if (envelope->has_body && strcmp(envelope->kind, "charter.amend") == 0)
		return follow_amendment(writer, index, err);
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
		if (index >= writer->place->base)
			TRY(note_entry(writer, index, entry, err));
	return buf_check(&exporter->attachments, "the attachments of a bundle", err);
}

/* Attachments */

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
	return export_keep(exporter, writer->folder, name.text, buf_view(&exporter->body),
	                   err);
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

/* Bundles */

/* A desk serves no answer above 32 MiB: then each body is asked for by its own name. */
static enum status pack_bodies(struct log_writer *writer, const struct tlog_tile *bundle,
                               const char *name, struct error *err)
{
	struct exporter *exporter = writer->exporter;
	uint64_t first = bundle->index * TLOG_TILE_WIDTH;

	buf_clear(&exporter->packed);
	for (uint16_t i = 0; i < bundle->width; i++) {
		buf_clear(&exporter->body);
		if (exporter->bodies[i].is_there)
			TRY(fetch_body(writer, &exporter->bodies[i].id, first + i,
			               &exporter->body, err));
		buf_append_u32(&exporter->packed, (uint32_t)exporter->body.len);
		buf_append_view(&exporter->packed, buf_view(&exporter->body));
	}
	TRY(buf_check(&exporter->packed, "the bodies of a bundle", err));
	return export_keep(exporter, writer->folder, name, buf_view(&exporter->packed),
	                   err);
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

	TRY(bundle_cosigners_find(&exporter->channel, writer->place->member,
	                          buf_view(&exporter->body), &cosigners, err));
	TRY(bundle_policy_append(writer->log->origin, writer->signer, &cosigners, &policy,
	                         err));
	return export_keep(exporter, writer->folder, "policy", buf_view(&policy), err);
}

static enum status open_checkpoint(struct log_writer *writer,
                                   const struct bundle_member *member, struct error *err)
{
	TRY(bundle_channel_open_checkpoint(member, writer->log->origin,
	                                   buf_view(&writer->exporter->body),
	                                   &writer->checkpoint, &writer->signer, err));
	if (writer->checkpoint.size > BUNDLE_SIZE_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the log is larger than an export can hold");
	return STATUS_OK;
}

/* The entry of the manifest, and where the log stands in the channel. */
static enum status place(struct log_writer *writer, const struct record_origin *origin,
                         struct error *err)
{
	struct exporter *exporter = writer->exporter;
	size_t index = exporter->manifest.log_count;
	struct bundle_manifest_log *entry = &exporter->manifest.logs[index];

	*entry = (struct bundle_manifest_log){.origin = *origin,
	                                      .size = writer->checkpoint.size,
	                                      .root = writer->checkpoint.root,
	                                      .base = writer->log->base};
	if (entry->base > entry->size)
		entry->base = entry->size;
	writer->place = &exporter->logs[index];
	record_origin_encode(origin, entry->origin_text);
	return bundle_log_place(&exporter->channel, &exporter->manifest, exporter->logs,
	                        index, writer->place, err);
}

static enum status write_log(struct log_writer *writer,
                             const struct record_origin *origin, struct error *err)
{
	struct exporter *exporter = writer->exporter;
	const struct bundle_member *member =
	    bundle_channel_member(&exporter->channel, origin->desk.text);
	enum status status;

	if (member == NULL)
		return error_set(err, STATUS_CONFLICT, "is of no member of the channel");
	status = copy(writer, "checkpoint", TLOG_NOTE_MAX, err);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	TRY(open_checkpoint(writer, member, err));
	TRY(place(writer, origin, err));
	TRY(write_policy(writer, err));
	for (uint64_t i = 0; i < bundle_entries_count(writer->checkpoint.size); i++)
		TRY(write_bundle(writer, i, err));
	exporter->manifest.log_count++;
	return STATUS_OK;
}

enum status export_write_log(struct exporter *exporter,
                             const struct bundle_export_log *log, struct error *err)
{
	struct log_writer writer = {.exporter = exporter, .log = log};
	struct record_origin origin;
	enum status status;

	TRY(record_origin_decode(view_of_string(log->origin), &origin, err));
	bundle_log_folder(log->origin, writer.folder);
	status = write_log(&writer, &origin, err);
	if (status != STATUS_OK)
		return error_context(err, status, "log of %s", origin.desk.text);
	return STATUS_OK;
}
