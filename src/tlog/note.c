/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stricter than the specification in one point: a signature line that is not canonical
 * makes the whole note malformed, also under an unknown key (as in Go's x/mod).
 */
#include "tlog/note.h"

#include "codec/base64.h"
#include "codec/utf8.h"
#include "crypto/mldsa.h"

#include <assert.h>

enum { ID_LEN = 4 };

static const char line_start[] = "\xe2\x80\x94 "; /* U+2014 and a space */

static uint32_t id_of_bytes(const uint8_t bytes[ID_LEN])
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

static void id_to_bytes(uint32_t id, uint8_t ret_bytes[ID_LEN])
{
	for (size_t i = 0; i < ID_LEN; i++)
		ret_bytes[i] = (uint8_t)(id >> (24 - 8 * i));
}

bool tlog_name_check(struct view name)
{
	if (name.len == 0 || name.len > TLOG_NAME_MAX)
		return false;
	while (name.len > 0) {
		uint32_t point;
		size_t len = utf8_decode(name, &point);
		if (len == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0))
			return false;
		if (point == '+' || utf8_is_space(point))
			return false;
		name = view_from(name, len);
	}
	return true;
}

/* The id that name, type and key of *key demand. */
static uint32_t compute_id(const struct tlog_vkey *key)
{
	uint8_t head[TLOG_NAME_MAX + 2];
	size_t name_len = strlen(key->name);
	memcpy(head, key->name, name_len);
	head[name_len] = '\n';
	head[name_len + 1] = key->type;
	struct hash hash =
	    sha256_2(view_of(head, name_len + 2), view_of(key->key, key->key_len));
	return id_of_bytes(hash.bytes);
}

enum status tlog_vkey_init(struct tlog_vkey *ret_key, const char *name,
                           enum tlog_key_type type,
                           const struct ed25519_public *public_key, struct error *err)
{
	assert(type == TLOG_KEY_ED25519 || type == TLOG_KEY_ED25519_COSIGNATURE);
	if (!tlog_name_check(view_of_string(name)))
		return error_set(err, STATUS_MALFORMED, "not a name for a key");
	struct tlog_vkey key = {.type = (uint8_t)type,
	                        .key_len = sizeof public_key->bytes};
	memcpy(key.name, name, strlen(name));
	memcpy(key.key, public_key->bytes, sizeof public_key->bytes);
	key.id = compute_id(&key);
	*ret_key = key;
	return STATUS_OK;
}

/* The bytes before the next '+', which is dropped. */
static bool take_until_plus(struct view *rest, struct view *ret_part)
{
	size_t end = view_find(*rest, view_of("+", 1));
	if (end == SIZE_MAX)
		return false;
	*ret_part = view_of(rest->data, end);
	*rest = view_from(*rest, end + 1);
	return true;
}

/* How many bytes this base64 stands for, if it is base64. */
static size_t base64_decoded_len(struct view text)
{
	size_t len = text.len / 4 * 3;
	for (size_t i = 0; i < 2 && i < text.len && len > 0; i++)
		if (text.data[text.len - 1 - i] == '=')
			len--;
	return len;
}

static size_t key_len_of_type(uint8_t type)
{
	switch (type) {
	case TLOG_KEY_ED25519:
	case TLOG_KEY_ED25519_COSIGNATURE:
		return sizeof(struct ed25519_public);
	case TLOG_KEY_MLDSA44_COSIGNATURE:
		return MLDSA44_PUBLIC_LEN;
	default:
		return 0;
	}
}

