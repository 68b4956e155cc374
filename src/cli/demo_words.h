/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command of the demonstration as it would be typed: names that begin with $ are
 * replaced, then it is parted into words. Only what the scenes use is understood: spaces,
 * single quotes, "> FILE" and "&" at the end. Pure.
 */
#ifndef ALDIS_CLI_DEMO_WORDS_H
#define ALDIS_CLI_DEMO_WORDS_H

#include "base/buf.h"

enum { DEMO_VALUES_MAX = 32, DEMO_VALUE_LEN = 160, DEMO_WORDS_MAX = 32 };

/* What $name stands for; given again, a name gets its new value. */
struct demo_values {
	struct {
		char name[24];
		char text[DEMO_VALUE_LEN];
	} values[DEMO_VALUES_MAX];
	size_t count;
};

MUST_USE enum status demo_values_set(struct demo_values *values, const char *name,
                                     struct view text, struct error *err);

/* The text with every $name (small letters and _) replaced. */
MUST_USE enum status demo_values_expand(const struct demo_values *values,
                                        const char *text, struct buf *out,
                                        struct error *err);

struct demo_words {
	char text[4096];
	const char *words[DEMO_WORDS_MAX + 1]; /* NULL behind the last */
	size_t count;
	const char *into; /* of "> FILE"; else NULL */
	bool is_daemon;   /* "&" */
};

/* The result points into itself: it can't be copied. */
MUST_USE enum status demo_words_split(struct view line, struct demo_words *ret_words,
                                      struct error *err);

/* The line in parts of at most `width` bytes where it can be broken before an option,
 * each but the last ending in " \": still what can be typed. */
void demo_words_fold(struct view line, size_t width, struct buf *out);

#endif
