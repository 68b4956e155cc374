/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What entries say they have seen of other logs: log, size and root. Collected while logs
 * are read one after the other, settled in batches against the hash tiles of the logs
 * they are about, so that memory stays bounded and logs may name each other freely. The
 * tiles read again are believed only if they give the log's root. Source: aldis.md 2.5.
 */
#ifndef ALDIS_BUNDLE_CLAIMS_H
#define ALDIS_BUNDLE_CLAIMS_H

#include "base/buf.h"
#include "bundle/manifest.h"

struct bundle_claim {
	uint32_t about, author; /* indices of logs in the manifest */
	uint64_t size;          /* of `about`; not above its size in the manifest */
	uint64_t index;         /* of the entry that says so */
	struct hash root;
};

struct bundle_claims {
	struct bundle_claim *claims;
	size_t count;
	bool is_in_doubt; /* tiles read again did not give the log's root */
};

/* Adds one; LIMIT when it is time to settle first. */
MUST_USE enum status bundle_claims_add(struct bundle_claims *claims,
                                       const struct bundle_claim *claim,
                                       struct error *err);

/* Compares all that were added, and forgets them. CONFLICT when a root is not that of the
 * log; then ret_bad is the one whose entry comes first. */
MUST_USE enum status bundle_claims_settle(struct bundle_claims *claims, int folder,
                                          const struct bundle_manifest *manifest,
                                          struct bundle_claim *ret_bad,
                                          struct error *err);

void bundle_claims_release(struct bundle_claims *claims);

#endif
