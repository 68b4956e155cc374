/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoints of TAXII 2.1 over collections that never change: a request in, an answer
 * out. Reading alone; nothing of a request is kept. Knows neither sockets nor releases.
 * Source: TAXII 2.1, 3 to 5; spec/formats.md, TAXII 2.1.
 */
#ifndef ALDIS_TAXII_ANSWER_H
#define ALDIS_TAXII_ANSWER_H

#include "taxii/accept.h"
#include "taxii/collection.h"

enum {
	TAXII_PAGE_BYTES = 2 * 1024 * 1024, /* of objects in one answer, but always one */
	TAXII_CONTENT_MAX = 64 * 1024,      /* of a request */
};

/* All borrowed. */
struct taxii_shelf {
	const struct taxii_collection *collections;
	size_t count;
};

enum taxii_method { TAXII_GET, TAXII_POST, TAXII_DELETE, TAXII_OTHER };

struct taxii_request {
	enum taxii_method method;
	struct view path;   /* with its query */
	const char *accept; /* or NULL */
};

/* Starts all-zero; release the body. */
struct taxii_reply {
	int status; /* HTTP */
	struct buf body;
	bool has_times; /* of X-TAXII-Date-Added-First and -Last */
	char first[TAXII_TIME_LEN + 1], last[TAXII_TIME_LEN + 1];
	bool is_read_only; /* 405: GET and HEAD alone are allowed */
};

/* OK: the answer, whatever its HTTP status. LIMIT, NO_MEMORY: none. */
MUST_USE enum status taxii_answer(const struct taxii_shelf *shelf,
                                  const struct taxii_request *request,
                                  struct taxii_reply *ret_reply, struct error *err);

/* Appends an error message of TAXII. */
void taxii_error_write(int status, const char *description, struct buf *ret_body);

#endif
