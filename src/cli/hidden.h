/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which characters of what others wrote are shown by their names, because they can't be
 * seen, turn the reading direction, or mean what a font likes: the one rule of terminal,
 * console and page of a release (spec/release.md, Page; test/hidden_chars.json). Knows
 * nothing of how they are written.
 */
#ifndef ALDIS_CLI_HIDDEN_H
#define ALDIS_CLI_HIDDEN_H

#include <stdbool.h>
#include <stdint.h>

/* Is `at` to be shown by name, between these code points (0: none there)? A joiner stays
 * between letters, marks or symbols from U+0590 on, one variation selector behind what
 * may vary. */
bool hidden_is(uint32_t before, uint32_t at, uint32_t after);

#endif
