/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects of a bundle by their ids: of several versions of one the newest, and which
 * cyber-observables an incident is related to. For stix_in.c and stix_fill.c only.
 */
#ifndef ALDIS_FORMATS_STIX_INDEX_H
#define ALDIS_FORMATS_STIX_INDEX_H

#include "formats/member.h"
#include "formats/stix_in.h"
#include "formats/stix_map.h"

struct stix_object {
	const struct json_token *token;
	struct view id, type, modified;
	const struct stix_kind *kind;   /* or NULL */
	const struct json_token *aldis; /* our extension on it, or NULL */
	bool is_old;                    /* another version counts */
	bool is_carried; /* what it says is in a draft, or it says nothing by itself */
	size_t edge;     /* of a relationship that is one; or SIZE_MAX */
	size_t draft;    /* its first draft, or FORMATS_NO_DRAFT */
};

/* An incident that is related to an observable. */
struct stix_edge {
	size_t incident, observable, relationship;
};

/* Starts all-zero; release it. */
struct stix_index {
	const struct json_doc *doc;
	struct stix_object *objects; /* in the order of the bundle */
	size_t count;
	size_t *by_id;
	struct stix_edge *edges; /* sorted by incident */
	size_t edge_count;
};

/* Objects without type and id, and old versions, go into the report. */
MUST_USE enum status stix_index_make(const struct json_doc *doc,
                                     struct stix_index *ret_index,
                                     struct formats_report *report, struct error *err);
void stix_index_release(struct stix_index *index);

/* The object that a string token names; NULL when the bundle has none. */
struct stix_object *stix_index_find(const struct stix_index *index,
                                    const struct json_token *id);

/* An object's extension, or NULL. */
const struct json_token *stix_extension(const struct json_doc *doc,
                                        const struct json_token *object, const char *id);

#endif