static enum status decode_typed_key(struct view text, struct tlog_vkey *key,
                                    struct error *err)
{
	uint8_t bytes[1 + TLOG_KEY_MAX];
	size_t len = base64_decoded_len(text);
	if (len < 2 || len > sizeof bytes ||
	    base64_decode_exact(text, bytes, len, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "a verifier key is no base64 key");
	if (len - 1 != key_len_of_type(bytes[0]))
		return error_set(err, STATUS_MALFORMED,
		                 "a verifier key has an unknown type or a wrong length");
	key->type = bytes[0];
	key->key_len = (uint16_t)(len - 1);
	memcpy(key->key, bytes + 1, len - 1);
	return STATUS_OK;
}

enum status tlog_vkey_decode(struct view text, struct tlog_vkey *ret_key,
                             struct error *err)
{
	struct view rest = text, name, hex;
	struct tlog_vkey key = {0};
	uint8_t id[ID_LEN];
	if (!take_until_plus(&rest, &name) || !take_until_plus(&rest, &hex) ||
	    hex_decode_exact(hex, id, sizeof id, NULL) != STATUS_OK)
		return error_set(err, STATUS_MALFORMED,
		                 "a verifier key is not of the form name+id+key");
	if (!tlog_name_check(name) || !view_copy_string(name, key.name, sizeof key.name))
		return error_set(err, STATUS_MALFORMED, "a verifier key has a bad name");
	TRY(decode_typed_key(rest, &key, err));
	key.id = id_of_bytes(id);
	if (key.id != compute_id(&key))
		return error_set(
		    err, STATUS_MALFORMED,
		    "the id of a verifier key is not that of its name and key");
	*ret_key = key;
	return STATUS_OK;
}

void tlog_vkey_append(struct buf *out, const struct tlog_vkey *key)
{
	uint8_t typed_key[1 + TLOG_KEY_MAX];
	typed_key[0] = key->type;
	memcpy(typed_key + 1, key->key, key->key_len);
	buf_printf(out, "%s+%08x+", key->name, key->id);
	base64_append(out, view_of(typed_key, (size_t)1 + key->key_len));
}

struct ed25519_public tlog_vkey_ed25519(const struct tlog_vkey *key)
{
	struct ed25519_public public_key;
	assert(key->key_len == sizeof public_key.bytes);
	memcpy(public_key.bytes, key->key, sizeof public_key.bytes);
	return public_key;
}

static enum status refuse_line(struct error *err)
{
	return error_set(err, STATUS_MALFORMED, "a signature line breaks its form");
}

enum status tlog_note_line_parse(struct view line, struct tlog_note_line *ret_line,
                                 struct error *err)
{
	struct view rest = line, start = view_of_string(line_start);
	uint8_t bytes[ID_LEN + TLOG_SIGNATURE_MAX];
	if (rest.len > 0 && rest.data[rest.len - 1] == '\n')
		rest.len--;
	if (!view_has_prefix(rest, start))
		return refuse_line(err);
	rest = view_from(rest, start.len);
	size_t space = view_find(rest, view_of(" ", 1));
	if (space == SIZE_MAX || !tlog_name_check(view_of(rest.data, space)))
		return refuse_line(err);
	struct view name = view_of(rest.data, space);
	rest = view_from(rest, space + 1);
	size_t len = base64_decoded_len(rest);
	if (len <= ID_LEN || len > sizeof bytes ||
	    base64_decode_exact(rest, bytes, len, NULL) != STATUS_OK)
		return refuse_line(err);
	ret_line->whole = line;
	ret_line->name = name;
	ret_line->id = id_of_bytes(bytes);
	ret_line->signature_len = len - ID_LEN;
	memcpy(ret_line->signature, bytes + ID_LEN, len - ID_LEN);
	return STATUS_OK;
}

static enum status check_characters(struct view note, struct error *err)
{
	for (size_t i = 0; i < note.len; i++)
		if (note.data[i] < 0x20 && note.data[i] != '\n')
			return error_set(err, STATUS_MALFORMED,
			                 "a note holds a control character");
	if (!utf8_check(note))
		return error_set(err, STATUS_MALFORMED, "a note is not UTF-8");
	return STATUS_OK;
}

/* Takes a line with its newline. */
static bool take_whole_line(struct view *rest, struct view *ret_line)
{
	struct view line;
	if (!view_take_line(rest, &line))
		return false;
	*ret_line = view_of(line.data, line.len + 1);
	return true;
}

static enum status check_lines(struct view lines, size_t *ret_count, struct error *err)
{
	struct tlog_note_line parsed;
	struct view rest = lines, line;
	size_t count = 0;
	for (; take_whole_line(&rest, &line); count++) {
		if (count == TLOG_NOTE_LINES_MAX)
			return error_set(err, STATUS_MALFORMED,
			                 "a note has more than %d signature lines",
			                 TLOG_NOTE_LINES_MAX);
		TRY(tlog_note_line_parse(line, &parsed, err));
	}
	if (count == 0 || rest.len > 0)
		return error_set(err, STATUS_MALFORMED,
		                 "a note does not end with a whole signature line");
	*ret_count = count;
	return STATUS_OK;
}

enum status tlog_note_parse(struct view note, struct tlog_note *ret_note,
                            struct error *err)
{
	size_t count;
	if (note.len > TLOG_NOTE_MAX)
		return error_set(err, STATUS_LIMIT, "a note is larger than %d bytes",
		                 TLOG_NOTE_MAX);
	TRY(check_characters(note, err));
	size_t end = view_find_last(note, view_of("\n\n", 2));
	if (end == SIZE_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "a note has no blank line before its signatures");
	struct view lines = view_from(note, end + 2);
	TRY(check_lines(lines, &count, err));
	*ret_note = (struct tlog_note){
	    .text = view_of(note.data, end + 1), .lines = lines, .line_count = count};
	return STATUS_OK;
}

enum status tlog_weight_add(struct tlog_weight *weight, const struct tlog_note *note,
                            struct error *err)
{
	weight->lines += note->line_count;
	weight->bytes += note->line_count * note->text.len;
	if ((weight->lines_max > 0 && weight->lines > weight->lines_max) ||
	    (weight->bytes_max > 0 && weight->bytes > weight->bytes_max))
		return error_set(err, STATUS_LIMIT,
		                 "there is more signed than is checked in one file: at "
		                 "most %llu signature lines, and %llu bytes under them, "
		                 "counted again for each line",
		                 (unsigned long long)weight->lines_max,
		                 (unsigned long long)weight->bytes_max);
	return STATUS_OK;
}

/* Is it a line under this name? Spares decoding the others. */
static bool line_has_name(struct view line, const char *name)
{
	size_t start_len = sizeof line_start - 1, name_len = strlen(name);
	return line.len > start_len + name_len &&
	       memcmp(line.data + start_len, name, name_len) == 0 &&
	       line.data[start_len + name_len] == ' ';
}

enum status tlog_note_find(const struct tlog_note *note, const struct tlog_vkey *key,
                           struct tlog_note_line *ret_line, struct error *err)
{
	struct view rest = note->lines, line;
	while (take_whole_line(&rest, &line)) {
		if (!line_has_name(line, key->name))
			continue;
		TRY(tlog_note_line_parse(line, ret_line, err));
		if (ret_line->id == key->id)
			return STATUS_OK;
	}
	return error_set(err, STATUS_NOT_FOUND, "the note has no signature of %s",
	                 key->name);
}

size_t tlog_note_ids(const struct tlog_note *note, const char *name,
                     uint32_t ret_ids[TLOG_NOTE_LINES_MAX])
{
	struct view rest = note->lines, line;
	struct tlog_note_line parsed;
	size_t count = 0;
	while (take_whole_line(&rest, &line))
		if (line_has_name(line, name) &&
		    tlog_note_line_parse(line, &parsed, NULL) == STATUS_OK)
			ret_ids[count++] = parsed.id;
	return count;
}

bool tlog_note_next(struct view *rest, struct tlog_note_line *ret_line)
{
	struct view line;
	return take_whole_line(rest, &line) &&
	       tlog_note_line_parse(line, ret_line, NULL) == STATUS_OK;
}

enum status tlog_note_verify(const struct tlog_note *note, const struct tlog_vkey *key,
                             struct error *err)
{
	struct tlog_note_line line;
	struct ed25519_signature signature;
	TRY(tlog_note_find(note, key, &line, err));
	if (key->type != TLOG_KEY_ED25519 || line.signature_len != sizeof signature.bytes)
		return error_set(err, STATUS_UNTRUSTED,
		                 "the signature of %s is not of the kind for notes",
		                 key->name);
	memcpy(signature.bytes, line.signature, sizeof signature.bytes);
	struct ed25519_public public_key = tlog_vkey_ed25519(key);
	if (!ed25519_verify(&public_key, note->text, &signature))
		return error_set(err, STATUS_UNTRUSTED,
		                 "the signature of %s does not verify", key->name);
	return STATUS_OK;
}

void tlog_note_append_line(struct buf *out, const struct tlog_vkey *key,
                           struct view signature)
{
	uint8_t bytes[ID_LEN + TLOG_SIGNATURE_MAX];
	assert(signature.len <= TLOG_SIGNATURE_MAX);
	id_to_bytes(key->id, bytes);
	memcpy(bytes + ID_LEN, signature.data, signature.len);
	buf_append_string(out, line_start);
	buf_append_string(out, key->name);
	buf_append_byte(out, ' ');
	base64_append(out, view_of(bytes, ID_LEN + signature.len));
	buf_append_byte(out, '\n');
}

void tlog_note_sign(struct buf *out, struct view text, const struct tlog_vkey *key,
                    const struct ed25519_secret *secret)
{
	assert(key->type == TLOG_KEY_ED25519);
	assert(text.len > 0 && text.data[text.len - 1] == '\n');
	struct ed25519_signature signature = ed25519_sign(secret, text);
	buf_append_view(out, text);
	buf_append_byte(out, '\n');
	tlog_note_append_line(out, key, view_of(signature.bytes, sizeof signature.bytes));
}
