/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path is taken apart from its front, a segment a step; what is left over, or lacks
 * its '/', is not found.
 */
#include "taxii/answer.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "codec/json_writer.h"
#include "taxii/filter.h"

#define API_ROOT "/releases/"

enum { BODY_MAX = 64 * 1024 * 1024 };

struct answering {
	const struct taxii_shelf *shelf;
	const struct taxii_request *request;
	struct view rest, query; /* of the path */
	const struct taxii_collection *collection;
	struct taxii_reply *reply;
	struct json_writer writer;
	struct error *err;
};

void taxii_error_write(int status, const char *description, struct buf *ret_body)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
	    {400, "Bad Request"},       {403, "Forbidden"},
	    {404, "Not Found"},         {405, "Method Not Allowed"},
	    {406, "Not Acceptable"},    {413, "Content Too Large"},
	    {429, "Too Many Requests"}, {503, "Service Unavailable"},
	};
	struct json_writer writer = json_writer_of(ret_body);
	const char *title = "Error";
	char number[16];

	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (titles[i].status == status)
			title = titles[i].title;
	(void)snprintf(number, sizeof number, "%d", status);
	json_writer_object(&writer, NULL);
	json_writer_string(&writer, "title", title);
	json_writer_string(&writer, "description", description);
	json_writer_string(&writer, "http_status", number);
	json_writer_end(&writer);
}

static enum status refuse(struct answering *a, int status, const char *description)
{
	a->reply->status = status;
	a->reply->is_read_only = status == 405;
	a->reply->has_times = false;
	buf_clear(&a->reply->body);
	taxii_error_write(status, description, &a->reply->body);
	return STATUS_OK;
}

static enum status not_found(struct answering *a)
{
	return refuse(a, 404, "There is nothing here; paths end with a slash");
}

static bool is_get(const struct answering *a)
{
	return a->request->method == TAXII_GET;
}

static enum status read_only(struct answering *a)
{
	return refuse(a, 405, "This server is for reading alone: GET and HEAD");
}

/* ---- the server ---- */

static enum status discovery(struct answering *a)
{
	json_writer_object(&a->writer, NULL);
	json_writer_string(&a->writer, "title", "Aldis");
	json_writer_string(&a->writer, "description",
	                   "What members of Aldis channels have released. Objects carry "
	                   "no signatures; the release files that they were taken from "
	                   "do");
	json_writer_string(&a->writer, "default", API_ROOT);
	json_writer_array(&a->writer, "api_roots");
	json_writer_string(&a->writer, NULL, API_ROOT);
	json_writer_end(&a->writer);
	json_writer_end(&a->writer);
	return STATUS_OK;
}

static enum status api_root(struct answering *a)
{
	json_writer_object(&a->writer, NULL);
	json_writer_string(&a->writer, "title", "Releases");
	json_writer_string(&a->writer, "description",
	                   "Each release is a collection that does not change");
	json_writer_array(&a->writer, "versions");
	json_writer_string(&a->writer, NULL, TAXII_MEDIA_TYPE);
	json_writer_end(&a->writer);
	json_writer_integer(&a->writer, "max_content_length", TAXII_CONTENT_MAX);
	json_writer_end(&a->writer);
	return STATUS_OK;
}

/* ---- collections ---- */

static void write_collection(struct json_writer *writer,
                             const struct taxii_collection *collection)
{
	json_writer_object(writer, NULL);
	json_writer_string(writer, "id", collection->id);
	json_writer_text(writer, "title", buf_view(&collection->title));
	json_writer_text(writer, "description", buf_view(&collection->description));
	json_writer_bool(writer, "can_read", true);
	json_writer_bool(writer, "can_write", false);
	json_writer_array(writer, "media_types");
	json_writer_string(writer, NULL, TAXII_STIX_MEDIA_TYPE);
	json_writer_end(writer);
	json_writer_end(writer);
}

static enum status collections(struct answering *a)
{
	json_writer_object(&a->writer, NULL);
	if (a->shelf->count > 0) {
		json_writer_array(&a->writer, "collections");
		for (size_t i = 0; i < a->shelf->count; i++)
			write_collection(&a->writer, &a->shelf->collections[i]);
		json_writer_end(&a->writer);
	}
	json_writer_end(&a->writer);
	return STATUS_OK;
}

