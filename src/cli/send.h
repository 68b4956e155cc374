/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handing messages to the desk so that nothing is lost and nothing sent twice: every
 * submission has an idempotency key and is repeated with it while aldisd is gone.
 */
#ifndef ALDIS_CLI_SEND_H
#define ALDIS_CLI_SEND_H

#include "cli/api_client.h"

enum {
	SEND_PATIENCE_S = 30,
	SEND_BATCH_LINES = 256,
	SEND_BATCH_LEN_MAX = 4 * 1024 * 1024,
	SEND_KEY_MAX = 80,
};

/* 32 random hex digits. */
void send_make_key(char ret_key[SEND_KEY_MAX + 1]);

/* After a start the own log may not grow until a member has shown what it last saw of it,
 * and what is sent before is queued without an id: waits for that, at most the wait or
 * three seconds. */
void send_wait_until_ready(struct api_client *client, const char *channel,
                           unsigned wait_s);

/* Posts messages of a channel. */
MUST_USE enum status send_submit(struct api_client *client, const char *channel,
                                 const char *type, struct view body, const char *key,
                                 unsigned wait_s, struct api_answer *ret_answer,
                                 struct error *err);

/* Sends standard input, one message a line, in batches; prints each batch's first id and
 * count. Batch n has the key "<key>-<n>". */
int send_stream(struct cli *cli, const char *channel, const char *key);

#endif
