/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client asks for behind the '?': which objects, from where, how many. Source:
 * TAXII 2.1, 3.4.
 */
#ifndef ALDIS_TAXII_FILTER_H
#define ALDIS_TAXII_FILTER_H

#include "taxii/collection.h"

enum {
	TAXII_QUERY_MAX = 4096,
	TAXII_PAGE_OBJECTS = 1000, /* of one answer */
	TAXII_VALUES_MAX =
	    128, /* of one list; longer than any that fits with whole ids */
};

enum taxii_list { TAXII_MATCH_ID, TAXII_MATCH_TYPE, TAXII_LISTS };

/* Where a value stands in `values`. */
struct taxii_value {
	uint16_t start, len;
};

/* Starts all-zero; release it. */
struct taxii_filter {
	struct buf values; /* of the lists, decoded */
	struct taxii_value lists[TAXII_LISTS][TAXII_VALUES_MAX];
	size_t counts[TAXII_LISTS]; /* 0: not asked */
	bool has_added_after;
	int64_t added_after_us;
	size_t limit; /* at most TAXII_PAGE_OBJECTS */
	size_t next;  /* the place at which to go on */
	int64_t versions[TAXII_VALUES_MAX];
	size_t version_count;  /* 0: whichever is there */
	bool wants_other_spec; /* none of 2.1 */
};

/* Reads a query without its '?'. MALFORMED, with a sentence for the client. Names that
 * TAXII does not know are passed over. */
MUST_USE enum status taxii_filter_read(struct view query, struct taxii_filter *ret_filter,
                                       struct error *err);
void taxii_filter_release(struct taxii_filter *filter);

/* The first place from which objects may match. */
size_t taxii_filter_start(const struct taxii_filter *filter,
                          const struct taxii_collection *collection);
bool taxii_filter_matches(const struct taxii_filter *filter,
                          const struct taxii_object *object);

#endif
