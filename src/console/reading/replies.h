/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was answered to a message: acknowledgements with what was understood,
 * translations, measures, responses, openings of evidence; and whether a recipient has
 * answered at all.
 */
#ifndef ALDIS_CONSOLE_READING_REPLIES_H
#define ALDIS_CONSOLE_READING_REPLIES_H

#include "codec/json_writer.h"
#include "console/reading/register.h"

/* "replies": everything that people wrote to this message, by author and index, with its
 * body while there is room; and "evidence" where a commitment or its opening is shown. */
MUST_USE enum status replies_write(struct json_writer *writer, struct desk *desk,
                                   size_t channel, struct record_proposals *proposals,
                                   const struct record_message_id *id, struct error *err);

/* How far a member's people have replied to a message. */
enum replies_stage {
	REPLIES_NONE,     /* not, but perhaps by an acknowledgement or a translation */
	REPLIES_HELD,     /* they will answer later: they have read it */
	REPLIES_ANSWERED, /* by anything else */
	REPLIES_REFUSED,  /* their last answer declines or refuses */
};
/* is_puzzled: their last acknowledgement says that they have not understood. Then only
 * what came behind it counts, and only what is made to answer such a message. */
MUST_USE enum status replies_stage_of(struct desk *desk, size_t channel,
                                      struct record_proposals *proposals,
                                      const struct record_message_id *id,
                                      const char *member, bool is_puzzled,
                                      enum replies_stage *ret_stage, struct error *err);

#endif
