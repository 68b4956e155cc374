/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <priority>1 time - aldisd pid process - text. The host is left to who collects.
 */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "codec/time_text.h"
#include "codec/utf8.h"

enum {
	FACILITY_DAEMON = 3,
	TEXT_MAX = 1024,
	LINE_MAX_LEN = 2048, /* below PIPE_BUF: written as one */
};

static void append_clean(struct buf *out, const char *text)
{
	struct view rest = view_of_string(text);
	size_t len = 0;

	while (rest.len > 0 && len < TEXT_MAX) {
		uint32_t code_point = 0;
		size_t step = utf8_decode(rest, &code_point);
		bool is_clean = step > 0 && code_point >= ' ' &&
		                (code_point < 0x7f || code_point > 0x9f);

		if (step == 0)
			step = 1;
		if (is_clean)
			buf_append(out, rest.data, step);
		else
			buf_append_byte(out, ' ');
		rest = view_from(rest, step);
		len += step;
	}
}

void log_encode(struct buf *out, int64_t now_ms, long pid, const char *process,
                enum log_level level, const char *text)
{
	char time[TIME_TEXT_LEN + 1];

	time_text_encode(now_ms / 1000, time);
	buf_printf(out, "<%d>1 %.*s.%03dZ - aldisd %ld %s - ",
	           FACILITY_DAEMON * 8 + (int)level, TIME_TEXT_LEN - 1, time,
	           (int)(now_ms % 1000), pid, process);
	append_clean(out, text);
	buf_append_byte(out, '\n');
}

void log_line(const char *process, enum log_level level, const char *format, ...)
{
	CLEANUP_BUF struct buf line = BUF_INIT(LINE_MAX_LEN);
	CLEANUP_FREE char *text = NULL;
	ssize_t written;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0) {
		text = NULL;
		return;
	}
	log_encode(&line, clock_utc_ms(), (long)getpid(), process, level, text);
	written = write(STDERR_FILENO, line.data, line.len);
	(void)written; /* nobody is left to be told */
}
