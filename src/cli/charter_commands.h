/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of `aldis charter` with files of their own.
 */
#ifndef ALDIS_CLI_CHARTER_COMMANDS_H
#define ALDIS_CLI_CHARTER_COMMANDS_H

#include "cli/cli.h"

/* argv without "charter draft", "charter show". */
int charter_draft(struct cli *cli, int argc, char **argv);
int charter_show(struct cli *cli, int argc, char **argv);

#endif
