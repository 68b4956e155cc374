/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The charters of a channel, from the running desk or from a file of several notes.
 */
#ifndef ALDIS_CLI_CHARTER_FETCH_H
#define ALDIS_CLI_CHARTER_FETCH_H

#include "cli/api_client.h"
#include "record/charter.h"

/* Many charters of the largest size. */
enum { CHARTER_CHAIN_MAX = 32 * RECORD_NOTE_MAX };

/* What the desk answers about the charters of this channel (`charters`, each with `note`,
 * `in_force`, `missing`, `first_missing`). */
MUST_USE enum status charter_fetch(const struct cli *cli, const char *channel,
                                   struct api_answer *ret_answer, struct error *err);

/* The newest charter in force. *ret_pending: amendments that lack signatures. */
MUST_USE enum status charter_fetch_newest(const struct cli *cli, const char *channel,
                                          struct record_charter *ret_charter,
                                          size_t *ret_pending, struct error *err);

/* The charter with this digest: of the chain file (NULL: none given), else of any channel
 * of the running desk. NOT_FOUND when it is in neither, or no desk answers. */
MUST_USE enum status charter_find(const struct cli *cli, const char *chain_path,
                                  const struct hash *digest,
                                  struct record_charter *ret_charter, struct error *err);

/* Reads the text of a charter note. */
MUST_USE enum status charter_open(struct view note, struct record_charter *ret_charter,
                                  struct error *err);

#endif
