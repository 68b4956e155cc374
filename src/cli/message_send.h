/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending one message: what every command that sends fills in, from `aldis send` to
 * `aldis ack`. Attachments are uploaded first; the key makes a repetition harmless.
 */
#ifndef ALDIS_CLI_MESSAGE_SEND_H
#define ALDIS_CLI_MESSAGE_SEND_H

#include "cli/options.h"
#include "cli/send.h"
#include "record/envelope.h"

struct message_send { /* starts all-zero; release it */
	const char *channel, *kind;
	const char *re, *line, *tlp; /* or NULL */
	const char *key;             /* NULL: one is made */
	struct option_values attachments, to;
	uint64_t wait_s;
	const char
	    *commit_path; /* evidence to commit to: the body gets its hash; or NULL */
	struct buf body;  /* JSON, or empty */

	/* filled by message_send */
	struct buf *files; /* contents of the attachments */
	struct buf evidence;
	struct hash evidence_hash;
	char made_key[SEND_KEY_MAX + 1];
};

/* Sends and prints the id; the command's exit status. `evidence.open` attaches what was
 * committed to in the message that `re` names. */
int message_send(struct cli *cli, struct message_send *send);
void message_send_release(struct message_send *send);

#endif
