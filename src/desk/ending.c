/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a log that nobody can bring back whole: the root of its desk states the last
 * size and root that can be, the others countersign, and the desk goes on in a successor.
 * The successor takes a place of its own in the table of members; the ids of its entries
 * go on where the old log ended, so that every id still names one message. Source:
 * aldis.md 7.3 (4), 2.2, 2.3.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

#include "record/log_end.h"

enum { ROW_PENDING = 2, ROW_IN_FORCE = 3, ENDINGS_MAX = 64 };

struct log *channel_find_log(const struct channel *channel,
                             const struct record_message_id *id, uint64_t *ret_index)
{
	size_t m = channel_member(channel, id->desk.text);
	if (m == SIZE_MAX || !channel->logs[m])
		return NULL;
	while (id->index < channel->members[m].offset)
		m = channel->members[m].before;
	*ret_index = id->index - channel->members[m].offset;
	return channel->logs[m];
}

static void ending_free(struct ending *ending)
{
	if (ending)
		buf_release(&ending->note);
	free(ending);
}

void endings_free(struct channel *channel)
{
	for (size_t i = 0; i < channel->ending_count; i++)
		ending_free(channel->endings[i]);
	free(channel->endings);
}

static struct ending *find(const struct channel *channel, const struct hash *digest)
{
	for (size_t i = 0; i < channel->ending_count; i++)
		if (hash_equal(&channel->endings[i]->end.digest, digest))
			return channel->endings[i];
	return NULL;
}

static struct ending *add(struct desk *desk, struct channel *channel,
                          const struct record_log_end *end, struct view note)
{
	size_t cap = channel->ending_count;
	struct ending *ending = calloc(1, sizeof *ending);
	struct ending **grown =
	    reallocarray(channel->endings, cap + 1, sizeof *channel->endings);
	struct error err;
	if (grown)
		channel->endings = grown;
	if (!ending || !grown) {
		free(ending);
		desk_fail(desk, error_set(&err, STATUS_NO_MEMORY, "no memory"), &err);
		return NULL;
	}
	ending->end = *end;
	ending->note = BUF_INIT(RECORD_NOTE_MAX);
	buf_append_view(&ending->note, note);
	channel->endings[channel->ending_count++] = ending;
	return ending;
}

static enum status keep(struct desk *desk, const struct channel *channel,
                        const struct ending *ending, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(64), row = BUF_INIT(RECORD_NOTE_MAX + 16);
	buf_append_view(&key, hash_view(&channel->id.hash));
	buf_append_view(&key, hash_view(&ending->end.digest));
	buf_append_byte(&row, ending->is_in_force ? ROW_IN_FORCE : ROW_PENDING);
	buf_append_u32(&row, ending->since);
	buf_append_u32(&row, ending->place);
	buf_append_view(&row, buf_view(&ending->note));
	TRY(buf_check(&row, "a log's end", err));
	desk->must_commit = true;
	desk->generation++;
	return desk->store.ops->put(desk->store.self, STORE_CHANNEL, buf_view(&key),
	                            buf_view(&row), err);
}

bool ending_is_row(struct view row)
{
	return row.len > 0 && row.data[0] >= ROW_PENDING;
}

enum status ending_load(struct desk *desk, struct channel *channel, struct view row,
                        struct error *err)
{
	struct reader reader = reader_of(row);
	struct record_log_end end;
	struct tlog_note note;
	uint8_t state;
	uint32_t since, place;
	if (!reader_u8(&reader, &state) || !reader_u32(&reader, &since) ||
	    !reader_u32(&reader, &place))
		return error_set(err, STATUS_MALFORMED,
		                 "a log's end is damaged in the store");
	TRY(tlog_note_parse(reader.rest, &note, err));
	TRY(record_log_end_decode(note.text, &end, err));
	struct ending *ending = add(desk, channel, &end, reader.rest);
	if (!ending)
		return STATUS_NO_MEMORY;
	ending->is_in_force = state == ROW_IN_FORCE;
	ending->since = since;
	ending->place = place;
	return STATUS_OK;
}

