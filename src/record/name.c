/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One form for each name: what decodes encodes back to the same bytes.
 */
#include "record/name.h"

#include <assert.h>
#include <stdio.h>

#include "codec/base64.h"
#include "codec/decimal.h"

static bool is_alphanumeric(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool record_name_check(struct view name)
{
	if (name.len < RECORD_NAME_MIN || name.len > RECORD_NAME_MAX)
		return false;
	if (!is_alphanumeric(name.data[0]) || !is_alphanumeric(name.data[name.len - 1]))
		return false;
	for (size_t i = 1; i < name.len; i++) {
		uint8_t byte = name.data[i];

		if (is_alphanumeric(byte) || byte == '-')
			continue;
		if (byte != '.' || name.data[i - 1] == '.')
			return false;
	}
	return true;
}

enum status record_name_decode(struct view text, struct record_name *ret_name,
                               struct error *err)
{
	if (!record_name_check(text))
		return error_set(err, STATUS_MALFORMED,
		                 "a desk's name has %d to %d lower-case letters, digits, "
		                 "'-' and '.'",
		                 RECORD_NAME_MIN, RECORD_NAME_MAX);
	memcpy(ret_name->text, text.data, text.len);
	ret_name->text[text.len] = '\0';
	return STATUS_OK;
}

void record_origin_encode(const struct record_origin *origin,
                          char ret_text[RECORD_ORIGIN_MAX + 1])
{
	char hex[HASH_HEX_LEN + 1];
	int len;

	hash_hex(&origin->channel.hash, hex);
	if (origin->generation > 1)
		len = snprintf(ret_text, RECORD_ORIGIN_MAX + 1, "%s/%s/%u",
		               origin->desk.text, hex, (unsigned)origin->generation);
	else
		len = snprintf(ret_text, RECORD_ORIGIN_MAX + 1, "%s/%s",
		               origin->desk.text, hex);
	assert(len > 0 && len <= RECORD_ORIGIN_MAX);
}

static enum status generation_decode(struct view rest, uint32_t *ret_generation,
                                     struct error *err)
{
	uint64_t generation = 1;

	if (rest.len > 0) {
		if (rest.data[0] != '/')
			return error_set(
			    err, STATUS_MALFORMED,
			    "the origin has something behind the channel id");
		TRY(decimal_decode(view_from(rest, 1), UINT32_MAX, &generation, err));
		if (generation < 2)
			return error_set(err, STATUS_MALFORMED,
			                 "the origin names a first log by number");
	}
	*ret_generation = (uint32_t)generation;
	return STATUS_OK;
}

enum status record_origin_decode(struct view text, struct record_origin *ret_origin,
                                 struct error *err)
{
	size_t slash = view_find(text, view_of_string("/"));
	struct record_origin origin;
	struct view rest;

	if (slash == SIZE_MAX || text.len - slash - 1 < HASH_HEX_LEN)
		return error_set(err, STATUS_MALFORMED,
		                 "an origin is a desk's name, '/' and a channel id");
	TRY(record_name_decode(view_of(text.data, slash), &origin.desk, err));
	rest = view_from(text, slash + 1);
	TRY(hex_decode_exact(view_of(rest.data, HASH_HEX_LEN), origin.channel.hash.bytes,
	                     sizeof origin.channel.hash.bytes, err));
	TRY(generation_decode(view_from(rest, HASH_HEX_LEN), &origin.generation, err));
	*ret_origin = origin;
	return STATUS_OK;
}

void record_message_id_encode(const struct record_message_id *id,
                              char ret_text[RECORD_MESSAGE_ID_MAX + 1])
{
	int len = snprintf(ret_text, RECORD_MESSAGE_ID_MAX + 1, "%s#%llu", id->desk.text,
	                   (unsigned long long)id->index);

	assert(len > 0 && len <= RECORD_MESSAGE_ID_MAX);
}

enum status record_message_id_decode(struct view text, struct record_message_id *ret_id,
                                     struct error *err)
{
	size_t sign = view_find(text, view_of_string("#"));
	struct record_message_id id;

	if (sign == SIZE_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "a message id is a desk's name, '#' and a number");
	TRY(record_name_decode(view_of(text.data, sign), &id.desk, err));
	TRY(decimal_decode(view_from(text, sign + 1), UINT64_MAX, &id.index, err));
	*ret_id = id;
	return STATUS_OK;
}
