/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of `charter.amend`: the new text as parts. Blocks of the previous text are
 * looked up in the new one by a rolling hash, greedily; what matches is made as long as
 * it goes. Any way of cutting is right: whoever reads puts the parts together and
 * compares the digest.
 */
#include "record/amendment.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "record/object.h"

enum {
	BLOCK = 64,
	TABLE_BITS = 15, /* twice as many places as a text has blocks */
	TOKENS_MAX = 8 * RECORD_AMENDMENT_PARTS_MAX,
	BODY_MAX = 256 * 1024,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint32_t factor = 0x9e3779b1U;

/* ---- writing */

struct copier {
	struct view previous, next;
	uint32_t *table;   /* owned: 1 + offset of a block of previous; 0: none */
	size_t literal_at; /* where in next the part begins that is not written yet */
	size_t part_count;
	struct buf *out;
};

static uint32_t block_hash(const uint8_t *data)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < BLOCK; i++)
		hash = hash * factor + data[i];
	return hash;
}

/* factor to the power of BLOCK: what the byte that leaves the window counts. */
static uint32_t leaving_factor(void)
{
	uint32_t power = 1;

	for (size_t i = 0; i < BLOCK; i++)
		power *= factor;
	return power;
}

static uint32_t *place_of(const struct copier *copier, uint32_t hash)
{
	return &copier->table[(hash * factor) >> (32 - TABLE_BITS)];
}

/* Of blocks that share a place the first is kept. */
static enum status index_previous(struct copier *copier, struct error *err)
{
	copier->table = calloc((size_t)1 << TABLE_BITS, sizeof *copier->table);
	if (copier->table == NULL)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the amendment");
	for (size_t at = 0; at + BLOCK <= copier->previous.len; at += BLOCK) {
		uint32_t *place =
		    place_of(copier, block_hash(copier->previous.data + at));

		if (*place == 0)
			*place = (uint32_t)at + 1;
	}
	return STATUS_OK;
}

static void part_open(struct copier *copier)
{
	buf_append_string(copier->out, copier->part_count++ == 0 ? "{" : ",{");
}

static void literal_append(struct copier *copier, size_t end)
{
	if (end == copier->literal_at)
		return;
	part_open(copier);
	buf_append_string(copier->out, "\"text\":");
	json_append_string(copier->out, view_of(copier->next.data + copier->literal_at,
	                                        end - copier->literal_at));
	buf_append_byte(copier->out, '}');
}

/* Is this the middle of a code point? Texts of parts must not be cut there. */
static bool is_inside(struct view text, size_t at)
{
	return at < text.len && (text.data[at] & 0xc0) == 0x80;
}

/* Writes a copy of what previous has at `from` and next at `at`, as long as it goes in
 * both directions, and what stands before it. Returns where in next to go on. */
static size_t copy_append(struct copier *copier, size_t from, size_t at)
{
	struct view previous = copier->previous, next = copier->next;
	size_t end = at + BLOCK, shift;

	while (at > copier->literal_at && from > 0 &&
	       next.data[at - 1] == previous.data[from - 1])
		at--, from--;
	shift = at - from;
	while (end < next.len && end - shift < previous.len &&
	       next.data[end] == previous.data[end - shift])
		end++;
	while (is_inside(next, at))
		at++, from++;
	while (is_inside(next, end))
		end--;
	literal_append(copier, at);
	part_open(copier);
	buf_printf(copier->out, "\"from\":%zu,\"len\":%zu}", from, end - at);
	copier->literal_at = end;
	return end;
}

/* The block of previous that next has at `at`, or SIZE_MAX. */
static size_t find_block(const struct copier *copier, uint32_t hash, size_t at)
{
	uint32_t place = *place_of(copier, hash);

	if (place == 0 ||
	    memcmp(copier->previous.data + place - 1, copier->next.data + at, BLOCK) != 0)
		return SIZE_MAX;
	return place - 1;
}

