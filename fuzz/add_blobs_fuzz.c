/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of add-blobs and of the answer 424: what parses to its end encodes back to the
 * same bytes.
 */
#include "record/blob.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_missing(struct view body)
{
	CLEANUP_BUF struct buf again = BUF_INIT(body.len + 1);
	struct hash ids[8];
	size_t count = 0;

	if (record_missing_blobs_parse(body, ids, 8, &count, NULL) != STATUS_OK)
		return;
	for (size_t i = 0; i < count; i++)
		record_missing_blobs_append(&again, &ids[i]);
	assert(view_equal(buf_view(&again), body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view body = view_of(data, len), blob;
	CLEANUP_BUF struct buf again = BUF_INIT(len + 1);
	struct record_add_blobs request;
	enum status status;

	check_missing(body);
	if (record_add_blobs_parse(body, &request, NULL) != STATUS_OK ||
	    request.origin.len > RECORD_ORIGIN_MAX)
		return 0;
	record_add_blobs_append_origin(&again, request.origin);
	while ((status = record_add_blobs_next(&request, &blob, NULL)) == STATUS_OK)
		record_add_blobs_append_blob(&again, blob);
	assert(status == STATUS_CLOSED || status == STATUS_MALFORMED);
	if (status == STATUS_CLOSED)
		assert(view_equal(buf_view(&again), body));
	return 0;
}
