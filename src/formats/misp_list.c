/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members by name: those that a message takes or that say nothing outside of the MISP
 * they come from; all others are listed unless they are empty.
 */
#include "formats/misp_list.h"

#include "formats/misp_observable.h"

/* Of all: what says nothing outside of the MISP it comes from, or is looked at apart. */
static const char *const common[] = {"id",
                                     "uuid",
                                     "event_id",
                                     "object_id",
                                     "org_id",
                                     "orgc_id",
                                     "user_id",
                                     "timestamp",
                                     "publish_timestamp",
                                     "first_publication",
                                     "published",
                                     "attribute_count",
                                     "proposal_email_lock",
                                     "locked",
                                     "disable_correlation",
                                     "sharing_group_id",
                                     "distribution",
                                     "deleted",
                                     NULL};
static const char *const of_event[] = {
    "info",     "date",      "Org",    "Orgc",        "extends_uuid",
    "Tag",      "Attribute", "Object", "EventReport", "threat_level_id",
    "analysis", NULL};
static const char *const of_object[] = {"name",
                                        "meta-category",
                                        "description",
                                        "template_uuid",
                                        "template_version",
                                        "Attribute",
                                        NULL};
static const char *const of_incident[] = {
    "name",          "meta-category",    "description",
    "template_uuid", "template_version", "Attribute",
    "first_seen",    "last_seen",        NULL};
static const char *const of_report[] = {"name", "content", NULL};
static const char *const of_attribute[] = {
    "type", "category", "value", "comment", "to_ids", "object_relation", "Tag", NULL};
static const char *const of_relation[] = {"type", "category", "value", "object_relation",
                                          "Tag",  NULL};

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

	if (formats_is_one_of(parts, doc, name))
		return value->type == JSON_OBJECT || value->type == JSON_ARRAY;
	if (formats_is_one_of(texts, doc, name))
		return value->type == JSON_STRING;
	return value->type != JSON_OBJECT && value->type != JSON_ARRAY &&
	       value->type != JSON_NUMBER;
}

/* Who may see a part of the event, when that differs from the rest of it. */
static void list_distribution(const struct misp_reading *reading,
                              const struct json_token *part)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *value = formats_value(doc, part, "distribution");
	const struct json_token *whole =
	    json_member(doc, reading->event->token, "distribution");

	if (value == NULL || misp_member_is(doc, part, "distribution", "5") ||
	    (whole != NULL && view_equal(json_raw(doc, value), json_raw(doc, whole))))
		return;
	list(reading, uuid_of(reading, part), "distribution",
	     "who may see a message is said by its channel and its TLP");
}

static void list_members(const struct misp_reading *reading,
                         const struct json_token *object, const char *const *names)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *name, *value;

	for (name = json_first(doc, object); name != NULL;
	     name = json_next(doc, object, value)) {
		bool is_known = formats_is_one_of(names, doc, name) ||
		                formats_is_one_of(common, doc, name);

		value = json_next(doc, object, name);
		if (is_nothing(value) || (is_known && is_of_type(doc, name, value)))
			continue;
		formats_report_add(reading->report, uuid_of(reading, object),
		                   json_raw(doc, name),
		                   is_known ? "not of the type that MISP gives it"
		                            : "a message has no place for it");
	}
	if (object != reading->event->token)
		list_distribution(reading, object);
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
	list_members(reading, attribute, of_attribute);
}

/* ---- objects and reports ---- */

bool misp_object_is(const struct json_doc *doc, const struct json_token *object,
                    const struct misp_template *template)
{
	return view_equal_string(formats_string(doc, object, "template_uuid"),
	                         template->uuid);
}

/* Index in names, or SIZE_MAX. */
static size_t find_name(const char *const *names, const struct json_doc *doc,
                        const struct json_token *name)
{
	for (size_t i = 0; name != NULL && names[i] != NULL; i++) {
		if (json_string_is(doc, name, names[i]))
			return i;
	}
	return SIZE_MAX;
}

/* Relations of an object that is read as a whole. many: the one that may stand there more
 * than once, or NULL. */
