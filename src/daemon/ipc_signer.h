/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What desk and signer say to each other, the desk's end as the operations of
 * desk/ports.h, and the signer's end as one function that serves a frame. A call is one
 * write and one read at each end; more than IPC_SIGN_MAX items go in several.
 */
#ifndef ALDIS_DAEMON_IPC_SIGNER_H
#define ALDIS_DAEMON_IPC_SIGNER_H

#include "daemon/ipc.h"
#include "desk/ports.h"

enum { IPC_SIGN_MAX = 1024 };

/* The desk's end: self is a struct ipc. */
extern const struct signer_ops ipc_signer_ops;
/* Passes on the operator's word that the clock is right. */
MUST_USE enum status ipc_signer_accept_clock(struct ipc *ipc, struct error *err);

/* The signer's end. Items are decoded into a block that is kept from frame to frame. */
struct ipc_signer_server {
	struct ipc *ipc;
	struct signer signer;
	void (*accept_clock)(void *self);
	void *self;
	struct signer_item *items;
	size_t cap;
};

/* Serves one frame and queues its answer, if it has one. MALFORMED for what is none of
 * the signer's; a failure of the signer itself ends the process. */
MUST_USE enum status ipc_signer_serve(struct ipc_signer_server *server,
                                      const struct ipc_frame *frame, struct error *err);
void ipc_signer_server_release(struct ipc_signer_server *server);

/* ---- the messages */

void ipc_sign_encode(struct ipc *ipc, const struct signer_item *items, size_t count);
/* Into a block of IPC_SIGN_MAX items at most, grown in *items as needed. */
MUST_USE enum status ipc_sign_decode(struct view fields, struct signer_item **items,
                                     size_t *cap, size_t *ret_count, struct error *err);

void ipc_signed_encode(struct ipc *ipc, const struct signer_item *items, size_t count);
/* Fills in status, time and signature of exactly count items. */
MUST_USE enum status ipc_signed_decode(struct view fields, struct signer_item *items,
                                       size_t count, struct error *err);

struct ipc_guard_question {
	enum signer_kind kind;
	const char *origin;
};
void ipc_guard_encode(struct ipc *ipc, const struct ipc_guard_question *question);
MUST_USE enum status ipc_guard_decode(struct view fields,
                                      struct ipc_guard_question *ret_question,
                                      struct error *err);

void ipc_guarded_encode(struct ipc *ipc, const struct signer_guard *guard);
MUST_USE enum status
ipc_guarded_decode(struct view fields, struct signer_guard *ret_guard, struct error *err);

void ipc_open_box_encode(struct ipc *ipc, const struct box_sealed_key *sealed);
MUST_USE enum status ipc_open_box_decode(struct view fields,
                                         struct box_sealed_key *ret_sealed,
                                         struct error *err);

/* The key, or why there is none: UNTRUSTED or NOT_FOUND with its sentence. */
void ipc_box_opened_encode(struct ipc *ipc, enum status status, const struct box_key *key,
                           const struct error *why);
/* MALFORMED for a frame that can't be one; else OK and in ret_status what it says. */
MUST_USE enum status ipc_box_opened_decode(struct view fields, enum status *ret_status,
                                           struct box_key *ret_key, struct error *ret_why,
                                           struct error *err);

#endif
