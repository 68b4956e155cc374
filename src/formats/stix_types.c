/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables. What goes into a body as it stands is not in them: the rules of the kind judge
 * it.
 */
#include "formats/stix_types.h"

enum {
	STRINGS = 1 << JSON_STRING,
	LISTS = 1 << JSON_ARRAY,
	OBJECTS = 1 << JSON_OBJECT,
	FLAGS = 1 << JSON_TRUE | 1 << JSON_FALSE,
};

struct property {
	const char *name;
	unsigned types;    /* of the value */
	unsigned elements; /* of a list's; 0: any */
};

static const struct property of_all[] = {
    {"created", STRINGS, 0},
    {"modified", STRINGS, 0},
    {"created_by_ref", STRINGS, 0},
    {"revoked", FLAGS, 0},
    {"external_references", LISTS, OBJECTS},
    {"object_refs", LISTS, STRINGS},
    {"object_ref", STRINGS, 0},
    {"object_modified", STRINGS, 0},
    {"contents", OBJECTS, 0},
    {"extensions", OBJECTS, 0},
    {NULL, 0, 0},
};
static const struct property of_extensions[] = {
    {STIX_INCIDENT_CORE, OBJECTS, 0},
    {STIX_ALDIS_EXTENSION, OBJECTS, 0},
    {NULL, 0, 0},
};
static const struct property of_core[] = {
    {"extension_type", STRINGS, 0},     {"investigation_status", STRINGS, 0},
    {"incident_types", LISTS, STRINGS}, {"events", LISTS, OBJECTS},
    {"event_refs", LISTS, STRINGS},     {NULL, 0, 0},
};
static const struct property of_aldis[] = {
    {"kind", STRINGS, 0},
    {"message", STRINGS, 0},
    {"answers", STRINGS, 0},
    {"answers_ref", STRINGS, 0},
    {"made", LISTS, STRINGS},
    {"body", OBJECTS, 0},
    {"observables", LISTS, STRINGS | OBJECTS},
    {NULL, 0, 0},
};
static const struct property of_reference[] = {
    {"source_name", STRINGS, 0},
    {"external_id", STRINGS, 0},
    {NULL, 0, 0},
};
static const struct property of_event[] = {
    {"status", STRINGS, 0},
    {"extensions", OBJECTS, 0},
    {NULL, 0, 0},
};

static bool elements_fit(const struct json_doc *doc, const struct json_token *value,
                         unsigned types)
{
	if (types == 0 || value->type != JSON_ARRAY)
		return true;
	for (const struct json_token *one = json_first(doc, value); one != NULL;
	     one = json_next(doc, value, one))
		if ((types & 1U << one->type) == 0)
			return false;
	return true;
}

static void check(const struct json_doc *doc, const struct stix_object *object,
                  const struct json_token *part, const struct property *properties,
                  struct formats_report *report)
{
	for (; properties->name != NULL; properties++) {
		const struct json_token *value =
		    formats_value(doc, part, properties->name);

		if (value != NULL && ((properties->types & 1U << value->type) == 0 ||
		                      !elements_fit(doc, value, properties->elements)))
			formats_report_add(report, object->id,
			                   view_of_string(properties->name),
			                   "not of the type that STIX gives it");
	}
}

void stix_types_list(const struct json_doc *doc, const struct stix_object *object,
                     const struct stix_object *event, struct formats_report *report)
{
	const struct json_token *extensions =
	    formats_member(doc, object->token, "extensions", JSON_OBJECT);
	const struct json_token *list;

	check(doc, object, object->token, of_all, report);
	check(doc, object, extensions, of_extensions, report);
	check(doc, object, stix_extension(doc, object->token, STIX_INCIDENT_CORE),
	      of_core, report);
	check(doc, object, object->aldis, of_aldis, report);
	for (const struct json_token *one =
	         formats_list(doc, object->token, "external_references", &list);
	     one != NULL; one = json_next(doc, list, one))
		check(doc, object, one, of_reference, report);
	if (event != NULL)
		check(doc, event, event->token, of_event, report);
}

bool stix_types_marks_are_read(const struct json_doc *doc,
                               const struct stix_object *object)
{
	const struct json_token *marks =
	    json_member(doc, object->token, "object_marking_refs");

	return marks == NULL ||
	       (marks->type == JSON_ARRAY && elements_fit(doc, marks, STRINGS));
}
