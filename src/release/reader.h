/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what a release shows, entry by entry in the joint order, and its attachments.
 * For data that was verified (release/verify.h): of it forms are read, nothing is judged.
 * What is withheld counts in the order as sent with the entry before it, naming nothing;
 * what is named beyond the release is passed over. Source: spec/release.md; aldis.md 2.6.
 */
#ifndef ALDIS_RELEASE_READER_H
#define ALDIS_RELEASE_READER_H

#include "release/data.h"
#include "release/manifest.h"

/* Where a shown entry stands in the data. */
struct release_place {
	uint32_t log;   /* of the manifest */
	uint64_t index; /* in the log */
	const struct json_token *entry,
	    *body; /* body NULL: it has none, or as envelope */
};

/* Starts all-zero; release it. The data is borrowed for its life. */
struct release_reader {
	struct release_data data;
	struct release_manifest manifest; /* with the logs' offsets */
	struct release_place *places; /* owned; of shown entries, in the joint order */
	size_t count;
	struct buf entry, blob; /* the entry at hand */
};

/* MALFORMED: this can't be data that was verified. NO_MEMORY. */
MUST_USE enum status release_reader_open(struct view data,
                                         struct release_reader *ret_reader,
                                         struct error *err);
void release_reader_release(struct release_reader *reader);

struct release_shown {
	const struct release_log *log;
	uint64_t index;      /* in the id: ids go on in a successor */
	bool is_full;        /* else its body, if it has one, is not shown */
	struct view entry;   /* as it was hashed; an envelope, if it is full */
	bool has_body;       /* shown */
	struct view content; /* of the body, as its author wrote it */
};
/* Entry nth (below count); valid until the next call. */
MUST_USE enum status release_reader_get(struct release_reader *reader, size_t nth,
                                        struct release_shown *ret_shown,
                                        struct error *err);

/* Appends the content of attachment nth of the manifest. */
MUST_USE enum status release_reader_attachment(const struct release_reader *reader,
                                               size_t nth, struct buf *out,
                                               struct error *err);

#endif
