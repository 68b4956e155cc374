/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing envelopes. This is the hot path: one pass for the exact length, one that writes
 * into the room made for it. Every string in an envelope has a fixed ASCII form, so
 * nothing needs escaping.
 */
#include "record/envelope.h"

#include <assert.h>

#include "codec/base64.h"
#include "codec/time_text.h"

enum {
	BASE64_SALT_LEN = 24,
	BASE64_HASH_LEN = 44,
};

static size_t decimal_len(uint64_t value)
{
	size_t len = 1;

	while (value >= 10) {
		value /= 10;
		len++;
	}
	return len;
}

static inline uint8_t *put(uint8_t *at, const void *data, size_t len)
{
	memcpy(at, data, len);
	return at + len;
}

#define LITERAL_LEN(literal) (sizeof(literal) - 1)
#define PUT(at, literal) put(at, literal, LITERAL_LEN(literal))

static inline uint8_t *put_string(uint8_t *at, const char *string)
{
	return put(at, string, strlen(string));
}

static uint8_t *put_decimal(uint8_t *at, uint64_t value)
{
	size_t len = decimal_len(value);

	for (size_t i = len; i > 0; i--) {
		at[i - 1] = (uint8_t)('0' + value % 10);
		value /= 10;
	}
	return at + len;
}

/* The room is there already, so the appends into this window neither grow nor fail. */
static uint8_t *put_base64(uint8_t *at, const uint8_t *bytes, size_t len)
{
	size_t text_len = (len + 2) / 3 * 4;
	struct buf window = {.data = at, .cap = text_len, .max = text_len};

	base64_append(&window, view_of(bytes, len));
	assert(window.data == at && window.len == text_len);
	return at + text_len;
}

static uint8_t *put_hex(uint8_t *at, const struct hash *hash)
{
	struct buf window = {.data = at, .cap = HASH_HEX_LEN, .max = HASH_HEX_LEN};

	hex_append(&window, hash_view(hash));
	assert(window.data == at && window.len == HASH_HEX_LEN);
	return at + HASH_HEX_LEN;
}

static size_t to_len(const struct record_envelope *envelope)
{
	size_t len = LITERAL_LEN(",\"to\":[]") + envelope->to_count - 1;

	for (size_t i = 0; i < envelope->to_count; i++)
		len += 2 + strlen(envelope->to[i].text);
	return len;
}

static uint8_t *put_to(uint8_t *at, const struct record_envelope *envelope)
{
	at = PUT(at, ",\"to\":[");
	for (size_t i = 0; i < envelope->to_count; i++) {
		if (i > 0)
			*at++ = ',';
		*at++ = '"';
		at = put_string(at, envelope->to[i].text);
		*at++ = '"';
	}
	*at++ = ']';
	return at;
}

static size_t seen_len(const struct record_envelope *envelope)
{
	size_t len = LITERAL_LEN(",\"seen\":{}") + envelope->seen_count - 1;

	for (size_t i = 0; i < envelope->seen_count; i++)
		len += LITERAL_LEN("\"\":{\"size\":,\"root\":\"\"}") + BASE64_HASH_LEN +
		       strlen(envelope->seen[i].desk.text) +
		       decimal_len(envelope->seen[i].size);
	return len;
}

static uint8_t *put_seen(uint8_t *at, const struct record_envelope *envelope)
{
	at = PUT(at, ",\"seen\":{");
	for (size_t i = 0; i < envelope->seen_count; i++) {
		const struct record_seen *seen = &envelope->seen[i];

		if (i > 0)
			*at++ = ',';
		*at++ = '"';
		at = put_string(at, seen->desk.text);
		at = PUT(at, "\":{\"size\":");
		at = put_decimal(at, seen->size);
		at = PUT(at, ",\"root\":\"");
		at = put_base64(at, seen->root.bytes, sizeof seen->root.bytes);
		at = PUT(at, "\"}");
	}
	*at++ = '}';
	return at;
}

static size_t blob_len(const struct record_blob_ref *ref)
{
	return LITERAL_LEN("{\"blob\":\"\",\"size\":}") + HASH_HEX_LEN +
	       decimal_len(ref->size);
}

static uint8_t *put_blob(uint8_t *at, const struct record_blob_ref *ref)
{
	at = PUT(at, "{\"blob\":\"");
	at = put_hex(at, &ref->id);
	at = PUT(at, "\",\"size\":");
	at = put_decimal(at, ref->size);
	*at++ = '}';
	return at;
}

