/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handing over the watch: one officer offers, the other one accepts, and both have signed
 * off on what was open at that moment. The picture of it is made by the desk and kept as
 * it was. Knows nothing of what the picture shows.
 */
#ifndef ALDIS_OFFICE_HANDOVERS_H
#define ALDIS_OFFICE_HANDOVERS_H

#include "office/office.h"

enum {
	HANDOVER_NOTES_MAX = 64 * 1024,
	HANDOVER_NOTE_MAX = 4000,
	HANDOVER_SNAPSHOT_MAX = 1000 * 1000,
	HANDOVER_ID_MAX = 24,
};

enum handover_state { HANDOVER_OFFERED, HANDOVER_ACCEPTED, HANDOVER_WITHDRAWN };
/* "offered", … */
const char *handover_state_word(enum handover_state state);

struct handover {
	uint64_t number;
	char id[HANDOVER_ID_MAX + 1]; /* "h3" */
	char by[OFFICE_NAME_MAX + 1], to[OFFICE_NAME_MAX + 1];
	int64_t time_s, ended_s; /* ended 0: still offered */
	enum handover_state state;
};

/* All that there were, the oldest first; borrowed until the next change. */
size_t handovers_count(const struct office *office);
const struct handover *handovers_nth(const struct office *office, size_t nth);
/* NULL. */
const struct handover *handovers_find(const struct office *office, const char *id);
/* Its texts: "notes" of the giver, "note" of who accepted, "snapshot", which is JSON.
 * What the buffer held is replaced; empty where there is none. */
MUST_USE enum status handover_text(struct office *office, const struct handover *handover,
                                   const char *what, struct buf *ret_text,
                                   struct error *err);

/* Each is audited and announced. MALFORMED: nobody on the watch has this name; CONFLICT:
 * to oneself, or another offer of the same giver is open. */
MUST_USE enum status handover_offer(struct office *office,
                                    const struct office_principal *who, const char *to,
                                    struct view notes, struct view snapshot,
                                    const struct handover **ret_handover,
                                    struct error *err);
/* UNTRUSTED: not the one to whom it is offered, logged in at the console. */
MUST_USE enum status handover_accept(struct office *office,
                                     const struct office_principal *who, const char *id,
                                     struct view note, struct error *err);
/* UNTRUSTED: not who offered it. */
MUST_USE enum status handover_withdraw(struct office *office,
                                       const struct office_principal *who, const char *id,
                                       struct error *err);

#endif
