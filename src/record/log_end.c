/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a log's end, and who has signed it.
 */
#include "record/log_end.h"

#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/object.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const int64_t size_max = ((int64_t)1 << 53) - 1;

enum status record_log_end_append_text(const struct record_log_end *end, struct buf *out,
                                       struct error *err)
{
	char date[TIME_TEXT_LEN + 1];
	struct record_origin origin;

	TRY(record_origin_decode(view_of_string(end->origin), &origin, err));
	time_text_encode(end->date_s, date);
	buf_printf(out,
	           RECORD_TYPE_LOG_END "\n{\"aldis\":1,\"origin\":\"%s\",\"size\":%llu,"
	                               "\"root\":\"",
	           end->origin, (unsigned long long)end->size);
	base64_append(out, view_of(end->root.bytes, sizeof end->root.bytes));
	buf_printf(out, "\",\"date\":\"%s\"}\n", date);
	return buf_check(out, "the log's end", err);
}

struct reading {
	struct record_log_end end;
	struct record_origin origin;
};

static enum status read_origin(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct reading *reading = context;

	TRY(record_string_read(doc, value, 1, RECORD_ORIGIN_MAX, reading->end.origin,
	                       err));
	return record_origin_decode(view_of_string(reading->end.origin), &reading->origin,
	                            err);
}

static enum status read_size(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;
	int64_t size;

	TRY(record_integer_read(doc, value, 0, size_max, &size, err));
	reading->end.size = (uint64_t)size;
	return STATUS_OK;
}

static enum status read_root(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;

	return record_base64_read(doc, value, reading->end.root.bytes,
	                          sizeof reading->end.root.bytes, err);
}

static enum status read_date(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct reading *reading = context;

	return record_time_read(doc, value, &reading->end.date_s, err);
}

static enum status text_read(struct view text, struct reading *ret_reading,
                             struct error *err)
{
	static const struct record_member members[] = {
	    {"aldis", true, record_version_read},
	    {"origin", true, read_origin},
	    {"size", true, read_size},
	    {"root", true, read_root},
	    {"date", true, read_date},
	};
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct reading reading = {0};

	TRY(record_root_text_scan(text, RECORD_TYPE_LOG_END, &doc, err));
	TRY(record_object_read(&doc, json_root(&doc), members, COUNT(members), &reading,
	                       err));
	reading.end.digest = sha256(text);
	*ret_reading = reading;
	return STATUS_OK;
}

enum status record_log_end_decode(struct view text, struct record_log_end *ret_end,
                                  struct error *err)
{
	struct reading reading;
	enum status status = text_read(text, &reading, err);

	if (status != STATUS_OK)
		return error_context(err, status, "log's end");
	*ret_end = reading.end;
	return STATUS_OK;
}

enum status record_log_end_signed_by(const struct tlog_note *note,
                                     const struct record_card *card, bool *ret_is_signed,
                                     struct error *err)
{
	struct tlog_vkey vkey;
	enum status status;

	TRY(record_vkey(card->name.text, "root", &card->keys[RECORD_ROLE_ROOT], &vkey,
	                err));
	status = tlog_note_verify(note, &vkey, err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return error_context(err, status, "signature of %s", card->name.text);
	*ret_is_signed = status == STATUS_OK;
	return STATUS_OK;
}

static enum status note_read(struct view text, const struct record_charter *charter,
                             struct reading *ret_reading,
                             bool ret_signed[RECORD_MEMBERS_MAX], struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX] = {false};
	struct tlog_note note;
	size_t own;

	TRY(tlog_note_parse(text, &note, err));
	TRY(text_read(note.text, ret_reading, err));
	own = record_charter_member(charter, ret_reading->origin.desk.text);
	if (own == SIZE_MAX)
		return error_set(err, STATUS_CONFLICT, "%s is not a member",
		                 ret_reading->origin.desk.text);
	for (size_t i = 0; i < charter->member_count; i++)
		TRY(record_log_end_signed_by(&note, &charter->members[i], &is_signed[i],
		                             err));
	if (!is_signed[own])
		return error_set(err, STATUS_UNTRUSTED,
		                 "the root of %s has not signed the end of its own log",
		                 ret_reading->origin.desk.text);
	memcpy(ret_signed, is_signed, sizeof is_signed);
	return STATUS_OK;
}

enum status record_log_end_open(struct view note, const struct record_charter *charter,
                                struct record_log_end *ret_end,
                                bool ret_signed[RECORD_MEMBERS_MAX], struct error *err)
{
	struct reading reading;
	enum status status = note_read(note, charter, &reading, ret_signed, err);

	if (status != STATUS_OK)
		return error_context(err, status, "log's end");
	*ret_end = reading.end;
	return STATUS_OK;
}