/* The place whose log it ends: the newest of that desk, of that generation. */
static uint32_t place_of(const struct channel *channel, const struct record_log_end *end)
{
	struct record_origin origin;
	if (record_origin_decode(view_of_string(end->origin), &origin, NULL) != STATUS_OK)
		return UINT32_MAX;
	size_t m = channel_member(channel, origin.desk.text);
	if (m == SIZE_MAX || channel->members[m].generation != origin.generation ||
	    !hash_equal(&origin.channel.hash, &channel->id.hash))
		return UINT32_MAX;
	return (uint32_t)m;
}

/* Pushing goes on with what the others have of the log that is the own one now. */
static void renew_feeds(struct channel *channel)
{
	for (uint32_t m = 0; m < channel->member_count; m++) {
		struct feed *feed = &channel->members[m].feed;
		unsigned in_flight = feed->in_flight;
		struct buf note = feed->target_note;
		*feed = (struct feed){.target_note = note, .in_flight = in_flight};
	}
	channel->duty_entry_count = 0;
	channel->attached_entry_count = 0;
}

/* The successor's place. What is known of the member stays: its card, keys, how much of
 * the own log it has. */
static bool place_successor(struct channel *channel, uint32_t before,
                            const struct ending *ending)
{
	if (channel->member_count == RECORD_MEMBERS_MAX)
		return false;
	uint32_t place = channel->member_count++;
	struct member *old = &channel->members[before],
	              *member = &channel->members[place];
	*member = *old;
	member->feed.target_note = BUF_INIT(TLOG_NOTE_MAX);
	member->feed.stage = FEED_IDLE;
	member->feed.in_flight = 0;
	member->show = (struct show){0};
	member->mirror_keys = (struct key_ring){0}; /* with those of its new log */
	member->generation++;
	member->offset += ending->end.size;
	member->before = before;
	member->since = ending->since;
	member->named_size = 0;
	snprintf(member->log_name, sizeof member->log_name, "%s/%u", member->name.text,
	         member->generation);
	old->is_gone = old->is_ended = true;
	if (channel->own == before) {
		channel->own = place;
		renew_feeds(channel);
	}
	return true;
}

static const struct ending *find_at(const struct channel *channel, uint32_t place)
{
	for (size_t i = 0; i < channel->ending_count; i++)
		if (channel->endings[i]->is_in_force &&
		    channel->endings[i]->place == place)
			return channel->endings[i];
	return NULL;
}

enum status ending_apply_loaded(struct channel *channel, struct error *err)
{
	const struct ending *ending;
	while ((ending = find_at(channel, channel->member_count))) {
		uint32_t m = place_of(channel, &ending->end);
		if (m == UINT32_MAX || !place_successor(channel, m, ending))
			return error_set(err, STATUS_MALFORMED,
			                 "a log's end is damaged in the store");
	}
	return STATUS_OK;
}

/* All that are members now have signed, but those that left. */
static bool is_whole(const struct channel *channel, const struct ending *ending)
{
	const struct record_charter *charter = channel_charter(channel);
	bool is_signed[RECORD_MEMBERS_MAX] = {false};
	struct record_log_end end;
	if (record_log_end_open(buf_view(&ending->note), charter, &end, is_signed,
	                        NULL) != STATUS_OK)
		return false;
	for (size_t i = 0; i < charter->member_count; i++) {
		size_t m = channel_member(channel, charter->members[i].name.text);
		if (!is_signed[i] &&
		    (m == SIZE_MAX || channel->logs[m]->end == UINT64_MAX))
			return false;
	}
	return true;
}

