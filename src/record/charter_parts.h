/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of charter decoding that have files of their own: members and duties. Only
 * for charter_decode.c.
 */
#ifndef ALDIS_RECORD_CHARTER_PARTS_H
#define ALDIS_RECORD_CHARTER_PARTS_H

#include "record/charter.h"

/* A known kind's name. */
MUST_USE enum status record_charter_read_kind(const struct json_doc *doc,
                                              const struct json_token *value,
                                              char ret_kind[RECORD_KIND_LEN_MAX + 1],
                                              struct error *err);

/* The member "members"; context is the struct record_charter, which has none yet. */
MUST_USE enum status record_charter_read_members(const struct json_doc *doc,
                                                 const struct json_token *value,
                                                 void *context, struct error *err);

/* Is the policy of witnesses one, and does no public key stand in two places among the
 * members' cards and it? */
MUST_USE enum status record_charter_check_keys(const struct record_charter *charter,
                                               struct error *err);

/* The member "duties"; context is the struct record_charter. */
MUST_USE enum status record_charter_read_duties(const struct json_doc *doc,
                                                const struct json_token *value,
                                                void *context, struct error *err);

/* Can every duty be met under the kinds that the charter allows? */
MUST_USE enum status record_charter_check_duties(const struct record_charter *charter,
                                                 struct error *err);

#endif
