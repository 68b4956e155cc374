/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of readers over tokens. Values in these objects are short and fixed in form, so
 * a string that is written with escapes is unescaped into a small array on the stack.
 */
#include "record/object.h"

#include <assert.h>

#include "codec/base64.h"
#include "codec/time_text.h"

enum {
	SHORT_MAX = 128, /* bytes of any fixed-form value */
	LANGUAGES_MAX = 16,
	WORD_MAX = 40,
};

/* Index of the member with this name, tried first where the one before makes it likely;
 * SIZE_MAX when unknown. */
static size_t member_find(const struct json_doc *doc, const struct json_token *name,
                          const struct record_member *members, size_t count,
                          size_t likely)
{
	for (size_t step = 0; step < count; step++) {
		size_t i = likely + step;

		if (i >= count)
			i -= count;
		if (json_string_is(doc, name, members[i].name))
			return i;
	}
	return SIZE_MAX;
}

/* Its name is said where it is a plain word: a peer's other bytes are not repeated. */
static enum status refuse_unknown(const struct json_doc *doc,
                                  const struct json_token *name, struct error *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	char text[WORD_MAX + 1];

	if (!json_string_copy(doc, name, text, sizeof text) || text[0] == '\0' ||
	    text[strspn(text, plain)] != '\0')
		return error_set(err, STATUS_MALFORMED, "has an unknown member");
	return error_set(err, STATUS_MALFORMED, "has an unknown member, %s", text);
}

static enum status members_require(const struct record_member *members, size_t count,
                                   uint32_t present, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (members[i].required && !(present >> i & 1))
			return error_set(err, STATUS_MALFORMED, "%s is missing",
			                 members[i].name);
	return STATUS_OK;
}

enum status record_object_read(const struct json_doc *doc,
                               const struct json_token *object,
                               const struct record_member *members, size_t member_count,
                               void *context, struct error *err)
{
	uint32_t present = 0;
	size_t likely = 0;

	assert(member_count <= RECORD_OBJECT_MEMBERS_MAX);
	if (object->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "must be an object");
	for (const struct json_token *name = json_first(doc, object); name != NULL;) {
		const struct json_token *value = json_next(doc, object, name);
		size_t i = member_find(doc, name, members, member_count, likely);
		enum status status;

		if (i == SIZE_MAX)
			return refuse_unknown(doc, name, err);
		status = members[i].read(doc, value, context, err);
		if (status != STATUS_OK)
			return error_context(err, status, "%s", members[i].name);
		present |= UINT32_C(1) << i;
		likely = i + 1 < member_count ? i + 1 : 0;
		name = json_next(doc, object, value);
	}
	return members_require(members, member_count, present, err);
}

enum status record_array_check(const struct json_token *value, size_t min, size_t max,
                               struct error *err)
{
	if (value->type != JSON_ARRAY)
		return error_set(err, STATUS_MALFORMED, "must be a list");
	if (value->count < min || value->count > max)
		return error_set(err, STATUS_MALFORMED,
		                 "must have %zu to %zu elements, has %u", min, max,
		                 (unsigned)value->count);
	return STATUS_OK;
}

enum status record_string_read(const struct json_doc *doc, const struct json_token *value,
                               size_t min, size_t max, char *ret_text, struct error *err)
{
	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a string");
	if (!json_string_copy(doc, value, ret_text, max + 1) || strlen(ret_text) < min)
		return error_set(err, STATUS_MALFORMED, "must have %zu to %zu bytes", min,
		                 max);
	return STATUS_OK;
}

enum status record_integer_read(const struct json_doc *doc,
                                const struct json_token *value, int64_t min, int64_t max,
                                int64_t *ret_value, struct error *err)
{
	int64_t number;

	if (value->type != JSON_INTEGER)
		return error_set(err, STATUS_MALFORMED, "must be a number");
	number = json_integer(doc, value);
	if (number < min || number > max)
		return error_set(err, STATUS_MALFORMED, "must be %lld to %lld",
		                 (long long)min, (long long)max);
	*ret_value = number;
	return STATUS_OK;
}

