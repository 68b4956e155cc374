/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The read side: checkpoints, tiles, bundles, packed bodies and blobs, for members of the
 * channel (and the local side). Only what was signed or cosigned is served. Sources:
 * c2sp.org/tlog-tiles, aldis.md 8.1.
 */
#include "desk/state.h"

#include <inttypes.h>

#include "codec/base64.h"
#include "codec/decimal.h"

enum {
	BODY_SEARCH_MAX =
	    4096, /* newest entries, when no entry is named with a body's id */
	STAGED_LEN_MAX = 64 * 1024 * 1024, /* of answers in one turn */
	ANSWER_MAX =
	    32 * 1024 * 1024, /* a longer run of bodies is asked for one by one */
};

static const char octets[] = "application/octet-stream";
static const char plain[] = "text/plain; charset=utf-8";

static bool take_prefix(struct view *path, const char *prefix)
{
	if (!view_has_prefix(*path, view_of_string(prefix)))
		return false;
	*path = view_from(*path, strlen(prefix));
	return true;
}

/* Cuts off 64 hex digits and, when more follows, the slash behind. */
static bool take_hash(struct view *path, struct view *ret_hex)
{
	if (path->len < HASH_HEX_LEN)
		return false;
	*ret_hex = view_of(path->data, HASH_HEX_LEN);
	*path = view_from(*path, HASH_HEX_LEN);
	if (path->len == 0)
		return true;
	return take_prefix(path, "/");
}

enum status log_append_cosigned(struct desk *desk, struct log *log, uint64_t size,
                                struct buf *out, struct error *err)
{
	const struct channel *channel = log->channel;
	TRY(log_checkpoint_at(desk, log, size, out, err));
	for (uint32_t m = 0; m < channel->member_count && size > 0; m++) {
		CLEANUP_BUF struct buf line = BUF_INIT(1 << 14);
		uint64_t found;
		if (m != log->member && !channel->members[m].is_ended &&
		    log_find_receipt(desk, log, channel->members[m].name.text, size - 1,
		                     &found, &line, NULL) == STATUS_OK &&
		    found == size)
			buf_append_view(out, buf_view(&line));
	}
	return witness_line_append(desk, log, size, TLOG_NOTE_MAX, out, err);
}

static enum status serve_checkpoint(struct desk *desk, struct log *log, struct buf *out,
                                    struct error *err)
{
	if (log->is_own ? log->newest_note.len == 0 : log->cosigned_size == 0)
		return error_set(err, STATUS_NOT_FOUND, "no checkpoint of this log yet");
	return log_append_cosigned(desk, log, log_shown_size(log), out, err);
}

/* The local side gets the lines that are held over exactly this size too. */
static enum status serve_old_checkpoint(struct desk *desk, struct log *log, bool is_local,
                                        struct view size_text, struct buf *out,
                                        struct error *err)
{
	uint64_t size;
	TRY(decimal_decode(size_text, INT64_MAX, &size, err));
	return is_local ? log_append_cosigned(desk, log, size, out, err)
	                : log_checkpoint_at(desk, log, size, out, err);
}

static enum status serve_run(struct desk *desk, struct log *log, bool bodies,
                             uint64_t first, uint64_t count, struct buf *out,
                             struct error *err)
{
	const struct store_ops *ops = desk->store.ops;
	uint64_t got = 0;
	TRY(log_flush(desk, log, err));
	TRY((bodies ? ops->read_bodies : ops->read_entries)(
	    desk->store.self, log->number, first, count, out, &got, err));
	if (got != count)
		return error_set(err, STATUS_LIMIT, "too large for one answer");
	return STATUS_OK;
}

/* From which entry on this reader may see the log; what this desk itself does not hold
 * no peer gets from it. The local side gets leaf hashes in the place of such entries. */
static uint64_t base_for(const struct log *log, const struct peer *peer)
{
	const struct channel *channel = log->channel;
	uint64_t base = peer || log->base == UINT64_MAX ? log->base : 0;
	for (uint32_t m = 0; peer && m < channel->member_count; m++)
		if (channel->members[m].peer == peer && term_base(log, m) > base)
			base = term_base(log, m);
	return base;
}

static enum status serve_tile(struct desk *desk, struct log *log, uint64_t base,
                              struct view path, struct buf *out, struct error *err)
{
	struct tlog_tile tile;
	TRY(tlog_tile_parse(path, &tile, err));
	uint16_t width = tlog_tile_width(log_shown_size(log), tile.level, tile.index);
	if (width < tile.width)
		return error_set(err, STATUS_NOT_FOUND, "no such tile");
	if (tile.is_entries && tile.index * TLOG_TILE_WIDTH < base)
		return error_set(err, STATUS_NOT_FOUND,
		                 "these entries are withheld from who joined later");
	if (tile.is_entries)
		return serve_run(desk, log, false, tile.index * TLOG_TILE_WIDTH,
		                 tile.width, out, err);
	return log_read_tile(desk, log, tile.level, tile.index, tile.width, out, err);
}

