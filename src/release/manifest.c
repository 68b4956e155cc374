/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding reads the members and then writes them again: what is not byte for byte the
 * same is refused, so that one manifest has one digest.
 */
#include "release/manifest.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/decimal.h"
#include "codec/json_writer.h"
#include "codec/time_text.h"
#include "record/object.h"

enum { TITLE_MAX = 200 };

const char *const release_languages[RELEASE_LANGUAGES] = {"en", "id"};

static const char *const rule_names[] = {
    [RECORD_RELEASE_CONFIDENTIAL] = "confidential",
    [RECORD_RELEASE_ORIGINATOR] = "originator",
    [RECORD_RELEASE_JOINT] = "joint",
};

const char *release_rule_name(enum record_release_rule rule)
{
	return rule_names[rule];
}

void release_manifest_release(struct release_manifest *manifest)
{
	buf_release(&manifest->title);
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++)
		buf_release(&manifest->cover[i]);
	for (size_t i = 0; i < manifest->log_count; i++)
		free(manifest->logs[i].modes);
	free(manifest->logs);
	free(manifest->attachments);
	*manifest = (struct release_manifest){0};
}

bool release_manifest_opens(const struct release_manifest *manifest,
                            const struct hash *attachment)
{
	for (size_t i = 0; i < manifest->attachment_count; i++)
		if (hash_equal(&manifest->attachments[i], attachment))
			return true;
	return false;
}

/* Writing */

static void append_modes(const struct release_log *log, struct buf *out)
{
	for (uint64_t i = 0, run; i < log->size; i += run) {
		for (run = 1;
		     i + run < log->size && log->modes[i + run] == log->modes[i];)
			run++;
		buf_printf(out, "%llu%c", (unsigned long long)run, log->modes[i]);
	}
}

static enum status write_logs(struct json_writer *writer,
                              const struct release_manifest *manifest, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RELEASE_MANIFEST_MAX);
	char origin[RECORD_ORIGIN_MAX + 1];

	json_writer_array(writer, "logs");
	for (size_t i = 0; i < manifest->log_count; i++) {
		const struct release_log *log = &manifest->logs[i];

		json_writer_object(writer, NULL);
		record_origin_encode(&log->origin, origin);
		json_writer_string(writer, "origin", origin);
		json_writer_integer(writer, "size", (int64_t)log->size);
		buf_clear(&text);
		base64_append(&text, hash_view(&log->root));
		json_writer_text(writer, "root", buf_view(&text));
		json_writer_integer(writer, "first", (int64_t)log->first);
		buf_clear(&text);
		append_modes(log, &text);
		json_writer_text(writer, "modes", buf_view(&text));
		json_writer_end(writer);
		TRY(buf_check(&text, "the manifest", err));
	}
	json_writer_end(writer);
	return STATUS_OK;
}

void release_manifest_write_cover(const struct release_manifest *manifest,
                                  struct json_writer *writer)
{
	json_writer_object(writer, "cover");
	for (size_t i = 0; i < RELEASE_LANGUAGES; i++)
		if (manifest->cover[i].len > 0)
			json_writer_text(writer, release_languages[i],
			                 buf_view(&manifest->cover[i]));
	json_writer_end(writer);
}

static enum status check_log(const struct release_log *log, struct error *err)
{
	if (log->first > log->size)
		return error_set(err, STATUS_MALFORMED, "%s has no entry %llu",
		                 log->origin.desk.text, (unsigned long long)log->first);
	for (uint64_t i = 0; i < log->first; i++)
		if (log->modes[i] != RELEASE_WITHHELD)
			return error_set(err, STATUS_MALFORMED,
			                 "an entry before the range is shown");
	return STATUS_OK;
}

/* Each once, those of a desk in the order of their generations. */
static enum status check_order(const struct release_manifest *manifest, size_t log,
                               struct error *err)
{
	const struct record_origin *origin = &manifest->logs[log].origin;

