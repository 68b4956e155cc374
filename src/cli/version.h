/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version of this program, as the build names it.
 */
#ifndef ALDIS_CLI_VERSION_H
#define ALDIS_CLI_VERSION_H

extern const char *const aldis_version;

#endif
