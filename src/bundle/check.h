/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verification of an export in progress, shared by its parts: what is common to all
 * logs (export_check.c), charters, cards and ends of logs (papers_check.c), one log after
 * the other (log_check.c) and its entries (entry_check.c). `at` is always the file that
 * is judged at this moment, so that a failure names it. For this folder only.
 */
#ifndef ALDIS_BUNDLE_CHECK_H
#define ALDIS_BUNDLE_CHECK_H

#include "bundle/ahead.h"
#include "bundle/channel.h"
#include "bundle/claims.h"
#include "bundle/file_in.h"
#include "bundle/list.h"
#include "bundle/manifest.h"
#include "bundle/result.h"

struct bundle_check {
	int folder; /* open */
	const struct bundle_trust *trust;
	struct bundle_result *result;
	struct bundle_path at;

	struct bundle_manifest manifest;
	struct bundle_list list;
	struct bundle_ahead ahead; /* reads the list and its files */
	struct bundle_channel channel;
	struct bundle_log *logs; /* as in the manifest; those that were placed */
	size_t log_count;

	struct bundle_claims claims;
	struct buf content;      /* of the file at hand, when read as a whole */
	struct buf entries;      /* of the bundle at hand */
	struct bundle_file file; /* the file at hand, when read in pieces */
	struct json_doc doc;
	struct record_envelope envelope;
};

/* From here on this file is judged. */
void bundle_check_look(struct bundle_check *check, const char *folder, const char *name);

/* Looks at the file, which must be the next of the list. */
MUST_USE enum status bundle_check_take(struct bundle_check *check, const char *folder,
                                       const char *name, struct bundle_item **ret_item,
                                       struct error *err);

/* The same, and reads all of it, at most max
 * bytes, into check->content. */
MUST_USE enum status bundle_check_read(struct bundle_check *check, const char *folder,
                                       const char *name, size_t max, struct error *err);

/* Settles the claims collected so far, and looks at the entry that made a wrong one. */
MUST_USE enum status bundle_check_claims(struct bundle_check *check, struct error *err);

/* The file that was just read becomes the entries at hand. */
void bundle_check_hold_entries(struct bundle_check *check);

/* papers_check.c: charters, ends of logs and cards; and when all logs were read, what
 * only these can tell of the papers. Looks at the paper at fault. */
MUST_USE enum status bundle_check_papers(struct bundle_check *check, struct error *err);
MUST_USE enum status bundle_check_papers_end(struct bundle_check *check,
                                             struct error *err);
void bundle_check_say_papers(struct bundle_check *check);

/* log_check.c: everything in the folder of one log. */
MUST_USE enum status bundle_check_log(struct bundle_check *check, size_t log,
                                      struct error *err);

/* export_check.c: a whole export. `at` is where it failed. */
MUST_USE enum status bundle_check_export(struct bundle_check *check, struct error *err);

/* extra.c: is there a file that is not listed? Looks at it then: MALFORMED. */
MUST_USE enum status bundle_check_extra(struct bundle_check *check, struct error *err);

#endif
