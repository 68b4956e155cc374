/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorted arrays and binary search: ids are chosen by a stranger, who could aim at a hash
 * table.
 */
#include "formats/stix_index.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "formats/stix_observable.h"

enum { ID_LEN_MAX = 250 };

const struct json_token *stix_extension(const struct json_doc *doc,
                                        const struct json_token *object, const char *id)
{
	return formats_member(doc, formats_member(doc, object, "extensions", JSON_OBJECT),
	                      id, JSON_OBJECT);
}

/* By id, the newest version first. */
static int compare_objects(const void *a, const void *b, void *context)
{
	const struct stix_index *index = context;
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	const struct stix_object *x = &index->objects[left], *y = &index->objects[right];
	int order = formats_compare_views(x->id, y->id);

	if (order == 0)
		order = formats_compare_views(y->modified, x->modified);
	return order != 0 ? order : (left > right) - (left < right);
}

static const struct stix_kind *kind_of(const struct json_doc *doc,
                                       const struct stix_object *object)
{
	const struct stix_kind *kind = NULL;

	if (object->aldis != NULL)
		kind = stix_kind_find(formats_string(doc, object->aldis, "kind"));
	if (kind != NULL && view_equal_string(object->type, kind->type))
		return kind;
	return stix_kind_of_type(object->type);
}

static bool take_object(struct stix_index *index, const struct json_token *token)
{
	const struct json_doc *doc = index->doc;
	struct stix_object object = {
	    .token = token, .edge = SIZE_MAX, .draft = FORMATS_NO_DRAFT};

	object.id = formats_string(doc, token, "id");
	object.type = formats_string(doc, token, "type");
	object.modified = formats_string(doc, token, "modified");
	if (token->count > FORMATS_MEMBERS_MAX || object.id.len == 0 ||
	    object.id.len > ID_LEN_MAX || object.type.len == 0 ||
	    object.type.len > ID_LEN_MAX)
		return false;
	object.aldis = stix_extension(doc, token, STIX_ALDIS_EXTENSION);
	object.kind = kind_of(doc, &object);
	index->objects[index->count++] = object;
	return true;
}

static enum status sort_by_id(struct stix_index *index, struct formats_report *report,
                              struct error *err)
{
	index->by_id = reallocarray(NULL, index->count + 1, sizeof *index->by_id);
	if (index->by_id == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the bundle");
	for (size_t i = 0; i < index->count; i++)
		index->by_id[i] = i;
	qsort_r(index->by_id, index->count, sizeof *index->by_id, compare_objects, index);
	for (size_t i = 1; i < index->count; i++) {
		struct stix_object *object = &index->objects[index->by_id[i]];

		object->is_old =
		    view_equal(object->id, index->objects[index->by_id[i - 1]].id);
		if (object->is_old)
			formats_report_add(report, object->id, object->type,
			                   "the bundle has this id more than once; only "
			                   "the newest version is taken");
	}
	return STATUS_OK;
}

struct stix_object *stix_index_find(const struct stix_index *index,
                                    const struct json_token *id)
{
	size_t low = 0, high = index->count;
	struct view wanted;

	if (id == NULL || id->type != JSON_STRING)
		return NULL;
	wanted = json_raw(index->doc, id);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (formats_compare_views(index->objects[index->by_id[middle]].id,
		                          wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->count)
		return NULL;
	return view_equal(index->objects[index->by_id[low]].id, wanted)
	           ? &index->objects[index->by_id[low]]
	           : NULL;
}

static int compare_edges(const void *a, const void *b)
{
	const struct stix_edge *left = a, *right = b;

	if (left->incident != right->incident)
		return left->incident > right->incident ? 1 : -1;
	return (left->relationship > right->relationship) -
	       (left->relationship < right->relationship);
}

static void take_edge(struct stix_index *index, size_t relationship)
{
	const struct stix_object *object = &index->objects[relationship];
	const struct json_token *token = object->token;
	const struct stix_object *source, *target;

	if (object->is_old || !view_equal_string(object->type, "relationship") ||
	    !view_equal_string(formats_string(index->doc, token, "relationship_type"),
	                       "related-to"))
		return;
	source = stix_index_find(index, json_member(index->doc, token, "source_ref"));
	target = stix_index_find(index, json_member(index->doc, token, "target_ref"));
	if (source == NULL || target == NULL ||
	    !view_equal_string(source->type, "incident") ||
	    !stix_observable_is(target->type))
		return;
	index->edges[index->edge_count++] = (struct stix_edge){
	    .incident = (size_t)(source - index->objects),
	    .observable = (size_t)(target - index->objects),
	    .relationship = relationship,
	};
}

static enum status take_edges(struct stix_index *index, struct error *err)
{
	index->edges = reallocarray(NULL, index->count + 1, sizeof *index->edges);
	if (index->edges == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the bundle");
	for (size_t i = 0; i < index->count; i++)
		take_edge(index, i);
	qsort(index->edges, index->edge_count, sizeof *index->edges, compare_edges);
	for (size_t i = 0; i < index->edge_count; i++)
		index->objects[index->edges[i].relationship].edge = i;
	return STATUS_OK;
}

static enum status take_objects(struct stix_index *index, struct formats_report *report,
                                struct error *err)
{
	const struct json_token *root = json_root(index->doc), *list, *one;

	list = json_member(index->doc, root, "objects");
	if (list == NULL)
		return STATUS_OK;
	if (list->type != JSON_ARRAY)
		return error_set(err, STATUS_MALFORMED,
		                 "the bundle's \"objects\" must be a list");
	if (list->count > FORMATS_STIX_OBJECTS_MAX)
		return error_set(err, STATUS_LIMIT,
		                 "the bundle has %u objects; at most %d are read",
		                 list->count, FORMATS_STIX_OBJECTS_MAX);
	index->objects = calloc(list->count + 1, sizeof *index->objects);
	if (index->objects == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for the bundle");
	for (one = json_first(index->doc, list); one != NULL;
	     one = json_next(index->doc, list, one)) {
		if (!take_object(index, one))
			formats_report_add(
			    report, formats_string(index->doc, one, "id"),
			    formats_string(index->doc, one, "type"),
			    "an element that is no object with type, id and at most "
			    "1000 properties");
	}
	return STATUS_OK;
}

enum status stix_index_make(const struct json_doc *doc, struct stix_index *ret_index,
                            struct formats_report *report, struct error *err)
{
	ret_index->doc = doc;
	TRY(take_objects(ret_index, report, err));
	TRY(sort_by_id(ret_index, report, err));
	return take_edges(ret_index, err);
}

void stix_index_release(struct stix_index *index)
{
	free(index->objects);
	free(index->by_id);
	free(index->edges);
	*index = (struct stix_index){0};
}
