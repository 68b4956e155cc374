/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard: for each (kind, origin) the last size, root and time that were signed, in
 * fixed-size records of two slots with a checksum, overwritten in place. Written before a
 * signature is let out, synced within a second, never part of a backup. A torn slot is
 * ignored; the other one holds. Source: aldis.md 7.1.
 */
#ifndef ALDIS_SIGNER_GUARD_H
#define ALDIS_SIGNER_GUARD_H

#include "desk/ports.h"

/* The file under the guard; the simulator has its own. write extends the file with zeros
 * when offset is behind its end. */
struct guard_file_ops {
	enum status (*read)(void *file, uint64_t offset, void *ret_bytes, size_t len,
	                    size_t *ret_len, struct error *err);
	enum status (*write)(void *file, uint64_t offset, const void *bytes, size_t len,
	                     struct error *err);
	enum status (*sync)(void *file, struct error *err);
	void (*close)(void *file);
};

struct guard_file {
	const struct guard_file_ops *ops;
	void *self;
};

/* A guard file on disk, made when missing (mode 0600). */
MUST_USE enum status guard_file_open(const char *path, struct guard_file *ret_file,
                                     struct error *err);
/* One that lives as long as its process: for a signer whose file can't be used. */
MUST_USE enum status guard_file_in_memory(struct guard_file *ret_file, struct error *err);

struct guard;
/* Reads all records. MALFORMED when the file is no guard or both slots of a record are
 * damaged (the desk then asks its members as if the guard were lost). Takes the file
 * over, also on failure. */
MUST_USE enum status guard_open(struct guard_file file, struct guard **ret_guard,
                                struct error *err);
void guard_close(struct guard *guard);

void guard_get(const struct guard *guard, enum signer_kind kind, const char *origin,
               struct signer_guard *ret_state);
/* Writes the record (not yet synced). */
MUST_USE enum status guard_put(struct guard *guard, enum signer_kind kind,
                               const char *origin, const struct signer_guard *state,
                               struct error *err);
/* Is anything written and not synced? Then guard_sync within a second. */
bool guard_is_dirty(const struct guard *guard);
MUST_USE enum status guard_sync(struct guard *guard, struct error *err);

#endif
