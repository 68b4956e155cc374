/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input buffer holds [taken frames][frames to come]; taken ones are dropped at the
 * next read, so their views live that long. Waiting or not is chosen per call, so that
 * the signer's round trip is one send and one receive at each end.
 */
#include "daemon/ipc.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	HEADER_LEN = 4,
	CHUNK_LEN = 256 * 1024, /* least room for a read */
	IN_MAX = HEADER_LEN + IPC_FRAME_MAX + CHUNK_LEN + IPC_ENOUGH_MAX,
	OUT_MAX = 1 << 30,
	KEPT_LEN = 512 * 1024, /* memory that an idle buffer may keep */
};

void ipc_init(struct ipc *ipc, int fd)
{
	*ipc = (struct ipc){.fd = fd, .in = BUF_INIT(IN_MAX), .out = BUF_INIT(OUT_MAX)};
}

void ipc_release(struct ipc *ipc)
{
	if (ipc->fd >= 0)
		(void)close(ipc->fd);
	ipc->fd = -1;
	buf_release(&ipc->in);
	buf_release(&ipc->out);
	ipc->taken = 0;
	ipc->sent = 0;
}

/* ---- in */

static uint32_t length_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Bytes that the frame at the front lacks; at least a chunk. */
static size_t wanted_len(const struct ipc *ipc)
{
	size_t held = ipc->in.len;
	size_t needed =
	    held < HEADER_LEN ? 0 : HEADER_LEN + (size_t)length_at(ipc->in.data);

	if (needed <= held + CHUNK_LEN || needed > HEADER_LEN + (size_t)IPC_FRAME_MAX)
		return CHUNK_LEN;
	return needed - held;
}

/* One receive. AGAIN only with MSG_DONTWAIT. ret_is_drained: there was less than asked
 * for, so that another receive would find nothing. */
static enum status receive(struct ipc *ipc, int flags, bool *ret_is_drained,
                           struct error *err)
{
	size_t room;
	uint8_t *space;
	ssize_t count;

	if (ipc->taken > 0)
		buf_consume(&ipc->in, ipc->taken);
	ipc->taken = 0;
	room = wanted_len(ipc);
	space = buf_extend(&ipc->in, room);
	if (space == NULL)
		return buf_check(&ipc->in, "what another process says", err);
	do
		count = recv(ipc->fd, space, room, flags);
	while (count < 0 && errno == EINTR);
	ipc->in.len -= room;
	*ret_is_drained = count < (ssize_t)room;
	if (count > 0) {
		ipc->in.len += (size_t)count;
		return STATUS_OK;
	}
	if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return STATUS_AGAIN;
	if (count < 0 && errno != ECONNRESET)
		return error_set_errno(err, "can't hear another process");
	return error_set(err, STATUS_CLOSED, "another process has ended");
}

size_t ipc_held(const struct ipc *ipc)
{
	return ipc->in.len - ipc->taken;
}

bool ipc_has_frame(const struct ipc *ipc)
{
	size_t held = ipc_held(ipc);
	size_t len;

	if (held < HEADER_LEN)
		return false;
	len = length_at(ipc->in.data + ipc->taken);
	return len > IPC_FRAME_MAX || held - HEADER_LEN >= len;
}

/* A frame larger than `enough` must come in whole, or it never would. */
static bool has_enough(const struct ipc *ipc, size_t enough)
{
	return ipc_held(ipc) >= enough && ipc_has_frame(ipc);
}

enum status ipc_read(struct ipc *ipc, size_t enough, struct error *err)
{
	enum status status = STATUS_OK;
	bool is_drained = false;

	assert(enough <= IPC_ENOUGH_MAX);
	while (status == STATUS_OK && !is_drained && !has_enough(ipc, enough))
		status = receive(ipc, MSG_DONTWAIT, &is_drained, err);
	return status == STATUS_AGAIN ? STATUS_OK : status;
}

enum status ipc_next(struct ipc *ipc, struct ipc_frame *ret_frame, struct error *err)
{
	const uint8_t *start = ipc->in.data + ipc->taken;
	size_t held = ipc->in.len - ipc->taken;
	size_t len;

	if (held < HEADER_LEN)
		return STATUS_AGAIN;
	len = length_at(start);
	if (len == 0 || len > IPC_FRAME_MAX)
		return error_set(err, STATUS_MALFORMED,
		                 "another process sent a frame of %zu bytes", len);
	if (held - HEADER_LEN < len)
		return STATUS_AGAIN;
	ret_frame->type = start[HEADER_LEN];
	ret_frame->fields = view_of(start + HEADER_LEN + 1, len - 1);
	ipc->taken += HEADER_LEN + len;
	return STATUS_OK;
}

