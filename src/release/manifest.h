/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a release: what is shown of which log, as the text that members
 * consent to by its hash. Knows nothing of the entries themselves. Source:
 * spec/release.md, Manifest; aldis.md 9.3.
 */
#ifndef ALDIS_RELEASE_MANIFEST_H
#define ALDIS_RELEASE_MANIFEST_H

#include "base/buf.h"
#include "codec/json_writer.h"
#include "record/charter.h"

#define RELEASE_TYPE_MANIFEST "aldis.release/1"

enum {
	RELEASE_MANIFEST_MAX = 16 * 1024 * 1024,
	RELEASE_ENTRIES_MAX = 500000, /* of all logs */
	RELEASE_COVER_MAX = 20000,
	RELEASE_LANGUAGES = 2,                 /* of the cover text: en, id */
	RELEASE_ENDS_MAX = RECORD_MEMBERS_MAX, /* of logs: a channel has not more logs */
};
extern const char *const release_languages[RELEASE_LANGUAGES];

enum release_mode {
	RELEASE_FULL = 'f',
	RELEASE_ENVELOPE = 'e',
	RELEASE_WITHHELD = 'w',
};

struct release_log {
	struct record_origin origin;
	uint64_t size;
	struct hash root;
	uint64_t first; /* of the range chosen; all below is withheld */
	char *modes;    /* owned: an enum release_mode for each entry; NULL when size 0 */
	/* Index in the id of its first entry. Not in the text: for who knows the ends of
	 * the logs before it to fill in. */
	uint64_t offset;
};

/* Starts all-zero; release it. */
struct release_manifest {
	struct record_channel_id channel;
	struct hash charter; /* in force at the cut */
	enum record_release_rule rule;
	struct buf title;
	struct buf cover[RELEASE_LANGUAGES]; /* empty: none in this language */
	int64_t made_s;
	struct record_name by;
	struct release_log *logs; /* owned */
	size_t log_count;
	struct hash *attachments; /* owned; ascending, none twice */
	size_t attachment_count;
};
void release_manifest_release(struct release_manifest *manifest);

/* "confidential", "originator", "joint". */
const char *release_rule_name(enum record_release_rule rule);

/* Writes the member "cover". */
void release_manifest_write_cover(const struct release_manifest *manifest,
                                  struct json_writer *writer);
/* Appends the text, type line and newline included. MALFORMED, LIMIT: what
 * release_manifest_decode would refuse. */
MUST_USE enum status release_manifest_append(const struct release_manifest *manifest,
                                             struct buf *out, struct error *err);
/* Reads a text in its one form. MALFORMED, LIMIT, NO_MEMORY. */
MUST_USE enum status release_manifest_decode(struct view text,
                                             struct release_manifest *ret_manifest,
                                             struct error *err);

/* The log of this origin's desk and generation, or NULL. */
const struct release_log *release_manifest_log(const struct release_manifest *manifest,
                                               const struct record_origin *origin);

/* Is a later log of its desk there too? */
bool release_manifest_goes_on(const struct release_manifest *manifest,
                              const struct release_log *log);

bool release_manifest_opens(const struct release_manifest *manifest,
                            const struct hash *attachment);

/* Index of an attachment among those that are opened, or SIZE_MAX. */
size_t release_manifest_attachment(const struct release_manifest *manifest,
                                   const struct hash *id);

/* Appends which entries of a log are withheld, in words: "#3 to #5, #9"; after twenty
 * runs " and others". offset: index in the id of its first entry. */
void release_withheld_append(const struct release_log *log, uint64_t offset,
                             struct buf *out);
/* How words call the log: "north.example", or "north.example, log 2". */
enum { RELEASE_LOG_NAME_MAX = RECORD_NAME_MAX + 24 };
void release_log_name(const struct record_origin *origin,
                      char ret_name[RELEASE_LOG_NAME_MAX]);

#endif
