/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times and durations as text. Times are RFC 3339 in UTC with a 'Z' and whole seconds,
 * "2026-11-20T23:49:00Z"; durations are "PT" with hours, minutes, seconds, "PT24H".
 */
#ifndef ALDIS_CODEC_TIME_TEXT_H
#define ALDIS_CODEC_TIME_TEXT_H

#include "base/buf.h"

enum { TIME_TEXT_LEN = 20 };

/* Seconds since 1970; years 1970 to 9999. A leap second 60 is refused. */
MUST_USE enum status time_text_decode(struct view text, int64_t *ret_s,
                                      struct error *err);
/* ret_text holds TIME_TEXT_LEN characters and a NUL; time_s is clamped to the years
 * above. */
void time_text_encode(int64_t time_s, char ret_text[TIME_TEXT_LEN + 1]);

/* Any RFC 3339 time, with fraction (cut off), offset or leap second, as seconds since
 * 1970, clamped to the years above. */
MUST_USE enum status time_text_decode_rfc3339(struct view text, int64_t *ret_s,
                                              struct error *err);
/* Has it the form of one? */
bool time_text_is_rfc3339(struct view text);

/* At least one of H, M, S, each at most once, in this order, at most ten years in all. */
MUST_USE enum status time_text_decode_duration(struct view text, int64_t *ret_s,
                                               struct error *err);
/* Its shortest form: "PT24H", "PT1H30M"; "PT0S" for 0 and less. */
enum { TIME_TEXT_DURATION_MAX = 40 };
void time_text_encode_duration(int64_t s, char ret_text[TIME_TEXT_DURATION_MAX + 1]);

#endif
