/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a record statement that could be sent now.
 */
#ifndef ALDIS_CONSOLE_READING_STATEMENT_H
#define ALDIS_CONSOLE_READING_STATEMENT_H

#include "desk/desk.h"

/* Appends the JSON object; times NULL: from the first entry, to the newest. CONFLICT when
 * the channel is not open or a log was ended, NOT_FOUND when nothing of that time is
 * signed. */
MUST_USE enum status statement_append(struct desk *desk, size_t channel,
                                      const int64_t *from_s, const int64_t *to_s,
                                      struct buf *out, struct error *err);

#endif
