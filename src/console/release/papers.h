/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The papers of a channel, copied out of the desk: charters in force, ends of logs,
 * cards, and which logs are held from where on. What is needed to read a channel through
 * its paths.
 */
#ifndef ALDIS_CONSOLE_RELEASE_PAPERS_H
#define ALDIS_CONSOLE_RELEASE_PAPERS_H

#include "bundle/export.h"
#include "desk/desk.h"

/* Starts all-zero; release it. Must not be moved once it is filled. */
struct papers {
	struct bundle_export_source source; /* without link_secret and fetch */
	struct record_name exporter;
	struct buf bytes;   /* of the notes, one behind the other */
	struct view *notes; /* owned: charters, ends of logs, cards */
	size_t note_count, note_cap;
	char origins[RECORD_MEMBERS_MAX][RECORD_ORIGIN_MAX + 1];
	struct bundle_export_log logs[RECORD_MEMBERS_MAX];
};

MUST_USE enum status papers_collect(const struct desk *desk, size_t channel,
                                    int64_t now_s, struct papers *ret_papers,
                                    struct error *err);
void papers_release(struct papers *papers);

#endif
