/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One gzip member, unpacked into bounded memory.
 */
#ifndef ALDIS_LINK_GUNZIP_H
#define ALDIS_LINK_GUNZIP_H

#include "base/buf.h"

/* Appends the unpacked bytes to out. LIMIT as soon as they would exceed out->max, however
 * much is still packed. MALFORMED: no gzip, cut short, wrong checksum, bytes behind the
 * end. */
MUST_USE enum status link_gunzip(struct view packed, struct buf *out, struct error *err);

#endif
