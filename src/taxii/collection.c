/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scan; what is kept points into the bundle's text.
 */
#include "taxii/collection.h"

#include <stdlib.h>

#include "codec/json.h"

int64_t taxii_collection_added_us(const struct taxii_collection *collection, size_t index)
{
	return collection->begun_us + 1 + (int64_t)index;
}

static int compare_views(struct view a, struct view b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_places(const void *a, const void *b, void *context)
{
	const struct taxii_object *objects = context;

	return compare_views(objects[*(const size_t *)a].id,
	                     objects[*(const size_t *)b].id);
}

size_t taxii_collection_find(const struct taxii_collection *collection, struct view id)
{
	size_t low = 0, high = collection->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t place = collection->by_id[middle];
		int order = compare_views(id, collection->objects[place].id);

		if (order == 0)
			return place;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return SIZE_MAX;
}

static struct view string_of(const struct json_doc *doc, const struct json_token *object,
                             const char *name)
{
	const struct json_token *value = json_member(doc, object, name);

	return value != NULL && value->type == JSON_STRING ? json_raw(doc, value)
	                                                   : view_of("", 0);
}

static enum status take_object(struct taxii_collection *collection,
                               const struct json_doc *doc, const struct json_token *token,
                               struct error *err)
{
	struct taxii_object *object = &collection->objects[collection->count];

	if (token->type != JSON_OBJECT)
		return error_set(err, STATUS_MALFORMED, "the bundle holds no objects");
	object->text = json_text(doc, token);
	object->id = string_of(doc, token, "id");
	object->type = string_of(doc, token, "type");
	object->version = string_of(doc, token, "modified");
	if (object->version.len == 0)
		object->version = string_of(doc, token, "created");
	if (object->version.len == 0)
		object->version = view_of_string(collection->begun);
	if (object->id.len == 0 || object->type.len == 0)
		return error_set(err, STATUS_MALFORMED, "an object has no id or no type");
	TRY(taxii_time_decode(object->version, &object->version_us, err));
	collection->by_id[collection->count] = collection->count;
	collection->count++;
	return STATUS_OK;
}

static enum status take_objects(struct taxii_collection *collection,
                                const struct json_doc *doc, struct error *err)
{
	const struct json_token *root = json_root(doc);
	const struct json_token *list =
	    root->type == JSON_OBJECT ? json_member(doc, root, "objects") : NULL;

	if (list == NULL || list->type != JSON_ARRAY)
		return error_set(err, STATUS_MALFORMED, "this is no bundle of objects");
	collection->objects = calloc(list->count + 1, sizeof *collection->objects);
	collection->by_id = calloc(list->count + 1, sizeof *collection->by_id);
	if (collection->objects == NULL || collection->by_id == NULL)
		return error_set(err, STATUS_NO_MEMORY,
		                 "not enough memory for a collection");
	for (const struct json_token *one = json_first(doc, list); one != NULL;
	     one = json_next(doc, list, one))
		TRY(take_object(collection, doc, one, err));
	qsort_r(collection->by_id, collection->count, sizeof *collection->by_id,
	        compare_places, collection->objects);
	return STATUS_OK;
}

enum status taxii_collection_index(struct taxii_collection *collection, struct error *err)
{
	struct json_doc doc = {0};
	enum status status;

	taxii_time_encode(collection->begun_us, collection->begun);
	status = json_scan_foreign(&doc, buf_view(&collection->bundle),
	                           JSON_FOREIGN_TOKENS_MAX, err);
	if (status == STATUS_OK)
		status = take_objects(collection, &doc, err);
	json_release(&doc);
	return status;
}

void taxii_collection_release(struct taxii_collection *collection)
{
	buf_release(&collection->title);
	buf_release(&collection->description);
	buf_release(&collection->bundle);
	free(collection->objects);
	free(collection->by_id);
	*collection = (struct taxii_collection){0};
}