static enum status one_collection(struct answering *a)
{
	write_collection(&a->writer, a->collection);
	return STATUS_OK;
}

/* ---- pages ---- */

typedef void write_item(struct answering *a, size_t index);

static void write_whole(struct answering *a, size_t index)
{
	json_writer_raw(&a->writer, NULL, a->collection->objects[index].text);
}

static void write_record(struct answering *a, size_t index)
{
	const struct taxii_object *object = &a->collection->objects[index];
	char added[TAXII_TIME_LEN + 1];

	taxii_time_encode(taxii_collection_added_us(a->collection, index), added);
	json_writer_object(&a->writer, NULL);
	json_writer_text(&a->writer, "id", object->id);
	json_writer_string(&a->writer, "date_added", added);
	json_writer_text(&a->writer, "version", object->version);
	json_writer_string(&a->writer, "media_type", TAXII_STIX_MEDIA_TYPE);
	json_writer_end(&a->writer);
}

static void write_version(struct answering *a, size_t index)
{
	json_writer_text(&a->writer, NULL, a->collection->objects[index].version);
}

struct page {
	const char *name; /* of the list */
	write_item *write;
	size_t from, to; /* where to look; to itself is not */
};

static void note_times(struct answering *a, size_t count, size_t index)
{
	char *text = count == 0 ? a->reply->first : a->reply->last;

	taxii_time_encode(taxii_collection_added_us(a->collection, index), text);
	if (count == 0)
		memcpy(a->reply->last, a->reply->first, sizeof a->reply->last);
}

/* The items of one page; *ret_next is the first that does not fit, or page->to. */
static size_t write_items(struct answering *a, const struct taxii_filter *filter,
                          const struct page *page, size_t *ret_next)
{
	size_t count = 0, start = a->reply->body.len, i = page->from;

	for (; i < page->to; i++) {
		if (!taxii_filter_matches(filter, &a->collection->objects[i]))
			continue;
		if (count == filter->limit ||
		    (count > 0 &&
		     a->reply->body.len - start + a->collection->objects[i].text.len >
		         TAXII_PAGE_BYTES))
			break;
		if (count == 0)
			json_writer_array(&a->writer, page->name);
		page->write(a, i);
		note_times(a, count, i);
		count++;
	}
	if (count > 0)
		json_writer_end(&a->writer);
	*ret_next = i;
	return count;
}

static enum status write_page(struct answering *a, const struct taxii_filter *filter,
                              const struct page *page)
{
	char text[24];
	size_t next;

	/* The headers are demanded where nothing is found, too. */
	a->reply->has_times = true;
	memcpy(a->reply->first, a->collection->begun, sizeof a->reply->first);
	memcpy(a->reply->last, a->collection->begun, sizeof a->reply->last);
	json_writer_object(&a->writer, NULL);
	write_items(a, filter, page, &next);
	if (next < page->to) {
		(void)snprintf(text, sizeof text, "%zu", next);
		json_writer_bool(&a->writer, "more", true);
		json_writer_string(&a->writer, "next", text);
	}
	json_writer_end(&a->writer);
	return STATUS_OK;
}

/* The objects of the collection, or the one of the path, as far as the query asks. */
static enum status filtered(struct answering *a, const char *name, write_item *write,
                            size_t place)
{
	struct taxii_filter filter = {0};
	struct error why = {0};
	enum status status = taxii_filter_read(a->query, &filter, &why);

	if (status == STATUS_OK) {
		struct page page = {.name = name,
		                    .write = write,
		                    .from = taxii_filter_start(&filter, a->collection),
		                    .to = a->collection->count};

		if (place != SIZE_MAX && page.from <= place) {
			page.from = place;
			page.to = place + 1;
		} else if (place != SIZE_MAX) {
			page.to = page.from;
		}
		status = write_page(a, &filter, &page);
	} else if (status == STATUS_MALFORMED) {
		status = refuse(a, 400, why.text);
	} else if (a->err != NULL) {
		*a->err = why;
	}
	taxii_filter_release(&filter);
	return status;
}

/* ---- paths ---- */

