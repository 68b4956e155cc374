/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks a body against the table of its kind, field by field as it stands in the text.
 * The sentence names the place within the body, as in "observables[3].type", built only
 * when a check fails.
 */
#include "record/kinds.h"

#include <assert.h>

#include "base/cleanup.h"
#include "codec/base64.h"
#include "codec/time_text.h"
#include "record/form.h"
#include "record/name.h"
#include "record/object.h"

enum {
	BODY_TOKENS_MAX = 1 << 16,
	SHORT_MAX = 255,         /* bytes of a fixed-form value */
	CHOICES_SHOWN_MAX = 200, /* about so many bytes of them fit into a sentence */
};

/* Where in the body a value stands: a member by name, or an element by index. */
struct place {
	const struct place *above; /* NULL: the body itself */
	const char *name;          /* NULL: an element */
	size_t index;
};

static void place_append(const struct place *place, struct buf *out)
{
	if (place->above == NULL)
		return;
	place_append(place->above, out);
	if (place->name == NULL)
		buf_printf(out, "[%zu]", place->index);
	else
		buf_printf(out, "%s%s", out->len > 0 ? "." : "", place->name);
}

/* Puts the place before the sentence of what failed there. */
static enum status place_context(const struct place *place, enum status status,
                                 struct error *err)
{
	CLEANUP_BUF struct buf path = BUF_INIT(200);

	if (status == STATUS_OK)
		return status;
	place_append(place, &path);
	return error_context(err, status, "%.*s", path.len > 0 ? (int)path.len : 4,
	                     path.len > 0 ? (const char *)path.data : "body");
}

static enum status check_text(const struct json_doc *doc, const struct json_token *value,
                              const struct record_field *field, struct error *err)
{
	size_t length;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a text");
	length = json_string_length(doc, value);
	if (length < (size_t)field->min || length > (size_t)field->max)
		return error_set(err, STATUS_MALFORMED,
		                 "must have %lld to %lld characters, has %zu",
		                 (long long)field->min, (long long)field->max, length);
	return STATUS_OK;
}

static enum status check_choice(const struct json_doc *doc,
                                const struct json_token *value,
                                const struct record_field *field, struct error *err)
{
	CLEANUP_BUF struct buf list = BUF_INIT(1024);

	for (size_t i = 0; i < field->choice_count; i++) {
		if (value->type == JSON_STRING &&
		    json_string_is(doc, value, field->choices[i].value))
			return STATUS_OK;
		if (list.len > CHOICES_SHOWN_MAX)
			continue;
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", field->choices[i].value);
	}
	return error_set(err, STATUS_MALFORMED, "must be one of %.*s%s", (int)list.len,
	                 (const char *)list.data,
	                 list.len > CHOICES_SHOWN_MAX ? ", …" : "");
}

/* A string whose form is checked on its unescaped bytes. */
static enum status check_form(const struct json_doc *doc, const struct json_token *value,
                              bool (*check)(struct view), const char *rule,
                              struct error *err)
{
	char text[SHORT_MAX + 1];

	if (value->type != JSON_STRING ||
	    !json_string_copy(doc, value, text, sizeof text) ||
	    !check(view_of_string(text)))
		return error_set(err, STATUS_MALFORMED, "must be %s", rule);
	return STATUS_OK;
}

static bool is_hash(struct view text)
{
	struct hash hash;

	return hex_decode_exact(text, hash.bytes, sizeof hash.bytes, NULL) == STATUS_OK;
}

static bool is_message_id(struct view text)
{
	struct record_message_id id;

	return record_message_id_decode(text, &id, NULL) == STATUS_OK;
}

static enum status check_base64(const struct json_doc *doc,
                                const struct json_token *value,
                                const struct record_field *field, struct error *err)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT((size_t)field->max);
	CLEANUP_BUF struct buf text = BUF_INIT(doc->text.len);
	enum status status;

	if (value->type != JSON_STRING)
		return error_set(err, STATUS_MALFORMED, "must be a base64 text");
	json_string_append(doc, value, &text);
	status = base64_decode(buf_view(&text), &bytes, err);
	if (status == STATUS_LIMIT ||
	    (status == STATUS_OK && bytes.len < (size_t)field->min))
		return error_set(err, STATUS_MALFORMED, "must have %lld to %lld bytes",
		                 (long long)field->min, (long long)field->max);
	return status;
}

static enum status check_boolean(const struct json_token *value, struct error *err)
{
	if (value->type != JSON_TRUE && value->type != JSON_FALSE)
		return error_set(err, STATUS_MALFORMED, "must be true or false");
	return STATUS_OK;
}

struct form {
	bool (*check)(struct view);
	const char *rule;
};

