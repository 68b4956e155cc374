/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of logs as proofs are made from them: entries, bodies, nodes of the tree, signed
 * checkpoints with all lines that are held. Shows nothing that was not signed or
 * cosigned.
 */
#include "desk/ask_witness.h"
#include "desk/state.h"

static struct log *log_of(const struct desk *desk, size_t channel, size_t log)
{
	return desk->channels[channel]->logs[log];
}

uint64_t desk_part_size(const struct desk *desk, size_t channel, size_t log)
{
	return log_shown_size(log_of(desk, channel, log));
}

void desk_ask_witnesses(struct desk *desk, size_t channel, size_t log)
{
	witness_ask_log(desk, log_of(desk, channel, log));
}

static enum status check_index(const struct log *log, uint64_t index, struct error *err)
{
	if (index >= log_shown_size(log) || index < log->base)
		return error_set(err, STATUS_NOT_FOUND, "an entry of %s is not held",
		                 log->origin);
	return STATUS_OK;
}

enum status desk_part_entry(struct desk *desk, size_t channel, size_t log, uint64_t index,
                            struct buf *ret_entry, struct error *err)
{
	TRY(check_index(log_of(desk, channel, log), index, err));
	return log_read_entry(desk, log_of(desk, channel, log), index, ret_entry, err);
}

enum status desk_part_body(struct desk *desk, size_t channel, size_t log, uint64_t index,
                           struct buf *ret_blob, struct error *err)
{
	size_t before = ret_blob->len;
	TRY(check_index(log_of(desk, channel, log), index, err));
	TRY(log_read_body(desk, log_of(desk, channel, log), index, ret_blob, err));
	if (ret_blob->len == before)
		return error_set(err, STATUS_NOT_FOUND, "the entry has no body");
	return STATUS_OK;
}

enum status desk_part_node(struct desk *desk, size_t channel, size_t log, unsigned level,
                           uint64_t index, struct hash *ret_node, struct error *err)
{
	struct log_reader reader = {desk, log_of(desk, channel, log)};
	if (level >= 64 || index >= log_shown_size(reader.log) >> level)
		return error_set(err, STATUS_NOT_FOUND, "a node of %s is not held",
		                 reader.log->origin);
	return log_read_node(&reader, level, index, ret_node, err);
}

struct size_search {
	uint64_t size;
	bool is_found;
};

static bool take_checkpoint_row(void *context, struct view key, struct view value)
{
	struct size_search *search = context;
	struct reader reader =
	    reader_of(view_from(key, key.len >= 8 ? key.len - 8 : key.len));
	(void)value;
	search->is_found = reader_u64(&reader, &search->size);
	return false;
}

enum status desk_part_checkpoint(struct desk *desk, size_t channel, size_t log,
                                 uint64_t at_least, struct buf *ret_note,
                                 struct error *err)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(16), from = BUF_INIT(16);
	struct log *it = log_of(desk, channel, log);
	struct size_search search = {0};
	buf_append_u32(&prefix, it->number);
	buf_append_u32(&from, it->number);
	buf_append_u64(&from, at_least);
	TRY(desk->store.ops->scan(desk->store.self, STORE_CHECKPOINT, buf_view(&prefix),
	                          buf_view(&from), take_checkpoint_row, &search, err));
	if (!search.is_found || search.size > log_shown_size(it))
		return error_set(err, STATUS_NOT_FOUND,
		                 "no such checkpoint of %s is held", it->origin);
	return log_append_cosigned(desk, it, search.size, ret_note, err);
}
