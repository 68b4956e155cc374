/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4648 section 6 base32, as people type the secrets of one-time codes: written in
 * capitals without padding; read in either case, with spaces, hyphens and padding.
 */
#ifndef ALDIS_CODEC_BASE32_H
#define ALDIS_CODEC_BASE32_H

#include "base/buf.h"

void base32_append(struct buf *out, struct view bytes);
/* MALFORMED: another character, a length that no bytes have, bits left over that are not
 * zero. LIMIT: more than max bytes. */
MUST_USE enum status base32_decode(struct view text, uint8_t *ret_bytes, size_t max,
                                   size_t *ret_len, struct error *err);

#endif
