/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observables of a body as attributes of MISP, and back. Types and categories are those
 * of MISP's describeTypes.
 */
#ifndef ALDIS_FORMATS_MISP_OBSERVABLE_H
#define ALDIS_FORMATS_MISP_OBSERVABLE_H

#include "formats/observable.h"

struct misp_attribute_type {
	const char *type, *category;
};

/* What an observable of this type and value is as an attribute of an event; NULL for an
 * account, which is an object, and for a digest of no known length. */
const struct misp_attribute_type *misp_observable_type(struct view type,
                                                       struct view value);

/* Adds the observables that an attribute with this type and (unescaped) value is, each
 * with note (JSON, or empty): "domain|ip" is two. Returns how many: 0 when it is none, or
 * its value has no form that Aldis takes. ret_why, when not NULL and something of it is
 * lost or all of it: why. */
size_t misp_observable_read(struct view type, struct view value, struct view note,
                            struct formats_observables *list, const char **ret_why);

/* How many at most an attribute of this type is: 1 or 2. */
size_t misp_observable_parts(struct view type);

/* The category in which an attribute of this type is written, NULL for others. */
const char *misp_observable_category(struct view type);

#endif
