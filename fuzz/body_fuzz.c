/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body under every kind: it passes or is refused as malformed, with a sentence that
 * holds no byte of the body that a terminal would obey; and the same each time.
 */
#include "record/kinds.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_sentence(const char *text)
{
	assert(text[0] != '\0');
	for (; *text != '\0'; text++)
		assert((uint8_t)*text >= ' ' && *text != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct json_doc doc = {0};

	for (size_t i = 0; i < record_kind_count; i++) {
		struct error err = {{0}};
		enum status status = record_kind_check_body(
		    &record_kinds[i], view_of(data, len), &doc, &err);

		if (status != STATUS_OK) {
			assert(status == STATUS_MALFORMED || status == STATUS_LIMIT);
			check_sentence(err.text);
		}
		assert(record_kind_check_body(&record_kinds[i], view_of(data, len), &doc,
		                              NULL) == status);
	}
	json_release(&doc);
	return 0;
}
