/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of `aldis key` with files of their own. New keys lie in the folder "next"
 * beside "keys" until they are taken into use.
 */
#ifndef ALDIS_CLI_KEY_COMMANDS_H
#define ALDIS_CLI_KEY_COMMANDS_H

#include "cli/cli.h"
#include "record/card.h"

/* argv without "key new", "key use". */
int key_new(struct cli *cli, int argc, char **argv);
int key_use(struct cli *cli, int argc, char **argv);

/* The file of a role's key in one of the desk's folders ("keys", "next"). */
MUST_USE enum status key_file_path(const struct folder *folder, const char *subfolder,
                                   enum record_role role, char ret_path[FOLDER_PATH_MAX],
                                   struct error *err);
/* Reads a seed; NOT_FOUND when there is no such file. Wipe it. */
MUST_USE enum status key_file_read(const struct folder *folder, const char *subfolder,
                                   enum record_role role, struct ed25519_seed *ret_seed,
                                   struct error *err);
/* The public half as it stands on a card. */
MUST_USE enum status key_public_of(const struct ed25519_seed *seed, enum record_role role,
                                   struct ed25519_public *ret_key, struct error *err);

#endif
