/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases that incident reports make: a report, those of its author that replace it
 * (`supersedes`), and all that answers any of them. Incremental, beside an index of
 * answers that is given the same entries. What a case is called and where it stands is
 * its author's word alone: others may answer, they can't rename or close it.
 */
#ifndef ALDIS_RECORD_INCIDENTS_H
#define ALDIS_RECORD_INCIDENTS_H

#include "record/thread.h"

enum { RECORD_INCIDENT_TITLE_MAX = 200 * 4 }; /* bytes */

struct record_incidents;

struct record_incident {
	uint32_t desk; /* the first report */
	uint64_t index;
	int64_t sent_s;
	/* As the author's newest reports have it. */
	const char *title;
	const char *stage, *severity;           /* static; NULL: not said */
	int64_t detected_s, started_s, ended_s; /* 0: not said */
	bool is_closed, is_cancelled;
	const char *outcome;  /* static; NULL: not closed */
	size_t message_count; /* what people wrote, the reports among it */
	int64_t last_sent_s;  /* the newest of them */
};

/* Is the body of this kind needed? */
bool record_incidents_wants(const char *kind);

MUST_USE enum status record_incidents_new(struct record_incidents **ret_incidents,
                                          struct error *err);
void record_incidents_free(struct record_incidents *incidents);

/* Gives an entry; the desk is numbered by the index of answers. Entries of kinds that are
 * not wanted need not be given. After a failure the register can only be freed. */
MUST_USE enum status record_incidents_add(struct record_incidents *incidents,
                                          const struct record_replies *replies,
                                          uint32_t desk, uint64_t index,
                                          const struct record_envelope *envelope,
                                          struct view body, struct error *err);

/* How many cases there are, and one of them, in the order in which they were given. What
 * is pointed to lives until the next call that adds. ret_thread gets all messages of the
 * case, unsorted. */
size_t record_incidents_count(const struct record_incidents *incidents);
MUST_USE enum status record_incidents_get(struct record_incidents *incidents,
                                          struct record_replies *replies, size_t nth,
                                          struct record_incident *ret_incident,
                                          struct record_thread *ret_thread,
                                          struct error *err);
/* The case that this report belongs to; NOT_FOUND: it is no report of an incident. */
MUST_USE enum status record_incidents_find(const struct record_incidents *incidents,
                                           uint32_t desk, uint64_t index, size_t *ret_nth,
                                           struct error *err);

#endif
