/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of an event of MISP has no place in a message. For misp_in.c and misp_fill.c only.
 */
#ifndef ALDIS_FORMATS_MISP_LIST_H
#define ALDIS_FORMATS_MISP_LIST_H

#include "formats/misp_fill.h"

/* Lists, by the event, what its own draft and those beside it don't take. Once for an
 * event. */
void misp_list_event(const struct misp_reading *reading);

/* The same of an attribute that became observables. */
void misp_list_attribute(const struct misp_reading *reading,
                         const struct json_token *attribute);

/* Is the object one of those that are read as a whole? */
bool misp_object_is(const struct json_doc *doc, const struct json_token *object,
                    const struct misp_template *template);

#endif
