/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request to the TAXII server: method, path with query, Accept, a line each. It has an
 * answer, which is JSON, and the same one again; an error says its status.
 */
#include <assert.h>

#include "codec/json.h"
#include "taxii/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char bundle[] =
    "{\"objects\":[{\"type\":\"incident\",\"id\":\"incident--1\",\"modified\":"
    "\"2026-11-02T00:00:00.000Z\"},{\"type\":\"note\",\"id\":\"note--2\",\"created\":"
    "\"2026-11-03T00:00:00.5Z\"},{\"type\":\"url\",\"id\":\"url--3\"}]}";

static void make(struct taxii_collection *collection)
{
	*collection = (struct taxii_collection){.id = "1",
	                                        .begun_us = INT64_C(1800000000000000),
	                                        .bundle = BUF_INIT(sizeof bundle)};
	buf_append_string(&collection->bundle, bundle);
	assert(taxii_collection_index(collection, NULL) == STATUS_OK);
}

static void check(const struct taxii_reply *reply)
{
	struct json_doc doc = {0};

	assert(reply->status == 200 || (reply->status >= 400 && reply->status < 500));
	assert(json_scan(&doc, buf_view(&reply->body), 10000, NULL) == STATUS_OK);
	assert((reply->status == 200) ==
	       (json_member(&doc, json_root(&doc), "http_status") == NULL));
	json_release(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view rest = view_of(data, len), method, path;
	struct taxii_collection collection;
	struct taxii_reply reply = {0}, again = {0};
	char accept[200];

	if (len == 0 || !view_take_line(&rest, &method) ||
	    !view_take_line(&rest, &path) ||
	    !view_copy_string(rest, accept, sizeof accept))
		return 0;
	make(&collection);
	const struct taxii_shelf shelf = {.collections = &collection, .count = 1};
	const struct taxii_request request = {
	    .method = view_equal_string(method, "GET")      ? TAXII_GET
	              : view_equal_string(method, "POST")   ? TAXII_POST
	              : view_equal_string(method, "DELETE") ? TAXII_DELETE
	                                                    : TAXII_OTHER,
	    .path = path,
	    .accept = accept};
	assert(taxii_answer(&shelf, &request, &reply, NULL) == STATUS_OK);
	check(&reply);
	assert(taxii_answer(&shelf, &request, &again, NULL) == STATUS_OK);
	assert(view_equal(buf_view(&reply.body), buf_view(&again.body)));
	buf_release(&reply.body);
	buf_release(&again.body);
	taxii_collection_release(&collection);
	return 0;
}
