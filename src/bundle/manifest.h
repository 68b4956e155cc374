/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of an export: who made it, of which channel, when, each log's size and
 * root, and the hash of the list of all other files. A signed note whose only signature
 * is the exporter's link key, "<desk>/link". It stays small however large the export is.
 * Source: spec/record.md, Export.
 *
 * Text: "aldis.manifest/1\n" and one line
 *   {"aldis":1,"exporter":"north.example","channel":"64 hex","date":"…Z",
 *    "files":{"sha256":"64 hex","count":31},
 *    "logs":[{"origin":"north.example/64 hex","size":12,"root":"base64","base":7*}]}
 */
#ifndef ALDIS_BUNDLE_MANIFEST_H
#define ALDIS_BUNDLE_MANIFEST_H

#include "record/name.h"
#include "record/root_note.h"

#define BUNDLE_TYPE_MANIFEST "aldis.manifest/1"

enum { BUNDLE_LOGS_MAX = 1000 };

struct bundle_manifest_log {
	struct record_origin origin;
	char origin_text[RECORD_ORIGIN_MAX + 1];
	uint64_t size;
	struct hash root;
	uint64_t base;   /* entries below are given as hashes only; 0: all are there */
	uint64_t offset; /* index in the id of its first entry; not in the manifest */
};

struct bundle_manifest {
	struct record_name exporter;
	struct record_channel_id channel;
	int64_t date_s;
	struct hash list_hash;            /* SHA-256 of the file "files" */
	uint64_t list_count;              /* its lines */
	struct bundle_manifest_log *logs; /* owned when decoded */
	size_t log_count;
};

/* Appends the whole note, signed. origin_text of each log is not used. */
MUST_USE enum status bundle_manifest_append(const struct bundle_manifest *manifest,
                                            const struct ed25519_secret *link_secret,
                                            struct buf *out, struct error *err);

/* Reads a manifest note, without verifying its signature. ret_manifest must be all-zero;
 * release it after success or failure. MALFORMED also for a log twice, a log of another
 * channel, or not exactly one signature line in the name of the exporter's link key. */
MUST_USE enum status bundle_manifest_decode(struct view note,
                                            struct bundle_manifest *ret_manifest,
                                            struct error *err);
void bundle_manifest_release(struct bundle_manifest *manifest);

/* Verifies the signature of a decoded note. UNTRUSTED when it is not this key's. */
MUST_USE enum status bundle_manifest_verify(const struct bundle_manifest *manifest,
                                            struct view note,
                                            const struct ed25519_public *link_key,
                                            struct error *err);

#endif