static void parts_append(struct copier *copier)
{
	struct view next = copier->next;
	uint32_t leaving = leaving_factor(), hash = 0;
	size_t at = 0;
	bool is_fresh = false;

	while (at + BLOCK <= next.len &&
	       copier->part_count + 3 < RECORD_AMENDMENT_PARTS_MAX) {
		size_t from;

		if (!is_fresh)
			hash = block_hash(next.data + at);
		from = find_block(copier, hash, at);
		is_fresh = from == SIZE_MAX && at + BLOCK < next.len;
		if (is_fresh)
			hash = hash * factor + next.data[at + BLOCK] -
			       leaving * next.data[at];
		at = from == SIZE_MAX ? at + 1 : copy_append(copier, from, at);
	}
	literal_append(copier, next.len);
}

static void hash_append(struct buf *out, const char *name, const struct hash *hash)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(hash, hex);
	buf_printf(out, "\"%s\":\"%s\"", name, hex);
}

static enum status body_append(struct copier *copier, const struct hash *previous,
                               struct view signatures, struct error *err)
{
	struct hash digest = sha256(copier->next);

	buf_append_byte(copier->out, '{');
	hash_append(copier->out, "charter", &digest);
	buf_append_byte(copier->out, ',');
	hash_append(copier->out, "previous", previous);
	buf_append_string(copier->out, ",\"parts\":[");
	parts_append(copier);
	buf_append_string(copier->out, "],\"signatures\":");
	json_append_string(copier->out, signatures);
	buf_append_byte(copier->out, '}');
	return buf_check(copier->out, "the amendment as a message", err);
}

enum status record_amendment_body_append(const struct record_charter *previous,
                                         struct view note, struct buf *out,
                                         struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(BODY_MAX);
	struct copier copier = {.previous = buf_view(&previous->text), .out = &body};
	struct tlog_note parsed;
	enum status status;

	if (note.len > RECORD_NOTE_MAX)
		return error_set(err, STATUS_LIMIT, "a charter has at most %d bytes",
		                 RECORD_NOTE_MAX);
	TRY(tlog_note_parse(note, &parsed, err));
	copier.next = parsed.text;
	TRY(index_previous(&copier, err));
	status = body_append(&copier, &previous->digest, parsed.lines, err);
	free(copier.table);
	TRY(status);
	buf_append_view(out, buf_view(&body));
	return buf_check(out, "the amendment as a message", err);
}

/* ---- reading */

struct body {
	struct hash charter, previous;
	const struct json_token *parts, *signatures;
};

static enum status read_charter(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	struct body *body = context;

	return record_hex_hash_read(doc, value, &body->charter, err);
}

static enum status read_previous(const struct json_doc *doc,
                                 const struct json_token *value, void *context,
                                 struct error *err)
{
	struct body *body = context;

	return record_hex_hash_read(doc, value, &body->previous, err);
}

static enum status read_parts(const struct json_doc *doc, const struct json_token *value,
                              void *context, struct error *err)
{
	struct body *body = context;

	(void)doc;
	TRY(record_array_check(value, 1, RECORD_AMENDMENT_PARTS_MAX, err));
	body->parts = value;
	return STATUS_OK;
}

static enum status read_signatures(const struct json_doc *doc,
                                   const struct json_token *value, void *context,
                                   struct error *err)
{
	struct body *body = context;

	(void)doc;
	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a string");
	body->signatures = value;
	return STATUS_OK;
}

static enum status body_read(struct view text, struct json_doc *doc,
                             struct body *ret_body, struct error *err)
{
	static const struct record_member members[] = {
	    {"charter", true, read_charter},
	    {"previous", true, read_previous},
	    {"parts", true, read_parts},
	    {"signatures", true, read_signatures},
	};

	TRY(json_scan(doc, text, TOKENS_MAX, err));
	return record_object_read(doc, json_root(doc), members, COUNT(members), ret_body,
	                          err);
}

struct part {
	const struct json_token *text;
	int64_t from, len; /* -1: not there */
};

