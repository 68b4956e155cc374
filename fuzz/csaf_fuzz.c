/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attachment as a CSAF advisory: it is one and says what it is, or is refused with a
 * sentence that holds none of its bytes.
 */
#include "formats/csaf.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct formats_csaf csaf = {.id = ""};
	struct error err = {{0}};
	enum status status = formats_csaf_read(view_of(data, len), &csaf, &err);

	if (status == STATUS_OK) {
		assert(csaf.id[0] != '\0' && csaf.title[0] != '\0');
		return 0;
	}
	assert(status == STATUS_MALFORMED || status == STATUS_NOT_FOUND);
	assert(csaf.id[0] == '\0' && err.text[0] != '\0');
	for (const char *at = err.text; *at != '\0'; at++)
		assert((uint8_t)*at >= ' ' && (uint8_t)*at < 0x7f);
	return 0;
}
