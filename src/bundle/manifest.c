/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest as bytes. The link key signs it because the log and mirror keys sign
 * nothing but checkpoints and cosignatures, and the root may be away.
 */
#include "bundle/manifest.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle/layout.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/object.h"

enum { LINK_NAME_MAX = RECORD_NAME_MAX + sizeof "/link" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Writing */

static void append_log(const struct bundle_manifest_log *log, struct buf *out)
{
	char origin[RECORD_ORIGIN_MAX + 1];

	record_origin_encode(&log->origin, origin);
	buf_printf(out, "{\"origin\":\"%s\",\"size\":%llu,\"root\":\"", origin,
	           (unsigned long long)log->size);
	base64_append(out, hash_view(&log->root));
	buf_append_string(out, "\"");
	if (log->base > 0)
		buf_printf(out, ",\"base\":%llu", (unsigned long long)log->base);
	buf_append_string(out, "}");
}

static void append_text(const struct bundle_manifest *manifest, struct buf *out)
{
	char channel[HASH_HEX_LEN + 1], list[HASH_HEX_LEN + 1], date[TIME_TEXT_LEN + 1];

	hash_hex(&manifest->channel.hash, channel);
	hash_hex(&manifest->list_hash, list);
	time_text_encode(manifest->date_s, date);
	buf_printf(out,
	           "%s\n{\"aldis\":1,\"exporter\":\"%s\",\"channel\":\"%s\","
	           "\"date\":\"%s\",\"files\":{\"sha256\":\"%s\",\"count\":%llu},"
	           "\"logs\":[",
	           BUNDLE_TYPE_MANIFEST, manifest->exporter.text, channel, date, list,
	           (unsigned long long)manifest->list_count);
	for (size_t i = 0; i < manifest->log_count; i++) {
		if (i > 0)
			buf_append_byte(out, ',');
		append_log(&manifest->logs[i], out);
	}
	buf_append_string(out, "]}\n");
}

enum status bundle_manifest_append(const struct bundle_manifest *manifest,
                                   const struct ed25519_secret *link_secret,
                                   struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(RECORD_NOTE_MAX);
	struct ed25519_public key = ed25519_secret_public(link_secret);
	struct tlog_vkey vkey;

	TRY(record_vkey(manifest->exporter.text, "link", &key, &vkey, err));
	append_text(manifest, &text);
	TRY(buf_check(&text, "the manifest", err));
	tlog_note_sign(out, buf_view(&text), &vkey, link_secret);
	return buf_check(out, "the manifest", err);
}

/* Reading */

static enum status read_exporter(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct bundle_manifest *manifest = context;
	char text[RECORD_NAME_MAX + 1];

	TRY(record_string_read(doc, value, RECORD_NAME_MIN, RECORD_NAME_MAX, text, err));
	return record_name_decode(view_of_string(text), &manifest->exporter, err);
}

static enum status read_channel(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct bundle_manifest *manifest = context;

	return record_hex_hash_read(doc, value, &manifest->channel.hash, err);
}

static enum status read_date(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct bundle_manifest *manifest = context;

	return record_time_read(doc, value, &manifest->date_s, err);
}

static enum status read_list_hash(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct bundle_manifest *manifest = context;

	return record_hex_hash_read(doc, value, &manifest->list_hash, err);
}

static enum status read_list_count(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct bundle_manifest *manifest = context;
	int64_t count;

	TRY(record_integer_read(doc, value, 0, INT64_MAX, &count, err));
	manifest->list_count = (uint64_t)count;
	return STATUS_OK;
}

static enum status read_files(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"sha256", true, read_list_hash},
	    {"count", true, read_list_count},
	};

	return record_object_read(doc, value, members, COUNT(members), context, err);
}

static enum status read_origin(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct bundle_manifest_log *log = context;

	TRY(record_string_read(doc, value, 1, RECORD_ORIGIN_MAX, log->origin_text, err));
	return record_origin_decode(view_of_string(log->origin_text), &log->origin, err);
}

static enum status read_size(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct bundle_manifest_log *log = context;
	int64_t size;

	TRY(record_integer_read(doc, value, 0, BUNDLE_SIZE_MAX, &size, err));
	log->size = (uint64_t)size;
	return STATUS_OK;
}

