/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apart from the rest, so that only this file is built anew with a new version.
 */
#include "cli/version.h"

const char *const aldis_version = ALDIS_VERSION;