/* Types whose values are short texts of a form; the others have no check here. */
static const struct form forms[] = {
    [RECORD_FIELD_LANGUAGE] = {record_language_check,
                               "a language tag such as en or zh-Hans"},
    [RECORD_FIELD_TIME] = {time_text_is_rfc3339, "a time such as 2026-11-20T23:49:00Z"},
    [RECORD_FIELD_HASH] = {is_hash, "64 lower-case hex digits"},
    [RECORD_FIELD_DESK] = {record_name_check, "a desk's name"},
    [RECORD_FIELD_MESSAGE] = {is_message_id, "a message id such as north.example#12"},
    [RECORD_FIELD_COUNTRY] = {record_country_check, "a country such as ID"},
    [RECORD_FIELD_ADDRESS] = {record_address_check, "an IP address such as 192.0.2.1"},
    [RECORD_FIELD_PREFIX] = {record_prefix_check,
                             "an address prefix such as 192.0.2.0/24"},
    [RECORD_FIELD_DOMAIN] = {record_domain_check,
                             "a domain in lower case such as mail.example.org"},
    [RECORD_FIELD_TECHNIQUE] = {record_technique_check,
                                "a DISARM technique such as T0023 or T0023.001"},
    [RECORD_FIELD_DURATION] = {record_duration_check, "a duration such as PT1H30M"},
    [RECORD_FIELD_DIGEST] = {record_digest_check,
                             "an MD5, SHA-1 or SHA-2 digest in lower-case hex"},
    [RECORD_FIELD_LIST] = {NULL, NULL},
};

static enum status check_leaf(const struct json_doc *doc, const struct json_token *value,
                              const struct record_field *field, struct error *err)
{
	const struct form *form = &forms[field->type];
	int64_t number;

	if (form->check != NULL)
		return check_form(doc, value, form->check, form->rule, err);
	if (field->type == RECORD_FIELD_TEXT)
		return check_text(doc, value, field, err);
	if (field->type == RECORD_FIELD_INTEGER)
		return record_integer_read(doc, value, field->min, field->max, &number,
		                           err);
	if (field->type == RECORD_FIELD_BOOLEAN)
		return check_boolean(value, err);
	if (field->type == RECORD_FIELD_CHOICE)
		return check_choice(doc, value, field, err);
	assert(field->type == RECORD_FIELD_BASE64);
	return check_base64(doc, value, field, err);
}

static enum status check_object(const struct json_doc *doc,
                                const struct json_token *object,
                                const struct record_field *fields, size_t count,
                                const struct place *place, struct error *err);

static enum status check_list(const struct json_doc *doc, const struct json_token *list,
                              const struct record_field *field, const struct place *place,
                              struct error *err);

static enum status check_value(const struct json_doc *doc, const struct json_token *value,
                               const struct record_field *field,
                               const struct place *place, struct error *err)
{
	if (field->type == RECORD_FIELD_OBJECT)
		return check_object(doc, value, field->fields, field->field_count, place,
		                    err);
	if (field->type == RECORD_FIELD_LIST)
		return check_list(doc, value, field, place, err);
	return place_context(place, check_leaf(doc, value, field, err), err);
}

static enum status check_list(const struct json_doc *doc, const struct json_token *list,
                              const struct record_field *field, const struct place *place,
                              struct error *err)
{
	struct place element_place = {.above = place};
	enum status status =
	    record_array_check(list, (size_t)field->min, (size_t)field->max, err);

	if (status != STATUS_OK)
		return place_context(place, status, err);
	for (const struct json_token *element = json_first(doc, list); element != NULL;
	     element = json_next(doc, list, element)) {
		TRY(check_value(doc, element, &field->fields[0], &element_place, err));
		element_place.index++;
	}
	return STATUS_OK;
}

/* Index of the field with this name, or count. */
static size_t field_index(const struct json_doc *doc, const struct json_token *name,
                          const struct record_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (json_string_is(doc, name, fields[i].name))
			return i;
	return count;
}

static enum status check_required(const struct record_field *fields, size_t count,
                                  uint32_t present, const struct place *place,
                                  struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct place missing = {.above = place, .name = fields[i].name};

		if (fields[i].required && !(present >> i & 1))
			return place_context(
			    &missing, error_set(err, STATUS_MALFORMED, "is missing"),
			    err);
	}
	return STATUS_OK;
}

/* The form that the choice beside it asks of a text. */
static enum record_field_type form_by(const struct json_doc *doc,
                                      const struct json_token *object,
                                      const struct record_field *fields, size_t count,
                                      const char *choice_name)
{
	const struct json_token *value = json_member(doc, object, choice_name);

	for (size_t i = 0; i < count; i++)
		for (size_t c = 0; c < fields[i].choice_count; c++)
			if (strcmp(fields[i].name, choice_name) == 0 &&
			    json_string_is(doc, value, fields[i].choices[c].value))
				return fields[i].choices[c].form;
	return RECORD_FIELD_TEXT;
}

