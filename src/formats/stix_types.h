/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of an object of STIX that have another JSON type than the standard gives
 * them, where reading them otherwise would pass them over. For stix_fill.c only.
 */
#ifndef ALDIS_FORMATS_STIX_TYPES_H
#define ALDIS_FORMATS_STIX_TYPES_H

#include "formats/stix_index.h"

/* Lists them. event: the one that the incident's times are taken from, or NULL. */
void stix_types_list(const struct json_doc *doc, const struct stix_object *object,
                     const struct stix_object *event, struct formats_report *report);

/* Can its marks be read? A message must not lose its mark by a mistake of who wrote it.
 */
bool stix_types_marks_are_read(const struct json_doc *doc,
                               const struct stix_object *object);

#endif
