/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of the store that run a slice a turn beside all else: of one channel, for the
 * page that shows its record, or of everything, for a request that waits.
 */
#ifndef ALDIS_CONSOLE_READING_VERIFY_H
#define ALDIS_CONSOLE_READING_VERIFY_H

#include "codec/json_writer.h"
#include "crypto/hash.h"
#include "desk/desk.h"

enum { VERIFY_REQUESTS_MAX = 8 };

struct verify_job {
	char channel[HASH_HEX_LEN + 1]; /* empty: all */
	struct desk_checker *checker;   /* owned; NULL: waits for the job before it */
	int64_t started_s, announced_ms;
	uint64_t requests[VERIFY_REQUESTS_MAX]; /* that wait for its end */
	size_t request_count;
};

struct verify_list {              /* starts all-zero; release it before the desk ends */
	struct verify_job *items; /* the first one runs */
	size_t count, cap;
};

void verify_release(struct verify_list *list);

struct api;
/* Within each turn: a slice of the first job, and what is to be said at its end. */
void verify_step(struct api *api, int64_t now_ms);
/* "verify": where the check of this channel stands. */
MUST_USE enum status verify_write(struct json_writer *writer, const char *name,
                                  struct api *api, const char *channel,
                                  struct error *err);

#endif