static enum status read_text(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct part *part = context;

	(void)doc;
	if (value->type != JSON_STRING || value->len == 0)
		return error_set(err, STATUS_MALFORMED, "must be a string, not empty");
	part->text = value;
	return STATUS_OK;
}

static enum status read_from(const struct json_doc *doc, const struct json_token *value,
                             void *context, struct error *err)
{
	struct part *part = context;

	return record_integer_read(doc, value, 0, RECORD_NOTE_MAX, &part->from, err);
}

static enum status read_len(const struct json_doc *doc, const struct json_token *value,
                            void *context, struct error *err)
{
	struct part *part = context;

	return record_integer_read(doc, value, 1, RECORD_NOTE_MAX, &part->len, err);
}

static enum status part_read(const struct json_doc *doc, const struct json_token *value,
                             struct view previous_text, struct buf *out,
                             struct error *err)
{
	static const struct record_member members[] = {
	    {"text", false, read_text},
	    {"from", false, read_from},
	    {"len", false, read_len},
	};
	struct part part = {.from = -1, .len = -1};

	TRY(record_object_read(doc, value, members, COUNT(members), &part, err));
	if (part.text != NULL && part.from < 0 && part.len < 0) {
		json_string_append(doc, part.text, out);
		return STATUS_OK;
	}
	if (part.text != NULL || part.from < 0 || part.len < 0)
		return error_set(err, STATUS_MALFORMED,
		                 "a part has either text, or from and len");
	if ((uint64_t)part.from + (uint64_t)part.len > previous_text.len)
		return error_set(err, STATUS_MALFORMED,
		                 "a part lies outside the previous text");
	buf_append(out, previous_text.data + part.from, (size_t)part.len);
	return STATUS_OK;
}

static enum status note_append(const struct json_doc *doc, const struct body *body,
                               struct view previous_text, struct buf *note,
                               struct error *err)
{
	struct hash digest;
	struct tlog_note parsed;

	for (const struct json_token *part = json_first(doc, body->parts); part != NULL;
	     part = json_next(doc, body->parts, part)) {
		TRY(part_read(doc, part, previous_text, note, err));
		TRY(buf_check(note, "the charter", err));
	}
	digest = sha256(buf_view(note));
	if (!hash_equal(&digest, &body->charter))
		return error_set(err, STATUS_MALFORMED,
		                 "the parts do not make the charter whose digest is "
		                 "named");
	buf_append_byte(note, '\n');
	json_string_append(doc, body->signatures, note);
	TRY(buf_check(note, "the charter", err));
	TRY(tlog_note_parse(buf_view(note), &parsed, err));
	digest = sha256(parsed.text);
	if (!hash_equal(&digest, &body->charter))
		return error_set(err, STATUS_MALFORMED,
		                 "behind the charter stand not only signatures");
	return STATUS_OK;
}

enum status record_amendment_body_decode(struct view body_text, struct view previous_text,
                                         struct json_doc *doc, struct buf *ret_note,
                                         struct error *err)
{
	CLEANUP_BUF struct buf note = BUF_INIT(RECORD_NOTE_MAX);
	struct hash digest = sha256(previous_text);
	struct body body = {0};

	TRY(body_read(body_text, doc, &body, err));
	if (!hash_equal(&digest, &body.previous))
		return error_set(err, STATUS_CONFLICT,
		                 "the amendment is of another charter");
	TRY(note_append(doc, &body, previous_text, &note, err));
	buf_append_view(ret_note, buf_view(&note));
	return buf_check(ret_note, "the charter", err);
}

enum status record_amendment_body_digests(struct view body_text, struct json_doc *doc,
                                          struct hash *ret_charter,
                                          struct hash *ret_previous, struct error *err)
{
	struct body body = {0};

	TRY(body_read(body_text, doc, &body, err));
	*ret_charter = body.charter;
	*ret_previous = body.previous;
	return STATUS_OK;
}
