/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two passes: the first decodes all envelopes for the order and keeps where each shown
 * entry stands in the text, the second decodes what is asked for.
 */
#include "release/reader.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "record/blob.h"
#include "record/log_end.h"
#include "record/order.h"

/* The first pass. */
struct ordering {
	struct release_reader *reader;
	struct record_order *order;     /* owned, as all here */
	struct release_place *of_order; /* all entries, log by log */
	size_t *starts;                 /* of each log in of_order */
	size_t count;
	struct record_order_seen seen[1 + RECORD_MEMBERS_MAX];
	struct json_doc doc;
	struct record_envelope envelope;
	const struct json_token *body; /* the next one of the log at hand */
};

static enum status read_bytes(const struct release_reader *reader,
                              const struct json_token *token, struct buf *ret_bytes,
                              struct error *err)
{
	buf_clear(ret_bytes);
	if (token->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "no text where bytes should be");
	TRY(base64_decode(json_raw(&reader->data.doc, token), ret_bytes, err));
	return buf_check(ret_bytes, "what is in base64", err);
}

static enum status fail_count(struct error *err)
{
	return error_set(err, STATUS_MALFORMED,
	                 "the release has not what its manifest says");
}

static bool is_of(const struct release_manifest *manifest, uint32_t log, const char *desk)
{
	return strcmp(manifest->logs[log].origin.desk.text, desk) == 0;
}

/* Finds the log in which a message stands, and how many entries of it end with that one.
 */
static bool find_log(const struct release_manifest *manifest, const char *desk,
                     uint64_t index, struct record_order_seen *ret_seen)
{
	for (uint32_t i = 0; i < manifest->log_count; i++) {
		const struct release_log *log = &manifest->logs[i];

		if (!is_of(manifest, i, desk) || index < log->offset ||
		    index - log->offset >= log->size)
			continue;
		*ret_seen = (struct record_order_seen){i, index - log->offset + 1};
		return true;
	}
	return false;
}

/* What the envelope names of other desks' logs, within the release, behind what is there.
 */
static size_t gather_seen(struct ordering *ordering, uint32_t log, size_t count)
{
	const struct release_manifest *manifest = &ordering->reader->manifest;
	const struct record_envelope *envelope = &ordering->envelope;

	for (size_t i = 0; i < envelope->seen_count && count <= RECORD_MEMBERS_MAX; i++) {
		const struct record_seen *seen = &envelope->seen[i];

		if (!is_of(manifest, log, seen->desk.text) && seen->size > 0 &&
		    find_log(manifest, seen->desk.text, seen->size - 1,
		             &ordering->seen[count]))
			count++;
	}
	return count;
}

/* The first entry of a successor stands behind the last that the desk wrote before. */
static size_t gather_before(struct ordering *ordering, uint32_t log)
{
	const struct release_manifest *manifest = &ordering->reader->manifest;
	const char *desk = manifest->logs[log].origin.desk.text;

	for (uint32_t i = log; i-- > 0;) {
		if (!is_of(manifest, i, desk) || manifest->logs[i].size == 0)
			continue;
		ordering->seen[0] = (struct record_order_seen){i, manifest->logs[i].size};
		return 1;
	}
	return 0;
}

static enum status take_body(struct ordering *ordering, const struct json_token *bodies,
                             struct release_place *place, struct error *err)
{
	if (ordering->body == NULL)
		return fail_count(err);
	if (ordering->body->type == JSON_STRING)
		place->body = ordering->body;
	ordering->body = json_next(&ordering->reader->data.doc, bodies, ordering->body);
	return STATUS_OK;
}

/* sent_ms: of the entry before, and then of this one. */
static enum status take_entry(struct ordering *ordering, uint32_t log,
                              const struct release_place *place, int64_t *sent_ms,
                              struct error *err)
{
	struct release_reader *reader = ordering->reader;
	char mode = reader->manifest.logs[log].modes[place->index];
	size_t seen_count = place->index == 0 ? gather_before(ordering, log) : 0;

