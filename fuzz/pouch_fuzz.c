/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of pouches, and what is in a pouch when it is opened: what is taken encodes back
 * to the same bytes.
 */
#include <assert.h>

#include "base/cleanup.h"
#include "pouch/pouch.h"
#include "record/pouch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_part(struct view file)
{
	CLEANUP_BUF struct buf again = BUF_INIT(file.len + 1);
	struct box_sealed_key sealed;
	struct pouch_part part;

	if (pouch_part_parse(file, &part, NULL) != STATUS_OK)
		return;
	assert(part.number >= 1 && part.number <= part.count);
	assert(part.bytes.len <= part.size && part.size <= POUCH_SIZE_MAX);
	pouch_part_append(&again, &part);
	assert(view_equal(buf_view(&again), file));
	(void)!pouch_sealed_key(part.bytes, &sealed, NULL);
}

static void check_content(struct view bytes)
{
	CLEANUP_BUF struct buf again = BUF_INIT(bytes.len + 1);
	struct record_pouch content;
	enum record_pouch_request request;
	struct view body, origin;

	if (record_pouch_parse(bytes, &content, NULL) != STATUS_OK)
		return;
	record_pouch_append_head(&again, content.needs);
	while (record_pouch_next(&content, &request, &body, &origin)) {
		size_t begun = record_pouch_begin(&again, request);

		assert(origin.len <= body.len);
		buf_append_view(&again, body);
		record_pouch_end(&again, begun);
	}
	assert(view_equal(buf_view(&again), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check_part(view_of(data, len));
	check_content(view_of(data, len));
	return 0;
}
