/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events of a document: by UUID, and which of them Aldis wrote. For misp_in.c and
 * misp_fill.c only.
 */
#ifndef ALDIS_FORMATS_MISP_INDEX_H
#define ALDIS_FORMATS_MISP_INDEX_H

#include "formats/member.h"
#include "formats/misp_in.h"
#include "formats/misp_map.h"

struct misp_event {
	const struct json_token *token;
	struct view uuid, timestamp;
	const struct json_token *aldis; /* our object in it, or NULL */
	const struct misp_kind *kind;   /* that our object names, or NULL */
	bool is_old;                    /* another version counts */
	size_t draft;                   /* of itself, or FORMATS_NO_DRAFT */
};

/* Starts all-zero; release it. */
struct misp_index {
	const struct json_doc *doc;
	struct misp_event *events; /* in the order of the document */
	size_t count;
	size_t *by_uuid;
};

/* Elements that are no events, and old versions, go into the report. */
MUST_USE enum status misp_index_make(const struct json_doc *doc,
                                     struct misp_index *ret_index,
                                     struct formats_report *report, struct error *err);
void misp_index_release(struct misp_index *index);

/* NULL when the document has none of this UUID. */
struct misp_event *misp_index_find(const struct misp_index *index, struct view uuid);

/* The first element of a list in `parent` that is an object which may be looked into and
 * was not deleted, and the one behind. ret_list for the latter. */
const struct json_token *misp_first(const struct json_doc *doc,
                                    const struct json_token *parent, const char *list,
                                    const struct json_token **ret_list);
const struct json_token *misp_next(const struct json_doc *doc,
                                   const struct json_token *list,
                                   const struct json_token *element);
/* May misp_first give it? */
bool misp_is_element(const struct json_doc *doc, const struct json_token *element);

/* The value (a string) of an object's first attribute with this relation; or NULL, also
 * when object is. */
const struct json_token *misp_relation(const struct json_doc *doc,
                                       const struct json_token *object,
                                       const char *relation);

/* Is the member, a number or a string, written so? */
bool misp_member_is(const struct json_doc *doc, const struct json_token *object,
                    const char *name, const char *text);

#endif
