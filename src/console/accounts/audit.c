/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the audit: pages, an export of the lines as they stand, and following the whole
 * chain in slices, so that nothing else waits for it.
 */
#include "office/audit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "codec/time_text.h"
#include "console/accounts/account_body.h"
#include "console/api_call.h"

enum {
	PAGE_MAX = 1000,
	PAGE_USUAL = 100,
	LOOK_MAX = 4000, /* rows looked at for one page */
	SLICE = 200,     /* rows followed in one turn */
	EXPORT_MAX = 32 << 20,
	NOTE_MAX = 512,
};

/* ---- what is looked for */

struct filter {
	const char *who, *what, *subject, *q; /* or NULL */
	int64_t since_s, until_s;             /* until: not any more */
};

static enum status read_time(const struct target *target, const char *name,
                             int64_t fallback_s, int64_t *ret_s, struct error *err)
{
	const char *text = target_parameter(target, name);

	*ret_s = fallback_s;
	if (text == NULL)
		return STATUS_OK;
	return error_context(err, time_text_decode(view_of_string(text), ret_s, err),
	                     "%s", name);
}

static enum status read_filter(const struct api_call *call, struct filter *ret_filter,
                               struct error *err)
{
	const struct target *target = &call->target;

	ret_filter->who = target_parameter(target, "who");
	ret_filter->what = target_parameter(target, "what");
	ret_filter->subject = target_parameter(target, "subject");
	ret_filter->q = target_parameter(target, "q");
	TRY(read_time(target, "since", INT64_MIN, &ret_filter->since_s, err));
	return read_time(target, "until", INT64_MAX, &ret_filter->until_s, err);
}

static bool is_at(struct view text, size_t at, const char *wanted, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (tolower(text.data[at + i]) != tolower((unsigned char)wanted[i]))
			return false;
	return true;
}

/* Small and capital letters of ASCII are the same. */
static bool holds(struct view text, const char *wanted)
{
	size_t len = strlen(wanted);

	for (size_t at = 0; at + len <= text.len; at++)
		if (is_at(text, at, wanted, len))
			return true;
	return false;
}

static bool matches(const struct filter *filter, struct view line,
                    const struct audit_row *row)
{
	if (row->time_s < filter->since_s || row->time_s >= filter->until_s)
		return false;
	if (filter->who != NULL && !view_equal_string(row->who, filter->who))
		return false;
	if (filter->what != NULL &&
	    !view_has_prefix(row->what, view_of_string(filter->what)))
		return false;
	if (filter->subject != NULL && !holds(row->subject, filter->subject) &&
	    !view_equal_string(row->channel, filter->subject))
		return false;
	return filter->q == NULL || holds(line, filter->q);
}

/* ---- pages */

/* Damage of the store is not the asker's fault. */
static enum status read_row(const struct api_call *call, uint64_t index, struct buf *line,
                            struct audit_row *ret_row, struct error *err)
{
	struct office *office = call->api->office;

	if (office_audit_line(office, index, line, err) == STATUS_OK &&
	    audit_row_parse(buf_view(line), &call->api->doc, ret_row, err) == STATUS_OK)
		return STATUS_OK;
	return error_set(err, STATUS_SYSTEM,
	                 "row %" PRIu64 " of the audit is damaged or missing: verify it",
	                 index);
}

static void write_row(struct json_writer *writer, struct view line)
{
	struct hash hash = sha256(line);
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&hash, hex);
	/* The line's own members, and its hash. */
	line.len--;
	json_writer_raw(writer, NULL, line);
	buf_printf(writer->out, ",\"hash\":\"%s\"}", hex);
}

static void write_head(struct json_writer *writer, const struct office *office)
{
	struct audit_head head = office_audit_head(office);
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&head.hash, hex);
	json_writer_object(writer, "head");
	json_writer_integer(writer, "index", (int64_t)head.count - 1);
	json_writer_string(writer, "hash", hex);
	json_writer_end(writer);
}

/* Newest first, from below `before`; *ret_next is where the next page begins. */
static enum status write_rows(struct api_call *call, const struct filter *filter,
                              uint64_t before, uint64_t limit, struct json_writer *writer,
                              uint64_t *ret_next, struct error *err)
{
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);
	uint64_t found = 0, looked = 0;

	while (before > 0 && found < limit && looked++ < LOOK_MAX) {
		struct audit_row row;

		before--;
		TRY(read_row(call, before, &line, &row, err));
		if (!matches(filter, buf_view(&line), &row))
			continue;
		write_row(writer, buf_view(&line));
		found++;
	}
	*ret_next = before;
	return STATUS_OK;
}

