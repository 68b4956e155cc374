/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observables of a body as cyber-observable objects of STIX, and back.
 */
#ifndef ALDIS_FORMATS_STIX_OBSERVABLE_H
#define ALDIS_FORMATS_STIX_OBSERVABLE_H

#include "codec/json.h"
#include "formats/observable.h"
#include "formats/stix_map.h"

/* Appends the object for an observable (type, value) and its id; false when STIX has none
 * for its type ("other"). */
bool stix_observable_write(const struct json_doc *doc,
                           const struct json_token *observable, struct buf *out,
                           char ret_id[STIX_ID_MAX + 1]);

/* Is this a type that can become an observable? */
bool stix_observable_is(struct view type);

/* Adds the observables that an object is, each with note when that is a string: a file
 * has one for its name and one for each digest. Returns how many: 0 when its value has no
 * form that Aldis takes. */
size_t stix_observable_read(const struct json_doc *doc, const struct json_token *object,
                            const struct json_token *note,
                            struct formats_observables *list);

#endif
