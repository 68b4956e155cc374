/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON bodies of requests: what all have in common, and the small ones of trust and
 * backup. Knows no desk.
 */
#ifndef ALDIS_CONSOLE_REQUEST_BODY_H
#define ALDIS_CONSOLE_REQUEST_BODY_H

#include "codec/json.h"

enum { REQUEST_PATH_MAX = 4095 };

/* Scans a body that has to be one JSON object. */
MUST_USE enum status request_body_scan(struct view body, size_t tokens_max,
                                       struct json_doc *doc, struct error *err);

struct request_trust {
	struct buf card; /* the note; owned */
	bool is_compared;
};

/* {"card":"<note>","compared":true}: card is required. ret_trust starts all-zero; release
 * its card. doc is scratch. */
MUST_USE enum status request_trust_parse(struct view body, struct json_doc *doc,
                                         struct request_trust *ret_trust,
                                         struct error *err);

/* {"path":"/…"}: an absolute path. */
MUST_USE enum status request_backup_parse(struct view body, struct json_doc *doc,
                                          char ret_path[REQUEST_PATH_MAX + 1],
                                          struct error *err);

#endif
