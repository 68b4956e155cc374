/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sorted array and binary search: UUIDs are chosen by a stranger, who could aim at a
 * hash table.
 */
#include "formats/misp_index.h"

#include <stdlib.h>

#include "base/cleanup.h"

enum { TIMESTAMP_LEN_MAX = 20 };

/* ---- looking into events ---- */

bool misp_member_is(const struct json_doc *doc, const struct json_token *object,
                    const char *name, const char *text)
{
	const struct json_token *value = formats_value(doc, object, name);

	return value != NULL &&
	       (value->type == JSON_STRING || value->type == JSON_INTEGER) &&
	       view_equal_string(json_raw(doc, value), text);
}

static bool is_deleted(const struct json_doc *doc, const struct json_token *element)
{
	return formats_member(doc, element, "deleted", JSON_TRUE) != NULL ||
	       misp_member_is(doc, element, "deleted", "1");
}

bool misp_is_element(const struct json_doc *doc, const struct json_token *element)
{
	return element->type == JSON_OBJECT && element->count <= FORMATS_MEMBERS_MAX &&
	       !is_deleted(doc, element);
}

static const struct json_token *element_from(const struct json_doc *doc,
                                             const struct json_token *list,
                                             const struct json_token *element)
{
	while (element != NULL && !misp_is_element(doc, element))
		element = json_next(doc, list, element);
	return element;
}

const struct json_token *misp_first(const struct json_doc *doc,
                                    const struct json_token *parent, const char *list,
                                    const struct json_token **ret_list)
{
	return element_from(doc, *ret_list, formats_list(doc, parent, list, ret_list));
}

const struct json_token *misp_next(const struct json_doc *doc,
                                   const struct json_token *list,
                                   const struct json_token *element)
{
	return element_from(doc, list, json_next(doc, list, element));
}

const struct json_token *misp_relation(const struct json_doc *doc,
                                       const struct json_token *object,
                                       const char *relation)
{
	const struct json_token *list, *one;

	for (one = misp_first(doc, object, "Attribute", &list); one != NULL;
	     one = misp_next(doc, list, one)) {
		if (view_equal_string(formats_string(doc, one, "object_relation"),
		                      relation))
			return formats_member(doc, one, "value", JSON_STRING);
	}
	return NULL;
}

static const struct json_token *find_aldis(const struct json_doc *doc,
                                           const struct json_token *event)
{
	const struct json_token *list, *one;

	for (one = misp_first(doc, event, "Object", &list); one != NULL;
	     one = misp_next(doc, list, one)) {
		if (view_equal_string(formats_string(doc, one, "template_uuid"),
		                      misp_template_aldis.uuid))
			return one;
	}
	return NULL;
}

/* ---- the document ---- */

/* The event in an element: itself, or what it holds as "Event". */
static const struct json_token *event_in(const struct json_doc *doc,
                                         const struct json_token *element)
{
	const struct json_token *event =
	    formats_member(doc, element, "Event", JSON_OBJECT);

	return event != NULL ? event : element;
}

static bool is_event(const struct json_doc *doc, const struct json_token *token)
{
	return token->type == JSON_OBJECT && token->count <= FORMATS_MEMBERS_MAX &&
	       formats_value(doc, token, "info") != NULL &&
	       formats_value(doc, token, "uuid") != NULL;
}

/* What holds the events: a list of them, or the one. */
static const struct json_token *holder_of(const struct json_doc *doc)
{
	const struct json_token *root = json_root(doc), *response;

	if (root->type != JSON_OBJECT)
		return root;
	response = json_member(doc, root, "response");
	return response != NULL ? response : root;
}

bool formats_misp_is(const struct json_doc *doc)
{
	const struct json_token *holder = holder_of(doc), *first = holder;

	if (holder->type == JSON_ARRAY) {
		first = json_first(doc, holder);
		if (first == NULL)
			return holder != json_root(doc);
	}
	return formats_member(doc, first, "Event", JSON_OBJECT) != NULL ||
	       is_event(doc, first);
}

static bool take_event(struct misp_index *index, const struct json_token *token)
{
	const struct json_doc *doc = index->doc;
	struct misp_event event = {.token = token, .draft = FORMATS_NO_DRAFT};
	const struct json_token *timestamp, *kind;

	if (!is_event(doc, token))
		return false;
	event.uuid = formats_string(doc, token, "uuid");
	if (!misp_uuid_check(event.uuid))
		return false;
	timestamp = json_member(doc, token, "timestamp");
	if (timestamp != NULL && timestamp->len <= TIMESTAMP_LEN_MAX &&
	    (timestamp->type == JSON_STRING || timestamp->type == JSON_INTEGER))
		event.timestamp = json_raw(doc, timestamp);
	event.aldis = find_aldis(doc, token);
	kind = event.aldis == NULL ? NULL
	                           : misp_relation(doc, event.aldis, MISP_RELATION_KIND);
	if (kind != NULL)
		event.kind = misp_kind_find(json_raw(doc, kind));
	if (event.kind == NULL)
		event.aldis = NULL;
	index->events[index->count++] = event;
	return true;
}

