/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pouches, out and in: what a desk has for another one, sealed; and what came from one,
 * as parts in any order. Each pouch that can be taken is taken within the request's turn.
 * What is refused for what it is carries a word for programs, "pouch-…".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/decimal.h"
#include "console/api_call.h"
#include "crypto/random.h"
#include "office/pouches.h"
#include "pouch/pouch.h"
#include "record/object.h"

/* ---- out */

enum { CURSOR_MAX = 96 };

static void print_cursor(const struct desk_pouch_cursor *cursor,
                         char ret_text[CURSOR_MAX])
{
	(void)snprintf(ret_text, CURSOR_MAX,
	               "%" PRIu64 ".%" PRIu64 ".%" PRIu64 ".%" PRIu32, cursor->entries,
	               cursor->bodies, cursor->attached, cursor->nth);
}

static enum status read_cursor(const char *text, struct desk_pouch_cursor *ret_cursor,
                               struct error *err)
{
	uint64_t numbers[4];

	for (size_t i = 0; i < 4; i++) {
		size_t len = strcspn(text, ".");

		if (decimal_decode(view_of(text, len), i == 3 ? UINT32_MAX : INT64_MAX,
		                   &numbers[i], NULL) != STATUS_OK ||
		    (text[len] == '.') != (i < 3))
			return error_set(err, STATUS_MALFORMED,
			                 "`after` is what an earlier answer had as next");
		text += len + (i < 3);
	}
	*ret_cursor = (struct desk_pouch_cursor){numbers[0], numbers[1], numbers[2],
	                                         (uint32_t)numbers[3]};
	return STATUS_OK;
}

static void address_to(struct api_call *call, size_t channel,
                       const struct record_card *card, struct pouch_address *ret_address)
{
	struct desk_channel_info info;

	desk_channel(call->desk, channel, &info);
	*ret_address = (struct pouch_address){
	    .from = desk_card(call->desk)->name, .to = card->name, .channel = info.id};
	memcpy(ret_address->box.bytes, card->keys[RECORD_ROLE_BOX].bytes,
	       sizeof ret_address->box.bytes);
}

static void write_bytes(struct json_writer *writer, const char *name, struct view bytes)
{
	CLEANUP_BUF struct buf text = BUF_INIT(API_ANSWER_MAX);

	base64_append(&text, bytes);
	json_writer_text(writer, name, buf_view(&text));
}

/* What stands before the bytes of each part of that size, so that who asked only has to
 * cut. */
static enum status write_heads(struct json_writer *writer,
                               const struct pouch_address *address, struct view sealed,
                               size_t part_size, struct error *err)
{
	struct pouch_part part = {.address = *address,
	                          .pouch = sha256(sealed),
	                          .size = (uint32_t)sealed.len,
	                          .count = pouch_part_count(sealed.len, part_size)};

	json_writer_array(writer, "heads");
	for (part.number = 1; part.number <= part.count; part.number++) {
		CLEANUP_BUF struct buf head = BUF_INIT(POUCH_PART_HEAD_MAX);

		part.bytes = pouch_part_share(sealed, part_size, part.number);
		pouch_part_append_head(&head, &part);
		TRY(buf_check(&head, "the head of a part", err));
		json_writer_text(writer, NULL, buf_view(&head));
	}
	json_writer_end(writer);
	return STATUS_OK;
}

static enum status reply_pouch(struct api_call *call, const struct pouch_address *address,
                               struct view sealed, size_t part_size,
                               const struct desk_pouch_cursor *next, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	struct hash pouch = sha256(sealed);
	char cursor[CURSOR_MAX];

	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "from", address->from.text);
	json_writer_string(&writer, "to", address->to.text);
	record_hex_hash_write(&writer, "channel", &address->channel.hash);
	write_bytes(&writer, "box",
	            view_of(address->box.bytes, sizeof address->box.bytes));
	record_hex_hash_write(&writer, "pouch", &pouch);
	write_bytes(&writer, "sealed", sealed);
	if (part_size > 0)
		TRY(write_heads(&writer, address, sealed, part_size, err));
	if (next != NULL) {
		print_cursor(next, cursor);
		json_writer_string(&writer, "next", cursor);
	}
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 201, &out, err);
}

