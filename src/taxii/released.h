/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A release file as a collection: verified first, then what its messages in full say, as
 * the STIX that `aldis export` would write. What the release withholds is not in the
 * file, and what it shows as envelopes alone is left out. Source: spec/formats.md,
 * TAXII 2.1.
 */
#ifndef ALDIS_TAXII_RELEASED_H
#define ALDIS_TAXII_RELEASED_H

#include "formats/report.h"
#include "release/terms.h"
#include "taxii/collection.h"

/* Starts all-zero; release it. */
struct taxii_released {
	struct taxii_collection collection;
	enum release_grade grade;
	struct formats_report report; /* what has no place in STIX */
};

/* UNTRUSTED: it does not verify. LIMIT: more than a collection can hold. The file is not
 * needed any more afterwards. */
MUST_USE enum status taxii_released_read(struct view file,
                                         struct taxii_released *ret_released,
                                         struct error *err);
void taxii_released_release(struct taxii_released *released);

#endif
