/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of single fields for ipc_desk and ipc_signer: true when the field is there and
 * in bounds.
 */
#ifndef ALDIS_DAEMON_IPC_READ_H
#define ALDIS_DAEMON_IPC_READ_H

#include "codec/reader.h"
#include "crypto/hash.h"

/* A C string of at most max bytes, borrowed; no NUL but the last byte. */
MUST_USE bool ipc_take_string(struct reader *reader, size_t max, const char **ret_string);
/* Copied into an array of capacity cap. */
MUST_USE bool ipc_take_text(struct reader *reader, char *ret_text, size_t cap);
MUST_USE bool ipc_take_bool(struct reader *reader, bool *ret_value);
/* A u8 or u16 that is at most max. */
MUST_USE bool ipc_take_u8(struct reader *reader, uint8_t max, uint8_t *ret_value);
MUST_USE bool ipc_take_u16(struct reader *reader, uint16_t max, uint16_t *ret_value);
MUST_USE bool ipc_take_hash(struct reader *reader, struct hash *ret_hash);
/* A time in whole seconds, not negative. */
MUST_USE bool ipc_take_time(struct reader *reader, int64_t *ret_time_s);

/* OK when is_good and nothing is left; `what` names the message in the sentence. */
MUST_USE enum status ipc_take_end(const struct reader *reader, bool is_good,
                                  const char *what, struct error *err);

#endif
