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

/* A message that is named twice is shown the lesser way. */
struct release_choice {
	int64_t since_s, until_s; /* both within; of `sent`. All else is withheld */
	struct release_ids full, envelope, withheld;
	enum release_mode others;       /* of what is named in none of these; 0: full */
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

/* Does the manifest fit this record: channel, charter with rule and title, which no log
 * had left behind at the cut; sizes, roots? CONFLICT. */
MUST_USE enum status release_draft_check(struct release_record *record,
                                         const struct release_manifest *manifest,
                                         struct error *err);

enum release_topic {
	RELEASE_SAYS_LOG,   /* desk; entries from index `from`, how many are shown how */
	RELEASE_SAYS_ENDED, /* desk, one of whose logs was ended; the next one begins with
	                     * index `from`, and is_there or not */
	RELEASE_SAYS_MARKED, /* count messages in full of this mark; message: the first */
	RELEASE_SAYS_ENVELOPE,   /* message, kind, sent_s, has_tlp, size */
	RELEASE_SAYS_NAMED,      /* message (of this kind) names `named`, of `answers` */
	RELEASE_SAYS_NAMED_MORE, /* count */
	RELEASE_SAYS_SEEN,       /* count */
	RELEASE_SAYS_CLOSED,     /* count attachments of size bytes together */
	RELEASE_SAYS_TEXTS,
};
const char *release_topic_name(enum release_topic topic); /* "log", … */

/* One sentence on what a release shows or gives away, and what it is made of: those
 * members that its topic names above. Borrowed for the call. */
struct release_word {
	enum release_topic topic;
	const char *sentence; /* English */
	const char *desk;
	uint64_t from, entries, full, envelope, withheld;
	bool is_there;
	struct view runs; /* of what is withheld: "#3 to #5, #9" */
	struct record_message_id message, named;
	const char *kind;
	const struct record_kind *answers; /* what `named` may have been; or NULL: any */
	int64_t sent_s;
	bool has_tlp;
	const char *mark; /* of TLP, other than CLEAR */
	uint64_t size, count;
};
typedef void release_say(void *context, const struct release_word *word);

/* Says, sentence by sentence, what the release shows and gives away. The manifest must
 * have passed release_draft_check. */
MUST_USE enum status release_draft_words(struct release_record *record,
                                         const struct release_manifest *manifest,
                                         release_say *say, void *context,
                                         struct error *err);

#endif
