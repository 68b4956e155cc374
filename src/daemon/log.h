/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for the operator on stderr, in the form of RFC 5424: one write a line, so that
 * lines of several processes do not mix.
 */
#ifndef ALDIS_DAEMON_LOG_H
#define ALDIS_DAEMON_LOG_H

#include "base/buf.h"

/* Severities of RFC 5424, as far as used. */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6 };

/* `process` is which of the desk's processes speaks: "front". */
void log_line(const char *process, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The line itself, with its newline; control characters become blanks, a long text is
 * cut. */
void log_encode(struct buf *out, int64_t now_ms, long pid, const char *process,
                enum log_level level, const char *text);

#endif
