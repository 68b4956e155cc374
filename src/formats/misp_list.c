/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members by name: those that a message takes or that say nothing outside of the MISP
 * they come from; all others are listed unless they are empty.
 */
#include "formats/misp_list.h"

#include "formats/misp_observable.h"

static const char *const of_event[] = {"id",
                                       "uuid",
                                       "info",
                                       "date",
                                       "timestamp",
                                       "published",
                                       "publish_timestamp",
                                       "first_publication",
                                       "org_id",
                                       "orgc_id",
                                       "Org",
                                       "Orgc",
                                       "attribute_count",
                                       "proposal_email_lock",
                                       "locked",
                                       "disable_correlation",
                                       "event_creator_email",
                                       "user_id",
                                       "sharing_group_id",
                                       "extends_uuid",
                                       "Tag",
                                       "Attribute",
                                       "Object",
                                       "EventReport",
                                       "threat_level_id",
                                       "analysis",
                                       "distribution",
                                       NULL};
static const char *const of_object[] = {"id",
                                        "uuid",
                                        "event_id",
                                        "timestamp",
                                        "distribution",
                                        "sharing_group_id",
                                        "deleted",
                                        "name",
                                        "meta-category",
                                        "description",
                                        "template_uuid",
                                        "template_version",
                                        "Attribute",
                                        NULL};
static const char *const of_report[] = {
    "id",      "uuid", "event_id", "timestamp", "distribution", "sharing_group_id",
    "deleted", "name", "content",  NULL};
static const char *const of_attribute[] = {"id",
                                           "uuid",
                                           "event_id",
                                           "object_id",
                                           "object_relation",
                                           "type",
                                           "category",
                                           "value",
                                           "comment",
                                           "to_ids",
                                           "timestamp",
                                           "distribution",
                                           "sharing_group_id",
                                           "deleted",
                                           "disable_correlation",
                                           "Tag",
                                           NULL};
static const char *const of_seen[] = {"first_seen", "last_seen", NULL};
static const char *const of_nothing[] = {NULL};

static void list(const struct misp_reading *reading, struct view where, const char *what,
                 const char *why)
{
	formats_report_add(reading->report, where, view_of_string(what), why);
}

static struct view uuid_of(const struct misp_reading *reading,
                           const struct json_token *element)
{
	struct view uuid = formats_string(reading->doc, element, "uuid");

	return uuid.len > 0 ? uuid : reading->event->uuid;
}

static bool is_in(const char *const *names, const struct json_doc *doc,
                  const struct json_token *name)
{
	for (; *names != NULL; names++) {
		if (json_string_is(doc, name, *names))
			return true;
	}
	return false;
}

static bool is_nothing(const struct json_token *value)
{
	switch ((enum json_type)value->type) {
	case JSON_NULL:
	case JSON_FALSE:
		return true;
	case JSON_STRING:
		return value->len == 0;
	case JSON_ARRAY:
	case JSON_OBJECT:
		return value->count == 0;
	case JSON_INTEGER:
	case JSON_NUMBER:
	case JSON_TRUE:
		return false;
	}
	return false;
}

/* Of the members that are known: may the value be read at all? MISP writes numbers and
 * truths as texts, too. */
static bool is_of_type(const struct json_doc *doc, const struct json_token *name,
                       const struct json_token *value)
{
	static const char *const parts[] = {"Org",    "Orgc",        "Tag", "Attribute",
	                                    "Object", "EventReport", NULL};
	static const char *const texts[] = {"info",    "name",  "comment",
	                                    "content", "value", NULL};

	if (is_in(parts, doc, name))
		return value->type == JSON_OBJECT || value->type == JSON_ARRAY;
	if (is_in(texts, doc, name))
		return value->type == JSON_STRING;
	return value->type != JSON_OBJECT && value->type != JSON_ARRAY &&
	       value->type != JSON_NUMBER;
}

static void list_members(const struct misp_reading *reading,
                         const struct json_token *object, const char *const *names,
                         const char *const *more)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *name, *value;

	for (name = json_first(doc, object); name != NULL;
	     name = json_next(doc, object, value)) {
		value = json_next(doc, object, name);
		if (is_nothing(value))
			continue;
		if (is_in(names, doc, name) && !is_of_type(doc, name, value))
			formats_report_add(reading->report, uuid_of(reading, object),
			                   json_raw(doc, name),
			                   "not of the type that MISP gives it");
		else if (!is_in(names, doc, name) && !is_in(more, doc, name))
			formats_report_add(reading->report, uuid_of(reading, object),
			                   json_raw(doc, name),
			                   "a message has no place for it");
	}
}

/* Elements that are passed over. */
static void list_passed(const struct misp_reading *reading,
                        const struct json_token *parent, const char *member)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *value = formats_value(doc, parent, member);
	const struct json_token *elements, *one;

	if (value != NULL && value->type != JSON_ARRAY && !is_nothing(value))
		list(reading, uuid_of(reading, parent), member, "it must be a list");
	for (one = formats_list(doc, parent, member, &elements); one != NULL;
	     one = json_next(doc, elements, one)) {
		if (!misp_is_element(doc, one))
			list(reading, uuid_of(reading, one), member,
			     one->type == JSON_OBJECT && one->count <= FORMATS_MEMBERS_MAX
			         ? "its author has deleted it"
			         : "an element that is no object with at most 1000 "
			           "members");
	}
}

