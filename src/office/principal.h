/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks: a person of this desk or a program, at which door, and what the roles and
 * scopes are called. Knows no sessions and no requests.
 */
#ifndef ALDIS_OFFICE_PRINCIPAL_H
#define ALDIS_OFFICE_PRINCIPAL_H

#include "base/status.h"
#include "base/view.h"

/* Roles are a set: one person may have several. */
enum office_role {
	OFFICE_WATCH = 1,         /* reads, acknowledges, drafts, sends where no approval
	                             is asked */
	OFFICE_OFFICER = 2,       /* the same, and approves what others wrote */
	OFFICE_ADMINISTRATOR = 4, /* operators, tokens, settings, audit */
	OFFICE_AUDITOR = 8,       /* reads all, the audit too */
	OFFICE_ROLES_ALL = 15
};

/* What the token of a program is good for; a set. */
enum office_scope {
	OFFICE_SCOPE_READ = 1,
	OFFICE_SCOPE_DRAFT = 2,
	OFFICE_SCOPE_SEND = 4,
	OFFICE_SCOPES_ALL = 7
};

enum office_door {
	OFFICE_DOOR_LOCAL,   /* the socket in the desk's folder: all rights, but nobody's
	                        second person */
	OFFICE_DOOR_CONSOLE, /* a session; name empty: nobody has logged in */
	OFFICE_DOOR_TOKEN,
};

enum { OFFICE_NAME_MAX = 63, OFFICE_REMOTE_MAX = 63 };

struct office_principal {
	enum office_door door;
	char name[OFFICE_NAME_MAX + 1]; /* of the operator; "local"; "token:ID"; empty */
	unsigned roles, scopes;
	char remote[OFFICE_REMOTE_MAX + 1]; /* the client's address; may be empty */
};

/* "watch" … and "read" …; NULL for what is not exactly one of them. */
const char *office_role_name(unsigned role);
const char *office_scope_name(unsigned scope);
/* 0: no such name. */
unsigned office_role_of(struct view name);
unsigned office_scope_of(struct view name);
const char *office_door_name(enum office_door door);

/* May this one send a message of this kind? What makes part of the record public, or
 * agrees to it, is a release officer's at the console. */
bool office_may_send(const struct office_principal *who, const char *kind);

/* Is it the name of an operator: 1 to 32 of a-z, 0-9, '.', '-', '_', first a letter? */
bool office_name_check(struct view name);
/* Does it stand for something else in the audit and beside drafts: the local socket, the
 * desk itself? Nobody is to pass for these. */
bool office_name_is_reserved(struct view name);

#endif
