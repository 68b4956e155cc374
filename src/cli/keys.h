/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and reading key files for commands: passphrases from files, the root key in a
 * folder of its own ("root.key").
 */
#ifndef ALDIS_CLI_KEYS_H
#define ALDIS_CLI_KEYS_H

#include "crypto/keyfile.h"
#include "record/name.h"

#define KEYS_ROOT_FILE "root.key"

/* Makes a random key and its file. ret_seed may be NULL; else wipe it. */
MUST_USE enum status keys_make(const char *path, const char *role, const char *name,
                               const char *passphrase_file, struct ed25519_seed *ret_seed,
                               struct error *err);

struct keys_root {
	struct record_name name;
	struct ed25519_secret *secret;
};

/* Reads folder/root.key. passphrase_file NULL: asks at the terminal when the key is
 * encrypted. Release ret_root. */
MUST_USE enum status keys_root_read(const char *folder, const char *passphrase_file,
                                    struct keys_root *ret_root, struct error *err);
void keys_root_release(struct keys_root *root);

#endif
