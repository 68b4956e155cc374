/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a channel: messages one by one and in the joint order, where each stands with
 * its recipients, receipts as files. The joint order is made at the first listing and
 * then kept up; only what was signed or cosigned is ever shown. Source:
 * aldis.md 2.6, 2.8, 3.
 */
#include "desk/state.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/base64.h"
#include "tlog/proof_file.h"

static enum status find_message(struct desk *desk, size_t channel,
                                const struct record_message_id *id, struct log **ret_log,
                                uint64_t *ret_index, struct error *err)
{
	struct channel *it = desk->channels[channel];
	struct log *log = it->is_open ? channel_find_log(it, id, ret_index) : NULL;
	if (!log)
		return error_set(err, STATUS_NOT_FOUND,
		                 "%s is not a member of this channel", id->desk.text);
	if (*ret_index >= log_shown_size(log))
		return error_set(err, STATUS_NOT_FOUND,
		                 "%s#%" PRIu64 " is not in this channel", id->desk.text,
		                 id->index);
	*ret_log = log;
	return STATUS_OK;
}

/* When the member gave its receipt for the entry. */
static enum status receipt_time(struct desk *desk, struct log *log, const char *member,
                                uint64_t at, int64_t *ret_receipt_s, struct error *err)
{
	CLEANUP_BUF struct buf line = BUF_INIT(1 << 14);
	struct tlog_note_line parsed;
	uint64_t size, time_s;
	TRY(log_find_receipt(desk, log, member, at, &size, &line, err));
	TRY(tlog_note_line_parse(buf_view(&line), &parsed, err));
	struct reader time = reader_of(view_of(parsed.signature, parsed.signature_len));
	if (reader_u64(&time, &time_s))
		*ret_receipt_s = (int64_t)time_s;
	return STATUS_OK;
}

enum { SKEW_RECEIPTS_MAX = 8 }; /* of one entry that are looked at */

/* Was the entry sent after somebody had it already? What waited for days arrives late
 * without anybody's clock being wrong: only the future is impossible. */
static bool is_skewed(struct desk *desk, struct log *log, uint64_t index, int64_t sent_s)
{
	const struct channel *channel = log->channel;
	int64_t limit = log_charter_at(log, index)->limits.skew_s, time_s;
	unsigned looked_at = 0;
	for (uint32_t m = 0; m < channel->member_count && looked_at < SKEW_RECEIPTS_MAX;
	     m++) {
		const char *name = channel->members[m].name.text;
		/* of another's entry this desk's own receipt is what counts */
		if ((m == channel->own) == log->is_own ||
		    receipt_time(desk, log, name, index, &time_s, NULL) != STATUS_OK)
			continue;
		looked_at++;
		if (sent_s > time_s + limit)
			return true;
	}
	return false;
}

static void set_malformed(struct desk_message *message, const struct error *why)
{
	message->is_malformed = true;
	snprintf(message->why, sizeof message->why, "%.199s", why->text);
}

static void set_unreadable(struct desk_message *message, const struct error *why)
{
	message->is_unreadable = true;
	snprintf(message->why, sizeof message->why, "%.199s", why->text);
}

