/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence that was committed to and not yet shown: its salted blob lies in the desk's
 * folder, evidence/<hash>, until it is opened. Nothing else knows the salt.
 */
#ifndef ALDIS_CLI_EVIDENCE_H
#define ALDIS_CLI_EVIDENCE_H

#include "cli/api_client.h"
#include "crypto/hash.h"

/* Makes the salted blob of a file, keeps it durably, and puts its hash into the body
 * (which says what the evidence is). */
MUST_USE enum status evidence_commit(const struct cli *cli, const char *path,
                                     struct buf *body, struct hash *ret_hash,
                                     struct error *err);

/* The kept blob of the commitment that the message `re` of the channel makes. NOT_FOUND
 * when this desk's folder has it not. */
MUST_USE enum status evidence_fetch(const struct cli *cli, struct api_client *client,
                                    const char *channel, const char *re,
                                    struct hash *ret_hash, struct buf *ret_blob,
                                    struct error *err);

/* Drops the kept blob, once it is in the record or its commitment was refused. */
void evidence_forget(const struct cli *cli, const struct hash *hash);

#endif
