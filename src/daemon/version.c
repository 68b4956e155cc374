/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apart from the rest, so that only this file is built anew with a new version.
 */
#include "daemon/version.h"

const char *const aldisd_version = ALDIS_VERSION;