static enum status fill_message(struct desk *desk, struct log *log, uint64_t index,
                                struct desk_message *ret_message, struct error *err)
{
	struct error why;
	*ret_message = (struct desk_message){.id = {.index = log_id_index(log, index)}};
	ret_message->id.desk = log->channel->members[log->member].name;
	buf_clear(&desk->entry_view);
	buf_clear(&desk->body_view);
	TRY(log_read_entry(desk, log, index, &desk->entry_view, err));
	ret_message->entry = buf_view(&desk->entry_view);
	struct record_envelope *envelope = &desk->envelope;
	if (term_judge(desk, log, ret_message->entry, index, &why) != STATUS_OK) {
		set_malformed(ret_message, &why);
		return STATUS_OK;
	}
	const struct record_kind *kind = record_kind_find(view_of_string(envelope->kind));
	ret_message->envelope = envelope;
	ret_message->is_skewed = is_skewed(desk, log, index, envelope->sent_s);
	if (envelope->has_re &&
	    answers_judge(desk, log->channel, kind, &envelope->re, &why) != STATUS_OK)
		set_malformed(ret_message, &why);
	if (!envelope->has_body)
		return STATUS_OK;
	TRY(log_read_body(desk, log, index, &desk->body_view, err));
	if (desk->body_view.len < RECORD_SALT_LEN)
		return error_set(err, STATUS_MALFORMED, "a body is damaged in the store");
	ret_message->body = record_blob_content(buf_view(&desk->body_view));
	enum status status =
	    record_kind_check_body(kind, ret_message->body, &desk->body_doc, &why);
	if (status != STATUS_OK)
		set_malformed(ret_message, &why);
	else if (signal_judge(desk, log, index, &why) != STATUS_OK)
		set_unreadable(ret_message, &why);
	return STATUS_OK;
}

enum status desk_message_read(struct desk *desk, size_t channel,
                              const struct record_message_id *id,
                              struct desk_message *ret_message, struct error *err)
{
	struct log *log = NULL;
	uint64_t index;
	TRY(find_message(desk, channel, id, &log, &index, err));
	return fill_message(desk, log, index, ret_message, err);
}

/* A walk over one member's log. */
struct reading {
	struct desk *desk;
	struct channel *channel;
	uint32_t member;
	int64_t sent_ms; /* of the entry before, for the order */
};

/* Notes it when the entry is a person's acknowledgement of an own message. */
static enum status look_at_entry(void *context, uint64_t at, struct view entry,
                                 struct error *err)
{
	const struct reading *reading = context;
	struct desk *desk = reading->desk;
	struct channel *channel = reading->channel;
	uint32_t member = reading->member;
	const struct record_envelope *envelope = &desk->envelope;
	if (view_find(entry, view_of_string("\"ack\"")) == SIZE_MAX ||
	    term_judge(desk, channel->logs[member], entry, at, NULL) != STATUS_OK ||
	    !envelope->has_re || strcmp(envelope->kind, "ack") != 0 ||
	    strcmp(envelope->re.desk.text, desk->card.name.text) != 0 ||
	    !desk_grow(desk, &channel->acks, &channel->ack_cap, channel->ack_count,
	               sizeof *channel->acks))
		return STATUS_OK;
	channel->acks[channel->ack_count++] =
	    (struct ack){.index = envelope->re.index, .at = at, .member = member};
	return STATUS_OK;
}

/* The first entry of a successor stands behind the last one of the log that ended. */
static size_t add_log_before(const struct channel *channel, uint32_t member,
                             struct record_order_seen *seen)
{
	const struct member *it = &channel->members[member];
	if (it->generation == 1)
		return 0;
	const struct log *before = channel->logs[it->before];
	uint64_t size = it->offset - channel->members[it->before].offset;
	if (size <= before->base)
		return 0;
	*seen =
	    (struct record_order_seen){.log = it->before, .size = size - before->base};
	return 1;
}

/* What the author names of others; its own logs are left out, whichever they are, and
 * strangers. */
static size_t add_seen(const struct log *log, uint64_t index,
                       const struct record_envelope *envelope,
                       struct record_order_seen *seen, size_t count)
{
	const struct channel *channel = log->channel;
	const char *author = channel->members[log->member].name.text;
	for (size_t i = 0; i < envelope->seen_count && count < RECORD_MEMBERS_MAX; i++) {
		struct record_message_id last = {.desk = envelope->seen[i].desk,
		                                 .index = envelope->seen[i].size - 1};
		uint64_t at;
		const struct log *other = NULL;
		if (envelope->seen[i].size > 0 && strcmp(last.desk.text, author) != 0)
			other = channel_find_log(channel, &last, &at);
		if (other && at >= other->base && term_knows(log, index, other->member))
			seen[count++] = (struct record_order_seen){
			    .log = other->member, .size = at + 1 - other->base};
	}
	return count;
}

