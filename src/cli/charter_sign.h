/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing a charter with a root key, wherever that key is kept.
 */
#ifndef ALDIS_CLI_CHARTER_SIGN_H
#define ALDIS_CLI_CHARTER_SIGN_H

#include "base/status.h"

/* Reads a charter's text, or a note that others have signed, from the file ("-":
 * standard input), checks it, adds the signature of the root key in root_folder, and
 * prints the note. CONFLICT: the key is not that of a member. */
MUST_USE enum status charter_sign_file(const char *root_folder,
                                       const char *passphrase_file, const char *path,
                                       struct error *err);

#endif
