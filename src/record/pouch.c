/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line that names the form, u64, then u8 and u32 length before each request.
 */
#include "record/pouch.h"

#include "base/cleanup.h"
#include "record/blob.h"
#include "tlog/note.h"
#include "tlog/wire.h"

static const char form[] = "aldis.pouch-content/1\n";

void record_pouch_append_head(struct buf *out, uint64_t needs)
{
	buf_append_string(out, form);
	buf_append_u64(out, needs);
}

size_t record_pouch_begin(struct buf *out, enum record_pouch_request request)
{
	buf_append_byte(out, (uint8_t)request);
	buf_append_u32(out, 0);
	return out->len;
}

void record_pouch_end(struct buf *out, size_t begun)
{
	size_t len = out->len - begun;

	if (out->failed != STATUS_OK)
		return; /* buf_check will say */
	for (size_t i = 0; i < 4; i++)
		out->data[begun - 1 - i] = (uint8_t)(len >> 8 * i);
}

static enum status check_checkpoint(struct view body, struct view *ret_origin,
                                    struct error *err)
{
	struct tlog_add_checkpoint add;
	struct tlog_note note;
	struct view text;

	TRY(tlog_add_checkpoint_parse(body, &add, err));
	TRY(tlog_note_parse(add.note, &note, err));
	text = note.text;
	if (!view_take_line(&text, ret_origin))
		return error_set(err, STATUS_MALFORMED, "a checkpoint without an origin");
	return STATUS_OK;
}

static enum status check_entries(struct view body, struct view *ret_origin,
                                 struct error *err)
{
	struct tlog_add_entries add;
	struct tlog_package package;
	enum status status;

	TRY(tlog_add_entries_parse(body, &add, err));
	*ret_origin = add.origin;
	status = add.start == add.end
	             ? STATUS_CLOSED
	             : tlog_add_entries_next(&add, add.start, &package, err);
	if (status == STATUS_CLOSED ||
	    (status == STATUS_OK && !reader_is_done(&add.packages)))
		return error_set(err, STATUS_MALFORMED,
		                 "a request that is not one package");
	return status;
}

static enum status check_blobs(struct view body, struct view *ret_origin,
                               struct error *err)
{
	struct record_add_blobs add;
	struct view blob;
	enum status status;

	TRY(record_add_blobs_parse(body, &add, err));
	*ret_origin = add.origin;
	while ((status = record_add_blobs_next(&add, &blob, err)) == STATUS_OK)
		continue;
	return status == STATUS_CLOSED ? STATUS_OK : status;
}

/* CLOSED at the end. */
static enum status take_request(struct reader *reader,
                                enum record_pouch_request *ret_request,
                                struct view *ret_body, struct view *ret_origin,
                                struct error *err)
{
	uint8_t request;

	if (reader_is_done(reader))
		return STATUS_CLOSED;
	if (!reader_u8(reader, &request) || !reader_u32_bytes(reader, ret_body))
		return error_set(err, STATUS_MALFORMED, "a request is cut short");
	*ret_request = request;
	switch (request) {
	case RECORD_POUCH_CHECKPOINT:
		return check_checkpoint(*ret_body, ret_origin, err);
	case RECORD_POUCH_ENTRIES:
		return check_entries(*ret_body, ret_origin, err);
	case RECORD_POUCH_BLOBS:
		return check_blobs(*ret_body, ret_origin, err);
	}
	return error_set(err, STATUS_MALFORMED, "a request of an unknown kind");
}

static enum status check_requests(struct reader reader, struct error *err)
{
	enum record_pouch_request request;
	struct view body, origin;
	enum status status;

	while ((status = take_request(&reader, &request, &body, &origin, err)) ==
	       STATUS_OK)
		continue;
	return status == STATUS_CLOSED ? STATUS_OK : status;
}

enum status record_pouch_parse(struct view content, struct record_pouch *ret_content,
                               struct error *err)
{
	struct view head = view_of_string(form);
	uint64_t needs;

	if (!view_has_prefix(content, head))
		return error_set(err, STATUS_MALFORMED,
		                 "it holds something of an unknown form");
	struct reader reader = reader_of(view_from(content, head.len));
	if (!reader_u64(&reader, &needs) || needs > INT64_MAX)
		return error_set(err, STATUS_MALFORMED, "its content is cut short");
	TRY(check_requests(reader, err));
	*ret_content = (struct record_pouch){.needs = needs, .requests = reader};
	return STATUS_OK;
}

bool record_pouch_next(struct record_pouch *content,
                       enum record_pouch_request *ret_request, struct view *ret_body,
                       struct view *ret_origin)
{
	return take_request(&content->requests, ret_request, ret_body, ret_origin,
	                    NULL) == STATUS_OK;
}