static enum status give_entry(void *context, uint64_t index, struct view entry,
                              struct error *err)
{
	struct reading *reading = context;
	struct desk *desk = reading->desk;
	struct channel *channel = reading->channel;
	uint32_t member = reading->member;
	const struct log *log = channel->logs[member];
	struct record_order_seen seen[RECORD_MEMBERS_MAX];
	size_t count = index == log->base ? add_log_before(channel, member, seen) : 0;
	if (term_judge(desk, log, entry, index, NULL) == STATUS_OK) {
		reading->sent_ms = desk->envelope.sent_s * 1000;
		count = add_seen(log, index, &desk->envelope, seen, count);
	}
	channel->order_given[member]++;
	return record_order_add(channel->order, member, reading->sent_ms, seen, count,
	                        err);
}

static enum status order_log(struct desk *desk, struct channel *channel, uint32_t member,
                             struct error *err)
{
	struct reading reading = {.desk = desk, .channel = channel, .member = member};
	struct log *log = channel->logs[member];
	if (channel->order_given[member] == 0 && log->base < log_shown_size(log))
		channel->order_given[member] = log->base;
	return log_walk(desk, log, channel->order_given[member], log_shown_size(log),
	                give_entry, &reading, err);
}

static enum status update_order(struct desk *desk, struct channel *channel,
                                struct error *err)
{
	uint32_t number;
	if (!channel->is_open)
		return error_set(err, STATUS_AGAIN,
		                 "the charter is not yet signed by all");
	if (!channel->order) {
		channel->order_given =
		    calloc(RECORD_MEMBERS_MAX, sizeof *channel->order_given);
		if (!channel->order_given)
			return error_set(err, STATUS_NO_MEMORY, "no memory");
		TRY(record_order_new(NULL, 0, &channel->order, err));
	}
	for (; channel->order_log_count < channel->member_count;
	     channel->order_log_count++)
		TRY(record_order_add_log(
		    channel->order, channel->members[channel->order_log_count].name.text,
		    &number, err));
	for (uint32_t m = 0; m < channel->member_count; m++)
		TRY(order_log(desk, channel, m, err));
	return STATUS_OK;
}

enum status desk_place_count(struct desk *desk, size_t channel, uint64_t *ret_count,
                             struct error *err)
{
	struct channel *it = desk->channels[channel];
	size_t placed;
	TRY(update_order(desk, it, err));
	(void)record_order_items(it->order, &placed);
	*ret_count = placed;
	for (uint32_t m = 0; m < it->member_count; m++)
		*ret_count += record_order_waiting(it->order, m);
	return STATUS_OK;
}

/* The nth of those that have no place yet: member by member. */
static bool waiting_place(const struct channel *channel, uint64_t nth,
                          struct desk_place *ret_place)
{
	for (uint32_t m = 0; m < channel->member_count; m++) {
		uint64_t waiting = record_order_waiting(channel->order, m);
		uint64_t first = channel->order_given[m] - waiting;
		if (nth < waiting) {
			*ret_place = (struct desk_place){
			    .log = m,
			    .index = log_id_index(channel->logs[m], first + nth),
			    .is_waiting = true};
			return true;
		}
		nth -= waiting;
	}
	return false;
}

bool desk_place(const struct desk *desk, size_t channel, uint64_t position,
                struct desk_place *ret_place)
{
	const struct channel *it = desk->channels[channel];
	size_t placed = 0;
	if (!it->order)
		return false;
	const struct record_order_item *items = record_order_items(it->order, &placed);
	if (position >= placed)
		return waiting_place(it, position - placed, ret_place);
	const struct record_order_item *item = &items[position];
	const struct log *log = it->logs[item->log];
	*ret_place =
	    (struct desk_place){.log = item->log,
	                        .index = log_id_index(log, log->base + item->index),
	                        .arrived_late = item->arrived_late};
	return true;
}

