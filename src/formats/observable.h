/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all formats share of the observables of a body: which digest is told by its
 * length, what an address is, how a list of them is collected.
 */
#ifndef ALDIS_FORMATS_OBSERVABLE_H
#define ALDIS_FORMATS_OBSERVABLE_H

#include "formats/body.h"

struct formats_digest {
	size_t len; /* hex digits */
	const char *stix, *misp;
};

/* NULL when no digest has this length. */
const struct formats_digest *formats_digest_of_len(size_t len);

/* "ip", "prefix", or NULL. */
const char *formats_address_type(struct view value);

/* Starts with a text of its own; release the text. */
struct formats_observables {
	struct buf text; /* JSON objects with commas in between */
	size_t count;
};
struct formats_observables formats_observables_init(void);
/* Adds one; note: JSON, or empty. */
void formats_observables_add(struct formats_observables *list, const char *type,
                             struct view value, struct view note);
/* Adds one that is JSON already. */
void formats_observables_add_json(struct formats_observables *list, struct view json);
/* Puts the list, unless it is empty, as the field "observables", and releases it; false
 * when it was more than could be collected. */
bool formats_observables_put(struct formats_observables *list, struct formats_body *body);

#endif
