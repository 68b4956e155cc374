/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table: an observable's type, the object's type, the property that holds the value.
 * The id is made of the same property (STIX 2.1, 2.9), so that everybody who names the
 * address makes the same object.
 */
#include "formats/stix_observable.h"

#include "base/cleanup.h"
#include "codec/json_writer.h"
#include "record/form.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { VALUE_MAX = 64 * 1024, HASHES_MAX = 100 };

static const struct {
	const char *type, *stix, *property;
} plain[] = {
    {"ip", "ipv4-addr", "value"},       {"ip", "ipv6-addr", "value"},
    {"prefix", "ipv4-addr", "value"},   {"prefix", "ipv6-addr", "value"},
    {"domain", "domain-name", "value"}, {"url", "url", "value"},
    {"email", "email-addr", "value"},   {"account", "user-account", "account_login"},
    {"file", "file", "name"},
};

/* Index in plain, or COUNT(plain). */
static size_t find_plain(struct view type, struct view value)
{
	bool is_six = view_find(value, view_of_string(":")) != SIZE_MAX;

	for (size_t i = 0; i < COUNT(plain); i++) {
		if (!view_equal_string(type, plain[i].type))
			continue;
		if (is_six && strcmp(plain[i].stix, "ipv4-addr") == 0)
			continue;
		return i;
	}
	return COUNT(plain);
}

static void append_member(struct buf *out, const char *name, struct view value)
{
	buf_printf(out, "\"%s\":", name);
	json_append_string(out, value);
}

static void append_object(const char *stix, const struct buf *properties, struct buf *out,
                          char ret_id[STIX_ID_MAX + 1])
{
	stix_id_observable(stix, buf_view(properties), ret_id);
	buf_printf(out, "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s\",", stix,
	           ret_id);
	/* The properties without their brace. */
	buf_append_view(out, view_from(buf_view(properties), 1));
}

bool stix_observable_write(const struct json_doc *doc,
                           const struct json_token *observable, struct buf *out,
                           char ret_id[STIX_ID_MAX + 1])
{
	CLEANUP_BUF struct buf value = BUF_INIT(VALUE_MAX),
	                       properties = BUF_INIT(VALUE_MAX);
	struct view type = json_raw(doc, json_member(doc, observable, "type"));
	const char *stix = "file";
	size_t i;

	json_string_append(doc, json_member(doc, observable, "value"), &value);
	buf_append_byte(&properties, '{');
	i = find_plain(type, buf_view(&value));
	if (i < COUNT(plain)) {
		stix = plain[i].stix;
		append_member(&properties, plain[i].property, buf_view(&value));
	} else if (view_equal_string(type, "hash") &&
	           formats_digest_of_len(value.len) != NULL) {
		buf_append_string(&properties, "\"hashes\":{");
		append_member(&properties, formats_digest_of_len(value.len)->stix,
		              buf_view(&value));
		buf_append_byte(&properties, '}');
	} else {
		return false;
	}
	buf_append_byte(&properties, '}');
	append_object(stix, &properties, out, ret_id);
	return true;
}

bool stix_observable_is(struct view type)
{
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (view_equal_string(type, plain[i].stix))
			return true;
	}
	return false;
}

/* The type of observable that an object of this type with this value is. */
static const char *type_of(struct view stix, struct view value)
{
	bool is_address =
	    view_equal_string(stix, "ipv4-addr") || view_equal_string(stix, "ipv6-addr");

	if (is_address)
		return formats_address_type(value);
	if (view_equal_string(stix, "domain-name"))
		return record_domain_check(value) ? "domain" : NULL;
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (view_equal_string(stix, plain[i].stix))
			return plain[i].type;
	}
	return NULL;
}

static const struct json_token *
value_of(const struct json_doc *doc, const struct json_token *object, struct view stix)
{
	const struct json_token *value = json_member(doc, object, "value");

	if (view_equal_string(stix, "file"))
		value = json_member(doc, object, "name");
	if (view_equal_string(stix, "user-account")) {
		value = json_member(doc, object, "account_login");
		if (value == NULL)
			value = json_member(doc, object, "user_id");
	}
	return value != NULL && value->type == JSON_STRING ? value : NULL;
}

static void read_hashes(const struct json_doc *doc, const struct json_token *object,
                        struct view note, struct formats_observables *list)
{
	const struct json_token *hashes = json_member(doc, object, "hashes"), *name,
	                        *hash;

	if (hashes == NULL || hashes->type != JSON_OBJECT || hashes->count > HASHES_MAX)
		return;
	for (name = json_first(doc, hashes); name != NULL;
	     name = json_next(doc, hashes, hash)) {
		hash = json_next(doc, hashes, name);
		if (hash->type == JSON_STRING && record_digest_check(json_raw(doc, hash)))
			formats_observables_add(list, "hash", json_raw(doc, hash), note);
	}
}

size_t stix_observable_read(const struct json_doc *doc, const struct json_token *object,
                            const struct json_token *note,
                            struct formats_observables *list)
{
	CLEANUP_BUF struct buf text = BUF_INIT(VALUE_MAX);
	struct view stix = json_raw(doc, json_member(doc, object, "type"));
	struct view remark = note != NULL && note->type == JSON_STRING
	                         ? json_text(doc, note)
	                         : view_of("", 0);
	const struct json_token *value = value_of(doc, object, stix);
	const char *type = NULL;
	size_t before = list->count;

	if (value != NULL) {
		json_string_append(doc, value, &text);
		type = type_of(stix, buf_view(&text));
	}
	if (type != NULL && text.failed == STATUS_OK)
		formats_observables_add(list, type, buf_view(&text), remark);
	if (view_equal_string(stix, "file"))
		read_hashes(doc, object, remark, list);
	return list->count - before;
}
