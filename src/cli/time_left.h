/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lengths of time in words, for people who must act within them.
 */
#ifndef ALDIS_CLI_TIME_LEFT_H
#define ALDIS_CLI_TIME_LEFT_H

#include <stdint.h>

enum { TIME_LEFT_LEN = 40 };

/* The two largest parts: "3 days 4 h", "1 h 5 min", "4 min", "12 s". Below 0 as 0. */
void time_left_words(int64_t seconds, char ret_words[TIME_LEFT_LEN + 1]);

#endif
