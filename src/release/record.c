/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a channel through the paths that a desk serves, log after log.
 */
#include "release/record.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/cosigners.h"
#include "bundle/layout.h"
#include "record/blob.h"
#include "release/manifest.h"
#include "tlog/bundle.h"

enum { LOG_BYTES_MAX = 1 << 30 };

void release_record_release(struct release_record *record)
{
	for (size_t i = 0; i < record->log_count; i++) {
		struct release_held_log *log = &record->logs[i];

		buf_release(&log->note);
		buf_release(&log->bytes);
		free(log->entries);
		free(log->leaves);
	}
	free(record->logs);
	buf_release(&record->packed);
	bundle_channel_release(&record->channel);
	json_release(&record->doc);
	record_envelope_release(&record->envelope);
	*record = (struct release_record){0};
}

/* Papers */

static enum status add_cards(struct release_record *record, struct error *err)
{
	const struct bundle_export_source *source = record->source;
	struct record_card card;

	for (size_t i = 0; i < source->card_count; i++) {
		TRY(bundle_channel_open_card(&record->channel, source->card_notes[i],
		                             &card, err));
		if (bundle_channel_charter_card(&record->channel, card.name.text) != NULL)
			TRY(bundle_channel_add_card(&record->channel, &card, err));
	}
	return STATUS_OK;
}

static enum status read_papers(struct release_record *record, struct error *err)
{
	const struct bundle_export_source *source = record->source;

	bundle_channel_limit(&record->channel);
	for (size_t i = 0; i < source->charter_count; i++)
		TRY(bundle_channel_add_charter(&record->channel, source->charter_notes[i],
		                               err));
	if (record->channel.charter_count == 0)
		return error_set(err, STATUS_CONFLICT, "the channel is not open yet");
	TRY(add_cards(record, err));
	TRY(bundle_channel_settle(&record->channel, err));
	if (source->log_end_count > RELEASE_ENDS_MAX)
		return error_set(err, STATUS_LIMIT, "more logs were ended than can be");
	for (size_t i = 0; i < source->log_end_count; i++)
		TRY(bundle_channel_add_ending(&record->channel, source->log_end_notes[i],
		                              err));
	return STATUS_OK;
}

/* Logs */

static enum status fetch(const struct release_record *record, const char *path,
                         struct buf *ret_body, struct error *err)
{
	const struct bundle_export_source *source = record->source;

	buf_clear(ret_body);
	TRY(source->fetch(source->fetch_context, path, ret_body, err));
	return buf_check(ret_body, "an answer of the desk", err);
}

static enum status fetch_of(const struct release_record *record,
                            const struct release_held_log *log, const char *name,
                            struct buf *ret_body, struct error *err)
{
	char path[BUNDLE_PATH_MAX * 2];

	(void)snprintf(path, sizeof path, "/%s/%s/%s",
	               log->source->is_own ? "log" : "mirror", log->folder, name);
	return fetch(record, path, ret_body, err);
}

static enum status keep_bundle(struct release_held_log *log, struct view bundle,
                               const struct tlog_tile *tile, struct error *err)
{
	struct reader reader = reader_of(bundle);
	uint64_t index = tile->index * TLOG_TILE_WIDTH;
	struct view entry;

	TRY(tlog_bundle_check(bundle, tile->width, err));
	for (; tlog_bundle_next(&reader, &entry); index++) {
		bool is_hash = index < log->source->base;

		if (is_hash && entry.len != sizeof log->leaves->bytes)
			return error_set(err, STATUS_MALFORMED,
			                 "the desk serves no leaf hash");
		if (is_hash)
			memcpy(log->leaves[index].bytes, entry.data, entry.len);
		else
			log->leaves[index] = tlog_leaf_hash(entry);
		/* Its length alone: bytes that grow may move. */
		log->entries[index] = view_of(NULL, is_hash ? 0 : entry.len);
		if (!is_hash)
			buf_append_view(&log->bytes, entry);
	}
	return buf_check(&log->bytes, "the log", err);
}

