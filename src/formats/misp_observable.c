/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two tables: what is written, and what the parts of an attribute's type are read as. A
 * type of two parts ("filename|md5") has a value of two, with the same bar in between.
 */
#include "formats/misp_observable.h"

#include <string.h>

#include "base/cleanup.h"
#include "record/form.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { VALUE_MAX = 64 * 1024 };

static const char network[] = "Network activity", payload[] = "Payload delivery";

static const struct {
	const char *type;
	struct misp_attribute_type attribute;
} written[] = {
    {"ip", {"ip-dst", network}},     {"prefix", {"ip-dst", network}},
    {"domain", {"domain", network}}, {"url", {"url", network}},
    {"email", {"email", network}},   {"file", {"filename", payload}},
    {"other", {"other", "Other"}},
};

static const struct misp_attribute_type hashes[] = {
    {"md5", payload},    {"sha1", payload},   {"sha256", payload},
    {"sha384", payload}, {"sha512", payload},
};

enum form { FORM_ADDRESS, FORM_DOMAIN, FORM_DIGEST, FORM_PLAIN, FORM_LOST };

/* Parts of types. */
static const struct {
	const char *part;
	enum form form;
	const char *type; /* of FORM_PLAIN */
} parts[] = {
    {"ip-dst", FORM_ADDRESS, NULL},     {"ip-src", FORM_ADDRESS, NULL},
    {"ip", FORM_ADDRESS, NULL},         {"domain", FORM_DOMAIN, NULL},
    {"hostname", FORM_DOMAIN, NULL},    {"url", FORM_PLAIN, "url"},
    {"email", FORM_PLAIN, "email"},     {"email-src", FORM_PLAIN, "email"},
    {"email-dst", FORM_PLAIN, "email"}, {"filename", FORM_PLAIN, "file"},
    {"other", FORM_PLAIN, "other"},     {"md5", FORM_DIGEST, NULL},
    {"sha1", FORM_DIGEST, NULL},        {"sha256", FORM_DIGEST, NULL},
    {"sha384", FORM_DIGEST, NULL},      {"sha512", FORM_DIGEST, NULL},
    {"port", FORM_LOST, NULL},
};

const struct misp_attribute_type *misp_observable_type(struct view type,
                                                       struct view value)
{
	const struct formats_digest *digest = formats_digest_of_len(value.len);

	for (size_t i = 0; i < COUNT(written); i++) {
		if (view_equal_string(type, written[i].type))
			return &written[i].attribute;
	}
	for (size_t i = 0; i < COUNT(hashes); i++) {
		if (view_equal_string(type, "hash") && digest != NULL &&
		    strcmp(digest->misp, hashes[i].type) == 0)
			return &hashes[i];
	}
	return NULL;
}

const char *misp_observable_category(struct view type)
{
	for (size_t i = 0; i < COUNT(written); i++) {
		if (view_equal_string(type, written[i].attribute.type))
			return written[i].attribute.category;
	}
	for (size_t i = 0; i < COUNT(hashes); i++) {
		if (view_equal_string(type, hashes[i].type))
			return hashes[i].category;
	}
	return NULL;
}

/* Index in parts, or COUNT(parts). */
static size_t find_part(struct view part)
{
	size_t i = 0;

	while (i < COUNT(parts) && !view_equal_string(part, parts[i].part))
		i++;
	return i;
}

/* Domains and digests are written in lower case, as MISP itself stores them. */
static void append_lower(struct buf *out, struct view value)
{
	for (size_t i = 0; i < value.len; i++) {
		uint8_t byte = value.data[i];

		buf_append_byte(out, byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
	}
}

/* The observable's type, or NULL when the value has not the form. */
static const char *type_of_part(size_t part, struct view value)
{
	const struct formats_digest *digest;

	switch (parts[part].form) {
	case FORM_ADDRESS:
		return formats_address_type(value);
	case FORM_DOMAIN:
		return record_domain_check(value) ? "domain" : NULL;
	case FORM_DIGEST:
		digest = formats_digest_of_len(value.len);
		return digest != NULL && strcmp(digest->misp, parts[part].part) == 0 &&
		               record_digest_check(value)
		           ? "hash"
		           : NULL;
	case FORM_PLAIN:
		return value.len > 0 ? parts[part].type : NULL;
	case FORM_LOST:
		return NULL;
	}
	return NULL;
}

static const char bad_form[] = "an observable whose value has not the form it must have";

static size_t read_part(size_t part, struct view value, struct view note,
                        struct formats_observables *list, const char **ret_why)
{
	CLEANUP_BUF struct buf lower = BUF_INIT(VALUE_MAX);
	const char *type;

	if (parts[part].form == FORM_DOMAIN || parts[part].form == FORM_DIGEST) {
		append_lower(&lower, value);
		value = buf_view(&lower);
	}
	type = type_of_part(part, value);
	if (type == NULL || lower.failed != STATUS_OK) {
		*ret_why = parts[part].form == FORM_LOST
		               ? "an observable has no place for the port"
		               : bad_form;
		return 0;
	}
	formats_observables_add(list, type, value, note);
	return 1;
}

/* A sample is told by its name and its MD5. */
static struct view spelled_out(struct view type)
{
	return view_equal_string(type, "malware-sample") ? view_of_string("filename|md5")
	                                                 : type;
}

size_t misp_observable_parts(struct view type)
{
	return view_find(spelled_out(type), view_of_string("|")) == SIZE_MAX ? 1 : 2;
}

size_t misp_observable_read(struct view type, struct view value, struct view note,
                            struct formats_observables *list, const char **ret_why)
{
	static const char none[] = "no observable of Aldis for this type of attribute";
	size_t bar, first, second, cut, count;

	*ret_why = NULL;
	type = spelled_out(type);
	bar = view_find(type, view_of_string("|"));
	first = find_part(bar == SIZE_MAX ? type : view_of(type.data, bar));
	second = bar == SIZE_MAX ? COUNT(parts) : find_part(view_from(type, bar + 1));
	if (first == COUNT(parts) || parts[first].form == FORM_LOST ||
	    (bar != SIZE_MAX && second == COUNT(parts))) {
		*ret_why = none;
		return 0;
	}
	if (bar == SIZE_MAX)
		return read_part(first, value, note, list, ret_why);
	cut = view_find_last(value, view_of_string("|"));
	if (cut == SIZE_MAX) {
		*ret_why = bad_form;
		return 0;
	}
	count = read_part(first, view_of(value.data, cut), note, list, ret_why);
	return count + read_part(second, view_from(value, cut + 1), note, list, ret_why);
}
