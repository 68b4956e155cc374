/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing an export: every log of a channel as static tlog-tiles with bodies,
 * attachments, policy, charter and cards, and a manifest over all of it. It reads a desk
 * through the paths that the desk serves to its peers, and judges nothing:
 * `bundle_verify` does. Source: spec/record.md, Export.
 */
#ifndef ALDIS_BUNDLE_EXPORT_H
#define ALDIS_BUNDLE_EXPORT_H

#include "base/buf.h"
#include "crypto/ed25519.h"

/* Appends what the desk serves under the path, as "/mirror/<origin hash>/tile/0/000".
 * NOT_FOUND when it has no such thing. */
typedef enum status bundle_fetch(void *context, const char *path, struct buf *ret_body,
                                 struct error *err);

struct bundle_export_log {
	const char *origin;
	bool is_own;   /* read below /log/, else below /mirror/ */
	uint64_t base; /* entries below are held as leaf hashes only, and served so */
};

struct bundle_export_source {
	const char *exporter;                     /* desk name */
	const struct ed25519_secret *link_secret; /* its link key: signs the manifest */
	int64_t date_s;
	const struct view *charter_notes; /* in force, one after the other */
	size_t charter_count;
	const struct view *log_end_notes; /* in force, those of a desk in their order */
	size_t log_end_count;
	/* In any order, the exporter's among them; those in the charters need not be
	 * there, and strangers' are left out. */
	const struct view *card_notes;
	size_t card_count;
	/* In the order of the export, a desk's in their order. One without a checkpoint
	 * is left out. */
	const struct bundle_export_log *logs;
	size_t log_count;
	bundle_fetch *fetch;
	void *fetch_context;
};

/*
 * Writes the export into out_folder, which is made when missing; CONFLICT when it is not
 * empty, AGAIN when the charter was amended meanwhile. When it returns, all of it is
 * durable. The manifest comes last, so an export that was cut short has none. On failure
 * what was written so far stays there.
 */
MUST_USE enum status bundle_export(const struct bundle_export_source *source,
                                   const char *out_folder, struct error *err);

#endif
