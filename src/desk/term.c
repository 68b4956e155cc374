/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which charter governs an entry: the one under which its log opened, until a
 * `charter.amend` in the same log names the next (aldis.md 6.1). And what follows from
 * it: is an entry well-formed? The same question has the same answer on every desk that
 * holds the log, however the entry came.
 */
#include "desk/state.h"

#include <inttypes.h>

#include "record/term.h"

static uint32_t term_at(const struct log *log, uint64_t index)
{
	size_t at = log->term_count;
	while (at > 0 && log->terms[at - 1].first > index)
		at--;
	return at > 0 ? log->terms[at - 1].charter
	              : log->channel->members[log->member].since;
}

const struct record_charter *log_charter_at(const struct log *log, uint64_t index)
{
	return &log->channel->agreements[term_at(log, index)]->charter;
}

/* The place by which the desk came; a successor's is a later one. */
static const struct member *first_place(const struct channel *channel, uint32_t member)
{
	while (channel->members[member].generation > 1)
		member = channel->members[member].before;
	return &channel->members[member];
}

bool term_knows(const struct log *log, uint64_t index, uint32_t member)
{
	return first_place(log->channel, member)->since <= term_at(log, index);
}

static bool is_without_history(const struct channel *channel, const struct member *it)
{
	const struct record_charter *charter = &channel->agreements[it->since]->charter;
	size_t at = record_charter_member(charter, it->name.text);
	return at != SIZE_MAX && charter->history_none[at];
}

uint64_t term_base(const struct log *log, uint32_t member)
{
	const struct channel *channel = log->channel;
	const struct member *reader = first_place(channel, member);
	uint32_t since = reader->since;
	if (channel->members[log->member].since >= since ||
	    !is_without_history(channel, reader))
		return 0;
	for (size_t i = 0; i < log->term_count; i++)
		if (log->terms[i].charter >= since)
			return log->terms[i].first;
	return UINT64_MAX;
}

void term_take_base(struct desk *desk, struct log *log, uint64_t base)
{
	const struct channel *channel = log->channel;
	struct term term = {.first = base,
	                    .charter = first_place(channel, channel->own)->since};
	log->base = base;
	log->row_is_dirty = true;
	desk_ride(desk);
	if (base > 0 && desk_grow(desk, &log->terms, &log->term_cap, log->term_count,
	                          sizeof *log->terms))
		log->terms[log->term_count++] = term;
}

uint32_t log_term(const struct log *log)
{
	return log->term_count > 0 ? log->terms[log->term_count - 1].charter
	                           : log->channel->members[log->member].since;
}

void term_push(struct desk *desk, struct log *log, uint64_t index)
{
	uint32_t next = log_term(log) + 1;
	if (!desk_grow(desk, &log->terms, &log->term_cap, log->term_count,
	               sizeof *log->terms))
		return;
	log->terms[log->term_count++] = (struct term){.first = index, .charter = next};
	log->row_is_dirty = true;
}

enum status term_judge(struct desk *desk, const struct log *log, struct view entry,
                       uint64_t index, struct error *err)
{
	const char *author = log->channel->members[log->member].name.text;
	if (index < log->base)
		return error_set(err, STATUS_MALFORMED,
		                 "it was written before this desk joined, which gets no "
		                 "history");
	TRY(record_envelope_decode(entry, &desk->doc, &desk->envelope, err));
	return record_term_check(&desk->envelope, log_charter_at(log, index), author,
	                         index, log->end, err);
}

bool term_may_begin(struct desk *desk, const struct log *log, struct view entry,
                    uint64_t index)
{
	return log->base == 0 || index != log->base ||
	       (term_judge(desk, log, entry, index, NULL) == STATUS_OK &&
	        strcmp(desk->envelope.kind, "charter.amend") == 0);
}

void term_note(struct log *log, const struct record_envelope *envelope, uint64_t index)
{
	if (strcmp(envelope->kind, "leave") == 0) {
		log->end = index + 1;
		log->channel->has_news = true;
		log->row_is_dirty = true;
	}
	if (strcmp(envelope->kind, "charter.amend") == 0 && envelope->has_body &&
	    log->body_count <= index)
		log->awaited = index;
	if (strcmp(envelope->kind, "key.change") == 0) {
		log->change_size = index + 1;
		log->row_is_dirty = true;
	}
}

/* An `open` names the charter by which its author became a member. */
static void check_open(struct desk *desk, struct log *log, struct view body)
{
	char hex[HASH_HEX_LEN + 1];
	hash_hex(&log_charter_at(log, 0)->digest, hex);
	if (json_scan(&desk->body_doc, body, 100, NULL) != STATUS_OK)
		return;
	const struct json_token *charter =
	    json_member(&desk->body_doc, json_root(&desk->body_doc), "charter");
	if (!charter || !json_string_is(&desk->body_doc, charter, hex))
		evidence_flag(desk, log, DESK_FLAG_OPENED_OTHERWISE);
}

bool term_take_body(struct desk *desk, struct log *log, uint64_t index, struct view blob)
{
	const char *kind = desk->envelope.kind;
	if (blob.len < RECORD_SALT_LEN)
		return true;
	struct view body = record_blob_content(blob);
	if (log->awaited == index) {
		if (!amend_take(desk, log, index, body))
			return false;
		log->awaited = UINT64_MAX;
	} else if (index == 0) {
		check_open(desk, log, body);
	} else if (strcmp(kind, "key.change") == 0) {
		keys_take_change(desk, log, body);
	} else if (strcmp(kind, "equivocation") == 0) {
		evidence_take_entry(desk, log, body);
	}
	return true;
}

/* Only the last entry held can be one whose body is awaited: nothing is taken behind it.
 */
enum status term_load(struct desk *desk, struct log *log, struct error *err)
{
	CLEANUP_BUF struct buf entry = BUF_INIT(TLOG_ENTRY_MAX);
	uint64_t last = log->tree.size - 1;
	if (log->body_count >= log->tree.size)
		return STATUS_OK;
	TRY(log_read_entry(desk, log, last, &entry, err));
	if (term_judge(desk, log, buf_view(&entry), last, NULL) == STATUS_OK)
		term_note(log, &desk->envelope, last);
	return STATUS_OK;
}
