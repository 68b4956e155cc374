/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field by field in the order of the table; then what our own extension carries. Types
 * are not checked where the check of the whole body does it anyway.
 */
#include "formats/stix_fill.h"

#include "base/cleanup.h"
#include "formats/body.h"
#include "formats/stix_observable.h"
#include "formats/stix_types.h"
#include "formats/words.h"

enum { NAME_MAX_LEN = 64 };

static const char unknown_translator[] = "unknown";

struct body {
	struct stix_fill *fill;
	struct formats_body to;
};

static const struct json_doc *doc_of(const struct stix_fill *fill)
{
	return fill->index->doc;
}

static void list(const struct stix_fill *fill, struct view what, const char *why)
{
	formats_report_add(fill->report, fill->object->id, what, why);
}

static void list_named(const struct stix_fill *fill, const char *what, const char *why)
{
	list(fill, view_of_string(what), why);
}

/* Did we make this property up ourselves, for STIX demands it? */
static bool is_made(const struct stix_fill *fill, const char *property)
{
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *made =
	    formats_member(doc, fill->object->aldis, "made", JSON_ARRAY);

	for (const struct json_token *one = made == NULL ? NULL : json_first(doc, made);
	     one != NULL; one = json_next(doc, made, one)) {
		if (one->type == JSON_STRING && json_string_is(doc, one, property))
			return true;
	}
	return false;
}

static const struct json_token *core_of(const struct stix_fill *fill)
{
	return stix_extension(doc_of(fill), fill->object->token, STIX_INCIDENT_CORE);
}

static void put_raw(struct body *body, const char *field, const struct json_token *value)
{
	formats_body_put(&body->to, field, json_text(doc_of(body->fill), value));
}

/* ---- the places ---- */

static void fill_property(struct body *body, const struct stix_native *native)
{
	struct stix_fill *fill = body->fill;
	const struct json_token *value =
	    json_member(doc_of(fill), fill->object->token, native->property);

	if (value != NULL && !is_made(fill, native->property)) {
		put_raw(body, native->field, value);
	} else if (strcmp(native->field, "language") == 0 &&
	           fill->object->aldis == NULL) {
		formats_body_put_word(&body->to, "language", fill->language);
	}
}

static void fill_determination(struct body *body)
{
	struct stix_fill *fill = body->fill;
	const struct json_token *value =
	    formats_value(doc_of(fill), core_of(fill), "determination");
	const char *word = NULL;

	if (value == NULL || is_made(fill, "determination"))
		return;
	if (value->type == JSON_STRING)
		word =
		    formats_word_to(stix_determinations, json_raw(doc_of(fill), value));
	if (word != NULL)
		formats_body_put_word(&body->to, "determination", word);
	else
		list_named(fill, "determination", "no word of Aldis for this value");
}

static void fill_severity(struct body *body)
{
	struct stix_fill *fill = body->fill;
	const struct json_token *value =
	    formats_value(doc_of(fill), core_of(fill), "criticality");
	const char *word = NULL;

	if (value == NULL)
		return;
	if (value->type == JSON_INTEGER)
		word = stix_severity_to(json_integer(doc_of(fill), value));
	if (word != NULL)
		formats_body_put_word(&body->to, "severity", word);
	else
		list_named(fill, "criticality", "no severity of Aldis for this value");
}

static void fill_type(struct body *body)
{
	struct stix_fill *fill = body->fill;
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *types =
	    formats_member(doc, core_of(fill), "incident_types", JSON_ARRAY);
	bool has_type = false;

	for (const struct json_token *one = types == NULL ? NULL : json_first(doc, types);
	     one != NULL; one = json_next(doc, types, one)) {
		const char *word = one->type == JSON_STRING
		                       ? formats_incident_type(json_raw(doc, one))
		                       : NULL;

		if (word == NULL)
			list_named(fill, "incident_types",
			           "no type of Aldis for a value");
		else if (has_type)
			list_named(
			    fill, "incident_types",
			    "a message has one type of incident; the first is taken");
		else
			formats_body_put_word(&body->to, "incident_type", word);
		has_type = has_type || word != NULL;
	}
}

/* The event that Incident Core names first, by either of its versions. */
static struct stix_object *event_of(const struct stix_fill *fill)
{
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *core = core_of(fill), *list, *first;
	struct stix_object *event;

	list = formats_member(doc, core, "events", JSON_ARRAY);
	first = list == NULL ? NULL : json_first(doc, list);
	if (first != NULL && first->type == JSON_OBJECT)
		first = json_member(doc, first, "event_ref");
	if (first == NULL) {
		list = formats_member(doc, core, "event_refs", JSON_ARRAY);
		first = list == NULL ? NULL : json_first(doc, list);
	}
	event = stix_index_find(fill->index, first);
	return event != NULL && view_equal_string(event->type, "event") ? event : NULL;
}