/* Is the log held exactly as it is said to end? */
static bool is_held(struct desk *desk, const struct log *log, const struct ending *ending)
{
	const struct record_log_end *end = &ending->end;
	struct hash root = tlog_tree_root(&log->tree);
	if (log->tree.size > end->size)
		desk_log_line(desk,
		              "this desk holds %" PRIu64
		              " entries of %s, which is said to "
		              "end at %" PRIu64 ": it can be recovered from here",
		              log->tree.size, log->origin, end->size);
	if (log->tree.size == end->size && !hash_equal(&root, &end->root))
		desk_log_line(desk,
		              "ALARM: %s is said to end with another root than this desk "
		              "holds",
		              log->origin);
	return log->tree.size == end->size && log->body_count == end->size &&
	       hash_equal(&root, &end->root);
}

/* From now on it is a copy like any other, whole and never to grow. */
static void retire(struct desk *desk, struct log *log)
{
	log->is_own = false;
	log->cosigned_size = log->tree.size;
	log->cosigned_root = tlog_tree_root(&log->tree);
	log->row_is_dirty = true;
	desk_ride(desk);
}

/* It is made again at the next listing: what was named before the end was known was
 * placed in the wrong log. */
static void forget_order(struct channel *channel)
{
	record_order_free(channel->order);
	free(channel->order_given);
	channel->order = NULL;
	channel->order_given = NULL;
	channel->order_log_count = 0;
}

static enum status adopt(struct desk *desk, struct channel *channel, uint32_t m,
                         struct ending *ending, struct error *err)
{
	struct log *log = channel->logs[m];
	bool is_own = log->is_own;
	if (!is_held(desk, log, ending))
		return STATUS_OK;
	if (channel->member_count == RECORD_MEMBERS_MAX)
		return STATUS_OK;
	ending->since = log_term(log);
	ending->place = channel->member_count;
	ending->is_in_force = true;
	if (!place_successor(channel, m, ending))
		return error_set(err, STATUS_LIMIT, "too many logs in one channel");
	forget_order(channel);
	TRY(keep(desk, channel, ending, err));
	if (is_own)
		retire(desk, log);
	TRY(channel_make_logs(desk, channel, err));
	if (is_own) {
		watch_load(channel);
		start_successor(desk, channel);
	}
	desk->wants_turn = true;
	desk_log_line(desk, "%s has ended at %" PRIu64 "; its desk goes on in %s",
	              log->origin, ending->end.size,
	              channel->logs[channel->member_count - 1]->origin);
	desk_event(desk, "log.end", "\"channel\":\"%s\",\"desk\":\"%s\"", channel->id_hex,
	           channel->members[m].name.text);
	return STATUS_OK;
}

void ending_step(struct desk *desk, struct channel *channel)
{
	struct error err;
	for (size_t i = 0; i < channel->ending_count && desk->failed == STATUS_OK; i++) {
		struct ending *ending = channel->endings[i];
		uint32_t m = place_of(channel, &ending->end);
		if (ending->is_in_force || m == UINT32_MAX)
			continue;
		if (channel->has_news)
			ending->is_whole = is_whole(channel, ending);
		if (ending->is_whole)
			desk_fail(desk, adopt(desk, channel, m, ending, &err), &err);
	}
	channel->has_news = false;
}

/* ---- taking a note ---- */

/* Appends the member's line of the note, if it has a valid one. */
static bool carry_line(const struct tlog_note *note, const struct tlog_vkey *root,
                       struct buf *out)
{
	struct tlog_note_line line;
	if (tlog_note_verify(note, root, NULL) != STATUS_OK ||
	    tlog_note_find(note, root, &line, NULL) != STATUS_OK)
		return false;
	tlog_note_append_line(out, root, view_of(line.signature, line.signature_len));
	return true;
}

/* Appends the text and the members' lines of both notes, and nothing else. */
static enum status merge(const struct record_charter *charter, struct view a,
                         struct view b, struct buf *out, struct error *err)
{
	struct tlog_note first, second;
	struct tlog_vkey root;
	TRY(tlog_note_parse(a, &first, err));
	TRY(tlog_note_parse(b, &second, err));
	buf_append_view(out, first.text);
	buf_append_byte(out, '\n');
	for (size_t i = 0; i < charter->member_count; i++) {
		const struct record_card *card = &charter->members[i];
		TRY(record_vkey(card->name.text, "root", &card->keys[RECORD_ROLE_ROOT],
		                &root, err));
		if (!carry_line(&first, &root, out))
			(void)carry_line(&second, &root, out);
	}
	return buf_check(out, "a log's end", err);
}

