/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of one draft out of an object of STIX, and what of the object has no place in
 * it. For stix_in.c only.
 */
#ifndef ALDIS_FORMATS_STIX_FILL_H
#define ALDIS_FORMATS_STIX_FILL_H

#include "formats/stix_index.h"

struct stix_fill {
	struct stix_index *index;
	struct stix_object *object;
	const char *language; /* of texts that name none */
	/* Of a language-content: one language and what is said in it. */
	const struct json_token *content_language, *contents;
	const struct stix_kind *target; /* of what a language-content translates */
	struct formats_report *report;
};

/* Appends the JSON body, without asking whether it keeps the kind's rules. */
void stix_fill_body(struct stix_fill *fill, struct buf *out);

/* Lists the properties of the object that no body takes. Once for an object. */
void stix_fill_list(struct stix_fill *fill);

#endif