static void fill_event(struct body *body, const struct stix_native *native)
{
	const struct stix_object *event = event_of(body->fill);
	const struct json_token *value =
	    event == NULL
	        ? NULL
	        : json_member(doc_of(body->fill), event->token, native->property);

	if (value != NULL)
		put_raw(body, native->field, value);
}

static void fill_reference(struct body *body)
{
	struct stix_fill *fill = body->fill;
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *references =
	    formats_member(doc, fill->object->token, "external_references", JSON_ARRAY);

	for (const struct json_token *one =
	         references == NULL ? NULL : json_first(doc, references);
	     one != NULL; one = json_next(doc, references, one)) {
		const struct json_token *id =
		    formats_member(doc, one, "external_id", JSON_STRING);

		if (id != NULL &&
		    view_equal_string(formats_string(doc, one, "source_name"),
		                      STIX_REFERENCE_SOURCE)) {
			put_raw(body, "reference", id);
			return;
		}
	}
	/* So that an import can be traced to the object it came from. */
	if (fill->object->aldis == NULL)
		formats_body_put_text(&body->to, "reference", fill->object->id);
}

/* ---- observables ---- */

struct observables {
	struct body *body;
	struct formats_observables list;
};

static void add_edge(struct observables *o, const struct stix_edge *edge)
{
	struct stix_fill *fill = o->body->fill;
	struct stix_object *relationship = &fill->index->objects[edge->relationship];
	struct stix_object *target = &fill->index->objects[edge->observable];
	size_t count;

	if (relationship->is_carried)
		return;
	relationship->is_carried = true;
	count = stix_observable_read(
	    doc_of(fill), target->token,
	    json_member(doc_of(fill), relationship->token, "description"), &o->list);
	target->is_carried = true;
	if (count == 0)
		formats_report_add(
		    fill->report, target->id, target->type,
		    "an observable whose value has not the form it must have");
}

/* As our own extension orders them. */
static void add_ordered(struct observables *o)
{
	struct stix_fill *fill = o->body->fill;
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *order =
	    formats_member(doc, fill->object->aldis, "observables", JSON_ARRAY);

	for (const struct json_token *one = order == NULL ? NULL : json_first(doc, order);
	     one != NULL; one = json_next(doc, order, one)) {
		const struct stix_object *relationship =
		    stix_index_find(fill->index, one);

		if (one->type == JSON_OBJECT) {
			formats_observables_add_json(&o->list, json_text(doc, one));
		} else if (relationship != NULL && relationship->edge != SIZE_MAX) {
			add_edge(o, &fill->index->edges[relationship->edge]);
		} else {
			list_named(fill, "observables",
			           "the bundle lacks an observable of the list");
		}
	}
}

static size_t first_edge(const struct stix_index *index, size_t incident)
{
	size_t low = 0, high = index->edge_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->edges[middle].incident < incident)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void fill_observables(struct body *body)
{
	struct stix_index *index = body->fill->index;
	size_t incident = (size_t)(body->fill->object - index->objects);
	struct observables o = {.body = body, .list = formats_observables_init()};

	add_ordered(&o);
	for (size_t i = first_edge(index, incident);
	     i < index->edge_count && index->edges[i].incident == incident; i++)
		add_edge(&o, &index->edges[i]);
	if (!formats_observables_put(&o.list, &body->to))
		list_named(body->fill, "observables", "more than a message can carry");
}

/* ---- translations ---- */

static void fill_content(struct body *body)
{
	struct stix_fill *fill = body->fill;
	const struct json_doc *doc = doc_of(fill);
	const char *wanted = fill->target == NULL ? "description" : fill->target->text;
	const struct json_token *name, *value;

	if (fill->contents == NULL || fill->contents->type != JSON_OBJECT)
		return;
	for (name = json_first(doc, fill->contents); name != NULL;
	     name = json_next(doc, fill->contents, value)) {
		value = json_next(doc, fill->contents, name);
		if (json_string_is(doc, name, wanted))
			put_raw(body, "text", value);
		else
			list(fill, json_raw(doc, name),
			     "a translation carries the main text alone");
	}
}

static void fill_translator(struct body *body)
{
	struct stix_fill *fill = body->fill;
	const struct json_doc *doc = doc_of(fill);
	const struct stix_object *author = stix_index_find(
	    fill->index, json_member(doc, fill->object->token, "created_by_ref"));
	const struct json_token *name =
	    author == NULL ? NULL
	                   : formats_member(doc, author->token, "name", JSON_STRING);

	if (name != NULL)
		put_raw(body, "translator", name);
	else
		formats_body_put_word(&body->to, "translator", unknown_translator);
}

