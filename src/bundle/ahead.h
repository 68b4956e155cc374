/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the files of an export ahead, in the order of its list, and hashes them, in a
 * thread of its own; so one core hashes while the other judges. A few files at most are
 * held, and only small ones: what is larger is left for the reader to take in pieces.
 * Nothing is judged here but the list's own form: what went wrong with a file is told
 * when its turn comes. Without a thread to be had, the same is done on demand.
 */
#ifndef ALDIS_BUNDLE_AHEAD_H
#define ALDIS_BUNDLE_AHEAD_H

#include <pthread.h>

#include "bundle/list.h"

enum { BUNDLE_AHEAD_SLOTS = 8, BUNDLE_AHEAD_LEN_MAX = 1 << 20 };

/* One line of the list and the file it names. */
struct bundle_item {
	enum status list_status; /* of the line; CLOSED at the end of the list */
	struct error list_error;
	struct bundle_path path;
	struct hash listed;

	bool is_read;            /* false: too large, not read here */
	enum status read_status; /* of the file; its hash is the listed one when OK */
	struct error read_error;
	struct buf content; /* may be swapped for another of this maximum by its reader */
};

/* Start all-zero. */
struct bundle_ahead {
	struct bundle_list *list; /* borrowed, and not to be touched before the stop */
	struct bundle_item items[BUNDLE_AHEAD_SLOTS];
	size_t first, count; /* of the items that are ready */
	bool is_taken;       /* the first is with the reader */
	bool is_started, has_thread, is_stopping, is_done;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t may_read, may_take;
};

/* Starts at the first line of an opened list. */
void bundle_ahead_start(struct bundle_ahead *ahead, struct bundle_list *list);

/* Is this the path of the next line? */
bool bundle_ahead_is_next(struct bundle_ahead *ahead, const char *path);

/* Takes the next item, which must be of this path; borrowed until the next call here.
 * MALFORMED when the list goes on otherwise, or a line is none. */
MUST_USE enum status bundle_ahead_take(struct bundle_ahead *ahead, const char *path,
                                       struct bundle_item **ret_item, struct error *err);

/* MALFORMED when the list has more lines. */
MUST_USE enum status bundle_ahead_end(struct bundle_ahead *ahead, struct error *err);

/* Ends the thread and frees; safe in every state. */
void bundle_ahead_stop(struct bundle_ahead *ahead);

#endif