static enum status read_entries(const struct release_record *record,
                                struct release_held_log *log, struct error *err)
{
	CLEANUP_BUF struct buf bundle = BUF_INIT(BUNDLE_ENTRIES_LEN_MAX);
	uint64_t size = log->checkpoint.size;

	log->bytes = BUF_INIT(LOG_BYTES_MAX);
	log->entries = calloc(size + 1, sizeof *log->entries);
	log->leaves = calloc(size + 1, sizeof *log->leaves);
	if (log->entries == NULL || log->leaves == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for a log");
	for (uint64_t i = 0; i < bundle_entries_count(size); i++) {
		struct tlog_tile tile = bundle_entries_tile(size, i);
		struct bundle_path name = bundle_path_tile(&tile);

		TRY(fetch_of(record, log, name.text, &bundle, err));
		TRY(keep_bundle(log, buf_view(&bundle), &tile, err));
	}
	for (uint64_t i = 0, at = 0; i < size; at += log->entries[i++].len)
		log->entries[i].data = log->bytes.data + at;
	struct hash root = release_record_root(log, size);
	if (!hash_equal(&root, &log->checkpoint.root))
		return error_set(err, STATUS_CONFLICT,
		                 "what the desk serves has not the root that was signed");
	return STATUS_OK;
}

static enum status read_log(struct release_record *record,
                            const struct bundle_export_log *source, struct error *err)
{
	struct release_held_log *log = &record->logs[record->log_count];
	const struct record_card *card;

	log->source = source;
	log->note = BUF_INIT(TLOG_NOTE_MAX);
	TRY(record_origin_decode(view_of_string(source->origin), &log->origin, err));
	log->member = bundle_channel_member(&record->channel, log->origin.desk.text);
	if (log->member == NULL ||
	    !bundle_channel_follows(&record->channel, &log->origin))
		return error_set(err, STATUS_CONFLICT,
		                 "is of no member, or follows one whose end is not here");
	log->offset = bundle_channel_offset(&record->channel, &log->origin);
	bundle_log_folder(source->origin, log->folder);
	enum status status = fetch_of(record, log, "checkpoint", &log->note, err);
	if (status == STATUS_NOT_FOUND) {
		buf_release(&log->note);
		return STATUS_OK;
	}
	TRY(status);
	record->log_count++;
	TRY(bundle_channel_open_checkpoint(log->member, source->origin,
	                                   buf_view(&log->note), &log->checkpoint, &card,
	                                   err));
	if (log->checkpoint.size > RELEASE_ENTRIES_MAX)
		return error_set(err, STATUS_LIMIT, "is larger than a release can hold");
	return read_entries(record, log, err);
}

static int by_member(const void *a, const void *b)
{
	const struct release_held_log *x = a, *y = b;

	if (x->member != y->member)
		return x->member < y->member ? -1 : 1;
	return x->origin.generation < y->origin.generation ? -1 : 1;
}

enum status release_record_read(const struct bundle_export_source *source,
                                struct release_record *ret_record, struct error *err)
{
	ret_record->source = source;
	TRY(read_papers(ret_record, err));
	ret_record->logs = calloc(source->log_count + 1, sizeof *ret_record->logs);
	if (ret_record->logs == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for logs");
	for (size_t i = 0; i < source->log_count; i++) {
		enum status status = read_log(ret_record, &source->logs[i], err);

		if (status != STATUS_OK)
			return error_context(err, status, "the log %s",
			                     source->logs[i].origin);
	}
	qsort(ret_record->logs, ret_record->log_count, sizeof *ret_record->logs,
	      by_member);
	return STATUS_OK;
}

struct release_held_log *release_record_log(const struct release_record *record,
                                            const struct record_origin *origin)
{
	for (size_t i = 0; i < record->log_count; i++)
		if (record->logs[i].origin.generation == origin->generation &&
		    strcmp(record->logs[i].origin.desk.text, origin->desk.text) == 0)
			return &record->logs[i];
	return NULL;
}

struct release_held_log *release_record_find(const struct release_record *record,
                                             const struct record_message_id *id,
                                             uint64_t *ret_index)
{
	for (size_t i = 0; i < record->log_count; i++) {
		struct release_held_log *log = &record->logs[i];

		if (strcmp(log->origin.desk.text, id->desk.text) != 0 ||
		    id->index < log->offset ||
		    id->index - log->offset >= log->checkpoint.size)
			continue;
		*ret_index = id->index - log->offset;
		return log;
	}
	return NULL;
}

/* Blobs */

static enum status body_alone(const struct release_record *record,
                              const struct release_held_log *log,
                              const struct record_blob_ref *ref, uint64_t index,
                              struct buf *ret_blob, struct error *err)
{
	char path[BUNDLE_PATH_MAX], hex[HASH_HEX_LEN + 1];