static size_t count_list(const struct json_doc *doc, const struct json_token *parent,
                         const char *name)
{
	const struct json_token *list = formats_member(doc, parent, name, JSON_ARRAY);

	return list == NULL ? 0 : list->count;
}

/* Bounded before anything is looked at closely. */
static enum status check_attributes(const struct misp_index *index, struct error *err)
{
	const struct json_doc *doc = index->doc;
	size_t count = 0;

	for (size_t i = 0; i < index->count; i++) {
		const struct json_token *event = index->events[i].token, *list, *one;

		count += count_list(doc, event, "Attribute") +
		         count_list(doc, event, "Object") +
		         count_list(doc, event, "EventReport");
		for (one = misp_first(doc, event, "Object", &list); one != NULL;
		     one = misp_next(doc, list, one))
			count += count_list(doc, one, "Attribute");
	}
	if (count > FORMATS_MISP_ATTRIBUTES_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the document has %zu attributes, objects and reports; "
		                 "at most %d are read",
		                 count, FORMATS_MISP_ATTRIBUTES_MAX);
	return STATUS_OK;
}

static void take_or_list(struct misp_index *index, const struct json_token *element,
                         struct formats_report *report)
{
	const struct json_token *event = event_in(index->doc, element);

	if (!take_event(index, event))
		formats_report_add(report, formats_string(index->doc, event, "uuid"),
		                   view_of_string("Event"),
		                   "an element that is no event with info, a UUID and at "
		                   "most 1000 members");
}

static enum status take_events(struct misp_index *index, struct formats_report *report,
                               struct error *err)
{
	const struct json_token *holder = holder_of(index->doc), *one;
	size_t count = holder->type == JSON_ARRAY ? holder->count : 1;

	if (count > FORMATS_MISP_EVENTS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the document has %zu events; at most %d are read",
		                 count, FORMATS_MISP_EVENTS_MAX);
	index->events = calloc(count + 1, sizeof *index->events);
	if (index->events == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the events");
	if (holder->type != JSON_ARRAY) {
		take_or_list(index, holder, report);
		return STATUS_OK;
	}
	for (one = json_first(index->doc, holder); one != NULL;
	     one = json_next(index->doc, holder, one))
		take_or_list(index, one, report);
	return STATUS_OK;
}

/* ---- by UUID ---- */

/* Decimal numbers without leading zeros. */
static int compare_numbers(struct view a, struct view b)
{
	if (a.len != b.len)
		return a.len > b.len ? 1 : -1;
	return formats_compare_views(a, b);
}

/* The newest version first. */
static int compare_events(const void *a, const void *b, void *context)
{
	const struct misp_index *index = context;
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	const struct misp_event *x = &index->events[left], *y = &index->events[right];
	int order = formats_compare_views(x->uuid, y->uuid);

	if (order == 0)
		order = compare_numbers(y->timestamp, x->timestamp);
	return order != 0 ? order : (left > right) - (left < right);
}

static enum status sort_by_uuid(struct misp_index *index, struct formats_report *report,
                                struct error *err)
{
	index->by_uuid = reallocarray(NULL, index->count + 1, sizeof *index->by_uuid);
	if (index->by_uuid == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the events");
	for (size_t i = 0; i < index->count; i++)
		index->by_uuid[i] = i;
	qsort_r(index->by_uuid, index->count, sizeof *index->by_uuid, compare_events,
	        index);
	for (size_t i = 1; i < index->count; i++) {
		struct misp_event *event = &index->events[index->by_uuid[i]];

		event->is_old =
		    view_equal(event->uuid, index->events[index->by_uuid[i - 1]].uuid);
		if (event->is_old)
			formats_report_add(report, event->uuid, view_of_string("Event"),
			                   "the document has this UUID more than once; "
			                   "only the newest version is taken");
	}
	return STATUS_OK;
}

struct misp_event *misp_index_find(const struct misp_index *index, struct view uuid)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (formats_compare_views(index->events[index->by_uuid[middle]].uuid,
		                          uuid) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->count)
		return NULL;
	return view_equal(index->events[index->by_uuid[low]].uuid, uuid)
	           ? &index->events[index->by_uuid[low]]
	           : NULL;
}

enum status misp_index_make(const struct json_doc *doc, struct misp_index *ret_index,
                            struct formats_report *report, struct error *err)
{
	ret_index->doc = doc;
	TRY(take_events(ret_index, report, err));
	TRY(check_attributes(ret_index, err));
	return sort_by_uuid(ret_index, report, err);
}

void misp_index_release(struct misp_index *index)
{
	free(index->events);
	free(index->by_uuid);
	*index = (struct misp_index){0};
}
