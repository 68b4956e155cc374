/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4648 section 4 base64 with padding, and lower-case hex. Decoding accepts only the
 * one canonical form: what decodes encodes back to the same characters.
 */
#ifndef ALDIS_CODEC_BASE64_H
#define ALDIS_CODEC_BASE64_H

#include "base/buf.h"

void base64_append(struct buf *out, struct view bytes);
/* Appends the decoded bytes; MALFORMED (and out unchanged) for any other form. */
MUST_USE enum status base64_decode(struct view text, struct buf *out, struct error *err);
/* Decodes to exactly len bytes. */
MUST_USE enum status base64_decode_exact(struct view text, uint8_t *ret_bytes, size_t len,
                                         struct error *err);

void hex_append(struct buf *out, struct view bytes);
/* Decodes exactly 2·len lower-case digits. */
MUST_USE enum status hex_decode_exact(struct view text, uint8_t *ret_bytes, size_t len,
                                      struct error *err);

#endif
