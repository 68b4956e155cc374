/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a charter says, in words for the people who sign it: one line for each thing that
 * can be agreed. Two charters are compared by these lines, so that nothing which can be
 * said can be changed unseen.
 */
#ifndef ALDIS_CLI_CHARTER_WORDS_H
#define ALDIS_CLI_CHARTER_WORDS_H

#include <stdio.h>

#include "record/charter.h"

/* Appends the lines, each with its newline. Policies and the title come from others:
 * print them escaped. */
void charter_words_append(const struct record_charter *charter, struct buf *out);
/* Appends what the second says and the first did not ("+ …"), and the other way round
 * ("- …"); nothing when they say the same. */
void charter_words_append_changes(const struct record_charter *before,
                                  const struct record_charter *after, struct buf *out);

/* Prints such lines, escaped, indented by two blanks. */
void charter_words_print(FILE *file, struct view lines);

#endif
