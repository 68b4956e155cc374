/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing with a root key, wherever that key is kept: charters, cards, key changes, ends
 * of logs, and nothing else. What is signed is said in words first, and at a terminal
 * asked for.
 */
#ifndef ALDIS_CLI_ROOT_SIGN_H
#define ALDIS_CLI_ROOT_SIGN_H

#include "cli/cli.h"
#include "cli/keys.h"

struct root_sign {
	const struct cli *cli;
	const char *root_folder;
	const char *passphrase_file; /* NULL: ask */
	const char *path;            /* what to sign; "-": standard input */
	const char *previous_path;   /* a chain of charters to compare with, or NULL */
	bool makes_key_change;       /* of a card */
};

/* Reads a text, or a note that others have signed, checks it, adds the root's signature
 * and prints the note. A card becomes a signed card, or the key change that carries it.
 * MALFORMED: no text that a root signs; CONFLICT: not this root's business, or another
 * amendment of the same charter has been signed with it before. */
MUST_USE enum status root_sign_file(const struct root_sign *call, struct error *err);

/* For root_sign.c alone; each appends the whole note. `given` is a text or a note. */
MUST_USE enum status root_sign_card(const struct root_sign *call,
                                    const struct keys_root *root, struct view given,
                                    struct buf *out, struct error *err);
MUST_USE enum status root_sign_key_change(const struct keys_root *root, struct view given,
                                          struct buf *out, struct error *err);
MUST_USE enum status root_sign_log_end(const struct keys_root *root, struct view given,
                                       struct buf *out, struct error *err);
/* The signed part of what was given: a text alone, or a note. */
struct view root_sign_text_of(struct view given);
/* Appends the root's signature line over the text. */
MUST_USE enum status root_sign_append_line(const struct keys_root *root, struct view text,
                                           struct buf *out, struct error *err);

#endif