/* ---- the whole ---- */

static void fill_place(struct body *body, const struct stix_native *native)
{
	struct stix_fill *fill = body->fill;

	switch (native->place) {
	case STIX_PLACE_PROPERTY:
		fill_property(body, native);
		return;
	case STIX_PLACE_DETERMINATION:
		fill_determination(body);
		return;
	case STIX_PLACE_CRITICALITY:
		fill_severity(body);
		return;
	case STIX_PLACE_TYPE:
		fill_type(body);
		return;
	case STIX_PLACE_EVENT:
		fill_event(body, native);
		return;
	case STIX_PLACE_OBSERVABLES:
		fill_observables(body);
		return;
	case STIX_PLACE_REFERENCE:
		fill_reference(body);
		return;
	case STIX_PLACE_CONTENTS:
		if (fill->content_language != NULL)
			put_raw(body, "language", fill->content_language);
		return;
	case STIX_PLACE_CONTENT:
		fill_content(body);
		return;
	}
}

/* May our own extension say it? A property says it better, but an event can't say all. */
static bool is_in_rest(const struct body *body, struct view field)
{
	const struct stix_native *native =
	    stix_native_find(body->fill->object->kind, field);

	return native == NULL ||
	       (native->place == STIX_PLACE_EVENT && event_of(body->fill) == NULL);
}

/* What our own extension carries; false when the kind has no such field or the object
 * itself says it. */
static bool fill_rest_field(struct body *body, const struct json_token *name,
                            const struct json_token *value)
{
	struct stix_fill *fill = body->fill;
	char field[NAME_MAX_LEN];

	if (!json_string_copy(doc_of(fill), name, field, sizeof field) ||
	    !is_in_rest(body, view_of_string(field)) ||
	    formats_body_field(&body->to, view_of_string(field)) == NULL)
		return false;
	put_raw(body, field, value);
	return true;
}

static void fill_rest(struct body *body)
{
	struct stix_fill *fill = body->fill;
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *rest =
	    formats_member(doc, fill->object->aldis, "body", JSON_OBJECT);
	const struct json_token *name, *value;

	if (rest == NULL)
		return;
	for (name = json_first(doc, rest); name != NULL;
	     name = json_next(doc, rest, value)) {
		value = json_next(doc, rest, name);
		if (!fill_rest_field(body, name, value))
			list(fill, json_raw(doc, name),
			     "the extension of Aldis has no such field for this kind");
	}
}

static void put_instead(struct body *body, const char *field, const char *property,
                        const char *why)
{
	const struct json_token *value =
	    json_member(doc_of(body->fill), body->fill->object->token, property);

	if (value == NULL)
		return;
	put_raw(body, field, value);
	list_named(body->fill, field, why);
}

/* What Aldis demands and other tools leave out. */
static void fill_demanded(struct body *body)
{
	const struct formats_body *to = &body->to;
	const char *kind = body->fill->object->kind->kind;

	if (strcmp(kind, "incident") == 0 && !formats_body_has(to, "summary"))
		put_instead(body, "summary", "name",
		            "not in the object; its name stands for it");
	if (strcmp(kind, "incident") == 0 && !formats_body_has(to, "detected"))
		put_instead(body, "detected", "created",
		            "not in the object; the time of its creation stands for it");
	if (strcmp(kind, "measure") == 0 && !formats_body_has(to, "text"))
		put_instead(body, "text", "name",
		            "not in the object; its name stands for it");
	else if (strcmp(kind, "measure") == 0 && body->fill->object->aldis == NULL)
		list_named(body->fill, "name", "a measure has no title");
	if (strcmp(kind, "measure") == 0 && !formats_body_has(to, "measure"))
		formats_body_put_word(&body->to, "measure", "other");
	if (strcmp(kind, "translation") == 0 && !formats_body_has(to, "translator"))
		fill_translator(body);
}

void stix_fill_body(struct stix_fill *fill, struct buf *out)
{
	const struct stix_kind *kind = fill->object->kind;
	struct body body = {.fill = fill, .to = formats_body_begin(kind->kind, out)};

	for (size_t i = 0; i < kind->native_count; i++)
		fill_place(&body, &kind->natives[i]);
	fill_rest(&body);
	fill_demanded(&body);
	formats_body_end(&body.to);
}

/* ---- what has no place ---- */

/* Properties that a body takes, or that say nothing beside it; NULL-terminated. */
static const char *const common[] = {
    "type", "spec_version",        "id",         "created", "modified", "created_by_ref",
    "lang", "object_marking_refs", "extensions", "revoked", NULL};
static const char *const of_incident[] = {"name", "description", "confidence",
                                          "external_references", NULL};
static const char *const of_note[] = {"abstract", "content", "confidence", "object_refs",
                                      NULL};
