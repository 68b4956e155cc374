/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A STIX 2.1 bundle as drafts of messages. The bundle is a stranger's: its size, depth
 * and references are bounded or checked, each draft keeps the rules of its kind, and
 * whatever has no place in a message is listed. Source: spec/formats.md.
 */
#ifndef ALDIS_FORMATS_STIX_IN_H
#define ALDIS_FORMATS_STIX_IN_H

#include "formats/message.h"
#include "formats/report.h"

enum {
	FORMATS_STIX_LEN_MAX = 256 * 1024 * 1024,
	FORMATS_STIX_OBJECTS_MAX = 100000,
};

/* Starts all-zero; release it. Borrows the text that it was read from. */
struct formats_stix {
	struct formats_draft *drafts; /* each behind the one that it answers */
	size_t count, cap;
	size_t object_count; /* in the bundle */
	struct json_doc doc;
	struct buf bodies;
	struct formats_report report;
};

/* language: of texts that name none. MALFORMED: no bundle of STIX; LIMIT: too large. */
MUST_USE enum status formats_stix_read(struct view text, const char *language,
                                       struct formats_stix *ret_stix, struct error *err);
void formats_stix_release(struct formats_stix *stix);

#endif
