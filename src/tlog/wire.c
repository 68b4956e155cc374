/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A package's entries are handed out as the bytes they came in, which are the bytes of an
 * entry bundle: nothing is copied on the way from the link to the store.
 */
#include "tlog/wire.h"

#include "codec/base64.h"
#include "codec/decimal.h"
#include "tlog/bundle.h"
#include "tlog/tile.h"

#include <assert.h>

void tlog_add_checkpoint_append(struct buf *out,
                                const struct tlog_add_checkpoint *request)
{
	buf_printf(out, "old %llu\n", (unsigned long long)request->old_size);
	tlog_proof_append_lines(out, &request->proof);
	buf_append_view(out, request->note);
}

enum status tlog_add_checkpoint_parse(struct view body,
                                      struct tlog_add_checkpoint *ret_request,
                                      struct error *err)
{
	struct view rest = body, line, word = view_of_string("old ");
	uint64_t old_size;
	if (!view_take_line(&rest, &line) || !view_has_prefix(line, word) ||
	    decimal_decode(view_from(line, word.len), INT64_MAX, &old_size, NULL) !=
	        STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "the request does not begin with 'old' and a size");
	TRY(tlog_proof_take_lines(&rest, &ret_request->proof, err));
	ret_request->old_size = old_size;
	ret_request->note = rest;
	return STATUS_OK;
}

static void append_u16_bytes(struct buf *out, struct view bytes)
{
	assert(bytes.len <= UINT16_MAX);
	buf_append_u16(out, (uint16_t)bytes.len);
	buf_append_view(out, bytes);
}

void tlog_add_entries_append_header(struct buf *out, struct view origin, uint64_t start,
                                    uint64_t end, struct view ticket)
{
	assert(start <= end);
	append_u16_bytes(out, origin);
	buf_append_u64(out, start);
	buf_append_u64(out, end);
	append_u16_bytes(out, ticket);
}

void tlog_add_entries_append_package(struct buf *out, struct view entries,
                                     const struct tlog_proof *proof)
{
	assert(proof->count <= TLOG_PROOF_MAX);
	buf_append_view(out, entries);
	buf_append_byte(out, (uint8_t)proof->count);
	buf_append(out, proof->hashes, proof->count * sizeof proof->hashes[0]);
}

enum status tlog_add_entries_parse(struct view body, struct tlog_add_entries *ret_request,
                                   struct error *err)
{
	struct tlog_add_entries request = {.packages = reader_of(body)};
	struct reader *reader = &request.packages;
	if (!reader_u16_bytes(reader, &request.origin) ||
	    !reader_u64(reader, &request.start) || !reader_u64(reader, &request.end) ||
	    !reader_u16_bytes(reader, &request.ticket))
		return error_set(err, STATUS_MALFORMED,
		                 "the request is cut short within its header");
	if (request.start > request.end || request.end > INT64_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "the request names an impossible range of entries");
	*ret_request = request;
	return STATUS_OK;
}

uint64_t tlog_add_entries_package_count(uint64_t start, uint64_t end)
{
	if (start >= end)
		return 0;
	return (end - 1) / TLOG_TILE_WIDTH - start / TLOG_TILE_WIDTH + 1;
}

/* Where the package that begins at start ends. */
static uint64_t package_end(uint64_t start, uint64_t request_end)
{
	uint64_t boundary = (start / TLOG_TILE_WIDTH + 1) * TLOG_TILE_WIDTH;
	return boundary < request_end ? boundary : request_end;
}

/* Takes count entries; false when they are cut short. */
static bool take_entries(struct reader *reader, uint64_t count, struct view *ret_entries)
{
	struct view entries = reader->rest, entry;
	for (uint64_t i = 0; i < count; i++)
		if (!tlog_bundle_next(reader, &entry))
			return false;
	entries.len -= reader->rest.len;
	*ret_entries = entries;
	return true;
}

enum status tlog_add_entries_next(struct tlog_add_entries *request, uint64_t start,
                                  struct tlog_package *ret_package, struct error *err)
{
	assert(start >= request->start && start < request->end);
	struct reader reader = request->packages;
	struct view entries, hashes;
	uint8_t count;
	uint64_t end = package_end(start, request->end);
	if (!take_entries(&reader, end - start, &entries) || !reader_u8(&reader, &count))
		return error_set(err, STATUS_CLOSED, "the request ends before entry %llu",
		                 (unsigned long long)end);
	if (count > TLOG_PROOF_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "a package has a proof of %u hashes", count);
	if (!reader_bytes(&reader, (size_t)count * sizeof(struct hash), &hashes))
		return error_set(err, STATUS_CLOSED, "the request ends within a proof");
	ret_package->start = start;
	ret_package->end = end;
	ret_package->entries = entries;
	ret_package->proof.count = count;
	memcpy(ret_package->proof.hashes, hashes.data, hashes.len);
	request->packages = reader;
	return STATUS_OK;
}

void tlog_mirror_info_append(struct buf *out, const struct tlog_mirror_info *info)
{
	assert(info->ticket_len <= sizeof info->ticket);
	buf_printf(out, "%llu\n%llu\n", (unsigned long long)info->pending_size,
	           (unsigned long long)info->next_entry);
	base64_append(out, view_of(info->ticket, info->ticket_len));
	buf_append_byte(out, '\n');
}

static enum status decode_ticket(struct view line, struct tlog_mirror_info *info)
{
	struct buf decoded = BUF_INIT(sizeof info->ticket);
	enum status status = base64_decode(line, &decoded, NULL);
	info->ticket_len = decoded.len;
	if (status == STATUS_OK && decoded.len > 0)
		memcpy(info->ticket, decoded.data, decoded.len);
	buf_release(&decoded);
	return status;
}

enum status tlog_mirror_info_parse(struct view body, struct tlog_mirror_info *ret_info,
                                   struct error *err)
{
	struct tlog_mirror_info info;
	struct view rest = body, pending, next, ticket;
	if (!view_take_line(&rest, &pending) || !view_take_line(&rest, &next) ||
	    !view_take_line(&rest, &ticket) || rest.len > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "a mirror's answer does not have three lines");
	if (decimal_decode(pending, INT64_MAX, &info.pending_size, NULL) != STATUS_OK ||
	    decimal_decode(next, INT64_MAX, &info.next_entry, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "a mirror's answer has a bad size");
	if (decode_ticket(ticket, &info) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "a mirror's answer has a bad ticket");
	*ret_info = info;
	return STATUS_OK;
}
