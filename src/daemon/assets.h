/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console's files, compiled in by tools/gen_assets.py: what lies under web/ as Vite
 * made it, or one page that says that it was not built.
 */
#ifndef ALDIS_DAEMON_ASSETS_H
#define ALDIS_DAEMON_ASSETS_H

#include "base/view.h"

struct asset {
	const char *path;  /* "/index.html", "/assets/main-5fd0a1.js" */
	const char *type;  /* Content-Type */
	const char *etag;  /* with its quotation marks */
	bool is_immutable; /* the name changes with the content */
	size_t len;        /* before gzip */
	struct view gzip;
};

/* Ascending by path; made by the generator. */
extern const struct asset assets_built[];
extern const size_t assets_built_count;

/* By its whole path without query; NULL: there is none. */
const struct asset *assets_find(struct view path);

#endif