/* Cuts off a segment and its '/'; false when there is none. */
static bool take_segment(struct view *rest, struct view *ret_segment)
{
	size_t at = rest->len == 0 ? SIZE_MAX : view_find(*rest, view_of("/", 1));

	if (at == SIZE_MAX)
		return false;
	*ret_segment = view_of(rest->data, at);
	*rest = view_from(*rest, at + 1);
	return true;
}

static enum status at_object(struct answering *a, struct view id)
{
	size_t place = taxii_collection_find(a->collection, id);
	struct view segment;

	if (place == SIZE_MAX)
		return not_found(a);
	if (a->rest.len == 0 && a->request->method == TAXII_DELETE)
		return refuse(a, 403, "Nothing can be deleted here");
	if (a->rest.len == 0)
		return is_get(a) ? filtered(a, "objects", write_whole, place)
		                 : read_only(a);
	if (!take_segment(&a->rest, &segment) || a->rest.len > 0 ||
	    !view_equal_string(segment, "versions"))
		return not_found(a);
	return is_get(a) ? filtered(a, "versions", write_version, place) : read_only(a);
}

static enum status at_objects(struct answering *a)
{
	struct view id;

	if (a->rest.len == 0 && a->request->method == TAXII_POST)
		return refuse(a, 403, "Nothing can be added here");
	if (a->rest.len == 0)
		return is_get(a) ? filtered(a, "objects", write_whole, SIZE_MAX)
		                 : read_only(a);
	return take_segment(&a->rest, &id) ? at_object(a, id) : not_found(a);
}

static enum status at_collection(struct answering *a)
{
	struct view segment;

	if (a->rest.len == 0)
		return is_get(a) ? one_collection(a) : read_only(a);
	if (!take_segment(&a->rest, &segment))
		return not_found(a);
	if (view_equal_string(segment, "objects"))
		return at_objects(a);
	if (!view_equal_string(segment, "manifest") || a->rest.len > 0)
		return not_found(a);
	return is_get(a) ? filtered(a, "objects", write_record, SIZE_MAX) : read_only(a);
}

static enum status at_collections(struct answering *a)
{
	struct view id;

	if (a->rest.len == 0)
		return is_get(a) ? collections(a) : read_only(a);
	if (!take_segment(&a->rest, &id))
		return not_found(a);
	for (size_t i = 0; i < a->shelf->count; i++) {
		a->collection = &a->shelf->collections[i];
		if (view_equal_string(id, a->collection->id))
			return at_collection(a);
	}
	return not_found(a);
}

static enum status at_path(struct answering *a)
{
	const struct view root = view_of_string(API_ROOT);
	struct view segment;

	if (view_equal_string(a->rest, "/taxii2/"))
		return is_get(a) ? discovery(a) : read_only(a);
	if (!view_has_prefix(a->rest, root))
		return not_found(a);
	a->rest = view_from(a->rest, root.len);
	if (a->rest.len == 0)
		return is_get(a) ? api_root(a) : read_only(a);
	if (!take_segment(&a->rest, &segment) ||
	    !view_equal_string(segment, "collections"))
		return not_found(a);
	return at_collections(a);
}

enum status taxii_answer(const struct taxii_shelf *shelf,
                         const struct taxii_request *request,
                         struct taxii_reply *ret_reply, struct error *err)
{
	struct answering a = {.shelf = shelf,
	                      .request = request,
	                      .rest = request->path,
	                      .query = view_of("", 0),
	                      .reply = ret_reply,
	                      .err = err};
	size_t mark =
	    request->path.len == 0 ? SIZE_MAX : view_find(request->path, view_of("?", 1));

	if (mark != SIZE_MAX) {
		a.rest = view_of(request->path.data, mark);
		a.query = view_from(request->path, mark + 1);
	}
	ret_reply->status = 200;
	ret_reply->body = BUF_INIT(BODY_MAX);
	a.writer = json_writer_of(&ret_reply->body);
	if (!taxii_accept_allows(request->accept))
		TRY(refuse(&a, 406, "Accept must allow " TAXII_MEDIA_TYPE));
	else
		TRY(at_path(&a));
	buf_append_byte(&ret_reply->body, '\n');
	return buf_check(&ret_reply->body, "the answer", err);
}