	for (size_t i = 0; i < log; i++) {
		const struct record_origin *before = &manifest->logs[i].origin;

		if (strcmp(before->desk.text, origin->desk.text) == 0 &&
		    before->generation >= origin->generation)
			return error_set(err, STATUS_MALFORMED,
			                 "a log of %s is there twice, or before one that "
			                 "it follows",
			                 origin->desk.text);
	}
	return STATUS_OK;
}

static enum status check(const struct release_manifest *manifest, struct error *err)
{
	uint64_t entries = 0;

	if (manifest->log_count == 0 || manifest->log_count > RECORD_MEMBERS_MAX)
		return error_set(err, STATUS_MALFORMED, "it must have 1 to %d logs",
		                 RECORD_MEMBERS_MAX);
	for (size_t i = 0; i < manifest->log_count; i++) {
		const struct release_log *log = &manifest->logs[i];

		if (log->size > RELEASE_ENTRIES_MAX - entries)
			return error_set(err, STATUS_LIMIT,
			                 "a release has at most %d entries",
			                 RELEASE_ENTRIES_MAX);
		entries += log->size;
		TRY(check_log(log, err));
		TRY(check_order(manifest, i, err));
	}
	for (size_t i = 1; i < manifest->attachment_count; i++)
		if (memcmp(manifest->attachments[i - 1].bytes,
		           manifest->attachments[i].bytes, 32) >= 0)
			return error_set(err, STATUS_MALFORMED,
			                 "the attachments are not in their order");
	return STATUS_OK;
}

enum status release_manifest_append(const struct release_manifest *manifest,
                                    struct buf *out, struct error *err)
{
	struct json_writer writer = json_writer_of(out);

	TRY(check(manifest, err));
	buf_append_string(out, RELEASE_TYPE_MANIFEST "\n");
	json_writer_object(&writer, NULL);
	json_writer_integer(&writer, "aldis", 1);
	record_hex_hash_write(&writer, "channel", &manifest->channel.hash);
	record_hex_hash_write(&writer, "charter", &manifest->charter);
	json_writer_string(&writer, "rule", release_rule_name(manifest->rule));
	json_writer_text(&writer, "title", buf_view(&manifest->title));
	release_manifest_write_cover(manifest, &writer);
	json_writer_time(&writer, "made", manifest->made_s);
	json_writer_string(&writer, "by", manifest->by.text);
	TRY(write_logs(&writer, manifest, err));
	json_writer_array(&writer, "attachments");
	for (size_t i = 0; i < manifest->attachment_count; i++)
		record_hex_hash_write(&writer, NULL, &manifest->attachments[i]);
	json_writer_end(&writer);
	json_writer_end(&writer);
	buf_append_byte(out, '\n');
	return buf_check(out, "the manifest", err);
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

size_t release_manifest_attachment(const struct release_manifest *manifest,
                                   const struct hash *id)
{
	const struct hash *found = NULL;

	if (manifest->attachment_count > 0)
		found = bsearch(id, manifest->attachments, manifest->attachment_count,
		                sizeof *id, compare_hashes);
	return found == NULL ? SIZE_MAX : (size_t)(found - manifest->attachments);
}

const struct release_log *release_manifest_log(const struct release_manifest *manifest,
                                               const struct record_origin *origin)
{
	for (size_t i = 0; i < manifest->log_count; i++)
		if (manifest->logs[i].origin.generation == origin->generation &&
		    strcmp(manifest->logs[i].origin.desk.text, origin->desk.text) == 0)
			return &manifest->logs[i];
	return NULL;
}

bool release_manifest_goes_on(const struct release_manifest *manifest,
                              const struct release_log *log)
{
	for (size_t i = 0; i < manifest->log_count; i++)
		if (manifest->logs[i].origin.generation > log->origin.generation &&
		    strcmp(manifest->logs[i].origin.desk.text, log->origin.desk.text) ==
		        0)
			return true;
	return false;
}

/* In words */

void release_log_name(const struct record_origin *origin,
                      char ret_name[RELEASE_LOG_NAME_MAX])
{
	int written = snprintf(ret_name, RELEASE_LOG_NAME_MAX, "%s", origin->desk.text);

	if (origin->generation > 1)
		(void)snprintf(ret_name + written, RELEASE_LOG_NAME_MAX - (size_t)written,
		               ", log %u", (unsigned)origin->generation);
}

void release_withheld_append(const struct release_log *log, uint64_t offset,
                             struct buf *out)
{
	unsigned runs = 0;

