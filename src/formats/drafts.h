/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document of another format became: drafts of messages, each behind the one that
 * it answers, and the list of what has no place. The document is a stranger's: each draft
 * that is kept keeps the rules of its kind. Which format it is, its reader knows.
 */
#ifndef ALDIS_FORMATS_DRAFTS_H
#define ALDIS_FORMATS_DRAFTS_H

#include "formats/message.h"
#include "formats/report.h"

enum { FORMATS_LEN_MAX = 256 * 1024 * 1024 };

/* Starts all-zero; release it. Borrows the text that it was read from. */
struct formats_drafts {
	struct formats_draft *drafts;
	size_t count, cap;
	size_t element_count; /* objects or events of the document */
	struct json_doc doc;
	struct buf bodies;
	struct formats_report report;
	struct json_doc scratch;
};

void formats_drafts_release(struct formats_drafts *drafts);

/* ---- for readers ---- */

/* Scans the text into doc. LIMIT: too large; MALFORMED: no JSON. */
MUST_USE enum status formats_drafts_scan(struct formats_drafts *drafts, struct view text,
                                         struct error *err);

/* Keeps a draft whose body was appended to bodies from `start` on; or, when what it
 * answers or its body breaks a rule of its kind, drops the body and lists source and
 * `what` with that rule. ret_index: of the draft, or FORMATS_NO_DRAFT. */
MUST_USE enum status formats_drafts_add(struct formats_drafts *drafts,
                                        const struct formats_draft *draft, size_t start,
                                        struct view what, size_t *ret_index,
                                        struct error *err);

/* The key of a draft out of an element with this id and version: of a part of it, or
 * (part empty) of the whole. */
struct uuid formats_drafts_key(struct view id, struct view version, struct view part);

/* Once, when all are there. */
MUST_USE enum status formats_drafts_finish(struct formats_drafts *drafts,
                                           struct error *err);

/* Takes elements so that what one answers is taken before it. An element answers at most
 * one other, so that is a walk along a chain; where a chain bites its own tail, one of
 * its elements is taken before what it answers. */
struct formats_walk {
	void *context;
	/* Index of what element `index` answers, or SIZE_MAX. */
	size_t (*answered)(void *context, size_t index);
	enum status (*take)(void *context, size_t index);
	size_t *chain; /* room for all elements */
	bool *is_seen; /* of each element, false at first */
};
MUST_USE enum status formats_walk_init(struct formats_walk *walk, size_t count,
                                       struct error *err);
/* Takes one element, unless it was taken already. */
MUST_USE enum status formats_walk_take(struct formats_walk *walk, size_t index);
void formats_walk_release(struct formats_walk *walk);

#endif
