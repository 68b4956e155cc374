/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is a part of a pouch: what can be said of it without opening it.
 */
#ifndef ALDIS_CLI_POUCH_FILE_H
#define ALDIS_CLI_POUCH_FILE_H

#include "cli/cli.h"
#include "pouch/part.h"

/* Reads and checks a part; the part borrows the buffer. */
MUST_USE enum status pouch_file_read(const char *path, struct buf *ret_file,
                                     struct pouch_part *ret_part, struct error *err);
/* Prints from whom, for whom, which part; nothing of the content. verdict: a line above,
 * or NULL. */
void pouch_file_print(const struct cli *cli, const struct pouch_part *part,
                      const char *verdict);

/* Is the file one of a pouch, by its first bytes? */
bool pouch_file_is_one(const char *path);
/* Verifies what can be verified without the reader's key. The exit status is never
 * "done": nobody signs a pouch. */
int pouch_file_verify(const struct cli *cli, const char *path);

#endif
