/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Working on a desk's store while no aldisd runs on it. The desk is opened without keys
 * and without a way out, and never takes a turn: it can be read, not changed.
 */
#ifndef ALDIS_CLI_DIRECT_H
#define ALDIS_CLI_DIRECT_H

#include "cli/cli.h"
#include "desk/desk.h"

/* Checks the whole store. CONFLICT when an aldisd runs on the folder after all. */
MUST_USE enum status direct_check(const struct cli *cli,
                                  struct desk_check_result *ret_result,
                                  struct error *err);

/* Writes a copy of the store to a new file. */
MUST_USE enum status direct_backup(const struct cli *cli, const char *path,
                                   struct error *err);

#endif
