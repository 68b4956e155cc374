/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept beside a log's entries: attachments against the hashes that are their
 * names, cosignatures of members and witnesses against their keys. Each step goes on
 * behind the row at which the one before ended.
 */
#include <inttypes.h>

#include "desk/checker.h"

/* One step over the rows of a table. */
struct step {
	struct desk_checker *checker;
	struct log *log;
	bool is_cut; /* there may be more rows */
};

/* The next step begins behind this row. */
static bool go_on_behind(struct step *step, struct view key)
{
	struct desk_checker *checker = step->checker;
	buf_clear(&checker->row);
	buf_append_view(&checker->row, key);
	buf_append_byte(&checker->row, 0);
	step->is_cut = checker->cost_left == 0;
	return !step->is_cut;
}

static bool scan(struct desk_checker *checker, struct log *log, enum store_table table,
                 store_row *row, const char *what)
{
	const struct store *store = &checker->desk->store;
	struct step step = {.checker = checker, .log = log};
	CLEANUP_BUF struct buf prefix = BUF_INIT(16), from = BUF_INIT(STORE_KEY_MAX + 1);
	struct error err;
	buf_append_u32(&prefix, log->number);
	buf_append_view(&from, buf_view(&checker->row));
	if (store->ops->scan(store->self, table, buf_view(&prefix), buf_view(&from), row,
	                     &step, &err) != STATUS_OK)
		check_found(checker, "the %s of %s can't be read: %s", what, log->origin,
		            err.text);
	return !step.is_cut;
}

/* ---- attachments ---- */

static bool take_attachment(void *context, struct view key, struct view value)
{
	struct step *step = context;
	struct hash id = sha256(value);
	check_spend(step->checker, value.len);
	if (key.len != 4 + sizeof id.bytes ||
	    !view_equal(view_from(key, 4), hash_view(&id))) {
		char hex[HASH_HEX_LEN + 1] = "";
		if (key.len == 4 + sizeof id.bytes)
			memcpy(id.bytes, key.data + 4, sizeof id.bytes);
		hash_hex(&id, hex);
		check_found(step->checker, "the attachment %s of %s is damaged", hex,
		            step->log->origin);
	}
	step->checker->result.attachments++;
	step->checker->attachment_len += value.len;
	return go_on_behind(step, key);
}

bool check_attachments(struct desk_checker *checker, struct log *log)
{
	if (!scan(checker, log, STORE_ATTACHMENT, take_attachment, "attachments"))
		return false;
	/* More may have come since the first step, and none goes. */
	if (checker->attachment_len > log->attachment_len ||
	    (log->tree.size == checker->end &&
	     checker->attachment_len < log->attachment_len))
		check_found(checker,
		            "the attachments of %s have %" PRIu64
		            " bytes, its row says %" PRIu64,
		            log->origin, checker->attachment_len, log->attachment_len);
	return true;
}

/* ---- cosignatures ---- */

/* "member" 0 size, behind the log's number. */
static bool read_key(struct view key, char ret_name[RECORD_NAME_MAX + 80],
                     uint64_t *ret_size)
{
	if (key.len < 4 + 1 + 8)
		return false;
	struct view name = view_of(key.data + 4, key.len - 4 - 1 - 8);
	struct reader size = reader_of(view_from(key, key.len - 8));
	return view_copy_string(name, ret_name, RECORD_NAME_MAX + 80) &&
	       reader_u64(&size, ret_size);
}

/* What the cosigner signed: the checkpoint's text, as it is kept, or else made from the
 * tree. */
static enum status append_text(struct desk_checker *checker, struct log *log,
                               uint64_t size, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(TLOG_NOTE_MAX);
	struct tlog_checkpoint checkpoint = {.size = size};
	if (log_checkpoint_at(checker->desk, log, size, &note, NULL) != STATUS_OK ||
	    log_open_checkpoint(log, buf_view(&note), &checkpoint, NULL) != STATUS_OK) {
		memcpy(checkpoint.origin, log->origin, strlen(log->origin) + 1);
		TRY(log_root_at(checker->desk, log, size, &checkpoint.root, err));
	}
	tlog_checkpoint_append(out, &checkpoint);
	return buf_check(out, "a checkpoint", err);
}

static bool verifies(const struct log *log, const char *name, struct view text,
                     struct view line, uint64_t *ret_time_s)
{
	const struct channel *channel = log->channel;
	size_t member = channel_member(channel, name);
	if (name[0] == '/')
		return witness_line_verify(log, name, text, line, ret_time_s);
	return member != SIZE_MAX &&
	       key_ring_verify_line(&channel->members[member].mirror_keys, text, line,
	                            ret_time_s);
}

static void check_line(struct step *step, const char *name, uint64_t size,
                       struct view value)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1024);
	struct reader reader = reader_of(value);
	uint64_t held_s = 0, signed_s = 0;
	bool is_good =
	    reader_u64(&reader, &held_s) &&
	    append_text(step->checker, step->log, size, &text, NULL) == STATUS_OK &&
	    verifies(step->log, name, buf_view(&text), view_from(value, 8), &signed_s) &&
	    held_s == signed_s;
	if (!is_good)
		check_found(step->checker,
		            "the cosignature of %s at size %" PRIu64 " by %s %s",
		            step->log->origin, size, name[0] == '/' ? "a witness" : name,
		            "does not verify");
	step->checker->result.cosignatures++;
}

static bool take_cosignature(void *context, struct view key, struct view value)
{
	struct step *step = context;
	char name[RECORD_NAME_MAX + 80];
	uint64_t size;
	check_spend(step->checker, CHECK_SIGNATURE_COST);
	if (!read_key(key, name, &size))
		check_found(step->checker, "a cosignature of %s has a damaged key",
		            step->log->origin);
	else if (size <= step->checker->end) /* newer ones came since */
		check_line(step, name, size, value);
	return go_on_behind(step, key);
}

bool check_cosignatures(struct desk_checker *checker, struct log *log)
{
	return scan(checker, log, STORE_RECEIPT, take_cosignature, "cosignatures");
}
