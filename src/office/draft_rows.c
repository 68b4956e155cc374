/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows "office/draft/<number>", "office/draft-text/<number>",
 * "office/draft-file/<number>/<file>/<piece>", "office/draft-next". Numbers are written
 * with ten digits, so that rows stand in their order.
 */
#include "office/draft_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/decimal.h"
#include "codec/json_writer.h"
#include "record/array.h"
#include "record/object.h"

#define PREFIX "office/draft/"
#define NEXT_KEY "office/draft-next"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { PIECE_LEN = OFFICE_ROW_MAX, ROW_TOKENS_MAX = 2000 };

void draft_release(struct draft *draft)
{
	buf_release(&draft->reason);
	free(draft->files);
	free(draft);
}

void drafts_release(struct draft_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		draft_release(list->items[i]);
	free(list->items);
	*list = (struct draft_list){0};
}

struct draft *draft_find(struct office *office, const char *id)
{
	for (size_t i = 0; i < office->drafts.count; i++)
		if (strcmp(office->drafts.items[i]->id, id) == 0)
			return office->drafts.items[i];
	return NULL;
}

static void number_set(struct draft *draft, uint64_t number)
{
	draft->number = number;
	(void)snprintf(draft->id, sizeof draft->id, "d%" PRIu64, number);
}

static enum status list_append(struct office *office, uint64_t number,
                               struct draft **ret_draft, struct error *err)
{
	struct draft_list *list = &office->drafts;
	struct draft *draft;

	TRY(record_array_reserve(&list->items, &list->cap, list->count + 1,
	                         sizeof(struct draft *), err));
	draft = calloc(1, sizeof *draft);
	if (draft == NULL)
		return error_set(err, STATUS_NO_MEMORY, "out of memory for the draft");
	draft->reason = BUF_INIT(DRAFT_REASON_MAX);
	number_set(draft, number);
	list->items[list->count++] = draft;
	*ret_draft = draft;
	return STATUS_OK;
}

enum status draft_add(struct office *office, struct draft **ret_draft, struct error *err)
{
	struct draft_list *list = &office->drafts;
	char text[32];

	TRY(list_append(office, list->next, ret_draft, err));
	list->next++;
	(void)snprintf(text, sizeof text, "%" PRIu64, list->next);
	return office_put(office, NEXT_KEY, view_of_string(text), err);
}

/* ---- writing ---- */

static void row_key(const struct draft *draft, const char *what, char key[OFFICE_KEY_MAX])
{
	(void)snprintf(key, OFFICE_KEY_MAX, "office/%s/%010" PRIu64, what, draft->number);
}

static void piece_key(const struct draft *draft, uint32_t file, size_t piece,
                      char key[OFFICE_KEY_MAX])
{
	(void)snprintf(key, OFFICE_KEY_MAX, "office/draft-file/%010" PRIu64 "/%05u/%02zu",
	               draft->number, (unsigned)file, piece);
}

static void write_deed(struct json_writer *writer, const char *name,
                       const struct draft_deed *deed)
{
	if (deed->time_s == 0)
		return;
	json_writer_object(writer, name);
	json_writer_string(writer, "by", deed->by);
	json_writer_time(writer, "time", deed->time_s);
	json_writer_end(writer);
}