enum status desk_message_at(struct desk *desk, size_t channel, uint64_t position,
                            struct desk_message *ret_message, struct error *err)
{
	struct desk_place place;
	if (!desk_place(desk, channel, position, &place))
		return error_set(err, STATUS_NOT_FOUND, "the channel has fewer messages");
	struct log *log = desk->channels[channel]->logs[place.log];
	TRY(fill_message(desk, log, place.index - log_id_index(log, 0), ret_message,
	                 err));
	ret_message->arrived_late = place.arrived_late;
	ret_message->is_waiting = place.is_waiting;
	return STATUS_OK;
}

enum status desk_messages(struct desk *desk, size_t channel, uint64_t from,
                          desk_message_row *row, void *context, uint64_t *ret_total,
                          struct error *err)
{
	uint64_t total;
	TRY(desk_place_count(desk, channel, &total, err));
	if (ret_total)
		*ret_total = total;
	for (uint64_t position = from; position < total; position++) {
		struct desk_message message;
		TRY(desk_message_at(desk, channel, position, &message, err));
		if (!row(context, position, &message))
			return STATUS_OK;
	}
	return STATUS_OK;
}

const char *desk_delivery_words(enum desk_delivery delivery)
{
	switch (delivery) {
	case DESK_QUEUED:
		return "queued";
	case DESK_LEFT:
		return "left us";
	case DESK_STORED:
		return "stored there (receipt)";
	case DESK_READ:
		return "read by a person, not understood";
	case DESK_UNDERSTOOD:
		return "understood";
	}
	return "unknown";
}

static enum status read_ack(struct desk *desk, struct channel *channel, struct ack *ack,
                            struct error *err)
{
	struct desk_message message;
	TRY(fill_message(desk, channel->logs[ack->member], ack->at, &message, err));
	ack->was_read = true;
	ack->says = DESK_STORED;
	if (message.is_malformed ||
	    json_scan(&desk->body_doc, message.body, 1000, NULL) != STATUS_OK)
		return STATUS_OK;
	const struct json_token *understood =
	    json_member(&desk->body_doc, json_root(&desk->body_doc), "understood");
	ack->says =
	    understood && understood->type == JSON_TRUE ? DESK_UNDERSTOOD : DESK_READ;
	return STATUS_OK;
}

static enum status look_for_acks(struct desk *desk, struct channel *channel,
                                 uint32_t member, uint64_t first, uint64_t end,
                                 struct error *err)
{
	struct reading reading = {.desk = desk, .channel = channel, .member = member};
	return log_walk(desk, channel->logs[member], first, end, look_at_entry, &reading,
	                err);
}

/* Looks at what came from others since the last time; what was held before the start can
 * only acknowledge what was written before it. */
static enum status update_acks(struct desk *desk, struct channel *channel, uint64_t index,
                               struct error *err)
{
	size_t members = channel->member_count;
	const struct log *own = channel_own_log(channel);
	bool wants_all =
	    !channel->acks_are_whole && index < log_id_index(own, own->start_size);
	if (!channel->ack_looked) {
		channel->ack_looked =
		    calloc(RECORD_MEMBERS_MAX, sizeof *channel->ack_looked);
		if (!channel->ack_looked)
			return error_set(err, STATUS_NO_MEMORY, "no memory");
		for (uint32_t m = 0; m < members; m++)
			channel->ack_looked[m] = channel->logs[m]->start_size;
	}
	for (uint32_t m = 0; m < members; m++) {
		const struct log *log = channel->logs[m];
		if (m == channel->own)
			continue;
		if (wants_all)
			TRY(look_for_acks(desk, channel, m, 0, log->start_size, err));
		TRY(look_for_acks(desk, channel, m, channel->ack_looked[m],
		                  log->cosigned_size, err));
		if (channel->ack_looked[m] < log->cosigned_size)
			channel->ack_looked[m] = log->cosigned_size;
	}
	channel->acks_are_whole = channel->acks_are_whole || wants_all;
	return STATUS_OK;
}

