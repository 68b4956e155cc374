/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying a release, its data or the file: the checks of spec/release.md in their
 * order, and in words what it shows. Pure.
 */
#ifndef ALDIS_RELEASE_VERIFY_H
#define ALDIS_RELEASE_VERIFY_H

#include "bundle/result.h"
#include "release/terms.h"

enum { RELEASE_CODE_MAX = 32 };

/* A member that has answered, or that must consent for the release to be joint. */
struct release_reply {
	struct record_name desk;
	enum release_answer answer;
	int64_t sent_s; /* of the answer; 0 without */
};

struct release_result {
	struct bundle_result bundle; /* consistent, anchored, why, desks, words */
	char code[RELEASE_CODE_MAX]; /* of the check that failed, or empty */
	enum release_grade grade;    /* when consistent */
	struct hash digest;          /* of the manifest */
	uint64_t full_count, envelope_count, withheld_count;
	struct release_reply
	    *replies; /* owned; when consistent, in the order of coming */
	size_t reply_count;
	const char *page_version; /* of the page around it; NULL: not known */
	struct hash page;         /* its SHA-256 */
};
void release_result_release(struct release_result *result);

/* OK: the answer is in ret_result (which starts all-zero; release it in any case), also
 * when it is no. Else nothing could be said: NO_MEMORY, SYSTEM. */
MUST_USE enum status release_verify_data(struct view data,
                                         const struct bundle_trust *trust,
                                         struct release_result *ret_result,
                                         struct error *err);

/* The same for a release file: the page around the data first. */
MUST_USE enum status release_verify_file(struct view file,
                                         const struct bundle_trust *trust,
                                         struct release_result *ret_result,
                                         struct error *err);

#endif
