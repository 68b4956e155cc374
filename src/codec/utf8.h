/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above U+10FFFF.
 */
#ifndef ALDIS_CODEC_UTF8_H
#define ALDIS_CODEC_UTF8_H

#include <stdbool.h>

#include "base/view.h"

bool utf8_check(struct view text);

/* Decodes the code point at the start of text and returns its length in bytes (1 to 4),
 * or 0 when text is empty or does not start with a valid one. */
size_t utf8_decode(struct view text, uint32_t *ret_code_point);

/* Encodes a valid code point and returns its length in bytes (1 to 4). */
size_t utf8_encode(uint32_t code_point, uint8_t ret_bytes[4]);

/* Unicode White_Space property. */
bool utf8_is_space(uint32_t code_point);

#endif
