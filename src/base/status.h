/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way a function says that it could not do its work: a status for the
 * program, which decides by it what to do next, and a sentence for the person who
 * must act. The function that detects the failure writes the sentence; callers may
 * put context in front. A library never prints, logs or exits.
 */
#ifndef ALDIS_BASE_STATUS_H
#define ALDIS_BASE_STATUS_H

#define MUST_USE __attribute__((warn_unused_result))

/* What the caller may do next. A value that a reader does not know is STATUS_BUG. */
enum status {
	STATUS_OK = 0,
	STATUS_AGAIN,     /* nothing wrong; try again later */
	STATUS_CLOSED,    /* the other end is gone */
	STATUS_MALFORMED, /* bytes from outside that break their form */
	STATUS_UNTRUSTED, /* well formed, but no signature that counts */
	STATUS_NOT_FOUND,
	STATUS_CONFLICT, /* disagrees with what is already known */
	STATUS_LIMIT,    /* larger or more than is allowed */
	STATUS_NO_MEMORY,
	STATUS_SYSTEM, /* the operating system refused: disk, socket, permission */
	STATUS_BUG,    /* our own mistake */
};

/* One sentence without a final period, without secrets and without a peer's raw bytes. */
struct error {
	char text[320];
};

/* Writes the sentence (err may be NULL) and returns status: `return error_set(...)`. */
enum status error_set(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set, and appends ": " and the text of the current errno. */
enum status error_set_errno(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "context: " in front of the sentence, unless all went well, and returns status
 * unchanged. */
enum status error_context(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The name of a status, as in "malformed", for logs and tests. */
const char *status_name(enum status status);

/* The one propagation macro: leaves the function with the status of what failed. */
#define TRY(call)                                 \
	do {                                      \
		enum status try_status_ = (call); \
		if (try_status_ != STATUS_OK)     \
			return try_status_;       \
	} while (0)

#endif
