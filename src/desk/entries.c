/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking a log for what is computed from its entries (registers, duties): each entry
 * judged under the charter that governs it, bodies only where they are wanted. Shows
 * nothing that was not signed or cosigned.
 */
#include "desk/state.h"

struct walk {
	struct desk *desk;
	struct log *log;
	desk_entry_wants *wants;
	desk_entry_row *row;
	void *context;
};

/* Reads the body and holds it against its kind; one that breaks it makes the entry
 * malformed. */
static enum status add_body(const struct walk *walk, uint64_t index,
                            struct desk_entry *entry, struct error *err)
{
	struct desk *desk = walk->desk;
	const struct record_kind *kind =
	    record_kind_find(view_of_string(entry->envelope->kind));
	buf_clear(&desk->body_view);
	TRY(log_read_body(desk, walk->log, index, &desk->body_view, err));
	if (desk->body_view.len < RECORD_SALT_LEN)
		return error_set(err, STATUS_MALFORMED, "a body is damaged in the store");
	entry->body = record_blob_content(buf_view(&desk->body_view));
	if (kind && record_kind_check_body(kind, entry->body, &desk->body_doc, NULL) !=
	                STATUS_OK) {
		entry->envelope = NULL;
		entry->body = view_of("", 0);
	}
	return STATUS_OK;
}

static enum status take_entry(void *context, uint64_t index, struct view text,
                              struct error *err)
{
	const struct walk *walk = context;
	struct desk_entry entry = {.index = log_id_index(walk->log, index),
	                           .charter = log_charter_at(walk->log, index)};
	if (term_judge(walk->desk, walk->log, text, index, NULL) == STATUS_OK)
		entry.envelope = &walk->desk->envelope;
	if (entry.envelope && entry.envelope->has_body && walk->wants(entry.envelope))
		TRY(add_body(walk, index, &entry, err));
	return walk->row(walk->context, &entry, err);
}

enum status desk_entries(struct desk *desk, size_t channel, size_t log, uint64_t from,
                         desk_entry_wants *wants, desk_entry_row *row, void *context,
                         struct error *err)
{
	struct walk walk = {desk, desk->channels[channel]->logs[log], wants, row,
	                    context};
	uint64_t end = log_shown_size(walk.log), offset = log_id_index(walk.log, 0);
	from = from > offset ? from - offset : 0;
	if (from < walk.log->base)
		from = walk.log->base;
	return from < end ? log_walk(desk, walk.log, from, end, take_entry, &walk, err)
	                  : STATUS_OK;
}