	if (mode != RELEASE_WITHHELD) {
		TRY(read_bytes(reader, place->entry, &reader->entry, err));
		enum status status = record_envelope_decode(
		    buf_view(&reader->entry), &ordering->doc, &ordering->envelope, err);
		if (status == STATUS_NO_MEMORY)
			return status;
		if (status == STATUS_OK) {
			*sent_ms = ordering->envelope.sent_s * 1000;
			seen_count = gather_seen(ordering, log, seen_count);
		}
	}
	ordering->of_order[ordering->count++] = *place;
	return record_order_add(ordering->order, log, *sent_ms, ordering->seen,
	                        seen_count, err);
}

static enum status take_log(struct ordering *ordering, uint32_t log,
                            const struct json_token *entries,
                            const struct json_token *bodies, struct error *err)
{
	const struct json_doc *doc = &ordering->reader->data.doc;
	const struct release_log *expected = &ordering->reader->manifest.logs[log];
	struct release_place place = {.log = log, .entry = json_first(doc, entries)};
	int64_t sent_ms = 0;

	if (entries->count != expected->size)
		return fail_count(err);
	ordering->starts[log] = ordering->count;
	ordering->body = json_first(doc, bodies);
	for (; place.index < expected->size; place.index++) {
		place.body = NULL;
		if (expected->modes[place.index] == RELEASE_FULL)
			TRY(take_body(ordering, bodies, &place, err));
		TRY(take_entry(ordering, log, &place, &sent_ms, err));
		place.entry = json_next(doc, entries, place.entry);
	}
	return STATUS_OK;
}

static enum status take_logs(struct ordering *ordering, struct error *err)
{
	const struct release_data *data = &ordering->reader->data;
	size_t count = ordering->reader->manifest.log_count;
	const struct json_token *log = json_first(&data->doc, data->logs);
	const struct json_token *bodies = json_first(&data->doc, data->bodies);

	if (data->logs->count != count || data->bodies->count != count)
		return fail_count(err);
	for (uint32_t i = 0; i < count; i++) {
		TRY(take_log(ordering, i, release_data_log(data, log).entries, bodies,
		             err));
		log = json_next(&data->doc, data->logs, log);
		bodies = json_next(&data->doc, data->bodies, bodies);
	}
	return STATUS_OK;
}

static void keep_place(struct ordering *ordering, const struct release_place *place)
{
	struct release_reader *reader = ordering->reader;

	if (reader->manifest.logs[place->log].modes[place->index] != RELEASE_WITHHELD)
		reader->places[reader->count++] = *place;
}

/* In the joint order; entries that name each other in a circle have no place in it and
 * come at the end. */
static void keep_places(struct ordering *ordering)
{
	const struct release_manifest *manifest = &ordering->reader->manifest;
	size_t count;
	const struct record_order_item *items =
	    record_order_items(ordering->order, &count);

	for (size_t i = 0; i < count; i++)
		keep_place(
		    ordering,
		    &ordering->of_order[ordering->starts[items[i].log] + items[i].index]);
	for (uint32_t i = 0; i < manifest->log_count; i++) {
		uint64_t waiting = record_order_waiting(ordering->order, i);

		for (uint64_t j = manifest->logs[i].size - waiting;
		     j < manifest->logs[i].size; j++)
			keep_place(ordering,
			           &ordering->of_order[ordering->starts[i] + j]);
	}
}

static enum status begin_order(struct ordering *ordering, struct error *err)
{
	struct release_reader *reader = ordering->reader;
	const struct release_manifest *manifest = &reader->manifest;
	CLEANUP_FREE const char **names = calloc(manifest->log_count, sizeof *names);
	size_t total = 0;

	for (size_t i = 0; i < manifest->log_count; i++)
		total += manifest->logs[i].size;
	ordering->of_order = calloc(total + 1, sizeof *ordering->of_order);
	ordering->starts = calloc(manifest->log_count, sizeof *ordering->starts);
	reader->places = calloc(total + 1, sizeof *reader->places);
	if (names == NULL || ordering->of_order == NULL || ordering->starts == NULL ||
	    reader->places == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	for (size_t i = 0; i < manifest->log_count; i++)
		names[i] = manifest->logs[i].origin.desk.text;
	return record_order_new(names, manifest->log_count, &ordering->order, err);
}

static enum status put_in_order(struct ordering *ordering, struct error *err)
{
	TRY(begin_order(ordering, err));
	TRY(take_logs(ordering, err));
	keep_places(ordering);
	return STATUS_OK;
}

static enum status read_places(struct release_reader *reader, struct error *err)
{
	struct ordering *ordering = calloc(1, sizeof *ordering);

