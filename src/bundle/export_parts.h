/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writing of an export in progress, shared by its parts: files and papers (export.c)
 * and one log after the other (export_log.c). For this folder only.
 */
#ifndef ALDIS_BUNDLE_EXPORT_PARTS_H
#define ALDIS_BUNDLE_EXPORT_PARTS_H

#include "bundle/channel.h"
#include "bundle/export.h"
#include "bundle/layout.h"

struct exporter {
	const struct bundle_export_source *source;
	const char *out_folder;
	int folder;
	int list_fd;
	struct sha256_stream list_hash;
	bool is_hashing;
	struct bundle_channel channel;
	struct bundle_manifest manifest;
	struct bundle_log *logs; /* as many as the manifest has */
	struct buf line;         /* of the list */
	struct buf body;         /* what was fetched last */
	struct json_doc doc;
	struct record_envelope envelope;
	struct buf attachments; /* struct record_blob_ref, of the bundle at hand */
	struct buf packed;      /* bodies of a bundle that were fetched one by one */
	struct buf amendment;   /* body of a `charter.amend` */
	struct body_ref {
		bool is_there;
		struct hash id;
	} bodies[TLOG_TILE_WIDTH]; /* of the bundle at hand */
};

/* Writes one file of the export and its line of the list. */
MUST_USE enum status export_keep(struct exporter *exporter, const char *folder,
                                 const char *name, struct view bytes, struct error *err);

/* Writes the log, and adds it to the manifest; nothing when it has no checkpoint yet. */
MUST_USE enum status export_write_log(struct exporter *exporter,
                                      const struct bundle_export_log *log,
                                      struct error *err);

#endif
