/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a list shows of a message: the first line of what it says. Knows the names of the
 * catalogue's fields, not what they mean.
 */
#ifndef ALDIS_RECORD_HEADLINE_H
#define ALDIS_RECORD_HEADLINE_H

#include "codec/json.h"

enum { RECORD_HEADLINE_MAX = 160 }; /* characters */

/* Appends the headline of a body: of its title, or else subject, summary, text and so on
 * the first line that is not blank, cut to RECORD_HEADLINE_MAX characters with "…" at the
 * end of what was longer. Nothing when the body says nothing in words, as a signal's, or
 * is no JSON. doc is scratch, reused. */
void record_headline_append(struct view body, struct json_doc *doc, struct buf *out);

#endif
