/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a JSON string that the scan has accepted, code point by code point, with
 * escapes undone. For json.c and json_scan.c only.
 */
#ifndef ALDIS_CODEC_JSON_CHARS_H
#define ALDIS_CODEC_JSON_CHARS_H

#include "base/view.h"

/* Cuts the first code point off *rest, a string body without quotes that was accepted by
 * the scan. False at the end. */
bool json_chars_take(struct view *rest, uint32_t *ret_code_point);

/* Orders two accepted string bodies by their code points, as strcmp does. For two bodies
 * without escapes that is the order of their bytes. */
int json_chars_compare(struct view a, struct view b);

/* The value of four hex digits of either case; false when there are fewer. */
bool json_chars_hex4(struct view text, uint32_t *ret_value);

static inline bool json_is_high_surrogate(uint32_t unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static inline bool json_is_low_surrogate(uint32_t unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The code point of a high and a low surrogate. */
static inline uint32_t json_join_surrogates(uint32_t high, uint32_t low)
{
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

#endif
