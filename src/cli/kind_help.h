/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the catalogue says of a kind, as a page for the terminal.
 */
#ifndef ALDIS_CLI_KIND_HELP_H
#define ALDIS_CLI_KIND_HELP_H

#include "record/kinds.h"

/* Appends name, label and help, what it answers and which duties it takes part in, how to
 * send it, and each field with type, limits and label, in this language. */
void kind_help_append(const struct record_kind *kind, const char *language,
                      struct buf *out);
/* Appends one line a kind: name and label. */
void kind_help_append_list(const char *language, struct buf *out);

#endif
