/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card files for commands.
 */
#ifndef ALDIS_CLI_CARDS_H
#define ALDIS_CLI_CARDS_H

#include "cli/options.h"
#include "record/card.h"

/* Reads and verifies a card file ("-": standard input). */
MUST_USE enum status cards_read(const char *path, struct buf *ret_note,
                                struct record_card *ret_card, struct error *err);
/* The own card, from the desk's folder. */
MUST_USE enum status cards_read_own(const struct cli *cli, struct buf *ret_note,
                                    struct record_card *ret_card, struct error *err);

/* The cards that a call names with --trust. Starts all-zero; release it. */
struct cards_named {
	struct buf *notes;
	struct view *views; /* of the notes */
	size_t count;
};
void cards_named_release(struct cards_named *cards);
MUST_USE enum status cards_read_named(const struct option_values *paths,
                                      struct cards_named *ret_cards, struct error *err);

#endif
