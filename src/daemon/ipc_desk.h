/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What front and desk say to each other: one encode and one decode per message. Decoded
 * views and strings point into the frame. Source of the fields: desk/ports.h.
 */
#ifndef ALDIS_DAEMON_IPC_DESK_H
#define ALDIS_DAEMON_IPC_DESK_H

#include "console/metrics/figures.h"
#include "daemon/ipc.h"
#include "desk/ports.h"
#include "link/peers.h"

/* Bytes. What comes from outside is held to these before it is encoded: the other end
 * takes more for malice. */
enum {
	IPC_PATH_MAX = 8192,
	IPC_MEDIA_TYPE_MAX = 255,
	IPC_KEY_MAX = 4096,
	IPC_BODY_MAX = 60 << 20,
	IPC_PEERS_MAX = 4096, /* in number */
};

/* Each encode appends one frame to ipc->out. Each decode takes the fields of a frame of
 * its type; MALFORMED for anything that the encode can't have made. */

void ipc_request_encode(struct ipc *ipc, const struct desk_request *request);
MUST_USE enum status ipc_request_decode(struct view fields,
                                        struct desk_request *ret_request,
                                        struct error *err);

void ipc_answer_encode(struct ipc *ipc, const struct desk_answer *answer);
MUST_USE enum status ipc_answer_decode(struct view fields, struct desk_answer *ret_answer,
                                       struct error *err);

/* Goes right before a request for metrics. */
void ipc_figures_encode(struct ipc *ipc, const struct figures_front *figures);
MUST_USE enum status ipc_figures_decode(struct view fields,
                                        struct figures_front *ret_figures,
                                        struct error *err);

void ipc_reply_encode(struct ipc *ipc, const struct desk_reply *reply);
MUST_USE enum status ipc_reply_decode(struct view fields, struct desk_reply *ret_reply,
                                      struct error *err);

void ipc_call_encode(struct ipc *ipc, const struct desk_call *call);
/* Of a mail, ret_call->mail points to ret_mail. */
MUST_USE enum status ipc_call_decode(struct view fields, struct desk_call *ret_call,
                                     struct desk_mail *ret_mail, struct error *err);

/* The peers' names, keys and URLs; proxy and number are not sent. The caller frees
 * *ret_peers. */
void ipc_peers_encode(struct ipc *ipc, const struct link_peer *peers, size_t count);
MUST_USE enum status ipc_peers_decode(struct view fields, struct link_peer **ret_peers,
                                      size_t *ret_count, struct error *err);

void ipc_event_encode(struct ipc *ipc, struct view json);
MUST_USE enum status ipc_event_decode(struct view fields, struct view *ret_json,
                                      struct error *err);

#endif
