/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card files for commands.
 */
#ifndef ALDIS_CLI_CARDS_H
#define ALDIS_CLI_CARDS_H

#include "cli/cli.h"
#include "record/card.h"

/* Reads and verifies a card file ("-": standard input). */
MUST_USE enum status cards_read(const char *path, struct buf *ret_note,
                                struct record_card *ret_card, struct error *err);
/* The own card, from the desk's folder. */
MUST_USE enum status cards_read_own(const struct cli *cli, struct buf *ret_note,
                                    struct record_card *ret_card, struct error *err);

#endif
