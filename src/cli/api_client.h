/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talking to the running aldisd over the Unix socket in the desk's folder: one request,
 * one answer. A problem document becomes a status and its sentence.
 */
#ifndef ALDIS_CLI_API_CLIENT_H
#define ALDIS_CLI_API_CLIENT_H

#include "cli/cli.h"
#include "cli/json_read.h"

enum { API_CLIENT_ANSWER_MAX = 80 * 1024 * 1024 };

struct api_client;

struct api_request {
	const char *path; /* with its query */
	const char *type; /* NULL: a GET */
	const char *key;  /* Idempotency-Key, or NULL */
	struct view body;
	unsigned wait_s;     /* how long the answer may be held back */
	unsigned patience_s; /* how long to try again while aldisd is gone; only for what
	                        may be repeated */
};

struct api_answer { /* starts all-zero; release it */
	int http_status;
	struct buf body;
	struct json_doc doc; /* of a JSON answer */
	bool was_repeated;   /* aldisd was gone in between */
	size_t problem_line; /* of a problem document, or 0 */
};

/* Does not connect yet. NOT_FOUND: no desk's folder. */
MUST_USE enum status api_client_open(const struct cli *cli,
                                     struct api_client **ret_client, struct error *err);
void api_client_close(struct api_client *client);

/* CLOSED when aldisd can't be reached; else the status that the answer means. */
MUST_USE enum status api_client_call(struct api_client *client,
                                     const struct api_request *request,
                                     struct api_answer *ret_answer, struct error *err);
void api_answer_release(struct api_answer *answer);

/* Appends the text percent-encoded, for a part of a path or a query. */
void api_path_append(struct buf *path, const char *text);

#endif
