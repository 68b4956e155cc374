/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One gzip member, packed quickly rather than tightly.
 */
#ifndef ALDIS_LINK_GZIP_H
#define ALDIS_LINK_GZIP_H

#include "base/buf.h"

/* Appends the packed bytes to out, which may hold them all. LIMIT when out->max is too
 * small. */
MUST_USE enum status link_gzip(struct view plain, struct buf *out, struct error *err);

/* Does a header Accept-Encoding (NULL: there is none) allow gzip? */
bool link_accepts_gzip(const char *accept_encoding);

#endif