	if (ordering == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a release");
	ordering->reader = reader;
	enum status status = put_in_order(ordering, err);
	record_order_free(ordering->order);
	free(ordering->of_order);
	free(ordering->starts);
	json_release(&ordering->doc);
	record_envelope_release(&ordering->envelope);
	free(ordering);
	return status;
}

static enum status read_manifest(struct release_reader *reader, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);

	json_string_append(&reader->data.doc, reader->data.manifest, &text);
	TRY(buf_check(&text, "the manifest", err));
	return release_manifest_decode(buf_view(&text), &reader->manifest, err);
}

/* Counts the ends of the logs before each. */
static enum status read_offsets(struct release_reader *reader, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	const struct json_doc *doc = &reader->data.doc;
	const struct json_token *list = reader->data.ends;
	struct record_origin origin;
	struct record_log_end end;
	struct tlog_note parsed;

	if (list->count > RELEASE_ENDS_MAX)
		return fail_count(err);
	for (const struct json_token *item = json_first(doc, list); item != NULL;
	     item = json_next(doc, list, item)) {
		buf_clear(&note);
		json_string_append(doc, item, &note);
		TRY(buf_check(&note, "the end of a log", err));
		TRY(tlog_note_parse(buf_view(&note), &parsed, err));
		TRY(record_log_end_decode(parsed.text, &end, err));
		TRY(record_origin_decode(view_of_string(end.origin), &origin, err));
		for (uint32_t i = 0; i < reader->manifest.log_count; i++)
			if (is_of(&reader->manifest, i, origin.desk.text) &&
			    reader->manifest.logs[i].origin.generation >
			        origin.generation)
				reader->manifest.logs[i].offset += end.size;
	}
	return STATUS_OK;
}

enum status release_reader_open(struct view data, struct release_reader *ret_reader,
                                struct error *err)
{
	ret_reader->entry = BUF_INIT(TLOG_ENTRY_MAX);
	ret_reader->blob = BUF_INIT(RECORD_BODY_MAX + RECORD_SALT_LEN);
	TRY(release_data_read(data, &ret_reader->data, err));
	TRY(read_manifest(ret_reader, err));
	TRY(read_offsets(ret_reader, err));
	return read_places(ret_reader, err);
}

void release_reader_release(struct release_reader *reader)
{
	release_data_release(&reader->data);
	release_manifest_release(&reader->manifest);
	free(reader->places);
	buf_release(&reader->entry);
	buf_release(&reader->blob);
	*reader = (struct release_reader){0};
}

enum status release_reader_get(struct release_reader *reader, size_t nth,
                               struct release_shown *ret_shown, struct error *err)
{
	const struct release_place *place = &reader->places[nth];
	const struct release_log *log = &reader->manifest.logs[place->log];
	struct view content = view_of("", 0);

	TRY(read_bytes(reader, place->entry, &reader->entry, err));
	if (place->body != NULL) {
		TRY(read_bytes(reader, place->body, &reader->blob, err));
		if (reader->blob.len < RECORD_SALT_LEN)
			return fail_count(err);
		content = record_blob_content(buf_view(&reader->blob));
	}
	*ret_shown =
	    (struct release_shown){.log = log,
	                           .index = log->offset + place->index,
	                           .is_full = log->modes[place->index] == RELEASE_FULL,
	                           .entry = buf_view(&reader->entry),
	                           .has_body = place->body != NULL,
	                           .content = content};
	return STATUS_OK;
}

enum status release_reader_attachment(const struct release_reader *reader, size_t nth,
                                      struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf blob = BUF_INIT(RECORD_ATTACHMENT_BLOB_MAX);
	const struct json_doc *doc = &reader->data.doc;
	const struct json_token *object = reader->data.attachments;
	const struct json_token *name = json_first(doc, object);

	/* Names and values are strings: one token each. */
	name = nth < object->count ? name + 2 * nth : NULL;
	if (name == NULL)
		return fail_count(err);
	TRY(read_bytes(reader, json_next(doc, object, name), &blob, err));
	if (blob.len < RECORD_SALT_LEN)
		return fail_count(err);
	buf_append_view(out, record_blob_content(buf_view(&blob)));
	return buf_check(out, "an attachment", err);
}