static enum status check_form_by(const struct json_doc *doc,
                                 const struct json_token *object,
                                 const struct record_field *fields, size_t count,
                                 size_t i, const struct place *place, struct error *err)
{
	struct place member = {.above = place, .name = fields[i].name};
	struct record_field as_asked = fields[i];
	const struct json_token *value = json_member(doc, object, fields[i].name);

	if (fields[i].by == NULL || value == NULL)
		return STATUS_OK;
	as_asked.type = form_by(doc, object, fields, count, fields[i].by);
	return place_context(&member, check_leaf(doc, value, &as_asked, err), err);
}

/* Texts whose form depends on a choice, once both are known to be there in themselves. */
static enum status check_forms(const struct json_doc *doc,
                               const struct json_token *object,
                               const struct record_field *fields, size_t count,
                               const struct place *place, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		TRY(check_form_by(doc, object, fields, count, i, place, err));
	return STATUS_OK;
}

static enum status check_object(const struct json_doc *doc,
                                const struct json_token *object,
                                const struct record_field *fields, size_t count,
                                const struct place *place, struct error *err)
{
	const struct json_token *value;
	uint32_t present = 0;

	if (object->type != JSON_OBJECT)
		return place_context(
		    place, error_set(err, STATUS_MALFORMED, "must be an object"), err);
	for (const struct json_token *name = json_first(doc, object); name != NULL;
	     name = json_next(doc, object, value)) {
		size_t i = field_index(doc, name, fields, count);
		struct place member = {.above = place};

		value = json_next(doc, object, name);
		if (i == count)
			return place_context(
			    place,
			    error_set(err, STATUS_MALFORMED,
			              "has a field that is not in the catalogue"),
			    err);
		member.name = fields[i].name;
		TRY(check_value(doc, value, &fields[i], &member, err));
		present |= UINT32_C(1) << i;
	}
	TRY(check_required(fields, count, present, place, err));
	return check_forms(doc, object, fields, count, place, err);
}

enum status record_kind_check_body(const struct record_kind *kind, struct view body,
                                   struct json_doc *doc, struct error *err)
{
	struct place top = {0};

	TRY(json_scan(doc, body, BODY_TOKENS_MAX, err));
	return check_object(doc, json_root(doc), kind->fields, kind->field_count, &top,
	                    err);
}

/* ---- all problems ---- */

/* Cuts "place: sentence". */
static void tell(const struct error *why, record_body_problem *problem, void *context)
{
	const char *end = strstr(why->text, ": ");
	char field[sizeof why->text];

	if (end == NULL || (size_t)(end - why->text) >= sizeof field) {
		problem(context, "", why->text);
		return;
	}
	memcpy(field, why->text, (size_t)(end - why->text));
	field[end - why->text] = '\0';
	problem(context, strcmp(field, "body") == 0 ? "" : field, end + 2);
}

static enum status check_member(const struct json_doc *doc,
                                const struct json_token *object,
                                const struct record_kind *kind, size_t i,
                                struct error *err)
{
	struct place top = {0};
	struct place member = {.above = &top, .name = kind->fields[i].name};
	const struct json_token *value = json_member(doc, object, member.name);

	if (value == NULL && kind->fields[i].required)
		return place_context(&member,
		                     error_set(err, STATUS_MALFORMED, "is missing"), err);
	if (value == NULL)
		return STATUS_OK;
	TRY(check_value(doc, value, &kind->fields[i], &member, err));
	return check_form_by(doc, object, kind->fields, kind->field_count, i, &top, err);
}

static bool has_unknown(const struct json_doc *doc, const struct json_token *object,
                        const struct record_kind *kind)
{
	for (const struct json_token *name = json_first(doc, object); name != NULL;
	     name = json_next(doc, object, json_next(doc, object, name)))
		if (field_index(doc, name, kind->fields, kind->field_count) ==
		    kind->field_count)
			return true;
	return false;
}

void record_kind_body_problems(const struct record_kind *kind, struct view body,
                               struct json_doc *doc, record_body_problem *problem,
                               void *context)
{
	struct error why = {0};
	const struct json_token *object;

	if (json_scan(doc, body, BODY_TOKENS_MAX, &why) != STATUS_OK) {
		problem(context, "", why.text);
		return;
	}
	object = json_root(doc);
	if (object->type != JSON_OBJECT) {
		problem(context, "", "must be an object");
		return;
	}
	for (size_t i = 0; i < kind->field_count; i++)
		if (check_member(doc, object, kind, i, &why) != STATUS_OK)
			tell(&why, problem, context);
	if (has_unknown(doc, object, kind))
		problem(context, "", "has a field that is not in the catalogue");
}
