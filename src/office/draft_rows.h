/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts in the store: one row for what is known of a draft, one for its text, and pieces
 * of its attachments. For drafts.c and draft_ways.c only.
 */
#ifndef ALDIS_OFFICE_DRAFT_ROWS_H
#define ALDIS_OFFICE_DRAFT_ROWS_H

#include "office/drafts.h"
#include "office/state.h"

struct draft *draft_find(struct office *office, const char *id);
MUST_USE enum status draft_put(struct office *office, const struct draft *draft,
                               struct error *err);
MUST_USE enum status draft_put_text(struct office *office, const struct draft *draft,
                                    struct view text, struct error *err);
MUST_USE enum status draft_put_file(struct office *office, const struct draft *draft,
                                    uint32_t file, struct view content,
                                    struct error *err);
MUST_USE enum status draft_remove_file(struct office *office, const struct draft *draft,
                                       const struct draft_file *file, struct error *err);
/* All rows of it. */
MUST_USE enum status draft_remove(struct office *office, struct draft *draft,
                                  struct error *err);
/* A new one at the end of the list, numbered; nothing is written yet. */
MUST_USE enum status draft_add(struct office *office, struct draft **ret_draft,
                               struct error *err);
void draft_release(struct draft *draft);
/* The idempotency key under which this version is sent, and its digest. */
void draft_key(const struct draft *draft, char ret_key[64], struct hash *ret_digest);

#endif
