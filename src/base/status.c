/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences of errors. Each is formatted beside and then copied in, so that an old
 * sentence may be an argument of the new one; what is too long is cut.
 */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status error_set(struct error *err, enum status status, const char *format, ...)
{
	struct error fresh;
	va_list args;

	if (err == NULL)
		return status;
	va_start(args, format);
	(void)vsnprintf(fresh.text, sizeof fresh.text, format, args);
	va_end(args);
	*err = fresh;
	return status;
}

enum status error_set_errno(struct error *err, const char *format, ...)
{
	int number = errno;
	char sentence[sizeof err->text];
	char reason[128];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	return error_set(err, STATUS_SYSTEM, "%s: %s", sentence,
	                 strerror_r(number, reason, sizeof reason));
}

enum status error_context(struct error *err, enum status status, const char *format, ...)
{
	char context[sizeof err->text];
	va_list args;

	if (err == NULL || status == STATUS_OK)
		return status;
	va_start(args, format);
	(void)vsnprintf(context, sizeof context, format, args);
	va_end(args);
	return error_set(err, status, "%s: %s", context, err->text);
}

const char *status_name(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return "ok";
	case STATUS_AGAIN:
		return "again";
	case STATUS_CLOSED:
		return "closed";
	case STATUS_MALFORMED:
		return "malformed";
	case STATUS_UNTRUSTED:
		return "untrusted";
	case STATUS_NOT_FOUND:
		return "not found";
	case STATUS_CONFLICT:
		return "conflict";
	case STATUS_LIMIT:
		return "limit";
	case STATUS_NO_MEMORY:
		return "no memory";
	case STATUS_SYSTEM:
		return "system";
	case STATUS_BUG:
		return "bug";
	}
	return "bug";
}
