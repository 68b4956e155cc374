/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs that came before the entry that names them: in memory only, at most 64 MiB a
 * peer, an hour. Blobs of one request share its bytes. Source: aldis.md 8.2.
 */
#ifndef ALDIS_DESK_STAGING_H
#define ALDIS_DESK_STAGING_H

#include "base/buf.h"
#include "crypto/hash.h"

enum {
	STAGING_MAX = 64 * 1024 * 1024,
	STAGING_BLOBS_MAX = 1 << 18, /* small ones cost more to name than to hold */
	STAGING_KEEP_MS = 3600 * 1000
};

struct staging;

/* NULL without memory. */
struct staging *staging_new(void);
void staging_free(struct staging *staging);

/* Copies `bytes` once; the blobs found in it are then named by staging_put. LIMIT over 64
 * MiB. */
MUST_USE enum status staging_begin(struct staging *staging, struct view bytes,
                                   int64_t now_ms, struct error *err);
/* A blob of `log` at this place of the bytes given to staging_begin last. Known ids are
 * ignored. LIMIT when there are too many. */
MUST_USE enum status staging_put(struct staging *staging, uint32_t log,
                                 const struct hash *id, size_t offset, size_t len,
                                 struct error *err);
/* Borrowed until the next call that changes the staging; false when it is not there. */
bool staging_get(const struct staging *staging, uint32_t log, const struct hash *id,
                 struct view *ret_blob);
void staging_drop(struct staging *staging, uint32_t log, const struct hash *id);
/* Forgets what is older than an hour; costs nothing while nothing is. */
void staging_expire(struct staging *staging, int64_t now_ms);

#endif
