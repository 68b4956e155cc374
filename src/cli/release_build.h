/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ALDIS_CLI_RELEASE_BUILD_H
#define ALDIS_CLI_RELEASE_BUILD_H

#include "cli/cli.h"

/* aldis release build; answers with the exit status. */
int release_build(struct cli *cli, int argc, char **argv);

#endif
