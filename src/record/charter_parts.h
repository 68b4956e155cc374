/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of reading and drafting charters that have files of their own: members and
 * duties. Only for charter_decode.c and charter_draft.c.
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

/* The member "witnesses"; context is the struct record_charter. */
MUST_USE enum status record_charter_read_witnesses(const struct json_doc *doc,
                                                   const struct json_token *value,
                                                   void *context, struct error *err);

/* Does no public key stand in two places among the members' cards and the policy of
 * witnesses? */
MUST_USE enum status record_charter_check_keys(const struct record_charter *charter,
                                               struct error *err);

/* The member "duties"; context is the struct record_charter. */
MUST_USE enum status record_charter_read_duties(const struct json_doc *doc,
                                                const struct json_token *value,
                                                void *context, struct error *err);

/* Can every duty be met under the kinds that the charter allows? */
MUST_USE enum status record_charter_check_duties(const struct record_charter *charter,
                                                 struct error *err);

/* Appends the value without the white space around its tokens. */
void record_json_append_compact(const struct json_doc *doc,
                                const struct json_token *value, struct buf *out);

/* Appends the draft's `"members":[…]`. previous is the scanned text of the charter that
 * is amended, empty for a first one. *ret_count: how many there are. */
MUST_USE enum status
record_charter_append_members(const struct record_charter_draft *draft,
                              const struct json_doc *previous, struct buf *out,
                              size_t *ret_count, struct error *err);

#endif
