/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A letter: what a person writes, to whom and about what. Its number stands in its text,
 * so that it is found again on any desk. In a short world people write texts, incidents
 * and acknowledgements; in a long one they also ask, answer, put off and take back.
 */
#ifndef ALDIS_SIM_LETTER_H
#define ALDIS_SIM_LETTER_H

#include "sim/host.h"

enum letter_state {
	LETTER_OPEN,     /* written, the desk has not said yes */
	LETTER_ACCEPTED, /* it has */
	LETTER_EXCUSED,  /* a backup took it away before anybody had it */
};

struct letter {
	uint64_t number; /* names it in its text */
	enum letter_state state;
	bool was_tried;  /* in this turn */
	bool may_repeat; /* a backup took the note of its key away */
	uint64_t index;  /* DESK_QUEUED_INDEX: not known */
	int64_t accepted_ms;
	size_t attachment_count;
	const char *kind;
};

const char *letter_choose_kind(const struct sim *sim, struct chance *chance);
/* Something held by this desk that the letter can be about; a letter that needs it and
 * finds nothing becomes a text. */
bool letter_choose_re(struct host *host, struct letter *letter,
                      struct record_message_id *ret_id);
/* To whom; 0: to all. */
size_t letter_choose_to(struct host *host,
                        struct record_name ret_to[static SIM_DESKS_MAX]);
void letter_fill(struct host *host, const struct letter *letter, struct buf *out);

#endif
