/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One form alone is a part: it is read line by line, written again and compared.
 */
#include "pouch/part.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/decimal.h"

static const char first_line[] = "aldis.pouch/1\n";

void pouch_address_append(struct buf *out, const struct pouch_address *address)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(&address->channel.hash, hex);
	buf_printf(out, "%sfrom %s\nto %s\nchannel %s\nbox ", first_line,
	           address->from.text, address->to.text, hex);
	base64_append(out, view_of(address->box.bytes, sizeof address->box.bytes));
	buf_append_byte(out, '\n');
}

void pouch_part_append_head(struct buf *out, const struct pouch_part *part)
{
	struct hash digest = sha256(part->bytes);
	char pouch_hex[HASH_HEX_LEN + 1], hex[HASH_HEX_LEN + 1];

	hash_hex(&part->pouch, pouch_hex);
	hash_hex(&digest, hex);
	pouch_address_append(out, &part->address);
	buf_printf(out,
	           "pouch %s\nsize %" PRIu32 "\npart %" PRIu32 " of %" PRIu32
	           "\nsha256 %s\n\n",
	           pouch_hex, part->size, part->number, part->count, hex);
}

void pouch_part_append(struct buf *out, const struct pouch_part *part)
{
	pouch_part_append_head(out, part);
	buf_append_view(out, part->bytes);
}

bool pouch_part_is_one(struct view file)
{
	return view_has_prefix(file, view_of_string(first_line));
}

/* The value of the next line, which begins with this word. */
static bool take(struct view *rest, const char *word, struct view *ret_value)
{
	struct view line, prefix = view_of_string(word);

	if (!view_take_line(rest, &line) || !view_has_prefix(line, prefix))
		return false;
	*ret_value = view_from(line, prefix.len);
	return true;
}

static bool take_name(struct view *rest, const char *word, struct record_name *ret_name)
{
	struct view value;

	return take(rest, word, &value) &&
	       record_name_decode(value, ret_name, NULL) == STATUS_OK;
}

static bool take_hash(struct view *rest, const char *word, struct hash *ret_hash)
{
	struct view value;

	return take(rest, word, &value) &&
	       hex_decode_exact(value, ret_hash->bytes, sizeof ret_hash->bytes, NULL) ==
	           STATUS_OK;
}

static bool take_number(struct view text, uint32_t max, uint32_t *ret_number)
{
	uint64_t number;

	if (decimal_decode(text, max, &number, NULL) != STATUS_OK)
		return false;
	*ret_number = (uint32_t)number;
	return true;
}

static bool take_address(struct view *rest, struct pouch_address *ret_address)
{
	struct view box;

	return take_name(rest, "from ", &ret_address->from) &&
	       take_name(rest, "to ", &ret_address->to) &&
	       take_hash(rest, "channel ", &ret_address->channel.hash) &&
	       take(rest, "box ", &box) &&
	       base64_decode_exact(box, ret_address->box.bytes,
	                           sizeof ret_address->box.bytes, NULL) == STATUS_OK;
}

static bool take_place(struct view *rest, struct pouch_part *part)
{
	struct view size, place, of = view_of_string(" of ");
	size_t at;

	if (!take(rest, "size ", &size) ||
	    !take_number(size, POUCH_SIZE_MAX, &part->size) ||
	    !take(rest, "part ", &place) || (at = view_find(place, of)) == SIZE_MAX)
		return false;
	return take_number(view_from(place, at + of.len), POUCH_PART_COUNT_MAX,
	                   &part->count) &&
	       take_number(view_of(place.data, at), part->count, &part->number) &&
	       part->number > 0;
}

enum status pouch_part_parse(struct view file, struct pouch_part *ret_part,
                             struct error *err)
{
	CLEANUP_BUF struct buf again = BUF_INIT(POUCH_PART_HEAD_MAX);
	struct pouch_part part = {0};
	struct view rest = file, line, empty;
	struct hash digest, found;

	if (!pouch_part_is_one(file))
		return error_set(err, STATUS_MALFORMED,
		                 "this file is no part of a pouch");
	if (!view_take_line(&rest, &line) || !take_address(&rest, &part.address) ||
	    !take_hash(&rest, "pouch ", &part.pouch) || !take_place(&rest, &part) ||
	    !take_hash(&rest, "sha256 ", &digest) || !take(&rest, "", &empty) ||
	    empty.len > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "the lines at the head of this pouch are damaged");
	part.bytes = rest;
	found = sha256(rest);
	if (rest.len > part.size || !hash_equal(&digest, &found))
		return error_set(err, STATUS_MALFORMED,
		                 "part %" PRIu32
		                 " of this pouch is cut short or damaged: "
		                 "it is not what was written",
		                 part.number);
	pouch_part_append_head(&again, &part);
	if (!view_has_prefix(file, buf_view(&again)) ||
	    file.len != again.len + part.bytes.len)
		return error_set(err, STATUS_MALFORMED,
		                 "the lines at the head of this pouch are damaged");
	*ret_part = part;
	return STATUS_OK;
}

static bool is_same_address(const struct pouch_address *a, const struct pouch_address *b)
{
	return strcmp(a->from.text, b->from.text) == 0 &&
	       strcmp(a->to.text, b->to.text) == 0 &&
	       hash_equal(&a->channel.hash, &b->channel.hash) &&
	       memcmp(&a->box, &b->box, sizeof a->box) == 0;
}

bool pouch_part_is_same(const struct pouch_part *a, const struct pouch_part *b)
{
	return a->size == b->size && a->count == b->count &&
	       hash_equal(&a->pouch, &b->pouch) &&
	       is_same_address(&a->address, &b->address);
}

uint32_t pouch_part_count(size_t size, size_t part_size)
{
	return size == 0 ? 1 : (uint32_t)((size + part_size - 1) / part_size);
}

struct view pouch_part_share(struct view whole, size_t part_size, uint32_t number)
{
	size_t at = part_size * (number - 1), left = whole.len - at;

	return view_of(whole.data + at, left < part_size ? left : part_size);
}
