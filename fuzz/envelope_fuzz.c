/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of a log: what decodes can be written in the canonical form, and that decodes
 * to the same bytes again.
 */
#include "record/envelope.h"

#include <assert.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_again(const struct record_envelope *envelope, struct json_doc *doc)
{
	__attribute__((cleanup(record_envelope_release))) struct record_envelope again = {
	    0};
	CLEANUP_BUF struct buf first = BUF_INIT(TLOG_ENTRY_MAX);
	CLEANUP_BUF struct buf second = BUF_INIT(TLOG_ENTRY_MAX);

	assert(record_envelope_append(envelope, &first, NULL) == STATUS_OK);
	assert(record_envelope_decode(buf_view(&first), doc, &again, NULL) == STATUS_OK);
	assert(record_envelope_append(&again, &second, NULL) == STATUS_OK);
	assert(view_equal(buf_view(&first), buf_view(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	__attribute__((
	    cleanup(record_envelope_release))) struct record_envelope envelope = {0};
	__attribute__((cleanup(json_release))) struct json_doc doc = {0};
	struct record_charter charter = {0};
	struct error err;

	if (record_envelope_decode(view_of(data, len), &doc, &envelope, &err) !=
	    STATUS_OK)
		return 0;
	(void)!record_envelope_check(&envelope, &charter, "north.example", 1, &err);
	check_again(&envelope, &doc);
	return 0;
}
