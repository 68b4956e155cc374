/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of drafts out of one event of MISP. For misp_in.c only.
 */
#ifndef ALDIS_FORMATS_MISP_FILL_H
#define ALDIS_FORMATS_MISP_FILL_H

#include "formats/misp_index.h"
#include "formats/misp_marks.h"

/* One event that is read. */
struct misp_reading {
	const struct json_doc *doc;
	const struct misp_event *event;
	const struct misp_kind *kind; /* of its own draft */
	const char *language;
	struct formats_report *report;
	struct json_doc *scratch;
	struct misp_marks marks;
	/* What its own draft takes of these; the others make drafts or are listed. */
	const struct json_token *incident, *measure, *text;
};

/* Finds what the event's own draft is made of. marks are not touched. */
void misp_reading_begin(struct misp_reading *reading);

/* Append JSON bodies, without asking whether they keep their kinds' rules: of the event;
 * of a course of action that is a measure; of a report that is an assessment. */
MUST_USE enum status misp_fill_event(struct misp_reading *reading, struct buf *out,
                                     struct error *err);
void misp_fill_measure(struct misp_reading *reading, const struct json_token *object,
                       struct buf *out);
void misp_fill_assessment(struct misp_reading *reading, const struct json_token *report,
                          struct buf *out);

#endif
