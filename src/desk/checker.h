/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A checker from inside, shared by the files check*.c and nobody else. It goes through
 * its logs one by one, each in three stages: entries (with their bodies, tiles and signed
 * checkpoints), attachments, cosignatures. What a slice has read leaves no pointer into
 * the desk behind; logs are named by number, and only what was held at the start of a log
 * is looked at.
 */
#ifndef ALDIS_DESK_CHECKER_H
#define ALDIS_DESK_CHECKER_H

#include "desk/state.h"

enum {
	CHECK_SLICE_COST = 512 * 1024, /* of one step: bytes hashed, or as slow */
	CHECK_SIGNATURE_COST = 64 * 1024,
	CHECK_LEVELS = 4, /* of tiles above level 0 that are compared */
};

enum check_stage { CHECK_ENTRIES, CHECK_ATTACHMENTS, CHECK_COSIGNATURES };

/* Hashes of a tile in progress. */
struct check_tile {
	struct hash hashes[TLOG_TILE_WIDTH];
	unsigned count;
};

struct desk_checker {
	struct desk *desk;
	uint32_t *logs; /* owned: numbers */
	size_t log_count, at;
	bool has_begun; /* the log at hand */
	enum check_stage stage;
	size_t cost_left; /* of this slice */

	/* Of the log at hand. */
	uint64_t end;             /* entries */
	uint64_t read;            /* entries whose leaves were made */
	struct check_tile leaves; /* from the start of the tile that `read` is in */
	unsigned appended;        /* of these leaves */
	bool is_judged;           /* the leaves were held against the tile */
	struct tlog_tree tree;
	struct check_tile nodes[CHECK_LEVELS]; /* of levels 8, 16, … */
	bool has_looked, has_next, has_wrong_root;
	struct tlog_checkpoint next; /* the next kept checkpoint at or behind the tree */
	uint64_t attachment_len;
	struct buf row; /* key to go on from in the stages of rows; empty: the first */

	struct desk_check_result result;
	uint64_t done, total; /* entries */
	struct error *findings;
	size_t finding_count, finding_cap;
	bool has_more_findings;
};

/* Notes a sentence; beyond the most, only that there are more. */
void check_found(struct desk_checker *checker, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void check_spend(struct desk_checker *checker, size_t cost);
/* "north.example": whose the log is. */
const char *check_log_name(const struct log *log);

/* Each: true when the stage is through with this log. */
bool check_entries(struct desk_checker *checker, struct log *log);
bool check_attachments(struct desk_checker *checker, struct log *log);
bool check_cosignatures(struct desk_checker *checker, struct log *log);

#endif