static void list_relations(const struct misp_reading *reading,
                           const struct json_token *object, const char *const *taken,
                           const char *many)
{
	const struct json_doc *doc = reading->doc;
	const struct json_token *elements, *one, *relation;
	uint32_t seen = 0;

	list_passed(reading, object, "Attribute");
	for (one = misp_first(doc, object, "Attribute", &elements); one != NULL;
	     one = misp_next(doc, elements, one)) {
		size_t index;
		bool is_again;

		relation = formats_member(doc, one, "object_relation", JSON_STRING);
		index = find_name(taken, doc, relation);
		is_again = index != SIZE_MAX && (seen >> index & 1) != 0 &&
		           (many == NULL || strcmp(taken[index], many) != 0);
		if (index == SIZE_MAX || is_again)
			formats_report_add(
			    reading->report, uuid_of(reading, one),
			    relation == NULL ? view_of_string("Attribute")
			                     : json_raw(doc, relation),
			    is_again ? "only the first of the object is taken"
			             : "a body has no place for this part of the object");
		else
			list_members(reading, one, of_relation);
		if (index != SIZE_MAX)
			seen |= (uint32_t)1 << index;
	}
}

/* A name that says something else than what is taken for it. */
static void list_name(const struct misp_reading *reading, const struct json_token *part,
                      const struct json_token *name, const struct json_token *taken)
{
	const struct json_doc *doc = reading->doc;

	if (name != NULL && name->len > 0 &&
	    (taken == NULL || !view_equal(json_raw(doc, name), json_raw(doc, taken))))
		list(reading, uuid_of(reading, part), "name",
		     "a body has no place for this name");
}

static const struct json_token *info_of(const struct misp_reading *reading)
{
	return json_member(reading->doc, reading->event->token, "info");
}

static void list_incident(const struct misp_reading *reading,
                          const struct json_token *object)
{
	static const char *const taken[] = {
	    "name",          "description",          "criticality", "determination",
	    "incident_type", "investigation_status", NULL};
	const struct json_token *status =
	    misp_relation(reading->doc, object, "investigation_status");

	list_relations(reading, object, taken, "incident_type");
	list_name(reading, object, misp_relation(reading->doc, object, "name"),
	          info_of(reading));
	if (status != NULL && !json_string_is(reading->doc, status, "open"))
		list(reading, uuid_of(reading, object), "investigation_status",
		     "a body has no place for the state of the investigation");
	list_members(reading, object, of_incident);
}

/* The name of ours is the word of the measure; that of others stands for a text that is
 * not there. */
static void list_measure(const struct misp_reading *reading,
                         const struct json_token *object)
{
	static const char *const taken[] = {"name", "description", NULL};
	const struct json_doc *doc = reading->doc;
	const struct json_token *name = misp_relation(doc, object, "name");
	const struct json_token *instead = name;

	if (object == reading->measure)
		instead = misp_relation(doc, reading->event->aldis, "measure");
	else if (misp_relation(doc, object, "description") != NULL)
		instead = NULL;
	list_relations(reading, object, taken, NULL);
	list_name(reading, object, name, instead);
	list_members(reading, object, of_object);
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
	list_members(reading, object, of_object);
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
	     one != NULL; one = misp_next(reading->doc, elements, one)) {
		if (one == reading->text)
			list_name(reading, one,
			          formats_member(reading->doc, one, "name", JSON_STRING),
			          info_of(reading));
		list_members(reading, one, of_report);
	}
}

/* ---- the event ---- */

/* What others than Aldis say about where an event may go. */
static void list_bounds(const struct misp_reading *reading)
{
	const struct json_doc *doc = reading->doc;
	const struct misp_event *event = reading->event;

	if (formats_value(doc, event->token, "distribution") != NULL &&
	    (event->aldis == NULL ||
	     !misp_member_is(doc, event->token, "distribution", "0")))
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
	list_members(reading, reading->event->token, of_event);
	list_bounds(reading);
	list_passed(reading, reading->event->token, "Attribute");
	list_passed(reading, reading->event->token, "Tag");
	list_objects(reading);
	list_reports(reading);
}
