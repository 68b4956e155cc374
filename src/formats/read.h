/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document of any of the formats that are read, told apart by its outside.
 */
#ifndef ALDIS_FORMATS_READ_H
#define ALDIS_FORMATS_READ_H

#include "formats/drafts.h"

/* language: of texts that name none. ret_drafts starts all-zero and is the caller's to
 * release, also after a failure. MALFORMED: no JSON, or of no format that is read; LIMIT:
 * too large. */
MUST_USE enum status formats_read(struct view text, const char *language,
                                  struct formats_drafts *ret_drafts, struct error *err);

#endif