	hash_hex(&ref->id, hex);
	(void)snprintf(path, sizeof path, "/blob/%s/%s?entry=%llu", log->folder, hex,
	               (unsigned long long)index);
	return fetch(record, path, ret_blob, err);
}

/* Bodies are mostly asked for in the order of a log: those of a bundle come at once. */
static enum status hold_packed(struct release_record *record,
                               const struct release_held_log *log, uint64_t bundle,
                               struct error *err)
{
	struct tlog_tile tile = bundle_entries_tile(log->checkpoint.size, bundle);
	struct bundle_path name = bundle_path_blobs(&tile);
	struct reader reader;

	if (record->packed_log == log && record->packed_bundle == bundle)
		return STATUS_OK;
	record->packed_log = NULL;
	record->packed.max = BUNDLE_BLOBS_LEN_MAX;
	TRY(fetch_of(record, log, name.text, &record->packed, err));
	reader = reader_of(buf_view(&record->packed));
	for (size_t i = 0; i < tile.width; i++)
		if (!reader_u32_bytes(&reader, &record->packed_bodies[i]))
			return error_set(err, STATUS_MALFORMED,
			                 "the desk serves bodies that are cut short");
	record->packed_log = log;
	record->packed_bundle = bundle;
	return STATUS_OK;
}

enum status release_record_body(struct release_record *record,
                                const struct release_held_log *log,
                                const struct record_blob_ref *ref, uint64_t index,
                                struct buf *ret_blob, struct error *err)
{
	enum status status = hold_packed(record, log, index / TLOG_TILE_WIDTH, err);

	buf_clear(ret_blob);
	if (status == STATUS_LIMIT) /* too large for one answer */
		TRY(body_alone(record, log, ref, index, ret_blob, err));
	else if (status != STATUS_OK)
		return status;
	else
		buf_append_view(ret_blob, record->packed_bodies[index % TLOG_TILE_WIDTH]);
	if (ret_blob->len == 0)
		return error_set(err, STATUS_NOT_FOUND, "the body is not held");
	return record_blob_check(buf_view(ret_blob), ref, err);
}

enum status release_record_attachment(const struct release_record *record,
                                      const struct release_held_log *log,
                                      const struct record_blob_ref *ref,
                                      struct buf *ret_blob, struct error *err)
{
	char path[BUNDLE_PATH_MAX], hex[HASH_HEX_LEN + 1];

	hash_hex(&ref->id, hex);
	(void)snprintf(path, sizeof path, "/blob/%s/%s", log->folder, hex);
	TRY(fetch(record, path, ret_blob, err));
	return record_blob_check(buf_view(ret_blob), ref, err);
}

/* Trees and checkpoints */

struct hash release_record_root(const struct release_held_log *log, uint64_t size)
{
	struct tlog_tree tree;

	tlog_tree_init(&tree);
	for (uint64_t i = 0; i < size; i++)
		tlog_tree_append(&tree, &log->leaves[i], NULL, NULL);
	return tlog_tree_root(&tree);
}

/* Nodes are made again from the leaves: a proof asks for each leaf at most once. */
static enum status read_node(void *context, unsigned level, uint64_t index,
                             struct hash *ret_node, struct error *err)
{
	const struct release_held_log *log = context;
	struct tlog_tree tree;
	uint64_t count = UINT64_C(1) << level;

