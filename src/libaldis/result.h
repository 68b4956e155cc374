/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check found, as programs hold it.
 */
#ifndef ALDIS_LIBALDIS_RESULT_H
#define ALDIS_LIBALDIS_RESULT_H

#include "bundle/verify.h"
#include "libaldis/answer.h"

struct aldis_result {
	struct bundle_result found;
	/* Of a proof of silence. */
	char question[RECORD_MESSAGE_ID_MAX + 1];
	char channel[HASH_HEX_LEN + 1], charter[HASH_HEX_LEN + 1];
};

/* Makes the texts of a proof of silence. */
void libaldis_result_silence(struct aldis_result *result);

#endif