static enum status take(struct desk *desk, struct channel *channel,
                        const struct record_log_end *end, struct view note,
                        struct error *err)
{
	CLEANUP_BUF struct buf merged = BUF_INIT(RECORD_NOTE_MAX);
	struct ending *ending = find(channel, &end->digest);
	if (ending && ending->is_in_force)
		return STATUS_OK;
	if (place_of(channel, end) == UINT32_MAX)
		return error_set(err, STATUS_CONFLICT,
		                 "it ends a log that is not the newest of its desk");
	if (channel->member_count == RECORD_MEMBERS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a channel has at most %d logs over its whole life: "
		                 "draft a new one",
		                 RECORD_MEMBERS_MAX);
	if (!ending && channel->ending_count == ENDINGS_MAX)
		return error_set(err, STATUS_LIMIT, "too many ends of logs wait already");
	TRY(merge(channel_charter(channel), ending ? buf_view(&ending->note) : note, note,
	          &merged, err));
	if (!ending)
		ending = add(desk, channel, end, buf_view(&merged));
	if (!ending)
		return STATUS_NO_MEMORY;
	buf_clear(&ending->note);
	buf_append_view(&ending->note, buf_view(&merged));
	TRY(buf_check(&ending->note, "a log's end", err));
	TRY(keep(desk, channel, ending, err));
	channel->has_news = true;
	desk->wants_turn = true;
	return STATUS_OK;
}

enum status ending_join(struct desk *desk, struct view note, struct channel **ret_channel,
                        struct error *err)
{
	bool is_signed[RECORD_MEMBERS_MAX];
	struct record_origin origin;
	struct record_log_end end;
	struct tlog_note parsed;
	TRY(tlog_note_parse(note, &parsed, err));
	TRY(record_log_end_decode(parsed.text, &end, err));
	TRY(record_origin_decode(view_of_string(end.origin), &origin, err));
	struct channel *channel = channel_by_id(desk, &origin.channel.hash);
	if (!channel || !channel->is_open)
		return error_set(
		    err, STATUS_NOT_FOUND,
		    "it ends a log of a channel that this desk does not hold");
	TRY(record_log_end_open(note, channel_charter(channel), &end, is_signed, err));
	*ret_channel = channel;
	return take(desk, channel, &end, note, err);
}

const struct ending *ending_before(const struct channel *channel, uint32_t member)
{
	for (size_t i = 0;
	     channel->members[member].generation > 1 && i < channel->ending_count; i++) {
		const struct ending *ending = channel->endings[i];
		const struct log *old = channel->logs[channel->members[member].before];
		if (ending->is_in_force && strcmp(ending->end.origin, old->origin) == 0)
			return ending;
	}
	return NULL;
}

enum status desk_log_end(struct desk *desk, size_t channel, struct buf *ret_text,
                         struct error *err)
{
	struct channel *it = desk->channels[channel];
	if (!it->is_open || it->state != DESK_LOG_FROZEN)
		return error_set(err, STATUS_CONFLICT,
		                 "the own log of this channel is not frozen: nothing has "
		                 "to be given up");
	const struct log *log = channel_own_log(it);
	struct record_log_end end = {.size = log->tree.size,
	                             .root = tlog_tree_root(&log->tree),
	                             .date_s = desk->now_ms / 1000};
	if (log->body_count < log->tree.size)
		return error_set(err, STATUS_CONFLICT,
		                 "bodies of the own log are lacking: run 'aldis recover' "
		                 "first");
	memcpy(end.origin, log->origin, strlen(log->origin) + 1);
	return record_log_end_append_text(&end, ret_text, err);
}
