/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Release files for `aldis verify`.
 */
#ifndef ALDIS_CLI_RELEASE_FILE_H
#define ALDIS_CLI_RELEASE_FILE_H

#include "release/verify.h"

/* Does the file begin as a page does? */
bool release_file_is_one(const char *path);

/* As bundle_verify. */
MUST_USE enum status release_file_verify(const char *path,
                                         const struct bundle_verify_options *options,
                                         struct release_result *ret_result,
                                         struct error *err);

#endif