enum status api_get_audit(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {
	    "cursor", "limit", "who", "what", "subject", "q", "since", "until", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	uint64_t count = office_audit_head(call->api->office).count;
	uint64_t before, limit, next = 0;
	struct filter filter;
	char cursor[24];

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "cursor", UINT64_MAX, count, &before, err));
	TRY(target_number(&call->target, "limit", PAGE_MAX, PAGE_USUAL, &limit, err));
	TRY(read_filter(call, &filter, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "entries");
	TRY(write_rows(call, &filter, before < count ? before : count, limit, &writer,
	               &next, err));
	json_writer_end(&writer);
	if (next > 0) {
		snprintf(cursor, sizeof cursor, "%" PRIu64, next);
		json_writer_string(&writer, "next", cursor);
	}
	write_head(&writer, call->api->office);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

/* ---- export */

/* The rows from the first to the last of that time, without gaps. */
static enum status collect(struct api_call *call, const struct filter *filter,
                           struct buf *out, uint64_t *ret_rows, struct error *err)
{
	CLEANUP_BUF struct buf line = BUF_INIT(AUDIT_LINE_MAX);
	uint64_t count = office_audit_head(call->api->office).count;
	size_t good_len = 0;
	uint64_t rows = 0;

	*ret_rows = 0;
	for (uint64_t i = 0; i < count; i++) {
		struct audit_row row;

		TRY(read_row(call, i, &line, &row, err));
		if (rows == 0 && row.time_s < filter->since_s)
			continue;
		buf_append_view(out, buf_view(&line));
		buf_append_byte(out, '\n');
		rows++;
		if (row.time_s < filter->until_s) {
			good_len = out->len;
			*ret_rows = rows;
		}
	}
	TRY(error_context(err, buf_check(out, "the export", err),
	                  "narrow it by since and until"));
	out->len = good_len;
	return STATUS_OK;
}

enum status api_get_audit_export(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"since", "until", NULL};
	CLEANUP_BUF struct buf out = BUF_INIT(EXPORT_MAX);
	struct filter filter;
	uint64_t rows;
	char data[64];

	TRY(target_allow(&call->target, parameters, err));
	TRY(read_filter(call, &filter, err));
	TRY(collect(call, &filter, &out, &rows, err));
	snprintf(data, sizeof data, "{\"rows\":%" PRIu64 "}", rows);
	TRY(office_audit(call->api->office,
	                 &(struct office_act){.who = &call->who,
	                                      .what = "export.audit",
	                                      .data = view_of_string(data)},
	                 err));
	desk_reply_with(call->desk, &(struct desk_reply){.request = call->request->id,
	                                                 .status = 200,
	                                                 .type = "application/x-ndjson",
	                                                 .body = buf_view(&out),
	                                                 .file_name = "audit.ndjson"});
	return STATUS_OK;
}

/* ---- following the chain */

enum status api_post_audit_verify(struct api_call *call, struct error *err)
{
	struct audit_check *check = &call->api->audit_check;

	if (check->count == AUDIT_CHECKS_MAX)
		return error_set(err, STATUS_AGAIN,
		                 "the audit is being verified for others: try again");
	/* Who joins a check that runs gets its result: it goes up to the newest row. */
	check->requests[check->count++] = call->request->id;
	return access_note_done(call, "audit.verify", err);
}

static enum status reply_checked(struct api *api, uint64_t request, enum status status,
                                 uint64_t count, const struct error *why,
                                 struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(NOTE_MAX * 2);
	struct json_writer writer = json_writer_of(&out);

	json_writer_object(&writer, NULL);
	json_writer_bool(&writer, "ok", status == STATUS_OK);
	json_writer_integer(&writer, "count", (int64_t)count);
	write_head(&writer, api->office);
	if (status != STATUS_OK)
		json_writer_string(&writer, "why", why->text);
	json_writer_end(&writer);
	return api_reply_json(api->desk, request, 200, &out, err);
}

static void answer_all(struct api *api, enum status status, const struct error *why)
{
	struct audit_check *check = &api->audit_check;
	bool is_answer = status == STATUS_OK || status == STATUS_UNTRUSTED;

	for (size_t i = 0; i < check->count; i++) {
		struct error err = *why;
		enum status replied = is_answer
		                          ? reply_checked(api, check->requests[i], status,
		                                          check->chain.next, why, &err)
		                          : status;

		if (replied != STATUS_OK)
			api_reply_problem(api->desk, check->requests[i], replied,
			                  &(struct api_problem){0}, &err);
	}
}

void audit_check_step(struct api *api)
{
	struct audit_check *check = &api->audit_check;
	struct error why = {""};
	enum status status;

	if (check->count == 0)
		return;
	status = office_audit_verify(api->office, &check->chain, SLICE, &why);
	if (status == STATUS_AGAIN)
		return;
	answer_all(api, status, &why);
	audit_check_release(check);
}

void audit_check_release(struct audit_check *check)
{
	json_release(&check->chain.doc);
	*check = (struct audit_check){0};
}
