/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafting a release from a desk's record: which entry is shown how, and in words what
 * the shown gives away about the withheld. Source: spec/release.md; aldis.md 9.5.
 */
#ifndef ALDIS_RELEASE_DRAFT_H
#define ALDIS_RELEASE_DRAFT_H

#include "release/manifest.h"
#include "release/record.h"

struct release_ids {
	const struct record_message_id *ids;
	size_t count;
};

struct release_choice {
	int64_t since_s, until_s; /* both within; of `sent` */
	struct release_ids only;  /* when not empty: all others are withheld */
	struct release_ids withheld, envelope;
	const struct hash *attachments; /* to be opened */
	size_t attachment_count;
	struct view cover[RELEASE_LANGUAGES];
	int64_t now_s;
};

/* Makes the manifest of what is chosen. An entry whose body is not held, or that is no
 * envelope, becomes `e`; what the desk has as hashes only is withheld. NOT_FOUND: a
 * chosen message or attachment is not there; CONFLICT: nothing is shown. ret_manifest
 * starts all-zero. */
MUST_USE enum status release_draft(struct release_record *record,
                                   const struct release_choice *choice,
                                   struct release_manifest *ret_manifest,
                                   struct error *err);

/* Does the manifest fit this record: channel, charter, sizes, roots? CONFLICT. */
MUST_USE enum status release_draft_check(const struct release_record *record,
                                         const struct release_manifest *manifest,
                                         struct error *err);

/* Says, sentence by sentence, what the release shows and gives away. The manifest must
 * have passed release_draft_check. */
typedef void release_say(void *context, const char *sentence);
MUST_USE enum status release_draft_words(struct release_record *record,
                                         const struct release_manifest *manifest,
                                         release_say *say, void *context,
                                         struct error *err);

#endif