/* "blobs/<N>[.p/<W>]": bodies packed in log order, aligned with entry bundles. */
static enum status serve_packed(struct desk *desk, struct log *log, uint64_t base,
                                struct view path, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf as_tile = BUF_INIT(TLOG_TILE_PATH_MAX * 2);
	struct tlog_tile tile;
	buf_append_string(&as_tile, "tile/entries/");
	buf_append_view(&as_tile, path);
	TRY(buf_check(&as_tile, "the path", err));
	TRY(tlog_tile_parse(buf_view(&as_tile), &tile, err));
	if (tlog_tile_width(log_shown_size(log), 0, tile.index) < tile.width ||
	    tile.index * TLOG_TILE_WIDTH < base)
		return error_set(err, STATUS_NOT_FOUND, "no such bodies");
	return serve_run(desk, log, true, tile.index * TLOG_TILE_WIDTH, tile.width, out,
	                 err);
}

static bool body_is(struct desk *desk, struct log *log, uint64_t index,
                    const struct hash *id, struct buf *out)
{
	buf_clear(out);
	if (log_read_body(desk, log, index, out, NULL) != STATUS_OK || out->len == 0)
		return false;
	struct hash found = sha256(buf_view(out));
	return hash_equal(&found, id);
}

/* The last of the entries [first, end) whose body has this id; end when there is none. */
static enum status find_body(struct desk *desk, struct log *log, uint64_t first,
                             uint64_t end, const struct hash *id, uint64_t *ret_index,
                             struct error *err)
{
	CLEANUP_BUF struct buf bundle = BUF_INIT(STORE_CHUNK_MAX * (TLOG_ENTRY_MAX + 2));
	uint64_t count = 0;
	struct view entry;
	TRY(desk->store.ops->read_entries(desk->store.self, log->number, first,
	                                  end - first, &bundle, &count, err));
	struct reader reader = reader_of(buf_view(&bundle));
	*ret_index = end;
	for (uint64_t at = first; tlog_bundle_next(&reader, &entry); at++)
		if (record_envelope_decode(entry, &desk->doc, &desk->envelope, NULL) ==
		        STATUS_OK &&
		    desk->envelope.has_body && hash_equal(&desk->envelope.body.id, id))
			*ret_index = at;
	return STATUS_OK;
}

static enum status serve_body(struct desk *desk, struct log *log, uint64_t base,
                              const struct hash *id, struct view query, struct buf *out,
                              struct error *err)
{
	uint64_t size = log_shown_size(log), index;
	if (take_prefix(&query, "entry=")) {
		TRY(decimal_decode(query, STORE_INDEX_MAX, &index, err));
		if (index >= base && index < size && body_is(desk, log, index, id, out))
			return STATUS_OK;
	} else {
		uint64_t last = size > BODY_SEARCH_MAX ? size - BODY_SEARCH_MAX : 0;
		if (last < base)
			last = base;
		TRY(log_flush(desk, log, err));
		for (uint64_t end = size, first; end > last; end = first) {
			first =
			    end - last > STORE_CHUNK_MAX ? end - STORE_CHUNK_MAX : last;
			TRY(find_body(desk, log, first, end, id, &index, err));
			if (index < end && body_is(desk, log, index, id, out))
				return STATUS_OK;
		}
	}
	buf_clear(out);
	return error_set(err, STATUS_NOT_FOUND, "no such blob in this log");
}

static enum status serve_blob(struct desk *desk, struct log *log, uint64_t base,
                              struct view path, struct buf *out, struct error *err)
{
	struct hash id;
	CLEANUP_BUF struct buf key = BUF_INIT(64);
	size_t mark = view_find(path, view_of_string("?"));
	struct view query = mark == SIZE_MAX ? view_of("", 0) : view_from(path, mark + 1);
	struct view hex = mark == SIZE_MAX ? path : view_of(path.data, mark);
	TRY(hex_decode_exact(hex, id.bytes, sizeof id.bytes, err));
	buf_append_u32(&key, log->number);
	buf_append_view(&key, hash_view(&id));
	enum status status = desk->store.ops->get(desk->store.self, STORE_ATTACHMENT,
	                                          buf_view(&key), out, err);
	if (status != STATUS_NOT_FOUND)
		return status;
	return serve_body(desk, log, base, &id, query, out, err);
}

static enum status serve_log(struct desk *desk, struct log *log, bool as_own,
                             bool is_local, uint64_t base, struct view rest,
                             const char **ret_type, struct buf *out, struct error *err)
{
	*ret_type = plain;
	if (take_prefix(&rest, "checkpoint/"))
		return serve_old_checkpoint(desk, log, is_local, rest, out, err);
	if (log->is_own != as_own)
		return error_set(err, STATUS_NOT_FOUND, "no such log here");
	if (view_equal_string(rest, "checkpoint"))
		return serve_checkpoint(desk, log, out, err);
	*ret_type = octets;
	if (take_prefix(&rest, "blobs/"))
		return serve_packed(desk, log, base, rest, out, err);
	return serve_tile(desk, log, base, rest, out, err);
}

