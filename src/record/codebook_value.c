/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of a signal's parameters: how each type is written in a body, and how it is
 * shown. All values are ASCII, so none can turn the direction of a text, hold a control
 * or look like another one in a different script.
 */
#include <arpa/inet.h>
#include <assert.h>

#include "codec/decimal.h"
#include "codec/time_text.h"
#include "record/codebook_parts.h"
#include "record/form.h"
#include "record/name.h"
#include "record/object.h"

enum { REFERENCE_MAX = 100 };

#define COUNT_MAX ((UINT64_C(1) << 53) - 1)

static const struct {
	const char *name, *rule;
} types[] = {
    [RECORD_PARAMETER_TIME] = {"time", "a time such as 2026-11-20T23:49:00Z"},
    [RECORD_PARAMETER_DURATION] = {"duration", "a duration such as PT24H or PT1H30M"},
    [RECORD_PARAMETER_COUNT] = {"count", "a whole number such as 0 or 250"},
    [RECORD_PARAMETER_PREFIX] = {"prefix",
                                 "an address or prefix such as 192.0.2.7, "
                                 "192.0.2.0/24 or 2001:db8::/32, in its shortest form "
                                 "and without bits behind the prefix"},
    [RECORD_PARAMETER_DOMAIN] =
        {"domain", "a domain in lower-case letters, digits, '-', '_' and '.', "
                   "such as mail.example or xn--bcher-kva.example"},
    [RECORD_PARAMETER_HASH] = {"hash", "32, 40, 64, 96 or 128 lower-case hex digits"},
    [RECORD_PARAMETER_SECTOR] = {"sector", "one of the sectors of the codebook"},
    [RECORD_PARAMETER_COUNTRY] = {"country",
                                  "two capital letters, as in ISO 3166-1 alpha-2"},
    [RECORD_PARAMETER_LANGUAGE] = {"language", "a language tag such as en or zh-Hans"},
    [RECORD_PARAMETER_MESSAGE] = {"message", "a message id such as north.example#12"},
    [RECORD_PARAMETER_REFERENCE] = {"reference",
                                    "1 to 100 of the letters a to z and A to Z, the "
                                    "digits and . _ : / # -"},
};

const char *record_parameter_type_name(enum record_parameter_type type)
{
	return types[type].name;
}

const char *record_parameter_type_rule(enum record_parameter_type type)
{
	return types[type].rule;
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_lower(uint8_t byte)
{
	return byte >= 'a' && byte <= 'z';
}

static bool is_upper(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static bool is_time(struct view value)
{
	int64_t time_s;

	return time_text_decode(value, &time_s, NULL) == STATUS_OK;
}

static bool is_duration(struct view value)
{
	int64_t duration_s;

	return time_text_decode_duration(value, &duration_s, NULL) == STATUS_OK &&
	       duration_s > 0;
}

static bool is_count(struct view value)
{
	uint64_t count;

	return decimal_decode(value, COUNT_MAX, &count, NULL) == STATUS_OK;
}

/* A single address has the form of the longest prefix. */
static bool is_prefix(struct view value)
{
	char text[INET6_ADDRSTRLEN + sizeof "/128"];

	if (memchr(value.data, '/', value.len) != NULL)
		return record_prefix_check(value);
	if (!view_copy_string(value, text, INET6_ADDRSTRLEN))
		return false;
	strcat(text, strchr(text, ':') == NULL ? "/32" : "/128");
	return record_prefix_check(view_of_string(text));
}

static const struct codebook_sector *find_sector(const struct record_codebook *book,
                                                 struct view word)
{
	for (size_t i = 0; i < book->sector_count; i++)
		if (view_equal_string(word, book->sectors[i].word))
			return &book->sectors[i];
	return NULL;
}

static bool is_message(struct view value)
{
	struct record_message_id id;

	return record_message_id_decode(value, &id, NULL) == STATUS_OK;
}

static bool is_reference(struct view value)
{
	if (value.len < 1 || value.len > REFERENCE_MAX)
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (!is_lower(value.data[i]) && !is_upper(value.data[i]) &&
		    !is_digit(value.data[i]) &&
		    memchr("._:/#-", value.data[i], 6) == NULL)
			return false;
	return true;
}

bool codebook_value_check(const struct record_codebook *book,
                          enum record_parameter_type type, struct view value)
{
	switch (type) {
	case RECORD_PARAMETER_TIME:
		return is_time(value);
	case RECORD_PARAMETER_DURATION:
		return is_duration(value);
	case RECORD_PARAMETER_COUNT:
		return is_count(value);
	case RECORD_PARAMETER_PREFIX:
		return is_prefix(value);
	case RECORD_PARAMETER_DOMAIN:
		return record_domain_check(value);
	case RECORD_PARAMETER_HASH:
		return record_digest_check(value);
	case RECORD_PARAMETER_SECTOR:
		return find_sector(book, value) != NULL;
	case RECORD_PARAMETER_COUNTRY:
		return record_country_check(value);
	case RECORD_PARAMETER_LANGUAGE:
		return record_language_check(value);
	case RECORD_PARAMETER_MESSAGE:
		return is_message(value);
	case RECORD_PARAMETER_REFERENCE:
		return is_reference(value);
	}
	return false;
}

/* "2026-11-20 23:49:00 UTC" */
static void append_time(struct view value, struct buf *out)
{
	assert(value.len == TIME_TEXT_LEN);
	buf_append(out, value.data, 10);
	buf_append_byte(out, ' ');
	buf_append(out, value.data + 11, 8);
	buf_append_string(out, " UTC");
}

/* "24 h", "1 h 30 min": symbols of the SI and those accepted beside it. */
static void append_duration(struct view value, struct buf *out)
{
	static const struct {
		int64_t seconds;
		const char *symbol;
	} units[] = {{3600, "h"}, {60, "min"}, {1, "s"}};
	const char *space = "";
	int64_t rest_s = 0;
	enum status status = time_text_decode_duration(value, &rest_s, NULL);

	assert(status == STATUS_OK);
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (rest_s < units[i].seconds)
			continue;
		buf_printf(out, "%s%lld %s", space,
		           (long long)(rest_s / units[i].seconds), units[i].symbol);
		rest_s %= units[i].seconds;
		space = " ";
	}
}

void codebook_value_append(const struct record_codebook *book,
                           enum record_parameter_type type, struct view value,
                           size_t language_index, struct buf *out)
{
	if (type == RECORD_PARAMETER_TIME)
		append_time(value, out);
	else if (type == RECORD_PARAMETER_DURATION)
		append_duration(value, out);
	else if (type == RECORD_PARAMETER_SECTOR)
		buf_append_string(out, find_sector(book, value)->labels[language_index]);
	else
		buf_append_view(out, value);
}
