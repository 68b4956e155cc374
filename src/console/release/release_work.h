/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is worked out aside about releases of a channel: the list, one of them, a draft,
 * the file, and whether one may be asked for or answered. Sees a channel's papers and
 * paths, no desk and no request; results are what is answered, ready.
 */
#ifndef ALDIS_CONSOLE_RELEASE_RELEASE_WORK_H
#define ALDIS_CONSOLE_RELEASE_RELEASE_WORK_H

#include "console/aside.h"
#include "console/release/papers.h"
#include "office/principal.h"
#include "release/look.h"

enum { RELEASE_LIST_MAX = 50 }; /* at a time */

/* A request of the list. */
struct release_asked {
	struct record_message_id id;
	int64_t sent_s;
};

struct release_task {
	struct papers papers;
	int64_t now_s;
	struct record_message_id request; /* the release's */
	struct release_choice choice;     /* of a draft; what it names is owned */
	struct buf cover[RELEASE_LANGUAGES];
	struct buf text;    /* the manifest that is to be asked for */
	struct buf words;   /* what goes along: text or reason */
	char language[16];  /* of these; or empty */
	struct hash digest; /* as the one who answers has seen it */
	bool is_consent, may_be_one_sided;
	/* A page of the list: its requests, and the position before which it goes on. */
	struct release_asked asked[RELEASE_LIST_MAX];
	size_t asked_count;
	bool has_more;
	uint64_t next;
	/* For whoever is told. */
	uint64_t http_request;
	struct office_principal who;
	struct record_channel_id channel;
};

/* An aside_free. */
void release_task_free(void *task);

/* Each is an aside_run over a release_task. */
aside_run release_work_list, release_work_look, release_work_draft, release_work_file;
/* As release_work_look, of the task's text. */
aside_run release_work_text;
/* Result: nothing. CONFLICT: it may not. */
aside_run release_work_request, release_work_answer;

#endif