enum status api_post_pouch(struct api_call *call, struct error *err)
{
	static const char *const parameters[] = {"after", "part_size", NULL};
	CLEANUP_BUF struct buf content = BUF_INIT(POUCH_CONTENT_MAX),
	                       sealed = BUF_INIT(POUCH_SIZE_MAX);
	const char *member = call->target.segments[4], *after;
	struct desk_pouch_cursor cursor;
	const struct record_card *card;
	struct pouch_address address;
	uint64_t part_size;
	size_t channel;
	bool has_more;

	TRY(target_allow(&call->target, parameters, err));
	TRY(target_number(&call->target, "part_size", POUCH_SIZE_MAX, 0, &part_size,
	                  err));
	if (part_size > 0 && part_size < POUCH_PART_SIZE_MIN)
		return error_set(err, STATUS_MALFORMED, "a part has at least %d bytes",
		                 POUCH_PART_SIZE_MIN);
	TRY(api_call_channel(call, &channel, err));
	TRY(desk_pouch_begin(call->desk, channel, member, &cursor, &card, err));
	after = target_parameter(&call->target, "after");
	if (after != NULL)
		TRY(read_cursor(after, &cursor, err));
	address_to(call, channel, card, &address);
	TRY(desk_pouch_fill(call->desk, channel, member, &cursor, &content, &has_more,
	                    err));
	TRY(pouch_seal(&address, buf_view(&content), &sealed, err));
	return reply_pouch(call, &address, buf_view(&sealed), (size_t)part_size,
	                   has_more ? &cursor : NULL, err);
}

enum status api_post_accept(struct api_call *call, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64);
	size_t channel;

	TRY(api_call_channel(call, &channel, err));
	TRY(desk_accept(call->desk, channel, err));
	(void)snprintf(call->subject, sizeof call->subject, "%s",
	               call->target.segments[2]);
	buf_append_string(&out, "{\"done\":true}");
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

/* ---- in */

enum pouch_state { POUCH_IN_PARTS, POUCH_EARLY, POUCH_TAKEN };

static const char *const state_names[] = {"parts", "early", "taken"};

struct arrival {
	struct pouch_part part;
	size_t channel;
	struct pouch_kept kept;
	enum pouch_state state;
	struct desk_pouch_taken taken;
	struct hash others[POUCHES_KEPT_MAX]; /* that lay here and could be taken now */
	size_t other_count;
};

/* A refusal for what was brought gets a word for programs; a failure has none. */
static enum status named(struct api_call *call, const char *code, enum status status)
{
	if (status == STATUS_MALFORMED || status == STATUS_UNTRUSTED)
		call->problem.code = code;
	return status;
}

static bool find_channel(const struct api_call *call, const struct record_channel_id *id,
                         size_t *ret_channel)
{
	for (size_t c = 0; c < desk_channel_count(call->desk); c++) {
		struct desk_channel_info info;

		desk_channel(call->desk, c, &info);
		if (!hash_equal(&info.id.hash, &id->hash))
			continue;
		*ret_channel = c;
		return true;
	}
	return false;
}

/* Is it for this desk, and of a channel that it has? */
static enum status check_address(struct api_call *call,
                                 const struct pouch_address *address, size_t *ret_channel,
                                 struct error *err)
{
	const struct record_card *own = desk_card(call->desk);
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&address->channel.hash, hex);
	if (strcmp(address->to.text, own->name.text) != 0) {
		call->problem.code = "pouch-for-another";
		return error_set(err, STATUS_UNTRUSTED,
		                 "this pouch is from %s for %s; this desk is %s",
		                 address->from.text, address->to.text, own->name.text);
	}
	if (!find_channel(call, &address->channel, ret_channel)) {
		call->problem.code = "pouch-no-channel";
		return error_set(
		    err, STATUS_UNTRUSTED,
		    "this pouch is of channel %.16s, in which this desk has no "
		    "part",
		    hex);
	}
	if (memcmp(address->box.bytes, own->keys[RECORD_ROLE_BOX].bytes,
	           sizeof address->box.bytes) != 0) {
		call->problem.code = "pouch-other-key";
		return error_set(err, STATUS_UNTRUSTED,
		                 "this pouch is sealed to another box key than this desk "
		                 "has now: ask %s for a new one",
		                 address->from.text);
	}
	return STATUS_OK;
}

