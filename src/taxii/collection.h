/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collection of TAXII: the objects of one STIX bundle in their order, each in its one
 * version. It never changes, so its pages don't either. Knows nothing of releases.
 */
#ifndef ALDIS_TAXII_COLLECTION_H
#define ALDIS_TAXII_COLLECTION_H

#include "base/buf.h"
#include "crypto/uuid.h"
#include "taxii/time.h"

struct taxii_object {
	struct view text, id, type; /* in the bundle */
	struct view version; /* `modified`, else `created`, else the collection's */
	int64_t version_us;
};

/* Starts all-zero; release it. The buffers may be filled by the caller. It must stay
 * where it is once it is indexed. */
struct taxii_collection {
	char id[UUID_TEXT_LEN + 1];
	struct buf title, description;
	/* Object i counts as added i + 1 microseconds later, so that no two share a
	 * time. */
	int64_t begun_us;
	char begun[TAXII_TIME_LEN + 1]; /* the same as text */
	struct buf bundle;
	struct taxii_object *objects;
	size_t count;
	size_t *by_id;
};

/* Finds the objects of the bundle, which formats_stix_write made. LIMIT: too many. */
MUST_USE enum status taxii_collection_index(struct taxii_collection *collection,
                                            struct error *err);
void taxii_collection_release(struct taxii_collection *collection);

/* The place of the object of this id, or SIZE_MAX. */
size_t taxii_collection_find(const struct taxii_collection *collection, struct view id);
int64_t taxii_collection_added_us(const struct taxii_collection *collection,
                                  size_t index);

#endif
