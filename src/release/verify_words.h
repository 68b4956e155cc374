/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a release that holds shows, in words.
 */
#ifndef ALDIS_RELEASE_VERIFY_WORDS_H
#define ALDIS_RELEASE_VERIFY_WORDS_H

#include "release/terms.h"
#include "release/verify.h"

/* Adds the statements; terms: with all logs, and their ends checked; grade, digest and
 * replies are in the result. */
void release_verify_say(const struct release_terms *terms,
                        const struct release_manifest *manifest,
                        struct release_result *result);

#endif
