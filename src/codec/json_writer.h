/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON into a buffer, one call a value, commas and quotes by itself. For the
 * answers of the API and the requests of the command line. Knows nothing of what it
 * writes; a value that does not fit shows at buf_check.
 */
#ifndef ALDIS_CODEC_JSON_WRITER_H
#define ALDIS_CODEC_JSON_WRITER_H

#include "base/buf.h"

enum { JSON_WRITER_DEPTH_MAX = 12 };

struct json_writer {
	struct buf *out; /* borrowed */
	unsigned depth;
	char closers[JSON_WRITER_DEPTH_MAX];
	bool has_items[JSON_WRITER_DEPTH_MAX + 1];
};

static inline struct json_writer json_writer_of(struct buf *out)
{
	return (struct json_writer){.out = out};
}

/* In each call `name` is the member's name within an object, NULL within an array and at
 * the outside. Names are plain ASCII without anything to escape. */
void json_writer_object(struct json_writer *writer, const char *name);
void json_writer_array(struct json_writer *writer, const char *name);
/* Closes the innermost object or array. */
void json_writer_end(struct json_writer *writer);
void json_writer_string(struct json_writer *writer, const char *name, const char *value);
/* Bytes that are not UTF-8 or are NUL become '?'. */
void json_writer_text(struct json_writer *writer, const char *name, struct view value);
void json_writer_integer(struct json_writer *writer, const char *name, int64_t value);
void json_writer_bool(struct json_writer *writer, const char *name, bool value);
void json_writer_null(struct json_writer *writer, const char *name);
/* A time in UTC, "2026-11-20T23:49:00Z". */
void json_writer_time(struct json_writer *writer, const char *name, int64_t time_s);
/* The same, "never" for 0. */
void json_writer_time_or_never(struct json_writer *writer, const char *name,
                               int64_t time_s);
/* JSON as it stands, which must be well-formed. */
void json_writer_raw(struct json_writer *writer, const char *name, struct view json);

#endif
