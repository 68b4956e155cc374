/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found in a file that left a desk, for people and as JSON, on standard output.
 */
#ifndef ALDIS_CLI_RESULT_PRINT_H
#define ALDIS_CLI_RESULT_PRINT_H

#include "release/verify.h"

/* Of any file; what is more of a release is read when the kind says so. */
void result_print(const struct release_result *result);
void result_print_json(const struct release_result *result);

#endif
