/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes of the event and of the objects in it, in the order of our own object or
 * else of the document. One that a body can't take is left out and listed, for the sake
 * of the other thousand.
 */
#include "formats/misp_parts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "formats/misp_list.h"
#include "formats/misp_observable.h"

enum { VALUE_MAX = 64 * 1024 };

/* An attribute of the event, or of an object in it. */
struct part {
	const struct json_token *token;
	struct view uuid;
	bool is_account; /* its value is an account */
	bool is_done;
};

struct parts {
	struct misp_reading *reading;
	struct part *all;
	size_t *by_uuid;
	size_t count, cap;
	struct formats_observables list;
	const struct record_field *field; /* "observables", or NULL */
};

static void list(const struct parts *parts, const char *what, const char *why)
{
	formats_report_add(parts->reading->report, parts->reading->event->uuid,
	                   view_of_string(what), why);
}

static void list_part(const struct parts *parts, const struct part *part, const char *why)
{
	const struct misp_reading *reading = parts->reading;

	formats_report_add(reading->report,
	                   part->uuid.len > 0 ? part->uuid : reading->event->uuid,
	                   formats_string(reading->doc, part->token, "type"), why);
}

static bool collect(struct parts *parts, const struct json_token *parent,
                    bool holds_accounts)
{
	const struct json_doc *doc = parts->reading->doc;
	const struct json_token *elements, *one;

	for (one = misp_first(doc, parent, "Attribute", &elements); one != NULL;
	     one = misp_next(doc, elements, one)) {
		struct view name = formats_string(doc, one, "object_relation");

		if (parts->count == parts->cap) {
			size_t cap = parts->cap == 0 ? 64 : parts->cap * 2;
			struct part *grown = reallocarray(parts->all, cap, sizeof *grown);

			if (grown == NULL)
				return false;
			parts->all = grown;
			parts->cap = cap;
		}
		parts->all[parts->count++] = (struct part){
		    .token = one,
		    .uuid = formats_string(doc, one, "uuid"),
		    .is_account =
		        holds_accounts && (view_equal_string(name, "username") ||
		                           view_equal_string(name, "user-id")),
		};
	}
	return true;
}

static bool collect_all(struct parts *parts)
{
	const struct misp_reading *reading = parts->reading;
	const struct json_doc *doc = reading->doc;
	const struct json_token *elements, *one;

	if (!collect(parts, reading->event->token, false))
		return false;
	for (one = misp_first(doc, reading->event->token, "Object", &elements);
	     one != NULL; one = misp_next(doc, elements, one)) {
		if (one == reading->event->aldis || one == reading->incident ||
		    misp_object_is(doc, one, &misp_template_measure))
			continue;
		if (!collect(parts, one,
		             misp_object_is(doc, one, &misp_template_account)))
			return false;
	}
	return true;
}

static int compare_parts(const void *a, const void *b, void *context)
{
	const struct parts *parts = context;
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	int order = formats_compare_views(parts->all[left].uuid, parts->all[right].uuid);

	return order != 0 ? order : (left > right) - (left < right);
}

static bool sort_parts(struct parts *parts)
{
	parts->by_uuid = reallocarray(NULL, parts->count + 1, sizeof *parts->by_uuid);
	if (parts->by_uuid == NULL)
		return false;
	for (size_t i = 0; i < parts->count; i++)
		parts->by_uuid[i] = i;
	qsort_r(parts->by_uuid, parts->count, sizeof *parts->by_uuid, compare_parts,
	        parts);
	for (size_t i = 1; i < parts->count; i++) {
		struct part *part = &parts->all[parts->by_uuid[i]];

		if (part->uuid.len == 0 ||
		    !view_equal(part->uuid, parts->all[parts->by_uuid[i - 1]].uuid))
			continue;
		part->is_done = true;
		list_part(parts, part,
		          "the event has this UUID more than once; only the first is "
		          "taken");
	}
	return true;
}

/* The first with this UUID, or NULL. */
static struct part *find_part(const struct parts *parts, struct view uuid)
{
	size_t low = 0, high = parts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (formats_compare_views(parts->all[parts->by_uuid[middle]].uuid, uuid) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == parts->count ||
	    !view_equal(parts->all[parts->by_uuid[low]].uuid, uuid))
		return NULL;
	return &parts->all[parts->by_uuid[low]];
}

/* Of the members of an observable: how long may it be? */
static size_t member_max(const struct parts *parts, const char *name)
{
	const struct record_field *one = &parts->field->fields[0];

	for (size_t i = 0; i < one->field_count; i++) {
		if (strcmp(one->fields[i].name, name) == 0)
			return (size_t)one->fields[i].max;
	}
	return 0;
}

