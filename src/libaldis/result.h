/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check found, as programs hold it.
 */
#ifndef ALDIS_LIBALDIS_RESULT_H
#define ALDIS_LIBALDIS_RESULT_H

#include "bundle/verify.h"
#include "libaldis/messages.h"
#include "release/manifest.h"
#include "release/verify.h"

struct libaldis_log {
	struct aldis_checkpoint checkpoint;
	uint64_t numbers[ALDIS_LOG_SIGNED + 1]; /* by enum aldis_log_number */
};

struct libaldis_release {
	struct release_result result;     /* its bundle was moved to `found` */
	struct release_manifest manifest; /* when consistent; its texts end with NUL */
	char digest[HASH_HEX_LEN + 1], page[HASH_HEX_LEN + 1];
	char channel[HASH_HEX_LEN + 1], charter[HASH_HEX_LEN + 1];
};

struct aldis_result {
	struct bundle_result found;
	struct libaldis_messages messages;
	struct libaldis_log *logs; /* owned */
	size_t log_count;
	struct libaldis_release *release; /* owned; NULL: it is none */
	/* Of a proof of silence. */
	char question[RECORD_MESSAGE_ID_MAX + 1];
	char channel[HASH_HEX_LEN + 1], charter[HASH_HEX_LEN + 1];
};

/* What a result comes to. */
enum aldis_answer libaldis_answer_result(const struct aldis_result *result);

/* Makes the texts of a proof of silence. */
void libaldis_result_silence(struct aldis_result *result);

/* Verifies a release file, and reads it when it is consistent. */
MUST_USE enum status libaldis_release_verify(struct view file,
                                             const struct bundle_trust *trust,
                                             struct aldis_result *result,
                                             struct error *err);
/* Verifies what can be verified of a part of a pouch without the reader's key. */
MUST_USE enum status libaldis_pouch_verify_part(struct view file,
                                                struct aldis_result *result,
                                                struct error *err);
void libaldis_release_free(struct libaldis_release *release);

#endif