	for (uint64_t i = 0, end; i < log->size; i = end) {
		for (end = i + 1; end < log->size && log->modes[end] == log->modes[i];)
			end++;
		if (log->modes[i] != RELEASE_WITHHELD)
			continue;
		if (runs++ == 20) {
			buf_append_string(out, " and others");
			return;
		}
		buf_printf(out, "%s#%llu", runs > 1 ? ", " : "",
		           (unsigned long long)(offset + i));
		if (end > i + 1)
			buf_printf(out, " to #%llu",
			           (unsigned long long)(offset + end - 1));
	}
}

/* Reading */

static enum status read_channel(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct release_manifest *manifest = context;

	return record_hex_hash_read(doc, value, &manifest->channel.hash, err);
}

static enum status read_charter(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct release_manifest *manifest = context;

	return record_hex_hash_read(doc, value, &manifest->charter, err);
}

static enum status read_rule(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct release_manifest *manifest = context;

	for (size_t i = 0; i < sizeof rule_names / sizeof rule_names[0]; i++)
		if (value->type == JSON_STRING &&
		    json_string_is(doc, value, rule_names[i])) {
			manifest->rule = (enum record_release_rule)i;
			return STATUS_OK;
		}
	return error_set(err, STATUS_MALFORMED, "is none of the three rules");
}

static enum status read_text(const struct json_doc *doc, const struct json_token *value,
                             size_t max, struct buf *ret_text, struct error *err)
{
	*ret_text = BUF_INIT(max);
	if (value->type != JSON_STRING || value->len == 0)
		return error_set(err, STATUS_MALFORMED, "must be a text");
	json_string_append(doc, value, ret_text);
	return buf_check(ret_text, "the text", err);
}

static enum status read_title(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct release_manifest *manifest = context;

	return read_text(doc, value, TITLE_MAX, &manifest->title, err);
}

static enum status read_cover_en(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct release_manifest *manifest = context;

	return read_text(doc, value, RELEASE_COVER_MAX, &manifest->cover[0], err);
}

static enum status read_cover_id(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct release_manifest *manifest = context;

	return read_text(doc, value, RELEASE_COVER_MAX, &manifest->cover[1], err);
}

static enum status read_cover(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"en", false, read_cover_en},
	    {"id", false, read_cover_id},
	};

	return record_object_read(doc, value, members, 2, context, err);
}

static enum status read_made(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct release_manifest *manifest = context;

	return record_time_read(doc, value, &manifest->made_s, err);
}

static enum status read_by(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct release_manifest *manifest = context;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a desk's name");
	return record_name_decode(json_raw(doc, value), &manifest->by, err);
}

/* Of one log */

static enum status read_origin(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct release_log *log = context;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be an origin");
	return record_origin_decode(json_raw(doc, value), &log->origin, err);
}

static enum status read_count(const struct json_doc *doc, const struct json_token *value,
                              uint64_t *ret_count, struct error *err)
{
	int64_t count = 0;

	TRY(record_integer_read(doc, value, 0, RELEASE_ENTRIES_MAX, &count, err));
	*ret_count = (uint64_t)count;
	return STATUS_OK;
}

static enum status read_size(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct release_log *log = context;

	if (log->modes != NULL)
		return error_set(err, STATUS_MALFORMED, "must stand before the modes");
	return read_count(doc, value, &log->size, err);
}

static enum status read_root(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct release_log *log = context;

	return record_base64_read(doc, value, log->root.bytes, sizeof log->root.bytes,
	                          err);
}

static enum status read_first(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct release_log *log = context;

	return read_count(doc, value, &log->first, err);
}