static const char *const of_measure[] = {"name", "description", NULL};
static const char *const of_language[] = {"object_ref", "object_modified", "contents",
                                          NULL};
static const char *const of_event[] = {
    "start_time", "start_time_fidelity", "end_time", "end_time_fidelity", "status", NULL};
static const char *const of_core[] = {
    "extension_type", "determination", "investigation_status", "criticality",
    "incident_types", "events",        "event_refs",           NULL};
static const char *const of_extensions[] = {STIX_ALDIS_EXTENSION, STIX_INCIDENT_CORE,
                                            STIX_EVENT_EXTENSION, NULL};
static const char *const of_nothing[] = {NULL};

static const char *const *properties_of(struct view type)
{
	if (view_equal_string(type, "incident"))
		return of_incident;
	if (view_equal_string(type, "note"))
		return of_note;
	if (view_equal_string(type, "course-of-action"))
		return of_measure;
	return of_language;
}

static void list_unknown(const struct stix_fill *fill, const struct json_token *object,
                         const char *const *names, const char *const *more,
                         const char *why)
{
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *name;

	if (object == NULL || object->type != JSON_OBJECT)
		return;
	for (name = json_first(doc, object); name != NULL;
	     name = json_next(doc, object, json_next(doc, object, name))) {
		if (!formats_is_one_of(names, doc, name) &&
		    !formats_is_one_of(more, doc, name))
			list(fill, json_raw(doc, name), why);
	}
}

static void list_references(const struct stix_fill *fill)
{
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *references =
	    formats_member(doc, fill->object->token, "external_references", JSON_ARRAY);

	for (const struct json_token *one =
	         references == NULL ? NULL : json_first(doc, references);
	     one != NULL; one = json_next(doc, references, one)) {
		if (!view_equal_string(formats_string(doc, one, "source_name"),
		                       STIX_REFERENCE_SOURCE))
			list_named(fill, "external_references",
			           "a body has no place for references of others");
	}
}

/* What Incident Core says of events beside which is the first. */
static void list_events(const struct stix_fill *fill, const struct stix_object *event)
{
	static const char *const of_place[] = {"event_ref", NULL};
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *list;
	uint32_t count = 0;

	for (const struct json_token *one =
	         formats_list(doc, core_of(fill), "events", &list);
	     one != NULL; one = json_next(doc, list, one)) {
		list_unknown(fill, one, of_place, of_nothing,
		             "a body has no place for the order of events");
		count++;
	}
	if (formats_list(doc, core_of(fill), "event_refs", &list) != NULL)
		count += list->count;
	if (count > 0 && event == NULL)
		list_named(fill, "events", "the bundle lacks the event that it names");
	else if (count > 1)
		list_named(fill, "events", "only the times of the first event are taken");
}

static void list_incident(const struct stix_fill *fill)
{
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *core = core_of(fill);
	struct stix_object *event = event_of(fill);

	list_references(fill);
	list_unknown(fill, core, of_core, of_nothing,
	             "a body has no place for this property of Incident Core");
	if (!view_equal_string(formats_string(doc, core, "investigation_status"),
	                       "open") &&
	    core != NULL)
		list_named(fill, "investigation_status",
		           "a body has no place for the state of the investigation");
	list_events(fill, event);
	if (event == NULL)
		return;
	event->is_carried = true;
	if (!view_equal_string(formats_string(doc, event->token, "status"), "occurred") &&
	    !view_equal_string(formats_string(doc, event->token, "status"),
	                       "undetermined"))
		list_named(fill, "status",
		           "a body has no place for the state of an event");
	list_unknown(fill, event->token, common, of_event,
	             "a body has no place for this property of an event");
}

/* The identity itself is listed when the bundle has it. */
static void list_author(const struct stix_fill *fill)
{
	const struct json_token *author = formats_member(
	    doc_of(fill), fill->object->token, "created_by_ref", JSON_STRING);

	if (author != NULL && stix_index_find(fill->index, author) == NULL)
		list_named(fill, "created_by_ref",
		           "the author of a message is the desk that sends it");
}

void stix_fill_list(struct stix_fill *fill)
{
	const struct json_doc *doc = doc_of(fill);
	const struct json_token *object = fill->object->token;

	list_unknown(fill, object, common, properties_of(fill->object->type),
	             "no field of the message for this property");
	list_unknown(fill, formats_member(doc, object, "extensions", JSON_OBJECT),
	             of_extensions, of_nothing, "an extension that Aldis does not know");
	list_author(fill);
	stix_types_list(doc, fill->object,
	                view_equal_string(fill->object->type, "incident") ? event_of(fill)
	                                                                  : NULL,
	                fill->report);
	if (view_equal_string(fill->object->type, "incident"))
		list_incident(fill);
}