static enum status serve_witness(struct desk *desk, struct view origin_hash,
                                 struct view rest, struct buf *out, struct error *err)
{
	for (size_t i = 0; i < desk->witness_log_count; i++) {
		const struct witness_log *log = &desk->witness_logs[i];
		if (log->is_known && view_equal_string(origin_hash, log->origin_hash) &&
		    view_equal_string(rest, "checkpoint")) {
			buf_append_view(out, buf_view(&log->note));
			return STATUS_OK;
		}
	}
	return error_set(err, STATUS_NOT_FOUND, "this desk has not witnessed such a log");
}

/* Who is no member any more may read its own log: restored from an old backup, it has to
 * be shown what it signed. */
static bool may_read(const struct log *log, const struct peer *peer)
{
	return channel_has_peer(log->channel, peer) ||
	       log->channel->members[log->member].peer == peer;
}

/* peer NULL: the local side, which may read all. */
static enum status serve_path(struct desk *desk, struct view path,
                              const struct peer *peer, const char **ret_type,
                              struct buf *out, struct error *err)
{
	static const char *const roots[] = {"/log/", "/mirror/", "/pending/", "/blob/",
	                                    "/witness/"};
	struct view rest = path, origin_hash;
	size_t root = 0;
	while (root < 5 && !take_prefix(&rest, roots[root]))
		root++;
	*ret_type = plain;
	if (root == 5 || !take_hash(&rest, &origin_hash))
		return error_set(err, STATUS_NOT_FOUND, "no such path");
	if (root == 4)
		return serve_witness(desk, origin_hash, rest, out, err);
	struct log *log = log_by_hash(desk, origin_hash);
	if (!log || (peer && !may_read(log, peer)))
		return error_set(err, STATUS_NOT_FOUND, "no such log here");
	if (peer && log->is_own && log->channel->state != DESK_LOG_READY &&
	    view_equal_string(rest, "checkpoint"))
		return error_set(err, STATUS_AGAIN,
		                 "this desk waits to be shown what it last signed");
	uint64_t base = base_for(log, peer);
	if (base == UINT64_MAX)
		return error_set(err, STATUS_NOT_FOUND, "no such log here");
	if (root < 2)
		return serve_log(desk, log, root == 0, peer == NULL, base, rest, ret_type,
		                 out, err);
	if (root == 3) {
		*ret_type = octets;
		return serve_blob(desk, log, base, rest, out, err);
	}
	if (log->channel->members[log->member].is_ended)
		return error_set(err, STATUS_AGAIN,
		                 "this log has ended: it may not be written to, whatever "
		                 "its desk remembers");
	if (rest.len > 0 || log->newest_note.len == 0)
		return error_set(err, STATUS_NOT_FOUND, "no checkpoint of this log yet");
	buf_append_view(out, buf_view(&log->newest_note));
	return STATUS_OK;
}

static size_t staged_len(const struct desk *desk)
{
	size_t len = 0;
	for (size_t i = 0; i < desk->reply_count; i++)
		len += desk->replies[i].body.len;
	return len;
}

void serve_get(struct desk *desk, const struct desk_request *request, struct peer *peer)
{
	struct error err;
	const char *type = plain;
	if (staged_len(desk) > STAGED_LEN_MAX) {
		desk_reply_text(desk, request->id, 503, "too much is asked for at once");
		return;
	}
	struct staged_reply *reply = desk_stage_reply(desk, request->id, 200, plain);
	if (!reply)
		return;
	size_t at = desk->reply_count - 1;
	struct buf body = BUF_INIT(ANSWER_MAX);
	enum status status = serve_path(desk, request->path, peer, &type, &body, &err);
	if (status == STATUS_OK)
		status = buf_check(&body, "the answer", &err);
	reply = &desk->replies[at];
	reply->type = type;
	if (status == STATUS_OK) {
		reply->body = body;
		return;
	}
	buf_release(&body);
	reply->type = plain;
	reply->status = status == STATUS_MALFORMED ? 400
	                : status == STATUS_LIMIT   ? 413
	                : status == STATUS_AGAIN   ? 503
	                                           : 404;
	if (status == STATUS_SYSTEM || status == STATUS_NO_MEMORY)
		desk_fail(desk, status, &err);
	buf_append_string(&reply->body, err.text);
	buf_append_byte(&reply->body, '\n');
}

enum status desk_read_path(struct desk *desk, struct view path, const char **ret_type,
                           struct buf *ret_body, struct error *err)
{
	TRY(serve_path(desk, path, NULL, ret_type, ret_body, err));
	return buf_check(ret_body, "the answer", err);
}