static void write_files(struct json_writer *writer, const struct draft *draft)
{
	json_writer_integer(writer, "next_file", draft->next_file);
	json_writer_array(writer, "files");
	for (size_t i = 0; i < draft->file_count; i++) {
		json_writer_object(writer, NULL);
		json_writer_integer(writer, "id", draft->files[i].id);
		json_writer_string(writer, "name", draft->files[i].name);
		json_writer_integer(writer, "size", (int64_t)draft->files[i].size);
		if (draft->files[i].is_salted)
			json_writer_bool(writer, "salted", true);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_draft(struct json_writer *writer, const struct draft *draft)
{
	char text[RECORD_MESSAGE_ID_MAX + 1], hex[HASH_HEX_LEN + 1];

	hash_hex(&draft->channel.hash, hex);
	json_writer_object(writer, NULL);
	json_writer_string(writer, "channel", hex);
	json_writer_string(writer, "state", draft_state_word(draft->state));
	json_writer_integer(writer, "version", draft->version);
	write_deed(writer, "created", &draft->created);
	write_deed(writer, "changed", &draft->changed);
	write_deed(writer, "asked", &draft->asked);
	write_deed(writer, "returned", &draft->returned);
	if (draft->reason.len > 0)
		json_writer_text(writer, "reason", buf_view(&draft->reason));
	write_deed(writer, "approved", &draft->approved);
	write_deed(writer, "finished", &draft->finished);
	write_files(writer, draft);
	if (draft->state == DRAFT_SENT && !draft->is_queued) {
		record_message_id_encode(&draft->sent, text);
		json_writer_string(writer, "sent", text);
	}
	json_writer_end(writer);
}

enum status draft_put(struct office *office, const struct draft *draft, struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(OFFICE_ROW_MAX);
	struct json_writer writer = json_writer_of(&row);
	char key[OFFICE_KEY_MAX];

	row_key(draft, "draft", key);
	write_draft(&writer, draft);
	TRY(buf_check(&row, "the draft", err));
	return office_put(office, key, buf_view(&row), err);
}

enum status draft_put_text(struct office *office, const struct draft *draft,
                           struct view text, struct error *err)
{
	char key[OFFICE_KEY_MAX];

	row_key(draft, "draft-text", key);
	return office_put(office, key, text, err);
}

enum status draft_text(struct office *office, const struct draft *draft,
                       struct buf *ret_text, struct error *err)
{
	char key[OFFICE_KEY_MAX];

	row_key(draft, "draft-text", key);
	return office_get(office, key, ret_text, err);
}

static size_t piece_count(uint64_t size)
{
	return (size_t)((size + PIECE_LEN - 1) / PIECE_LEN);
}

enum status draft_put_file(struct office *office, const struct draft *draft,
                           uint32_t file, struct view content, struct error *err)
{
	char key[OFFICE_KEY_MAX];

	for (size_t i = 0; i < piece_count(content.len); i++) {
		struct view piece = view_from(content, i * PIECE_LEN);

		if (piece.len > PIECE_LEN)
			piece.len = PIECE_LEN;
		piece_key(draft, file, i, key);
		TRY(office_put(office, key, piece, err));
	}
	return STATUS_OK;
}

enum status draft_file_read(struct office *office, const struct draft *draft,
                            uint32_t file, struct buf *ret_content, struct error *err)
{
	CLEANUP_BUF struct buf piece = BUF_INIT(PIECE_LEN);
	size_t before = ret_content->len;
	char key[OFFICE_KEY_MAX];

	for (size_t i = 0; i < draft->file_count; i++) {
		if (draft->files[i].id != file)
			continue;
		for (size_t nth = 0; nth < piece_count(draft->files[i].size); nth++) {
			piece_key(draft, file, nth, key);
			TRY(office_get(office, key, &piece, err));
			buf_append_view(ret_content, buf_view(&piece));
		}
		if (ret_content->len - before != draft->files[i].size)
			return error_set(err, STATUS_MALFORMED,
			                 "an attachment of a draft is damaged");
		return buf_check(ret_content, "the attachment", err);
	}
	return error_set(err, STATUS_NOT_FOUND, "the draft has no such attachment");
}

enum status draft_remove_file(struct office *office, const struct draft *draft,
                              const struct draft_file *file, struct error *err)
{
	char key[OFFICE_KEY_MAX];

	for (size_t i = 0; i < piece_count(file->size); i++) {
		piece_key(draft, file->id, i, key);
		TRY(office_remove(office, key, err));
	}
	return STATUS_OK;
}

enum status draft_remove(struct office *office, struct draft *draft, struct error *err)
{
	struct draft_list *list = &office->drafts;
	char key[OFFICE_KEY_MAX];
	size_t at = 0;

	for (size_t i = 0; i < draft->file_count; i++)
		TRY(draft_remove_file(office, draft, &draft->files[i], err));
	row_key(draft, "draft-text", key);
	TRY(office_remove(office, key, err));
	row_key(draft, "draft", key);
	TRY(office_remove(office, key, err));
	while (list->items[at] != draft)
		at++;
	memmove(list->items + at, list->items + at + 1,
	        (list->count - at - 1) * sizeof(struct draft *));
	list->count--;
	draft_release(draft);
	return STATUS_OK;
}

/* ---- reading what the store holds ---- */

static enum status read_channel(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct draft *draft = context;

	return record_hex_hash_read(doc, value, &draft->channel.hash, err);
}

static enum status read_state(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct draft *draft = context;
	char word[16];

	TRY(record_string_read(doc, value, 1, sizeof word - 1, word, err));
	if (!draft_state_of(word, &draft->state))
		return error_set(err, STATUS_MALFORMED, "is no state");
	return STATUS_OK;
}

static enum status read_version(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct draft *draft = context;

	return record_integer_read(doc, value, 1, INT64_C(1) << 40, &draft->version, err);
}

static enum status read_by(const struct json_doc *doc, const struct json_token *value,
                           void *context, struct error *err)
{
	struct draft_deed *deed = context;

	return record_string_read(doc, value, 1, OFFICE_NAME_MAX, deed->by, err);
}

static enum status read_time(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct draft_deed *deed = context;

	return record_time_read(doc, value, &deed->time_s, err);
}

static enum status read_deed(const struct json_doc *doc, const struct json_token *value,
                             struct draft_deed *deed, struct error *err)
{
	static const struct record_member members[] = {
	    {"by", true, read_by},
	    {"time", true, read_time},
	};

	return record_object_read(doc, value, members, COUNT(members), deed, err);
}

static enum status read_created(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	return read_deed(doc, value, &((struct draft *)context)->created, err);
}

static enum status read_changed(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	return read_deed(doc, value, &((struct draft *)context)->changed, err);
}

static enum status read_asked(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	return read_deed(doc, value, &((struct draft *)context)->asked, err);
}

static enum status read_returned(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	return read_deed(doc, value, &((struct draft *)context)->returned, err);
}

static enum status read_approved(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	return read_deed(doc, value, &((struct draft *)context)->approved, err);
}

static enum status read_finished(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	return read_deed(doc, value, &((struct draft *)context)->finished, err);
}

static enum status read_reason(const struct json_doc *doc, const struct json_token *value,
                               void *context, struct error *err)
{
	struct draft *draft = context;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a text");
	json_string_append(doc, value, &draft->reason);
	return buf_check(&draft->reason, "the reason", err);
}

static enum status read_next_file(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct draft *draft = context;
	int64_t next;

	TRY(record_integer_read(doc, value, 0, UINT32_MAX, &next, err));
	draft->next_file = (uint32_t)next;
	return STATUS_OK;
}

static enum status read_file_id(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct draft_file *file = context;
	int64_t id;

	TRY(record_integer_read(doc, value, 0, UINT32_MAX, &id, err));
	file->id = (uint32_t)id;
	return STATUS_OK;
}

static enum status read_file_name(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct draft_file *file = context;

	return record_string_read(doc, value, 1, DRAFT_FILE_NAME_MAX, file->name, err);
}

static enum status read_file_size(const struct json_doc *doc,
                                  const struct json_token *value, void *context,
                                  struct error *err)
{
	struct draft_file *file = context;
	int64_t size;

	TRY(record_integer_read(doc, value, 0, RECORD_ATTACHMENT_BLOB_MAX, &size, err));
	file->size = (uint64_t)size;
	return STATUS_OK;
}

static enum status read_file_salted(const struct json_doc *doc,
                                    const struct json_token *value, void *context,
                                    struct error *err)
{
	struct draft_file *file = context;

	(void)doc;
	if (value->type != JSON_TRUE && value->type != JSON_FALSE)
		return error_set(err, STATUS_MALFORMED, "must be true or false");
	file->is_salted = value->type == JSON_TRUE;
	return STATUS_OK;
}

static enum status read_files(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	static const struct record_member members[] = {
	    {"id", true, read_file_id},
	    {"name", true, read_file_name},
	    {"size", true, read_file_size},
	    {"salted", false, read_file_salted},
	};
	struct draft *draft = context;

	TRY(record_array_check(value, 0, RECORD_ATTACHMENTS_MAX, err));
	for (const struct json_token *file = json_first(doc, value); file != NULL;
	     file = json_next(doc, value, file)) {
		TRY(record_array_reserve(&draft->files, &draft->file_cap,
		                         draft->file_count + 1, sizeof *draft->files,
		                         err));
		draft->files[draft->file_count] = (struct draft_file){0};
		TRY(record_object_read(doc, file, members, COUNT(members),
		                       &draft->files[draft->file_count], err));
		draft->file_count++;
	}
	return STATUS_OK;
}

static enum status read_sent(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct draft *draft = context;
	char text[RECORD_MESSAGE_ID_MAX + 1];

	TRY(record_string_read(doc, value, 1, RECORD_MESSAGE_ID_MAX, text, err));
	draft->is_queued = false;
	return record_message_id_decode(view_of_string(text), &draft->sent, err);
}

static enum status draft_read(const struct json_doc *doc, struct draft *draft,
                              struct error *err)
{
	static const struct record_member members[] = {
	    {"channel", true, read_channel},    {"state", true, read_state},
	    {"version", true, read_version},    {"created", true, read_created},
	    {"changed", true, read_changed},    {"asked", false, read_asked},
	    {"returned", false, read_returned}, {"reason", false, read_reason},
	    {"approved", false, read_approved}, {"next_file", true, read_next_file},
	    {"files", true, read_files},        {"sent", false, read_sent},
	    {"finished", false, read_finished},
	};

	draft->is_queued = true;
	TRY(record_object_read(doc, json_root(doc), members, COUNT(members), draft, err));
	draft->is_queued = draft->is_queued && draft->state == DRAFT_SENT;
	return STATUS_OK;
}

static enum status take_row(void *context, struct view key, struct view value,
                            struct error *err)
{
	struct office *office = context;
	struct draft *draft = NULL;
	struct view digits = view_from(key, strlen(PREFIX));
	uint64_t number;

	while (digits.len > 1 && digits.data[0] == '0')
		digits = view_from(digits, 1);
	TRY(decimal_decode(digits, UINT32_MAX, &number, err));
	TRY(list_append(office, number, &draft, err));
	TRY(json_scan(&office->doc, value, ROW_TOKENS_MAX, err));
	return draft_read(&office->doc, draft, err);
}

static enum status load_next(struct office *office, struct error *err)
{
	CLEANUP_BUF struct buf row = BUF_INIT(64);
	enum status status = office_get(office, NEXT_KEY, &row, err);

	office->drafts.next = 1;
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	TRY(status);
	return decimal_decode(buf_view(&row), UINT32_MAX, &office->drafts.next, err);
}

enum status drafts_load(struct office *office, struct error *err)
{
	enum status status = load_next(office, err);

	if (status == STATUS_OK)
		status = office_scan(office, PREFIX, take_row, office, err);
	return status == STATUS_OK ? status : error_context(err, status, "drafts");
}
