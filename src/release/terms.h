/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which charters govern what a release shows, and what the release is by who consented:
 * joint, by originator, one-sided. Logs are walked entry by entry. Source:
 * spec/release.md, Joint, by originator, one-sided.
 */
#ifndef ALDIS_RELEASE_TERMS_H
#define ALDIS_RELEASE_TERMS_H

#include "bundle/channel.h"
#include "release/manifest.h"

/* Where the logs of a member stand, one behind the other. */
struct release_stand {
	bool has_begun;
	size_t charter;
	bool is_open;  /* they may have gone on unseen */
	uint64_t next; /* index in the id of the next entry */
};

/* Starts with the channel alone. */
struct release_terms {
	const struct bundle_channel *channel;
	bool governs[BUNDLE_CHARTERS_MAX];
	bool is_author[RECORD_MEMBERS_MAX];   /* of something shown */
	bool has_left[RECORD_MEMBERS_MAX];    /* its `leave` is shown */
	bool governs_unknown;                 /* also one that is not in the channel */
	bool has_any;                         /* something is shown */
	size_t last;                          /* of those that govern it */
	size_t ended_under[RELEASE_ENDS_MAX]; /* by the channel's ends, as far as shown */
	/* Filled in by release_terms_check_ends. */
	size_t signed_under[RELEASE_ENDS_MAX]; /* the first by which all have signed it */
	size_t left_out[RECORD_MEMBERS_MAX];   /* the first that left it out, unsigned; or
	                                          SIZE_MAX */
	struct release_stand stands[RECORD_MEMBERS_MAX];
	/* The log at hand. */
	const struct bundle_member *member;
	struct release_stand *stand;
};

/* A log, those of a member in their order. offset: index in the id of its first entry. */
void release_terms_log(struct release_terms *terms, const struct bundle_member *member,
                       uint64_t offset);
/* The next entry of the log. envelope: NULL when it is withheld or none; content: of its
 * body, empty when not shown. doc is scratch. */
void release_terms_entry(struct release_terms *terms, enum release_mode mode,
                         const struct record_envelope *envelope, struct view content,
                         struct json_doc *doc);

/* When a log was read to its end: under which charter it ended, if its end is there. */
void release_terms_log_end(struct release_terms *terms,
                           const struct record_origin *origin);
/* When all logs were read: is the end of each signed by all members, but those that are
 * shown to have left, of one charter that its desk is in, of that at the end of the log
 * or a later one? UNTRUSTED. */
MUST_USE enum status release_terms_check_ends(struct release_terms *terms,
                                              struct error *err);
/* When they are: does this end lack a signature of the member, whom that charter, or one
 * before it, left out without its signature, and who is not shown to have left? */
bool release_terms_end_lacks(const struct release_terms *terms, size_t ending,
                             size_t member);

enum release_answer {
	RELEASE_NO_ANSWER,
	RELEASE_CONSENT,
	RELEASE_REFUSAL,
};

enum release_grade {
	RELEASE_ONE_SIDED,
	RELEASE_BY_ORIGINATOR,
	RELEASE_JOINT,
};
/* "one-sided", "by originator", "joint" */
const char *release_grade_name(enum release_grade grade);

/* answers: by the channel's members. */
enum release_grade release_terms_grade(const struct release_terms *terms,
                                       const struct release_manifest *manifest,
                                       const enum release_answer *answers);
/* Must this member consent for the release to be joint? A member of a charter that
 * governs, or one whom such a charter leaves out without its signature, when it is not
 * shown to have left. */
bool release_terms_asks(const struct release_terms *terms, size_t member);

#endif