/* The comment as JSON, or empty. */
static struct view note_of(const struct parts *parts, const struct part *part)
{
	const struct json_doc *doc = parts->reading->doc;
	const struct json_token *note =
	    formats_member(doc, part->token, "comment", JSON_STRING);

	if (note == NULL || note->len == 0)
		return view_of("", 0);
	if (json_string_length(doc, note) <= member_max(parts, "note"))
		return json_text(doc, note);
	list_part(parts, part, "its comment is too long for a note and is left out");
	return view_of("", 0);
}

static size_t read_value(struct parts *parts, const struct part *part,
                         const struct json_token *value, const char **ret_why)
{
	const struct json_doc *doc = parts->reading->doc;
	struct view type = formats_string(doc, part->token, "type");
	CLEANUP_BUF struct buf text = BUF_INIT(VALUE_MAX);

	json_string_append(doc, value, &text);
	if (text.failed != STATUS_OK) {
		*ret_why = "an observable whose value is too long";
		return 0;
	}
	if (part->is_account && text.len > 0) {
		formats_observables_add(&parts->list, "account", buf_view(&text),
		                        note_of(parts, part));
		return 1;
	}
	return misp_observable_read(type, buf_view(&text), note_of(parts, part),
	                            &parts->list, ret_why);
}

static void take_part(struct parts *parts, struct part *part)
{
	const struct json_doc *doc = parts->reading->doc;
	const struct json_token *value =
	    formats_member(doc, part->token, "value", JSON_STRING);
	const char *why = NULL;
	size_t count = 0;

	if (part->is_done)
		return;
	part->is_done = true;
	if (parts->field == NULL)
		why = "a message of this kind carries no observables";
	else if (value == NULL)
		why = "an attribute whose value is no text";
	else if (json_string_length(doc, value) > member_max(parts, "value"))
		why = "an observable whose value is too long";
	else if (parts->list.count +
	             misp_observable_parts(formats_string(doc, part->token, "type")) >
	         (size_t)parts->field->max)
		why = "a message carries no more observables";
	else
		count = read_value(parts, part, value, &why);
	if (why != NULL)
		list_part(parts, part, why);
	if (count > 0)
		misp_list_attribute(parts->reading, part->token);
}

/* As our own object orders them. The list is text in the document, so it is scanned. */
static void take_ordered(struct parts *parts)
{
	struct misp_reading *reading = parts->reading;
	const struct json_token *value =
	    misp_relation(reading->doc, reading->event->aldis, MISP_RELATION_OBSERVABLES);
	CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
	struct json_doc *doc = reading->scratch;

	if (value == NULL)
		return;
	json_string_append(reading->doc, value, &text);
	if (text.failed != STATUS_OK ||
	    json_scan(doc, buf_view(&text), JSON_TOKENS_MAX, NULL) != STATUS_OK ||
	    json_root(doc)->type != JSON_ARRAY) {
		list(parts, MISP_RELATION_OBSERVABLES,
		     "it is not the list that it must be");
		return;
	}
	for (const struct json_token *one = json_first(doc, json_root(doc)); one != NULL;
	     one = json_next(doc, json_root(doc), one)) {
		struct part *part = one->type == JSON_STRING
		                        ? find_part(parts, json_raw(doc, one))
		                        : NULL;

		if (part != NULL)
			take_part(parts, part);
		else if (one->type == JSON_OBJECT)
			formats_observables_add_json(&parts->list, json_text(doc, one));
		else
			list(parts, MISP_RELATION_OBSERVABLES,
			     "the event lacks an observable of the list");
	}
}

enum status misp_parts_fill(struct misp_reading *reading, struct formats_body *body,
                            struct error *err)
{
	struct parts parts = {
	    .reading = reading,
	    .list = formats_observables_init(),
	    .field = formats_body_field(body, view_of_string("observables")),
	};
	bool is_done = collect_all(&parts) && sort_parts(&parts);

	if (is_done) {
		take_ordered(&parts);
		for (size_t i = 0; i < parts.count; i++)
			take_part(&parts, &parts.all[i]);
	}
	if (!formats_observables_put(&parts.list, body))
		list(&parts, "observables", "more than a message can carry");
	free(parts.all);
	free(parts.by_uuid);
	return is_done ? STATUS_OK
	               : error_set(err, STATUS_NO_MEMORY,
	                           "not enough memory for the attributes");
}