static int compare_acks(const void *a, const void *b)
{
	const struct ack *x = a, *y = b;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return x->member == y->member ? 0 : x->member < y->member ? -1 : 1;
}

static int compare_acks_by_age(const void *a, const void *b)
{
	const struct ack *x = a, *y = b;
	int order = compare_acks(a, b);
	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* Sorts what was found and keeps the last of each member for each message: whoever
 * acknowledges one message a thousand times has said one thing about it. */
static void settle_acks(struct channel *channel)
{
	size_t kept = 0;
	if (channel->ack_count == channel->ack_settled)
		return;
	qsort(channel->acks, channel->ack_count, sizeof *channel->acks,
	      compare_acks_by_age);
	for (size_t i = 0; i < channel->ack_count; i++) {
		if (kept > 0 &&
		    compare_acks(&channel->acks[kept - 1], &channel->acks[i]) == 0)
			kept--;
		channel->acks[kept++] = channel->acks[i];
	}
	channel->ack_count = channel->ack_settled = kept;
}

static struct ack *find_ack(const struct channel *channel, uint64_t index,
                            uint32_t member)
{
	struct ack wanted = {.index = index, .member = member};
	struct ack *found = channel->ack_count == 0
	                        ? NULL
	                        : bsearch(&wanted, channel->acks, channel->ack_count,
	                                  sizeof *channel->acks, compare_acks);
	if (!found && channel->members[member].generation > 1)
		return find_ack(channel, index, channel->members[member].before);
	return found;
}

/* What the member's people said of it, once its receipt is here. */
static enum status acked_state(struct desk *desk, struct channel *channel, uint64_t index,
                               uint32_t member, enum desk_delivery *ret_delivery,
                               struct error *err)
{
	struct ack *ack = find_ack(channel, index, member);
	if (ack && !ack->was_read)
		TRY(read_ack(desk, channel, ack, err));
	*ret_delivery = ack ? ack->says : DESK_STORED;
	return STATUS_OK;
}

/* Without what people said. */
static enum desk_delivery fed_state(const struct log *log, const struct feed *feed,
                                    uint64_t at)
{
	bool left = feed->stage != FEED_IDLE && at < feed->target.size;
	if (log->is_own && at < feed->acked_size)
		return DESK_STORED;
	return left && log->is_own ? DESK_LEFT : DESK_QUEUED;
}

enum status desk_delivery_of(struct desk *desk, size_t channel, uint64_t index,
                             const char *member, enum desk_delivery *ret_delivery,
                             int64_t *ret_receipt_s, struct error *err)
{
	struct channel *it = desk->channels[channel];
	struct record_message_id id = {.desk = desk->card.name, .index = index};
	uint64_t at;
	size_t m = it->is_open ? channel_member(it, member) : SIZE_MAX;
	struct log *log = it->is_open ? channel_find_log(it, &id, &at) : NULL;
	if (m == SIZE_MAX || m == it->own || !log)
		return error_set(err, STATUS_NOT_FOUND, "%s is not another member here",
		                 member);
	*ret_delivery = fed_state(log, &it->members[m].feed, at);
	*ret_receipt_s = 0;
	if (log->is_own && *ret_delivery != DESK_STORED)
		return STATUS_OK;
	enum status status = receipt_time(desk, log, member, at, ret_receipt_s, err);
	/* The receipts for a log that ended may be lost with it: who gave one for the
	 * successor had followed the end, and so held all before it. */
	if (status == STATUS_NOT_FOUND && !log->is_own &&
	    it->members[m].feed.acked_size == 0)
		return STATUS_OK;
	if (status != STATUS_NOT_FOUND || log->is_own)
		TRY(status);
	TRY(update_acks(desk, it, index, err));
	settle_acks(it);
	return acked_state(desk, it, index, (uint32_t)m, ret_delivery, err);
}

/* Was it addressed to this member? */
static bool is_addressed(const struct channel *channel, uint32_t m,
                         const struct record_name *to, size_t to_count)
{
	for (size_t i = 0; i < to_count; i++)
		if (strcmp(channel->members[m].name.text, to[i].text) == 0)
			return true;
	return to_count == 0;
}

enum status desk_deliveries(struct desk *desk, size_t channel, uint64_t index,
                            const struct record_name *to, size_t to_count,
                            desk_delivery_fn *fn, void *context, struct error *err)
{
	struct channel *it = desk->channels[channel];
	struct record_message_id id = {.desk = desk->card.name, .index = index};
	uint64_t at;
	struct log *log = it->is_open ? channel_find_log(it, &id, &at) : NULL;
	if (!log)
		return error_set(err, STATUS_NOT_FOUND, "there is no such own message");
	TRY(update_acks(desk, it, index, err));
	settle_acks(it);
	for (uint32_t m = 0; m < it->member_count; m++) {
		enum desk_delivery delivery = fed_state(log, &it->members[m].feed, at);
		int64_t receipt_s;
		if (m == it->own || it->members[m].is_gone ||
		    !is_addressed(it, m, to, to_count))
			continue;
		if (!log->is_own) /* it has ended: rare, and told by its receipts */
			TRY(desk_delivery_of(desk, channel, index,
			                     it->members[m].name.text, &delivery,
			                     &receipt_s, err));
		else if (delivery == DESK_STORED)
			TRY(acked_state(desk, it, index, m, &delivery, err));
		fn(context, it->members[m].name.text, delivery);
	}
	return STATUS_OK;
}

enum status desk_receipt_file(struct desk *desk, size_t channel,
                              const struct record_message_id *id, const char *member,
                              struct buf *ret_file, struct error *err)
{
	CLEANUP_BUF struct buf line = BUF_INIT(1 << 14), note = BUF_INIT(TLOG_NOTE_MAX),
	                       extra = BUF_INIT(2 * TLOG_ENTRY_MAX),
	                       entry = BUF_INIT(TLOG_ENTRY_MAX);
	struct log *log = NULL;
	uint64_t size, index;
	TRY(find_message(desk, channel, id, &log, &index, err));
	if (!log->is_own && member && strcmp(member, desk->card.name.text) != 0 &&
	    channel_member(log->channel, member) == SIZE_MAX)
		return error_set(err, STATUS_NOT_FOUND,
		                 "%s is not a member of this channel", member);
	if (log->is_own && !member)
		return error_set(err, STATUS_MALFORMED,
		                 "name the member whose receipt is wanted (--from)");
	TRY(log_find_receipt(desk, log, member ? member : desk->card.name.text, index,
	                     &size, &line, err));
	TRY(log_checkpoint_at(desk, log, size, &note, err));
	buf_append_view(&note, buf_view(&line));
	TRY(log_read_entry(desk, log, index, &entry, err));
	base64_append(&extra, buf_view(&entry));
	struct tlog_proof_file file = {.has_extra = true,
	                               .extra_base64 = buf_view(&extra),
	                               .index = index,
	                               .checkpoint = buf_view(&note)};
	struct log_reader nodes = {desk, log};
	TRY(tlog_proof_inclusion(index, size, log_read_node, &nodes, &file.proof, err));
	tlog_proof_file_append(ret_file, &file);
	return buf_check(ret_file, "the receipt", err);
}

enum status desk_blob(struct desk *desk, size_t channel,
                      const struct record_message_id *id, const struct hash *blob,
                      struct buf *ret_blob, struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(512);
	struct log *log = NULL;
	char hex[HASH_HEX_LEN + 1];
	const char *type;
	uint64_t index;
	TRY(find_message(desk, channel, id, &log, &index, err));
	hash_hex(blob, hex);
	buf_printf(&path, "/blob/%s/%s?entry=%" PRIu64, log->origin_hash, hex, index);
	return desk_read_path(desk, buf_view(&path), &type, ret_blob, err);
}