enum status ipc_wait(struct ipc *ipc, struct ipc_frame *ret_frame, struct error *err)
{
	enum status status = ipc_next(ipc, ret_frame, err);
	bool is_drained;

	while (status == STATUS_AGAIN) {
		TRY(receive(ipc, 0, &is_drained, err));
		status = ipc_next(ipc, ret_frame, err);
	}
	return status;
}

/* ---- out */

size_t ipc_begin(struct ipc *ipc, enum ipc_type type)
{
	size_t begun = ipc->out.len;

	buf_append_u32(&ipc->out, 0);
	buf_append_byte(&ipc->out, (uint8_t)type);
	return begun;
}

void ipc_end(struct ipc *ipc, size_t begun)
{
	size_t len = ipc->out.len - begun - HEADER_LEN;

	if (ipc->out.failed != STATUS_OK)
		return;
	assert(ipc->out.len > begun + HEADER_LEN);
	if (len > IPC_FRAME_MAX) {
		ipc->out.failed = STATUS_LIMIT;
		return;
	}
	for (int i = 0; i < HEADER_LEN; i++)
		ipc->out.data[begun + (size_t)i] = (uint8_t)(len >> (24 - 8 * i));
}

size_t ipc_queued(const struct ipc *ipc)
{
	return ipc->out.len - ipc->sent;
}

void ipc_pass_on(struct ipc *from, struct ipc *to, size_t enough)
{
	while (ipc_queued(from) > 0 && ipc_queued(to) < enough) {
		const uint8_t *frame = from->out.data + from->sent;
		size_t len = HEADER_LEN + (size_t)length_at(frame);

		buf_append(&to->out, frame, len);
		from->sent += len;
	}
	if (ipc_queued(from) == 0 || from->sent > ipc_queued(from)) {
		buf_consume(&from->out, from->sent);
		from->sent = 0;
	}
}

/* One pass of sends; what is left when the socket is full stays. */
static enum status send_queued(struct ipc *ipc, int flags, struct error *err)
{
	TRY(buf_check(&ipc->out, "what is to be told to another process", err));
	while (ipc_queued(ipc) > 0) {
		ssize_t count = send(ipc->fd, ipc->out.data + ipc->sent, ipc_queued(ipc),
		                     flags | MSG_NOSIGNAL);

		if (count >= 0)
			ipc->sent += (size_t)count;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return STATUS_OK;
		else if (errno == EPIPE || errno == ECONNRESET)
			return error_set(err, STATUS_CLOSED, "another process has ended");
		else if (errno != EINTR)
			return error_set_errno(err, "can't tell another process");
	}
	buf_clear(&ipc->out);
	ipc->sent = 0;
	return STATUS_OK;
}

enum status ipc_write(struct ipc *ipc, struct error *err)
{
	TRY(send_queued(ipc, MSG_DONTWAIT, err));
	/* A reader that is always a little behind must not let the sent part pile up. */
	if (ipc->sent > ipc_queued(ipc)) {
		buf_consume(&ipc->out, ipc->sent);
		ipc->sent = 0;
	}
	return STATUS_OK;
}

enum status ipc_flush(struct ipc *ipc, struct error *err)
{
	return send_queued(ipc, 0, err);
}

enum status ipc_accident(enum status status)
{
	return status == STATUS_MALFORMED ? STATUS_SYSTEM : status;
}

void ipc_trim(struct ipc *ipc)
{
	if (ipc->in.len == ipc->taken && ipc->in.cap > KEPT_LEN) {
		buf_release(&ipc->in);
		ipc->taken = 0;
	}
	if (ipc->out.len == 0 && ipc->out.cap > KEPT_LEN)
		buf_release(&ipc->out);
}

/* ---- fields */

void ipc_append_string(struct buf *out, const char *string)
{
	size_t len = strlen(string) + 1;

	assert(len <= UINT16_MAX);
	buf_append_u16(out, (uint16_t)len);
	buf_append(out, string, len);
}

void ipc_append_bytes(struct buf *out, struct view bytes)
{
	assert(bytes.len <= UINT32_MAX);
	buf_append_u32(out, (uint32_t)bytes.len);
	buf_append_view(out, bytes);
}
