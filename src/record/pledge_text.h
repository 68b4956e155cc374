/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pledges that come with Aldis, as bodies of `pledge.offer` to start from; generated
 * at build time from spec/pledges/, the only place where they stand.
 */
#ifndef ALDIS_RECORD_PLEDGE_TEXT_H
#define ALDIS_RECORD_PLEDGE_TEXT_H

#include "base/view.h"

struct record_pledge_text {
	const char *name; /* "non-interference" */
	struct view body; /* the file's JSON */
};

extern const struct record_pledge_text record_pledge_texts[];
extern const size_t record_pledge_text_count;

/* NULL when there is none of this name. */
const struct record_pledge_text *record_pledge_text_find(const char *name);

#endif
