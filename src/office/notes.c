/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row, "office/notes".
 */
#include "office/notes.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "codec/json_writer.h"
#include "office/state.h"
#include "record/object.h"

#define KEY "office/notes"

enum { ROW_TOKENS_MAX = 16 };

static enum status read_text(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct notes *notes = context;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a text");
	notes->text = BUF_INIT(NOTES_LEN_MAX);
	json_string_append(doc, value, &notes->text);
	return buf_check(&notes->text, "the notes", err);
}

static enum status read_version(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct notes *notes = context;

	return record_integer_read(doc, value, 1, INT64_C(1) << 40, &notes->version, err);
}

static enum status read_by(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct notes *notes = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, notes->by, err);
}

static enum status read_time(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct notes *notes = context;

	return record_time_read(doc, value, &notes->time_s, err);
}

enum status notes_read(struct office *office, struct notes *ret_notes, struct error *err)
{
	static const struct record_member members[] = {
	    {"text", true, read_text},
	    {"version", true, read_version},
	    {"by", true, read_by},
	    {"time", true, read_time},
	};
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	enum status status = office_get(office, KEY, &row, err);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	TRY(json_scan(&office->doc, buf_view(&row), ROW_TOKENS_MAX, err));
	status = record_object_read(&office->doc, json_root(&office->doc), members, 4,
	                            ret_notes, err);
	return status == STATUS_OK ? status : error_context(err, status, "notes");
}

static enum status put(struct office *office, const struct notes *notes, struct view text,
                       struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	struct json_writer writer = json_writer_of(&row);

	json_writer_object(&writer, NULL);
	json_writer_text(&writer, "text", text);
	json_writer_integer(&writer, "version", notes->version);
	json_writer_string(&writer, "by", notes->by);
	json_writer_time(&writer, "time", notes->time_s);
	json_writer_end(&writer);
	TRY(buf_check(&row, "the notes", err));
	return office_put(office, KEY, buf_view(&row), err);
}

static enum status note(struct office *office, const struct office_principal *who,
                        int64_t version, size_t len, struct error *err)
{
	char data[128];

	(void)snprintf(data, sizeof data, "{\"version\":%" PRId64 ",\"bytes\":%zu}",
	               version, len);
	TRY(office_audit(office,
	                 &(struct office_act){.who = who,
	                                      .what = "notes.write",
	                                      .subject = "notes",
	                                      .data = view_of_string(data)},
	                 err));
	(void)snprintf(data, sizeof data, "\"version\":%" PRId64, version);
	desk_announce(office->desk, "notes", data);
	return STATUS_OK;
}

static enum status write_next(struct office *office, const struct office_principal *who,
                              int64_t version, struct view text, struct notes *notes,
                              struct error *err)
{
	TRY(notes_read(office, notes, err));
	if (version != notes->version)
		return error_set(
		    err, STATUS_CONFLICT,
		    "%s has changed the notes meanwhile: they are at version "
		    "%" PRId64,
		    notes->by, notes->version);
	if (text.len > NOTES_LEN_MAX)
		return error_set(err, STATUS_LIMIT, "text: has at most %d bytes",
		                 NOTES_LEN_MAX);
	notes->version++;
	notes->time_s = office->now_ms / 1000;
	(void)snprintf(notes->by, sizeof notes->by, "%s", who->name);
	TRY(put(office, notes, text, err));
	return note(office, who, notes->version, text.len, err);
}

enum status notes_write(struct office *office, const struct office_principal *who,
                        int64_t version, struct view text, struct error *err)
{
	struct notes notes = {0};
	enum status status = write_next(office, who, version, text, &notes, err);

	buf_release(&notes.text);
	return status;
}