/* Cuts "12f" off. */
static bool take_run(struct view *rest, uint64_t *ret_count, char *ret_mode)
{
	size_t digits = 0;

	while (digits < rest->len && rest->data[digits] >= '0' &&
	       rest->data[digits] <= '9')
		digits++;
	if (digits == rest->len || memchr("few", rest->data[digits], 3) == NULL ||
	    decimal_decode(view_of(rest->data, digits), RELEASE_ENTRIES_MAX, ret_count,
	                   NULL) != STATUS_OK)
		return false;
	*ret_mode = (char)rest->data[digits];
	*rest = view_from(*rest, digits + 1);
	return true;
}

static enum status read_modes(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct release_log *log = context;
	struct view rest = json_raw(doc, value);
	uint64_t count, at = 0;
	char mode;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be runs of modes");
	/* The size stands before the modes in the one form. */
	log->modes = calloc(log->size + 1, 1);
	if (log->modes == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for modes");
	while (rest.len > 0) {
		if (!take_run(&rest, &count, &mode) || count > log->size - at)
			return error_set(err, STATUS_MALFORMED,
			                 "are not runs that add up to the size");
		memset(log->modes + at, mode, count);
		at += count;
	}
	if (at != log->size)
		return error_set(err, STATUS_MALFORMED,
		                 "are not runs that add up to the size");
	return STATUS_OK;
}

static enum status read_logs(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"origin", true, read_origin}, {"size", true, read_size},
	    {"root", true, read_root},     {"first", true, read_first},
	    {"modes", true, read_modes},
	};
	struct release_manifest *manifest = context;

	TRY(record_array_check(value, 1, RECORD_MEMBERS_MAX, err));
	manifest->logs = calloc(value->count, sizeof *manifest->logs);
	if (manifest->logs == NULL)
		return error_set(err, STATUS_NO_MEMORY, "not enough memory for logs");
	for (const struct json_token *item = json_first(doc, value); item != NULL;
	     item = json_next(doc, value, item))
		TRY(record_object_read(doc, item, members,
		                       sizeof members / sizeof members[0],
		                       &manifest->logs[manifest->log_count++], err));
	return STATUS_OK;
}

static enum status read_attachments(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct release_manifest *manifest = context;

	TRY(record_array_check(value, 0, RELEASE_ENTRIES_MAX, err));
	manifest->attachments = calloc(value->count + 1, sizeof *manifest->attachments);
	if (manifest->attachments == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for attachments");
	for (const struct json_token *item = json_first(doc, value); item != NULL;
	     item = json_next(doc, value, item))
		TRY(record_hex_hash_read(
		    doc, item, &manifest->attachments[manifest->attachment_count++],
		    err));
	return STATUS_OK;
}

static enum status decode(struct view text, struct json_doc *doc,
                          struct release_manifest *manifest, struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read},
	    {"channel", true, read_channel},
	    {"charter", true, read_charter},
	    {"rule", true, read_rule},
	    {"title", true, read_title},
	    {"cover", true, read_cover},
	    {"made", true, read_made},
	    {"by", true, read_by},
	    {"logs", true, read_logs},
	    {"attachments", true, read_attachments},
	};
	CLEANUP_BUF struct buf again = BUF_INIT(RELEASE_MANIFEST_MAX);

	if (text.len > RELEASE_MANIFEST_MAX)
		return error_set(err, STATUS_LIMIT, "a manifest has at most %d bytes",
		                 RELEASE_MANIFEST_MAX);
	TRY(record_root_text_scan(text, RELEASE_TYPE_MANIFEST, doc, err));
	TRY(record_object_read(doc, json_root(doc), members,
	                       sizeof members / sizeof members[0], manifest, err));
	TRY(release_manifest_append(manifest, &again, err));
	if (!view_equal(text, buf_view(&again)))
		return error_set(err, STATUS_MALFORMED,
		                 "the manifest is not written in its one form");
	return STATUS_OK;
}

enum status release_manifest_decode(struct view text,
                                    struct release_manifest *ret_manifest,
                                    struct error *err)
{
	struct json_doc doc = {0};
	enum status status = decode(text, &doc, ret_manifest, err);

	json_release(&doc);
	return status;
}
