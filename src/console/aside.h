/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that is too long for a turn, as going through a whole channel: it is done aside,
 * in the daemon by a process of its own, one piece after the other. Knows how pieces wait
 * and who is told; not what they do, nor how a process is made.
 */
#ifndef ALDIS_CONSOLE_ASIDE_H
#define ALDIS_CONSOLE_ASIDE_H

#include "bundle/export.h"
#include "office/principal.h"

struct api;

enum {
	ASIDE_WORKS_MAX = 8,             /* with the one that runs */
	ASIDE_RESULT_MAX = 56 * 1048576, /* bytes */
};

/* The work itself. It sees the desk through fetch alone (the paths of desk_read_path) and
 * its context as it was when it began; what it changes there is lost. */
typedef enum status aside_run(void *context, bundle_fetch *fetch, void *fetch_context,
                              struct buf *ret_result, struct error *err);
/* Called once, in a later turn or (without a host that can) within aside_ask. The result
 * is borrowed, and empty unless status is OK. AGAIN: it was broken off. */
typedef void aside_done(struct api *api, void *context, enum status status,
                        struct view result, const struct error *err, int64_t now_ms);
typedef void aside_free(void *context);

struct aside_work {
	aside_run *run;
	aside_done *done;
	aside_free *free;
	void *context;
	struct office_principal who; /* for whom */
};

struct aside_list {
	struct aside_work works[ASIDE_WORKS_MAX]; /* the first runs */
	size_t count;
};

/* Does something wait already for this one, a person or a token, behind what runs? At the
 * local socket nobody is told apart, and the answer is no. */
bool aside_waits_for(const struct aside_list *list, const struct office_principal *who);
/* Takes over the work's context, also on failure. AGAIN: too many wait. */
MUST_USE enum status aside_ask(struct api *api, const struct aside_work *work,
                               int64_t now_ms, struct error *err);
void aside_list_release(struct aside_list *list);

#endif