static enum status read_root(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct bundle_manifest_log *log = context;

	return record_base64_read(doc, value, log->root.bytes, sizeof log->root.bytes,
	                          err);
}

static enum status read_base(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct bundle_manifest_log *log = context;
	int64_t base;

	TRY(record_integer_read(doc, value, 1, BUNDLE_SIZE_MAX, &base, err));
	log->base = (uint64_t)base;
	return STATUS_OK;
}

static enum status read_logs(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"origin", true, read_origin},
	    {"size", true, read_size},
	    {"root", true, read_root},
	    {"base", false, read_base},
	};
	struct bundle_manifest *manifest = context;

	TRY(record_array_check(value, 1, BUNDLE_LOGS_MAX, err));
	manifest->logs = calloc(value->count, sizeof *manifest->logs);
	if (manifest->logs == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the manifest");
	for (const struct json_token *log = json_first(doc, value); log != NULL;
	     log = json_next(doc, value, log))
		TRY(record_object_read(doc, log, members, COUNT(members),
		                       &manifest->logs[manifest->log_count++], err));
	return STATUS_OK;
}

static enum status check_logs(const struct bundle_manifest *manifest, struct error *err)
{
	for (size_t i = 0; i < manifest->log_count; i++) {
		const struct bundle_manifest_log *log = &manifest->logs[i];

		if (!hash_equal(&log->origin.channel.hash, &manifest->channel.hash))
			return error_set(err, STATUS_MALFORMED,
			                 "names a log of another channel");
		if (log->base > log->size)
			return error_set(err, STATUS_MALFORMED,
			                 "withholds more of a log than it has");
		for (size_t j = 0; j < i; j++)
			if (strcmp(manifest->logs[j].origin_text, log->origin_text) == 0)
				return error_set(err, STATUS_MALFORMED,
				                 "names a log twice");
	}
	return STATUS_OK;
}

/* "<exporter>/link" */
static void link_name(const struct bundle_manifest *manifest, struct buf *out)
{
	buf_printf(out, "%s/link", manifest->exporter.text);
}

static enum status check_line(const struct bundle_manifest *manifest,
                              const struct tlog_note *note, struct error *err)
{
	CLEANUP_BUF struct buf name = BUF_INIT(LINK_NAME_MAX);
	struct tlog_note_line line;

	link_name(manifest, &name);
	TRY(buf_check(&name, "a key name", err));
	TRY(tlog_note_line_parse(note->lines, &line, err));
	if (!view_equal(line.name, buf_view(&name)))
		return error_set(err, STATUS_MALFORMED,
		                 "is not signed in the name of its exporter's link key");
	return STATUS_OK;
}

static enum status decode(struct view text, struct json_doc *doc,
                          struct bundle_manifest *manifest, struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read}, {"exporter", true, read_exporter},
	    {"channel", true, read_channel},      {"date", true, read_date},
	    {"files", true, read_files},          {"logs", true, read_logs},
	};
	struct tlog_note note;

	TRY(record_root_note_open(text, BUNDLE_TYPE_MANIFEST, &note, doc, err));
	if (note.line_count != 1)
		return error_set(err, STATUS_MALFORMED,
		                 "must have one signature, and has %zu", note.line_count);
	TRY(record_object_read(doc, json_root(doc), members, COUNT(members), manifest,
	                       err));
	TRY(check_logs(manifest, err));
	return check_line(manifest, &note, err);
}

enum status bundle_manifest_decode(struct view note, struct bundle_manifest *ret_manifest,
                                   struct error *err)
{
	struct json_doc doc = {0};
	enum status status = decode(note, &doc, ret_manifest, err);

	json_release(&doc);
	return status;
}

void bundle_manifest_release(struct bundle_manifest *manifest)
{
	free(manifest->logs);
	*manifest = (struct bundle_manifest){0};
}

enum status bundle_manifest_verify(const struct bundle_manifest *manifest,
                                   struct view note,
                                   const struct ed25519_public *link_key,
                                   struct error *err)
{
	struct tlog_note parsed;
	struct tlog_vkey vkey;

	TRY(tlog_note_parse(note, &parsed, err));
	TRY(record_vkey(manifest->exporter.text, "link", link_key, &vkey, err));
	if (tlog_note_verify(&parsed, &vkey, NULL) != STATUS_OK)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the signature of %s does not verify", vkey.name);
	return STATUS_OK;
}