static size_t attachments_len(const struct record_envelope *envelope)
{
	size_t len = LITERAL_LEN(",\"attachments\":[]") + envelope->attachment_count - 1;

	for (size_t i = 0; i < envelope->attachment_count; i++)
		len += blob_len(&envelope->attachments[i]);
	return len;
}

static uint8_t *put_attachments(uint8_t *at, const struct record_envelope *envelope)
{
	at = PUT(at, ",\"attachments\":[");
	for (size_t i = 0; i < envelope->attachment_count; i++) {
		if (i > 0)
			*at++ = ',';
		at = put_blob(at, &envelope->attachments[i]);
	}
	*at++ = ']';
	return at;
}

static size_t envelope_len(const struct record_envelope *envelope)
{
	size_t len =
	    LITERAL_LEN("{\"aldis\":1,\"kind\":\"\",\"sent\":\"\",\"salt\":\"\"}") +
	    strlen(envelope->kind) + TIME_TEXT_LEN + BASE64_SALT_LEN;

	if (envelope->to_count > 0)
		len += to_len(envelope);
	if (envelope->line[0] != '\0')
		len += LITERAL_LEN(",\"line\":\"\"") + strlen(envelope->line);
	if (envelope->has_re)
		len += LITERAL_LEN(",\"re\":\"#\"") + strlen(envelope->re.desk.text) +
		       decimal_len(envelope->re.index);
	if (envelope->tlp[0] != '\0')
		len += LITERAL_LEN(",\"tlp\":\"\"") + strlen(envelope->tlp);
	if (envelope->seen_count > 0)
		len += seen_len(envelope);
	if (envelope->has_body)
		len += LITERAL_LEN(",\"body\":") + blob_len(&envelope->body);
	if (envelope->attachment_count > 0)
		len += attachments_len(envelope);
	return len;
}

static uint8_t *put_re(uint8_t *at, const struct record_message_id *re)
{
	at = PUT(at, ",\"re\":\"");
	at = put_string(at, re->desk.text);
	*at++ = '#';
	at = put_decimal(at, re->index);
	*at++ = '"';
	return at;
}

static uint8_t *put_head(uint8_t *at, const struct record_envelope *envelope)
{
	char sent[TIME_TEXT_LEN + 1];

	at = PUT(at, "{\"aldis\":1,\"kind\":\"");
	at = put_string(at, envelope->kind);
	*at++ = '"';
	if (envelope->to_count > 0)
		at = put_to(at, envelope);
	if (envelope->line[0] != '\0') {
		at = PUT(at, ",\"line\":\"");
		at = put_string(at, envelope->line);
		*at++ = '"';
	}
	time_text_encode(envelope->sent_s, sent);
	at = PUT(at, ",\"sent\":\"");
	at = put(at, sent, TIME_TEXT_LEN);
	at = PUT(at, "\",\"salt\":\"");
	at = put_base64(at, envelope->salt, RECORD_SALT_LEN);
	*at++ = '"';
	return at;
}

static uint8_t *put_tail(uint8_t *at, const struct record_envelope *envelope)
{
	if (envelope->has_re)
		at = put_re(at, &envelope->re);
	if (envelope->tlp[0] != '\0') {
		at = PUT(at, ",\"tlp\":\"");
		at = put_string(at, envelope->tlp);
		*at++ = '"';
	}
	if (envelope->seen_count > 0)
		at = put_seen(at, envelope);
	if (envelope->has_body) {
		at = PUT(at, ",\"body\":");
		at = put_blob(at, &envelope->body);
	}
	if (envelope->attachment_count > 0)
		at = put_attachments(at, envelope);
	*at++ = '}';
	return at;
}

enum status record_envelope_append(const struct record_envelope *envelope,
                                   struct buf *out, struct error *err)
{
	uint8_t *start, *end;
	size_t len;

	if (envelope->to_count > RECORD_MEMBERS_MAX ||
	    envelope->seen_count > RECORD_MEMBERS_MAX ||
	    envelope->attachment_count > RECORD_ATTACHMENTS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "a message names at most %d desks and %d attachments",
		                 RECORD_MEMBERS_MAX, RECORD_ATTACHMENTS_MAX);
	len = envelope_len(envelope);
	assert(len <= TLOG_ENTRY_MAX); /* the counts see to it */
	start = buf_extend(out, len);
	if (start == NULL)
		return buf_check(out, "the envelope", err);
	end = put_tail(put_head(start, envelope), envelope);
	assert(end == start + len);
	return STATUS_OK;
}
