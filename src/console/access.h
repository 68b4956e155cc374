/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks, whether that one may, and what of it goes into the audit: the one place for
 * all endpoints. Knows no single endpoint.
 */
#ifndef ALDIS_CONSOLE_ACCESS_H
#define ALDIS_CONSOLE_ACCESS_H

#include "office/audit.h"
#include "office/principal.h"

enum { ACCESS_SCOPE_SHIFT = 8 };

/* Who may use an endpoint: a set of roles, and the token's scope that stands for them.
 * The local socket may use all. */
enum access_may {
	MAY_LOCAL = 0, /* the local socket only */
	MAY_READ = OFFICE_ROLES_ALL | OFFICE_SCOPE_READ << ACCESS_SCOPE_SHIFT,
	MAY_PEOPLE = OFFICE_ROLES_ALL, /* whoever has logged in, no programs */
	MAY_WATCH = OFFICE_WATCH | OFFICE_OFFICER, /* people on duty, no programs */
	MAY_DRAFT = MAY_WATCH | OFFICE_SCOPE_DRAFT << ACCESS_SCOPE_SHIFT,
	MAY_SEND = MAY_WATCH | OFFICE_SCOPE_SEND << ACCESS_SCOPE_SHIFT,
	MAY_OFFICER = OFFICE_OFFICER,
	MAY_RELEASE = OFFICE_OFFICER | OFFICE_SCOPE_SEND << ACCESS_SCOPE_SHIFT,
	MAY_ADMIN = OFFICE_ADMINISTRATOR,
	MAY_AUDIT = OFFICE_AUDITOR | OFFICE_ADMINISTRATOR,
	MAY_SELF = 1 << 16,       /* whoever has logged in, also with a password that
	                             must be changed first */
	MAY_NOBODY_YET = 1 << 17, /* also who has not: the login */
};

struct api_call;

/* Fills call->who from the request. */
void access_identify(struct api_call *call);

/* UNTRUSTED, with call->problem filled, when it may not. */
MUST_USE enum status access_check(struct api_call *call, unsigned may, struct error *err);

/* The same as a question: nothing is refused, nothing noted. */
bool access_may(const struct api_call *call, unsigned may);

/* The row of what was done; act is its name, the subject call->subject. */
MUST_USE enum status access_note_done(struct api_call *call, const char *act,
                                      struct error *err);
/* The row of what was not done, at the console's door: `what` is "refused" or, for paths
 * that do not exist, "unknown". Throttled. */
MUST_USE enum status access_note_refused(struct api_call *call, const char *what,
                                         const char *why, struct error *err);

#endif
