/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of the audit as a line, as anybody may hand it in; and the chain of them. Needs
 * no store: an exported chain is followed the same way.
 */
#include <inttypes.h>

#include "office/audit.h"
#include "record/object.h"

enum { ROW_TOKENS_MAX = 8192 };

static enum status read_text(const struct json_doc *doc, const struct json_token *value,
                             size_t max, struct view *ret_text, struct error *err)
{
	if (value->type != JSON_STRING || json_raw(doc, value).len > max)
		return error_set(err, STATUS_MALFORMED,
		                 "must be a text of at most %zu bytes", max);
	*ret_text = json_raw(doc, value);
	return STATUS_OK;
}

static enum status read_index(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct audit_row *row = context;
	int64_t index;

	TRY(record_integer_read(doc, value, 0, INT64_C(1) << 52, &index, err));
	row->index = (uint64_t)index;
	return STATUS_OK;
}

static enum status read_time(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct audit_row *row = context;

	TRY(record_time_read(doc, value, &row->time_s, err));
	row->time = json_raw(doc, value);
	return STATUS_OK;
}

static enum status read_who(const struct json_doc *doc, const struct json_token *value,
                            void *context, struct error *err)
{
	struct audit_row *row = context;

	return read_text(doc, value, 512, &row->who, err);
}

static enum status read_door(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct audit_row *row = context;

	return read_text(doc, value, 16, &row->door, err);
}

static enum status read_from(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct audit_row *row = context;

	return read_text(doc, value, 512, &row->from, err);
}

static enum status read_what(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct audit_row *row = context;

	return read_text(doc, value, 512, &row->what, err);
}

static enum status read_subject(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct audit_row *row = context;

	return read_text(doc, value, 2048, &row->subject, err);
}

static enum status read_channel(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct audit_row *row = context;

	return read_text(doc, value, 512, &row->channel, err);
}

static enum status read_data(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct audit_row *row = context;

	if (value->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	row->data = json_text(doc, value);
	return STATUS_OK;
}

static enum status read_previous(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct audit_row *row = context;

	return record_hex_hash_read(doc, value, &row->previous, err);
}

enum status audit_row_parse(struct view line, struct json_doc *doc,
                            struct audit_row *ret_row, struct error *err)
{
	static const struct record_member members[] = {
	    {"index", true, read_index},     {"time", true, read_time},
	    {"who", true, read_who},         {"door", true, read_door},
	    {"from", true, read_from},       {"what", true, read_what},
	    {"subject", true, read_subject}, {"channel", false, read_channel},
	    {"data", true, read_data},       {"previous", true, read_previous},
	};
	struct audit_row row = {0};

	if (line.len > AUDIT_LINE_MAX)
		return error_set(err, STATUS_LIMIT, "the line is longer than %d bytes",
		                 AUDIT_LINE_MAX);
	TRY(json_scan(doc, line, ROW_TOKENS_MAX, err));
	TRY(record_object_read(doc, json_root(doc), members,
	                       sizeof members / sizeof members[0], &row, err));
	*ret_row = row;
	return STATUS_OK;
}

static enum status untrusted(struct error *err, uint64_t index, const char *why)
{
	return error_set(err, STATUS_UNTRUSTED, "row %" PRIu64 " of the audit: %s", index,
	                 why);
}

enum status audit_chain_take(struct audit_chain *chain, struct view line,
                             struct error *err)
{
	struct audit_row row;
	struct error why;
	bool is_first = !chain->is_started;

	if (audit_row_parse(line, &chain->doc, &row, &why) != STATUS_OK)
		return untrusted(err, chain->next, why.text);
	if (is_first && chain->may_start_anywhere) {
		chain->next = row.index;
		chain->hash = row.previous;
	}
	if (row.index != chain->next)
		return untrusted(err, chain->next, "its place holds another one");
	if (!hash_equal(&row.previous, &chain->hash))
		return untrusted(err, chain->next,
		                 "it does not follow the row before it: one of the two "
		                 "was changed");
	chain->is_started = true;
	chain->hash = sha256(line);
	chain->next++;
	return STATUS_OK;
}
