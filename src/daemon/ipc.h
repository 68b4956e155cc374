/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames between the processes of a desk, over a stream socket: u32 length of what
 * follows, u8 type, then the fields of that type, big-endian. What the fields are is
 * ipc_desk's and ipc_signer's business. A frame is read as a view into the input buffer
 * and written straight into the output buffer, so nothing is copied or allocated per
 * frame. Each end takes the other for hostile: lengths are bounded before memory is
 * reserved.
 */
#ifndef ALDIS_DAEMON_IPC_H
#define ALDIS_DAEMON_IPC_H

#include "base/buf.h"

/* A body accepted on the link (20 MiB) or read from a store fits, with its fields. */
enum { IPC_FRAME_MAX = 64 << 20, IPC_ENOUGH_MAX = 16 << 20 };

enum ipc_type {
	/* front to desk */
	IPC_REQUEST = 1,
	IPC_ANSWER,
	/* desk to front */
	IPC_REPLY,
	IPC_CALL,
	IPC_PEERS,
	IPC_EVENT,
	/* desk to signer, and what it says */
	IPC_SIGN,
	IPC_SIGNED,
	IPC_GUARD,
	IPC_GUARDED,
	IPC_ACCEPT_CLOCK, /* no answer */
	IPC_OPEN_BOX,
	IPC_BOX_OPENED,
	/* front to desk */
	IPC_FIGURES,
	/* work aside to desk, and back */
	IPC_FETCH,
	IPC_FETCHED,
	IPC_RESULT_PART,
	IPC_RESULT,
};

struct ipc_frame {
	uint8_t type; /* as received: perhaps no enum ipc_type */
	struct view fields;
};

struct ipc {
	int fd; /* -1: closed */
	struct buf in, out;
	size_t taken; /* bytes of `in` whose frames were handed out */
	size_t sent;  /* bytes of `out` that are gone */
};

/* Takes over a blocking stream socket. */
void ipc_init(struct ipc *ipc, int fd);
/* Closes the socket and frees; safe on an all-zero struct with fd -1, and twice. */
void ipc_release(struct ipc *ipc);

/* ---- in */

/* Reads what has come, without waiting, until `enough` bytes (at most IPC_ENOUGH_MAX) and
 * a whole frame are held, or nothing more is there. Frames handed out before are gone.
 * CLOSED: the other end is, and with it nobody waits for what it said last. */
MUST_USE enum status ipc_read(struct ipc *ipc, size_t enough, struct error *err);
/* Is there a frame to hand out (or one to refuse)? And how many bytes are held that were
 * not handed out? */
bool ipc_has_frame(const struct ipc *ipc);
size_t ipc_held(const struct ipc *ipc);
/* Hands out the next whole frame, borrowed until the next read. AGAIN: none is complete;
 * MALFORMED: its length is out of bounds. */
MUST_USE enum status ipc_next(struct ipc *ipc, struct ipc_frame *ret_frame,
                              struct error *err);
/* Waits for a frame. CLOSED, MALFORMED, SYSTEM. */
MUST_USE enum status ipc_wait(struct ipc *ipc, struct ipc_frame *ret_frame,
                              struct error *err);

/* ---- out */

/* Begins a frame at the end of ipc->out; the caller appends its fields there and ends it
 * with what begin returned. Until then nothing may be written. */
size_t ipc_begin(struct ipc *ipc, enum ipc_type type);
void ipc_end(struct ipc *ipc, size_t begun);
/* Moves whole frames that wait at one to the end of another, until that one has `enough`
 * bytes queued or nothing is left. So what is urgent need not stand behind a long queue.
 */
void ipc_pass_on(struct ipc *from, struct ipc *to, size_t enough);
/* Bytes that wait to be written. */
size_t ipc_queued(const struct ipc *ipc);
/* Writes what can be written without waiting; the rest stays queued. LIMIT or NO_MEMORY
 * when a frame did not fit: the process must end. */
MUST_USE enum status ipc_write(struct ipc *ipc, struct error *err);
/* Writes all, waiting where needed. */
MUST_USE enum status ipc_flush(struct ipc *ipc, struct error *err);

/* For a process that dies of what another one sent: that is an accident, and no damage
 * that a person must repair. MALFORMED becomes SYSTEM. */
enum status ipc_accident(enum status status);

/* Gives memory back where buffers are empty; for a process that goes idle. */
void ipc_trim(struct ipc *ipc);

/* ---- fields that codec/reader.h has no name for */

/* A C string: u16 length with the NUL, bytes, NUL. */
void ipc_append_string(struct buf *out, const char *string);
/* u32 length, bytes. */
void ipc_append_bytes(struct buf *out, struct view bytes);

#endif
