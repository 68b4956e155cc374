/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function for each form. Prefixes are read and written again by the C library, so
 * that only the shortest form passes.
 */
#include "record/form.h"

#include <arpa/inet.h>

#include "codec/decimal.h"
#include "codec/time_text.h"

enum { LABEL_MAX = 63, DOMAIN_MAX = 253 };

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool are_digits(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.data[i]))
			return false;
	return text.len > 0;
}

bool record_country_check(struct view text)
{
	return text.len == 2 && is_upper(text.data[0]) && is_upper(text.data[1]);
}

/* Is every bit from number `first` on zero? */
static bool is_zero_behind(const uint8_t *bytes, size_t len, size_t first)
{
	for (size_t bit = first; bit < len * 8; bit++)
		if (bytes[bit / 8] >> (7 - bit % 8) & 1)
			return false;
	return true;
}

static bool is_prefix_of(int family, size_t address_len, const char *address,
                         uint64_t length)
{
	uint8_t bytes[sizeof(struct in6_addr)];
	char again[INET6_ADDRSTRLEN];

	return inet_pton(family, address, bytes) == 1 && length <= address_len * 8 &&
	       inet_ntop(family, bytes, again, sizeof again) != NULL &&
	       strcmp(address, again) == 0 && is_zero_behind(bytes, address_len, length);
}

bool record_address_check(struct view text)
{
	char address[INET6_ADDRSTRLEN];

	if (!view_copy_string(text, address, sizeof address))
		return false;
	return is_prefix_of(AF_INET, sizeof(struct in_addr), address, 32) ||
	       is_prefix_of(AF_INET6, sizeof(struct in6_addr), address, 128);
}

bool record_prefix_check(struct view text)
{
	size_t slash = text.len == 0 ? SIZE_MAX : view_find(text, view_of_string("/"));
	char address[INET6_ADDRSTRLEN];
	uint64_t length;

	if (slash == SIZE_MAX ||
	    !view_copy_string(view_of(text.data, slash), address, sizeof address) ||
	    decimal_decode(view_from(text, slash + 1), 128, &length, NULL) != STATUS_OK)
		return false;
	return is_prefix_of(AF_INET, sizeof(struct in_addr), address, length) ||
	       is_prefix_of(AF_INET6, sizeof(struct in6_addr), address, length);
}

static bool is_label(struct view label)
{
	if (label.len == 0 || label.len > LABEL_MAX || label.data[0] == '-' ||
	    label.data[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!is_lower(label.data[i]) && !is_digit(label.data[i]) &&
		    label.data[i] != '-' && label.data[i] != '_')
			return false;
	return true;
}

bool record_domain_check(struct view text)
{
	size_t label_count = 1;

	if (text.len == 0 || text.len > DOMAIN_MAX)
		return false;
	for (;; label_count++) {
		const uint8_t *dot = memchr(text.data, '.', text.len);
		size_t len = dot == NULL ? text.len : (size_t)(dot - text.data);

		if (!is_label(view_of(text.data, len)))
			return false;
		if (dot == NULL)
			return label_count >= 2 && !are_digits(text);
		text = view_from(text, len + 1);
	}
}

bool record_technique_check(struct view text)
{
	if (text.len < 5 || text.data[0] != 'T' || !are_digits(view_of(text.data + 1, 4)))
		return false;
	return text.len == 5 ||
	       (text.len == 9 && text.data[5] == '.' && are_digits(view_from(text, 6)));
}

bool record_duration_check(struct view text)
{
	int64_t seconds;

	return time_text_decode_duration(text, &seconds, NULL) == STATUS_OK;
}

bool record_digest_check(struct view text)
{
	static const uint8_t digit_counts[] = {32, 40, 64, 96, 128};
	bool has_length = false;

	for (size_t i = 0; i < sizeof digit_counts; i++)
		has_length = has_length || text.len == digit_counts[i];
	for (size_t i = 0; has_length && i < text.len; i++)
		if (!is_digit(text.data[i]) &&
		    !(text.data[i] >= 'a' && text.data[i] <= 'f'))
			return false;
	return has_length;
}
