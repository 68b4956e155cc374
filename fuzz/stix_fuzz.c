/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle of STIX: it is read or refused with a sentence; every draft keeps the rules of
 * its kind and answers one before it, and the same bytes give the same drafts.
 */
#include <assert.h>

#include "formats/read.h"
#include "record/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_drafts(const struct formats_drafts *stix)
{
	struct json_doc doc = {0};

	for (size_t i = 0; i < stix->count; i++) {
		const struct formats_draft *draft = &stix->drafts[i];
		const struct record_kind *kind =
		    record_kind_find(view_of_string(draft->kind));

		assert(record_kind_check_body(kind, draft->body, &doc, NULL) ==
		       STATUS_OK);
		assert(draft->re == FORMATS_NO_DRAFT ? !kind->needs_re : draft->re < i);
	}
	json_release(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct formats_drafts stix = {0}, again = {0};
	struct error err = {{0}};
	enum status status = formats_read(view_of(data, len), "en", &stix, &err);

	assert((status == STATUS_OK) == (err.text[0] == '\0'));
	assert(formats_read(view_of(data, len), "en", &again, NULL) == status);
	if (status == STATUS_OK) {
		check_drafts(&stix);
		assert(stix.count == again.count &&
		       stix.report.count == again.report.count);
		assert(view_equal(buf_view(&stix.bodies), buf_view(&again.bodies)));
	}
	formats_drafts_release(&stix);
	formats_drafts_release(&again);
	return 0;
}
