/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A desk's folder on disk: where what lies, and desk.conf. Knows no rules. Layout:
 *   desk.conf              name and settings (INI)
 *   card.note              the own card, signed
 *   keys/{log,mirror,box,link,link-next}.key, keys/witness.key when made
 *   next/                  keys made to follow, until they are used
 *   keys/old-<serial>/     those that were used before
 *   root/root.key          the root key, unless it was carried away
 *   store.db               the store (with its -wal)        guard     the signer's guard
 *   evidence/<hash>        what was committed to and is not opened yet: salted blobs
 *   aldisd.sock            local API                         lock      held by a running
 * aldisd witness.logs           vkeys of logs witnessed for others, one a line; may be
 * missing
 */
#ifndef ALDIS_FOLDER_FOLDER_H
#define ALDIS_FOLDER_FOLDER_H

#include "base/buf.h"

enum { FOLDER_PATH_MAX = 4096, FOLDER_URLS_MAX = 8, FOLDER_LANGUAGES_MAX = 16 };

struct folder_config {
	char name[101];
	char listen[300];         /* "127.0.0.1:8600"; empty: no inbound link */
	char witness_listen[300]; /* plain HTTP for the witness role; empty: none */
	char console_listen[300]; /* plain HTTP for the console: loopback or the path of a
	                             socket; empty: none */
	char console_url[301];    /* by which a reverse proxy shows it; or empty */
	char urls[FOLDER_URLS_MAX][301];
	size_t url_count;
	char languages[FOLDER_LANGUAGES_MAX][16];
	size_t language_count;
	char proxy[301];      /* for all peers; empty: none */
	int64_t poll_s;       /* 60 */
	int64_t jump_limit_s; /* clock jump at which the signer stops: 300 */
};

struct folder {
	char path[FOLDER_PATH_MAX - 64];
	struct folder_config config;
};

/* Reads DIR/desk.conf. NOT_FOUND: not a desk's folder ("run aldis init"); MALFORMED names
 * the line. */
MUST_USE enum status folder_open(const char *path, struct folder *ret_folder,
                                 struct error *err);

/* Makes a new folder (mode 0700) with keys/, root/ and desk.conf. CONFLICT when one is
 * there. */
MUST_USE enum status folder_make(const char *path, const struct folder_config *config,
                                 struct folder *ret_folder, struct error *err);

/* "<folder>/<name>" into ret_path; LIMIT when too long. */
MUST_USE enum status folder_path(const struct folder *folder, const char *name,
                                 char ret_path[FOLDER_PATH_MAX], struct error *err);

/* Takes the folder's lock for this process; CONFLICT when another aldisd runs on it. */
MUST_USE enum status folder_lock(const struct folder *folder, int *ret_fd,
                                 struct error *err);

#endif
