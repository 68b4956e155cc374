/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owned bytes that grow up to a maximum. Appending never fails at the call: a buffer
 * that hit its maximum or ran out of memory keeps what it had, ignores further appends,
 * and says so once, at buf_check. So a writer is a straight line and one check.
 */
#ifndef ALDIS_BASE_BUF_H
#define ALDIS_BASE_BUF_H

#include "base/status.h"
#include "base/view.h"

struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max;         /* never grows beyond this many bytes */
	enum status failed; /* STATUS_OK until an append could not be done */
};

/* An empty buffer; it allocates at the first append. */
#define BUF_INIT(max_len) ((struct buf){.max = (max_len)})

void buf_append(struct buf *buf, const void *data, size_t len);
void buf_append_view(struct buf *buf, struct view view);
void buf_append_string(struct buf *buf, const char *string);
void buf_append_byte(struct buf *buf, uint8_t byte);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Big-endian integers. */
void buf_append_u16(struct buf *buf, uint16_t value);
void buf_append_u32(struct buf *buf, uint32_t value);
void buf_append_u64(struct buf *buf, uint64_t value);
/* Space for len more bytes at the end, counted as appended; NULL when failed. */
uint8_t *buf_extend(struct buf *buf, size_t len);

/* Was everything appended? STATUS_LIMIT or STATUS_NO_MEMORY when not; `what` names the
 * thing in the sentence ("the charter"). */
MUST_USE enum status buf_check(const struct buf *buf, const char *what,
                               struct error *err);

/* Empties the buffer but keeps its memory and clears a failure. */
void buf_clear(struct buf *buf);
/* Drops the first len bytes (at most buf->len). */
void buf_consume(struct buf *buf, size_t len);
/* Hands the memory over: the result owns what buf owned, buf is empty. */
struct buf buf_take(struct buf *buf);
/* Frees; safe on an all-zero buffer and twice. */
void buf_release(struct buf *buf);

static inline struct view buf_view(const struct buf *buf)
{
	return view_of(buf->data, buf->len);
}

#endif