/* Opens and takes a pouch of which all parts are here. */
static enum status take_whole(struct api_call *call, size_t channel,
                              const struct pouch_kept *kept,
                              struct desk_pouch_taken *ret_taken, struct error *err)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(POUCH_SIZE_MAX),
	                       content = BUF_INIT(POUCH_CONTENT_MAX);
	struct box_sealed_key sealed;
	struct box_key key;
	enum status status;

	TRY(named(call, "pouch-swapped",
	          pouches_join(call->api->office, kept, &whole, err)));
	TRY(named(call, "pouch-changed",
	          pouch_sealed_key(buf_view(&whole), &sealed, err)));
	TRY(named(call, "pouch-changed", desk_open_box(call->desk, &sealed, &key, err)));
	status = pouch_open(&kept->address, buf_view(&whole), &key, &content, err);
	crypto_wipe(&key, sizeof key);
	TRY(named(call, "pouch-changed", status));
	return named(call, "pouch-unproven",
	             desk_pouch_take(call->desk, channel, kept->address.from.text,
	                             buf_view(&content), ret_taken, err));
}

/* Takes it, and drops it unless it has to wait for one before it. */
static enum status take_or_wait(struct api_call *call, size_t channel,
                                const struct pouch_kept *kept,
                                struct desk_pouch_taken *ret_taken, struct error *err)
{
	struct error ignored;
	enum status status = take_whole(call, channel, kept, ret_taken, err);

	if (status == STATUS_OK && ret_taken->is_early)
		return STATUS_OK;
	if (status != STATUS_OK) { /* the first failure is the one to tell */
		(void)!pouches_drop(call->api->office, &kept->pouch, &ignored);
		return status;
	}
	return pouches_drop(call->api->office, &kept->pouch, err);
}

/* Those of the same way that wait for what has just come: as often as one brings the log
 * forward. */
static enum status take_others(struct api_call *call, struct arrival *arrival,
                               struct error *err)
{
	struct pouch_kept *kept = calloc(POUCHES_KEPT_MAX, sizeof *kept);
	enum status status = STATUS_OK;
	bool has_grown = kept != NULL;
	size_t count = 0;

	while (has_grown && status == STATUS_OK) {
		has_grown = false;
		status = pouches_list(call->api->office, kept, &count, err);
		for (size_t i = 0; status == STATUS_OK && i < count; i++) {
			struct desk_pouch_taken taken;

			if (kept[i].held < kept[i].count ||
			    strcmp(kept[i].address.from.text,
			           arrival->kept.address.from.text) != 0 ||
			    !hash_equal(&kept[i].address.channel.hash,
			                &arrival->kept.address.channel.hash) ||
			    take_or_wait(call, arrival->channel, &kept[i], &taken,
			                 NULL) != STATUS_OK)
				continue;
			has_grown = has_grown || taken.held > taken.held_before;
			if (!taken.is_early && arrival->other_count < POUCHES_KEPT_MAX)
				arrival->others[arrival->other_count++] = kept[i].pouch;
			arrival->taken.held = taken.held;
			arrival->taken.lacking = taken.lacking;
		}
	}
	call->problem.code = NULL; /* theirs, not of what came */
	free(kept);
	return status;
}

static enum status arrive(struct api_call *call, struct arrival *arrival,
                          struct error *err)
{
	TRY(named(call,
	          pouch_part_is_one(call->request->body) ? "pouch-damaged" : "pouch-none",
	          pouch_part_parse(call->request->body, &arrival->part, err)));
	TRY(check_address(call, &arrival->part.address, &arrival->channel, err));
	TRY(named(call, "pouch-differs",
	          pouches_keep(call->api->office, &arrival->part, call->now_ms,
	                       &arrival->kept, err)));
	if (arrival->kept.held < arrival->kept.count)
		return STATUS_OK;
	TRY(take_or_wait(call, arrival->channel, &arrival->kept, &arrival->taken, err));
	arrival->state = arrival->taken.is_early ? POUCH_EARLY : POUCH_TAKEN;
	return take_others(call, arrival, err);
}