	if (level > 40 || (index + 1) * count > log->checkpoint.size)
		return error_set(err, STATUS_NOT_FOUND, "no such node");
	tlog_tree_init(&tree);
	for (uint64_t i = 0; i < count; i++)
		tlog_tree_append(&tree, &log->leaves[index * count + i], NULL, NULL);
	*ret_node = tlog_tree_root(&tree);
	return STATUS_OK;
}

enum status release_record_proof(const struct release_held_log *log, uint64_t index,
                                 struct tlog_proof *ret_proof, struct error *err)
{
	return tlog_proof_inclusion(index, log->checkpoint.size, read_node, (void *)log,
	                            ret_proof, err);
}

/* Is this line, alone beside the log's, one of a member's mirror or of a witness? */
static bool is_vouched_for(const struct bundle_channel *channel,
                           const struct bundle_member *author, struct view text,
                           struct view line)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	CLEANUP_FREE struct bundle_cosigners *found = malloc(sizeof *found);

	buf_append_view(&note, text);
	buf_append_byte(&note, '\n');
	buf_append_view(&note, line);
	buf_append_byte(&note, '\n');
	return found != NULL && note.failed == STATUS_OK &&
	       bundle_cosigners_find(channel, author, buf_view(&note), found, NULL) ==
	           STATUS_OK &&
	       found->count + found->witness_count == 1;
}

static bool has_line_of(struct view lines, struct view line)
{
	struct tlog_note_line kept, wanted;
	struct view text;

	if (tlog_note_line_parse(line, &wanted, NULL) != STATUS_OK)
		return true;
	while (view_take_line(&lines, &text))
		if (tlog_note_line_parse(text, &kept, NULL) == STATUS_OK &&
		    view_equal(kept.name, wanted.name))
			return true;
	return false;
}

enum status release_record_checkpoint(const struct release_record *record,
                                      const struct bundle_channel *channel,
                                      const struct release_held_log *log, uint64_t size,
                                      struct buf *ret_note, struct error *err)
{
	CLEANUP_BUF struct buf served = BUF_INIT(TLOG_NOTE_MAX),
	                       lines = BUF_INIT(TLOG_NOTE_MAX);
	const struct bundle_member *author =
	    bundle_channel_member(channel, log->origin.desk.text);
	struct tlog_note_line parsed;
	struct tlog_note note;
	struct view rest, line;
	char name[64];

	if (author == NULL)
		return error_set(err, STATUS_CONFLICT, "%s was no member then",
		                 log->origin.desk.text);

	(void)snprintf(name, sizeof name, "checkpoint/%llu", (unsigned long long)size);
	if (size == log->checkpoint.size)
		buf_append_view(&served, buf_view(&log->note));
	else
		TRY(fetch_of(record, log, name, &served, err));
	TRY(tlog_note_parse(buf_view(&served), &note, err));
	for (rest = note.lines; view_take_line(&rest, &line);) {
		TRY(tlog_note_line_parse(line, &parsed, err));
		if (has_line_of(buf_view(&lines), line))
			continue;
		if (!view_equal_string(parsed.name, log->source->origin) &&
		    !is_vouched_for(channel, author, note.text, line))
			continue;
		buf_append_view(&lines, line);
		buf_append_byte(&lines, '\n');
	}
	buf_append_view(ret_note, note.text);
	buf_append_byte(ret_note, '\n');
	buf_append_view(ret_note, buf_view(&lines));
	TRY(buf_check(&lines, "a checkpoint", err));
	return buf_check(ret_note, "a checkpoint", err);
}

bool release_entry_may_have(struct view entry, const char *word)
{
	return view_find(entry, view_of_string(word)) != SIZE_MAX ||
	       memchr(entry.data, '\\', entry.len) != NULL;
}