void misp_list_attribute(const struct misp_reading *reading,
                         const struct json_token *attribute)
{
	const struct json_doc *doc = reading->doc;
	struct view uuid = uuid_of(reading, attribute);
	const char *category =
	    misp_observable_category(formats_string(doc, attribute, "type"));
	struct view named = formats_string(doc, attribute, "category");

	if (formats_member(doc, attribute, "to_ids", JSON_TRUE) != NULL)
		list(reading, uuid, "to_ids",
		     "an observable does not say whether it is fit for detection");
	if (named.len > 0 && category != NULL && !view_equal_string(named, category))
		formats_report_add(reading->report, uuid, named,
		                   "an observable has no place for its category");
	list_members(reading, attribute, of_attribute, of_nothing);
}

/* ---- objects and reports ---- */

bool misp_object_is(const struct json_doc *doc, const struct json_token *object,
                    const struct misp_template *template)
{
	return view_equal_string(formats_string(doc, object, "template_uuid"),
	                         template->uuid);
}

/* Relations of an object that is read as a whole. */
static void list_relations(const struct misp_reading *reading,
                           const struct json_token *object, const char *const *taken)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *elements, *one, *relation;

	list_passed(reading, object, "Attribute");
	for (one = misp_first(doc, object, "Attribute", &elements); one != NULL;
	     one = misp_next(doc, elements, one)) {
		relation = formats_member(doc, one, "object_relation", JSON_STRING);
		if (relation == NULL || !is_in(taken, doc, relation))
			formats_report_add(reading->report, uuid_of(reading, one),
			                   relation == NULL ? view_of_string("Attribute")
			                                    : json_raw(doc, relation),
			                   "a body has no place for this part of the "
			                   "object");
	}
}

static void list_incident(const struct misp_reading *reading,
                          const struct json_token *object)
{
	static const char *const taken[] = {
	    "name",          "description",          "criticality", "determination",
	    "incident_type", "investigation_status", NULL};
	const struct json_token *status =
	    misp_relation(reading->doc, object, "investigation_status");

	list_relations(reading, object, taken);
	if (status != NULL && !json_string_is(reading->doc, status, "open"))
		list(reading, uuid_of(reading, object), "investigation_status",
		     "a body has no place for the state of the investigation");
	list_members(reading, object, of_object, of_seen);
}

static void list_measure(const struct misp_reading *reading,
                         const struct json_token *object)
{
	static const char *const taken[] = {"name", "description", NULL};

	list_relations(reading, object, taken);
	list_members(reading, object, of_object, of_nothing);
}

/* An object of which the attributes are taken one by one. */
static void list_other(const struct misp_reading *reading,
                       const struct json_token *object)
{
	const struct json_doc *doc = reading->doc;
	struct view name = formats_string(doc, object, "name");

	list_passed(reading, object, "Attribute");
	if (!misp_object_is(doc, object, &misp_template_account))
		formats_report_add(
		    reading->report, uuid_of(reading, object),
		    name.len > 0 ? name : view_of_string("Object"),
		    "only the observables in it are taken, not the object that holds "
		    "them together");
	list_members(reading, object, of_object, of_nothing);
}

static void list_objects(const struct misp_reading *reading)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *elements, *one;

	list_passed(reading, reading->event->token, "Object");
	for (one = misp_first(doc, reading->event->token, "Object", &elements);
	     one != NULL; one = misp_next(doc, elements, one)) {
		if (one == reading->event->aldis)
			continue;
		if (one == reading->incident)
			list_incident(reading, one);
		else if (misp_object_is(doc, one, &misp_template_measure))
			list_measure(reading, one);
		else
			list_other(reading, one);
	}
}

static void list_reports(const struct misp_reading *reading)
{
	const struct json_token *elements, *one;

	list_passed(reading, reading->event->token, "EventReport");
	for (one = misp_first(reading->doc, reading->event->token, "EventReport",
	                      &elements);
	     one != NULL; one = misp_next(reading->doc, elements, one))
		list_members(reading, one, of_report, of_nothing);
}

/* ---- the event ---- */

/* What others than Aldis say about where an event may go. */
static void list_bounds(const struct misp_reading *reading)
{
	const struct json_doc *doc = reading->doc;
	const struct misp_event *event = reading->event;

	if (event->aldis == NULL &&
	    formats_value(doc, event->token, "distribution") != NULL)
		list(reading, event->uuid, "distribution",
		     "who may see a message is said by its channel and its TLP");
	if (!misp_member_is(doc, event->token, "analysis", "0") &&
	    formats_value(doc, event->token, "analysis") != NULL)
		list(reading, event->uuid, "analysis",
		     "a message has no place for the state of the analysis");
	if (formats_value(doc, event->token, "Orgc") != NULL)
		list(reading, event->uuid, "Orgc",
		     "the author of a message is the desk that sends it");
}

void misp_list_event(const struct misp_reading *reading)
{
	list_members(reading, reading->event->token, of_event, of_nothing);
	list_bounds(reading);
	list_passed(reading, reading->event->token, "Attribute");
	list_passed(reading, reading->event->token, "Tag");
	list_objects(reading);
	list_reports(reading);
}
