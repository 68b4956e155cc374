/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor over borrowed bytes for binary formats; integers are big-endian. A read beyond
 * the end returns false and moves nothing.
 */
#ifndef ALDIS_CODEC_READER_H
#define ALDIS_CODEC_READER_H

#include <stdbool.h>

#include "base/status.h"
#include "base/view.h"

struct reader {
	struct view rest;
};

static inline struct reader reader_of(struct view bytes)
{
	return (struct reader){.rest = bytes};
}

MUST_USE bool reader_u8(struct reader *reader, uint8_t *ret_value);
MUST_USE bool reader_u16(struct reader *reader, uint16_t *ret_value);
MUST_USE bool reader_u32(struct reader *reader, uint32_t *ret_value);
MUST_USE bool reader_u64(struct reader *reader, uint64_t *ret_value);
MUST_USE bool reader_bytes(struct reader *reader, size_t len, struct view *ret_bytes);
/* A u16 length, then that many bytes; likewise u32. */
MUST_USE bool reader_u16_bytes(struct reader *reader, struct view *ret_bytes);
MUST_USE bool reader_u32_bytes(struct reader *reader, struct view *ret_bytes);

static inline bool reader_is_done(const struct reader *reader)
{
	return reader->rest.len == 0;
}

#endif