static void write_taken(struct json_writer *writer, const struct desk_pouch_taken *taken)
{
	json_writer_integer(writer, "begins", (int64_t)taken->begins);
	json_writer_integer(writer, "entries_before", (int64_t)taken->held_before);
	json_writer_integer(writer, "entries", (int64_t)taken->held);
	json_writer_integer(writer, "lacking", (int64_t)taken->lacking);
	json_writer_integer(writer, "receipts_before", (int64_t)taken->acked_before);
	json_writer_integer(writer, "receipts", (int64_t)taken->acked);
}

static enum status reply_arrival(struct api_call *call, const struct arrival *arrival,
                                 struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	const struct pouch_part *part = &arrival->part;

	json_writer_object(&writer, NULL);
	record_hex_hash_write(&writer, "pouch", &part->pouch);
	json_writer_string(&writer, "from", part->address.from.text);
	record_hex_hash_write(&writer, "channel", &part->address.channel.hash);
	json_writer_integer(&writer, "part", part->number);
	json_writer_integer(&writer, "parts", part->count);
	json_writer_integer(&writer, "held", arrival->kept.held);
	json_writer_string(&writer, "state", state_names[arrival->state]);
	if (arrival->state != POUCH_IN_PARTS) {
		write_taken(&writer, &arrival->taken);
		json_writer_integer(&writer, "others", (int64_t)arrival->other_count);
		json_writer_array(&writer, "taken_too");
		for (size_t i = 0; i < arrival->other_count; i++)
			record_hex_hash_write(&writer, NULL, &arrival->others[i]);
		json_writer_end(&writer);
	}
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_post_pouch_part(struct api_call *call, struct error *err)
{
	struct arrival arrival = {0};
	char hex[HASH_HEX_LEN + 1];

	TRY(arrive(call, &arrival, err));
	hash_hex(&arrival.part.pouch, hex);
	(void)snprintf(call->subject, sizeof call->subject,
	               "%s %.16s %" PRIu32 "/%" PRIu32, arrival.part.address.from.text,
	               hex, arrival.part.number, arrival.part.count);
	return reply_arrival(call, &arrival, err);
}

/* ---- those that wait */

static void write_gaps(struct json_writer *writer, const struct pouch_kept *kept)
{
	json_writer_array(writer, "missing");
	for (size_t i = 0; i < kept->gap_count; i++) {
		json_writer_object(writer, NULL);
		json_writer_integer(writer, "first", kept->gaps[i].first);
		json_writer_integer(writer, "last", kept->gaps[i].last);
		json_writer_end(writer);
	}
	json_writer_end(writer);
}

static void write_kept(struct json_writer *writer, const struct pouch_kept *kept)
{
	enum pouch_state state = kept->held < kept->count ? POUCH_IN_PARTS : POUCH_EARLY;

	json_writer_object(writer, NULL);
	record_hex_hash_write(writer, "pouch", &kept->pouch);
	json_writer_string(writer, "from", kept->address.from.text);
	record_hex_hash_write(writer, "channel", &kept->address.channel.hash);
	json_writer_integer(writer, "size", kept->size);
	json_writer_integer(writer, "parts", kept->count);
	json_writer_integer(writer, "held", kept->held);
	json_writer_string(writer, "state", state_names[state]);
	json_writer_time(writer, "came", kept->came_ms / 1000);
	write_gaps(writer, kept);
	json_writer_end(writer);
}

static enum status list_kept(struct api_call *call, struct pouch_kept *kept,
                             struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(API_ANSWER_MAX);
	struct json_writer writer = json_writer_of(&out);
	size_t count;

	TRY(pouches_list(call->api->office, kept, &count, err));
	json_writer_object(&writer, NULL);
	json_writer_array(&writer, "pouches");
	for (size_t i = 0; i < count; i++)
		write_kept(&writer, &kept[i]);
	json_writer_end(&writer);
	json_writer_end(&writer);
	return api_reply_json(call->desk, call->request->id, 200, &out, err);
}

enum status api_get_pouches(struct api_call *call, struct error *err)
{
	struct pouch_kept *kept = calloc(POUCHES_KEPT_MAX, sizeof *kept);
	enum status status;

	if (kept == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for a list");
	status = list_kept(call, kept, err);
	free(kept);
	return status;
}