/* The unescaped bytes of a short string: the text itself, or scratch. */
static enum status short_view(const struct json_doc *doc, const struct json_token *value,
                              char scratch[SHORT_MAX + 1], struct view *ret_view,
                              struct error *err)
{
	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a string");
	if (!value->escaped) {
		*ret_view = json_raw(doc, value);
		return STATUS_OK;
	}
	if (!json_string_copy(doc, value, scratch, SHORT_MAX + 1))
		return error_set(err, STATUS_MALFORMED, "is too long");
	*ret_view = view_of_string(scratch);
	return STATUS_OK;
}

enum status record_time_read(const struct json_doc *doc, const struct json_token *value,
                             int64_t *ret_s, struct error *err)
{
	char scratch[SHORT_MAX + 1];
	struct view text;

	TRY(short_view(doc, value, scratch, &text, err));
	return time_text_decode(text, ret_s, err);
}

enum status record_duration_read(const struct json_doc *doc,
                                 const struct json_token *value, int64_t *ret_s,
                                 struct error *err)
{
	char scratch[SHORT_MAX + 1];
	struct view text;

	TRY(short_view(doc, value, scratch, &text, err));
	return time_text_decode_duration(text, ret_s, err);
}

enum status record_hex_hash_read(const struct json_doc *doc,
                                 const struct json_token *value, struct hash *ret_hash,
                                 struct error *err)
{
	char scratch[SHORT_MAX + 1];
	struct view text;

	TRY(short_view(doc, value, scratch, &text, err));
	return hex_decode_exact(text, ret_hash->bytes, sizeof ret_hash->bytes, err);
}

void record_hex_hash_write(struct json_writer *writer, const char *name,
                           const struct hash *hash)
{
	char hex[HASH_HEX_LEN + 1];

	hash_hex(hash, hex);
	json_writer_string(writer, name, hex);
}

enum status record_base64_read(const struct json_doc *doc, const struct json_token *value,
                               uint8_t *ret_bytes, size_t len, struct error *err)
{
	char scratch[SHORT_MAX + 1];
	struct view text;

	TRY(short_view(doc, value, scratch, &text, err));
	return base64_decode_exact(text, ret_bytes, len, err);
}

static bool is_listed(const char (*texts)[16], size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(texts[i], text) == 0)
			return true;
	return false;
}

enum status record_languages_read(const struct json_doc *doc,
                                  const struct json_token *value,
                                  char (*ret_languages)[16], size_t *ret_count,
                                  struct error *err)
{
	size_t count = 0;

	TRY(record_array_check(value, 1, LANGUAGES_MAX, err));
	for (const struct json_token *tag = json_first(doc, value); tag != NULL;
	     tag = json_next(doc, value, tag)) {
		char *text = ret_languages[count];

		TRY(record_string_read(doc, tag, 2, 15, text, err));
		if (!record_language_check(view_of_string(text)) ||
		    is_listed((const char(*)[16])ret_languages, count, text))
			return error_set(err, STATUS_MALFORMED,
			                 "must be language tags such as en or zh-Hans, "
			                 "none twice");
		count++;
	}
	*ret_count = count;
	return STATUS_OK;
}

enum status record_version_read(const struct json_doc *doc,
                                const struct json_token *value, void *context,
                                struct error *err)
{
	int64_t version;

	return record_integer_read(doc, value, 1, 1, &version, err);
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

bool record_language_check(struct view tag)
{
	size_t part_len = 0;
	bool is_first = true;

	if (tag.len < 2 || tag.len > 15)
		return false;
	for (size_t i = 0; i <= tag.len; i++) {
		if (i == tag.len || tag.data[i] == '-') {
			if (part_len < (is_first ? 2 : 1) || part_len > 8)
				return false;
			part_len = 0;
			is_first = false;
		} else if (is_letter(tag.data[i]) ||
		           (is_digit(tag.data[i]) && !is_first)) {
			part_len++;
		} else {
			return false;
		}
	}
	return true;
}

bool record_word_check(struct view word, size_t max)
{
	if (word.len < 1 || word.len > max || word.data[0] < 'a' || word.data[0] > 'z')
		return false;
	for (size_t i = 1; i < word.len; i++) {
		uint8_t byte = word.data[i];

		if (!(byte >= 'a' && byte <= 'z') && !is_digit(byte) && byte != '-' &&
		    byte != '.')
			return false;
	}
	return true;
}
